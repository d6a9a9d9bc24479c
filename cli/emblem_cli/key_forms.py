"""A public key in all the forms in which commands print it."""

from __future__ import annotations

from typing import Any

from emblem.codec.cose_key import encode_key
from emblem.codec.jwk import write_jwk
from emblem.keys.public import PublicKey


def key_forms(key: PublicKey) -> dict[str, Any]:
    """The key, by the names that its forms have in JSON."""
    return {
        "algorithm": key.writing_algorithm.name,
        "key_identifier": key.cose_thumbprint,
        "jwk_key_identifier": key.jwk_thumbprint,
        "cose_key": encode_key(key).hex(),
        "jwk": write_jwk(key),
        "pem": key.to_pem(),
    }
