"""The places of tables and values in a TOML document are found again in its text."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.trust.places import Path, TooDeepError, find_long_key, find_places, line_and_column

DOCUMENT = '''\
# A comment with [brackets] and "quotes"
title = "a \\" quotation # mark" # a comment
"quoted.key" = 'literal \\'
dotted . "k\\u0065y" = [ 1, # one
  [2.5, 3], { a.b = true, c = [] },
]

[ table ]
text = """
several "lines"
and quotes"""""
raw = \'\'\'it\'s \'\'raw\'\'\'\'\'
[table.below]
at = 1979-05-27 07:32:00Z
[[rows]]
[[rows]]
n = 0x1F
[rows.part]
day = 1979-05-27
[[rows.inner]]
[[rows.inner]]
e = -1e+3
[empty]
'''


def values(item: Any, path: Path = ()) -> dict[Path, Any]:
    """Every value of a document that is no table and no array, by its path."""
    if isinstance(item, dict):
        return {found: value for name, part in item.items() for found, value in values(part, (*path, name)).items()}
    if isinstance(item, list):
        return {
            found: value for index, part in enumerate(item) for found, value in values(part, (*path, index)).items()
        }
    return {path: item}


def test_every_value_is_found_where_it_stands() -> None:
    places = find_places(DOCUMENT)

    for path, value in values(tomllib.loads(DOCUMENT)).items():
        place = places[path]
        assert tomllib.loads(f"x = {DOCUMENT[place.start : place.end]}") == {"x": value}


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (("title",), "title", '"a'),
        (("quoted.key",), '"quoted.key"', "'literal"),
        (("dotted", "key"), "dotted", "[ 1,"),
        (("dotted",), "dotted", "[ 1,"),
        (("dotted", "key", 2, "a"), "a.b", "true"),
        (("dotted", "key", 1, 0), "2.5", "2.5"),
        (("table",), "[ table ]", "[ table ]"),
        (("table", "below"), "[table.below]", "[table.below]"),
        (("rows", 1, "part", "day"), "day", "1979"),
        (("rows", 1, "inner", 1), "[[rows.inner]]\ne", "[[rows.inner]]"),
    ],
)
def test_tables_and_values_have_a_name_and_a_start(path: Path, name: str, value: str) -> None:
    place = find_places(DOCUMENT)[path]

    assert DOCUMENT[place.name :].startswith(name)
    assert DOCUMENT[place.start :].startswith(value)


def test_an_array_ends_with_its_bracket() -> None:
    place = find_places(DOCUMENT)["dotted", "key"]

    assert DOCUMENT[: place.end].endswith("c = [] },\n]")


def test_a_document_without_anything_has_no_places() -> None:
    assert not find_places("# nothing\n")


scalars = st.one_of(
    st.text(max_size=8).map(lambda text: "'''" + text.translate({39: None}) + "'''"),
    st.sampled_from(['"a\\"]"', "'}'", '"""\n"],"""', "1", "-3.5", "true", "1979-05-27 07:32:00-07:00", "07:32:00"]),
).filter(lambda text: _is_toml(f"x = {text}"))
spaces = st.sampled_from(["", " ", "\n", " # ], }\n\t", "\r\n"])


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def arrays(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def write(items: list[tuple[str, str, str]], comma: bool, end: str) -> str:
        content = ",".join(f"{before}{item}{after}" for before, item, after in items)
        return f"[{content}{',' if comma and items else ''}{end}]"

    return st.builds(write, st.lists(st.tuples(spaces, children, spaces), max_size=3), st.booleans(), spaces)


def inline_tables(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(children, max_size=3).map(
        lambda items: "{" + " , ".join(f'k{number} . "." = {item}' for number, item in enumerate(items)) + "}"
    )


@given(st.recursive(scalars, lambda children: arrays(children) | inline_tables(children), max_leaves=8))
def test_any_value_is_found_whole(value: str) -> None:
    text = f"[a]\nb.c = {value} # end\nd = 1\n"
    if not _is_toml(text):
        return

    places = find_places(text)

    assert text[places["a", "b", "c"].start : places["a", "b", "c"].end] == value
    for path, found in values(tomllib.loads(text)).items():
        assert tomllib.loads(f"x = {text[places[path].start : places[path].end]}") == {"x": found}


@pytest.mark.parametrize("text", ["a = " + "[" * 8 + "]" * 8, "a = " + "{ b = " * 8 + "1" + "}" * 8])
def test_eight_levels_are_found(text: str) -> None:
    assert find_places(text)


@pytest.mark.parametrize("text", ["a = " + "[" * 9 + "]" * 9, "a = " + "{ b = " * 9 + "1" + "}" * 9])
def test_nine_levels_are_too_deep(text: str) -> None:
    with pytest.raises(TooDeepError) as caught:
        find_places(text)

    assert text[caught.value.offset] in "[{"
    assert text[: caught.value.offset].count(text[caught.value.offset]) == 8


# keys that are too long to be read by the library


@pytest.mark.parametrize("key", [".".join("abcdefgh"), " . ".join('"."' for _ in range(8))])
def test_a_key_of_eight_parts_is_short(key: str) -> None:
    assert find_long_key(f"{key} = 1\n[[{key}]]\n") is None


@pytest.mark.parametrize(
    "key", [".".join("abcdefghi"), " .\t".join('"."' for _ in range(9)), ".".join(["'a'", "b"] * 5)]
)
@pytest.mark.parametrize("before", ["", "[", "[[ ", "x = { ", "a = 1\n"])
def test_a_key_of_nine_parts_is_found_also_in_what_is_no_toml(before: str, key: str) -> None:
    assert find_long_key(before + key) == len(before)


@pytest.mark.parametrize(
    "text",
    [
        "a.b.c\n" * 9,
        'x = "' + ".".join("abcdefghij") + '"',
        "# " + ".".join("abcdefghij"),
        "a = 1.5\n" * 20,
        "....",
        "'",
    ],
)
def test_dots_elsewhere_make_no_key(text: str) -> None:
    assert find_long_key(text) is None


@given(st.text(alphabet="ab.\"'\\[]{}=#\n ", max_size=60))
def test_any_text_is_looked_through(text: str) -> None:
    offset = find_long_key(text)

    assert offset is None or 0 <= offset < len(text)


def test_lines_and_columns_count_from_1() -> None:
    text = "ab\ncd\n"

    assert [line_and_column(text, offset) for offset in (0, 1, 3, 4, 6)] == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)]
