"""Private keys as JSON Web Keys (RFC 7517; RFC 7518, section 6.2.2; RFC 8037, section 2), for reading only."""

from __future__ import annotations

from emblem.codec.base64 import decode_base64url
from emblem.codec.jwk import read_jwk
from emblem.codec.strict_json import decode_object
from emblem.errors import KeyFileError, UnknownAlgorithmError
from emblem.keys.public import PublicKey
from emblem.keys.signing import SoftwareSigner


def read_private_jwk(field: str, data: bytes) -> SoftwareSigner:
    """Read a private key with its public members and its algorithm.

    Raises:
        MalformedError: it is no JWK with an algorithm that fits.
        KeyFileError: it is not private, or its two halves do not belong together.
        UnknownAlgorithmError: its algorithm is none that we know.
    """
    members = dict(decode_object(field, data))
    value = members.pop("d", None)
    if not isinstance(value, str):
        raise KeyFileError(field, "a JWK without member d", "a private key")
    # Key operations say what this half is for; that it signs is what the other half verifies.
    members.pop("key_ops", None)
    key = read_jwk(members)
    if not isinstance(key, PublicKey):
        raise UnknownAlgorithmError(field, f"the algorithm {key.algorithm!r}", "ES256, ES384, ES512 or EdDSA")
    return SoftwareSigner.from_value(key, decode_base64url("JWK member d", value))
