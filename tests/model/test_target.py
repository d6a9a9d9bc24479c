"""A target is a host name or an address, in one form."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import InvalidNameError
from emblem.model.target import Address, Target, parse_address, parse_given_address, reverse_name


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Hospital.Example.ORG.", "hospital.example.org"),
        ("  hospital.example.org\n", "hospital.example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("localhost", "localhost"),
        ("1.0.0.127.in-addr.arpa", "1.0.0.127.in-addr.arpa"),
    ],
)
def test_a_host_name_is_read(written: str, text: str) -> None:
    target = Target.parse(written)

    assert (target.text, target.address, target.name, str(target)) == (text, None, text, text)


@pytest.mark.parametrize(
    ("written", "address", "name"),
    [
        ("192.0.2.1", IPv4Address("192.0.2.1"), "1.2.0.192.in-addr.arpa"),
        ("[192.0.2.1]", IPv4Address("192.0.2.1"), "1.2.0.192.in-addr.arpa"),
        ("::ffff:192.0.2.1", IPv4Address("192.0.2.1"), "1.2.0.192.in-addr.arpa"),
        (
            "2001:DB8:0::1",
            IPv6Address("2001:db8::1"),
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        ),
        (
            "[2001:db8::1]",
            IPv6Address("2001:db8::1"),
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        ),
    ],
)
def test_an_address_is_read_and_stands_at_its_reverse_name(written: str, address: Address, name: str) -> None:
    target = Target.parse(written)

    assert (target.text, target.address, target.name) == (str(address), address, name)
    assert reverse_name(address) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "[]",
        "[example.org]",
        "two words",
        "192.0.2",
        "192.0.2.1.",
        "192.0.2.256",
        "192.0.2.01",
        "12345",
        "example.123",
        "\uff11\uff192.0.2.1",
        "fe80::1%eth0",
        "[2001:db8::1",
        "2001:db8::1]",
        "192.0.2.0/24",
        "https://example.org",
        "*.example.org",
    ],
)
def test_anything_else_is_no_target(text: str) -> None:
    with pytest.raises(InvalidNameError, match=r"^target: found .* expected a host name or"):
        Target.parse(text)


@given(st.ip_addresses())
def test_every_address_is_read_back_from_its_text(address: Address) -> None:
    read = parse_address(str(address))

    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    assert read == (mapped or address)


@given(st.text())
def test_whatever_is_typed_is_a_target_or_an_error(text: str) -> None:
    try:
        target = Target.parse(text)
    except InvalidNameError:
        return

    assert Target.parse(target.text) == target


def test_an_address_that_must_be_one_is_read() -> None:
    assert parse_given_address("::ffff:192.0.2.1") == IPv4Address("192.0.2.1")


@pytest.mark.parametrize("text", ["", "hospital.example", "192.0.2", "fe80::1%eth0", "[192.0.2.1]"])
def test_a_text_that_is_no_address_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidNameError, match=r"^address: found .*, expected an IPv4 or IPv6 address$"):
        parse_given_address(text)
