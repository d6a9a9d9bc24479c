"""Certificates that a domain itself names: ``TLSA`` records as they are used here (RFC 6698, RFC 7671)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emblem.errors import MalformedError
from emblem.traceability.loading import load_certificate

MOST_ASSOCIATIONS = 32
"""Records that are compared; those beyond are not looked at."""

_AUTHORITY, _END_ENTITY = 2, 3
_WHOLE, _KEY = 0, 1
_MATCHING: dict[int, Callable[[bytes], bytes]] = {
    0: lambda data: data,
    1: lambda data: hashlib.sha256(data).digest(),
    2: lambda data: hashlib.sha512(data).digest(),
}


@dataclass(frozen=True, slots=True)
class Association:
    """One record (RFC 6698, section 2.1): how it is to be used, of what, how compared, and with what."""

    usage: int
    selector: int
    matching: int
    data: bytes

    @property
    def names_authority(self) -> bool:
        """Whether it names an authority (DANE-TA)."""
        return self.usage == _AUTHORITY

    @property
    def names_key(self) -> bool:
        """Whether it names the certificate of a key itself (DANE-EE)."""
        return self.usage == _END_ENTITY

    def matches(self, certificate: x509.Certificate) -> bool:
        """Whether it is of this certificate."""
        selected = _select(self.selector, certificate)
        return selected is not None and _MATCHING[self.matching](selected) == self.data

    @property
    def given_certificate(self) -> x509.Certificate | None:
        """The certificate that the record itself holds, if it holds a whole one."""
        if self.selector != _WHOLE or self.matching != 0:
            return None
        try:
            return load_certificate("TLSA record", self.data)
        except MalformedError:
            return None


def read_associations(records: Iterable[bytes]) -> tuple[Association, ...]:
    """The records that are of use here; those of another usage, selector or matching type are passed over.

    Args:
        records: the record data, from a zone whose answers are authentic.
    """
    read = [Association(data[0], data[1], data[2], data[3:]) for data in records if len(data) > 3]
    usable = [
        one
        for one in read
        if one.usage in (_AUTHORITY, _END_ENTITY) and one.selector in (_WHOLE, _KEY) and one.matching in _MATCHING
    ]
    return tuple(usable[:MOST_ASSOCIATIONS])


def _select(selector: int, certificate: x509.Certificate) -> bytes | None:
    if selector == _WHOLE:
        return certificate.public_bytes(Encoding.DER)
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    # The library gives the key newly encoded; what is compared must be what the certificate has.
    return key if key in certificate.tbs_certificate_bytes else None
