"""What NSEC records prove. The zone, and the responses B.2 and so on, are those of RFC 4035, appendices A and B."""

from __future__ import annotations

import dns.name
import dns.rdata
import dns.rdatatype
import pytest
from dns.rdataclass import IN

from emblem.dns.dnssec.assessment import Denial, DenialKind, Mechanism
from emblem.dns.dnssec.bitmaps import TypeBitmap
from emblem.dns.dnssec.nsec import Nsec, prove_denial, proves_expansion


def nsec(line: str) -> Nsec:
    """A record from a line ``OWNER NEXT TYPE...``."""
    owner, data = line.split(" ", 1)
    record = dns.rdata.from_text(IN, "NSEC", data)
    return Nsec(dns.name.from_text(owner), record.next, TypeBitmap(record.windows))  # type: ignore[attr-defined]  # of NSEC


APEX = nsec("example. a.example. NS SOA MX RRSIG NSEC DNSKEY")
A = nsec("a.example. ai.example. NS DS RRSIG NSEC")
B = nsec("b.example. ns1.example. NS RRSIG NSEC")
NS1 = nsec("ns1.example. ns2.example. A RRSIG NSEC")
WILDCARD = nsec("*.w.example. x.w.example. MX RRSIG NSEC")
XW = nsec("x.w.example. x.y.w.example. MX RRSIG NSEC")
XYW = nsec("x.y.w.example. xx.example. MX RRSIG NSEC")
XX = nsec("xx.example. example. A HINFO AAAA RRSIG NSEC")


def prove(name: str, record_type: str, *found: Nsec, zone: str = "example.") -> Denial | None:
    return prove_denial(
        dns.name.from_text(name), int(dns.rdatatype.from_text(record_type)), dns.name.from_text(zone), found
    )


def expands(name: str, encloser: str, *found: Nsec) -> bool:
    zone = dns.name.from_text("example.")
    return proves_expansion(dns.name.from_text(name), dns.name.from_text(encloser), zone, found)


def denial(kind: DenialKind) -> Denial:
    return Denial(kind, Mechanism.NSEC)


def test_b2_a_name_error_takes_the_gap_around_the_name_and_that_around_the_wildcard() -> None:
    assert prove("ml.example.", "A", B, APEX) == denial(DenialKind.NXDOMAIN)


@pytest.mark.parametrize("found", [(B,), (APEX,), (NS1, APEX), ()])
def test_a_name_error_without_both_gaps_is_not_proven(found: tuple[Nsec, ...]) -> None:
    assert prove("ml.example.", "A", *found) is None


def test_b3_the_record_of_the_name_denies_a_type_that_it_does_not_list() -> None:
    assert prove("ns1.example.", "MX", NS1) == denial(DenialKind.NODATA)


def test_the_record_of_the_name_does_not_deny_a_type_that_it_lists() -> None:
    assert prove("ns1.example.", "A", NS1) is None


def test_the_record_of_an_alias_denies_nothing() -> None:
    assert prove("alias.example.", "A", nsec("alias.example. b.example. CNAME RRSIG NSEC")) is None


def test_b5_a_delegation_without_ds_is_an_unsigned_one() -> None:
    assert prove("b.example.", "DS", B) == Denial(DenialKind.NODATA, Mechanism.NSEC, delegation=True)


def test_a_name_that_is_no_delegation_has_no_ds_either_but_is_none() -> None:
    assert prove("ns1.example.", "DS", NS1) == denial(DenialKind.NODATA)


def test_b6_a_wildcard_answer_takes_the_gap_around_the_name() -> None:
    assert expands("a.z.w.example.", "w.example.", XYW)


def test_a_wildcard_answer_is_not_proven_where_a_closer_wildcard_may_exist() -> None:
    assert not expands("a.z.w.example.", "example.", XYW)


def test_a_wildcard_answer_is_not_proven_for_a_name_that_exists() -> None:
    assert not expands("x.w.example.", "w.example.", XW, XYW, WILDCARD)
    assert not expands("y.w.example.", "w.example.", XW)


def test_b7_no_such_type_at_a_wildcard() -> None:
    assert prove("a.z.w.example.", "AAAA", XYW, WILDCARD) == denial(DenialKind.WILDCARD_NODATA)


def test_a_wildcard_that_has_the_type_denies_nothing() -> None:
    assert prove("a.z.w.example.", "MX", XYW, WILDCARD) is None


def test_b8_the_childs_record_says_nothing_of_ds() -> None:
    assert prove("example.", "DS", APEX) is None


def test_the_root_has_no_parent_that_could_have_its_ds() -> None:
    assert prove(".", "DS", nsec(". a. NS SOA RRSIG NSEC DNSKEY"), zone=".") == denial(DenialKind.NODATA)


def test_the_parents_record_of_a_delegation_says_nothing_of_other_types() -> None:
    assert prove("b.example.", "TXT", B) is None


def test_an_empty_name_is_proven_by_a_next_name_below_it() -> None:
    assert prove("y.w.example.", "A", XW) == denial(DenialKind.EMPTY_NON_TERMINAL)
    assert prove("w.example.", "A", nsec("ns2.example. *.w.example. A RRSIG NSEC")) == denial(
        DenialKind.EMPTY_NON_TERMINAL
    )


def test_a_delegation_denies_nothing_below_itself() -> None:
    assert prove("host.a.example.", "A", A, APEX) is None
    assert prove("host.b.example.", "A", B, APEX) is None


def test_a_dname_denies_nothing_below_itself() -> None:
    moved = nsec("moved.example. ns1.example. DNAME RRSIG NSEC")
    assert prove("host.moved.example.", "A", moved, APEX) is None
    assert prove("n.example.", "A", moved, APEX) == denial(DenialKind.NXDOMAIN)


def test_the_last_record_of_a_zone_reaches_to_its_end() -> None:
    assert prove("zz.example.", "A", XX, APEX) == denial(DenialKind.NXDOMAIN)


def test_a_record_whose_next_name_is_before_it_covers_nothing_unless_that_is_the_apex() -> None:
    assert prove("zz.example.", "A", nsec("xx.example. b.example. A RRSIG NSEC"), APEX) is None


def test_a_zone_with_one_name_denies_all_others_with_its_only_record() -> None:
    only = nsec("example. example. NS SOA RRSIG NSEC DNSKEY")
    assert prove("host.example.", "A", only) == denial(DenialKind.NXDOMAIN)


def test_names_are_compared_in_canonical_order_whatever_their_case() -> None:
    assert prove("ML.example.", "A", nsec("B.example. NS1.example. NS RRSIG NSEC"), APEX) == denial(DenialKind.NXDOMAIN)


def test_records_made_for_the_name_alone_deny_it() -> None:
    """RFC 4470: names just before and after, instead of those that exist."""
    around = nsec("mk.example. ml\\000.example. RRSIG NSEC")
    around_wildcard = nsec("\\)\\255.example. +.example. RRSIG NSEC")
    assert prove("ml.example.", "A", around, around_wildcard) == denial(DenialKind.NXDOMAIN)


def test_a_compact_denial_says_that_the_name_has_no_types() -> None:
    assert prove("none.example.", "A", nsec("none.example. \\000.none.example. RRSIG NSEC")) == denial(
        DenialKind.NODATA
    )


def test_a_compact_denial_says_that_the_name_does_not_exist() -> None:
    found = nsec("none.example. \\000.none.example. RRSIG NSEC TYPE128")
    assert prove("none.example.", "A", found) == denial(DenialKind.COMPACT_NXDOMAIN)


def test_a_wildcard_that_is_only_the_parent_of_other_names_has_no_records() -> None:
    around = nsec("any.example. b.example. A RRSIG NSEC")
    empty_wildcard = nsec("example. host.*.example. NS SOA RRSIG NSEC DNSKEY")
    assert prove("ax.example.", "A", around, empty_wildcard) == denial(DenialKind.WILDCARD_NODATA)
