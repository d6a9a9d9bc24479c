"""The signature algorithms of the field (RFC 9053, RFC 9864, RFC 7518, RFC 8037, RFC 9964)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from emblem.keys.capability import has_ml_dsa


class KeyType(IntEnum):
    """A type of keys, with its number in COSE (RFC 9053, section 7; RFC 9964, section 3)."""

    OKP = 1
    EC2 = 2
    AKP = 7


class KeyKind(Enum):
    """A kind of keys that we verify with: a curve, or an algorithm that has keys of its own.

    Members are its name, its key type, the number of its curve in COSE, and a size.
    """

    P256 = ("P-256", KeyType.EC2, 1, 32)
    P384 = ("P-384", KeyType.EC2, 2, 48)
    P521 = ("P-521", KeyType.EC2, 3, 66)
    ED25519 = ("Ed25519", KeyType.OKP, 6, 32)
    ML_DSA_44 = ("ML-DSA-44", KeyType.AKP, None, 1312)
    ML_DSA_65 = ("ML-DSA-65", KeyType.AKP, None, 1952)
    ML_DSA_87 = ("ML-DSA-87", KeyType.AKP, None, 2592)

    __hash__ = object.__hash__
    """By identity: every key and signature looks something up by its kind, and the hash of Enum runs in Python."""

    def __init__(self, label: str, type: KeyType, curve: int | None, size: int) -> None:
        self.label = label
        self.type = type
        self.curve = curve
        """The number of the curve in COSE; None for kinds that have none."""
        self.size = size
        """Bytes of one coordinate, or of the whole public key where it has no coordinates."""


KNOWN_KINDS = "P-256, P-384, P-521, Ed25519, or ML-DSA where the installed cryptography has it"
"""The kinds of keys in words, for errors."""

KNOWN_ALGORITHMS = "ES256, ES384, ES512, EdDSA, or ML-DSA where the installed cryptography has it"
"""The algorithms that keys are made for in words, for errors."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A signature algorithm that goes with exactly one kind of keys.

    ``cose`` is its number in COSE, ``jose`` its name in JWS tokens, None where it has none there. Two entries may
    mean the same computation (-7 and -9): they still differ when a token's is compared with a key's.
    """

    name: str
    cose: int
    jose: str | None
    kind: KeyKind


ALGORITHMS = (
    Algorithm("ES256", -7, "ES256", KeyKind.P256),
    Algorithm("ES384", -35, "ES384", KeyKind.P384),
    Algorithm("ES512", -36, "ES512", KeyKind.P521),
    Algorithm("EdDSA", -8, "EdDSA", KeyKind.ED25519),
    Algorithm("ESP256", -9, None, KeyKind.P256),
    Algorithm("ESP384", -51, None, KeyKind.P384),
    Algorithm("ESP512", -52, None, KeyKind.P521),
    Algorithm("Ed25519", -19, "Ed25519", KeyKind.ED25519),
    # RFC 9964 registers names in JOSE, too; the drafts of JWS tokens have none of them, so there they stay unknown.
    Algorithm("ML-DSA-44", -48, None, KeyKind.ML_DSA_44),
    Algorithm("ML-DSA-65", -49, None, KeyKind.ML_DSA_65),
    Algorithm("ML-DSA-87", -50, None, KeyKind.ML_DSA_87),
)
"""The algorithms that we verify. For each kind of keys the first one is the one that we write."""

_BY_IDENTIFIER: dict[int | str, Algorithm] = {
    **{algorithm.cose: algorithm for algorithm in ALGORITHMS},
    **{algorithm.jose: algorithm for algorithm in ALGORITHMS if algorithm.jose is not None},
}
_ML_DSA = frozenset({algorithm.cose for algorithm in ALGORITHMS if algorithm.kind.type is KeyType.AKP})
_FORBIDDEN = frozenset({"none", "HS256", "HS384", "HS512", 4, 5, 6, 7, 14, 15, 25, 26})


def find_algorithm(identifier: int | str) -> Algorithm | None:
    """The algorithm with a COSE number or JOSE name, or None where we do not know it.

    ML-DSA is unknown where the installed library lacks it: what cannot be judged is set aside, not refused.
    """
    algorithm = _BY_IDENTIFIER.get(identifier)
    return None if identifier in _ML_DSA and not has_ml_dsa() else algorithm


def is_forbidden(identifier: int | str) -> bool:
    """Whether an algorithm can never make a token: ``none`` and the message authentication codes.

    Those of COSE are 4 to 7 and 14, 15, 25, 26 (RFC 9053, section 3), those of JOSE begin with HS.
    """
    return identifier in _FORBIDDEN


def default_algorithm(kind: KeyKind) -> Algorithm:
    """The algorithm that we write for keys of a kind."""
    return next(algorithm for algorithm in ALGORITHMS if algorithm.kind is kind)
