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
_NUMBER_MEMBERS = {"EC": ("x", "y"), "OKP": ("x",), "RSA": ("e", "n")}
_CURVES = {curve.label: curve for curve in Curve}


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
    curve = _known_curve(jwk, key_type)
    if curve is None:
        return UnknownKey(_unknown_identifier(jwk, key_type), written)
    y = None if curve is Curve.ED25519 else _take_bytes(jwk, "y")
    public = PublicKey.from_coordinates(curve, _take_bytes(jwk, "x"), y, algorithm)
    return public if algorithm is not None else UnknownKey(public.jwk_thumbprint, written)


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


def _known_curve(jwk: Mapping[str, Any], key_type: str) -> Curve | None:
    """The curve, or None where we do not know it or the key type."""
    if key_type not in ("EC", "OKP"):
        return None
    curve = _CURVES.get(_take_text(jwk, "crv"))
    if curve is not None and (curve is Curve.ED25519) != (key_type == "OKP"):
        raise MalformedError("JWK member crv", curve.label, f"a curve of key type {key_type}")
    return curve


def _take_bytes(jwk: Mapping[str, Any], member: str) -> bytes:
    return decode_base64url(f"JWK member {member}", _take_text(jwk, member))


def _take_text(jwk: Mapping[str, Any], member: str) -> str:
    value = jwk.get(member)
    if not isinstance(value, str):
        raise MalformedError(f"JWK member {member}", describe(value), "a text")
    return value


def _unknown_identifier(jwk: Mapping[str, Any], key_type: str) -> str:
    """The thumbprint of a key of a known type that we cannot verify with (RFC 7638, section 3.2)."""
    numbers = _NUMBER_MEMBERS.get(key_type)
    if numbers is None:
        raise UnknownAlgorithmError("JWK member kty", repr(key_type), "EC, OKP or RSA")
    required = {"kty": key_type, **{member: encode_base64url(_take_bytes(jwk, member)) for member in numbers}}
    if key_type != "RSA":
        required["crv"] = jwk["crv"]
    text = json.dumps(required, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return identifier_text(hashlib.sha256(text.encode()).digest())
