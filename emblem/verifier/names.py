"""Names that an address leads to and that lead back to it: an emblem of theirs says something of the address too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from emblem.discovery.answers import Discovered, gather, gather_addresses, names_in
from emblem.discovery.plan import address_questions, plan_questions
from emblem.dns.message import Answer
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.record import Record
from emblem.model.target import Target
from emblem.model.verdict import Query, Status, Verdict
from emblem.validation.validate import add_reasons
from emblem.verifier.asking import Ask, Asking

MOST_NAMES = 4
"""Names of one address that are looked at."""

_MARKED = (Status.PROTECTED, Status.CLAIMED)
Judge = Callable[[tuple[Record, ...], Target], Verdict]


@dataclass(frozen=True, slots=True)
class ThroughNames:
    """What an address's names come to: verdicts on the address, the answers behind them, and what is not known."""

    verdicts: tuple[Verdict, ...]
    answers: tuple[Answer, ...]
    queries: tuple[Query, ...]
    doubts: tuple[str, ...]


def look_through_names(target: Target, answers: Sequence[Answer], judge: Judge) -> Asking[ThroughNames]:
    """Ask about the names of an address that resolve back to it.

    Args:
        target: the address.
        answers: the answers about its reverse name.
        judge: judges records for a target.
    """
    verdicts: list[Verdict] = []
    behind: list[Answer] = []
    queries: list[Query] = []
    doubts: list[str] = []
    for name in names_in(answers)[:MOST_NAMES]:
        forward: tuple[Answer, ...] = yield Ask(address_questions(name))
        resolved = gather(name, forward, required=len(forward))
        queries += resolved.queries
        doubts += resolved.doubts
        if target.address not in (gather_addresses(forward) or ()):
            continue
        host = Target(name)
        plan = plan_questions(host)
        found_answers: tuple[Answer, ...] = yield Ask(plan.required)
        found = gather(name, found_answers, required=len(plan.required))
        behind += found_answers
        queries += found.queries
        doubts += found.doubts
        verdict = _judge_name(target, host, found, judge)
        if verdict is not None:
            verdicts.append(verdict)
    return ThroughNames(tuple(verdicts), tuple(behind), tuple(queries), tuple(doubts))


def _judge_name(target: Target, host: Target, found: Discovered, judge: Judge) -> Verdict | None:
    """What the records at a name say of the address: an emblem may name the address itself, or only the name."""
    if not found.records:
        return None
    direct = judge(found.records, target)
    if direct.status in _MARKED:
        return direct
    of_name = judge(found.records, host)
    if of_name.status not in _MARKED:
        return None
    message = (
        f"{host} is marked, and {target} is an address of it: a name's emblem does not speak for every service behind "
        "a shared address"
    )
    through = Reason(ReasonCode.MARKED_THROUGH_NAME, Severity.WARNING, message)
    return add_reasons(replace(of_name, target=target, status=Status.CLAIMED), through)
