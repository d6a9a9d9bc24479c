from __future__ import annotations

import ipaddress

import pytest

from emblem.errors import InvalidNameError
from emblem.model.target import Target
from emblem.scanning.targets.entry import parse_entry, size_of
from emblem.scanning.targets.ranges import AddressRange


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Hospital.Example.ORG.", "hospital.example.org"),
        ("hôpital.example", "xn--hpital-ixa.example"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("https://hospital.example/ward?bed=1", "hospital.example"),
        ("http://[2001:db8::1]:8080/", "2001:db8::1"),
        ("https://user:secret@hospital.example:8443", "hospital.example"),
        ("hospital.example:8443", "hospital.example"),
        ("192.0.2.1:80", "192.0.2.1"),
        ("[2001:db8::1]:80", "2001:db8::1"),
        ("first-aid.example", "first-aid.example"),
    ],
)
def test_names_addresses_and_urls_are_targets(text: str, target: str) -> None:
    assert parse_entry(text) == Target.parse(target)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("192.0.2.0/30", "192.0.2.0", "192.0.2.3"),
        ("192.0.2.77/24", "192.0.2.0", "192.0.2.255"),
        ("192.0.2.9-192.0.2.20", "192.0.2.9", "192.0.2.20"),
        ("192.0.2.9 - 192.0.2.20", "192.0.2.9", "192.0.2.20"),
        ("192.0.2.9-20", "192.0.2.9", "192.0.2.20"),
        ("2001:db8::/120", "2001:db8::", "2001:db8::ff"),
        ("2001:db8::1-2001:db8::5", "2001:db8::1", "2001:db8::5"),
        ("::ffff:192.0.2.0/120", "192.0.2.0", "192.0.2.255"),
    ],
)
def test_networks_and_spans_are_ranges(text: str, first: str, last: str) -> None:
    start, end = ipaddress.ip_address(first), ipaddress.ip_address(last)

    assert parse_entry(text) == AddressRange(start.version, int(start), int(end))


@pytest.mark.parametrize(
    "text",
    ["", "two words", "192.0.2.0/33", "192.0.2.9-192.0.2.1", "192.0.2.1-2001:db8::1", "192.0.2.1-300", "https://",
     "http://[::1", "example.org/path", "192.0.2", "a..b", "fe80::1%eth0", "-", "/", "1.2.3.4-", "x" * 70_000],
)  # fmt: skip
def test_everything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidNameError):
        parse_entry(text)


def test_a_range_is_counted_without_being_spelt_out() -> None:
    assert size_of(parse_entry("10.0.0.0/8")) == 1 << 24


def test_a_range_that_is_too_large_is_refused_with_its_size_and_the_limit() -> None:
    with pytest.raises(InvalidNameError, match=r"some 2\^64 addresses.*16777216 addresses at the most"):
        parse_entry("2001:db8::/64")


def test_a_larger_range_can_be_allowed() -> None:
    assert size_of(parse_entry("0.0.0.0/0", 1 << 32)) == 1 << 32
