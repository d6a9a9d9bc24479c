"""Which key a command signs with: one that is named, or the workspace's own of a role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emblem.errors import InputError, KeyFileError
from emblem.keys.files import LARGEST_KEY_FILE, read_file
from emblem.keys.pem import read_public_keys
from emblem.keys.public import PublicKey
from emblem.keys.signing import Signer
from emblem.keys.token_uri import SCHEME, TokenUri
from emblem_cli.passphrases import KeyPlace, Passphrases, open_signer

if TYPE_CHECKING:
    from emblem.issuance.workspace.folder import Workspace
    from emblem.issuance.workspace.settings import NamedKey, Role

key_option: Callable[[Any], Any] = click.option(
    "--key",
    "key_text",
    metavar="KEY",
    help="The private key that signs: a name in emblem.toml, a file, or a pkcs11: URI. Default: the workspace's own.",
)
"""The option of commands that can also take the key from the workspace."""


@dataclass(frozen=True, slots=True)
class ChosenKey:
    """A key to sign with: what it is called, where it is, and its public half where the workspace has it."""

    name: str
    place: KeyPlace
    public: PublicKey | None = None

    def open(self, passphrases: Passphrases) -> Signer:
        """The private half; errors as in :func:`emblem_cli.passphrases.open_signer`."""
        return open_signer(self.place, passphrases, self.public)


def choose_key(text: str | None, workspace: Workspace | None, role: Role, at: datetime) -> ChosenKey:
    """The key that was named, or else the one that signs in a role at a time.

    Raises:
        KeyFileError: none was named and there is no workspace, or its private half is elsewhere.
        WorkspaceError: the workspace has none for the role.
    """
    if text is None:
        if workspace is None:
            raise KeyFileError("--key", "nothing, and no workspace", "a key: a file, or a pkcs11: URI")
        return named_key(workspace, workspace.settings.current_key(role, at))
    if text.startswith(SCHEME):
        uri = TokenUri.parse(text)
        return ChosenKey(_file_name(uri.object), uri)
    if workspace is not None and any(key.name == text for key in workspace.settings.keys):
        return named_key(workspace, workspace.settings.key(text))
    path = Path(text)
    return ChosenKey(path.name.removesuffix(".pem").removesuffix(".pkcs11"), path)


def _file_name(label: str | None) -> str:
    """What files about a key in a hardware token are named after: its label, where that can be a name."""
    from emblem.issuance.workspace.settings_file import parse_key_name

    try:
        return parse_key_name(label or "")
    except InputError:
        return "key"


def endorsing_role(workspace: Workspace | None) -> Role:
    """The role of the key that endorses others: that of an authority, or, where there is no such key, of a root."""
    from emblem.issuance.workspace.settings import Role

    has_authority = workspace is not None and workspace.settings.keys_of(Role.AUTHORITY)
    return Role.AUTHORITY if has_authority else Role.ROOT


def named_key(workspace: Workspace, key: NamedKey) -> ChosenKey:
    """One of the workspace's keys.

    Raises:
        KeyFileError: its private half is on another machine.
    """
    place = place_of(workspace, key)
    path = workspace.public_file(key)
    public = read_public_keys(str(path), read_file(path, LARGEST_KEY_FILE))[0] if path.exists() else None
    return ChosenKey(key.name, place, public)


def place_of(workspace: Workspace, key: NamedKey) -> KeyPlace:
    """Where the private half of one of the workspace's keys is.

    Raises:
        KeyFileError: it is on another machine.
    """
    if key.location is None:
        raise KeyFileError(f"key {key.name!r}", "no private half here", "the machine that has it: run this there")
    return TokenUri.parse(key.location) if key.in_token else workspace.path(key.location)
