"""The decoders of every format: bad input raises the error that is documented, and good input can be written again."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from emblem.codec import cbor, cose_key, cwt, jws
from emblem.codec.carriage import decode_record
from emblem.codec.https_record import decode_demonstration, find_parameter
from emblem.codec.jwk import read_jwk, write_jwk
from emblem.codec.raw import raw_text
from emblem.codec.record_text import decode_records, quote_strings, read_records
from emblem.codec.statement import statement
from emblem.codec.strict_json import decode_object
from emblem.codec.withdrawal import decode_withdrawals
from emblem.discovery.given import select_records
from emblem.errors import InputError, InvalidNameError, MalformedError
from emblem.keys.public import PublicKey
from emblem.model.names import display_name, normalize_name
from emblem.model.organization import Organization
from emblem.model.record import Carriage, Record
from emblem.model.target import Target as Asked
from emblem.model.time import date_text, numeric_date, parse_time
from emblem.model.token import Token, UnknownVersion
from emblem.model.verdict import TokenReport
from fuzzing.target import Target, require

_TAGS = (cwt.CWT_TAG, 18)
_ASKED = Asked("hospital.example")


def check_cbor(data: bytes) -> None:
    """What was decoded can be encoded, and the encoding is a fixed point."""
    with suppress(MalformedError):
        item = cbor.decode("item", data, tags=_TAGS)
        encoded = cbor.encode(item)
        require(cbor.encode(cbor.decode("item", encoded, tags=_TAGS)) == encoded, "encoding is a fixed point")


def check_cwt(data: bytes) -> None:
    """A token, the list of withdrawals and the demonstration's emblem, all of them COSE_Sign1."""
    with suppress(MalformedError):
        decode_withdrawals(data)
    with suppress(MalformedError):
        decode_demonstration(data)
    with suppress(MalformedError):
        _check_token(cwt.decode_token(data))


def check_cose_key(data: bytes) -> None:
    """A key that was read is written as one with the same identifier."""
    with suppress(InputError):
        key = cose_key.decode_key(data)
        if isinstance(key, PublicKey):
            again = cose_key.decode_key(cose_key.encode_key(key))
            require(isinstance(again, PublicKey) and again == key, "a COSE_Key is written as it was read")


def check_jws(data: bytes) -> None:
    """A compact JWS, and the keys in it."""
    with suppress(MalformedError):
        token, keys = jws.decode_token(data.decode("latin-1"))
        _check_token(token)
        for key in keys:
            require(bool(key.jwk_thumbprint if isinstance(key, PublicKey) else key.identifier), "a key has a name")


def check_jwk(data: bytes) -> None:
    """A JWK; what was read is written as one with the same identifier."""
    with suppress(InputError):
        key = read_jwk(decode_object("JWK", data))
        if isinstance(key, PublicKey):
            again = read_jwk(write_jwk(key))
            require(isinstance(again, PublicKey) and again == key, "a JWK is written as it was read")


def check_carriage(data: bytes) -> None:
    """A record of any carriage: nothing is raised, and what it holds is told apart."""
    for carriage in (Carriage.TXT, Carriage.IHLE, Carriage.HTTPS):
        record = Record(carriage, data, _ASKED.name)
        raw_text(record)
        decoded = decode_record(record)
        if decoded is None:
            require(carriage is not Carriage.IHLE, "a record of a type of ours is ours")
            continue
        holds = decoded.token is not None or decoded.demonstration is not None or bool(decoded.keys)
        require(holds is (decoded.problem is None), "a record holds something or has a problem")
        if decoded.token is not None:
            _check_token(decoded.token)


def check_record_text(data: bytes) -> None:
    """A file of records: read or refused, and what was read can be chosen from and written again."""
    with suppress(MalformedError):
        entries = decode_records("records", data)
        for record in select_records(entries, _ASKED).records:
            decode_record(record)
            if record.carriage is Carriage.TXT:
                (again,) = read_records(quote_strings(record.data))
                require(isinstance(again, Record) and again.data == record.data, "quoted strings are read as written")


def check_https(data: bytes) -> None:
    """The data of an ``HTTPS`` record, and the demonstration's emblem in it."""
    with suppress(MalformedError):
        value = find_parameter(data)
        if value is not None:
            decode_demonstration(value)


def check_names(data: bytes) -> None:
    """Names, addresses, organizations and times as people write them."""
    text = data.decode("utf-8", "surrogateescape")
    with suppress(InvalidNameError):
        name = normalize_name(text)
        require(normalize_name(name) == name, "a normal form is its own normal form")
        display_name(name)
    with suppress(InvalidNameError):
        asked = Asked.parse(text)
        require(Asked.parse(asked.text) == asked, "a target is shown as one that is read")
        require(normalize_name(asked.name) == asked.name, "a target's name is in normal form")
    with suppress(InvalidNameError):
        organization = Organization.parse(text)
        require(Organization.parse(str(organization)) == organization, "an organization is written as it was read")
    with suppress(InputError):
        shown = date_text(numeric_date(parse_time(text)))
        require(parse_time(shown) <= datetime.max.replace(tzinfo=UTC), "a time is shown as one that is read")


def _check_token(token: Token) -> None:
    report = TokenReport(token)
    require(report.key_identifier == token.key_identifier, "a report names the token's key")
    for value in statement(token.claims).values():
        require(value.isprintable(), "a statement can be shown")
    if not isinstance(token.claims, UnknownVersion):
        require(bool(date_text(token.claims.not_before)), "every date can be shown")


TARGETS = (
    Target("cbor", check_cbor),
    Target("cwt", check_cwt),
    Target("cose_key", check_cose_key),
    Target("jws", check_jws),
    Target("jwk", check_jwk),
    Target("carriage", check_carriage),
    Target("record_text", check_record_text),
    Target("https", check_https),
    Target("names", check_names),
)
"""The decoders."""
