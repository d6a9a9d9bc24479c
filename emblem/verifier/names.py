"""Names that an address leads to and that lead back to it: an emblem of theirs says something of the address too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from emblem.discovery.answers import addresses_in, gather, names_in
from emblem.discovery.plan import address_questions, plan_questions
from emblem.dns.message import Answer, Question
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.record import Record
from emblem.model.target import Address, Target
from emblem.model.verdict import Query, Status, Verdict
from emblem.validation.validate import add_reasons
from emblem.verifier.asking import Asking, ask

MOST_NAMES = 4
"""Names of one address that are looked at."""

_STATUSES = tuple(Status)
_MARKED = (Status.PROTECTED, Status.CLAIMED)
Judge = Callable[[tuple[Record, ...], Target, tuple[Address, ...]], Asking[Verdict]]
"""Judges records for a target; of a name with the addresses that it resolves to, where they are known."""

_Answers = tuple[Answer, ...]


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
    names = names_in(answers)
    looked_at = names[:MOST_NAMES]
    doubts: list[str] = []
    if len(names) > MOST_NAMES:
        doubts.append(f"{target.name} PTR: {len(names)} names, of which only the first {MOST_NAMES} were looked at")
    forward = yield from _ask_about(looked_at, address_questions)
    back = [name for name in looked_at if target.address in addresses_in(forward[name])]
    found = yield from _ask_about(back, lambda name: plan_questions(Target(name)).required)
    at_names = {name: gather(name, given) for name, given in found.items()}
    verdicts: list[Verdict | None] = []
    for name, one in at_names.items():
        verdicts.append((yield from _judge_name(target, Target(name), judge, one.records, addresses_in(forward[name]))))
    discovered = (*(gather(name, given) for name, given in forward.items()), *at_names.values())
    return ThroughNames(
        tuple(verdict for verdict in verdicts if verdict is not None),
        tuple(answer for about in (forward, found) for given in about.values() for answer in given),
        tuple(query for one in discovered for query in one.queries),
        (*doubts, *(doubt for one in discovered for doubt in one.doubts)),
    )


def _ask_about(
    names: Sequence[str], questions_of: Callable[[str], tuple[Question, ...]]
) -> Asking[dict[str, _Answers]]:
    """Ask the same of several names at once; the answers by name."""
    if not names:
        return {}
    questions = {name: questions_of(name) for name in names}
    answers = iter((yield from ask(question for asked in questions.values() for question in asked)))
    return {name: tuple(next(answers) for _ in asked) for name, asked in questions.items()}


def _judge_name(
    target: Target, host: Target, judge: Judge, records: tuple[Record, ...], addresses: tuple[Address, ...]
) -> Asking[Verdict | None]:
    """What the records at a name say of the address: an emblem may name the address itself, or only the name."""
    direct = yield from judge(records, target, ())
    if not direct.sets and direct.reasons[0].code is ReasonCode.NO_EMBLEM_IN_INPUT:
        return None
    of_name = yield from judge(records, host, addresses)
    return min(direct, _capped(of_name, target, host), key=lambda one: _STATUSES.index(one.status))


def _capped(of_name: Verdict, target: Target, host: Target) -> Verdict:
    """What a verdict on a name, and each of its sets, says of an address of that name."""
    message = (
        f"{host} is marked, and {target} is an address of it: a name's emblem does not speak for every service behind "
        "a shared address"
    )
    through = Reason(ReasonCode.MARKED_THROUGH_NAME, Severity.WARNING, message)
    sets = tuple(
        replace(one, status=Status.CLAIMED, reasons=(*one.reasons, through)) if one.status in _MARKED else one
        for one in of_name.sets
    )
    capped = replace(of_name, target=target, sets=sets)
    if of_name.status not in _MARKED:
        return capped
    return add_reasons(replace(capped, status=Status.CLAIMED), through)
