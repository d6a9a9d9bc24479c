"""From the bytes of a response to what they mean for the question: a pure function.

RFC 1035 (section 4), RFC 2181 (truncation), RFC 2308 (denial), RFC 6604 (aliases and NXDOMAIN), RFC 6672
(DNAME), RFC 6891 (extended response codes). A denial is believed only in its proper form, because everything
that is not denied counts as not known, and a wrong "no" is the worst answer this library can give.
"""

from __future__ import annotations

from collections.abc import Iterable

from emblem.dns.message import (
    LARGEST_MESSAGE,
    Answer,
    Failure,
    Outcome,
    Question,
    RecordType,
    ResourceRecord,
    ResponseCode,
    Transport,
)
from emblem.dns.names import LONGEST_NAME, Labels, labels_of, length_of, text_of
from emblem.dns.query import (
    FLAG_AUTHENTICATED_DATA,
    FLAG_AUTHORITATIVE,
    FLAG_RECURSION_AVAILABLE,
    FLAG_TRUNCATED,
    HEADER,
    answers,
    end_of_question,
)
from emblem.dns.wire import Sections, WireRecord, name_in, read_sections
from emblem.errors import MalformedError

MOST_ALIASES = 8
"""Aliases that are followed for one question."""

MOST_RECORDS = 2048
"""Records of one response that are looked at."""

_LOW_CODE = 0x000F
_CODE_NAMES = {int(code): code.name for code in ResponseCode}
_FAILURES: dict[int, Failure] = {
    ResponseCode.SERVFAIL: Failure.SERVFAIL,
    ResponseCode.REFUSED: Failure.REFUSED,
}
_OF_AN_ALIAS_CHAIN = frozenset({RecordType.CNAME, RecordType.DNAME, RecordType.RRSIG})
_OF_THE_MESSAGE = frozenset({24, 250})
"""SIG(0) and TSIG: about the message, and no records of any name."""


def interpret(
    question: Question,
    wire: bytes,
    *,
    identifier: int | None = None,
    server: str = "",
    transport: Transport = Transport.UDP,
) -> Answer:
    """What a response means for a question. Never raises: what cannot be understood is a ``FAILED`` answer.

    Args:
        question: what was asked.
        wire: the message as received.
        identifier: the identifier of the query; ``None`` where there is none to compare.
        server: whom to name as the source.
        transport: how the message travelled.
    """
    source = _Source(question, server, transport, wire)
    if len(wire) > LARGEST_MESSAGE:
        return source.failed(Failure.TOO_LARGE, f"{len(wire)} octets")
    if not answers(question, identifier, wire):
        return source.failed(Failure.MISMATCHED, "the message is no response to the question")
    _, flags, questions, *counts = HEADER.unpack_from(wire)
    source.flags = flags
    if flags & FLAG_TRUNCATED:
        # What a truncated response holds is not to be used (RFC 2181, section 9), so it is not even parsed.
        return source.failed(Failure.TRUNCATED, "the response is marked as truncated")
    if sum(counts) > MOST_RECORDS:
        return source.failed(Failure.TOO_LARGE, f"{sum(counts)} records")
    try:
        start = end_of_question(question) if questions else HEADER.size
        asked = labels_of(question.name) if questions else None
        sections = read_sections(wire, start, (counts[0], counts[1], counts[2]), asked)
    except MalformedError as error:
        return source.failed(Failure.MALFORMED, str(error))
    source.code = sections.extended_code << 4 | flags & _LOW_CODE
    return _judged(source, sections)


def failed_answer(
    question: Question,
    failure: Failure,
    detail: str,
    *,
    server: str = "",
    transport: Transport = Transport.UDP,
) -> Answer:
    """The answer to a question when no response can be shown."""
    return Answer(
        question,
        Outcome.FAILED,
        final_name=question.name,
        failure=failure,
        detail=detail,
        server=server,
        transport=transport,
    )


class _Source:
    """What is known of a response before and beside what it means; makes the answer that it comes to."""

    def __init__(self, question: Question, server: str, transport: Transport, wire: bytes) -> None:
        self.question = question
        self.flags = 0
        self.code: int | None = None
        self.aliases: tuple[tuple[str, str], ...] = ()
        self.additional: tuple[ResourceRecord, ...] = ()
        self.final_name = question.name
        self._server = server
        self._transport = transport
        self._wire = wire

    @property
    def may_deny(self) -> bool:
        """Whether the server is an authority, or offers recursion."""
        return bool(self.flags & (FLAG_AUTHORITATIVE | FLAG_RECURSION_AVAILABLE))

    def failed(self, failure: Failure, detail: str) -> Answer:
        """The answer that nothing is known."""
        return self.answer(Outcome.FAILED, (), failure, detail)

    def answer(
        self,
        outcome: Outcome,
        records: tuple[ResourceRecord, ...] = (),
        failure: Failure | None = None,
        detail: str = "",
    ) -> Answer:
        """The answer with this outcome."""
        return Answer(
            self.question,
            outcome,
            records,
            self.aliases,
            self.additional,
            self.final_name,
            bool(self.flags & FLAG_AUTHORITATIVE),
            bool(self.flags & FLAG_RECURSION_AVAILABLE),
            bool(self.flags & FLAG_AUTHENTICATED_DATA),
            failure,
            detail,
            self._server,
            self._transport,
            self._wire[:LARGEST_MESSAGE],
            self.code,
        )


def _judged(source: _Source, sections: Sections) -> Answer:
    code = source.code
    assert code is not None, "it was read"
    if code not in (ResponseCode.NOERROR, ResponseCode.NXDOMAIN):
        failure = _FAILURES.get(code, Failure.OTHER_RCODE)
        return source.failed(failure, f"response code {_CODE_NAMES.get(code, code)}")
    denied = code == ResponseCode.NXDOMAIN
    chain = _Chain(source.question, sections.answer)
    broken = chain.follow()
    source.aliases = tuple((text_of(owner), text_of(target)) for owner, target in chain.aliases)
    source.additional = _plain(record for record in sections.additional if record.type not in _OF_THE_MESSAGE)
    source.final_name = text_of(chain.name)
    if broken is not None:
        return source.failed(broken, f"from {source.question.name} by way of {source.final_name}")
    records = _plain(chain.of_type(source.question.type))
    if records and denied:
        return source.failed(Failure.MALFORMED, "records of a name that is said not to exist")
    if records:
        return source.answer(Outcome.FOUND, records)
    flaw = _flaw_of_denial(source, sections, chain.name)
    if flaw is None:
        return source.answer(Outcome.NXDOMAIN if denied else Outcome.NODATA)
    if source.aliases:
        return source.answer(Outcome.ALIAS)
    return source.failed(Failure.IMPROPER_DENIAL, flaw)


class _Chain:
    """The alias chain from the name asked for, through the answer section of one response."""

    def __init__(self, question: Question, records: tuple[WireRecord, ...]) -> None:
        self._type = question.type
        self._records = records
        self.name = labels_of(question.name)
        self.aliases: list[tuple[Labels, Labels]] = []

    def follow(self) -> Failure | None:
        """Moves ``name`` to the end of the chain; what is wrong with the chain, if anything."""
        seen = {self.name}
        while not self.of_type(self._type):
            target = self._target()
            if target is None:
                return None
            if isinstance(target, Failure):
                return target
            if target in seen:
                return Failure.ALIAS_LOOP
            if len(self.aliases) == MOST_ALIASES:
                return Failure.ALIAS_CHAIN_TOO_LONG
            self.aliases.append((self.name, target))
            seen.add(target)
            self.name = target
        return None

    def of_type(self, record_type: int) -> list[WireRecord]:
        """The records of a type at the end of the chain."""
        return [record for record in self._records if record.type == record_type and record.owner == self.name]

    def _target(self) -> Labels | Failure | None:
        """Where the aliases at this name lead: their one target, or what is wrong with them, or nowhere."""
        targets = {name_in(record.data) for record in self.of_type(RecordType.CNAME)}
        for record in self._records:
            if record.type == RecordType.DNAME and record.owner != self.name and _is_in(self.name, record.owner):
                targets.add(self.name[: len(self.name) - len(record.owner)] + name_in(record.data))
        if len(targets) > 1 or any(length_of(target) > LONGEST_NAME for target in targets):
            return Failure.MALFORMED
        return next(iter(targets), None)


def _is_in(name: Labels, ancestor: Labels) -> bool:
    """Whether a name is another, or below it."""
    return len(name) >= len(ancestor) and name[len(name) - len(ancestor) :] == ancestor


def _flaw_of_denial(source: _Source, sections: Sections, name: Labels) -> str | None:
    """What keeps a response without records from being a denial (RFC 2308, section 2), or ``None``."""
    if not source.may_deny:
        return "no records, from a server that neither is an authority nor offers recursion"
    if any(record.type not in _OF_AN_ALIAS_CHAIN for record in sections.answer):
        return "records of something else than was asked"
    authority = [record for record in sections.authority if _is_in(name, record.owner)]
    apexes = {record.owner for record in authority if record.type == RecordType.SOA}
    if not apexes:
        return "no records, and no SOA of a zone that the name is in"
    if any(record.type == RecordType.NS and record.owner not in apexes for record in authority):
        return "no records, but a referral to other name servers"
    return None


def _plain(records: Iterable[WireRecord]) -> tuple[ResourceRecord, ...]:
    """The records as others see them, equal ones once."""
    each = dict.fromkeys(records)
    return tuple([ResourceRecord(text_of(owner), number, ttl, data) for owner, number, ttl, data in each])
