"""Tokens that never count for this verifier: of a refused key or organization, refused or withdrawn themselves."""

from __future__ import annotations

import hashlib

from emblem.model.reason import ReasonCode
from emblem.model.token import Endorsement, Token, UnknownVersion
from emblem.validation.trust import NOTHING_REFUSED, Refusals

Objection = tuple[ReasonCode, str]
"""Why a token is dropped: the reason's code and its message."""


def token_digest(token: Token) -> bytes:
    """The SHA-256 digest of a token's signed bytes: what names a token, whichever signature it carries."""
    return hashlib.sha256(token.signed).digest()


def find_refusal(token: Token, refusals: Refusals) -> Objection | None:
    """Why a token is refused or withdrawn, or None."""
    if refusals is NOTHING_REFUSED:
        return None
    if token.key_identifier in refusals.keys:
        return ReasonCode.KEY_REFUSED, f"you refuse key {token.key_identifier}"
    digest = token_digest(token)
    if digest in refusals.tokens:
        return ReasonCode.TOKEN_REFUSED, f"you refuse the token {digest.hex()}"
    issuer = None if isinstance(token.claims, UnknownVersion) else token.claims.issuer
    if issuer is None:
        return None
    if issuer in refusals.organizations:
        return ReasonCode.ORGANIZATION_REFUSED, f"you refuse what {issuer} says"
    endorsed = token.claims.key if isinstance(token.claims, Endorsement) else None
    if (issuer, digest) in refusals.withdrawn_tokens or (issuer, endorsed) in refusals.withdrawn_keys:
        return ReasonCode.TOKEN_WITHDRAWN, f"{issuer} withdrew this statement"
    return None
