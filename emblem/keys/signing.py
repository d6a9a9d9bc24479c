"""Signing keys behind one small interface, so that a file and a hardware token serve alike."""

from __future__ import annotations

import os
from typing import Protocol, TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from emblem.errors import KeyFileError, UnknownAlgorithmError
from emblem.keys.algorithms import Algorithm, KeyKind, KeyType
from emblem.keys.ml_dsa import MlDsaPrivateKey, load_private_key
from emblem.keys.public import ELLIPTIC_CURVES, HASHES, PublicKey

PrivateKey: TypeAlias = "ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | MlDsaPrivateKey"

_SEED_SIZE = 32
"""Bytes of a private key for ML-DSA (RFC 9964, section 4)."""


class Signer(Protocol):
    """Whatever holds a private key and signs with it."""

    @property
    def public_key(self) -> PublicKey:
        """The public half, with the algorithm that it signs in."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign in the form of COSE and JOSE: for ECDSA r and s, each of the curve's full length."""
        ...


class SoftwareSigner:
    """A private key in this process's memory. Its representation never shows the key.

    ECDSA is deterministic (RFC 6979), as Ed25519 is: the same message gives the same signature, and a weak random
    number generator cannot give the key away. ML-DSA is not: it mixes in random bytes (FIPS 204, section 3.4), so
    that every signature of a message is another one, and is safe with a weak generator, too.
    """

    __slots__ = ("_private", "_public")

    def __init__(self, private: PrivateKey, algorithm: Algorithm | None = None) -> None:
        self._private = private
        public = PublicKey.from_loaded(private.public_key())
        chosen = algorithm or public.writing_algorithm
        if chosen.kind is not public.kind:
            raise UnknownAlgorithmError("algorithm", chosen.name, f"one that goes with {public.kind.label}")
        self._public = PublicKey(public.kind, public.x, public.y, chosen, public.loaded)

    @classmethod
    def generate(cls, algorithm: Algorithm) -> SoftwareSigner:
        """Make a new key for an algorithm from the operating system's random numbers.

        Raises:
            UnknownAlgorithmError: the installed library has no ML-DSA.
        """
        if algorithm.kind.type is KeyType.AKP:
            return cls(load_private_key(algorithm.kind, os.urandom(_SEED_SIZE)), algorithm)
        if algorithm.kind is KeyKind.ED25519:
            return cls(ed25519.Ed25519PrivateKey.generate(), algorithm)
        return cls(ec.generate_private_key(ELLIPTIC_CURVES[algorithm.kind]), algorithm)

    @classmethod
    def from_value(cls, public: PublicKey, value: bytes) -> SoftwareSigner:
        """Build a key from the private parameter of a JWK: a big-endian number, or the 32 bytes of Ed25519 and ML-DSA.

        Raises:
            KeyFileError: the value is no private key, or not that of this public one.
        """
        try:
            private = _load_value(public.kind, value)
        except ValueError as error:
            expected = f"a private key for {public.kind.label}"
            raise KeyFileError("private key", f"{len(value)} bytes", expected) from error
        signer = cls(private, public.algorithm)
        if signer.public_key != public:
            raise KeyFileError("private key", "another key than the public one with it", "two halves of one key")
        return signer

    @property
    def public_key(self) -> PublicKey:
        """The public half, with the algorithm that this signer writes."""
        return self._public

    @property
    def private(self) -> PrivateKey:
        """The private key itself, for writing it into an encrypted file."""
        return self._private

    def sign(self, message: bytes) -> bytes:
        """Sign a message. The same message always gives the same bytes, but for ML-DSA."""
        if not isinstance(self._private, ec.EllipticCurvePrivateKey):
            return self._private.sign(message)
        kind = self._public.kind
        der = self._private.sign(message, ec.ECDSA(HASHES[kind], deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return r.to_bytes(kind.size, "big") + s.to_bytes(kind.size, "big")

    def __repr__(self) -> str:
        return f"SoftwareSigner({self._public.cose_thumbprint})"


def _load_value(kind: KeyKind, value: bytes) -> PrivateKey:
    if kind.type is KeyType.AKP:
        return load_private_key(kind, value)
    if kind is KeyKind.ED25519:
        return ed25519.Ed25519PrivateKey.from_private_bytes(value)
    return ec.derive_private_key(int.from_bytes(value, "big"), ELLIPTIC_CURVES[kind])
