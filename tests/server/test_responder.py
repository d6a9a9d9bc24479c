"""What an authoritative server answers, as a function of its zones and the query."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns import Outcome, Question, Transport, encode_query, interpret
from emblem.server import Zone, respond

ZONE = Zone.parse(
    r"""
$ORIGIN example.org.
$TTL 60
@         SOA       ns hostmaster 1 3600 900 604800 30
@         NS        ns
www       A         192.0.2.1
www       TYPE65297 \# 1 01
www       TYPE65297 \# 1 02
alias     CNAME     www
dangling  CNAME     missing
away      CNAME     www.example.net.
loop      CNAME     loop2
loop2     CNAME     loop
a.b.c     A         192.0.2.3
*.wild    A         192.0.2.4
*.wild    TYPE65297 \# 1 03
x.wild    TXT       "x"
old       DNAME     www
tree      DNAME     c
long      DNAME     """
    + ".".join(["x" * 60] * 3)
    + r"""
sub       NS        ns.sub
sub       DS        1 13 2 """
    + "00" * 32
    + r"""
ns.sub    A         192.0.2.9
large     A         192.0.2.5
large     TYPE65297 \# 1300 """
    + "00" * 1300
    + r"""
huge      A         192.0.2.6
huge      TYPE65297 \# 40000 """
    + "00" * 40000
    + r"""
huge      TYPE65297 \# 40000 """
    + "11" * 40000
    + "\n"
)
NEIGHBOUR = Zone.parse("$ORIGIN example.net.\n$TTL 60\nwww A 192.0.2.99\n")


def asked(
    name: str, record_type: str = "A", *, transport: Transport = Transport.UDP, zones: tuple[Zone, ...] = (ZONE,)
) -> dns.message.Message:
    query = dns.message.make_query(name, record_type, use_edns=True, payload=1232)
    wire = respond(zones, query.to_wire(), transport)
    assert wire is not None
    message = dns.message.from_wire(wire)
    assert query.is_response(message)
    return message


def lines(section: list[dns.rrset.RRset]) -> list[str]:
    return sorted(line for rrset in section for line in rrset.to_text().splitlines())


def denied(message: dns.message.Message) -> bool:
    return lines(message.authority) == [
        "example.org. 30 IN SOA ns.example.org. hostmaster.example.org. 1 3600 900 604800 30"
    ]


def test_an_answer_is_authoritative() -> None:
    message = asked("www.example.org")
    assert lines(message.answer) == ["www.example.org. 60 IN A 192.0.2.1"]
    assert message.flags & dns.flags.AA
    assert not message.flags & dns.flags.RA
    assert message.rcode() == dns.rcode.NOERROR


def test_the_case_of_a_name_does_not_matter_and_is_echoed() -> None:
    message = asked("WWW.Example.org")
    assert message.question[0].name.to_text() == "WWW.Example.org."
    assert len(message.answer) == 1


def test_a_name_that_does_not_exist_is_denied_with_the_soa() -> None:
    message = asked("missing.example.org")
    assert (message.rcode(), denied(message)) == (dns.rcode.NXDOMAIN, True)


@pytest.mark.parametrize("name", ["www.example.org", "b.c.example.org", "wild.example.org"])
def test_a_type_that_a_name_does_not_have_is_denied_with_the_soa(name: str) -> None:
    message = asked(name, "TXT")
    assert (message.rcode(), denied(message), message.answer) == (dns.rcode.NOERROR, True, [])


def test_a_name_outside_the_zones_is_refused() -> None:
    message = asked("www.example.com")
    assert (message.rcode(), message.flags & dns.flags.AA) == (dns.rcode.REFUSED, 0)


def test_the_most_specific_zone_answers() -> None:
    child = Zone.parse("$ORIGIN www.example.org.\n@ 60 A 192.0.2.200\n")
    assert lines(asked("www.example.org", zones=(ZONE, child)).answer) == ["www.example.org. 60 IN A 192.0.2.200"]


# Aliases


def test_an_alias_is_followed_within_the_zones() -> None:
    assert lines(asked("alias.example.org").answer) == [
        "alias.example.org. 60 IN CNAME www.example.org.",
        "www.example.org. 60 IN A 192.0.2.1",
    ]
    assert lines(asked("away.example.org", zones=(ZONE, NEIGHBOUR)).answer)[1:] == [
        "www.example.net. 60 IN A 192.0.2.99"
    ]


def test_an_alias_that_leads_out_of_the_zones_is_all_there_is_to_say() -> None:
    message = asked("away.example.org")
    assert lines(message.answer) == ["away.example.org. 60 IN CNAME www.example.net."]
    assert (message.rcode(), message.authority) == (dns.rcode.NOERROR, [])


def test_an_alias_of_a_name_that_does_not_exist_says_so() -> None:
    message = asked("dangling.example.org")
    assert (message.rcode(), len(message.answer), denied(message)) == (dns.rcode.NXDOMAIN, 1, True)


def test_an_alias_loop_ends() -> None:
    assert len(asked("loop.example.org").answer) == 2


def test_the_alias_itself_can_be_asked_for() -> None:
    assert len(asked("alias.example.org", "CNAME").answer) == 1


def test_a_dname_redirects_the_names_below_it() -> None:
    assert lines(asked("a.b.tree.example.org").answer) == [
        "a.b.c.example.org. 60 IN A 192.0.2.3",
        "a.b.tree.example.org. 60 IN CNAME a.b.c.example.org.",
        "tree.example.org. 60 IN DNAME c.example.org.",
    ]


def test_a_dname_does_not_redirect_its_own_name() -> None:
    assert denied(asked("tree.example.org"))


def test_a_redirection_to_a_name_that_cannot_exist_is_an_error() -> None:
    message = asked("y" * 60 + ".long.example.org")
    assert message.rcode() == dns.rcode.YXDOMAIN


# Wildcards (RFC 4592)


def test_a_wildcard_answers_for_names_that_do_not_exist() -> None:
    for name in ("y.wild.example.org", "z.y.wild.example.org"):
        assert lines(asked(name).answer) == [f"{name}. 60 IN A 192.0.2.4"]


def test_a_wildcard_does_not_answer_for_a_name_that_exists() -> None:
    message = asked("x.wild.example.org")
    assert (message.rcode(), denied(message)) == (dns.rcode.NOERROR, True)


def test_a_wildcard_does_not_answer_below_a_name_that_exists() -> None:
    assert asked("y.x.wild.example.org").rcode() == dns.rcode.NXDOMAIN


# Delegations


@pytest.mark.parametrize("name", ["sub.example.org", "www.sub.example.org", "ns.sub.example.org"])
def test_a_delegated_name_is_referred_with_glue(name: str) -> None:
    message = asked(name)
    assert (message.flags & dns.flags.AA, message.answer) == (0, [])
    assert lines(message.authority) == ["sub.example.org. 60 IN NS ns.sub.example.org."]
    assert lines(message.additional) == ["ns.sub.example.org. 60 IN A 192.0.2.9"]


def test_the_ds_record_of_a_delegation_is_the_parents_to_give() -> None:
    child = Zone.parse("", "sub.example.org")
    for zones in ((ZONE,), (ZONE, child)):
        assert len(asked("sub.example.org", "DS", zones=zones).answer) == 1


# The Additional section


IHLE = ["www.example.org. 60 IN TYPE65297 \\# 1 01", "www.example.org. 60 IN TYPE65297 \\# 1 02"]


@pytest.mark.parametrize("name", ["www.example.org", "alias.example.org", "WWW.example.org"])
@pytest.mark.parametrize("record_type", ["A", "AAAA"])
def test_every_answer_for_a_marked_name_carries_the_emblem(name: str, record_type: str) -> None:
    assert [line.lower() for line in lines(asked(name, record_type).additional)] == [line.lower() for line in IHLE]


def test_an_answer_that_is_the_emblem_does_not_carry_it_twice() -> None:
    message = asked("www.example.org", "TYPE65297")
    assert (lines(message.answer), message.additional) == (IHLE, [])


def test_the_emblem_of_a_wildcard_is_carried_under_the_name_asked_for() -> None:
    assert lines(asked("y.wild.example.org").additional) == ["y.wild.example.org. 60 IN TYPE65297 \\# 1 03"]


def test_an_answer_for_another_name_does_not_carry_it() -> None:
    assert asked("a.b.c.example.org").additional == []


def test_an_emblem_that_does_not_fit_is_left_out_whole_and_said() -> None:
    message = asked("large.example.org")
    assert (len(message.answer), message.additional) == (1, [])
    assert message.flags & dns.flags.TC


def test_an_emblem_that_does_not_fit_a_datagram_comes_over_tcp() -> None:
    message = asked("large.example.org", transport=Transport.TCP)
    assert (len(message.additional), message.flags & dns.flags.TC) == (1, 0)


def test_an_emblem_that_does_not_fit_any_message_is_left_out_over_tcp_too() -> None:
    message = asked("huge.example.org", transport=Transport.TCP)
    assert (len(message.answer), message.additional) == (1, [])
    assert message.flags & dns.flags.TC


def test_an_answer_that_does_not_fit_is_left_out_whole() -> None:
    message = asked("large.example.org", "TYPE65297")
    assert (message.answer, bool(message.flags & dns.flags.TC)) == ([], True)


def test_the_types_that_are_carried_can_be_chosen() -> None:
    query = encode_query(Question("www.example.org", 16), 0)
    for types, count in (((1,), 1), ((), 0), ((1, 65297), 3)):
        wire = respond([ZONE], query, Transport.UDP, additional_types=types)
        assert wire is not None
        assert len(interpret(Question("www.example.org", 16), wire).additional) == count


# EDNS, and what is not served


@pytest.mark.parametrize(("payload", "fits"), [(512, False), (1000, False), (1400, False), (4096, False)])
def test_a_datagram_is_never_larger_than_both_sides_allow(payload: int, fits: bool) -> None:
    query = dns.message.make_query("large.example.org", "TYPE65297", use_edns=True, payload=payload)
    wire = respond([ZONE], query.to_wire(), Transport.UDP)
    assert wire is not None
    assert len(wire) <= min(payload, 1232)
    assert bool(dns.message.from_wire(wire).flags & dns.flags.TC) is not fits


def test_without_edns_a_response_has_none() -> None:
    wire = respond([ZONE], encode_query(Question("www.example.org", 1), 0, edns=False), Transport.UDP)
    assert wire is not None
    assert dns.message.from_wire(wire).edns == -1


def test_an_unknown_version_of_edns_is_refused() -> None:
    query = dns.message.make_query("www.example.org", "A", use_edns=1)
    wire = respond([ZONE], query.to_wire(), Transport.UDP)
    assert wire is not None
    message = dns.message.from_wire(wire)
    assert (message.rcode(), message.answer) == (dns.rcode.BADVERS, [])


@pytest.mark.parametrize("record_type", ["ANY", "AXFR", "IXFR"])
def test_meta_types_are_not_implemented(record_type: str) -> None:
    assert asked("example.org", record_type).rcode() == dns.rcode.NOTIMP


def test_other_opcodes_are_not_implemented() -> None:
    query = dns.message.make_query("example.org", "SOA")
    query.set_opcode(dns.opcode.NOTIFY)
    wire = respond([ZONE], query.to_wire(), Transport.UDP)
    assert wire is not None
    assert dns.message.from_wire(wire).rcode() == dns.rcode.NOTIMP


def test_another_class_is_refused() -> None:
    query = dns.message.make_query("www.example.org", "A", "CH")
    wire = respond([ZONE], query.to_wire(), Transport.UDP)
    assert wire is not None
    assert dns.message.from_wire(wire).rcode() == dns.rcode.REFUSED


@pytest.mark.parametrize(
    "query", [b"", b"\x00" * 11, b"\x00\x07\x80\x00" + bytes(8)], ids=["empty", "short", "response"]
)
def test_what_is_no_query_is_met_with_silence(query: bytes) -> None:
    assert respond([ZONE], query, Transport.UDP) is None


@pytest.mark.parametrize(
    "query",
    [bytes.fromhex("0007 0100 0001 0000 0000 0000"), bytes.fromhex("0007 0100 0000 0000 0000 0000")],
    ids=["cut", "no question"],
)
def test_a_malformed_query_is_a_format_error(query: bytes) -> None:
    wire = respond([ZONE], query, Transport.UDP)
    assert wire is not None
    message = dns.message.from_wire(wire)
    assert (message.id, message.rcode(), message.question) == (7, dns.rcode.FORMERR, [])


@given(st.binary(max_size=300))
def test_random_bytes_are_met_with_silence_or_a_response(data: bytes) -> None:
    wire = respond([ZONE], data, Transport.UDP)
    assert wire is None or (wire[:2] == data[:2] and wire[2] & 0x80)


NAMES = st.lists(
    st.sampled_from(["www", "alias", "a", "b", "c", "wild", "x", "*", "tree", "sub", "loop", "away", "missing"]),
    max_size=3,
)


@given(NAMES, st.sampled_from([1, 5, 16, 39, 65297]))
def test_every_answer_is_one_that_a_resolver_understands(labels: list[str], record_type: int) -> None:
    question = Question(".".join([*labels, "example.org"]), record_type)
    wire = respond([ZONE], encode_query(question, 7), Transport.TCP)
    assert wire is not None
    answer = interpret(question, wire, identifier=7)
    referred = "sub" in labels and not answer.aliases and answer.outcome is Outcome.FAILED
    looping = "loop" in labels
    assert referred or looping or answer.outcome is not Outcome.FAILED
