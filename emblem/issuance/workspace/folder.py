"""The folder of a workspace: where everything in it is, how it is found, made and changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from emblem.errors import WorkspaceError
from emblem.issuance.workspace.inventory import COLUMNS, LARGEST_INVENTORY, Inventory, read_inventory
from emblem.issuance.workspace.lock import LOCK_SECONDS, locked
from emblem.issuance.workspace.settings import NamedKey, Settings
from emblem.issuance.workspace.settings_file import LARGEST_SETTINGS, read_settings
from emblem.issuance.workspace.settings_writing import write_settings
from emblem.keys.files import read_file, replace_file, write_new_file

SETTINGS_FILE = "emblem.toml"
"""What makes a folder a workspace."""

EMPTY_INVENTORY = ",".join(COLUMNS) + "\n"
"""The file of hosts before there are any."""

_IGNORED = """\
# Private keys are encrypted, or in hardware: they may be kept here. Keep the passphrases elsewhere.
# What is shared with name servers, and what a run leaves behind, is nobody else's.
*.key
.emblem-*
.lock
"""
_MODE = 0o644
_KEYS_MODE = 0o700


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace that is there.

    Args:
        root: the folder.
        settings: what its ``emblem.toml`` says.
    """

    root: Path
    settings: Settings

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """The workspace in a folder.

        Raises:
            WorkspaceError: there is none, or its ``emblem.toml`` cannot be used.
        """
        path = root / SETTINGS_FILE
        if not path.exists():
            raise WorkspaceError(str(root), f"no {SETTINGS_FILE}", "a workspace; 'emblem init' makes one")
        return cls(root, read_settings(str(path), read_file(path, LARGEST_SETTINGS)))

    @classmethod
    def find(cls, start: Path) -> Workspace | None:
        """The workspace that a folder lies in: the nearest one upwards; None where there is none.

        Raises:
            WorkspaceError: its ``emblem.toml`` cannot be used.
        """
        absolute = start.absolute()
        root = next((folder for folder in (absolute, *absolute.parents) if (folder / SETTINGS_FILE).exists()), None)
        if root is None:
            return None
        return cls.open(start if root == absolute else Path(os.path.relpath(root, absolute)))

    @classmethod
    def create(cls, root: Path, settings: Settings) -> Workspace:
        """Make a workspace. The file that makes it one is written last: what is cut short can be done again.

        Raises:
            WorkspaceError: there is one already.
            OSError: the folder cannot be written to.
        """
        path = root / SETTINGS_FILE
        if os.path.lexists(path):
            raise WorkspaceError(str(root), "a workspace", "a folder without one: nothing is overwritten")
        text = write_settings(settings)
        read = read_settings(str(path), text.encode())
        workspace = cls(root, read)
        for folder, mode in ((workspace.keys, _KEYS_MODE), (workspace.endorsements, 0o755), (workspace.tokens, 0o755)):
            folder.mkdir(mode=mode, parents=True, exist_ok=True)
        for file, content in ((root / ".gitignore", _IGNORED), (workspace.inventory, EMPTY_INVENTORY)):
            if not os.path.lexists(file):
                write_new_file(file, content.encode(), _MODE)
        write_new_file(path, text.encode(), _MODE)
        return workspace

    @property
    def settings_file(self) -> Path:
        """``emblem.toml``."""
        return self.root / SETTINGS_FILE

    @property
    def keys(self) -> Path:
        """The folder of keys."""
        return self.root / "keys"

    @property
    def endorsements(self) -> Path:
        """The folder of endorsements, its own and others', each a token file."""
        return self.root / "endorsements"

    @property
    def tokens(self) -> Path:
        """The folder of emblems, a token file for each host."""
        return self.root / "tokens"

    @property
    def inventory(self) -> Path:
        """The file of hosts."""
        return self.root / "inventory.csv"

    @property
    def ledger(self) -> Path:
        """The file that says what was done."""
        return self.root / "ledger"

    def path(self, written: str) -> Path:
        """A path as the settings write it: relative to the workspace, or absolute."""
        return self.root / written

    def public_file(self, key: NamedKey) -> Path:
        """Where the public half of a key is."""
        return self.path(key.public)

    def lock(
        self, *, seconds: float = LOCK_SECONDS, told: Callable[[], None] = lambda: None
    ) -> AbstractContextManager[None]:
        """The lock that whoever changes anything holds; see :func:`emblem.issuance.workspace.lock.locked`."""
        return locked(self.root / ".lock", seconds=seconds, told=told)

    def read_inventory(self) -> Inventory:
        """The hosts.

        Raises:
            WorkspaceError: the file has anything wrong in it.
            InputError: it cannot be read.
        """
        return read_inventory(str(self.inventory), read_file(self.inventory, LARGEST_INVENTORY))

    def write_inventory(self, inventory: Inventory) -> None:
        """Put the hosts in the place of those that are there, wholly or not at all; the lock must be held.

        Raises:
            OSError: the file cannot be written; it is then as it was.
        """
        replace_file(self.inventory, inventory.text.encode(), _MODE)

    def change_settings(self, change: Callable[[Settings], Settings]) -> Workspace:
        """Change ``emblem.toml`` as it is now, wholly or not at all; the lock must be held.

        Args:
            change: gets the settings and returns changed ones, as
                :func:`emblem.issuance.workspace.settings_writing.add_key` does.

        Raises:
            WorkspaceError: they cannot be changed so.
            OSError: the file cannot be written; it is then as it was.
        """
        changed = change(Workspace.open(self.root).settings)
        assert changed.source is not None, "changed settings come with their text"
        replace_file(self.settings_file, changed.source.text.encode(), _MODE)
        return replace(self, settings=changed)
