"""Claims as both formats take them: what is refused is named, with what was found and what was expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from emblem.codec.claims import (
    check_key_identifier,
    key_identifier_bytes,
    take_boolean,
    take_date,
    take_optional_date,
    take_organization,
    take_texts,
)
from emblem.errors import MalformedError
from emblem.model.organization import Organization

Take = Callable[[Mapping[Any, Any], int, str], object]
IDENTIFIER = "a" * 51 + "q"


@pytest.mark.parametrize(
    ("take", "value", "taken"),
    [
        (take_date, 1.5, 1.5),
        (take_date, 2**70, 2**70),
        (take_optional_date, -1, -1),
        (take_organization, "https://relief.example", Organization.parse("https://relief.example")),
        (take_texts, ["a", ""], ("a", "")),
        (take_texts, ("a",), ("a",)),
        (take_boolean, False, False),
    ],
)
def test_a_claim_is_taken(take: Take, value: object, taken: object) -> None:
    assert take({7: value}, 7, "x") == taken


@pytest.mark.parametrize("take", [take_optional_date, take_organization])
def test_a_claim_that_may_be_absent_is_then_none(take: Take) -> None:
    assert take({6: "other"}, 7, "x") is None


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        (take_date, "a number of seconds since 1970"),
        (take_texts, "a non-empty array of texts"),
        (take_boolean, "true or false"),
    ],
)
def test_a_claim_that_must_be_there_is_said_to_be_missing(take: Take, expected: str) -> None:
    with pytest.raises(MalformedError, match=f"^claim x: found nothing, expected {expected}$"):
        take({6: 0}, 7, "x")


@pytest.mark.parametrize(
    ("take", "value", "found", "expected"),
    [
        (take_date, True, "true", "a number of seconds since 1970"),
        (take_date, "1", "the text '1'", "a number of seconds since 1970"),
        (take_date, float("inf"), "the number inf", "a number of seconds since 1970"),
        (take_optional_date, None, "null", "a number of seconds since 1970"),
        (take_organization, b"https://relief.example", "22 bytes", "an organization identifier as text"),
        (take_texts, [], "an array of 0", "a non-empty array of texts"),
        (take_texts, ["a", 1], "an array of 2", "a non-empty array of texts"),
        (take_texts, "a", "the text 'a'", "a non-empty array of texts"),
        (take_boolean, 1, "the number 1", "true or false"),
    ],
)
def test_what_is_found_in_the_place_of_a_claim_is_named(take: Take, value: object, found: str, expected: str) -> None:
    with pytest.raises(MalformedError, match=re.escape(f"claim x: found {found}, expected {expected}") + "$"):
        take({7: value}, 7, "x")


def test_an_organization_that_is_none_is_named() -> None:
    with pytest.raises(MalformedError, match=r"^claim x: found 'https://localhost', expected "):
        take_organization({7: "https://localhost"}, 7, "x")


def test_a_key_identifier_in_text_is_taken_and_becomes_its_bytes() -> None:
    assert check_key_identifier("kid", IDENTIFIER) == IDENTIFIER
    assert key_identifier_bytes(IDENTIFIER) == bytes(31) + b"\x01"


@pytest.mark.parametrize("value", [IDENTIFIER[1:], IDENTIFIER + "a", IDENTIFIER.upper(), "1" * 52, IDENTIFIER.encode()])
def test_anything_else_is_no_key_identifier(value: object) -> None:
    with pytest.raises(MalformedError, match=r"^kid: found .*, expected 52 characters of lower-case base32$"):
        check_key_identifier("kid", value)


def test_text_that_is_no_key_identifier_has_no_bytes() -> None:
    with pytest.raises(MalformedError, match=r"^key identifier: found the text 'a', expected"):
        key_identifier_bytes("a")
