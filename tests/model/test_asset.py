"""What an asset covers: names at label boundaries, networks bit by bit, never one by the other."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.model.asset import Asset, NameAsset, NetworkAsset, UnreadAsset

NAMES = [".".join(labels) for count in (1, 2, 3) for labels in product("ab", repeat=count)]
NAMES_BELOW = NAMES + [".".join(labels) for labels in product("ab", repeat=4)]
BASE = int(IPv6Address("2001:db8::"))

names = st.builds(NameAsset, st.just(""), st.sampled_from(NAMES), st.booleans())
networks = st.builds(
    NetworkAsset.of,
    st.just(""),
    st.integers(0, 15).map(lambda low: IPv6Address(BASE | low)),
    st.integers(123, 128),
)
unread = st.builds(UnreadAsset, st.text())
assets: st.SearchStrategy[Asset] = st.one_of(names, networks, unread)


def marked_names(asset: NameAsset) -> set[str]:
    return {
        name
        for name in NAMES_BELOW
        if name == asset.name
        or (asset.wildcard and name.split(".")[-len(asset.name.split(".")) :] == asset.name.split("."))
    }


def marked_addresses(asset: NetworkAsset) -> set[int]:
    return {low for low in range(32) if f"{BASE | low:0128b}"[: asset.length] == f"{asset.bits:0128b}"[: asset.length]}


@given(st.one_of(names, networks))
def test_an_asset_covers_itself(asset: Asset) -> None:
    assert asset.covers(asset)


@given(assets, assets, assets)
def test_covering_is_transitive(first: Asset, second: Asset, third: Asset) -> None:
    if first.covers(second) and second.covers(third):
        assert first.covers(third)


@given(names, names)
def test_a_name_covers_another_exactly_if_it_marks_every_name_that_the_other_marks(
    first: NameAsset, second: NameAsset
) -> None:
    assert first.covers(second) == (marked_names(second) <= marked_names(first))


@given(networks, networks)
def test_a_network_covers_another_exactly_if_it_has_every_address_that_the_other_has(
    first: NetworkAsset, second: NetworkAsset
) -> None:
    assert first.covers(second) == (marked_addresses(second) <= marked_addresses(first))


@given(names, networks)
def test_names_and_networks_are_never_comparable(name: NameAsset, network: NetworkAsset) -> None:
    assert not name.covers(network)
    assert not network.covers(name)


@given(unread, assets)
def test_an_unread_entry_covers_nothing_and_is_covered_by_nothing(entry: UnreadAsset, asset: Asset) -> None:
    assert not entry.covers(asset)
    assert not asset.covers(entry)


def test_a_wildcard_covers_the_name_after_it_and_every_name_below() -> None:
    asset = NameAsset("*.example.org", "example.org", wildcard=True)

    assert asset.covers_name("example.org")
    assert asset.covers_name("a.example.org")
    assert asset.covers_name("b.a.example.org")


def test_a_wildcard_holds_only_at_label_boundaries() -> None:
    assert not NameAsset("*.example.org", "example.org", wildcard=True).covers_name("badexample.org")


def test_a_plain_name_covers_no_name_below_it() -> None:
    assert not NameAsset("example.org", "example.org").covers_name("a.example.org")


@pytest.mark.parametrize(
    ("address", "length", "inside", "outside"),
    [
        ("192.0.2.1", None, "192.0.2.1", "192.0.2.2"),
        ("192.0.2.77", 24, "192.0.2.255", "192.0.3.0"),
        ("2001:db8::1", None, "2001:db8::1", "2001:db8::2"),
        ("2001:db8::ffff", 32, "2001:db8:ffff::", "2001:db9::"),
        ("::ffff:192.0.2.0", 120, "192.0.2.9", "192.0.3.9"),
        ("0.0.0.0", 0, "255.255.255.255", "2001:db8::1"),
    ],
)
def test_a_network_covers_the_addresses_in_it(address: str, length: int | None, inside: str, outside: str) -> None:
    network = NetworkAsset.of("", ip_address(address), length)

    assert network.covers_address(ip_address(inside))
    assert not network.covers_address(ip_address(outside))


def test_an_ipv4_address_is_held_as_an_ipv4_mapped_one() -> None:
    mapped = NetworkAsset.of("", IPv6Address("::ffff:192.0.2.1"))

    assert NetworkAsset.of("", IPv4Address("192.0.2.1")) == mapped


def test_bits_below_the_length_are_ignored() -> None:
    assert NetworkAsset.of("", IPv4Address("10.1.2.3"), 8) == NetworkAsset.of("", IPv4Address("10.0.0.0"), 8)
