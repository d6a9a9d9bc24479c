"""Publishing a whole inventory: zone by zone, a batch of hosts at a time, only what differs; and unmarking it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from emblem.errors import InputError, WorkspaceError
from emblem.issuance.publication import Change, Publishing, Wish
from emblem.issuance.publisher import Plan, Primary, Publisher
from emblem.issuance.record_formats import octodns_lines, text_lines, zone_lines
from emblem.issuance.record_set import RecordSet, assemble
from emblem.issuance.token_files import SignedToken, emblem_path, read_emblem_file, read_endorsement_file
from emblem.issuance.workspace.emblems import digest_of
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.inventory import Host
from emblem.issuance.workspace.ledger import Action, Ledger
from emblem.issuance.workspace.sending import Skipped, carry_out_each, prepare_each
from emblem.issuance.workspace.settings import Method, Settings, ZoneSettings
from emblem.keys.files import read_file, replace_file
from emblem.model.token import Endorsement

BATCH = 400
"""Hosts whose records are read, and then changed, together."""

LARGEST_ZONE_FILE = 512 * 1024 * 1024
"""Bytes of a file of records that we wrote."""

_MODE = 0o644


@dataclass(frozen=True, slots=True)
class Step:
    """How far the publishing of a zone has come: one batch of hosts.

    Args:
        plans: what separated them from how they are to be.
        changed: the names that were brought to what they are to be.
        skipped: those that were left as they are.
    """

    plans: tuple[Plan, ...]
    changed: tuple[str, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def hosts(self) -> int:
        """How many hosts it was about."""
        planned = {change.wish.name for plan in self.plans for change in plan.changes}
        return len(planned | {one.name for one in self.skipped})

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """How all of its hosts are to be."""
        return tuple(change.wish for plan in self.plans for change in plan.changes)


@dataclass(frozen=True, slots=True)
class ByZone:
    """Hosts by the zone in which their records stand, and those for which ``emblem.toml`` names none."""

    zones: Mapping[ZoneSettings, tuple[Host, ...]]
    without: tuple[Host, ...]


def by_zone(settings: Settings, hosts: Iterable[Host]) -> ByZone:
    """Sort hosts by their zones: the one that the inventory says, else the nearest of ``emblem.toml``.

    Raises:
        WorkspaceError: a host has a zone that ``emblem.toml`` does not name, or that it does not lie in.
    """
    named = {zone.name: zone for zone in settings.zones}
    sorted_: dict[ZoneSettings, list[Host]] = {}
    without: list[Host] = []
    for host in hosts:
        zone = named.get(host.zone) if host.zone else settings.zone_of(host.name)
        if host.zone and zone is None:
            raise WorkspaceError(f"line {host.line}: zone", host.zone, "a zone of emblem.toml, or nothing")
        if zone is not None and not (host.name == zone.name or host.name.endswith(f".{zone.name}")):
            raise WorkspaceError(f"line {host.line}: zone", host.zone, f"one that {host.name} lies in")
        (without if zone is None else sorted_.setdefault(zone, [])).append(host)
    return ByZone({zone: tuple(group) for zone, group in sorted_.items()}, tuple(without))


def endorsement_files(folder: Path) -> list[Path]:
    """The files in a folder of endorsements."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def read_endorsements(workspace: Workspace) -> tuple[SignedToken[Endorsement], ...]:
    """All endorsements of a workspace.

    Raises:
        InputError: a file in the folder is none.
    """
    return tuple(map(read_endorsement_file, endorsement_files(workspace.endorsements)))


def record_set_of(
    workspace: Workspace, host: Host, endorsements: Sequence[SignedToken[Endorsement]], at: datetime
) -> RecordSet:
    """What is published for a host; its emblem is verified.

    Raises:
        InputError: it has no emblem that holds.
    """
    path = emblem_path(workspace.tokens, host.target)
    if not path.exists():
        raise InputError(f"emblem of {host.target}", "none", "one: 'emblem issue --all' signs what is missing")
    return assemble(host.target, read_emblem_file(path), endorsements, at=at)


def wish_for(settings: Settings, zone: ZoneSettings, records: RecordSet) -> Wish:
    """How a marked host is to be in its zone."""
    defaults = settings.defaults
    return Wish(
        records.host.name,
        records,
        zone.carriage or defaults.carriage,
        defaults.ttl if zone.ttl is None else zone.ttl,
        zone.set_name,
    )


def published_hosts(ledger: Ledger) -> dict[str, str]:
    """The names that are published by what the ledger says, each with the digest of its emblem.

    Raises:
        OSError: the ledger cannot be read.
    """
    published: dict[str, str] = {}
    for entry in ledger.entries():
        if entry.action == Action.PUBLISHED:
            published.update(entry.hosts)
        elif entry.action == Action.UNPUBLISHED:
            for name in entry.hosts:
                published.pop(name, None)
    return published


def publish_zone(
    workspace: Workspace,
    zone: ZoneSettings,
    hosts: Sequence[Host],
    publisher: Publisher,
    at: datetime,
    *,
    known: Mapping[str, str] | None = None,
    dry_run: bool = False,
    batch: int = BATCH,
) -> Iterator[Step]:
    """Bring the hosts of a zone to what their emblems say, by dynamic update; the lock must be held.

    A host without an emblem that holds is left as it is: what the DNS still shows is better than nothing.

    Args:
        workspace: whose.
        zone: which.
        hosts: of this zone.
        publisher: reaches its primary.
        at: now.
        known: what the ledger says is published; what is found published beyond that is written down, too.
        dry_run: only find out what differs.
        batch: hosts at a time.

    Yields:
        Each batch, when it is done and the ledger says so.

    Raises:
        UpdateError: the zone cannot be read or changed; what was yielded is done.
        OSError: the ledger cannot be written.
    """
    endorsements = read_endorsements(workspace)
    primary = publisher.primary_of(zone.name)
    waiting = iter(hosts)
    while group := tuple(islice(waiting, batch)):
        wishes: list[Wish] = []
        skipped: list[Skipped] = []
        for host in group:
            try:
                wishes.append(wish_for(workspace.settings, zone, record_set_of(workspace, host, endorsements, at)))
            except InputError as error:
                skipped.append(Skipped(host.name, str(error)))
        yield _carry_out(workspace, zone, wishes, (publisher, primary), at, known or {}, tuple(skipped), dry_run)


def unpublish_zone(
    workspace: Workspace, zone: ZoneSettings, plans: Sequence[Plan], publisher: Publisher, at: datetime
) -> Iterator[tuple[str, ...]]:
    """Take the records of hosts out of a zone, as was planned; the lock must be held.

    Yields:
        The names of each batch that is done, when the ledger says so.

    Raises:
        UpdateError: the zone cannot be changed; what was yielded is done.
        OSError: the ledger cannot be written.
    """
    ledger = Ledger(workspace.ledger)
    for plan in plans:
        already = [change.wish.name for change in plan.changes if change.is_none]

        def record(names: tuple[str, ...]) -> None:
            ledger.append(Action.UNPUBLISHED, at, {"zone": zone.name, "hosts": list(names)})

        yield _recorded(publisher.carry_out(plan), already, record)


def plan_unpublishing(
    zone: ZoneSettings, names: Sequence[str], publisher: Publisher, *, remove_jws: bool = False, batch: int = BATCH
) -> tuple[Plan, ...]:
    """What has to go so that nothing of ours, with ``remove_jws`` in the older format, too, marks some names of a zone.

    Raises:
        UpdateError: the zone cannot be read.
    """
    primary = publisher.primary_of(zone.name)
    plans: list[Plan] = []
    for start in range(0, len(names), batch):
        some = names[start : start + batch]
        plans += publisher.prepare([Wish(name, remove_jws=remove_jws) for name in some], dict.fromkeys(some, primary))
    return tuple(plans)


def write_zone_file(workspace: Workspace, zone: ZoneSettings, hosts: Sequence[Host], at: datetime) -> Step:
    """Write the file of a zone's records for the methods that have one; the lock must be held.

    Where nothing differs, the file is left alone; also where it would lose a host that has no emblem that holds.

    Raises:
        InputError: a file cannot be read, the records cannot be written in this form, or a host would be lost.
        OSError: the file cannot be written.
    """
    endorsements = read_endorsements(workspace)
    sets: list[RecordSet] = []
    skipped: list[Skipped] = []
    for host in hosts:
        try:
            sets.append(record_set_of(workspace, host, endorsements, at))
        except InputError as error:
            skipped.append(Skipped(host.name, str(error)))
    assert zone.file is not None, "the settings name a file for these methods"
    path = workspace.path(zone.file)
    text = "".join(f"{line}\n" for line in _zone_file_lines(workspace.settings, zone, sets)).encode()
    before = read_file(path, LARGEST_ZONE_FILE) if path.exists() else b""
    if before == text:
        return Step((), (), tuple(skipped))
    _check_nothing_lost(zone, before, skipped)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text, _MODE)
    named = {records.host.name: digest_of(records.emblem.data) for records in sets}
    Ledger(workspace.ledger).append(Action.PUBLISHED, at, {"zone": zone.name, "file": zone.file, "hosts": named})
    return Step((), tuple(named), tuple(skipped))


def _check_nothing_lost(zone: ZoneSettings, before: bytes, skipped: Sequence[Skipped]) -> None:
    """A file is written as a whole: a host whose emblem is missing must not be unmarked by that."""
    for one in skipped:
        owner = one.name.removesuffix(f".{zone.name}") if zone.method is Method.OCTODNS else f"{one.name}."
        if owner.encode() in before:
            raise InputError(
                str(zone.file), f"{one.name}, of which there is no emblem ({one.reason})", "one, to write it"
            )


def _zone_file_lines(settings: Settings, zone: ZoneSettings, sets: Sequence[RecordSet]) -> Iterator[str]:
    ttl = settings.defaults.ttl if zone.ttl is None else zone.ttl
    carriage = zone.carriage or settings.defaults.carriage
    if zone.method is Method.OCTODNS:
        yield from octodns_lines(sets, zone.name, ttl, zone.set_name)
        return
    for records in sets:
        if carriage is not Publishing.TXT:
            yield from zone_lines(records, ttl)
        if carriage is not Publishing.IHLE:
            yield from text_lines(records, ttl, zone.set_name)


def _carry_out(
    workspace: Workspace,
    zone: ZoneSettings,
    wishes: Sequence[Wish],
    reached: tuple[Publisher, Primary],
    at: datetime,
    known: Mapping[str, str],
    skipped: tuple[Skipped, ...],
    dry_run: bool,
) -> Step:
    publisher, primary = reached
    plans, impossible = prepare_each(publisher, primary, wishes)
    left = [*skipped, *impossible]
    if dry_run:
        return Step(plans, (), tuple(left))
    digests = {wish.name: digest_of(wish.records.emblem.data) for wish in wishes if wish.records is not None}
    ledger = Ledger(workspace.ledger)
    done: list[str] = []
    for plan in plans:
        # What a run that was cut short had sent is in the zone, and not yet in the ledger.
        already = [change.wish.name for change in plan.changes if change.is_none]
        unknown = [name for name in already if known.get(name) != digests[name]]

        def record(names: tuple[str, ...]) -> None:
            hosts = {name: digests[name] for name in names}
            ledger.append(Action.PUBLISHED, at, {"zone": zone.name, "hosts": hosts})

        names = _recorded(carry_out_each(publisher, plan, left.append), unknown, record)
        done += names[len(unknown) :]
    return Step(plans, tuple(done), tuple(left))


def _recorded(
    changes: Iterable[Change], already: Sequence[str], record: Callable[[tuple[str, ...]], object]
) -> tuple[str, ...]:
    """Make changes, and write down those that were made, also where the rest fails."""
    names = list(already)
    try:
        for change in changes:
            names.append(change.wish.name)  # those before a failure must be kept
    finally:
        if names:
            record(tuple(names))
    return tuple(names)
