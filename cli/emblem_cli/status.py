"""`emblem status`: what is marked, what drifted, what expires when, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emblem_cli.output import print_json
from emblem_cli.parameters import FILE
from emblem_cli.workspaces import required_workspace, workspace_option

if TYPE_CHECKING:
    from emblem.issuance.workspace.status import StatusReport, ZoneStatus

_EXIT_CODES = (0, 3, 4)
_MOST_EXPIRIES = 8
_DAY = 86_400


@click.command("status")
@click.option("--offline", is_flag=True, help="Ask nobody: of the DNS tell what the ledger says.")
@click.option(
    "--resolver",
    "resolvers",
    metavar="ADDRESS",
    multiple=True,
    help="Ask this resolver for zones and their servers, as in 'emblem verify'. Default: those of the system.",
)
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
@click.option("--prometheus", metavar="FILE", type=FILE, help="Also write FILE for Prometheus's node exporter.")
@workspace_option
def command(
    offline: bool, resolvers: tuple[str, ...], as_json: bool, prometheus: Path | None, directory: Path | None
) -> int:
    """Tell how the organization's marks are, and what to do. Nothing is changed.

    The inventory is compared with the emblems, and these with what the primary servers of the zones say.

    \b
    Examples:
      emblem status
      emblem status --json --prometheus /var/lib/prometheus/node-exporter/emblem.prom

    \b
    Exit code: 0 nothing to do; 3 something is to be done soon; 4 something is to be done now; 1 failed;
    2 used wrongly.
    """
    from emblem.issuance.workspace.status import report_members, status_of
    from emblem_cli.desk import bar, publisher_for

    workspace = required_workspace(directory)
    reach = None if offline else lambda zone: publisher_for(workspace, zone, resolvers, needs_key=False)
    hosts = 0 if offline else len(workspace.read_inventory().hosts)
    with bar(hosts, "asking") as advance:
        report = status_of(workspace, datetime.now(UTC), reach, advance=advance)
    if prometheus is not None:
        from emblem.issuance.workspace.prometheus import write_metrics

        write_metrics(prometheus, report)
    if as_json:
        print_json(report_members(report))
    else:
        for line in _lines(report):
            click.echo(line)
    return _EXIT_CODES[report.level]


def _lines(report: StatusReport) -> Iterator[str]:
    from emblem.issuance.workspace.status import Level
    from emblem.model.time import date_text, numeric_date

    now = numeric_date(report.at)
    yield f"{report.organization} at {date_text(now)}"
    yield ""
    yield from _row("inventory", _hosts(report.hosts))
    states = [f"{number:>6} {state}" for state, number in sorted(report.states.items()) if number]
    yield from _rows("emblems", states)
    if report.first_renewal is not None:
        yield from _row("", f"the first is renewed from {date_text(report.first_renewal)}")
    if report.endorsed_by:
        yield from _row("endorsed by", ", ".join(report.endorsed_by))
    for zone in report.zones:
        yield from _rows(zone.zone, list(_zone_cells(zone)))
    if report.expiries:
        yield ""
        for one in report.expiries[:_MOST_EXPIRIES]:
            left = int((one.at - now) // _DAY)
            when = "expired" if one.at <= now else f"in {left} days"
            yield from _row("expires", f"{date_text(one.at)}  {when:>12}  {one.kind} {one.name}")
        if len(report.expiries) > _MOST_EXPIRIES:
            yield from _row("", f"and {len(report.expiries) - _MOST_EXPIRIES} more, later: --json lists all")
    yield ""
    if not report.advice:
        yield from _row("to do", "nothing")
    for advice in report.advice:
        label = "to do now" if advice.level is Level.NOW else "to do"
        yield from _row(label, f"{advice.what}: {advice.do}")


def _zone_cells(zone: ZoneStatus) -> Iterator[str]:
    source = "" if zone.asked else " (by the ledger)"
    yield f"{zone.as_wished:>6} as they are to be{source}"
    for number, words in (
        (len(zone.differing), "marked otherwise"),
        (len(zone.unmarked), "not marked"),
        (zone.unknown, f"not known: {zone.reason}"),
    ):
        if number:
            yield f"{number:>6} {words}"
    if zone.suspended:
        yield "       marking is suspended"


def _rows(label: str, cells: list[str]) -> Iterator[str]:
    for cell in cells:
        yield from _row(label, cell)
        label = ""


def _row(label: str, cell: str) -> Iterator[str]:
    yield f"{label:<16}  {cell}".rstrip()


def _hosts(number: int) -> str:
    return f"{number:>6} {'host' if number == 1 else 'hosts'}"
