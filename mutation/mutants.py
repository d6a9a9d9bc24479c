"""The mutants: copies of our source in which every function can be exchanged for one with a mistake."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import redirect_stdout
from hashlib import sha256
from pathlib import Path

from mutmut.__main__ import create_mutants
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, setup_source_paths, walk_mutatable_files

PLACE = Path("mutants")
"""Where mutmut writes them, below the directory that it is run in."""

_MADE_FROM = PLACE / "made-from"


def write_mutants() -> list[str]:
    """Write the source with all mistakes in it, none of them active, and put it before ours on the path.

    Returns:
        The names of the mutants, module by module in the order of the configuration.
    """
    made_from = _digest()
    if not _MADE_FROM.exists() or _MADE_FROM.read_text(encoding="ascii") != made_from:
        set_mutant_under_test("mutant_generation")
        PLACE.mkdir(exist_ok=True)
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
            copy_src_dir()
            copy_also_copy_files()
            create_mutants(1)
        _MADE_FROM.write_text(made_from, encoding="ascii")
    setup_source_paths()
    set_mutant_under_test("")
    return list(_names())


def function_of(mutant: str) -> str:
    """The function that a mutant replaces, under the name that mutmut has for it."""
    return mutant.rpartition("__mutmut_")[0]


def _digest() -> str:
    """What tells whether the mutants are still those of our files."""
    digest = sha256()
    for top in [*config().source_paths, *config().also_copy]:
        for path in sorted(Path(top).rglob("*")) if Path(top).is_dir() else [Path(top)]:
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _names() -> Iterator[str]:
    for path in sorted(walk_mutatable_files()):
        data = SourceFileMutationData(path=path)
        data.load()
        yield from data.exit_code_by_key
