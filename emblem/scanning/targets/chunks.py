"""Bytes of a source as they come: a file, or a pipe on which there may be nothing at the moment."""

from __future__ import annotations

import os
import select
import stat
from collections.abc import Iterator
from typing import BinaryIO

Chunks = Iterator[bytes | None]
"""Pieces of a stream; None where there is nothing to read at the moment, but the stream has not ended."""

_CHUNK = 64 * 1024


def chunks_of_descriptor(descriptor: int) -> Chunks:
    """What can be read from an open file descriptor, without ever waiting for more."""
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        while chunk := os.read(descriptor, _CHUNK):
            yield chunk
        return
    ready = select.poll()
    ready.register(descriptor, select.POLLIN | select.POLLHUP | select.POLLERR)
    while True:
        if not ready.poll(0):
            yield None
        elif chunk := os.read(descriptor, _CHUNK):
            yield chunk
        else:
            return


def chunks_of_stream(stream: BinaryIO) -> Chunks:
    """What a stream holds; this waits for it."""
    while chunk := stream.read(_CHUNK):
        yield chunk


def chunks_of_file(path: str | os.PathLike[str]) -> Chunks:
    """What a file holds; it is opened when the first chunk is taken, and closed with the last."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield from chunks_of_descriptor(descriptor)
    finally:
        os.close(descriptor)
