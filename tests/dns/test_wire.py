"""Reading the records of a message: the same as dnspython reads, and nothing that has no end."""

from __future__ import annotations

import struct

import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns.names import Labels, encode_labels
from emblem.dns.wire import Sections, WireRecord, name_in, read_sections
from emblem.errors import MalformedError

HEADER_ONLY = bytes(12)


def record(owner: bytes, record_type: int, data: bytes, *, record_class: int = 1, ttl: int = 60) -> bytes:
    return owner + struct.pack("!HHIH", record_type, record_class, ttl, len(data)) + data


def read(body: bytes, count: int = 1) -> Sections:
    return read_sections(HEADER_ONLY + body, 12, (count, 0, 0))


def test_a_record_is_its_owner_type_ttl_and_data() -> None:
    assert read(record(b"\x03WWW\x00", 65297, b"\x01\x02")).answer == (WireRecord((b"www",), 65297, 60, b"\x01\x02"),)


def test_names_in_data_are_written_out() -> None:
    body = record(b"\x03www\x03org\x00", 5, b"\x01x\xc0\x10") + record(b"\xc0\x0c", 15, b"\x00\x0a\xc0\x0c")
    assert [found.data for found in read(body, 2).answer] == [
        b"\x01x\x03org\x00",
        b"\x00\x0a\x03www\x03org\x00",
    ]


def test_a_ttl_with_the_highest_bit_is_zero() -> None:
    assert read(record(b"\x00", 1, bytes(4), ttl=0x80000000)).answer[0].ttl == 0


def test_the_option_record_gives_the_upper_bits_of_the_response_code() -> None:
    found = read_sections(HEADER_ONLY + record(b"\x00", 41, b"", ttl=0x01000000), 12, (0, 0, 1))
    assert (found.additional, found.extended_code) == ((), 1)


def test_records_of_other_classes_are_left_out() -> None:
    assert read(record(b"\x00", 1, bytes(4), record_class=3)).answer == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        record(b"\x00", 1, bytes(4))[:-1],
        record(b"\x00", 1, bytes(4)) + b"\x00",
        record(b"\x00", 1, bytes(3)),
        record(b"\x00", 28, bytes(4)),
        record(b"\x00", 16, b""),
        record(b"\x00", 16, b"\x02x"),
        record(b"\x00", 5, b"\x00\x00"),
        record(b"\x00", 5, b""),
        record(b"\x00", 5, b"\x02x"),
        record(b"\x00", 6, b"\x00\x00" + bytes(19)),
        record(b"\xc0\x0c", 1, bytes(4)),
        record(b"\xc0\x0e", 1, bytes(4)),
        record(b"\x01x\xc0\x0c", 1, bytes(4)),
        record(b"\x41" + b"x" * 65 + b"\x00", 1, bytes(4)),
        record(b"\x80\x00", 1, bytes(4)),
        record(b"\x01x" * 128 + b"\x00", 1, bytes(4)),
        record((b"\x3f" + b"x" * 63) * 4 + b"\x00", 1, bytes(4)),
    ],
    ids=[
        "nothing",
        "cut",
        "trailing",
        "short address",
        "short IPv6 address",
        "no string",
        "string beyond data",
        "octets after a name",
        "no name",
        "name beyond data",
        "short SOA",
        "pointer to itself",
        "pointer ahead",
        "pointer to its own beginning",
        "long label",
        "unknown label type",
        "128 labels",
        "256 octets",
    ],
)
def test_what_does_not_follow_the_format_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        read(body)


def test_a_chain_of_more_pointers_than_labels_is_malformed() -> None:
    targets = [12, *range(13, 13 + 2 * 200, 2)]  # Each pointer leads to the one before it, the first to the root.
    pointers = b"".join(struct.pack("!H", 0xC000 | target) for target in targets)
    message = HEADER_ONLY + b"\x00" + pointers
    with pytest.raises(MalformedError, match="pointer"):
        read_sections(message + record(pointers[-2:], 1, bytes(4)), len(message), (1, 0, 0))


def test_a_name_of_255_octets_is_read() -> None:
    longest = (b"\x3f" + b"x" * 63) * 3 + b"\x3d" + b"x" * 61 + b"\x00"
    assert len(name_in(longest)) == 4
    assert len(name_in(b"\x01x" * 127 + b"\x00")) == 127


def lowered(name: dns.name.Name) -> Labels:
    return name.canonicalize().labels[:-1]


LABELS = st.sampled_from([b"a", b"B", b"org", b"example", b"\x00", b"x.y", b"x" * 60])
OWNERS = st.lists(LABELS, max_size=4).map(lambda labels: dns.name.Name([*labels, b""]))
NAMES = OWNERS.map(lambda name: encode_labels(lowered(name)))
TEXTS = st.lists(st.binary(max_size=255), min_size=1, max_size=3)


@st.composite
def rrsets(draw: st.DrawFn) -> dns.rrset.RRset:
    kind = draw(st.sampled_from(["CNAME", "MX", "SOA", "TXT", "A", "SRV", "DNAME", "TYPE65297"]))
    rdtype = dns.rdatatype.from_text(kind)
    target = draw(NAMES)
    data = {
        "CNAME": target,
        "DNAME": target,
        "MX": b"\x00\x05" + target,
        "SRV": bytes(6) + target,
        "SOA": target + draw(NAMES) + bytes(20),
        "TXT": b"".join(bytes((len(text),)) + text for text in draw(TEXTS)),
        "A": bytes(4),
        "TYPE65297": draw(st.binary(max_size=100)),
    }[kind]
    rdata = dns.rdata.from_wire(dns.rdataclass.IN, rdtype, data, 0, len(data))
    return dns.rrset.from_rdata(draw(OWNERS), draw(st.integers(0, 2**31 - 1)), rdata)


@given(st.lists(rrsets(), max_size=8))
def test_what_dnspython_writes_compressed_is_read_back(written: list[dns.rrset.RRset]) -> None:
    message = dns.message.make_response(dns.message.make_query("www.example.org", "A"))
    message.answer.extend(written)
    wire = message.to_wire(max_size=65535)
    read_back = read_sections(wire, 12 + 17 + 4, (len(written), 0, 0)).answer
    assert [(found.owner, found.type, found.ttl) for found in read_back] == [
        (lowered(rrset.name), int(rrset.rdtype), rrset.ttl) for rrset in written
    ]
    for found, rrset in zip(read_back, written, strict=True):
        assert found.data.lower() == rrset[0].to_wire().lower()


@given(st.binary(max_size=200), st.integers(0, 5))
def test_random_bytes_are_read_or_malformed(body: bytes, count: int) -> None:
    try:
        records = read(body, count).answer
    except MalformedError:
        return
    assert len(records) <= count
    assert all(sum(map(len, found.owner)) < 255 for found in records)
