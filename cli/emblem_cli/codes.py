"""Requests and answers as QR codes, on the terminal and as PNG: for a machine that no network and no stick reaches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from emblem.codec.carried import Carried, write_parts
from emblem.keys.files import check_free, write_new_file
from emblem_cli.parameters import FILE

F = TypeVar("F", bound=Callable[..., Any])

_BORDER = 4
_SCALE = 8
_MODE = 0o644
_BLACK_ON_WHITE, _RESET = "\x1b[30;107m", "\x1b[0m"
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_OPTIONS = (
    click.option("--qr", is_flag=True, help="Also show it as QR codes, for a camera at the other end."),
    click.option("--png", metavar="FILE", type=FILE, help="Also write the QR codes to FILE (of several, FILE-1, -2)."),
)


def code_options(function: F) -> F:
    """Give a command the options that :func:`show_codes` takes."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def png_paths(png: Path, number: int) -> tuple[Path, ...]:
    """The files of so many codes: one as it was named, several with a number each."""
    if number == 1:
        return (png,)
    return tuple(png.with_name(f"{png.stem}-{one}{png.suffix}") for one in range(1, number + 1))


def check_codes(png: Path | None) -> None:
    """Refuse, before anything is done, pictures that would go where a file is.

    Raises:
        KeyFileError: there is one.
    """
    if png is not None:
        check_free(png)
        check_free(png_paths(png, 2)[0])


def show_codes(kind: Carried, data: bytes, *, qr: bool, png: Path | None) -> None:
    """Show and write the codes of a request or an answer, as far as they were asked for.

    Raises:
        KeyFileError: a file is there already.
        OSError: one cannot be written.
    """
    if not qr and png is None:
        return
    parts = write_parts(kind, data)
    if png is not None:
        for path, part in zip(png_paths(png, len(parts)), parts, strict=True):
            write_new_file(path, _picture(part), _MODE)
            click.echo(f"QR code:        {path}")
    if qr:
        for number, part in enumerate(parts, start=1):
            click.echo(f"part {number} of {len(parts)}:")
            click.echo(_drawn(_modules(part), colour=sys.stdout.isatty()))


def _code(part: str) -> Any:
    import segno

    return segno.make_qr(part, error="l", boost_error=False)


def _picture(part: str) -> bytes:
    from io import BytesIO

    picture = BytesIO()
    _code(part).save(picture, kind="png", scale=_SCALE, border=_BORDER)
    return picture.getvalue()


def _modules(part: str) -> Sequence[Sequence[bool]]:
    """The dark and light squares, with the quiet zone around them."""
    return [[bool(module) for module in row] for row in _code(part).matrix_iter(border=_BORDER)]


def _drawn(modules: Sequence[Sequence[bool]], *, colour: bool) -> str:
    """Two rows of squares in each line of text; on a terminal black on white, whatever its own colours are."""
    rows = [*modules, [False] * len(modules[0])] if len(modules) % 2 else modules
    lines = (
        "".join(_HALVES[above, below] for above, below in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
    return "\n".join(f"{_BLACK_ON_WHITE}{line}{_RESET}" if colour else line for line in lines)
