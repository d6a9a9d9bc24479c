"""Key files, each written wholly or not at all.

``NAME.pem`` holds a private key and ``NAME.pub.pem`` its public half. Of a key in a hardware token there is a
reference, ``NAME.pkcs11``, in the place of the private key.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from emblem.errors import InputError, KeyFileError, PassphraseError
from emblem.keys.pem import Passphrase, read_private_key, write_private_key
from emblem.keys.public import PublicKey
from emblem.keys.signing import SoftwareSigner
from emblem.keys.token_uri import SCHEME, TokenUri

LARGEST_KEY_FILE = 64 * 1024
"""Bytes of a file of keys; larger ones are refused unread."""

LONGEST_PASSPHRASE = 1000
"""Bytes of a passphrase; more than this OpenSSL does not read."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_PRIVATE_SUFFIX, _PUBLIC_SUFFIX, _REFERENCE_SUFFIX = ".pem", ".pub.pem", ".pkcs11"
_PRIVATE_MODE, _PUBLIC_MODE, _DIRECTORY_MODE = 0o600, 0o644, 0o700


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Where the two halves of a key are. ``reference`` is where a key in a hardware token has its reference instead."""

    private: Path
    public: Path
    reference: Path

    @classmethod
    def named(cls, directory: Path, name: str) -> KeyPair:
        """The files of a key in a directory.

        Raises:
            KeyFileError: the name would not make two file names that can be told apart.
        """
        if not _NAME.fullmatch(name) or name.endswith((".pem", ".pub", _REFERENCE_SUFFIX)):
            expected = "letters, digits, dots, hyphens and underscores, without the ending .pem, .pub or .pkcs11"
            raise KeyFileError("key name", repr(name), expected)
        return cls._of(directory, name)

    @classmethod
    def of_private(cls, private: Path) -> KeyPair:
        """The files of a key whose private half, or the reference to it, has this path."""
        name = private.name.removesuffix(_REFERENCE_SUFFIX).removesuffix(_PRIVATE_SUFFIX)
        return cls._of(private.parent, name)

    @classmethod
    def _of(cls, directory: Path, name: str) -> KeyPair:
        suffixes = (_PRIVATE_SUFFIX, _PUBLIC_SUFFIX, _REFERENCE_SUFFIX)
        return cls(*(directory / (name + suffix) for suffix in suffixes))

    def check_absent(self) -> None:
        """Refuse to go on where one of the files is there already.

        Raises:
            KeyFileError: one is.
        """
        for path in (self.private, self.public, self.reference):
            check_free(path)


def write_key_pair(pair: KeyPair, signer: SoftwareSigner, passphrase: bytes | None) -> None:
    """Write both halves of a key; the directory is made, for its owner alone, where it is missing.

    Args:
        pair: where; neither file may be there yet.
        signer: the key.
        passphrase: encrypts the private half; None leaves it as it is.

    Raises:
        KeyFileError: a file is there already; none is ever overwritten.
        PassphraseError: the passphrase is empty or too long.
        OSError: a file cannot be written; then neither is there.
    """
    if passphrase is not None:
        check_passphrase(passphrase)
    pair.check_absent()
    pair.private.parent.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
    write_new_file(pair.private, write_private_key(signer, passphrase), _PRIVATE_MODE)
    try:
        write_new_file(pair.public, signer.public_key.to_pem().encode(), _PUBLIC_MODE)
    except BaseException:
        pair.private.unlink()
        raise


def write_key_reference(pair: KeyPair, uri: TokenUri, public: PublicKey) -> None:
    """Write where a key in a hardware token is, and its public half; otherwise as :func:`write_key_pair`."""
    pair.check_absent()
    pair.private.parent.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
    comment = f"# {public.writing_algorithm.name} key {public.cose_thumbprint} in a hardware token (RFC 7512)"
    write_new_file(pair.reference, f"{comment}\n{uri}\n".encode(), _PUBLIC_MODE)
    try:
        write_new_file(pair.public, public.to_pem().encode(), _PUBLIC_MODE)
    except BaseException:
        pair.reference.unlink()
        raise


def write_public_key(pair: KeyPair, public: PublicKey) -> None:
    """Write the public half of a key alone, of which the private half is elsewhere, or here already.

    Raises:
        KeyFileError: the file is there already.
        OSError: it cannot be written; then it is not there.
    """
    pair.public.parent.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
    write_new_file(pair.public, public.to_pem().encode(), _PUBLIC_MODE)


def find_key_reference(field: str, data: bytes) -> TokenUri | None:
    """The URI in a file, if this is a reference to a key in a hardware token: one line besides comments.

    Raises:
        KeyFileError: it begins as a reference does, and is none.
    """
    lines = [line.strip() for line in data.splitlines()]
    content = [line for line in lines if line and not line.startswith(b"#")]
    if not content or not content[0].startswith(SCHEME.encode()):
        return None
    try:
        (text,) = (line.decode() for line in content)
    except ValueError as error:
        raise KeyFileError(field, "something else", "one pkcs11 URI on one line") from error
    return TokenUri.parse(text)


def read_signer(path: Path, passphrase: Passphrase) -> SoftwareSigner:
    """Read a private key from its file; errors as in :func:`emblem.keys.pem.read_private_key`.

    Raises:
        InputError: the file cannot be read.
    """
    return read_private_key(str(path), read_file(path, LARGEST_KEY_FILE), passphrase)


def check_free(path: Path) -> None:
    """Refuse to go on where there is a file.

    Raises:
        KeyFileError: there is one.
    """
    if os.path.lexists(path):
        raise _already_there(path)


def is_exposed(path: Path) -> bool:
    """Whether others than the owner of a file may read it."""
    return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def check_passphrase(passphrase: bytes) -> None:
    """Refuse a passphrase that protects nothing or that other software could not use.

    Raises:
        PassphraseError: it is empty, or longer than :data:`LONGEST_PASSPHRASE` bytes.
    """
    if not 0 < len(passphrase) <= LONGEST_PASSPHRASE:
        found = f"{len(passphrase)} bytes" if passphrase else "an empty one"
        raise PassphraseError("passphrase", found, f"1 to {LONGEST_PASSPHRASE} bytes")


def read_file(path: Path, largest: int) -> bytes:
    """Read a whole file of a limited size.

    Raises:
        InputError: it cannot be read, or has more bytes than ``largest``.
    """
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        raise InputError(str(path), (error.strerror or str(error)).lower(), "a file that can be read") from error
    if len(data) > largest:
        raise InputError(str(path), f"more than {largest} bytes", f"a file of {largest} bytes at the most")
    return data


def write_new_file(path: Path, data: bytes, mode: int) -> None:
    """Write a file that must not be there yet, wholly or not at all.

    Raises:
        KeyFileError: there is one of that name.
        OSError: it cannot be written.
    """
    temporary = _write_temporary(path.parent, data, mode)
    try:
        # Unlike a rename, a hard link never takes the place of a file that is there.
        os.link(temporary, path)
    except FileExistsError as error:
        raise _already_there(path) from error
    finally:
        temporary.unlink()
    _sync_directory(path.parent)


def replace_file(path: Path, data: bytes, mode: int) -> None:
    """Write a file, or put it in the place of the one that is there, wholly or not at all.

    Raises:
        OSError: it cannot be written; then what was there is there still.
    """
    temporary = _write_temporary(path.parent, data, mode)
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink()
        raise
    _sync_directory(path.parent)


def _write_temporary(directory: Path, data: bytes, mode: int) -> Path:
    """A new file next to where it belongs (created with O_EXCL, for its owner alone), safely on the disk."""
    descriptor, name = mkstemp(prefix=".emblem-", suffix=".tmp", dir=directory)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _already_there(path: Path) -> KeyFileError:
    return KeyFileError(str(path), "a file that is already there", "a new name: it is not overwritten")
