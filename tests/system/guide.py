"""The guide, played in terminals as a person would: what is typed is in it, and so must be what is seen.

python -m tests.system.guide        writes into docs/guide.md what is seen now
"""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import tempfile
import time
from base64 import b32encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.system.updatable import Updatable, updatable

GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"
ORIGIN = "relief.example"
ZONE = """$TTL 300
@ SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
www A 198.51.100.1
mail A 198.51.100.2
clinic A 198.51.100.3
files A 198.51.100.4
"""
MACHINES = ("relief", "ministry", "verifier")
OFFLINE = "ministry"
SHOWN_SERVER = "192.0.2.53"
PASSPHRASE = "correct horse battery staple"
FIRST_DAY = datetime(2027, 3, 1, 9, tzinfo=UTC)
STEP_SECONDS = 60.0
ANSWERS = {
    "The organization's identifier": f"https://{ORIGIN}",
    "Which emblem it bears": "red-cross",
    "Zones in which its hosts are": ORIGIN,
    "Their primary server": SHOWN_SERVER,
    "The file of the key that signs updates": "update.key",
    "Is that what you mean to state?": "y",
    "Take that back, for ever?": "y",
}
"""What is typed where a command asks."""

_BLOCK = re.compile(r"```console\n(.*?)```\n", re.DOTALL)
_COMMAND = re.compile(rf"^({'|'.join(MACHINES)})\$ (.*)$")
_PASSPHRASE_ASKED = re.compile(r"(?:assphrase[^\n]*|The same again): $")
_TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_KEY = re.compile(r"\b[a-z2-7]{52}\b")
# Their order is that of the records in an answer.
_TOKEN = re.compile(r"\(token \d+\)")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


class Terminal:
    """A shell on a terminal of its own, in a folder; without a network if so wished."""

    def __init__(self, machine: str, folder: Path, server: str) -> None:
        self._server = server
        self._prompt = f"{machine}$ "
        self._controller, side = os.openpty()
        subprocess.run(["stty", "cols", "120", "rows", "50"], stdin=side, check=True)
        shell = ["bash", "--norc", "--noprofile", "--noediting"]
        scripts = str(Path(sys.executable).parent)
        environment = {
            "PATH": f"{scripts}:{os.environ['PATH']}",
            "PS1": self._prompt,
            "TERM": "dumb",
            "NO_COLOR": "1",
            "LANG": "C.UTF-8",
            "HOME": str(folder),
        }
        command = ["unshare", "--net", *shell] if machine == OFFLINE else shell
        self._process = subprocess.Popen(
            ["setsid", "--ctty", *command], stdin=side, stdout=side, stderr=side, cwd=folder, env=environment
        )
        os.close(side)
        self._read_until_prompt()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._controller)
        self._process.wait(STEP_SECONDS)

    def type(self, command: str) -> str:
        """Type a command; everything that is seen until the prompt comes back, without the command itself."""
        self._send(command)
        seen = self._read_until_prompt()
        return seen.partition("\n")[2]

    def _send(self, text: str) -> None:
        os.write(self._controller, text.replace(SHOWN_SERVER, self._server).encode() + b"\n")

    def _read_until_prompt(self) -> str:
        """Everything up to the prompt; what is asked on the way is answered."""
        seen = ""
        answered = 0
        deadline = time.monotonic() + STEP_SECONDS
        while not seen.endswith(self._prompt):
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not select.select([self._controller], [], [], remaining)[0]:
                raise AssertionError(f"nothing more is seen after:\n{seen}")
            seen += os.read(self._controller, 65536).decode(errors="replace").replace("\r\n", "\n").replace("\r", "")
            answer = self._answer(seen[answered:])
            if answer is not None:
                answered = len(seen)
                self._send(answer)
        return seen.removesuffix(self._prompt).replace(self._server, SHOWN_SERVER)

    def _answer(self, seen: str) -> str | None:
        line = seen.rpartition("\n")[2]
        if _PASSPHRASE_ASKED.search(line):
            return PASSPHRASE
        if not line.endswith(": "):
            return None
        return next((answer for question, answer in ANSWERS.items() if question in line), None)


@dataclass
class Sameness:
    """Makes what differs from run to run the same: dates, keys, digests, the numbers of tokens."""

    start: datetime
    names: dict[str, str] = field(default_factory=dict)

    def of(self, seen: str) -> str:
        """The text with all of that in it made the same."""
        seen = _TIME.sub(lambda match: self._time(match[0]), seen)
        seen = _KEY.sub(lambda match: self._named(match[0], "key"), seen)
        seen = _TOKEN.sub("(token 1)", seen)
        return _DIGEST.sub(lambda match: self._named(match[0], "digest"), seen)

    def _time(self, text: str) -> str:
        days = round((datetime.fromisoformat(text) - self.start) / timedelta(days=1))
        return (FIRST_DAY + timedelta(days=days)).isoformat().replace("+00:00", "Z")

    def _named(self, text: str, kind: str) -> str:
        if text not in self.names:
            digest = sha256(f"{kind} {len(self.names)}".encode())
            encoded = b32encode(digest.digest()).decode().lower().rstrip("=")
            self.names[text] = encoded if kind == "key" else digest.hexdigest()
        return self.names[text]


def played(text: str, folder: Path) -> str:
    """The guide with everything in it that is seen when it is played.

    Args:
        text: the guide; of its blocks only the commands count.
        folder: an empty folder.
    """
    for name in (*MACHINES, "stick", "zone"):
        (folder / name).mkdir()
    with updatable(origin=ORIGIN, zone=ZONE, directory=folder / "zone") as zone, ExitStack() as stack:
        _hand_over_key(zone, folder)
        server = str(zone.primary.endpoint)
        terminals = {name: stack.enter_context(Terminal(name, folder / name, server)) for name in MACHINES}
        same = Sameness(datetime.now(UTC))
        return _BLOCK.sub(lambda block: f"```console\n{_play(block[1], terminals, same)}```\n", text)


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands in the guide's blocks, each with its machine."""
    for line in text.splitlines():
        match = _COMMAND.match(line)
        if match:
            yield match[1], match[2]


def _play(block: str, terminals: dict[str, Terminal], same: Sameness) -> str:
    seen = ""
    for machine, command in commands(block):
        shown = same.of(terminals[machine].type(command))
        lines = (line.rstrip() for line in shown.splitlines())
        seen += f"{machine}$ {command}\n" + "".join(f"{line}\n" for line in lines)
    return seen


def _hand_over_key(zone: Updatable, folder: Path) -> None:
    key = folder / "relief" / "update.key"
    key.write_bytes(zone.key_file.read_bytes())
    key.chmod(0o600)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        GUIDE.write_text(played(GUIDE.read_text(encoding="utf-8"), Path(name)), encoding="utf-8")
