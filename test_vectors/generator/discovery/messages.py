"""DNS messages, written so that every mistake of a server can be made on purpose (RFC 1035, section 4)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from test_vectors.generator.encoding import base64url
from test_vectors.generator.vector import TARGET

A, NS, CNAME, SOA, PTR, TXT, AAAA, DNAME, HTTPS = 1, 2, 5, 6, 12, 16, 28, 39, 65
IHLE, IHLE_EARLIER = 65297, 65400
"""Record types."""
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
"""Response codes."""
IN, CHAOS = 1, 3
"""Classes."""
TTL = 300
ZONE = "relief.example"
"""The zone that most targets are in."""

_RESPONSE, _AUTHORITATIVE, _TRUNCATED, _DESIRED, _AVAILABLE = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080


@dataclass(frozen=True, slots=True)
class Question:
    """A name and a type."""

    name: str
    type: int


@dataclass(frozen=True, slots=True)
class Record:
    """A resource record."""

    owner: str
    type: int
    data: bytes
    ttl: int = TTL
    record_class: int = IN

    @property
    def wire(self) -> bytes:
        """The record, its names uncompressed."""
        fixed = struct.pack("!HHIH", self.type, self.record_class, self.ttl, len(self.data))
        return wire_name(self.owner) + fixed + self.data


def wire_name(name: str) -> bytes:
    """A name, uncompressed; ``.`` is the root."""
    labels = [label.encode() for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\x00"


def message(
    question: Question,
    *,
    code: int = NOERROR,
    answer: Sequence[Record] = (),
    authority: Sequence[Record] = (),
    additional: Sequence[Record] = (),
    authoritative: bool = False,
    recursion_available: bool = True,
    truncated: bool = False,
    response: bool = True,
    operation: int = 0,
    identifier: int = 0,
    asked: Question | None = None,
    with_question: bool = True,
    question_class: int = IN,
) -> bytes:
    """A message that answers a question.

    Args:
        question: what was asked.
        identifier: what is added to the query's.
        asked: the question that the message shows instead.
        with_question: False leaves the question out.
    """
    flags = _DESIRED | operation << 11 | code
    for flag, is_set in (
        (_RESPONSE, response),
        (_AUTHORITATIVE, authoritative),
        (_AVAILABLE, recursion_available),
        (_TRUNCATED, truncated),
    ):
        flags |= flag if is_set else 0
    shown = asked or question
    counts = (int(with_question), len(answer), len(authority), len(additional))
    body = wire_name(shown.name) + struct.pack("!HH", shown.type, question_class) if with_question else b""
    records = b"".join(record.wire for section in (answer, authority, additional) for record in section)
    return struct.pack("!6H", identifier, flags, *counts) + body + records


def soa(zone: str = ZONE) -> Record:
    """The SOA record of a zone."""
    numbers = struct.pack("!5I", 1, 7200, 3600, 1209600, TTL)
    return Record(zone, SOA, wire_name(f"ns.{zone}") + wire_name(f"hostmaster.{zone}") + numbers)


def text(owner: str, value: str, size: int = 255) -> Record:
    """A TXT record, in strings of a size."""
    data = value.encode()
    chunks = [data[start : start + size] for start in range(0, len(data), size)] or [b""]
    return Record(owner, TXT, b"".join(bytes([len(chunk)]) + chunk for chunk in chunks))


def native_text(owner: str, data: bytes, set_name: str = "") -> Record:
    """A TXT record that carries a token or key of the native format."""
    return text(owner, f"emblem-cwt{'-' + set_name if set_name else ''}={base64url(data)}")


def ihle(owner: str, data: bytes, number: int = IHLE) -> Record:
    """A record of an ``IHLE`` type."""
    return Record(owner, number, data)


def alias(owner: str, target: str) -> Record:
    """A CNAME record."""
    return Record(owner, CNAME, wire_name(target))


def pointer(owner: str, name: str) -> Record:
    """A PTR record."""
    return Record(owner, PTR, wire_name(name))


def address(owner: str, value: str) -> Record:
    """An A or AAAA record."""
    parsed = ip_address(value)
    return Record(owner, A if parsed.version == 4 else AAAA, parsed.packed)


def service(owner: str, *parameters: tuple[int, bytes], priority: int = 1) -> Record:
    """An HTTPS record of the owner itself with parameters (RFC 9460, section 2.2)."""
    values = b"".join(struct.pack("!HH", key, len(value)) + value for key, value in parameters)
    return Record(owner, HTTPS, struct.pack("!H", priority) + wire_name(".") + values)


def found(question: Question, *records: Record) -> bytes:
    """Records, from a resolver."""
    return message(question, answer=records)


def nodata(question: Question, zone: str = ZONE) -> bytes:
    """The name has no records of the type."""
    return message(question, authority=[soa(zone)])


def nxdomain(question: Question, zone: str = ZONE) -> bytes:
    """The name does not exist."""
    return message(question, code=NXDOMAIN, authority=[soa(zone)])


def failing(question: Question, code: int = SERVFAIL) -> bytes:
    """An error."""
    return message(question, code=code)


QUESTION = Question(TARGET, IHLE)
"""The question that a vector answers otherwise than the rest, where any will do."""
BELOW = Question(f"_emblem.{TARGET}", TXT)
"""That of the TXT record below ``_emblem``."""
EARLIER, AT_NAME, SERVICE = (Question(TARGET, number) for number in (IHLE_EARLIER, TXT, HTTPS))
"""The other questions about the target."""
