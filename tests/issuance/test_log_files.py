"""Files of log entries are read as the tools of the field write them."""

from __future__ import annotations

import pytest

from emblem.errors import InputError
from emblem.issuance.log_files import read_log_file
from emblem.model.token import LogEntry

DIGEST = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


def test_entries_of_both_kinds_of_log_are_read() -> None:
    text = f'[{{"ver": "v1", "id": "{DIGEST}", "hash": "{DIGEST}"}}, {{"ver": "static", "id": "{DIGEST}", "index": 7}}]'

    assert read_log_file(text.encode()) == (LogEntry(bytes(32), leaf_hash=bytes(32)), LogEntry(bytes(32), index=7))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[1]",
        f'[{{"ver": "v2", "id": "{DIGEST}", "hash": "{DIGEST}"}}]',
        f'[{{"ver": "v1", "id": "{DIGEST}"}}]',
        f'[{{"ver": "v1", "id": "AAAA", "hash": "{DIGEST}"}}]',
        f'[{{"ver": "v1", "ver": "v1", "id": "{DIGEST}", "hash": "{DIGEST}"}}]',
        "[" * 100_000,
    ],
    ids=["empty", "no entries", "object", "number", "unknown kind", "no hash", "short id", "repeated", "deep"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_log_file(text.encode())
