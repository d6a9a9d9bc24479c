"""Plain misses, of which there are very many: each is written like any verdict, but at far less cost."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from emblem.model.target import Target
from emblem.model.verdict import Verdict
from emblem.scanning.finding import Finding, Miss, miss_verdict

_MOST_KEPT = 1024
_PLACES = {
    None: Target("place-of-the-name.invalid"),
    4: Target("255.255.255.254", ipaddress.IPv4Address("255.255.255.254")),
    6: Target("ffff:ffff::fffe", ipaddress.IPv6Address("ffff:ffff::fffe")),
}
"""Targets that nobody asks about: in a line about one of these, any other of its kind can take its place."""

_Form = list[list[str]]
"""A line cut at every place where the target's own name stands, and each piece where its text does."""


class FindingLines:
    """Findings as lines of text. Lines of targets that were missed in the same way are made of one another.

    Args:
        write: a verdict as a line, in which the target's texts stand just as they are.
    """

    def __init__(self, write: Callable[[Verdict], str]) -> None:
        self._write = write
        self._forms: dict[tuple[Miss, int | None], _Form] = {}

    def line(self, finding: Finding) -> str:
        """The line of a finding."""
        if finding.miss is None:
            return self._write(finding.as_verdict())
        target = finding.target
        form = self._form(finding.miss, None if target.address is None else target.address.version)
        text = target.text
        return target.name.join([text.join(piece) for piece in form])

    def _form(self, miss: Miss, version: int | None) -> _Form:
        key = (miss, version)
        form = self._forms.get(key)
        if form is None:
            if len(self._forms) >= _MOST_KEPT:
                self._forms.clear()
            place = _PLACES[version]
            line = self._write(miss_verdict(place, miss))
            form = self._forms[key] = [piece.split(place.text) for piece in line.split(place.name)]
        return form
