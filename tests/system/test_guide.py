"""The whole story in terminals: two workspaces, an authority without a network, BIND; `docs/guide.md` tells it."""

from __future__ import annotations

from pathlib import Path

from tests.system.guide import GUIDE, commands, played


def test_the_guide_is_what_a_person_types_and_sees(tmp_path: Path) -> None:
    written = GUIDE.read_text(encoding="utf-8")

    assert played(written, tmp_path) == written


def test_the_guide_tells_the_whole_story() -> None:
    written = GUIDE.read_text(encoding="utf-8")
    typed = [command for _, command in commands(written)]

    for step in ("init", "key new", "request", "endorse --request", "accept", "inventory import", "issue --all",
                 "publish --all", "verify", "status", "key rotate", "key retire", "inventory remove",
                 "unpublish --removed", "withdraw", "unpublish --all", "log", "doctor"):  # fmt: skip
        assert any(command.startswith(f"emblem {step}") for command in typed), step
    assert "PROTECTED" in written
    assert "endorsed by   https://ministry.example" in written
