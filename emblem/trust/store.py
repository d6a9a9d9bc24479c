"""The trust store: whom a verifier trusts, read from files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emblem.errors import TrustError
from emblem.model.organization import Organization
from emblem.trust.key_files import read_public_keys
from emblem.validation.trust import Trust, TrustedKey

LARGEST_FILE = 1024 * 1024
"""Bytes of a file of trusted keys."""


@dataclass(frozen=True)
class TrustStore(Trust):
    """Whom a verifier trusts, with the means to read it from files."""

    @classmethod
    def load(cls, path: str | Path, *, bind_to: Organization | None = None) -> TrustStore:
        """Read a file of public keys: PEM (also certificates), JWK, or COSE_Key in hexadecimal.

        Args:
            path: the file.
            bind_to: the organization that its keys speak for; left out, they are trusted bare.

        Raises:
            TrustError: the file cannot be read, or is too large.
            KeyFileError: it holds no key, or one that is private or malformed.
            UnknownAlgorithmError: a key is in an algorithm that we do not know.
        """
        try:
            with Path(path).open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
        except OSError as error:
            raise TrustError(f"trust file {path}", error.strerror or str(error), "a readable file") from error
        if len(data) > LARGEST_FILE:
            raise TrustError(f"trust file {path}", "a larger file", f"{LARGEST_FILE} bytes at the most")
        keys = read_public_keys(f"trust file {path}", data)
        return cls(keys=tuple(TrustedKey(key, bind_to) for key in keys))
