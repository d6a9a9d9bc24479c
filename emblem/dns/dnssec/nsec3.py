"""What NSEC3 records prove: RFC 5155, section 8; RFC 6840, section 4; RFC 9276. Pure functions.

The records that come here were verified and belong to one zone. The work is bounded: a name has at most 127
ancestors, each hashed once, with at most 150 iterations.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace

import dns.dnssec
import dns.name
from dns.dnssectypes import NSEC3Hash

from emblem.dns.dnssec.assessment import Denial, DenialKind, Mechanism
from emblem.dns.dnssec.bitmaps import TypeBitmap, deny_at
from emblem.dns.dnssec.policy import MOST_ITERATIONS

FLAG_OPT_OUT = 1
_WILDCARD = dns.name.Name((b"*",))
_HASH_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Nsec3:
    """An NSEC3 record.

    Args:
        owner: the hash that its owner's first label stands for.
        next: the next hash of the zone.
        types: the types at the name with the owner's hash.
        algorithm: of the hash; 1 is SHA-1, and there is no other.
        flags: 1: opt-out.
        iterations: how often the hash is hashed again.
        salt: what is hashed with every name.
    """

    owner: bytes
    next: bytes
    types: TypeBitmap
    algorithm: int
    flags: int
    iterations: int
    salt: bytes

    @property
    def opt_out(self) -> bool:
        """Whether unsigned delegations may lie between the owner and the next hash."""
        return bool(self.flags & FLAG_OPT_OUT)


@dataclass(frozen=True, slots=True)
class Encloser:
    """A closest encloser proof (RFC 5155, section 8.3).

    Args:
        name: the longest ancestor of the name that exists.
        opt_out: the span that its child on the way to the name lies in may hold unsigned delegations.
    """

    name: dns.name.Name
    opt_out: bool


def owner_hash(label: bytes) -> bytes | None:
    """The hash that an owner's first label stands for; ``None`` if it is none."""
    try:
        decoded = base64.b32hexdecode(label.upper())
    except ValueError:
        return None
    return decoded if len(decoded) == _HASH_LENGTH else None


class Nsec3Zone:
    """The usable NSEC3 records of a zone: of a known hash and without unknown flags (RFC 5155, sections 8.1, 8.2).

    Args:
        zone: the zone's name.
        records: verified records of the zone.
    """

    def __init__(self, zone: dns.name.Name, records: Sequence[Nsec3]) -> None:
        self._zone = zone
        usable = [
            record
            for record in records
            if record.algorithm == NSEC3Hash.SHA1
            and not record.flags & ~FLAG_OPT_OUT
            and len(record.next) == _HASH_LENGTH
        ]
        # All records of a proof must have the same parameters; those of one set of them are enough.
        parameters = {(record.iterations, record.salt) for record in usable}
        self._records = usable if len(parameters) == 1 else []
        self._hashes: dict[dns.name.Name, bytes] = {}
        self.too_many_iterations = any(record.iterations > MOST_ITERATIONS for record in usable)

    def prove_denial(self, name: dns.name.Name, record_type: int) -> Denial | None:
        """What the records prove about a type at a name in the zone; ``None`` if nothing."""
        own = self._at(name)
        if own is not None:
            return deny_at(own.types, record_type, is_root=name == dns.name.root, mechanism=Mechanism.NSEC3)
        encloser = self._closest_encloser(name)
        if encloser is None:
            return None
        wildcard = _WILDCARD.concatenate(encloser.name)
        own = self._at(wildcard)
        if own is not None:
            denial = deny_at(own.types, record_type, is_root=False, mechanism=Mechanism.NSEC3)
            if denial is None or denial.kind is not DenialKind.NODATA:
                return None
            return replace(denial, kind=DenialKind.WILDCARD_NODATA, delegation=False, opt_out=encloser.opt_out)
        if self._covering(wildcard) is not None:
            return Denial(DenialKind.NXDOMAIN, Mechanism.NSEC3, opt_out=encloser.opt_out)
        if encloser.opt_out:
            return Denial(DenialKind.UNSIGNED_SPAN, Mechanism.NSEC3, opt_out=True)
        return None

    def prove_expansion(self, name: dns.name.Name, encloser: dns.name.Name) -> Encloser | None:
        """The proof that the child of the encloser on the way to a name does not exist (RFC 5155, section 8.8)."""
        covering = self._covering(_child_towards(name, encloser))
        return None if covering is None else Encloser(encloser, covering.opt_out)

    def _closest_encloser(self, name: dns.name.Name) -> Encloser | None:
        child = name
        while child != self._zone:
            ancestor = child.parent()
            own = self._at(ancestor)
            if own is not None:
                covering = self._covering(child)
                if covering is None or own.types.hides_below:
                    return None
                return Encloser(ancestor, covering.opt_out)
            child = ancestor
        return None

    def _at(self, name: dns.name.Name) -> Nsec3 | None:
        return next((record for record in self._records if record.owner == self._hash(name)), None)

    def _covering(self, name: dns.name.Name) -> Nsec3 | None:
        return next((record for record in self._records if _covers(record, self._hash(name))), None)

    def _hash(self, name: dns.name.Name) -> bytes:
        if name not in self._hashes:
            first = self._records[0]
            text = dns.dnssec.nsec3_hash(name, first.salt, first.iterations, first.algorithm)
            self._hashes[name] = base64.b32hexdecode(text)
        return self._hashes[name]


def _covers(record: Nsec3, hashed: bytes) -> bool:
    """Whether a hash lies between the owner's and the next; the last of a zone leads on to the first."""
    if record.owner < record.next:
        return record.owner < hashed < record.next
    return hashed > record.owner or hashed < record.next


def _child_towards(name: dns.name.Name, ancestor: dns.name.Name) -> dns.name.Name:
    return name.split(len(ancestor) + 1)[1]
