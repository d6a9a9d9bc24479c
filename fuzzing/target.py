"""What is fuzzed: a function of bytes that must not fail, and how inputs for it are changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

LONGEST_INPUT = 64 * 1024
"""Bytes of the largest input that is tried, four times the largest record that is read."""

Mutate = Callable[[bytes, Random], bytes]
"""Makes a new input of an old one."""


class BrokenPromiseError(Exception):
    """A promise that was not kept."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads what strangers write.

    ``check`` raises for an input that shows a mistake: a :class:`BrokenPromiseError`, or whatever the code under test
    let escape. ``mutate`` knows the structure of the inputs; None where they are plain bytes.
    """

    name: str
    check: Callable[[bytes], None]
    mutate: Mutate | None = None


def require(kept: bool, promise: str) -> None:
    """Demand that something holds.

    Raises:
        BrokenPromiseError: it does not.
    """
    if not kept:
        raise BrokenPromiseError(promise)
