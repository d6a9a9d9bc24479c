"""Evidence bundles: read or refused, written as they were read, and judged without surprise, whatever is in them."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from emblem.codec.evidence import decode_bundle, encode_bundle
from emblem.dns.dnssec import parse_anchors
from emblem.errors import InputError, MalformedError
from emblem.model.verdict import Status
from emblem.report.bundle_inspection import inspect_bundle
from emblem.report.inspection import inspection_text
from emblem.validation.trust import Trust
from emblem.verifier.bundles import judge_bundle
from emblem.verifier.settings import Settings
from fuzzing.set_mutation import NOW
from fuzzing.target import Target, require
from test_vectors.generator.discovery.signed import ANCHORS
from test_vectors.generator.evidence.bundle import seal

_AT = datetime.fromtimestamp(NOW, UTC)
_ANCHORS = parse_anchors("\n".join(ANCHORS))
_NOBODY = Settings(Trust())


def check_bundle(data: bytes) -> None:
    """The bytes as a bundle, and as the evidence in one whose digest fits: else hardly any would be looked into."""
    with suppress(MalformedError):
        decode_bundle("bundle", data)
    sealed = seal(data)
    try:
        bundle = decode_bundle("bundle", sealed)
    except MalformedError:
        return
    require(encode_bundle(bundle.evidence) == sealed, "a bundle is written as it was read")
    for inspected in inspect_bundle(bundle):
        require(bool(inspection_text(inspected)), "what is in a bundle can be shown")
    for now in (_AT, _AT + timedelta(days=3650)):
        with suppress(InputError):
            verdict = judge_bundle(bundle, now=now, settings=_NOBODY, anchors=_ANCHORS)
            require(verdict.status is not Status.UNMARKED, "a bundle is never a no")
            require(verdict.status is not Status.PROTECTED, "who trusts nobody is told of nobody")


TARGETS = (Target("bundle", check_bundle),)
