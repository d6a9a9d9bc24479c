"""Many files of one folder written at a time, each wholly or not at all, and all of them safely on the disk."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

_PREFIX, _SUFFIX = ".emblem-", ".tmp"
_MODE = 0o644


def write_files(folder: Path, files: Sequence[tuple[str, bytes]], before: Callable[[], object] = lambda: None) -> None:
    """Write files, or put them in the place of those that are there.

    A process that is killed leaves temporary files behind, and each file as it was or as it is to be.

    Args:
        folder: of all of them.
        files: their names and what they are to hold.
        before: called when all is on the disk under temporary names, and before any file has its own.

    Raises:
        OSError: something cannot be written; unless it is a name, no file has changed.
    """
    temporary: list[Path] = []
    try:
        for number, (_, data) in enumerate(files):
            path = folder / f"{_PREFIX}{os.getpid()}-{number}{_SUFFIX}"
            temporary.append(path)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _MODE)
            try:
                _write_whole(descriptor, data, path)
            finally:
                os.close(descriptor)
        _sync(folder, temporary)
        before()
        for path, (name, _) in zip(temporary, files, strict=True):
            path.rename(folder / name)
    except BaseException:
        for path in temporary:
            with suppress(OSError):
                path.unlink()
        raise
    sync_folder(folder)


def remove_files(folder: Path, names: Sequence[str]) -> None:
    """Remove files; one that is not there is no error.

    Raises:
        OSError: one cannot be removed.
    """
    for name in names:
        (folder / name).unlink(missing_ok=True)
    sync_folder(folder)


def leftovers(folder: Path) -> tuple[Path, ...]:
    """The temporary files that an interruption left in a folder; nothing needs them."""
    if not folder.is_dir():
        return ()
    return tuple(path for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}")) if path.is_file())


def sync_folder(folder: Path) -> None:
    """See to it that the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_whole(descriptor: int, data: bytes, path: Path) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path.parent)) from error


def _sync(folder: Path, paths: Sequence[Path]) -> None:
    """See to it that files are on the disk: with one call for the whole file system, which is many times faster."""
    whole = getattr(ctypes.CDLL(None), "syncfs", None)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if whole is not None and whole(descriptor) == 0:
            return
    finally:
        os.close(descriptor)
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
