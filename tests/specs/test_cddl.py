"""``specs/emblem.cddl``, read by a CDDL validator that is not ours, agrees with the vectors and with what we write."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cddl_verifier import Validator  # type: ignore[import-untyped]  # it ships no types

from emblem.codec.record_text import read_records
from emblem.errors import InputError
from emblem.keys.algorithms import ALGORITHMS
from emblem.model.purpose import Purpose
from emblem.model.record import Carriage, Record
from emblem.model.sign import Sign
from emblem.model.token import LogEntry
from test_vectors.vectors import cases
from tests.support.arrangement import LOG, emblem_token, endorsement_token, key, key_record, signing

SCHEMA = Path(__file__).parents[2] / "specs" / "emblem.cddl"
VALIDATOR = Validator(SCHEMA)
OF_FORM = {"token-malformed", "key-malformed", "record-malformed"}
VECTORS: Mapping[str, Mapping[str, Any]] = {
    case.vector["id"]: case.vector for case in cases() if case.vector["format"] == "cwt"
}

BEYOND_CDDL = frozenset(
    # Labels that crit lists must be in the header.
    {"cwt-header-crit-absent", "cwt-header-endorsement-crit-log"}
    # What crit lists must be understood, and is free where it does not.
    | {"cwt-certificates-critical-form"}
    # Containers may nest 8 deep.
    | {f"cwt-cbor-too-deep{empty}" for empty in ("", "-empty-array", "-empty-map")}
    # A point must be on its curve.
    | {f"cwt-keys-{name}" for name in ("off-curve", "swapped", "zero", "compressed-off-curve", "x-beyond-field")}
    # Encodings of indefinite length: CDDL is about data, not about bytes.
    | {name for name in VECTORS if re.search(r"-(cbor|keys)-indefinite(-|$)", name)}
)
"""Vectors whose failure no CDDL can express; ``emblem.cddl`` says so in words."""

WITH_GARBAGE = frozenset(
    {"cwt-sets-malformed-other-type", "cwt-additions-harmless-garbage", "cwt-additions-harmless-cut"}
)
"""Vectors in which something malformed was added that does no harm."""

UNREADABLE = object()
TXT_VALUE = re.compile(rb"emblem-cwt(?:-([^=]*))?=(.*)", re.DOTALL)


@cache
def conforms(data: bytes, rule: str = "record") -> bool:
    return bool(VALIDATOR.validate(data, root_type=rule).valid)


def native_records(vector: Mapping[str, Any]) -> Iterator[bytes | object]:
    """The tokens and keys in a vector, as bytes; ``UNREADABLE`` for text that does not even decode to bytes."""
    for line in vector["records"]:
        try:
            entries = read_records(line)
        except InputError:
            yield UNREADABLE
            continue
        for entry in entries:
            if isinstance(entry, Record):
                yield from native_data(entry)


def native_data(record: Record) -> Iterator[bytes | object]:
    if record.carriage is not Carriage.TXT:
        yield record.data
    elif match := TXT_VALUE.fullmatch(record.data):
        set_name, text = match.groups()
        if set_name is not None and not re.fullmatch(rb"[ -,.-~]+", set_name):
            yield UNREADABLE
            return
        try:
            data = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except binascii.Error:
            yield UNREADABLE
        else:
            yield data if base64.urlsafe_b64encode(data).rstrip(b"=") == text else UNREADABLE


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_breaks_the_cddl_exactly_where_it_breaks_the_form(name: str) -> None:
    vector = VECTORS[name]
    records = list(native_records(vector))
    breaks_form = bool(OF_FORM & set(vector["expect"]["reasons"]))
    conforming = all(conforms(data) for data in records if isinstance(data, bytes))
    if breaks_form and (name in BEYOND_CDDL or UNREADABLE in records):
        assert conforming
    elif breaks_form or name in WITH_GARBAGE:
        assert not conforming
    else:
        assert UNREADABLE not in records
        assert conforming


def test_the_exceptions_are_vectors_that_exist() -> None:
    assert set(VECTORS) >= BEYOND_CDDL | WITH_GARBAGE


def layers(token: bytes) -> tuple[bytes, bytes, bytes]:
    """A token, its protected header and its claims, each as bytes."""
    protected, _, payload, _ = cbor2.loads(token).value.value
    return token, protected, payload


@pytest.mark.parametrize("algorithm", [algorithm.name for algorithm in ALGORITHMS])
def test_keys_that_we_write_conform(algorithm: str) -> None:
    record = key_record(key("written", algorithm))
    assert isinstance(record, bytes)
    assert conforms(record, "cose-key")
    assert conforms(record)


@pytest.mark.parametrize("algorithm", [algorithm.name for algorithm in ALGORITHMS])
@pytest.mark.parametrize(
    "claims",
    [{}, {"issuer": None}, {"sign": Sign.RED_CRYSTAL}, {"issued_at": 1.5}, {"not_before": -1, "purposes": Purpose(31)}],
    ids=str,
)
def test_emblems_that_we_write_conform_layer_by_layer(algorithm: str, claims: dict[str, Any]) -> None:
    written = emblem_token(key("written", algorithm), "a.example", "b.example", **claims)
    assert isinstance(written, bytes)
    token, protected, payload = layers(written)
    assert conforms(token, "emblem-token")
    assert conforms(protected, "emblem-header")
    assert conforms(payload, "emblem-claims")
    assert not conforms(payload, "endorsement-claims")


@pytest.mark.parametrize(
    "claims",
    [{}, {"log": LOG}, {"log": (*LOG, LogEntry(bytes(32), index=2**64 - 1))}, {"issuer": None, "subject": None}],
    ids=["plain", "logged", "logged-twice", "nobody"],
)
def test_endorsements_that_we_write_conform_layer_by_layer(claims: dict[str, Any]) -> None:
    written = endorsement_token(key("root"), signing, **claims)
    assert isinstance(written, bytes)
    token, protected, payload = layers(written)
    assert conforms(token, "endorsement-token")
    assert conforms(protected, "endorsement-header")
    assert conforms(payload, "unlogged-claims")
    assert not conforms(payload, "emblem-claims")


@pytest.mark.parametrize(
    ("entry", "right"),
    [
        ({"id": bytes(32), "hash": bytes(32)}, True),
        ({"id": bytes(32), "index": 0}, True),
        ({"id": bytes(32)}, False),
        ({"id": bytes(32), "hash": bytes(32), "index": 0}, False),
        ({"id": bytes(32), "hash": bytes(31)}, False),
        ({"id": bytes(32), "index": -1}, False),
        ({"id": bytes(32), "index": 0, "more": 1}, False),
    ],
    ids=str,
)
def test_a_log_entry_has_an_id_and_either_a_hash_or_an_index(entry: dict[str, Any], right: bool) -> None:
    assert conforms(cbor2.dumps(entry), "log-entry") is right
