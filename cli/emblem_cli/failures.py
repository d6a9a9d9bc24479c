"""What a person sees when something goes wrong: one line that says what and what to do, and the exit code."""

from __future__ import annotations

import errno
import sys
import traceback

import click

from emblem.errors import EmblemError, InputError
from emblem.model.display import printable

_INTERRUPTED = "interrupted"
_EXTRAS = {"click": "cli", "rich": "cli", "acme": "acme", "josepy": "acme", "pyarrow": "parquet", "distributed": "dask"}
"""Which extra of the distribution brings a library that not everybody needs."""
_ADVICE = {
    errno.EACCES: "choose a place that you may use",
    errno.EDQUOT: "free some space, then run this again",
    errno.EROFS: "choose a place that can be written to",
    errno.ENOSPC: "free some space, then run this again",
}


class Failure(click.ClickException):
    """Something failed, in the form in which it is shown.

    Args:
        message: what is wrong and what to do.
        details: what ``--verbose`` adds; empty without it.
    """

    exit_code = 1

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details


class Misuse(Failure):
    """The command was used wrongly, or what it was given is wrong, before anything was judged."""

    exit_code = 2


def describe(error: BaseException, *, verbose: bool) -> Failure:
    """The failure that an exception of a command is shown as."""
    details = "".join(traceback.format_exception(error)) if verbose else ""
    if isinstance(error, InputError):
        return Misuse(str(error), details)
    if isinstance(error, EmblemError):
        return Failure(str(error), details)
    if isinstance(error, KeyboardInterrupt | EOFError | click.Abort):
        return Failure(_INTERRUPTED, details)
    if isinstance(error, OSError):
        return Failure(_describe_system_error(error), details)
    if isinstance(error, ModuleNotFoundError) and error.name in _EXTRAS:
        extra = _EXTRAS[error.name]
        return Failure(f"{error.name} is not installed: pip install 'digital-emblem[{extra}]'", details)
    advice = "please report it with the output of the same command with --verbose"
    return Failure(f"a defect of this program, {type(error).__name__}: {error}; {advice}", details)


def show(error: click.ClickException) -> int:
    """Print an error on standard error, and return the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    message = error.format_message()
    name = "emblem"
    if isinstance(error, click.UsageError) and error.ctx is not None:
        name = error.ctx.command_path
        stop = "" if message.endswith((".", "?")) else "."
        message = f"{message}{stop} See '{name} --help'."
    if isinstance(error, Failure) and error.details:
        click.echo(error.details, err=True, nl=False)
    if message == _INTERRUPTED and sys.stderr.isatty():
        click.echo(err=True)
    click.echo(f"{name}: {_one_line(message)}", err=True)
    return error.exit_code


def _describe_system_error(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename is not None else ""
    advice = _ADVICE.get(error.errno or 0)
    return f"{where}{error.strerror or error}" + (f"; {advice}" if advice else "")


def _one_line(message: str) -> str:
    """The message without line breaks and without characters that would do something to a terminal."""
    return printable(" ".join(message.split()))
