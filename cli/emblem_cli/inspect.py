"""`emblem inspect`: show what tokens, keys, records, evidence bundles and requests say, without judging them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import click

from emblem.codec.evidence import decode_bundle, is_bundle
from emblem.codec.record_text import decode_records
from emblem.keys.pem import holds_private_key
from emblem.model.display import printable
from emblem.model.limits import LARGEST_RECORD_FILE
from emblem.report.inspection import Inspected, inspect_key, inspect_records, inspection_text
from emblem.report.paper_inspection import inspect_paper, is_paper
from emblem.trust.key_files import is_key_file, read_public_keys
from emblem_cli.input import name_of, read_input
from emblem_cli.output import print_json
from emblem_cli.parameters import FILE

_NOT_JUDGED = "Nothing was judged: no signature, no time, no chain. 'emblem verify' does that."


@click.command("inspect")
@click.argument("file", type=FILE)
@click.option("--raw", is_flag=True, help="Also the encoding: CBOR in diagnostic notation, or JSON.")
@click.option("--json", "as_json", is_flag=True, help="One record or key a line, as JSON.")
def command(file: Path, raw: bool, as_json: bool) -> None:
    """Show what is in FILE (-: standard input): tokens, keys, evidence, records in any form that 'emblem verify' reads.

    Also requests for endorsements, answers to them, and withdrawal lists. Whatever is malformed says why. Nothing is
    judged.

    \b
    Examples:
      emblem inspect tokens/www.example.org.emblem
      dig www.example.org TYPE65297 | emblem inspect -
    """
    found = list(_inspect(name_of(file), read_input(file, LARGEST_RECORD_FILE)))
    if as_json:
        for inspected in found:
            print_json({**inspected.members, **({"raw": inspected.raw} if raw else {})})
        return
    for number, inspected in enumerate(found, 1):
        click.echo(f"{number}. {inspection_text(inspected)}\n")
        if raw and inspected.raw:
            click.echo(indent("\n".join(map(printable, inspected.raw.splitlines())), "  ") + "\n")
    if not found:
        click.echo("There is no record, token or key in this file.")
    click.echo(_NOT_JUDGED)


def _inspect(field: str, data: bytes) -> Iterator[Inspected]:
    if holds_private_key(data):
        words = {"note": "it is not shown; 'emblem key show' shows the public half"}
        yield Inspected("private key", words, {"kind": "private-key"})
    elif is_bundle(data):
        from emblem.report.bundle_inspection import inspect_bundle

        yield from inspect_bundle(decode_bundle(field, data))
    elif is_paper(data):
        yield inspect_paper(field, data)
    elif is_key_file(data):
        yield from map(inspect_key, read_public_keys(field, data))
    else:
        yield from inspect_records(decode_records(field, data))
