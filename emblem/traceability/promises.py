"""What a log has promised: an entry under its timestamp, judged by the key of the log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from emblem.traceability.entries import TimestampedEntry
from emblem.traceability.log_list import Log, LogList


class PromiseState(StrEnum):
    """Whether the signature of a log's timestamp holds for an entry."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNKNOWN_LOG = "unknown-log"


@dataclass(frozen=True, slots=True)
class Promise:
    """An entry, the log that its timestamp names, if it is known, and whether the log promised it."""

    entry: TimestampedEntry
    log: Log | None
    state: PromiseState


def check_promise(entry: TimestampedEntry, logs: LogList) -> Promise:
    """Find the log that a timestamp names, and verify its signature."""
    log = logs.find(entry.timestamp.log_id)
    if log is None:
        return Promise(entry, None, PromiseState.UNKNOWN_LOG)
    state = PromiseState.VERIFIED if entry.is_signed_by(log.key) else PromiseState.FAILED
    return Promise(entry, log, state)
