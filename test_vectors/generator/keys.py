"""The keys of the vectors. They are derived from their labels, so everybody has them: never use one anywhere else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from test_vectors.generator.encoding import base32_lower, base64url, cbor

_SALT = b"emblem test vectors, never used elsewhere"


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve, its numbers in COSE, the algorithms that go with it, and what its arithmetic needs."""

    name: str
    kty: int
    cose: int
    size: int
    alg: int
    specified_alg: int
    jose_alg: str
    order: int
    field: int


P256 = Curve("P-256", 2, 1, 32, -7, -9, "ES256", ec.SECP256R1().group_order, 2**256 - 2**224 + 2**192 + 2**96 - 1)
P384 = Curve("P-384", 2, 2, 48, -35, -51, "ES384", ec.SECP384R1().group_order, 2**384 - 2**128 - 2**96 + 2**32 - 1)
P521 = Curve("P-521", 2, 3, 66, -36, -52, "ES512", ec.SECP521R1().group_order, 2**521 - 1)
ED25519 = Curve("Ed25519", 1, 6, 32, -8, -19, "EdDSA", 2**252 + 27742317777372353535851937790883648493, 2**255 - 19)

_LIBRARY_CURVES: dict[str, ec.EllipticCurve] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "P-256": hashes.SHA256(),
    "P-384": hashes.SHA384(),
    "P-521": hashes.SHA512(),
}


class AnyKey(Protocol):
    """What tokens and trust need of a key pair."""

    @property
    def alg(self) -> int:
        """The COSE number that its records and tokens write."""
        ...

    @property
    def kid(self) -> bytes:
        """The COSE Key Thumbprint."""
        ...

    @property
    def record(self) -> bytes:
        """The COSE_Key record."""
        ...

    @property
    def jwk(self) -> dict[str, object]:
        """The JWK."""
        ...

    @property
    def pem(self) -> str:
        """The public key in PEM."""
        ...

    def sign(self, message: bytes) -> bytes:
        """A signature that is the same whenever the vectors are generated."""
        ...


@dataclass(frozen=True)
class Key:
    """A key pair by its label; ``alg`` is the COSE number that its records and tokens write."""

    label: str
    curve: Curve
    alg: int

    @cached_property
    def private(self) -> ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
        """The private key: HKDF-SHA-256 of the label, reduced to a scalar (or the seed itself for Ed25519)."""
        name = f"{self.curve.name} {self.label}"
        if self.curve is ED25519:
            return ed25519.Ed25519PrivateKey.from_private_bytes(derive(name, 32))
        scalar = int.from_bytes(derive(name, self.curve.size + 8), "big") % (self.curve.order - 1) + 1
        return ec.derive_private_key(scalar, _LIBRARY_CURVES[self.curve.name])

    @cached_property
    def private_bytes(self) -> bytes:
        """The scalar or seed, as private parameters of COSE_Key and JWK hold it."""
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.private_bytes_raw()
        return self.private.private_numbers().private_value.to_bytes(self.curve.size, "big")

    @cached_property
    def _point(self) -> bytes:
        public = self.private.public_key()
        if isinstance(public, ed25519.Ed25519PublicKey):
            return public.public_bytes_raw()
        return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]

    @property
    def x(self) -> bytes:
        """The first coordinate, or the whole Ed25519 key."""
        return self._point[: self.curve.size]

    @property
    def y(self) -> bytes:
        """The second coordinate; empty for Ed25519."""
        return self._point[self.curve.size :]

    @property
    def required(self) -> dict[int, object]:
        """The COSE_Key parameters that make the thumbprint (RFC 9679, section 4)."""
        parameters: dict[int, object] = {1: self.curve.kty, -1: self.curve.cose, -2: self.x}
        return parameters | {-3: self.y} if self.y else parameters

    @property
    def parameters(self) -> dict[int, object]:
        """The COSE_Key as it is published: with ``alg``."""
        return {1: self.curve.kty, 3: self.alg} | {key: self.required[key] for key in self.required if key < 0}

    @property
    def record(self) -> bytes:
        """The COSE_Key record."""
        return cbor(self.parameters)

    @property
    def kid(self) -> bytes:
        """The COSE Key Thumbprint."""
        return hashlib.sha256(cbor(self.required)).digest()

    @property
    def jwk_members(self) -> dict[str, object]:
        """The JWK members that make the thumbprint, in its order (RFC 7638, section 3.2)."""
        if self.y:
            return {"crv": self.curve.name, "kty": "EC", "x": base64url(self.x), "y": base64url(self.y)}
        return {"crv": self.curve.name, "kty": "OKP", "x": base64url(self.x)}

    @property
    def jwk(self) -> dict[str, object]:
        """The JWK as it is published: with ``alg``."""
        return {"alg": self.curve.jose_alg} | self.jwk_members

    @property
    def jwk_kid(self) -> str:
        """The JWK Thumbprint as the text that JWS tokens write."""
        text = json.dumps(self.jwk_members, separators=(",", ":"), sort_keys=True)
        return base32_lower(hashlib.sha256(text.encode()).digest())

    @property
    def pem(self) -> str:
        """The public key as SubjectPublicKeyInfo in PEM: without algorithm."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def spki(self) -> bytes:
        """The public key as SubjectPublicKeyInfo."""
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign_der(self, message: bytes, hash_algorithm: hashes.HashAlgorithm | None = None) -> bytes:
        """An ECDSA signature (RFC 6979) as ASN.1 writes it, by default over the hash of the key's own algorithm."""
        assert isinstance(self.private, ec.EllipticCurvePrivateKey)
        chosen = hash_algorithm or _HASHES[self.curve.name]
        return self.private.sign(message, ec.ECDSA(chosen, deterministic_signing=True))

    def sign(self, message: bytes, hash_algorithm: hashes.HashAlgorithm | None = None) -> bytes:
        """A signature as COSE and JOSE write it. The same message always gives the same bytes."""
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(message)
        r, s = decode_dss_signature(self.sign_der(message, hash_algorithm))
        return self.join(r, s)

    def join(self, r: int, s: int) -> bytes:
        """The two halves of an ECDSA signature, each of full length."""
        return r.to_bytes(self.curve.size, "big") + s.to_bytes(self.curve.size, "big")

    def split(self, signature: bytes) -> tuple[int, int]:
        """The two numbers of an ECDSA signature."""
        return (
            int.from_bytes(signature[: self.curve.size], "big"),
            int.from_bytes(signature[self.curve.size :], "big"),
        )

    def twin(self, signature: bytes) -> bytes:
        """The second signature that anybody can make of an ECDSA signature: (r, n - s)."""
        r, s = self.split(signature)
        return self.join(r, self.curve.order - s)


@cache
def key(label: str, curve: Curve = P256, alg: int | None = None) -> Key:
    """The key with a label on a curve. The label and the curve make the key, ``alg`` only says how it is used."""
    return Key(label, curve, curve.alg if alg is None else alg)


def derive(label: str, size: int) -> bytes:
    """Bytes for a private key: HKDF-SHA-256 of a label."""
    return HKDF(hashes.SHA256(), size, _SALT, label.encode()).derive(b"test vectors")


EMBLEM = key("emblem")
"""Signs emblems."""
MIDDLE = key("middle")
"""Stands between the emblem's key and the root where a chain is longer."""
ROOT = key("root")
"""The root key of the issuer."""
AUTHORITY = key("authority")
"""The root key of an authority that endorses the issuer."""
AUTHORITY_2 = key("second authority")
"""The root key of another one."""
STRANGER = key("stranger")
"""Belongs to nobody: an attacker, or noise."""
