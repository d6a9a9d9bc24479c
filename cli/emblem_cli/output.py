"""How commands print."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import click

T = TypeVar("T")

_WORTH_SHOWING = 100
"""Items that can take longer than a second."""


def print_json(value: Any) -> None:
    """One value as one line of JSON."""
    click.echo(json.dumps(value, ensure_ascii=False))


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table: fitted to the width of a terminal, and in plain columns elsewhere."""
    if sys.stdout.isatty():
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD)
        for title in header:
            # A key identifier that is cut off is none.
            table.add_column(title, overflow="fold")
        for row in rows:
            table.add_row(*map(Text, row))
        Console().print(table)
        return
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


def progress(items: Sequence[T], label: str) -> Iterator[T]:
    """The items one after the other; where they are many, a bar on the terminal shows how far they have come."""
    if len(items) < _WORTH_SHOWING or not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield from bar


def warn(text: str) -> None:
    """Something that a person should know, on standard error; the command goes on."""
    click.echo(f"emblem: warning: {text}", err=True)


def note(text: str) -> None:
    """Something that explains why nothing seems to happen, on standard error."""
    click.echo(f"emblem: {text}", err=True)
