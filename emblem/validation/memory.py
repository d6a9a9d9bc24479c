"""What a verifier remembers from one target to the next: what endorsements and keys say, and which signatures hold."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

from emblem.codec.carriage import DecodedRecord, decode_record
from emblem.keys.algorithms import KeyKind
from emblem.keys.public import PublicKey
from emblem.model.record import Carriage, Record
from emblem.model.token import Endorsement, Token

# Looking a member up in its class takes as long as a call, before Python 3.12: those that every set needs are at hand.
_HTTPS = Carriage.HTTPS
_TXT = Carriage.TXT

MEMORY_SIZE = 16 * 1024 * 1024
"""Bytes that a memory may grow to: room for about five thousand contents and checks."""

_ENTRY_SIZE = 3 * 1024
"""Bytes that an entry takes beside those that it was read from, seldom more."""

_Content = tuple[bool, bytes]
"""Whether a record is text, and its data: all that its content depends on."""

_Check = tuple[KeyKind, bytes, bytes | None, bytes, bytes]
"""A key's kind and parameters, a signature, and what is signed: all that the outcome of a check depends on."""

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Memory:
    """Spares a verifier from reading and checking again what it has read and checked before.

    Kept are the contents of key records and endorsements, and that the signature of an endorsement holds under a
    key; nothing of emblems, since every host has its own, and nothing of what failed. Times, refusals, trust and
    policy are no part of it and are judged anew each time: no verdict is ever another because something was
    remembered.

    It does not grow beyond its size, whatever strangers publish; what was not used for long is forgotten. Give one to
    each verifier, or to every call of :func:`~emblem.validation.validate.validate`. Threads may share one: at worst
    one of them reads or checks again what another already has.

    Args:
        size: the bytes that it may grow to, about.
    """

    def __init__(self, size: int = MEMORY_SIZE) -> None:
        self._contents: _Shelf[_Content, DecodedRecord] = _Shelf(size // 2)
        self._checks: _Shelf[_Check, bool] = _Shelf(size // 2)

    def decode(self, record: Record) -> DecodedRecord | None:
        """Read one record, as :func:`~emblem.codec.carriage.decode_record` does."""
        if record.carriage is _HTTPS:
            return decode_record(record)
        content = record.carriage is _TXT, record.data
        known = self._contents.find(content)
        if known is not None:
            return known.found_in(record)
        decoded = decode_record(record)
        if decoded is not None and _is_lasting(decoded):
            self._contents.keep(content, decoded, len(record.data))
        return decoded

    def verify(self, key: PublicKey, token: Token) -> bool:
        """Whether the signature of a token holds under a key."""
        if not isinstance(token.claims, Endorsement):
            return key.verify(token.signature, token.signed)
        check = key.kind, key.x, key.y, token.signature, token.signed
        if self._checks.find(check):
            return True
        holds = key.verify(token.signature, token.signed)
        if holds:
            self._checks.keep(check, holds, len(token.signature) + len(token.signed))
        return holds


class _Shelf(Generic[_Key, _Value]):
    """A mapping that forgets: whenever the newer half of it is full, the older one is dropped."""

    def __init__(self, size: int) -> None:
        self._room = self._left = size // 2
        self._newer: dict[_Key, tuple[_Value, int]] = {}
        self._older: dict[_Key, tuple[_Value, int]] = {}

    def find(self, key: _Key) -> _Value | None:
        """What is kept for a key; it then counts as new."""
        kept = self._newer.get(key)
        if kept is None:
            kept = self._older.get(key)
            if kept is None:
                return None
            self._put(key, kept)
        return kept[0]

    def keep(self, key: _Key, value: _Value, size: int) -> None:
        """Keep a value that was made of so many bytes."""
        self._put(key, (value, size + _ENTRY_SIZE))

    def _put(self, key: _Key, entry: tuple[_Value, int]) -> None:
        size = entry[1]
        if size > self._left:
            self._older, self._newer, self._left = self._newer, {}, self._room
        if size <= self._left:
            self._newer[key] = entry
            self._left -= size


def _is_lasting(decoded: DecodedRecord) -> bool:
    """Whether a record says something that other hosts have, too: keys, or an endorsement."""
    if decoded.problem is not None:
        return False
    return decoded.token is None or isinstance(decoded.token.claims, Endorsement)
