"""Reading the structures of TLS (RFC 8446, section 3) of which Certificate Transparency is made."""

from __future__ import annotations

from emblem.errors import MalformedError


class TlsReader:
    """Reads a structure from its start to its end, and nothing beyond it.

    Args:
        field: what the data is, for the errors.
        data: the structure, and nothing else.
    """

    __slots__ = ("_data", "_field", "_position", "_size")

    def __init__(self, field: str, data: bytes) -> None:
        self._field = field
        self._data = data
        self._size = len(data)
        self._position = 0

    @property
    def left(self) -> int:
        """How many bytes have not been read."""
        return self._size - self._position

    def take(self, length: int) -> bytes:
        """The next bytes, of a fixed number.

        Raises:
            MalformedError: there are fewer.
        """
        start = self._position
        self.skip(length)
        return self._data[start : self._position]

    def take_number(self, size: int) -> int:
        """The next unsigned number, of so many bytes; errors as in :meth:`take`."""
        start = self._position
        end = start + size
        if end > self._size:
            raise self._cut_short(size)
        self._position = end
        return int.from_bytes(self._data[start:end], "big")

    def take_vector(self, size: int, *, shortest: int = 0) -> bytes:
        """The next vector of variable length, whose length is written in so many bytes.

        Raises:
            MalformedError: there are fewer bytes than it says, or it is shorter than its type allows.
        """
        length = self.skip_vector(size, shortest=shortest)
        return self._data[self._position - length : self._position]

    def skip(self, length: int) -> None:
        """Pass over the next bytes; errors as in :meth:`take`."""
        end = self._position + length
        if end > self._size:
            raise self._cut_short(length)
        self._position = end

    def skip_vector(self, size: int, *, shortest: int = 0) -> int:
        """Pass over the next vector, and say how long it is; errors as in :meth:`take_vector`."""
        length = self.take_number(size)
        if length < shortest:
            raise MalformedError(self._field, f"a vector of {length} bytes", f"{shortest} bytes or more")
        end = self._position + length
        if end > self._size:
            raise self._cut_short(length)
        self._position = end
        return length

    def end(self) -> None:
        """Make sure that nothing is left.

        Raises:
            MalformedError: something is.
        """
        if self._position < self._size:
            raise MalformedError(self._field, f"{self.left} bytes after the end", "nothing more")

    def _cut_short(self, wanted: int) -> MalformedError:
        return MalformedError(self._field, f"{self.left} bytes at offset {self._position}", f"{wanted} bytes")


def vector(size: int, data: bytes) -> bytes:
    """Write a vector of variable length, with its length in so many bytes before it.

    Raises:
        MalformedError: the data is too long for that.
    """
    if len(data) >> 8 * size:
        raise MalformedError("vector", f"{len(data)} bytes", f"fewer than {1 << 8 * size}")
    return len(data).to_bytes(size, "big") + data
