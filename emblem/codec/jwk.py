"""Public keys as JSON Web Keys (RFC 7517; RFC 7518, section 6.2; RFC 8037; of ML-DSA, RFC 9964)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from emblem.codec.base64 import decode_base64url, encode_base64url
from emblem.codec.cbor import describe
from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import Algorithm, KeyKind, KeyType, default_algorithm, find_algorithm
from emblem.keys.public import PublicKey, UnknownKey, identifier_text

_PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv")
_NUMBER_MEMBERS = {"EC": ("x", "y"), "OKP": ("x",), "RSA": ("e", "n"), "AKP": ("pub",)}
_TEXT_MEMBERS = {"EC": ("crv",), "OKP": ("crv",), "AKP": ("alg",)}
_KEY_TYPES = {KeyType.EC2: "EC", KeyType.OKP: "OKP", KeyType.AKP: "AKP"}
_CURVES = {kind.label: kind for kind in KeyKind if kind.curve is not None}
_JOSE_NAMES = {KeyKind.P256: "ES256", KeyKind.P384: "ES384", KeyKind.P521: "ES512", KeyKind.ED25519: "EdDSA"}
_PAIRS = {kind.label: kind for kind in KeyKind if kind.type is KeyType.AKP}
"""The kinds of algorithm key pairs by the names of their algorithms, which are their own."""


def read_jwk(jwk: Mapping[str, Any]) -> PublicKey | UnknownKey:
    """Read a decoded public JWK.

    Returns:
        The key, or an :class:`UnknownKey` where its algorithm is none of ours.

    Raises:
        MalformedError: it is no public JWK with an algorithm that fits.
        UnknownAlgorithmError: the key is of a type whose identifier we cannot even compute.
    """
    return _read(jwk, _PAIRS)


def read_token_key(jwk: Mapping[str, Any]) -> PublicKey | UnknownKey:
    """Read a decoded public JWK as JWS tokens and their key records carry it; errors as in :func:`read_jwk`.

    JWS tokens of this field have no ML-DSA: a key for it is one that we do not know.
    """
    return _read(jwk, {})


def _read(jwk: Mapping[str, Any], pairs: Mapping[str, KeyKind]) -> PublicKey | UnknownKey:
    for member in _PRIVATE_MEMBERS:
        if member in jwk:
            raise MalformedError(f"JWK member {member}", "a private key", "public members only")
    key_type, written = jwk.get("kty"), jwk.get("alg")
    if not isinstance(key_type, str):
        raise MalformedError("JWK member kty", describe(key_type), "a key type")
    if not isinstance(written, str):
        raise MalformedError("JWK member alg", describe(written), "an algorithm")
    _check_use(jwk)
    algorithm = _find_algorithm(key_type, written, pairs)
    kind = _known_kind(jwk, key_type, algorithm)
    if kind is None:
        return UnknownKey(_unknown_identifier(jwk, key_type), written)
    x = _take_bytes(jwk, "pub" if kind.type is KeyType.AKP else "x")
    y = _take_bytes(jwk, "y") if kind.type is KeyType.EC2 else None
    public = PublicKey.from_parameters(kind, x, y, algorithm)
    return public if algorithm is not None else UnknownKey(public.jwk_thumbprint, written)


def write_jwk(key: PublicKey) -> dict[str, str]:
    """Write a public key as a JWK, with the algorithm that it is used with."""
    kind, key_type = key.kind, _KEY_TYPES[key.kind.type]
    if kind.type is KeyType.AKP:
        return {"alg": kind.label, "kty": key_type, "pub": encode_base64url(key.x)}
    members = {
        "alg": key.writing_algorithm.jose or _JOSE_NAMES[kind],
        "crv": kind.label,
        "kty": key_type,
        "x": encode_base64url(key.x),
    }
    if key.y is not None:
        members["y"] = encode_base64url(key.y)
    return members


def _check_use(jwk: Mapping[str, Any]) -> None:
    if jwk.get("use", "sig") != "sig":
        raise MalformedError("JWK member use", describe(jwk["use"]), "sig")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise MalformedError("JWK member key_ops", describe(operations), "one that has verify")


def _find_algorithm(key_type: str, written: str, pairs: Mapping[str, KeyKind]) -> Algorithm | None:
    """The algorithm of a key; the names of ML-DSA are known in algorithm key pairs only."""
    kind = pairs.get(written) if key_type == _KEY_TYPES[KeyType.AKP] else None
    return find_algorithm(written if kind is None else default_algorithm(kind).cose)


def _known_kind(jwk: Mapping[str, Any], key_type: str, algorithm: Algorithm | None) -> KeyKind | None:
    """The kind of the key, or None where we do not know its type, its curve or, without a curve, its algorithm."""
    if key_type in (_KEY_TYPES[KeyType.EC2], _KEY_TYPES[KeyType.OKP]):
        kind = _CURVES.get(_take_text(jwk, "crv"))
        if kind is not None and _KEY_TYPES[kind.type] != key_type:
            raise MalformedError("JWK member crv", kind.label, f"a curve of key type {key_type}")
        return kind
    if key_type != _KEY_TYPES[KeyType.AKP] or algorithm is None:
        return None
    if algorithm.kind.type is not KeyType.AKP:
        raise MalformedError("JWK member alg", algorithm.name, f"an algorithm of key type {key_type}")
    return algorithm.kind


def _take_bytes(jwk: Mapping[str, Any], member: str) -> bytes:
    return decode_base64url(f"JWK member {member}", _take_text(jwk, member))


def _take_text(jwk: Mapping[str, Any], member: str) -> str:
    value = jwk.get(member)
    if not isinstance(value, str):
        raise MalformedError(f"JWK member {member}", describe(value), "a text")
    return value


def _unknown_identifier(jwk: Mapping[str, Any], key_type: str) -> str:
    """The thumbprint of a key of a known type that we cannot verify with (RFC 7638, section 3.2; RFC 9964)."""
    numbers = _NUMBER_MEMBERS.get(key_type)
    if numbers is None:
        raise UnknownAlgorithmError("JWK member kty", repr(key_type), "EC, OKP, RSA or AKP")
    required = {"kty": key_type, **{member: encode_base64url(_take_bytes(jwk, member)) for member in numbers}}
    required |= {member: jwk[member] for member in _TEXT_MEMBERS.get(key_type, ())}
    text = json.dumps(required, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return identifier_text(hashlib.sha256(text.encode()).digest())
