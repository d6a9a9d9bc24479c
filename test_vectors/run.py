"""Test any verifier against the vectors: ``python -m test_vectors.run [OPTION...] -- COMMAND...`` (see README.md)."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from fnmatch import fnmatchcase

from test_vectors.protocols import CommandVerifier, LinesVerifier, Verifier, VerifierError
from test_vectors.vectors import FORMATS, PROFILES, Case, cases

Result = tuple[Case, list[str]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the vectors and print what came of it; 0 if the verifier passed all."""
    options = _parser().parse_args(arguments)
    chosen = list(select(options))[:: options.every]
    if not chosen:
        print("no vector has been chosen", file=sys.stderr)
        return 1
    with ExitStack() as stack:
        verifier: Verifier
        if options.protocol == "jsonl":
            verifier = stack.enter_context(LinesVerifier(options.command, options.timeout))
            results = [examine(verifier, case) for case in chosen]
        else:
            verifier = CommandVerifier(options.command, options.timeout)
            pool = stack.enter_context(ThreadPoolExecutor(options.jobs))
            results = list(pool.map(lambda case: examine(verifier, case), chosen))
    print("\n".join(report(results)))
    return 1 if any(found for _, found in results) else 0


def select(options: argparse.Namespace) -> Iterator[Case]:
    """The cases that the options choose; a command is not asked what its arguments cannot say."""
    for case in cases():
        if options.protocol == "command" and not case.fits_a_command:
            continue
        if (
            options.format in (None, case.vector["format"])
            and options.profile in (None, case.profile)
            and fnmatchcase(case.vector["id"], options.only)
        ):
            yield case


def examine(verifier: Verifier, case: Case) -> Result:
    """Ask a verifier one case."""
    try:
        return case, case.differences(verifier.judge(case.request))
    except VerifierError as error:
        return case, [str(error)]


def report(results: Iterable[Result]) -> Iterator[str]:
    """Every failure with what was expected and found, then a table of files."""
    passed: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for case, found in results:
        (failed if found else passed)[case.file] += 1
        if found:
            yield f"{case.name}: {case.vector['title']}"
            yield from (f"    {line}" for line in found)
    width = max(map(len, [*passed, *failed, "file"]))
    yield f"{'file':{width}}  passed  failed"
    for file in sorted({*passed, *failed}):
        yield f"{file:{width}}  {passed[file]:6}  {failed[file]:6}"
    yield f"{'all':{width}}  {passed.total():6}  {failed.total():6}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m test_vectors.run", description=__doc__)
    parser.add_argument(
        "--protocol",
        choices=("command", "jsonl"),
        default="command",
        help="command: run once a vector with the arguments of `emblem verify`; jsonl: run once, a line a vector (the "
        "only way for discovery, and for trust with a scope)",
    )
    parser.add_argument("--format", choices=FORMATS, help="only the vectors of one format")
    parser.add_argument("--profile", choices=PROFILES, help="only one profile")
    parser.add_argument("--only", metavar="PATTERN", default="*", help="only vectors whose id fits (cwt-keys-*)")
    parser.add_argument("--every", metavar="N", type=int, default=1, help="only every Nth of them")
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=30.0, help="for one vector (default 30)")
    parser.add_argument("--jobs", metavar="N", type=int, default=2, help="commands at a time (default 2)")
    parser.add_argument("command", nargs="+", metavar="COMMAND", help="the verifier and its first arguments, after --")
    return parser


if __name__ == "__main__":
    sys.exit(main())
