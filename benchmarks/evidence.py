"""Judging evidence bundles without a network, against the bare signature checks in them.

Both bundles are of a host whose emblem an authority endorses, in a zone that is signed from the root down. In one the
authority's key is bound by the verifier; in the other nobody is trusted, and logs commit both root keys. Bare is the
cryptography alone: each key loaded, each signature verified over bytes that lie ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from functools import partial
from itertools import pairwise
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from benchmarks.timing import compare
from emblem.codec.evidence import decode_bundle, encode_bundle
from emblem.dns import names, wire
from emblem.dns.dnssec import TrustAnchors, ZoneCache, parse_anchors, record_data, signatures
from emblem.dns.dnssec.records import SignedSet
from emblem.dns.interpretation import interpret
from emblem.dns.message import Answer
from emblem.dns.message import Question as Asked
from emblem.keys.public import PublicKey, identifier_text
from emblem.model.target import Target
from emblem.model.verdict import DnssecState, Level, Status
from emblem.traceability import chain as certificates
from emblem.traceability.log_key import LogKey
from emblem.traceability.log_list import LogList
from emblem.traceability.sct import DigitallySigned
from emblem.validation.trust import Trust
from emblem.verifier.asking import Ask, Response
from emblem.verifier.bundles import judge_bundle
from emblem.verifier.capture import Captured, investigate_recorded
from emblem.verifier.commitments import CommitmentChecks
from emblem.verifier.settings import Authentication, Settings
from test_vectors.generator.commitments import pki
from test_vectors.generator.discovery.messages import IHLE, Question, Record, message
from test_vectors.generator.discovery.signing import DNSKEY, DS, Zone
from test_vectors.generator.keys import P256, key
from tests.support.arrangement import (
    AT,
    HOSPITAL,
    MINISTRY,
    NOBODY,
    NOW,
    authority,
    bound,
    chain,
    root,
    signing,
    trusting,
)
from tests.support.commitments import (
    AUTHORITY,
    LIST_ADDRESS,
    LOGGED,
    NO_LIST,
    Web,
    entry_of,
    known,
    new_log,
    request,
    roots,
)
from tests.support.commitments import names as committing

_AT = AT.astimezone(UTC)
_PERIOD = (NOW - 1000, NOW + 1000)
_PARENT = HOSPITAL.partition(".")[2]
_ROOT, _ABOVE, _OWN = (Zone(name, key(f"benchmark {name}", P256), _PERIOD) for name in (".", _PARENT, HOSPITAL))
_REMEMBERED = (
    *(wire.read_sections, names.encode_name, names.labels_of, names.text_of),
    *(record_data.absolute, record_data._encoded, signatures.load_key, signatures.key_tag),
    *(certificates._read_body, identifier_text),
)
"""What is forgotten before each round, so that none profits from the one before."""

Check = Callable[[], object]


def main() -> None:
    """Print the comparison."""
    anchors = parse_anchors(_ROOT.anchor().replace("..", "."))
    print("Judging evidence bundles offline, microseconds (median), against the bare signature checks in them:")
    print(f"{'bundle':<22} {'bytes':>7} {'checks':>7} {'bare':>8} {'judged':>8} {'ratio':>6}")
    for name, web, checks, trust in _cases():
        data = encode_bundle(_capture(web, checks, anchors).evidence)
        judge = partial(_judge, data, trust, checks, anchors)
        bare = _bare(judge, web)

        def all_bare(each: Sequence[Check] = bare) -> None:
            for check in each:
                check()

        times = compare({"bare": all_bare, "judged": judge})
        ratio = times["judged"] / times["bare"]
        print(f"{name:<22} {len(data):7} {len(bare):7} {times['bare']:8.0f} {times['judged']:8.0f} {ratio:6.2f}")


def _cases() -> Iterable[tuple[str, Web, CommitmentChecks, Trust]]:
    """Each case: its name, the logs, how commitments are checked, and whom the verifier trusts."""
    own, theirs = new_log("oak"), new_log("elm", static=True)
    own.submit(request(), AUTHORITY, LOGGED)
    theirs.submit(pki.Request(committing(MINISTRY, authority), list_address=LIST_ADDRESS), AUTHORITY, LOGGED)
    web = Web([own, theirs])
    checks = CommitmentChecks(LogList(AT, tuple(map(known, web.logs))), roots())
    yield "an authority bound", web, checks, trusting(bound(authority, MINISTRY))
    yield "keys committed in logs", web, checks, trusting(accept=Level.ENDORSED)


def _judge(data: bytes, trust: Trust, checks: CommitmentChecks, anchors: TrustAnchors) -> None:
    """The work that is measured, from the bytes of the file; its result is checked: a fast wrong answer is none."""
    for remembered in _REMEMBERED:
        remembered.cache_clear()
    settings = Settings(trust, commitments=lambda: checks)
    verdict = judge_bundle(decode_bundle("bundle", data), now=_AT, settings=settings, anchors=anchors)
    assert (verdict.status, verdict.level, verdict.dnssec) == (Status.PROTECTED, Level.ENDORSED, DnssecState.SECURE)


def _bare(judge: Callable[[], None], web: Web) -> list[Check]:
    """Every signature that a judgement checks, each once, with its key to be loaded."""
    found: dict[tuple[bytes, bytes], Check] = {}
    logs_were_asked: list[LogKey] = []
    holds, log_holds, token_holds = signatures._holds, LogKey.verify, PublicKey.verify

    def of_zone(kept: SignedSet, signature: record_data.Signature, record: record_data.Dnskey) -> bool:
        signed = signatures.signed_data(kept, signature)
        assert signed is not None
        check = partial(_check_zone, record.algorithm, record.key, signature.signature, signed)
        found[signature.signature, signed] = check
        return holds(kept, signature, record)

    def of_log(log: LogKey, signed: DigitallySigned, message: bytes) -> bool:
        logs_were_asked.append(log)
        found[signed.signature, message] = partial(_check, log.encoded, signed.signature, message)
        return log_holds(log, signed, message)

    def of_token(public: PublicKey, signature: bytes, signed: bytes) -> bool:
        size = len(signature) // 2
        halves = int.from_bytes(signature[:size]), int.from_bytes(signature[size:])
        encoded = public.loaded.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        found[signature, signed] = partial(_check_halves, encoded, halves, signed)
        return token_holds(public, signature, signed)

    with (
        patch.object(signatures, "_holds", of_zone),
        patch.object(LogKey, "verify", of_log),
        patch.object(PublicKey, "verify", of_token),
    ):
        judge()
    if logs_were_asked:
        for log in web.logs:
            found |= _of_certificates([log.entries[-1].submitted, *log.entries[-1].issuers])
        found[NO_LIST.signature, b""] = partial(
            _check, pki.spki(_public(AUTHORITY.certificate)), NO_LIST.signature, NO_LIST.tbs_certlist_bytes
        )
    return list(found.values())


def _of_certificates(path: Sequence[bytes]) -> dict[tuple[bytes, bytes], Check]:
    """The signatures of a certificate and of those above it, but for the root's own."""
    certificates = [x509.load_der_x509_certificate(one) for one in path]
    return {
        (below.signature, b""): partial(_check, pki.spki(_public(above)), below.signature, below.tbs_certificate_bytes)
        for below, above in pairwise(certificates)
    }


def _public(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    public = certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    return public


def _check(encoded: bytes, signature: bytes, signed: bytes) -> None:
    loaded = load_der_public_key(encoded)
    assert isinstance(loaded, ec.EllipticCurvePublicKey)
    loaded.verify(signature, signed, ec.ECDSA(SHA256()))


def _check_halves(encoded: bytes, halves: tuple[int, int], signed: bytes) -> None:
    _check(encoded, encode_dss_signature(*halves), signed)


def _check_zone(algorithm: int, material: bytes, signature: bytes, signed: bytes) -> None:
    signatures.load_key.__wrapped__(algorithm, material).verify(signature, signed)


def _capture(web: Web, checks: CommitmentChecks, anchors: TrustAnchors) -> Captured:
    """The bundle of the host, captured by somebody who trusts nobody."""
    own, theirs = (entry_of(log) for log in web.logs)
    made = chain(root, signing, log=(own,)).emblem(HOSPITAL).endorsed_by(authority, MINISTRY, log=(theirs,))
    records = [Record(HOSPITAL, IHLE, one) for one in made.records if isinstance(one, bytes)]
    settings = Settings(NOBODY, authentication=Authentication(anchors, ZoneCache()), commitments=lambda: checks)
    steps = investigate_recorded(Target.parse(HOSPITAL), now=_AT, settings=settings)
    response: Response | None = None
    while True:
        try:
            wanted = steps.send(response) if response is not None else next(steps)
        except StopIteration as finished:
            captured: Captured = finished.value
            return captured
        if isinstance(wanted, Ask):
            response = tuple(_answer(Question(one.name, one.type), records) for one in wanted.questions)
        else:
            response = tuple(map(web.fetch, wanted.resources))


def _answer(question: Question, records: list[Record]) -> Answer:
    return interpret(Asked(question.name, question.type), _message(question, records), server="192.0.2.53:53")


def _message(question: Question, records: list[Record]) -> bytes:
    if question == Question(HOSPITAL, IHLE):
        return _OWN.found(question, *records)
    for zone, parent in ((_ROOT, _ROOT), (_ABOVE, _ROOT), (_OWN, _ABOVE)):
        if question.name == zone.name and question.type == DS:
            return message(question, answer=parent.signed(zone.ds()))
        if question == Question(zone.name, DNSKEY):
            return zone.keys()
    return _OWN.nodata(question)
