"""A small signed world without a network: zones that sign what they are told to, and responses put together by hand."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import dns.dnssec
import dns.dnssecalgs
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS
from dns.rdtypes.ANY.RRSIG import RRSIG

from emblem.dns import Answer, Failure, Question, interpret
from emblem.dns.dnssec import (
    DEFAULT_POLICY,
    Assessment,
    Policy,
    Steps,
    TrustAnchors,
    ZoneCache,
    answer_from,
    answers_from,
    assess,
    parse_anchors,
)
from emblem.dns.dnssec.record_data import Dnskey, Ds, Signature
from emblem.dns.interpretation import failed_answer

AT = datetime(2026, 6, 1, tzinfo=UTC)
NOW = int(AT.timestamp())
DAY = 86400
ECDSAP256SHA256 = 13

Sets = list[dns.rrset.RRset]


def records(*lines: str) -> Sets:
    """Sets of records, each from a line ``OWNER TYPE DATA``, with a TTL of 300 and absolute names. Lines of one owner
    and type make one set."""
    made: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        owner, kind, data = line.split(" ", 2)
        made.setdefault((owner, kind), []).append(data)
    return [dns.rrset.from_text_list(owner, 300, "IN", kind, data) for (owner, kind), data in made.items()]


def key_record(data: bytes, *, algorithm: int = ECDSAP256SHA256, flags: int = 256, protocol: int = 3) -> DNSKEY:
    """A DNSKEY record, whatever its key is."""
    wire = struct.pack("!HBB", flags, protocol, algorithm) + data
    record = dns.rdata.from_wire(dns.rdataclass.IN, dns.rdatatype.DNSKEY, wire, 0, len(wire))
    assert isinstance(record, DNSKEY)
    return record


def key_of(record: DNSKEY) -> Dnskey:
    """A DNSKEY record of the library as ours."""
    read = Dnskey.read(record.to_digestable())
    assert read is not None
    return read


def signer_of(record: DS) -> Ds:
    """A DS record of the library as ours."""
    read = Ds.read(record.to_digestable())
    assert read is not None
    return read


def signature_of(record: RRSIG) -> Signature:
    """An RRSIG record of the library as ours."""
    read = Signature.read(record.to_digestable())
    assert read is not None
    return read


class Zone:
    """A zone with one key, for its keys and its data.

    Args:
        name: its name, with the final dot.
        algorithm: of its key, by number.
        flags: of its key.
    """

    def __init__(self, name: str, *, algorithm: int = ECDSAP256SHA256, flags: int = 257) -> None:
        self.name = dns.name.from_text(name)
        generated = dns.dnssecalgs.get_algorithm_cls(algorithm)
        self.private = generated.generate(2048) if algorithm < ECDSAP256SHA256 else generated.generate()  # type: ignore[attr-defined]  # each class has its own
        self.key: DNSKEY = self.private.public_key().to_dnskey(flags)

    @property
    def ds(self) -> str:
        """Its DS record, as a line for :func:`records`."""
        return f"{self.name} DS {self.signer()}"

    def signer(self, digest: str = "SHA256") -> DS:
        """Its DS record."""
        return dns.dnssec.make_ds(self.name, self.key, digest, policy=dns.dnssec.allow_all_policy)

    def sign(
        self,
        *lines: str,
        inception: int = NOW - DAY,
        expiration: int = NOW + DAY,
        signer: str = "",
        key: DNSKEY | None = None,
    ) -> Sets:
        """The sets that the lines make, each with its signature."""
        return [
            each
            for found in records(*lines)
            for each in (found, self.signature(found, inception, expiration, signer, key))
        ]

    def signature(
        self,
        found: dns.rrset.RRset,
        inception: int = NOW - DAY,
        expiration: int = NOW + DAY,
        signer: str = "",
        key: DNSKEY | None = None,
    ) -> dns.rrset.RRset:
        """The signature over a set."""
        made = dns.dnssec.sign(
            found,
            self.private,
            dns.name.from_text(signer) if signer else self.name,
            key or self.key,
            inception=inception,
            expiration=expiration,
            policy=dns.dnssec.allow_all_policy,
        )
        return dns.rrset.from_rdata(found.name, 300, made)

    def expand(self, line: str, owner: str) -> Sets:
        """The records of a wildcard as they answer for a name, with the wildcard's signature."""
        made = self.sign(line)
        for found in made:
            found.name = dns.name.from_text(owner)
        return made

    def keys(self, *further: DNSKEY) -> Sets:
        """The set of its keys, signed."""
        found = dns.rrset.from_rdata(self.name, 300, self.key, *further)
        return [found, self.signature(found)]


def respond(
    question: Question, answer: Sequence[dns.rrset.RRset] = (), authority: Sequence[dns.rrset.RRset] = (), code: int = 0
) -> bytes:
    """A resolver's response."""
    message = dns.message.make_query(question.name, dns.rdatatype.RdataType.make(question.type), want_dnssec=True)
    message.flags = dns.flags.QR | dns.flags.RD | dns.flags.RA | dns.flags.CD
    message.set_rcode(dns.rcode.Rcode.make(code))
    message.answer = list(answer)
    message.authority = list(authority)
    return message.to_wire(max_size=65535)


def ask(name: str, record_type: str = "A") -> Question:
    return Question(name, int(dns.rdatatype.from_text(record_type)))


class World:
    """The root, ``example`` below it, and responses to questions.

    Attributes:
        responses: to each question; a test adds to them, or changes them.
        asked: the questions that an assessment asked, in order.
    """

    def __init__(self) -> None:
        self.root = Zone(".")
        self.example = Zone("example.")
        self.responses: dict[Question, bytes] = {}
        self.asked: list[Question] = []
        self.put(".", "DNSKEY", self.root.keys())
        self.put("example", "DS", self.root.sign(self.example.ds))
        self.put("example", "DNSKEY", self.example.keys())

    @property
    def anchors(self) -> TrustAnchors:
        """The root's key."""
        return parse_anchors(f". DS {self.root.signer()}")

    def put(
        self,
        name: str,
        record_type: str,
        answer: Sequence[dns.rrset.RRset] = (),
        authority: Sequence[dns.rrset.RRset] = (),
        code: int = 0,
    ) -> None:
        """Lets a question be answered like this."""
        question = ask(name, record_type)
        self.responses[question] = respond(question, answer, authority, code)

    def answer(self, question: Question) -> Answer:
        """The answer to a question."""
        if question not in self.responses:
            return failed_answer(question, Failure.TIMEOUT, "no response in time")
        return interpret(question, self.responses[question])

    def assess(
        self,
        name: str,
        record_type: str = "A",
        *,
        answer: Answer | None = None,
        anchors: TrustAnchors | None = None,
        at: datetime = AT,
        policy: Policy = DEFAULT_POLICY,
        cache: ZoneCache | None = None,
    ) -> Assessment:
        """The assessment of the answer to a question, which must come out the same from its evidence alone."""
        found = answer or self.answer(ask(name, record_type))
        trusted = anchors or self.anchors
        self.asked = []
        result = drive(assess(found, at=at, anchors=trusted, policy=policy, cache=cache), self._ask)
        if found.wire and answer is None:
            kept = answer_from(result.evidence[-1])
            again = drive(assess(kept, at=at, anchors=trusted, policy=policy), answers_from(result.evidence))
            assert (again.state, again.reason, again.denial) == (result.state, result.reason, result.denial)
            assert again.zones == result.zones
        return result

    def _ask(self, question: Question) -> Answer:
        self.asked.append(question)
        return self.answer(question)


def drive(steps: Steps[Assessment], resolve: Callable[[Question], Answer]) -> Assessment:
    """Drives an assessment to its end."""
    try:
        question = next(steps)
        while True:
            question = steps.send(resolve(question))
    except StopIteration as done:
        assessment: Assessment = done.value
        return assessment
