"""From the bytes of a response to what they mean for the question: a pure function.

RFC 1035 (section 4), RFC 2181 (truncation), RFC 2308 (denial), RFC 6604 (aliases and NXDOMAIN), RFC 6672
(DNAME), RFC 6891 (extended response codes). A denial is believed only in its proper form, because everything
that is not denied counts as not known, and a wrong "no" is the worst answer this library can give.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emblem.dns.message import (
    LARGEST_MESSAGE,
    Answer,
    Failure,
    Outcome,
    Question,
    RecordType,
    ResourceRecord,
    Transport,
)
from emblem.dns.names import text_of
from emblem.dns.query import (
    FLAG_AUTHENTICATED_DATA,
    FLAG_AUTHORITATIVE,
    FLAG_RECURSION_AVAILABLE,
    FLAG_TRUNCATED,
    HEADER,
    NXDOMAIN,
    REFUSED,
    SERVFAIL,
    answers,
)

if TYPE_CHECKING:
    import dns.message
    import dns.name
    import dns.rrset

MOST_ALIASES = 8
"""Aliases that are followed for one question."""

MOST_RECORDS = 2048
"""Records of one response that are looked at."""

_NOERROR = 0
_OF_AN_ALIAS_CHAIN = frozenset({RecordType.CNAME, RecordType.DNAME, RecordType.RRSIG})
_OF_THE_MESSAGE = frozenset({RecordType.OPT, 24, 250})
"""OPT, SIG(0) and TSIG: about the message, and no records of any name."""


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
    blank = Answer(
        question,
        Outcome.FAILED,
        final_name=question.name,
        server=server,
        transport=transport,
        wire=wire[:LARGEST_MESSAGE],
    )
    if len(wire) > LARGEST_MESSAGE:
        return _failed(blank, Failure.TOO_LARGE, f"{len(wire)} octets")
    if not answers(question, identifier, wire):
        return _failed(blank, Failure.MISMATCHED, "the message is no response to the question")
    _, flags, _, *counts = HEADER.unpack_from(wire)
    blank = replace(
        blank,
        authoritative=bool(flags & FLAG_AUTHORITATIVE),
        recursion_available=bool(flags & FLAG_RECURSION_AVAILABLE),
        authenticated_data=bool(flags & FLAG_AUTHENTICATED_DATA),
    )
    if flags & FLAG_TRUNCATED:
        # What a truncated response holds is not to be used (RFC 2181, section 9), so it is not even parsed.
        return _failed(blank, Failure.TRUNCATED, "the response is marked as truncated")
    if sum(counts) > MOST_RECORDS:
        return _failed(blank, Failure.TOO_LARGE, f"{sum(counts)} records")
    message = _parsed(wire)
    if isinstance(message, str):
        return _failed(blank, Failure.MALFORMED, message)
    return _judged(blank, message)


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


def _failed(answer: Answer, failure: Failure, detail: str) -> Answer:
    return replace(answer, outcome=Outcome.FAILED, records=(), failure=failure, detail=detail)


def _parsed(wire: bytes) -> dns.message.Message | str:
    import dns.exception
    import dns.message

    try:
        # keyring=False: a TSIG of the response is not ours to check, and no reason to fail.
        return dns.message.from_wire(wire, keyring=False, one_rr_per_rrset=True)
    except (dns.exception.DNSException, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _judged(blank: Answer, message: dns.message.Message) -> Answer:
    code = int(message.rcode())
    blank = replace(blank, response_code=code)
    if code not in (_NOERROR, NXDOMAIN):
        return _failed_by_code(blank, code)
    chain = _Chain(blank.question, message)
    failure = chain.follow()
    found = replace(
        blank, aliases=tuple(chain.aliases), additional=_additional(message), final_name=text_of(chain.name)
    )
    if failure is not None:
        return _failed(found, failure, f"from {blank.question.name} by way of {found.final_name}")
    records = chain.records()
    if records and code == NXDOMAIN:
        return _failed(found, Failure.MALFORMED, "records of a name that is said not to exist")
    if records:
        return replace(found, outcome=Outcome.FOUND, records=records)
    flaw = _flaw_of_denial(found, message, chain)
    if flaw is None:
        return replace(found, outcome=Outcome.NXDOMAIN if code == NXDOMAIN else Outcome.NODATA)
    if found.aliases:
        return replace(found, outcome=Outcome.ALIAS)
    return _failed(found, Failure.IMPROPER_DENIAL, flaw)


def _failed_by_code(blank: Answer, code: int) -> Answer:
    import dns.rcode

    try:
        name = dns.rcode.to_text(dns.rcode.Rcode.make(code))
    except ValueError:
        name = str(code)
    known = {SERVFAIL: Failure.SERVFAIL, REFUSED: Failure.REFUSED}
    return _failed(blank, known.get(code, Failure.OTHER_RCODE), f"response code {name}")


class _Chain:
    """The alias chain from the name asked for, through the answer section of one response."""

    def __init__(self, question: Question, message: dns.message.Message) -> None:
        import dns.name

        self._type = question.type
        self._records = [rrset for rrset in message.answer if rrset.rdclass == 1]
        self.name: dns.name.Name = dns.name.from_text(question.name)
        self.aliases: list[tuple[str, str]] = []

    def follow(self) -> Failure | None:
        """Moves ``name`` to the end of the chain; what is wrong with the chain, if anything."""
        seen = {self.name}
        while not self._of_type(self._type):
            target = self._target()
            if target is None:
                return None
            if isinstance(target, Failure):
                return target
            if target in seen:
                return Failure.ALIAS_LOOP
            if len(self.aliases) == MOST_ALIASES:
                return Failure.ALIAS_CHAIN_TOO_LONG
            self.aliases.append((text_of(self.name), text_of(target)))
            seen.add(target)
            self.name = target
        return None

    def records(self) -> tuple[ResourceRecord, ...]:
        """The records of the type asked for at the end of the chain, equal ones once."""
        return _plain(self._of_type(self._type))

    def strays(self) -> bool:
        """Whether the answer section holds anything but the chain: an answer to something else."""
        return any(int(rrset.rdtype) not in _OF_AN_ALIAS_CHAIN for rrset in self._records)

    def _of_type(self, record_type: int) -> list[dns.rrset.RRset]:
        return [
            rrset for rrset in self._records if int(rrset.rdtype) == record_type and rrset.name == self.name
        ]

    def _target(self) -> dns.name.Name | Failure | None:
        """Where the aliases at this name lead: their one target, or what is wrong with them, or nowhere."""
        targets = {rrset[0].target for rrset in self._of_type(RecordType.CNAME)}
        for rrset in self._records:
            if int(rrset.rdtype) == RecordType.DNAME and self._is_below(rrset.name):
                synthesized = self._redirected(rrset)
                if synthesized is None:
                    return Failure.MALFORMED
                targets.add(synthesized)
        if len(targets) > 1:
            return Failure.MALFORMED
        return next(iter(targets), None)

    def _is_below(self, name: dns.name.Name) -> bool:
        return name != self.name and self.name.is_subdomain(name)

    def _redirected(self, rrset: dns.rrset.RRset) -> dns.name.Name | None:
        import dns.name

        try:
            return self.name.relativize(rrset.name).concatenate(rrset[0].target)
        except dns.name.NameTooLong:
            return None


def _flaw_of_denial(answer: Answer, message: dns.message.Message, chain: _Chain) -> str | None:
    """What keeps a response without records from being a denial (RFC 2308, section 2), or ``None``."""
    if not (answer.authoritative or answer.recursion_available):
        return "no records, from a server that neither is an authority nor offers recursion"
    if chain.strays():
        return "records of something else than was asked"
    authority = [
        (int(rrset.rdtype), rrset.name)
        for rrset in message.authority
        if rrset.rdclass == 1 and chain.name.is_subdomain(rrset.name)
    ]
    apexes = [name for record_type, name in authority if record_type == RecordType.SOA]
    if not apexes:
        return "no records, and no SOA of a zone that the name is in"
    if any(record_type == RecordType.NS and name not in apexes for record_type, name in authority):
        return "no records, but a referral to other name servers"
    return None


def _additional(message: dns.message.Message) -> tuple[ResourceRecord, ...]:
    return _plain(
        [
            rrset
            for rrset in message.additional
            if rrset.rdclass == 1 and int(rrset.rdtype) not in _OF_THE_MESSAGE
        ]
    )


def _plain(rrsets: list[dns.rrset.RRset]) -> tuple[ResourceRecord, ...]:
    records = (
        ResourceRecord(text_of(rrset.name), int(rrset.rdtype), int(rrset.ttl), rdata.to_wire())
        for rrset in rrsets
        for rdata in rrset
    )
    return tuple(dict.fromkeys(records))
