"""Signing fits the key, is deterministic but for ML-DSA, and gives nothing away."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from emblem.errors import UnknownAlgorithmError
from emblem.keys.algorithms import ALGORITHMS, Algorithm, KeyKind, KeyType, default_algorithm, find_algorithm
from emblem.keys.signing import SoftwareSigner

RFC_6979_P256 = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
RFC_8032_TEST_2 = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")


def test_ecdsa_signatures_are_those_of_rfc_6979_appendix_a_2_5() -> None:
    signer = SoftwareSigner(ec.derive_private_key(RFC_6979_P256, ec.SECP256R1()))

    assert signer.sign(b"sample").hex().upper() == (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )


def test_eddsa_signatures_are_those_of_rfc_8032_section_7_1() -> None:
    signer = SoftwareSigner(ed25519.Ed25519PrivateKey.from_private_bytes(RFC_8032_TEST_2))

    assert signer.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_a_generated_key_signs_in_its_algorithm(algorithm: Algorithm) -> None:
    signer = SoftwareSigner.generate(algorithm)

    assert signer.public_key.algorithm == algorithm
    assert signer.public_key.verify(signer.sign(b"message"), b"message")


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_a_message_has_the_same_signature_every_time_unless_it_is_in_ml_dsa(algorithm: Algorithm) -> None:
    signer = SoftwareSigner.generate(algorithm)

    same = signer.sign(b"message") == signer.sign(b"message")

    assert same == (algorithm.kind.type is not KeyType.AKP)


@pytest.mark.parametrize("kind", [KeyKind.P256, KeyKind.P384, KeyKind.P521])
def test_the_two_numbers_of_an_ecdsa_signature_have_the_length_of_the_curve(kind: KeyKind) -> None:
    assert len(SoftwareSigner.generate(default_algorithm(kind)).sign(b"message")) == 2 * kind.size


def test_small_numbers_of_a_signature_are_padded_to_full_length() -> None:
    signer = SoftwareSigner(ec.derive_private_key(7, ec.SECP521R1()))

    signatures = [signer.sign(bytes([number])) for number in range(8)]

    assert {len(signature) for signature in signatures} == {132}
    assert all(signer.public_key.verify(signature, bytes([n])) for n, signature in enumerate(signatures))


def test_a_key_signs_in_the_usual_algorithm_of_its_curve_unless_told_otherwise() -> None:
    private = ec.derive_private_key(7, ec.SECP256R1())

    assert SoftwareSigner(private).public_key.writing_algorithm.cose == -7
    assert SoftwareSigner(private, find_algorithm(-9)).public_key.writing_algorithm.cose == -9


def test_an_algorithm_of_another_curve_is_refused() -> None:
    with pytest.raises(UnknownAlgorithmError, match="found ES384, expected one that goes with P-256"):
        SoftwareSigner(ec.derive_private_key(7, ec.SECP256R1()), find_algorithm(-35))


def test_a_private_key_on_an_unknown_curve_is_refused() -> None:
    with pytest.raises(UnknownAlgorithmError, match="secp256k1"):
        SoftwareSigner(ec.derive_private_key(7, ec.SECP256K1()))


def test_the_representation_shows_the_identifier_and_not_the_private_key() -> None:
    signer = SoftwareSigner(ec.derive_private_key(RFC_6979_P256, ec.SECP256R1()))

    shown = f"{signer!r} {signer} {signer.public_key!r}".lower()

    assert signer.public_key.cose_thumbprint in shown
    assert f"{RFC_6979_P256:x}" not in shown
    assert str(RFC_6979_P256) not in shown


def test_the_private_key_can_be_taken_out_for_writing() -> None:
    private = ec.derive_private_key(7, ec.SECP256R1())

    assert SoftwareSigner(private).private is private


def test_a_signer_has_no_place_for_anything_else() -> None:
    assert not hasattr(SoftwareSigner(ec.derive_private_key(7, ec.SECP256R1())), "__dict__")
