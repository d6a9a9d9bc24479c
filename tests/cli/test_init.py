"""`emblem init`: flags, or questions on a terminal; nothing is overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.settings import ZoneSettings
from emblem.model.sign import Sign
from tests.cli.conftest import Run, one_line

FLAGS = ("--organization", "https://relief.example", "--sign", "red-crystal")


def test_flags_say_everything(run: Run, folder: Path) -> None:
    result = run(
        "init", "desk", *FLAGS, "--zone", "relief.example", "--server", "192.0.2.1", "--tsig-file", "update.key"
    )

    settings = Workspace.open(folder / "desk").settings
    assert result.exit_code == 0
    assert (str(settings.organization), settings.sign) == ("https://relief.example", Sign.RED_CRYSTAL)
    assert settings.zones == (ZoneSettings("relief.example", server="192.0.2.1:53", tsig_file="update.key"),)


@pytest.mark.parametrize("missing", [0, 2])
def test_without_a_terminal_nothing_is_asked(run: Run, folder: Path, missing: int) -> None:
    result = run("init", *FLAGS[:missing], *FLAGS[missing + 2 :])

    assert result.exit_code == 2
    assert f"There is no terminal to ask on: give {FLAGS[missing]}" in one_line(result.stderr)
    assert list(folder.iterdir()) == []


def test_the_sign_may_be_left_unsaid_but_not_by_silence(run: Run, folder: Path) -> None:
    run("init", *FLAGS[:2], "--sign", "none")

    assert Workspace.open(folder).settings.sign is None


def test_a_second_workspace_in_the_same_folder_is_refused(run: Run, folder: Path) -> None:
    run("init", *FLAGS)
    before = (folder / "emblem.toml").read_bytes()

    result = run("init", *FLAGS)

    assert result.exit_code == 2
    assert "nothing is overwritten" in one_line(result.stderr)
    assert (folder / "emblem.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--zone", "a b"), "a domain name"),
        (("--zone", "a.example", "--server", "ns.example"), "not a name"),
        (("--purpose", "civil-defence"), "no purpose is protective or indicative"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_workspace(
    run: Run, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    flags = arguments if arguments[0] == "--zone" else (*arguments,)

    result = run("init", *FLAGS, *flags)

    assert result.exit_code == 2
    assert said in one_line(result.stderr)
    assert not (folder / "emblem.toml").exists()
