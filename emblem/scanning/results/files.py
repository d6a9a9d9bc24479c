"""Files that grow, and of which it is known how much is safe on disk; files that are there wholly or not at all."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from emblem.errors import InputError

UNFINISHED = ".new"
"""How names of files end that are not whole yet; they begin with a dot."""

_BUFFER = 256 * 1024


class GrowingFile:
    """A file that is only ever appended to, by one process.

    Args:
        path: where it is.
        length: bytes that are already there and stay, where a scan is resumed; what comes after them is cut off. None:
            there must be nothing in it yet.

    Raises:
        InputError: it exists, is shorter than it was, or another process writes to it.
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path, length: int | None = None) -> None:
        self.path = path
        if length is None:
            check_absent(path)
        create = os.O_CREAT if length is None else 0
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_APPEND | create, 0o644)
        self._file: BinaryIO = os.fdopen(descriptor, "ab", buffering=_BUFFER)
        try:
            self._take(length)
        except InputError:
            self._file.close()
            raise

    def write(self, data: bytes) -> None:
        """Append bytes; they may stay in memory until :meth:`sync`."""
        self._file.write(data)

    def flush(self) -> None:
        """Hand everything to the operating system."""
        self._file.flush()

    def sync(self) -> int:
        """Put everything on disk, and tell how long the file is."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        """Stop writing."""
        self._file.close()

    def _take(self, length: int | None) -> None:
        try:
            fcntl.flock(self._file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError("output", f"{self.path}, to which another process writes", "a file of its own") from error
        size = os.fstat(self._file.fileno()).st_size
        if length is None and size:
            raise _existing(self.path)
        length = length or 0
        if size < length:
            raise InputError("output", f"{self.path} of {size} bytes", f"{length} bytes or more, as it was left")
        os.ftruncate(self._file.fileno(), length)


def check_absent(path: Path) -> None:
    """Refuse to write over a file. An empty one, as a scan leaves that was killed at once, is as good as none.

    Raises:
        InputError: there is something in it, or it is something else than a file.
    """
    if path.exists() and (not path.is_file() or path.stat().st_size):
        raise _existing(path)


@contextmanager
def whole_file(path: Path, *, beside: str = "") -> Iterator[BinaryIO]:
    """A file that takes the place of ``path`` when the block ends without an error; before that nothing changes.

    Args:
        path: where the file will be.
        beside: makes the name it has until then its own, where several may write at the same time.
    """
    temporary = path.with_name(f".{path.name}{beside}{UNFINISHED}")
    try:
        with temporary.open("wb", buffering=_BUFFER) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _existing(path: Path) -> InputError:
    return InputError("output", f"{path}, which exists", "a new file, or that a scan is resumed")


def _sync_folder(folder: Path) -> None:
    """Make sure that a name that was given stays given."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
