"""Public keys as JSON Web Keys (RFC 7517, RFC 7518 section 6.2, RFC 8037)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from emblem.codec.base64 import decode_base64url, encode_base64url
from emblem.codec.cbor import describe
from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import Curve, find_algorithm
from emblem.keys.public import PublicKey, UnknownKey, identifier_text

_PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
_REQUIRED_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
_CURVES = {("OKP" if curve is Curve.ED25519 else "EC", curve.label): curve for curve in Curve}


def read_jwk(jwk: Mapping[str, Any]) -> PublicKey | UnknownKey:
    """Read a decoded public JWK.

    Returns:
        The key, or an :class:`UnknownKey` where its algorithm is none of ours.

    Raises:
        MalformedError: it is no public JWK with an algorithm that fits.
        UnknownAlgorithmError: the key is of a type whose identifier we cannot even compute.
    """
    for member in _PRIVATE_MEMBERS:
        if member in jwk:
            raise MalformedError(f"JWK member {member}", "a private key", "public members only")
    key_type, written = jwk.get("kty"), jwk.get("alg")
    if not isinstance(key_type, str):
        raise MalformedError("JWK member kty", describe(key_type), "a key type")
    if not isinstance(written, str):
        raise MalformedError("JWK member alg", describe(written), "an algorithm")
    _check_use(jwk)
    algorithm = find_algorithm(written)
    if algorithm is None or (algorithm.name == "EdDSA" and (key_type, jwk.get("crv")) == ("OKP", "Ed448")):
        return UnknownKey(_unknown_identifier(jwk, key_type), written)
    curve_name = jwk.get("crv")
    curve = _CURVES.get((key_type, curve_name)) if isinstance(curve_name, str) else None
    if curve is None:
        raise MalformedError("JWK member crv", describe(curve_name), f"{algorithm.curve.label} for {written}")
    x = decode_base64url("JWK member x", _take_text(jwk, "x"))
    y = None if curve is Curve.ED25519 else decode_base64url("JWK member y", _take_text(jwk, "y"))
    return PublicKey.from_coordinates(curve, x, y, algorithm)


def write_jwk(key: PublicKey) -> dict[str, str]:
    """Write a public key as a JWK, with the algorithm that it is used with."""
    algorithm = key.writing_algorithm
    members = {
        "alg": algorithm.jose or _jose_of_curve(key.curve),
        "crv": key.curve.label,
        "kty": "OKP" if key.y is None else "EC",
        "x": encode_base64url(key.x),
    }
    if key.y is not None:
        members["y"] = encode_base64url(key.y)
    return members


def _jose_of_curve(curve: Curve) -> str:
    return {Curve.P256: "ES256", Curve.P384: "ES384", Curve.P521: "ES512", Curve.ED25519: "EdDSA"}[curve]


def _check_use(jwk: Mapping[str, Any]) -> None:
    if jwk.get("use", "sig") != "sig":
        raise MalformedError("JWK member use", describe(jwk["use"]), "sig")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise MalformedError("JWK member key_ops", describe(operations), "one that has verify")


def _take_text(jwk: Mapping[str, Any], member: str) -> str:
    value = jwk.get(member)
    if not isinstance(value, str):
        raise MalformedError(f"JWK member {member}", describe(value), "base64url text")
    return value


def _unknown_identifier(jwk: Mapping[str, Any], key_type: str) -> str:
    """The thumbprint of a key of a known type in an unknown algorithm (RFC 7638, section 3.2)."""
    members = _REQUIRED_MEMBERS.get(key_type)
    if members is None or not all(isinstance(jwk.get(member), str) for member in members):
        raise UnknownAlgorithmError("JWK member kty", repr(key_type), "EC or OKP with all their members")
    required = {member: jwk[member] for member in members}
    text = json.dumps(required, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return identifier_text(hashlib.sha256(text.encode()).digest())
