"""The data of DNSKEY, DS and RRSIG records: what is read is what the library reads, and nothing more."""

from __future__ import annotations

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdtypes.ANY.DNSKEY
import pytest
from dns.rdatatype import DNSKEY, DS, RRSIG, RdataType
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns.dnssec.record_data import Dnskey, Ds, Opaque, Signature, absolute, read_data
from emblem.dns.dnssec.signatures import key_tag


def by_library(kind: RdataType, data: bytes) -> dns.rdata.Rdata | None:
    """What the library reads, if it does."""
    try:
        return dns.rdata.from_wire(dns.rdataclass.IN, kind, data, 0, len(data))
    except (dns.exception.DNSException, ValueError):
        return None


@given(st.binary(max_size=80))
def test_a_dnskey_record_is_what_the_library_takes_for_one(data: bytes) -> None:
    ours, theirs = Dnskey.read(data), by_library(DNSKEY, data)
    assert (ours is None) == (theirs is None)
    if ours is not None:
        assert isinstance(theirs, dns.rdtypes.ANY.DNSKEY.DNSKEY)
        assert ours.to_digestable() == data
        assert tuple(ours) == (theirs.flags, theirs.protocol, theirs.algorithm, theirs.key)


@given(st.integers(0, 0xFFFF), st.integers(0, 255), st.integers(0, 6), st.sampled_from((0, 1, 20, 32, 48)))
def test_a_ds_record_is_what_the_library_takes_for_one(tag: int, algorithm: int, digest_type: int, length: int) -> None:
    data = tag.to_bytes(2) + bytes((algorithm, digest_type)) + b"\x07" * length
    ours = Ds.read(data)
    assert (ours is None) == (by_library(DS, data) is None)
    if ours is not None:
        assert ours.to_digestable() == data
        assert tuple(ours) == (tag, algorithm, digest_type, b"\x07" * length)


def test_a_ds_record_cut_short_is_none() -> None:
    assert [Ds.read(b"\x00\x01\x0d\x09"[:length]) for length in range(4)] == [None] * 4


@given(st.binary(min_size=4, max_size=80).filter(lambda data: data[3] != 1))
def test_the_tag_of_a_key_is_the_librarys(data: bytes) -> None:
    ours, theirs = Dnskey.read(data), by_library(DNSKEY, data)
    assert ours is not None
    assert isinstance(theirs, dns.rdtypes.ANY.DNSKEY.DNSKEY)
    assert key_tag(ours) == theirs.key_id()


def test_the_tag_of_an_rsamd5_key_is_of_its_end() -> None:
    """RFC 4034, appendix B.1."""
    assert key_tag(Dnskey(257, 3, 1, bytes(range(20)))) == 0x1112


@pytest.mark.parametrize("position", range(18 + 9))
def test_a_signature_cut_short_before_its_value_is_none(position: int) -> None:
    head = bytes.fromhex("0001 0d 02 0000012c 60000000 50000000 1234")
    whole = head + b"\x07EXAMPLE\x00"
    assert Signature.read(whole[:position]) is None
    read = Signature.read(whole + b"\xaa\xbb")
    assert read == (1, 13, 2, 300, 0x60000000, 0x50000000, 0x1234, absolute((b"example",)), b"\xaa\xbb")
    theirs = by_library(RRSIG, whole + b"\xaa\xbb")
    assert theirs is not None
    assert theirs.to_digestable() == head + b"\x07example\x00\xaa\xbb"


@pytest.mark.parametrize("labels", [b"\x40" + b"a" * 64 + b"\x00", b"\xc0\x0c", (b"\x3f" + b"a" * 63) * 4 + b"\x00"])
def test_a_signers_name_that_is_none_makes_no_signature(labels: bytes) -> None:
    assert Signature.read(bytes(18) + labels + b"\xaa") is None


def test_data_without_names_is_canonical_as_it_is() -> None:
    assert read_data(1, b"\xc0\x00\x02\x01") == Opaque(b"\xc0\x00\x02\x01")
    assert read_data(65297, b"\x01\x02") == Opaque(b"\x01\x02")


def test_names_in_other_data_are_canonical_in_lower_case() -> None:
    """RFC 4034, section 6.2."""
    read = read_data(15, b"\x00\x0a\x04MAIL\x00")
    assert read is not None
    assert read.to_digestable() == b"\x00\x0a\x04mail\x00"


def test_data_that_is_none_of_its_type_is_not_read() -> None:
    assert read_data(47, b"\x01") is None
    assert read_data(43, b"\x00\x01\x0d\x02" + b"\x07" * 31) is None
    assert read_data(48, b"\x01\x01\x03") is None
    assert read_data(5, b"\x01a\x00more") is None
