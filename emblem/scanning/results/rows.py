"""A finding as a row of a table: what can be sorted and counted, without the sets and tokens behind it."""

from __future__ import annotations

from emblem.model.target import Target
from emblem.model.time import date_text, numeric_date
from emblem.model.verdict import Verdict
from emblem.scanning.finding import Finding, Miss, miss_verdict

COLUMNS = (
    "target",
    "status",
    "level",
    "trusted",
    "sign",
    "purposes",
    "issuer",
    "endorsed_by",
    "not_before",
    "expires",
    "format",
    "commitment",
    "dnssec",
    "at",
    "reasons",
)
"""The columns, named as the fields of a verdict; several values in one are separated by spaces."""

Row = tuple[str | bool | None, ...]
"""Values in the order of ``COLUMNS``."""

_MOST_KEPT = 1024


def row_of(verdict: Verdict) -> Row:
    """The row of a verdict; of its reasons there are the codes."""
    return (
        verdict.target.text,
        verdict.status.value,
        verdict.level.value,
        verdict.trusted,
        None if verdict.sign is None else verdict.sign.value,
        " ".join(verdict.purposes.slugs),
        None if verdict.issuer is None else str(verdict.issuer),
        " ".join(map(str, verdict.endorsed_by)),
        None if verdict.not_before is None else date_text(verdict.not_before),
        None if verdict.expires is None else date_text(verdict.expires),
        None if verdict.format is None else verdict.format.value,
        verdict.commitment.value,
        verdict.dnssec.value,
        date_text(numeric_date(verdict.at)),
        " ".join(dict.fromkeys(reason.code.value for reason in verdict.reasons)),
    )


class FindingRows:
    """Findings as rows. Of plain misses that are alike only the target differs."""

    def __init__(self) -> None:
        self._rests: dict[Miss, Row] = {}
        self._last: Miss | None = None
        self._last_rest: Row = ()

    def row(self, finding: Finding) -> Row:
        """The row of a finding."""
        miss = finding.miss
        if miss is None:
            return row_of(finding.as_verdict())
        if miss is not self._last:
            self._last, self._last_rest = miss, self._rest(miss)
        return (finding.target.text, *self._last_rest)

    def _rest(self, miss: Miss) -> Row:
        rest = self._rests.get(miss)
        if rest is None:
            if len(self._rests) >= _MOST_KEPT:
                self._rests.clear()
            rest = self._rests[miss] = row_of(miss_verdict(Target("name.invalid"), miss))[1:]
        return rest
