"""Bundles, written so that every mistake can be made on purpose, and the file of their vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from test_vectors.generator.discovery.messages import Question
from test_vectors.generator.discovery.world import TRUSTED, Response
from test_vectors.generator.encoding import Pairs, cbor
from test_vectors.generator.vector import NOW, TARGET, Document, Topic, Trusted

SCHEMA = "emblem.evidence/1"
SERVER = "192.0.2.53:53"

Kept = Mapping[Question, Response | Sequence[Response]]
"""What came to each question; several responses follow one another along aliases."""


def canonical(members: Mapping[str, object]) -> Pairs:
    """A map in the order of the deterministic encoding (RFC 8949, section 4.2.1)."""
    return Pairs(tuple(sorted(members.items(), key=lambda member: cbor(member[0]))))


def response(*came: Response, server: str = SERVER, **more: object) -> Pairs:
    """What one resolver answered: messages, or last a failure."""
    messages = [one for one in came if isinstance(one, bytes)]
    failures = [one["failure"] for one in came if not isinstance(one, bytes)]
    members: dict[str, object] = {"server": server, "transport": "udp", "messages": messages}
    if failures:
        members["failure"] = failures[-1]
    return canonical(members | more)


def question(asked: Question, *responses: Pairs, **more: object) -> Pairs:
    """A question with what its resolvers answered."""
    return canonical({"name": asked.name, "type": asked.type, "responses": list(responses), **more})


def questions(kept: Kept) -> list[object]:
    """All questions, each asked of one resolver."""
    listed = {asked: [came] if isinstance(came, bytes | dict) else list(came) for asked, came in kept.items()}
    return [question(asked, response(*came)) for asked, came in listed.items()]


def evidence(kept: Kept | None = None, **changes: object) -> bytes:
    """The evidence of a bundle; ``changes`` are members that are otherwise."""
    members: dict[str, object] = {
        "target": TARGET,
        "captured": NOW,
        "software": "vectors",
        "covert": False,
        "questions": questions(kept or {}),
        "resources": [],
        "anchors": [],
    }
    return cbor(canonical(members | changes))


def seal(content: bytes, stamp: bytes | None = None) -> bytes:
    """A bundle with this evidence, and the digest that fits it."""
    return cbor([SCHEMA, hashlib.sha256(stamped(content)).digest(), content, *([] if stamp is None else [stamp])])


def stamped(content: bytes) -> bytes:
    """What a time stamp is made over."""
    return cbor([SCHEMA, content])


def bundle(kept: Kept, *, stamp: bytes | None = None, **changes: object) -> bytes:
    """A whole bundle of what was kept."""
    return seal(evidence(kept, **changes), stamp)


@dataclass
class EvidenceTopic(Topic):
    """One file of vectors of bundles."""

    def judge(
        self,
        slug: str,
        title: str,
        data: bytes,
        expect: Document,
        *,
        section: str = "Judging",
        target: str | None = None,
        at: str | None = None,
        now: str = "2027-03-01T12:00:00Z",
        trust: Sequence[Trusted] = TRUSTED,
        anchors: Sequence[str] = (),
        require_dnssec: bool = False,
        stamp_authorities: Sequence[str] = (),
    ) -> None:
        """Add a vector."""
        vector: Document = {
            "id": f"{self.format}-{self.name}-{slug}",
            "title": title,
            "format": self.format,
            "section": f"evidence: {section}",
            "bundle": data.hex(),
            "now": now,
        }
        optional: Document = {
            "target": target,
            "at": at,
            "anchors": list(anchors),
            "stamp_authorities": list(stamp_authorities),
            "require_dnssec": require_dnssec,
        }
        vector |= {name: value for name, value in optional.items() if value}
        self.vectors.append(vector | {"trust": [trusted.document for trusted in trust], "expect": expect})


REFUSED: Document = {"status": "refused", "level": "none", "reasons": []}
"""The bundle is not judged at all."""
