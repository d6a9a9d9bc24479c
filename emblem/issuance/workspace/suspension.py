"""Marking suspended: after an unmarking in a hurry no timer must mark the hosts again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from emblem.errors import EmblemError
from emblem.issuance.workspace.folder import Workspace
from emblem.keys.files import read_file, replace_file

EVERYTHING = "*"
"""What stands for all zones."""

_LARGEST = 1024 * 1024
_MODE = 0o644
_HEADING = (
    "# Zones whose hosts were unmarked on purpose: nothing is published there until 'emblem publish --all --resume'.\n"
)


class SuspendedError(EmblemError):
    """Marking is suspended."""


def suspension_file(workspace: Workspace) -> Path:
    """The file that is there while marking is suspended: one zone a line, or ``*``."""
    return workspace.root / "suspended"


def suspended_zones(workspace: Workspace) -> frozenset[str]:
    """The zones in which nothing is to be marked; ``*`` among them: in none.

    Raises:
        InputError: the file cannot be read.
    """
    path = suspension_file(workspace)
    if not path.exists():
        return frozenset()
    lines = read_file(path, _LARGEST).decode("utf-8", "replace").splitlines()
    zones = frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
    # A file that names nothing was meant to stop something.
    return zones or frozenset({EVERYTHING})


def is_suspended(zone: str, suspended: frozenset[str]) -> bool:
    """Whether nothing is to be marked in a zone."""
    return EVERYTHING in suspended or zone in suspended


def suspend(workspace: Workspace, zones: Iterable[str]) -> None:
    """Mark nothing any more in zones; the lock must be held.

    Raises:
        OSError: the file cannot be written.
    """
    _write(workspace, suspended_zones(workspace) | frozenset(zones))


def resume(workspace: Workspace) -> bool:
    """Mark again everywhere; whether anything was suspended. The lock must be held.

    Raises:
        OSError: the file cannot be removed.
    """
    path = suspension_file(workspace)
    was = path.exists()
    path.unlink(missing_ok=True)
    return was


def _write(workspace: Workspace, zones: frozenset[str]) -> None:
    text = _HEADING + "".join(f"{zone}\n" for zone in sorted(zones))
    replace_file(suspension_file(workspace), text.encode(), _MODE)
