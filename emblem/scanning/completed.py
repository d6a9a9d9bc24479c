"""Which tasks have their findings: all below a number, and some above it."""

from __future__ import annotations

import base64
import zlib
from typing import Self

from emblem.errors import MalformedError

MOST_AHEAD = 16_000_000
"""Numbers above the first that is missing of which it can be known whether they are done."""

_COMPACTED = 1 << 20
"""Flags of done tasks that are kept before they are given up."""


class Completed:
    """A set of task numbers that grows nearly in order, and is small however large the numbers are.

    Args:
        below: all numbers below it are in the set.
        flags: of each number from ``below`` on a byte, 1 if it is in the set.
    """

    def __init__(self, below: int = 0, flags: bytes = b"") -> None:
        self._base = below
        self._low = 0
        self._flags = bytearray(flags)

    @property
    def below(self) -> int:
        """The first number that is not in the set."""
        low = self._flags.find(0, self._low)
        self._low = len(self._flags) if low < 0 else low
        if self._low > _COMPACTED:
            del self._flags[: self._low]
            self._base += self._low
            self._low = 0
        return self._base + self._low

    @property
    def complete(self) -> bool:
        """Whether nothing above ``below`` is in the set."""
        return self.below == self._base + len(self._flags)

    def add(self, number: int) -> None:
        """Put a number into the set.

        Raises:
            ValueError: it is in the set, or so far above the first one missing that no scan would come to it.
        """
        place = number - self._base
        missing = place - len(self._flags)
        if missing >= 0:
            if missing > MOST_AHEAD:
                raise ValueError(f"task {number} is too far ahead of task {self.below}")
            self._flags.extend(bytes(missing + 1))
        elif place < 0 or self._flags[place]:
            raise ValueError(f"task {number} was done before")
        self._flags[place] = 1

    def __contains__(self, number: int) -> bool:
        place = number - self._base
        return place < 0 or (place < len(self._flags) and self._flags[place] == 1)

    def __len__(self) -> int:
        return self._base + self._flags.count(1)

    def members(self) -> dict[str, int | str]:
        """The set as members of a JSON object."""
        below = self.below
        above = zlib.compress(bytes(self._flags[below - self._base :]))
        return {"below": below, "above": base64.b64encode(above).decode("ascii")}

    @classmethod
    def from_members(cls, below: object, above: object) -> Self:
        """The set that :meth:`members` wrote.

        Raises:
            MalformedError: it is none.
        """
        if not isinstance(below, int) or isinstance(below, bool) or below < 0 or not isinstance(above, str):
            raise MalformedError("done", repr((below, above)), "a number and a text")
        reader = zlib.decompressobj()
        try:
            flags = reader.decompress(base64.b64decode(above, validate=True), MOST_AHEAD + 1)
        except (ValueError, zlib.error) as error:
            raise MalformedError("done", "what cannot be unpacked", "what a scan wrote") from error
        if len(flags) > MOST_AHEAD or not reader.eof or flags.strip(b"\0\1"):
            raise MalformedError("done", "other than flags", "what a scan wrote")
        return cls(below, flags)
