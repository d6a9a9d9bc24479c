"""Builds JWS tokens in which every piece can be replaced by a wrong one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from test_vectors.generator.encoding import base64_standard, base64url
from test_vectors.generator.keys import EMBLEM, ROOT, AnyKey, Key
from test_vectors.generator.vector import EXP, NBF, ORG, TARGET

Claims = dict[str, object]
EMBLEM_TYPE, ENDORSEMENT_TYPE = "adem-emb", "adem-end"

EMBLEM_CLAIMS: Claims = {
    "ver": "v1",
    "iat": NBF,
    "nbf": NBF,
    "exp": EXP,
    "assets": [TARGET],
    "emb": {"prp": ["protective"], "dst": ["dns"]},
}
"""The claims of an emblem without issuer."""

ISSUED_CLAIMS: Claims = {"iss": ORG} | EMBLEM_CLAIMS
"""The claims of an emblem with issuer."""

LOG: list[object] = [{"ver": "v1", "id": base64_standard(b"\x11" * 32), "hash": base64_standard(b"\x22" * 32)}]
"""A well-formed root key commitment. Whether the log holds it is never judged by these vectors."""


def endorsement_claims(
    endorsed: Key,
    *,
    issuer: str | None = ORG,
    subject: str | None = ORG,
    end: bool = False,
    constraints: object = None,
    log: object = None,
) -> Claims:
    """The claims of an endorsement of a key."""
    claims: Claims = {
        "ver": "v1",
        "iss": issuer,
        "sub": subject,
        "iat": NBF,
        "nbf": NBF,
        "exp": EXP,
        "key": endorsed.jwk_kid,
        "end": end,
        "emb": constraints,
        "log": log,
    }
    return {name: value for name, value in claims.items() if value is not None}


def without(claims: Mapping[str, object], *names: str) -> Claims:
    """The claims but for some."""
    return {name: value for name, value in claims.items() if name not in names}


def json_text(value: object) -> str:
    """A value as JSON; a text is taken as JSON already, so that any mistake can be made."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def header(key: Key, kind: str = EMBLEM_TYPE, **more: object) -> Claims:
    """The protected header for a key: ``alg``, ``cty``, ``kid`` and what else is given (which may replace them)."""
    return {"alg": key.curve.jose_alg, "cty": kind, "kid": key.jwk_kid} | more


def sign(key: AnyKey, head: object, claims: object) -> str:
    """A compact JWS of a header and claims, or of whatever stands in their place."""
    return sign_parts(key, base64url(json_text(head).encode()), base64url(json_text(claims).encode()))


def sign_parts(key: AnyKey, head: str, payload: str) -> str:
    """A compact JWS of two encoded parts."""
    return f"{head}.{payload}.{base64url(key.sign(f'{head}.{payload}'.encode()))}"


def emblem(key: Key = EMBLEM, **changes: object) -> str:
    """An emblem without issuer, with some members changed."""
    return sign(key, header(key), EMBLEM_CLAIMS | changes)


def issued(key: Key = EMBLEM, **changes: object) -> str:
    """An emblem with issuer, with some members changed."""
    return sign(key, header(key), ISSUED_CLAIMS | changes)


def endorsement(key: Key, claims: object) -> str:
    """An endorsement."""
    return sign(key, header(key, ENDORSEMENT_TYPE), claims)


def root_endorsement(
    endorsed: Key = EMBLEM,
    *,
    key: Key = ROOT,
    log: object = LOG,
    issuer: str | None = ORG,
    subject: str | None = ORG,
    end: bool = False,
    constraints: object = None,
) -> str:
    """The endorsement of a key by a root, with log entries (None: without)."""
    claims = endorsement_claims(endorsed, issuer=issuer, subject=subject, end=end, constraints=constraints, log=log)
    return endorsement(key, claims)


def token_value(token: str, name: str = "") -> str:
    """The TXT value of a token."""
    return f"adem-token{'-' + name if name else ''}={token}"


def key_value(key: Key, name: str = "") -> str:
    """The TXT value of a key."""
    return f"adem-key{'-' + name if name else ''}={json_text(key.jwk)}"


def values(keys: Sequence[Key], *tokens: str) -> list[str]:
    """The TXT values of keys and tokens."""
    return [*(key_value(key) for key in keys), *(token_value(token) for token in tokens)]


def alone(token: str, key: Key = EMBLEM) -> list[str]:
    """The TXT values of one token and its key."""
    return values([key], token)
