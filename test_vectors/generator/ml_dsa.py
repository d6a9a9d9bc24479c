"""Keys for ML-DSA (FIPS 204, RFC 9964). Its signatures are randomized here, so those once made are kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, cached_property

from cryptography.hazmat.primitives.asymmetric import mldsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from test_vectors.generator.encoding import base64url, cbor
from test_vectors.generator.keys import derive
from test_vectors.generator.signatures import keep

_KTY = 7


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One of the three sets of parameters, with its number in COSE."""

    name: str
    alg: int


ML_DSA_44 = ParameterSet("ML-DSA-44", -48)
ML_DSA_65 = ParameterSet("ML-DSA-65", -49)
ML_DSA_87 = ParameterSet("ML-DSA-87", -50)


@dataclass(frozen=True)
class MlDsaKey:
    """A key pair by its label. The seed is derived as those of the other keys are."""

    label: str
    kind: ParameterSet

    @property
    def alg(self) -> int:
        """The COSE number that its records and tokens write."""
        return self.kind.alg

    @cached_property
    def private_bytes(self) -> bytes:
        """The seed."""
        return derive(f"{self.kind.name} {self.label}", 32)

    @cached_property
    def private(self) -> mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey:
        """The private key."""
        if self.kind is ML_DSA_44:
            return mldsa.MLDSA44PrivateKey.from_seed_bytes(self.private_bytes)
        if self.kind is ML_DSA_65:
            return mldsa.MLDSA65PrivateKey.from_seed_bytes(self.private_bytes)
        return mldsa.MLDSA87PrivateKey.from_seed_bytes(self.private_bytes)

    @cached_property
    def public_bytes(self) -> bytes:
        """The public key."""
        return self.private.public_key().public_bytes_raw()

    @property
    def parameters(self) -> dict[int, object]:
        """The COSE_Key: all of its parameters make the thumbprint (RFC 9964, section 6)."""
        return {1: _KTY, 3: self.alg, -1: self.public_bytes}

    @property
    def record(self) -> bytes:
        """The COSE_Key record."""
        return cbor(self.parameters)

    @property
    def kid(self) -> bytes:
        """The COSE Key Thumbprint."""
        return hashlib.sha256(self.record).digest()

    @property
    def jwk(self) -> dict[str, object]:
        """The JWK."""
        return {"alg": self.kind.name, "kty": "AKP", "pub": base64url(self.public_bytes)}

    @property
    def pem(self) -> str:
        """The public key as SubjectPublicKeyInfo in PEM."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, message: bytes) -> bytes:
        """The signature of a message that is kept."""
        return self.sign_with(message)

    def sign_with(self, message: bytes, *, context: bytes = b"", copy: int = 0) -> bytes:
        """A signature with a context string; every ``copy`` is another one."""
        name = f"{self.kind.name} {self.label} {copy}".encode()
        return keep(lambda: self.private.sign(message, context), name, self.public_bytes, context, message)


@cache
def ml_dsa_key(label: str, kind: ParameterSet = ML_DSA_44) -> MlDsaKey:
    """The key with a label in a parameter set."""
    return MlDsaKey(label, kind)
