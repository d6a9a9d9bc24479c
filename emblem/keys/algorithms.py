"""The signature algorithms of the field (RFC 9053, RFC 9864, RFC 7518, RFC 8037)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Curve(Enum):
    """An elliptic curve of keys that we verify with: its name and its number in COSE."""

    P256 = ("P-256", 1, 32)
    P384 = ("P-384", 2, 48)
    P521 = ("P-521", 3, 66)
    ED25519 = ("Ed25519", 6, 32)

    def __init__(self, label: str, cose_number: int, size: int) -> None:
        self.label = label
        self.cose_number = cose_number
        self.size = size
        """Bytes of one coordinate, or of the whole public key for Ed25519."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A signature algorithm that goes with exactly one curve.

    ``cose`` is its number in COSE, ``jose`` its name in JWS, None where it has none there. Two entries may
    mean the same computation (-7 and -9): they still differ when a token's is compared with a key's.
    """

    name: str
    cose: int
    jose: str | None
    curve: Curve


ALGORITHMS = (
    Algorithm("ES256", -7, "ES256", Curve.P256),
    Algorithm("ES384", -35, "ES384", Curve.P384),
    Algorithm("ES512", -36, "ES512", Curve.P521),
    Algorithm("EdDSA", -8, "EdDSA", Curve.ED25519),
    Algorithm("ESP256", -9, None, Curve.P256),
    Algorithm("ESP384", -51, None, Curve.P384),
    Algorithm("ESP512", -52, None, Curve.P521),
    Algorithm("Ed25519", -19, "Ed25519", Curve.ED25519),
)
"""The algorithms that we verify. For each curve the first one is the one that we write."""

_BY_IDENTIFIER: dict[int | str, Algorithm] = {
    **{algorithm.cose: algorithm for algorithm in ALGORITHMS},
    **{algorithm.jose: algorithm for algorithm in ALGORITHMS if algorithm.jose is not None},
}
_FORBIDDEN = frozenset({"none", "HS256", "HS384", "HS512", 4, 5, 6, 7, 14, 15, 25, 26})


def find_algorithm(identifier: int | str) -> Algorithm | None:
    """The algorithm with a COSE number or JOSE name, or None where we do not know it."""
    return _BY_IDENTIFIER.get(identifier)


def is_forbidden(identifier: int | str) -> bool:
    """Whether an algorithm can never make a token: ``none`` and the message authentication codes.

    Those of COSE are 4 to 7 and 14, 15, 25, 26 (RFC 9053, section 3), those of JOSE begin with HS.
    """
    return identifier in _FORBIDDEN


def default_algorithm(curve: Curve) -> Algorithm:
    """The algorithm that we write for keys of a curve."""
    return next(algorithm for algorithm in ALGORITHMS if algorithm.curve is curve)
