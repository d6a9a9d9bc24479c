"""Judging a set of three tokens against the bare work in it: key bytes to loaded key to verified signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from benchmarks.timing import compare
from emblem.codec.carriage import IHLE_TYPE
from emblem.codec.cose_key import encode_key
from emblem.codec.cwt import decode_token, sign_token
from emblem.keys.algorithms import Algorithm, KeyKind, KeyType, find_algorithm
from emblem.keys.ml_dsa import load_public_key
from emblem.keys.public import PublicKey, identifier_text
from emblem.keys.signing import SoftwareSigner
from emblem.model.asset import NameAsset
from emblem.model.organization import Organization, parse_organization
from emblem.model.purpose import Purpose
from emblem.model.record import Carriage, Record
from emblem.model.target import Target
from emblem.model.token import Constraints, Emblem, Endorsement
from emblem.model.verdict import Status
from emblem.validation.memory import Memory
from emblem.validation.trust import Trust, TrustedKey
from emblem.validation.validate import validate

_NOW = 1_800_000_000
_AT = datetime.fromtimestamp(_NOW, UTC)
_TARGET = Target.parse("hospital.example.org")
_ALLOWED = Constraints(purposes=Purpose.PROTECTIVE)
_HASHES: dict[KeyKind, hashes.HashAlgorithm] = {KeyKind.P256: hashes.SHA256(), KeyKind.P521: hashes.SHA512()}
_X, _Y, _PUB = -2, -3, -1


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The records of a marked host as discovery finds them, in one algorithm.

    First the tokens (emblem, own endorsement, an authority's endorsement), then in the same order their keys.
    """

    algorithm: Algorithm
    records: tuple[Record, ...]
    trust: Trust


def arrange(algorithm: Algorithm) -> Arrangement:
    """Make the records of one host in one algorithm."""
    authority, root, signing = (SoftwareSigner.generate(algorithm) for _ in range(3))
    organization, endorser = Organization("example.org"), Organization("authority.example")
    start, end = _NOW - 1000, _NOW + 1000
    tokens = (
        sign_token(
            Emblem(start, end, (NameAsset(_TARGET.text, _TARGET.text),), organization, Purpose.PROTECTIVE), signing
        ),
        sign_token(Endorsement(start, end, _identifier(signing), False, organization, organization, _ALLOWED), root),
        sign_token(Endorsement(start, end, _identifier(root), True, endorser, organization, _ALLOWED), authority),
    )
    keys = (encode_key(signer.public_key) for signer in (signing, root, authority))
    records = tuple(Record(Carriage.IHLE, data, _TARGET.name, IHLE_TYPE) for data in (*tokens, *keys))
    bound = TrustedKey(PublicKey.from_loaded(authority.public_key.loaded), endorser)
    return Arrangement(algorithm, records, Trust((bound,)))


def judge(arrangement: Arrangement, memory: Memory | None = None) -> None:
    """The work that is measured; its result is checked, so that a fast wrong answer is none."""
    if memory is None:
        identifier_text.cache_clear()
        parse_organization.cache_clear()
    verdict = validate(arrangement.records, target=_TARGET, at=_AT, trust=arrangement.trust, memory=memory)
    assert verdict.status is Status.PROTECTED


def bare_work(arrangement: Arrangement) -> Callable[[], None]:
    """The same signatures checked with nothing around them: load each key from its record, verify, no more."""
    tokens = [decode_token(record.data) for record in arrangement.records[:3]]
    keys = [record.data for record in arrangement.records[3:]]
    jobs = [(key, token.signature, token.signed) for key, token in zip(keys, tokens, strict=True)]
    kind = arrangement.algorithm.kind
    if kind.type is not KeyType.EC2:
        load, label = (
            (partial(load_public_key, kind), _PUB)
            if kind.type is KeyType.AKP
            else (ed25519.Ed25519PublicKey.from_public_bytes, _X)
        )

        def verify_whole() -> None:
            for key, signature, signed in jobs:
                load(cbor2.loads(key)[label]).verify(signature, signed)

        return verify_whole
    size, curve = kind.size, ec.SECP256R1() if kind is KeyKind.P256 else ec.SECP521R1()
    scheme = ec.ECDSA(_HASHES[kind])

    def verify_points() -> None:
        for key, signature, signed in jobs:
            parameters = cbor2.loads(key)
            loaded = ec.EllipticCurvePublicKey.from_encoded_point(curve, b"\x04" + parameters[_X] + parameters[_Y])
            r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
            loaded.verify(encode_dss_signature(r, s), signed, scheme)

    return verify_points


def main() -> None:
    """Print the comparison."""
    print("Judging a set of three tokens and three keys, microseconds (median), against the bare work in it;")
    print("seen: by a verifier that remembers the two endorsements and the keys from another host")
    print(f"{'algorithm':<10} {'bare':>8} {'judged':>8} {'ratio':>6} {'seen':>8} {'ratio':>6}")
    for number in (-7, -36, -8, -48, -49, -50):
        algorithm = find_algorithm(number)
        assert algorithm is not None
        arrangement, memory = arrange(algorithm), Memory()
        judged, seen = partial(judge, arrangement), partial(judge, arrangement, memory)
        times = compare({"bare": bare_work(arrangement), "judged": judged, "seen": seen})
        bare = times["bare"]
        print(
            f"{algorithm.name:<10} {bare:8.0f} {times['judged']:8.0f} {times['judged'] / bare:6.2f} "
            f"{times['seen']:8.0f} {times['seen'] / bare:6.2f}"
        )


def _identifier(signer: SoftwareSigner) -> str:
    return signer.public_key.cose_thumbprint
