"""``python -m mutation [PATTERN...]``: try the mutants whose names fit (``emblem.validation.chain.*``), or all,
in the order of the patterns.

Prints those that survive, with what they change, and a table of the modules; 1 if there are any.
"""

from __future__ import annotations

import fnmatch
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from mutmut.configuration import config
from mutmut.mutation.diff_apply import get_diff_for_mutant

from mutation.mutants import PLACE, function_of, write_mutants
from mutation.trial import Outcome, Trial

_PROGRESS = 100


def main(patterns: Sequence[str]) -> int:
    """Try mutants."""
    started = time.monotonic()
    names = write_mutants()
    chosen = list(dict.fromkeys(name for one in patterns or "*" for name in fnmatch.filter(names, one)))
    if not chosen:
        print("no mutant has such a name", file=sys.stderr)
        return 2
    print(f"{len(chosen)} of {len(names)} mutants", flush=True)
    outcomes: dict[str, Outcome] = {}

    def report(mutant: str, outcome: Outcome) -> None:
        outcomes[mutant] = outcome
        if len(outcomes) % _PROGRESS == 0:
            print(f"{len(outcomes)} tried, in {time.monotonic() - started:.0f} seconds", file=sys.stderr, flush=True)
        if outcome in (Outcome.SURVIVED, Outcome.UNREACHED):
            print(f"{outcome} {mutant}", flush=True)

    settings = config()
    here = Path.cwd()
    os.chdir(PLACE)
    pytest.main(
        [
            *("-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir=."),
            *settings.pytest_add_cli_args_test_selection,
            *settings.pytest_add_cli_args,
        ],
        plugins=[Trial(chosen, report)],
    )
    os.chdir(here)
    survivors = [name for name, outcome in outcomes.items() if outcome in (Outcome.SURVIVED, Outcome.UNREACHED)]
    for name in survivors:
        print(f"\n{name}\n{get_diff_for_mutant(name)}")
    print("\n".join(_table(outcomes)))
    print(f"{time.monotonic() - started:.0f} seconds", flush=True)
    return 1 if survivors or len(outcomes) < len(chosen) else 0


def _table(outcomes: dict[str, Outcome]) -> list[str]:
    counts = Counter((function_of(name).rpartition(".")[0], outcome) for name, outcome in outcomes.items())
    modules = dict.fromkeys(module for module, _ in counts)
    lines = [f"{'module':36}" + "".join(f"{outcome:>11}" for outcome in Outcome)]
    lines += [f"{module:36}" + "".join(f"{counts[module, outcome]:11}" for outcome in Outcome) for module in modules]
    return [*lines, f"{'all':36}" + "".join(f"{list(outcomes.values()).count(one):11}" for one in Outcome)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
