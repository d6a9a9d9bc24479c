"""Whether a set of records is signed by a zone's keys: RFC 4035, section 5.3, with bounded work."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import dns.exception
import dns.name
import dns.rdataclass
import dns.rdatatype
from dns.dnssecalgs import get_algorithm_cls_from_dnskey
from dns.dnssecalgs.base import GenericPublicKey
from dns.rdtypes.ANY.DNSKEY import DNSKEY

from emblem.dns.dnssec.assessment import Reason
from emblem.dns.dnssec.policy import (
    LARGEST_RSA_EXPONENT,
    LARGEST_RSA_KEY,
    MOST_KEYS_OF_ONE_TAG,
    MOST_SIGNATURE_CHECKS,
    RSA_ALGORITHMS,
    SMALLEST_RSA_KEY,
    Policy,
)
from emblem.dns.dnssec.record_data import SIGNATURE_HEAD, Dnskey, Signature, canonical, same
from emblem.dns.dnssec.records import SignedSet, name_text
from emblem.keys.public import InvalidSignature
from emblem.model.value import quickly_made

FLAG_ZONE = 0x0100
FLAG_REVOKE = 0x0080
_RSAMD5 = 1
"""The algorithm whose keys have another kind of tag (RFC 4034, appendix B.1)."""
_PROTOCOL = 3
_HALF_OF_TIME = 1 << 31


class Budget:
    """How many signatures may still be checked for a response."""

    def __init__(self, checks: int = MOST_SIGNATURE_CHECKS) -> None:
        self.left = checks
        self.spent = 0

    def spend(self) -> bool:
        """Takes one check; false if there is none left."""
        if not self.left:
            return False
        self.left -= 1
        self.spent += 1
        return True


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of a zone that may sign its data, by tag and algorithm."""

    zone: dns.name.Name
    keys: dict[tuple[int, int], tuple[Dnskey, ...]]

    @classmethod
    def of(cls, zone: dns.name.Name, records: Iterable[Dnskey], policy: Policy) -> KeySet:
        """The usable keys among DNSKEY records; of each tag and algorithm the first four."""
        keys: dict[tuple[int, int], tuple[Dnskey, ...]] = {}
        for record in records:
            if may_sign(record) and record.algorithm in policy.algorithms and has_accepted_size(record):
                tag = (key_tag(record), record.algorithm)
                keys[tag] = (*keys.get(tag, ()), record)[:MOST_KEYS_OF_ONE_TAG]
        return cls(zone, keys)


@quickly_made
@dataclass(frozen=True, slots=True)
class Verified:
    """The signature that holds, and the key that it holds with."""

    signature: Signature
    key: Dnskey


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a set is not secure."""

    reason: Reason
    detail: str


@lru_cache(maxsize=256)
def key_tag(key: Dnskey) -> int:
    """The tag of a key (RFC 4034, appendix B)."""
    data = key.to_digestable()
    if key.algorithm == _RSAMD5:
        return int.from_bytes(data[-3:-1])
    data += bytes(len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    return (total + (total >> 16)) & 0xFFFF


def may_sign(key: Dnskey) -> bool:
    """Whether a key is one of its zone's, and not revoked (RFC 4034, section 2.1; RFC 5011, section 2.1)."""
    return bool(key.flags & FLAG_ZONE) and not key.flags & FLAG_REVOKE and key.protocol == _PROTOCOL


def has_accepted_size(key: Dnskey) -> bool:
    """Whether an RSA key is neither too weak nor too slow; keys of other algorithms have one size."""
    if key.algorithm not in RSA_ALGORITHMS:
        return True
    material = key.key
    length, start = material[0] if material else 0, 1
    if length == 0 and len(material) >= 3:
        length, start = struct.unpack_from("!H", material, 1)[0], 3
    exponent = int.from_bytes(material[start : start + length])
    modulus = int.from_bytes(material[start + length :])
    return exponent.bit_length() <= LARGEST_RSA_EXPONENT and SMALLEST_RSA_KEY <= modulus.bit_length() <= LARGEST_RSA_KEY


def verify(found: SignedSet, keys: KeySet, *, at: int, policy: Policy, budget: Budget) -> Verified | Flaw:
    """Whether one of the signatures over a set holds.

    Args:
        found: the set and its signatures.
        keys: the usable keys of the zone that must have signed.
        at: seconds since 1970.
        policy: which algorithms count.
        budget: how many checks are left; each costs one.
    """
    flaw = Flaw(Reason.SIGNATURE_MISSING, f"{found} has no signature of {name_text(keys.zone)}")
    for signature in found.signatures:
        if not same(signature.signer, keys.zone):
            continue
        result = _verify_one(found, signature, keys, at, policy, budget)
        if isinstance(result, Verified):
            return result
        if result.reason is Reason.TOO_MANY_CHECKS:
            return result
        if _telling(result) >= _telling(flaw):
            flaw = result
    return flaw


def _telling(flaw: Flaw) -> int:
    """Of several flaws the one that came nearest to a signature that holds says most."""
    return (
        Reason.SIGNATURE_MISSING,
        Reason.KEY_MISSING,
        Reason.SIGNATURE_NOT_YET_VALID,
        Reason.SIGNATURE_EXPIRED,
        Reason.SIGNATURE_INVALID,
    ).index(flaw.reason)


def _verify_one(
    found: SignedSet, signature: Signature, keys: KeySet, at: int, policy: Policy, budget: Budget
) -> Verified | Flaw:
    if signature.algorithm not in policy.algorithms:
        detail = f"{found} has no signature of an accepted algorithm, only of {signature.algorithm}"
        return Flaw(Reason.SIGNATURE_MISSING, detail)
    if untimely := _untimely(found, signature, at):
        return untimely
    candidates = keys.keys.get((signature.key_tag, signature.algorithm), ())
    if not candidates:
        detail = f"{name_text(keys.zone)} has no key {signature.key_tag} of algorithm {signature.algorithm}"
        return Flaw(Reason.KEY_MISSING, f"{detail}, which the signature over {found} names")
    for key in candidates:
        if not budget.spend():
            return Flaw(Reason.TOO_MANY_CHECKS, f"{found} comes after {budget.spent} signature checks")
        if _holds(found, signature, key):
            return Verified(signature, key)
    return Flaw(Reason.SIGNATURE_INVALID, f"the signature over {found} does not hold")


def label_count(owner: dns.name.Name) -> int:
    """The labels of a name as a signature counts them: without the root and a leading asterisk (RFC 4034, 3.1.3)."""
    return len(owner) - 1 - int(owner.is_wild())


def _untimely(found: SignedSet, signature: Signature, at: int) -> Flaw | None:
    """Times are compared as 32-bit serial numbers (RFC 4034, section 3.1.5; RFC 1982)."""
    if is_before(at, signature.inception):
        return Flaw(Reason.SIGNATURE_NOT_YET_VALID, f"the signature over {found} is not valid yet")
    if is_before(signature.expiration, at):
        return Flaw(Reason.SIGNATURE_EXPIRED, f"the signature over {found} has expired")
    return None


def is_before(first: int, second: int) -> bool:
    """Whether a time is before another, in the serial arithmetic of 32 bits."""
    return 0 < (second - first) % (1 << 32) < _HALF_OF_TIME


def _holds(found: SignedSet, signature: Signature, key: Dnskey) -> bool:
    data = signed_data(found, signature)
    if data is None:
        return False
    try:
        load_key(key.algorithm, key.key).verify(signature.signature, data)
    except (dns.exception.DNSException, ValueError, InvalidSignature):
        return False
    return True


@lru_cache(maxsize=256)
def load_key(algorithm: int, material: bytes) -> GenericPublicKey:
    """The key of a DNSKEY record, ready to verify; a zone's key is needed for its key set, and again for its data.

    Raises:
        ValueError: it is none.
        dns.exception.DNSException: no such algorithm is known.
    """
    record = DNSKEY(  # type: ignore[no-untyped-call]
        dns.rdataclass.IN, dns.rdatatype.DNSKEY, FLAG_ZONE, _PROTOCOL, algorithm, material
    )
    return get_algorithm_cls_from_dnskey(record).public_cls.from_dnskey(record)


def signed_data(found: SignedSet, signature: Signature) -> bytes | None:
    """What a signature is made over (RFC 4034, sections 3.1.8.1 and 6.2); None where it cannot be one of the set."""
    owner, count = found.owner, label_count(found.owner)
    if signature.labels > count or (owner.is_wild() and signature.labels != count):
        return None
    if signature.labels < count:
        owner = dns.name.from_text("*", owner.split(signature.labels + 1)[1])
    fixed = struct.pack("!HHI", found.type, dns.rdataclass.IN, signature.original_ttl)
    before = canonical(owner) + fixed
    datas = sorted(record.to_digestable() for record in found.records)
    head = SIGNATURE_HEAD.pack(
        signature.type_covered,
        signature.algorithm,
        signature.labels,
        signature.original_ttl,
        signature.expiration,
        signature.inception,
        signature.key_tag,
    )
    head += canonical(signature.signer)
    return head + b"".join(before + struct.pack("!H", len(data)) + data for data in datas)


def is_expanded(found: SignedSet, signature: Signature) -> bool:
    """Whether the records were made from a wildcard (RFC 4035, section 5.3.2)."""
    return signature.labels < label_count(found.owner)


def lifetime(found: SignedSet, verified: Verified, at: int) -> int:
    """Seconds for which a verified set may be remembered (RFC 4035, section 5.3.3)."""
    signature = verified.signature
    left = (signature.expiration - at) % (1 << 32)
    return min(found.ttl, signature.original_ttl, left)
