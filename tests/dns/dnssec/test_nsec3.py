"""What NSEC3 records prove. The zone, and the responses B.1 and so on, are those of RFC 5155, appendices A and B."""

from __future__ import annotations

import dns.dnssec
import dns.name
import dns.rdata
import dns.rdatatype
import pytest
from dns.rdataclass import IN

from emblem.dns.dnssec.assessment import Denial, DenialKind, Mechanism
from emblem.dns.dnssec.bitmaps import TypeBitmap
from emblem.dns.dnssec.nsec3 import Encloser, Nsec3, Nsec3Zone, owner_hash

EXAMPLE = dns.name.from_text("example.")

HASHES = {
    "example.": "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom",
    "ns1.example.": "2t7b4g4vsa5smi47k61mv5bv1a22bojr",
    "x.y.w.example.": "2vptu5timamqttgl4luu9kg21e0aor3s",
    "a.example.": "35mthgpgcu1qg68fab165klnsnk3dpvl",
    "x.w.example.": "b4um86eghhds6nea196smvmlo4ors995",
    "ai.example.": "gjeqe526plbf1g8mklp59enfd789njgi",
    "y.w.example.": "ji6neoaepv8b5o6k4ev33abha8ht9fgc",
    "w.example.": "k8udemvp1j2f7eg6jebps17vp3n8i58h",
    "ns2.example.": "q04jkcevqvmu85r014c7dkba38o0ji5r",
    "*.w.example.": "r53bq7cc2uvmubfu5ocmm6pers9tk9en",
    "xx.example.": "t644ebqk9bibcna874givr6joj62mlhv",
}


def nsec3(line: str) -> Nsec3:
    """A record from a line ``HASH DATA``, the data as in a zone file."""
    label, data = line.split(" ", 1)
    record = dns.rdata.from_text(IN, "NSEC3", data)
    hashed = owner_hash(label.encode())
    assert hashed is not None
    return Nsec3(
        owner=hashed,
        next=record.next,  # type: ignore[attr-defined]  # these are NSEC3's
        types=TypeBitmap(record.windows),  # type: ignore[attr-defined]
        algorithm=int(record.algorithm),  # type: ignore[attr-defined]
        flags=record.flags,  # type: ignore[attr-defined]
        iterations=record.iterations,  # type: ignore[attr-defined]
        salt=record.salt,  # type: ignore[attr-defined]
    )


def named(name: str, after: str, types: str, *, parameters: str = "1 1 12 aabbccdd") -> Nsec3:
    """The record of a name of the appendix, up to the next of them."""
    return nsec3(f"{HASHES[name]} {parameters} {HASHES[after]} {types}")


APEX = named("example.", "ns1.example.", "MX DNSKEY NS SOA NSEC3PARAM RRSIG")
NS1 = named("ns1.example.", "x.y.w.example.", "A RRSIG")
A = named("a.example.", "x.w.example.", "NS DS RRSIG")
XW = named("x.w.example.", "ai.example.", "MX RRSIG")
YW = named("y.w.example.", "w.example.", "")
W = nsec3(f"{HASHES['w.example.']} 1 1 12 aabbccdd kohar7mbb8dc2ce8a9qvl8hon4k53uhi")
NS2 = named("ns2.example.", "*.w.example.", "A RRSIG")
WILDCARD = named("*.w.example.", "xx.example.", "MX RRSIG")


def prove(name: str, record_type: str, *found: Nsec3) -> Denial | None:
    zone = Nsec3Zone(EXAMPLE, found)
    return zone.prove_denial(dns.name.from_text(name), int(dns.rdatatype.from_text(record_type)))


def expand(name: str, encloser: str, *found: Nsec3) -> Encloser | None:
    return Nsec3Zone(EXAMPLE, found).prove_expansion(dns.name.from_text(name), dns.name.from_text(encloser))


def denial(kind: DenialKind, *, opt_out: bool = False, delegation: bool = False) -> Denial:
    return Denial(kind, Mechanism.NSEC3, opt_out=opt_out, delegation=delegation)


def signed_span(record: Nsec3) -> Nsec3:
    """The same record without opt-out."""
    return Nsec3(record.owner, record.next, record.types, 1, 0, record.iterations, record.salt)


@pytest.mark.parametrize(("name", "hashed"), HASHES.items())
def test_the_hashes_of_appendix_a(name: str, hashed: str) -> None:
    assert dns.dnssec.nsec3_hash(name, "aabbccdd", 12, "SHA1").lower() == hashed


def test_b1_a_name_error_takes_the_encloser_the_next_closer_name_and_the_wildcard() -> None:
    assert prove("a.c.x.w.example.", "A", APEX, XW, A) == denial(DenialKind.NXDOMAIN, opt_out=True)


def test_a_name_error_is_certain_where_the_next_closer_name_is_in_no_opt_out_span() -> None:
    found = [signed_span(record) for record in (APEX, XW, A)]
    assert prove("a.c.x.w.example.", "A", *found) == denial(DenialKind.NXDOMAIN)


@pytest.mark.parametrize("found", [(XW, A), (APEX, A), ()])
def test_a_name_error_without_encloser_or_next_closer_name_is_not_proven(found: tuple[Nsec3, ...]) -> None:
    assert prove("a.c.x.w.example.", "A", *found) is None


def test_a_name_error_without_the_wildcard_is_not_proven() -> None:
    assert prove("a.c.x.w.example.", "A", signed_span(APEX), signed_span(XW)) is None


def test_b2_the_record_of_the_name_denies_a_type_that_it_does_not_list() -> None:
    assert prove("ns1.example.", "MX", NS1) == denial(DenialKind.NODATA)


def test_the_record_of_the_name_does_not_deny_a_type_that_it_lists() -> None:
    assert prove("ns1.example.", "A", NS1) is None


def test_b2_1_an_empty_name_has_a_record_without_types() -> None:
    assert prove("y.w.example.", "A", YW) == denial(DenialKind.NODATA)


def test_b3_an_unsigned_delegation_lies_in_an_opt_out_span() -> None:
    assert prove("c.example.", "DS", A, APEX) == denial(DenialKind.UNSIGNED_SPAN, opt_out=True)


def test_without_opt_out_the_same_gap_proves_no_unsigned_delegation() -> None:
    assert prove("c.example.", "DS", signed_span(A), signed_span(APEX)) is None


def test_b4_a_wildcard_answer_takes_the_next_closer_name() -> None:
    assert expand("a.z.w.example.", "w.example.", NS2) == Encloser(dns.name.from_text("w.example."), opt_out=True)
    assert expand("a.z.w.example.", "w.example.", WILDCARD) is None


def test_b5_no_such_type_at_a_wildcard() -> None:
    assert prove("a.z.w.example.", "AAAA", W, NS2, WILDCARD) == denial(DenialKind.WILDCARD_NODATA, opt_out=True)
    assert prove("a.z.w.example.", "MX", W, NS2, WILDCARD) is None


def test_b6_the_childs_record_says_nothing_of_ds() -> None:
    assert prove("example.", "DS", APEX) is None


def test_the_parents_record_of_a_delegation_says_nothing_of_other_types() -> None:
    assert prove("a.example.", "A", A) is None


def test_a_delegation_is_no_closest_encloser() -> None:
    everything = [signed_span(record) for record in (APEX, NS1, A, XW, YW, W, NS2, WILDCARD)]
    assert prove("host.a.example.", "A", *everything) is None


def test_a_delegation_without_ds_is_an_unsigned_one() -> None:
    delegation = named("a.example.", "x.w.example.", "NS")
    assert prove("a.example.", "DS", delegation) == denial(DenialKind.NODATA, delegation=True)


def test_a_compact_denial_says_that_the_name_does_not_exist() -> None:
    found = named("ns1.example.", "x.y.w.example.", "RRSIG TYPE128")
    assert prove("ns1.example.", "A", found) == denial(DenialKind.COMPACT_NXDOMAIN)


def test_the_last_record_of_a_zone_leads_on_to_its_first() -> None:
    last = named("xx.example.", "example.", "A HINFO AAAA RRSIG")
    assert expand("any.example.", "example.", last) is not None, "its hash, tjk6…, is after the last"
    assert expand("34.example.", "example.", last) is not None, "its hash, 0fsr…, is before the first"
    assert expand("c.example.", "example.", last) is None, "its hash, 4g6p…, is between two others"


def test_the_only_record_of_a_zone_reaches_all_around() -> None:
    only = named("example.", "example.", "NS SOA", parameters="1 0 12 aabbccdd")
    assert prove("any.example.", "A", only) == denial(DenialKind.NXDOMAIN)


def test_records_of_different_parameters_prove_nothing_together() -> None:
    other = named("x.w.example.", "ai.example.", "MX RRSIG", parameters="1 1 13 aabbccdd")
    assert prove("a.c.x.w.example.", "A", APEX, other, A) is None


@pytest.mark.parametrize("parameters", ["2 1 12 aabbccdd", "1 2 12 aabbccdd", "1 129 12 aabbccdd"])
def test_records_of_an_unknown_hash_or_with_unknown_flags_are_passed_over(parameters: str) -> None:
    assert prove("ns1.example.", "MX", named("ns1.example.", "x.y.w.example.", "A", parameters=parameters)) is None


def test_151_iterations_are_too_many() -> None:
    def zone(iterations: int) -> Nsec3Zone:
        record = named("ns1.example.", "x.y.w.example.", "A", parameters=f"1 0 {iterations} -")
        return Nsec3Zone(EXAMPLE, [record])

    assert not zone(150).too_many_iterations
    assert zone(151).too_many_iterations


@pytest.mark.parametrize("label", [b"host", b"*", b"", HASHES["example."].encode()[:-1], b"0" * 40, b"w" * 32])
def test_a_label_that_is_no_hash_has_none(label: bytes) -> None:
    assert owner_hash(label) is None
