"""Every form of a host's records says the same, and is read back as the same records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import octodns.provider.yaml  # type: ignore[import-untyped]
import octodns.zone  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.base64 import encode_base64url
from emblem.codec.carriage import write_text
from emblem.codec.record_text import read_records
from emblem.errors import InputError
from emblem.issuance.record_formats import (
    generic_lines,
    json_object,
    octodns_lines,
    text_lines,
    update_lines,
    zone_lines,
)
from emblem.issuance.record_set import RecordSet, assemble
from emblem.issuance.token_files import SignedToken
from emblem.issuance.tokens import issue
from emblem.model.asset import NameAsset
from emblem.model.record import Carriage, Record
from emblem.model.target import Target
from emblem.model.token import Emblem
from tests.support.arrangement import AT, END, RELIEF, START, signing


def records_of(host: str) -> RecordSet:
    target = Target.parse(host)
    data = issue(
        [host],
        signer=signing,
        sign=None,
        not_before=AT - timedelta(days=1),
        expires=AT + timedelta(days=6),
        issuer=RELIEF,
    )
    claims = Emblem(START, END, (NameAsset(target.name, target.name),), RELIEF)
    return assemble(target, SignedToken(data, claims, signing.public_key), (), at=AT)


SET = records_of("www.relief.example")


def read(lines: Iterator[str]) -> list[Record]:
    return [entry for entry in read_records("\n".join(lines)) if isinstance(entry, Record)]


@pytest.mark.parametrize("lines", [zone_lines, generic_lines])
def test_zone_lines_carry_the_records_at_the_absolute_name(lines: Callable[[RecordSet, int], Iterator[str]]) -> None:
    assert read(lines(SET, 3600)) == [Record(Carriage.IHLE, data, "www.relief.example", 65297) for data in SET.records]


def test_a_zone_line_is_written_as_name_servers_read_unknown_types() -> None:
    comment, line, *_ = zone_lines(SET, 60)

    assert comment == "; emblem by https://relief.example, until 2027-03-07T12:00:00Z"
    assert line == f"www.relief.example. 60 IN TYPE65297 \\# {len(SET.records[0])} {SET.records[0].hex()}"


def test_the_generic_form_has_neither_comments_nor_names_of_classes() -> None:
    assert list(generic_lines(SET, 60)) == [
        f"www.relief.example. 60 CLASS1 TYPE65297 \\# {len(data)} {data.hex()}" for data in SET.records
    ]


def test_text_lines_carry_the_records_below_emblem() -> None:
    assert read(text_lines(SET, 60, "new")) == [
        Record(Carriage.TXT, f"emblem-cwt-new={encode_base64url(data)}".encode(), "_emblem.www.relief.example", 16)
        for data in SET.records
    ]


def test_no_string_of_a_text_line_is_longer_than_255_bytes() -> None:
    line = next(line for line in text_lines(SET, 60) if not line.startswith(";"))
    strings = line.split('"')[1::2]

    assert len(strings) > 1
    assert max(map(len, strings)) == 255


def test_an_update_puts_exactly_these_records_in_the_place_of_those_that_are_there() -> None:
    delete, *additions, send = update_lines(SET, 60)

    assert (delete, send) == ("update delete www.relief.example. TYPE65297", "send")
    assert [line.removeprefix("update add ") for line in additions] == [
        f"www.relief.example. 60 TYPE65297 \\# {len(data)} {data.hex()}" for data in SET.records
    ]


def test_json_has_both_carriages() -> None:
    assert json_object(SET, 60) == {
        "target": "www.relief.example",
        "ttl": 60,
        "ihle": {
            "owner": "www.relief.example",
            "type": "TYPE65297",
            "data": [data.hex() for data in SET.records],
        },
        "txt": {
            "owner": "_emblem.www.relief.example",
            "values": [f"emblem-cwt={encode_base64url(data)}" for data in SET.records],
        },
    }


def test_an_address_is_marked_at_its_reverse_name() -> None:
    records = records_of("192.0.2.1")

    assert {record.owner for record in read(zone_lines(records, 60))} == {"1.2.0.192.in-addr.arpa"}
    assert json_object(records, 60)["target"] == "192.0.2.1"


@pytest.mark.parametrize("set_name", ["a-b", "a=b", "ä", "a b\n"])
def test_a_set_name_that_no_record_can_have_is_refused(set_name: str) -> None:
    with pytest.raises(InputError, match="set name"):
        list(text_lines(SET, 60, set_name))


def test_a_name_that_leaves_no_room_for_emblem_has_no_text_lines() -> None:
    records = records_of(".".join(["a" * 61] * 4))

    with pytest.raises(InputError, match="room"):
        list(text_lines(records, 60))


def read_by_octodns(text: str, folder: Path, *, escaped: bool = True) -> dict[str, list[str]]:
    """The TXT values, as raw text, of every name that octoDNS itself reads, with all its checks on."""
    (folder / "relief.example.yaml").write_text(text)
    found = octodns.zone.Zone("relief.example.", [])
    octodns.provider.yaml.YamlProvider("test", str(folder), escaped_semicolons=escaped).populate(found)
    return {record.fqdn: sorted(value.to_raw_text() for value in record.values) for record in found.records}


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("set_name", ["", "new", "a b"])
def test_octodns_reads_what_is_written_for_it(tmp_path: Path, set_name: str, escaped: bool) -> None:
    written = "\n".join(octodns_lines([SET], "relief.example", 60, set_name))

    assert read_by_octodns(written, tmp_path, escaped=escaped) == {
        "_emblem.www.relief.example.": sorted(write_text(data, set_name) for data in SET.records)
    }


@given(
    st.lists(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,4}[a-z0-9])?", fullmatch=True), min_size=1, max_size=8, unique=True)
)
def test_names_stand_in_the_order_that_octodns_demands(labels: list[str]) -> None:
    sets = [replace(SET, host=Target(f"{label}.relief.example")) for label in labels]

    with TemporaryDirectory() as folder:
        read = read_by_octodns("\n".join(octodns_lines(sets, "relief.example", 60)), Path(folder))

    assert read.keys() == {f"_emblem.{label}.relief.example." for label in labels}


def test_the_zone_itself_can_be_marked_by_octodns(tmp_path: Path) -> None:
    written = "\n".join(octodns_lines([replace(SET, host=Target("relief.example"))], "relief.example", 60))

    assert read_by_octodns(written, tmp_path).keys() == {"_emblem.relief.example."}


@pytest.mark.parametrize("zone", ["elsewhere.example", "ief.example", "www.relief.example.org"])
def test_a_host_of_another_zone_is_refused_for_octodns(zone: str) -> None:
    with pytest.raises(InputError, match="one in the zone"):
        list(octodns_lines([SET], zone, 60))


@pytest.mark.parametrize("set_name", ['a"b', "a\\b", "a;b"])
def test_a_set_name_that_octodns_would_change_is_refused(set_name: str) -> None:
    with pytest.raises(InputError, match="set name"):
        list(octodns_lines([SET], "relief.example", 60, set_name))
