"""Public keys as COSE_Key maps (RFC 9052, section 7; RFC 9053, section 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from emblem.codec import cbor
from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import Algorithm, Curve, find_algorithm
from emblem.keys.public import PublicKey, UnknownKey, identifier_text

_KEY_TYPE, _ALGORITHM, _OPERATIONS = 1, 3, 4
_CURVE, _X, _Y, _PRIVATE = -1, -2, -3, -4
_OKP, _EC2 = 1, 2
_VERIFY = 2
_KEY_TYPES = {Curve.P256: _EC2, Curve.P384: _EC2, Curve.P521: _EC2, Curve.ED25519: _OKP}


def decode_key(data: bytes) -> PublicKey | UnknownKey:
    """Read a COSE_Key as a record carries it.

    Returns:
        The key, or an :class:`UnknownKey` where its algorithm is none of ours.

    Raises:
        MalformedError: the bytes are no public COSE_Key with an algorithm that fits.
        UnknownAlgorithmError: the key is of a type whose identifier we cannot even compute.
    """
    return read_key(cbor.take_map("COSE_Key", cbor.decode("COSE_Key", data)))


def read_key(key: Mapping[Any, Any]) -> PublicKey | UnknownKey:
    """Read a decoded COSE_Key map; errors as in :func:`decode_key`."""
    for label in key:
        if type(label) is not int and type(label) is not str:
            raise MalformedError("COSE_Key label", cbor.describe(label), "an integer or a text")
    if _PRIVATE in key:
        raise MalformedError("COSE_Key parameter -4", "a private key", "public parameters only")
    key_type, written = key.get(_KEY_TYPE), key.get(_ALGORITHM)
    if not isinstance(key_type, int | str) or isinstance(key_type, bool):
        raise MalformedError("COSE_Key parameter 1 (kty)", cbor.describe(key_type), "a key type")
    if not isinstance(written, int | str) or isinstance(written, bool):
        raise MalformedError("COSE_Key parameter 3 (alg)", cbor.describe(written), "an algorithm")
    _check_operations(key)
    algorithm = find_algorithm(written) if isinstance(written, int) else None
    curve = _known_curve(key_type, key.get(_CURVE))
    if curve is None:
        return UnknownKey(_unknown_identifier(key, key_type), written)
    public = _read_known(key, curve, algorithm)
    return public if algorithm is not None else UnknownKey(public.cose_thumbprint, written)


def encode_key(key: PublicKey) -> bytes:
    """Write a key as a record carries it: public parameters and algorithm, no ``kid``."""
    parameters: dict[int, Any] = {
        _KEY_TYPE: _KEY_TYPES[key.curve],
        _ALGORITHM: key.writing_algorithm.cose,
        _CURVE: key.curve.cose_number,
        _X: key.x,
    }
    if key.y is not None:
        parameters[_Y] = key.y
    return cbor.encode(parameters)


def _read_known(key: Mapping[Any, Any], curve: Curve, algorithm: Algorithm | None) -> PublicKey:
    y = None if curve is Curve.ED25519 else _take_y(key)
    return PublicKey.from_coordinates(curve, _take_x(key), y, algorithm)


def _known_curve(key_type: int | str, number: object) -> Curve | None:
    """The curve, or None where we do not know it or the key type."""
    if key_type not in (_OKP, _EC2):
        return None
    if not isinstance(number, int | str) or isinstance(number, bool):
        raise MalformedError("COSE_Key parameter -1 (crv)", cbor.describe(number), "a curve")
    curve = next((curve for curve in Curve if curve.cose_number == number), None)
    if curve is not None and _KEY_TYPES[curve] != key_type:
        raise MalformedError("COSE_Key parameter -1 (crv)", curve.label, f"a curve of key type {key_type}")
    return curve


def _take_x(key: Mapping[Any, Any]) -> bytes:
    x = key.get(_X)
    if not isinstance(x, bytes):
        raise MalformedError("COSE_Key parameter -2 (x)", cbor.describe(x), "a byte string")
    return x


def _take_y(key: Mapping[Any, Any]) -> bytes | bool:
    y = key.get(_Y)
    if not isinstance(y, bytes | bool):
        raise MalformedError("COSE_Key parameter -3 (y)", cbor.describe(y), "a byte string or a sign bit")
    return y


def _check_operations(key: Mapping[Any, Any]) -> None:
    if _OPERATIONS not in key:
        return
    operations = key[_OPERATIONS]
    if not isinstance(operations, list | tuple) or not any(
        type(operation) is int and operation == _VERIFY for operation in operations
    ):
        raise MalformedError("COSE_Key parameter 4 (key_ops)", cbor.describe(operations), "one that has verify")


def _unknown_identifier(key: Mapping[Any, Any], key_type: int | str) -> str:
    """The thumbprint of a key of a known type on an unknown curve (RFC 9679, section 4)."""
    if key_type not in (_OKP, _EC2):
        raise UnknownAlgorithmError(
            "COSE_Key type", cbor.describe(key_type), "elliptic curve (2) or octet key pair (1)"
        )
    parameters = {_KEY_TYPE: key_type, _CURVE: key[_CURVE], _X: _take_x(key)}
    if key_type == _EC2:
        y = _take_y(key)
        if isinstance(y, bool):
            raise UnknownAlgorithmError("COSE_Key curve", cbor.describe(key[_CURVE]), "one whose points we can expand")
        parameters[_Y] = y
    return identifier_text(hashlib.sha256(cbor.encode(parameters)).digest())
