"""`kill -9` at a hundred random moments: nothing is half-written, nothing is lost, and the next run does the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.issuance.workspace.arrangement import workspace_of, write_endorsement
from tests.support.arrangement import signing
from tests.system.desks import ORIGIN, desk

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("interrupting.py")
SEED = 20261128


def interrupt(what: str, folder: Path, rounds: int) -> None:
    """Interrupt something so many times; most of the kills must have come before its end."""
    command = [sys.executable, str(PROGRAM), what, str(folder), str(rounds), str(SEED)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > rounds // 2


def hosts(number: int) -> tuple[str, ...]:
    return tuple(f"host{index}.{ORIGIN}" for index in range(number))


def test_signing_emblems(tmp_path: Path) -> None:
    write_endorsement(workspace_of(hosts(150), tmp_path), "signing", signing, datetime.now(UTC))

    interrupt("issuing", tmp_path, 35)


def test_publishing(tmp_path: Path) -> None:
    with desk(hosts(60), tmp_path) as scene:
        interrupt("publishing", scene.workspace.root, 30)


def test_rotating_the_signing_key(tmp_path: Path) -> None:
    write_endorsement(workspace_of(hosts(5), tmp_path), "signing", signing, datetime.now(UTC))

    interrupt("rotating", tmp_path, 25)


def test_writing_the_ledger(tmp_path: Path) -> None:
    interrupt("writing", tmp_path, 30)
