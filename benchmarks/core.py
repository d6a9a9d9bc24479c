"""Judging a set of three tokens against the bare work in it: key bytes to loaded key to verified signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from benchmarks.timing import compare
from emblem.codec.cose_key import encode_key
from emblem.codec.cwt import decode_token, sign_token
from emblem.keys.algorithms import Algorithm, KeyKind, KeyType, find_algorithm
from emblem.keys.ml_dsa import load_public_key
from emblem.keys.public import PublicKey
from emblem.keys.signing import SoftwareSigner
from emblem.model.asset import NameAsset
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.target import Target
from emblem.model.token import Constraints, Emblem, Endorsement
from emblem.model.verdict import Status
from emblem.validation.trust import Trust, TrustedKey
from emblem.validation.validate import validate

_NOW = 1_800_000_000
_AT = datetime.fromtimestamp(_NOW, UTC)
_TARGET = Target.parse("hospital.example.org")
_ALLOWED = Constraints(purposes=Purpose.PROTECTIVE)
_HASHES: dict[KeyKind, hashes.HashAlgorithm] = {KeyKind.P256: hashes.SHA256(), KeyKind.P521: hashes.SHA512()}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The records of a marked host: emblem, own endorsement, an authority's endorsement, and their three keys."""

    records: tuple[bytes, ...]
    signers: tuple[SoftwareSigner, ...]
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
    signers = (signing, root, authority)
    keys = tuple(encode_key(signer.public_key) for signer in signers)
    bound = TrustedKey(PublicKey.from_loaded(authority.public_key.loaded), endorser)
    return Arrangement((*tokens, *keys), signers, Trust((bound,)))


def judge(arrangement: Arrangement) -> None:
    """The work that is measured; its result is checked, so that a fast wrong answer is none."""
    verdict = validate(arrangement.records, target=_TARGET, at=_AT, trust=arrangement.trust)
    assert verdict.status is Status.PROTECTED


def bare_work(arrangement: Arrangement) -> Callable[[], None]:
    """The same signatures checked with nothing around them: load each key from its bytes, verify, no more."""
    decoded = [decode_token(record) for record in arrangement.records[:3]]
    keys = [signer.public_key for signer in arrangement.signers]
    kind = keys[0].kind
    if kind.type is not KeyType.EC2:
        load = (
            partial(load_public_key, kind) if kind.type is KeyType.AKP else ed25519.Ed25519PublicKey.from_public_bytes
        )
        whole = [(key.x, token.signature, token.signed) for key, token in zip(keys, decoded, strict=True)]

        def verify_whole() -> None:
            for x, signature, signed in whole:
                load(x).verify(signature, signed)

        return verify_whole
    size, curve = keys[0].kind.size, ec.SECP256R1() if keys[0].kind is KeyKind.P256 else ec.SECP521R1()
    scheme = ec.ECDSA(_HASHES[keys[0].kind])
    jobs = [
        (b"\x04" + key.x + (key.y or b""), token.signature, token.signed)
        for key, token in zip(keys, decoded, strict=True)
    ]

    def verify_points() -> None:
        for point, signature, signed in jobs:
            loaded = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
            r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
            loaded.verify(encode_dss_signature(r, s), signed, scheme)

    return verify_points


def main() -> None:
    """Print the comparison."""
    print("Judging a set of three tokens and three keys, microseconds (median), against the bare work in it")
    print(f"{'algorithm':<10} {'bare':>8} {'judged':>8} {'ratio':>6}")
    for name in (-7, -36, -8, -48, -49, -50):
        algorithm = find_algorithm(name)
        assert algorithm is not None
        arrangement = arrange(algorithm)
        result = compare({"bare": bare_work(arrangement), "judged": partial(judge, arrangement)})
        print(
            f"{algorithm.name:<10} {result['bare']:8.0f} {result['judged']:8.0f} "
            f"{result['judged'] / result['bare']:6.2f}"
        )


def _identifier(signer: SoftwareSigner) -> str:
    return signer.public_key.cose_thumbprint
