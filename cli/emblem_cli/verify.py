"""`emblem verify`: is this host marked, by whom, on whose authority, and what is not known?"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from emblem_cli.judging import EXIT_CODES, SEVERAL_STATUSES, JudgingCommand, JudgingOptions, judge, judging_options

if TYPE_CHECKING:
    from emblem.model.target import Target
    from emblem.model.verdict import Verdict

_COLOURS = {"protected": "green", "claimed": "yellow", "undetermined": "magenta", "rejected": "red", "unmarked": "cyan"}


@click.command("verify", cls=JudgingCommand)
@judging_options
@click.option("--json", "as_json", is_flag=True, help="One verdict a line, as JSON.")
@click.option("--verbose", is_flag=True, help="Also what went well, and every question that was asked.")
@click.pass_context
def command(
    context: click.Context, /, targets: tuple[Target, ...], as_json: bool, verbose: bool, **options: Any
) -> None:
    """Ask of hosts whether they are marked, by whom, and on whose authority.

    TARGET is a host name or an IP address; with an evidence bundle in --records it may be left out.

    \b
    Examples:
      emblem verify hospital.example.org
      emblem verify hospital.example.org --trust authority.pem --trust-as https://authority.example
      dig hospital.example.org TYPE65297 | emblem verify hospital.example.org --records -
      emblem verify --records hospital.evidence

    \b
    Exit code: 0 protected, 6 claimed, 4 undetermined, 3 rejected, 5 unmarked,
    7 several targets whose statuses differ, 2 used wrongly, 1 failed (never a verdict).
    """
    statuses = [
        show_verdict(verdict, as_json, verbose) for verdict in judge(context, targets, JudgingOptions(**options))
    ]
    context.exit(EXIT_CODES[statuses[0]] if len(set(statuses)) == 1 else SEVERAL_STATUSES)


def show_verdict(verdict: Verdict, as_json: bool, verbose: bool) -> str:
    """Print a verdict; its status."""
    status = verdict.status.value
    if as_json:
        from emblem.report.json import verdict_line

        click.echo(verdict_line(verdict))
    else:
        from emblem.report.text import verdict_text

        first, _, rest = verdict_text(verdict, verbose=verbose).partition("\n")
        name, _, word = first.rpartition(" ")
        styled = click.style(word, fg=_COLOURS[status], bold=True)
        click.echo(f"{name} {styled}\n{rest}", color=False if os.environ.get("NO_COLOR") else None)
    sys.stdout.flush()
    return status
