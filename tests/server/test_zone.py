"""Zones from text and from records."""

from __future__ import annotations

import dns.name
import pytest

from emblem.dns import RecordType, ResourceRecord
from emblem.server import Zone, ZoneError
from emblem.server.zone import LARGEST_ZONE_FILE

ORIGIN = dns.name.from_text("example.org")


def below(label: str) -> dns.name.Name:
    return dns.name.from_text(label, ORIGIN)


def test_a_zone_file_is_read_with_types_that_have_no_name() -> None:
    zone = Zone.parse("www 60 IN TYPE65297 \\# 2 D83D ; an emblem\n", "example.org")
    records = zone.rdataset(below("www"), 65297)
    assert records is not None
    assert (records.ttl, [rdata.to_wire() for rdata in records]) == (60, [b"\xd8\x3d"])


def test_the_origin_may_come_from_the_text() -> None:
    assert Zone.parse("$ORIGIN example.org.\nwww 60 A 192.0.2.1\n").origin == ORIGIN


def test_a_zone_without_soa_and_ns_is_given_them() -> None:
    zone = Zone.parse("www 60 A 192.0.2.1\n", "example.org")
    assert zone.rdataset(ORIGIN, RecordType.SOA) is not None
    assert zone.rdataset(ORIGIN, RecordType.NS) is not None


@pytest.mark.parametrize("origin", ["example.org", "."])
def test_an_empty_text_is_a_zone_of_nothing_else(origin: str) -> None:
    assert Zone.parse("", origin).exists(dns.name.from_text(origin))


def test_the_soa_and_ns_of_a_zone_are_kept() -> None:
    text = "@ 60 SOA a.example. b.example. 7 1 1 1 1\n@ 60 NS c.example.\n"
    zone = Zone.parse(text, "example.org")
    start, servers = zone.rdataset(ORIGIN, RecordType.SOA), zone.rdataset(ORIGIN, RecordType.NS)
    assert start is not None
    assert servers is not None
    assert (start[0].serial, [str(server.target) for server in servers]) == (7, ["c.example."])


def test_a_name_on_the_way_to_another_exists() -> None:
    zone = Zone.parse("a.b.c 60 A 192.0.2.1\n", "example.org")
    assert [zone.exists(below(label)) for label in ("a.b.c", "b.c", "c", "d")] == [True, True, True, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("www 60 A 192.0.2.1\nmail 60 A 192.0.2.256\n", "at or before line 3: found "),
        ("www 60 NOSUCHTYPE x\n", "line 1: found .*unknown rdatatype"),
        ("www 60 TYPE65297 \\# 3 d83d\n", "at or before line 2: found "),
        ("www 60 A 192.0.2.1\nwww 60 CNAME x\n", "zone file: found CNAME"),
        ("$INCLUDE /etc/passwd\n", "line 1: found .*INCLUDE"),
        ("$GENERATE 1-4000000000 h$ A 192.0.2.1\n", "line 1: found .*GENERATE"),
        ("www A 192.0.2.1\n", "at or before line 2: found Missing default TTL"),
        ('www 60 TXT "open\n', "at or before line 2: found newline"),
        ("x" * 64 + " 60 A 192.0.2.1\n", "zone file"),
        ("\x00\xff", "zone file"),
    ],
)
def test_an_error_in_a_zone_file_names_its_line(text: str, message: str) -> None:
    with pytest.raises(ZoneError, match=message):
        Zone.parse(text, "example.org")


@pytest.mark.parametrize("text", ["", "; nothing\n", "www 60 A 192.0.2.1\n"])
def test_a_zone_file_without_an_origin_is_refused(text: str) -> None:
    with pytest.raises(ZoneError, match=r"zone file.*origin"):
        Zone.parse(text)


def test_an_origin_that_is_no_name_is_refused() -> None:
    with pytest.raises(ZoneError, match="a domain name"):
        Zone.parse("", "a..b")


def test_a_zone_file_of_16_megabytes_is_not_read() -> None:
    with pytest.raises(ZoneError, match="at most"):
        Zone.parse(";" * (LARGEST_ZONE_FILE + 1), "example.org")


def test_records_make_a_zone() -> None:
    records = [
        ResourceRecord("www.example.org", 65297, 60, b"\x01"),
        ResourceRecord("www.example.org", 65297, 60, b"\x02"),
        ResourceRecord("www.example.org", 16, 60, b"\x01x"),
    ]
    zone = Zone.from_records("example.org", records)
    emblem = zone.rdataset(below("www"), 65297)
    assert emblem is not None
    assert {rdata.to_wire() for rdata in emblem} == {b"\x01", b"\x02"}


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([ResourceRecord("www.example.net", 1, 60, bytes(4))], "a name in the zone example.org"),
        ([ResourceRecord("www.example.org", 1, 60, bytes(3))], "type 1 at www.example.org"),
        ([ResourceRecord("a..example.org", 1, 60, bytes(4))], "a domain name"),
        (
            [
                ResourceRecord("www.example.org", 1, 60, bytes(4)),
                ResourceRecord("www.example.org", 5, 60, b"\x01x\x00"),
            ],
            "CNAME and other data",
        ),
    ],
    ids=["outside", "malformed", "no name", "crowded alias"],
)
def test_records_that_make_no_zone_are_refused(records: list[ResourceRecord], message: str) -> None:
    with pytest.raises(ZoneError, match=message):
        Zone.from_records("example.org", records)
