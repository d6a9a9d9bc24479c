"""What of ``requirements.lock`` a machine needs that uses Emblem: the package, its command line, hardware tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

DISTRIBUTION = "digital-emblem"
EXTRAS = ("cli", "hsm")

_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)


def needed(extras: Iterable[str] = EXTRAS) -> frozenset[str]:
    """The names of all that our distribution needs on this Python and system, itself not among them."""
    found: set[str] = set()
    waiting = [(DISTRIBUTION, extra) for extra in ("", *extras)]
    while waiting:
        name, extra = waiting.pop()
        for requirement in _requirements(name, extra):
            other = canonicalize_name(requirement.name)
            for wanted in ("", *requirement.extras):
                if (other, wanted) not in waiting and (other not in found or wanted):
                    waiting.append((other, wanted))
            found.add(other)
    return frozenset(found)


def reduced(lock: str, names: Iterable[str]) -> str:
    """The entries of a lock for some names, with their hashes.

    Raises:
        ValueError: one is not in it.
    """
    entries: dict[str, str] = {canonicalize_name(match["name"]): match[0] for match in _ENTRY.finditer(lock)}
    missing = sorted(set(names) - set(entries))
    if missing:
        raise ValueError(f"not in the lock: {', '.join(missing)}; write it again (CONTRIBUTING.md)")
    return "".join(f"{entries[name]}\n" for name in sorted(names))


def _requirements(name: str, extra: str) -> Iterator[Requirement]:
    for text in requires(name) or ():
        requirement = Requirement(text)
        if requirement.marker is None:
            if not extra:
                yield requirement
        elif requirement.marker.evaluate({"extra": extra}) and (
            not extra or not requirement.marker.evaluate({"extra": ""})
        ):
            yield requirement
