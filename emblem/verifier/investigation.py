"""The verifier itself: a generator that yields questions and is sent answers; no I/O, no clock of its own."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from emblem.discovery.answers import Discovered, gather, gather_addresses
from emblem.discovery.given import Selection, select_records
from emblem.discovery.plan import address_questions, plan_questions
from emblem.dns.message import Answer, Question
from emblem.model.need import AddressesNeed
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.record import Alias, Record
from emblem.model.target import Address, Target
from emblem.model.verdict import Discovery, DnssecState, Status, Verdict
from emblem.validation.procedure import Profile
from emblem.validation.trust import Policy, Trust
from emblem.validation.validate import add_reasons, validate

STILL_NOW = timedelta(minutes=5)
"""How far from the present a verdict may be asked for and still say ``unmarked`` of what the DNS says today."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a verifier judges, for every target alike."""

    trust: Trust
    profile: Profile = Profile.ROBUST


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of the generator: ask the DNS all of these, and send the answers back in the same order."""

    questions: tuple[Question, ...]


Investigation = Generator[Ask, tuple[Answer, ...], Verdict]


def investigate(target: Target, *, at: datetime, now: datetime, settings: Settings) -> Investigation:
    """Find out about one target.

    Args:
        target: what is asked about.
        at: the time as of which to judge.
        now: the present; the DNS says how things are now, whatever ``at`` is.
        settings: trust and profile.
    """
    answers = yield Ask(plan_questions(target))
    found = gather(target.name, answers)
    verdict = validate(found.records, target=target, at=at, trust=settings.trust, profile=settings.profile)
    queries = found.queries
    if AddressesNeed(target.text) in verdict.needs:
        answers = yield Ask(address_questions(target.text))
        queries += gather(target.text, answers).queries
        addresses = gather_addresses(answers)
        if addresses:
            verdict = validate(
                found.records,
                target=target,
                at=at,
                trust=settings.trust,
                profile=settings.profile,
                addresses=addresses,
            )
    concluded = _conclude(verdict, found, is_now=abs(at - now) <= STILL_NOW)
    return require_dnssec(replace(concluded, discovery=Discovery(queries=queries)), settings.trust.policy)


def judge_given(
    entries: Iterable[Record | Alias],
    target: Target,
    *,
    at: datetime,
    settings: Settings,
    addresses: Iterable[Address] = (),
) -> Verdict:
    """Judge records that were given instead of found; opens no socket.

    Args:
        entries: records and aliases, as :func:`emblem.codec.record_text.read_records` reads them.
        target: what is asked about.
        at: the time as of which to judge.
        settings: trust and profile.
        addresses: all addresses that the target, a name, resolves to.
    """
    selection = select_records(entries, target)
    verdict = validate(
        selection.records,
        target=target,
        at=at,
        trust=settings.trust,
        profile=settings.profile,
        addresses=addresses,
    )
    return require_dnssec(add_reasons(verdict, *_left_out(selection)), settings.trust.policy)


def require_dnssec(verdict: Verdict, policy: Policy) -> Verdict:
    """Withhold ``protected`` where the policy asks for authentic DNS answers and these were not shown to be."""
    protected = verdict.status is Status.PROTECTED
    if not (protected and policy.require_dnssec) or verdict.dnssec is DnssecState.SECURE:
        return verdict
    message = f"your policy requires DNSSEC, and the answers are {verdict.dnssec.value}"
    reason = Reason(ReasonCode.POLICY_DNSSEC, Severity.WARNING, message)
    return add_reasons(replace(verdict, status=Status.CLAIMED), reason)


def _left_out(selection: Selection) -> tuple[Reason, ...]:
    if not selection.left_out:
        return ()
    names = ", ".join(selection.other_owners[:5]) + (" …" if len(selection.other_owners) > 5 else "")
    message = f"{selection.left_out} records at other names were left out: {names}"
    return (Reason(ReasonCode.RECORDS_LEFT_OUT, Severity.INFO, message),)


def _conclude(verdict: Verdict, found: Discovered, *, is_now: bool) -> Verdict:
    """What a verdict on the records found means, given how completely they were looked for."""
    doubt = Reason(
        ReasonCode.DISCOVERY_INCOMPLETE, Severity.ERROR, "not everything could be asked: " + "; ".join(found.doubts)
    )
    if verdict.sets or verdict.reasons[0].code is not ReasonCode.NO_EMBLEM_IN_INPUT:
        if found.complete:
            return verdict
        if verdict.status is Status.REJECTED:
            return replace(verdict, status=Status.UNDETERMINED, reasons=(*verdict.reasons, doubt))
        return add_reasons(verdict, replace(doubt, severity=Severity.WARNING))
    if not found.complete:
        return replace(verdict, status=Status.UNDETERMINED, reasons=(doubt,))
    if not is_now:
        message = "there is no emblem now; what there was at the time asked about, the DNS does not tell"
        reason = Reason(ReasonCode.DISCOVERY_NOT_NOW, Severity.ERROR, message)
        return replace(verdict, status=Status.UNDETERMINED, reasons=(reason,))
    if found.name_denied:
        reason = Reason(ReasonCode.DISCOVERY_NAME_DENIED, Severity.INFO, "the name does not exist")
    else:
        message = "every place where an emblem can stand was asked, and properly denied"
        reason = Reason(ReasonCode.DISCOVERY_DENIED, Severity.INFO, message)
    return replace(verdict, status=Status.UNMARKED, reasons=(reason,))
