"""Responses: errors, truncation, and messages that are no responses to the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from test_vectors.generator.discovery.denials import INCOMPLETE, marked
from test_vectors.generator.discovery.messages import (
    AT_NAME,
    BELOW,
    CHAOS,
    CNAME,
    NXDOMAIN,
    QUESTION,
    ZONE,
    Question,
    Record,
    found,
    message,
    native_text,
    nodata,
    soa,
    text,
    wire_name,
)
from test_vectors.generator.discovery.world import (
    CUT_SHORT,
    TIMEOUT,
    DiscoveryTopic,
    Response,
    denying,
    unmarked,
)
from test_vectors.generator.vector import TARGET, Document, protected

GOOD = protected("signed", absent_reasons=["discovery-incomplete"])
EMBLEM_RECORDS = marked(65297)


def topic() -> DiscoveryTopic:
    """The vectors of this file."""
    vectors = DiscoveryTopic("discovery", "responses", "Errors, truncation, and messages that answer something else.")
    errors(vectors)
    truncation(vectors)
    other_messages(vectors)
    malformed(vectors)
    return vectors


def one(
    vectors: DiscoveryTopic, slug: str, title: str, responses: Response | Sequence[Response], expect: Document
) -> None:
    """Everything denied but for one question, which is answered like this."""
    vectors.ask(slug, title, denying() | {QUESTION: responses}, expect)


def errors(vectors: DiscoveryTopic) -> None:
    """Response codes other than NOERROR and NXDOMAIN."""
    for code, name in (
        (1, "FORMERR"),
        (2, "SERVFAIL"),
        (4, "NOTIMP"),
        (5, "REFUSED"),
        (6, "YXDOMAIN"),
        (9, "NOTAUTH"),
        (11, "DSOTYPENI"),
    ):
        one(
            vectors,
            f"code-{name.lower()}",
            f"{name}, with an SOA",
            message(QUESTION, code=code, authority=[soa()]),
            INCOMPLETE,
        )
    extended = Record(".", 41, b"", ttl=1 << 24, record_class=1232)
    one(
        vectors,
        "code-extended",
        "An error whose code is only in the OPT record (16)",
        message(QUESTION, authority=[soa()], additional=[extended]),
        INCOMPLETE,
    )
    one(
        vectors,
        "code-extended-nxdomain",
        "An error whose lower bits are NXDOMAIN (19)",
        message(QUESTION, code=NXDOMAIN, authority=[soa()], additional=[extended]),
        INCOMPLETE,
    )
    one(
        vectors,
        "opt",
        "An OPT record without an error",
        message(QUESTION, authority=[soa()], additional=[replace(extended, ttl=0)]),
        unmarked(),
    )
    one(
        vectors,
        "error-with-records",
        "SERVFAIL with the records of an emblem",
        message(QUESTION, code=2, answer=EMBLEM_RECORDS),
        INCOMPLETE,
    )
    one(
        vectors,
        "error-without-question",
        "SERVFAIL without a question",
        message(QUESTION, code=2, with_question=False),
        INCOMPLETE,
    )


def truncation(vectors: DiscoveryTopic) -> None:
    """TC: what a truncated response holds is not used; the question is asked again over TCP (RFC 7766)."""
    cut = message(QUESTION, truncated=True)
    one(vectors, "truncated-found", "Truncated; over TCP the records", [cut, found(QUESTION, *EMBLEM_RECORDS)], GOOD)
    one(vectors, "truncated-denied", "Truncated; over TCP denied", [cut, nodata(QUESTION)], unmarked())
    one(vectors, "truncated-timeout", "Truncated; over TCP no response", [cut, TIMEOUT], INCOMPLETE)
    one(vectors, "truncated-closed", "Truncated; over TCP the connection ends", [cut, CUT_SHORT], INCOMPLETE)
    one(vectors, "truncated-again", "Truncated over TCP, too", [cut, cut], INCOMPLETE)
    denial = message(QUESTION, truncated=True, authority=[soa()])
    one(vectors, "truncated-denial", "A denial that is marked as truncated, over TCP too", [denial, denial], INCOMPLETE)
    nameless = message(QUESTION, code=NXDOMAIN, truncated=True, authority=[soa()])
    one(vectors, "truncated-nxdomain", "NXDOMAIN that is marked as truncated, over TCP too", [nameless], INCOMPLETE)
    half = message(QUESTION, truncated=True, answer=EMBLEM_RECORDS)
    one(
        vectors,
        "truncated-records",
        "The records of an emblem in a truncated response; over TCP no response",
        [half, TIMEOUT],
        INCOMPLETE,
    )
    one(
        vectors,
        "truncated-other",
        "Some records in a truncated response; over TCP it is denied",
        [message(QUESTION, truncated=True, answer=EMBLEM_RECORDS), nodata(QUESTION)],
        unmarked(),
    )


def other_messages(vectors: DiscoveryTopic) -> None:
    """Messages that are no response to the question are passed over; here nothing else comes."""
    denial = [soa()]
    for slug, title, response in (
        ("identifier", "Another identifier", message(QUESTION, authority=denial, identifier=1)),
        (
            "name",
            "Another name in the question",
            message(QUESTION, authority=denial, asked=Question(ZONE, QUESTION.type)),
        ),
        (
            "name-length",
            "Another name of the same length in the question",
            message(QUESTION, authority=denial, asked=Question(TARGET.replace("clinic", "studio"), QUESTION.type)),
        ),
        ("type", "Another type in the question", message(QUESTION, authority=denial, asked=AT_NAME)),
        ("class", "Another class in the question", message(QUESTION, authority=denial, question_class=CHAOS)),
        ("query", "A query", message(QUESTION, authority=denial, response=False)),
        ("operation", "A response to another operation (NOTIFY)", message(QUESTION, authority=denial, operation=4)),
        ("no-question", "A denial without a question", message(QUESTION, authority=denial, with_question=False)),
        ("short", "Eleven octets", message(QUESTION)[:11]),
        ("empty", "No octets of its own: two of an identifier", b"\x00\x00"),
    ):
        one(vectors, f"other-{slug}", title, response, INCOMPLETE)
    forged = message(QUESTION, answer=EMBLEM_RECORDS, identifier=1)
    one(vectors, "other-identifier-emblem", "The records of an emblem under another identifier", forged, INCOMPLETE)
    one(
        vectors,
        "question-capitals",
        "Capitals in the question and the owner",
        message(QUESTION, authority=denial, asked=Question(TARGET.title(), QUESTION.type)),
        unmarked(),
    )


def malformed(vectors: DiscoveryTopic) -> None:
    """Messages that do not follow the format, over UDP and over TCP."""
    good = message(QUESTION, authority=[soa()])
    counts = good[:8] + (2).to_bytes(2, "big") + good[10:]
    length = len(soa().data)
    end = 12 + len(wire_name(TARGET)) + 4
    rest = b"\x00\x06\x00\x01\x00\x00\x01\x2c"
    itself = good[:end] + (0xC000 | end).to_bytes(2, "big") + rest
    ahead = good[:end] + (0xC000 | end + 40).to_bytes(2, "big") + rest
    bad_label = good[:end] + b"\x40" + rest
    for slug, title, response in (
        ("trailing", "An octet after the last record", good + b"\x00"),
        ("cut", "Cut short in the last record", good[:-1]),
        ("count", "Fewer records than the header says", counts),
        ("pointer-itself", "A name that points to itself", itself),
        ("pointer-ahead", "A name that points ahead", ahead),
        ("label-type", "A label of a kind that is not in use", bad_label),
        (
            "length",
            "Record data that ends before the length that it is said to have",
            good.replace(length.to_bytes(2, "big") + soa().data, (length + 1).to_bytes(2, "big") + soa().data),
        ),
        (
            "name-256",
            "A name of more than 255 octets, beside a denial",
            message(
                QUESTION, authority=[soa()], additional=[replace(text(TARGET, "hello"), owner=".".join(["n" * 60] * 5))]
            ),
        ),
        (
            "alias-data",
            "A CNAME without a name",
            message(QUESTION, answer=[Record(TARGET, CNAME, b"")], authority=[soa()]),
        ),
    ):
        one(vectors, f"malformed-{slug}", title, response, INCOMPLETE)
    strings = message(AT_NAME, answer=[replace(text(TARGET, "hello"), data=b"\x09hello")])
    vectors.ask(
        "malformed-text",
        "A TXT record whose string is longer than its data",
        denying() | {AT_NAME: strings},
        INCOMPLETE,
    )
    compressed = (0xC000 | 12 + len(b"\x06clinic")).to_bytes(2, "big")
    plain = soa().wire
    one(
        vectors,
        "compressed",
        "The owner of the SOA as a pointer into the question",
        message(QUESTION)[:8] + b"\x00\x01\x00\x00" + good[12:end] + compressed + plain[len(wire_name(ZONE)) :],
        unmarked(),
    )
    one(
        vectors,
        "garbled-then-whole",
        "Malformed over UDP; over TCP the records",
        [good[:-1], found(QUESTION, *EMBLEM_RECORDS)],
        GOOD,
    )
    vectors.ask(
        "malformed-with-emblem",
        "A malformed response, and an emblem in another carriage",
        denying() | {QUESTION: good[:-1], BELOW: found(BELOW, *text_records())},
        protected("signed", "discovery-incomplete"),
    )


def text_records() -> list[Record]:
    """The records of an emblem as TXT below ``_emblem``."""
    return [native_text(BELOW.name, record.data) for record in EMBLEM_RECORDS]
