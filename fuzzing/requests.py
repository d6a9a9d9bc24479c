"""Requests to judge a set of records: JSON, as the test vectors have it, read leniently."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from emblem.codec.record_text import read_records
from emblem.discovery.given import select_records
from emblem.errors import EmblemError
from emblem.model.need import Commitment, CommitmentNeed
from emblem.model.organization import Organization
from emblem.model.record import Alias, Record
from emblem.model.target import Address, Target, parse_given_address
from emblem.model.verdict import Level, Verdict
from emblem.trust.key_files import read_public_keys
from emblem.validation.procedure import Profile
from emblem.validation.trust import Policy, Trust, TrustedKey
from emblem.validation.validate import validate


@dataclass(frozen=True, slots=True)
class Request:
    """Records, and everything that they are judged by but the profile."""

    entries: tuple[Record | Alias, ...]
    target: Target
    at: datetime
    trust: Trust
    addresses: tuple[Address, ...] = ()

    def judged(self, profile: Profile, commitments: Mapping[CommitmentNeed, Commitment] | None = None) -> Verdict:
        """The verdict on the records that belong to the target."""
        return validate(
            select_records(self.entries, self.target).records,
            target=self.target,
            at=self.at,
            trust=self.trust,
            commitments=commitments,
            addresses=self.addresses,
            profile=profile,
        )

    def plus(self, entries: Iterable[Record | Alias]) -> Request:
        """The same with further records."""
        return replace(self, entries=(*self.entries, *entries))


def read_request(data: bytes) -> Request | None:
    """The request that an input states, or None where it states none."""
    members = read_members(data)
    if members is None:
        return None
    try:
        accept = members.get("accept")
        policy = Policy(accept=Level(accept) if accept else None)
        at = datetime.fromisoformat(members["at"])
        return (
            None
            if at.tzinfo is None
            else Request(
                read_records("\n".join(members["records"])),
                Target.parse(members["target"]),
                at,
                Trust(tuple(key for one in members.get("trust", ()) for key in _trusted_keys(one)), policy=policy),
                tuple(map(parse_given_address, members.get("addresses", ()))),
            )
        )
    except (EmblemError, ValueError):
        return None


def read_members(data: bytes) -> dict[str, Any] | None:
    """The members of a request, if it has those that it must have, of the kinds that they must have."""
    try:
        members = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(members, dict) or not all(isinstance(members.get(name), str) for name in ("target", "at")):
        return None
    trust = members.get("trust", [])
    if not isinstance(trust, list) or not all(isinstance(one, dict) and _are_texts([*one.values()]) for one in trust):
        return None
    known = members.get("accept", "") in ("", "organizational", "endorsed")
    if not known or not _are_texts(members.get("records")) or not _are_texts(members.get("addresses", [])):
        return None
    return members


def write_members(members: Mapping[str, Any]) -> bytes:
    """A request as an input."""
    return json.dumps(members, separators=(",", ":")).encode()


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _trusted_keys(trusted: Mapping[str, str]) -> Sequence[TrustedKey]:
    organization = Organization.parse(trusted["organization"]) if "organization" in trusted else None
    return [TrustedKey(key, organization) for key in _read_keys(trusted.get("key", ""))]


@lru_cache(maxsize=256)
def _read_keys(text: str) -> tuple[Any, ...]:
    return read_public_keys("trusted key", text.encode("utf-8", "surrogatepass"))
