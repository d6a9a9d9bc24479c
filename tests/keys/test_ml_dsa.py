"""ML-DSA keys (RFC 9964): identifiers, form, signatures, and what happens where the library has none."""

from __future__ import annotations

import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterator

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import mldsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import KeyKind, KeyType, default_algorithm, find_algorithm
from emblem.keys.capability import has_ml_dsa
from emblem.keys.ml_dsa import load_private_key, load_public_key, recognize_private_key, recognize_public_key
from emblem.keys.pem import read_private_key, read_public_keys, write_private_key
from emblem.keys.public import PublicKey, identifier_text
from emblem.keys.signing import SoftwareSigner
from emblem.model.token import Format

KINDS = [kind for kind in KeyKind if kind.type is KeyType.AKP]


def zero_seed(kind: KeyKind) -> SoftwareSigner:
    """The key of the examples of RFC 9964: its seed is 32 zero bytes."""
    return SoftwareSigner(load_private_key(kind, bytes(32)))


# identifiers


@pytest.mark.parametrize(
    ("kind", "thumbprint"),
    [
        (KeyKind.ML_DSA_44, "b8969ab4b37da9f0684e42647eb8a0be8b5b661ebf5d76f0583bf5b8d3a8059a"),
        (KeyKind.ML_DSA_65, "b788acf242f1f1d6532926d816e76e1636874267f2a48c84c4e65789ab80cc02"),
        (KeyKind.ML_DSA_87, "d9bc439f97bd6d4093e68f0f3fcf09c9a97adf888ed7308dd565247a166cb4fa"),
    ],
)
def test_the_cose_thumbprint_covers_type_algorithm_and_public_key(kind: KeyKind, thumbprint: str) -> None:
    # That of ML-DSA-44 is published in RFC 9964, appendix A.2.
    assert zero_seed(kind).public_key.cose_thumbprint == identifier_text(bytes.fromhex(thumbprint))


@pytest.mark.parametrize(
    ("kind", "thumbprint"),
    [
        (KeyKind.ML_DSA_44, "T4xl70S7MT6Zeq6r9V9fPJGVn76wfnXJ21-gyo0Gu6o"),
        (KeyKind.ML_DSA_65, "Suiu29qbfuaBaR4Ats-c6XQBePB_OpAxAwcTR_0KXVM"),
        (KeyKind.ML_DSA_87, "tRn1JNIkgMsABVQBlXeDHxAIcclh-2IX0UdDEzPt5XU"),
    ],
)
def test_the_jwk_thumbprint_covers_type_algorithm_and_public_key(kind: KeyKind, thumbprint: str) -> None:
    # That of ML-DSA-44 is published in RFC 9964, appendix A.1.
    assert zero_seed(kind).public_key.jwk_thumbprint == identifier_text(urlsafe_b64decode(thumbprint + "="))


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_without_an_algorithm_has_the_same_identifier(kind: KeyKind) -> None:
    key = zero_seed(kind).public_key

    read = PublicKey.from_loaded(key.loaded)

    assert read.algorithm is None
    assert read.cose_thumbprint == key.cose_thumbprint
    assert read.allows(default_algorithm(kind))


# form


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("difference", [-1, 1])
def test_a_public_key_has_exactly_the_length_of_its_kind(kind: KeyKind, difference: int) -> None:
    size = kind.size + difference

    with pytest.raises(MalformedError, match=f"key parameter pub: found {size} bytes, expected {kind.size} bytes"):
        PublicKey.from_parameters(kind, bytes(size), None, None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_serves_tokens_of_the_native_format_only(kind: KeyKind) -> None:
    key = zero_seed(kind).public_key

    assert (key.serves(Format.CWT), key.serves(Format.JWS)) == (True, False)


@pytest.mark.parametrize("kind", KINDS)
def test_the_private_half_is_written_as_its_seed_and_read_again(kind: KeyKind) -> None:
    pem = write_private_key(zero_seed(kind), None)

    assert len(pem) < 200
    assert read_private_key("key", pem, bytes).public_key == zero_seed(kind).public_key


@pytest.mark.parametrize("kind", KINDS)
def test_the_public_half_is_read_from_pem(kind: KeyKind) -> None:
    key = zero_seed(kind).public_key

    (read,) = read_public_keys("key", key.to_pem().encode())

    assert (read.kind, read.x, read.y, read.algorithm) == (kind, key.x, None, None)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_seed_has_32_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="32"):
        load_private_key(KeyKind.ML_DSA_65, bytes(size))


def test_keys_of_other_kinds_are_not_taken_for_one() -> None:
    other = SoftwareSigner.generate(default_algorithm(KeyKind.ED25519))

    assert recognize_private_key(other.private) is None
    assert recognize_public_key(other.public_key.loaded) is None


# signatures


@pytest.mark.parametrize("kind", KINDS)
def test_every_signature_of_a_message_is_another_one_and_all_hold(kind: KeyKind) -> None:
    signer = zero_seed(kind)

    signatures = {signer.sign(b"message") for _ in range(3)}

    assert len(signatures) == 3
    assert all(signer.public_key.verify(signature, b"message") for signature in signatures)


def test_a_signature_with_a_context_string_does_not_hold() -> None:
    private = mldsa.MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    key = PublicKey.from_loaded(private.public_key())

    assert key.verify(private.sign(b"message", b""), b"message")
    assert not key.verify(private.sign(b"message", b"emblem"), b"message")


def test_a_signature_in_another_parameter_set_does_not_hold() -> None:
    small, large = zero_seed(KeyKind.ML_DSA_44), zero_seed(KeyKind.ML_DSA_65)

    assert not small.public_key.verify(large.sign(b"message"), b"message")
    assert not large.public_key.verify(small.sign(b"message"), b"message")


# where the library has none


@pytest.fixture
def _lacking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A ``cryptography`` that was built with an OpenSSL of before 3.5."""

    def unsupported(_: bytes) -> object:
        raise UnsupportedAlgorithm("ML-DSA is not supported by this backend.")

    for name in ("MLDSA44", "MLDSA65", "MLDSA87"):
        monkeypatch.setattr(getattr(mldsa, name + "PublicKey"), "from_public_bytes", unsupported)
        monkeypatch.setattr(getattr(mldsa, name + "PrivateKey"), "from_seed_bytes", unsupported)
    has_ml_dsa.cache_clear()
    yield
    has_ml_dsa.cache_clear()


def test_the_locked_library_has_it() -> None:
    assert has_ml_dsa()


def test_it_is_loaded_only_where_it_is_met() -> None:
    code = (
        "import sys; from emblem.codec.cose_key import decode_key; from emblem.keys.algorithms import find_algorithm\n"
        "find_algorithm(-7); print([name for name in sys.modules if name.endswith('.mldsa')])"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"[]\n"


@pytest.mark.usefixtures("_lacking")
@pytest.mark.parametrize("number", [-48, -49, -50])
def test_without_support_its_numbers_are_unknown(number: int) -> None:
    assert not has_ml_dsa()
    assert find_algorithm(number) is None


@pytest.mark.usefixtures("_lacking")
def test_without_support_the_other_algorithms_are_known() -> None:
    assert find_algorithm(-7) is not None


@pytest.mark.usefixtures("_lacking")
@pytest.mark.parametrize("kind", KINDS)
def test_without_support_loading_and_generating_say_what_is_missing(kind: KeyKind) -> None:
    expected = f"found {kind.label}, expected one that the installed cryptography has"

    with pytest.raises(UnknownAlgorithmError, match=expected):
        load_public_key(kind, bytes(kind.size))
    with pytest.raises(UnknownAlgorithmError, match=expected):
        SoftwareSigner.generate(default_algorithm(kind))


def test_a_subject_public_key_info_of_one_kind_is_not_read_as_another() -> None:
    data = zero_seed(KeyKind.ML_DSA_44).public_key.loaded.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    # The object identifiers of ML-DSA-44 and -65 are 2.16.840.1.101.3.4.3.17 and .18 (RFC 9881, section 2).
    other = data.replace(bytes.fromhex("608648016503040311"), bytes.fromhex("608648016503040312"))

    assert data != other
    with pytest.raises(MalformedError):
        PublicKey.from_spki(other)
