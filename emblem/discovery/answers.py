"""What the answers to the questions of :mod:`emblem.discovery.plan` mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from emblem.codec.carriage import IHLE_TYPES, TXT_TYPE, join_strings
from emblem.codec.https_record import HTTPS_TYPE
from emblem.dns.message import Answer, Failure, Outcome, RecordType, ResourceRecord
from emblem.dns.names import text_of
from emblem.dns.wire import name_in
from emblem.model.names import is_host_name
from emblem.model.record import Carriage, Record
from emblem.model.target import Address, parse_given_address
from emblem.model.verdict import Query

_TYPE_NAMES = {member.value: member.name for member in RecordType}
_LOST_ON_THE_WAY = frozenset({Failure.TIMEOUT, Failure.UNREACHABLE, Failure.CUT_SHORT})


@dataclass(frozen=True, slots=True)
class Discovered:
    """What discovery came to.

    ``name_denied`` means that the very name does not exist. ``doubts`` says in words what is not known: only where
    there are none, every question that is required was answered properly, and no resolver failed. ``not_asked`` are
    the carriages that were left out. Only without any of these does an absence of records mean anything.
    """

    records: tuple[Record, ...]
    queries: tuple[Query, ...]
    name_denied: bool
    doubts: tuple[str, ...]
    not_asked: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that was to be asked was answered properly."""
        return not self.doubts


def gather(
    name: str, answers: Sequence[Answer], *, required: int | None = None, not_asked: tuple[str, ...] = ()
) -> Discovered:
    """Read the answers to all questions about one target.

    Args:
        name: the target's own name, at which most questions ask.
        answers: one for each question, the required ones first.
        required: how many are required; all, where left out.
        not_asked: the carriages that were left out.
    """
    name_denied = any(answer.name_denied for answer in answers if answer.question.name == name) and not any(
        _exists(answer) for answer in answers
    )
    doubts = tuple(doubt for answer in answers[:required] if (doubt := _doubt(answer, name_denied)))
    return Discovered(
        records=tuple(dict.fromkeys(_records(answers))),
        queries=tuple(map(describe_answer, answers)),
        name_denied=name_denied and not doubts,
        doubts=doubts,
        not_asked=not_asked,
    )


def gather_addresses(answers: Sequence[Answer]) -> tuple[Address, ...] | None:
    """All addresses of a name, from the answers to both questions; None where one of them is not known."""
    if any(answer.outcome is not Outcome.FOUND and not answer.denied for answer in answers):
        return None
    return addresses_in(answers)


def addresses_in(answers: Iterable[Answer]) -> tuple[Address, ...]:
    """The addresses in these answers, whether or not they are all."""
    return tuple(
        parse_given_address(str(ip_address(record.data)))
        for answer in answers
        if answer.question.type in (RecordType.A, RecordType.AAAA)
        for record in answer.records
    )


def names_in(answers: Iterable[Answer]) -> tuple[str, ...]:
    """The host names that PTR records among these answers lead to, each once."""
    texts = (
        text_of(name_in(record.data))
        for answer in answers
        if answer.question.type == RecordType.PTR
        for record in answer.records
    )
    return tuple(dict.fromkeys(name for text in texts if is_host_name(name := text.lower())))


def _exists(answer: Answer) -> bool:
    """Whether an answer shows that a name exists: it has records, is an alias, or was only denied a type.

    Asked of a name below, it shows that the name above exists too (RFC 8020).
    """
    return not answer.name_denied and (answer.outcome is Outcome.FOUND or answer.denied or bool(answer.aliases))


def _doubt(answer: Answer, name_denied: bool) -> str:
    settled = answer.denied or answer.outcome is Outcome.FOUND
    lost = answer.failure in _LOST_ON_THE_WAY or answer.failure is Failure.DEADLINE
    if not settled and not (name_denied and lost):
        return f"{_question_text(answer)}: {answer.detail or answer.failure} (asked {answer.server})"
    for source in answer.sources or (answer,):
        for failed in source.failed_tries:
            if failed.server != source.server or failed.failure not in _LOST_ON_THE_WAY:
                return f"{_question_text(answer)}: {failed.detail or failed.failure} (asked {failed.server})"
    return ""


def _records(answers: Sequence[Answer]) -> Iterable[Record]:
    found = {(answer.question.name, answer.question.type) for answer in answers if answer.records}
    for source in (source for answer in answers for source in answer.sources or (answer,)):
        for record in source.records:
            yield from read_record(record)
        for record in source.additional:
            asked = (source.question.name, record.type)
            if record.type in IHLE_TYPES and record.owner == source.final_name and asked not in found:
                yield from read_record(record)


def read_record(record: ResourceRecord) -> Iterable[Record]:
    """What may belong to an emblem in a record of the DNS: at most one record, of a type that can carry one."""
    if record.type in IHLE_TYPES:
        yield Record(Carriage.IHLE, record.data, record.owner, record.type)
    elif record.type == TXT_TYPE:
        yield Record(Carriage.TXT, join_strings(record.data), record.owner, TXT_TYPE)
    elif record.type == HTTPS_TYPE:
        yield Record(Carriage.HTTPS, record.data, record.owner, HTTPS_TYPE)


def describe_answer(answer: Answer) -> Query:
    """What became of a question, in the words of a verdict."""
    outcome = answer.outcome.value if answer.failure is None else answer.failure.value
    return Query(answer.question.name, type_name(answer.question.type), outcome, answer.server, answer.detail)


def type_name(number: int) -> str:
    """A record type as people write it; those of ``IHLE`` by their numbers, since none is assigned."""
    return _TYPE_NAMES.get(number) or f"TYPE{number}"


def _question_text(answer: Answer) -> str:
    return f"{answer.question.name} {type_name(answer.question.type)}"
