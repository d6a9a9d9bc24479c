"""Makes a broken verifier out of our source, and finds the vectors that catch it.

``python -m tests.vectors.mutation`` prints, for every broken verifier, how many vectors of all files catch it, and
the first of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from test_vectors.vectors import Case, cases
from tests.vectors.broken import Broken
from tests.vectors.broken_verifiers import BROKEN

Judge = Callable[[Mapping[str, Any]], dict[str, Any]]
_OURS = ("emblem", "test_vectors.adapter")


def edited_source(verifier: Broken) -> str:
    """The source of the module that the verifier breaks, after its edits.

    Raises:
        LookupError: the text to replace is not there any more: the rule has moved, and the list must follow.
    """
    spec = PathFinder.find_spec(verifier.module, import_module(verifier.module.rpartition(".")[0]).__path__)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")
    for old, new in verifier.edits:
        if old not in source:
            raise LookupError(f"{verifier.module} has no {old!r} any more, which {verifier.rule!r} replaces")
        source = source.replace(old, new)
    return source


@contextmanager
def broken_judge(verifier: Broken) -> Iterator[Judge]:
    """Import our library anew with one module edited; afterwards everything is as it was."""
    finder = _Finder(verifier.module, edited_source(verifier))
    genuine = {name: module for name, module in sys.modules.items() if name.startswith(_OURS)}
    for name in genuine:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        yield import_module("test_vectors.adapter").judge
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.startswith(_OURS)]:
            del sys.modules[name]
        sys.modules.update(genuine)


def caught_by(verifier: Broken, chosen: Iterable[Case], genuine: Judge) -> list[Case]:
    """The cases that the broken verifier fails and the genuine one passes."""
    with broken_judge(verifier) as judge:
        failed = [case for case in chosen if _fails(judge, case)]
    return [case for case in failed if not _fails(genuine, case)]


def main(arguments: Sequence[str]) -> int:
    """Print a line for each broken verifier, or for those whose rule has one of the arguments in it."""
    genuine: Judge = import_module("test_vectors.adapter").judge
    everything = list(cases())
    survivors = 0
    for verifier in BROKEN:
        if not arguments or any(part in verifier.rule for part in arguments):
            try:
                names = [case.vector["id"] for case in caught_by(verifier, everything, genuine)]
            except LookupError as error:
                sys.exit(str(error))
            survivors += not names
            print(
                f"{len(set(names)):5} {verifier.rule}: {', '.join(dict.fromkeys(names[:6])) or 'NOT CAUGHT'}",
                flush=True,
            )
    return 1 if survivors else 0


class _Finder(MetaPathFinder, Loader):
    """Finds one module, and loads it from the text it is given."""

    def __init__(self, name: str, source: str) -> None:
        self._name = name
        self._source = source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        return ModuleSpec(fullname, self) if fullname == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, f"<broken {self._name}>", "exec", dont_inherit=True), module.__dict__)


def _fails(judge: Judge, case: Case) -> bool:
    # Whatever a broken verifier raises, it has given no verdict.
    try:
        return bool(case.differences(judge(case.request)))
    except Exception:
        return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
