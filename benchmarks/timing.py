"""Fair timings: the things compared take turns, and the median of many rounds counts."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping


def compare(contestants: Mapping[str, Callable[[], object]], *, rounds: int = 400) -> dict[str, float]:
    """Run each contestant once a round, in turn, after a warm-up; the median of each in microseconds."""
    times: dict[str, list[int]] = {name: [] for name in contestants}
    for run in contestants.values():
        for _ in range(rounds // 10 + 1):
            run()
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, run in contestants.items():
                start = time.perf_counter_ns()
                run()
                times[name].append(time.perf_counter_ns() - start)
    finally:
        gc.enable()
    return {name: statistics.median(samples) / 1000 for name, samples in times.items()}
