"""The inventory: CSV as people and spreadsheets write it; what is wrong is named with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns.message import ResourceRecord
from emblem.errors import EmblemError, WorkspaceError
from emblem.issuance.workspace.inventory import Host, Inventory, add_hosts, read_inventory, remove_hosts
from emblem.issuance.workspace.inventory_yaml import read_yaml
from emblem.issuance.workspace.inventory_zone import hosts_of_zone
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.target import Target

WWW = Target.parse("www.relief.example")
MAIL = Target.parse("mail.relief.example")
TEXT = "host,sign,note\nwww.relief.example,red-crystal,the site\n# a comment\n\n192.0.2.1,,\n"


def read(text: str, encoding: str = "utf-8") -> Inventory:
    return read_inventory("hosts.csv", text.encode(encoding))


def names(inventory: Inventory) -> list[str]:
    return [host.target.text for host in inventory.hosts]


def test_each_line_is_a_host_with_what_is_said_of_it() -> None:
    text = "host,sign,purposes,zone,contact,note\nWWW.Relief.Example.,none,protective indicative,relief.example,IT,a\n"

    assert read(text).hosts == (
        Host(WWW, "none", Purpose.PROTECTIVE | Purpose.INDICATIVE, "relief.example", "IT", "a"),
    )


def test_comments_and_empty_lines_are_passed_over_and_lines_counted() -> None:
    assert read(TEXT).hosts == (Host(WWW, Sign.RED_CRYSTAL, note="the site"), Host(Target.parse("192.0.2.1")))
    assert [host.line for host in read(TEXT).hosts] == [2, 5]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_of_all_countries_are_read(delimiter: str) -> None:
    assert read(f'note{delimiter}host\r\n"a{delimiter}b"{delimiter}www.relief.example\r\n').hosts == (
        Host(WWW, note=f"a{delimiter}b"),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_the_encoding(encoding: str) -> None:
    assert read("host,note\nwww.relief.example,Büro\n", encoding).hosts == (Host(WWW, note="Büro"),)


def test_a_file_without_a_header_is_a_list_of_hosts() -> None:
    assert names(read("www.relief.example\n192.0.2.1\n")) == ["www.relief.example", "192.0.2.1"]


@pytest.mark.parametrize(
    ("data", "place", "said"),
    [
        (b"host\nwww.relief.example\nWWW.RELIEF.EXAMPLE\n", "line 3", "it is in line 2, too"),
        (b"host\nw w\n", "line 2: host", "a host name or an IP address"),
        (b"host,sign\nwww.relief.example,red-star\n", "line 2: sign", "red-cross, red-crescent, red-crystal, none"),
        (b"host,purposes\nwww.relief.example,war\n", "line 2: purposes", "protective"),
        (b"host,color\n", "line 1", "the column 'color'"),
        (b"host,host\n", "line 1", "the column 'host' twice"),
        (b"name,sign\n", "line 1", "expected the names of columns (host, sign"),
        (b"host\nwww.relief.example,x\n", "line 2", "found 2 fields, expected 1"),
        (b'host,note\nwww.relief.example,"open\n', "line 2", "one host a line"),
        (b"host,note\n,x\n", "line 2: host", "found nothing"),
        (b"host\nwww.relief.example\n\xff\n", "line 3", "UTF-8, or UTF-16 with a byte-order mark"),
        ("host\nw\n".encode("utf-16-le"), "line 1", "a zero byte, expected text: UTF-8, or UTF-16"),
        ("host\n".encode("utf-16") + b"\x00", "line 2", "bytes that are no text"),
    ],
)
def test_whatever_is_wrong_is_named_with_its_line(data: bytes, place: str, said: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        read_inventory("hosts.csv", data)

    assert caught.value.field == f"hosts.csv, {place}"
    assert said in str(caught.value)


@given(st.binary(max_size=60))
def test_no_bytes_do_anything_but_be_read_or_refused(data: bytes) -> None:
    for whole in (data, b"host,note\n" + data):
        try:
            read_inventory("hosts.csv", whole)
        except EmblemError:
            continue


def test_patterns_choose_and_exclusions_leave_out() -> None:
    inventory = read("a.x.example\nb.x.example\ntest.x.example\nc.y.example\n")

    chosen = inventory.chosen(["*.X.example"], ["test*"])

    assert [host.target.text for host in chosen] == ["a.x.example", "b.x.example"]


def test_adding_and_removing_leave_every_other_line_as_it_was() -> None:
    inventory = read(TEXT)

    added = add_hosts(inventory, [Host(MAIL, note="by, hand"), Host(WWW, note="new")])
    removed = remove_hosts(added, [WWW.name])

    assert (
        added.text
        == 'host,sign,note\nwww.relief.example,,new\n# a comment\n\n192.0.2.1,,\nmail.relief.example,,"by, hand"\n'
    )
    assert removed.text == 'host,sign,note\n# a comment\n\n192.0.2.1,,\nmail.relief.example,,"by, hand"\n'
    assert read(added.text).hosts == added.hosts
    assert read(removed.text).hosts == removed.hosts


def test_what_the_file_has_no_column_for_is_not_dropped_silently() -> None:
    with pytest.raises(WorkspaceError, match=r"no column 'contact', in which mail\.relief\.example has something"):
        add_hosts(read(TEXT), [Host(MAIL, contact="IT")])


def test_yaml_lists_names_or_says_more_of_them() -> None:
    more = "- host: mail.relief.example\n  sign: none\n  purposes: [protective, indicative]\n"
    text = f"hosts:\n- www.relief.example\n{more}"

    assert read_yaml("hosts.yaml", text.encode()) == (
        Host(WWW),
        Host(MAIL, "none", Purpose.PROTECTIVE | Purpose.INDICATIVE),
    )


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("- a.example\n- a.example\n", ", line 2", "it is in line 1, too"),
        ("- host: a.example\n  host: b.example\n", ", line 2", "'host' again"),
        ("- host: a.example\n  color: red\n", ", line 2", "'color'"),
        ("- host: [a.example]\n", ", line 1: host", "a sequence"),
        ("- [a.example]\n", ", line 1", "a sequence"),
        ("a: b\n", ", line 1", "one with hosts"),
        ("- a\n  - b: [\n", ", line 2", "YAML"),
        ("- a b\n", ", line 1: host", "a host name"),
    ],
)
def test_whatever_is_wrong_in_yaml_is_named_with_its_line(text: str, place: str, said: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        read_yaml("hosts.yaml", text.encode())

    assert caught.value.field == f"hosts.yaml{place}"
    assert said in str(caught.value)


def test_yaml_that_refers_to_itself_is_refused() -> None:
    with pytest.raises(WorkspaceError):
        read_yaml("hosts.yaml", b"&a [*a]\n")


def test_the_hosts_of_a_zone_are_its_names_with_addresses() -> None:
    owners = [("www.relief.example", 1), ("www.relief.example", 28), ("relief.example", 1), ("*.relief.example", 1),
              ("_sip.relief.example", 1), ("alias.relief.example", 5), ("relief.example", 16)]  # fmt: skip

    found = hosts_of_zone("relief.example", [ResourceRecord(owner, number, 60, b"") for owner, number in owners])

    assert [host.target.text for host in found.hosts] == ["relief.example", "www.relief.example"]
    assert found.aliases == 1
