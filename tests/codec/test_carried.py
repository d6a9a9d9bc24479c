"""Requests and answers as text: in a block, or in parts; what stands around means nothing, what is damaged is told."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.base64 import encode_base64
from emblem.codec.carried import (
    LARGEST_CARRIED,
    LARGEST_CARRIED_FILE,
    LONGEST_PART,
    Carried,
    read_carried,
    write_armored,
    write_parts,
)
from emblem.errors import MalformedError

DATA = bytes(range(256)) * 4
kinds = st.sampled_from(Carried)


def read(text: str, kind: Carried = Carried.REQUEST) -> bytes:
    return read_carried("mail", kind, text.encode())


@given(kinds, st.binary(min_size=1, max_size=2000))
def test_a_block_is_read_back(kind: Carried, data: bytes) -> None:
    assert read(write_armored(kind, ["who asks"], data), kind) == data


@given(kinds, st.binary(min_size=1, max_size=5000), st.randoms())
def test_parts_are_read_back_in_any_order(kind: Carried, data: bytes, order: random.Random) -> None:
    parts = [*write_parts(kind, data), *write_parts(kind, data)[:1]]
    order.shuffle(parts)

    assert read("\n".join(parts), kind) == data


def test_a_block_is_one_that_people_recognize() -> None:
    assert write_armored(Carried.ANSWER, ["for them", ""], b"\x00" * 60).splitlines() == [
        "for them",
        "",
        "-----BEGIN EMBLEM ANSWER-----",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAA",
        "-----END EMBLEM ANSWER-----",
    ]


def test_parts_say_which_they_are_and_fit_into_a_code() -> None:
    parts = write_parts(Carried.REQUEST, DATA)

    assert [part.rsplit(":", 2)[0] for part in parts] == [f"EMBLEM-REQUEST:{n}/3" for n in (1, 2, 3)]
    assert max(map(len, parts)) <= LONGEST_PART
    assert {character for part in parts for character in part} <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:/")


@pytest.mark.parametrize("ending", ["\n", "\r\n", " \n"])
def test_what_stands_around_means_nothing(ending: str) -> None:
    text = "Dear officer,\n\n" + write_armored(Carried.REQUEST, [], DATA) + "\nKind regards\n"

    assert read(text.replace("\n", ending)) == DATA
    assert read("\ufeff" + text) == DATA


def test_the_largest_is_carried_and_nothing_larger() -> None:
    data, said = bytes(LARGEST_CARRIED), "found 32769 bytes, expected 32768 at the most$"

    assert read(write_armored(Carried.REQUEST, [], data)) == data
    assert read("\n".join(write_parts(Carried.REQUEST, data))) == data
    for write in (
        lambda: write_armored(Carried.REQUEST, [], data + b"x"),
        lambda: write_parts(Carried.REQUEST, data + b"x"),
    ):
        with pytest.raises(MalformedError, match=f"^a request: {said}"):
            write()
    body = encode_base64(data + b"x")
    with pytest.raises(MalformedError, match=f"^mail: {said}"):
        read(f"-----BEGIN EMBLEM REQUEST-----\n{body}\n-----END EMBLEM REQUEST-----")


@pytest.mark.parametrize("last", range(32))
def test_parts_may_end_in_any_letter(last: int) -> None:
    data = bytes([0, 0, 0, 0, last])

    assert read("\n".join(write_parts(Carried.REQUEST, data))) == data


BLOCK = write_armored(Carried.REQUEST, [], DATA)
PARTS = write_parts(Carried.REQUEST, DATA)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found none"),
        ("hello", "found none"),
        (BLOCK[:200], "no -----END EMBLEM REQUEST-----"),
        (BLOCK[200:], "where there should be none"),
        (BLOCK + BLOCK, "more than one"),
        (BLOCK + PARTS[0], "more than one"),
        (BLOCK.replace("AAEC", "A@EC"), "base64"),
        (BLOCK.replace("AAEC", "AAE"), "base64"),
        (BLOCK.replace("REQUEST", "LETTER"), "something called LETTER, expected a request"),
        (BLOCK.replace("END EMBLEM REQUEST", "END EMBLEM ANSWER"), "where there should be none"),
        (write_armored(Carried.ANSWER, [], DATA), "found an answer, expected a request"),
        ("\n".join((*PARTS, *write_parts(Carried.ANSWER, DATA))), "found a request and an answer, expected a request"),
        (
            "\n".join(PARTS[0].replace("REQUEST", word) for word in ("NOTE", "LETTER")),
            "something called LETTER, NOTE, expected a request",
        ),
        ("\n".join(PARTS[:2]), "2 of 3 parts, expected all of them: 3 is missing"),
        (PARTS[1], "1 of 3 parts, expected all of them: 1, 3 are missing"),
        ("\n".join((*PARTS[:2], write_parts(Carried.REQUEST, DATA[1:])[2])), "parts of different wholes"),
        ("\n".join((*PARTS, PARTS[2].replace("3/3", "2/3"))), "part 2 of 3, or two of that number"),
        ("\n".join((*PARTS, PARTS[2].replace("3/3", "4/3"))), "part 4 of 3"),
        ("\n".join((PARTS[0], PARTS[1].replace("2/3", "3/3"), PARTS[2].replace("3/3", "2/3"))), "parts"),
        ("\n".join((PARTS[0][:-1] + "A", *PARTS[1:])), "do not make the whole"),
        ("\n".join((*PARTS[:2], PARTS[2][:-1])), "parts"),
    ],
)
def test_what_is_damaged_is_told(text: str, said: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        read(text)

    assert said in str(refusal.value)


def test_the_largest_file_is_read() -> None:
    text = BLOCK.encode()

    assert read_carried("mail", Carried.REQUEST, text + b"\n" * (LARGEST_CARRIED_FILE - len(text))) == DATA


def test_an_error_names_the_file() -> None:
    parts = (PARTS[0], "\n".join((*PARTS[:2], PARTS[2][:-1])))
    for text in (BLOCK.replace("AAEC", "A@EC"), BLOCK[:200], BLOCK[200:], *parts, ""):
        with pytest.raises(MalformedError) as refusal:
            read(text)
        assert refusal.value.field.startswith("mail")


def test_what_is_no_text_or_too_large_is_told() -> None:
    with pytest.raises(MalformedError, match="no text"):
        read_carried("mail", Carried.REQUEST, b"\xff\xfe\x00")
    with pytest.raises(MalformedError, match="262144 at the most"):
        read_carried("mail", Carried.REQUEST, bytes(262145))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_anything_else_is_refused_and_never_fails_otherwise(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_carried("mail", Carried.REQUEST, data)
