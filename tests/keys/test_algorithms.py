"""The algorithms of the field: which there are, which go with which curve, which never count."""

from __future__ import annotations

import pytest

from emblem.keys.algorithms import ALGORITHMS, Curve, default_algorithm, find_algorithm, is_forbidden


@pytest.mark.parametrize(
    ("number", "curve"),
    [
        (-7, Curve.P256),
        (-35, Curve.P384),
        (-36, Curve.P521),
        (-8, Curve.ED25519),
        (-9, Curve.P256),
        (-51, Curve.P384),
        (-52, Curve.P521),
        (-19, Curve.ED25519),
    ],
)
def test_a_cose_number_goes_with_one_curve(number: int, curve: Curve) -> None:
    algorithm = find_algorithm(number)

    assert algorithm is not None
    assert algorithm.curve is curve


@pytest.mark.parametrize(
    ("name", "curve"),
    [
        ("ES256", Curve.P256),
        ("ES384", Curve.P384),
        ("ES512", Curve.P521),
        ("EdDSA", Curve.ED25519),
        ("Ed25519", Curve.ED25519),
    ],
)
def test_a_jose_name_goes_with_one_curve(name: str, curve: Curve) -> None:
    algorithm = find_algorithm(name)

    assert algorithm is not None
    assert algorithm.curve is curve


@pytest.mark.parametrize(
    "identifier", [0, 1, -1, -47, -48, -53, -257, "es256", "ESP256", "ES256K", "RS256", "none", "", "-7"]
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
    ("curve", "number"), [(Curve.P256, -7), (Curve.P384, -35), (Curve.P521, -36), (Curve.ED25519, -8)]
)
def test_the_old_number_is_the_one_that_is_written(curve: Curve, number: int) -> None:
    assert default_algorithm(curve).cose == number


def test_no_identifier_means_two_algorithms() -> None:
    assert len({algorithm.cose for algorithm in ALGORITHMS}) == len(ALGORITHMS)
