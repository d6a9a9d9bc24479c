"""Whatever a log, an authority or somebody between sends: there is an answer, and no better one than was earned."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emblem.model.evidence import CommitmentResult, LogEvidence
from emblem.traceability.resources import Fetched, Resource
from emblem.traceability.seen import SeenTreeHeads
from test_vectors.generator.commitments.log import TransparencyLog
from tests.support.commitments import (
    AUTHORITY,
    HEAD_TIME,
    LOGGED,
    Web,
    check,
    entry_of,
    head_of,
    need,
    new_log,
    request,
)

SEEN = 12
"""The size of the tree that was seen before."""


class Tampering(Web):
    """Changes one byte of the answer to one request."""

    def __init__(self, log: TransparencyLog, which: int, place: int, byte: int) -> None:
        super().__init__([log])
        self._which, self._place, self._byte = which, place, byte
        self.changed: Resource | None = None

    def fetch(self, resource: Resource) -> Fetched:
        number = len(self.asked)
        fetched = super().fetch(resource)
        if number != self._which or not fetched.body:
            return fetched
        body = bytearray(fetched.body)
        place = self._place % len(body)
        if body[place] == self._byte:
            return fetched
        body[place] = self._byte
        self.changed = resource
        return replace(fetched, body=bytes(body))


@cache
def committed(static: bool) -> TransparencyLog:
    log = new_log("elm" if static else "oak", static=static)
    log.submit(request(), AUTHORITY, LOGGED)
    log.fill(3)
    return log


def evidence(web: Web, log: TransparencyLog) -> LogEvidence:
    """What is found out of the commitment."""
    seen = SeenTreeHeads([head_of(log, size=SEEN, time=HEAD_TIME - 1)])
    return check(web, need(entry_of(log, 20)), seen=seen).evidence[0]


@pytest.mark.parametrize("static", [False, True], ids=["RFC 6962", "static"])
@given(which=st.integers(0, 8), place=st.integers(0, 10**6), byte=st.integers(0, 255))
@settings(max_examples=150)
def test_a_byte_changed_in_any_answer_raises_nothing_and_proves_nothing_more(
    static: bool, which: int, place: int, byte: int
) -> None:
    log = committed(static)
    genuine = evidence(Web([log]), log)
    tampering = Tampering(log, which, place, byte)
    found = evidence(tampering, log)

    assert genuine.result is CommitmentResult.VERIFIED
    if found.result is CommitmentResult.VERIFIED:
        assert set(found.proofs) <= set(genuine.proofs)
        assert found.names == genuine.names
        assert found.tree_size in (genuine.tree_size, None)
        assert found.logged_at == genuine.logged_at


@pytest.mark.parametrize("static", [False, True], ids=["RFC 6962", "static"])
@given(which=st.integers(0, 8), body=st.binary(max_size=400))
@settings(max_examples=60)
def test_any_bytes_in_the_place_of_any_answer_raise_nothing(static: bool, which: int, body: bytes) -> None:
    log = committed(static)
    web = Web([log])
    fetch = web.fetch

    def replaced(resource: Resource) -> Fetched:
        number = len(web.asked)
        fetched = fetch(resource)
        return replace(fetched, body=body, encoding="") if number == which else fetched

    web.fetch = replaced  # type: ignore[method-assign]  # in the place of what the web says
    found = evidence(web, log)

    assert found.result in CommitmentResult


@pytest.mark.parametrize("place", range(0, 800, 11))
def test_a_precertificate_with_a_byte_changed_is_none(place: int) -> None:
    log = committed(True)
    entry = log.entries[20]
    damaged = bytearray(entry.submitted)
    damaged[place % len(damaged)] ^= 0x55
    try:
        log.entries[20] = replace(entry, submitted=bytes(damaged))
        found = evidence(Web([log]), log)
    finally:
        log.entries[20] = entry

    assert found.result is CommitmentResult.UNDETERMINED
