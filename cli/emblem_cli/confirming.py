"""A person's yes before something is stated that cannot be unsaid."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from emblem_cli.failures import Failure

yes_option: Callable[[Any], Any] = click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
"""The option that answers before the question."""


def confirm(question: str, *, yes: bool) -> None:
    """Go on only if a person says so, on a terminal, or has said so by the option.

    Raises:
        UsageError: there is no terminal to ask on.
        Failure: the answer was no.
    """
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask on: look at what is above, then add --yes")
    if not click.confirm(question, err=True):
        raise Failure("nothing was done, as you said")
