"""Signing emblems in bulk: only those that are missing, changed or due, each safely on the disk before it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from emblem.codec.cwt import decode_token, sign_token, write_token
from emblem.errors import InputError, MalformedError
from emblem.issuance.token_files import token_file_data
from emblem.issuance.workspace.emblems import BACKDATED, Marked, assess, digest_of, due, emblem_for, file_name
from emblem.issuance.workspace.files import leftovers, write_files
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.inventory import Host
from emblem.issuance.workspace.ledger import Action, Ledger
from emblem.keys.public import PublicKey
from emblem.keys.signing import Signer
from emblem.model.limits import LARGEST_RECORD
from emblem.model.time import date_text, numeric_date
from emblem.model.token import Emblem

BATCH = 500
"""Emblems that are signed, written down in the ledger and put in their places together."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A batch of emblems that are in their places: for which hosts, and until when they hold."""

    hosts: tuple[Host, ...]
    expires: datetime


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to sign.

    Args:
        hosts: how many were looked at.
        due: those that must be signed.
    """

    hosts: int
    due: tuple[Marked, ...]


def find_work(workspace: Workspace, hosts: Sequence[Host], signing_key: PublicKey, at: datetime) -> Work:
    """Which hosts need a new emblem.

    Raises:
        WorkspaceError: a host is to bear a sign without a purpose that uses one.
        InputError: the name of a host is too long for a file.
    """
    for host in hosts:
        file_name(host)
    marked = assess(hosts, workspace.settings, workspace.tokens, signing_key.cose_thumbprint, at)
    return Work(len(hosts), tuple(due(marked)))


def issue_hosts(
    workspace: Workspace,
    hosts: Iterable[Host],
    signer: Signer,
    at: datetime,
    *,
    valid: timedelta | None = None,
    batch: int = BATCH,
) -> Iterator[Issued]:
    """Sign an emblem for each host; the lock must be held.

    An emblem is in its place only once the ledger names it. Whatever interrupts this, each host has its old emblem or
    its new one, and the next run does the rest.

    Args:
        workspace: whose emblems.
        hosts: which.
        signer: the key that signs.
        at: now; emblems begin to hold :data:`~emblem.issuance.workspace.emblems.BACKDATED` before.
        valid: how long they hold; None: as the settings say.
        batch: how many are signed together.

    Yields:
        Each batch, when it is in its place.

    Raises:
        WorkspaceError: a host cannot be marked as the inventory says.
        OSError: a file cannot be written.
    """
    workspace.tokens.mkdir(exist_ok=True)
    for path in leftovers(workspace.tokens):
        path.unlink(missing_ok=True)
    start = numeric_date(at.replace(microsecond=0) - BACKDATED)
    end = at.replace(microsecond=0) + (valid or timedelta(seconds=workspace.settings.defaults.valid))
    ledger = Ledger(workspace.ledger)
    waiting = iter(hosts)
    while group := tuple(islice(waiting, batch)):
        tokens = _sign(group, workspace, signer, (int(start), int(numeric_date(end))))
        files = [
            (file_name(host), token_file_data(token, claims, signer.public_key))
            for host, (token, claims) in zip(group, tokens, strict=True)
        ]
        named = {host.name: digest_of(token) for host, (token, _) in zip(group, tokens, strict=True)}
        details = {
            "key": signer.public_key.cose_thumbprint,
            "expires": date_text(numeric_date(end)),
            "hosts": named,
        }
        write_files(workspace.tokens, files, partial(ledger.append, Action.ISSUED, at, details))
        yield Issued(group, end)


def _sign(
    hosts: Sequence[Host], workspace: Workspace, signer: Signer, period: tuple[int, int]
) -> list[tuple[bytes, Emblem]]:
    """Emblems for hosts. The first one is read and verified as anybody would: the others differ in a name only."""
    signed: list[tuple[bytes, Emblem]] = []
    for host in hosts:
        claims = emblem_for(host, workspace.settings, *period)
        token = write_token(claims, signer) if signed else _sign_checked(claims, signer)
        if len(token) > LARGEST_RECORD:
            raise InputError(f"emblem of {host.target}", f"{len(token)} bytes", f"{LARGEST_RECORD} at the most")
        signed.append((token, claims))
    return signed


def _sign_checked(claims: Emblem, signer: Signer) -> bytes:
    token = sign_token(claims, signer)
    decoded = decode_token(token)
    if not signer.public_key.verify(decoded.signature, decoded.signed):
        raise MalformedError("signature", "one that its own key does not verify", "a key that signs correctly")
    return token
