"""The options of the commands that make keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from emblem.keys.algorithms import KeyKind, default_algorithm

ALGORITHMS = {algorithm.name: algorithm for algorithm in map(default_algorithm, KeyKind)}
"""What keys are made for, by name."""

algorithm_option: Callable[[Any], Any] = click.option(
    "--algorithm", type=click.Choice(list(ALGORITHMS)), default="ES256", show_default=True
)
no_passphrase_option: Callable[[Any], Any] = click.option(
    "--no-passphrase", is_flag=True, help="Do not encrypt the private key: whoever can read the file can sign."
)
