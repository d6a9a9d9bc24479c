"""Changes to plain bytes, for where no fuzzing engine makes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from fuzzing.target import LONGEST_INPUT

DICTIONARY = Path(__file__).parent / "dictionary.txt"
"""Words that the formats know, in the form that libFuzzer reads."""


@cache
def words() -> tuple[bytes, ...]:
    """The words of the dictionary."""
    lines = DICTIONARY.read_text(encoding="ascii").splitlines()
    quoted = (line.partition("=")[2] for line in lines if line and not line.startswith("#"))
    return tuple(text[1:-1].encode().decode("unicode_escape").encode("latin-1") for text in quoted)


def mutate_bytes(data: bytes, random: Random) -> bytes:
    """One to four small changes."""
    for _ in range(random.choice((1, 1, 2, 4))):
        data = random.choice(_CHANGES)(data, random)
    return data[:LONGEST_INPUT]


def _flip(data: bytes, random: Random) -> bytes:
    return _replace(data, random, 1, lambda piece: bytes(byte ^ 1 << random.randrange(8) for byte in piece))


def _set(data: bytes, random: Random) -> bytes:
    return _replace(
        data, random, 1, lambda piece: bytes(random.choice((0, 1, 0x7F, 0x80, 0xFF, byte)) for byte in piece)
    )


def _step(data: bytes, random: Random) -> bytes:
    return _replace(data, random, 1, lambda piece: bytes((byte + random.choice((1, -1))) % 256 for byte in piece))


def _delete(data: bytes, random: Random) -> bytes:
    return _replace(data, random, random.choice((1, 4, 16)), lambda _: b"")


def _repeat(data: bytes, random: Random) -> bytes:
    return _replace(data, random, random.choice((1, 4, 64)), lambda piece: piece * random.choice((2, 3, 9)))


def _insert(data: bytes, random: Random) -> bytes:
    word = random.choice(words())
    return _replace(data, random, 0, lambda _: word)


def _overwrite(data: bytes, random: Random) -> bytes:
    word = random.choice(words())
    return _replace(data, random, len(word), lambda _: word)


def _move(data: bytes, random: Random) -> bytes:
    start = random.randrange(len(data) + 1)
    piece = data[start : start + random.choice((1, 4, 16))]
    return _replace(data, random, 0, lambda _: piece)


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _replace(data: bytes, random: Random, length: int, change: Callable[[bytes], bytes]) -> bytes:
    start = random.randrange(max(1, len(data) - length + 1))
    return data[:start] + change(data[start : start + length]) + data[start + length :]


_CHANGES = (_flip, _flip, _set, _step, _delete, _repeat, _insert, _overwrite, _move, _cut)
