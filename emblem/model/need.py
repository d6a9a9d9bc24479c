"""What validation still needs to know, and the answers to it."""

from __future__ import annotations

from dataclasses import dataclass

from emblem.model.certification import CertificationNeed
from emblem.model.evidence import CommitmentResult, LogEvidence
from emblem.model.organization import Organization
from emblem.model.reason import Reason
from emblem.model.token import Format, LogEntry, NumericDate

__all__ = ["AddressesNeed", "Commitment", "CommitmentNeed", "CommitmentResult", "Need"]


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


Need = CommitmentNeed | AddressesNeed | CertificationNeed


@dataclass(frozen=True, slots=True)
class Commitment:
    """The answer to a :class:`CommitmentNeed`.

    ``detail`` says what the result rests on, for a person; ``logged_at`` when the certificate was logged, where
    that is known. ``evidence`` is what was found out about each log entry, the one that decided first; ``remarks``
    are reasons that belong into the verdict beside the result.
    """

    result: CommitmentResult
    detail: str
    logged_at: NumericDate | None = None
    evidence: tuple[LogEvidence, ...] = ()
    remarks: tuple[Reason, ...] = ()
