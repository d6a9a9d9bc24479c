"""Public keys: what a signature is verified with, and the identifiers that name it."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import Algorithm, Curve, default_algorithm
from emblem.model.token import Format

LoadedKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

ELLIPTIC_CURVES: dict[Curve, ec.EllipticCurve] = {
    Curve.P256: ec.SECP256R1(),
    Curve.P384: ec.SECP384R1(),
    Curve.P521: ec.SECP521R1(),
}
"""The curves of ECDSA as the library ``cryptography`` names them."""

HASHES: dict[Curve, hashes.HashAlgorithm] = {
    Curve.P256: hashes.SHA256(),
    Curve.P384: hashes.SHA384(),
    Curve.P521: hashes.SHA512(),
}
"""The hash function that goes with each curve of ECDSA (RFC 9864, section 2.1)."""

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_BASE32_PAIRS = tuple(first + second for first in _BASE32 for second in _BASE32)
_FILL_BITS = 4
_PAIR_SHIFTS = tuple(range(250, -1, -10))
_CURVE_OF_NAME = {curve.name: ours for ours, curve in ELLIPTIC_CURVES.items()}


@dataclass(frozen=True)
class PublicKey:
    """A public key on one of our curves.

    ``x`` and ``y`` are the coordinates, big-endian, of the curve's full length; an Ed25519 key has its 32 bytes
    in ``x`` and None for ``y``. ``algorithm`` is None for a key that came without one (PEM, a certificate):
    any that fits its curve may then be used with it.
    """

    curve: Curve
    x: bytes
    y: bytes | None
    algorithm: Algorithm | None
    loaded: LoadedKey = field(repr=False, compare=False)

    @classmethod
    def from_coordinates(cls, curve: Curve, x: bytes, y: bytes | bool | None, algorithm: Algorithm | None) -> PublicKey:
        """Build a key from its parameters as COSE_Key and JWK give them.

        A ``y`` of True or False is the sign bit of a compressed point (RFC 9053, section 7.1.1).

        Raises:
            MalformedError: a coordinate has another length than the curve's, or the point is not on the curve,
                or the algorithm is that of another curve.
        """
        if algorithm is not None and algorithm.curve is not curve:
            raise MalformedError("key algorithm", algorithm.name, f"one that goes with {curve.label}")
        for name, coordinate in (("x", x), ("y", y)):
            if isinstance(coordinate, bytes) and len(coordinate) != curve.size:
                raise MalformedError(
                    f"key parameter {name}",
                    f"{len(coordinate)} bytes",
                    f"{curve.size} bytes for {curve.label}",
                )
        if curve is Curve.ED25519:
            return cls(curve, x, None, algorithm, ed25519.Ed25519PublicKey.from_public_bytes(x))
        loaded = _load_point(curve, x, y)
        return cls(curve, x, y if isinstance(y, bytes) else _coordinates(loaded)[1], algorithm, loaded)

    @classmethod
    def from_loaded(cls, loaded: object) -> PublicKey:
        """Build a key, without an algorithm, from one of the library ``cryptography``.

        Raises:
            UnknownAlgorithmError: the key is of a type or curve that no known algorithm uses.
        """
        if isinstance(loaded, ed25519.Ed25519PublicKey):
            return cls(Curve.ED25519, loaded.public_bytes(Encoding.Raw, PublicFormat.Raw), None, None, loaded)
        if isinstance(loaded, ec.EllipticCurvePublicKey) and loaded.curve.name in _CURVE_OF_NAME:
            x, y = _coordinates(loaded)
            return cls(_CURVE_OF_NAME[loaded.curve.name], x, y, None, loaded)
        kind = loaded.curve.name if isinstance(loaded, ec.EllipticCurvePublicKey) else type(loaded).__name__
        raise UnknownAlgorithmError("key type", kind, "P-256, P-384, P-521 or Ed25519")

    @classmethod
    def from_spki(cls, data: bytes) -> PublicKey:
        """Read a SubjectPublicKeyInfo in DER (RFC 5280, section 4.1); it has no algorithm.

        Raises:
            MalformedError: the bytes are no such structure.
            UnknownAlgorithmError: the key is of a type that no known algorithm uses.
        """
        try:
            loaded = load_der_public_key(data)
        except UnsupportedAlgorithm as error:
            raise UnknownAlgorithmError("key type", str(error), "P-256, P-384, P-521 or Ed25519") from error
        except (ValueError, TypeError) as error:
            raise MalformedError("public key", f"{len(data)} bytes", "a SubjectPublicKeyInfo in DER") from error
        return cls.from_loaded(loaded)

    @property
    def writing_algorithm(self) -> Algorithm:
        """The algorithm to write for this key: its own, or the usual one of its curve."""
        return self.algorithm or default_algorithm(self.curve)

    def allows(self, algorithm: Algorithm) -> bool:
        """Whether a token in this algorithm may be verified with this key: the same number, or none given."""
        return algorithm == self.algorithm if self.algorithm is not None else algorithm.curve is self.curve

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether a signature in the form of COSE and JOSE (for ECDSA r and s, each of full length) holds."""
        try:
            if isinstance(self.loaded, ed25519.Ed25519PublicKey):
                self.loaded.verify(signature, message)
                return True
            if len(signature) != 2 * self.curve.size:
                return False
            r = int.from_bytes(signature[: self.curve.size], "big")
            s = int.from_bytes(signature[self.curve.size :], "big")
            self.loaded.verify(encode_dss_signature(r, s), message, ec.ECDSA(HASHES[self.curve]))
        except InvalidSignature:
            return False
        return True

    def identifier(self, format: Format) -> str:
        """The key identifier of a format: 52 characters of lower-case base32."""
        return self.jwk_thumbprint if format is Format.JWS else self.cose_thumbprint

    @cached_property
    def cose_thumbprint(self) -> str:
        """The SHA-256 COSE Key Thumbprint (RFC 9679) in lower-case base32 without padding."""
        curve = bytes([self.curve.cose_number])
        head = b"\x58" + bytes([self.curve.size])
        if self.y is None:
            encoded = b"\xa3\x01\x01\x20" + curve + b"\x21" + head + self.x
        else:
            encoded = b"\xa4\x01\x02\x20" + curve + b"\x21" + head + self.x + b"\x22" + head + self.y
        return identifier_text(hashlib.sha256(encoded).digest())

    @cached_property
    def jwk_thumbprint(self) -> str:
        """The SHA-256 JWK Thumbprint (RFC 7638) in lower-case base32 without padding."""
        x = urlsafe_b64encode(self.x).rstrip(b"=").decode()
        if self.y is None:
            text = f'{{"crv":"{self.curve.label}","kty":"OKP","x":"{x}"}}'
        else:
            y = urlsafe_b64encode(self.y).rstrip(b"=").decode()
            text = f'{{"crv":"{self.curve.label}","kty":"EC","x":"{x}","y":"{y}"}}'
        return identifier_text(hashlib.sha256(text.encode()).digest())

    def to_pem(self) -> str:
        """The key as a SubjectPublicKeyInfo in PEM (RFC 7468); the algorithm is not part of it."""
        return self.loaded.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """A well-formed key in an algorithm that we do not know: tokens that name it cannot be judged."""

    identifier: str
    algorithm: int | str


def identifier_text(digest: bytes) -> str:
    """A key identifier as text: the 32 bytes in base32, lower case, without padding (RFC 4648, section 6).

    By table, two characters at a time: the standard library takes five times as long, which shows in a scan.
    """
    bits = int.from_bytes(digest, "big") << _FILL_BITS
    return "".join([_BASE32_PAIRS[bits >> shift & 1023] for shift in _PAIR_SHIFTS])


def _load_point(curve: Curve, x: bytes, y: bytes | bool | None) -> ec.EllipticCurvePublicKey:
    if isinstance(y, bytes):
        point = b"\x04" + x + y
    elif y is None:
        raise MalformedError("key parameter y", "nothing", f"a coordinate, since {curve.label} needs one")
    else:
        point = (b"\x03" if y else b"\x02") + x
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ELLIPTIC_CURVES[curve], point)
    except ValueError as error:
        raise MalformedError("key point", "a point that is not on it", f"a point on {curve.label}") from error


def _coordinates(loaded: ec.EllipticCurvePublicKey) -> tuple[bytes, bytes]:
    point = loaded.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]
    return point[: len(point) // 2], point[len(point) // 2 :]
