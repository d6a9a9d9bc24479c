"""Public keys as COSE_Key maps (RFC 9052, section 7; RFC 9053, section 7; of ML-DSA, RFC 9964)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from emblem.codec import cbor
from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import ALGORITHMS, Algorithm, KeyKind, KeyType, find_algorithm
from emblem.keys.public import PublicKey, UnknownKey, identifier_text

_KEY_TYPE, _ALGORITHM, _OPERATIONS = 1, 3, 4
_CURVE, _X, _Y, _D = -1, -2, -3, -4
_PUBLIC, _PRIVATE = -1, -2
"""The parameters pub and priv of algorithm key pairs (RFC 9964, section 3)."""
_VERIFY = 2
_LABEL_TYPES = frozenset({int, str})
_EC2, _AKP = KeyType.EC2, KeyType.AKP
_TYPES_WITH_CURVES = (KeyType.OKP, KeyType.EC2)
_CURVES: dict[int | str, KeyKind] = {kind.curve: kind for kind in KeyKind if kind.curve is not None}


def decode_key(data: bytes) -> PublicKey | UnknownKey:
    """Read a COSE_Key as a record carries it.

    Returns:
        The key, or an :class:`UnknownKey` where its algorithm is none of ours.

    Raises:
        MalformedError: the bytes are no public COSE_Key with an algorithm that fits.
        UnknownAlgorithmError: the key is of a type whose identifier we cannot even compute.
    """
    return _read_usual(data) or read_key(cbor.take_map("COSE_Key", cbor.decode("COSE_Key", data)))


def read_key(key: Mapping[Any, Any]) -> PublicKey | UnknownKey:
    """Read a decoded COSE_Key map; errors as in :func:`decode_key`."""
    if not _LABEL_TYPES.issuperset(map(type, key)):
        wrong = next(label for label in key if type(label) not in _LABEL_TYPES)
        raise MalformedError("COSE_Key label", cbor.describe(wrong), "an integer or a text")
    key_type, written = key.get(_KEY_TYPE), key.get(_ALGORITHM)
    if type(key_type) is not int and type(key_type) is not str:
        raise MalformedError("COSE_Key parameter 1 (kty)", cbor.describe(key_type), "a key type")
    private = _PRIVATE if key_type == _AKP else _D
    if private in key:
        raise MalformedError(f"COSE_Key parameter {private}", "a private key", "public parameters only")
    if type(written) is not int and type(written) is not str:
        raise MalformedError("COSE_Key parameter 3 (alg)", cbor.describe(written), "an algorithm")
    if _OPERATIONS in key:
        _check_operations(key[_OPERATIONS])
    algorithm = find_algorithm(written) if type(written) is int else None
    kind = _known_kind(key, key_type, algorithm)
    if kind is None:
        return UnknownKey(_unknown_identifier(key, key_type), written)
    public = _read_known(key, kind, algorithm)
    return public if algorithm is not None else UnknownKey(public.cose_thumbprint, written)


def _read_usual(data: bytes) -> PublicKey | None:
    """Read a key in the encoding that everybody writes, without the general decoder.

    Returns:
        None where anything at all is unusual, be it allowed or not.

    Raises:
        MalformedError: the point is not on the curve.
    """
    known = _USUAL.get(data[:_SHORT_HEAD]) or _USUAL.get(data[: _SHORT_HEAD + 1])
    if known is None:
        return None
    kind, algorithm, start, between = known
    middle = start + kind.size
    if kind.type is _EC2:
        y_start = middle + len(between)
        if len(data) != y_start + kind.size or data[middle:y_start] != between:
            return None
        return PublicKey.from_parameters(kind, data[start:middle], data[y_start:], algorithm)
    return PublicKey.from_parameters(kind, data[start:], None, algorithm) if len(data) == middle else None


def encode_key(key: PublicKey) -> bytes:
    """Write a key as a record carries it: public parameters and algorithm, no ``kid``."""
    parameters: dict[int, Any] = {_KEY_TYPE: int(key.kind.type), _ALGORITHM: key.writing_algorithm.cose}
    parameters |= {_PUBLIC: key.x} if key.kind.curve is None else {_CURVE: key.kind.curve, _X: key.x}
    if key.y is not None:
        parameters[_Y] = key.y
    return cbor.encode(parameters)


def _read_known(key: Mapping[Any, Any], kind: KeyKind, algorithm: Algorithm | None) -> PublicKey:
    x = _take_public(key) if kind.type is _AKP else _take_x(key)
    y = _take_y(key) if kind.type is _EC2 else None
    return PublicKey.from_parameters(kind, x, y, algorithm)


def _known_kind(key: Mapping[Any, Any], key_type: int | str, algorithm: Algorithm | None) -> KeyKind | None:
    """The kind of the key, or None where we do not know its type, its curve or, without a curve, its algorithm."""
    if key_type in _TYPES_WITH_CURVES:
        return _known_curve(key_type, key.get(_CURVE))
    if key_type != _AKP or algorithm is None:
        return None
    if algorithm.kind.type is not _AKP:
        raise MalformedError("COSE_Key parameter 3 (alg)", algorithm.name, f"an algorithm of key type {key_type}")
    return algorithm.kind


def _known_curve(key_type: int | str, number: object) -> KeyKind | None:
    if type(number) is not int and type(number) is not str:
        raise MalformedError("COSE_Key parameter -1 (crv)", cbor.describe(number), "a curve")
    kind = _CURVES.get(number)
    if kind is not None and kind.type != key_type:
        raise MalformedError("COSE_Key parameter -1 (crv)", kind.label, f"a curve of key type {key_type}")
    return kind


def _take_public(key: Mapping[Any, Any]) -> bytes:
    public = key.get(_PUBLIC)
    if not isinstance(public, bytes):
        raise MalformedError("COSE_Key parameter -1 (pub)", cbor.describe(public), "a byte string")
    return public


def _take_x(key: Mapping[Any, Any]) -> bytes:
    x = key.get(_X)
    if not isinstance(x, bytes):
        raise MalformedError("COSE_Key parameter -2 (x)", cbor.describe(x), "a byte string")
    return x


def _take_y(key: Mapping[Any, Any]) -> bytes | bool:
    y = key.get(_Y)
    if not isinstance(y, (bytes, bool)):
        raise MalformedError("COSE_Key parameter -3 (y)", cbor.describe(y), "a byte string or a sign bit")
    return y


def _check_operations(operations: object) -> None:
    if not isinstance(operations, list | tuple) or not any(
        type(operation) is int and operation == _VERIFY for operation in operations
    ):
        raise MalformedError("COSE_Key parameter 4 (key_ops)", cbor.describe(operations), "one that has verify")


def _unknown_identifier(key: Mapping[Any, Any], key_type: int | str) -> str:
    """The thumbprint of a key of a known type that we cannot verify with (RFC 9679, section 4; RFC 9964, section 6)."""
    if key_type == _AKP:
        required = {_KEY_TYPE: key_type, _ALGORITHM: key[_ALGORITHM], _PUBLIC: _take_public(key)}
        return identifier_text(hashlib.sha256(cbor.encode(required)).digest())
    if key_type not in _TYPES_WITH_CURVES:
        expected = "octet key pair (1), elliptic curve (2) or algorithm key pair (7)"
        raise UnknownAlgorithmError("COSE_Key type", cbor.describe(key_type), expected)
    parameters = {_KEY_TYPE: key_type, _CURVE: key[_CURVE], _X: _take_x(key)}
    if key_type == _EC2:
        y = _take_y(key)
        if isinstance(y, bool):
            raise UnknownAlgorithmError("COSE_Key curve", cbor.describe(key[_CURVE]), "one whose points we can expand")
        parameters[_Y] = y
    return identifier_text(hashlib.sha256(cbor.encode(parameters)).digest())


def _usual_parts(algorithm: Algorithm) -> tuple[bytes, bytes]:
    """What the deterministic encoding of a key is before x, and between x and y."""
    kind = algorithm.kind
    size = b"\x58" + bytes([kind.size])
    number = cbor.encode(algorithm.cose)
    entries = b"\xa5" if kind.type is _EC2 else b"\xa4"
    curve = cbor.encode(kind.curve)
    return entries + b"\x01" + bytes([kind.type]) + b"\x03" + number + b"\x20" + curve + b"\x21" + size, b"\x22" + size


_SHORT_HEAD = 10
"""Bytes before x where the algorithm is encoded in one; where it takes two, there is one more."""

_USUAL: dict[bytes, tuple[KeyKind, Algorithm, int, bytes]] = {
    head: (algorithm.kind, algorithm, len(head), between)
    for algorithm in ALGORITHMS
    if algorithm.kind.curve is not None
    for head, between in [_usual_parts(algorithm)]
}
