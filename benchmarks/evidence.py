"""Judging an evidence bundle without a network, against the bare signature checks in it.

The bundle is of a host whose emblem an authority endorses, in a zone that is signed from the root down. Bare is the
cryptography alone: each key loaded from its record, each signature verified over bytes that lie ready.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from unittest.mock import patch

from benchmarks.core import arrange, bare_work
from benchmarks.timing import compare
from emblem.codec.evidence import decode_bundle, encode_bundle
from emblem.dns import names, wire
from emblem.dns.dnssec import TrustAnchors, ZoneCache, parse_anchors, records, signatures
from emblem.dns.interpretation import interpret
from emblem.dns.message import Answer
from emblem.keys.algorithms import find_algorithm
from emblem.keys.public import identifier_text
from emblem.model.target import Target
from emblem.model.verdict import DnssecState, Status
from emblem.validation.trust import Trust
from emblem.verifier.asking import Ask
from emblem.verifier.bundles import judge_bundle
from emblem.verifier.capture import Captured, investigate_recorded
from emblem.verifier.settings import Authentication, Settings
from test_vectors.generator.discovery.messages import Question, Record, message
from test_vectors.generator.discovery.signing import DS, Zone
from test_vectors.generator.keys import P256, key

_NOW = 1_800_000_000
_AT = datetime.fromtimestamp(_NOW, UTC)
_TARGET = "hospital.example.org"
_PERIOD = (_NOW - 1000, _NOW + 1000)
_ROOT, _PARENT, _OWN = (Zone(name, key(f"benchmark {name}", P256), _PERIOD) for name in (".", "org", "example.org"))
_ES256 = -7


def main() -> None:
    """Print the comparison."""
    algorithm = find_algorithm(_ES256)
    assert algorithm is not None
    arrangement = arrange(algorithm)
    anchors = parse_anchors(_ROOT.anchor().replace("..", "."))
    found = _capture([Record(_TARGET, one.type_number or 0, one.data) for one in arrangement.records], anchors)
    data = encode_bundle(found.evidence)
    judge = partial(_judge, data, arrangement.trust, anchors)
    checks = _checks(judge)

    def bare() -> None:
        for check in checks:
            check()

    tokens = bare_work(arrangement)
    times = compare({"dnssec": bare, "tokens": tokens, "judged": judge})
    together = times["dnssec"] + times["tokens"]
    print(f"Judging a bundle of {len(data)} bytes offline, microseconds (median), against the bare checks in it:")
    print(f"{len(checks)} signatures of DNSSEC (P-256) and 3 of tokens (ES256)")
    print(f"{'bare':>8} {'judged':>8} {'ratio':>6}")
    print(f"{together:8.0f} {times['judged']:8.0f} {times['judged'] / together:6.2f}")


def _judge(data: bytes, trust: Trust, anchors: TrustAnchors) -> None:
    """The work that is measured, from the bytes of the file; what was remembered from the round before is forgotten."""
    for remembered in (
        wire.read_sections,
        names.encode_name,
        names.labels_of,
        names.text_of,
        records.absolute,
        signatures.load_key,
        identifier_text,
    ):
        remembered.cache_clear()
    verdict = judge_bundle(decode_bundle("bundle", data), now=_AT, settings=Settings(trust), anchors=anchors)
    assert (verdict.status, verdict.dnssec) == (Status.PROTECTED, DnssecState.SECURE)


def _checks(judge: Callable[[], None]) -> list[Callable[[], None]]:
    """The bare checks of DNSSEC in a judgement: each loads its key and verifies."""
    checks: list[Callable[[], None]] = []
    holds = signatures._holds

    def remember(found: signatures.SignedSet, signature: signatures.Signature, record: signatures.DNSKEY) -> bool:
        signed = signatures.signed_data(found, signature)
        assert signed is not None
        checks.append(partial(_check, int(record.algorithm), record.key, signature.signature, signed))
        return holds(found, signature, record)

    with patch.object(signatures, "_holds", remember):
        judge()
    return checks


def _check(algorithm: int, material: bytes, signature: bytes, signed: bytes) -> None:
    signatures.load_key.__wrapped__(algorithm, material).verify(signature, signed)


def _capture(records: list[Record], anchors: TrustAnchors) -> Captured:
    """The bundle of a host with these records."""
    now = Settings(Trust(), authentication=Authentication(anchors, ZoneCache()))
    steps = investigate_recorded(Target.parse(_TARGET), now=_AT, settings=now)
    request = next(steps)
    while True:
        assert isinstance(request, Ask)
        answers = tuple(_answer(Question(one.name, one.type), records) for one in request.questions)
        try:
            request = steps.send(answers)
        except StopIteration as finished:
            captured: Captured = finished.value
            return captured


def _answer(question: Question, records: list[Record]) -> Answer:
    from emblem.dns.message import Question as Asked

    return interpret(Asked(question.name, question.type), _message(question, records), server="192.0.2.53:53")


def _message(question: Question, records: list[Record]) -> bytes:
    if question == Question(_TARGET, records[0].type):
        return _OWN.found(question, *records)
    for zone, parent in ((_ROOT, _ROOT), (_PARENT, _ROOT), (_OWN, _PARENT)):
        if question.name == zone.name:
            return message(question, answer=parent.signed(zone.ds())) if question.type == DS else zone.keys()
    return _OWN.nodata(question)
