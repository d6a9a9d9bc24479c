"""Public keys: what is one, its identifiers, and what holds under it."""

from __future__ import annotations

from base64 import b32decode, b32encode, urlsafe_b64decode
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import EmblemError, MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import ALGORITHMS, Algorithm, KeyKind, KeyType, default_algorithm, find_algorithm
from emblem.keys.ml_dsa import load_private_key
from emblem.keys.public import ELLIPTIC_CURVES, PublicKey, identifier_text
from emblem.keys.signing import SoftwareSigner
from emblem.model.token import Format

P521 = 2**521 - 1
SIGNATURE_SIZES = {
    KeyKind.P256: 64,
    KeyKind.P384: 96,
    KeyKind.P521: 132,
    KeyKind.ED25519: 64,
    KeyKind.ML_DSA_44: 2420,
    KeyKind.ML_DSA_65: 3309,
    KeyKind.ML_DSA_87: 4627,
}
"""Bytes of a signature: RFC 9053, section 2; FIPS 204, table 2."""
EC_CURVES = [KeyKind.P256, KeyKind.P384, KeyKind.P521]


def algorithm(identifier: int | str) -> Algorithm:
    found = find_algorithm(identifier)
    assert found is not None
    return found


def signer(kind: KeyKind, secret: int = 7) -> SoftwareSigner:
    if kind.type is KeyType.AKP:
        return SoftwareSigner(load_private_key(kind, secret.to_bytes(32, "big")))
    if kind is KeyKind.ED25519:
        return SoftwareSigner(ed25519.Ed25519PrivateKey.from_private_bytes(secret.to_bytes(32, "big")))
    return SoftwareSigner(ec.derive_private_key(secret, ELLIPTIC_CURVES[kind]))


def unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def spki(key: rsa.RSAPublicKey | ed448.Ed448PublicKey | ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


# identifiers


def test_the_cose_thumbprint_is_that_of_rfc_9679_section_6() -> None:
    key = PublicKey.from_parameters(
        KeyKind.P256,
        bytes.fromhex("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"),
        bytes.fromhex("1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"),
        algorithm(-7),
    )

    expected = "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"
    assert b32decode(key.cose_thumbprint.upper() + "====").hex() == expected


def test_the_jwk_thumbprint_is_that_of_rfc_8037_appendix_a_3() -> None:
    key = PublicKey.from_parameters(
        KeyKind.ED25519, unpadded("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"), None, algorithm("EdDSA")
    )

    assert key.jwk_thumbprint == identifier_text(unpadded("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"))


@pytest.mark.parametrize("kind", KeyKind)
def test_an_identifier_is_52_characters_of_lower_case_base32(kind: KeyKind) -> None:
    key = signer(kind).public_key

    for identifier in (key.cose_thumbprint, key.jwk_thumbprint):
        assert len(identifier) == 52
        assert set(identifier) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_each_format_has_its_own_identifier() -> None:
    key = signer(KeyKind.P256).public_key

    assert key.identifier(Format.CWT) == key.cose_thumbprint
    assert key.identifier(Format.JWS) == key.jwk_thumbprint
    assert key.cose_thumbprint != key.jwk_thumbprint


def test_the_algorithm_is_no_part_of_the_identifier() -> None:
    key = signer(KeyKind.P256).public_key

    other = PublicKey.from_parameters(KeyKind.P256, key.x, key.y, algorithm(-9))

    assert other != key
    assert other.cose_thumbprint == key.cose_thumbprint


@pytest.mark.parametrize("curve", EC_CURVES)
@pytest.mark.parametrize("secret", [3, 4, 5, 6])
def test_a_compressed_point_is_expanded_before_its_identifier_is_computed(curve: KeyKind, secret: int) -> None:
    key = signer(curve, secret).public_key
    assert key.y is not None

    compressed = PublicKey.from_parameters(curve, key.x, bool(key.y[-1] & 1), key.algorithm)

    assert compressed == key
    assert compressed.cose_thumbprint == key.cose_thumbprint


# what is a key


@pytest.mark.parametrize("curve", EC_CURVES)
def test_a_point_that_is_not_on_the_curve_is_refused(curve: KeyKind) -> None:
    key = signer(curve).public_key
    assert key.y is not None

    with pytest.raises(MalformedError, match=f"expected a point on {curve.label}"):
        PublicKey.from_parameters(curve, key.x, bytes([*key.y[:-1], key.y[-1] ^ 1]), None)


def test_a_coordinate_beyond_the_field_gives_no_second_identifier_to_a_key() -> None:
    key = signer(KeyKind.P521).public_key
    assert key.y is not None
    beyond = (int.from_bytes(key.x, "big") + P521).to_bytes(66, "big")

    for y in (key.y, True, False):
        with pytest.raises(MalformedError, match="key point"):
            PublicKey.from_parameters(KeyKind.P521, beyond, y, None)


@pytest.mark.parametrize("curve", EC_CURVES)
def test_the_point_at_infinity_is_no_key(curve: KeyKind) -> None:
    with pytest.raises(MalformedError, match="key point"):
        PublicKey.from_parameters(curve, bytes(curve.size), bytes(curve.size), None)


@pytest.mark.parametrize("curve", EC_CURVES)
@pytest.mark.parametrize("extra", [b"", b"\0"])
def test_a_coordinate_must_have_the_full_length_of_its_curve(curve: KeyKind, extra: bytes) -> None:
    key = signer(curve).public_key
    assert key.y is not None

    with pytest.raises(MalformedError, match="key parameter x"):
        PublicKey.from_parameters(curve, extra + key.x[1:] + extra, key.y, None)
    with pytest.raises(MalformedError, match="key parameter y"):
        PublicKey.from_parameters(curve, key.x, extra + key.y[1:] + extra, None)


@pytest.mark.parametrize("size", [0, 31, 33, 57])
def test_an_ed25519_key_has_32_bytes(size: int) -> None:
    with pytest.raises(MalformedError, match=f"found {size} bytes, expected 32 bytes for Ed25519"):
        PublicKey.from_parameters(KeyKind.ED25519, bytes(size), None, None)


def test_an_elliptic_curve_key_needs_a_second_coordinate() -> None:
    with pytest.raises(MalformedError, match="key parameter y: found nothing"):
        PublicKey.from_parameters(KeyKind.P256, signer(KeyKind.P256).public_key.x, None, None)


@pytest.mark.parametrize("kind", KeyKind)
def test_an_algorithm_of_another_kind_of_keys_is_refused(kind: KeyKind) -> None:
    key = signer(kind).public_key

    for candidate in ALGORITHMS:
        if candidate.kind is kind:
            assert PublicKey.from_parameters(kind, key.x, key.y, candidate).algorithm == candidate
        else:
            with pytest.raises(MalformedError, match="key algorithm"):
                PublicKey.from_parameters(kind, key.x, key.y, candidate)


# keys of the library and SubjectPublicKeyInfo


@pytest.mark.parametrize("kind", KeyKind)
def test_a_key_goes_out_as_pem_and_comes_back_without_an_algorithm(kind: KeyKind) -> None:
    key = signer(kind).public_key

    read = PublicKey.from_loaded(load_pem_public_key(key.to_pem().encode()))

    assert (read.kind, read.x, read.y) == (key.kind, key.x, key.y)
    assert read.algorithm is None


@pytest.mark.parametrize("kind", KeyKind)
def test_a_subject_public_key_info_is_read(kind: KeyKind) -> None:
    key = signer(kind).public_key

    read = PublicKey.from_spki(key.loaded.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    assert (read.kind, read.x, read.y, read.algorithm) == (key.kind, key.x, key.y, None)


def test_keys_of_other_types_and_curves_are_unknown() -> None:
    others: list[rsa.RSAPublicKey | ed448.Ed448PublicKey | ec.EllipticCurvePublicKey] = [
        rsa.generate_private_key(65537, 2048).public_key(),
        ed448.Ed448PrivateKey.generate().public_key(),
        ec.derive_private_key(7, ec.SECP256K1()).public_key(),
    ]

    for other in others:
        with pytest.raises(UnknownAlgorithmError, match="P-256, P-384, P-521, Ed25519, or ML-DSA"):
            PublicKey.from_spki(spki(other))


def test_an_unheard_of_key_type_is_unknown() -> None:
    # The object identifier of Ed25519, 1.3.101.112, changed to 1.3.101.100.
    data = spki_of_ed25519().replace(bytes.fromhex("2b6570"), bytes.fromhex("2b6564"))

    with pytest.raises(UnknownAlgorithmError, match="key type"):
        PublicKey.from_spki(data)


def spki_of_ed25519() -> bytes:
    loaded = signer(KeyKind.ED25519).public_key.loaded
    return loaded.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("data", [b"", b"\0", b"0\0", b"not DER", spki_of_ed25519() + b"\0", spki_of_ed25519()[:-1]])
def test_bytes_that_are_no_subject_public_key_info_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match="SubjectPublicKeyInfo"):
        PublicKey.from_spki(data)


@given(st.integers(0, 43), st.binary(max_size=4))
def test_a_damaged_subject_public_key_info_raises_nothing_unforeseen(position: int, put: bytes) -> None:
    data = spki_of_ed25519()
    with suppress(EmblemError):
        PublicKey.from_spki(data[:position] + put + data[position + len(put) :])


# signatures


@pytest.mark.parametrize("kind", KeyKind)
def test_a_signature_holds_for_its_message_and_key_only(kind: KeyKind) -> None:
    key, other = signer(kind), signer(kind, 8)

    signature = key.sign(b"message")

    assert key.public_key.verify(signature, b"message")
    assert not key.public_key.verify(signature, b"massage")
    assert not other.public_key.verify(signature, b"message")


@pytest.mark.parametrize("kind", KeyKind)
def test_a_changed_signature_does_not_hold(kind: KeyKind) -> None:
    key = signer(kind)
    signature = key.sign(b"message")

    # Every byte of a short signature; of a long one, some two hundred.
    for position in range(0, len(signature), 1 + len(signature) // 200):
        changed = bytearray(signature)
        changed[position] ^= 1
        assert not key.public_key.verify(bytes(changed), b"message")


@pytest.mark.parametrize("kind", KeyKind)
def test_a_signature_of_another_length_does_not_hold(kind: KeyKind) -> None:
    key = signer(kind)
    signature = key.sign(b"message")

    for other in (b"", signature[:-1], signature + b"\0", b"\0" + signature):
        assert not key.public_key.verify(other, b"message")


@pytest.mark.parametrize("curve", EC_CURVES)
def test_a_number_of_a_signature_with_a_zero_before_it_is_no_second_signature(curve: KeyKind) -> None:
    key = signer(curve)
    signature = key.sign(b"message")
    r, s = signature[: curve.size], signature[curve.size :]

    assert key.public_key.verify(r + s, b"message")
    assert not key.public_key.verify(r + b"\0" + s, b"message")
    assert not key.public_key.verify(b"\0" + r + b"\0" + s, b"message")


def test_a_signature_in_der_does_not_hold() -> None:
    private = ec.derive_private_key(7, ec.SECP256R1())
    der = private.sign(b"message", ec.ECDSA(hashes.SHA256()))

    assert not signer(KeyKind.P256).public_key.verify(der, b"message")


@pytest.mark.parametrize("kind", KeyKind)
@given(data=st.data())
def test_no_bytes_at_all_hold_as_a_signature_by_chance(kind: KeyKind, data: st.DataObject) -> None:
    size = SIGNATURE_SIZES[kind]
    signature = data.draw(st.one_of(st.binary(max_size=2 * size), st.binary(min_size=size, max_size=size)))

    assert not signer(kind).public_key.verify(signature, b"message")


@pytest.mark.parametrize("curve", EC_CURVES)
@pytest.mark.parametrize("number", [0, 1, -1])
def test_degenerate_numbers_hold_as_no_signature(curve: KeyKind, number: int) -> None:
    encoded = (number % 2 ** (8 * curve.size)).to_bytes(curve.size, "big")

    assert not signer(curve).public_key.verify(encoded * 2, b"message")


# which algorithms a key allows


def test_a_key_with_an_algorithm_allows_that_number_only() -> None:
    key = signer(KeyKind.P256).public_key

    assert [candidate.cose for candidate in ALGORITHMS if key.allows(candidate)] == [-7]


def test_a_key_without_an_algorithm_allows_any_that_fits_its_curve() -> None:
    known = signer(KeyKind.P256).public_key
    key = PublicKey.from_parameters(KeyKind.P256, known.x, known.y, None)

    assert [candidate.cose for candidate in ALGORITHMS if key.allows(candidate)] == [-7, -9]


def test_a_key_without_an_algorithm_is_written_with_the_usual_one_of_its_curve() -> None:
    known = signer(KeyKind.P384).public_key

    assert PublicKey.from_parameters(KeyKind.P384, known.x, known.y, None).writing_algorithm == default_algorithm(
        KeyKind.P384
    )
    fixed = PublicKey.from_parameters(KeyKind.P384, known.x, known.y, algorithm(-51))
    assert fixed.writing_algorithm == algorithm(-51)


@given(st.binary(min_size=32, max_size=32))
def test_identifier_text_is_unpadded_lower_case_base32(digest: bytes) -> None:
    assert identifier_text(digest) == b32encode(digest).decode().lower().rstrip("=")
