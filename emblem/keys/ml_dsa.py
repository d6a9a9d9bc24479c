"""ML-DSA keys (FIPS 204) of the library ``cryptography``, which is asked for them only where one is met.

Private keys are seeds of 32 bytes (RFC 9964, section 4); signatures have the empty context string (section 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm

from emblem.errors import UnknownAlgorithmError
from emblem.keys.algorithms import KeyKind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import mldsa

MlDsaPublicKey: TypeAlias = "mldsa.MLDSA44PublicKey | mldsa.MLDSA65PublicKey | mldsa.MLDSA87PublicKey"
MlDsaPrivateKey: TypeAlias = "mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey"

SEED_SIZE = 32
"""Bytes of a private key."""


def load_public_key(kind: KeyKind, data: bytes) -> MlDsaPublicKey:
    """Load a public key from its bytes, which must be as many as its kind has.

    Raises:
        UnknownAlgorithmError: the installed library has no ML-DSA.
    """
    try:
        return _public_class(kind).from_public_bytes(data)
    except UnsupportedAlgorithm as error:
        raise _missing(kind) from error


def generate_private_key(kind: KeyKind) -> MlDsaPrivateKey:
    """Make a key from the operating system's random numbers.

    Raises:
        UnknownAlgorithmError: the installed library has no ML-DSA.
    """
    try:
        return _private_class(kind).generate()
    except UnsupportedAlgorithm as error:
        raise _missing(kind) from error


def load_private_key(kind: KeyKind, seed: bytes) -> MlDsaPrivateKey:
    """Load a private key from its seed.

    Raises:
        ValueError: the seed has not 32 bytes.
        UnknownAlgorithmError: the installed library has no ML-DSA.
    """
    try:
        return _private_class(kind).from_seed_bytes(seed)
    except UnsupportedAlgorithm as error:
        raise _missing(kind) from error


def find_kind(loaded: object) -> tuple[KeyKind, MlDsaPublicKey] | None:
    """The kind of a public key of the library, with the key itself; None if it is no ML-DSA key."""
    from cryptography.hazmat.primitives.asymmetric import mldsa

    if isinstance(loaded, mldsa.MLDSA44PublicKey):
        return KeyKind.ML_DSA_44, loaded
    if isinstance(loaded, mldsa.MLDSA65PublicKey):
        return KeyKind.ML_DSA_65, loaded
    if isinstance(loaded, mldsa.MLDSA87PublicKey):
        return KeyKind.ML_DSA_87, loaded
    return None


def as_private_key(loaded: object) -> MlDsaPrivateKey | None:
    """A private key of the library if it is one for ML-DSA, else None."""
    from cryptography.hazmat.primitives.asymmetric import mldsa

    classes = mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey
    return loaded if isinstance(loaded, classes) else None
