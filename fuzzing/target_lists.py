"""Lists of targets in every format: read to the end whatever is in them, and the same however the bytes come."""

from __future__ import annotations

from contextlib import suppress

from emblem.errors import InputError
from emblem.scanning.targets.chunks import Chunks
from emblem.scanning.targets.entry import parse_entry, size_of
from emblem.scanning.targets.formats import ListFormat, texts_of
from emblem.scanning.targets.problems import Problems
from emblem.scanning.targets.ranges import LARGEST_RANGE
from fuzzing.target import Target, require

_FORMATS = (None, *ListFormat)
_COLUMN = "host"


def check_target_list(data: bytes) -> None:
    """The first byte chooses the format, the second where the bytes are cut in two."""
    if len(data) < 2:
        return
    form, body = _FORMATS[data[0] % len(_FORMATS)], data[2:]
    if form is ListFormat.CSV:
        body = b"host,note\n" + body
    cut = data[1] % (len(body) + 1)
    whole, problems = _read(form, iter([body]))
    parts, other_problems = _read(form, iter([body[:cut], None, body[cut:]]))
    require(whole == parts, "a list is read the same however its bytes come")
    # The XML library words an error by where it first met it.
    require(_counts(problems) == _counts(other_problems), "as much is wrong with it however its bytes come")
    for _, text in whole:
        with suppress(InputError):
            entry = parse_entry(text)
            require(1 <= size_of(entry) <= LARGEST_RANGE, "an entry stands for at least one target, and not too many")
            require(size_of(entry) == 1 or parse_entry(str(entry)) == entry, "a range is written as it was read")
            require(size_of(entry) > 1 or size_of(parse_entry(str(entry))) == 1, "a target is written as one")


def _read(form: ListFormat | None, chunks: Chunks) -> tuple[list[tuple[int, str]], Problems]:
    problems = Problems()
    column = _COLUMN if form is ListFormat.CSV else None
    mentions = texts_of("list", chunks, problems, form=form, column=column)
    try:
        return [mention for mention in mentions if mention is not None], problems
    except InputError as error:
        require(error.field == "column of list", "only a table without its column is refused")
        return [], problems


def _counts(problems: Problems) -> tuple[object, ...]:
    return problems.malformed, problems.too_long, problems.incomplete


TARGETS = (Target("target_list", check_target_list),)
"""What a scanner is given."""
