"""The ways in which the DNS carries an emblem, and the Additional section."""

from __future__ import annotations

from dataclasses import replace

from test_vectors.generator.cwt.tokens import EMBLEM_CLAIMS as CLAIMS
from test_vectors.generator.cwt.tokens import emblem, sign
from test_vectors.generator.discovery.denials import EXPIRED, INCOMPLETE, marked
from test_vectors.generator.discovery.messages import (
    AT_NAME,
    BELOW,
    CHAOS,
    EARLIER,
    QUESTION,
    SERVICE,
    Record,
    alias,
    found,
    ihle,
    message,
    native_text,
    nodata,
    soa,
    text,
    wire_name,
)
from test_vectors.generator.discovery.world import TIMEOUT, DiscoveryTopic, denying, unmarked
from test_vectors.generator.jws import tokens as jws
from test_vectors.generator.keys import EMBLEM, key
from test_vectors.generator.vector import TARGET, claimed, protected, rejected, undetermined

GOOD = protected("signed", absent_reasons=["discovery-incomplete"])
HOST = "host.provider.example"


def topic() -> DiscoveryTopic:
    """The vectors of this file."""
    vectors = DiscoveryTopic(
        "discovery", "carriages", "Where an emblem is found, and what the Additional section adds."
    )
    places(vectors)
    additional(vectors)
    sets(vectors)
    amounts(vectors)
    return vectors


def texts(owner: str) -> list[Record]:
    """The TXT records of an emblem of the target."""
    return [native_text(owner, EMBLEM.record), native_text(owner, emblem())]


def places(vectors: DiscoveryTopic) -> None:
    """One emblem in each of its places."""
    for slug, title, question, records in (
        ("ihle", "IHLE records, type 65297", QUESTION, marked(65297)),
        ("ihle-earlier", "IHLE records, type 65400", EARLIER, marked(65400)),
        ("text", "TXT records at the name", AT_NAME, texts(TARGET)),
        ("text-below", "TXT records at _emblem. and the name", BELOW, texts(BELOW.name)),
        (
            "text-jws",
            "TXT records of the older format at the name",
            AT_NAME,
            [text(TARGET, value) for value in jws.alone(jws.emblem())],
        ),
    ):
        vectors.ask(f"found-{slug}", title, denying() | {question: found(question, *records)}, GOOD)
        vectors.ask(
            f"claimed-{slug}",
            f"{title}; nobody is trusted",
            denying() | {question: found(question, *records)},
            claimed("signed"),
            trust=(),
        )
    vectors.ask(
        "text-strings",
        "A TXT record in strings of 40 characters",
        denying() | {AT_NAME: found(AT_NAME, *(in_strings(record) for record in texts(TARGET)))},
        GOOD,
    )
    vectors.ask(
        "text-among-others",
        "TXT records of others beside those of the emblem",
        denying() | {AT_NAME: found(AT_NAME, text(TARGET, "v=spf1 -all"), *texts(TARGET))},
        GOOD,
    )
    foreign = [replace(one, record_class=CHAOS, data=b"\x00") for one in marked(65297)]
    vectors.ask(
        "other-class",
        "Records of another class beside those of the emblem",
        denying() | {QUESTION: found(QUESTION, *foreign, *marked(65297))},
        GOOD,
    )
    vectors.ask(
        "authority-section",
        "The records of an emblem in the authority section: that is none of its places",
        denying() | {QUESTION: message(QUESTION, authority=[soa(), *marked(65297)])},
        unmarked(),
    )
    vectors.ask(
        "owner-capitals",
        "Capitals in the owner of the records",
        denying() | {QUESTION: found(QUESTION, *(replace(one, owner=TARGET.upper()) for one in marked(65297)))},
        GOOD,
    )


def in_strings(record: Record) -> Record:
    """A TXT record of one value in short strings."""
    value = b""
    position = 0
    while position < len(record.data):
        end = position + 1 + record.data[position]
        value += record.data[position + 1 : end]
        position = end
    return text(record.owner, value.decode(), 40)


def additional(vectors: DiscoveryTopic) -> None:
    """IHLE records that come unasked."""
    unasked = message(AT_NAME, authority=[soa()], additional=marked(65297))
    vectors.ask(
        "additional",
        "IHLE records only in the Additional section of the answer about TXT records",
        denying() | {AT_NAME: unasked},
        GOOD,
    )
    vectors.ask(
        "additional-service",
        "The same in the answer about the HTTPS record",
        denying() | {SERVICE: message(SERVICE, authority=[soa()], additional=marked(65297))},
        GOOD,
    )
    vectors.ask(
        "additional-type",
        "The same of type 65400",
        denying() | {AT_NAME: message(AT_NAME, authority=[soa()], additional=marked(65400))},
        GOOD,
    )
    vectors.ask(
        "additional-lost",
        "The same, and the questions for IHLE records get no response",
        denying() | {AT_NAME: unasked, QUESTION: TIMEOUT, EARLIER: TIMEOUT},
        protected("signed", "discovery-incomplete"),
    )
    vectors.ask(
        "additional-asked-goes-first",
        "A good copy in an Additional section, an expired one where it was asked for",
        denying() | {AT_NAME: unasked, QUESTION: found(QUESTION, ihle(TARGET, EMBLEM.record), ihle(TARGET, EXPIRED))},
        rejected("token-expired"),
    )
    vectors.ask(
        "additional-other-owner",
        "IHLE records of another name in the Additional section",
        denying()
        | {
            AT_NAME: message(AT_NAME, authority=[soa()], additional=[replace(one, owner=HOST) for one in marked(65297)])
        },
        unmarked(),
    )
    vectors.ask(
        "additional-alias",
        "IHLE records of the alias's end in the Additional section",
        denying()
        | {
            AT_NAME: message(
                AT_NAME,
                answer=[alias(TARGET, HOST)],
                authority=[soa("provider.example")],
                additional=[replace(one, owner=HOST) for one in marked(65297)],
            )
        },
        GOOD,
    )
    vectors.ask(
        "additional-alias-owner",
        "IHLE records of the alias, not of its end, in the Additional section",
        denying()
        | {
            AT_NAME: message(
                AT_NAME,
                answer=[alias(TARGET, HOST)],
                authority=[soa("provider.example")],
                additional=marked(65297),
            )
        },
        unmarked(),
    )
    vectors.ask(
        "additional-text",
        "TXT records in the Additional section do not count",
        denying() | {QUESTION: message(QUESTION, authority=[soa()], additional=texts(TARGET))},
        unmarked(),
    )
    vectors.ask(
        "additional-truncated",
        "IHLE records in the Additional section of a truncated response; over TCP it is denied",
        denying()
        | {AT_NAME: [message(AT_NAME, truncated=True, authority=[soa()], additional=marked(65297)), nodata(AT_NAME)]},
        unmarked(),
    )


def sets(vectors: DiscoveryTopic) -> None:
    """Sets in different places are judged separately."""
    expired = [ihle(TARGET, EMBLEM.record, 65400), ihle(TARGET, EXPIRED, 65400)]
    vectors.ask(
        "sets-stale-copy",
        "A stale copy of one type beside a fresh one of the other",
        denying() | {QUESTION: found(QUESTION, *marked(65297)), EARLIER: found(EARLIER, *expired)},
        GOOD,
    )
    vectors.ask(
        "sets-key-elsewhere",
        "The key in an IHLE record, the emblem in a TXT record",
        denying()
        | {
            QUESTION: found(QUESTION, ihle(TARGET, EMBLEM.record)),
            BELOW: found(BELOW, native_text(BELOW.name, emblem())),
        },
        claimed("signed"),
        trust=(),
    )
    vectors.ask(
        "sets-unknown-beside-expired",
        "An expired emblem, and in another place one of an unknown algorithm",
        denying()
        | {
            EARLIER: found(EARLIER, *expired),
            QUESTION: found(QUESTION, ihle(TARGET, sign(EMBLEM, CLAIMS, head={1: -65000, 4: b"\x77" * 32}))),
        },
        undetermined("unknown-could-decide"),
    )


def amounts(vectors: DiscoveryTopic) -> None:
    """Limits hold for what is found, too."""
    keys = [ihle(TARGET, key(f"of many {number}").record) for number in range(63)]
    vectors.ask(
        "records-64",
        "64 records in one set: the emblem and 63 keys",
        denying() | {QUESTION: found(QUESTION, ihle(TARGET, emblem()), *keys)},
        GOOD,
        section="Limits",
    )
    vectors.ask(
        "records-65",
        "65 records in one set",
        denying() | {QUESTION: found(QUESTION, ihle(TARGET, emblem()), ihle(TARGET, EMBLEM.record), *keys)},
        undetermined("records-too-many"),
        section="Limits",
    )
    vectors.ask(
        "records-twice",
        "The same records twice in one response count once",
        denying() | {QUESTION: found(QUESTION, *marked(65297), *marked(65297))},
        GOOD,
    )
    large = ihle(TARGET, b"\xd8" + bytes(16384))
    vectors.ask(
        "record-too-large",
        "A record of more than 16384 bytes",
        denying() | {QUESTION: found(QUESTION, large)},
        rejected("record-too-large", "emblem-missing"),
        section="Limits",
    )
    empty = b"\xc0\x0c" + text(TARGET, "").wire[len(wire_name(TARGET)) :]
    header = message(AT_NAME)
    crowd = header[:6] + (2049).to_bytes(2, "big") + header[8:] + empty * 2049
    vectors.ask(
        "response-too-many",
        "More than 2048 records in one response",
        denying() | {AT_NAME: crowd},
        INCOMPLETE,
    )
