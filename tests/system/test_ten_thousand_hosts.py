"""Ten thousand hosts: signed in little memory with progress on the terminal, and a second run has nothing to do."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.issuance.workspace.arrangement import workspace_of
from tests.system.desks import ORIGIN

HOSTS = 10_000
MEMORY = Path("/dev/shm")
MOST_MEGABYTES = 200
START = """
import sys
from pathlib import Path
from emblem_cli.main import main
sys.argv[0] = "emblem"
status = main()
# Not getrusage: what the process that starts this one took counts there, too.
(peak,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
print(int(peak.split()[1]) // 1024, flush=True)
sys.exit(status)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A workspace in memory, where there is such a place: removing so many files takes long on some disks."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        workspace_of([f"host{number}.{ORIGIN}" for number in range(HOSTS)], Path(name))
        yield Path(name)


def issue_all(folder: Path) -> tuple[str, int, str]:
    """What `emblem issue --all` says, its megabytes, and what it shows on a terminal."""
    terminal, side = os.openpty()
    command = [sys.executable, "-c", START, "issue", "--all"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=side, text=True) as process:
        os.close(side)
        shown = b""
        while True:
            try:
                shown += os.read(terminal, 4096)
            except OSError:
                break
        assert process.stdout is not None
        said, megabytes = process.stdout.read().splitlines()
    os.close(terminal)
    assert process.returncode == 0
    return said, int(megabytes), shown.decode()


def test_ten_thousand_hosts_are_signed_once(folder: Path) -> None:
    said, megabytes, shown = issue_all(folder)

    assert said.startswith("signed 10 000 emblems (10000 new), until ")
    assert "signing" in shown
    assert "10000/10000" in shown
    assert megabytes < MOST_MEGABYTES
    assert len(list((folder / "tokens").iterdir())) == HOSTS

    start = time.process_time() + sum(os.times()[2:4])
    said, megabytes, shown = issue_all(folder)
    spent = time.process_time() + sum(os.times()[2:4]) - start

    assert said == "nothing to sign: 10 000 emblems current"
    assert shown == ""
    assert megabytes < MOST_MEGABYTES
    assert spent < 10
