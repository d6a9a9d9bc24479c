"""Which signatures hold: RFC 4035, section 5.3, within the bounds that are set on the work."""

from __future__ import annotations

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from dns.rdtypes.ANY.DNSKEY import DNSKEY

from emblem.dns.dnssec.assessment import Reason
from emblem.dns.dnssec.policy import DEFAULT_POLICY, MOST_KEYS_OF_ONE_TAG, MOST_SIGNATURE_CHECKS
from emblem.dns.dnssec.record_data import Opaque
from emblem.dns.dnssec.records import SignedSet
from emblem.dns.dnssec.signatures import (
    Budget,
    Flaw,
    KeySet,
    Verified,
    has_accepted_size,
    is_before,
    is_expanded,
    lifetime,
    may_sign,
    verify,
)
from tests.dns.dnssec.world import DAY, NOW, Sets, Zone, key_of, key_record, signature_of

EXAMPLE = Zone("example.")
HOST = "host.example. A 192.0.2.1"


def keys(zone: Zone = EXAMPLE, *further: DNSKEY) -> KeySet:
    return KeySet.of(zone.name, map(key_of, (*further, zone.key)), DEFAULT_POLICY)


def signed(made: Sets) -> SignedSet:
    records, *signatures = made
    datas = tuple(Opaque(record.to_digestable()) for record in records)
    found = tuple(signature_of(signature) for each in signatures for signature in each)
    return SignedSet(records.name, int(records.rdtype), records.ttl, datas, found)


def result(made: Sets, of: KeySet | None = None, *, at: int = NOW, budget: Budget | None = None) -> Verified | Flaw:
    return verify(signed(made), of or keys(), at=at, policy=DEFAULT_POLICY, budget=budget or Budget())


def reason(made: Sets, of: KeySet | None = None, *, at: int = NOW) -> Reason:
    flaw = result(made, of, at=at)
    assert isinstance(flaw, Flaw)
    return flaw.reason


def same_tag(key: DNSKEY, count: int) -> list[DNSKEY]:
    """Other keys with the tag of one: it is a sum of pairs of octets, and the sum does not change with their order."""
    pairs = [key.key[position : position + 2] for position in range(0, len(key.key), 2)]
    made = [key_record(b"".join(pairs[turn:] + pairs[:turn]), flags=key.flags) for turn in range(1, count + 1)]
    assert {other.key_id() for other in made} == {key.key_id()}
    return made


def changed(made: Sets, **fields: object) -> Sets:
    """The same set, with other fields in its signature."""
    records, signatures = made
    return [records, dns.rrset.from_rdata(records.name, 300, signatures[0].replace(**fields))]


def test_a_signature_by_the_zones_key_holds() -> None:
    verified = result(EXAMPLE.sign(HOST))
    assert isinstance(verified, Verified)
    assert verified.key == key_of(EXAMPLE.key)


@pytest.mark.parametrize("algorithm", [8, 10, 13, 14, 15, 16])
def test_every_accepted_algorithm_is_checked(algorithm: int) -> None:
    zone = Zone("example.", algorithm=algorithm)
    assert isinstance(result(zone.sign(HOST), keys(zone)), Verified)
    assert reason(changed(zone.sign(HOST), signature=b"\x01" * 64), keys(zone)) is Reason.SIGNATURE_INVALID


def test_changed_records_break_the_signature() -> None:
    _, signature = EXAMPLE.sign(HOST)
    other, _ = EXAMPLE.sign("host.example. A 192.0.2.66")
    assert reason([other, signature]) is Reason.SIGNATURE_INVALID


def test_a_record_added_to_the_set_breaks_the_signature() -> None:
    _, signature = EXAMPLE.sign(HOST)
    more, _ = EXAMPLE.sign(HOST, "host.example. A 192.0.2.66")
    assert reason([more, signature]) is Reason.SIGNATURE_INVALID


def test_records_without_signature_are_not_signed() -> None:
    assert reason(EXAMPLE.sign(HOST)[:1]) is Reason.SIGNATURE_MISSING


def test_a_signature_in_another_zones_name_is_none() -> None:
    assert reason(EXAMPLE.sign(HOST, signer="host.example.")) is Reason.SIGNATURE_MISSING


def test_the_time_of_a_signature_includes_its_ends() -> None:
    made = EXAMPLE.sign(HOST, inception=NOW - DAY, expiration=NOW + DAY)
    assert isinstance(result(made, at=NOW - DAY), Verified)
    assert isinstance(result(made, at=NOW + DAY), Verified)
    assert reason(made, at=NOW - DAY - 1) is Reason.SIGNATURE_NOT_YET_VALID
    assert reason(made, at=NOW + DAY + 1) is Reason.SIGNATURE_EXPIRED


def test_times_are_serial_numbers() -> None:
    assert is_before(1, 2)
    assert not is_before(2, 2)
    assert not is_before(2, 1)
    assert is_before(2**32 - 1, 5)
    assert not is_before(5, 2**32 - 1)
    assert is_before(2**32 - 1, 2**32 + 5), "a clock beyond 2106 is compared with its lower 32 bits"


def test_a_signature_for_more_labels_than_the_owner_has_is_invalid() -> None:
    assert reason(changed(EXAMPLE.sign(HOST), labels=3)) is Reason.SIGNATURE_INVALID


def test_records_made_from_a_wildcard_are_recognized() -> None:
    plain, expanded = EXAMPLE.sign(HOST), EXAMPLE.expand("*.example. A 192.0.2.1", "host.example.")
    literal = EXAMPLE.sign("*.example. A 192.0.2.1")
    for made, is_from_wildcard in ((plain, False), (expanded, True), (literal, False)):
        verified = result(made)
        assert isinstance(verified, Verified)
        assert is_expanded(signed(made), verified.signature) is is_from_wildcard


def test_a_signature_that_names_no_key_of_the_zone_is_told_apart() -> None:
    assert reason(changed(EXAMPLE.sign(HOST), key_tag=1)) is Reason.KEY_MISSING


def test_an_algorithm_that_is_not_accepted_does_not_count() -> None:
    assert reason(changed(EXAMPLE.sign(HOST), algorithm=100)) is Reason.SIGNATURE_MISSING


def test_one_signature_that_holds_suffices() -> None:
    records, signature = EXAMPLE.sign(HOST)
    bad = changed([records, signature], signature=b"\x02" * 64)[1]
    assert isinstance(result([records, bad, signature]), Verified)


@pytest.mark.parametrize(
    ("flags", "protocol", "counts"),
    [(256, 3, True), (257, 3, True), (1, 3, False), (256 | 128, 3, False), (256, 2, False)],
)
def test_only_zone_keys_that_are_not_revoked_sign(flags: int, protocol: int, counts: bool) -> None:
    assert may_sign(key_of(key_record(b"\x01" * 64, flags=flags, protocol=protocol))) is counts


def rsa(modulus_bits: int, exponent: int = 65537) -> DNSKEY:
    octets = exponent.to_bytes((exponent.bit_length() + 7) // 8)
    length = bytes((len(octets),)) if len(octets) < 256 else b"\x00" + len(octets).to_bytes(2)
    return key_record(length + octets + (1 << modulus_bits - 1 | 1).to_bytes((modulus_bits + 7) // 8), algorithm=8)


@pytest.mark.parametrize(
    ("key", "accepted"),
    [
        (rsa(1023), False),
        (rsa(1024), True),
        (rsa(4096), True),
        (rsa(4097), False),
        (rsa(2048, (1 << 63) + 1), True),
        (rsa(2048, (1 << 64) + 1), False),
        (rsa(2048, (1 << 4000) + 1), False),
        (key_record(b"", algorithm=8), False),
        (key_record(b"\x00", algorithm=8), False),
        (key_record(b"\x00\x00\x01", algorithm=8), False),
    ],
)
def test_rsa_keys_have_1024_to_4096_bits_and_a_short_exponent(key: DNSKEY, accepted: bool) -> None:
    assert has_accepted_size(key_of(key)) is accepted


def test_keys_that_are_no_keys_only_fail() -> None:
    made = EXAMPLE.sign(HOST)
    for data in (b"", b"\x00" * 64, b"\xff" * 64, b"\x01"):
        key = key_record(data)
        named = changed(made, key_tag=key.key_id())
        assert reason(named, KeySet.of(EXAMPLE.name, (key_of(key),), DEFAULT_POLICY)) is Reason.SIGNATURE_INVALID


def test_four_keys_of_one_tag_are_tried() -> None:
    made, budget = EXAMPLE.sign(HOST), Budget()
    of = keys(EXAMPLE, *same_tag(EXAMPLE.key, 3))
    assert isinstance(result(made, of, budget=budget), Verified)
    assert budget.spent <= MOST_KEYS_OF_ONE_TAG

    of = keys(EXAMPLE, *same_tag(EXAMPLE.key, 20))
    assert reason(made, of) is Reason.SIGNATURE_INVALID


def test_sixteen_signatures_are_checked_for_one_response() -> None:
    records, signature = EXAMPLE.sign(HOST)
    bad = [changed([records, signature], signature=bytes((number,)) * 64)[1] for number in range(1, 40)]
    budget = Budget()
    flaw = result([records, *bad, signature], budget=budget)
    assert isinstance(flaw, Flaw)
    assert flaw.reason is Reason.TOO_MANY_CHECKS
    assert budget.spent == MOST_SIGNATURE_CHECKS


def test_what_is_verified_lives_as_long_as_the_shortest_of_its_times() -> None:
    def life(ttl: int, original: int, left: int) -> int:
        made = EXAMPLE.sign(HOST, expiration=NOW + left)
        made[0].ttl = ttl
        signature = signature_of(made[1][0].replace(original_ttl=original))
        return lifetime(signed(made), Verified(signature, key_of(EXAMPLE.key)), NOW)

    assert (life(10, 20, 30), life(30, 10, 20), life(20, 30, 10)) == (10, 10, 10)


def test_a_key_of_a_size_that_is_not_accepted_signs_nothing() -> None:
    assert not KeySet.of(EXAMPLE.name, (key_of(rsa(1023)),), DEFAULT_POLICY).keys
    assert KeySet.of(EXAMPLE.name, (key_of(rsa(1024)),), DEFAULT_POLICY).keys
