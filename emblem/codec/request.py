"""Requests for an endorsement, and the answers to them (``specs/requests.md``).

A request is signed with the very key that is to be endorsed, which proves possession of it. An answer is signed with
the key that endorses, and names the request by its digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emblem.codec import cbor
from emblem.codec.claims import take_boolean, take_date, take_organization
from emblem.codec.cose import Label
from emblem.codec.cose_key import decode_key, encode_key
from emblem.codec.cwt import decode_token
from emblem.codec.document import SignedDocument, check_labels, read_document, sign_document, take_digest
from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import KNOWN_ALGORITHMS, find_algorithm
from emblem.keys.public import PublicKey
from emblem.keys.signing import Signer
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.token import Endorsement, NumericDate, Token

REQUEST_TYPE, ANSWER_TYPE = "application/adem-request", "application/adem-answer"
"""The values of the protected header ``typ``."""

LONGEST_LIFETIME = 100 * 366 * 24 * 3600
"""Seconds that can be asked for: a century."""

_ISSUER, _AUDIENCE, _ISSUED_AT = 1, 3, 6
_ALL_PURPOSES = 31


@dataclass(frozen=True, slots=True)
class Request:
    """An organization asks for an endorsement of a key of its own.

    Args:
        issuer: who asks, and whose the key is.
        audience: who is asked; the same organization where its own root key is.
        issued_at: when.
        key: the key, with its algorithm.
        purposes: what emblems under that key are to be used for.
        may_endorse: whether the key is to endorse further keys.
        lifetime: for how many seconds the endorsement is wanted.
    """

    issuer: Organization
    audience: Organization
    issued_at: NumericDate
    key: PublicKey
    purposes: Purpose
    may_endorse: bool
    lifetime: int


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request whose signature holds: whoever made it has the key. ``digest`` names it in an answer."""

    request: Request
    digest: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose signatures hold, its own and that of the endorsement in it.

    ``request`` is the digest of the request, ``token`` the record data of the endorsement, ``key`` the key that signed
    both, ``issued_at`` when the answer was made.
    """

    request: bytes
    issued_at: NumericDate
    token: bytes
    endorsement: Endorsement
    key: PublicKey
    data: bytes


def sign_request(request: Request, signer: Signer) -> SignedRequest:
    """Write a request, signed with the key that it is about.

    Raises:
        MalformedError: the request says what no reader would accept, or is about another key than the signer's.
    """
    claims: dict[Label, Any] = {
        _ISSUER: str(request.issuer),
        _AUDIENCE: str(request.audience),
        _ISSUED_AT: request.issued_at,
        "key": encode_key(request.key),
        "prp": int(request.purposes),
        "end": request.may_endorse,
        "life": request.lifetime,
    }
    return read_request(sign_document(REQUEST_TYPE, claims, signer))


def read_request(data: bytes) -> SignedRequest:
    """Read a request, and check that it was signed with the key that it is about.

    Raises:
        MalformedError: the bytes are no request, or its signature does not hold.
        UnknownAlgorithmError: the key is in an algorithm that we do not know.
    """
    document = read_document("request", REQUEST_TYPE, data)
    claims = document.claims
    check_labels("claims", claims, {"ver", _ISSUER, _AUDIENCE, _ISSUED_AT, "key", "prp", "end", "life"})
    request = Request(
        issuer=_organization(claims, _ISSUER, "iss (1)"),
        audience=_organization(claims, _AUDIENCE, "aud (3)"),
        issued_at=take_date(claims, _ISSUED_AT, "iat (6)"),
        key=_take_key(claims),
        purposes=Purpose(_take_number(claims, "prp", _ALL_PURPOSES)),
        may_endorse=take_boolean(claims, "end", "end"),
        lifetime=_take_number(claims, "life", LONGEST_LIFETIME),
    )
    _check_signature("request", document, request.key)
    return SignedRequest(request, hashlib.sha256(document.signed).digest(), data)


def sign_answer(request: bytes, issued_at: NumericDate, token: bytes, signer: Signer) -> Answer:
    """Write the answer to a request.

    Args:
        request: the digest of the request.
        issued_at: when.
        token: the record data of the endorsement.
        signer: the key that endorsed.

    Raises:
        MalformedError: the token is no endorsement that the signer's key verifies.
    """
    claims: dict[Label, Any] = {
        _ISSUED_AT: issued_at,
        "request": request,
        "token": token,
        "key": encode_key(signer.public_key),
    }
    return read_answer(sign_document(ANSWER_TYPE, claims, signer))


def read_answer(data: bytes) -> Answer:
    """Read an answer, and check its signature and that of the endorsement in it.

    Raises:
        MalformedError: the bytes are no answer, or a signature does not hold.
        UnknownAlgorithmError: the key is in an algorithm that we do not know.
    """
    document = read_document("answer", ANSWER_TYPE, data)
    claims = document.claims
    check_labels("claims", claims, {"ver", _ISSUED_AT, "request", "token", "key"})
    key = _take_key(claims)
    _check_signature("answer", document, key)
    token = _take_bytes(claims, "token")
    return Answer(
        request=take_digest("claim request", claims["request"]),
        issued_at=take_date(claims, _ISSUED_AT, "iat (6)"),
        token=token,
        endorsement=_endorsement(decode_token(token), key),
        key=key,
        data=data,
    )


def _endorsement(token: Token, key: PublicKey) -> Endorsement:
    if not isinstance(token.claims, Endorsement):
        raise MalformedError("claim token", "a token of another kind", "an endorsement")
    algorithm = find_algorithm(token.algorithm)
    fits = token.key_identifier == key.cose_thumbprint and algorithm is not None and key.allows(algorithm)
    if not fits or not key.verify(token.signature, token.signed):
        raise MalformedError(
            "claim token", "an endorsement that the key of the answer does not verify", "one that it does"
        )
    return token.claims


def _check_signature(field: str, document: SignedDocument, key: PublicKey) -> None:
    algorithm = find_algorithm(document.algorithm)
    if document.key_identifier != key.cose_thumbprint or algorithm is None or not key.allows(algorithm):
        raise MalformedError(field, f"a signature by key {document.key_identifier}", f"one by {key.cose_thumbprint}")
    if not key.verify(document.signature, document.signed):
        raise MalformedError(field, "a signature that does not hold", "an unchanged one, as its maker wrote it")


def _organization(claims: Mapping[Any, Any], label: int, name: str) -> Organization:
    organization = take_organization(claims, label, name)
    assert organization is not None, "the claim is there"
    return organization


def _take_key(claims: Mapping[Any, Any]) -> PublicKey:
    key = decode_key(_take_bytes(claims, "key"))
    if not isinstance(key, PublicKey):
        raise UnknownAlgorithmError("claim key", f"a key in algorithm {key.algorithm!r}", KNOWN_ALGORITHMS)
    return key


def _take_bytes(claims: Mapping[Any, Any], name: str) -> bytes:
    value = claims[name]
    if not isinstance(value, bytes):
        raise MalformedError(f"claim {name}", cbor.describe(value), "a byte string")
    return value


def _take_number(claims: Mapping[Any, Any], name: str, highest: int) -> int:
    value = claims[name]
    if type(value) is not int or not 1 <= value <= highest:
        raise MalformedError(f"claim {name}", cbor.describe(value), f"an unsigned integer from 1 to {highest}")
    return value
