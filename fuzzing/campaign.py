"""Runs of the engine over targets, with what they came to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fuzzing.byte_mutation import DICTIONARY
from fuzzing.corpus import read_corpus
from fuzzing.target import LONGEST_INPUT

ROOT = Path(__file__).parent.parent
WORK = ROOT / ".fuzz"
"""Where a campaign keeps what it found: corpora that grow from run to run, logs, and inputs that failed."""

_MEGABYTES = 1024
_SLOW_SECONDS = 2
_HANG_SECONDS = 20
_STATISTIC = re.compile(r"^stat::(\w+):\s+(\d+)", re.MULTILINE)
_RESIDENT = re.compile(r"^#\d+\s+\w+.* rss: (\d+)Mb", re.MULTILINE)
_ENVIRONMENT = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "cli")]), "PYTHONHASHSEED": "0"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run over one target came to.

    ``resident`` are the megabytes of the process when it began, and ``peak`` the most that it ever had. ``failures``
    are files with the inputs that failed, took long, or took too much memory.
    """

    target: str
    executions: int
    resident: int
    peak: int
    failures: tuple[Path, ...]
    completed: bool


def run(target: str, *, seconds: int, runs: int) -> Outcome:
    """Fuzz one target until a number of seconds or of executions is reached; 0 means that it is no limit."""
    corpus, findings = WORK / target / "corpus", WORK / target / "findings"
    for directory in (corpus, findings):
        directory.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(read_corpus(target)):
        (corpus / f"seed-{number:04}").write_bytes(data)
    options = [
        *(f"-max_len={LONGEST_INPUT}", f"-rss_limit_mb={_MEGABYTES}", f"-timeout={_HANG_SECONDS}"),
        *(f"-report_slow_units={_SLOW_SECONDS}", f"-artifact_prefix={findings}/", f"-dict={DICTIONARY}"),
        *("-keep_seed=1", "-print_final_stats=1", f"-max_total_time={seconds}"),
        *([f"-runs={runs}"] if runs else []),
    ]
    log = WORK / target / "log.txt"
    with log.open("wb") as output:
        done = subprocess.run(
            [sys.executable, "-m", "fuzzing.engine", target, *options, str(corpus)],
            cwd=ROOT,
            env=os.environ | _ENVIRONMENT,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    text = log.read_text(encoding="utf-8", errors="replace")
    found = {name: int(number) for name, number in _STATISTIC.findall(text)}
    sizes = [int(size) for size in _RESIDENT.findall(text)]
    return Outcome(
        target,
        found.get("number_of_executed_units", 0),
        sizes[0] if sizes else 0,
        found.get("peak_rss_mb", 0),
        tuple(sorted(findings.iterdir())),
        done.returncode == 0,
    )


def table(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """The outcomes as lines of text."""
    yield f"{'target':14} {'executions':>12} {'MB at first':>12} {'MB at most':>12}  findings"
    total = 0
    for one in outcomes:
        total += one.executions
        failures = ", ".join(str(path.relative_to(ROOT)) for path in one.failures)
        told = failures or ("none" if one.completed else f"the engine failed: see .fuzz/{one.target}/log.txt")
        yield f"{one.target:14} {one.executions:12} {one.resident:12} {one.peak:12}  {told}"
    yield f"{'all':14} {total:12}"
