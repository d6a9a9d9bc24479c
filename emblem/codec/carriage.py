"""How DNS records carry tokens and keys, in every record name of both formats.

``IHLE`` (draft-linker-diem-adem-dns-02), TXT with JWS (-00 and -01 and the older names seen in the wild), and our
own TXT carriage of the native format (``specs/profile.md``, "Records and sets").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from emblem.codec import cose_key, cwt, jws
from emblem.codec.base64 import decode_base64, decode_base64url, encode_base64url
from emblem.codec.https_record import decode_demonstration, find_parameter
from emblem.codec.jwk import read_token_key
from emblem.codec.strict_json import decode_object
from emblem.errors import InputError, MalformedError, UnknownAlgorithmError
from emblem.keys.public import PublicKey, UnknownKey
from emblem.model.limits import LARGEST_RECORD
from emblem.model.reason import ReasonCode
from emblem.model.record import Carriage, Record
from emblem.model.token import Demonstration, Format, Token

# Looking a member up in its class takes as long as a call, before Python 3.12: those that every set needs are at hand.
_HTTPS = Carriage.HTTPS
_TXT = Carriage.TXT
_CWT = Format.CWT

IHLE_TYPE = 65297
"""The private-use type number that we write for ``IHLE``: that of the prototype's server plugin."""

IHLE_TYPES = (IHLE_TYPE, 65400)
"""The type numbers in use for ``IHLE``, none being assigned; 65400 is that of the prototype's earlier tools."""

TXT_TYPE = 16

TEXT_LABEL = "_emblem"
"""The label below which TXT records carry an emblem apart from other TXT records (RFC 8552)."""

_CWT_NAME, _JWS_KEY_NAME = "emblem-cwt", "adem-key"
_TXT_NAME = re.compile(r"(emblem-cwt|adem-token|adem-emb|adem-end|adem-key)(?:=|-([^=]*)=)", re.ASCII)
_SET_NAME = re.compile(r"[ -,.-<>-~]+")
_COMPACT_JWS = re.compile(r"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
_JSON_SPACE = b" \t\r\n"
_MAJOR_MAP, _MAJOR_TAG = 5, 6


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a record gave neither a token nor a key."""

    code: ReasonCode
    message: str


class DecodedRecord(NamedTuple):
    """What a record of ours holds: a token, keys, both (a token that carries its key), or a problem."""

    record: Record
    format: Format
    set_name: str = ""
    token: Token | None = None
    keys: tuple[PublicKey | UnknownKey, ...] = ()
    problem: Problem | None = None
    demonstration: Demonstration | None = None

    def found_in(self, record: Record) -> DecodedRecord:
        """The same content, found in another record with the same data."""
        return DecodedRecord(record, *self[1:])


def decode_record(record: Record) -> DecodedRecord | None:
    """Read one record.

    Returns:
        What it holds; None where it is a TXT record of somebody else. Nothing is raised: what is wrong with a
        record of ours is its ``problem``.
    """
    if record.carriage is _HTTPS:
        return _decode_https(record)
    if record.carriage is not _TXT:
        return _decode_native(record, "", record.data)
    match = _TXT_NAME.match(record.data[:LARGEST_RECORD].decode("latin-1"))
    if match is None:
        return None
    name, set_name = match.group(1), match.group(2)
    form = _CWT if name == _CWT_NAME else Format.JWS
    if set_name is not None and not _SET_NAME.fullmatch(set_name):
        error = MalformedError("set name", repr(set_name), "printable ASCII without hyphen")
        return _malformed(record, form, "", ReasonCode.RECORD_MALFORMED, error)
    value = record.data[match.end() :]
    if len(record.data) > LARGEST_RECORD:
        return DecodedRecord(record, form, set_name or "", problem=_too_large(len(record.data)))
    if form is Format.JWS:
        return _decode_jws(record, set_name or "", name == _JWS_KEY_NAME, value)
    try:
        data = decode_base64url(name, value.decode("latin-1"))
    except MalformedError as error:
        return _malformed(record, form, set_name or "", ReasonCode.RECORD_MALFORMED, error)
    return _decode_native(record, set_name or "", data)


def _decode_https(record: Record) -> DecodedRecord | None:
    """The emblem of the demonstration; the parameter's number is anybody's, so what is none is somebody else's."""
    try:
        value = find_parameter(record.data)
        emblem = None if value is None or len(value) > LARGEST_RECORD else decode_demonstration(value)
    except MalformedError:
        return None
    return None if emblem is None else DecodedRecord(record, Format.HTTPS, demonstration=emblem)


def text_record(text: str) -> Record:
    """A TXT value, or a compact JWS, that was given without an owner, as a record."""
    if _COMPACT_JWS.fullmatch(text):
        text = "adem-token=" + text
    return Record(_TXT, text.encode("utf-8", "surrogatepass"), type_number=TXT_TYPE)


def data_record(data: bytes) -> Record:
    """Record data that was given without an owner and a type, as a record."""
    return Record(Carriage.GIVEN, data)


def write_text(data: bytes, set_name: str = "") -> str:
    """The TXT value that carries one token or COSE_Key of the native format.

    Raises:
        MalformedError: the set name is not printable ASCII, or has a hyphen or an equals sign.
    """
    if set_name and not _SET_NAME.fullmatch(set_name):
        raise MalformedError("set name", repr(set_name), "printable ASCII without hyphen and equals sign")
    name = f"{_CWT_NAME}-{set_name}" if set_name else _CWT_NAME
    return f"{name}={encode_base64url(data)}"


def join_strings(data: bytes) -> bytes:
    """The text of a TXT record from its record data: length-prefixed strings, concatenated (RFC 1035, 3.3.14).

    Raises:
        MalformedError: a string is cut short.
    """
    parts, position = [], 0
    while position < len(data):
        end = position + 1 + data[position]
        if end > len(data):
            raise MalformedError("TXT record data", f"{len(data)} bytes", f"at least {end}, by its last length")
        parts.append(data[position + 1 : end])
        position = end
    return b"".join(parts)


def _decode_native(record: Record, set_name: str, data: bytes) -> DecodedRecord:
    if len(data) > LARGEST_RECORD:
        return DecodedRecord(record, _CWT, set_name, problem=_too_large(len(data)))
    major = data[0] >> 5 if data else None
    if major == _MAJOR_TAG:
        try:
            return DecodedRecord(record, _CWT, set_name, cwt.decode_token(data))
        except MalformedError as error:
            return _malformed(record, _CWT, set_name, ReasonCode.TOKEN_MALFORMED, error)
    if major == _MAJOR_MAP:
        try:
            return DecodedRecord(record, _CWT, set_name, None, (cose_key.decode_key(data),))
        except InputError as error:
            return _malformed(record, _CWT, set_name, _key_code(error), error)
    found = f"first byte {data[0]:#04x}" if data else "no bytes"
    problem = Problem(ReasonCode.RECORD_MALFORMED, f"record data: found {found}, expected a token or a COSE_Key")
    return DecodedRecord(record, _CWT, set_name, problem=problem)


def _decode_jws(record: Record, set_name: str, is_key: bool, value: bytes) -> DecodedRecord:
    if is_key:
        try:
            return DecodedRecord(record, Format.JWS, set_name, keys=(_read_key(value),))
        except InputError as error:
            return _malformed(record, Format.JWS, set_name, _key_code(error), error)
    try:
        token, keys = jws.decode_token(value.decode("latin-1"))
    except MalformedError as error:
        return _malformed(record, Format.JWS, set_name, ReasonCode.TOKEN_MALFORMED, error)
    return DecodedRecord(record, Format.JWS, set_name, token, keys)


def _read_key(value: bytes) -> PublicKey | UnknownKey:
    if value.lstrip(_JSON_SPACE).startswith(b"{"):
        return read_token_key(decode_object("JWK", value))
    return PublicKey.from_spki(decode_base64("adem-key", value.decode("latin-1")))


def _key_code(error: InputError) -> ReasonCode:
    if isinstance(error, UnknownAlgorithmError):
        return ReasonCode.KEY_ALGORITHM_UNKNOWN
    return ReasonCode.KEY_MALFORMED


def _malformed(record: Record, form: Format, set_name: str, code: ReasonCode, error: InputError) -> DecodedRecord:
    return DecodedRecord(record, form, set_name, problem=Problem(code, str(error)))


def _too_large(size: int) -> Problem:
    return Problem(ReasonCode.RECORD_TOO_LARGE, f"record: found {size} bytes, expected {LARGEST_RECORD} at the most")
