"""`emblem capture`: a verdict, and everything that it rests on in a file that needs no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emblem.errors import InputError
from emblem.model.display import printable
from emblem_cli.judging import (
    JudgingCommand,
    JudgingOptions,
    judging_options,
    live_commitments,
    live_verifier,
    trust_of,
)
from emblem_cli.output import print_json, warn
from emblem_cli.parameters import FILE, HOST

if TYPE_CHECKING:
    from emblem.model.target import Target
    from emblem.verifier.capture import Captured

_MODE = 0o644
_FIXED: dict[str, Any] = {"at": None, "records": None, "addresses": (), "stamp_authorities": ()}
"""Options of judging that have no place in capturing, which is live, and now."""


@click.command("capture", cls=JudgingCommand)
@click.argument("target", type=HOST)
@judging_options
@click.option("-o", "--output", type=FILE, metavar="FILE", required=True, help="Where to keep it; a new file.")
@click.option("--stamp", metavar="URL", help="Have the evidence stamped by this time stamping authority (RFC 3161).")
@click.option("--json", "as_json", is_flag=True, help="The verdict and what was kept, as JSON.")
@click.pass_context
def command(
    context: click.Context, /, target: Target, output: Path, stamp: str | None, as_json: bool, **options: Any
) -> None:
    """Find out whether TARGET is marked, and keep everything that the verdict rests on.

    FILE is an evidence bundle: what was received, byte for byte. 'emblem verify --records FILE' judges it again, here
    or elsewhere, without a network and with whatever trust who judges it has. It holds no trust and no secret.

    \b
    Examples:
      emblem capture hospital.example.org -o hospital.evidence
      emblem capture hospital.example.org -o hospital.evidence --stamp http://timestamp.example/tsr
      emblem verify --records hospital.evidence --trust authority.pem --trust-as https://authority.example

    The exit code is 0 whatever the verdict: what matters is kept.
    """
    judging = JudgingOptions(**options, **_FIXED)
    if judging.covert and stamp is not None:
        raise click.UsageError("--covert excludes --stamp, which contacts somebody else.")
    if output.exists():
        raise InputError(str(output), "a file that is already there", "a new name: evidence is not overwritten")
    commitments = live_commitments(judging)
    verifier = live_verifier(trust_of(context, judging), judging, commitments)
    (captured,) = commitments.keeping(verifier.capture(one) for one in (target,))
    data, stamped = _bundle(captured, stamp)

    from emblem.keys.files import write_new_file

    write_new_file(output, data, _MODE)
    _tell(captured, output, data, stamped, as_json)


command.params = [one for one in command.params if one.name not in ("targets", *_FIXED)]


def _bundle(captured: Captured, stamp: str | None) -> tuple[bytes, str | None]:
    """The bundle, and the time that its stamp says, if it has one."""
    from emblem.codec.evidence import decode_bundle, encode_bundle
    from emblem.model.time import date_text, numeric_date
    from emblem.verifier.stamping import request_stamp

    data = encode_bundle(captured.evidence)
    if stamp is None:
        return data, None
    response, time = request_stamp(stamp, decode_bundle("evidence bundle", data).stamped)
    return encode_bundle(captured.evidence, response), date_text(numeric_date(time))


def _tell(captured: Captured, output: Path, data: bytes, stamped: str | None, as_json: bool) -> None:
    from emblem.report.json import verdict_members
    from emblem_cli.verify import show_verdict

    for address in captured.left_out:
        warn(f"too large to be kept: {printable(address)}; what rests on it cannot be found out from the bundle")
    evidence = captured.evidence
    counts = {"questions": len(evidence.questions), "resources": len(evidence.resources)}
    if as_json:
        kept = {"file": str(output), "bytes": len(data), **counts, "stamped": stamped}
        left_out = list(captured.left_out)
        print_json({**kept, "left_out": left_out, "verdict": verdict_members(captured.verdict)})
        return
    show_verdict(captured.verdict, as_json=False, verbose=False)
    fetched = f" and {counts['resources']} resources" if counts["resources"] else ""
    click.echo(f"kept in {output}: the answers to {counts['questions']} questions{fetched}, {len(data)} bytes")
    if stamped is not None:
        click.echo(f"stamped at {stamped}")
