"""What the type bitmaps of NSEC and NSEC3 records say of a name (RFC 4034, section 4.1.2; RFC 5155, section 3.1.8)."""

from __future__ import annotations

from dataclasses import dataclass

from dns.rdatatype import CNAME, DNAME, DS, NS, SOA

from emblem.dns.dnssec.assessment import Denial, DenialKind, Mechanism
from emblem.dns.dnssec.records import NXNAME


@dataclass(frozen=True, slots=True)
class TypeBitmap:
    """The types that exist at a name.

    Args:
        windows: blocks of 256 types with their bits, as they stand in the record.
    """

    windows: tuple[tuple[int, bytes], ...]

    def __contains__(self, record_type: int) -> bool:
        window, bit = divmod(record_type, 256)
        for number, bits in self.windows:
            if number == window:
                return bit // 8 < len(bits) and bool(bits[bit // 8] & 0x80 >> bit % 8)
        return False

    @property
    def is_delegation(self) -> bool:
        """The record is the parent's, from where it delegates: it says nothing of what the child has."""
        return NS in self and SOA not in self

    @property
    def hides_below(self) -> bool:
        """What is below the name is not this zone's to deny (RFC 6840, section 4.1)."""
        return self.is_delegation or DNAME in self


def deny_at(types: TypeBitmap, record_type: int, *, is_root: bool, mechanism: Mechanism) -> Denial | None:
    """What the record of a name itself proves: that it has no records of a type; ``None`` if it does not.

    A child's record does not speak of DS, which is its parent's; the parent's speaks of nothing else (RFC 6840,
    section 4.1). A name that is an alias has no "no" of its own (RFC 6840, section 4.3).

    Args:
        types: the types at the name.
        record_type: the type asked for.
        is_root: the name is the root, which has no parent.
        mechanism: whose bitmap it is.
    """
    if record_type in types or CNAME in types:
        return None
    if record_type == DS:
        if SOA in types and not is_root:
            return None
    elif types.is_delegation:
        return None
    if NXNAME in types:
        return Denial(DenialKind.COMPACT_NXDOMAIN, mechanism)
    return Denial(DenialKind.NODATA, mechanism, delegation=types.is_delegation)
