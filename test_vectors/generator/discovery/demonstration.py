"""The emblem of the demonstration in the ``HTTPS`` record (draft-steele-diem-architecture-demo)."""

from __future__ import annotations

from collections.abc import Mapping

from test_vectors.generator.cwt.tokens import pieces
from test_vectors.generator.discovery.denials import EXPIRED, marked
from test_vectors.generator.discovery.messages import (
    QUESTION,
    SERVICE,
    alias,
    found,
    ihle,
    message,
    service,
    soa,
)
from test_vectors.generator.discovery.world import TIMEOUT, DiscoveryTopic, denying, unmarked
from test_vectors.generator.encoding import Raw, Tag, cbor
from test_vectors.generator.keys import EMBLEM, STRANGER, AnyKey, key
from test_vectors.generator.vector import NOW, TARGET, Document, protected, rejected, undetermined

PARAMETER = 65280
CLAIMS: dict[object, object] = {2: TARGET, 8: {1: {1: 2, -1: 1}}}
FOUND = undetermined("demonstration-found")


def topic() -> DiscoveryTopic:
    """The vectors of this file."""
    vectors = DiscoveryTopic("discovery", "demonstration", "The emblem of the demonstration in the HTTPS record.")
    recognized(vectors)
    judged(vectors)
    others(vectors)
    beside(vectors)
    return vectors


def demonstration(
    signed_by: AnyKey = EMBLEM,
    *,
    header: Mapping[object, object] | None = None,
    claims: Mapping[object, object] | None = None,
) -> bytes:
    """An emblem of the demonstration: the hash of a resource, signed, with tag 18 alone."""
    protected_header: dict[object, object] = {
        1: EMBLEM.alg,
        4: EMBLEM.kid,
        15: CLAIMS | dict(claims or {}),
        258: -16,
        259: "image/svg+xml",
        260: "https://clinic.relief.example/emblem.svg",
    }
    signed = pieces(signed_by, protected_header | dict(header or {}), Raw(b"\x5a" * 32))
    return cbor(Tag(18, signed.items))


def carrying(value: bytes, *, number: int = PARAMETER, priority: int = 1) -> bytes:
    """The answer about the HTTPS record, with a parameter after an ordinary one."""
    return found(SERVICE, service(TARGET, (1, b"\x02h2"), (number, value), priority=priority))


def ask(vectors: DiscoveryTopic, slug: str, title: str, response: bytes, expect: Document) -> None:
    """Everything else denied; the emblem's key is at hand."""
    vectors.ask(slug, title, denying() | {SERVICE: response}, expect, section="HTTPS demonstration")


def recognized(vectors: DiscoveryTopic) -> None:
    """There is one: never protected, never a no."""
    ask(vectors, "found", "Signed by a key that is trusted", carrying(demonstration()), FOUND)
    vectors.ask(
        "found-unknown-key",
        "Signed by a key that is not at hand",
        denying() | {SERVICE: carrying(demonstration())},
        FOUND,
        section="HTTPS demonstration",
        trust=(),
    )
    named = demonstration(header={4: b"demo-key-1"})
    ask(vectors, "found-named-key", "A key identifier that is a plain name", carrying(named), FOUND)
    ask(vectors, "found-unknown-algorithm", "An unknown algorithm", carrying(demonstration(header={1: -65000})), FOUND)
    other_subject = demonstration(claims={2: "other.relief.example"})
    ask(
        vectors,
        "found-other-subject",
        "Its subject is another name: what binds it is where it stands",
        carrying(other_subject),
        FOUND,
    )
    ask(
        vectors, "found-period", "With a period that holds", carrying(demonstration(claims={5: NOW, 4: NOW + 1})), FOUND
    )
    two = found(
        SERVICE,
        service(TARGET, (PARAMETER, demonstration(key("not at hand"), header={4: key("not at hand").kid}))),
        service(TARGET, (PARAMETER, demonstration(STRANGER)), priority=2),
    )
    ask(vectors, "found-beside-forged", "One that cannot be checked beside one that does not hold", two, FOUND)
    host = "host.provider.example"
    led = found(SERVICE, alias(TARGET, host), service(host, (PARAMETER, demonstration())))
    ask(vectors, "found-alias", "Behind a CNAME", led, FOUND)


def judged(vectors: DiscoveryTopic) -> None:
    """There is one, and it is known not to hold."""
    ask(
        vectors,
        "forged",
        "The signature does not hold under the key that it names",
        carrying(demonstration(STRANGER)),
        rejected("token-signature-invalid"),
    )
    ask(
        vectors,
        "expired",
        "Its period ends this very second",
        carrying(demonstration(claims={4: NOW})),
        rejected("token-expired"),
    )
    ask(
        vectors,
        "not-yet-valid",
        "Its period begins in a second",
        carrying(demonstration(claims={5: NOW + 1})),
        rejected("token-not-yet-valid"),
    )
    vectors.ask(
        "forged-incomplete",
        "The signature does not hold, and a question gets no response",
        denying() | {SERVICE: carrying(demonstration(STRANGER)), QUESTION: TIMEOUT},
        undetermined("token-signature-invalid", "discovery-incomplete"),
        section="HTTPS demonstration",
    )


def others(vectors: DiscoveryTopic) -> None:
    """The parameter's number is for private use: what is no such emblem is somebody else's."""
    good = demonstration()
    content = good[1:]
    for slug, title, response in (
        ("empty", "A parameter without a value", carrying(b"")),
        ("text", "A parameter with a text", carrying(b"hello")),
        ("untagged", "A COSE_Sign1 without its tag", carrying(content)),
        ("token", "A token of the native format: tag 61 around tag 18", carrying(b"\xd8\x3d" + good)),
        ("trailing", "A byte after it", carrying(good + b"\x00")),
        ("cut", "Cut short", carrying(good[:-1])),
        ("parameter", "Under another parameter", carrying(good, number=65281)),
        ("without-algorithm", "Without an algorithm", carrying(demonstration(header={1: None}))),
        (
            "order",
            "A record whose parameters are not in order",
            found(SERVICE, service(TARGET, (PARAMETER + 1, b""), (PARAMETER, good))),
        ),
    ):
        ask(vectors, f"none-{slug}", title, response, unmarked(absent_reasons=["demonstration-found"]))


def beside(vectors: DiscoveryTopic) -> None:
    """Beside the carriages of the formats that protect."""
    world = denying() | {SERVICE: carrying(demonstration())}
    vectors.ask(
        "beside-emblem",
        "Beside a valid emblem in IHLE records",
        world | {QUESTION: found(QUESTION, *marked(65297))},
        protected("signed"),
        section="HTTPS demonstration",
    )
    expired = [ihle(TARGET, EMBLEM.record), ihle(TARGET, EXPIRED)]
    vectors.ask(
        "beside-expired",
        "Beside an expired emblem in IHLE records",
        world | {QUESTION: found(QUESTION, *expired)},
        FOUND,
        section="HTTPS demonstration",
    )
    vectors.ask(
        "additional",
        "The HTTPS record in the Additional section does not count",
        denying()
        | {QUESTION: message(QUESTION, authority=[soa()], additional=[service(TARGET, (PARAMETER, demonstration()))])},
        unmarked(),
        section="HTTPS demonstration",
    )
