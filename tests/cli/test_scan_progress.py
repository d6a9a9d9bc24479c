"""What a terminal shows of a scan that runs."""

from __future__ import annotations

from emblem_cli.scan_progress import Progress

from emblem.model.verdict import Status
from emblem.scanning.targets.stream import TargetCounts


def test_what_is_left_is_told_by_the_rate_of_the_last_seconds() -> None:
    statuses = dict.fromkeys(Status, 0)
    progress = Progress(statuses, TargetCounts(taken=10_000, complete=True), shown=False)
    progress.line(0.0)
    statuses[Status.UNMARKED], statuses[Status.PROTECTED], statuses[Status.CLAIMED] = 988, 1, 2
    statuses[Status.UNDETERMINED] = 9

    assert progress.line(2.0) == "1,000 of 10,000  500 a second  3 marked  9 undetermined  0:00:18 left"


def test_how_many_there_will_be_is_estimated_by_how_much_of_the_lists_was_read() -> None:
    statuses = dict.fromkeys(Status, 0)
    progress = Progress(statuses, TargetCounts(taken=2_000, bytes_read=40_000, size=400_000), shown=False)
    progress.line(0.0)
    statuses[Status.UNMARKED] = 1_000

    assert progress.line(1.0).startswith("1,000 of about 20,000  1,000 a second")
    assert progress.line(1.0).endswith("0:00:19 left")


def test_of_a_list_that_only_comes_nobody_knows_what_is_left() -> None:
    statuses = dict.fromkeys(Status, 0)
    progress = Progress(statuses, TargetCounts(taken=2_000, bytes_read=40_000), shown=False)

    assert progress.line(0.0) == "0  0 a second  0 marked  0 undetermined"
