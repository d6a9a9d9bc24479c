"""Records as text: every form of a line, and what a line that cannot be read says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.carriage import IHLE_TYPE, TXT_TYPE
from emblem.codec.record_text import decode_records, quote_strings, read_records, write_generic
from emblem.errors import MalformedError
from emblem.model.record import Alias, Carriage, Record
from tests.codec.builders import refusal

GIVEN = Record(Carriage.GIVEN, b"\xa1\x01\x02")
HOST = "hospital.example"


def txt(data: bytes, owner: str = "") -> Record:
    return Record(Carriage.TXT, data, owner, TXT_TYPE)


def ihle(data: bytes, owner: str = "", number: int = IHLE_TYPE) -> Record:
    return Record(Carriage.IHLE, data, owner, number)


# record data


@pytest.mark.parametrize(
    "line", ["a10102", "A10102", "a1 01 02", "a1 0102", "  a10102\t", r"\# 3 a10102", r"\# 3 a1 0102"]
)
def test_record_data_is_hexadecimal(line: str) -> None:
    assert read_records(line) == (GIVEN,)


def test_record_data_may_be_empty_in_the_generic_form() -> None:
    assert read_records(r"\# 0") == (Record(Carriage.GIVEN, b""),)


@pytest.mark.parametrize(
    "line",
    [
        r"\#",
        r"\# a10102",
        r"\# 2 a10102",
        r"\# 4 a10102",
        r"\# 3",
        r"\# 3 a1010",
        r"\# 3 a10 102",
        r"\# 3 a1010g",
        r"\# -3 a10102",
        r"\# 10000000003 a10102",
        "\\# \N{ARABIC-INDIC DIGIT THREE} a10102",
        "\\# 3 a1\N{NO-BREAK SPACE}0102",
    ],
)
def test_the_generic_form_is_a_length_and_as_many_bytes(line: str) -> None:
    with pytest.raises(MalformedError, match=r"^line 1: found .* LENGTH HEX with that many bytes$"):
        read_records(line)


@given(st.binary(max_size=100))
def test_the_generic_form_is_read_as_it_was_written(data: bytes) -> None:
    assert read_records(write_generic(data)) == (Record(Carriage.GIVEN, data),)
    assert read_records(f"{HOST}. 60 IN TYPE65297 {write_generic(data)}") == (ihle(data, HOST),)


# TXT values


@pytest.mark.parametrize(
    ("line", "data"),
    [
        ('"adem-key=x"', b"adem-key=x"),
        ('"adem-" "key=x"', b"adem-key=x"),
        ('"adem-""key=x"', b"adem-key=x"),
        ('""', b""),
        (r'"a\"b\\c"', b'a"b\\c'),
        (r'"a\000\255\032"', b"a\x00\xff "),
        (r'"a\;\(b"', b"a;(b"),
        ('"a;b (c"', b"a;b (c"),
        ('"é"', "é".encode()),
        ("adem-key=x", b"adem-key=x"),
        ('adem-key={"kty":"EC", "x": "a b"}', b'adem-key={"kty":"EC", "x": "a b"}'),
        ("adem-token-my set=a.b.c", b"adem-token-my set=a.b.c"),
        ("v=spf1 include:example.org -all", b"v=spf1 include:example.org -all"),
        ("eyJhbGciOiJFUzI1NiJ9.e30.c2ln", b"adem-token=eyJhbGciOiJFUzI1NiJ9.e30.c2ln"),
        ("abc", b"abc"),
        ("\N{NO-BREAK SPACE}ab\N{NO-BREAK SPACE}ab", "ab\N{NO-BREAK SPACE}ab".encode()),
    ],
)
def test_a_txt_value_is_quoted_strings_or_bare(line: str, data: bytes) -> None:
    assert read_records(line) == (txt(data),)


@pytest.mark.parametrize("line", ['"', '"abc', '"abc" def', '"abc" "', r'"abc\"', '"a" ; comment'])
def test_strings_that_are_not_closed_are_malformed(line: str) -> None:
    with pytest.raises(MalformedError, match=r"^line 1: found .*, expected strings in double quotes$"):
        read_records(line)


def test_an_escape_beyond_a_byte_is_malformed() -> None:
    with pytest.raises(MalformedError, match=r"^line 2: found the escape \\256, expected \\000 to \\255$"):
        read_records('\n"\\256"')


@given(st.binary(max_size=600))
def test_a_txt_value_is_read_as_it_was_quoted(data: bytes) -> None:
    quoted = quote_strings(data)

    assert quoted.isascii()
    assert quoted.isprintable()
    assert read_records(quoted) == (txt(data),)
    assert read_records(f"{HOST}. IN TXT {quoted}") == (txt(data, HOST),)


@pytest.mark.parametrize(("size", "strings"), [(0, 1), (1, 1), (255, 1), (256, 2), (510, 2), (511, 3)])
def test_a_quoted_string_holds_255_bytes_at_the_most(size: int, strings: int) -> None:
    assert quote_strings(b"x" * size).count('"') == 2 * strings


# lines of dig and of zone files


@pytest.mark.parametrize(
    "line",
    [
        "hospital.example. 300 IN TYPE65297 \\# 3 a10102",
        "hospital.example.\t300\tIN\tTYPE65297\t\\# 3 A1 01 02",
        "hospital.example. IN 300 TYPE65297 \\# 3 a10102",
        "hospital.example. 1h30m IN IHLE a10102",
        "hospital.example. IHLE a1 01 02",
        "Hospital.Example 300 in ihle \\# 3 a10102",
        "hospital.example. 300 IN TYPE65297 \\# 3 a10102 ; comment",
        "hospital.example. 300 IN TYPE65297 ( \\# 3 a1 ; comment\n 0102 )",
        "hospital.example. 300 IN TYPE65297 \\# 3 (\n\n  a1 01 ;)\n02\n) ; end",
        "hospital.example. 300 IN TYPE65297 ( ( \\# 3 )\na1 ( 0102 )\n)",
        "$ORIGIN example.\n$TTL 300\nhospital IN IHLE a10102",
        "$ORIGIN hospital.example. ; comment\n@ IN IHLE a10102",
        "$ttl 300\n$origin example.\nhospital IN IHLE a10102",
        "$TTL\t300\n$ORIGIN\texample.\nhospital IN IHLE a10102",
        "$ORIGIN hospital.example.;comment\n@ IN IHLE a10102",
        "hospital.example. IN A 192.0.2.1\n   IN IHLE a10102",
    ],
)
def test_a_line_of_an_ihle_record_is_read_in_every_form(line: str) -> None:
    assert read_records(line) == (ihle(GIVEN.data, HOST),)


def test_both_type_numbers_are_read_and_kept() -> None:
    lines = [f"{HOST}. IN TYPE{number} \\# 3 a10102" for number in (65297, 65400)]

    assert read_records("\n".join(lines)) == (ihle(GIVEN.data, HOST, 65297), ihle(GIVEN.data, HOST, 65400))


@pytest.mark.parametrize(
    "line",
    [
        f'{HOST}. 300 IN TXT "adem-" "key=x"',
        f'{HOST}. TXT "adem-key=x" ; comment',
        f"{HOST}. 300 IN TXT adem- key=x",
        f'{HOST}. 300 IN TXT ( "adem-"\n "key=x" )',
        f"{HOST}. 300 IN TYPE16 \\# 11 0a6164656d2d6b65793d78",
        f"{HOST}. 300 IN TXT \\# 12 056164656d2d 056b65793d78",
    ],
)
def test_a_line_of_a_txt_record_is_read_in_every_form(line: str) -> None:
    assert read_records(line) == (txt(b"adem-key=x", HOST),)


def test_quoted_characters_of_a_zone_file_mean_nothing() -> None:
    assert read_records(f'{HOST}. TXT "a;b" "(" ")" "\\"" ; "') == (txt(b'a;b()"', HOST),)


@pytest.mark.parametrize(
    ("line", "alias"),
    [
        ("www.example. 300 IN CNAME Hospital.Example.", Alias("www.example", HOST)),
        ("www.example. CNAME hospital.example. ; comment", Alias("www.example", HOST)),
        ("$ORIGIN example.\nwww CNAME hospital", Alias("www.example", HOST)),
        ("bücher.example. CNAME hospital.example.", Alias("xn--bcher-kva.example", HOST)),
    ],
)
def test_a_line_of_a_cname_record_is_an_alias(line: str, alias: Alias) -> None:
    assert read_records(line) == (alias,)


@pytest.mark.parametrize(
    "line",
    [
        "hospital.example. 300 IN A 192.0.2.1",
        "hospital.example. IN RRSIG TXT 13 2 300 20260101000000 20250101000000 1 example. AAAA",
        "example. IN SOA ns.example. hostmaster.example. (\n1 ; serial\n2 3 4 5 )",
        "hospital.example. 300 CH TYPE99 \\# 1 00",
    ],
)
def test_records_of_other_types_are_left_out(line: str) -> None:
    assert read_records(line) == ()


@pytest.mark.parametrize(
    "line", ["", "  ", "; comment", "# comment", "// comment", "\t; <<>> DiG 9.18", ";; ANSWER: 1"]
)
def test_blank_lines_and_comments_are_skipped(line: str) -> None:
    assert read_records(f"{line}\na10102\n{line}") == (GIVEN,)


def test_lines_are_read_in_their_order_with_any_line_ending() -> None:
    assert read_records('a10102\r\n"x"\r\n\r\na10102\n') == (GIVEN, txt(b"x"), GIVEN)


def test_a_byte_order_mark_is_no_part_of_the_first_record() -> None:
    assert read_records("\ufeffa10102") == (GIVEN,)
    assert decode_records("file", b"\xef\xbb\xbfa10102") == (GIVEN,)


@pytest.mark.parametrize("owner", ["two..dots.", "*.example.", "-x.example"])
def test_an_owner_that_is_no_host_name_is_kept_in_lower_case(owner: str) -> None:
    (record,) = read_records(f"{owner} IN IHLE a10102")

    assert isinstance(record, Record)
    assert record.owner == owner.removesuffix(".")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"{HOST}. IN IHLE xyz", r"^line 2: found 'xyz', expected record data in hexadecimal$"),
        (f"{HOST}. IN IHLE a1010", r"^line 2: found 'a1010', expected record data in hexadecimal$"),
        (f"{HOST}. IN TYPE65297 \\# 4 a10102", r"^line 2: found .*LENGTH HEX"),
        (f'{HOST}. IN TXT "x', r"^line 2: found .* strings in double quotes$"),
        (f"{HOST}. IN TYPE16 \\# 2 0561", r"^TXT record data: found"),
        (f'{HOST}. IN TXT ( "x"\n\n"y"', r"^line 2: found a parenthesis that is never closed"),
        ("$INCLUDE other.zone", r"^line 2: found \$INCLUDE, expected \$ORIGIN or \$TTL$"),
        ("$GENERATE 1-2 a A 192.0.2.$", r"^line 2: found \$GENERATE"),
    ],
)
def test_a_line_of_ours_that_cannot_be_read_is_named(line: str, message: str) -> None:
    with pytest.raises(MalformedError, match=message):
        read_records("; first line\n" + line)


# bytes of a file


@pytest.mark.parametrize("data", [b"\xff", b"\xff\xfea\x001\x00", b'"\x80"', b"a10102\n\xe9"])
def test_a_file_that_is_no_text_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match=r"^records.txt: found bytes that are no text, expected records as text"):
        decode_records("records.txt", data)


def test_a_file_with_zero_bytes_is_no_text() -> None:
    with pytest.raises(MalformedError, match=r"^records.txt: found zero bytes"):
        decode_records("records.txt", b"a10102\0")


# hostile text

pieces = st.sampled_from(
    [
        HOST,
        "TXT",
        "IHLE",
        "IN",
        "300",
        "CNAME",
        "TYPE16",
        '"',
        "\\",
        "\\#",
        "(",
        ")",
        ";",
        "\n",
        " ",
        "$ORIGIN",
        "@",
        "a1",
    ]
)


@given(st.one_of(st.text(), st.lists(pieces).map("".join), st.lists(pieces).map(" ".join)))
def test_any_text_is_records_or_an_error(text: str) -> None:
    error = refusal(read_records, text)

    assert error is None or type(error) is MalformedError
    assert str(error).isprintable()


@given(st.text(st.characters(categories=["Cs"], include_characters='a"\\ ')))
def test_half_surrogates_raise_nothing_unforeseen(text: str) -> None:
    assert type(refusal(read_records, text)) in (type(None), MalformedError)


@given(st.binary())
def test_any_bytes_are_records_or_an_error(data: bytes) -> None:
    assert type(refusal(decode_records, "file", data)) in (type(None), MalformedError)


@pytest.mark.parametrize(
    "text",
    [
        "ab" * 500_000,
        "ab" * 500_000 + "x",
        "ab" + " " * 1_000_000 + "x",
        '"' + "a" * 1_000_000,
        '"' + "\\" * 1_000_000,
        '""' * 200_000,
        "\\# 5" + " ab" * 300_000 + " x",
        "a" * 500_000 + " " * 500_000 + "!",
        "a TXT (" + "\nx" * 300_000,
    ],
)
def test_a_hostile_text_of_a_megabyte_is_read_or_refused(text: str) -> None:
    assert type(refusal(read_records, text)) in (type(None), MalformedError)


# what mutation of the source found untested


def test_a_long_text_is_quoted_in_several_strings_and_read_as_one() -> None:
    data = bytes(range(256)) * 3

    assert read_records(quote_strings(data)) == (txt(data),)
    assert quote_strings(b'X"\\') == '"X\\"\\\\"'


def test_a_text_that_is_no_unicode_is_kept_for_its_format_to_refuse() -> None:
    assert read_records('"\ud800"') == read_records("\ud800") == (txt(b"\xed\xa0\x80"),)


def test_a_wrong_escape_in_a_word_without_quotes_is_named_with_its_line() -> None:
    with pytest.raises(MalformedError, match=r"^line 2: found the escape \\256"):
        read_records("\n" + HOST + ". TXT a\\256")


def test_printable_ascii_is_quoted_as_it_is_and_every_other_byte_as_its_number() -> None:
    assert quote_strings(b"\x1f !}~\x7f") == '"\\031 !}~\\127"'


def test_a_text_without_a_character_is_one_string_without_a_character() -> None:
    assert quote_strings(b"") == '""'


def test_a_name_that_ends_in_a_dot_is_absolute_whatever_the_origin() -> None:
    assert read_records('$ORIGIN relief.example.\nhospital.example. TXT "a"') == (txt(b"a", HOST),)


def test_an_origin_without_a_dot_is_taken_as_absolute_and_an_at_sign_as_none() -> None:
    assert read_records('$ORIGIN example\n@ TXT "a"') == (txt(b"a", "example"),)
    assert read_records('$ORIGIN @\n@ TXT "a"') == (txt(b"a", ""),)


def test_a_record_without_an_owner_may_stand_in_parentheses() -> None:
    text = f'{HOST}. TXT "a"\n TXT ( "b"\n "c" )\n'

    assert read_records(text) == (txt(b"a", HOST), txt(b"bc", HOST))


def test_record_data_is_written_in_the_form_of_rfc_3597() -> None:
    assert write_generic(b"\xd8\x3d") == "\\# 2 d83d"
