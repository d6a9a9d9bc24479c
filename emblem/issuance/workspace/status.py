"""How an organization's marks are: what drifted between inventory, emblems and DNS, what expires, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from emblem.errors import EmblemError
from emblem.issuance.filing import REQUESTS, kept_requests
from emblem.issuance.publication import Change
from emblem.issuance.publisher import Publisher
from emblem.issuance.workspace.emblems import Marked, State, assess, digest_of, names_in, renewal_time
from emblem.issuance.workspace.expiries import Expiry, Kind, Standing, expiries, standing
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.inventory import Host
from emblem.issuance.workspace.ledger import Ledger
from emblem.issuance.workspace.publishing import by_zone, publish_zone, published_hosts
from emblem.issuance.workspace.settings import Method, NamedKey, Role, ZoneSettings
from emblem.issuance.workspace.suspension import is_suspended, suspended_zones
from emblem.keys.files import LARGEST_KEY_FILE, read_file
from emblem.keys.pem import read_public_keys
from emblem.model.time import date_text, numeric_date
from emblem.model.token import NumericDate

SOON = timedelta(days=30)
"""So long before an endorsement or a certificate expires it is said that something is to be done."""

_CLOCK_TOLERANCE = timedelta(minutes=5)
_DAY = 86_400

MakePublisher = Callable[[ZoneSettings], Publisher]
"""Makes what reaches the primary of a zone, for reading."""


class Level(IntEnum):
    """How much there is to do."""

    NOTHING = 0
    SOON = 1
    """Something is to be done, and nothing is broken yet."""
    NOW = 2
    """Hosts are not marked as they should be, or soon will not be."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to do: how urgent, what is so, and what to do."""

    level: Level
    what: str
    do: str


@dataclass(frozen=True, slots=True)
class ZoneStatus:
    """How the hosts of a zone are in the DNS.

    Args:
        zone: its name.
        as_wished: how many are as they are to be.
        differing: those that are marked otherwise.
        unmarked: those that are not marked.
        unknown: how many could not be found out.
        reason: why; or that nobody was asked, and what the numbers are from.
        asked: whether the zone's primary was asked; otherwise the ledger tells.
        suspended: marking was suspended on purpose.
    """

    zone: str
    as_wished: int
    differing: tuple[str, ...]
    unmarked: tuple[str, ...]
    unknown: int = 0
    reason: str = ""
    asked: bool = True
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Everything that ``emblem status`` tells.

    Args:
        at: when.
        organization: whose.
        hosts: how many are in the inventory.
        states: how many emblems are in which state.
        first_renewal: when the first of the current emblems is renewed.
        zones: how the DNS is, zone by zone.
        without_zone: hosts of which ``emblem.toml`` names no zone.
        removed: names that are marked or have an emblem, and are not in the inventory.
        expiries: what expires when.
        endorsed_by: who stands behind the signing key, besides the organization.
        advice: what to do, the most urgent first.
    """

    at: datetime
    organization: str
    hosts: int
    states: Mapping[State, int]
    first_renewal: NumericDate | None
    zones: tuple[ZoneStatus, ...]
    without_zone: tuple[str, ...]
    removed: tuple[str, ...]
    expiries: tuple[Expiry, ...]
    endorsed_by: tuple[str, ...]
    advice: tuple[Advice, ...]

    @property
    def level(self) -> Level:
        """The most urgent level."""
        return max((one.level for one in self.advice), default=Level.NOTHING)


def status_of(
    workspace: Workspace,
    at: datetime,
    publisher: MakePublisher | None,
    *,
    advance: Callable[[int], object] = lambda _: None,
) -> StatusReport:
    """Find out how everything is; nothing is changed.

    Args:
        workspace: whose.
        at: now.
        publisher: reaches the primaries of zones; None: nobody is asked, and what the ledger says counts.
        advance: told of how many further hosts the DNS was asked.

    Raises:
        WorkspaceError: there is no key that signs though there are hosts, or the inventory has anything wrong in it.
        InputError: a file cannot be read.
    """
    inventory = workspace.read_inventory()
    marks = bool(inventory.hosts or workspace.settings.keys_of(Role.SIGNING))
    key = workspace.settings.current_key(Role.SIGNING, at) if marks else None
    signing_key = "" if key is None else _identifier(workspace, key)
    marked = tuple(assess(inventory.hosts, workspace.settings, workspace.tokens, signing_key, at))
    ledger = Ledger(workspace.ledger)
    known = published_hosts(ledger)
    groups = by_zone(workspace.settings, inventory.hosts)
    suspended = suspended_zones(workspace)
    zones = tuple(
        _zone_status(workspace, zone, hosts, (marked, known, suspended), at, publisher, advance)
        for zone, hosts in groups.zones.items()
    )
    present = {host.name for host in inventory.hosts}
    removed = tuple(sorted((names_in(workspace.tokens) | set(known)) - present))
    behind = standing(workspace, signing_key, at)
    ends = expiries(workspace, marked, at)
    renewals = [
        renewal_time(one.host.name, one.emblem.claims, workspace.settings.defaults.renew_before)
        for one in marked
        if one.state is State.CURRENT and one.emblem is not None
    ]
    advice = [
        *_advise_on_clock(ledger, at),
        *_advise_on_emblems(marked),
        *([] if key is None else _advise_on_standing(behind, key.name)),
        *_advise_on_zones(zones),
        *_advise_on_expiries(ends, at),
        *_advise_on_requests(workspace),
    ]
    if removed:
        advice.append(Advice(Level.SOON, f"{_hosts(len(removed))} marked but no longer in the inventory",
                             "emblem unpublish --removed"))  # fmt: skip
    if groups.without:
        names = ", ".join(host.target.text for host in groups.without[:3])
        advice.append(Advice(Level.SOON, f"{_hosts(len(groups.without))} in no zone of emblem.toml ({names})",
                             "add a [[zone]], or 'emblem records' prints what to publish"))  # fmt: skip
    return StatusReport(
        at,
        str(workspace.settings.organization),
        len(inventory.hosts),
        Counter(one.state for one in marked),
        min(renewals, default=None),
        zones,
        tuple(host.target.text for host in groups.without),
        removed,
        ends,
        tuple(sorted(map(str, behind.others))),
        tuple(sorted(advice, key=lambda one: -one.level)),
    )


def _identifier(workspace: Workspace, key: NamedKey) -> str:
    path = workspace.public_file(key)
    return read_public_keys(str(path), read_file(path, LARGEST_KEY_FILE))[0].cose_thumbprint


def report_members(report: StatusReport) -> dict[str, Any]:
    """The report as it is written in JSON."""
    return {
        "schema": "emblem.status/1",
        "at": date_text(numeric_date(report.at)),
        "organization": report.organization,
        "level": report.level.name.lower(),
        "hosts": report.hosts,
        "emblems": {state.value: report.states.get(state, 0) for state in State},
        "first_renewal": None if report.first_renewal is None else date_text(report.first_renewal),
        "zones": [
            {
                "zone": zone.zone,
                "asked": zone.asked,
                "suspended": zone.suspended,
                "as_wished": zone.as_wished,
                "differing": list(zone.differing),
                "unmarked": list(zone.unmarked),
                "unknown": zone.unknown,
                "reason": zone.reason,
            }
            for zone in report.zones
        ],
        "without_zone": list(report.without_zone),
        "removed": list(report.removed),
        "endorsed_by": list(report.endorsed_by),
        "expires": [{"kind": one.kind.value, "name": one.name, "at": date_text(one.at)} for one in report.expiries],
        "to_do": [{"level": one.level.name.lower(), "what": one.what, "do": one.do} for one in report.advice],
    }


def _zone_status(
    workspace: Workspace,
    zone: ZoneSettings,
    hosts: Sequence[Host],
    found: tuple[Sequence[Marked], Mapping[str, str], frozenset[str]],
    at: datetime,
    publisher: MakePublisher | None,
    advance: Callable[[int], object],
) -> ZoneStatus:
    marked, known, suspended = found
    paused = is_suspended(zone.name, suspended)
    if publisher is None or zone.method is not Method.UPDATE:
        return _by_ledger(zone, hosts, marked, known, paused)
    names = {host.name for host in hosts}
    usable = [one.host for one in marked if one.holds and one.host.name in names]
    changes: list[Change] = []
    skipped = len(hosts) - len(usable)
    try:
        for step in publish_zone(workspace, zone, usable, publisher(zone), at, dry_run=True):
            changes += (change for plan in step.plans for change in plan.changes)
            skipped += len(step.skipped)
            advance(step.hosts)
    except (EmblemError, OSError) as error:
        return ZoneStatus(zone.name, 0, (), (), len(hosts), str(error), True, paused)
    shown = {change.wish.name for change in changes if change.removed}
    return ZoneStatus(
        zone.name,
        sum(change.is_none for change in changes),
        tuple(change.wish.name for change in changes if change.wish.name in shown),
        tuple(change.wish.name for change in changes if not change.is_none and change.wish.name not in shown),
        skipped,
        "no emblem that holds to compare with" if skipped else "",
        True,
        paused,
    )


def _by_ledger(
    zone: ZoneSettings, hosts: Sequence[Host], marked: Sequence[Marked], known: Mapping[str, str], paused: bool
) -> ZoneStatus:
    names = {host.name for host in hosts}
    digests = {
        one.host.name: digest_of(one.emblem.data) for one in marked if one.emblem is not None and one.host.name in names
    }
    as_wished = [name for name in names if name in known and known[name] == digests.get(name)]
    unmarked = sorted(names - set(known))
    differing = sorted(names - set(as_wished) - set(unmarked))
    return ZoneStatus(zone.name, len(as_wished), tuple(differing), tuple(unmarked), 0, "by the ledger", False, paused)


def _advise_on_clock(ledger: Ledger, at: datetime) -> list[Advice]:
    latest = max((entry.at for entry in ledger.entries()), default=None)
    if latest is not None and latest > at + _CLOCK_TOLERANCE:
        what = (
            f"the ledger was written at {date_text(numeric_date(latest))}, which this machine's clock says is to come"
        )
        return [Advice(Level.NOW, what, "set the clock")]
    return []


_TO_SIGN = {
    State.MISSING: (Level.NOW, "without an emblem"),
    State.UNREADABLE: (Level.NOW, "with a damaged emblem"),
    State.EXPIRED: (Level.NOW, "with an expired emblem"),
    State.EARLY: (Level.NOW, "with an emblem of the future"),
    State.CHANGED: (Level.SOON, "with an emblem that says something else than it should"),
    State.DUE: (Level.SOON, "with an emblem that is due for renewal"),
}


def _advise_on_emblems(marked: Sequence[Marked]) -> list[Advice]:
    counts = Counter(one.state for one in marked)
    return [
        Advice(level, f"{_hosts(counts[state])} {words}", "emblem issue --all, then emblem publish --all")
        for state, (level, words) in _TO_SIGN.items()
        if counts[state]
    ]


def _advise_on_standing(behind: Standing, key: str) -> list[Advice]:
    if behind.own is None:
        what = f"no endorsement of the key {key} by the organization holds, so its emblems lead nowhere"
        return [Advice(Level.NOW, what, "endorse it with the root key: emblem endorse, or emblem request")]
    if not behind.others:
        what = "no authority stands behind the organization's keys"
        return [Advice(Level.NOTHING, what, "emblem request, and send it to an authority")]
    return []


def _advise_on_zones(zones: Sequence[ZoneStatus]) -> list[Advice]:
    advice = []
    for zone in zones:
        if zone.suspended:
            advice.append(Advice(Level.SOON, f"marking is suspended in {zone.zone}",
                                 "emblem publish --all --resume, when it is time"))  # fmt: skip
            continue
        if zone.unmarked:
            advice.append(Advice(Level.NOW, f"{_hosts(len(zone.unmarked))} of {zone.zone} not marked in the DNS",
                                 "emblem publish --all"))  # fmt: skip
        if zone.differing:
            what = f"{_hosts(len(zone.differing))} of {zone.zone} marked otherwise in the DNS"
            advice.append(Advice(Level.SOON, what, "emblem publish --all"))
        if zone.unknown and zone.asked:
            what = f"of {_hosts(zone.unknown)} of {zone.zone} it is not known how the DNS is: {zone.reason}"
            advice.append(Advice(Level.SOON, what, "run this again later, or see the zone's server"))
    return advice


def _advise_on_expiries(ends: Sequence[Expiry], at: datetime) -> list[Advice]:
    now = numeric_date(at)
    dos = {
        Kind.ENDORSEMENT: "ask for a new one: emblem request, or emblem endorse of your own keys",
        Kind.CERTIFICATE: "obtain a new one: emblem commit",
        Kind.KEY: "emblem key rotate",
    }
    advice = []
    for one in ends:
        if one.kind not in dos or one.at > now + SOON.total_seconds():
            continue
        days = int((one.at - now) // _DAY)
        what = f"{one.kind} {one.name} " + ("has expired" if one.at <= now else f"ends in {days} days")
        advice.append(Advice(Level.SOON, what, dos[one.kind]))
    return advice


def _advise_on_requests(workspace: Workspace) -> list[Advice]:
    return [
        Advice(Level.NOTHING, f"{kept.path.name} waits for its answer since {date_text(kept.asked.request.issued_at)}",
               "carry it over; emblem accept takes the answer in")
        for kept in kept_requests(workspace.root / REQUESTS)
        if not kept.answered
    ]  # fmt: skip


def _hosts(number: int) -> str:
    return "1 host" if number == 1 else f"{number} hosts"
