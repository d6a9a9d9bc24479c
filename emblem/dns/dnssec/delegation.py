"""What a zone says of a name below it: where a further zone begins, and with which keys. Pure functions.

RFC 4035, section 5.2; RFC 4509, section 3; RFC 5155, section 8.9; RFC 6840, section 4.4.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

import dns.name
import dns.rdatatype

from emblem.dns.dnssec.anchors import ZoneAnchors
from emblem.dns.dnssec.assessment import Reason
from emblem.dns.dnssec.denial import collect_proofs
from emblem.dns.dnssec.policy import MOST_KEYS_OF_ONE_TAG, MOST_SIGNERS_OF_ONE_TAG, SHA1, SHA256, Policy
from emblem.dns.dnssec.record_data import Dnskey, Ds, canonical
from emblem.dns.dnssec.records import Response, SignedSet, follow, name_text
from emblem.dns.dnssec.signatures import (
    Budget,
    Flaw,
    KeySet,
    has_accepted_size,
    is_expanded,
    key_tag,
    lifetime,
    may_sign,
    verify,
)
from emblem.model.value import quickly_made

_DIGESTS = {1: hashlib.sha1, 2: hashlib.sha256, 4: hashlib.sha384}


class Standing(Enum):
    """What a name is to the zone that it lies in."""

    DELEGATED = auto()
    """A signed zone begins there: there are DS records that can be used."""
    UNSIGNED = auto()
    """An unsigned zone begins there, or may begin there."""
    INSIDE = auto()
    """No zone begins there."""
    ABSENT = auto()
    """The name does not exist, or is an alias of everything below it, so that no zone begins there or below."""
    BOGUS = auto()
    """The response proves nothing."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Delegation:
    """What a parent zone says of a name.

    Args:
        standing: what it is.
        reason: why, where it is ``UNSIGNED`` or ``BOGUS``.
        detail: one line for people.
        signers: the DS records that count, where it is ``DELEGATED``.
        all_signers: all DS records.
        ttl: seconds for which this may be remembered.
    """

    standing: Standing
    reason: Reason = Reason.VALIDATED
    detail: str = ""
    signers: tuple[Ds, ...] = ()
    all_signers: tuple[Ds, ...] = ()
    ttl: int = 0


@quickly_made
@dataclass(frozen=True, slots=True)
class Entry:
    """The keys of a zone, reached through one that its parent or a trust anchor names.

    Args:
        keys: those that may sign the zone's data.
        records: all DNSKEY records.
        entry: the key that signed them.
        ttl: seconds for which this may be remembered.
    """

    keys: KeySet
    records: tuple[Dnskey, ...]
    entry: Dnskey
    ttl: int


def judge_delegation(
    name: dns.name.Name, response: Response, keys: KeySet, *, at: int, policy: Policy, budget: Budget
) -> Delegation:
    """What a zone's response to the question for DS records of a name means.

    Args:
        name: the name, below the zone.
        response: the response.
        keys: the zone's keys.
        at: seconds since 1970.
        policy: which algorithms and digests count.
        budget: how many signatures may be checked.
    """
    trail = follow(response, name, dns.rdatatype.DS)
    if trail is None:
        return Delegation(Standing.BOGUS, Reason.SIGNATURE_INVALID, f"the aliases of {name_text(name)} lead nowhere")
    if not trail.links:
        return _judge_denial(name, response, keys, at, policy, budget)
    first = trail.links[0]
    result = verify(first, keys, at=at, policy=policy, budget=budget)
    if isinstance(result, Flaw):
        return Delegation(Standing.BOGUS, result.reason, result.detail)
    if first.type != dns.rdatatype.DS:
        return Delegation(Standing.INSIDE if first.owner == name else Standing.ABSENT)
    if is_expanded(first, result.signature):
        return Delegation(Standing.BOGUS, Reason.WILDCARD_UNPROVEN, f"the {first} records come from a wildcard")
    return _judge_signers(first, lifetime(first, result, at), policy)


def _judge_denial(
    name: dns.name.Name, response: Response, keys: KeySet, at: int, policy: Policy, budget: Budget
) -> Delegation:
    proofs = collect_proofs(response, keys, at=at, policy=policy, budget=budget)
    denial = proofs.deny(name, dns.rdatatype.DS)
    if isinstance(denial, Flaw):
        unsigned = denial.reason is Reason.TOO_MANY_ITERATIONS
        return Delegation(
            Standing.UNSIGNED if unsigned else Standing.BOGUS, denial.reason, denial.detail, ttl=proofs.ttl
        )
    if denial.opt_out:
        detail = f"{name_text(name)} lies in an opt-out span of {name_text(keys.zone)}"
        return Delegation(Standing.UNSIGNED, Reason.OPT_OUT, detail, ttl=proofs.ttl)
    if denial.delegation:
        detail = f"{name_text(keys.zone)} delegates {name_text(name)} without DS records"
        return Delegation(Standing.UNSIGNED, Reason.UNSIGNED_DELEGATION, detail, ttl=proofs.ttl)
    return Delegation(Standing.ABSENT if denial.name_denied else Standing.INSIDE)


def _judge_signers(found: SignedSet, ttl: int, policy: Policy) -> Delegation:
    everything = tuple([record for record in found.records if isinstance(record, Ds)])
    known = [record for record in everything if record.algorithm in policy.algorithms]
    usable = usable_signers(known, policy)
    zone = name_text(found.owner)
    if usable:
        return Delegation(Standing.DELEGATED, signers=usable, all_signers=everything, ttl=ttl)
    if known:
        numbers = _numbers(record.digest_type for record in known)
        detail = f"the DS records of {zone} have digests of type {numbers} only"
        return Delegation(Standing.UNSIGNED, Reason.UNSUPPORTED_DIGEST, detail, all_signers=everything, ttl=ttl)
    numbers = _numbers(record.algorithm for record in everything)
    detail = f"the DS records of {zone} name keys of algorithm {numbers} only"
    return Delegation(Standing.UNSIGNED, Reason.UNSUPPORTED_ALGORITHM, detail, all_signers=everything, ttl=ttl)


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(set(numbers))))


def usable_signers(records: Iterable[Ds], policy: Policy) -> tuple[Ds, ...]:
    """The DS records that count: of accepted algorithms and digests, and SHA-1 only where an algorithm has no other."""
    usable = [
        record for record in records if record.algorithm in policy.algorithms and record.digest_type in policy.digests
    ]
    stronger = {record.algorithm for record in usable if record.digest_type != SHA1}
    return tuple(record for record in usable if record.digest_type != SHA1 or record.algorithm not in stronger)


def judge_keys(
    zone: dns.name.Name, response: Response, trusted: ZoneAnchors, *, at: int, policy: Policy, budget: Budget
) -> Entry | Flaw:
    """Whether a zone's keys are signed by one of them that is trusted.

    Args:
        zone: the zone.
        response: the response to the question for its DNSKEY records.
        trusted: the usable DS records of its parent, or the trust anchors.
        at: seconds since 1970.
        policy: which algorithms count.
        budget: how many signatures may be checked.
    """
    trail = follow(response, zone, dns.rdatatype.DNSKEY)
    if trail is None or not trail.found or len(trail.links) != 1:
        return Flaw(Reason.KEY_MISSING, f"there are no keys of {name_text(zone)}")
    found = trail.links[0]
    records = tuple([record for record in found.records if isinstance(record, Dnskey)])
    named = named_keys(zone, records, trusted)
    if not named:
        return Flaw(Reason.DELEGATION_MISMATCH, f"no key of {name_text(zone)} is one that is named above it")
    if not any(has_accepted_size(key) for key in named):
        return Flaw(
            Reason.UNSUPPORTED_KEY, f"the keys of {name_text(zone)} that are named above it have no usable size"
        )
    result = verify(found, KeySet.of(zone, named, policy), at=at, policy=policy, budget=budget)
    if isinstance(result, Flaw):
        return result
    return Entry(KeySet.of(zone, records, policy), records, result.key, lifetime(found, result, at))


def named_keys(zone: dns.name.Name, records: Iterable[Dnskey], trusted: ZoneAnchors) -> list[Dnskey]:
    """The keys that are trusted ones, or match a trusted DS record; of each tag four are compared (RFC 4035, 5.2)."""
    anchors = frozenset(trusted.keys)
    signers: dict[tuple[int, int], list[Ds]] = {}
    for record in trusted.signers:
        same = signers.setdefault((record.key_tag, record.algorithm), [])
        if len(same) < MOST_SIGNERS_OF_ONE_TAG:
            same.append(record)
    compared = Counter[tuple[int, int]]()
    named = []
    for key in filter(may_sign, records):
        tag = (key_tag(key), key.algorithm)
        compared[tag] += tag in signers
        by_digest = compared[tag] <= MOST_KEYS_OF_ONE_TAG and any(
            _matches(zone, key, record) for record in signers.get(tag, ())
        )
        if by_digest or key in anchors:
            named.append(key)
    return named


def make_signer(zone: dns.name.Name, key: Dnskey) -> Ds:
    """The DS record of a key, with a SHA-256 digest (RFC 4034, section 5.1.4; RFC 4509)."""
    return Ds(key_tag(key), key.algorithm, SHA256, hashlib.sha256(_digested(zone, key)).digest())


def _matches(zone: dns.name.Name, key: Dnskey, record: Ds) -> bool:
    """Whether a DS record is of this key."""
    digest = _DIGESTS.get(record.digest_type)
    return digest is not None and digest(_digested(zone, key)).digest() == record.digest


def _digested(zone: dns.name.Name, key: Dnskey) -> bytes:
    return canonical(zone) + key.to_digestable()
