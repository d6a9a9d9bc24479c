"""How the commands that change zones print: the differences, and which servers show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from emblem_cli.failures import Failure
from emblem_cli.output import print_json

if TYPE_CHECKING:
    from emblem.dns.message import ResourceRecord
    from emblem.issuance.propagation import Showing
    from emblem.issuance.publication import Change
    from emblem.issuance.publisher import Plan

_MOST_NAMED = 3


def show_differences(plans: Sequence[Plan], *, as_json: bool) -> None:
    """Print what has to change, zone by zone."""
    for plan in plans:
        if as_json:
            for change in plan.due:
                print_json(_change_object(plan, change))
            continue
        if plan.due:
            click.echo(f"zone {plan.primary.zone.name}, primary {' or '.join(map(str, plan.primary.servers))}:")
        for change in plan.due:
            for sign, records in (("-", change.removed), ("+", change.added)):
                for record in sorted(records, key=_record_text):
                    click.echo(f"{sign} {_record_text(record)}")


def report_servers(showings: Sequence[Showing], *, as_json: bool) -> None:
    """Print which servers show what was done.

    Raises:
        Failure: one does not.
    """
    if as_json:
        for one in showings:
            missing = [wish.name for wish in one.missing]
            print_json({"server": str(one.server), "agrees": not missing, "missing": missing, "reason": one.reason})
    behind = [one for one in showings if one.missing]
    if behind:
        said = "; ".join(f"{one.server}: {_missing_text(one)}" for one in behind)
        raise Failure(f"done, but not every server shows it yet. {said}. Run the same command again to ask again")
    if showings and not as_json:
        click.echo(f"every server agrees: {', '.join(str(one.server) for one in showings)}")


def _missing_text(showing: Showing) -> str:
    names = ", ".join(wish.name for wish in showing.missing[:_MOST_NAMED])
    more = len(showing.missing) - _MOST_NAMED
    return f"not {names}{f' and {more} more' if more > 0 else ''} ({showing.reason})"


def _record_text(record: ResourceRecord) -> str:
    from emblem.issuance.publication import explain

    return f"{record.owner}. {record.ttl} {_type_text(record.type)} {explain(record)}"


def _type_text(number: int) -> str:
    from emblem.codec.carriage import TXT_TYPE

    return "TXT" if number == TXT_TYPE else f"TYPE{number}"


def _change_object(plan: Plan, change: Change) -> dict[str, Any]:
    return {
        "name": change.wish.name,
        "zone": plan.primary.zone.name,
        "removed": [_record_object(record) for record in change.removed],
        "added": [_record_object(record) for record in change.added],
    }


def _record_object(record: ResourceRecord) -> dict[str, Any]:
    from emblem.issuance.publication import explain

    return {
        "owner": record.owner,
        "type": _type_text(record.type),
        "ttl": record.ttl,
        "data": record.data.hex(),
        "holds": explain(record),
    }
