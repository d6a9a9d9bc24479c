"""A session of pytest that, in place of the tests, tries every mutant on the tests that reach it.

The tests are collected once and the process forks for each mutant: to start pytest for each takes ten times as long as
its tests.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any

import pytest
from mutmut.mutation import trampoline
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

from mutation.exchange import Exchangeable, find_exchangeable
from mutation.mutants import function_of

_SECONDS_TO_START = 0.005
_SECONDS_AT_LEAST = 10
_TIMES_AS_LONG = 10


class Outcome(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMEOUT = "timeout"
    UNREACHED = "unreached"


Report = Callable[[str, Outcome], None]
"""Told of every mutant and what became of it."""


class Trial:
    """A plugin of pytest: learns which test reaches which function, then tries the mutants.

    Args:
        mutants: their names.
        report: told of each when it is decided.
    """

    def __init__(self, mutants: Sequence[str], report: Report) -> None:
        self._mutants = mutants
        self._report = report
        self._failed = False
        self._reaching: dict[str, list[pytest.Item]] = {}
        self._seconds: dict[str, float] = {}
        self._kills: Counter[tuple[str, str]] = Counter()
        self._caches: list[_lru_cache_wrapper[Any]] = []
        self._exchangeable: dict[str, Exchangeable] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notice a failure."""
        self._failed = self._failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of the tests."""
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        self._exchangeable = find_exchangeable()
        self._learn(session.items)
        # What was computed without a mistake must not be remembered with one.
        self._caches = [one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper) and _is_ours(one)]
        gc.freeze()
        for mutant in self._mutants:
            self._report(mutant, self._try(mutant))
        return True

    def _learn(self, items: Sequence[pytest.Item]) -> None:
        """Run every test without a mistake."""
        reached: set[str] = set()
        for function in self._exchangeable.values():
            function.exchange(_recorder(function, reached))
        set_mutant_under_test("stats")
        for number, item in enumerate(items):
            before = time.perf_counter()
            _run(item, items[number + 1] if number + 1 < len(items) else None)
            self._seconds[item.nodeid] = time.perf_counter() - before
            for name in reached | state()._stats:
                self._reaching.setdefault(name, []).append(item)
            reached.clear()
            state()._stats.clear()
            if self._failed:
                sys.exit(f"without any mistake fails {item.nodeid}")
        set_mutant_under_test("")
        for function in self._exchangeable.values():
            function.exchange(function.original)

    def _try(self, mutant: str) -> Outcome:
        items = [item for item in self._reaching.get(function_of(mutant), ()) if _is_meant_for(item, mutant)]
        if not items:
            return Outcome.UNREACHED
        items = self._in_order(mutant, items)
        seconds = _SECONDS_AT_LEAST + _TIMES_AS_LONG * sum(self._seconds[item.nodeid] for item in items)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            self._run_child(mutant, items, int(seconds), writing)
        os.close(writing)
        with os.fdopen(reading) as told:
            killer = told.read()
        _, status = os.waitpid(child, 0)
        if killer:
            self._kills.update((place, killer) for place in _places(mutant))
        if os.WIFSIGNALED(status):
            return Outcome.TIMEOUT if os.WTERMSIG(status) == signal.SIGXCPU else Outcome.KILLED
        return Outcome.KILLED if os.WEXITSTATUS(status) else Outcome.SURVIVED

    def _in_order(self, mutant: str, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        """First the tests that kill most in the shortest time, in the same function or module; then the quickest."""
        function, module = _places(mutant)

        def merit(item: pytest.Item) -> tuple[float, float]:
            name, seconds = item.nodeid, self._seconds[item.nodeid]
            kills = self._kills[function, name] + self._kills[module, name] / 10
            return -kills / (seconds + _SECONDS_TO_START), seconds

        return sorted(items, key=merit)

    def _run_child(self, mutant: str, items: Sequence[pytest.Item], seconds: int, told: int) -> None:
        """Run the tests until one fails, and tell which; never returns."""
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
            with Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
            for cache in self._caches:
                cache.cache_clear()
            function = self._exchangeable.get(function_of(mutant))
            if function is not None:
                function.exchange(function.mutants[mutant.rpartition(".")[2]])
            # Who took hold of the function before finds the mutant behind mutmut's own wrapper.
            trampoline.get_mutant_under_test = lambda: mutant
            for number, item in enumerate(items):
                _run(item, items[number + 1] if number + 1 < len(items) else None)
                if self._failed:
                    os.write(told, item.nodeid.encode())
                    os._exit(1)
        except BaseException:
            os._exit(1)
        os._exit(0)


def _recorder(function: Exchangeable, reached: set[str]) -> Callable[..., Any]:
    def record(*arguments: Any, **named: Any) -> Any:
        reached.add(function.name)
        return function.original(*arguments, **named)

    return record


def _run(item: pytest.Item, following: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _places(mutant: str) -> tuple[str, str]:
    function = function_of(mutant)
    return function, function.rpartition(".")[0]


def _is_meant_for(item: pytest.Item, mutant: str) -> bool:
    """Whether a test is one of the room of a mutant, or one of the vectors, which are for all rooms."""
    room = mutant.split(".")[1]
    return item.nodeid.startswith((f"tests/{room}/", "tests/vectors/"))


def _is_ours(cache: Any) -> bool:
    return str(getattr(cache, "__module__", "")).partition(".")[0] == "emblem"
