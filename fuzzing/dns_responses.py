"""Responses of name servers: any bytes are an answer, and a denial is never read into what is none."""

from __future__ import annotations

from emblem.codec.carriage import IHLE_TYPE, decode_record
from emblem.discovery.answers import gather, gather_addresses
from emblem.dns.interpretation import interpret
from emblem.dns.message import Answer, Outcome, Question, RecordType
from fuzzing.target import Target, require

QUESTIONS = (
    Question("hospital.example", IHLE_TYPE),
    Question("hospital.example", RecordType.TXT),
    Question("_emblem.hospital.example", RecordType.TXT),
    Question("hospital.example", RecordType.A),
)
"""What was asked: the first byte of an input chooses."""


def check_dns_response(data: bytes) -> None:
    """Interpret a message, take what it says about a target, and compare every denial with another reader."""
    if not data:
        return
    question = QUESTIONS[data[0] % len(QUESTIONS)]
    answer = interpret(question, data[1:])
    require(
        (answer.failure is None) is (answer.outcome is not Outcome.FAILED),
        "what failed says how, and nothing else does",
    )
    if question.type == RecordType.A:
        gather_addresses((answer,))
        return
    found = gather("hospital.example", (answer,))
    for record in found.records:
        decode_record(record)
    require(not (answer.denied and answer.records), "what is denied is not there")
    if answer.denied:
        _check_denial(answer)


def _check_denial(answer: Answer) -> None:
    """Compare a denial with what dnspython, where it can read the message at all, makes of it."""
    import dns.exception
    import dns.flags
    import dns.message
    import dns.name
    import dns.rcode
    import dns.rdatatype

    try:
        message = dns.message.from_wire(answer.wire)
    except (dns.exception.DNSException, ValueError, NotImplementedError):
        return
    require(not message.flags & dns.flags.TC, "a truncated message denies nothing")
    expected = dns.rcode.NXDOMAIN if answer.outcome is Outcome.NXDOMAIN else dns.rcode.NOERROR
    require(message.rcode() == expected, "the response code is that of the denial")
    name = dns.name.from_text(answer.final_name)
    apexes = [one.name for one in message.authority if one.rdtype == dns.rdatatype.SOA]
    require(any(name.is_subdomain(apex) for apex in apexes), "a denial has the SOA of a zone that the name is in")


TARGETS = (Target("dns_response", check_dns_response),)
"""What the DNS sends."""
