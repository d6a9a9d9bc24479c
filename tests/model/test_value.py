"""Frozen values of which many are made: only the making differs from any other frozen dataclass."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, fields, replace

import pytest

from emblem.model.value import quickly_made


@quickly_made
@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 7


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled(Point):
    z: int = 0
    label: str


def test_fields_are_set_by_position_by_name_and_by_default() -> None:
    assert (Point(1).x, Point(1).y) == (1, 7)
    assert Point(y=2, x=1) == Point(1, 2)


def test_fields_of_a_base_come_first_and_fields_by_name_only_may_be_required_after_defaults() -> None:
    labelled = Labelled(1, label="a")

    assert (labelled.x, labelled.y, labelled.z, labelled.label) == (1, 7, 0, "a")
    assert [field.name for field in fields(labelled)] == ["x", "y", "z", "label"]


@pytest.mark.parametrize("arguments", [(), (1, 2, 3)])
def test_too_few_and_too_many_arguments_are_errors(arguments: tuple[int, ...]) -> None:
    with pytest.raises(TypeError, match=r"arguments?"):
        Point(*arguments)


def test_a_field_by_name_only_is_not_taken_by_position() -> None:
    with pytest.raises(TypeError, match="positional"):
        Labelled(1, 2, 3, label="a")  # type: ignore[call-arg]  # that is the point


def test_it_stays_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Point(1).x = 2  # type: ignore[misc]  # that is the point


def test_equality_hash_copies_and_replacement_are_those_of_a_dataclass() -> None:
    point = Labelled(1, 2, label="a")

    assert replace(point, x=1) == point
    assert hash(replace(point)) == hash(point)
    assert copy.deepcopy(point) == point
    assert pickle.loads(pickle.dumps(point)) == point
    assert repr(point) == "Labelled(x=1, y=2, z=0, label='a')"


def test_every_field_travels_to_another_process() -> None:
    point = Labelled(3, 4, z=5, label="b")

    assert pickle.loads(pickle.dumps(point, pickle.HIGHEST_PROTOCOL)) == point
    assert copy.copy(point) == point
