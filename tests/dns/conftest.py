"""Responses as a server would send them, built with dnspython from zone-file lines."""

from __future__ import annotations

from collections.abc import Callable

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from emblem.dns import Question

SOA = "example.org. 300 IN SOA ns.example.org. hostmaster.example.org. 1 3600 900 604800 300"


def build(
    question: Question,
    *,
    identifier: int = 0,
    flags: str = "QR RD RA",
    code: int = 0,
    answer: tuple[str, ...] = (),
    authority: tuple[str, ...] = (),
    additional: tuple[str, ...] = (),
    asked: str | None = None,
) -> bytes:
    message = dns.message.make_query(
        asked if asked is not None else question.name,
        dns.rdatatype.RdataType.make(question.type),
        use_edns=True,
        payload=1232,
    )
    message.id = identifier
    message.flags = dns.flags.from_text(flags)
    message.set_rcode(dns.rcode.Rcode.make(code))
    for section, lines in (
        (message.answer, answer),
        (message.authority, authority),
        (message.additional, additional),
    ):
        for line in lines:
            owner, ttl, _, kind, data = line.split(" ", 4)
            section.append(dns.rrset.from_text(dns.name.from_text(owner), int(ttl), "IN", kind, data))
    return message.to_wire(max_size=65535)


@pytest.fixture
def response() -> Callable[..., bytes]:
    """Builds the wire form of a response to a question."""
    return build


@pytest.fixture
def soa() -> str:
    """The SOA record of ``example.org``."""
    return SOA
