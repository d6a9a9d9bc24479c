"""A recording of what the verifier's generator asks and is sent, each question once; and whoever answers from it."""

from __future__ import annotations

from dataclasses import dataclass, field

from emblem.codec.evidence import Evidence
from emblem.discovery.kept import kept_bytes, not_kept, question_of
from emblem.dns.message import Answer, Question
from emblem.traceability.kept import kept_fetched
from emblem.traceability.resources import Fetched, Resource, not_at_hand
from emblem.verifier.asking import Ask, Asking, Fetch, Request, Response, T, ask, fetch


@dataclass(slots=True)
class Recording:
    """What came so far, in the order in which it came."""

    answers: dict[Question, Answer] = field(default_factory=dict)
    fetched: dict[str, Fetched] = field(default_factory=dict)


def recorded(steps: Asking[T], recording: Recording) -> Asking[T]:
    """Pass on what a generator asks for, and keep what comes; what came before is not asked for again.

    So whoever answers from the recording later knows exactly what the generator knew.
    """
    response: Response | None = None
    while True:
        try:
            request = steps.send(response) if response is not None else next(steps)
        except StopIteration as finished:
            result: T = finished.value
            return result
        if isinstance(request, Ask):
            unknown = tuple(dict.fromkeys(one for one in request.questions if one not in recording.answers))
            recording.answers.update(zip(unknown, (yield from ask(unknown)), strict=True))
            response = tuple(recording.answers[question] for question in request.questions)
        else:
            missing = {one.address: one for one in request.resources if one.address not in recording.fetched}
            recording.fetched.update(zip(missing, (yield from fetch(missing.values())), strict=True))
            response = tuple(recording.fetched[resource.address] for resource in request.resources)


class Replay:
    """Answers requests from what a bundle kept, and from nothing else. It opens no socket.

    Raises:
        MalformedError: the bundle names a failure that we do not know.
        InputError: it names a question that cannot be asked.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._questions = {question_of(one): one for one in evidence.questions}
        self._answers: dict[Question, Answer] = {}
        self._resources = {one.address: one for one in evidence.resources}

    def respond(self, request: Request) -> Response:
        """The answers to a request; what was not kept is not known."""
        if isinstance(request, Fetch):
            return tuple(map(self._fetched, request.resources))
        return tuple(map(self._answer, request.questions))

    def run(self, steps: Asking[T]) -> T:
        """Drive a generator to its result."""
        response: Response | None = None
        while True:
            try:
                request = steps.send(response) if response is not None else next(steps)
            except StopIteration as finished:
                result: T = finished.value
                return result
            response = self.respond(request)

    def _answer(self, question: Question) -> Answer:
        if question not in self._answers:
            kept = self._questions.get(question)
            self._answers[question] = not_kept(question) if kept is None else kept_bytes(question, kept)
        return self._answers[question]

    def _fetched(self, resource: Resource) -> Fetched:
        kept = self._resources.get(resource.address)
        return not_at_hand(resource) if kept is None else kept_fetched(kept, resource)
