"""What a scan takes and gives: tasks, and what was found out about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from emblem.discovery.answers import type_name
from emblem.discovery.plan import Plan, plan_questions
from emblem.dns.message import Outcome
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.target import Target
from emblem.model.value import quickly_made
from emblem.model.verdict import Discovery, Query, Status, Verdict


@quickly_made
@dataclass(frozen=True, slots=True)
class Task:
    """A target to ask about.

    Args:
        number: its place in the input; no two tasks of a scan have the same.
        target: what is asked about.
    """

    number: int
    target: Target


@quickly_made
@dataclass(frozen=True, slots=True)
class Miss:
    """A plain "no", without a verdict of its own; the same value serves many targets.

    Args:
        at: seconds since 1970 at which it was established.
        denials: of each question that was asked, in the order in which a single verification lists them: where that
            stands in :func:`~emblem.discovery.plan.plan_questions`, how it was denied (``NODATA`` or ``NXDOMAIN``; or
            ``FOUND``, where there are only records of somebody else), and the place in ``servers`` of the resolver that
            said so.
        servers: the resolvers, as they are shown.
    """

    at: int
    denials: tuple[tuple[int, Outcome, int], ...]
    servers: tuple[str, ...]


@quickly_made
@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about a target: a verdict, or that it is plainly unmarked.

    Args:
        number: of the task.
        target: of the task.
        verdict: as of a single verification; None where there is a miss instead.
        miss: what a plain "no" rests on.
    """

    number: int
    target: Target
    verdict: Verdict | None
    miss: Miss | None = None

    @property
    def status(self) -> Status:
        """The answer in one word."""
        return Status.UNMARKED if self.verdict is None else self.verdict.status

    def as_verdict(self) -> Verdict:
        """The verdict; of a miss the one that a single verification would have come to."""
        if self.verdict is not None:
            return self.verdict
        assert self.miss is not None
        return miss_verdict(self.target, self.miss)


def miss_verdict(target: Target, miss: Miss) -> Verdict:
    """A plain "no" as a verdict, with the questions that it rests on."""
    plan = plan_questions(target)
    return Verdict(
        status=Status.UNMARKED,
        target=target,
        at=datetime.fromtimestamp(miss.at, UTC),
        reasons=(_reason(target, plan, miss),),
        discovery=Discovery(_queries(plan, miss), plan.not_asked),
    )


def _reason(target: Target, plan: Plan, miss: Miss) -> Reason:
    said = {(plan.questions[place].name == target.name, outcome) for place, outcome, _ in miss.denials}
    if (True, Outcome.NXDOMAIN) in said and all(outcome is Outcome.NXDOMAIN for _, outcome in said):
        return Reason(ReasonCode.DISCOVERY_NAME_DENIED, Severity.INFO, "the name does not exist")
    message = "every place where an emblem can stand was asked, and properly denied"
    return Reason(ReasonCode.DISCOVERY_DENIED, Severity.INFO, message)


def _queries(plan: Plan, miss: Miss) -> tuple[Query, ...]:
    asked = ((plan.questions[place], outcome, server) for place, outcome, server in miss.denials)
    return tuple(Query(one.name, type_name(one.type), outcome.value, miss.servers[by]) for one, outcome, by in asked)
