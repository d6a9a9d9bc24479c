"""The verifier itself: a generator that yields questions and is sent answers; no I/O, no clock of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from emblem.discovery.answers import gather, gather_addresses
from emblem.discovery.plan import address_questions, plan_covert_questions, plan_questions
from emblem.dns.message import Answer, Question
from emblem.model.need import AddressesNeed, Commitment, CommitmentNeed
from emblem.model.record import Record
from emblem.model.target import Address, Target
from emblem.model.verdict import Discovery, Status, Verdict
from emblem.validation.validate import examine
from emblem.verifier.asking import Asking, ask
from emblem.verifier.authenticity import assess_answers, authenticate
from emblem.verifier.certification import Certifier
from emblem.verifier.conclusion import conclude
from emblem.verifier.domains import ask_domains
from emblem.verifier.names import look_through_names
from emblem.verifier.settings import Settings, require_dnssec

if TYPE_CHECKING:
    from emblem.traceability.log_list import LogList
    from emblem.verifier.commitments import CommitmentChecks

STILL_NOW = timedelta(minutes=5)
"""How far from the present a verdict may be asked for and still say "no" of what the DNS says today."""

Investigation = Asking[Verdict]
_STATUSES = tuple(Status)


def investigate(target: Target, *, at: datetime, now: datetime, settings: Settings) -> Investigation:
    """Find out about one target.

    Args:
        target: what is asked about.
        at: the time as of which to judge.
        now: the present; the DNS says how things are now, whatever ``at`` is.
        settings: trust, profile, DNSSEC, covertness, commitments.
    """
    plan = plan_covert_questions(target) if settings.covert else plan_questions(target)
    answers = yield from ask((*plan.required, *plan.further))
    found = gather(target.name, answers, required=len(plan.required), not_asked=plan.not_asked)
    certifier = Certifier(settings.trust)
    judge = partial(judge_records, at=at, now=now, settings=settings, certifier=certifier)
    verdict = yield from judge(found.records, target)
    queries, behind = found.queries, answers
    if AddressesNeed(target.text) in verdict.needs:
        resolved = yield from ask(address_questions(target.text))
        queries, behind = queries + gather(target.text, resolved).queries, behind + resolved
        if addresses := gather_addresses(resolved):
            verdict = yield from judge(found.records, target, addresses)
    names: tuple[Verdict, ...] = ()
    if target.address is not None and not settings.covert:
        through = yield from look_through_names(target, answers, judge)
        names, behind, queries = through.verdicts, behind + through.answers, queries + through.queries
        found = replace(found, doubts=found.doubts + through.doubts)
    is_now = abs(at - now) <= STILL_NOW
    verdict = _best(tuple(conclude(one, found, is_now=is_now) for one in (verdict, *names)))
    queries += tuple(certifier.queries)
    verdict = replace(verdict, discovery=Discovery(queries, plan.not_asked))
    if settings.authentication is not None:
        matter = _that_matter(behind, verdict, plan.further)
        assessed = yield from assess_answers(matter, now=now, authentication=settings.authentication)
        verdict = authenticate(verdict, assessed, settings.trust.policy)
    return require_dnssec(verdict, settings.trust.policy)


def judge_records(
    records: tuple[Record, ...],
    target: Target,
    addresses: Iterable[Address] = (),
    *,
    at: datetime,
    now: datetime,
    settings: Settings,
    certifier: Certifier | None = None,
) -> Asking[Verdict]:
    """Judge records, and check the certificates and the commitments that this turns out to need.

    Of certificates the DNS is asked, where its answers are authenticated; for commitments is only fetched.

    Args:
        records: what was found.
        target: what is asked about.
        addresses: all addresses that the target, a name, resolves to.
        at: the time as of which to judge.
        now: the present.
        settings: trust, profile, commitments.
        certifier: what was found out about certificates of the same target; left out, nothing.
    """
    certifier = certifier or Certifier(settings.trust)
    commitments: dict[CommitmentNeed, Commitment] = {}
    examined = examine(
        records,
        target=target,
        at=at,
        trust=settings.trust,
        profile=settings.profile,
        addresses=addresses,
        memory=settings.memory,
    )
    while True:
        verdict = certifier.complete(partial(examined.judge, commitments))
        if certifier.unasked and settings.authentication is not None:
            words, asked = yield from ask_domains(certifier.unasked, now=now, authentication=settings.authentication)
            certifier.tell(words, asked)
            continue
        needs = [one for one in verdict.needs if isinstance(one, CommitmentNeed) and one not in commitments]
        if settings.commitments is None or not needs:
            return verdict
        from emblem.verifier.commitments import check_commitments

        commitments |= yield from check_commitments(needs, at=at, now=now, checks=_checks(settings))


def _checks(settings: Settings) -> CommitmentChecks:
    """How commitments are checked, with the logs that trust names."""
    assert settings.commitments is not None, "they are checked"
    checks = settings.commitments()
    trust = settings.trust
    if not trust.logs and trust.log_list is None:
        return checks
    from emblem.traceability.given_log import given_log
    from emblem.traceability.log_key import LogKey

    logs = checks.logs if trust.log_list is None else checks.logs.newer(_log_list(trust.log_list))
    given = (given_log(one.address, LogKey.decode("key of the log", one.key)) for one in trust.logs)
    return replace(checks, logs=logs.with_logs(given))


@lru_cache(maxsize=2)
def _log_list(data: bytes) -> LogList:
    from emblem.traceability.log_list import decode_log_list

    return decode_log_list("list of logs", data)


def _best(verdicts: tuple[Verdict, ...]) -> Verdict:
    """The best of the verdicts on a target itself and on the names of an address, with the sets of all."""
    if len(verdicts) == 1:
        return verdicts[0]
    best = min(verdicts, key=lambda one: _STATUSES.index(one.status))
    return replace(best, sets=tuple(dict.fromkeys(one for verdict in verdicts for one in verdict.sets)))


def _that_matter(answers: tuple[Answer, ...], verdict: Verdict, further: tuple[Question, ...]) -> tuple[Answer, ...]:
    """The answers whose authenticity the verdict may depend on.

    Those with records, where it is marked. Of a "no" every answer that it rests on: so none that was lost, nor one to a
    question that may only find more.
    """
    if verdict.status in (Status.PROTECTED, Status.CLAIMED):
        return tuple(answer for answer in answers if answer.records)
    if verdict.status is Status.UNMARKED:
        return tuple(answer for answer in answers if answer.failure is None and answer.question not in further)
    return tuple(answer for answer in answers if answer.records or answer.question not in further)
