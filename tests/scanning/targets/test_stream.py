from __future__ import annotations

import os
import random
import tracemalloc
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import InputError
from emblem.scanning.completed import Completed
from emblem.scanning.targets.chunks import chunks_of_descriptor
from emblem.scanning.targets.entry import parse_entry, size_of
from emblem.scanning.targets.exclusions import Exclusions
from emblem.scanning.targets.fingerprint import Fingerprint
from emblem.scanning.targets.ranges import AddressRange
from emblem.scanning.targets.shuffle import Spool, order
from emblem.scanning.targets.stream import Selection, Source, TaskStream
from emblem.scanning.targets.unique import Seen
from tests.scanning.targets.reading import source_of, stream_of, targets_of

ADDRESSES = st.integers(0, 40).map(lambda last: f"192.0.2.{last}")
RANGES = st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda at: f"192.0.2.{at[0]}-{at[0] + at[1]}")
NAMES = st.sampled_from(["a.example", "b.example", "A.example.", "c.b.example", "2001:db8::1", "2001:db8::/126"])
LISTS = st.lists(st.one_of(ADDRESSES, RANGES, NAMES), max_size=30)


def spelt_out(entries: list[str]) -> list[str]:
    """The targets of a list, ranges address by address: what every selection is measured by."""
    parsed = map(parse_entry, entries)
    return [
        target.text
        for entry in parsed
        for target in (map(entry.target, range(entry.count)) if isinstance(entry, AddressRange) else (entry,))
    ]


def test_tasks_are_numbered_in_the_order_of_the_lists_and_ranges_are_expanded() -> None:
    stream = stream_of("hospital.example", "192.0.2.1-2", "ward.example")

    assert [(task.number, task.target.text) for task in stream if task] == [
        (0, "hospital.example"),
        (1, "192.0.2.1"),
        (2, "192.0.2.2"),
        (3, "ward.example"),
    ]
    assert (stream.counts.taken, stream.counts.complete) == (4, True)


def test_how_many_targets_there_will_be_is_estimated_while_lists_of_known_size_are_read() -> None:
    lines = [f"h{number:04}.example\n".encode() for number in range(1000)]
    source = Source("list", lambda: iter(lines), size=sum(map(len, lines)))
    stream = TaskStream([source], Selection())
    tasks = iter(stream)
    assert stream.counts.expected is None

    for _ in range(100):
        next(tasks)

    assert stream.counts.expected == 1000
    assert stream_of("a.example").counts.expected is None


def test_malformed_entries_are_counted_with_their_lines_and_stop_nothing() -> None:
    stream = stream_of("a.example", "not a target", "b.example", "2001:db8::/32")

    assert targets_of(stream) == ["a.example", "b.example"]
    assert stream.counts.problems.malformed == 2
    assert [problem.line for problem in stream.counts.problems.shown] == [2, 4]
    assert "not a target" in str(stream.counts.problems.shown[0])


def test_a_pipe_that_says_nothing_at_the_moment_gives_none() -> None:
    reader, writer = os.pipe()
    stream = iter(TaskStream([Source("pipe", lambda: chunks_of_descriptor(reader))], Selection()))

    assert next(stream) is None
    os.write(writer, b"hospital.example\nward.exa")
    assert (first := next(stream)) is not None
    assert first.target.text == "hospital.example"
    assert next(stream) is None
    os.write(writer, b"mple")
    assert next(stream) is None
    os.close(writer)
    assert (last := next(stream)) is not None
    assert last.target.text == "ward.example"
    assert next(stream, "the end") == "the end"
    os.close(reader)


@given(LISTS)
def test_unique_leaves_out_exactly_the_duplicates(entries: list[str]) -> None:
    stream = stream_of(*entries, unique=True)

    assert targets_of(stream) == list(dict.fromkeys(spelt_out(entries)))
    assert stream.counts.duplicates == len(spelt_out(entries)) - stream.counts.taken


@given(LISTS, LISTS)
def test_exclusions_leave_out_exactly_what_they_name(entries: list[str], excluded: list[str]) -> None:
    stream = stream_of(*entries, exclude=excluded)

    left_out = set(spelt_out(excluded))
    assert targets_of(stream) == [target for target in spelt_out(entries) if target not in left_out]
    assert stream.counts.excluded == len(spelt_out(entries)) - stream.counts.taken


@given(LISTS, st.integers(0, 1 << 64))
def test_a_shuffled_list_has_every_target_as_often_as_before(entries: list[str], seed: int) -> None:
    stream = stream_of(*entries, seed=seed)

    assert Counter(targets_of(stream)) == Counter(spelt_out(entries))


def test_the_same_seed_gives_the_same_order_and_another_another() -> None:
    entries = [f"h{number}.example" for number in range(100)]

    assert targets_of(stream_of(*entries, seed=1)) == targets_of(stream_of(*entries, seed=1))
    assert targets_of(stream_of(*entries, seed=1)) != targets_of(stream_of(*entries, seed=2))
    assert targets_of(stream_of(*entries, seed=1)) != entries


@given(st.integers(0, 3000), st.integers())
def test_an_order_has_every_number_once(total: int, seed: int) -> None:
    assert sorted(order(total, seed)) == list(range(total))


def test_neighbours_in_a_list_are_far_apart_in_a_shuffled_one() -> None:
    total = 10_000
    numbers = list(order(total, 7))

    near = sum(abs(one - other) < total // 100 for one, other in pairwise(numbers))

    assert near < total // 20


def test_the_order_of_the_whole_ipv4_internet_begins_at_once() -> None:
    numbers = order(1 << 32, 3)

    first = [next(numbers) for _ in range(1000)]

    assert len(set(first)) == 1000
    assert max(first) > 1 << 31


def test_targets_between_ranges_of_many_sizes_are_found_in_the_spool() -> None:
    spool = Spool()
    entries = [
        f"h{number}.example" if number % 3 else f"10.{number // 250}.{number % 250}.0/30" for number in range(5000)
    ]
    for entry in entries:
        spool.add(parse_entry(entry))
    spool.seal()

    assert [spool.target(position).text for position in range(spool.targets)] == spelt_out(entries)
    spool.close()


@pytest.mark.parametrize("name", ["hospital.example", "ward.hospital.example", "a.b.hospital.example"])
def test_a_name_with_a_dot_before_it_excludes_what_is_below_it_too(name: str) -> None:
    for exclusions in (
        Exclusions([".hospital.example"]),
        Exclusions(["*.hospital.example"]),
        Exclusions(["hospital.example"], with_subdomains=True),
    ):
        assert exclusions.left_of(parse_entry(name)) == ()


def test_a_name_alone_excludes_neither_what_is_below_it_nor_what_only_ends_alike() -> None:
    exclusions = Exclusions(["hospital.example", ".ward.example"])

    for name in ("ward.hospital.example", "otherward.example"):
        assert exclusions.left_of(parse_entry(name)) == (parse_entry(name),)


def test_what_cannot_be_understood_is_no_exclusion() -> None:
    with pytest.raises(InputError):
        Exclusions(["not a name"])


def test_exclusions_may_be_larger_than_any_range_that_is_scanned() -> None:
    assert Exclusions(["2001:db8::/32"]).left_of(parse_entry("2001:db8::1")) == ()


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30)), max_size=40))
def test_addresses_seen_are_known_however_they_came(spans: list[tuple[int, int]]) -> None:
    seen, known = Seen(), set[int]()
    for first, more in spans:
        new = list(seen.new_of(AddressRange(6, first, first + more)))
        numbers = [number for one in new for number in range(one.first, one.last + 1)]  # type: ignore[union-attr]
        assert numbers == [number for number in range(first, first + more + 1) if number not in known]
        known.update(numbers)
    seen.close()


@given(LISTS, st.integers(0, 60), st.sets(st.integers(0, 60)), st.sampled_from([None, 5]))
def test_tasks_that_are_done_are_left_out_and_the_others_keep_their_numbers(
    entries: list[str], below: int, above: set[int], seed: int | None
) -> None:
    all_tasks = [task for task in stream_of(*entries, seed=seed) if task]
    done = Completed(below)
    for number in sorted(above):
        if number not in done:
            done.add(number)

    left = TaskStream([source_of(entries)], Selection(seed=seed), done=done)

    assert [task for task in left if task] == [task for task in all_tasks if task.number not in done]


def test_a_range_that_is_done_is_passed_over_at_no_cost() -> None:
    stream = TaskStream([source_of(["0.0.0.0/0"])], Selection(largest_range=1 << 32), done=Completed((1 << 32) - 1))

    assert targets_of(stream) == ["255.255.255.255"]


def test_numbers_done_are_written_and_read_again() -> None:
    done = Completed(1000)
    for number in random.Random(1).sample(range(1000, 6000), 3000):
        done.add(number)

    again = Completed.from_members(**done.members())

    assert [number for number in range(7000) if number in again] == [number for number in range(7000) if number in done]
    assert len(again) == len(done) == 4000


@pytest.mark.parametrize(("below", "above"), [(-1, ""), ("1", ""), (True, ""), (0, "!"), (0, "AAAA"), (0, 5)])
def test_numbers_done_that_a_stranger_wrote_are_refused(below: object, above: object) -> None:
    with pytest.raises(InputError):
        Completed.from_members(below, above)


def test_a_number_can_be_done_only_once() -> None:
    done = Completed()
    done.add(3)

    with pytest.raises(ValueError, match="before"):
        done.add(3)


def begun(entries: list[str], done: int) -> tuple[tuple[int, str], ...]:
    """The marks that a scan of these entries leaves when so many are done."""
    fingerprint = Fingerprint()
    for entry in entries:
        fingerprint.follow(parse_entry(entry))
    if done == len(entries):
        fingerprint.end()
    return fingerprint.marks(done)


HOSTS = [f"h{number}.example" for number in range(300)]


def test_the_same_list_passes_through_its_own_marks() -> None:
    stream = TaskStream([source_of(HOSTS)], Selection(), fingerprint=Fingerprint(begun(HOSTS[:200], 100)))

    assert targets_of(stream) == HOSTS


@pytest.mark.parametrize("changed", [0, 5, 150])
def test_another_list_is_noticed(changed: int) -> None:
    other = [*HOSTS]
    other[changed] = "other.example"
    stream = TaskStream([source_of(other)], Selection(), fingerprint=Fingerprint(begun(HOSTS, 100)))

    with pytest.raises(InputError, match="input"):
        targets_of(stream)


def test_a_difference_in_what_was_done_is_noticed_before_anything_is_asked_again() -> None:
    other = ["other.example", *HOSTS[1:]]
    fingerprint = Fingerprint(begun(HOSTS, 130))

    with pytest.raises(InputError):
        next(iter(TaskStream([source_of(other)], Selection(), done=Completed(130), fingerprint=fingerprint)))


def test_a_list_that_ends_too_early_is_noticed() -> None:
    stream = TaskStream([source_of(HOSTS[:50])], Selection(), fingerprint=Fingerprint(begun(HOSTS, 250)))

    with pytest.raises(InputError, match="ends after 50"):
        targets_of(stream)


def test_of_a_shuffled_list_nothing_is_asked_before_it_is_known_to_be_the_same() -> None:
    marks = begun(HOSTS, 300)
    selection = Selection(seed=1)
    stream = TaskStream([source_of([*HOSTS[:-1], "x.example"])], selection, fingerprint=Fingerprint(marks))

    with pytest.raises(InputError):
        next(iter(stream))


@pytest.mark.parametrize(("unique", "seed"), [(False, None), (True, None), (False, 1), (True, 1)])
def test_four_times_the_targets_take_no_more_memory(unique: bool, seed: int | None) -> None:
    def peak(total: int) -> int:
        selection = Selection(unique=unique, seed=seed)
        hosts = (f"host{number}.example" for number in range(total))
        tracemalloc.start()
        assert sum(1 for task in TaskStream([source_of(hosts)], selection) if task) == total
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(4_000), peak(16_000)

    assert large < small + 200_000


def test_the_size_of_an_entry_is_what_it_expands_to() -> None:
    assert [size_of(parse_entry(text)) for text in ("a.example", "192.0.2.0/24")] == [1, 256]
