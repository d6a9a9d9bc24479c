"""Files that commands read; ``-`` is standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from emblem.codec.record_text import decode_records
from emblem.errors import InputError
from emblem.keys.files import read_file
from emblem.model.limits import LARGEST_RECORD_FILE
from emblem.model.record import Alias, Record

STANDARD_INPUT = Path("-")


def name_of(path: Path) -> str:
    """What a file is called in an error."""
    return "standard input" if path == STANDARD_INPUT else str(path)


def read_input(path: Path, largest: int) -> bytes:
    """Read a whole file of a limited size, or standard input for ``-``.

    Raises:
        InputError: it cannot be read, or has more bytes than ``largest``.
    """
    if path != STANDARD_INPUT:
        return read_file(path, largest)
    if sys.stdin is None:
        raise InputError(name_of(path), "nothing: it is closed", "a file")
    data = sys.stdin.buffer.read(largest + 1)
    if len(data) > largest:
        raise InputError(name_of(path), f"more than {largest} bytes", f"{largest} bytes at the most")
    return data


def read_record_file(path: Path) -> tuple[Record | Alias, ...]:
    """Read a file of records in any of the forms that are recognized.

    Raises:
        InputError: it cannot be read, is too large or no text, or a line of it is damaged.
    """
    return decode_records(name_of(path), read_input(path, LARGEST_RECORD_FILE))
