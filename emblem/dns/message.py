"""What is asked of the DNS and what came back, as plain values: no I/O, no dnspython.

A question is answered by an :class:`Answer`, also when nothing came back: then its outcome is ``FAILED`` and
``failure`` says how. The distinction that all else rests on is between *denied* (``NODATA``, ``NXDOMAIN``: a
server entitled to say so said that there is no such record) and *not known* (everything else).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple, Self

from emblem.dns.names import encode_name
from emblem.errors import InputError
from emblem.model.value import quickly_made

LARGEST_MESSAGE = 65535
"""Octets in the largest DNS message that UDP or TCP can carry."""


class RecordType(IntEnum):
    """Record types by name (RFC 1035, 2782, 3596, 4034, 5155, 6672, 6698, 9460). Others are plain numbers."""

    A = 1
    NS = 2
    CNAME = 5
    SOA = 6
    PTR = 12
    MX = 15
    TXT = 16
    AAAA = 28
    SRV = 33
    DNAME = 39
    OPT = 41
    DS = 43
    RRSIG = 46
    NSEC = 47
    DNSKEY = 48
    NSEC3 = 50
    TLSA = 52
    HTTPS = 65


class ResponseCode(IntEnum):
    """Response codes by name (RFC 1035, section 4.1.1; RFC 2136; RFC 6891). Others are plain numbers."""

    NOERROR = 0
    FORMERR = 1
    SERVFAIL = 2
    NXDOMAIN = 3
    NOTIMP = 4
    REFUSED = 5
    NOTAUTH = 9
    BADVERS = 16


class Outcome(StrEnum):
    """What an answer means for the question."""

    FOUND = "found"
    """There are records of the type asked for, at the name or where its aliases lead."""
    ALIAS = "alias"
    """The name is an alias, and the response does not say what is at its end: that is to be asked."""
    NODATA = "nodata"
    """Properly denied: the name, or the name its aliases lead to, has no records of the type."""
    NXDOMAIN = "nxdomain"
    """Properly denied: the name, or the name its aliases lead to, does not exist."""
    FAILED = "failed"
    """Not known. ``Answer.failure`` says why."""


class Failure(StrEnum):
    """Why an outcome is not known. The values are stable."""

    TIMEOUT = "timeout"
    """The server was asked and did not answer in the time allowed."""
    DEADLINE = "deadline"
    """The caller's deadline had passed before there was anybody left to ask in time."""
    UNREACHABLE = "unreachable"
    """The operating system could not deliver the query."""
    CUT_SHORT = "cut-short"
    """The connection ended before a whole response had arrived."""
    FLOODED = "flooded"
    """Too many messages arrived that answer something else."""
    SERVFAIL = "servfail"
    """The server says that it failed (code 2)."""
    REFUSED = "refused"
    """The server refuses to answer (code 5)."""
    OTHER_RCODE = "other-rcode"
    """The server answers with another error code."""
    MALFORMED = "malformed"
    """The response does not follow the format, or contradicts itself."""
    MISMATCHED = "mismatched"
    """The message is no response to the question."""
    TRUNCATED = "truncated"
    """The response is marked as truncated, and there was no whole one."""
    TOO_LARGE = "too-large"
    """The response has more octets or records than are looked at."""
    IMPROPER_DENIAL = "improper-denial"
    """No records, but no denial either: no SOA that covers the name, or a server not entitled to deny. A
    referral, a lame server or a broken middlebox."""
    UNTRUSTED = "untrusted"
    """The server shows no certificate that is valid for its name or address."""
    HANDSHAKE_FAILED = "handshake-failed"
    """No encrypted connection could be agreed on."""
    HTTP_ERROR = "http-error"
    """The server answers over HTTP with something that is no DNS message: an error, a redirection, a page."""
    DISAGREEMENT = "disagreement"
    """Several resolvers were asked, and do not say the same."""
    ALIAS_LOOP = "alias-loop"
    """The aliases lead back to where they came from."""
    ALIAS_CHAIN_TOO_LONG = "alias-chain-too-long"
    """More than eight aliases in a row."""
    NOT_AT_HAND = "not-at-hand"
    """There was no network to ask, and the answer is not among what was kept."""


class Transport(StrEnum):
    """How a message travelled."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"
    HTTPS = "https"


class _NameAndType(NamedTuple):
    name: str
    type: int


class Question(_NameAndType):
    """A name and a record type in class IN.

    A tuple, since questions are the keys under which answers are kept: its hash costs a third of that of a dataclass.

    Args:
        name: in A-labels, lower case, without a trailing dot (``.`` is the root).
        type: the record type's number, 1 to 65535.

    Raises:
        InvalidNameError: no such name can exist.
        InputError: no such record type can exist.
    """

    __slots__ = ()

    def __new__(cls, name: str, type: int) -> Self:
        encode_name(name)
        if not 1 <= type <= 65535:
            raise InputError("record type", str(type), "a number from 1 to 65535")
        return super().__new__(cls, name, type)


@quickly_made
@dataclass(frozen=True, slots=True)
class ResourceRecord:
    """One record of class IN.

    Args:
        owner: its name, in the form of :class:`Question`.
        type: its type's number.
        ttl: seconds.
        data: the record data in wire form, names in it uncompressed. Of a TXT record the character-strings.
    """

    owner: str
    type: int
    ttl: int
    data: bytes


@dataclass(frozen=True, slots=True)
class FailedTry:
    """A server that was asked and did not settle the question.

    Args:
        server: ``address:port``, or as a resolver is given.
        transport: how it was asked last.
        failure: what happened.
        detail: one line for people.
    """

    server: str
    transport: Transport
    failure: Failure
    detail: str


@quickly_made
@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about a question after asking.

    Args:
        question: what was asked.
        outcome: what the answer means.
        records: the records of the type asked for, at the end of the alias chain; empty unless ``FOUND``. Where
            resolvers disagree: what any of them found.
        aliases: the alias chain, ``(owner, target)`` in order, of CNAME and DNAME records.
        additional: what came in the Additional sections along the way, without OPT. Nobody vouches for it.
        final_name: where the aliases lead; the name asked for if there are none.
        authoritative: every response on the way had AA set.
        recursion_available: every response on the way had RA set.
        authenticated_data: every response on the way had AD set: the resolver says that it validated it (RFC
            4035, section 3.2.3).
        failure: why the outcome is not known; ``None`` unless ``FAILED``.
        detail: one line for people; empty where there is nothing to add.
        server: the server that answered last, ``address:port`` or as a resolver is given; several with commas.
        transport: how the last response travelled.
        wire: the last response as received; empty if there was none.
        earlier_wires: the responses before it, in order, where their aliases led on to another question.
        response_code: of the last response, with its EDNS extension; ``None`` if it was not read that far.
        failed_tries: every try that came to nothing, in order; also of an answer that another try brought. A
            resolver that validates says ``SERVFAIL`` where one that does not may pass on a forged denial.
        sources: the answers that this one is made of, where several resolvers had to agree; else empty.
    """

    question: Question
    outcome: Outcome
    records: tuple[ResourceRecord, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    additional: tuple[ResourceRecord, ...] = ()
    final_name: str = ""
    authoritative: bool = False
    recursion_available: bool = False
    authenticated_data: bool = False
    failure: Failure | None = None
    detail: str = ""
    server: str = ""
    transport: Transport = Transport.UDP
    wire: bytes = b""
    response_code: int | None = None
    failed_tries: tuple[FailedTry, ...] = ()
    earlier_wires: tuple[bytes, ...] = ()
    sources: tuple[Answer, ...] = ()

    @property
    def wires(self) -> tuple[bytes, ...]:
        """Every response that the answer rests on, in order, as received."""
        return (*self.earlier_wires, self.wire)

    @property
    def denied(self) -> bool:
        """It was properly established that there is no record of this type."""
        return self.outcome in (Outcome.NODATA, Outcome.NXDOMAIN)

    @property
    def name_denied(self) -> bool:
        """It was properly established that the name asked for does not exist, so no record of any type does.

        Not so when the name is an alias of one that does not exist (RFC 6604).
        """
        return self.outcome is Outcome.NXDOMAIN and not self.aliases
