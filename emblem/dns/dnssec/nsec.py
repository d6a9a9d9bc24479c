"""What NSEC records prove: RFC 4034, section 4; RFC 4035, section 5.4; RFC 6840, section 4. Pure functions.

The records that come here were verified, belong to one zone, and were not made from a wildcard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import dns.name

from emblem.dns.dnssec.assessment import Denial, DenialKind, Mechanism
from emblem.dns.dnssec.bitmaps import TypeBitmap, deny_at

_WILDCARD = dns.name.Name((b"*",))


@dataclass(frozen=True, slots=True)
class Nsec:
    """An NSEC record: which name of the zone comes next after its owner, and which types its owner has."""

    owner: dns.name.Name
    next: dns.name.Name
    types: TypeBitmap


def prove_denial(name: dns.name.Name, record_type: int, zone: dns.name.Name, records: Sequence[Nsec]) -> Denial | None:
    """What the records prove about a type at a name in the zone; ``None`` if nothing."""
    own = _at(name, records)
    if own is not None:
        return deny_at(own.types, record_type, is_root=name == dns.name.root, mechanism=Mechanism.NSEC)
    covering = _covering(name, zone, records)
    if covering is None:
        return None
    if covering.next.is_subdomain(name):
        return Denial(DenialKind.EMPTY_NON_TERMINAL, Mechanism.NSEC)
    wildcard = _WILDCARD.concatenate(_closest_encloser(name, covering))
    own = _at(wildcard, records)
    if own is not None:
        denial = deny_at(own.types, record_type, is_root=False, mechanism=Mechanism.NSEC)
        if denial is None or denial.kind is not DenialKind.NODATA:
            return None
        return replace(denial, kind=DenialKind.WILDCARD_NODATA, delegation=False)
    covering = _covering(wildcard, zone, records)
    if covering is None:
        return None
    # A wildcard that is the parent of other names exists, and has no records.
    is_empty = covering.next.is_subdomain(wildcard)
    return Denial(DenialKind.WILDCARD_NODATA if is_empty else DenialKind.NXDOMAIN, Mechanism.NSEC)


def proves_expansion(
    name: dns.name.Name, encloser: dns.name.Name, zone: dns.name.Name, records: Sequence[Nsec]
) -> bool:
    """Whether nothing exists that is closer to a name than the wildcard of the encloser (RFC 4035, section 5.3.4)."""
    covering = _covering(name, zone, records)
    return covering is not None and _closest_encloser(name, covering) == encloser


def _at(name: dns.name.Name, records: Sequence[Nsec]) -> Nsec | None:
    return next((record for record in records if record.owner == name), None)


def _covering(name: dns.name.Name, zone: dns.name.Name, records: Sequence[Nsec]) -> Nsec | None:
    """The record between whose owner and next name a name lies; the last record of a zone leads back to its apex."""
    for record in records:
        below = record.owner < name and (name < record.next or record.next == zone)
        if below and not (record.types.hides_below and name.is_subdomain(record.owner)):
            return record
    return None


def _closest_encloser(name: dns.name.Name, covering: Nsec) -> dns.name.Name:
    """The longest ancestor of a name that the record shows to exist, through its owner or the next name."""
    candidates = (common_ancestor(name, covering.owner), common_ancestor(name, covering.next))
    return max(candidates, key=len)


def common_ancestor(first: dns.name.Name, second: dns.name.Name) -> dns.name.Name:
    """The longest name that two names are both below, or are."""
    _, _, labels = first.fullcompare(second)
    return first.split(labels)[1]
