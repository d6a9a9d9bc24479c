"""What endorsements in the older format allow: every constraint must contain what the emblem claims."""

from __future__ import annotations

from typing import Any

import pytest

from emblem.codec.assets import read_jws_asset
from emblem.model.purpose import NO_PURPOSE, Purpose
from emblem.model.token import Constraints, Emblem
from emblem.model.verdict import Status
from emblem.validation.constraints import find_excess
from tests.support.arrangement import (
    DAY,
    END,
    HOSPITAL,
    JWS,
    START,
    authority,
    chain,
    codes,
    identifier,
    judged,
    key_record,
    root,
    signing,
)
from tests.support.raw import jws_emblem_claims, jws_token


def outcome(*assets: str, constraints: Constraints, **claims: object) -> set[str]:
    """The reasons why an emblem under one endorsement is rejected; empty where it is not."""
    target = HOSPITAL if not assets or assets[0].startswith("[") else assets[0].removeprefix("*.")
    verdict = chain(root, signing, form=JWS, constraints=constraints).emblem(*assets, **claims).judged(target)
    return codes(verdict) if verdict.status is Status.REJECTED else set()


def allowing(*assets: str) -> Constraints:
    return Constraints(assets=tuple(map(read_jws_asset, assets)))


def test_what_is_not_constrained_is_allowed() -> None:
    assert outcome(constraints=Constraints(), purposes=Purpose(3), channels=frozenset({"dns", "tls"})) == set()


@pytest.mark.parametrize(
    ("allowed", "claimed"),
    [
        ("hospital.example", "hospital.example"),
        ("*.hospital.example", "hospital.example"),
        ("*.hospital.example", "deep.ward.hospital.example"),
        ("*.hospital.example", "*.hospital.example"),
        ("*.example.org", "*.hospital.example.org"),
        ("HOSPITAL.example.", "hospital.EXAMPLE"),
        ("[2001:db8::/32]", "[2001:db8::1]"),
        ("[2001:db8::/32]", "[2001:db8:1::/48]"),
        ("[2001:db8::ffff/32]", "[2001:db8::/32]"),
        ("[192.0.2.0/24]", "[192.0.2.7]"),
        ("[192.0.2.0/24]", "[::ffff:192.0.2.7]"),
        ("[::ffff:192.0.2.0/120]", "[192.0.2.7]"),
    ],
)
def test_an_asset_within_an_allowed_one_is_allowed(allowed: str, claimed: str) -> None:
    assert outcome(claimed, constraints=allowing(allowed)) == set()


@pytest.mark.parametrize(
    ("allowed", "claimed"),
    [
        ("hospital.example", "ward.hospital.example"),
        ("hospital.example", "*.hospital.example"),
        ("*.hospital.example", "bad-hospital.example"),
        ("*.ward.hospital.example", "hospital.example"),
        ("*.ward.hospital.example", "*.hospital.example"),
        ("[2001:db8::1]", "[2001:db8::/32]"),
        ("[2001:db8::1]", "[2001:db8::2]"),
        ("[192.0.2.0/24]", "[192.0.3.1]"),
        ("[0.0.0.0/0]", "[2001:db8::1]"),
        ("[2001:db8::/32]", "hospital.example"),
        ("hospital.example", "[2001:db8::1]"),
        ("192.0.2.1", "[192.0.2.1]"),
    ],
)
def test_any_other_asset_is_not(allowed: str, claimed: str) -> None:
    assert outcome(claimed, constraints=allowing(allowed)) == {"endorsement-assets-exceeded"}


def test_every_asset_must_be_allowed_not_only_one() -> None:
    reasons = outcome("hospital.example", "other.example", constraints=allowing("hospital.example"))

    assert reasons == {"endorsement-assets-exceeded"}


def test_an_asset_may_be_allowed_by_any_entry() -> None:
    assert outcome("hospital.example", "a.example", constraints=allowing("a.example", "hospital.example")) == set()


def test_an_entry_that_is_no_asset_needs_no_allowance() -> None:
    assert outcome("hospital.example", "not an asset", constraints=allowing("hospital.example")) == set()


@pytest.mark.parametrize(
    ("empty", "code"),
    [
        (Constraints(purposes=NO_PURPOSE), "endorsement-purpose-exceeded"),
        (Constraints(assets=()), "endorsement-assets-exceeded"),
        (Constraints(channels=frozenset()), "endorsement-channel-exceeded"),
    ],
)
def test_an_empty_constraint_allows_nothing(empty: Constraints, code: str) -> None:
    assert outcome(constraints=empty, channels=frozenset({"dns"})) == {code}


def test_channels_must_be_contained() -> None:
    only_dns = Constraints(channels=frozenset({"dns"}))

    assert outcome(constraints=only_dns, channels=frozenset({"dns"})) == set()
    assert outcome(constraints=only_dns, channels=frozenset({"dns", "tls"})) == {"endorsement-channel-exceeded"}


def test_an_emblem_that_names_no_channels_claims_none() -> None:
    assert outcome(constraints=Constraints(channels=frozenset({"tls"}))) == set()


@pytest.mark.parametrize("window", [END - START, END - START + 0.5, 10**400])
def test_an_emblem_may_hold_as_long_as_the_window(window: float) -> None:
    assert outcome(constraints=Constraints(window=window)) == set()


@pytest.mark.parametrize("window", [0, DAY, END - START - 1, END - START - 0.25])
def test_an_emblem_must_not_hold_longer_than_the_window(window: float) -> None:
    assert outcome(constraints=Constraints(window=window)) == {"endorsement-window-exceeded"}


@pytest.mark.parametrize(("begin", "window"), [(-(10**400), 1.5), (-(10**4299), 10**4299), (-1e308, 1e308)])
def test_dates_of_any_size_are_compared_with_the_window(begin: float, window: float) -> None:
    assert outcome(constraints=Constraints(window=window), not_before=begin) == {"endorsement-window-exceeded"}


def test_the_window_is_compared_exactly() -> None:
    """In floating point the sum would be rounded to a later time."""
    begin = START + 0.1
    exactly = END - begin

    assert outcome(constraints=Constraints(window=exactly), not_before=begin) == set()
    assert outcome(constraints=Constraints(window=exactly), not_before=begin, expires=END + 1) != set()


def test_constraints_of_another_issuers_endorsement_count_too() -> None:
    arrangement = chain(root, signing, form=JWS).emblem().endorsed_by(authority, constraints=allowing("other.example"))

    assert "endorser-forbids" in codes(arrangement.judged())


def test_an_emblem_found_in_the_dns_that_names_only_other_channels_has_a_warning() -> None:
    verdict = chain(signing, issuer=None, form=JWS).emblem(channels=frozenset({"tls"})).judged()

    assert verdict.status is Status.CLAIMED
    assert "channel-missing" in codes(verdict)


def test_an_emblem_that_names_the_dns_among_its_channels_has_none() -> None:
    verdict = chain(signing, issuer=None, form=JWS).emblem(channels=frozenset({"tls", "dns"})).judged()

    assert "channel-missing" not in codes(verdict)


def test_claims_of_the_other_kind_are_ignored() -> None:
    token = jws_token(jws_emblem_claims(iss=None, key=identifier(root, JWS), end=True, sub="https://other.example"))

    assert judged(token, key_record(signing, JWS)).status is Status.CLAIMED


def test_the_reason_names_what_is_claimed_and_what_is_allowed() -> None:
    def said(claims: dict[str, Any], allowed: Constraints) -> str:
        verdict = chain(root, signing, form=JWS, constraints=allowed).emblem(**claims).judged()
        return verdict.reasons[-1].message

    both = Purpose.PROTECTIVE | Purpose.INDICATIVE
    one_of_two = Constraints(assets=tuple(map(read_jws_asset, ("a.example", "b.example"))))
    two = Constraints(channels=frozenset({"tls", "udp"}))
    some, none = frozenset({"dns", "tls"}), frozenset[str]()
    assert said({"purposes": both}, Constraints(purposes=Purpose.INDICATIVE)) == (
        "the emblem claims the purposes protective, indicative; the endorsement allows indicative"
    )
    assert said({"purposes": both}, Constraints(purposes=NO_PURPOSE)).endswith("the endorsement allows none")
    assert said({}, Constraints(purposes=NO_PURPOSE)).startswith("the emblem claims the purposes protective;")
    assert said({}, one_of_two) == "the emblem marks hospital.example; the endorsement allows a.example, b.example"
    assert said({}, Constraints(assets=())).endswith("the endorsement allows none")
    assert said({"channels": some}, two) == ("the emblem names the channels dns, tls; the endorsement allows tls, udp")
    assert said({"channels": some}, Constraints(channels=none)).endswith("the endorsement allows none")


def test_what_was_claimed_and_what_is_allowed_is_said() -> None:
    emblem = Emblem(0, 1, (), purposes=Purpose.CULTURAL_PROPERTY | Purpose.CIVIL_DEFENCE)

    excess = find_excess(emblem, Constraints(purposes=Purpose.PROTECTIVE | Purpose.INDICATIVE))

    assert excess is not None
    assert excess[1] == (
        "the emblem claims the purposes civil-defence, cultural-property; the endorsement allows protective, indicative"
    )
