"""From records to a verdict, without any input or output of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from itertools import islice

from emblem.codec.carriage import data_record, decode_record, text_record
from emblem.model.limits import MOST_RECORDS
from emblem.model.need import Commitment, CommitmentNeed
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.record import Carriage, Record
from emblem.model.target import Address, Target, parse_given_address
from emblem.model.time import numeric_date
from emblem.model.token import Format
from emblem.model.verdict import Finding, SetVerdict, Status, Verdict
from emblem.validation.demonstration import judge_demonstration
from emblem.validation.levels import Evidence
from emblem.validation.procedure import Profile, Question, judge_set
from emblem.validation.screening import Screener
from emblem.validation.sets import gather_keys, group_records
from emblem.validation.trust import Trust

_STATUSES = tuple(Status)
_FINDING = tuple(field.name for field in fields(Finding))


def validate(
    records: Iterable[Record | bytes | str],
    *,
    target: Target | str,
    at: datetime,
    trust: Trust | None = None,
    commitments: Mapping[CommitmentNeed, Commitment] | None = None,
    addresses: Iterable[Address | str] = (),
    profile: Profile = Profile.ROBUST,
) -> Verdict:
    """Judge records that are at hand.

    Args:
        records: record data as bytes (one token or COSE_Key), TXT values or compact JWS as text, or records
            with their owner and type; in any order.
        target: the host name or address that is asked about.
        at: the time as of which to judge, with its zone.
        trust: whom the verifier trusts; nobody, where left out.
        commitments: the answers to earlier ``needs`` of the same question.
        addresses: all addresses that the target, a name, resolves to.
        profile: how additional tokens are taken.

    Returns:
        The verdict; never ``unmarked``, which only discovery can tell.

    Raises:
        InvalidNameError: the target is no host name or address, or an address is none.
        InputError: ``at`` has no zone.
    """
    asked = Target.parse(target) if isinstance(target, str) else target
    now = numeric_date(at)
    evidence = Evidence(trust or Trust(), commitments or {}, asked, now)
    question = Question(tuple(map(_as_address, addresses)), evidence, profile)
    recognized = (decode_record(_as_record(record, asked)) for record in records)
    decoded = tuple(islice((item for item in recognized if item is not None), MOST_RECORDS + 1))
    if not decoded:
        message = "there is nothing in the records given that belongs to an emblem"
        return _without_sets(asked, at, ReasonCode.NO_EMBLEM_IN_INPUT, message)
    if len(decoded) > MOST_RECORDS:
        message = f"there are more records than the {MOST_RECORDS} that are read at the most"
        return _without_sets(asked, at, ReasonCode.RECORDS_TOO_MANY, message)
    keyrings = {form: gather_keys(decoded, evidence.trust, form) for form in {item.format for item in decoded}}
    screeners = {form: Screener(keyring, evidence.trust, now) for form, keyring in keyrings.items()}
    sets = tuple(
        judge_demonstration(records, keyrings[records.format], now)
        if records.format is Format.HTTPS
        else judge_set(records, screeners[records.format], question)
        for records in group_records(decoded)
    )
    return combine(asked, at, sets)


def combine(target: Target, at: datetime, sets: tuple[SetVerdict, ...]) -> Verdict:
    """The verdict of several sets: that of the best one, in the order of the statuses, then of level.

    Of equals it is the same one in whatever order they were found.
    """
    best = min(sets, key=_merit)
    shared = {name: getattr(best, name) for name in _FINDING}
    needs = tuple(dict.fromkeys(need for one in sets for need in one.needs))
    return Verdict(target=target, at=at, sets=sets, needs=needs, **shared)


def _merit(one: SetVerdict) -> tuple[object, ...]:
    worth = (_STATUSES.index(one.status), -one.level.rank, -len(one.chain))
    return (*worth, one.carriage, one.owner, one.type_number or 0, one.format or "", one.set)


def add_reasons(verdict: Verdict, *reasons: Reason) -> Verdict:
    """The same verdict with further reasons of the whole."""
    return replace(verdict, reasons=(*verdict.reasons, *reasons))


def _without_sets(target: Target, at: datetime, code: ReasonCode, message: str) -> Verdict:
    reason = Reason(code, Severity.ERROR, message)
    return Verdict(status=Status.UNDETERMINED, target=target, at=at, reasons=(reason,))


def _as_record(record: Record | bytes | str, target: Target) -> Record:
    """The record, given its place: TXT values without an owner count as TXT at the target."""
    if isinstance(record, bytes):
        return data_record(record)
    known = text_record(record) if isinstance(record, str) else record
    if known.carriage is Carriage.TXT and not known.owner:
        return replace(known, owner=target.name)
    return known


def _as_address(address: Address | str) -> Address:
    return parse_given_address(address) if isinstance(address, str) else address
