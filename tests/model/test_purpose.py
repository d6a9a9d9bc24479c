"""Purposes are the bits of the claim prp, each with a name."""

from __future__ import annotations

from emblem.model.purpose import PURPOSES, USE_OF_SIGN, Purpose


def test_the_bits_are_those_of_the_draft() -> None:
    assert {slug: int(purpose) for slug, purpose in PURPOSES.items()} == {
        "protective": 1,
        "indicative": 2,
        "dangerous-forces": 4,
        "civil-defence": 8,
        "cultural-property": 16,
    }


def test_purposes_are_named_in_the_order_of_their_bits() -> None:
    assert Purpose(31).slugs == tuple(PURPOSES)
    assert (Purpose.CULTURAL_PROPERTY | Purpose.PROTECTIVE).slugs == ("protective", "cultural-property")


def test_no_purpose_has_no_name() -> None:
    assert Purpose(0).slugs == ()


def test_a_sign_goes_with_protective_and_indicative_use_only() -> None:
    assert USE_OF_SIGN.slugs == ("protective", "indicative")
