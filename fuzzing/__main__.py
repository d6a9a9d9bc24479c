"""``python -m fuzzing``: fuzz our library, or keep its corpus small."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from fuzzing import campaign
from fuzzing.corpus import HERE, distill, read_corpus, write_corpus
from fuzzing.replay import inputs
from fuzzing.seeds import seeds
from fuzzing.target import Target
from fuzzing.targets import TARGETS


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz; 1 if anything was found."""
    options = _parser().parse_args(arguments)
    chosen = [TARGETS[name] for name in options.target or TARGETS]
    if options.input:
        for target in chosen:
            target.check(options.input.read_bytes())
        return 0
    if options.distill:
        for target in chosen:
            _distill(target)
        return 0
    if find_spec("atheris") is None:
        print("Atheris is not installed (there is none for this platform): changes without an engine", file=sys.stderr)
        return _replay(chosen, options.runs or 10_000, options.seed)
    outcomes = []
    for target in chosen:
        print(f"fuzzing {target.name} ...", file=sys.stderr, flush=True)
        outcomes.append(campaign.run(target.name, seconds=0 if options.runs else options.seconds, runs=options.runs))
    print("\n".join(campaign.table(outcomes)))
    return 1 if any(one.failures or not one.completed for one in outcomes) else 0


def _replay(targets: Sequence[Target], count: int, seed: int) -> int:
    for target in targets:
        for data in inputs(target, count=count, seed=seed):
            try:
                target.check(data)
            except Exception:
                failed = campaign.WORK / target.name / "findings" / "replayed"
                failed.parent.mkdir(parents=True, exist_ok=True)
                failed.write_bytes(data)
                print(f"{target.name}: see {failed}", file=sys.stderr)
                raise
        print(f"{target.name}: {count} executions, nothing found", flush=True)
    return 0


def _distill(target: Target) -> None:
    kept_before = read_corpus(target.name) if (HERE / f"{target.name}.txt").exists() else []
    found = [path.read_bytes() for path in sorted((campaign.WORK / target.name / "corpus").glob("*"))]
    kept = distill(target, [*kept_before, *seeds(target.name), *found])
    write_corpus(target.name, kept)
    print(f"{target.name}: {len(kept)} inputs, {sum(map(len, kept))} bytes", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev fuzz", description="Fuzz our library with inputs that nobody thought of."
    )
    parser.add_argument("target", nargs="*", choices=[*TARGETS, []], metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="how long, for each target (default 60)")
    parser.add_argument(
        "--runs", type=int, default=0, help="how many executions, for each target, however long it takes"
    )
    parser.add_argument("--seed", type=int, default=1, help="where there is no engine: other changes")
    parser.add_argument("--input", type=Path, metavar="FILE", help="check this one input, and show what fails")
    parser.add_argument(
        "--distill", action="store_true", help="write the corpus anew: what reaches something of its own"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
