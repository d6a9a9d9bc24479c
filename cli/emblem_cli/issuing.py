"""`emblem issue` in a workspace: what is missing, changed or due of its inventory, or the hosts that are named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from emblem.errors import EmblemError
from emblem.issuance.workspace.emblems import Marked, State
from emblem.issuance.workspace.expiries import standing
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.inventory import Host
from emblem.issuance.workspace.issuing import Work, find_work, issue_hosts
from emblem.issuance.workspace.settings import NamedKey
from emblem.model.target import Target
from emblem.model.time import date_text, numeric_date
from emblem_cli.desk import bar, chosen_hosts, count, named_hosts, open_named, signing_key
from emblem_cli.failures import Failure
from emblem_cli.output import print_json, warn
from emblem_cli.passphrases import Passphrases
from emblem_cli.workspaces import changing, required_workspace

_WHY = {
    State.MISSING: "new",
    State.UNREADABLE: "in the place of a damaged file",
    State.CHANGED: "changed",
    State.DUE: "due",
    State.EXPIRED: "expired",
    State.EARLY: "in the place of one of the future",
}


def issue_inventory(
    directory: Path | None,
    patterns: Sequence[str],
    exclusions: Sequence[str],
    *,
    valid: timedelta | None,
    descriptor: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Sign what is missing, changed or due of the hosts that match.

    Raises:
        EmblemError: something is wrong; says of how many hosts it is done.
        OSError: a file cannot be written.
    """
    at = datetime.now(UTC)
    with changing(required_workspace(directory)) as workspace:
        hosts = chosen_hosts(workspace, patterns, exclusions)
        key, public = signing_key(workspace, at)
        work = find_work(workspace, hosts, public, at)
        _explain(work.due)
        if dry_run or not work.due:
            _say_nothing_done(work, as_json=as_json)
            return
        _sign(workspace, [one.host for one in work.due], key, at, valid, descriptor)
        _say_done(work, workspace, at, valid, as_json=as_json)


def issue_named(
    directory: Path | None, targets: Sequence[Target], *, valid: timedelta | None, descriptor: int | None
) -> None:
    """Sign emblems for hosts of the inventory, whether they are due or not; errors as above."""
    at = datetime.now(UTC)
    with changing(required_workspace(directory)) as workspace:
        hosts = named_hosts(workspace, targets)
        key, _ = signing_key(workspace, at)
        _sign(workspace, hosts, key, at, valid, descriptor)
        click.echo(f"signed {count(len(hosts), 'emblem')}, until {_end(workspace, at, valid)}")


def _sign(
    workspace: Workspace,
    hosts: Sequence[Host],
    key: NamedKey,
    at: datetime,
    valid: timedelta | None,
    descriptor: int | None,
) -> None:
    signer = open_named(workspace, key, Passphrases(descriptor))
    if standing(workspace, signer.public_key.cose_thumbprint, at).own is None:
        warn(
            f"no endorsement of the key {key.name} holds: whoever does not trust that key itself will reject what it "
            "signs. Endorse it with the root key"
        )
    done = 0
    with bar(len(hosts), "signing") as advance:
        try:
            for issued in issue_hosts(workspace, hosts, signer, at, valid=valid):
                done += len(issued.hosts)
                advance(len(issued.hosts))
        except (EmblemError, OSError) as error:
            if not done:
                raise
            what = error.strerror if isinstance(error, OSError) else error
            raise Failure(
                f"{what} (signed so far: {done} of {count(len(hosts))}; the next run does the rest)"
            ) from error


def _explain(due: Sequence[Marked]) -> None:
    for one in due:
        if one.state is State.UNREADABLE:
            warn(f"{one.reason}; it is signed anew")
        elif one.state is State.EARLY:
            warn(f"the emblem of {one.host.target} is one of the future; is this machine's clock right?")


def _counts(due: Sequence[Marked]) -> dict[str, int]:
    return {word: number for state, word in _WHY.items() if (number := sum(one.state is state for one in due))}


def _say_nothing_done(work: Work, *, as_json: bool) -> None:
    current = work.hosts - len(work.due)
    if as_json:
        print_json({"signed": 0, "due": _counts(work.due), "current": current})
    elif work.due:
        click.echo(f"would sign {count(len(work.due), 'emblem')} ({_listed(work.due)}); {current} current")
    else:
        click.echo(f"nothing to sign: {count(current, 'emblem')} current")


def _say_done(work: Work, workspace: Workspace, at: datetime, valid: timedelta | None, *, as_json: bool) -> None:
    current = work.hosts - len(work.due)
    end = _end(workspace, at, valid)
    if as_json:
        print_json({"signed": len(work.due), "why": _counts(work.due), "current": current, "expires": end})
        return
    already = f"; {current} current already" if current else ""
    click.echo(f"signed {count(len(work.due), 'emblem')} ({_listed(work.due)}), until {end}{already}")


def _listed(due: Sequence[Marked]) -> str:
    return ", ".join(f"{number} {word}" for word, number in _counts(due).items())


def _end(workspace: Workspace, at: datetime, valid: timedelta | None) -> str:
    return date_text(numeric_date(at + (valid or timedelta(seconds=workspace.settings.defaults.valid))))
