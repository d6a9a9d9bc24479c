"""A process that interrupts itself: forks, does something with a workspace in the child, and kills that at random.

Run as a program, so that nothing but this module's own thread is there when it forks.

    interrupting.py WHAT FOLDER ROUNDS SEED
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from emblem_cli.main import main

from emblem.issuance.workspace.doctor import Severity, examine
from emblem.issuance.workspace.emblems import State, assess, digest_of, names_in
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.issuing import issue_hosts
from emblem.issuance.workspace.ledger import Action, Ledger
from emblem.issuance.workspace.publishing import publish_zone, published_hosts
from emblem.issuance.workspace.settings import Role
from emblem.keys.files import read_file
from emblem.keys.pem import read_public_keys

AT = datetime(2027, 1, 1, tzinfo=UTC)
SMALL_BATCH = 20


def run(*arguments: str) -> int:
    """`emblem` in this process, silently."""
    sys.argv = ["emblem", *arguments]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as errors:
        status = main()
        said = errors.getvalue()
    assert status == 0 or "interrupted" in said, said
    return status


STEPS = ("open", "write", "fsync", "rename", "replace", "link", "unlink", "mkdir")
"""The calls to the system that change a folder, or see to it that a change is safe."""


class Interruption:
    """When a child is killed: every other time after some seconds, otherwise before some step of its work."""

    def __init__(self, chance: random.Random, seconds: float, steps: int) -> None:
        self._chance = chance
        self._seconds = seconds
        self._steps = steps
        self._count = 0

    def of(self, work: Callable[[], object]) -> bool:
        """Do something in a child; whether it was killed before its end."""
        self._count += 1
        by_step = self._count % 2 == 0
        after = self._chance.uniform(0, self._seconds)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            steps = [0]
            die_before(self._chance.randrange(self._steps) if by_step else -1, steps)
            try:
                work()
            finally:
                os.write(writer, str(steps[0]).encode())
                os._exit(0)
        os.close(writer)
        start = time.monotonic()
        if not by_step:
            time.sleep(after)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        with os.fdopen(reader, "rb") as said:
            steps_text = said.read()
        if not os.WIFSIGNALED(status):
            self._seconds, self._steps = max(0.02, time.monotonic() - start), max(1, int(steps_text))
        return os.WIFSIGNALED(status)


def die_before(number: int, steps: list[int]) -> None:
    """Let this process be killed before a step of that number, and count the steps."""

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            if steps[0] == number:
                os.kill(os.getpid(), signal.SIGKILL)
            steps[0] += 1
            return real(*arguments, **named)

        return step

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))


def check_content(folder: Path, now: datetime | None = None) -> Workspace:
    """The workspace, with which the doctor is content."""
    workspace = Workspace.open(folder)
    faults = [one for one in examine(workspace, now or datetime.now(UTC)) if one.severity is Severity.FAULT]
    assert faults == [], faults
    return workspace


def signing_key(workspace: Workspace) -> str:
    path = workspace.public_file(workspace.settings.current_key(Role.SIGNING, datetime.now(UTC)))
    return read_public_keys(str(path), read_file(path, 10_000))[0].cose_thumbprint


def states(workspace: Workspace) -> set[State]:
    hosts = workspace.read_inventory().hosts
    found = assess(hosts, workspace.settings, workspace.tokens, signing_key(workspace), datetime.now(UTC))
    return {one.state for one in found}


def issuing(folder: Path, rounds: int, chance: random.Random) -> int:
    """Kill ``issue --all``: every emblem is as it was or whole and new, and the next run does the rest."""
    os.chdir(folder)
    run("issue", "--all")
    names = sorted(names_in(folder / "tokens"))
    kills = 0
    interruption = Interruption(chance, 0.15, 300)
    for _ in range(rounds):
        gone = set(chance.sample(names, len(names) * 2 // 3))
        for name in gone:
            (folder / "tokens" / f"{name}.emblem").unlink()
        kept = {name: (folder / "tokens" / f"{name}.emblem").read_bytes() for name in set(names) - gone}
        kills += interruption.of(lambda: run("issue", "--all"))
        workspace = check_content(folder)
        for name, data in kept.items():
            assert (workspace.tokens / f"{name}.emblem").read_bytes() == data
        run("issue", "--all")
        assert states(check_content(folder)) == {State.CURRENT}
    return kills


def publishing(folder: Path, rounds: int, chance: random.Random) -> int:
    """Kill ``publish --all``: every host has its old records or its new ones, and the next run does the rest."""
    from emblem_cli.desk import publisher_for

    os.chdir(folder)
    run("issue", "--all")
    run("publish", "--all", "--wait", "0s")
    kills = 0
    interruption = Interruption(chance, 0.3, 4)
    for number in range(rounds):
        run("issue", *(host.target.text for host in Workspace.open(folder).read_inventory().hosts),
            "--valid", f"{29 * 24 * 60 - number}m")  # fmt: skip
        kills += interruption.of(lambda: run("publish", "--all", "--wait", "0s"))
        workspace = check_content(folder)
        (zone,) = workspace.settings.zones
        hosts = workspace.read_inventory().hosts
        publisher = publisher_for(workspace, zone)
        for step in publish_zone(workspace, zone, hosts, publisher, datetime.now(UTC), dry_run=True):
            for plan in step.plans:
                for change in plan.due:
                    # Whole, and the old one: as many records go as come.
                    assert len(change.removed) == len(change.added) > 0, change
        run("publish", "--all", "--wait", "0s")
        workspace = check_content(folder)
        shown = published_hosts(Ledger(workspace.ledger))
        found = assess(hosts, workspace.settings, workspace.tokens, signing_key(workspace), datetime.now(UTC))
        assert shown == {one.host.name: digest_of(one.emblem.data) for one in found if one.emblem is not None}
    return kills


def rotating(folder: Path, rounds: int, chance: random.Random) -> int:
    """Kill ``key rotate``: there is always one endorsed key that signs, and the next run does the rest."""
    os.chdir(folder)
    kills = 0
    interruption = Interruption(chance, 0.03, 30)
    for number in range(rounds):
        old = Workspace.open(folder).settings.current_key(Role.SIGNING, datetime.now(UTC)).name
        new = f"signing-{number + 2}"
        rotate = ("key", "rotate", old, "--as", new, "--no-passphrase")
        kills += interruption.of(partial(run, *rotate))
        workspace = check_content(folder)
        if workspace.settings.current_key(Role.SIGNING, datetime.now(UTC)).name == old:
            run(*rotate)
        workspace = check_content(folder)
        assert workspace.settings.current_key(Role.SIGNING, datetime.now(UTC)).name == new
    run("issue", "--all")
    assert states(check_content(folder)) == {State.CURRENT}
    return kills


def writing(folder: Path, rounds: int, chance: random.Random) -> int:
    """Kill whoever writes the ledger: every line that was said to be written is there, and the chain holds."""
    ledger = Ledger(folder / "ledger")
    kills = 0
    interruption = Interruption(chance, 0.1, 200)
    for _ in range(rounds):
        reader, writer = os.pipe()

        def write(writer: int = writer) -> None:
            for number in range(100_000):
                ledger.append(Action.ISSUED, AT + timedelta(seconds=number), {"hosts": ["a.example"] * 200})
                os.write(writer, b".")

        before = ledger.check().entries
        kills += interruption.of(write)
        os.close(writer)
        with os.fdopen(reader, "rb") as said:
            written = len(said.read())
        ledger.append(Action.RESUMED, AT, {})
        state = ledger.check()
        assert (state.faults, state.tail) == ((), 0)
        assert state.entries >= before + written + 1
    return kills


if __name__ == "__main__":
    what, folder, rounds, seed = sys.argv[1:]
    defaults = issue_hosts.__kwdefaults__
    assert defaults is not None
    defaults["batch"] = SMALL_BATCH
    doing = {"issuing": issuing, "publishing": publishing, "rotating": rotating, "writing": writing}[what]
    print(doing(Path(folder), int(rounds), random.Random(int(seed))))
