"""Steps 4 and 5 of the procedure, and trust: how far a chain reaches, and who stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple, TypeGuard

from emblem.model.certification import Certification, CertificationNeed
from emblem.model.need import Commitment, CommitmentNeed, CommitmentResult
from emblem.model.organization import Organization
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.target import Target
from emblem.model.token import NumericDate
from emblem.model.verdict import CommitmentState, Level
from emblem.validation.certification import NOT_CERTIFIED, Certified, assess_certificates
from emblem.validation.chain import EmblemCandidate, Fault, Link, Member, backs, merge_renewals
from emblem.validation.constraints import find_excess
from emblem.validation.trust import Backing, Occasion, Trust

NO_CERTIFICATIONS: Mapping[CertificationNeed, Certification] = MappingProxyType({})
"""No answers."""

# Looking a member up in its class takes as long as a call, before Python 3.12: those that every set needs are at hand.
_SIGNED = Level.SIGNED
_ORGANIZATIONAL = Level.ORGANIZATIONAL
_ENDORSED = Level.ENDORSED
_VOUCHED = CommitmentState.VOUCHED
_INFO = Severity.INFO
_WARNING = Severity.WARNING
_ENDORSER_ACCEPTED = ReasonCode.ENDORSER_ACCEPTED
_COMMITMENT_VOUCHED = ReasonCode.COMMITMENT_VOUCHED

_COMMITTED = (CommitmentState.VERIFIED, CommitmentState.TRUSTED, _VOUCHED)


class Evidence(NamedTuple):
    """What the verifier brings along: whom it trusts, and which commitments were checked with what result.

    ``target`` and ``now`` are what trust of limited scope is asked about.
    """

    trust: Trust
    commitments: Mapping[CommitmentNeed, Commitment]
    target: Target
    now: NumericDate
    certifications: Mapping[CertificationNeed, Certification] = NO_CERTIFICATIONS

    def occasion(self, emblem: EmblemCandidate) -> Occasion:
        """What a trusted key or certificate is asked to stand behind for an emblem."""
        return Occasion(self.target, self.now, emblem.claims.purposes)

    def backing(self, emblem: EmblemCandidate) -> Backing:
        """What the trusted keys are worth for an emblem."""
        return self.trust.backing(emblem.token.format, self.occasion(emblem))


class Standing(NamedTuple):
    """How far a valid emblem's chain reaches.

    ``backing`` is what the trusted keys were worth for it, ``authorities`` are the accepted endorsements by others;
    ``reasons`` say what decided each step.
    """

    emblem: EmblemCandidate
    chain: tuple[Link, ...]
    level: Level
    trusted: bool
    backing: Backing
    commitment: CommitmentState = CommitmentState.NOT_APPLICABLE
    authorities: tuple[Link, ...] = ()
    needs: tuple[CommitmentNeed | CertificationNeed, ...] = ()
    reasons: tuple[Reason, ...] = ()
    certified: Certified = NOT_CERTIFIED

    @property
    def own(self) -> tuple[Member, ...]:
        """The emblem and the endorsements of its own issuer, from the emblem up."""
        return (self.emblem, *self.chain)

    @property
    def path(self) -> tuple[Member, ...]:
        """Every token that the standing rests on."""
        return (*self.own, *self.authorities)


def assess(
    emblem: EmblemCandidate, chain: tuple[Link, ...], others: list[Link], evidence: Evidence, backing: Backing
) -> Standing | Fault:
    """Take a signed emblem and its chain through steps 4 and 5.

    Args:
        emblem: the only emblem, whose chain holds.
        chain: the endorsements of its own issuer, from the emblem up.
        others: verified endorsements of other issuers.
        evidence: trust and commitments.
        backing: what the trusted keys are worth for this emblem.
    """
    issuer = emblem.claims.issuer
    trusted = backs(backing, emblem) or (bool(chain) and any(backs(backing, link) for link in chain))
    if issuer is None:
        return Standing(emblem, chain, _SIGNED, trusted, backing)
    return _Assessment(emblem, chain, issuer, evidence, backing).run(others, trusted)


class _Assessment:
    """One run of steps 4 and 5; collects reasons and needs on the way."""

    __slots__ = (
        "_backing",
        "_certified",
        "_chain",
        "_commitments",
        "_emblem",
        "_evidence",
        "_issuer",
        "_needs",
        "_reasons",
        "_top",
    )

    def __init__(
        self,
        emblem: EmblemCandidate,
        chain: tuple[Link, ...],
        issuer: Organization,
        evidence: Evidence,
        backing: Backing,
    ) -> None:
        self._emblem = emblem
        self._chain = chain
        self._issuer = issuer
        self._backing = backing
        self._evidence = evidence
        self._commitments = evidence.commitments
        self._top = chain[-1] if chain else emblem
        self._reasons: list[Reason] = []
        self._needs: list[CommitmentNeed | CertificationNeed] = []
        self._certified = NOT_CERTIFIED

    def run(self, others: list[Link], trusted: bool) -> Standing | Fault:
        certificates = self._emblem.token.certificates
        for link in self._chain:
            if certificates is None:
                certificates = link.token.certificates
        if certificates is not None:
            self._look_at_certificates()
        endorsers = [link for link in others if self._may_vouch(link)]
        bound = [link for link in endorsers if self._is_bound(link)]
        state = self._commitment_state(bound)
        if isinstance(state, Fault):
            return state._replace(remarks=tuple(self._reasons))
        level, authorities = _SIGNED, []
        if state in _COMMITTED:
            level = _ORGANIZATIONAL
            authorities = [link for link in endorsers if link in bound or self._is_committed(link)]
        elif state is CommitmentState.NOT_CHECKED:
            self._needs += filter(self._is_unanswered, map(self._need, endorsers))
        if authorities:
            if len(authorities) > 1:
                authorities, _ = merge_renewals(authorities)
            level = _ENDORSED
            trusted = trusted or bool(bound)
        if self._certified.authorities:
            trusted = True
            if any(authority != self._issuer for authority in self._certified.authorities):
                level = _ENDORSED
        return Standing(
            self._emblem,
            self._chain,
            level,
            trusted,
            self._backing,
            state,
            tuple(authorities),
            tuple(dict.fromkeys(self._needs)) if self._needs else (),
            tuple(self._reasons),
            self._certified,
        )

    def _look_at_certificates(self) -> None:
        evidence = self._evidence
        own: tuple[Member, ...] = (self._emblem, *self._chain)
        self._certified = assess_certificates(
            self._emblem, own, self._issuer, evidence.certifications, evidence.trust, evidence.occasion(self._emblem)
        )
        self._needs += self._certified.needs
        self._reasons += self._certified.reasons

    def _may_vouch(self, link: Link) -> bool:
        """Every condition of step 5 but the commitment of the endorser's own key."""
        if link.claims.key != self._top.token.key_identifier or link.claims.subject != self._issuer:
            message = f"the endorsement by {_issuer_text(link)} is of another key or organization"
            self._note(ReasonCode.ENDORSER_NOT_CONNECTED, _INFO, message, link.index)
            return False
        excess = find_excess(self._emblem.claims, link.claims.constraints)
        if excess is None and link.claims.may_endorse:
            return True
        why = excess[1] if excess else "it does not allow the key to endorse"
        message = f"the endorsement by {_issuer_text(link)} does not count: {why}"
        self._note(ReasonCode.ENDORSER_FORBIDS, _WARNING, message, link.index)
        return False

    def _is_bound(self, link: Link) -> bool:
        bound = self._backing.binds(link.token.key_identifier, link.claims.issuer)
        if bound:
            message = f"{_issuer_text(link)}, whose key you trust, endorses {self._issuer}"
            self._note(_ENDORSER_ACCEPTED, _INFO, message, link.index)
        else:
            self._note_scope(link)
        return bound

    def _note_scope(self, one: Member) -> None:
        """Tell of a key that was given for the issuer whose token it signed, but not for this occasion."""
        if self._backing.binds_elsewhere(one.token.key_identifier, one.claims.issuer):
            message = (
                f"you trust key {one.token.key_identifier} as one of {one.claims.issuer}, but not for this target, "
                "time or purpose"
            )
            self._note(ReasonCode.TRUST_OUT_OF_SCOPE, _WARNING, message, one.index)

    def _commitment_state(self, bound: list[Link]) -> CommitmentState | Fault:
        root = self._chain[-1] if self._chain else None
        identifier = self._top.token.key_identifier
        need = self._need(root) if root else None
        checked = self._answer(need) if need else None
        if checked is not None and root is not None:
            self._note_remarks(checked, root)
        if checked is not None and checked.result is CommitmentResult.VERIFIED:
            message = f"key {identifier} is committed to {self._issuer}: {checked.detail}"
            self._note(ReasonCode.COMMITMENT_VERIFIED, _INFO, message)
            return CommitmentState.VERIFIED
        trusted = self._backing.binds(identifier, self._issuer)
        if not trusted:
            self._note_scope(self._top)
        certified = self._certified
        if trusted or bound or certified.counts:
            if checked is not None and checked.result is CommitmentResult.FAILED:
                self._note(ReasonCode.COMMITMENT_FAILED, _WARNING, checked.detail)
            return self._committed_by_trust(trusted, bound)
        if certified.open or (certified.unknown and (root is None or root.claims.log is None)):
            return self._uncertified(need, checked, root)
        if root is None:
            message = (
                f"no endorsement by {self._issuer} of the emblem's key, so that nothing ties that key to it; "
                "only a key that you bind to it can"
            )
            return Fault(ReasonCode.ROOT_ENDORSEMENT_MISSING, message, self._emblem.index)
        if root.claims.log is None:
            message = f"the top endorsement of {self._issuer} names no log that commits its key"
            return Fault(ReasonCode.ROOT_LOG_MISSING, message, root.index)
        if checked is not None and checked.result is CommitmentResult.FAILED:
            return Fault(ReasonCode.COMMITMENT_FAILED, checked.detail, root.index)
        return self._uncommitted(need, checked, root)

    def _committed_by_trust(self, trusted: bool, bound: list[Link]) -> CommitmentState:
        identifier = self._top.token.key_identifier
        if trusted:
            message = f"you bound key {identifier} to {self._issuer}"
            self._note(ReasonCode.COMMITMENT_TRUSTED, _INFO, message)
            return CommitmentState.TRUSTED
        if self._certified.authorities:
            return CommitmentState.TRUSTED if self._issuer in self._certified.authorities else _VOUCHED
        if not bound:
            return CommitmentState.VERIFIED
        message = f"{_issuer_text(bound[0])} vouches for key {identifier} as one of {self._issuer}"
        self._note(_COMMITMENT_VOUCHED, _INFO, message, bound[0].index)
        return _VOUCHED

    def _uncertified(
        self, need: CommitmentNeed | None, checked: Commitment | None, root: Link | None
    ) -> CommitmentState:
        """Certificates that may yet tell, or that nobody could judge, keep a set from being invalid."""
        if root is not None and root.claims.log is not None and checked is None:
            return self._uncommitted(need, None, root)
        return CommitmentState.NOT_CHECKED if self._certified.open else CommitmentState.UNDETERMINED

    def _uncommitted(self, need: CommitmentNeed | None, checked: Commitment | None, root: Link) -> CommitmentState:
        identifier = self._top.token.key_identifier
        if checked is not None or not root.claims.log or need is None:
            why = checked.detail if checked is not None else "none of the logs named is of a kind known here"
            message = f"whether key {identifier} is committed to {self._issuer} could not be found out: {why}"
            self._note(ReasonCode.COMMITMENT_UNDETERMINED, _WARNING, message, root.index)
            return CommitmentState.UNDETERMINED
        self._needs.append(need)
        message = f"whether key {identifier} is committed to {self._issuer} in a public log was not checked"
        self._note(ReasonCode.COMMITMENT_NOT_CHECKED, _WARNING, message, root.index)
        return CommitmentState.NOT_CHECKED

    def _is_committed(self, link: Link) -> bool:
        """Whether an endorser's own key is committed to it, by a log; what was not checked becomes a need."""
        need = self._need(link)
        if need is None or not need.log:
            message = f"the endorsement by {_issuer_text(link)} does not count: nothing commits its key"
            self._note(ReasonCode.ENDORSER_NOT_COMMITTED, _INFO, message, link.index)
            return False
        checked = self._answer(need)
        if checked is not None:
            self._note_remarks(checked, link)
        if checked is not None and checked.result is CommitmentResult.VERIFIED:
            message = f"{need.organization} endorses {self._issuer}, its key committed: {checked.detail}"
            self._note(_ENDORSER_ACCEPTED, _INFO, message, link.index)
            return True
        if checked is None:
            self._needs.append(need)
        why = checked.detail if checked else "the commitment of its key was not checked"
        message = f"the endorsement by {need.organization} does not count: {why}"
        self._note(ReasonCode.ENDORSER_NOT_COMMITTED, _INFO, message, link.index)
        return False

    def _is_unanswered(self, need: CommitmentNeed | None) -> TypeGuard[CommitmentNeed]:
        return need is not None and bool(need.log) and need not in self._commitments

    def _answer(self, need: CommitmentNeed) -> Commitment | None:
        """What the check of a commitment came to; one that is older than the policy allows is none to build on."""
        checked = self._commitments.get(need)
        oldest = self._evidence.trust.policy.oldest_commitment
        if checked is None or checked.result is not CommitmentResult.VERIFIED or oldest is None:
            return checked
        if checked.logged_at is not None and self._evidence.now - checked.logged_at <= oldest:
            return checked
        message = f"the commitment of key {need.key_identifier} is older than the {oldest} seconds that you allow"
        self._note(ReasonCode.POLICY_COMMITMENT, _WARNING, message)
        return replace(checked, result=CommitmentResult.UNDETERMINED, detail=message)

    def _need(self, link: Link) -> CommitmentNeed | None:
        return commitment_need(link)

    def _note_remarks(self, checked: Commitment, link: Link) -> None:
        """What the check of a commitment has to say beside its result."""
        for remark in checked.remarks:
            whole = remark.code is ReasonCode.LOGS_OUTDATED
            told = remark if whole else replace(remark, token=link.index)
            if told not in self._reasons:
                self._reasons.append(told)

    def _note(self, code: ReasonCode, severity: Severity, message: str, token: int | None = None) -> None:
        self._reasons.append(Reason(code, severity, message, token))


def commitment_need(link: Link) -> CommitmentNeed | None:
    """What would have to be known of the key that signed an endorsement; None where nothing could tell."""
    issuer, identifier, log = link.claims.issuer, link.token.key_identifier, link.claims.log
    if issuer is None or identifier is None or log is None:
        return None
    return CommitmentNeed(link.token.format, identifier, issuer, log)


def _issuer_text(link: Link) -> str:
    return str(link.claims.issuer) if link.claims.issuer else "an unnamed issuer"
