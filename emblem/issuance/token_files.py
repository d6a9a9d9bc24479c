"""Token files: a signed token and the key that verifies it, as text that people and programs read.

Comment lines say what the token states; then comes one record a line in hexadecimal: the token, and the
COSE_Key of its signing key. Whatever reads records reads such a file.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from emblem.codec.carriage import DecodedRecord, decode_record
from emblem.codec.cose_key import decode_key, encode_key
from emblem.codec.cwt import decode_token
from emblem.codec.record_text import decode_records
from emblem.codec.statement import statement
from emblem.errors import InputError
from emblem.keys.files import read_file, replace_file, write_new_file
from emblem.keys.public import PublicKey
from emblem.model.record import Record
from emblem.model.target import Target
from emblem.model.token import Claims, Emblem, Endorsement, Format, NumericDate

LARGEST_TOKEN_FILE = 128 * 1024
"""Bytes of a token file: a token and a key of the largest size in hexadecimal, and what is said about them."""

_LONGEST_FILE_NAME = 255
_SUFFIX = ".emblem"
_MODE = 0o644


C = TypeVar("C", Emblem, Endorsement)


@dataclass(frozen=True, slots=True)
class SignedToken(Generic[C]):
    """A token of the native format with its verification key: the record data, the claims, the key."""

    data: bytes
    claims: C
    key: PublicKey

    @property
    def signing_key(self) -> str:
        """The identifier of the key that signed it."""
        return self.key.cose_thumbprint

    def holds(self, now: NumericDate) -> bool:
        """Whether a time lies within the token's period."""
        return self.claims.not_before <= now < self.claims.expires


def emblem_path(directory: Path, host: Target) -> Path:
    """The file of a host's emblem: the host's name, or an address's reverse name, with ``.emblem`` after it.

    Raises:
        InputError: the name is too long for a file.
    """
    longest = _LONGEST_FILE_NAME - len(_SUFFIX)
    if len(host.name) > longest:
        found, expected = f"{len(host.name)} characters", f"{longest} at the most, since a file is named after it"
        raise InputError("host name", found, expected)
    return directory / (host.name + _SUFFIX)


def write_token_file(path: Path, token: bytes, key: PublicKey, *, replace: bool) -> None:
    """Write a token file, wholly or not at all.

    Args:
        path: where.
        token: the record data of the token.
        key: what verifies it.
        replace: whether it may take the place of a file that is there, as a renewal does.

    Raises:
        KeyFileError: there is a file already, and it may not be replaced.
        OSError: the file cannot be written.
    """
    write = replace_file if replace else write_new_file
    write(path, token_file_data(token, decode_token(token).claims, key), _MODE)


def token_file_data(token: bytes, claims: Claims, key: PublicKey) -> bytes:
    """What a token file holds.

    Args:
        token: the record data of the token.
        claims: what it says.
        key: what verifies it.
    """
    words = {**statement(claims), "signing key": key.cose_thumbprint}
    comments = (f"# {label}: {value}" for label, value in words.items())
    return "\n".join((*comments, token.hex(), encode_key(key).hex(), "")).encode()


def read_emblem_file(path: Path) -> SignedToken[Emblem]:
    """Read a token file that holds an emblem.

    Raises:
        InputError: it cannot be read, or is anything but one emblem of the native format and the key that
            verifies it.
    """
    return _narrowed(str(path), *_read(path), Emblem)


def peek_emblem_file(path: Path, keys: dict[str, PublicKey]) -> SignedToken[Emblem]:
    """As :func:`read_emblem_file`, but a file in the form in which we write it is not verified: for many at a time.

    Args:
        path: of the file.
        keys: the keys that were read before, by their lines; the file's is added.
    """
    data = read_file(path, LARGEST_TOKEN_FILE)
    lines = [line for line in data.split(b"\n") if not line.startswith(b"#")]
    if len(lines) == 3 and not lines[2]:
        with suppress(ValueError, InputError):
            record, written = bytes.fromhex(lines[0].decode("ascii")), lines[1].decode("ascii")
            key = keys.get(written) or decode_key(bytes.fromhex(written))
            token = decode_token(record)
            same = isinstance(key, PublicKey) and token.key_identifier == key.cose_thumbprint
            if isinstance(key, PublicKey) and same and isinstance(token.claims, Emblem):
                keys[written] = key
                return SignedToken(record, token.claims, key)
    return read_emblem_file(path)


def read_endorsement_file(path: Path) -> SignedToken[Endorsement]:
    """Read a token file that holds an endorsement; errors as in :func:`read_emblem_file`."""
    return _narrowed(str(path), *_read(path), Endorsement)


def read_endorsement_text(field: str, data: bytes) -> SignedToken[Endorsement]:
    """Read the content of a token file that holds an endorsement; errors as in :func:`read_emblem_file`."""
    return _narrowed(field, *_read_data(field, data), Endorsement)


def _narrowed(field: str, data: bytes, claims: Claims, key: PublicKey, kind: type[C]) -> SignedToken[C]:
    if not isinstance(claims, kind):
        raise InputError(field, f"an {type(claims).__name__.lower()}", f"an {kind.__name__.lower()}")
    return SignedToken(data, claims, key)


def _read(path: Path) -> tuple[bytes, Claims, PublicKey]:
    return _read_data(str(path), read_file(path, LARGEST_TOKEN_FILE))


def _read_data(field: str, data: bytes) -> tuple[bytes, Claims, PublicKey]:
    decoded = [decode_record(entry) for entry in decode_records(field, data) if isinstance(entry, Record)]
    return _take_token(field, [record for record in decoded if record is not None])


def _take_token(field: str, records: list[DecodedRecord]) -> tuple[bytes, Claims, PublicKey]:
    problem = next((record.problem for record in records if record.problem is not None), None)
    if problem is not None:
        raise InputError(field, f"a damaged record ({problem.message})", "one token and its key")
    tokens = [
        (record.record.data, record.token)
        for record in records
        if record.token is not None and record.format is Format.CWT
    ]
    keys = [key for record in records for key in record.keys if isinstance(key, PublicKey)]
    if len(tokens) != 1 or len(keys) != 1:
        found = f"{len(tokens)} tokens and {len(keys)} keys"
        raise InputError(field, found, "one token of the native format and its key")
    (data, token), key = tokens[0], keys[0]
    if token.key_identifier != key.cose_thumbprint or not key.verify(token.signature, token.signed):
        raise InputError(field, "a token that its key does not verify", "one token and the key that signed it")
    return data, token.claims, key
