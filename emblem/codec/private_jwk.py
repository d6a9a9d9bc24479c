"""Private keys as JSON Web Keys (RFC 7518, section 6.2.2; RFC 8037; of ML-DSA, RFC 9964), for reading only."""

from __future__ import annotations

from emblem.codec.base64 import decode_base64url
from emblem.codec.jwk import read_jwk
from emblem.codec.strict_json import decode_object
from emblem.errors import KeyFileError, UnknownAlgorithmError
from emblem.keys.algorithms import KNOWN_ALGORITHMS
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
    member = "priv" if members.get("kty") == "AKP" else "d"
    value = members.pop(member, None)
    if not isinstance(value, str):
        raise KeyFileError(field, f"a JWK without member {member}", "a private key")
    # Key operations say what this half is for; that it signs is what the other half verifies.
    members.pop("key_ops", None)
    key = read_jwk(members)
    if not isinstance(key, PublicKey):
        raise UnknownAlgorithmError(field, f"the algorithm {key.algorithm!r}", KNOWN_ALGORITHMS)
    return SoftwareSigner.from_value(key, decode_base64url(f"JWK member {member}", value))
