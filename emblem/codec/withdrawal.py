"""Signed withdrawal lists: what an authority takes back of what it stated (``specs/withdrawal.md``).

A list is a COSE_Sign1 (RFC 9052, section 4.2), told from every token by its tag and by its ``typ`` (RFC 9596).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emblem.codec import cbor
from emblem.codec.claims import key_identifier_bytes, take_date, take_organization
from emblem.codec.cose import Label
from emblem.codec.document import check_labels, read_document, sign_document, take_digest
from emblem.errors import MalformedError
from emblem.keys.public import identifier_text
from emblem.keys.signing import Signer
from emblem.model.organization import Organization
from emblem.model.token import NumericDate

MEDIA_TYPE = "application/adem-withdrawals"
"""The value of the protected header ``typ``."""

_ISSUER, _ISSUED_AT = 1, 6


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
    document = read_document("withdrawal list", MEDIA_TYPE, data)
    return SignedWithdrawals(
        _read_claims(document.claims),
        document.algorithm,
        document.key_identifier,
        document.signed,
        document.signature,
    )


def sign_withdrawals(withdrawals: Withdrawals, signer: Signer) -> bytes:
    """Write and sign a list. The entries are in a fixed order, so that equal lists have equal payloads.

    Raises:
        MalformedError: the list says what no reader would accept, such as an identifier that is none.
    """
    claims: dict[Label, Any] = {
        _ISSUER: str(withdrawals.issuer),
        _ISSUED_AT: withdrawals.issued_at,
        "withdrawn": [
            *_entries("key", map(key_identifier_bytes, withdrawals.keys)),
            *_entries("token", withdrawals.tokens),
        ],
    }
    data = sign_document(MEDIA_TYPE, claims, signer)
    if decode_withdrawals(data).withdrawals != withdrawals:
        raise MalformedError("withdrawals", "a key identifier with bits that mean nothing", "one as a key has it")
    return data


def _read_claims(claims: Mapping[Any, Any]) -> Withdrawals:
    check_labels("claims", claims, {"ver", _ISSUER, _ISSUED_AT, "withdrawn"})
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
    return kind, take_digest(f"withdrawn {kind}", digest)


def _entries(kind: str, digests: Iterable[bytes]) -> list[dict[str, bytes]]:
    return [{kind: digest} for digest in sorted(digests)]
