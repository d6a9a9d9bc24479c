"""Keys that certificates certify to an issuer (``specs/profile.md``, "Certificates")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from emblem.model.asset import NameAsset
from emblem.model.certification import (
    Certification,
    CertificationNeed,
    CertificationReport,
    CertificationResult,
)
from emblem.model.organization import Organization
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.token import Emblem, NumericDate
from emblem.validation.chain import EmblemCandidate, Member
from emblem.validation.trust import Occasion, Trust

NOT_A_CHAIN = "the header x5chain holds no chain of certificates that is read here"


class Certified(NamedTuple):
    """What the certificates of an emblem's own chain come to.

    ``authorities`` are whom the verifier trusts that certify a key of it; ``domain`` tells whether the issuer's domain
    does. ``open`` tells whether a check would say more; ``unknown``, that one was made and could not tell. ``period``
    is that of the certificates that count.
    """

    authorities: tuple[Organization, ...] = ()
    domain: bool = False
    open: bool = False
    unknown: bool = False
    period: tuple[NumericDate, NumericDate] | None = None
    reports: tuple[CertificationReport, ...] = ()
    needs: tuple[CertificationNeed, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether a key of the chain is known to be the issuer's by them."""
        return bool(self.authorities) or self.domain


NOT_CERTIFIED = Certified()
"""What comes of no certificates."""


def assess_certificates(
    emblem: EmblemCandidate,
    own: Iterable[Member],
    issuer: Organization,
    answers: Mapping[CertificationNeed, Certification],
    trust: Trust,
    occasion: Occasion,
) -> Certified:
    """What the certificates of an emblem's own chain come to.

    Args:
        emblem: the emblem, whose assets they must allow.
        own: it and the endorsements of its issuer.
        issuer: whose keys they must certify.
        answers: those that were given.
        trust: the authorities that the verifier trusts, and what it refuses.
        occasion: what they would have to stand behind.
    """
    assets = _names(emblem.claims)
    run = _Run(issuer, assets, answers, trust, occasion)
    for one in own:
        if one.token.certificates is not None:
            run.take(one)
    return run.result()


def _names(claims: Emblem) -> tuple[str, ...]:
    """What an emblem marks; an entry that is no name marks nothing."""
    return tuple(asset.name for asset in claims.assets if isinstance(asset, NameAsset))


def _overlap(periods: Sequence[tuple[NumericDate, NumericDate]]) -> tuple[NumericDate, NumericDate]:
    """From the latest start to the earliest end."""
    return max(start for start, _ in periods), min(end for _, end in periods)


class _Run:
    """Goes through the tokens, and collects."""

    def __init__(
        self,
        issuer: Organization,
        assets: tuple[str, ...],
        answers: Mapping[CertificationNeed, Certification],
        trust: Trust,
        occasion: Occasion,
    ) -> None:
        self._issuer = issuer
        self._assets = assets
        self._answers = answers
        self._trust = trust
        self._occasion = occasion
        self._certified = NOT_CERTIFIED
        self._authorities: list[Organization] = []
        self._reports: list[CertificationReport] = []
        self._needs: list[CertificationNeed] = []
        self._reasons: list[Reason] = []
        self._periods: list[tuple[NumericDate, NumericDate]] = []

    def take(self, one: Member) -> None:
        """Look at the certificates of one token."""
        certificates, identifier = one.token.certificates, one.token.key_identifier
        if not certificates or identifier is None:
            self._failed(one, NOT_A_CHAIN, None)
            return
        need = CertificationNeed(certificates, identifier, self._issuer, self._assets, self._occasion.now)
        answer = self._answers.get(need)
        if answer is None:
            self._needs.append(need)
            self._certified = self._certified._replace(open=True)
            message = f"that certificates make key {identifier} one of {self._issuer} was not checked"
            self._note(one, ReasonCode.CERTIFICATION_NOT_CHECKED, Severity.WARNING, message)
            self._reports.append(CertificationReport(one.index, None, message))
        elif answer.result is CertificationResult.VERIFIED:
            self._verified(one, answer)
        elif answer.result is CertificationResult.FAILED:
            self._failed(one, answer.detail, answer)
        else:
            self._unknown(one, answer, answer.detail)

    def result(self) -> Certified:
        """What was collected."""
        return self._certified._replace(
            authorities=tuple(dict.fromkeys(self._authorities)),
            period=_overlap(self._periods) if self._periods else None,
            reports=tuple(self._reports),
            needs=tuple(self._needs),
            reasons=tuple(self._reasons),
        )

    def _verified(self, one: Member, answer: Certification) -> None:
        refusal = self._find_refusal(answer)
        if refusal is not None:
            self._failed(one, refusal, answer)
            return
        authorities = self._trusted(one, answer)
        if not authorities and not answer.domain:
            self._unknown(one, answer, "it leads to no authority that you trust for this")
            return
        key = f"key {one.token.key_identifier} as one of {self._issuer}"
        if authorities:
            whom = ", ".join(map(str, authorities))
            message = f"{whom}, whose certificates you trust, certifies {key}: {answer.detail}"
            self._note(one, ReasonCode.CERTIFICATION_VERIFIED, Severity.INFO, message)
        if answer.domain:
            message = f"the domain of {self._issuer} itself names {key}: {answer.detail}"
            self._note(one, ReasonCode.CERTIFICATION_DANE, Severity.INFO, message)
            self._certified = self._certified._replace(domain=True)
        self._authorities += authorities
        self._periods += ((certificate.not_before, certificate.expires) for certificate in answer.certificates)
        self._report(one, CertificationResult.VERIFIED, answer.detail, answer, authorities)

    def _failed(self, one: Member, why: str, answer: Certification | None) -> None:
        message = f"its certificates do not count: {why}"
        self._note(one, ReasonCode.CERTIFICATION_FAILED, Severity.WARNING, message)
        self._report(one, CertificationResult.FAILED, why, answer)

    def _unknown(self, one: Member, answer: Certification, why: str) -> None:
        self._certified = self._certified._replace(unknown=True)
        message = f"whether its certificates make its key one of {self._issuer} could not be found out: {why}"
        self._note(one, ReasonCode.CERTIFICATION_UNDETERMINED, Severity.WARNING, message)
        self._report(one, CertificationResult.UNDETERMINED, why, answer)

    def _find_refusal(self, answer: Certification) -> str | None:
        refused = self._trust.refusals.keys
        for certificate in answer.certificates:
            if not refused.isdisjoint(certificate.key_identifiers):
                return f"you refuse the key of {certificate.subject}"
        return None

    def _trusted(self, one: Member, answer: Certification) -> tuple[Organization, ...]:
        """The authorities among the anchors, as far as they are trusted for this, and not refused."""
        given = [trusted for trusted in self._trust.certificates if trusted.encoded in answer.anchors]
        inside = [trusted for trusted in given if trusted.scope.includes(self._occasion)]
        for trusted in given:
            if trusted not in inside:
                message = f"you trust a certificate of {trusted.organization}, but not for this target, time or purpose"
                self._note(one, ReasonCode.TRUST_OUT_OF_SCOPE, Severity.WARNING, message)
        refused = self._trust.refusals.organizations
        return tuple(dict.fromkeys(one.organization for one in inside if one.organization not in refused))

    def _note(self, one: Member, code: ReasonCode, severity: Severity, message: str) -> None:
        self._reasons.append(Reason(code, severity, message, one.index))

    def _report(
        self,
        one: Member,
        result: CertificationResult,
        detail: str,
        answer: Certification | None,
        authorities: tuple[Organization, ...] = (),
    ) -> None:
        certificates = () if answer is None else answer.certificates
        domain = answer is not None and answer.domain and result is CertificationResult.VERIFIED
        self._reports.append(CertificationReport(one.index, result, detail, authorities, domain, certificates))
