"""One writer at a time: a lock on a workspace, which ends with the process that holds it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from emblem.errors import EmblemError

LOCK_SECONDS = 60.0
"""For how long a second writer waits."""

_PAUSE = 0.05


class WorkspaceBusyError(EmblemError):
    """Another process is changing the workspace."""


@contextmanager
def locked(
    path: Path,
    *,
    seconds: float = LOCK_SECONDS,
    told: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the lock until the context is left. Whatever ends the process, also a power cut, ends its lock.

    Args:
        path: of the lock file, which is made where it is missing, and stays.
        seconds: how long to wait for another process.
        told: called once, before waiting.
        clock: monotonic seconds.
        pause: waits for some seconds.

    Raises:
        WorkspaceBusyError: the other process is not done in time.
        OSError: the lock file cannot be written.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _taken(descriptor):
            told()
            deadline = clock() + seconds
            while not _taken(descriptor):
                if clock() >= deadline:
                    raise WorkspaceBusyError(
                        f"{path.parent}: another process has been changing this workspace for {seconds:g} seconds; "
                        "wait until it is done, then run this again"
                    )
                pause(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
