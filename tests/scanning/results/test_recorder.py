from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emblem.errors import InputError
from emblem.model.verdict import Status
from emblem.scanning.finding import Finding, Task
from emblem.scanning.ordered import Ordering
from emblem.scanning.results.checkpoint import Checkpoint
from emblem.scanning.results.json_lines import JsonLinesSink
from emblem.scanning.results.outputs import Output, open_outputs
from emblem.scanning.results.recorder import INTERVAL, Recorder
from emblem.scanning.results.sink import MARKED
from emblem.scanning.targets.fingerprint import Fingerprint
from emblem.scanning.targets.stream import Selection, TaskStream
from tests.scanning.results.findings import MISS, found, missed, nothing_resolves
from tests.scanning.targets.reading import source_of


class Clock:
    """Goes on by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def targets_in(path: Path) -> list[str]:
    return [json.loads(line)["target"] for line in path.read_text().splitlines()]


def test_only_the_statuses_asked_for_are_written_and_all_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    with Recorder([JsonLinesSink(path)], only=MARKED) as recorder:
        for finding in (missed(0, "a.example"), found(1, "b.example"), found(2, "c.example", Status.REJECTED)):
            recorder.record(finding)
        recorder.finish()

    assert targets_in(path) == ["b.example"]
    assert (recorder.statuses[Status.UNMARKED], recorder.statuses[Status.REJECTED]) == (1, 1)


def test_a_checkpoint_is_saved_before_the_first_finding_and_now_and_then_and_is_gone_at_the_end(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "checkpoint"
    with Recorder([JsonLinesSink(tmp_path / "found.jsonl")], path, clock=clock) as recorder:
        assert not path.exists()
        recorder.record(missed(0, "a.example"))
        recorder.record(missed(1, "b.example"))
        assert Checkpoint.load(path).done.below == 0
        clock.now += INTERVAL
        recorder.record(missed(2, "c.example"))
        assert Checkpoint.load(path).done.below == 2
        recorder.finish()

    assert not path.exists()


def test_checkpoints_are_rarer_where_the_disk_is_slow(tmp_path: Path) -> None:
    clock, saved = Clock(), []

    class SlowSink(JsonLinesSink):
        def sync(self) -> int:
            clock.now += 1.0
            saved.append(clock.now)
            return super().sync()

    with Recorder([SlowSink(tmp_path / "found.jsonl")], tmp_path / "checkpoint", clock=clock) as recorder:
        for number in range(100):
            clock.now += 1.0
            recorder.record(missed(number, "a.example"))

    assert saved[0] == 2.0
    assert all(later - earlier >= 10.0 for earlier, later in pairwise(saved))


@pytest.mark.parametrize("form", ["json", "csv", "parquet"])
def test_a_scan_that_failed_before_its_first_finding_can_be_begun_again(tmp_path: Path, form: str) -> None:
    outputs = [Output.parse(f"{form}:{tmp_path}/found")]
    for sink in open_outputs(outputs, nothing_resolves).sinks:
        sink.close()

    again = open_outputs(outputs, nothing_resolves).sinks

    for sink in again:
        sink.close()


def test_a_scan_with_other_options_is_not_resumed(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    Recorder([], path, plan={"--only": "all"}).save()

    with pytest.raises(InputError, match="--only: found marked, expected all"):
        Checkpoint.load(path).check_plan({"--only": "marked"})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"schema": "emblem.scan-checkpoint/2"}',
        b'{"schema": "emblem.scan-checkpoint/1", "plan": 5}',
        b"[]",
    ],
)
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "checkpoint").write_bytes(content)

    with pytest.raises(InputError):
        Checkpoint.load(tmp_path / "checkpoint")


class CrashError(Exception):
    """Instead of a power cut."""


@settings(max_examples=30)
@given(
    total=st.integers(0, 60),
    crashes=st.lists(st.tuples(st.integers(0, 60), st.integers(2, 20)), max_size=4),
    window=st.integers(1, 8),
    seed=st.sampled_from([None, 9]),
    randomness=st.randoms(use_true_random=False),
)
def test_whenever_a_scan_crashes_the_resumed_one_has_every_result_once(
    tmp_path_factory: pytest.TempPathFactory,
    total: int,
    crashes: list[tuple[int, int]],
    window: int,
    seed: int | None,
    randomness: object,
) -> None:
    folder = tmp_path_factory.mktemp("scan")
    checkpoint, output = folder / "checkpoint", folder / "found.jsonl"
    hosts = [f"h{number}.example" for number in range(total)]

    def out_of_order(tasks: Iterable[Task | None]) -> Iterable[Finding]:
        under_way: list[Task] = []
        for task in tasks:
            if task is not None:
                under_way.append(task)
            if len(under_way) == window:
                chosen = under_way.pop(randomness.randrange(window))  # type: ignore[attr-defined]
                yield Finding(chosen.number, chosen.target, None, MISS)
        for task in reversed(under_way):
            yield Finding(task.number, task.target, None, MISS)

    def run(crash_after: int | None, every: int) -> None:
        resumed = Checkpoint.load(checkpoint) if checkpoint.exists() else None
        fingerprint = Fingerprint(resumed.marks if resumed else ())
        stream = TaskStream(
            [source_of(hosts)], Selection(seed=seed), done=resumed.done if resumed else None, fingerprint=fingerprint
        )
        sink = JsonLinesSink(output, resumed.positions[0] if resumed else None)
        recorder = Recorder([sink], checkpoint, seed=seed, fingerprint=fingerprint, resumed=resumed)
        try:
            for count, finding in enumerate(out_of_order(stream), start=1):
                recorder.record(finding)
                if count % every == 0:
                    recorder.save()
                if count == crash_after:
                    raise CrashError
            recorder.finish()
        except CrashError:
            # What was written after the checkpoint reaches the disk: it has to be cut off again.
            sink.sync()
        finally:
            sink.close()

    for crash_after, every in crashes:
        if checkpoint.exists() or not output.exists() or not output.stat().st_size:
            run(crash_after, every)
    if checkpoint.exists() or not output.exists() or not output.stat().st_size:
        run(None, 3)

    assert sorted(targets_in(output)) == sorted(hosts)


@given(st.permutations(range(30)), st.integers(1, 30))
def test_findings_can_be_had_in_the_order_of_their_tasks(shuffled: list[int], most: int) -> None:
    ordering = Ordering(most)
    tasks = ordering.tasks(Task(number, missed(number, "a.example").target) for number in range(30))
    under_way: list[int] = []

    def findings() -> Iterable[Finding]:
        for task in tasks:
            if task is not None:
                under_way.append(task.number)
            if task is None or len(under_way) >= 5:
                first = min(under_way, key=shuffled.index)
                under_way.remove(first)
                yield missed(first, "a.example")
        for number in sorted(under_way, key=shuffled.index):
            yield missed(number, "a.example")

    assert [finding.number for finding in ordering.findings(findings())] == list(range(30))


def test_no_new_tasks_are_given_while_too_many_findings_wait_for_an_earlier_one() -> None:
    ordering = Ordering(2)
    tasks = ordering.tasks(Task(number, missed(number, "a.example").target) for number in range(5))

    given_out = [next(tasks) for _ in range(3)]

    assert [task.number if task else None for task in given_out] == [0, 1, None]
