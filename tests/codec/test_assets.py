"""What each format writes as an asset, and what it does not."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.assets import read_jws_asset, read_name_asset
from emblem.model.asset import NameAsset, NetworkAsset, UnreadAsset
from emblem.model.target import Address


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hospital.example", "hospital.example"),
        ("Hospital.Example.", "hospital.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("1.2.0.192.in-addr.arpa", "1.2.0.192.in-addr.arpa"),
        ("_dns.example", "_dns.example"),
    ],
)
def test_both_formats_write_names(text: str, name: str) -> None:
    assert read_name_asset(text) == NameAsset(text, name)
    assert read_jws_asset(text) == NameAsset(text, name)


@pytest.mark.parametrize("text", ["*.example", "[192.0.2.1]", "[2001:db8::/32]", "", "a b", "*", "2001:db8::1"])
def test_the_native_format_knows_whole_names_only(text: str) -> None:
    assert read_name_asset(text) == UnreadAsset(text)


@pytest.mark.parametrize(("text", "name"), [("*.example", "example"), ("*.Bücher.example.", "xn--bcher-kva.example")])
def test_a_wildcard_is_the_whole_leftmost_label(text: str, name: str) -> None:
    assert read_jws_asset(text) == NameAsset(text, name, wildcard=True)


@pytest.mark.parametrize(
    "text",
    ["*", "*.", "*..example", "**.example", "a*.example", "*a.example", "a.*.example", "*.*.example", ".example"],
)
def test_an_asterisk_anywhere_else_is_no_asset(text: str) -> None:
    assert read_jws_asset(text) == UnreadAsset(text)


@pytest.mark.parametrize(
    ("text", "address", "length"),
    [
        ("[2001:db8::1]", "2001:db8::1", None),
        ("[2001:DB8:0:0::1]", "2001:db8::1", None),
        ("[2001:db8::/32]", "2001:db8::", 32),
        ("[2001:db8::ffff/32]", "2001:db8::", 32),
        ("[::/0]", "::", 0),
        ("[2001:db8::1/128]", "2001:db8::1", 128),
        ("[::ffff:192.0.2.1]", "192.0.2.1", None),
        ("[::ffff:192.0.2.0/120]", "192.0.2.0", 24),
        ("[192.0.2.1]", "192.0.2.1", None),
        ("[192.0.2.77/24]", "192.0.2.0", 24),
        ("[0.0.0.0/0]", "0.0.0.0", 0),
    ],
)
def test_an_address_or_a_prefix_stands_in_brackets(text: str, address: str, length: int | None) -> None:
    assert read_jws_asset(text) == NetworkAsset.of(text, ip_address(address), length)


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.1",
        "2001:db8::1",
        "192.0.2.0/24",
        "example.123",
        "*.0.2.1",
        "[]",
        "[",
        "]",
        "[192.0.2.1",
        "192.0.2.1]",
        "[[192.0.2.1]]",
        "[ 192.0.2.1]",
        "[192.0.2]",
        "[192.0.2.01]",
        "[192.0.2.1/]",
        "[192.0.2.1/33]",
        "[192.0.2.1/-1]",
        "[192.0.2.1/+1]",
        "[192.0.2.1/1_0]",
        "[192.0.2.1/\N{SUPERSCRIPT TWO}]",
        "[192.0.2.1/\N{ARABIC-INDIC DIGIT ONE}]",
        "[192.0.2.0/255.255.255.0]",
        "[192.0.2.1/24/24]",
        "[192.0.2.1/0024]",
        "[192.0.2.1/0000000000000000000000000024]",
        "[2001:db8::/129]",
        "[fe80::1%eth0]",
        "[2001:db8::1%1/64]",
        "[hospital.example]",
        "[3221225985]",
    ],
)
def test_anything_else_is_no_asset(text: str) -> None:
    assert read_jws_asset(text) == UnreadAsset(text)


@given(st.ip_addresses(), st.data())
def test_every_prefix_covers_its_own_address(address: Address, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, address.max_prefixlen))

    asset = read_jws_asset(f"[{address}/{length}]")

    assert isinstance(asset, NetworkAsset)
    assert asset.covers_address(address)


@given(st.text())
def test_any_text_is_read_or_left_unread_and_its_text_is_kept(text: str) -> None:
    assert read_name_asset(text).text == text
    assert read_jws_asset(text).text == text
    assert read_jws_asset(f"[{text}]").text == f"[{text}]"
