"""``docs/post-quantum.md`` says what the benchmark measures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.dns_bytes import ALGORITHMS_COMPARED, measure, publish
from emblem.model.limits import LARGEST_RECORD

DOCUMENT = (Path(__file__).parents[2] / "docs" / "post-quantum.md").read_text(encoding="utf-8")
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| " + r"([^|]+) \| " * 7 + r"([^|]+) \|$", DOCUMENT, re.MULTILINE)}
LARGEST_MESSAGE = 65_535


@pytest.mark.parametrize("names", ALGORITHMS_COMPARED, ids="-".join)
def test_the_table_has_the_sizes_that_are_measured(names: tuple[str, ...]) -> None:
    sizes = measure(publish(names))

    numbers = (sizes.key, sizes.emblem, sizes.endorsement, sizes.whole_set, *sizes.messages)
    fits = ", ".join("TCP" if cut else "fits" for cut in sizes.truncated)
    assert ROWS[", ".join(names)] == (*map(str, numbers), fits)


@pytest.mark.parametrize("names", ALGORITHMS_COMPARED, ids="-".join)
def test_a_whole_set_fits_into_one_message_and_its_records_into_their_limit(names: tuple[str, ...]) -> None:
    published = publish(names)

    assert max(measure(published).messages) <= LARGEST_MESSAGE
    assert max(map(len, published.records)) <= LARGEST_RECORD


def test_the_table_has_no_other_rows() -> None:
    assert set(ROWS) - {"emblem, root, authority", "---"} == {", ".join(names) for names in ALGORITHMS_COMPARED}
