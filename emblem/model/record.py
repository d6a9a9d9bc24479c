"""Records as discovery finds them or a person gives them, not yet understood."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Carriage(StrEnum):
    """How records carry an emblem; ``given`` are bytes that came without an owner and a type."""

    IHLE = "ihle"
    TXT = "txt"
    HTTPS = "https"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Record:
    """The data of one record.

    ``data`` is the record data for ``IHLE`` and bytes given bare, and the concatenated strings for TXT.
    ``owner`` is a domain name in normal form, or empty where it is not known. ``type_number`` is that of
    the record type, where known.
    """

    carriage: Carriage
    data: bytes
    owner: str = ""
    type_number: int | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """A CNAME: ``owner`` leads to ``target``, both in normal form."""

    owner: str
    target: str
