"""The assessment of an answer: a generator that yields questions and is sent answers; no I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import dns.name
from dns.rdatatype import DS

from emblem.dns.dnssec.anchors import TrustAnchors
from emblem.dns.dnssec.assessment import Assessment, Denial, DenialKind, Evidence, Reason, State
from emblem.dns.dnssec.cache import ZoneCache, ZoneStatus
from emblem.dns.dnssec.chain import Chain, Steps, UnobtainableError
from emblem.dns.dnssec.denial import Proofs, collect_proofs, denial_sets
from emblem.dns.dnssec.policy import DEFAULT_POLICY, Policy
from emblem.dns.dnssec.records import (
    Response,
    SignedSet,
    Trail,
    follow,
    name_of,
    name_text,
    question_for,
    read_response,
)
from emblem.dns.dnssec.signatures import Budget, Flaw, KeySet, is_expanded, verify
from emblem.dns.message import Answer, Failure, Outcome, ResponseCode

_NOT_SIGNED_AS_A_SET = frozenset({41, 46, *range(249, 256)})
"""OPT, RRSIG, and the types that are for questions only (RFC 6895, section 3.1)."""
_INSECURE_REASONS = frozenset({Reason.OPT_OUT, Reason.TOO_MANY_ITERATIONS})
_WORTH_JUDGING = frozenset({None, Failure.IMPROPER_DENIAL})
"""Failures of an answer that still has something to judge: a denial of which DNSSEC's part is missing, or is all."""


def assess(
    answer: Answer,
    *,
    at: datetime,
    anchors: TrustAnchors,
    cache: ZoneCache | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> Steps[Assessment]:
    """Find out whether an answer is authentic.

    Yields the questions that the chain of trust needs (DS and DNSKEY), one after another, each once; is sent the
    answer to each, whatever its outcome. Everything must be asked with signatures wanted and checking disabled (DO and
    CD), else a resolver leaves out the signatures, or what it holds for bogus.

    Args:
        answer: what came back, from :func:`emblem.dns.interpret` or a resolver.
        at: as of when signatures must be valid; aware.
        anchors: where chains begin.
        cache: zones found out about before; filled further. For one set of anchors and one policy.
        policy: which algorithms and digests count.
    """
    zones = cache if cache is not None else ZoneCache()
    chain = Chain(anchors, at=int(at.timestamp()), policy=policy, cache=zones)
    assessor = _Assessor(chain, int(at.timestamp()), policy)
    try:
        found = yield from assessor.assess(answer)
    except UnobtainableError as error:
        found = _Finding(State.INDETERMINATE, error.reason, error.detail)
    own = tuple(wire for wire in answer.wires if wire)
    return Assessment(
        found.state,
        found.reason,
        found.detail,
        denial=found.denial,
        zones=chain.zones,
        evidence=(*chain.evidence, *((Evidence(answer.question, own),) if own else ())),
        signature_checks=chain.signature_checks + assessor.checks,
    )


@dataclass(frozen=True, slots=True)
class _Finding:
    state: State
    reason: Reason
    detail: str
    denial: Denial | None = None


_SEVERITY = (State.SECURE, State.INSECURE, State.BOGUS)


class _Assessor:
    """Goes through the responses of one answer: every alias on the way, and what is at its end."""

    def __init__(self, chain: Chain, at: int, policy: Policy) -> None:
        self._chain = chain
        self._at = at
        self._policy = policy
        self.checks = 0

    def assess(self, answer: Answer) -> Steps[_Finding]:
        if answer.question.type in _NOT_SIGNED_AS_A_SET:
            return _Finding(State.INDETERMINATE, Reason.NOT_SUPPORTED, f"type {answer.question.type} is not assessed")
        if answer.failure not in _WORTH_JUDGING:
            return _Finding(State.INDETERMINATE, Reason.ANSWER_FAILED, answer.detail or f"failed: {answer.failure}")
        name, record_type = name_of(answer.question), answer.question.type
        overall = _Finding(State.SECURE, Reason.VALIDATED, "")
        for left, wire in zip(range(len(answer.wires) - 1, -1, -1), answer.wires, strict=True):
            response = read_response(question_for(name, record_type), wire)
            trail = None if response is None else follow(response, name, record_type)
            if response is None or trail is None:
                return _Finding(State.INDETERMINATE, Reason.ANSWER_FAILED, "there is no response that can be judged")
            name = trail.end
            if not left and not _agrees(answer, trail):
                return _Finding(State.BOGUS, Reason.SIGNATURE_MISSING, "there are records that cannot be read")
            judge = _ResponseJudge(self._chain, response, self._at, self._policy)
            try:
                finding = yield from judge.judge(trail, record_type, denies=not left and not trail.found)
            finally:
                self.checks += judge.checks
            overall = _worse(overall, finding)
            if overall.state is State.BOGUS:
                break
        return overall


def _agrees(answer: Answer, trail: Trail) -> bool:
    """Whether what is judged here is what the answer says: it must not hold anything that no signature covers."""
    return (answer.outcome is Outcome.FOUND) == trail.found and answer.final_name == name_text(trail.end)


def _worse(first: _Finding, second: _Finding) -> _Finding:
    """The worse of two findings along one way; of equal ones the later, which is nearer to what was asked."""
    return first if _SEVERITY.index(first.state) > _SEVERITY.index(second.state) else second


class _ResponseJudge:
    """Judges one response. All signatures in it are checked on one budget."""

    def __init__(self, chain: Chain, response: Response, at: int, policy: Policy) -> None:
        self._chain = chain
        self._response = response
        self._at = at
        self._policy = policy
        self._budget = Budget()
        self._proofs: dict[dns.name.Name, Proofs] = {}

    @property
    def checks(self) -> int:
        """How many signatures were checked."""
        return self._budget.spent

    def judge(self, trail: Trail, record_type: int, *, denies: bool) -> Steps[_Finding]:
        """The links of the trail, and what is denied at its end."""
        overall = _Finding(State.SECURE, Reason.VALIDATED, "")
        for link in trail.links:
            finding = yield from self._judge_set(link)
            overall = _worse(overall, finding)
            if overall.state is State.BOGUS:
                return overall
        if denies:
            finding = yield from self._judge_denial(trail.end, record_type)
            overall = replace(_worse(overall, finding), denial=finding.denial)
        return overall

    def _judge_set(self, found: SignedSet) -> Steps[_Finding]:
        above = found.type == DS and found.owner != dns.name.root
        signer = self._chain.signer_of(found.owner, (found,), above=above)
        if signer is None:
            return (yield from self._judge_unsigned(found.owner, above, Reason.SIGNATURE_MISSING, f"{found}"))
        zone = yield from self._chain.zone(signer)
        if zone.keys is None:
            return _of_zone(zone)
        result = verify(found, zone.keys, at=self._at, policy=self._policy, budget=self._budget)
        if isinstance(result, Flaw):
            return _of_flaw(result)
        if is_expanded(found, result.signature):
            encloser = found.owner.split(result.signature.labels + 1)[1]
            flaw = self._proofs_of(zone.keys).confirm_expansion(found.owner, encloser)
            if flaw is not None:
                return _of_flaw(flaw)
        return _Finding(State.SECURE, Reason.VALIDATED, f"{found} is signed by {name_text(signer)}")

    def _judge_denial(self, name: dns.name.Name, record_type: int) -> Steps[_Finding]:
        above = record_type == DS and name != dns.name.root
        signer = self._chain.signer_of(name, denial_sets(self._response), above=above)
        if signer is None:
            what = f"the denial of {name_text(name)}"
            return (yield from self._judge_unsigned(name, above, Reason.DENIAL_MISSING, what))
        zone = yield from self._chain.zone(signer)
        if zone.keys is None:
            return _of_zone(zone)
        denial = self._proofs_of(zone.keys).deny(name, record_type)
        if isinstance(denial, Flaw):
            return _of_flaw(denial)
        if not _has_code_of(self._response, denial):
            detail = f"the response code says another kind of no than is proven: {denial.kind.value}"
            return _of_flaw(Flaw(Reason.RESPONSE_CODE, detail))
        proven = f"{name_text(signer)} proves it with {denial.mechanism.value.upper()} records: {denial.kind.value}"
        if denial.opt_out:
            return _Finding(State.INSECURE, Reason.OPT_OUT, f"{proven}, in an opt-out span", denial)
        return _Finding(State.SECURE, Reason.VALIDATED, proven, denial)

    def _judge_unsigned(self, name: dns.name.Name, above: bool, reason: Reason, what: str) -> Steps[_Finding]:
        zone = yield from self._chain.descend(name, above=above)
        if zone.keys is None:
            return _of_zone(zone)
        return _of_flaw(Flaw(reason, f"{what} is not signed, in the signed zone {zone.link.zone}"))

    def _proofs_of(self, keys: KeySet) -> Proofs:
        if keys.zone not in self._proofs:
            self._proofs[keys.zone] = collect_proofs(
                self._response, keys, at=self._at, policy=self._policy, budget=self._budget
            )
        return self._proofs[keys.zone]


def _of_zone(zone: ZoneStatus) -> _Finding:
    return _Finding(zone.link.state, zone.link.reason, zone.link.detail)


def _of_flaw(flaw: Flaw) -> _Finding:
    state = State.INSECURE if flaw.reason in _INSECURE_REASONS else State.BOGUS
    return _Finding(state, flaw.reason, flaw.detail)


def _has_code_of(response: Response, denial: Denial) -> bool:
    """Whether the response code, which nobody signs, says what is proven."""
    if denial.kind is DenialKind.COMPACT_NXDOMAIN:
        return True  # Its own code is NOERROR; a resolver may restore the other (RFC 9824).
    if denial.kind is DenialKind.NXDOMAIN:
        # An empty name above unsigned delegations only has no record of its own in an opt-out span.
        return response.code == ResponseCode.NXDOMAIN or denial.opt_out
    return response.code == ResponseCode.NOERROR
