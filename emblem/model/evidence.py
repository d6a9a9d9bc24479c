"""What commits a key to an organization in a public log, and what each piece of evidence proves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from emblem.model.reason import ReasonCode
from emblem.model.token import LogEntry, NumericDate
from emblem.model.value import quickly_made


class CommitmentResult(StrEnum):
    """What the check of one commitment came to. One that was not made has no result at all."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNDETERMINED = "undetermined"


class Proof(StrEnum):
    """What a log has shown of an entry; each says something that the others do not."""

    PROMISED = "promised"
    """The log signed that it would include the certificate (a signed certificate timestamp)."""
    INCLUDED = "included"
    """The entry is in the tree under a tree head that the log signed."""
    CONSISTENT = "consistent"
    """That tree and one that the log had shown before are one and the same log."""


class Revocation(StrEnum):
    """What is known of the revocation of a certificate."""

    NOT_REVOKED = "not-revoked"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@quickly_made
@dataclass(frozen=True, slots=True)
class LogEvidence:
    """What was found out about one log entry that an endorsement names.

    ``log`` and ``operator`` are the names of the log, where it is known. ``proofs`` is what the log has shown, in the
    order of :class:`Proof`. ``logged_at`` is when, ``tree_size`` and ``tree_time`` are those of the tree head that the
    entry is included under. ``path`` are certificates in DER, from the logged one to its root where such a path was
    found; ``names`` are those of the certificate's names on which the commitment rests. ``code`` and ``detail`` say
    what decided.
    """

    entry: LogEntry
    result: CommitmentResult
    detail: str
    code: ReasonCode | None = None
    log: str | None = None
    operator: str | None = None
    proofs: tuple[Proof, ...] = ()
    logged_at: NumericDate | None = None
    tree_size: int | None = None
    tree_time: NumericDate | None = None
    path: tuple[bytes, ...] = ()
    names: tuple[str, ...] = ()
    revocation: Revocation = Revocation.UNKNOWN
