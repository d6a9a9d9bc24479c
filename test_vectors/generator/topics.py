"""Every file of vectors."""

from __future__ import annotations

from collections.abc import Callable

from test_vectors.generator.cwt import (
    algorithms,
    carriage,
    chains,
    claims,
    copies,
    endorsements,
    header,
    keys,
    limits,
    names,
    organizations,
    renewals,
    signs,
    structure,
    times,
    trust,
    unknown,
)
from test_vectors.generator.vector import Topic

TOPICS: tuple[Callable[[], Topic], ...] = tuple(
    module.topic
    for module in (
        structure,
        header,
        claims,
        endorsements,
        times,
        signs,
        organizations,
        names,
        keys,
        algorithms,
        copies,
        chains,
        renewals,
        trust,
        unknown,
        carriage,
        limits,
    )
)
