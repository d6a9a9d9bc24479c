"""Where an emblem can stand, and the questions that ask there."""

from __future__ import annotations

from dataclasses import dataclass

from emblem.codec.carriage import IHLE_TYPES, TEXT_LABEL, TXT_TYPE
from emblem.dns.message import Question, RecordType
from emblem.model.names import LONGEST_NAME
from emblem.model.target import Target


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked about one target.

    Args:
        required: the questions that must all be answered properly before an absence means anything.
        further: questions that may find more, and whose failure takes nothing away.
        not_asked: the carriages that are left out, in words; an absence then means nothing, unless the name does not
            exist at all.
    """

    required: tuple[Question, ...]
    further: tuple[Question, ...] = ()
    not_asked: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """All that is asked, the required questions first."""
        return (*self.required, *self.further)


def plan_questions(target: Target) -> Plan:
    """The questions of every carriage: ``IHLE`` in its type numbers and TXT at the name, TXT below ``_emblem``.

    For an address the name is its reverse name, and the names that it leads to (PTR) are asked for. At a host name the
    ``HTTPS`` record is looked at too, for the emblem of the demonstration. A name so long that ``_emblem`` does not fit
    before it has no such carriage.
    """
    name = target.name
    questions = [Question(name, number) for number in (*IHLE_TYPES, TXT_TYPE)]
    below = f"{TEXT_LABEL}.{name}"
    if len(below) <= LONGEST_NAME:
        questions.append(Question(below, TXT_TYPE))
    if target.address is not None:
        return Plan((*questions, Question(name, RecordType.PTR)))
    return Plan(tuple(questions), (Question(name, RecordType.HTTPS),))


def plan_covert_questions(target: Target) -> Plan:
    """The questions that ordinary software asks too: addresses, ``HTTPS``, and TXT as mail software does.

    At the reverse name of an address nobody looks for addresses: there it is the names (PTR), and TXT. ``IHLE`` may
    still come along in the Additional section of the answers.
    """
    name = target.name
    types: tuple[RecordType, ...] = (RecordType.A, RecordType.AAAA, RecordType.HTTPS, RecordType.TXT)
    if target.address is not None:
        types = (RecordType.PTR, RecordType.TXT)
    return Plan(
        tuple(Question(name, number) for number in types),
        not_asked=(f"{name} IHLE", f"{TEXT_LABEL}.{name} TXT"),
    )


def address_questions(name: str) -> tuple[Question, ...]:
    """The questions whose answers are all addresses of a name."""
    return (Question(name, RecordType.A), Question(name, RecordType.AAAA))
