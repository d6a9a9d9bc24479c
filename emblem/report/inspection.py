"""What tokens, keys and records say, in readable form. Nothing is judged: no signature, no time, no chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from emblem.codec.carriage import DecodedRecord, decode_record
from emblem.codec.cose_key import encode_key
from emblem.codec.raw import raw_text
from emblem.codec.statement import statement
from emblem.errors import MalformedError
from emblem.keys.algorithms import find_algorithm
from emblem.keys.public import PublicKey, UnknownKey
from emblem.model.display import printable
from emblem.model.record import Alias, Carriage, Record
from emblem.model.time import date_text
from emblem.model.token import Emblem, Endorsement, Format, NumericDate, Token
from emblem.report.json import certificate_members, log_entry_members

_KINDS = {Emblem: "emblem", Endorsement: "endorsement"}


@dataclass(frozen=True, slots=True)
class Inspected:
    """One thing that was looked at.

    ``title`` is what it is, in a few words; ``words`` are label and value for people; ``members`` are those of
    a JSON object. ``raw`` is the encoding itself made readable: CBOR in diagnostic notation, or JSON; empty where
    there is none.
    """

    title: str
    words: Mapping[str, str]
    members: Mapping[str, Any]
    raw: str = ""


def inspect_records(entries: Iterable[Record | Alias]) -> Iterator[Inspected]:
    """Look at records one by one; what is malformed says why."""
    for entry in entries:
        if isinstance(entry, Alias):
            words = {"owner": entry.owner, "leads to": entry.target}
            yield Inspected("alias", words, {"kind": "alias", "owner": entry.owner, "target": entry.target})
        else:
            yield replace(_inspect_record(entry), raw=raw_text(entry))


def inspect_key(key: PublicKey | UnknownKey) -> Inspected:
    """Look at a public key that is no record."""
    return Inspected("public key", _key_words(key), {"kind": "key", **_key_members(key)})


def inspection_text(inspected: Inspected) -> str:
    """One thing as lines of text: its title, then a line for each label. Control characters are escaped."""
    width = max(map(len, inspected.words), default=0) + 1
    lines = (f"  {label + ':':<{width}} {printable(value)}" for label, value in inspected.words.items())
    return "\n".join((printable(inspected.title), *lines))


def _inspect_record(record: Record) -> Inspected:
    decoded = decode_record(record)
    place = _place(record, decoded)
    size = f"{len(record.data)} bytes"
    if decoded is None:
        words = {**place, "size": size, "note": "a TXT record that is not about emblems"}
        return Inspected("other record", words, {"kind": "other", **place})
    words, members = {**place, "size": size}, {**place, "format": decoded.format.value, "bytes": len(record.data)}
    if decoded.problem is not None:
        problem = {"code": decoded.problem.code.value, "message": decoded.problem.message}
        words["problem"] = f"{decoded.problem.message} [{decoded.problem.code.value}]"
        return Inspected("malformed", words, {"kind": "malformed", **members, "problem": problem})
    if decoded.token is None:
        (key,) = decoded.keys
        return Inspected("key", words | _key_words(key), {"kind": "key", **members, **_key_members(key)})
    kind = _KINDS.get(type(decoded.token.claims), "token in an unknown version")
    words |= {**statement(decoded.token.claims), **_token_words(decoded.token, decoded.keys)}
    carried = {"keys": [_key_members(key) for key in decoded.keys]}
    return Inspected(kind, words, {"kind": kind, **members, **_token_members(decoded.token), **carried})


def _place(record: Record, decoded: DecodedRecord | None) -> dict[str, str]:
    place = {"owner": record.owner, "set": decoded.set_name if decoded else ""}
    carriage = {"carriage": record.carriage.value} if record.carriage is not Carriage.GIVEN else {}
    return {label: value for label, value in place.items() if value} | carriage


def _token_words(token: Token, keys: tuple[PublicKey | UnknownKey, ...]) -> dict[str, str]:
    words = {
        "format": token.format.value.upper(),
        "algorithm": _algorithm_name(token.algorithm),
        "signing key": token.key_identifier or "of a type whose identifier cannot be computed",
    }
    words |= {f"certificate {number}": text for number, text in enumerate(_certificate_texts(token), 1)}
    return words | ({"carries": f"{len(keys)} key{'s' if len(keys) > 1 else ''}"} if keys else {})


def _token_members(token: Token) -> dict[str, Any]:
    claims = token.claims
    members: dict[str, Any] = {
        "algorithm": token.algorithm,
        "key_identifier": token.key_identifier,
        "not_before": _date(claims.not_before),
        "expires": _date(claims.expires),
    }
    if token.certificates is not None:
        members["certificates"] = _certificates(token)
    if isinstance(claims, Emblem):
        return members | _emblem_members(claims)
    if isinstance(claims, Endorsement):
        return members | _endorsement_members(claims)
    return members | {"version": claims.version}


def _certificates(token: Token) -> list[dict[str, Any]]:
    from emblem.traceability.certification import read_certificate
    from emblem.traceability.loading import load_certificate

    found: list[dict[str, Any]] = []
    for number, data in enumerate(token.certificates or (), 1):
        try:
            found.append(certificate_members(read_certificate(load_certificate(f"certificate {number}", data))))
        except MalformedError as error:
            found.append({"problem": str(error)})
    return found


def _certificate_texts(token: Token) -> list[str]:
    if token.certificates == ():
        return ["unreadable: the header x5chain holds something else"]
    return (
        [
            one.get("problem") or f"{one['subject']}, by {one['issuer']}, until {one['expires']}"
            for one in _certificates(token)
        ]
        if token.certificates
        else []
    )


def _emblem_members(emblem: Emblem) -> dict[str, Any]:
    return {
        "issued_at": _date(emblem.issued_at),
        "issuer": _text(emblem.issuer),
        "assets": [asset.text for asset in emblem.assets],
        "purposes": list(emblem.purposes.slugs),
        "sign": emblem.sign.value if emblem.sign else emblem.sign_text,
        "channels": sorted(emblem.channels),
    }


def _endorsement_members(endorsement: Endorsement) -> dict[str, Any]:
    allowed = endorsement.constraints
    return {
        "issued_at": _date(endorsement.issued_at),
        "issuer": _text(endorsement.issuer),
        "subject": _text(endorsement.subject),
        "endorsed_key": endorsement.key,
        "may_endorse": endorsement.may_endorse,
        "purposes": None if allowed.purposes is None else list(allowed.purposes.slugs),
        "assets": None if allowed.assets is None else [asset.text for asset in allowed.assets],
        "channels": None if allowed.channels is None else sorted(allowed.channels),
        "longest_emblem": allowed.window,
        "log": None if endorsement.log is None else list(map(log_entry_members, endorsement.log)),
    }


def _key_words(key: PublicKey | UnknownKey) -> dict[str, str]:
    if isinstance(key, UnknownKey):
        return {"key identifier": key.identifier, "algorithm": f"{key.algorithm} (not known)"}
    return {
        "key identifier": key.identifier(Format.CWT),
        "key identifier in JWS": key.identifier(Format.JWS),
        "algorithm": key.algorithm.name if key.algorithm else "not said",
        "key type": key.kind.label,
    }


def _key_members(key: PublicKey | UnknownKey) -> dict[str, Any]:
    if isinstance(key, UnknownKey):
        return {"key_identifier": key.identifier, "algorithm": key.algorithm}
    return {
        "key_identifier": key.identifier(Format.CWT),
        "jwk_key_identifier": key.identifier(Format.JWS),
        "algorithm": key.algorithm.name if key.algorithm else None,
        "key_type": key.kind.label,
        "cose_key": encode_key(key).hex(),
    }


def _algorithm_name(identifier: int | str) -> str:
    algorithm = find_algorithm(identifier)
    return algorithm.name if algorithm else f"{identifier} (not known)"


def _date(date: NumericDate | None) -> str | None:
    return None if date is None else date_text(date)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
