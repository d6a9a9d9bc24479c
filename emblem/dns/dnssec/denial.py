"""From the NSEC and NSEC3 records of a response to what they prove, once their signatures are verified."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import dns.name
from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3

from emblem.dns.dnssec.assessment import Denial, Reason
from emblem.dns.dnssec.bitmaps import TypeBitmap
from emblem.dns.dnssec.nsec import Nsec, prove_denial, proves_expansion
from emblem.dns.dnssec.nsec3 import Nsec3, Nsec3Zone, owner_hash
from emblem.dns.dnssec.policy import Policy
from emblem.dns.dnssec.record_data import is_below, same
from emblem.dns.dnssec.records import Response, SignedSet
from emblem.dns.dnssec.signatures import Budget, Flaw, KeySet, Verified, is_expanded, lifetime, verify
from emblem.dns.message import RecordType

_TYPES = (RecordType.NSEC, RecordType.NSEC3)


@dataclass(frozen=True, slots=True)
class Proofs:
    """The verified records of denial of one zone, of one response.

    Args:
        zone: the zone that signed them.
        nsec: the NSEC records.
        nsec3: the NSEC3 records.
        ttl: seconds for which what they prove may be remembered.
        flaw: what was wrong with the first of those that were left out.
    """

    zone: dns.name.Name
    nsec: tuple[Nsec, ...]
    nsec3: Nsec3Zone
    ttl: int
    flaw: Flaw | None

    def deny(self, name: dns.name.Name, record_type: int) -> Denial | Flaw:
        """What is proven about a type at a name, or why nothing is."""
        if self.nsec3.too_many_iterations:
            return Flaw(Reason.TOO_MANY_ITERATIONS, "the zone's NSEC3 records ask for too many iterations")
        denial = self.nsec3.prove_denial(name, record_type) or prove_denial(name, record_type, self.zone, self.nsec)
        return denial or self._nothing(Reason.DENIAL_INCOMPLETE, "do not prove that there are no such records")

    def confirm_expansion(self, name: dns.name.Name, encloser: dns.name.Name) -> Flaw | None:
        """Why records at a name may not be taken from the wildcard of the encloser; ``None`` if they may."""
        if self.nsec3.too_many_iterations:
            return Flaw(Reason.TOO_MANY_ITERATIONS, "the zone's NSEC3 records ask for too many iterations")
        if proves_expansion(name, encloser, self.zone, self.nsec):
            return None
        proof = self.nsec3.prove_expansion(name, encloser)
        if proof is None:
            return self._nothing(Reason.WILDCARD_UNPROVEN, "do not prove that nothing closer than the wildcard exists")
        if proof.opt_out:
            return Flaw(Reason.OPT_OUT, "an unsigned delegation may be closer than the wildcard")
        return None

    def _nothing(self, reason: Reason, text: str) -> Flaw:
        return self.flaw or Flaw(reason, f"the NSEC or NSEC3 records of the response {text}")


def denial_sets(response: Response) -> tuple[SignedSet, ...]:
    """The signed NSEC and NSEC3 sets of a response."""
    return tuple(found for found in response.authority if found.type in _TYPES and found.signatures)


def collect_proofs(response: Response, keys: KeySet, *, at: int, policy: Policy, budget: Budget) -> Proofs:
    """Verifies the records of denial that a zone signed. Those that fail are left out: they prove nothing."""
    nsec: list[Nsec] = []
    nsec3: list[Nsec3] = []
    lifetimes: list[int] = []
    flaw: Flaw | None = None
    for found in denial_sets(response):
        signs = any(same(signature.signer, keys.zone) for signature in found.signatures)
        if not signs or not is_below(found.owner, keys.zone):
            continue
        result = verify(found, keys, at=at, policy=policy, budget=budget)
        if isinstance(result, Flaw):
            flaw = flaw or result
        elif is_expanded(found, result.signature):
            continue  # Made from a wildcard, it has an owner that nobody signed.
        elif found.type == RecordType.NSEC:
            nsec += _nsec(found)
        elif not same(found.owner, keys.zone) and same(found.owner.parent(), keys.zone):
            nsec3 += _nsec3(found)
        if isinstance(result, Verified):
            lifetimes.append(lifetime(found, result, at))
    return Proofs(keys.zone, tuple(nsec), Nsec3Zone(keys.zone, nsec3), min(lifetimes, default=0), flaw)


def _nsec(found: SignedSet) -> Iterable[Nsec]:
    for record in found.records:
        if isinstance(record, NSEC):
            yield Nsec(found.owner, record.next, TypeBitmap(record.windows))


def _nsec3(found: SignedSet) -> Iterable[Nsec3]:
    hashed = owner_hash(found.owner.labels[0])
    if hashed is None:
        return
    for record in found.records:
        if isinstance(record, NSEC3):
            yield Nsec3(
                owner=hashed,
                next=record.next,
                types=TypeBitmap(record.windows),
                algorithm=int(record.algorithm),
                flags=record.flags,
                iterations=record.iterations,
                salt=record.salt,
            )
