"""Levels have an order; the words of the model are those of the published interface."""

from __future__ import annotations

from emblem.model.verdict import Level, Status


def test_levels_rise_from_none_to_endorsed() -> None:
    assert [level.rank for level in (Level.NONE, Level.SIGNED, Level.ORGANIZATIONAL, Level.ENDORSED)] == [
        0,
        1,
        2,
        3,
    ]


def test_statuses_stand_best_first() -> None:
    assert list(Status) == ["protected", "claimed", "undetermined", "rejected", "unmarked"]
