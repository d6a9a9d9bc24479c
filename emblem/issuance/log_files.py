"""Files that say in which logs of Certificate Transparency the certificates of a root key stand."""

from __future__ import annotations

from emblem.codec.jws import read_log
from emblem.codec.strict_json import decode
from emblem.errors import InputError
from emblem.model.token import LogEntry

LARGEST_LOG_FILE = 64 * 1024
"""Bytes of such a file."""


def read_log_file(data: bytes) -> tuple[LogEntry, ...]:
    """Read a JSON array of log entries, as the claim ``log`` of a JWS token has them.

    Each is ``{"ver": "v1", "id": ..., "hash": ...}`` or ``{"ver": "static", "id": ..., "index": ...}`` with
    identifiers and hashes in base64 (draft-linker-diem-adem-core-01).

    Raises:
        InputError: it is something else, or an entry is of another ``ver``.
    """
    entries = decode("log file", data)
    log = read_log(entries)
    if len(log) != len(entries):
        raise InputError("log file", "an entry of an unknown ver", "entries whose ver is v1 or static")
    return log
