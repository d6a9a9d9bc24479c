"""Judging records that were given instead of found; opens no socket."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from emblem.discovery.given import Selection, select_records
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.record import Alias, Record
from emblem.model.target import Address, Target
from emblem.model.verdict import Verdict
from emblem.validation.validate import add_reasons
from emblem.verifier.asking import without_network
from emblem.verifier.investigation import judge_records
from emblem.verifier.settings import Settings, require_dnssec

_MOST_NAMES_SHOWN = 5


def judge_given(
    entries: Iterable[Record | Alias],
    target: Target,
    *,
    at: datetime,
    settings: Settings,
    addresses: Iterable[Address] = (),
) -> Verdict:
    """Judge records that were given.

    Args:
        entries: records and aliases, as :func:`emblem.codec.record_text.read_records` reads them.
        target: what is asked about.
        at: the time as of which to judge.
        settings: trust, profile, memory, and the evidence for commitments; nothing is fetched.
        addresses: all addresses that the target, a name, resolves to.
    """
    selection = select_records(entries, target)
    verdict = without_network(judge_records(selection.records, target, addresses, at=at, now=at, settings=settings))
    return require_dnssec(add_reasons(verdict, *_left_out(selection)), settings.trust.policy)


def _left_out(selection: Selection) -> tuple[Reason, ...]:
    if not selection.left_out:
        return ()
    names = ", ".join(selection.other_owners[:_MOST_NAMES_SHOWN])
    more = " …" if len(selection.other_owners) > _MOST_NAMES_SHOWN else ""
    message = f"{selection.left_out} records at other names were left out: {names}{more}"
    return (Reason(ReasonCode.RECORDS_LEFT_OUT, Severity.INFO, message),)
