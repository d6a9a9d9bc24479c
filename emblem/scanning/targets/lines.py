"""Lines of a stream that may never end one."""

from __future__ import annotations

from collections.abc import Iterator

from emblem.errors import InputError, MalformedError
from emblem.scanning.targets.chunks import Chunks
from emblem.scanning.targets.problems import Problems

LONGEST_LINE = 64 * 1024
"""Bytes of a line without its end. A longer one is dropped, and never held."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Lines:
    """The lines of one source, each bounded, with their numbers.

    Args:
        source: what the source is called in messages.
        chunks: where the bytes come from.
        problems: where lines that are too long or no UTF-8 are counted.
    """

    def __init__(self, source: str, chunks: Chunks, problems: Problems) -> None:
        self.source = source
        self.number = 0
        """Of the line that was given last, from 1."""
        self._chunks = chunks
        self._problems = problems

    def __iter__(self) -> Iterator[str | None]:
        """Each line as text without its end; None where there is none at the moment."""
        for line in self._split():
            if line is None:
                yield None
                continue
            self.number += 1
            if len(line) > LONGEST_LINE:
                self._drop()
                continue
            if self.number == 1:
                line = line.removeprefix(_BYTE_ORDER_MARK)
            try:
                yield line.decode("utf-8").rstrip("\r")
            except UnicodeDecodeError:
                self.malformed(MalformedError("line", repr(line[:60]), "text in UTF-8"))

    def malformed(self, error: InputError) -> None:
        """Count the line at hand as one that holds no target."""
        self._problems.note(self.source, self.number, error)

    def unreadable(self, error: InputError) -> None:
        """Say that nothing after the line at hand can be read."""
        self._problems.note_rest(self.source, self.number, error)

    def _split(self) -> Iterator[bytes | None]:
        """The lines; of one that is too long just enough to see that it is."""
        begun = b""
        for chunk in self._chunks:
            if chunk is None:
                yield None
                continue
            if b"\n" not in chunk:
                begun = (begun + chunk)[: LONGEST_LINE + 1] if len(begun) <= LONGEST_LINE else begun
                continue
            first, *others, rest = chunk.split(b"\n")
            yield begun + first
            yield from others
            begun = rest
        if begun:
            yield begun

    def _drop(self) -> None:
        error = MalformedError("line", f"more than {LONGEST_LINE} bytes", f"{LONGEST_LINE} at the most")
        self._problems.note_too_long(self.source, self.number, error)
