"""The records of a host in the forms in which zones take them. Every form has absolute owner names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from emblem.codec.carriage import IHLE_TYPE, write_text
from emblem.codec.cose_key import encode_key
from emblem.codec.record_text import quote_strings, write_generic
from emblem.errors import InputError
from emblem.issuance.record_set import RecordSet
from emblem.model.names import is_domain_name
from emblem.model.time import date_text
from emblem.model.token import Emblem

_TYPE = f"TYPE{IHLE_TYPE}"
_TEXT_LABEL = "_emblem."
_SPECIAL_TO_OCTODNS = frozenset(';"\\')


def zone_lines(records: RecordSet, ttl: int) -> Iterator[str]:
    """Lines of a zone file with the ``IHLE`` records, each with a comment that says what it is (RFC 3597)."""
    for comment, data in _explained(records):
        yield f"; {comment}"
        yield f"{records.host.name}. {ttl} IN {_TYPE} {write_generic(data)}"


def generic_lines(records: RecordSet, ttl: int) -> Iterator[str]:
    """The ``IHLE`` records with nothing but what RFC 3597 (section 5) has, one a line, without comments."""
    for data in records.records:
        yield f"{records.host.name}. {ttl} CLASS1 {_TYPE} {write_generic(data)}"


def text_lines(records: RecordSet, ttl: int, set_name: str = "") -> Iterator[str]:
    """Lines of a zone file with TXT records at ``_emblem`` and the name, each with a comment.

    Raises:
        InputError: the name is so long that there is no such name, or the set name has a character that it
            must not have.
    """
    owner = _text_owner(records)
    for comment, data in _explained(records):
        yield f"; {comment}"
        yield f"{owner}. {ttl} IN TXT {quote_strings(write_text(data, set_name).encode())}"


def update_lines(records: RecordSet, ttl: int) -> Iterator[str]:
    """Commands for ``nsupdate`` that put exactly these ``IHLE`` records in the place of those that are there."""
    name = f"{records.host.name}."
    yield f"update delete {name} {_TYPE}"
    for data in records.records:
        yield f"update add {name} {ttl} {_TYPE} {write_generic(data)}"
    yield "send"


def json_object(records: RecordSet, ttl: int, set_name: str = "") -> dict[str, Any]:
    """The records as an object for JSON: the same data for both carriages, as hexadecimal and as TXT value."""
    return {
        "target": str(records.host),
        "ttl": ttl,
        "ihle": {"owner": records.host.name, "type": _TYPE, "data": [data.hex() for data in records.records]},
        "txt": {
            "owner": _text_owner(records),
            "values": [write_text(data, set_name) for data in records.records],
        },
    }


def octodns_lines(sets: Iterable[RecordSet], zone: str, ttl: int, set_name: str = "") -> Iterator[str]:
    """The YAML of one zone with TXT records at ``_emblem`` and the names, as octoDNS's YamlProvider reads it.

    octoDNS knows no type ``IHLE``. It wants names in natural order, and semicolons escaped or not, as it is configured.

    Raises:
        InputError: a name is not in the zone, or is so long that there is no such name, or the set name has a
            character that it must not have.
    """
    if set(set_name) & _SPECIAL_TO_OCTODNS:
        expected = "one that octoDNS leaves as it is: without semicolons, quotation marks and backslashes"
        raise InputError("set name", repr(set_name), expected)
    owners = {_relative(_text_owner(records), zone): records for records in sets}
    yield "---"
    for owner in sorted(owners, key=_natural_key):
        yield f"{json.dumps(owner)}:"
        yield f"  ttl: {ttl}"
        yield "  type: TXT"
        yield "  values:"
        for data in owners[owner].records:
            yield "    - " + json.dumps(write_text(data, set_name))


def _relative(owner: str, zone: str) -> str:
    suffix = f".{zone}"
    if not owner.endswith(suffix):
        raise InputError("host name", owner.removeprefix(_TEXT_LABEL), f"one in the zone {zone}")
    return owner.removesuffix(suffix)


def _natural_key(name: str) -> list[str | int]:
    """Numbers in a name count as numbers: ``a2`` before ``a10``."""
    return [int(part) if part.isdigit() else part for part in re.split("([0-9]+)", name)]


def _text_owner(records: RecordSet) -> str:
    owner = _TEXT_LABEL + records.host.name
    if not is_domain_name(owner):
        raise InputError("host name", f"{len(records.host.name)} characters", "one that leaves room for _emblem.")
    return owner


def _explained(records: RecordSet) -> Iterator[tuple[str, bytes]]:
    for token in records.tokens:
        claims = token.claims
        kind = "emblem" if isinstance(claims, Emblem) else "endorsement"
        issuer = f" by {claims.issuer}" if claims.issuer else ""
        yield f"{kind}{issuer}, until {date_text(claims.expires)}", token.data
    for key in records.keys:
        yield f"key {key.cose_thumbprint}", encode_key(key)
