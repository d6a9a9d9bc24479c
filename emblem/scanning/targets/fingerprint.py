"""Whether a list is the one that was begun with: fingerprints of its beginning, at many places of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from hashlib import blake2b

from emblem.errors import InputError
from emblem.scanning.targets.entry import Entry, size_of

Mark = tuple[int, str]
"""A number of targets, and the fingerprint of the entries that these come from."""

_LARGEST_BATCH = 64
"""Entries between two marks; fewer at the beginning, so that short lists have marks, too."""


class Fingerprint:
    """Follows the entries of a list; knows the fingerprint at the last marks, and compares it with earlier ones.

    Args:
        expected: the marks of a scan that is resumed: what is followed now has to pass through them.
        only_last: whether earlier marks than the last are of no use, because nothing is asked before the list's end.
    """

    def __init__(self, expected: Sequence[Mark] = (), *, only_last: bool = False) -> None:
        self._hash = blake2b(digest_size=16)
        self._batch: list[str] = []
        self._batch_size = 1
        self._targets = 0
        self._marks: deque[Mark] = deque(maxlen=1 if only_last else None)
        self._expected = dict(expected)

    def follow(self, entry: Entry) -> None:
        """Take account of the next entry.

        Raises:
            InputError: the list is not the one that the expected marks are of.
        """
        self._batch.append(str(entry))
        self._targets += size_of(entry)
        if len(self._batch) == self._batch_size:
            self._mark()
            self._batch_size = min(2 * self._batch_size, _LARGEST_BATCH)

    def end(self) -> None:
        """Take account of the end of the list.

        Raises:
            InputError: the list is not the one that the expected marks are of.
        """
        self._mark()
        if self._expected:
            raise _other_list(f"one that ends after {self._targets} targets")

    def marks(self, done: int) -> tuple[Mark, ...]:
        """The last mark within the first ``done`` targets, and the last of all. Earlier ones are forgotten."""
        while len(self._marks) > 1 and self._marks[1][0] <= done:
            self._marks.popleft()
        if not self._marks:
            return ()
        return tuple(dict.fromkeys((self._marks[0], self._marks[-1])))

    def _mark(self) -> None:
        self._hash.update("".join(f"{text}\n" for text in self._batch).encode("ascii"))
        self._batch.clear()
        mark = (self._targets, self._hash.hexdigest())
        self._marks.append(mark)
        if self._expected.pop(self._targets, mark[1]) != mark[1]:
            raise _other_list(f"one that differs within its first {self._targets} targets")


def _other_list(found: str) -> InputError:
    return InputError("input", found, "the list, and the options that select from it, with which the scan was begun")
