"""The data of the records that chains of trust are made of, and the canonical form of any other (RFC 4034)."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.wire

from emblem.dns.message import RecordType
from emblem.dns.names import LONGEST_NAME, encode_labels, length_of

SIGNATURE_HEAD = struct.Struct("!HBBIIIH")
"""An RRSIG record up to its signer's name."""

_KEY_HEAD = _SIGNER_HEAD = struct.Struct("!HBB")
_DIGEST_LENGTHS = {1: 20, 2: 32, 3: 32, 4: 48}
"""By digest type; those of others are not known (RFC 3658, 4509, 5933, 6605)."""
_RESERVED_DIGEST = 0
_WITHOUT_NAMES = frozenset({RecordType.A, RecordType.AAAA, RecordType.TXT})


class Dnskey(NamedTuple):
    """A DNSKEY record (RFC 4034, section 2)."""

    flags: int
    protocol: int
    algorithm: int
    key: bytes

    @classmethod
    def read(cls, data: bytes) -> Dnskey | None:
        """The record with this data; None where there is none."""
        if len(data) < _KEY_HEAD.size:
            return None
        flags, protocol, algorithm = _KEY_HEAD.unpack_from(data)
        return cls(flags, protocol, algorithm, data[_KEY_HEAD.size :])

    def to_digestable(self) -> bytes:
        """The data in canonical form."""
        return _KEY_HEAD.pack(self.flags, self.protocol, self.algorithm) + self.key


class Ds(NamedTuple):
    """A DS record (RFC 4034, section 5)."""

    key_tag: int
    algorithm: int
    digest_type: int
    digest: bytes

    @classmethod
    def read(cls, data: bytes) -> Ds | None:
        """The record with this data; None where there is none: the digest must have the length of its type."""
        if len(data) < _SIGNER_HEAD.size:
            return None
        key_tag, algorithm, digest_type = _SIGNER_HEAD.unpack_from(data)
        digest = data[_SIGNER_HEAD.size :]
        fits = digest_type != _RESERVED_DIGEST and len(digest) == _DIGEST_LENGTHS.get(digest_type, len(digest))
        return cls(key_tag, algorithm, digest_type, digest) if fits else None

    def to_digestable(self) -> bytes:
        """The data in canonical form."""
        return _SIGNER_HEAD.pack(self.key_tag, self.algorithm, self.digest_type) + self.digest


class Signature(NamedTuple):
    """An RRSIG record (RFC 4034, section 3)."""

    type_covered: int
    algorithm: int
    labels: int
    original_ttl: int
    expiration: int
    inception: int
    key_tag: int
    signer: dns.name.Name
    signature: bytes

    @classmethod
    def read(cls, data: bytes) -> Signature | None:
        """The record with this data; None where there is none. Its signer's name is never compressed."""
        position, size = SIGNATURE_HEAD.size, len(data)
        labels: list[bytes] = []
        while position < size and 0 < (length := data[position]) < 64:
            labels.append(data[position + 1 : position + 1 + length].lower())
            position += 1 + length
        name = tuple(labels)
        if position >= size or data[position] or length_of(name) > LONGEST_NAME:
            return None
        covered, algorithm, count, ttl, expiration, inception, tag = SIGNATURE_HEAD.unpack_from(data)
        signature = data[position + 1 :]
        return cls(covered, algorithm, count, ttl, expiration, inception, tag, absolute(name), signature)


class Opaque(NamedTuple):
    """Data in which there is no name, or of which nothing is known but its bytes (RFC 3597)."""

    data: bytes

    def to_digestable(self) -> bytes:
        """The canonical form, which for such data is as it is (RFC 4034, section 6.2; RFC 3597, section 7)."""
        return self.data


RecordData: TypeAlias = Dnskey | Ds | Opaque | dns.rdata.Rdata
"""What a signed set consists of; the rest of what is needed, of denials and aliases, the library reads."""


def read_data(number: int, data: bytes) -> RecordData | None:
    """The data of a record of a type, names in it uncompressed; None where it is none of that type."""
    if number in _WITHOUT_NAMES:
        return Opaque(data)
    if number == RecordType.DNSKEY:
        return Dnskey.read(data)
    if number == RecordType.DS:
        return Ds.read(data)
    known = _class_of(number)
    if known is dns.rdata.GenericRdata:
        return Opaque(data)
    parser = dns.wire.Parser(data)
    try:
        with dns.exception.ExceptionWrapper(dns.exception.FormError):  # type: ignore[no-untyped-call]
            record_type = dns.rdatatype.RdataType.make(number)
            read: dns.rdata.Rdata = known.from_wire_parser(dns.rdataclass.IN, record_type, parser)
    except (dns.exception.DNSException, ValueError):
        return None
    return None if parser.remaining() else read


@lru_cache(maxsize=64)
def _class_of(number: int) -> Any:
    record_type = dns.rdatatype.RdataType.make(number)
    return dns.rdata.get_rdata_class(dns.rdataclass.IN, record_type)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=64)
def type_text(number: int) -> str:
    """A record type as people write it."""
    return dns.rdatatype.to_text(dns.rdatatype.RdataType.make(number))


@lru_cache(maxsize=1024)
def absolute(labels: tuple[bytes, ...]) -> dns.name.Name:
    """A name as the library has it."""
    return dns.name.Name((*labels, b""))


def canonical(name: dns.name.Name) -> bytes:
    """The wire form of a name in lower case (RFC 4034, section 6.2); the same few are signed and digested."""
    return _encoded(name.labels)


@lru_cache(maxsize=256)
def _encoded(labels: tuple[bytes, ...]) -> bytes:
    return encode_labels(labels[:-1])


def same(name: dns.name.Name, other: dns.name.Name) -> bool:
    """Whether two names are equal, both in lower case; the library compares label by label from the end."""
    return name.labels == other.labels


def is_below(name: dns.name.Name, ancestor: dns.name.Name) -> bool:
    """Whether a name is another, or below it, both in lower case."""
    above = ancestor.labels
    return name.labels[-len(above) :] == above
