"""The form of a bundle: what is not as specified is refused before anything is judged."""

from __future__ import annotations

from test_vectors.generator.discovery.messages import AT_NAME, QUESTION, found
from test_vectors.generator.discovery.signed import RECORDS
from test_vectors.generator.discovery.world import TIMEOUT, World, denying
from test_vectors.generator.encoding import Pairs, cbor, head
from test_vectors.generator.evidence.bundle import (
    REFUSED,
    SCHEMA,
    EvidenceTopic,
    bundle,
    canonical,
    evidence,
    question,
    questions,
    response,
    seal,
)
from test_vectors.generator.vector import AT, NOW, TARGET, protected

MARKED: World = denying() | {QUESTION: found(QUESTION, *RECORDS)}
GOOD = protected("signed", "evidence-time-unconfirmed")


def topic() -> EvidenceTopic:
    """The vectors of this file."""
    vectors = EvidenceTopic("evidence", "form", "What a bundle looks like, and what is none.")

    def refused(slug: str, title: str, data: bytes) -> None:
        vectors.judge(slug, title, data, REFUSED, section="Format", at=AT)

    good, content = bundle(MARKED), evidence(MARKED)
    vectors.judge("good", "A bundle as it should be", good, GOOD, section="Format", at=AT)
    vectors.judge(
        "oldest", "Captured in the first second of 1970", bundle(MARKED, captured=0), GOOD, section="Format", at=AT
    )
    refused("cut", "Cut short by a byte", good[:-1])
    refused("half", "Cut in half", good[: len(good) // 2])
    refused("longer", "A byte after it", good + b"\x00")
    refused("changed", "A byte of a message changed", good.replace(RECORDS[0].data, bytes(len(RECORDS[0].data)), 1))
    refused("digest", "A digest of something else", good.replace(good[20:52], bytes(32), 1))
    refused("schema", "A later schema", good.replace(SCHEMA.encode(), b"emblem.evidence/2"))
    refused("empty-array", "An array of the schema only", cbor([SCHEMA]))
    refused("five", "Five elements", cbor([SCHEMA, bytes(32), content, b"", b""]))
    refused("stamp-text", "A stamp that is text", good.replace(b"\x83", b"\x84", 1) + cbor("stamp"))
    refused("order", "Members in another order than the deterministic one", seal(in_order_of_names(MARKED)))
    refused("long-head", "A length in more bytes than it needs", seal(with_long_head(content)))
    refused("indefinite", "A map of indefinite length", seal(b"\xbf" + content[1:] + b"\xff"))
    refused("further", "A member that is not specified", bundle(MARKED, verdict="protected"))
    refused("missing", "No anchors", seal(without(content)))
    refused("captured-negative", "Captured before 1970", bundle(MARKED, captured=-1))
    refused("captured-text", "Captured at a time as text", bundle(MARKED, captured="2027-03-01T12:00:00Z"))
    refused("captured-float", "Captured at half a second", bundle(MARKED, captured=NOW + 0.5))
    refused("covert-number", "Covert as a number", bundle(MARKED, covert=0))
    refused("question-twice", "A question twice", bundle({}, questions=questions(MARKED) * 2))
    refused(
        "question-further", "A question with an outcome", changed(question(AT_NAME, response(b"m"), outcome="nodata"))
    )
    refused("question-silent", "A question without a response", changed(question(AT_NAME)))
    refused("question-capital", "A question in capitals", changed(capital()))
    refused("response-empty", "Neither a message nor a failure", changed(question(AT_NAME, response())))
    refused("message-empty", "A message of no bytes", changed(question(AT_NAME, response(b""))))
    refused("failure-unknown", "A failure that nobody knows", changed(failing("abducted")))
    refused("failure-capital", "A failure that is no code", changed(failing("Timed out")))
    refused("transport", "A transport that nobody knows", changed(question(AT_NAME, response(b"m", transport="quic"))))
    refused("failed-empty", "An empty list of failed tries", changed(question(AT_NAME, response(b"m", failed=[]))))
    refused(
        "tag",
        "A tag",
        bundle(
            MARKED,
            target=Pairs(()),
        ),
    )
    return vectors


def changed(added: Pairs) -> bytes:
    """The good bundle with one of its questions in another form."""
    rest = {asked: came for asked, came in MARKED.items() if asked != AT_NAME}
    return bundle({}, questions=[*questions(rest), added])


def capital() -> Pairs:
    members = dict(question(AT_NAME, response(b"m")).items)
    return canonical({str(name): value for name, value in members.items()} | {"name": TARGET.upper()})


def failing(failure: str) -> Pairs:
    return question(AT_NAME, response(TIMEOUT, failure=failure))


def in_order_of_names(kept: World) -> bytes:
    names = ("anchors", "captured", "covert", "questions", "resources", "software", "target")
    values = {
        "target": TARGET,
        "captured": NOW,
        "software": "vectors",
        "covert": False,
        "questions": questions(kept),
        "resources": [],
        "anchors": [],
    }
    return cbor({name: values[name] for name in names})


def with_long_head(content: bytes) -> bytes:
    return head(5, 7, width=1) + content[1:]


def without(content: bytes) -> bytes:
    return head(5, 6) + content[1:].replace(cbor("anchors") + b"\x80", b"", 1)
