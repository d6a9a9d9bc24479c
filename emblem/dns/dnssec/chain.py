"""Chains of trust from an anchor down to a zone, without I/O: generators that yield questions and are sent answers.

There are two ways down. The short one follows signatures: records name the zone that signed them, its DS records name
the zone above it, up to an anchor; that takes two questions a zone, whatever lies between. Records without signatures
name nobody: then every name from the anchor down is asked for DS records, until one proves an unsigned zone (RFC 4035,
section 5.2), or none does, and the signatures are missing. What signatures claim only chooses what is asked; what
counts is what verifies from the anchor down.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import dns.name
import dns.rdatatype

from emblem.dns.dnssec.anchors import TrustAnchors, ZoneAnchors
from emblem.dns.dnssec.assessment import DelegationSigner, Evidence, Reason, State, ZoneKey, ZoneLink
from emblem.dns.dnssec.cache import LONGEST_LIFE, ZoneCache, ZoneStatus
from emblem.dns.dnssec.delegation import (
    Delegation,
    Entry,
    Standing,
    judge_delegation,
    judge_keys,
    make_signer,
    usable_signers,
)
from emblem.dns.dnssec.denial import denial_sets
from emblem.dns.dnssec.policy import MOST_QUESTIONS, Policy
from emblem.dns.dnssec.record_data import Dnskey, Ds, is_below, same, type_text
from emblem.dns.dnssec.records import Response, SignedSet, follow, name_text, question_for, read_response
from emblem.dns.dnssec.signatures import Budget, Flaw, KeySet, key_tag
from emblem.dns.message import Answer, Question
from emblem.dns.names import Labels

_Result = TypeVar("_Result")
Steps: TypeAlias = Generator[Question, Answer, _Result]


class UnobtainableError(Exception):
    """What the chain needs could not be had. Does not leave this package."""

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(detail)


class Chain:
    """Finds out about zones for the assessment of one answer.

    Args:
        anchors: where chains begin.
        at: seconds since 1970, as of when signatures must be valid.
        policy: which algorithms and digests count.
        cache: what was found out before, and where to remember more.
    """

    def __init__(self, anchors: TrustAnchors, *, at: int, policy: Policy, cache: ZoneCache) -> None:
        self._anchors = anchors
        self._at = at
        self._policy = policy
        self._cache = cache
        self._asked: dict[Question, tuple[Response, Evidence]] = {}
        # By their labels: the library computes the hash of a name anew each time, octet by octet.
        self._found: dict[Labels, ZoneStatus] = {}
        self._delegations: dict[tuple[Labels, Labels], Delegation] = {}
        self._evidence: dict[Question, Evidence] = {}
        self._zones: dict[str, ZoneLink] = {}
        self._checks = 0

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The responses that were relied on, also those that are remembered from before."""
        return tuple(self._evidence.values())

    @property
    def zones(self) -> tuple[ZoneLink, ...]:
        """The zones that were relied on, parents before children."""
        return tuple(self._zones.values())

    @property
    def signature_checks(self) -> int:
        """How many signatures were checked for the chain, without those of the answer itself."""
        return self._checks

    def signer_of(self, owner: dns.name.Name, sets: Iterable[SignedSet], *, above: bool) -> dns.name.Name | None:
        """The zone that may have signed sets of records: the nearest to the owner of those that their signatures name.

        Args:
            owner: the name that the records are about.
            sets: the sets.
            above: the owner itself cannot be that zone, since the records are the parent's.
        """
        anchor = self._anchors.closest(owner, above=above)
        if anchor is None:
            return None
        possible = [
            signature.signer
            for found in sets
            for signature in found.signatures
            if is_below(owner, signature.signer)
            and is_below(signature.signer, anchor)
            and not (above and same(signature.signer, owner))
        ]
        return max(possible, key=len, default=None)

    def zone(self, apex: dns.name.Name) -> Steps[ZoneStatus]:
        """What is to be known about the zone that begins at a name, if one does: the short way.

        Raises:
            UnobtainableError: no anchor is above it, or a question was not answered.
        """
        known = self._known(apex)
        if known is not None:
            return known
        anchors = self._anchors.of(apex)
        if anchors is not None:
            return (yield from self._anchored(apex, anchors))
        response, _ = yield from self._ask(apex, dns.rdatatype.DS)
        trail = follow(response, apex, dns.rdatatype.DS)
        sets = trail.links[:1] if trail is not None and trail.links else denial_sets(response)
        signer = self.signer_of(apex, sets, above=True)
        parent = yield from self.descend(apex, above=True) if signer is None else self.zone(signer)
        return (yield from self._delegated(apex, parent))

    def descend(self, name: dns.name.Name, *, above: bool) -> Steps[ZoneStatus]:
        """The zone that unsigned records at a name belong to: an insecure one, or the signed one that should have
        signed them, or one that is bogus. The long way.

        Args:
            name: the owner of the records.
            above: the records are the parent's, so that a zone that begins at the name does not count.

        Raises:
            UnobtainableError: no anchor is above it, or a question was not answered.
        """
        anchor = self._anchors.closest(name, above=above)
        if anchor is None:
            raise UnobtainableError(Reason.NO_TRUST_ANCHOR, f"no trust anchor is above {name_text(name)}")
        current = yield from self.zone(anchor)
        for length in range(len(anchor) + 1, len(name) + int(not above)):
            keys = current.keys
            if keys is None:
                break
            below = name.split(length)[1]
            known = self._known(below)
            if known is not None:
                current = known
                continue
            delegation, _ = yield from self._delegation(below, keys)
            if delegation.standing is Standing.ABSENT:
                break
            if delegation.standing is not Standing.INSIDE:
                current = yield from self._delegated(below, current)
        return current

    def _known(self, apex: dns.name.Name) -> ZoneStatus | None:
        known = self._found.get(apex.labels) or self._cache.get(apex, self._at)
        return None if known is None else self._rely_on(apex, known)

    def _rely_on(self, apex: dns.name.Name, status: ZoneStatus) -> ZoneStatus:
        self._found[apex.labels] = status
        for link in status.chain:
            self._zones[link.zone] = link
        for evidence in status.evidence:
            self._evidence[evidence.question] = evidence
        return status

    def _ask(self, name: dns.name.Name, record_type: int) -> Steps[tuple[Response, Evidence]]:
        question = question_for(name, record_type)
        if question not in self._asked:
            if len(self._asked) == MOST_QUESTIONS:
                raise UnobtainableError(
                    Reason.TOO_MANY_QUESTIONS, f"the chain takes more than {MOST_QUESTIONS} questions"
                )
            answer = yield question
            wire = next((wire for wire in answer.wires if wire), b"")
            response = read_response(question, wire)
            if response is None:
                why = answer.detail or answer.failure or "no usable answer"
                raise UnobtainableError(
                    Reason.UNAVAILABLE, f"{name_text(name)} {type_text(record_type)} could not be had: {why}"
                )
            self._asked[question] = response, Evidence(question, (wire,))
            self._evidence[question] = self._asked[question][1]
        return self._asked[question]

    def _delegation(self, name: dns.name.Name, keys: KeySet) -> Steps[tuple[Delegation, Evidence]]:
        response, evidence = yield from self._ask(name, dns.rdatatype.DS)
        pair = name.labels, keys.zone.labels
        if pair not in self._delegations:
            budget = Budget()
            self._delegations[pair] = judge_delegation(
                name, response, keys, at=self._at, policy=self._policy, budget=budget
            )
            self._checks += budget.spent
        return self._delegations[pair], evidence

    def _delegated(self, apex: dns.name.Name, parent: ZoneStatus) -> Steps[ZoneStatus]:
        """The zone that begins at a name, seen from the one above it: that one itself, if it is not secure."""
        if parent.keys is None:
            return parent
        delegation, evidence = yield from self._delegation(apex, parent.keys)
        basis = _Basis(parent, (*parent.evidence, evidence))
        if delegation.standing is Standing.DELEGATED:
            return (yield from self._entered(apex, ZoneAnchors(delegation.signers), delegation, basis))
        if delegation.standing is Standing.UNSIGNED:
            why = Flaw(delegation.reason, delegation.detail)
            return self._concluded(apex, State.INSECURE, why, delegation, basis)
        if delegation.standing is Standing.BOGUS:
            why = Flaw(delegation.reason, delegation.detail)
        else:
            why = Flaw(Reason.SIGNER_INVALID, f"no zone begins at {name_text(apex)}, and so none can sign")
        return self._concluded(apex, State.BOGUS, why, delegation, basis)

    def _anchored(self, apex: dns.name.Name, anchors: ZoneAnchors) -> Steps[ZoneStatus]:
        """The zone that trust anchors name."""
        usable = ZoneAnchors(
            usable_signers(anchors.signers, self._policy),
            tuple(key for key in anchors.keys if key.algorithm in self._policy.algorithms),
        )
        made = tuple(make_signer(apex, key) for key in anchors.keys)
        delegation = Delegation(Standing.DELEGATED, all_signers=(*anchors.signers, *made), ttl=LONGEST_LIFE)
        if usable.signers or usable.keys:
            return (yield from self._entered(apex, usable, delegation, _Basis(None)))
        why = Flaw(Reason.UNSUPPORTED_ALGORITHM, f"no trust anchor of {name_text(apex)} is of an accepted algorithm")
        return self._concluded(apex, State.INSECURE, why, delegation, _Basis(None))

    def _entered(
        self, apex: dns.name.Name, trusted: ZoneAnchors, delegation: Delegation, basis: _Basis
    ) -> Steps[ZoneStatus]:
        response, evidence = yield from self._ask(apex, dns.rdatatype.DNSKEY)
        if basis.parent is None and not response.signed:
            detail = f"the resolver gives no signature over the keys of {name_text(apex)}, where trust begins"
            raise UnobtainableError(Reason.RESOLVER_WITHOUT_DNSSEC, detail)
        budget = Budget()
        entry = judge_keys(apex, response, trusted, at=self._at, policy=self._policy, budget=budget)
        self._checks += budget.spent
        basis = _Basis(basis.parent, (*basis.evidence, evidence))
        if isinstance(entry, Flaw):
            state = State.INSECURE if entry.reason is Reason.UNSUPPORTED_KEY else State.BOGUS
            return self._concluded(apex, state, entry, delegation, basis)
        tag, algorithm = key_tag(entry.entry), entry.entry.algorithm
        why = Flaw(Reason.VALIDATED, f"key {tag} of algorithm {algorithm} signs the keys of {name_text(apex)}")
        return self._concluded(apex, State.SECURE, why, delegation, basis, entry)

    def _concluded(
        self,
        apex: dns.name.Name,
        state: State,
        why: Flaw,
        delegation: Delegation,
        basis: _Basis,
        entry: Entry | None = None,
    ) -> ZoneStatus:
        parent = basis.parent
        link = ZoneLink(
            zone=name_text(apex),
            state=state,
            reason=why.reason,
            detail=why.detail,
            parent=None if parent is None else parent.link.zone,
            signers=tuple(_plain_signer(record) for record in delegation.all_signers),
            keys=() if entry is None else tuple(_plain_key(key, entry) for key in entry.records),
        )
        ttl = min(LONGEST_LIFE, delegation.ttl, LONGEST_LIFE if entry is None else entry.ttl)
        status = ZoneStatus(
            link=link,
            keys=None if entry is None else entry.keys,
            chain=(link,) if parent is None else (*parent.chain, link),
            evidence=basis.evidence,
            since=self._at if parent is None else max(self._at, parent.since),
            until=self._at + ttl if parent is None else min(self._at + ttl, parent.until),
        )
        if state is not State.BOGUS:
            self._cache.put(apex, status)
        return self._rely_on(apex, status)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a conclusion about a zone rests on: its parent, unless an anchor names it, and the responses so far."""

    parent: ZoneStatus | None
    evidence: tuple[Evidence, ...] = ()


def _plain_signer(record: Ds) -> DelegationSigner:
    return DelegationSigner(record.key_tag, record.algorithm, record.digest_type, record.digest.hex())


def _plain_key(key: Dnskey, entry: Entry) -> ZoneKey:
    return ZoneKey(key_tag(key), key.algorithm, key.flags, entry=key == entry.entry)
