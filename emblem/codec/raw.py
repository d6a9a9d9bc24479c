"""The encoding of a record made readable, without reading anything into it."""

from __future__ import annotations

import json
from collections.abc import Callable

from emblem.codec.base64 import decode_base64url
from emblem.codec.diagnostic import diagnose
from emblem.codec.strict_json import decode_object
from emblem.errors import MalformedError
from emblem.model.record import Carriage, Record

_NATIVE_NAME = b"emblem-cwt"


def raw_text(record: Record) -> str:
    """CBOR in diagnostic notation, or the JSON of a JWS or JWK; empty where the record holds neither."""
    readers: tuple[Callable[[], str], ...]
    if record.carriage is not Carriage.TXT:
        readers = (lambda: diagnose(record.data),)
    else:
        value = record.data.partition(b"=")[2]
        text = value.decode("latin-1")
        if record.data.startswith(_NATIVE_NAME):
            readers = (lambda: diagnose(decode_base64url("record", text)),)
        else:
            readers = (lambda: _parts(text), lambda: _json(value))
    for read in readers:
        try:
            return read()
        except MalformedError:
            continue
    return ""


def _parts(text: str) -> str:
    """Header and payload of a compact JWS (RFC 7515, section 7.1)."""
    header, _, rest = text.partition(".")
    payload, _, signature = rest.partition(".")
    decoded = (_json(decode_base64url("part", part)) for part in (header, payload))
    return "\n.\n".join((*decoded, signature))


def _json(data: bytes) -> str:
    return json.dumps(decode_object("JSON", data), indent=2, ensure_ascii=False)
