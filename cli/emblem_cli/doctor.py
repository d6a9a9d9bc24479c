"""`emblem doctor`: check a workspace, and say what is wrong and what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from emblem_cli.output import print_json
from emblem_cli.workspaces import required_workspace, workspace_option

_SICK = 3


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One finding a line, as JSON.")
@workspace_option
def command(as_json: bool, directory: Path | None) -> int:
    """Read and check every file of the workspace, each signature too. Nothing is changed, and nobody is asked.

    'emblem status' tells what is to be done in time; this tells what is broken.

    \b
    Example:
      emblem doctor

    \b
    Exit code: 0 nothing is wrong; 3 something is; 1 failed; 2 used wrongly, or emblem.toml cannot be read.
    """
    from emblem.issuance.workspace.doctor import Severity, examine
    from emblem.issuance.workspace.emblems import names_in
    from emblem_cli.desk import bar

    faults = notes = 0
    workspace = required_workspace(directory)
    with bar(len(names_in(workspace.tokens)), "verifying emblems") as advance:
        findings = list(examine(workspace, datetime.now(UTC), advance=advance))
    for finding in findings:
        wrong = finding.severity is Severity.FAULT
        faults += wrong
        notes += not wrong
        if as_json:
            members = {"where": finding.where, "what": finding.what, "do": finding.do}
            print_json({"severity": finding.severity.value, **members})
            continue
        do = f": {finding.do}" if finding.do else ""
        click.echo(f"{finding.severity.value:<6} {finding.where}: {finding.what}{do}")
    if not as_json:
        also = f"; {notes} noted" if notes else ""
        click.echo(f"{faults} wrong{also}" if faults else f"nothing is wrong{also}")
    return _SICK if faults else 0
