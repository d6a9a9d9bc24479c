"""Which key a command signs with: one that is named, or the workspace's own of a role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emblem.errors import KeyFileError
from emblem.keys.token_uri import SCHEME, TokenUri
from emblem_cli.passphrases import KeyPlace

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
    """A key to sign with: what it is called, and where it is."""

    name: str
    place: KeyPlace


def choose_key(text: str | None, workspace: Workspace | None, role: Role, at: datetime) -> ChosenKey:
    """The key that was named, or else the one that signs in a role at a time.

    Raises:
        KeyFileError: none was named and there is no workspace, or its private half is elsewhere.
        WorkspaceError: the workspace has none for the role.
    """
    if text is None:
        if workspace is None:
            raise KeyFileError("--key", "nothing, and no workspace", "a key: a file, or a pkcs11: URI")
        return _named(workspace, workspace.settings.current_key(role, at))
    if text.startswith(SCHEME):
        uri = TokenUri.parse(text)
        return ChosenKey(uri.object or "key", uri)
    if workspace is not None and any(key.name == text for key in workspace.settings.keys):
        return _named(workspace, workspace.settings.key(text))
    path = Path(text)
    return ChosenKey(path.name.removesuffix(".pem").removesuffix(".pkcs11"), path)


def endorsing_role(workspace: Workspace | None) -> Role:
    """The role of the key that endorses others: that of an authority, or, where there is no such key, of a root."""
    from emblem.issuance.workspace.settings import Role

    has_authority = workspace is not None and workspace.settings.keys_of(Role.AUTHORITY)
    return Role.AUTHORITY if has_authority else Role.ROOT


def place_of(workspace: Workspace, key: NamedKey) -> KeyPlace:
    """Where the private half of one of the workspace's keys is.

    Raises:
        KeyFileError: it is on another machine.
    """
    if key.location is None:
        expected = "the machine that has it; 'emblem request' asks it for what is needed"
        raise KeyFileError(f"key {key.name!r}", "no private half here", expected)
    return TokenUri.parse(key.location) if key.in_token else workspace.path(key.location)


def _named(workspace: Workspace, key: NamedKey) -> ChosenKey:
    return ChosenKey(key.name, place_of(workspace, key))
