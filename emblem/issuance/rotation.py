"""Replacing a signing key, and retiring the old one: what comes next is told from the files, so it can always go on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from emblem.errors import InputError, WorkspaceError
from emblem.issuance.filing import readable_endorsements
from emblem.issuance.given import Given, GivenList
from emblem.issuance.token_files import SignedToken, peek_emblem_file
from emblem.issuance.workspace.settings import NamedKey, Role, Settings
from emblem.keys.public import PublicKey
from emblem.model.organization import Organization
from emblem.model.time import numeric_date
from emblem.model.token import Emblem, Endorsement, NumericDate

_NUMBERED = re.compile(r"(.*?)(?:-([0-9]{1,6}))?")


@dataclass(frozen=True, slots=True)
class StillSigned:
    """What a key has signed that still holds: for how many hosts, and until when."""

    hosts: int
    until: NumericDate


def check_rotated(settings: Settings, name: str, at: datetime) -> NamedKey:
    """The key of a name, if it is one whose place another one can take.

    Raises:
        WorkspaceError: there is none, it does not sign emblems, or is retired.
    """
    key = settings.key(name)
    if key.role is not Role.SIGNING:
        expected = "a signing key; of the others make a new one, have it endorsed, then retire the old one"
        raise WorkspaceError(f"key {name!r}", f"one of the role {key.role}", expected)
    if not key.signs_at(at):
        raise WorkspaceError(f"key {name!r}", "one that is retired", "the signing key that is in use")
    return key


def successor(settings: Settings, key: NamedKey, at: datetime) -> NamedKey | None:
    """The key that signs in the place of another one already, or None where that is itself the current one."""
    current = settings.current_key(key.role, at)
    return None if current == key else current


def next_name(settings: Settings, name: str) -> str:
    """The name of the key that follows: ``signing-2`` after ``signing``, ``signing-2028`` after ``signing-2027``."""
    match = _NUMBERED.fullmatch(name)
    assert match is not None, "whatever the name, it is one"
    stem, number = match[1], int(match[2] or 1)
    taken = {key.name for key in settings.keys}
    while (candidate := f"{stem}-{(number := number + 1)}") in taken:
        pass
    return candidate


def own_endorsement(
    folder: Path, key: str, organization: Organization, at: datetime
) -> SignedToken[Endorsement] | None:
    """An endorsement, among those on file, by which an organization now stands by a key of its own."""
    now = numeric_date(at)
    found = [
        token
        for _, token in readable_endorsements(folder)
        if token.claims.key == key and token.claims.issuer == token.claims.subject == organization and token.holds(now)
    ]
    return max(found, key=lambda token: token.claims.expires, default=None)


def given_endorsement(listed: GivenList, key: str, organization: Organization, at: datetime) -> Given | None:
    """Such an endorsement on the list of what was given: it was signed, and perhaps not filed any more."""
    now = numeric_date(at)
    return next(
        (
            one
            for one in listed.of_key(key)
            if one.endorsement.issuer == one.endorsement.subject == organization
            and one.endorsement.not_before <= now < one.endorsement.expires
            and listed.stands(one)
        ),
        None,
    )


def still_signed(tokens: Path, key: str, at: datetime) -> StillSigned | None:
    """What a key has signed that still holds, as far as the files of the emblems tell; None where it is nothing."""
    now = numeric_date(at)
    ends = [
        token.claims.expires for token in _readable(tokens) if token.signing_key == key and token.claims.expires > now
    ]
    return StillSigned(len(ends), max(ends)) if ends else None


def needed_endorsements(folder: Path, root: str, keys: Collection[str], at: datetime) -> tuple[str, ...]:
    """The keys that only a root key stands by: what would lose its chain if the endorsements of that went."""
    now = numeric_date(at)
    by_root, by_others = set[str](), set[str]()
    for _, token in readable_endorsements(folder):
        if token.claims.issuer == token.claims.subject and token.holds(now):
            (by_root if token.signing_key == root else by_others).add(token.claims.key)
    return tuple(sorted(set(keys) & (by_root - by_others)))


def _readable(folder: Path) -> Iterable[SignedToken[Emblem]]:
    keys: dict[str, PublicKey] = {}
    for path in sorted(folder.glob("*.emblem")):
        try:
            yield peek_emblem_file(path, keys)
        except InputError:
            continue
