"""The command line, run in an empty folder: in this process, or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from click.testing import CliRunner, Result
from emblem_cli.application import application

START = "import sys; from emblem_cli.main import main; sys.argv[0] = 'emblem'; sys.exit(main())"
"""What the script `emblem` does, for a Python that is told so with ``-c``."""

Run = Callable[..., Result]


class Start(Protocol):
    """Starts `emblem` as a process."""

    def __call__(
        self, *arguments: str, code: str = START, options: tuple[str, ...] = (), **how: Any
    ) -> subprocess.Popen[bytes]: ...


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """Run `emblem` in this process: ``run("key", "list")``."""
    assert folder.is_dir()

    def run(*arguments: str, **how: Any) -> Result:
        return CliRunner().invoke(application, list(arguments), prog_name="emblem", **how)

    return run


@pytest.fixture
def start(folder: Path) -> Start:
    """Start `emblem` as a process; ``how`` is for :class:`subprocess.Popen`."""

    def start(*arguments: str, code: str = START, options: tuple[str, ...] = (), **how: Any) -> subprocess.Popen[bytes]:
        usual: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "cwd": folder,
        }
        return subprocess.Popen([sys.executable, *options, "-c", code, *arguments], **(usual | how))

    return start


@contextmanager
def descriptor(text: str) -> Iterator[str]:
    """An open file descriptor from which a text can be read, as an argument."""
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    try:
        yield str(reader)
    finally:
        os.close(reader)


def one_line(text: str) -> str:
    """The text, which must be one line that ends."""
    assert text.endswith("\n")
    assert text.count("\n") == 1
    return text.removesuffix("\n")


@pytest.fixture
def keys(run: Run, folder: Path) -> Path:
    """A folder with keys that are not encrypted: ``authority``, ``root`` and ``signing``."""
    for name in ("authority", "root", "signing"):
        assert run("key", "new", name, "--no-passphrase").exit_code == 0
    return folder / "keys"
