"""Which records are judged together (``specs/profile.md``, "Records and sets")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from emblem.codec.carriage import DecodedRecord
from emblem.keys.public import PublicKey, UnknownKey
from emblem.model.record import Carriage
from emblem.model.token import Format
from emblem.validation.trust import Trust, TrustedKey

AnyKey = PublicKey | UnknownKey


class Keyring:
    """The verification keys of a format: those found in any set, and those that the verifier was given.

    One identifier may come with several algorithms.
    """

    def __init__(self, decoded: Iterable[DecodedRecord], trust: Trust, form: Format) -> None:
        self._format = form
        self._given: Mapping[str, tuple[TrustedKey, ...]] = trust.by_identifier(form)
        self._found: dict[str, tuple[AnyKey, ...]] = {}
        for item in decoded:
            if item.keys and item.format is form:
                for key in item.keys:
                    identifier = key.identifier(form) if isinstance(key, PublicKey) else key.identifier
                    found = self._found.get(identifier)
                    self._found[identifier] = (key,) if found is None else (*found, key)

    def find(self, identifier: str | None) -> tuple[AnyKey, ...]:
        """The keys with a computed identifier; none has the identifier None."""
        if identifier is None:
            return ()
        found, given = self._found.get(identifier, ()), self._given.get(identifier, ())
        return (*(one.key for one in given if one.key.serves(self._format)), *found) if given else found


class RecordSet(NamedTuple):
    """Records of one owner, carriage, type number, format and SET."""

    carriage: Carriage
    owner: str
    type_number: int | None
    format: Format
    set_name: str
    members: tuple[DecodedRecord, ...]


def group_records(decoded: Iterable[DecodedRecord]) -> tuple[RecordSet, ...]:
    """Put records into their sets, in the order in which the sets first appear.

    A record without SET belongs to every SET of its owner, carriage, type and format; those without SET are
    a set of their own only where there is no SET.
    """
    groups: dict[tuple[Carriage, str, int | None, Format], list[DecodedRecord]] = {}
    for item in decoded:
        record = item.record
        key = record.carriage, record.owner, record.type_number, item.format
        if key in groups:
            groups[key].append(item)
        else:
            groups[key] = [item]
    sets: list[RecordSet] = []
    for key, members in groups.items():
        names = dict.fromkeys([member.set_name for member in members if member.set_name])
        if not names:
            sets.append(RecordSet(*key, "", tuple(members)))
        for name in names:
            chosen = tuple([member for member in members if member.set_name in ("", name)])
            sets.append(RecordSet(*key, name, chosen))
    return tuple(sets)
