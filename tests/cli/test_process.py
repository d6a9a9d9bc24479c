"""The command as a process: pipes that close, interrupts, terminals, missing parts, and what is loaded at the start."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import START, Start, one_line
from tests.support.arrangement import chain, root, signing

PATIENCE = 30.0
"""Seconds after which a process that says nothing has failed the test."""
NAMED_MODULES = re.compile(r"\| +(\S+)$", re.MULTILINE)
STYLES = re.compile(r"\x1b\[[0-9;]*m")
HEAVY = ("cryptography", "cbor2", "dns", "rich", "httpx", "idna", "asyncio")


@pytest.fixture
def records(folder: Path) -> Path:
    path = folder / "records.txt"
    hexadecimal = (record.hex() for record in chain(root, signing).emblem().records if isinstance(record, bytes))
    path.write_text("\n".join(hexadecimal))
    return path


@pytest.mark.parametrize("arguments", [("--help",), ("inspect", "records.txt"), ("key", "show", "records.txt")])
def test_a_closed_pipe_ends_the_command_quietly(start: Start, records: Path, arguments: tuple[str, ...]) -> None:
    assert records.exists()
    reader, writer = os.pipe()
    os.close(reader)

    process = start(*arguments, stdout=writer)
    os.close(writer)
    _, said = process.communicate(timeout=PATIENCE)

    assert (process.returncode, said) == (1, b"")


def test_a_closed_standard_error_is_no_reason_for_a_traceback(start: Start) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    process = start("verfy", stderr=writer)
    os.close(writer)
    printed, _ = process.communicate(timeout=PATIENCE)

    assert (process.returncode, printed) == (1, b"")


@pytest.mark.parametrize("arguments", [("--help",), ("inspect", "records.txt"), ("key", "--help")], ids=" ".join)
def test_output_that_the_disk_cannot_take_is_a_failure(start: Start, records: Path, arguments: tuple[str, ...]) -> None:
    assert records.exists()
    with Path("/dev/full").open("wb") as full:
        process = start(*arguments, stdout=full)
        _, said = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert "No space left on device" in one_line(said.decode())


def test_ctrl_c_ends_the_command_with_one_line(start: Start, folder: Path) -> None:
    fifo = folder / "records"
    os.mkfifo(fifo)
    process = start("inspect", "records")

    with fifo.open("wb"):  # Opens when the command has opened it for reading, and then waits for what comes.
        process.send_signal(signal.SIGINT)
        printed, said = process.communicate(timeout=PATIENCE)

    assert (process.returncode, printed) == (1, b"")
    assert one_line(said.decode()) == "emblem: interrupted"


def test_without_click_the_command_says_what_to_install(start: Start) -> None:
    process = start("--help", code="import sys; sys.modules['click'] = None; " + START)
    _, said = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert one_line(said.decode()) == "emblem: click is not installed: pip install 'digital-emblem[cli]'"


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("verfy",)], ids=" ".join)
def test_what_needs_no_keys_loads_nothing_heavy(start: Start, arguments: tuple[str, ...]) -> None:
    process = start(*arguments, options=("-X", "importtime"))
    _, said = process.communicate(timeout=PATIENCE)

    loaded = {name.partition(".")[0] for name in NAMED_MODULES.findall(said.decode())}
    assert "click" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_a_name_that_the_encoding_lacks_is_shown_escaped(start: Start, folder: Path) -> None:
    (folder / "ключи").mkdir()
    process = start("key", "list", "ключи", env={**os.environ, "PYTHONIOENCODING": "iso8859-1"})
    printed, said = process.communicate(timeout=PATIENCE)

    assert (process.returncode, said) == (0, b"")
    assert one_line(printed.decode()) == "no keys in \\u043a\\u043b\\u044e\\u0447\\u0438"


def test_without_a_terminal_a_passphrase_has_to_come_from_a_file_descriptor(start: Start, folder: Path) -> None:
    process = start("key", "new", "root", start_new_session=True)
    _, said = process.communicate(timeout=PATIENCE)

    assert process.returncode == 2
    assert "--passphrase-fd" in one_line(said.decode())
    assert not list(folder.iterdir())


class Terminal:
    """A terminal on which `emblem` runs, and somebody who types."""

    def __init__(self, start: Start, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        # The first terminal that the leader of a session opens becomes the one that /dev/tty means.
        code = "import os; os.close(os.open(os.ttyname(0), os.O_RDWR)); " + START
        self.process = start(*arguments, code=code, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        self.text = ""

    def wait_for(self, text: str) -> None:
        """Read until a text has appeared that was not there before."""
        before = len(self.text)
        while text not in self.text[before:]:
            assert self._read(PATIENCE), f"{text!r} did not appear after {self.text!r}"

    def type(self, keys: str) -> None:
        """Type something."""
        os.write(self._ours, keys.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C, and again where it fell between the prompt and the reading, when nobody hears it."""
        for _ in range(int(PATIENCE)):
            self.type("\x03")
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
                return

    def end(self) -> int:
        """Wait for the end, and return the exit code."""
        code = int(self.process.wait(PATIENCE))
        while self._read(0):
            pass
        os.close(self._ours)
        return code

    def _read(self, patience: float) -> bool:
        if not select.select([self._ours], [], [], patience)[0]:
            return False
        try:
            self.text += os.read(self._ours, 4096).decode()
        except OSError:  # So Linux says that nobody has the other side open.
            return False
        return True


def test_a_new_passphrase_is_asked_for_twice_and_not_shown(start: Start, folder: Path) -> None:
    terminal = Terminal(start, "key", "new", "root")
    terminal.wait_for("New passphrase of keys/root.pem: ")
    terminal.type("correct horse\n")
    terminal.wait_for("The same again: ")
    terminal.type("correct horse\n")

    assert terminal.end() == 0
    assert "correct horse" not in terminal.text
    assert b"ENCRYPTED" in (folder / "keys" / "root.pem").read_bytes()


def test_two_different_passphrases_make_no_key(start: Start, folder: Path) -> None:
    terminal = Terminal(start, "key", "new", "root")
    terminal.wait_for("New passphrase")
    terminal.type("correct horse\n")
    terminal.wait_for("The same again: ")
    terminal.type("battery staple\n")

    assert terminal.end() == 2
    assert "two different ones" in terminal.text
    assert not list(folder.rglob("*.pem"))


def test_ctrl_c_at_a_passphrase_ends_the_command_with_one_line(start: Start, folder: Path) -> None:
    terminal = Terminal(start, "key", "new", "root")
    terminal.wait_for("New passphrase")
    terminal.interrupt()

    assert terminal.end() == 1
    assert terminal.text.rstrip().endswith("emblem: interrupted")
    assert "Traceback" not in terminal.text
    assert not list(folder.rglob("*.pem"))


def test_a_table_fits_the_terminal_and_loses_nothing(start: Start) -> None:
    made, _ = start("key", "new", "a-key-with-quite-a-long-name", "--no-passphrase").communicate(timeout=PATIENCE)
    terminal = Terminal(start, "key", "list")

    assert terminal.end() == 0
    lines = STYLES.sub("", terminal.text).splitlines()
    assert max(map(len, lines)) <= 80
    assert made.split()[-1].decode() in "".join(line.split()[-1] for line in lines if line.split())
