"""Builds CWT tokens in which every piece can be replaced by a wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from test_vectors.generator.encoding import Raw, Tag, cbor, hexadecimal
from test_vectors.generator.keys import EMBLEM, ROOT, AnyKey
from test_vectors.generator.vector import EXP, NBF, ORG, TARGET

ISS, SUB, EXPIRES, NOT_BEFORE, ISSUED_AT = 1, 2, 4, 5, 6
"""Claim keys."""
ALG, CRIT, KID, TYP = 1, 2, 4, 16
"""Header labels."""

Claims = dict[object, object]

EMBLEM_CLAIMS: Claims = {
    "ver": 1,
    EXPIRES: EXP,
    NOT_BEFORE: NBF,
    ISSUED_AT: NBF,
    "prp": 1,
    "assets": [TARGET],
}
"""The claims of an emblem without issuer."""

ISSUED_CLAIMS: Claims = {ISS: ORG} | EMBLEM_CLAIMS
"""The claims of an emblem with issuer."""

LOG: list[object] = [{"id": b"\x11" * 32, "hash": b"\x22" * 32}]
"""A well-formed root key commitment. Whether the log holds it is never judged by these vectors."""


def endorsement_claims(
    endorsed: AnyKey, *, issuer: str | None = ORG, subject: str | None = ORG, end: bool = False, prp: int = 1
) -> Claims:
    """The claims of an endorsement of a key."""
    claims: Claims = {
        "ver": 1,
        ISS: issuer,
        SUB: subject,
        EXPIRES: EXP,
        NOT_BEFORE: NBF,
        ISSUED_AT: NBF,
        "prp": prp,
        "key": endorsed.kid,
        "end": end,
    }
    return {name: value for name, value in claims.items() if value is not None}


def without(claims: Mapping[object, object], *names: object) -> Claims:
    """The claims but for some."""
    return {name: value for name, value in claims.items() if name not in names}


@dataclass(frozen=True, slots=True)
class Sign1:
    """A COSE_Sign1 in its pieces; whatever is replaced after signing no longer agrees with the signature."""

    protected: object
    unprotected: object
    payload: object
    signature: object

    @property
    def items(self) -> list[object]:
        """The four members of the array."""
        return [self.protected, self.unprotected, self.payload, self.signature]

    @property
    def token(self) -> bytes:
        """The token: tag 61 around tag 18 around the array."""
        return cbor(Tag(61, Tag(18, self.items)))

    def but(self, **pieces: object) -> bytes:
        """The token with some pieces replaced."""
        return replace(self, **pieces).token


def header(key: AnyKey, more: Mapping[object, object] | None = None) -> Claims:
    """The protected header for a key: ``alg``, ``kid`` and what else is given (which may replace them)."""
    return {ALG: key.alg, KID: key.kid} | dict(more or {})


def signed_bytes(protected: bytes, payload: bytes, *, context: str = "Signature1", external: bytes = b"") -> bytes:
    """The Sig_structure (RFC 9052, section 4.4)."""
    return cbor([context, protected, external, payload])


def pieces(
    key: AnyKey, protected: object, payload: object, *, context: str = "Signature1", external: bytes = b""
) -> Sign1:
    """Sign a header map and a claims map, or whatever stands in their place."""
    protected_bytes, payload_bytes = cbor(protected), cbor(payload)
    message = signed_bytes(protected_bytes, payload_bytes, context=context, external=external)
    return Sign1(protected_bytes, {}, payload_bytes, key.sign(message))


def sign(key: AnyKey, claims: object, *, head: object = None, log: object = None) -> bytes:
    """A token with proper structure; ``head`` replaces the protected header, ``log`` is added to it."""
    if head is None:
        head = header(key, {"log": log} if log is not None else None)
    return pieces(key, head, claims).token


def emblem(key: AnyKey = EMBLEM, **changes: object) -> bytes:
    """An emblem without issuer, with some text claims changed."""
    return sign(key, EMBLEM_CLAIMS | changes)


def alone(token: bytes, key: AnyKey = EMBLEM) -> list[str]:
    """The records of one token and its key."""
    return hexadecimal([key.record, token])


def raw_map(*encoded: bytes) -> Raw:
    """A map of fewer than 24 pairs from its encoded keys and values."""
    return Raw(bytes([0xA0 | len(encoded) // 2]) + b"".join(encoded))


def issued(key: AnyKey = EMBLEM, **changes: object) -> bytes:
    """An emblem with issuer, with some text claims changed."""
    return sign(key, ISSUED_CLAIMS | changes)


def root_endorsement(
    endorsed: AnyKey = EMBLEM,
    *,
    key: AnyKey = ROOT,
    log: object = LOG,
    issuer: str | None = ORG,
    subject: str | None = ORG,
    end: bool = False,
    prp: int = 1,
) -> bytes:
    """The endorsement of a key by a root, with log entries (None: without)."""
    return sign(key, endorsement_claims(endorsed, issuer=issuer, subject=subject, end=end, prp=prp), log=log)


ORGANIZATIONAL = (EMBLEM.record, ROOT.record)
"""The keys of a set of an emblem and a root endorsement."""
