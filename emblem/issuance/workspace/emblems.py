"""The emblems of a workspace: which there are, what each is to say, and which must be signed anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from emblem.errors import InputError, WorkspaceError
from emblem.issuance.token_files import SignedToken, emblem_path, peek_emblem_file
from emblem.issuance.workspace.inventory import Host
from emblem.issuance.workspace.settings import Settings
from emblem.keys.public import PublicKey
from emblem.model.asset import NameAsset
from emblem.model.purpose import USE_OF_SIGN
from emblem.model.sign import Sign
from emblem.model.time import numeric_date
from emblem.model.token import Emblem, NumericDate

BACKDATED = timedelta(hours=2)
"""So long before it is signed an emblem begins to hold: with a clock that is an hour off it must hold, too."""

_SUFFIX = ".emblem"
_SURELY_SHORT = 200


class State(StrEnum):
    """How the emblem of a host is."""

    CURRENT = "current"
    MISSING = "missing"
    """There is none."""
    UNREADABLE = "unreadable"
    """Its file holds something else."""
    CHANGED = "changed"
    """It says something else than it should, or another key signed it."""
    DUE = "due"
    """It is to be renewed."""
    EXPIRED = "expired"
    """It holds no more."""
    EARLY = "early"
    """It does not hold yet: was the clock wrong when it was signed, or is it now?"""


@dataclass(frozen=True, slots=True)
class Marked:
    """A host, and how its emblem is.

    Args:
        host: which.
        state: of its emblem.
        emblem: what its file holds, where that can be read.
        reason: what is wrong with the file, or what is to be changed.
    """

    host: Host
    state: State
    emblem: SignedToken[Emblem] | None = None
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether there is an emblem that holds now, due or not, changed or not."""
        return self.emblem is not None and self.state not in (State.EXPIRED, State.EARLY)


def emblem_for(host: Host, settings: Settings, not_before: NumericDate, expires: NumericDate) -> Emblem:
    """What the emblem of a host is to say.

    Raises:
        WorkspaceError: it would bear a sign without a purpose that uses one.
    """
    sign = settings.sign if host.sign is None else host.sign if isinstance(host.sign, Sign) else None
    purposes = settings.defaults.purposes if host.purposes is None else host.purposes
    if sign is not None and not purposes & USE_OF_SIGN:
        if host.sign is not None:
            found = f"the sign {sign} without the purpose protective or indicative"
            raise WorkspaceError(f"{host.target}, line {host.line}: sign", found, "one of these purposes, or none")
        sign = None
    asset = NameAsset(host.name, host.name)
    return Emblem(not_before, expires, (asset,), settings.organization, purposes, sign=sign)


def assess(hosts: Iterable[Host], settings: Settings, folder: Path, signing_key: str, at: datetime) -> Iterator[Marked]:
    """How the emblem of each host is.

    Args:
        hosts: which.
        settings: of the workspace.
        folder: of the emblems.
        signing_key: the identifier of the key that signs now.
        at: the time.
    """
    present = names_in(folder)
    now = numeric_date(at)
    keys: dict[str, PublicKey] = {}
    for host in hosts:
        if host.name not in present:
            yield Marked(host, State.MISSING)
            continue
        try:
            found = peek_emblem_file(emblem_path(folder, host.target), keys)
        except InputError as error:
            yield Marked(host, State.UNREADABLE, None, str(error))
            continue
        yield _assessed(host, found, settings, signing_key, now)


def renewal_time(name: str, emblem: Emblem, renew_before: int) -> NumericDate:
    """From when an emblem is renewed: within the first half of the time that is set aside for that, by its name.

    So ten thousand hosts that were marked on one day are not all renewed on one day.
    """
    lifetime = emblem.expires - emblem.not_before
    window = min(renew_before, int(lifetime // 2))
    share = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) / 2**32
    return emblem.expires - window + int(share * (window // 2))


def names_in(folder: Path) -> frozenset[str]:
    """The names of the hosts of which there is a file in the folder of emblems."""
    if not folder.is_dir():
        return frozenset()
    names = (path.name for path in folder.iterdir())
    return frozenset(name[: -len(_SUFFIX)] for name in names if name.endswith(_SUFFIX) and not name.startswith("."))


def file_name(host: Host) -> str:
    """The name of the file of a host's emblem.

    Raises:
        InputError: it is too long for a file.
    """
    name = host.name + _SUFFIX
    return name if len(name) < _SURELY_SHORT else emblem_path(Path(), host.target).name


def digest_of(token: bytes) -> str:
    """By what the ledger names a token: SHA-256 of the record data, in hexadecimal."""
    return hashlib.sha256(token).hexdigest()


def due(marked: Iterable[Marked]) -> Sequence[Marked]:
    """Those that must be signed: all that are not current."""
    return [one for one in marked if one.state is not State.CURRENT]


def _assessed(host: Host, found: SignedToken[Emblem], settings: Settings, signing_key: str, now: NumericDate) -> Marked:
    claims = found.claims
    difference = _difference(claims, emblem_for(host, settings, claims.not_before, claims.expires))
    if now >= claims.expires:
        return Marked(host, State.EXPIRED, found)
    if now < claims.not_before:
        return Marked(host, State.EARLY, found)
    if difference:
        return Marked(host, State.CHANGED, found, difference)
    if found.signing_key != signing_key:
        return Marked(host, State.CHANGED, found, "signed by another key")
    if now >= renewal_time(host.name, claims, settings.defaults.renew_before):
        return Marked(host, State.DUE, found)
    return Marked(host, State.CURRENT, found)


def _difference(is_: Emblem, is_to_be: Emblem) -> str:
    """What the emblem says otherwise than it is to."""
    names = ("assets", "issuer", "purposes", "sign", "channels", "sign_text")
    return ", ".join(name for name in names if getattr(is_, name) != getattr(is_to_be, name))
