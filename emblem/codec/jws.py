"""JWS tokens in compact serialization (draft-linker-diem-adem-core-00 and -01; RFC 7515).

This is what is deployed. ``cty`` in the protected header decides whether a token is an emblem or an
endorsement; claims of the other kind are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from emblem.codec.assets import read_jws_asset
from emblem.codec.base64 import decode_base64, decode_base64url, encode_base64, encode_base64url
from emblem.codec.cbor import describe
from emblem.codec.claims import (
    check_key_identifier,
    take_boolean,
    take_date,
    take_optional_date,
    take_organization,
    take_texts,
)
from emblem.codec.jwk import read_token_key, write_jwk
from emblem.codec.strict_json import decode_object, take_object
from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.public import PublicKey, UnknownKey
from emblem.keys.signing import Signer
from emblem.model.asset import Asset
from emblem.model.purpose import NO_PURPOSE, PURPOSES, Purpose
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

_EMBLEM, _ENDORSEMENT = "adem-emb", "adem-end"
_VERSION = "v1"
_DIGEST = 32
_LARGEST_INDEX = 2**64 - 1
Keys = tuple[PublicKey | UnknownKey, ...]


def decode_token(text: str) -> tuple[Token, Keys]:
    """Read a token; its signature and its times are not judged.

    Returns:
        The token, and the keys that it carries in its header and, in the oldest form, in the claim ``key``.

    Raises:
        MalformedError: the text is no token of this format. A token in a version that we do not know is no
            error: its claims are :class:`~emblem.model.token.UnknownVersion`.
    """
    parts = text.split(".")
    if len(parts) != 3:
        raise MalformedError("JWS", f"{len(parts)} parts", "three, separated by dots")
    header = decode_object("JWS header", decode_base64url("JWS header", parts[0]))
    payload = decode_object("JWS payload", decode_base64url("JWS payload", parts[1]))
    signature = decode_base64url("JWS signature", parts[2])
    algorithm, key_identifier, header_keys = _read_header(header)
    claims, claim_keys = _read_claims(header, payload)
    token = Token(
        format=Format.JWS,
        algorithm=algorithm,
        key_identifier=key_identifier,
        claims=claims,
        signed=f"{parts[0]}.{parts[1]}".encode(),
        signature=signature,
    )
    return token, header_keys + claim_keys


def sign_token(claims: Emblem | Endorsement, signer: Signer, *, embed_key: bool = False) -> str:
    """Write and sign a token in this format, with its key's identifier or the whole key in the header.

    Raises:
        UnknownAlgorithmError: the key is of a kind that no reader of this format knows (ML-DSA).
        MalformedError: the claims say what this format cannot say, so that no reader would accept them.
    """
    key = signer.public_key
    if not key.serves(Format.JWS):
        expected = "one on P-256, P-384, P-521 or Ed25519: JWS tokens have no other"
        raise UnknownAlgorithmError("signing key", f"an {key.kind.label} key", expected)
    jwk = write_jwk(key)
    header: dict[str, Any] = {
        "alg": jwk["alg"],
        "cty": _EMBLEM if isinstance(claims, Emblem) else _ENDORSEMENT,
        "typ": "JWT",
        **({"jwk": jwk} if embed_key else {"kid": key.jwk_thumbprint}),
    }
    signing_input = f"{_encode(header)}.{_encode(_write_claims(claims))}"
    text = f"{signing_input}.{encode_base64url(signer.sign(signing_input.encode()))}"
    if decode_token(text)[0].claims != claims:
        raise MalformedError("claims", "what this format cannot express", "known values only")
    return text


def _read_header(header: Mapping[str, Any]) -> tuple[str, str | None, Keys]:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str):
        raise MalformedError("JWS header alg", describe(algorithm), "an algorithm")
    if "crit" in header:
        raise MalformedError("JWS header crit", describe(header["crit"]), "none: no extension is understood")
    key_identifier = check_key_identifier("JWS header kid", header["kid"]) if "kid" in header else None
    if "jwk" not in header:
        if key_identifier is None:
            raise MalformedError("JWS header", "neither kid nor jwk", "one of them")
        return algorithm, key_identifier, ()
    try:
        key = read_token_key(take_object("JWS header jwk", header["jwk"]))
    except UnknownAlgorithmError:
        return algorithm, key_identifier, ()
    computed = _identifier(key)
    if key_identifier not in (None, computed):
        raise MalformedError("JWS header kid", repr(key_identifier), f"the identifier of its jwk, {computed}")
    return algorithm, computed, (key,)


def _read_claims(header: Mapping[str, Any], claims: Mapping[str, Any]) -> tuple[Claims, Keys]:
    kind, version = header.get("cty"), claims.get("ver")
    if kind not in (_EMBLEM, _ENDORSEMENT):
        raise MalformedError("JWS header cty", describe(kind), f"{_EMBLEM} or {_ENDORSEMENT}")
    if not isinstance(version, str):
        raise MalformedError("claim ver", describe(version), f"a text, such as {_VERSION!r}")
    if version != _VERSION:
        return UnknownVersion(version, _readable_date(claims, "nbf"), _readable_date(claims, "exp")), ()
    return (_read_emblem(claims), ()) if kind == _EMBLEM else _read_endorsement(claims)


def _read_emblem(claims: Mapping[str, Any]) -> Emblem:
    details = take_object("claim emb", claims.get("emb", {}))
    name = _assets_member(claims) or "assets"
    return Emblem(
        not_before=take_date(claims, "nbf", "nbf"),
        expires=take_date(claims, "exp", "exp"),
        issued_at=take_optional_date(claims, "iat", "iat"),
        issuer=take_organization(claims, "iss", "iss"),
        assets=tuple(map(read_jws_asset, take_texts(claims, name, name))),
        purposes=_take_purposes(details) or NO_PURPOSE,
        channels=frozenset(_take_array(details, "dst") or ()),
    )


def _read_endorsement(claims: Mapping[str, Any]) -> tuple[Endorsement, Keys]:
    key = claims.get("key")
    keys: Keys = ()
    if isinstance(key, dict):
        try:
            keys = (read_token_key(key),)
        except UnknownAlgorithmError as error:
            raise MalformedError("claim key", error.found, error.expected) from error
        identifier = _identifier(keys[0])
    else:
        identifier = check_key_identifier("claim key", key)
    endorsement = Endorsement(
        not_before=take_date(claims, "nbf", "nbf"),
        expires=take_date(claims, "exp", "exp"),
        issued_at=take_optional_date(claims, "iat", "iat"),
        issuer=take_organization(claims, "iss", "iss"),
        subject=take_organization(claims, "sub", "sub"),
        key=identifier,
        may_endorse=take_boolean(claims, "end", "end") if "end" in claims else False,
        constraints=_read_constraints(take_object("claim emb", claims.get("emb", {}))),
        log=read_log(claims["log"]) if "log" in claims else None,
    )
    return endorsement, keys


def _read_constraints(details: Mapping[str, Any]) -> Constraints:
    name = _assets_member(details)
    channels = _take_array(details, "dst")
    window = take_optional_date(details, "wnd", "emb.wnd")
    if window is not None and window < 0:
        raise MalformedError("claim emb.wnd", str(window), "a number of seconds, not negative")
    return Constraints(
        purposes=_take_purposes(details),
        assets=tuple(map(read_jws_asset, _take_array(details, name) or ())) if name else None,
        channels=None if channels is None else frozenset(channels),
        window=window,
    )


def _assets_member(members: Mapping[str, Any]) -> str | None:
    names = [name for name in ("assets", "bearers") if name in members]
    if len(names) > 1:
        raise MalformedError("claims", "assets and bearers", "one of them")
    return names[0] if names else None


def _take_array(details: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    if name not in details:
        return None
    value = details[name]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise MalformedError(f"claim emb.{name}", describe(value), "an array of texts")
    return tuple(value)


def _take_purposes(details: Mapping[str, Any]) -> Purpose | None:
    values = _take_array(details, "prp")
    if values is None:
        return None
    purposes = NO_PURPOSE
    for value in values:
        if PURPOSES.get(value) not in (Purpose.PROTECTIVE, Purpose.INDICATIVE):
            raise MalformedError("claim emb.prp", repr(value), "protective or indicative")
        purposes |= PURPOSES[value]
    return purposes


def read_log(entries: object) -> tuple[LogEntry, ...]:
    """The value of a claim ``log``, decoded from JSON; entries of a kind that we do not know are left out.

    Raises:
        MalformedError: it is no non-empty array of log entries.
    """
    if not isinstance(entries, list) or not entries:
        raise MalformedError("claim log", describe(entries), "a non-empty array")
    return tuple(entry for entry in map(_read_log_entry, entries) if entry is not None)


def write_log(entries: tuple[LogEntry, ...]) -> list[dict[str, Any]]:
    """The value of a claim ``log``, ready to be encoded as JSON; :func:`read_log` reads it."""
    return list(map(_write_log_entry, entries))


def _read_log_entry(entry: object) -> LogEntry | None:
    fields = take_object("log entry", entry)
    version = fields.get("ver")
    if not isinstance(version, str):
        raise MalformedError("log entry ver", describe(version), "v1 or static")
    if version == "v1":
        return LogEntry(_take_digest(fields, "id"), leaf_hash=_take_digest(fields, "hash"))
    if version != "static":
        return None
    index = fields.get("index")
    if type(index) is not int or not 0 <= index <= _LARGEST_INDEX:
        raise MalformedError("log entry index", describe(index), "an unsigned integer")
    return LogEntry(_take_digest(fields, "id"), index=index)


def _take_digest(fields: Mapping[str, Any], name: str) -> bytes:
    value = fields.get(name)
    if isinstance(value, str):
        digest = decode_base64(f"log entry {name}", value)
        if len(digest) == _DIGEST:
            return digest
    raise MalformedError(f"log entry {name}", describe(value), f"base64 of {_DIGEST} bytes")


def _readable_date(claims: Mapping[str, Any], name: str) -> NumericDate | None:
    try:
        return take_date(claims, name, name)
    except MalformedError:
        return None


def _identifier(key: PublicKey | UnknownKey) -> str:
    return key.jwk_thumbprint if isinstance(key, PublicKey) else key.identifier


def _encode(members: Mapping[str, Any]) -> str:
    return encode_base64url(json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode())


def _write_claims(claims: Emblem | Endorsement) -> dict[str, Any]:
    written: dict[str, Any] = {"ver": _VERSION, "nbf": claims.not_before, "exp": claims.expires}
    if claims.issued_at is not None:
        written["iat"] = claims.issued_at
    if claims.issuer is not None:
        written["iss"] = str(claims.issuer)
    if isinstance(claims, Emblem):
        written["assets"] = _texts(claims.assets)
        written["emb"] = _write_details(claims.purposes or None, None, claims.channels or None, None)
        return written
    if claims.subject is not None:
        written["sub"] = str(claims.subject)
    written["key"], written["end"] = claims.key, claims.may_endorse
    allowed = claims.constraints
    written["emb"] = _write_details(allowed.purposes, allowed.assets, allowed.channels, allowed.window)
    if claims.log is not None:
        written["log"] = write_log(claims.log)
    return written


def _write_details(
    purposes: Purpose | None,
    assets: tuple[Asset, ...] | None,
    channels: frozenset[str] | None,
    window: NumericDate | None,
) -> dict[str, Any]:
    details = {
        "prp": None if purposes is None else list(purposes.slugs),
        "assets": None if assets is None else _texts(assets),
        "dst": None if channels is None else sorted(channels),
        "wnd": window,
    }
    return {name: value for name, value in details.items() if value is not None}


def _write_log_entry(entry: LogEntry) -> dict[str, Any]:
    log_id = encode_base64(entry.log_id)
    if entry.leaf_hash is not None:
        return {"ver": "v1", "id": log_id, "hash": encode_base64(entry.leaf_hash)}
    return {"ver": "static", "id": log_id, "index": entry.index}


def _texts(assets: tuple[Asset, ...]) -> list[str]:
    return [asset.text for asset in assets]
