"""Answers of the DNS as an evidence bundle keeps them, and back: what they mean is found out anew from their bytes."""

from __future__ import annotations

from dataclasses import replace

from emblem.codec.evidence import Evidence, KeptQuestion, KeptResponse, KeptTry
from emblem.discovery.answers import gather
from emblem.dns.agreement import agree
from emblem.dns.interpretation import failed_answer, interpret
from emblem.dns.lookup import join
from emblem.dns.message import Answer, FailedTry, Failure, Outcome, Question, RecordType, Transport
from emblem.errors import InputError, MalformedError
from emblem.model.record import Record

_OF_CHAINS = frozenset({RecordType.DS, RecordType.DNSKEY})
_TRANSPORTS = {one.value: one for one in Transport}
_KEPT_FAILURES = frozenset(Failure) - {Failure.DISAGREEMENT}


def keep_answer(answer: Answer) -> KeptQuestion:
    """What is kept of an answer: each resolver's messages, how they came, and what came to nothing."""
    responses = tuple(map(_keep_response, answer.sources or (answer,)))
    return KeptQuestion(answer.question.name, answer.question.type, responses)


def kept_answer(kept: KeptQuestion) -> Answer:
    """The answer that what was kept amounts to, as if it had just come in.

    Raises:
        MalformedError: it names a failure that we do not know.
        InputError: no such question can be asked.
    """
    return _answer(question_of(kept), kept)


def _answer(question: Question, kept: KeptQuestion) -> Answer:
    return agree([_replay(question, one) for one in kept.responses])


def kept_bytes(question: Question, kept: KeptQuestion) -> Answer:
    """As :func:`kept_answer`, but an answer that chains of trust are made of may be left as it is.

    Its one message alone is looked at there, and nobody else asks for it.

    Raises:
        InputError: as there.
    """
    plain = len(kept.responses) == 1 and len(kept.responses[0].messages) == 1 and not kept.responses[0].failure
    if kept.type in _OF_CHAINS and plain:
        return _uninterpreted(question, kept.responses[0])
    return _answer(question, kept)


def _uninterpreted(question: Question, kept: KeptResponse) -> Answer:
    transport = _TRANSPORTS[kept.transport]
    tries = tuple(map(_failed_try, kept.failed_tries))
    return Answer(
        question,
        Outcome.FOUND,
        final_name=question.name,
        server=kept.server,
        transport=transport,
        wire=kept.messages[0],
        failed_tries=tries,
    )


def question_of(kept: KeptQuestion) -> Question:
    """The question whose answer was kept.

    Raises:
        InputError: no such question can be asked.
    """
    return Question(kept.name, kept.type)


def not_kept(question: Question) -> Answer:
    """The answer to a question whose answer was not kept: it is not known."""
    return failed_answer(question, Failure.NOT_AT_HAND, "it is not in the evidence bundle", server="nobody")


def records_in(evidence: Evidence) -> tuple[Record, ...]:
    """The records of ours among the answers that were kept; what cannot be read is passed over, and nothing judged."""
    answers: list[Answer] = []
    for kept in evidence.questions:
        try:
            answers.append(kept_answer(kept))
        except InputError:
            continue
    return gather(evidence.target, answers).records


def _keep_response(answer: Answer) -> KeptResponse:
    return KeptResponse(
        answer.server,
        answer.transport.value,
        tuple(wire for wire in answer.wires if wire),
        # Said even where the message itself shows it: without the query's identifier not everything can be seen in it.
        answer.failure.value if answer.failure is not None else "",
        tuple(KeptTry(one.server, one.transport.value, one.failure.value) for one in answer.failed_tries),
    )


def _replay(question: Question, kept: KeptResponse) -> Answer:
    transport = _TRANSPORTS[kept.transport]
    known: Answer | None = None
    for message in kept.messages:
        asked = question if known is None else Question(known.final_name, question.type)
        step = interpret(asked, message, server=kept.server, transport=transport)
        known = step if known is None else join(known, step)
        if known.failure is not None:
            break
    failure = _failure(kept.failure) if kept.failure else None
    if known is None:
        known = failed_answer(question, failure or Failure.NOT_AT_HAND, "", server=kept.server, transport=transport)
    elif known.failure is None and failure is not None:
        known = _without_result(known, failure)
    elif known.outcome is Outcome.ALIAS:
        known = replace(_without_result(known, Failure.NOT_AT_HAND), detail="where the alias leads was not kept")
    return replace(known, failed_tries=tuple(map(_failed_try, kept.failed_tries))) if kept.failed_tries else known


def _failed_try(kept: KeptTry) -> FailedTry:
    return FailedTry(kept.server, _TRANSPORTS[kept.transport], _failure(kept.failure), "")


def _without_result(known: Answer, failure: Failure) -> Answer:
    return replace(known, outcome=Outcome.FAILED, records=(), failure=failure)


def _failure(code: str) -> Failure:
    # That resolvers disagree is found from what each of them answered.
    if code not in _KEPT_FAILURES:
        raise MalformedError("failure", repr(code), f"one of {', '.join(sorted(_KEPT_FAILURES))}")
    return Failure(code)
