"""Which of the records that were given belong to a target."""

from __future__ import annotations

import pytest

from emblem.discovery.given import Selection, select_records
from emblem.model.record import Alias, Carriage, Record
from emblem.model.target import Target

NAME = "hospital.example"


def at(owner: str, data: bytes = b"x") -> Record:
    return Record(Carriage.IHLE, data, owner, 65297)


def selected(*entries: Record | Alias, target: str = NAME) -> Selection:
    return select_records(entries, Target.parse(target))


@pytest.mark.parametrize("owner", [NAME, "_emblem." + NAME])
def test_records_at_the_target_and_below_the_label_belong(owner: str) -> None:
    assert selected(at(owner)).records == (at(owner),)


@pytest.mark.parametrize("owner", ["other.example", "ward.hospital.example", "example", "_other." + NAME])
def test_records_at_other_names_are_left_out_and_told(owner: str) -> None:
    chosen = selected(at(owner), at(owner, b"y"), at(NAME))

    assert chosen.records == (at(NAME),)
    assert (chosen.left_out, chosen.other_owners) == (2, (owner,))


def test_for_an_address_they_stand_at_its_reverse_name() -> None:
    reverse = at("1.2.0.192.in-addr.arpa")

    assert selected(reverse, target="192.0.2.1").records == (reverse,)


def test_aliases_are_followed_in_any_order_of_lines() -> None:
    there = at("c.example")

    assert selected(there, Alias("b.example", "c.example"), Alias(NAME, "b.example")).records == (there,)
    assert selected(there, Alias("_emblem." + NAME, "c.example")).records == (there,)


def test_aliases_that_lead_from_elsewhere_are_not_followed() -> None:
    assert selected(at("c.example"), Alias("other.example", "c.example")).records == ()


def test_a_circle_of_aliases_ends() -> None:
    circle = (Alias(NAME, "b.example"), Alias("b.example", NAME))

    assert selected(*circle, at("b.example")).records == (at("b.example"),)


def test_records_without_an_owner_all_count() -> None:
    bare = Record(Carriage.GIVEN, b"x")

    assert selected(bare).records == (bare,)


def test_txt_values_without_an_owner_count_at_the_target() -> None:
    (one,) = selected(Record(Carriage.TXT, b"x", type_number=16)).records

    assert one.owner == NAME
