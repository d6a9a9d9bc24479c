"""Where an emblem can stand, and the questions that ask there."""

from __future__ import annotations

from emblem.codec.carriage import IHLE_TYPES, TXT_TYPE
from emblem.dns.message import Question, RecordType
from emblem.model.names import LONGEST_NAME
from emblem.model.target import Target

LABEL = "_emblem"
"""The label below which TXT records carry an emblem apart from other TXT records (RFC 8552)."""


def plan_questions(target: Target) -> tuple[Question, ...]:
    """The questions of every carriage: ``IHLE`` in its type numbers and TXT at the name, TXT below ``_emblem``.

    For an address the name is its reverse name. A name so long that ``_emblem`` does not fit before it has no
    such carriage.
    """
    name = target.name
    below = f"{LABEL}.{name}"
    questions = [Question(name, number) for number in (*IHLE_TYPES, TXT_TYPE)]
    if len(below) <= LONGEST_NAME:
        questions.append(Question(below, TXT_TYPE))
    return tuple(questions)


def address_questions(name: str) -> tuple[Question, ...]:
    """The questions whose answers are all addresses of a name."""
    return (Question(name, RecordType.A), Question(name, RecordType.AAAA))
