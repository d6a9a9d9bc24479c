"""Which keys are in a folder, without asking for a passphrase."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from emblem.errors import InputError, KeyFileError
from emblem.keys.files import LARGEST_KEY_FILE, KeyPair, find_key_reference, read_file
from emblem.keys.pem import holds_private_key, is_encrypted, read_private_key, read_public_keys
from emblem.keys.public import PublicKey


class PrivateHalf(StrEnum):
    """What is known of the private half of a key."""

    ENCRYPTED = "encrypted"
    PLAIN = "not encrypted"
    HARDWARE = "in a hardware token"
    ELSEWHERE = "not here"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key in a folder. ``problem`` says why the public half is not known, where it is not."""

    name: str
    private: PrivateHalf
    public: PublicKey | None
    problem: str = ""


def list_keys(directory: Path) -> tuple[ListedKey, ...]:
    """The keys in a folder by name; a file that is no key is listed with what is wrong with it.

    Raises:
        OSError: the folder cannot be read.
    """
    files = [path for path in directory.iterdir() if path.suffix in (".pem", ".pkcs11")]
    names = sorted({path.stem.removesuffix(".pub") for path in files})
    return tuple(_describe(name, KeyPair.of_private(directory / f"{name}.pem")) for name in names)


def _describe(name: str, pair: KeyPair) -> ListedKey:
    private = PrivateHalf.UNREADABLE
    try:
        private = _private_half(pair)
        return ListedKey(name, private, _public_half(pair, private))
    except InputError as error:
        return ListedKey(name, private, None, str(error))


def _private_half(pair: KeyPair) -> PrivateHalf:
    path = pair.private
    if not path.exists():
        return _reference(pair.reference)
    data = read_file(path, LARGEST_KEY_FILE)
    if not holds_private_key(data):
        raise KeyFileError(str(path), "no private key", "one in PEM")
    return PrivateHalf.ENCRYPTED if is_encrypted(data) else PrivateHalf.PLAIN


def _reference(path: Path) -> PrivateHalf:
    if not path.exists():
        return PrivateHalf.ELSEWHERE
    if find_key_reference(str(path), read_file(path, LARGEST_KEY_FILE)) is None:
        raise KeyFileError(str(path), "no reference to a key", "one pkcs11 URI")
    return PrivateHalf.HARDWARE


def _public_half(pair: KeyPair, private: PrivateHalf) -> PublicKey | None:
    if pair.public.exists():
        return read_public_keys(str(pair.public), read_file(pair.public, LARGEST_KEY_FILE))[0]
    if private is PrivateHalf.PLAIN:
        return read_private_key(str(pair.private), read_file(pair.private, LARGEST_KEY_FILE), bytes).public_key
    return None
