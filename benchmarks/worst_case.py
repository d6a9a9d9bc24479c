"""The worst that a stranger can publish for one target within the limits: many sets, each of them hard to judge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise

from benchmarks.timing import compare
from emblem.codec import cbor
from emblem.codec.carriage import TXT_TYPE, write_text
from emblem.codec.cose_key import encode_key
from emblem.codec.cwt import CWT_TAG, sign_token
from emblem.keys.algorithms import ALGORITHMS
from emblem.keys.signing import SoftwareSigner
from emblem.model.asset import NameAsset
from emblem.model.limits import MOST_RECORDS, MOST_SET_ASIDE, MOST_SETS
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.record import Carriage, Record
from emblem.model.target import Target
from emblem.model.token import Constraints, Emblem, Endorsement
from emblem.validation.procedure import Profile
from emblem.validation.validate import validate

_NOW = 1_800_000_000
_AT = datetime.fromtimestamp(_NOW, UTC)
_TARGET = Target.parse("hospital.example.org")
_OWN, _OTHER = Organization("example.org"), Organization("authority.example")
_ALLOWED = Constraints(purposes=Purpose.PROTECTIVE)
_UNKNOWN_ALGORITHM = -47


def combinations() -> tuple[Record, ...]:
    """A long chain without a commitment, and tokens in an unknown algorithm, each of which could be its next link."""
    signers = _signers(51)
    chain = [_endorsement(signer, below) for below, signer in pairwise(signers)]
    stranger = _signers(1)[0]
    unknown = [_in_unknown_algorithm(_endorsement(stranger, signers[-1], age)) for age in range(MOST_SET_ASIDE)]
    return _published([_emblem(signers[0]), *chain, *unknown], signers)


def alternatives() -> tuple[Record, ...]:
    """Many emblems of one key, each with a chain above it and endorsements by others."""
    signers = _signers(21)
    emblems = [_emblem(signers[0], age) for age in range(20)]
    chain = [_endorsement(signer, below) for below, signer in pairwise(signers)]
    others = [_endorsement(signers[-1], signers[0], age, _OTHER) for age in range(18)]
    return _published([*emblems, *chain, *others], signers)


def main() -> None:
    """Print how long it takes."""
    print(f"The worst for one target, {MOST_SETS} sets, milliseconds (median)")
    jobs = {
        "draft, tokens set aside": partial(_judge, combinations(), Profile.DRAFT),
        "robust, many emblems": partial(_judge, alternatives(), Profile.ROBUST),
    }
    for name, time in compare(jobs, rounds=10).items():
        print(f"{name:<26} {time / 1000:8.0f}")


def _judge(records: tuple[Record, ...], profile: Profile) -> None:
    verdict = validate(records, target=_TARGET, at=_AT, profile=profile)
    assert len(verdict.sets) == MOST_SETS


def _signers(count: int) -> list[SoftwareSigner]:
    return [SoftwareSigner.generate(ALGORITHMS[0]) for _ in range(count)]


def _emblem(signer: SoftwareSigner, age: int = 0) -> bytes:
    start, end = _NOW - 1000 - age, _NOW + 1000
    return sign_token(Emblem(start, end, (NameAsset(_TARGET.text, _TARGET.text),), _OWN, Purpose.PROTECTIVE), signer)


def _endorsement(signer: SoftwareSigner, endorsed: SoftwareSigner, age: int = 0, issuer: Organization = _OWN) -> bytes:
    start, end, key = _NOW - 1000 - age, _NOW + 1000, endorsed.public_key.cose_thumbprint
    return sign_token(Endorsement(start, end, key, True, issuer, _OWN, _ALLOWED), signer)


def _in_unknown_algorithm(token: bytes) -> bytes:
    sign1 = cbor.decode("token", token, tags=(CWT_TAG, 18)).value
    protected, *rest = sign1.value
    header = {**cbor.decode("header", protected), 1: _UNKNOWN_ALGORITHM}
    return cbor.encode(cbor.Tagged(CWT_TAG, cbor.Tagged(18, [cbor.encode(header), *rest])))


def _published(tokens: Iterable[bytes], signers: Iterable[SoftwareSigner]) -> tuple[Record, ...]:
    """Tokens without SET are in every set; the keys make as many sets as there may be, and serve them all."""
    keys = [encode_key(signer.public_key) for signer in signers]
    texts = [
        *map(write_text, tokens),
        *(write_text(keys[number % len(keys)], f"set{number % MOST_SETS}") for number in range(len(keys))),
    ]
    assert len(texts) <= MOST_RECORDS
    return tuple(Record(Carriage.TXT, text.encode(), _TARGET.name, TXT_TYPE) for text in texts)
