"""Zones that are signed (RFC 4034, RFC 5155), with keys that everybody can compute and signatures that never change."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from test_vectors.generator.discovery.messages import (
    IN,
    NS,
    NXDOMAIN,
    SOA,
    A,
    Question,
    Record,
    message,
    soa,
    wire_name,
)
from test_vectors.generator.keys import ED25519, Key, key
from test_vectors.generator.vector import DAY, NOW

DS, RRSIG, NSEC, DNSKEY, NSEC3 = 43, 46, 47, 48, 50
ED25519_ALGORITHM, ECDSA_ALGORITHM = 15, 13
SHA256_DIGEST = 2
BEGIN, END = NOW - DAY, NOW + 2 * DAY
"""When signatures hold unless a vector says otherwise."""

_FLAGS = 257
_PROTOCOL = 3
_SALT = bytes.fromhex("aabbccdd")


@dataclass(frozen=True)
class Zone:
    """A signed zone with one key.

    Args:
        name: its apex.
        key: its key; a key of Ed25519 or P-256.
        period: when its signatures hold.
        algorithm: the number that its records show; of the key, where left out.
    """

    name: str
    key: Key = field(default=key("zone", ED25519))
    period: tuple[int, int] = (BEGIN, END)
    algorithm: int = 0

    @property
    def _algorithm(self) -> int:
        return self.algorithm or (ED25519_ALGORITHM if self.key.curve is ED25519 else ECDSA_ALGORITHM)

    @property
    def dnskey(self) -> Record:
        """The key as a record."""
        data = struct.pack("!HBB", _FLAGS, _PROTOCOL, self._algorithm) + self.key.x + self.key.y
        return Record(self.name, DNSKEY, data)

    @property
    def tag(self) -> int:
        """The key's tag (RFC 4034, appendix B)."""
        total = sum(byte << 8 if index % 2 == 0 else byte for index, byte in enumerate(self.dnskey.data))
        return (total + (total >> 16)) & 0xFFFF

    def ds(self, digest_type: int = SHA256_DIGEST, algorithm: int | None = None) -> Record:
        """The record by which the zone above names the key."""
        digest = hashlib.sha256(wire_name(self.name) + self.dnskey.data).digest()
        number = self._algorithm if algorithm is None else algorithm
        return Record(self.name, DS, struct.pack("!HBB", self.tag, number, digest_type) + digest)

    def anchor(self, **changes: int) -> str:
        """The same as a line of trust anchors."""
        data = self.ds(**changes).data
        tag, algorithm, digest_type = struct.unpack("!HBB", data[:4])
        return f"{self.name}. IN DS {tag} {algorithm} {digest_type} {data[4:].hex()}"

    def signature(
        self, *records: Record, wildcard: str = "", signer: str = "", period: tuple[int, int] = (0, 0)
    ) -> Record:
        """The signature over records of one owner and type.

        Args:
            records: the records.
            wildcard: the owner that the zone has, from which these were made.
            signer: the name that it shows as its zone.
            period: when it holds.
        """
        first = records[0]
        owner = wildcard or first.owner
        begin, end = period if any(period) else self.period
        labels = len([label for label in owner.split(".") if label not in ("", "*")])
        head = struct.pack("!HBBIIIH", first.type, self._algorithm, labels, first.ttl, end, begin, self.tag)
        head += wire_name(signer or self.name)
        fixed = wire_name(owner) + struct.pack("!HHI", first.type, IN, first.ttl)
        body = b"".join(fixed + struct.pack("!H", len(data)) + data for data in sorted({one.data for one in records}))
        return Record(first.owner, RRSIG, head + self.key.sign(head + body), first.ttl)

    def signed(self, *records: Record, wildcard: str = "") -> list[Record]:
        """Records of one owner and type with their signature."""
        return [*records, self.signature(*records, wildcard=wildcard)]

    def found(self, question: Question, *records: Record) -> bytes:
        """Records that were asked for."""
        return message(question, answer=self.signed(*records))

    def keys(self) -> bytes:
        """The answer about the zone's keys."""
        return self.found(Question(self.name, DNSKEY), self.dnskey)

    def nsec(self, owner: str, following: str, types: Iterable[int]) -> list[Record]:
        """An NSEC record with its signature."""
        return self.signed(Record(owner, NSEC, wire_name(following) + bitmap((*types, NSEC, RRSIG))))

    def denial(self, question: Question, *proofs: Sequence[Record], code: int = 0) -> bytes:
        """A signed denial: the SOA and the records that prove it."""
        authority = [*self.signed(soa(self.name)), *(record for proof in proofs for record in proof)]
        return message(question, code=code, authority=authority)

    def nodata(self, question: Question, types: Iterable[int] = (A,)) -> bytes:
        """A name that has other types."""
        return self.denial(question, self.nsec(question.name, f"\x00.{question.name}", types))

    def nxdomain(self, question: Question) -> bytes:
        """A name between the apex and another, with no wildcard for it."""
        proof = self.nsec(self.name, f"zzz.{self.name}", (NS, SOA, DNSKEY))
        return self.denial(question, proof, code=NXDOMAIN)

    def nsec3(
        self, label: bytes, following: bytes, types: Iterable[int], iterations: int = 0, flags: int = 0
    ) -> list[Record]:
        """An NSEC3 record with its signature.

        Args:
            label: the hash that it stands at.
            following: the next hash.
        """
        shown = base64.b32hexencode(label).decode().lower()
        parameters = struct.pack("!BBH", 1, flags, iterations) + bytes([len(_SALT)]) + _SALT
        kinds = tuple(types)
        data = parameters + bytes([len(following)]) + following + (bitmap((*kinds, RRSIG)) if kinds else b"")
        return self.signed(Record(f"{shown}.{self.name}", NSEC3, data))

    def hashed_nodata(self, question: Question, iterations: int = 0) -> bytes:
        """A name that has other types, by NSEC3."""
        at = hashed(question.name, iterations)
        return self.denial(question, self.nsec3(at, after(at), (A,), iterations))

    def hashed_nxdomain(self, question: Question, encloser: str, iterations: int = 0, flags: int = 0) -> bytes:
        """A name that does not exist below one that does, by NSEC3 (RFC 5155, section 7.2.2)."""
        exists = hashed(encloser, iterations)
        labels = question.name[: -len(encloser) - 1].split(".")
        closer = hashed(f"{labels[-1]}.{encloser}", iterations)
        wildcard = hashed(f"*.{encloser}", iterations)
        return self.denial(
            question,
            self.nsec3(exists, after(exists), (NS, SOA, DNSKEY), iterations),
            self.nsec3(before(closer), after(closer), (), iterations, flags),
            self.nsec3(before(wildcard), after(wildcard), (), iterations, flags),
            code=NXDOMAIN,
        )


def hashed(name: str, iterations: int = 0) -> bytes:
    """The hash of a name (RFC 5155, section 5)."""
    digest = hashlib.sha1(wire_name(name) + _SALT).digest()
    for _ in range(iterations):
        digest = hashlib.sha1(digest + _SALT).digest()
    return digest


def after(digest: bytes) -> bytes:
    """The next number."""
    return ((int.from_bytes(digest, "big") + 1) % (1 << 160)).to_bytes(20, "big")


def before(digest: bytes) -> bytes:
    """The number before."""
    return ((int.from_bytes(digest, "big") - 1) % (1 << 160)).to_bytes(20, "big")


def bitmap(types: Iterable[int]) -> bytes:
    """The types of an NSEC or NSEC3 record (RFC 4034, section 4.1.2)."""
    windows: dict[int, bytearray] = {}
    for number in types:
        window = windows.setdefault(number >> 8, bytearray(32))
        window[(number & 0xFF) >> 3] |= 0x80 >> (number & 7)
    parts = (
        bytes([number, len(content)]) + content
        for number, window in sorted(windows.items())
        for content in [bytes(window).rstrip(b"\x00")]
    )
    return b"".join(parts)
