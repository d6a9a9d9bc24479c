"""Certificates that are malformed, or at the edge of what is read. What they prove: the vectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import InputError, MalformedError
from emblem.model.certification import CertificationNeed, CertificationResult
from emblem.traceability.certification import (
    beyond,
    certify,
    check_authority,
    last_moment,
    read_certificate,
)
from emblem.traceability.dane import MOST_ASSOCIATIONS, Association, read_associations
from emblem.traceability.loading import load_certificate
from emblem.traceability.subtrees import Subtrees, is_covered
from emblem.traceability.summary import summarize
from test_vectors.generator.certificates import BELOW, END, LEAF, OFFICE, PKI
from test_vectors.generator.keys import EMBLEM
from tests.support.certified import AT, HOST, KEY, RELIEF
from tests.traceability.builders import certificate


def need(*chain: bytes, at: float | None = None) -> CertificationNeed:
    return CertificationNeed(
        chain, KEY.public_key.cose_thumbprint, RELIEF, (HOST.name,), AT.timestamp() if at is None else at
    )


@pytest.mark.parametrize(
    ("at", "result"),
    [(END + 0.5, CertificationResult.VERIFIED), (END + 1, CertificationResult.FAILED)],
)
def test_the_whole_last_second_counts(at: float, result: CertificationResult) -> None:
    assert certify(need(LEAF.der, at=at), [PKI.der]).result is result


def test_an_authority_that_cannot_be_read_is_passed_over() -> None:
    assert certify(need(LEAF.der), [b"garbage", PKI.der]).result is CertificationResult.VERIFIED


def test_why_the_domain_says_nothing_is_told() -> None:
    assert certify(need(LEAF.der), [], unsaid="it is silent").detail == (
        "it leads to no authority that you trust; it is silent"
    )


def test_the_path_is_shown_as_far_as_it_was_used() -> None:
    answer = certify(need(BELOW.der, OFFICE.der, PKI.der), [OFFICE.der])

    assert [one.subject for one in answer.certificates] == ["CN=Relief", "CN=Office of the Ministry"]


def test_a_key_that_no_token_can_have_has_no_identifier() -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    data = certificate(HOST.name)
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    key = rsa.generate_private_key(65537, 2048)
    other = x509.CertificateBuilder(
        data.issuer, data.subject, key.public_key(), 7, data.not_valid_before_utc, data.not_valid_after_utc
    ).sign(key, hashes.SHA256())

    assert read_certificate(other).key_identifiers == ()


@pytest.mark.parametrize("data", [b"", b"\x30\x00", LEAF.der[:-1], LEAF.der + b"\0"])
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        load_certificate("certificate", data)


def test_one_that_is_no_authoritys_is_refused_as_one() -> None:
    check_authority("certificate", PKI.der)
    with pytest.raises(InputError, match="it is not that of an authority"):
        check_authority("certificate", LEAF.der)


def test_what_a_chain_does_not_cover_is_known_before_signing() -> None:
    limited = OFFICE.but(permitted=("relief.example",))

    assert beyond([LEAF.der], [HOST.name, "b.relief.example"]) == ("b.relief.example",)
    assert beyond([BELOW.but(issuer=limited).der, limited.der], ["b.relief.example", "b.example"]) == ("b.example",)
    assert last_moment([LEAF.der]).timestamp() == END


def test_a_subtree_of_all_names_covers_none() -> None:
    everything = Subtrees(("",), ())

    assert everything.permits("a.example")
    assert not is_covered("a.example", [], [everything])
    assert not is_covered("a.example", ["a.example"], [Subtrees(None, ("",))])


def test_records_that_are_of_no_use_are_passed_over_and_many_are_not_read() -> None:
    good = b"\x03\x01\x01" + b"\xaa" * 32

    assert read_associations([b"", b"\x03\x01\x01", b"\x04" + good[1:], good]) == (Association(3, 1, 1, b"\xaa" * 32),)
    assert len(read_associations([good] * (MOST_ASSOCIATIONS + 1))) == MOST_ASSOCIATIONS


def test_a_record_that_should_hold_a_certificate_and_does_not_names_nobody() -> None:
    assert Association(2, 0, 0, b"garbage").given_certificate is None
    assert certify(need(LEAF.der), [], [Association(2, 0, 0, b"garbage")]).result is CertificationResult.UNDETERMINED


def test_the_key_of_the_vectors_is_the_key_of_these_tests() -> None:
    assert KEY.private.public_key() == EMBLEM.private.public_key()


def test_no_change_of_what_an_authority_signed_is_accepted() -> None:
    signed = LEAF.signed.tbs_certificate_bytes
    start = LEAF.der.index(signed)
    for position in range(start, start + len(signed)):
        changed = bytearray(LEAF.der)
        changed[position] ^= 0x01

        assert certify(need(bytes(changed)), [PKI.der]).result is not CertificationResult.VERIFIED, position


@given(st.data())
def test_whatever_stands_in_the_place_of_certificates_there_is_an_answer(data: st.DataObject) -> None:
    chain = [bytearray(one.der) for one in (BELOW, OFFICE, PKI)]
    for _ in range(data.draw(st.integers(1, 4))):
        one = data.draw(st.sampled_from(chain))
        position = data.draw(st.integers(0, len(one) - 1))
        one[position : position + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))

    associations = [Association(2, 0, 0, bytes(chain[2])), Association(3, 1, 1, bytes(32))]
    certify(need(*map(bytes, chain)), [bytes(chain[2])], associations)


@pytest.mark.parametrize("number", [b"\x00", b"\xff", b""])
def test_a_serial_number_that_is_not_positive_is_malformed_and_nothing_is_shown_of_it(number: bytes) -> None:
    serial = LEAF.signed.serial_number.to_bytes(9, "big").lstrip(b"\0")
    serial = b"\0" + serial if serial[0] & 0x80 else serial
    own = bytes((2, len(serial))) + serial
    other = bytes((2, len(serial))) + number.ljust(len(serial), number or b"\0")
    assert own in LEAF.der

    with pytest.raises(MalformedError, match="the serial number"):
        load_certificate("certificate", LEAF.der.replace(own, other))


@pytest.mark.parametrize("selected", [0, 1])
def test_a_signature_in_an_algorithm_that_nobody_knows_cannot_be_judged(selected: int) -> None:
    ecdsa_with_sha256, unknown = bytes.fromhex("06082a8648ce3d040302"), bytes.fromhex("06082a8648ce3d04037f")
    chain = [BELOW.der, OFFICE.der, PKI.der]
    chain[selected] = chain[selected].replace(ecdsa_with_sha256, unknown)

    answer = certify(need(*chain), [PKI.der])

    assert answer.result is CertificationResult.UNDETERMINED
    assert "in an algorithm that is not known here" in answer.detail


def test_authorities_between_are_counted_wherever_they_lead() -> None:
    top = PKI.but(path_length=0)
    office = OFFICE.but(issuer=top)

    answer = certify(need(BELOW.but(issuer=office).der, office.der, top.der), [])

    assert (answer.result, answer.detail) == (CertificationResult.FAILED, "certificate 3 allows 0 authorities below it")


UNREADABLE_NAME = LEAF.der.replace(b"\x0c\x06Relief", b"\x03\x06\x00elief")
"""A common name in the type of unique identifiers, for which the library raises a TypeError once it is asked for it."""


def test_a_name_that_cannot_be_read_makes_certificates_malformed() -> None:
    assert LEAF.der != UNREADABLE_NAME
    with pytest.raises(MalformedError, match="certificate 1"):
        load_certificate("certificate 1", UNREADABLE_NAME)

    answer = certify(need(UNREADABLE_NAME), [PKI.der])

    assert answer.result is CertificationResult.FAILED
    assert "certificate 1: found" in answer.detail


def test_a_name_that_cannot_be_read_is_said_to_be_where_it_is_shown() -> None:
    shown = summarize(UNREADABLE_NAME)

    assert (shown.subject, shown.issuer) == ("a name that cannot be read", "CN=Ministry")
