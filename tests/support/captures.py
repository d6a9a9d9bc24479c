"""Captures of what a vector of discovery has resolvers answer, without a network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

import cbor2

from emblem.codec.evidence import SCHEMA, decode_bundle, encode_bundle
from emblem.dns.dnssec import TrustAnchors, ZoneCache, parse_anchors
from emblem.model.target import Target
from emblem.model.verdict import Verdict
from emblem.validation.procedure import Profile
from emblem.verifier.asking import Ask
from emblem.verifier.bundles import judge_bundle
from emblem.verifier.capture import Captured, investigate_recorded
from emblem.verifier.settings import Authentication, Settings
from test_vectors.adapter import look_up, trust_of
from test_vectors.replay import Replay
from test_vectors.vectors import cases

VECTORS: Mapping[str, Mapping[str, Any]] = {
    case.vector["id"]: case.vector for case in cases() if case.vector["format"] == "discovery"
}
"""The vectors of discovery by their identifiers."""


def anchors_of(vector: Mapping[str, Any]) -> TrustAnchors | None:
    """Where chains of trust begin, by a vector; None where DNSSEC is not checked."""
    return parse_anchors("\n".join(vector["anchors"])) if vector.get("anchors") else None


@cache
def captured(name: str) -> Captured:
    """What is kept of a vector's messages, captured at its present."""
    vector = VECTORS[name]
    anchors, resolver = anchors_of(vector), Replay(vector["dns"])
    settings = Settings(
        trust_of(vector),
        Profile.ROBUST,
        Authentication(anchors, ZoneCache()) if anchors else None,
        covert=vector.get("covert", False),
    )
    now = datetime.fromisoformat(vector["now"])
    steps = investigate_recorded(Target.parse(vector["target"]), now=now, settings=settings)
    request = next(steps)
    while True:
        assert isinstance(request, Ask)
        answers = tuple(look_up(question, resolver, dnssec=anchors is not None) for question in request.questions)
        try:
            request = steps.send(answers)
        except StopIteration as finished:
            result: Captured = finished.value
            return result


def bundle_of(name: str) -> bytes:
    """The bundle of a vector."""
    return encode_bundle(captured(name).evidence)


def judged(data: bytes, name: str, **more: Any) -> Verdict:
    """The verdict on a bundle by the verifier of a vector, at the vector's present."""
    vector = VECTORS[name]
    usual: dict[str, Any] = {
        "now": datetime.fromisoformat(vector["now"]),
        "settings": Settings(trust_of(vector)),
        "anchors": anchors_of(vector),
    }
    return judge_bundle(decode_bundle("bundle", data), **(usual | more))


def sealed(content: bytes) -> bytes:
    """A bundle with these bytes as its evidence, whatever they are, and the digest that fits them."""
    digest = sha256(cbor2.dumps([SCHEMA, content], canonical=True)).digest()
    return cbor2.dumps([SCHEMA, digest, content], canonical=True)


def content_of(data: bytes) -> bytes:
    """The bytes of the evidence in a bundle."""
    content: bytes = cbor2.loads(data)[2]
    return content
