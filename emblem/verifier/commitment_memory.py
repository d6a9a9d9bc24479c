"""What a verifier remembers of commitments: all hosts of an organization need the same one."""

from __future__ import annotations

from datetime import datetime, timedelta

from emblem.model.evidence import CommitmentResult
from emblem.model.need import Commitment, CommitmentNeed

LIFETIME = timedelta(hours=1)
"""For how long an answer is remembered: a certificate may be revoked, a log may change."""
LIFETIME_UNDETERMINED = timedelta(minutes=5)
"""The same of what could not be found out: long enough not to wait for each host in turn."""
MOST_REMEMBERED = 1000
"""Answers that are kept; then the oldest are forgotten."""


class CommitmentMemory:
    """Answers of the last hour, for the time as of which they were asked, give or take.

    Threads may share one: at worst one of them asks again what another already knows.
    """

    def __init__(self) -> None:
        self._known: dict[CommitmentNeed, tuple[datetime, datetime, Commitment]] = {}

    def recall(self, need: CommitmentNeed, *, at: datetime, now: datetime) -> Commitment | None:
        """The answer to a need, if it is known and fresh.

        Args:
            need: what is asked.
            at: the time as of which it is judged.
            now: the present.
        """
        known = self._known.get(need)
        if known is None:
            return None
        asked, learned, answer = known
        undetermined = answer.result is CommitmentResult.UNDETERMINED
        lifetime = LIFETIME_UNDETERMINED if undetermined else LIFETIME
        fresh = timedelta() <= now - learned <= lifetime and abs(at - asked) <= lifetime
        return answer if fresh else None

    def keep(self, need: CommitmentNeed, answer: Commitment, *, at: datetime, now: datetime) -> None:
        """Remember an answer."""
        self._known.pop(need, None)
        self._known[need] = (at, now, answer)
        while len(self._known) > MOST_REMEMBERED:
            self._known.pop(next(iter(self._known)), None)
