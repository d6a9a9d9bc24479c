"""`emblem publish --all` and `emblem unpublish` in a workspace: the whole inventory, zone by zone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emblem.errors import EmblemError, InputError
from emblem.issuance.workspace.emblems import names_in
from emblem.issuance.workspace.ledger import Action, Ledger
from emblem.issuance.workspace.publishing import (
    by_zone,
    plan_unpublishing,
    publish_zone,
    published_hosts,
    unpublish_zone,
    write_zone_file,
)
from emblem.issuance.workspace.sending import Skipped
from emblem.issuance.workspace.settings import Method, ZoneSettings
from emblem.issuance.workspace.suspension import (
    EVERYTHING,
    SuspendedError,
    is_suspended,
    resume,
    suspend,
    suspended_zones,
)
from emblem_cli.desk import bar, chosen_hosts, count, named, named_hosts, publisher_for, warn_of_skipped
from emblem_cli.failures import Failure
from emblem_cli.output import note, print_json, warn
from emblem_cli.workspaces import changing, required_workspace
from emblem_cli.zone_output import report_servers, show_differences

if TYPE_CHECKING:
    from emblem.issuance.propagation import Showing
    from emblem.issuance.publication import Wish
    from emblem.issuance.publisher import Plan, Publisher
    from emblem.issuance.remains import Remains
    from emblem.issuance.workspace.folder import Workspace
    from emblem.issuance.workspace.inventory import Host
    from emblem.model.target import Target


@dataclass(frozen=True, slots=True)
class Run:
    """The options of a command that works on the zones of a workspace."""

    directory: Path | None
    resolvers: tuple[str, ...]
    wait: int
    dry_run: bool
    as_json: bool
    remove_jws: bool = False


@dataclass
class Outcome:
    """What came of a run, zone by zone."""

    changed: int = 0
    already: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    remains: Remains | None = None
    to_watch: list[tuple[Publisher, ZoneSettings, list[Wish]]] = field(default_factory=list)
    showings: list[Showing] = field(default_factory=list)


def publish_inventory(
    run: Run, patterns: Sequence[str], exclusions: Sequence[str], *, resuming: bool, only: Sequence[Target] = ()
) -> None:
    """Bring the hosts that match, or ``only`` those, to what their emblems say.

    One zone that fails does not keep the others waiting.

    Raises:
        SuspendedError: marking is suspended.
        Failure: something was not done, or is not shown by every server.
    """
    at = datetime.now(UTC)
    outcome = Outcome()
    with changing(required_workspace(run.directory)) as workspace:
        if resuming and not run.dry_run and resume(workspace):
            Ledger(workspace.ledger).append(Action.RESUMED, at, {})
        suspended = frozenset() if resuming else suspended_zones(workspace)
        chosen = named_hosts(workspace, only) if only else chosen_hosts(workspace, patterns, exclusions)
        hosts = by_zone(workspace.settings, chosen)
        ledger = Ledger(workspace.ledger)
        known = published_hosts(ledger)
        open_zones = {zone: group for zone, group in hosts.zones.items() if not is_suspended(zone.name, suspended)}
        _warn_of_suspended(suspended, bool(open_zones), bool(hosts.zones))
        for zone, group in open_zones.items():
            try:
                _publish(workspace, zone, group, run, (at, known), outcome)
            except (EmblemError, OSError) as error:
                _note_failure(outcome, zone, error)
        leftover = _removed(workspace, known)
    if hosts.without:
        names = named([host.target.text for host in hosts.without])
        warn(f"in no [[zone]] of emblem.toml, so not published: {names}")
    if leftover:
        warn(
            f"marked, but no longer in the inventory: {named(leftover)}; "
            "'emblem unpublish --removed' takes the marks away"
        )
    warn_of_skipped(outcome.skipped)
    _report(run, outcome, "changed")


def unpublish_inventory(run: Run, zone_name: str | None) -> None:
    """Unmark every host, or those of one zone, and mark none of them again until told so.

    Raises:
        Failure: something was not done, or is still shown by a server.
    """
    with changing(required_workspace(run.directory)) as workspace:
        known = published_hosts(Ledger(workspace.ledger))
        hosts = {host.name for host in workspace.read_inventory().hosts}
        names = hosts | names_in(workspace.tokens) | set(known)
        if not run.dry_run:
            scope = EVERYTHING if zone_name is None else zone_name
            suspend(workspace, [scope])
            Ledger(workspace.ledger).append(Action.SUSPENDED, datetime.now(UTC), {"zone": scope})
        outcome = _unpublish(workspace, _names_by_zone(workspace, names, zone_name), run)
    _report(run, outcome, "unmarked")
    if not run.dry_run and not run.as_json:
        click.echo("marking is suspended; 'emblem publish --all --resume' marks again")


def unpublish_named(run: Run, hosts: Sequence[Target]) -> None:
    """Unmark hosts, as ``emblem.toml`` says of their zones; says so where the next run would mark them again.

    Raises:
        Failure: something was not done, or is still shown by a server.
    """
    with changing(required_workspace(run.directory)) as workspace:
        names = dict.fromkeys(host.name for host in hosts)
        lost = next((host for host in hosts if workspace.settings.zone_of(host.name) is None), None)
        if lost is not None:
            expected = "a host in a [[zone]] of emblem.toml, or --tsig-file and --server to reach its zone"
            raise InputError("HOST", str(lost), expected)
        outcome = _unpublish(workspace, _names_by_zone(workspace, list(names), None), run)
        listed = [host.target.text for host in workspace.read_inventory().hosts if host.name in names]
    if listed:
        warn(f"still in the inventory, so the next 'emblem publish --all' marks again: {named(listed)}")
    _report(run, outcome, "unmarked")


def unpublish_removed(run: Run) -> None:
    """Unmark the hosts that are no longer in the inventory, and remove their emblems.

    Raises:
        Failure: something was not done, or is still shown by a server.
    """
    with changing(required_workspace(run.directory)) as workspace:
        ledger = Ledger(workspace.ledger)
        names = _removed(workspace, published_hosts(ledger))
        outcome = _unpublish(workspace, _names_by_zone(workspace, names, None), run)
        if not run.dry_run:
            _remove_emblems(workspace, [name for name in names if name in outcome.done])
    _report(run, outcome, "unmarked")


def _publish(
    workspace: Workspace,
    zone: ZoneSettings,
    hosts: Sequence[Host],
    run: Run,
    now: tuple[datetime, dict[str, str]],
    outcome: Outcome,
) -> None:
    at, known = now
    if zone.method is Method.BY_HAND:
        warn(f"zone {zone.name} is published by hand: 'emblem records' prints the records of {count(len(hosts))}")
        return
    if zone.method is not Method.UPDATE:
        if run.dry_run:
            warn(f"zone {zone.name}: would write {zone.file} with the records of {count(len(hosts))}")
            return
        step = write_zone_file(workspace, zone, hosts, at)
        outcome.changed += len(step.changed)
        outcome.already += 0 if step.changed else len(hosts) - len(step.skipped)
        outcome.skipped += step.skipped
        return
    publisher = publisher_for(workspace, zone, run.resolvers, needs_key=not run.dry_run)
    wishes: list[Wish] = []
    changed: set[str] = set()
    with bar(len(hosts), f"publishing {zone.name}") as advance:
        for step in publish_zone(workspace, zone, hosts, publisher, at, known=known, dry_run=run.dry_run):
            advance(step.hosts)
            due = [change for plan in step.plans for change in plan.due]
            if run.dry_run or run.as_json:
                show_differences(step.plans, as_json=run.as_json)
            outcome.changed += len(due) if run.dry_run else len(step.changed)
            outcome.already += sum(len(plan.changes) for plan in step.plans) - len(due)
            outcome.skipped += step.skipped
            changed.update(step.changed)
            wishes += (wish for wish in step.wishes if wish.name in changed)
    outcome.to_watch.append((publisher, zone, wishes))


def _unpublish(workspace: Workspace, zones: dict[ZoneSettings, list[str]], run: Run) -> Outcome:
    at = datetime.now(UTC)
    outcome = Outcome()
    planned: list[tuple[ZoneSettings, Publisher, tuple[Plan, ...]]] = []
    for zone, names in zones.items():
        if zone.method is not Method.UPDATE:
            _say_by_hand(zone, names)
            continue
        try:
            publisher = publisher_for(workspace, zone, run.resolvers, needs_key=not run.dry_run)
            planned.append((zone, publisher, plan_unpublishing(zone, names, publisher, remove_jws=run.remove_jws)))
        except (EmblemError, OSError) as error:
            _note_failure(outcome, zone, error)
    outcome.remains = _say_remains([plan for _, _, plans in planned for plan in plans], run)
    for zone, publisher, plans in planned:
        due = sum(len(plan.due) for plan in plans)
        outcome.already += sum(len(plan.changes) for plan in plans) - due
        if run.dry_run:
            outcome.changed += due
            continue
        try:
            with bar(due, f"unmarking {zone.name}") as advance:
                for _ in unpublish_zone(workspace, zone, plans, publisher, at):
                    advance(1)
            outcome.changed += due
            outcome.done.update(change.wish.name for plan in plans for change in plan.changes)
            wishes = [change.wish for plan in plans for change in plan.changes]
            outcome.to_watch.append((publisher, zone, wishes))
        except (EmblemError, OSError) as error:
            _note_failure(outcome, zone, error)
    return outcome


def _say_remains(plans: Sequence[Plan], run: Run) -> Remains:
    """Say what stays visible elsewhere, before anything is removed."""
    from emblem.issuance.remains import remains_of
    from emblem_cli.unpublish import beforehand

    remains = remains_of(record for plan in plans for change in plan.changes for record in change.removed)
    for line in beforehand(remains):
        if not run.as_json:
            click.echo(line)
    return remains


def _say_by_hand(zone: ZoneSettings, names: Sequence[str]) -> None:
    if zone.method is Method.BY_HAND:
        warn(f"zone {zone.name} is published by hand: take out the records of {named(names)}")
    else:
        warn(f"zone {zone.name} is published with the file {zone.file}: empty it, and see that the zone follows")


def _watch(publisher: Publisher, zone: ZoneSettings, wishes: Sequence[Wish], run: Run, outcome: Outcome) -> None:
    """Ask the servers of a zone until they show what was changed, or the time is over."""
    if run.dry_run or not run.wait or not wishes:
        return
    from emblem.dns.authority import ZoneServer
    from emblem.dns.servers import ServerAddress
    from emblem.issuance.propagation import watch

    given = tuple(ZoneServer("", ServerAddress.parse(text)) for text in zone.check_servers)
    try:
        servers = given or publisher.name_servers(publisher.primary_of(zone.name).zone)
    except EmblemError as error:
        hint = "name them as 'check-servers' in emblem.toml"
        outcome.failures.append(f"zone {zone.name} is changed, but its servers cannot be asked: {error}; {hint}")
        return
    last: tuple[Showing, ...] = ()
    with bar(len(wishes) * len(servers), f"waiting for the servers of {zone.name}") as advance:
        shown = 0
        for last in watch(servers, wishes, deadline=time.monotonic() + run.wait):
            now = len(wishes) * len(servers) - sum(len(one.missing) for one in last)
            advance(now - shown)
            shown = now
    outcome.showings += last


def _removed(workspace: Workspace, known: dict[str, str]) -> list[str]:
    """The names that have an emblem or are marked by what the ledger says, and are not in the inventory."""
    present = {host.name for host in workspace.read_inventory().hosts}
    return sorted((names_in(workspace.tokens) | set(known)) - present)


def _names_by_zone(
    workspace: Workspace, names: set[str] | Sequence[str], zone_name: str | None
) -> dict[ZoneSettings, list[str]]:
    zones: dict[ZoneSettings, list[str]] = {}
    lost: list[str] = []
    stated = {host.name: host.zone for host in workspace.read_inventory().hosts if host.zone}
    for name in sorted(names):
        zone = workspace.settings.zone_of(stated.get(name, name))
        if zone is None:
            lost.append(name)
        elif zone_name is None or zone.name == zone_name:
            zones.setdefault(zone, []).append(name)
    if lost and zone_name is None:
        warn(f"in no [[zone]] of emblem.toml, so not unmarked here: {named(lost)}")
    return zones


def _remove_emblems(workspace: Workspace, names: Sequence[str]) -> None:
    from emblem.issuance.workspace.files import remove_files

    if names and workspace.tokens.is_dir():
        remove_files(workspace.tokens, [f"{name}.emblem" for name in names])


def _note_failure(outcome: Outcome, zone: ZoneSettings, error: EmblemError | OSError) -> None:
    text = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    outcome.failures.append(f"zone {zone.name}: {text}; what is there stays as it is, and the next run does the rest")


def _warn_of_suspended(suspended: frozenset[str], some_open: bool, any_zones: bool) -> None:
    if not suspended:
        return
    scope = "everywhere" if EVERYTHING in suspended else f"in {', '.join(sorted(suspended))}"
    text = (
        f"marking is suspended {scope}, since hosts were unmarked on purpose; "
        "'emblem publish --all --resume' marks again"
    )
    if any_zones and not some_open:
        raise SuspendedError(text)
    warn(text)


def _report(run: Run, outcome: Outcome, verb: str) -> None:
    """Say what came of it.

    Raises:
        Failure: something was not done.
    """
    # The lock is free by now: however long servers take, others may go on.
    for publisher, zone, wishes in outcome.to_watch:
        _watch(publisher, zone, wishes, run, outcome)
    members: dict[str, Any] = {
        verb: outcome.changed,
        "already": outcome.already,
        "skipped": [{"name": one.name, "reason": one.reason} for one in outcome.skipped],
        "failures": outcome.failures,
    }
    members |= _remains_members(outcome, run)
    if run.as_json:
        print_json(members)
    else:
        done = f"would have {verb}" if run.dry_run else verb
        already = f"; {outcome.already} already as wished" if outcome.already else ""
        nothing = ". Nothing was sent" if run.dry_run else ""
        click.echo(f"{done} {count(outcome.changed)}{already}{nothing}")
        until = members.get("caches_until")
        if until is not None and outcome.changed:
            click.echo(f"caches may show what was removed until {until} at the latest")
    for text in outcome.failures[:-1]:
        note(text)
    if outcome.failures:
        raise Failure(outcome.failures[-1])
    report_servers(outcome.showings, as_json=run.as_json)
    if outcome.skipped:
        raise Failure(f"{count(len(outcome.skipped))} left as they were: 'emblem status' says why")


def _remains_members(outcome: Outcome, run: Run) -> dict[str, Any]:
    """What stays visible elsewhere of what was removed, and until when."""
    from emblem.model.time import date_text

    remains = outcome.remains
    if remains is None or run.dry_run:
        return {}
    return {
        "caches_until": date_text(int(time.time()) + remains.longest_ttl),
        "tokens_until": None if remains.tokens_until is None else date_text(remains.tokens_until),
        "logged": list(map(str, remains.logged)),
    }
