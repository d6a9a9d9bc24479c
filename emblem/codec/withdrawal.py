"""Signed withdrawal lists: what an authority takes back of what it stated (``specs/withdrawal.md``).

A list is a COSE_Sign1 (RFC 9052, section 4.2), told from every token by its tag and by its ``typ`` (RFC 9596).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emblem.codec import cbor
from emblem.codec.claims import key_identifier_bytes, take_date, take_organization
from emblem.codec.cose import SIGN1_TAG, Label, read_sign1, to_be_signed, write_sign1
from emblem.errors import MalformedError
from emblem.keys.public import identifier_text
from emblem.keys.signing import Signer
from emblem.model.organization import Organization
from emblem.model.token import NumericDate

MEDIA_TYPE = "application/adem-withdrawals"
"""The value of the protected header ``typ``."""

_ALGORITHM, _KEY_IDENTIFIER, _TYPE = 1, 4, 16
_ISSUER, _ISSUED_AT = 1, 6
_VERSION = 1
_DIGEST = 32


@dataclass(frozen=True, slots=True)
class Withdrawals:
    """What an organization takes back.

    Args:
        issuer: the organization.
        issued_at: when it made the list.
        keys: identifiers of keys: every endorsement of them that the issuer gave is withdrawn.
        tokens: SHA-256 digests of the signed bytes of single tokens of the issuer.
    """

    issuer: Organization
    issued_at: NumericDate
    keys: frozenset[str] = frozenset()
    tokens: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class SignedWithdrawals:
    """A list as it was received, its signature not yet checked.

    ``algorithm`` is the COSE number in the protected header, ``key_identifier`` names the key that is said to have
    signed, ``signed`` are the bytes under the signature.
    """

    withdrawals: Withdrawals
    algorithm: int
    key_identifier: str
    signed: bytes
    signature: bytes


def decode_withdrawals(data: bytes) -> SignedWithdrawals:
    """Read a list; its signature is not judged.

    Raises:
        MalformedError: the bytes are no list, or one in a version that we do not know.
    """
    signed = read_sign1(cbor.decode("withdrawal list", data, tags=(SIGN1_TAG,)))
    if signed.unprotected:
        labels = cbor.describe_keys(signed.unprotected)
        raise MalformedError("unprotected header", f"label {labels}", "nothing: what counts is protected")
    algorithm, key_identifier = _read_header(signed.protected)
    claims = cbor.take_map("payload", cbor.decode("payload", signed.payload))
    return SignedWithdrawals(_read_claims(claims), algorithm, key_identifier, signed.to_be_signed, signed.signature)


def sign_withdrawals(withdrawals: Withdrawals, signer: Signer) -> bytes:
    """Write and sign a list. The entries are in a fixed order, so that equal lists have equal payloads.

    Raises:
        MalformedError: the list says what no reader would accept, such as an identifier that is none.
    """
    key = signer.public_key
    header = {
        _ALGORITHM: key.writing_algorithm.cose,
        _KEY_IDENTIFIER: key_identifier_bytes(key.cose_thumbprint),
        _TYPE: MEDIA_TYPE,
    }
    claims: dict[Label, Any] = {
        "ver": _VERSION,
        _ISSUER: str(withdrawals.issuer),
        _ISSUED_AT: withdrawals.issued_at,
        "withdrawn": [
            *_entries("key", map(key_identifier_bytes, withdrawals.keys)),
            *_entries("token", withdrawals.tokens),
        ],
    }
    protected, payload = cbor.encode(header), cbor.encode(claims)
    signature = signer.sign(to_be_signed(protected, payload))
    data = cbor.encode(write_sign1(protected, payload, signature))
    if decode_withdrawals(data).withdrawals != withdrawals:
        raise MalformedError("withdrawals", "a key identifier with bits that mean nothing", "one as a key has it")
    return data


def _read_header(header: Mapping[Label, Any]) -> tuple[int, str]:
    _check_labels("protected header", header, {_ALGORITHM, _KEY_IDENTIFIER, _TYPE})
    algorithm, key_identifier = header[_ALGORITHM], header[_KEY_IDENTIFIER]
    if type(algorithm) is not int:
        raise MalformedError("protected header alg (1)", cbor.describe(algorithm), "the number of an algorithm")
    if header[_TYPE] != MEDIA_TYPE:
        raise MalformedError("protected header typ (16)", cbor.describe(header[_TYPE]), repr(MEDIA_TYPE))
    return algorithm, identifier_text(_take_digest("protected header kid (4)", key_identifier))


def _read_claims(claims: Mapping[Any, Any]) -> Withdrawals:
    if type(claims.get("ver")) is not int or claims["ver"] != _VERSION:
        raise MalformedError("claim ver", cbor.describe(claims.get("ver")), str(_VERSION))
    _check_labels("claims", claims, {"ver", _ISSUER, _ISSUED_AT, "withdrawn"})
    issuer = take_organization(claims, _ISSUER, "iss (1)")
    assert issuer is not None, "the claim is there"
    entries = claims["withdrawn"]
    if not isinstance(entries, list | tuple):
        raise MalformedError("claim withdrawn", cbor.describe(entries), "an array")
    keys: set[str] = set()
    tokens: set[bytes] = set()
    for entry in entries:
        kind, digest = _read_entry(entry)
        if kind == "key":
            keys.add(identifier_text(digest))
        else:
            tokens.add(digest)
    return Withdrawals(issuer, take_date(claims, _ISSUED_AT, "iat (6)"), frozenset(keys), frozenset(tokens))


def _read_entry(entry: object) -> tuple[str, bytes]:
    """What is withdrawn. A kind that we do not know must not be passed over: something would seem to stand."""
    members = list(cbor.take_map("withdrawn", entry).items())
    if len(members) != 1 or members[0][0] not in ("key", "token"):
        raise MalformedError("withdrawn", cbor.describe_keys(dict(members)), "exactly one of key and token")
    kind, digest = members[0]
    return kind, _take_digest(f"withdrawn {kind}", digest)


def _check_labels(field: str, found: Mapping[Any, Any], expected: set[Label]) -> None:
    # Compared with their types: True is equal to 1.
    if {(type(label), label) for label in found} != {(type(label), label) for label in expected}:
        names = ", ".join(map(repr, sorted(expected, key=str)))
        raise MalformedError(field, cbor.describe_keys(found), f"exactly {names}")


def _take_digest(field: str, value: object) -> bytes:
    if not isinstance(value, bytes) or len(value) != _DIGEST:
        raise MalformedError(field, cbor.describe(value), f"{_DIGEST} bytes")
    return value


def _entries(kind: str, digests: Iterable[bytes]) -> list[dict[str, bytes]]:
    return [{kind: digest} for digest in sorted(digests)]
