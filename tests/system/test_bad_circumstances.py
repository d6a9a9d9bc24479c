"""A full disk, a folder that cannot be written to, two processes at once: one clear line, and nothing is damaged.

The disks are file systems in memory in a mount namespace, for which the tests must be root.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emblem.issuance.workspace.folder import Workspace
from tests.issuance.workspace.arrangement import workspace_of, write_endorsement
from tests.support.arrangement import signing
from tests.system.desks import ORIGIN

START = "import sys; from emblem_cli.main import main; sys.argv[0] = 'emblem'; sys.exit(main())"
HOSTS = tuple(f"host{number}.{ORIGIN}" for number in range(700))
MOUNTED = """
set -e
emblem() { "$PYTHON" -c "$START" "$@"; echo "exit $?"; }
mount -t tmpfs -o size=%s none "$DISK"
cp -a "$DESK/." "$DISK/"
cd "$DISK"
set +e
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder = tmp_path / "desk"
    folder.mkdir()
    made = workspace_of(HOSTS, folder)
    write_endorsement(made, "signing", signing, datetime.now(UTC))
    return made


def on_disk(workspace: Workspace, size: str, script: str) -> list[str]:
    """What a script says, run in a copy of a workspace on a disk of this size; its errors are part of that."""
    disk = workspace.root.with_name("disk")
    disk.mkdir()
    environment = {
        **os.environ,
        "PYTHON": sys.executable,
        "START": START,
        "DISK": str(disk),
        "DESK": str(workspace.root),
    }
    command = ["unshare", "--mount", "bash", "-c", MOUNTED % size + script]
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False
    )
    return done.stdout.splitlines()


def test_a_full_disk_is_one_line_and_the_next_run_does_the_rest(workspace: Workspace) -> None:
    said = on_disk(
        workspace,
        "2600k",
        "emblem issue --all; emblem doctor; mount -o remount,size=20m none .; emblem issue --all; emblem doctor",
    )

    assert said[0] == ("emblem: No space left on device (signed so far: 500 of 700 hosts; the next run does the rest)")
    assert said[1] == "exit 1"
    assert not any(line.startswith("fault") for line in said)
    assert sum(line.startswith("nothing is wrong") for line in said) == 2
    assert any(line.startswith("signed 200 emblems (200 new)") for line in said)
    assert said[-1] == "exit 0"


def test_a_full_disk_leaves_the_inventory_and_the_settings_as_they_were(workspace: Workspace) -> None:
    (workspace.root / "more.csv").write_text("host\n" + "".join(f"more{n}.{ORIGIN}\n" for n in range(5000)))
    said = on_disk(
        workspace,
        "1m",
        "head -c 2000000 /dev/zero > filler 2>/dev/null; "
        'emblem inventory import more.csv; md5sum inventory.csv; md5sum "$DESK/inventory.csv"',
    )

    assert said[0].startswith("emblem: ")
    assert "No space left on device; free some space, then run this again" in said[0]
    assert said[1] == "exit 1"
    assert said[2].split()[0] == said[3].split()[0]


def test_a_folder_that_cannot_be_written_to_is_one_line(workspace: Workspace) -> None:
    said = on_disk(workspace, "20m", "mount -o remount,ro none .; emblem issue --all; emblem inventory list host69*")

    assert said[0].endswith("Read-only file system; choose a place that can be written to")
    assert said[1] == "exit 1"
    assert said[-1] == "exit 0"


def test_of_two_processes_at_once_one_waits_and_says_so(workspace: Workspace) -> None:
    command = [sys.executable, "-c", START, "issue", "--all"]
    with workspace.lock():
        second = subprocess.Popen(
            command, cwd=workspace.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert second.stderr is not None
        assert second.stderr.readline() == "emblem: waiting: another process is changing this workspace\n"
        assert list(workspace.tokens.iterdir()) == []
    output, errors = second.communicate(timeout=60)

    assert (second.returncode, errors) == (0, "")
    assert output.startswith("signed 700 emblems")


def test_of_two_that_start_together_each_emblem_is_signed_once(workspace: Workspace) -> None:
    command = [sys.executable, "-c", START, "issue", "--all"]
    both = [
        subprocess.Popen(command, cwd=workspace.root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for _ in range(2)
    ]
    said = sorted(process.communicate(timeout=60)[0] for process in both)

    assert said[0] == "nothing to sign: 700 emblems current\n"
    assert said[1].startswith("signed 700 emblems")
