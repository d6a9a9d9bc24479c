"""Tokens and keys for tests, built byte by byte so that one thing at a time can be wrong with them."""

from __future__ import annotations

import json
from base64 import b32decode
from collections.abc import Callable, Collection, Mapping
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from emblem.codec.base64 import encode_base64url
from emblem.codec.jwk import write_jwk
from emblem.errors import InputError
from emblem.keys.algorithms import KeyKind, KeyType
from emblem.keys.ml_dsa import load_private_key
from emblem.keys.public import ELLIPTIC_CURVES, PublicKey
from emblem.keys.signing import SoftwareSigner

NOT_BEFORE, EXPIRES = 1_790_000_000, 1_800_000_000
ISSUER = "https://redcross.example"
NO_CHANGE: Mapping[Any, Any] = {}


def refusal(read: Callable[..., object], *arguments: object) -> InputError | None:
    """The error that reading ends in, or None; an error of another kind fails the test that asked."""
    try:
        read(*arguments)
    except InputError as error:
        return error
    return None


def signer_on(kind: KeyKind, secret: int = 7) -> SoftwareSigner:
    """A signer whose key is always the same."""
    if kind.type is KeyType.AKP:
        return SoftwareSigner(load_private_key(kind, secret.to_bytes(32, "big")))
    if kind is KeyKind.ED25519:
        return SoftwareSigner(ed25519.Ed25519PrivateKey.from_private_bytes(secret.to_bytes(32, "big")))
    return SoftwareSigner(ec.derive_private_key(secret, ELLIPTIC_CURVES[kind]))


SIGNER = signer_on(KeyKind.P256)
ENDORSED = signer_on(KeyKind.P256, 8).public_key


def identifier_bytes(key: PublicKey) -> bytes:
    """The key identifier of the native format as it stands in a token."""
    return b32decode(key.cose_thumbprint.upper() + "====")


def changed(members: Mapping[Any, Any], changes: Mapping[Any, Any], without: Collection[Any]) -> dict[Any, Any]:
    """The members with some replaced or added, and some taken out."""
    return {name: value for name, value in {**members, **changes}.items() if name not in without}


def cwt_emblem(changes: Mapping[Any, Any] = NO_CHANGE, *, without: Collection[Any] = ()) -> dict[Any, Any]:
    """The claims of an emblem of the native format."""
    claims = {
        "ver": 1,
        1: ISSUER,
        4: EXPIRES,
        5: NOT_BEFORE,
        "prp": 1,
        "assets": ["hospital.example"],
    }
    return changed(claims, changes, without)


def cwt_endorsement(changes: Mapping[Any, Any] = NO_CHANGE, *, without: Collection[Any] = ()) -> dict[Any, Any]:
    """The claims of an endorsement of the native format."""
    claims = {
        "ver": 1,
        1: "https://authority.example",
        2: ISSUER,
        4: EXPIRES,
        5: NOT_BEFORE,
        "prp": 3,
        "key": identifier_bytes(ENDORSED),
        "end": True,
    }
    return changed(claims, changes, without)


def cwt_header(changes: Mapping[Any, Any] = NO_CHANGE, *, without: Collection[Any] = ()) -> dict[Any, Any]:
    """The protected header of a token of the native format."""
    return changed({1: -7, 4: identifier_bytes(SIGNER.public_key), 16: "application/adem"}, changes, without)


def cwt_token(
    claims: Any,
    *,
    header: Any = None,
    unprotected: Any = None,
    header_bytes: bytes | None = None,
    payload_bytes: bytes | None = None,
) -> bytes:
    """A signed token of the native format: any claims and headers, and any bytes in their place."""
    protected = cbor2.dumps(cwt_header() if header is None else header) if header_bytes is None else header_bytes
    payload = cbor2.dumps(claims) if payload_bytes is None else payload_bytes
    signature = SIGNER.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    parts = [protected, {} if unprotected is None else unprotected, payload, signature]
    return cbor2.dumps(cbor2.CBORTag(61, cbor2.CBORTag(18, parts)))


def cose_key(changes: Mapping[Any, Any] = NO_CHANGE, *, without: Collection[Any] = ()) -> bytes:
    """A COSE_Key on P-256."""
    key = SIGNER.public_key
    return cbor2.dumps(changed({1: 2, 3: -7, -1: 1, -2: key.x, -3: key.y}, changes, without))


def jws_emblem(changes: Mapping[str, Any] = NO_CHANGE, *, without: Collection[str] = ()) -> dict[str, Any]:
    """The claims of an emblem in a JWS."""
    claims = {
        "ver": "v1",
        "iss": ISSUER,
        "iat": NOT_BEFORE,
        "nbf": NOT_BEFORE,
        "exp": EXPIRES,
        "assets": ["hospital.example"],
        "emb": {"prp": ["protective"], "dst": ["dns"]},
    }
    return changed(claims, changes, without)


def jws_endorsement(changes: Mapping[str, Any] = NO_CHANGE, *, without: Collection[str] = ()) -> dict[str, Any]:
    """The claims of an endorsement in a JWS."""
    claims = {
        "ver": "v1",
        "iss": "https://authority.example",
        "sub": ISSUER,
        "nbf": NOT_BEFORE,
        "exp": EXPIRES,
        "key": ENDORSED.jwk_thumbprint,
        "end": True,
    }
    return changed(claims, changes, without)


def jws_header(
    kind: str = "adem-emb", changes: Mapping[str, Any] = NO_CHANGE, *, without: Collection[str] = ()
) -> dict[str, Any]:
    """The protected header of a JWS."""
    return changed({"alg": "ES256", "cty": kind, "kid": SIGNER.public_key.jwk_thumbprint}, changes, without)


def jws_token(claims: Mapping[str, Any] | bytes, header: Mapping[str, Any] | bytes | None = None) -> str:
    """A signed JWS in compact serialization: any claims and header, or any bytes in their place."""
    kind = "adem-end" if not isinstance(claims, bytes) and "key" in claims else "adem-emb"
    parts = [jws_header(kind) if header is None else header, claims]
    signing_input = ".".join(
        encode_base64url(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in parts
    )
    return f"{signing_input}.{encode_base64url(SIGNER.sign(signing_input.encode()))}"


def jwk(changes: Mapping[str, Any] = NO_CHANGE, *, without: Collection[str] = ()) -> dict[str, Any]:
    """A JWK on P-256."""
    return changed(write_jwk(SIGNER.public_key), changes, without)
