"""Functions that can be exchanged in place for a mutant.

mutmut wraps every function so that each call asks which mutant is active, which takes longer than most functions do.
Here the wrapper is taken out again wherever it is bound to a name, and stays only where somebody keeps it otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

_OURS = ("emblem", "tests", "test_vectors")
_WRAPPER = "_trampoline_wrapper"


@dataclass
class Exchangeable:
    """A function, all mutants of it by their names, and where it is bound."""

    name: str
    original: Callable[..., Any]
    mutants: Mapping[str, Callable[..., Any]]
    places: list[tuple[Any, str]] = field(default_factory=list)

    def exchange(self, function: Callable[..., Any]) -> None:
        """Bind something else everywhere."""
        for owner, name in self.places:
            setattr(owner, name, function)


def find_exchangeable() -> dict[str, Exchangeable]:
    """Every wrapped function by mutmut's name for it, such as ``emblem.codec.cbor.x_decode``."""
    found: dict[str, Exchangeable] = {}
    for owner, name, wrapper in _bound():
        mutants = _mutants_of(wrapper)
        key = next((key for key in mutants if key != "_mutmut_orig"), None)
        if key is not None:
            known = f"{wrapper.__module__}.{key.rpartition('__mutmut_')[0]}"
            one = found.setdefault(known, Exchangeable(known, wrapper.__wrapped__, mutants))
            one.places.append((owner, name))
    return found


def _bound() -> Iterator[tuple[Any, str, Any]]:
    """Every name of a module or class of ours that a wrapper is bound to."""
    modules = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in _OURS]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    for owner in (*modules, *classes):
        for name, value in list(vars(owner).items()):
            if isinstance(value, FunctionType) and value.__code__.co_name == _WRAPPER:
                yield owner, name, value


def _mutants_of(wrapper: FunctionType) -> Mapping[str, Callable[..., Any]]:
    inner = _free(wrapper)["trampoline"]
    mutants: Mapping[str, Callable[..., Any]] = _free(inner)["mutants_dict"]
    return mutants


def _free(function: FunctionType) -> dict[str, Any]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: cell.cell_contents for name, cell in cells}
