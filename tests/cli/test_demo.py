"""`emblem demo`: the story is true, or it says that it is not."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from emblem_cli import demo
from emblem_cli.story import Scene, tell

from emblem.model.verdict import Level, Status
from tests.cli.conftest import Run, one_line


@pytest.fixture
def told(tmp_path: Path) -> list[str | Scene]:
    return list(tell(tmp_path, datetime.now(UTC)))


def test_every_status_occurs_as_it_is_told(told: list[str | Scene]) -> None:
    scenes = [part for part in told if isinstance(part, Scene)]

    assert [(scene.verdict.status, scene.verdict.level) for scene in scenes] == [
        (Status.PROTECTED, Level.ENDORSED),
        (Status.CLAIMED, Level.SIGNED),
        (Status.UNMARKED, Level.NONE),
        (Status.REJECTED, Level.NONE),
        (Status.UNDETERMINED, Level.NONE),
    ]
    assert all(scene.is_as_told for scene in scenes)


def test_it_says_that_the_log_entry_is_invented(told: list[str | Scene]) -> None:
    assert any(isinstance(part, str) and "log entry is invented" in part for part in told)


def test_the_demonstration_succeeds_and_leaves_nothing_behind(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    result = run("demo")

    assert (result.exit_code, result.stderr) == (0, "")
    for status in Status:
        assert f"  {status.value.upper()}" in result.stdout
    assert "emblem issue HOST" in result.stdout
    assert not list(folder.iterdir())


def test_a_verdict_that_differs_from_the_story_is_a_failure(
    run: Run, told: list[str | Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = next(part for part in told if isinstance(part, Scene))
    differing = replace(scene, verdict=replace(scene.verdict, status=Status.CLAIMED))
    monkeypatch.setattr(demo, "tell", lambda directory, now: iter([f"{directory} {now}", differing]))

    result = run("demo")

    assert result.exit_code == 1
    assert "This differs from the story: expected protected, endorsed." in result.stdout
    assert "verdicts that differ from the story: 1" in one_line(result.stderr)


def test_a_verdict_for_another_reason_differs_too(told: list[str | Scene]) -> None:
    scene = next(part for part in told if isinstance(part, Scene))

    assert not replace(scene, verdict=replace(scene.verdict, reasons=())).is_as_told
