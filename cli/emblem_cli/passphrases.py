"""Where passphrases and PINs come from: a terminal, or a file descriptor. Never from an argument, which others can see.

And how a command opens the key that it signs with, whether that is a file or in a hardware token.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emblem.errors import InputError, KeyFileError, PassphraseError
from emblem.keys.files import (
    LARGEST_KEY_FILE,
    LONGEST_PASSPHRASE,
    KeyPair,
    check_passphrase,
    find_key_reference,
    is_exposed,
    read_file,
    read_signer,
)
from emblem.keys.pem import read_public_keys
from emblem.keys.public import PublicKey
from emblem.keys.signing import Signer
from emblem.keys.token_uri import SCHEME, TokenUri
from emblem_cli.output import warn
from emblem_cli.parameters import Parsed

if TYPE_CHECKING:
    from emblem.keys.hardware import HardwareToken

KeyPlace = Path | TokenUri
"""Where a private key is: a file (which may refer to a hardware token), or a hardware token."""

_TERMINAL = "/dev/tty"

passphrase_option: Callable[[Any], Any] = click.option(
    "--passphrase-fd",
    "descriptor",
    metavar="NUMBER",
    type=click.IntRange(min=0),
    help="Read each passphrase as one line from this open file descriptor instead of asking for it.",
)
"""The option of every command that reads or writes a private key."""


def parse_key_place(text: str) -> KeyPlace:
    """Where a key is, as it is written in an option: a ``pkcs11:`` URI, or the path of a file.

    Raises:
        KeyFileError: the URI is none.
    """
    return TokenUri.parse(text) if text.startswith(SCHEME) else Path(text)


KEY = Parsed("key", parse_key_place)


class Passphrases:
    """Asks for passphrases as they are needed.

    Args:
        descriptor: an open file descriptor with one passphrase a line, in the order in which they are needed;
            None to ask on the terminal.
        agent: whether an agent may stand in for them.
    """

    def __init__(self, descriptor: int | None, *, agent: bool = True) -> None:
        self._descriptor = descriptor
        self._agent = agent
        self._pins: dict[tuple[str, str], bytes] = {}

    @property
    def may_use_agent(self) -> bool:
        """Whether an agent may stand in: not where somebody took care to hand over what it would save."""
        return self._agent and self._descriptor is None

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

    def pin(self, token: HardwareToken) -> bytes:
        """The PIN of a hardware token; says so first where it bears few wrong ones.

        It is asked for once in a command: whatever a wrong one stops does not try it again.

        Raises:
            PassphraseError: as above; or the next wrong PIN locks the token, and nobody is asked who could know.
        """
        which = (token.label, token.serial)
        if which not in self._pins:
            self._pins[which] = self._ask_pin(token)
        return self._pins[which]

    def _ask_pin(self, token: HardwareToken) -> bytes:
        from emblem.keys.hardware import Tries

        name = f"hardware token {token.label!r}"
        if token.tries is Tries.LAST:
            if self._descriptor is not None:
                raise PassphraseError(name, "a single try before it locks", "its PIN typed by a person, on a terminal")
            warn(f"{name} locks itself after one more wrong PIN")
        elif token.tries is Tries.FEWER:
            warn(f"{name} has been given a wrong PIN before; after a few it locks itself")
        return self._read() if self._descriptor is not None else _ask(f"PIN of {name}: ")

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


def open_signer(place: KeyPlace, passphrases: Passphrases, public: PublicKey | None = None) -> Signer:
    """Open the private key that a command signs with; warn where others can read it, too.

    Where an agent holds the key nothing is asked; passphrases that come through a file descriptor go before.

    Args:
        place: where it is.
        passphrases: asks for what opens it.
        public: its public half, where that is known; of a file it is looked for beside it.

    Raises:
        KeyFileError: it is no private key, or its passphrase or PIN is missing or wrong.
        HardwareError: a hardware token fails.
    """
    held = _held_by_agent(public or _public_beside(place), passphrases)
    if held is not None:
        return held
    if isinstance(place, TokenUri):
        return _open_hardware(place, passphrases)
    uri = find_key_reference(str(place), read_file(place, LARGEST_KEY_FILE))
    if uri is not None:
        return _open_reference(place, uri, passphrases)
    signer = read_signer(place, lambda: passphrases.existing(str(place)))
    if is_exposed(place):
        warn(f"others can read the private key {place}: chmod 600 {place}")
    return signer


def agent_socket() -> Path:
    """Where an agent listens: as the environment says, or in the usual place."""
    from emblem.keys.agent.messages import SOCKET_VARIABLE, usual_socket

    named = os.environ.get(SOCKET_VARIABLE)
    return Path(named) if named else usual_socket()


def _held_by_agent(public: PublicKey | None, passphrases: Passphrases) -> Signer | None:
    if public is None or not passphrases.may_use_agent:
        return None
    from emblem.keys.agent.messages import SOCKET_VARIABLE, AgentError

    path = agent_socket()
    if not path.exists():
        return None
    from emblem.keys.agent.client import AgentConnection, AgentSigner

    try:
        connection = AgentConnection(path)
        key = connection.held().key(public.cose_thumbprint)
    except AgentError as error:
        if SOCKET_VARIABLE in os.environ:
            warn(str(error))
        return None
    return None if key is None else AgentSigner(connection, key)


def _public_beside(place: KeyPlace) -> PublicKey | None:
    """The public half of a key file, from the file beside it; None where there is none that can be read."""
    if isinstance(place, TokenUri) or not place.is_file():
        return None
    path = KeyPair.of_private(place).public
    try:
        (public,) = read_public_keys(str(path), read_file(path, LARGEST_KEY_FILE))
    except (InputError, ValueError):
        return None
    return public


def _open_reference(path: Path, uri: TokenUri, passphrases: Passphrases) -> Signer:
    signer = _open_hardware(uri, passphrases)
    public = KeyPair.of_private(path).public
    if public.exists():
        known = read_public_keys(str(public), read_file(public, LARGEST_KEY_FILE))[0]
        if known.cose_thumbprint != signer.public_key.cose_thumbprint:
            raise KeyFileError(str(path), "another key in the hardware token than in the past", f"that of {public}")
    return signer


def _open_hardware(uri: TokenUri, passphrases: Passphrases) -> Signer:
    from emblem.keys.hardware import MODULE_VARIABLE, open_key

    return open_key(uri, passphrases.pin, os.environ.get(MODULE_VARIABLE))


def _ask(prompt: str) -> bytes:
    try:
        # The terminal itself, as getpass does: standard input may carry something else.
        os.close(os.open(_TERMINAL, os.O_RDWR | os.O_NOCTTY))
    except OSError as error:
        raise PassphraseError("passphrase", "no terminal to ask on", "--passphrase-fd NUMBER") from error
    return getpass(prompt).encode("utf-8", "surrogateescape")
