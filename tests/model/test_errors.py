"""Errors name the field, what was found and what was expected, and stay on one line."""

from __future__ import annotations

import pickle

import pytest

from emblem.errors import EmblemError, InputError, MalformedError


def test_the_message_names_field_finding_and_expectation() -> None:
    error = MalformedError("claim ver", "the number 300", "an unsigned integer up to 255")

    assert str(error) == "claim ver: found the number 300, expected an unsigned integer up to 255"
    assert (error.field, error.found, error.expected) == (
        "claim ver",
        "the number 300",
        "an unsigned integer up to 255",
    )


def test_a_long_finding_is_shortened() -> None:
    error = MalformedError("token", "x" * 1_000_000, "a token")

    assert error.found == "x" * 120 + "…"
    assert len(str(error)) < 200


def test_a_finding_of_exactly_the_limit_is_kept_whole() -> None:
    assert MalformedError("token", "x" * 120, "a token").found == "x" * 120


def test_every_error_can_be_caught_as_one() -> None:
    with pytest.raises(EmblemError):
        raise MalformedError("a", "b", "c")


def test_an_error_survives_the_way_to_another_process() -> None:
    error = MalformedError("claim exp", "nothing", "a number")

    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is MalformedError
    assert isinstance(copy, InputError)
    assert (str(copy), copy.field, copy.found, copy.expected) == (
        str(error),
        error.field,
        error.found,
        error.expected,
    )
