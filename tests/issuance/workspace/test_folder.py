"""A workspace is a folder of plain files with an `emblem.toml`; one process at a time changes it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emblem.errors import WorkspaceError
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.lock import WorkspaceBusyError, locked
from emblem.issuance.workspace.settings import NamedKey, Role, Settings
from emblem.issuance.workspace.settings_writing import add_key
from emblem.model.organization import Organization
from emblem.model.sign import Sign

SETTINGS = Settings(Organization("relief.example"), Sign.RED_CROSS)
KEY = NamedKey("root", Role.ROOT, None, "keys/root.pub.pem")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path, SETTINGS)


def test_a_new_workspace_has_a_place_for_everything(workspace: Workspace) -> None:
    assert {path.name for path in workspace.root.iterdir()} == {
        ".gitignore", "emblem.toml", "endorsements", "inventory.csv", "keys", "tokens"}  # fmt: skip
    assert workspace.keys.stat().st_mode & 0o777 == 0o700
    assert workspace.settings == SETTINGS


def test_nothing_that_is_there_is_overwritten(workspace: Workspace) -> None:
    before = workspace.settings_file.read_bytes()

    with pytest.raises(WorkspaceError, match="found a workspace"):
        Workspace.create(workspace.root, SETTINGS)

    assert workspace.settings_file.read_bytes() == before


def test_a_workspace_that_was_cut_short_can_be_made_again(workspace: Workspace) -> None:
    workspace.settings_file.unlink()
    workspace.inventory.write_text("host\nwww.relief.example\n")

    Workspace.create(workspace.root, SETTINGS)

    assert workspace.inventory.read_text() == "host\nwww.relief.example\n"


def test_it_is_found_from_every_folder_in_it(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = workspace.keys / "old"
    deep.mkdir()
    monkeypatch.chdir(deep)

    found = Workspace.find(Path())

    assert found is not None
    assert found.root == Path("../..")
    assert found.path("keys/root.pem").resolve() == (workspace.keys / "root.pem").resolve()


def test_outside_of_one_there_is_none(tmp_path: Path) -> None:
    assert Workspace.find(tmp_path) is None
    with pytest.raises(WorkspaceError, match="'emblem init' makes one"):
        Workspace.open(tmp_path)


def test_the_path_of_a_key_on_a_stick_is_absolute(workspace: Workspace) -> None:
    assert workspace.path("/media/stick/root.pem") == Path("/media/stick/root.pem")


def test_a_change_begins_with_the_file_as_it_is_now(workspace: Workspace) -> None:
    other = Workspace.open(workspace.root)
    with workspace.lock():
        workspace.change_settings(lambda settings: add_key(settings, KEY))
    with other.lock():
        changed = other.change_settings(
            lambda settings: add_key(settings, NamedKey("signing", Role.SIGNING, None, "keys/signing.pub.pem"))
        )

    assert [key.name for key in changed.settings.keys] == ["root", "signing"]
    assert Workspace.open(workspace.root).settings == changed.settings


HOLD = """
import sys
from pathlib import Path
from emblem.issuance.workspace.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock of `tmp_path` until its input ends."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / ".lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_second_writer_waits_and_is_told(tmp_path: Path, holder: subprocess.Popen[bytes]) -> None:
    assert holder.stdin is not None

    with locked(tmp_path / ".lock", told=holder.stdin.close):
        assert holder.stdin.closed


@pytest.mark.usefixtures("holder")
def test_a_second_writer_does_not_wait_for_ever(tmp_path: Path) -> None:
    with (
        pytest.raises(WorkspaceBusyError, match="another process has been changing this workspace for 0 seconds"),
        locked(tmp_path / ".lock", seconds=0),
    ):
        pass


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path: Path, holder: subprocess.Popen[bytes]) -> None:
    holder.kill()
    holder.wait()

    with locked(tmp_path / ".lock", seconds=0):
        assert os.path.lexists(tmp_path / ".lock")
