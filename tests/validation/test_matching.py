"""Whether an emblem names the target: names, wildcards, addresses, and names that stand for addresses."""

from __future__ import annotations

from typing import Any

import pytest

from emblem.errors import InvalidNameError
from emblem.model.need import AddressesNeed, CommitmentResult
from emblem.model.token import Format
from emblem.model.verdict import Level, Status, Verdict
from tests.support.arrangement import CWT, JWS, answered, bare, chain, codes, root, signing, trusting

SIGNER_IS_TRUSTED = trusting(bare(signing))
REVERSE = "1.2.0.192.in-addr.arpa"


def asked(target: str, *assets: str, form: Format, **more: Any) -> Verdict:
    """The verdict on a target of an emblem of these assets whose signer is trusted."""
    return chain(signing, issuer=None, form=form).emblem(*assets).judged(target, trust=SIGNER_IS_TRUSTED, **more)


@pytest.mark.parametrize("form", [CWT, JWS])
@pytest.mark.parametrize(
    ("asset", "target"),
    [
        ("hospital.example", "hospital.example"),
        ("HOSPITAL.Example.", "hospital.example"),
        ("hospital.example", "HOSPITAL.example."),
        ("xn--spitler-8wa.example", "Spitäler.example"),
        ("spitäler.example", "xn--spitler-8wa.example"),
        ("_sip._tcp.hospital.example", "_sip._tcp.hospital.example"),
        (REVERSE, "192.0.2.1"),
        (REVERSE.upper() + ".", "192.0.2.1"),
        (REVERSE, REVERSE),
    ],
)
def test_a_name_marks_itself_however_it_is_written(asset: str, target: str, form: Format) -> None:
    assert asked(target, asset, form=form).status is Status.PROTECTED


@pytest.mark.parametrize("form", [CWT, JWS])
@pytest.mark.parametrize(
    ("asset", "target"),
    [
        ("hospital.example", "ward.hospital.example"),
        ("ward.hospital.example", "hospital.example"),
        ("hospital.example", "xhospital.example"),
        ("hospital.example.", "hospital.example.org"),
        ("*.hospital.example", "nothospital.example"),
        ("*", "hospital.example"),
        ("", "hospital.example"),
        (".", "hospital.example"),
        ("hospital.example\0", "hospital.example"),
        ("hospital.example/", "hospital.example"),
        ("https://hospital.example", "hospital.example"),
        ("h*.example", "hospital.example"),
        ("h\u043espital.example", "hospital.example"),
    ],
)
def test_a_name_marks_nothing_else(asset: str, target: str, form: Format) -> None:
    verdict = asked(target, asset, form=form)

    assert verdict.status is Status.REJECTED
    assert (verdict.level, verdict.trusted) == (Level.SIGNED, True)
    (reason,) = (one for one in verdict.reasons if one.code.value == "asset-mismatch")
    assert asset in reason.message


@pytest.mark.parametrize("form", [CWT, JWS])
def test_any_entry_may_be_the_one(form: Format) -> None:
    verdict = asked("b.example", "a.example", "not an asset", "b.example", form=form)

    assert verdict.status is Status.PROTECTED
    assert verdict.assets == ("a.example", "not an asset", "b.example")


@pytest.mark.parametrize(
    ("asset", "target"),
    [
        ("*.hospital.example", "ward.hospital.example"),
        ("[192.0.2.1]", "192.0.2.1"),
        ("hospital.example", "192.0.2.1"),
        (REVERSE, "192.0.2.2"),
    ],
)
def test_the_native_format_knows_no_wildcards_and_no_addresses(asset: str, target: str) -> None:
    verdict = asked(target, asset, form=CWT)

    assert verdict.status is Status.REJECTED
    assert verdict.needs == ()


@pytest.mark.parametrize("target", ["hospital.example", "ward.hospital.example", "a.b.hospital.example"])
def test_a_wildcard_marks_the_name_after_it_and_every_name_below(target: str) -> None:
    assert asked(target, "*.hospital.example", form=JWS).status is Status.PROTECTED


@pytest.mark.parametrize(
    ("asset", "target"),
    [
        ("[192.0.2.1]", "192.0.2.1"),
        ("[::ffff:192.0.2.1]", "192.0.2.1"),
        ("[192.0.2.1]", "::ffff:192.0.2.1"),
        ("[192.0.2.0/24]", "192.0.2.255"),
        ("[192.0.2.77/24]", "192.0.2.1"),
        ("[2001:db8::/32]", "2001:db8:ffff::1"),
        ("[2001:DB8:0:0::1]", "[2001:db8::1]"),
        ("[0.0.0.0/0]", "203.0.113.9"),
        ("*.2.0.192.in-addr.arpa", "192.0.2.1"),
    ],
)
def test_an_address_or_prefix_marks_the_addresses_within(asset: str, target: str) -> None:
    assert asked(target, asset, form=JWS).status is Status.PROTECTED


@pytest.mark.parametrize(
    ("asset", "target"),
    [
        ("[192.0.2.1]", "192.0.2.2"),
        ("[192.0.2.1/32]", "192.0.2.0"),
        ("[192.0.2.0/25]", "192.0.2.128"),
        ("[2001:db8::1]", "2001:db8::"),
        ("[0.0.0.0/0]", "2001:db8::1"),
        ("[192.0.2.1/33]", "192.0.2.1"),
        ("[192.0.2.1/-1]", "192.0.2.1"),
        ("[192.0.2.1/]", "192.0.2.1"),
        ("[fe80::1%eth0]", "fe80::1"),
        ("192.0.2.1", "192.0.2.1"),
        ("[192.0.2.01]", "192.0.2.1"),
    ],
)
def test_an_address_or_prefix_marks_nothing_else(asset: str, target: str) -> None:
    assert asked(target, asset, form=JWS).status is Status.REJECTED


@pytest.mark.parametrize("asset", ["hospital.example", "*.hospital.example"])
def test_whether_an_address_belongs_to_a_marked_name_is_undetermined(asset: str) -> None:
    verdict = asked("192.0.2.1", asset, form=JWS)

    assert (verdict.status, verdict.level, verdict.trusted) == (Status.UNDETERMINED, Level.NONE, False)
    assert codes(verdict) >= {"asset-needs-addresses"}
    assert verdict.needs == (() if asset.startswith("*") else (AddressesNeed("hospital.example"),))


def test_whether_a_name_resolves_to_marked_addresses_is_undetermined_without_them() -> None:
    verdict = asked("hospital.example", "[192.0.2.1]", form=JWS)

    assert (verdict.status, verdict.level, verdict.trusted) == (Status.UNDETERMINED, Level.NONE, False)
    assert verdict.needs == (AddressesNeed("hospital.example"),)
    (reason,) = (one for one in verdict.reasons if one.code.value == "asset-needs-addresses")
    assert "[192.0.2.1]" in reason.message


def test_a_name_all_of_whose_addresses_are_marked_is_at_most_claimed() -> None:
    verdict = asked(
        "hospital.example",
        "[192.0.2.0/24]",
        "[2001:db8::1]",
        form=JWS,
        addresses=["192.0.2.7", "192.0.2.8", "2001:db8::1"],
    )

    assert (verdict.status, verdict.level) == (Status.CLAIMED, Level.SIGNED)
    assert "marked-through-name" in codes(verdict)
    assert verdict.needs == ()


@pytest.mark.parametrize("addresses", [["192.0.3.1"], ["192.0.2.1", "192.0.3.1"], ["2001:db8::1"]])
def test_a_name_with_an_address_that_is_not_marked_is_not_marked(addresses: list[str]) -> None:
    verdict = asked("hospital.example", "[192.0.2.0/24]", form=JWS, addresses=addresses)

    assert verdict.status is Status.REJECTED


def test_a_marked_name_needs_no_addresses() -> None:
    verdict = asked("hospital.example", "[192.0.2.1]", "hospital.example", form=JWS, addresses=["203.0.113.1"])

    assert verdict.status is Status.PROTECTED


def test_addresses_do_not_turn_an_emblem_of_the_native_format_into_one_of_the_name() -> None:
    verdict = asked("hospital.example", REVERSE, form=CWT, addresses=["192.0.2.1"])

    assert verdict.status is Status.REJECTED


def test_an_accepted_level_does_not_lift_what_is_known_only_through_a_name() -> None:
    arrangement = chain(root, signing, form=JWS).emblem("[192.0.2.1]")
    commitments = answered(arrangement.judged(addresses=["192.0.2.1"]), CommitmentResult.VERIFIED)

    verdict = arrangement.judged(
        addresses=["192.0.2.1"], commitments=commitments, trust=trusting(bare(root), accept=Level.ORGANIZATIONAL)
    )

    assert (verdict.status, verdict.level, verdict.trusted) == (Status.CLAIMED, Level.ORGANIZATIONAL, True)


@pytest.mark.parametrize("address", ["hospital.example", "192.0.2", "fe80::1%eth0", ""])
def test_what_is_no_address_is_refused_by_name(address: str) -> None:
    with pytest.raises(InvalidNameError, match="address"):
        asked("hospital.example", "[192.0.2.1]", form=JWS, addresses=[address])
