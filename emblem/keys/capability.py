"""What the installed cryptographic library can do beyond what every one can."""

from __future__ import annotations

from functools import cache

from cryptography.exceptions import UnsupportedAlgorithm

_SIZE = 1312
"""Bytes of an ML-DSA-44 public key (FIPS 204, table 2); any bytes are one."""


@cache
def has_ml_dsa() -> bool:
    """Whether there is ML-DSA (FIPS 204): a ``cryptography`` that was built with OpenSSL before 3.5 has none.

    Asked only where ML-DSA is met: the first time costs milliseconds.
    """
    from cryptography.hazmat.primitives.asymmetric import mldsa

    try:
        mldsa.MLDSA44PublicKey.from_public_bytes(bytes(_SIZE))
    except UnsupportedAlgorithm:
        return False
    return True
