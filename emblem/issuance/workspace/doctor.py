"""A workspace, looked over: every file in it is read and checked, nothing is changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from emblem.errors import EmblemError, InputError
from emblem.issuance import given, withdrawing
from emblem.issuance.filing import REQUESTS, kept_requests
from emblem.issuance.token_files import read_emblem_file, read_endorsement_file
from emblem.issuance.workspace.emblems import digest_of, emblem_for, file_name, names_in
from emblem.issuance.workspace.files import leftovers
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.inventory import Inventory
from emblem.issuance.workspace.ledger import Ledger
from emblem.issuance.workspace.publishing import by_zone, endorsement_files
from emblem.issuance.workspace.settings import NamedKey, Role
from emblem.keys.files import LARGEST_KEY_FILE, is_exposed, read_file
from emblem.keys.pem import holds_private_key, is_encrypted, read_private_key, read_public_keys
from emblem.keys.public import PublicKey
from emblem.model.time import date_text, numeric_date
from emblem.model.token import NumericDate

_CLOCK_TOLERANCE = timedelta(minutes=5)
_LEAST_ROOM = 16 * 1024 * 1024
_MODES_FOR_OTHERS = stat.S_IROTH | stat.S_IWOTH


class Severity(StrEnum):
    """How bad it is."""

    FAULT = "fault"
    """Something is wrong."""
    NOTE = "note"
    """Good to know; nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was found.

    Args:
        severity: how bad it is.
        where: the file or the part of the workspace.
        what: what is so.
        do: what to do; empty where there is nothing.
    """

    severity: Severity
    where: str
    what: str
    do: str = ""


def examine(
    workspace: Workspace, at: datetime, *, advance: Callable[[int], object] = lambda _: None
) -> Iterator[Finding]:
    """Check everything in a workspace whose ``emblem.toml`` could be read.

    Args:
        workspace: which.
        at: now.
        advance: told of each emblem that is verified.

    Yields:
        Whatever is wrong or worth knowing; none where everything is well.
    """
    yield from _folders(workspace)
    yield from _keys(workspace, at)
    yield from _endorsements(workspace, at)
    yield from _papers(workspace)
    yield from _zones(workspace)
    inventory = None
    try:
        inventory = workspace.read_inventory()
        yield from _inventory(workspace, inventory)
    except EmblemError as error:
        yield _fault(workspace.inventory, str(error), "mend the line")
    signed = set[str]()
    yield from _ledger(workspace, at, signed)
    yield from _emblems(workspace, inventory, signed, advance)


def _fault(where: Path | str, what: str, do: str) -> Finding:
    return Finding(Severity.FAULT, str(where), what, do)


def _note(where: Path | str, what: str, do: str = "") -> Finding:
    return Finding(Severity.NOTE, str(where), what, do)


def _folders(workspace: Workspace) -> Iterator[Finding]:
    for folder in (workspace.root, workspace.keys, workspace.endorsements, workspace.tokens):
        if not folder.is_dir():
            yield _note(folder, "no such folder", "nothing: it is made when it is needed")
        elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield _fault(folder, "it cannot be written to by you", "change its owner or its mode")
        for path in leftovers(folder):
            removed = (
                "nothing: the next run removes it" if folder == workspace.tokens else f"rm {path}: nothing needs it"
            )
            yield _note(path, "left behind by an interruption", removed)
    if not (workspace.root / ".gitignore").exists():
        yield _note(workspace.root, "no .gitignore", "keep *.key, .emblem-* and .lock out of git")
    room = os.statvfs(workspace.root)
    if room.f_bavail * room.f_frsize < _LEAST_ROOM:
        yield _note(workspace.root, "hardly any space is left on its disk", "free some space")


def _keys(workspace: Workspace, at: datetime) -> Iterator[Finding]:
    settings = workspace.settings
    for role in (Role.ROOT, Role.SIGNING):
        if not any(key.signs_at(at) for key in settings.keys_of(role)):
            severity = Severity.FAULT if role is Role.SIGNING and names_in(workspace.tokens) else Severity.NOTE
            do = f"emblem key new NAME --role {role}"
            yield Finding(severity, str(workspace.settings_file), f"no key of the role {role}", do)
    for key in settings.keys:
        try:
            yield from _key(workspace, key)
        except (InputError, OSError) as error:
            yield _fault(f"key {key.name}", str(error), "take the file from a copy, or correct emblem.toml")


def _key(workspace: Workspace, key: NamedKey) -> Iterator[Finding]:
    path = workspace.public_file(key)
    public = read_public_keys(str(path), read_file(path, LARGEST_KEY_FILE))
    if len(public) != 1:
        yield _fault(path, f"{len(public)} keys", "leave exactly one in it")
    if key.location is None or key.in_token:
        return
    private = workspace.path(key.location)
    data = read_file(private, LARGEST_KEY_FILE)
    if not holds_private_key(data):
        if not data.lstrip().startswith(b"-----") and b"pkcs11:" in data:
            return
        yield _fault(private, "no private key", "take it from a copy, or correct 'location' in emblem.toml")
        return
    if is_exposed(private):
        yield _fault(private, "others on this machine can read the private key", f"chmod 600 {private}")
    if is_encrypted(data):
        return
    yield _note(private, "the private key is not encrypted", "keep the folder to yourself, and out of git")
    if read_private_key(str(private), data, bytes).public_key.cose_thumbprint != public[0].cose_thumbprint:
        yield _fault(private, f"another key than in {path}", "take both halves from a copy")


def _endorsements(workspace: Workspace, at: datetime) -> Iterator[Finding]:
    now = numeric_date(at)
    standing: dict[str, NumericDate] = {}
    organization = workspace.settings.organization
    for path in endorsement_files(workspace.endorsements):
        try:
            token = read_endorsement_file(path)
        except InputError as error:
            yield _fault(path, f"found {error.found}", "take it from a copy, or ask for it again")
            continue
        claims = token.claims
        if claims.subject != organization:
            yield _note(path, f"it is about {claims.subject or 'nobody by name'}", "it does nothing here")
        if not token.holds(now):
            yield _note(path, f"it held until {date_text(claims.expires)}" if claims.expires <= now
                        else f"it holds from {date_text(claims.not_before)}")  # fmt: skip
        elif claims.issuer == claims.subject == organization:
            standing[claims.key] = max(claims.expires, standing.get(claims.key, 0))
    signing = [key for key in workspace.settings.keys_of(Role.SIGNING) if key.signs_at(at)]
    if signing:
        public = _public_of(workspace, signing[-1])
        if public is not None and public.cose_thumbprint not in standing:
            yield _fault(
                f"key {signing[-1].name}",
                "the organization's own endorsement of it is missing or has expired",
                "endorse it with the root key: emblem endorse, or emblem request",
            )


def _public_of(workspace: Workspace, key: NamedKey) -> PublicKey | None:
    path = workspace.public_file(key)
    try:
        return read_public_keys(str(path), read_file(path, LARGEST_KEY_FILE))[0]
    except InputError:
        return None


def _papers(workspace: Workspace) -> Iterator[Finding]:
    """What is exchanged with others: requests, and the lists of what was given and taken back."""
    try:
        for kept in kept_requests(workspace.root / REQUESTS):
            if not kept.answered:
                since = date_text(kept.asked.request.issued_at)
                yield _note(
                    kept.path, f"waits for its answer since {since}", "carry it over; 'emblem accept' takes it in"
                )
    except EmblemError as error:
        yield _fault(workspace.root / REQUESTS, str(error), "remove what is no request, or take it from a copy")
    for name, read, do in (
        (given.FILE_NAME, given.read_given, "take it from a copy: it is the list of what was endorsed"),
        (withdrawing.FILE_NAME, withdrawing.read_published, "'emblem withdraw' makes it anew, once this one is moved"),
    ):
        try:
            read(workspace.root / name)
        except EmblemError as error:
            yield _fault(workspace.root / name, str(error), do)


def _zones(workspace: Workspace) -> Iterator[Finding]:
    for zone in workspace.settings.zones:
        if zone.tsig_file is None:
            continue
        path = workspace.path(zone.tsig_file)
        if not path.exists():
            yield _fault(path, f"no such file; it is to hold the key of updates of {zone.name}",
                         "put it there, or correct 'tsig-file' in emblem.toml")  # fmt: skip
        elif path.stat().st_mode & _MODES_FOR_OTHERS:
            yield _fault(path, "everybody on this machine may use it", f"chmod 600 {path}")


def _inventory(workspace: Workspace, inventory: Inventory) -> Iterator[Finding]:
    if not inventory.hosts:
        yield _note(workspace.inventory, "no hosts", "emblem inventory add HOST")
    for host in inventory.hosts:
        emblem_for(host, workspace.settings, 0, 1)
        file_name(host)
    without = by_zone(workspace.settings, inventory.hosts).without
    if without:
        names = ", ".join(host.target.text for host in without[:3])
        yield _note(workspace.inventory, f"{len(without)} hosts in no zone of emblem.toml ({names})", "add a [[zone]]")


def _ledger(workspace: Workspace, at: datetime, signed: set[str]) -> Iterator[Finding]:
    ledger = Ledger(workspace.ledger)
    try:
        state = ledger.check()
        for entry in ledger.entries():
            signed.update(entry.hosts.values())
    except OSError as error:
        yield _fault(workspace.ledger, error.strerror or str(error), "see to it that you may read it")
        return
    for fault in state.faults:
        do = "compare it with a copy; what comes after is whole"
        yield _fault(f"{workspace.ledger}, line {fault.line}", fault.text, do)
    if state.tail:
        what = f"{state.tail} bytes at its end are no whole line: an interruption"
        yield _note(workspace.ledger, what, "nothing: the next run moves them aside, or 'emblem log --repair' does")
    if state.latest is not None and state.latest > at + _CLOCK_TOLERANCE:
        what = f"its last line is of {date_text(numeric_date(state.latest))}, which is to come by this machine's clock"
        yield _fault(workspace.ledger, what, "set the clock")


def _emblems(
    workspace: Workspace, inventory: Inventory | None, signed: set[str], advance: Callable[[int], object]
) -> Iterator[Finding]:
    if not workspace.tokens.is_dir():
        return
    hosts = None if inventory is None else {file_name(host): host for host in inventory.hosts}
    strays = 0
    for path in sorted(workspace.tokens.iterdir()):
        if path.name.startswith("."):
            continue
        if not path.name.endswith(".emblem"):
            yield _note(path, "not one of our files", "it does nothing here")
            continue
        advance(1)
        try:
            token = read_emblem_file(path)
        except InputError as error:
            do = "emblem issue --all signs it anew"
            yield _fault(path, f"found {error.found}, expected {error.expected}", do)
            continue
        if [asset.text for asset in token.claims.assets] != [path.name.removesuffix(".emblem")]:
            yield _fault(path, "it marks another host than its name says", "emblem issue --all signs it anew")
        if digest_of(token.data) not in signed:
            yield _fault(
                path, "the ledger does not name it", "emblem issue HOST signs it anew, or take the ledger from a copy"
            )
        if hosts is not None and path.name not in hosts:
            strays += 1
    if strays:
        what = f"{strays} emblems of hosts that are not in the inventory"
        yield _note(workspace.tokens, what, "emblem unpublish --removed")
