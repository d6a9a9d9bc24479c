"""Trust stores and key files: refused whole, with a place, or read; and what was read is written so that it is read."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from emblem.errors import InputError, TrustError
from emblem.trust.document import is_store, read_document
from emblem.trust.key_files import find_keys, read_public_keys
from emblem.trust.store import TrustStore
from emblem.trust.writing import write_authority, write_refusal
from fuzzing.target import Target, require


def check_trust_store(data: bytes) -> None:
    """A store in TOML."""
    is_store(data)
    try:
        document = read_document("store", data)
    except TrustError as error:
        require(error.field.startswith("store"), "an error names the file")
        return
    if not document.lists:
        TrustStore.merge([TrustStore.of_document(document, Path())] * 2)
    written = "".join([*map(write_authority, document.authorities), *map(write_refusal, document.refusals)])
    again = read_document("written", written.encode())
    require(again.refusals == document.refusals, "refusals are written as they were read")
    require(again.authorities == document.authorities, "authorities are written as they were read")


def check_key_file(data: bytes) -> None:
    """A file of keys in any form."""
    with suppress(InputError):
        read_public_keys("keys", data)
    with suppress(InputError):
        find_keys("keys", data)


TARGETS = (Target("trust_store", check_trust_store), Target("key_file", check_key_file))
"""What the verifier is given out of band."""
