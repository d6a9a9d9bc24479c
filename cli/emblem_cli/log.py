"""`emblem log`: what was done with a workspace, and whether its ledger is whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emblem.model.display import printable
from emblem.model.target import Target
from emblem.model.time import date_text, numeric_date
from emblem_cli.output import print_json
from emblem_cli.parameters import HOST
from emblem_cli.workspaces import changing, required_workspace, workspace_option

if TYPE_CHECKING:
    from emblem.issuance.workspace.ledger import Ledger, LedgerEntry, LedgerState

_BROKEN = 3
_MOST_NAMED = 3


@click.command("log")
@click.option("--host", type=HOST, help="Only what was done with this host.")
@click.option("--last", type=click.IntRange(min=1), help="Only so many of the last lines.")
@click.option("--check", is_flag=True, help="Only check, and print no lines.")
@click.option("--repair", is_flag=True, help="Move what an interruption left after the last whole line aside.")
@click.option("--json", "as_json", is_flag=True, help="One line of the ledger a line, as JSON, with its digest.")
@workspace_option
def command(
    host: Target | None, last: int | None, check: bool, repair: bool, as_json: bool, directory: Path | None
) -> int:
    """Show what was done, from the ledger, which is checked as a whole: each line has the digest of the one before.

    The digest of the last line stands for all before it: keep it elsewhere to notice when lines are gone from the end.

    \b
    Examples:
      emblem log --last 20
      emblem log --host www.example.org

    \b
    Exit code: 0 the ledger is whole; 3 it is not; 1 failed; 2 used wrongly.
    """
    from collections import deque

    from emblem.issuance.workspace.ledger import Ledger

    workspace = required_workspace(directory)
    ledger = Ledger(workspace.ledger)
    if repair:
        with changing(workspace):
            moved = ledger.repair(datetime.now(UTC))
        if not as_json:
            click.echo(f"moved {moved} bytes aside" if moved else "nothing to repair")
    if not check:
        chosen = _chosen(ledger, host)
        for entry in deque(chosen, maxlen=last) if last is not None else chosen:
            if as_json:
                print_json(_members(entry))
            else:
                click.echo(_line(entry))
    return _tell(ledger.check(), as_json=as_json, check=check)


def _chosen(ledger: Ledger, host: Target | None) -> Iterator[LedgerEntry]:
    return (entry for entry in ledger.entries() if host is None or host.name in entry.hosts)


def _tell(state: LedgerState, *, as_json: bool, check: bool) -> int:
    whole = not state.faults and not state.tail
    if as_json:
        if check:
            faults = [{"line": fault.line, "what": fault.text} for fault in state.faults]
            print_json({"lines": state.entries, "head": state.head, "faults": faults, "damaged_end": state.tail})
    else:
        for fault in state.faults:
            click.echo(f"line {fault.line}: {fault.text}", err=True)
        if state.tail:
            click.echo(
                f"{state.tail} bytes at the end are no whole line, after an interruption: 'emblem log --repair' "
                "moves them aside, and so does the next run",
                err=True,
            )
        if whole:
            click.echo(f"{state.entries} lines, each after the one before it; the last is {state.head}")
    return 0 if whole else _BROKEN


def _line(entry: LedgerEntry) -> str:
    words = [f"{entry.number:>6}", date_text(numeric_date(entry.at)), f"{entry.action:<11}"]
    names = list(entry.hosts)
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    if names:
        words.append(", ".join(names[:_MOST_NAMED]) + more)
    details = ((name, value) for name, value in entry.details.items() if name != "hosts")
    words += (f"{name}={value}" for name, value in details if not isinstance(value, dict | list))
    return printable("  ".join(words))


def _members(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": date_text(numeric_date(entry.at)),
        "action": entry.action,
        **entry.details,
        "previous": entry.previous,
        "digest": entry.digest,
    }
