"""What the commands that work in an organization's workspace have in common: where it is, and its lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from emblem.errors import WorkspaceError
from emblem.issuance.workspace.folder import SETTINGS_FILE, Workspace
from emblem.issuance.workspace.ledger import Action, Ledger
from emblem_cli.output import note
from emblem_cli.parameters import FILE

workspace_option: Callable[[Any], Any] = click.option(
    "--workspace",
    "directory",
    metavar="DIR",
    type=FILE,
    help=f"The workspace. Default: the nearest folder upwards from this one with an {SETTINGS_FILE}.",
)
"""Where the workspace is."""


def find_workspace(directory: Path | None) -> Workspace | None:
    """The workspace that was named, else the one that this folder lies in, if any.

    Raises:
        WorkspaceError: none is where one was named, or its ``emblem.toml`` cannot be used.
    """
    return Workspace.find(Path()) if directory is None else Workspace.open(directory)


def required_workspace(directory: Path | None) -> Workspace:
    """The workspace that was named, else the one that this folder lies in.

    Raises:
        WorkspaceError: there is none, or its ``emblem.toml`` cannot be used.
    """
    workspace = find_workspace(directory)
    if workspace is None:
        expected = "a workspace here or above, or --workspace DIR; 'emblem init' makes one"
        raise WorkspaceError("workspace", "none", expected)
    return workspace


def write_down(workspace: Workspace, action: Action, at: datetime, **details: object) -> None:
    """Write into the ledger what is done; the lock must be held. What is None is left out.

    Raises:
        OSError: it cannot be written.
    """
    Ledger(workspace.ledger).append(action, at, {name: value for name, value in details.items() if value is not None})


@contextmanager
def changing(workspace: Workspace) -> Iterator[Workspace]:
    """Hold the workspace's lock; the workspace as it is once nobody else changes it.

    Raises:
        WorkspaceBusyError: another process does not end in time.
    """
    with workspace.lock(told=lambda: note("waiting: another process is changing this workspace")):
        yield Workspace.open(workspace.root)
