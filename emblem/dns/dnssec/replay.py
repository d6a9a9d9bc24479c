"""An assessment once more, without a network: from the evidence that another one kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce

from emblem.dns.dnssec.assessment import Evidence
from emblem.dns.interpretation import failed_answer, interpret
from emblem.dns.lookup import join
from emblem.dns.message import Answer, Failure, Question


def answer_from(evidence: Evidence) -> Answer:
    """The answer that kept responses are, as if they had just come in. Never raises."""
    question = evidence.question
    if not evidence.wires:
        return failed_answer(question, Failure.UNREACHABLE, "no response was kept")
    first, *others = evidence.wires
    return reduce(_continue, others, interpret(question, first))


def answers_from(evidence: Iterable[Evidence]) -> Callable[[Question], Answer]:
    """A resolver that knows kept responses and nothing else."""
    kept: dict[Question, Evidence] = {}
    for one in evidence:
        # The answer comes last; where its question was also one of the chain, that has a response of its own.
        kept.setdefault(one.question, one)

    def ask(question: Question) -> Answer:
        return answer_from(kept.get(question, Evidence(question, ())))

    return ask


def _continue(known: Answer, wire: bytes) -> Answer:
    return join(known, interpret(Question(known.final_name, known.question.type), wire))
