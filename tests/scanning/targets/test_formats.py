from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import InputError
from emblem.scanning.targets.entry import parse_entry
from emblem.scanning.targets.formats import ListFormat, recognize, texts_of
from emblem.scanning.targets.lines import LONGEST_LINE
from emblem.scanning.targets.nmap_xml import LONGEST_TAG
from emblem.scanning.targets.problems import Problems
from tests.scanning.targets.reading import pieces, texts, texts_with


def _fragments() -> st.SearchStrategy[bytes]:
    """Pieces of lists of all formats, put together at random."""
    pieces = rb"""
    host , " { } {"ip":"192.0.2.1"} [ <nmaprun> <host> </host> <address\x20addr="192.0.2.1"/> <!DOCTYPE\x20x\x20[ &a;
    $ORIGIN\x20example. ( ) a.example.\x20A\x20192.0.2.1 open\x20tcp\x2080\x20192.0.2.1\x201 # - / :// \r \0 \\ * \n
    """.split()
    texts = [piece.decode("unicode_escape").encode() for piece in pieces]
    return st.lists(st.sampled_from(texts), max_size=30).map(b"".join)


NMAP = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="nmap.xsl" type="text/xsl"?>
<nmaprun scanner="nmap" args="nmap -sn" start="1700000000" version="7.93" xmloutputversion="1.05">
<host><status state="up" reason="echo-reply" reason_ttl="0"/>
<address addr="192.0.2.1" addrtype="ipv4"/>
<address addr="00:00:5E:00:53:01" addrtype="mac"/>
<hostnames><hostname name="hospital.example" type="user"/><hostname name="h1.example" type="PTR"/></hostnames>
<trace><hop ttl="1" ipaddr="192.0.2.254" host="router.example"/></trace>
</host>
<host><status state="down" reason="no-response"/><address addr="192.0.2.2" addrtype="ipv4"/></host>
<host><status state="up"/><address addr="2001:db8::1" addrtype="ipv6"/></host>
</nmaprun>
"""

ZONE = """$ORIGIN example.
$TTL 1h
@  IN SOA ns1 admin (
     2026010101 ; serial
     1h 15m 4w 1h )
   IN NS ns1
ns1 3600 IN A 192.0.2.53
www IN 300 A 192.0.2.80
    AAAA 2001:db8::80
*.wild A 192.0.2.1
_dmarc TXT "v=DMARC1; p=none"
text TXT "a ; b ( c" ; not open
$ORIGIN sub
host.other.example. CNAME www
ward A 192.0.2.9
2vptu5timamqttgl4luu9kg21e0aor3s.example. NSEC3 1 0 0 - 35mthgpgcu1qg68fab165klnsnk3dpvl A
www.example. RRSIG A 13 2 300 20260101000000 20251201000000 1 example. AAAA
"""

EXAMPLES = {
    ListFormat.PLAIN: ("# hosts\nhospital.example\n\n  192.0.2.0/30 # ward\r\n", ["hospital.example", "192.0.2.0/30"]),
    ListFormat.NMAP_XML: (NMAP, ["192.0.2.1", "hospital.example", "h1.example", "2001:db8::1"]),
    ListFormat.MASSCAN_LIST: (
        "#masscan\nopen tcp 80 192.0.2.1 1700000000\nbanner tcp 22 192.0.2.2 1700000000 ssh SSH-2.0\n# end\n",
        ["192.0.2.1", "192.0.2.2"],
    ),
    ListFormat.MASSCAN_JSON: (
        '[\n{   "ip": "192.0.2.1",   "timestamp": "1700000000", "ports": [ {"port": 80, "proto": "tcp"} ] }\n,\n'
        '{   "ip": "192.0.2.2",   "timestamp": "1700000000", "ports": [ {"port": 80, "proto": "tcp"} ] }\n]\n',
        ["192.0.2.1", "192.0.2.2"],
    ),
    ListFormat.ZMAP: ("classification,saddr,success\nsynack,192.0.2.1,1\n", ["192.0.2.1"]),
    ListFormat.HTTPX: (
        '{"timestamp":"x","port":"443","url":"https://hospital.example","input":"hospital.example","host":"192.0.2.1"}\n',
        ["https://hospital.example"],
    ),
    ListFormat.DNSX: (
        '{"host":"hospital.example","resolver":["192.0.2.53:53"],"a":["192.0.2.1"]}\n',
        ["hospital.example"],
    ),
    ListFormat.ZONE: (
        ZONE,
        ["example", "ns1.example", "www.example", "text.example", "host.other.example", "ward.sub.example"],
    ),
}


@pytest.mark.parametrize("form", EXAMPLES)
def test_a_list_of_each_format_is_read(form: ListFormat) -> None:
    data, expected = EXAMPLES[form]

    assert texts(data, form) == expected


@pytest.mark.parametrize("form", EXAMPLES)
def test_a_list_of_each_format_is_recognized(form: ListFormat) -> None:
    assert recognize(EXAMPLES[form][0].encode()) is form


@pytest.mark.parametrize("form", EXAMPLES)
def test_a_list_that_comes_byte_by_byte_is_read_the_same(form: ListFormat) -> None:
    data = EXAMPLES[form][0].encode()
    whole, slow = Problems(), Problems()
    dribbled = pieces(*(piece for byte in data for piece in (bytes([byte]), None)))

    found = [mention[1] for mention in texts_of("list", dribbled, slow) if mention is not None]

    assert (found, slow) == (texts_with(whole, data), whole)


def test_a_zone_file_of_a_registry_is_recognized_by_its_first_record() -> None:
    assert texts("a.example.\t172800\tin\tns\tns1.a.example.\nb.example. 172800 in ns ns1.a.example.\n") == [
        "a.example",
        "b.example",
    ]


def test_zmap_lists_are_also_addresses_alone_or_json() -> None:
    assert texts("192.0.2.1\n192.0.2.2\n", ListFormat.ZMAP) == ["192.0.2.1", "192.0.2.2"]
    assert texts('{"saddr":"192.0.2.1","ttl":54}\n') == ["192.0.2.1"]


def test_masscan_writes_json_lines_too() -> None:
    assert texts('{"ip":"192.0.2.1","timestamp":"1","port":80,"proto":"tcp","rec_type":"status"}\n') == ["192.0.2.1"]


def test_the_named_column_of_a_table_is_read_with_quotes_and_line_breaks_within_them() -> None:
    table = 'id,"host name",note\n1,hospital.example,"two\nlines, ""quoted"""\n2, ward.example ,\n'

    assert texts(table, column="host name") == ["hospital.example", "ward.example"]


def test_a_column_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(InputError, match="one of id, host"):
        texts("id,host\n1,hospital.example\n", column="name")


def test_a_table_without_a_named_column_is_refused() -> None:
    with pytest.raises(InputError, match="column"):
        texts("id,host\n1,hospital.example\n", ListFormat.CSV)


def test_a_row_without_the_column_is_counted_with_its_line() -> None:
    problems = Problems()

    assert texts_with(problems, "id,host\n1\n2,hospital.example\n", column="host") == ["hospital.example"]
    assert [(one.line, problems.malformed) for one in problems.shown] == [(2, 1)]


def test_quotes_that_never_end_cost_no_more_than_a_line_may_have() -> None:
    problems = Problems()
    table = 'host\n"open\n' + "x" * 1000 + ("\n" + "x" * 1000) * 70 + "\n"

    assert texts_with(problems, table, column="host")[-1] == "x" * 1000
    assert problems.malformed == 1


def test_an_endless_line_is_dropped_and_counted_and_the_next_is_read() -> None:
    problems = Problems()

    def endless() -> Iterator[bytes]:
        yield b"first.example\n"
        for _ in range(1000):
            yield b"x" * 65536
        yield b"\nlast.example\n"

    found = [mention for mention in texts_of("list", endless(), problems) if mention is not None]

    assert found == [(1, "first.example"), (3, "last.example")]
    assert (problems.too_long, problems.shown[0].line) == (1, 2)


@pytest.mark.parametrize("length", [LONGEST_LINE, LONGEST_LINE + 1])
def test_a_line_of_exactly_the_limit_is_read_and_one_byte_more_is_not(length: int) -> None:
    problems = Problems()

    assert len(texts_with(problems, "x" * length)) == (length == LONGEST_LINE)
    assert problems.too_long == (length > LONGEST_LINE)


def test_lines_that_are_no_text_are_counted() -> None:
    problems = Problems()

    assert texts_with(problems, b"a.example\n\xff\xfe\nb.example") == ["a.example", "b.example"]
    assert problems.malformed == 1


def test_only_the_first_problems_are_kept_word_for_word() -> None:
    problems = Problems()

    texts_with(problems, "{\n" * 1000, ListFormat.DNSX)

    assert (problems.malformed, len(problems.shown)) == (1000, 10)


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE nmaprun [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE nmaprun [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE nmaprun [<!ENTITY % p SYSTEM "http://192.0.2.1/"> %p;]>',
    ],
)
def test_entities_are_refused_unexpanded(declared: str) -> None:
    problems = Problems()

    assert texts_with(problems, f'<?xml version="1.0"?>{declared}<nmaprun>&b;</nmaprun>') == []
    assert problems.incomplete == ["list"]


def test_xml_that_nests_without_end_is_refused() -> None:
    problems = Problems()

    texts_with(problems, "<nmaprun>" + "<a>" * 100_000)

    assert problems.incomplete == ["list"]


def test_a_tag_that_does_not_end_is_refused_before_it_takes_much_memory() -> None:
    problems = Problems()
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield b'<nmaprun><host a="\n'
        while taken < 10 * LONGEST_TAG:
            taken += 65536
            yield b"x" * 65536

    assert list(texts_of("list", endless(), problems)) == []
    assert taken <= LONGEST_TAG + 3 * 65536
    assert problems.incomplete == ["list"]


def test_of_xml_that_was_cut_off_the_beginning_is_used_and_the_end_missed() -> None:
    problems = Problems()

    assert texts_with(problems, NMAP[: NMAP.index("</host>")])[0] == "192.0.2.1"
    assert problems.incomplete == ["list"]


def test_a_relative_name_without_an_origin_is_counted() -> None:
    problems = Problems()

    assert texts_with(problems, "www A 192.0.2.1\nward.example. A 192.0.2.1\n", ListFormat.ZONE) == ["ward.example"]
    assert problems.malformed == 1


def test_what_a_zone_file_includes_or_generates_is_said_to_be_missing() -> None:
    problems = Problems()

    assert texts_with(problems, "$INCLUDE other.zone\n$GENERATE 1-9 h$ A 192.0.2.$\n", ListFormat.ZONE) == []
    assert problems.malformed == 2


def test_parentheses_that_do_not_end_are_noticed() -> None:
    problems = Problems()

    texts_with(problems, "example. SOA a b (\nward.example. A 192.0.2.1\n", ListFormat.ZONE)

    assert problems.incomplete == ["list"]


@pytest.mark.parametrize("form", [None, *ListFormat])
@given(data=st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode), _fragments()))
def test_whatever_a_list_holds_reading_it_comes_to_an_end(form: ListFormat | None, data: bytes) -> None:
    table = form is ListFormat.CSV
    head = b"host\n" if table else b""

    for text in texts_with(Problems(), head + data, form, "host" if table else None):
        with suppress(InputError):
            parse_entry(text)


def test_a_row_that_is_no_csv_is_counted() -> None:
    problems = Problems()

    assert texts_with(problems, "host\na\rb.example\nward.example\n", column="host") == ["ward.example"]
    assert problems.malformed == 1


def test_a_list_that_nmap_has_just_written_is_read() -> None:
    command = ["nmap", "-sL", "-n", "-oX", "-", "127.0.0.1-3", "::1"]
    written = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout

    assert recognize(written) is ListFormat.NMAP_XML
    assert texts(written) == ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
