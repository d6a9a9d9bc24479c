"""Where passphrases come from: a terminal, or a file descriptor. Never from an argument, which others can see."""

from __future__ import annotations

import os
from collections.abc import Callable
from getpass import getpass
from pathlib import Path
from typing import Any

import click

from emblem.errors import PassphraseError
from emblem.keys.files import LONGEST_PASSPHRASE, check_passphrase, is_exposed, read_signer
from emblem.keys.signing import SoftwareSigner
from emblem_cli.output import warn

_TERMINAL = "/dev/tty"

passphrase_option: Callable[[Any], Any] = click.option(
    "--passphrase-fd",
    "descriptor",
    metavar="NUMBER",
    type=click.IntRange(min=0),
    help="Read each passphrase as one line from this open file descriptor instead of asking for it.",
)
"""The option of every command that reads or writes a private key."""


class Passphrases:
    """Asks for passphrases as they are needed.

    Args:
        descriptor: an open file descriptor with one passphrase a line, in the order in which they are needed;
            None to ask on the terminal.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def existing(self, what: str) -> bytes:
        """The passphrase of a key that is there.

        Raises:
            PassphraseError: there is no terminal and no file descriptor, or nothing in it.
        """
        return self._read() if self._descriptor is not None else _ask(f"Passphrase of {what}: ")

    def new(self, what: str) -> bytes:
        """A passphrase for a new key, typed twice on a terminal.

        Raises:
            PassphraseError: as above, or the two differ, or it is empty or too long.
        """
        chosen = self.existing(what) if self._descriptor is not None else _ask(f"New passphrase of {what}: ")
        check_passphrase(chosen)
        if self._descriptor is None and _ask("The same again: ") != chosen:
            raise PassphraseError("passphrase", "two different ones", "the same one twice")
        return chosen

    def _read(self) -> bytes:
        """One line, read byte by byte: what comes after it belongs to whoever reads next."""
        assert self._descriptor is not None
        line = b""
        try:
            while len(line) <= LONGEST_PASSPHRASE and (byte := os.read(self._descriptor, 1)) not in (b"", b"\n"):
                line += byte
        except OSError as error:
            found = f"{self._descriptor}: {error.strerror}"
            raise PassphraseError("--passphrase-fd", found, "an open file descriptor, as in 9<FILE") from error
        if not line:
            raise PassphraseError("--passphrase-fd", "no further line", "one passphrase a line")
        return line


def open_signer(path: Path, passphrases: Passphrases) -> SoftwareSigner:
    """Read the private key that a command signs with; warn where others can read it, too.

    Raises:
        KeyFileError: it is no private key, or its passphrase is missing or wrong.
    """
    signer = read_signer(path, lambda: passphrases.existing(str(path)))
    if is_exposed(path):
        warn(f"others can read the private key {path}: chmod 600 {path}")
    return signer


def _ask(prompt: str) -> bytes:
    try:
        # The terminal itself, as getpass does: standard input may carry something else.
        os.close(os.open(_TERMINAL, os.O_RDWR | os.O_NOCTTY))
    except OSError as error:
        raise PassphraseError("passphrase", "no terminal to ask on", "--passphrase-fd NUMBER") from error
    return getpass(prompt).encode("utf-8", "surrogateescape")
