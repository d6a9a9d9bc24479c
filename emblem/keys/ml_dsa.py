"""ML-DSA keys (FIPS 204) of the library ``cryptography``, which is asked for them only where one is met.

Private keys are seeds of 32 bytes (RFC 9964, section 4); signatures have the empty context string (section 5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm

from emblem.errors import UnknownAlgorithmError
from emblem.keys.algorithms import KeyKind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import mldsa

MlDsaPublicKey: TypeAlias = "mldsa.MLDSA44PublicKey | mldsa.MLDSA65PublicKey | mldsa.MLDSA87PublicKey"
MlDsaPrivateKey: TypeAlias = "mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey"


def load_public_key(kind: KeyKind, data: bytes) -> MlDsaPublicKey:
    """Load a public key from its bytes, which must be as many as its kind has.

    Raises:
        UnknownAlgorithmError: the installed library has no ML-DSA.
    """
    from cryptography.hazmat.primitives.asymmetric import mldsa

    loaders: Mapping[KeyKind, Callable[[bytes], MlDsaPublicKey]] = {
        KeyKind.ML_DSA_44: mldsa.MLDSA44PublicKey.from_public_bytes,
        KeyKind.ML_DSA_65: mldsa.MLDSA65PublicKey.from_public_bytes,
        KeyKind.ML_DSA_87: mldsa.MLDSA87PublicKey.from_public_bytes,
    }
    try:
        return loaders[kind](data)
    except UnsupportedAlgorithm as error:
        raise _missing(kind) from error


def load_private_key(kind: KeyKind, seed: bytes) -> MlDsaPrivateKey:
    """Load a private key from its seed.

    Raises:
        ValueError: the seed has not 32 bytes.
        UnknownAlgorithmError: the installed library has no ML-DSA.
    """
    from cryptography.hazmat.primitives.asymmetric import mldsa

    loaders: Mapping[KeyKind, Callable[[bytes], MlDsaPrivateKey]] = {
        KeyKind.ML_DSA_44: mldsa.MLDSA44PrivateKey.from_seed_bytes,
        KeyKind.ML_DSA_65: mldsa.MLDSA65PrivateKey.from_seed_bytes,
        KeyKind.ML_DSA_87: mldsa.MLDSA87PrivateKey.from_seed_bytes,
    }
    try:
        return loaders[kind](seed)
    except UnsupportedAlgorithm as error:
        raise _missing(kind) from error


def recognize_public_key(loaded: object) -> tuple[KeyKind, MlDsaPublicKey] | None:
    """The kind of a public key of the library, and the key itself; None if it is no ML-DSA key."""
    from cryptography.hazmat.primitives.asymmetric import mldsa

    if isinstance(loaded, mldsa.MLDSA44PublicKey):
        return KeyKind.ML_DSA_44, loaded
    if isinstance(loaded, mldsa.MLDSA65PublicKey):
        return KeyKind.ML_DSA_65, loaded
    if isinstance(loaded, mldsa.MLDSA87PublicKey):
        return KeyKind.ML_DSA_87, loaded
    return None


def recognize_private_key(loaded: object) -> MlDsaPrivateKey | None:
    """A private key of the library if it is one for ML-DSA, else None."""
    from cryptography.hazmat.primitives.asymmetric import mldsa

    if isinstance(loaded, mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey):
        return loaded
    return None


def _missing(kind: KeyKind) -> UnknownAlgorithmError:
    return UnknownAlgorithmError(
        "algorithm", kind.label, "one that the installed cryptography has; for ML-DSA, built with OpenSSL 3.5 or later"
    )
