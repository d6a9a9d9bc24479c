"""The algorithms of the field: which there are, which go with which kind of keys, which never count."""

from __future__ import annotations

import pytest

from emblem.keys.algorithms import ALGORITHMS, KeyKind, default_algorithm, find_algorithm, is_forbidden


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (-7, KeyKind.P256),
        (-35, KeyKind.P384),
        (-36, KeyKind.P521),
        (-8, KeyKind.ED25519),
        (-9, KeyKind.P256),
        (-51, KeyKind.P384),
        (-52, KeyKind.P521),
        (-19, KeyKind.ED25519),
        (-48, KeyKind.ML_DSA_44),
        (-49, KeyKind.ML_DSA_65),
        (-50, KeyKind.ML_DSA_87),
    ],
)
def test_a_cose_number_goes_with_one_kind_of_keys(number: int, kind: KeyKind) -> None:
    algorithm = find_algorithm(number)

    assert algorithm is not None
    assert algorithm.kind is kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ES256", KeyKind.P256),
        ("ES384", KeyKind.P384),
        ("ES512", KeyKind.P521),
        ("EdDSA", KeyKind.ED25519),
        ("Ed25519", KeyKind.ED25519),
    ],
)
def test_a_jose_name_goes_with_one_kind_of_keys(name: str, kind: KeyKind) -> None:
    algorithm = find_algorithm(name)

    assert algorithm is not None
    assert algorithm.kind is kind


@pytest.mark.parametrize(
    "identifier", [0, 1, -1, -47, -53, -257, "es256", "ESP256", "ES256K", "RS256", "ML-DSA-44", "none", "", "-7"]
)
def test_any_other_identifier_is_unknown(identifier: int | str) -> None:
    assert find_algorithm(identifier) is None


@pytest.mark.parametrize("identifier", ["none", "HS256", "HS384", "HS512", 4, 5, 6, 7, 14, 15, 25, 26])
def test_no_signature_and_message_authentication_codes_are_forbidden(identifier: int | str) -> None:
    assert is_forbidden(identifier)


@pytest.mark.parametrize("identifier", ["ES256", "RS256", "NONE", 0, 1, 3, 8, 13, 16, 24, 27, -7, -47])
def test_signature_algorithms_are_not_forbidden_even_if_unknown(identifier: int | str) -> None:
    assert not is_forbidden(identifier)


def test_the_numbers_of_rfc_9864_differ_from_the_old_ones_when_compared() -> None:
    assert find_algorithm(-7) != find_algorithm(-9)
    assert find_algorithm(-8) != find_algorithm(-19)


@pytest.mark.parametrize(
    ("kind", "number"), [(KeyKind.P256, -7), (KeyKind.P384, -35), (KeyKind.P521, -36), (KeyKind.ED25519, -8)]
)
def test_the_old_number_is_the_one_that_is_written(kind: KeyKind, number: int) -> None:
    assert default_algorithm(kind).cose == number


@pytest.mark.parametrize("kind", KeyKind)
def test_a_key_without_a_curve_has_one_algorithm_of_its_own(kind: KeyKind) -> None:
    # Its thumbprint covers the algorithm, which a key in PEM does not say.
    fitting = [algorithm.name for algorithm in ALGORITHMS if algorithm.kind is kind]

    assert (kind.curve is None) == (fitting == [kind.label])


def test_no_identifier_means_two_algorithms() -> None:
    assert len({algorithm.cose for algorithm in ALGORITHMS}) == len(ALGORITHMS)
