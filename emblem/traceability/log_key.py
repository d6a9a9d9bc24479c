"""The keys of logs, and what they sign (RFC 6962, section 2.1.4)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from emblem.codec.base64 import decode_base64
from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.traceability.sct import DigitallySigned

_PUBLIC_KEY = re.compile(rb"-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----")
_RSA_WITH_SHA256, _ECDSA_WITH_SHA256 = (4, 1), (4, 3)
_SMALLEST_RSA = 2048
_ECDSA = ec.ECDSA(SHA256())
_EXPECTED = f"an ECDSA key on P-256, or an RSA key of {_SMALLEST_RSA} bits or more"


@dataclass(frozen=True)
class LogKey:
    """The public key of a log.

    ``encoded`` is its SubjectPublicKeyInfo in DER, ``algorithm`` the numbers of the hash and the signature that go with
    it (RFC 5246, section 7.4.1.4.1).
    """

    encoded: bytes
    algorithm: tuple[int, int]
    loaded: ec.EllipticCurvePublicKey | rsa.RSAPublicKey = field(repr=False, compare=False)

    @classmethod
    def decode(cls, name: str, data: bytes) -> LogKey:
        """Read a SubjectPublicKeyInfo in DER.

        Args:
            name: what the data is, for the errors.
            data: the structure.

        Raises:
            MalformedError: the data is no such structure.
            UnknownAlgorithmError: logs must not have keys of this kind.
        """
        try:
            loaded = load_der_public_key(data)
        except UnsupportedAlgorithm as error:
            raise UnknownAlgorithmError(name, str(error), _EXPECTED) from error
        except ValueError as error:
            raise MalformedError(name, f"{len(data)} bytes", "a SubjectPublicKeyInfo in DER") from error
        if isinstance(loaded, ec.EllipticCurvePublicKey) and isinstance(loaded.curve, ec.SECP256R1):
            return cls(data, _ECDSA_WITH_SHA256, loaded)
        if isinstance(loaded, rsa.RSAPublicKey) and loaded.key_size >= _SMALLEST_RSA:
            return cls(data, _RSA_WITH_SHA256, loaded)
        raise UnknownAlgorithmError(name, f"a key of another kind ({type(loaded).__name__})", _EXPECTED)

    @classmethod
    def from_pem(cls, name: str, data: bytes) -> LogKey:
        """Read a public key from PEM; errors as in :meth:`decode`."""
        match = _PUBLIC_KEY.search(data)
        if match is None:
            raise MalformedError(name, "no public key", "the public key of the log in PEM (-----BEGIN PUBLIC KEY-----)")
        return cls.decode(name, decode_base64(name, b"".join(match[1].split()).decode("ascii")))

    @cached_property
    def log_id(self) -> bytes:
        """The 32 bytes that name the log: the SHA-256 of its key."""
        return hashlib.sha256(self.encoded).digest()

    def verify(self, signed: DigitallySigned, message: bytes) -> bool:
        """Whether a signature by this key holds; one that says it is in another algorithm than the key's does not."""
        if (signed.hash_algorithm, signed.signature_algorithm) != self.algorithm:
            return False
        try:
            if isinstance(self.loaded, ec.EllipticCurvePublicKey):
                self.loaded.verify(signed.signature, message, _ECDSA)
            else:
                self.loaded.verify(signed.signature, message, padding.PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True
