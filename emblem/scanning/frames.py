"""What the processes of a scan say to each other, and to nobody else: values, pickled, each after its length."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from typing import Any

from emblem.model.verdict import Verdict
from emblem.scanning.statistics import ResolverStatistics

_LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Tasks:
    """Targets to ask about: of each the number of its task, how it is written, and the name where its records stand."""

    numbers: list[int]
    texts: list[str]
    names: list[str]


@dataclass(frozen=True, slots=True)
class Results:
    """What a process found out since it last told; also told where that is nothing, as a sign of life.

    Args:
        at: seconds since 1970.
        misses: the numbers of tasks that are plainly unmarked, by the states of their questions.
        verdicts: on the others.
        examined: how many targets went the full way.
        counted: by resolver.
    """

    at: int
    misses: dict[bytes, list[int]]
    verdicts: list[tuple[int, Verdict]]
    examined: int
    counted: dict[str, ResolverStatistics]


def frame(value: object) -> bytes:
    """A value as it travels."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


class Unframer:
    """Takes what arrives in pieces, and gives whole values."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Any]:
        """The values that are complete with this piece."""
        buffer = self._buffer
        buffer += data
        values = []
        position = 0
        while len(buffer) - position >= _LENGTH.size:
            end = position + _LENGTH.size + _LENGTH.unpack_from(buffer, position)[0]
            if len(buffer) < end:
                break
            with memoryview(buffer) as view:
                values.append(pickle.loads(view[position + _LENGTH.size : end]))
            position = end
        del buffer[:position]
        return values
