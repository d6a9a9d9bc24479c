"""Public keys: what a signature is verified with, and the identifiers that name it."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature as InvalidSignature
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import KNOWN_KINDS, Algorithm, KeyKind, KeyType, default_algorithm
from emblem.keys.ml_dsa import MlDsaPublicKey, load_public_key, recognize_public_key
from emblem.model.token import Format
from emblem.model.value import derived, quickly_made

LoadedKey: TypeAlias = "ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | MlDsaPublicKey"

# Looking a member up in its class takes as long as a call, before Python 3.12: those that every set needs are at hand.
_EC2, _AKP = KeyType.EC2, KeyType.AKP
_CWT, _JWS = Format.CWT, Format.JWS

ELLIPTIC_CURVES: dict[KeyKind, ec.EllipticCurve] = {
    KeyKind.P256: ec.SECP256R1(),
    KeyKind.P384: ec.SECP384R1(),
    KeyKind.P521: ec.SECP521R1(),
}
"""The curves of ECDSA as the library ``cryptography`` names them."""

HASHES: dict[KeyKind, hashes.HashAlgorithm] = {
    KeyKind.P256: hashes.SHA256(),
    KeyKind.P384: hashes.SHA384(),
    KeyKind.P521: hashes.SHA512(),
}
"""The hash function that goes with each curve of ECDSA (RFC 9864, section 2.1)."""

_SCHEMES = {kind: ec.ECDSA(function) for kind, function in HASHES.items()}

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_BASE32_PAIRS = tuple(first + second for first in _BASE32 for second in _BASE32)
_FILL_BITS = 4
_PAIR_SHIFTS = tuple(range(250, -1, -10))
_KIND_OF_NAME = {curve.name: ours for ours, curve in ELLIPTIC_CURVES.items()}


@quickly_made
@dataclass(frozen=True)
class PublicKey:
    """A public key of a kind that we know.

    ``x`` and ``y`` are the coordinates, big-endian, of the curve's full length. A key without coordinates (Ed25519,
    ML-DSA) has its bytes in ``x`` and None for ``y``. ``algorithm`` is None for a key that came without one (PEM, a
    certificate): any that fits its kind may then be used with it.
    """

    kind: KeyKind
    x: bytes
    y: bytes | None
    algorithm: Algorithm | None
    loaded: LoadedKey = field(repr=False, compare=False)

    def __reduce__(self) -> tuple[object, ...]:
        """Sent to another process as its parameters: what ``cryptography`` makes of them cannot be."""
        return PublicKey.from_parameters, (self.kind, self.x, self.y, self.algorithm)

    @classmethod
    def from_parameters(cls, kind: KeyKind, x: bytes, y: bytes | bool | None, algorithm: Algorithm | None) -> PublicKey:
        """Build a key from its parameters as COSE_Key and JWK give them.

        A ``y`` of True or False is the sign bit of a compressed point (RFC 9053, section 7.1.1). A key without
        coordinates has its bytes in ``x``: the parameter x of Ed25519, the parameter pub of ML-DSA.

        Raises:
            MalformedError: a parameter has another length than the kind's, or the point is not on the curve,
                or the algorithm is that of another kind.
            UnknownAlgorithmError: the installed library has no ML-DSA.
        """
        if algorithm is not None and algorithm.kind is not kind:
            raise MalformedError("key algorithm", algorithm.name, f"one that goes with {kind.label}")
        key_type = kind.type
        if len(x) != kind.size:
            raise _wrong_size("pub" if key_type is _AKP else "x", x, kind)
        if key_type is _EC2:
            if isinstance(y, bytes) and len(y) != kind.size:
                raise _wrong_size("y", y, kind)
            loaded = _load_point(kind, x, y)
            return cls(kind, x, y if isinstance(y, bytes) else _coordinates(loaded)[1], algorithm, loaded)
        if key_type is _AKP:
            return cls(kind, x, None, algorithm, load_public_key(kind, x))
        return cls(kind, x, None, algorithm, ed25519.Ed25519PublicKey.from_public_bytes(x))

    @classmethod
    def from_loaded(cls, loaded: object) -> PublicKey:
        """Build a key, without an algorithm, from one of the library ``cryptography``.

        Raises:
            UnknownAlgorithmError: the key is of a type or curve that no known algorithm uses.
        """
        if isinstance(loaded, ed25519.Ed25519PublicKey):
            return cls(KeyKind.ED25519, loaded.public_bytes(Encoding.Raw, PublicFormat.Raw), None, None, loaded)
        if isinstance(loaded, ec.EllipticCurvePublicKey):
            if loaded.curve.name not in _KIND_OF_NAME:
                raise UnknownAlgorithmError("key type", loaded.curve.name, KNOWN_KINDS)
            return cls(_KIND_OF_NAME[loaded.curve.name], *_coordinates(loaded), None, loaded)
        recognized = recognize_public_key(loaded)
        if recognized is None:
            raise UnknownAlgorithmError("key type", type(loaded).__name__, KNOWN_KINDS)
        kind, key = recognized
        return cls(kind, key.public_bytes_raw(), None, None, key)

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
            raise UnknownAlgorithmError("key type", str(error), KNOWN_KINDS) from error
        except (ValueError, TypeError) as error:
            raise MalformedError("public key", f"{len(data)} bytes", "a SubjectPublicKeyInfo in DER") from error
        return cls.from_loaded(loaded)

    @property
    def writing_algorithm(self) -> Algorithm:
        """The algorithm to write for this key: its own, or the usual one of its kind."""
        return self.algorithm or default_algorithm(self.kind)

    def allows(self, algorithm: Algorithm) -> bool:
        """Whether a token in this algorithm may be verified with this key: the same number, or none given."""
        return algorithm.cose == self.algorithm.cose if self.algorithm is not None else algorithm.kind is self.kind

    def serves(self, format: Format) -> bool:
        """Whether tokens of a format can be verified with it: in JWS tokens the field has no ML-DSA."""
        return format is _CWT or self.kind.type is not _AKP

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether a signature in the form of COSE and JOSE (for ECDSA r and s, each of full length) holds."""
        kind = self.kind
        try:
            if kind.type is not _EC2:
                self.loaded.verify(signature, message)  # type: ignore[call-arg]  # not of a curve with coordinates
                return True
            size = kind.size
            if len(signature) != 2 * size:
                return False
            r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
            self.loaded.verify(encode_dss_signature(r, s), message, _SCHEMES[kind])  # type: ignore[call-arg, arg-type]
        except InvalidSignature:
            return False
        return True

    def identifier(self, format: Format) -> str:
        """The key identifier of a format: 52 characters of lower-case base32."""
        return self.jwk_thumbprint if format is _JWS else self.cose_thumbprint

    @derived
    def cose_thumbprint(self) -> str:
        """The SHA-256 COSE Key Thumbprint (RFC 9679) in lower-case base32 without padding.

        Of ML-DSA it covers the algorithm, which is a required parameter there (RFC 9964, section 6).
        """
        before_x, before_y = _THUMBPRINT_PARTS[self.kind]
        encoded = before_x + self.x if self.y is None else before_x + self.x + before_y + self.y
        return identifier_text(hashlib.sha256(encoded).digest())

    @derived
    def jwk_thumbprint(self) -> str:
        """The SHA-256 JWK Thumbprint (RFC 7638; of ML-DSA, RFC 9964) in lower-case base32 without padding."""
        x = urlsafe_b64encode(self.x).rstrip(b"=").decode()
        if self.kind.curve is None:
            text = f'{{"alg":"{self.kind.label}","kty":"AKP","pub":"{x}"}}'
        elif self.y is None:
            text = f'{{"crv":"{self.kind.label}","kty":"OKP","x":"{x}"}}'
        else:
            y = urlsafe_b64encode(self.y).rstrip(b"=").decode()
            text = f'{{"crv":"{self.kind.label}","kty":"EC","x":"{x}","y":"{y}"}}'
        return identifier_text(hashlib.sha256(text.encode()).digest())

    def to_pem(self) -> str:
        """The key as a SubjectPublicKeyInfo in PEM (RFC 7468); the algorithm is not part of it."""
        return self.loaded.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """A well-formed key in an algorithm that we do not know: tokens that name it cannot be judged."""

    identifier: str
    algorithm: int | str


@lru_cache(maxsize=1024)
def identifier_text(digest: bytes) -> str:
    """A key identifier as text: the 32 bytes in base32, lower case, without padding (RFC 4648, section 6).

    By table, two characters at a time: the standard library takes five times as long, which shows in a scan. The last
    results are kept, since every key of a set is named in several of its records.
    """
    bits = int.from_bytes(digest, "big") << _FILL_BITS
    return "".join([_BASE32_PAIRS[bits >> shift & 1023] for shift in _PAIR_SHIFTS])


def _thumbprint_parts(kind: KeyKind) -> tuple[bytes, bytes]:
    """What the required parameters of a key are before x (or pub), and between x and y (RFC 8949, section 4.2.1)."""
    if kind.curve is None:
        number, size = -1 - default_algorithm(kind).cose, kind.size.to_bytes(2, "big")
        return b"\xa3\x01\x07\x03\x38" + bytes([number]) + b"\x20\x59" + size, b""
    parameters = b"\xa4\x01\x02" if kind.type is _EC2 else b"\xa3\x01\x01"
    head = b"\x58" + bytes([kind.size])
    return parameters + b"\x20" + bytes([kind.curve]) + b"\x21" + head, b"\x22" + head


_THUMBPRINT_PARTS = {kind: _thumbprint_parts(kind) for kind in KeyKind}


def _wrong_size(name: str, parameter: bytes, kind: KeyKind) -> MalformedError:
    return MalformedError(f"key parameter {name}", f"{len(parameter)} bytes", f"{kind.size} bytes for {kind.label}")


def _load_point(kind: KeyKind, x: bytes, y: bytes | bool | None) -> ec.EllipticCurvePublicKey:
    if isinstance(y, bytes):
        point = b"\x04" + x + y
    elif y is None:
        raise MalformedError("key parameter y", "nothing", f"a coordinate, since {kind.label} needs one")
    else:
        point = (b"\x03" if y else b"\x02") + x
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ELLIPTIC_CURVES[kind], point)
    except ValueError as error:
        raise MalformedError("key point", "a point that is not on it", f"a point on {kind.label}") from error


def _coordinates(loaded: ec.EllipticCurvePublicKey) -> tuple[bytes, bytes]:
    point = loaded.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]
    return point[: len(point) // 2], point[len(point) // 2 :]
