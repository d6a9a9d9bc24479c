"""CWT tokens, our native format (draft-linker-diem-adem-core-02; RFC 8392 in RFC 9052).

A token is tag 61 around a COSE_Sign1 with an empty unprotected header; its payload is a map of claims.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from emblem.codec import cbor
from emblem.codec.assets import read_name_asset
from emblem.codec.claims import (
    key_identifier_bytes,
    take_boolean,
    take_date,
    take_organization,
    take_texts,
)
from emblem.codec.cose import (
    SIGN1_TAG,
    Label,
    Sign1,
    read_protected,
    read_sign1,
    split_usual_sign1,
    to_be_signed,
    write_sign1,
)
from emblem.errors import MalformedError
from emblem.keys.algorithms import ALGORITHMS
from emblem.keys.public import identifier_text
from emblem.keys.signing import Signer
from emblem.model.limits import MOST_CERTIFICATES
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.token import (
    Claims,
    Constraints,
    Emblem,
    Endorsement,
    Format,
    LogEntry,
    NumericDate,
    Token,
    UnknownVersion,
)

# Looking a member up in its class takes as long as a call, before Python 3.12: those that every set needs are at hand.
_CWT = Format.CWT

CWT_TAG = 61
_TAGS = b"\xd8\x3d\xd2"
"""Tags 61 and 18, encoded."""
_ALGORITHM, _CRITICAL, _KEY_IDENTIFIER, _TYPE, _CERTIFICATES, _LOG = 1, 2, 4, 16, 33, "log"
_UNDERSTOOD: frozenset[Label] = frozenset({_ALGORITHM, _KEY_IDENTIFIER, _TYPE, _CERTIFICATES, _LOG})
_MEDIA_TYPE = "application/adem"
_USUAL_HEADS: Mapping[bytes, int] = {
    b"\xa3\x01" + cbor.encode(algorithm.cose) + b"\x04\x58\x20": algorithm.cose for algorithm in ALGORITHMS
}
"""The usual protected header up to the key identifier, and after it."""
_USUAL_TAIL = b"\x10" + cbor.encode(_MEDIA_TYPE)
_NOTHING_MORE: Mapping[Label, Any] = {}
_ISSUER, _SUBJECT, _EXPIRES, _NOT_BEFORE, _ISSUED_AT = 1, 2, 4, 5, 6
_CLAIM_NUMBERS = frozenset({_ISSUER, _SUBJECT, _EXPIRES, _NOT_BEFORE, _ISSUED_AT})
_VERSION = 1
_HIGHEST_VERSION = 255
_ALL_PURPOSES = 31
_PURPOSES = tuple(map(Purpose, range(_ALL_PURPOSES + 1)))
_CONSTRAINTS = tuple(Constraints(purposes=purposes) for purposes in _PURPOSES)
"""By the claim ``prp``, which is all that an endorsement of this format can limit."""
_SIGNS: Mapping[str, Sign] = {sign.value: sign for sign in Sign}
_DIGEST = 32
_NO_ASSETS = b"\x66assets\x80"
"""The claim without any, encoded."""
_USUAL_BEGINNING = slice(None, -len(_USUAL_TAIL) - _DIGEST)
_USUAL_DIGEST = slice(_USUAL_BEGINNING.stop, -len(_USUAL_TAIL))

_Header = tuple[int | str, str, Mapping[Label, Any]]
"""Algorithm and key identifier, and the labels where a header says more than every header does."""


def decode_token(data: bytes) -> Token:
    """Read a token; its signature and its times are not judged.

    Raises:
        MalformedError: the bytes are no token of the native format. A token in a version that we do not know
            is no error: its claims are :class:`~emblem.model.token.UnknownVersion`.
    """
    parts = split_usual_sign1(data, _TAGS)
    if parts is not None:
        protected, payload, signature, bytes_signed = parts
        header = _read_usual_header(protected) or _read_header(read_protected(protected))
    else:
        signed = _read_signed(data)
        header = _read_header(signed.protected)
        payload, signature, bytes_signed = signed.payload, signed.signature, signed.to_be_signed
    algorithm, key_identifier, labels = header
    claims = _read_claims(cbor.take_map("payload", cbor.decode("payload", payload)), labels)
    certificates = _read_certificates(labels) if _CERTIFICATES in labels else None
    return Token(_CWT, algorithm, key_identifier, claims, bytes_signed, signature, certificates)


def sign_token(claims: Emblem | Endorsement, signer: Signer, certificates: tuple[bytes, ...] = ()) -> bytes:
    """Write and sign a token in the native format.

    Args:
        claims: what it says.
        signer: its key.
        certificates: of the key, in DER, each issued by the next (``x5chain``); none, if it has none.

    Raises:
        MalformedError: the claims say what this format cannot say, so that no reader would accept them; or there are
            more certificates than readers look at.
    """
    token = write_token(claims, signer, certificates)
    read = decode_token(token)
    if read.claims != claims:
        raise MalformedError("claims", "what the native format cannot express", "whole names and known values")
    if read.certificates != (certificates or None):
        raise MalformedError("certificates", f"{len(certificates)}", f"{MOST_CERTIFICATES} at the most")
    return token


def write_token(claims: Emblem | Endorsement, signer: Signer, certificates: tuple[bytes, ...] = ()) -> bytes:
    """As :func:`sign_token`, without reading the token again: for many that differ in their assets only.

    One of them must have gone through :func:`sign_token`, and the assets must be domain names.
    """
    key = signer.public_key
    log = claims.log if isinstance(claims, Endorsement) else None
    protected = _write_header(key.writing_algorithm.cose, key.cose_thumbprint, log, certificates)
    payload = _write_emblem(claims) if isinstance(claims, Emblem) else cbor.encode(_write_claims(claims))
    signature = signer.sign(to_be_signed(protected, payload))
    return cbor.encode(cbor.Tagged(CWT_TAG, write_sign1(protected, payload, signature)))


@lru_cache(maxsize=16)
def _write_header(
    algorithm: int, identifier: str, log: tuple[LogEntry, ...] | None, certificates: tuple[bytes, ...]
) -> bytes:
    header: dict[Label, Any] = {
        _ALGORITHM: algorithm,
        _KEY_IDENTIFIER: key_identifier_bytes(identifier),
        _TYPE: _MEDIA_TYPE,
    }
    if log is not None:
        header[_LOG] = [_write_log_entry(entry) for entry in log]
    if certificates:
        header[_CERTIFICATES] = list(certificates) if len(certificates) > 1 else certificates[0]
    return cbor.encode(header)


def _read_signed(data: bytes) -> Sign1:
    item = cbor.decode("token", data, tags=(CWT_TAG, SIGN1_TAG))
    if not isinstance(item, cbor.Tagged) or item.tag != CWT_TAG:
        raise MalformedError("token", cbor.describe(item), f"tag {CWT_TAG} around tag {SIGN1_TAG}")
    signed = read_sign1(item.value)
    if signed.unprotected:
        labels = cbor.describe_keys(signed.unprotected)
        raise MalformedError("unprotected header", f"label {labels}", "nothing: what counts is protected")
    return signed


def _read_usual_header(encoded: bytes) -> _Header | None:
    """Read a protected header of an algorithm that we know, a key identifier and the media type, and nothing else.

    Returns:
        None where anything at all is unusual, be it allowed or not.
    """
    algorithm = _USUAL_HEADS.get(encoded[_USUAL_BEGINNING])
    if algorithm is None or not encoded.endswith(_USUAL_TAIL):
        return None
    return algorithm, identifier_text(encoded[_USUAL_DIGEST]), _NOTHING_MORE


def _read_header(header: Mapping[Label, Any]) -> _Header:
    algorithm = header.get(_ALGORITHM)
    if type(algorithm) is not int and type(algorithm) is not str:
        raise MalformedError("protected header alg (1)", cbor.describe(algorithm), "an algorithm")
    key_identifier = header.get(_KEY_IDENTIFIER)
    if not isinstance(key_identifier, bytes) or len(key_identifier) != _DIGEST:
        raise MalformedError("protected header kid (4)", cbor.describe(key_identifier), f"{_DIGEST} bytes")
    if _TYPE in header and header[_TYPE] != _MEDIA_TYPE:
        raise MalformedError("protected header typ (16)", cbor.describe(header[_TYPE]), repr(_MEDIA_TYPE))
    if _CRITICAL in header:
        _check_critical(header)
    return algorithm, identifier_text(key_identifier), header


def _check_critical(header: Mapping[Label, Any]) -> None:
    labels = header[_CRITICAL]
    if not isinstance(labels, list | tuple) or not labels:
        raise MalformedError("protected header crit (2)", cbor.describe(labels), "a non-empty array of labels")
    for label in labels:
        known = type(label) in (int, str) and label in _UNDERSTOOD
        if not known or label not in header:
            raise MalformedError(
                "protected header crit (2)",
                cbor.describe(label),
                "1, 4, 16, 33 or 'log', and present in the header",
            )
    if _CERTIFICATES in labels and not _read_certificates(header):
        found, expected = cbor.describe(header[_CERTIFICATES]), "certificates, since it is critical"
        raise MalformedError("protected header x5chain (33)", found, expected)


def _read_certificates(header: Mapping[Label, Any]) -> tuple[bytes, ...]:
    """The certificates in the header (COSE_X509, RFC 9360, section 2), uninterpreted; none where it is of another form.

    That is no error: what it would certify is then certified by nobody, and the token stands without.
    """
    value = header[_CERTIFICATES]
    if isinstance(value, bytes):
        return (value,) if value else ()
    several = isinstance(value, list | tuple) and 1 < len(value) <= MOST_CERTIFICATES
    if not several or not all(isinstance(one, bytes) and one for one in value):
        return ()
    return tuple(value)


def _read_claims(claims: Mapping[Any, Any], header: Mapping[Label, Any]) -> Claims:
    version = claims.get("ver")
    if type(version) is not int or not 0 <= version <= _HIGHEST_VERSION:
        raise MalformedError("claim ver", cbor.describe(version), "an unsigned integer up to 255")
    if version != _VERSION:
        return UnknownVersion(str(version), _readable_date(claims, _NOT_BEFORE), _readable_date(claims, _EXPIRES))
    for key in claims:
        if type(key) is not str and (type(key) is not int or key not in _CLAIM_NUMBERS):
            raise MalformedError("claim key", cbor.describe(key), "a text, or 1, 2, 4, 5 or 6")
    marks = "assets" in claims
    endorses = "key" in claims and "end" in claims
    if marks == endorses or (marks and ("key" in claims or "end" in claims)):
        raise MalformedError(
            "claims", cbor.describe_keys(claims), "either assets (an emblem) or key and end (an endorsement)"
        )
    return _read_emblem(claims, header) if marks else _read_endorsement(claims, header)


def _read_emblem(claims: Mapping[Any, Any], header: Mapping[Label, Any]) -> Emblem:
    if _SUBJECT in claims:
        raise MalformedError("claim sub (2)", cbor.describe(claims[_SUBJECT]), "none in an emblem")
    if "log" in claims or _LOG in header:
        raise MalformedError("log", "a key commitment", "none in an emblem")
    sign, sign_text = _read_sign(claims["sign"]) if "sign" in claims else (None, None)
    not_before, expires, issued_at = _take_dates(claims)
    return Emblem(
        not_before,
        expires,
        tuple(map(read_name_asset, take_texts(claims, "assets", "assets"))),
        take_organization(claims, _ISSUER, "iss (1)"),
        _take_purposes(claims),
        issued_at=issued_at,
        sign=sign,
        sign_text=sign_text,
    )


def _read_sign(value: object) -> tuple[Sign | None, str | None]:
    """The sign, or how to show what is none that we know."""
    sign = _SIGNS.get(value) if isinstance(value, str) else None
    return sign, None if sign else cbor.describe(value)


def _read_endorsement(claims: Mapping[Any, Any], header: Mapping[Label, Any]) -> Endorsement:
    key = claims["key"]
    if not isinstance(key, bytes) or len(key) != _DIGEST:
        raise MalformedError("claim key", cbor.describe(key), f"a key identifier of {_DIGEST} bytes")
    if "log" in claims and _LOG in header:
        raise MalformedError("log", "one as claim and one in the protected header", "one of them")
    not_before, expires, issued_at = _take_dates(claims)
    return Endorsement(
        not_before,
        expires,
        identifier_text(key),
        take_boolean(claims, "end", "end"),
        take_organization(claims, _ISSUER, "iss (1)"),
        take_organization(claims, _SUBJECT, "sub (2)"),
        _CONSTRAINTS[_take_purposes(claims)],
        _read_log(claims if "log" in claims else header),
        issued_at,
    )


def _take_dates(claims: Mapping[Any, Any]) -> tuple[NumericDate, NumericDate, NumericDate | None]:
    """The claims ``nbf``, ``exp`` and ``iat``."""
    return (
        take_date(claims, _NOT_BEFORE, "nbf (5)"),
        take_date(claims, _EXPIRES, "exp (4)"),
        take_date(claims, _ISSUED_AT, "iat (6)") if _ISSUED_AT in claims else None,
    )


def _take_purposes(claims: Mapping[Any, Any]) -> Purpose:
    value = claims.get("prp")
    if type(value) is not int or not 1 <= value <= _ALL_PURPOSES:
        raise MalformedError("claim prp", cbor.describe(value), f"an unsigned integer from 1 to {_ALL_PURPOSES}")
    return _PURPOSES[value]


def _read_log(holder: Mapping[Any, Any]) -> tuple[LogEntry, ...] | None:
    if _LOG not in holder:
        return None
    entries = holder[_LOG]
    if not isinstance(entries, list | tuple) or not entries:
        raise MalformedError("log", cbor.describe(entries), "a non-empty array")
    return tuple(map(_read_log_entry, entries))


def _read_log_entry(entry: object) -> LogEntry:
    fields = cbor.take_map("log entry", entry)
    log_id, leaf_hash, index = fields.get("id"), fields.get("hash"), fields.get("index")
    if not isinstance(log_id, bytes) or len(log_id) != _DIGEST:
        raise MalformedError("log entry id", cbor.describe(log_id), f"{_DIGEST} bytes")
    if set(fields) == {"id", "hash"} and isinstance(leaf_hash, bytes) and len(leaf_hash) == _DIGEST:
        return LogEntry(log_id, leaf_hash=leaf_hash)
    if set(fields) == {"id", "index"} and type(index) is int and index >= 0:
        return LogEntry(log_id, index=index)
    raise MalformedError(
        "log entry", cbor.describe_keys(fields), f"id and either hash ({_DIGEST} bytes) or index (unsigned)"
    )


def _readable_date(claims: Mapping[Any, Any], key: int) -> NumericDate | None:
    try:
        return take_date(claims, key, "")
    except MalformedError:
        return None


def _write_emblem(emblem: Emblem) -> bytes:
    """The claims of an emblem, encoded: all but the assets, which come last, at once for all that agree in them."""
    shared = emblem.not_before, emblem.expires, emblem.issued_at, emblem.issuer, emblem.purposes, emblem.sign
    return _write_before_assets(*shared) + cbor.encode([asset.text for asset in emblem.assets])


@lru_cache(maxsize=16, typed=True)
def _write_before_assets(
    not_before: NumericDate,
    expires: NumericDate,
    issued_at: NumericDate | None,
    issuer: Organization | None,
    purposes: Purpose,
    sign: Sign | None,
) -> bytes:
    empty = Emblem(not_before, expires, (), issuer, purposes, sign=sign, issued_at=issued_at)
    encoded = cbor.encode(_write_claims(empty))
    # The longest key comes last in the deterministic encoding, and of an empty array there is one byte.
    assert encoded.endswith(_NO_ASSETS)
    return encoded[:-1]


def _write_claims(claims: Emblem | Endorsement) -> dict[Label, Any]:
    written: dict[Label, Any] = {
        "ver": _VERSION,
        _NOT_BEFORE: claims.not_before,
        _EXPIRES: claims.expires,
    }
    if claims.issued_at is not None:
        written[_ISSUED_AT] = claims.issued_at
    if claims.issuer is not None:
        written[_ISSUER] = str(claims.issuer)
    if isinstance(claims, Emblem):
        written["prp"] = int(claims.purposes)
        written["assets"] = [asset.text for asset in claims.assets]
        if claims.sign is not None:
            written["sign"] = claims.sign.value
        return written
    written["prp"] = int(claims.constraints.purposes or 0)
    if claims.subject is not None:
        written[_SUBJECT] = str(claims.subject)
    written["key"] = key_identifier_bytes(claims.key)
    written["end"] = claims.may_endorse
    return written


def _write_log_entry(entry: LogEntry) -> dict[str, bytes | int | None]:
    if entry.leaf_hash is not None:
        return {"id": entry.log_id, "hash": entry.leaf_hash}
    return {"id": entry.log_id, "index": entry.index}
