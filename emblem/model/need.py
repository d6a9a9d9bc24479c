"""What validation still needs to know, and the answers to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from emblem.model.organization import Organization
from emblem.model.token import Format, LogEntry, NumericDate


@dataclass(frozen=True, slots=True)
class CommitmentNeed:
    """Whether a root key is committed to an organization, by the log entries that its endorsement names."""

    format: Format
    key_identifier: str
    organization: Organization
    log: tuple[LogEntry, ...]


@dataclass(frozen=True, slots=True)
class AddressesNeed:
    """All addresses that a name resolves to."""

    name: str


Need = CommitmentNeed | AddressesNeed


class CommitmentResult(StrEnum):
    """What the check of one commitment came to. One that was not made has no result at all."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Commitment:
    """The answer to a :class:`CommitmentNeed`.

    ``detail`` says what the result rests on, for a person; ``logged_at`` when the certificate was logged, where
    that is known.
    """

    result: CommitmentResult
    detail: str
    logged_at: NumericDate | None = None
