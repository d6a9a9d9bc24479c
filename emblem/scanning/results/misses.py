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
        self._last: tuple[Miss, int | None] | None = None
        self._last_form: _Form = []

    def line(self, finding: Finding) -> str:
        """The line of a finding."""
        miss = finding.miss
        if miss is None:
            return self._write(finding.as_verdict())
        target = finding.target
        text = target.text
        if target.address is None:
            return text.join(self._form(miss, None)[0])
        return target.name.join([text.join(piece) for piece in self._form(miss, target.address.version)])

    def _form(self, miss: Miss, version: int | None) -> _Form:
        last = self._last
        # Most misses are like the one before, and the same value; to look one up by what is in it takes longer.
        if last is not None and last[0] is miss and last[1] == version:
            return self._last_form
        key = (miss, version)
        form = self._forms.get(key)
        if form is None:
            if len(self._forms) >= _MOST_KEPT:
                self._forms.clear()
            place = _PLACES[version]
            line = self._write(miss_verdict(place, miss))
            pieces = [line] if version is None else line.split(place.name)
            form = self._forms[key] = [piece.split(place.text) for piece in pieces]
        self._last, self._last_form = key, form
        return form
