"""A chain is a certificate and its issuer's, in this order; what it says is taken out literally."""

from __future__ import annotations

import hashlib
from base64 import encodebytes

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import EmblemError, InputError, MalformedError
from emblem.traceability.chain import LARGEST_CHAIN, MOST_CERTIFICATES, CertificateChain, read_chain
from emblem.traceability.entries import embedded_entries
from tests.traceability.builders import (
    DATA,
    NAMES,
    TIMESTAMPS,
    authority_certificate,
    certificate,
    elliptic,
    issued,
    pem,
    timestamp_list,
)

ROOT = authority_certificate("root")
AUTHORITY = authority_certificate("authority", "root")
STRANGER = authority_certificate("stranger")
LEAF = certificate(*NAMES)
ALTERNATIVE_NAME, CONSTRAINTS = bytes.fromhex("0603551d11"), bytes.fromhex("0603551d13")


def changed(original: x509.Certificate, before: bytes, after: bytes) -> x509.Certificate:
    """A certificate with some bytes changed, whose signature then no longer holds."""
    encoded = original.public_bytes(Encoding.DER)
    assert before in encoded
    assert len(before) == len(after)
    return x509.load_der_x509_certificate(encoded.replace(before, after))


def armored(encoded: bytes) -> bytes:
    """A certificate in DER as PEM, whatever it is."""
    return b"-----BEGIN CERTIFICATE-----\n" + encodebytes(encoded) + b"-----END CERTIFICATE-----\n"


def with_names(value: bytes) -> CertificateChain:
    """A chain whose subject alternative names are given in DER."""
    return issued(extensions=(x509.UnrecognizedExtension(x509.OID_SUBJECT_ALTERNATIVE_NAME, value),))


# order


@pytest.mark.parametrize(
    "certificates",
    [(LEAF, AUTHORITY), (LEAF, AUTHORITY, ROOT), (LEAF, AUTHORITY, STRANGER), (LEAF, authority_certificate())],
    ids=["two", "with the root", "with another", "self-signed issuer"],
)
def test_a_chain_is_the_certificate_and_then_its_issuer(certificates: tuple[x509.Certificate, ...]) -> None:
    chain = read_chain("file", pem(*certificates))

    assert (chain.certificate, chain.issuer) == certificates[:2]


@pytest.mark.parametrize(
    ("certificates", "found"),
    [
        ((AUTHORITY, LEAF), "the wrong order: the first certificate issued the one in place 2"),
        ((ROOT, AUTHORITY, LEAF), "the wrong order: the first certificate issued the one in place 2"),
        ((AUTHORITY, ROOT, LEAF), "the wrong order: the first certificate issued the one in place 3"),
        ((LEAF, ROOT, AUTHORITY), "the certificate of the issuer in place 3"),
        ((LEAF, STRANGER), "no certificate of the issuer"),
        ((LEAF, STRANGER, ROOT), "no certificate of the issuer"),
        ((LEAF, LEAF), "no certificate of the issuer"),
        ((LEAF,), "one certificate only"),
    ],
    ids=["reversed", "root first", "rotated", "root between", "stranger", "strangers", "twice", "alone"],
)
def test_another_order_is_recognized_and_said(certificates: tuple[x509.Certificate, ...], found: str) -> None:
    with pytest.raises(InputError) as caught:
        read_chain("file", pem(*certificates))

    assert (caught.value.field, caught.value.found) == ("file", found)
    assert "the certificate first, the certificate of its issuer second" in caught.value.expected


def test_an_issuer_of_the_same_name_with_another_key_is_none() -> None:
    other = changed(authority_certificate("stranger"), b"stranger", b"authorit")
    same_name = changed(LEAF, b"authority", b"authorit\x20")

    for issuer in (other, AUTHORITY):
        with pytest.raises(InputError, match="no certificate of the issuer"):
            read_chain("file", pem(same_name, issuer))


def test_a_certificate_whose_signature_does_not_hold_has_no_issuer() -> None:
    with pytest.raises(InputError, match="no certificate of the issuer"):
        read_chain("file", pem(changed(LEAF, b"relief.example", b"belief.example"), AUTHORITY))


def test_a_precertificate_is_none_that_can_be_used() -> None:
    with pytest.raises(InputError, match="a precertificate"):
        read_chain("file", pem(certificate(*NAMES, extensions=(x509.PrecertPoison(),)), AUTHORITY))


# what is no chain


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        pem(LEAF)[:-40],
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        pem(LEAF).replace(b"BEGIN CERTIFICATE", b"BEGIN NONSENSE"),
    ],
    ids=["empty", "text", "cut short", "no certificate", "another begin"],
)
def test_what_holds_no_certificates_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match="file"):
        read_chain("file", data)


def test_a_certificate_of_an_unknown_version_is_malformed() -> None:
    encoded = bytearray(LEAF.public_bytes(Encoding.DER))
    position = bytes(encoded).index(bytes.fromhex("a003020102")) + 4
    encoded[position] = 5

    with pytest.raises(MalformedError, match="file"):
        read_chain("file", armored(bytes(encoded)) + pem(AUTHORITY))


def test_a_file_that_is_too_large_or_has_too_many_blocks_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(MalformedError, match=f"{LARGEST_CHAIN} bytes at the most"):
        read_chain("file", b" " * (LARGEST_CHAIN + 1))
    with pytest.raises(MalformedError, match=f"{MOST_CERTIFICATES} at the most"):
        read_chain("file", b"-----BEGIN X" * (MOST_CERTIFICATES + 1))


@given(st.binary())
def test_random_bytes_raise_only_our_errors(data: bytes) -> None:
    for text in (data, b"-----BEGIN CERTIFICATE-----\n" + data, armored(data)):
        with pytest.raises(EmblemError):
            read_chain("file", text)


@given(st.data())
def test_a_changed_certificate_raises_only_our_errors(data: st.DataObject) -> None:
    original, issuer = x509.load_pem_x509_certificates((DATA / "auth.felixlinker.de.fullchain.pem").read_bytes())
    encoded = bytearray(original.public_bytes(Encoding.DER))
    position = data.draw(st.integers(0, len(encoded) - 1))
    # The number of the certificate is left alone: the library warns where it is not positive.
    serial = encoded.index(original.serial_number.to_bytes(18))
    if not serial - 2 <= position < serial + 18:
        encoded[position] = data.draw(st.integers(0, 255))
    try:
        changed_chain = CertificateChain(x509.load_der_x509_certificate(bytes(encoded)), issuer)
    except (ValueError, x509.InvalidVersion):
        with pytest.raises(EmblemError):
            read_chain("file", armored(bytes(encoded)) + pem(issuer))
        return
    for use in (
        lambda: changed_chain.names,
        lambda: changed_chain.without_timestamps,
        lambda: embedded_entries(changed_chain),
    ):
        try:
            use()
        except EmblemError:
            continue


# names


def test_the_names_are_those_of_the_certificate_literally_and_in_their_order() -> None:
    names = ("b.example", "*.a.example", "A.Example", "xn--bcher-kva.example", "a_b.example")

    assert issued(*names).names == names


def test_a_certificate_without_alternative_names_has_none() -> None:
    assert issued().names == ()


def test_names_of_other_kinds_are_left_out() -> None:
    others = [x509.RFC822Name("a@relief.example"), x509.DNSName("relief.example")]
    alternative = x509.SubjectAlternativeName([*others, x509.UniformResourceIdentifier("https://other.example")])

    assert issued(extensions=(alternative,)).names == ("relief.example",)


def test_a_thousand_names_are_read() -> None:
    names = tuple(f"host{number}.relief.example" for number in range(1000))

    assert read_chain("file", pem(certificate(*names), AUTHORITY)).names == names


@pytest.mark.parametrize(
    "value",
    [b"", b"\x30\x05\x82\x01a", b"\x04\x00", b"\x30\x03\x82\x01\xe4", b"\x30\x00\x30\x00"],
    ids=["empty", "cut short", "another tag", "not ASCII", "two"],
)
def test_malformed_names_are_malformed(value: bytes) -> None:
    with pytest.raises(MalformedError, match="subject alternative names"):
        assert with_names(value).names


def test_names_that_are_there_twice_are_malformed() -> None:
    twice = changed(LEAF, CONSTRAINTS, ALTERNATIVE_NAME)

    with pytest.raises(MalformedError, match="one of them twice"):
        assert CertificateChain(twice, AUTHORITY).names


# timestamps and entries


def test_the_timestamp_list_is_what_was_embedded() -> None:
    assert issued(*NAMES, timestamps=timestamp_list(b"one")).timestamp_list == timestamp_list(b"one")
    assert issued(*NAMES).timestamp_list is None


def test_timestamps_do_not_hide_names_whatever_is_in_them() -> None:
    assert issued(*NAMES, timestamps=b"garbage").names == NAMES


def test_timestamps_that_are_no_octets_are_malformed() -> None:
    value = x509.UnrecognizedExtension(TIMESTAMPS, b"\x30\x00")

    with pytest.raises(MalformedError, match="embedded timestamps"):
        assert issued(*NAMES, extensions=(value,)).timestamp_list


def test_without_timestamps_a_certificate_is_what_it_was_before_they_were_embedded() -> None:
    embedded = issued(*NAMES, timestamps=timestamp_list(b"one"))

    assert embedded.without_timestamps == LEAF.tbs_certificate_bytes


def test_a_certificate_without_timestamps_was_no_precertificate() -> None:
    with pytest.raises(MalformedError, match="extensions of certificate"):
        assert issued(*NAMES).without_timestamps


def test_a_certificate_with_any_extension_twice_was_no_precertificate() -> None:
    embedded = certificate(*NAMES, timestamps=timestamp_list(b"one"))

    with pytest.raises(MalformedError, match="extensions of certificate"):
        assert CertificateChain(changed(embedded, CONSTRAINTS, ALTERNATIVE_NAME), AUTHORITY).without_timestamps


def test_the_key_of_the_issuer_is_hashed_as_its_certificate_has_it() -> None:
    encoded = elliptic("authority").public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    assert issued(*NAMES).issuer_key_hash == hashlib.sha256(encoded).digest()


def test_a_key_in_an_encoding_that_would_hash_to_something_else_is_refused() -> None:
    encoded = elliptic("authority").public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    point = encoded[-65:]
    hybrid = bytes([6 + (point[-1] & 1)]) + point[1:]

    with pytest.raises(MalformedError, match="key of issuer"):
        assert CertificateChain(LEAF, changed(AUTHORITY, point, hybrid)).issuer_key_hash
