"""Strict JSON: one object, no repeated member, no number that is none, bounded depth."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.strict_json import decode_object, take_object
from emblem.errors import MalformedError
from emblem.model.limits import DEEPEST_NESTING
from tests.codec.builders import refusal

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=6,
)


def depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@given(st.dictionaries(st.text(), values).filter(lambda value: depth(value) <= DEEPEST_NESTING))
def test_an_object_is_read_as_it_was_written(value: dict[str, object]) -> None:
    assert decode_object("field", json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "[]",
        '"a"',
        "1",
        "null",
        "{",
        "{} {}",
        "{}x",
        "{'a': 1}",
        '{"a": 1,}',
        '{"a": 01}',
        '{"a": .5}',
        '{"a": +1}',
        '{"a": 0x1}',
        "{a: 1}",
        '{"a": "\n"}',
        "\ufeff{}",
        "{} // comment",
    ],
)
def test_anything_but_one_object_is_malformed(text: str) -> None:
    with pytest.raises(MalformedError, match=r"^JWS header: found"):
        decode_object("JWS header", text.encode())


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 1}', '{"b": {"a": 1, "a": 2}}', '{"b": [{"a": 1, "a": 2}]}', '{"a": 1, "\\u0061": 2}'],
)
def test_a_repeated_member_is_malformed_at_any_depth(text: str) -> None:
    with pytest.raises(MalformedError, match="a repeated member"):
        decode_object("JWS payload", text.encode())


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1" * 5000])
def test_a_number_that_json_does_not_know_or_that_is_out_of_reach_is_malformed(number: str) -> None:
    with pytest.raises(MalformedError):
        decode_object("JWS payload", f'{{"exp": {number}}}'.encode())


@pytest.mark.parametrize(("number", "value"), [("1e10", 1e10), ("-0", 0), ("1e-400", 0.0), ("1" * 40, int("1" * 40))])
def test_every_other_number_is_read(number: str, value: float) -> None:
    assert decode_object("JWS payload", f'{{"exp": {number}}}'.encode())["exp"] == value


@pytest.mark.parametrize("data", [b'{"a": "\xff"}', b'{"a": "\xed\xa0\x80"}', b"\xff\xfe{\0}\0"])
def test_bytes_that_are_not_utf_8_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_object("JWS payload", data)


@pytest.mark.parametrize("text", ['{"a": "\\ud800"}', '{"\\udfff": 1}', '{"a": ["\\udc00\\ud800"]}'])
def test_half_a_surrogate_pair_is_malformed(text: str) -> None:
    with pytest.raises(MalformedError):
        decode_object("JWS payload", text.encode())


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert decode_object("JWS payload", b'{"a": "\\ud83d\\ude00"}') == {"a": "\N{GRINNING FACE}"}


@pytest.mark.parametrize("nest", ['{"a":%s}', '{"a":[%s]}'])
def test_nesting_is_accepted_to_the_limit_and_not_beyond(nest: str) -> None:
    def nested(levels: int) -> bytes:
        text = "1"
        while levels > 0:
            text, levels = nest % text, levels - nest.count("%s") - nest.count("[")
        return text.encode()

    assert decode_object("field", nested(DEEPEST_NESTING))
    with pytest.raises(MalformedError, match="deeper nesting"):
        decode_object("field", nested(DEEPEST_NESTING + 1))


@pytest.mark.parametrize("innermost", ["{}", "[]", "1"])
def test_a_container_with_nothing_in_it_is_one_more_level(innermost: str) -> None:
    outer = DEEPEST_NESTING - (innermost != "1")
    text = '{"a":' + "[" * (outer - 1) + innermost + "]" * (outer - 1) + "}"

    assert decode_object("field", text.encode())
    with pytest.raises(MalformedError, match="deeper nesting"):
        decode_object("field", text.replace(innermost, f"[{innermost}]").encode())


@pytest.mark.parametrize("text", ['{"a":' * 8000, '{"a":' + "[" * 16000, '{"a":' + "[" * 9000 + "]" * 9000 + "}"])
def test_bottomless_nesting_is_malformed(text: str) -> None:
    with pytest.raises(MalformedError):
        decode_object("field", text.encode())


@pytest.mark.parametrize("value", [None, [], "{}", 1, True])
def test_anything_but_an_object_is_refused_by_name(value: object) -> None:
    with pytest.raises(MalformedError, match=r"^claim emb: found .*, expected a JSON object$"):
        take_object("claim emb", value)


@given(st.binary(max_size=100))
def test_random_bytes_raise_nothing_unforeseen(data: bytes) -> None:
    error = refusal(decode_object, "field", data)

    assert error is None or type(error) is MalformedError
