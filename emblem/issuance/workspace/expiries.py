"""What of a workspace expires when: emblems, endorsements, keys, and the certificates that commit them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from emblem.errors import InputError
from emblem.issuance.token_files import SignedToken, read_endorsement_file
from emblem.issuance.workspace.emblems import Marked
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.publishing import endorsement_files
from emblem.keys.files import read_file
from emblem.model.organization import Organization
from emblem.model.time import numeric_date
from emblem.model.token import Endorsement, NumericDate

_LARGEST_CHAIN = 1024 * 1024


class Kind(StrEnum):
    """What it is that expires."""

    EMBLEMS = "emblems"
    ENDORSEMENT = "endorsement"
    KEY = "key"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Expiry:
    """Something that expires.

    Args:
        kind: what it is.
        name: which, for people.
        at: when.
    """

    kind: Kind
    name: str
    at: NumericDate


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands behind the key that signs emblems.

    Args:
        own: until when the organization's own endorsement of it holds; None: there is none that holds.
        others: until when another organization's endorsement holds of a key above it, by that organization.
    """

    own: NumericDate | None
    others: dict[Organization, NumericDate]


def expiries(workspace: Workspace, marked: Iterable[Marked], at: datetime) -> tuple[Expiry, ...]:
    """Everything that expires, the earliest first.

    Of the emblems only the first is named, and no endorsement that a newer one of the same key by the same
    organization has replaced. What cannot be read is left out: the doctor tells.
    """
    found = [*_of_emblems(marked), *_of_endorsements(workspace), *_of_keys(workspace, at), *_of_certificates(workspace)]
    return tuple(sorted(found, key=lambda one: (one.at, one.kind, one.name)))


def standing(workspace: Workspace, signing_key: str, at: datetime) -> Standing:
    """What stands behind the key that signs emblems now.

    Args:
        workspace: whose.
        signing_key: the identifier of the key.
        at: now.
    """
    now = numeric_date(at)
    organization = workspace.settings.organization
    holding = [token for token in _readable_endorsements(workspace.endorsements) if token.holds(now)]
    own = [one for one in holding if one.claims.issuer == one.claims.subject == organization]
    above = _keys_above(signing_key, own)
    others: dict[Organization, NumericDate] = {}
    for token in holding:
        claims = token.claims
        if claims.issuer in (None, organization) or claims.subject != organization or not claims.may_endorse:
            continue
        if claims.key in above:
            assert claims.issuer is not None
            others[claims.issuer] = max(claims.expires, others.get(claims.issuer, 0))
    ends = [one.claims.expires for one in own if one.claims.key == signing_key]
    return Standing(max(ends, default=None), others)


def _keys_above(key: str, own: list[SignedToken[Endorsement]]) -> set[str]:
    above, waiting = {key}, [key]
    while waiting:
        endorsed = waiting.pop()
        for token in own:
            if token.claims.key == endorsed and token.signing_key not in above:
                above.add(token.signing_key)
                waiting.append(token.signing_key)
    return above


def _of_emblems(marked: Iterable[Marked]) -> Iterator[Expiry]:
    ends = [one.emblem.claims.expires for one in marked if one.emblem is not None]
    if ends:
        yield Expiry(Kind.EMBLEMS, f"the first of {len(ends)}", min(ends))


def _of_endorsements(workspace: Workspace) -> Iterator[Expiry]:
    names = {}
    for key in workspace.settings.keys:
        identifier = _identifier(workspace.public_file(key))
        if identifier is not None:
            names[identifier] = key.name
    latest: dict[tuple[str, str], NumericDate] = {}
    for token in _readable_endorsements(workspace.endorsements):
        claims = token.claims
        pair = (names.get(claims.key, claims.key), str(claims.issuer or "nobody by name"))
        latest[pair] = max(claims.expires, latest.get(pair, 0))
    for (name, issuer), end in latest.items():
        yield Expiry(Kind.ENDORSEMENT, f"of {name} by {issuer}", end)


def _of_keys(workspace: Workspace, at: datetime) -> Iterator[Expiry]:
    for key in workspace.settings.keys:
        if key.retired is not None and key.retired > at:
            yield Expiry(Kind.KEY, f"{key.name} is retired", numeric_date(key.retired))


def _of_certificates(workspace: Workspace) -> Iterator[Expiry]:
    paths = sorted([*workspace.root.glob("certificates/*.pem"), *workspace.root.glob("*.chain.pem")])
    if not paths:
        return
    from emblem.traceability.chain import read_chain
    from emblem.traceability.summary import summarize

    for path in paths:
        try:
            chain = read_chain(str(path), read_file(path, _LARGEST_CHAIN))
        except InputError:
            continue
        yield Expiry(Kind.CERTIFICATE, path.name, summarize(chain.encoded).not_after)


def _readable_endorsements(folder: Path) -> Iterator[SignedToken[Endorsement]]:
    for path in endorsement_files(folder):
        try:
            yield read_endorsement_file(path)
        except InputError:
            continue


def _identifier(path: Path) -> str | None:
    from emblem.keys.files import LARGEST_KEY_FILE
    from emblem.keys.pem import read_public_keys

    try:
        return read_public_keys(str(path), read_file(path, LARGEST_KEY_FILE))[0].cose_thumbprint
    except InputError:
        return None
