"""Public keys from a file in any form: PEM, certificates, JWK, JWK sets, COSE_Keys in hexadecimal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emblem.codec.carriage import decode_record
from emblem.codec.cose_key import decode_key
from emblem.codec.evidence import decode_bundle, is_bundle
from emblem.codec.jwk import read_jwk
from emblem.codec.record_text import decode_records
from emblem.codec.strict_json import decode_object, take_object
from emblem.discovery.kept import records_in
from emblem.errors import InputError, KeyFileError, UnknownAlgorithmError
from emblem.keys import pem
from emblem.keys.algorithms import KNOWN_ALGORITHMS
from emblem.keys.public import PublicKey, UnknownKey
from emblem.model.record import Record
from emblem.traceability.certificates import public_key_of_certificate

_PEM = b"-----BEGIN "
_EXPECTED = "public keys: PEM, a certificate in PEM, a JWK or JWK set, or COSE_Keys in hexadecimal, one a line"


def read_public_keys(field: str, data: bytes) -> tuple[PublicKey, ...]:
    """Read all public keys of a file, in their order. Of a certificate only the key is taken.

    Args:
        field: the name of the file, for the errors.
        data: what it holds.

    Raises:
        KeyFileError: there is no key, or one that is private or malformed.
        UnknownAlgorithmError: a key is of a type or in an algorithm that we do not know.
    """
    try:
        keys = _read(field, data.removeprefix(b"\xef\xbb\xbf").strip())
    except UnknownAlgorithmError as error:
        raise UnknownAlgorithmError(_within(field, error), error.found, error.expected) from error
    except InputError as error:
        raise KeyFileError(_within(field, error), error.found, error.expected) from error
    for key in keys:
        if isinstance(key, UnknownKey):
            raise UnknownAlgorithmError(field, f"a key in algorithm {key.algorithm!r}", KNOWN_ALGORITHMS)
    return tuple(key for key in keys if isinstance(key, PublicKey))


def is_key_file(data: bytes) -> bool:
    """Whether a file is one of keys in PEM or JSON; COSE_Keys in hexadecimal look like any other record."""
    return _PEM in data or data.lstrip().startswith(b"{")


def find_keys(field: str, data: bytes) -> tuple[PublicKey | UnknownKey, ...]:
    """Find the public keys in a file of keys or of records, or in an evidence bundle, each once, in their order.

    In records these are the key records and the keys that tokens carry; records that are damaged are passed over.

    Raises:
        KeyFileError: there is no key.
        InputError: the file is neither.
    """
    if is_key_file(data):
        return read_public_keys(field, data)
    decoded = [decode_record(record) for record in read_entries(field, data)]
    keys = tuple(dict.fromkeys(key for record in decoded if record is not None for key in record.keys))
    if not keys:
        problem = next((one.problem.message for one in decoded if one is not None and one.problem is not None), None)
        found = "no public key" + (f" ({problem})" if problem else "")
        raise KeyFileError(field, found, "a file of keys or of records that has one")
    return keys


def read_entries(field: str, data: bytes) -> tuple[Record, ...]:
    """The records in a file of records, or in an evidence bundle.

    Raises:
        InputError: the file is neither.
    """
    if is_bundle(data):
        return records_in(decode_bundle(field, data).evidence)
    return tuple(entry for entry in decode_records(field, data) if isinstance(entry, Record))


def _read(field: str, data: bytes) -> tuple[PublicKey | UnknownKey, ...]:
    if _PEM in data:
        return pem.read_public_keys(field, data, public_key_of_certificate)
    if data.startswith(b"{"):
        return _read_json(decode_object("JSON", data))
    lines = [line.strip() for line in data.splitlines()]
    try:
        keys = [bytes.fromhex(line.decode("ascii")) for line in lines if line and not line.startswith(b"#")]
    except ValueError as error:
        raise KeyFileError(field, "something else", _EXPECTED) from error
    if not keys:
        raise KeyFileError(field, "no key", _EXPECTED)
    return tuple(map(decode_key, keys))


def _read_json(document: Mapping[str, Any]) -> tuple[PublicKey | UnknownKey, ...]:
    if "keys" not in document:
        return (read_jwk(document),)
    members = document["keys"]
    if not isinstance(members, list) or not members:
        raise KeyFileError("JWK set member keys", type(members).__name__, "a non-empty array of JWKs")
    return tuple(read_jwk(take_object("JWK", member)) for member in members)


def _within(field: str, error: InputError) -> str:
    return field if error.field == field else f"{field}: {error.field}"
