"""One target while it is asked about: its questions as prepared bytes, and what has come in."""

from __future__ import annotations

from functools import lru_cache

from emblem.codec.carriage import TXT_TYPE
from emblem.discovery.plan import plan_questions
from emblem.dns.message import Answer, FailedTry, Outcome, Question
from emblem.dns.prepared_query import prepare_label, prepare_name, prepare_type
from emblem.errors import InvalidNameError
from emblem.model.names import LONGEST_NAME, is_domain_name
from emblem.model.target import Target, parse_address

NOT_ASKED, NODATA, NXDOMAIN, ANSWERED = range(4)
"""What is known of a question: nothing, that it was plainly denied, or an answer that is to be read (of a miss: that
there are records of somebody else)."""

OUTCOMES = {NODATA: Outcome.NODATA, NXDOMAIN: Outcome.NXDOMAIN, ANSWERED: Outcome.FOUND}
STATES = {outcome: state for state, outcome in OUTCOMES.items()}
SERVER_SHIFT = 2
"""Bits of a question's state that say what is known; those above are the resolver's place."""

MOST_SERVERS = 64
"""Resolvers that there is a place for."""

KNOWN = (1 << SERVER_SHIFT) - 1
"""The bits of a question's state that say what is known."""

_LONGEST_ORDINARY_NAME = LONGEST_NAME - 16


class Pattern:
    """The questions about all targets of a kind: what stands before and after the target's name in each.

    Args:
        target: one of the kind.
    """

    __slots__ = ("at_name", "endings", "first")

    def __init__(self, target: Target) -> None:
        questions = plan_questions(target).questions
        self.endings = tuple(
            (
                b"".join(map(prepare_label, question.name[: -len(target.name)].split(".")[:-1])),
                prepare_type(question.type),
            )
            for question in questions
        )
        self.at_name = tuple(question.name == target.name for question in questions)
        """Of each question, whether it asks at the target's name itself."""
        self.first = questions.index(Question(target.name, TXT_TYPE))
        """The question whose answer tells whether the name exists at all: of a type that nothing on the way drops."""


@lru_cache(maxsize=8)
def _ordinary(is_address: bool) -> Pattern:
    return Pattern(Target.parse("192.0.2.1" if is_address else "name.example"))


class Inquiry:
    """A target that is asked about.

    Args:
        number: of the task.
        text: the target as it is written.
        name: the domain name at which its records stand.

    Raises:
        InvalidNameError: it is none.
    """

    __slots__ = (
        "_asked",
        "answers",
        "deadline",
        "done",
        "expanded",
        "failed",
        "name",
        "number",
        "open",
        "pattern",
        "plain",
        "questions",
        "state",
        "text",
        "wire",
    )

    def __init__(self, number: int, text: str, name: str) -> None:
        self.number = number
        self.text = text
        self.name = name
        if not is_domain_name(name):
            raise InvalidNameError("target", repr(name), "a domain name in A-labels and lower case")
        self.wire = wire = prepare_name(name)
        if len(name) <= _LONGEST_ORDINARY_NAME:
            self.pattern = pattern = _ordinary(text is not name and text != name)
        else:
            self.pattern = pattern = Pattern(self.target)
        count = len(pattern.endings)
        first = pattern.first
        self.questions: list[bytes] = [b""] * count
        """As prepared; those that are not asked yet are empty."""
        self.questions[first] = wire + pattern.endings[first][1]
        self.state = bytearray(count)
        """Of each question what is known, and above ``SERVER_SHIFT`` by which resolver."""
        self.plain: list[tuple[int, int, bytes]] = []
        """Plain denials: the question's place, the resolver's, and the message."""
        self.answers: dict[int, Answer] | None = None
        """What is no plain denial, by the question's place."""
        self.failed: dict[int, tuple[FailedTry, ...]] | None = None
        """Tries of a question that a resolver could not settle."""
        self._asked: tuple[Question, ...] = ()
        self.open = count
        self.deadline = 0.0
        self.expanded = False
        """Whether all questions are being asked, not only the first."""
        self.done = False

    @property
    def target(self) -> Target:
        """What is asked about."""
        return Target(self.text, parse_address(self.text) if self.text != self.name else None)

    def question(self, place: int) -> Question:
        """One of the questions, as those know it who read answers."""
        if not self._asked:
            self._asked = plan_questions(self.target).questions
        return self._asked[place]

    def expand(self) -> list[int]:
        """Prepare all questions that are not asked yet; their places."""
        self.expanded = True
        wire, questions = self.wire, self.questions
        further = []
        for place, (before, after) in enumerate(self.pattern.endings):
            if not questions[place]:
                questions[place] = before + wire + after
                further.append(place)
        return further

    def deny(self, place: int, known: int, server: int, message: bytes) -> bool:
        """Take a plain denial; whether the target is settled with it.

        A name that does not exist settles all, unless something else that came in speaks against it or has failed.
        """
        self.state[place] = known | server << SERVER_SHIFT
        self.plain.append((place, server, message))
        self.open -= 1
        if not self.open:
            return True
        if known != NXDOMAIN or not self.pattern.at_name[place]:
            return False
        return not self.expanded or self._nothing_else()

    def answer(self, place: int, answer: Answer) -> bool:
        """Take an answer that is to be read; whether every question is settled with it."""
        if self.answers is None:
            self.answers = {}
        self.answers[place] = answer
        self.state[place] = ANSWERED
        self.open -= 1
        return not self.open

    def fail(self, place: int, tried: FailedTry) -> tuple[FailedTry, ...]:
        """Note that a resolver could not settle a question; all that could not, so far."""
        if self.failed is None:
            self.failed = {}
        self.failed[place] = (*self.failed.get(place, ()), tried)
        return self.failed[place]

    def _nothing_else(self) -> bool:
        return self.answers is None and self.failed is None and not any(state & KNOWN == NODATA for state in self.state)
