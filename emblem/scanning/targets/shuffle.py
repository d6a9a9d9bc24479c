"""Targets in an order that does not follow the list: every one once, without holding them.

The list is kept in a file. The numbers 1 to N are then visited in the order of the powers of a primitive root modulo a
prime above N, as zmap visits the addresses of the Internet: each step is a multiplication, and nothing is remembered
but the last number. The order follows from a seed, so that a scan can be resumed.
"""

from __future__ import annotations

import os
import struct
import tempfile
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from hashlib import sha256
from itertools import count

from emblem.model.target import Target
from emblem.scanning.targets.entry import Entry, parse_entry, size_of
from emblem.scanning.targets.ranges import AddressRange

_PLACE = struct.Struct(">QQ")
"""Of an entry: how many targets are before it, and how many bytes."""

_EVERY = 1024
"""Of so many places one is also held in memory, to find an entry among ranges of different sizes."""

_RANGE_MARK = "="
_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
"""Bases with which the test of Miller and Rabin is certain for every number below 3.3 * 10**24."""


class Spool:
    """Entries in a file, from which the target at any position can be read. The file has no name."""

    def __init__(self) -> None:
        self.targets = 0
        """How many targets the entries stand for."""
        self._entries = 0
        self._size = 0
        self._known = array("Q")
        self._data = tempfile.TemporaryFile(buffering=1 << 18)  # noqa: SIM115  # closed by `close`
        self._places = tempfile.TemporaryFile(buffering=1 << 18)  # noqa: SIM115

    def close(self) -> None:
        """Give the disk space back."""
        self._data.close()
        self._places.close()

    def add(self, entry: Entry) -> None:
        """Append an entry."""
        text = _RANGE_MARK + str(entry) if isinstance(entry, AddressRange) else entry.text
        data = text.encode("ascii")
        if self._entries % _EVERY == 0:
            self._known.append(self.targets)
        self._data.write(data)
        self._places.write(_PLACE.pack(self.targets, self._size))
        self._entries += 1
        self._size += len(data)
        self.targets += size_of(entry)

    def seal(self) -> None:
        """End the writing, before the reading."""
        self._places.write(_PLACE.pack(self.targets, self._size))
        self._places.flush()
        self._data.flush()

    def target(self, position: int) -> Target:
        """The target at a position from 0 on."""
        number = position if self._entries == self.targets else self._entry_at(position)
        places = os.pread(self._places.fileno(), 2 * _PLACE.size, number * _PLACE.size)
        before, start = _PLACE.unpack_from(places)
        _, end = _PLACE.unpack_from(places, _PLACE.size)
        text = os.pread(self._data.fileno(), end - start, start).decode("ascii")
        entry = parse_entry(text.removeprefix(_RANGE_MARK), self.targets)
        return entry.target(position - before) if isinstance(entry, AddressRange) else entry

    def _entry_at(self, position: int) -> int:
        """The number of the entry that a position lies in."""
        base = (bisect_right(self._known, position) - 1) * _EVERY
        block = os.pread(self._places.fileno(), _EVERY * _PLACE.size, base * _PLACE.size)
        starts = [before for before, _ in _PLACE.iter_unpack(block)]
        # The place after the last entry ends the list, and is none.
        return min(base + bisect_right(starts, position), self._entries) - 1


def order(total: int, seed: int) -> Iterator[int]:
    """The numbers from 0 up to ``total``, without it, each once, in an order that follows from the seed."""
    prime = _safe_prime_above(total)
    half = prime // 2
    draws = (_draw(seed, attempt, prime) for attempt in count())
    # With p = 2q + 1 the order of a number divides 2q; it is all of it where the number is no square and not -1.
    root = next(number for number in draws if number != prime - 1 and pow(number, half, prime) == prime - 1)
    number = start = next(draws)
    while True:
        if number <= total:
            yield number - 1
        number = number * root % prime
        if number == start:
            return


def _draw(seed: int, attempt: int, prime: int) -> int:
    """A number from 1 to ``prime`` - 1 that follows from a seed."""
    digest = sha256(f"{seed}:{attempt}".encode()).digest()
    return 1 + int.from_bytes(digest, "big") % (prime - 1)


def _safe_prime_above(least: int) -> int:
    """The smallest prime above a number, and not below 5, of which half the number before it is a prime, too."""
    half = max(2, (least + 1) // 2)
    while not (2 * half + 1 > least and _is_prime(half) and _is_prime(2 * half + 1)):
        half += 1
    return 2 * half + 1


def _is_prime(number: int) -> bool:
    for witness in _WITNESSES:
        if number % witness == 0:
            return number == witness
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(number, witness, odd, twos) for witness in _WITNESSES)


def _passes(number: int, witness: int, odd: int, twos: int) -> bool:
    power = pow(witness, odd, number)
    if power in (1, number - 1):
        return True
    for _ in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False
