"""Scans inside other programs: by iterator, by callback, and nothing left behind."""

from __future__ import annotations

import logging
import signal
import threading

import pytest

import emblem
from emblem.model.verdict import Status
from emblem.scanning.finding import Finding
from tests.support.naming import serving
from tests.support.scanning import EXPECTED, LINES, TRUST


def settings(resolver: object) -> emblem.ScanSettings:
    return emblem.ScanSettings(trust=TRUST, resolvers=(str(resolver),), processes=1)


def test_every_finding_is_told_and_the_counts_are_given() -> None:
    told: dict[str, Status] = {}

    def tell(finding: Finding) -> None:
        told[finding.target.text] = finding.status

    with serving(*LINES) as server:
        statistics = emblem.scan_each(emblem.numbered(EXPECTED), tell, settings(server.address))

    assert told == EXPECTED
    assert statistics.findings == len(EXPECTED)


def test_what_is_raised_while_told_ends_the_scan() -> None:
    def tell(finding: Finding) -> None:
        raise KeyError(finding.number)

    with serving(*LINES) as server, pytest.raises(KeyError):
        emblem.scan_each(emblem.numbered(EXPECTED), tell, settings(server.address))


def test_a_scan_changes_nothing_of_the_program_around_it() -> None:
    handlers = [signal.getsignal(number) for number in signal.valid_signals()]
    logs = list(logging.root.handlers), logging.root.level
    with serving(*LINES) as server:
        threads = threading.active_count()
        with emblem.scan(emblem.numbered(EXPECTED), settings(server.address)) as running:
            next(running)
            assert threading.active_count() == threads
            assert [signal.getsignal(number) for number in signal.valid_signals()] == handlers
        assert threading.active_count() == threads

    assert (list(logging.root.handlers), logging.root.level) == logs


def test_targets_are_numbered_in_their_order() -> None:
    targets = ["a.example", None, emblem.Target.parse("192.0.2.1"), "b.example"]

    tasks = list(emblem.numbered(targets))

    assert [None if task is None else (task.number, str(task.target)) for task in tasks] == [
        (0, "a.example"),
        None,
        (1, "192.0.2.1"),
        (2, "b.example"),
    ]
