"""Keys that could be taken into a trust store, from files of keys and of records, and what they signed there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from emblem.codec.carriage import DecodedRecord, decode_record
from emblem.codec.statement import statement
from emblem.errors import InputError
from emblem.keys.public import PublicKey, UnknownKey
from emblem.trust.key_files import find_keys, is_key_file, read_entries


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key of a file; ``signed`` says in words what tokens in the same file hold under it, whatever that is worth."""

    key: PublicKey
    signed: tuple[str, ...] = ()

    @property
    def identifiers(self) -> frozenset[str]:
        """Its identifiers in both formats."""
        return frozenset({self.key.cose_thumbprint, self.key.jwk_thumbprint})


def find_importable(field: str, data: bytes) -> tuple[FoundKey, ...]:
    """Find the keys of a file, each once, and what they signed in it.

    Raises:
        InputError: the file holds no key in an algorithm that we know, a private one, or is of neither kind.
    """
    found = find_keys(field, data)
    keys = tuple(dict.fromkeys(key for key in found if isinstance(key, PublicKey)))
    if not keys:
        unknown = ", ".join(str(key.algorithm) for key in found if isinstance(key, UnknownKey))
        raise InputError(field, f"only keys in algorithms that are not known here ({unknown})", "one that is")
    if is_key_file(data):
        return tuple(map(FoundKey, keys))
    decoded = [decode_record(record) for record in read_entries(field, data)]
    tokens = [one for one in decoded if one is not None and one.token is not None]
    return tuple(FoundKey(key, _signed_by(key, tokens)) for key in keys)


def choose_keys(field: str, found: Collection[FoundKey], identifiers: Iterable[str]) -> tuple[FoundKey, ...]:
    """The keys with these identifiers, of either kind; without identifiers the only key.

    Raises:
        InputError: there are several keys and no identifier, or no key with one of the identifiers.
    """
    wanted = tuple(dict.fromkeys(identifiers))
    for identifier in wanted:
        if not any(identifier in one.identifiers for one in found):
            raise InputError(field, f"no key {identifier}", f"one of {_listed(found)}")
    if wanted:
        return tuple(one for one in found if one.identifiers.intersection(wanted))
    if len(found) > 1:
        raise InputError(field, f"{len(found)} keys", "a choice among them with --key-identifier")
    return tuple(found)


def _signed_by(key: PublicKey, records: Iterable[DecodedRecord]) -> tuple[str, ...]:
    tokens = dict.fromkeys(one.token for one in records if one.token is not None)
    return tuple(
        statement(token.claims)["statement"]
        for token in tokens
        if token.key_identifier == key.identifier(token.format) and key.verify(token.signature, token.signed)
    )


def _listed(found: Iterable[FoundKey]) -> str:
    return ", ".join(one.key.cose_thumbprint for one in found)
