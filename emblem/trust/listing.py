"""What a trust store says, for people and for programs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from emblem.codec.withdrawal import Withdrawals
from emblem.model.time import date_text, numeric_date
from emblem.trust.document import Authority, Document, KeyEntry, Period, Refusal
from emblem.trust.policy import StatedPolicy
from emblem.validation.trust import Policy

SCHEMA = "emblem.trust/1"
"""The schema of :func:`store_members`."""


def store_members(document: Document, lists: Sequence[Withdrawals]) -> Mapping[str, Any]:
    """A whole store as an object for JSON.

    Args:
        document: the store.
        lists: its withdrawal lists, in their order.
    """
    return {
        "schema": SCHEMA,
        "store": document.source.name,
        "policy": {name: _plain(value) for name, value in stated_fields(document.policy)},
        "authorities": [_authority_members(authority, document) for authority in document.authorities],
        "refused": [_refusal_members(refusal) for refusal in document.refusals],
        "withdrawals": [
            {
                "file": reference.file,
                "note": reference.note,
                "organization": str(withdrawals.issuer),
                "issued_at": date_text(withdrawals.issued_at),
                "keys": sorted(withdrawals.keys),
                "tokens": sorted(token.hex() for token in withdrawals.tokens),
            }
            for reference, withdrawals in zip(document.lists, lists, strict=True)
        ],
        "stamp_authorities": [
            {"name": one.name, "note": one.note, "certificates": list(one.digests)}
            for one in document.stamp_authorities
        ],
        "log_list": None if document.log_list is None else document.log_list.file,
        "logs": [
            {"address": one.address, "log_id": one.key.log_id.hex(), "name": one.name, "note": one.note}
            for one in document.logs
        ],
    }


def stated_fields(policy: StatedPolicy) -> tuple[tuple[str, Any], ...]:
    """The fields of a policy that were stated, with their values."""
    names = (field.name for field in fields(Policy))
    return tuple((name, getattr(policy.policy, name)) for name in names if name in policy.stated)


def policy_words(policy: StatedPolicy) -> tuple[str, ...]:
    """The fields of a policy that were stated, each in words."""
    return tuple(f"{name.replace('_', '-')} {_words(name, value)}" for name, value in stated_fields(policy))


def scope_words(authority: Authority, entry: KeyEntry | None = None) -> str:
    """What a key, or a certificate, of an authority is trusted for, in words."""
    parts: list[str] = []
    if authority.purposes is not None:
        parts.append(", ".join(authority.purposes.slugs))
    if authority.names is not None:
        parts.append(f"names under {', '.join(authority.names)}")
    parts += _period_words(authority.period if entry is None else authority.period.within(entry.period))
    return "; ".join(parts) or "everything"


def is_refused(entry: KeyEntry, document: Document) -> bool:
    """Whether a store that holds a key refuses it too, so that it never counts."""
    refused = {refusal.key for refusal in document.refusals}
    return bool(refused & {entry.key.cose_thumbprint, entry.key.jwk_thumbprint})


def _period_words(period: Period) -> list[str]:
    return [
        f"{word} {_time_text(time)}"
        for word, time in (("from", period.start), ("until", period.end))
        if time is not None
    ]


def _authority_members(authority: Authority, document: Document) -> dict[str, Any]:
    return {
        "organization": None if authority.organization is None else str(authority.organization),
        "name": authority.name,
        "note": authority.note,
        "provenance": authority.provenance,
        "purposes": None if authority.purposes is None else list(authority.purposes.slugs),
        "names": None if authority.names is None else list(authority.names),
        "keys": [
            {
                "key_identifier": entry.key.cose_thumbprint,
                "jwk_key_identifier": entry.key.jwk_thumbprint,
                "key_type": entry.key.kind.label,
                "algorithm": None if entry.key.algorithm is None else entry.key.algorithm.name,
                "note": entry.note,
                **_period_members(authority.period.within(entry.period)),
                "refused": is_refused(entry, document),
            }
            for entry in authority.keys
        ],
        "certificates": [hashlib.sha256(one).hexdigest() for one in authority.certificates],
    }


def _period_members(period: Period) -> dict[str, str | None]:
    times = {"valid_from": period.start, "valid_until": period.end}
    return {name: None if time is None else _time_text(time) for name, time in times.items()}


def _time_text(time: datetime) -> str:
    return date_text(numeric_date(time))


def _refusal_members(refusal: Refusal) -> dict[str, Any]:
    return {
        "key": refusal.key,
        "token": None if refusal.token is None else refusal.token.hex(),
        "organization": None if refusal.organization is None else str(refusal.organization),
        "note": refusal.note,
    }


def _plain(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, frozenset) else value


def _words(name: str, value: Any) -> str:
    if name in ("clock_skew", "longest_lifetime", "oldest_commitment"):
        return f"{value} s"
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
