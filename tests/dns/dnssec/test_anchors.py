"""Trust anchors: those that come with the package, and those that replace them."""

from __future__ import annotations

import dns.name
import pytest

from emblem.dns.dnssec import TrustAnchors, parse_anchors, root_anchors
from emblem.errors import EmblemError, MalformedError, TrustError

DS = "20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"
KEY = "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="


def name(text: str) -> dns.name.Name:
    return dns.name.from_text(text)


def test_the_roots_anchors_are_its_keys_of_2017_and_2024() -> None:
    (root,) = root_anchors().zones.values()
    assert [(signer.key_tag, int(signer.algorithm), signer.digest.hex()) for signer in root.signers] == [
        (20326, 8, "e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d"),
        (38696, 8, "683d2d0acb8c9b712a1948b27f741219298d0a450d612c483af444a4c0fb2b16"),
    ]


@pytest.mark.parametrize("line", [f". IN DS {DS}", f". 172800 IN DS {DS}", f".\tds\t{DS} ; KSK-2017", f". DS {DS}"])
def test_a_line_of_a_zone_file_is_an_anchor(line: str) -> None:
    anchors = parse_anchors(f"; comment\n\n{line}\n")
    assert anchors.zones[dns.name.root].signers[0].key_tag == 20326


def test_a_zone_can_have_several_anchors_of_both_kinds() -> None:
    zone = parse_anchors(f"Example.org. DS {DS}\nexample.ORG. DNSKEY {KEY}\n").zones[name("example.org.")]
    assert (len(zone.signers), len(zone.keys)) == (1, 1)


def test_the_anchor_nearest_to_a_name_is_the_one_that_counts() -> None:
    anchors = parse_anchors(f". DS {DS}\nexample.org. DNSKEY {KEY}\n")
    assert anchors.closest(name("host.example.org.")) == name("example.org.")
    assert anchors.closest(name("example.org.")) == name("example.org.")
    assert anchors.closest(name("example.org."), above=True) == dns.name.root
    assert anchors.closest(name("example.net.")) == dns.name.root
    assert TrustAnchors({}).closest(name("example.net.")) is None


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        ". IN DS",
        ". IN DS 20326 8 2",
        ". IN DS 20326 8 2 E06D",
        ". IN DS 20326 8 2 GG",
        ". IN A 192.0.2.1",
        f"example.org IN DS {DS}",
        f". CH DS {DS}",
        ". DNSKEY 257 3 13 !!!",
        f". DS {DS}\n" * 101,
        ";" * 65537,
        f"{'a' * 64}. DS {DS}",
        f"\u00fc.example. DS {DS} \ud800",
    ],
)
def test_anything_else_is_malformed(text: str) -> None:
    with pytest.raises(MalformedError, match="trust anchors"):
        parse_anchors(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "; nothing\n",
        f". DNSKEY {KEY.replace('257', '385')}",
        f". DNSKEY {KEY.replace('257', '1')}",
        ". DS 1 8 3 " + "AB" * 32,
    ],
)
def test_an_anchor_that_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(TrustError, match="trust anchors"):
        parse_anchors(text)


def test_an_error_names_the_line_and_what_was_found() -> None:
    with pytest.raises(EmblemError, match=r"trust anchors, line 2: found '\. IN MX 1 mail\.', expected a line such as"):
        parse_anchors(f". IN DS {DS}\n. IN MX 1 mail.")
