"""Whether the DNS answers that a verdict rests on are authentic, and what that does to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from emblem.dns.dnssec.assessment import Assessment, State
from emblem.dns.dnssec.assessment import Reason as AssessmentReason
from emblem.dns.message import Answer, Question, RecordType
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.verdict import DnssecState, Status, Verdict, ZoneKeyReport, ZoneReport
from emblem.validation.trust import Policy
from emblem.validation.validate import add_reasons
from emblem.verifier.asking import Asking, ask
from emblem.verifier.conclusion import undetermined
from emblem.verifier.settings import Authentication

_WORST_FIRST = (State.BOGUS, State.INDETERMINATE, State.INSECURE, State.SECURE)
_LEADING = (RecordType.A, RecordType.AAAA, RecordType.PTR)
"""Types that lead from names to addresses and back."""
_STATES = {
    State.SECURE: DnssecState.SECURE,
    State.INSECURE: DnssecState.INSECURE,
    State.BOGUS: DnssecState.BOGUS,
    State.INDETERMINATE: DnssecState.INDETERMINATE,
}


Assessed = tuple[tuple[Answer, Assessment], ...]
"""Answers with what DNSSEC says about each."""


def assess_answers(answers: Sequence[Answer], *, now: datetime, authentication: Authentication) -> Asking[Assessed]:
    """Assess each answer, asking for the keys that its chain of trust needs: each question once, however it ends.

    Args:
        answers: what came back.
        now: as of when signatures must be valid: the present, whatever a verdict is asked for.
        authentication: anchors and cache.
    """
    from emblem.dns.dnssec import ZoneCache

    assessed: list[tuple[Answer, Assessment]] = []
    known: dict[Question, Answer] = {}
    then = None if authentication.kept_at is None else replace(authentication, cache=ZoneCache())
    for answer in answers:
        found = yield from _assess_answer(answer, now, authentication, known)
        if found.state is State.BOGUS and then is not None and then.kept_at is not None:
            earlier = yield from _assess_answer(answer, then.kept_at, then, known)
            found = found if earlier.state is State.BOGUS else _out_of_time(found, earlier)
        assessed.append((answer, found))
    return tuple(assessed)


def _assess_answer(
    answer: Answer, at: datetime, authentication: Authentication, known: dict[Question, Answer]
) -> Asking[Assessment]:
    from emblem.dns.dnssec import assess

    steps = assess(answer, at=at, anchors=authentication.anchors, cache=authentication.cache)
    given: Answer | None = None
    while True:
        try:
            question: Question = steps.send(given) if given is not None else next(steps)
        except StopIteration as finished:
            result: Assessment = finished.value
            return result
        if question not in known:
            (known[question],) = yield from ask((question,))
        given = known[question]


def _out_of_time(found: Assessment, earlier: Assessment) -> Assessment:
    """What a bogus answer is that was none when it is said to have been kept: nothing is known of it any more."""
    detail = f"{found.detail}; when the answer is said to have been kept, it was {earlier.state.value}"
    return replace(found, state=State.INDETERMINATE, reason=AssessmentReason.OUT_OF_TIME, detail=detail)


def authenticate(verdict: Verdict, assessed: Assessed, policy: Policy) -> Verdict:
    """The verdict with the state of the answers that it rests on.

    A bogus answer forbids a "no". A valid emblem that came in one stands with a warning, since the token is
    signed itself, or not, where the policy requires DNSSEC.
    """
    relevant = _relevant(verdict, assessed)
    if not relevant:
        return verdict
    worst = min((assessment for _, assessment in relevant), key=lambda one: _WORST_FIRST.index(one.state))
    discovery = verdict.discovery
    if discovery is not None:
        discovery = replace(discovery, zones=_zones(relevant))
    known = replace(verdict, dnssec=_STATES[worst.state], discovery=discovery)
    if worst.reason is AssessmentReason.OUT_OF_TIME:
        message = f"the signatures of the DNS answers prove nothing any more: {worst.detail}"
        known = add_reasons(known, Reason(ReasonCode.EVIDENCE_OUT_OF_TIME, Severity.WARNING, message))
    if verdict.status is Status.UNMARKED:
        return _judge_absence(known, relevant, worst)
    if worst.state is not State.BOGUS:
        return known
    message = f"the DNS answers are bogus: {worst.detail}"
    if verdict.status in (Status.PROTECTED, Status.CLAIMED) and not policy.require_dnssec:
        return add_reasons(known, Reason(ReasonCode.DNSSEC_BOGUS, Severity.WARNING, message))
    return undetermined(known, Reason(ReasonCode.DNSSEC_BOGUS, Severity.ERROR, message))


def _zones(assessed: Assessed) -> tuple[ZoneReport, ...]:
    """The zones that the answers rest on, each once, parents before children."""
    links = {link.zone: link for _, assessment in assessed for link in assessment.zones}
    return tuple(
        ZoneReport(
            link.zone,
            _STATES[link.state],
            link.detail,
            link.parent,
            tuple(ZoneKeyReport(key.key_tag, key.algorithm, key.entry) for key in link.keys),
        )
        for link in links.values()
    )


def _relevant(verdict: Verdict, assessed: Assessed) -> Assessed:
    """The answers that the verdict rests on: where its best sets came from, or all, where it is a "no".

    Where a name stands for an address, the answers that lead from the one to the other are among them.
    """
    if verdict.status not in (Status.PROTECTED, Status.CLAIMED):
        return assessed
    through_name = any(reason.code is ReasonCode.MARKED_THROUGH_NAME for reason in verdict.reasons)
    places = {(one.owner, one.type_number) for one in verdict.sets if one.status is verdict.status}
    return tuple(
        (answer, assessment)
        for answer, assessment in assessed
        if any((record.owner, record.type) in places for record in answer.records)
        or (through_name and answer.question.type in _LEADING)
    )


def _judge_absence(verdict: Verdict, relevant: Assessed, worst: Assessment) -> Verdict:
    if worst.state is State.BOGUS:
        message = f"the denial is bogus: {worst.detail}"
        return undetermined(verdict, Reason(ReasonCode.DNSSEC_BOGUS, Severity.ERROR, message))
    if worst.state is not State.SECURE:
        why = worst.detail or worst.reason.value
        message = f"the denial is not authenticated ({why}): whoever controls the path can forge it"
        return add_reasons(verdict, Reason(ReasonCode.DENIAL_UNAUTHENTICATED, Severity.WARNING, message))
    proofs = dict.fromkeys(
        f"{assessment.denial.kind.value} by {assessment.denial.mechanism.value}"
        for _, assessment in relevant
        if assessment.denial is not None
    )
    message = f"the denial is authentic: {', '.join(proofs) or 'signed records of others'}"
    return add_reasons(verdict, Reason(ReasonCode.DENIAL_AUTHENTIC, Severity.INFO, message))
