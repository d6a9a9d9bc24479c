"""One target under Atheris: run as a process of its own, because the engine ends the process that it runs in.

``python -m fuzzing.engine TARGET [OPTION-OF-LIBFUZZER]... CORPUS-DIRECTORY...``
"""

from __future__ import annotations

import sys
from importlib import import_module
from random import Random
from typing import Any


def main(arguments: list[str]) -> None:
    """Instrument our library, and let the engine call one target until it is told to stop or finds something."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["emblem"]):
        from fuzzing.targets import TARGETS
    target = TARGETS[arguments[0]]
    mutate = target.mutate

    def change(data: bytes, longest: int, seed: int) -> bytes:
        assert mutate is not None
        changed = mutate(data, Random(seed))
        return changed if len(changed) <= longest else data

    hooks = {} if mutate is None else {"custom_mutator": change}
    atheris.Setup([f"fuzzing.engine {target.name}", *arguments[1:]], target.check, **hooks)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
