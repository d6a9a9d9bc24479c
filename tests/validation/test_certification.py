"""Certificates in validation: what is asked, what answers come to, and what is refused. Their content: the vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from emblem.codec.assets import read_name_asset
from emblem.codec.cwt import sign_token
from emblem.model.certification import (
    Certification,
    CertificationNeed,
    CertificationReport,
    CertificationResult,
    PathCertificate,
)
from emblem.model.need import Commitment, CommitmentNeed, CommitmentResult
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.token import Constraints, Emblem, Endorsement
from emblem.model.verdict import CommitmentState, Level, Status, Verdict
from emblem.traceability.certification import certify
from emblem.validation.trust import Policy, Refusals, Scope, Trust, TrustedCertificate
from emblem.validation.validate import validate
from emblem.verifier.certification import MOST_NEEDS, Certifier
from test_vectors.generator.certificates import LEAF, PKI
from test_vectors.generator.cwt.certificates import token, with_header
from test_vectors.generator.cwt.tokens import root_endorsement
from test_vectors.generator.keys import EMBLEM, ROOT, STRANGER
from tests.support.arrangement import AT as NOW_HERE
from tests.support.arrangement import (
    END,
    HOSPITAL,
    LOG,
    START,
    answered,
    chain,
    codes,
    identifier,
    root,
    signing,
)
from tests.support.arrangement import RELIEF as RELIEF_HERE
from tests.support.certified import AT, HOST, KEY, MINISTRY, RECORDS, RELIEF, TRUSTED

TRUST = Trust(certificates=(TRUSTED,))
LOGGED = (*RECORDS, ROOT.record, root_endorsement())
"""The key is certified, and endorsed by a root key that a log is said to commit."""


def judge(
    records: tuple[bytes, ...] = RECORDS,
    trust: Trust = TRUST,
    answer: Callable[[CertificationNeed], Certification] | None = None,
    commitments: dict[CommitmentNeed, Commitment] | None = None,
) -> Verdict:
    """The verdict once the needs for certification were answered, truly where left out."""
    known: dict[CertificationNeed, Certification] = {}
    reply = answer or (lambda need: certify(need, [one.encoded for one in trust.certificates]))

    def run() -> Verdict:
        return validate(records, target=HOST, at=AT, trust=trust, certifications=known, commitments=commitments)

    for need in run().needs:
        if isinstance(need, CertificationNeed):
            known[need] = reply(need)
    return run()


def test_what_nobody_has_checked_is_claimed_and_asked_for() -> None:
    verdict = validate(RECORDS, target=HOST, at=AT, trust=TRUST)

    (need,) = verdict.needs
    assert isinstance(need, CertificationNeed)
    assert (need.issuer, need.assets, need.certificates) == (RELIEF, (HOST.name,), (LEAF.der,))
    assert (verdict.status, verdict.level, verdict.commitment) == (
        Status.CLAIMED,
        Level.SIGNED,
        CommitmentState.NOT_CHECKED,
    )
    assert ReasonCode.CERTIFICATION_NOT_CHECKED in codes(verdict)
    assert verdict.sets[0].certifications[0].result is None


def test_beside_a_log_both_are_asked_for() -> None:
    verdict = validate(LOGGED, target=HOST, at=AT, trust=TRUST)

    assert {type(need) for need in verdict.needs} == {CertificationNeed, CommitmentNeed}


def test_a_certified_key_is_protected_and_shows_its_certificates() -> None:
    verdict = judge()

    (report,) = verdict.sets[0].certifications
    assert (verdict.status, verdict.endorsed_by) == (Status.PROTECTED, (MINISTRY,))
    assert report.authorities == (MINISTRY,)
    assert [one.subject for one in report.certificates] == ["CN=Relief", "CN=Ministry"]


def test_it_holds_no_longer_than_the_certificates() -> None:
    short = LEAF.but(period=(LEAF.period[0], int(AT.timestamp()) + 3))

    assert judge((EMBLEM.record, token(short))).expires == int(AT.timestamp()) + 4


@pytest.mark.parametrize("result", [CertificationResult.UNDETERMINED, CertificationResult.FAILED])
def test_a_log_that_commits_the_key_suffices_whatever_the_certificates_come_to(result: CertificationResult) -> None:
    asked = validate(LOGGED, target=HOST, at=AT)
    found = {
        need: Commitment(CommitmentResult.VERIFIED, "in a log")
        for need in asked.needs
        if isinstance(need, CommitmentNeed)
    }

    verdict = judge(LOGGED, answer=lambda _: Certification(result, "so"), commitments=found)

    assert (verdict.level, verdict.commitment) == (Level.ORGANIZATIONAL, CommitmentState.VERIFIED)


def test_a_log_that_says_otherwise_is_a_warning_where_a_trusted_authority_certifies() -> None:
    asked = validate(LOGGED, target=HOST, at=AT)
    found = {
        need: Commitment(CommitmentResult.FAILED, "not in the log")
        for need in asked.needs
        if isinstance(need, CommitmentNeed)
    }

    verdict = judge(LOGGED, commitments=found)

    assert verdict.status is Status.PROTECTED
    assert ReasonCode.COMMITMENT_FAILED in codes(verdict)


def test_a_failed_log_is_no_reason_to_reject_before_the_certificates_were_checked() -> None:
    asked = validate(LOGGED, target=HOST, at=AT)
    found = {
        need: Commitment(CommitmentResult.FAILED, "not in the log")
        for need in asked.needs
        if isinstance(need, CommitmentNeed)
    }

    verdict = validate(LOGGED, target=HOST, at=AT, commitments=found)

    assert (verdict.status, verdict.commitment) == (Status.CLAIMED, CommitmentState.NOT_CHECKED)
    assert {type(need) for need in verdict.needs} == {CertificationNeed}


@pytest.mark.parametrize("which", [0, 1])
def test_a_refused_key_of_an_authority_or_of_the_other_kind_counts_for_nothing(which: int) -> None:
    (report,) = judge().sets[0].certifications
    refusals = Refusals(keys=frozenset({report.certificates[1].key_identifiers[which]}))

    verdict = judge(trust=replace(TRUST, refusals=refusals))

    assert verdict.status is Status.REJECTED
    assert ReasonCode.CERTIFICATION_FAILED in codes(verdict)


def test_a_refused_organization_certifies_nothing() -> None:
    verdict = judge(trust=replace(TRUST, refusals=Refusals(organizations=frozenset({MINISTRY}))))

    assert (verdict.status, verdict.commitment) == (Status.CLAIMED, CommitmentState.UNDETERMINED)


def test_an_authority_that_the_policy_requires_may_be_one_that_certifies() -> None:
    asking = Policy(required_authorities=frozenset({MINISTRY}))

    assert judge(trust=replace(TRUST, policy=asking)).status is Status.PROTECTED
    assert judge(trust=replace(TRUST, policy=replace(asking, required_authorities=frozenset({RELIEF})))).status is (
        Status.CLAIMED
    )


def test_an_answer_for_an_authority_that_is_not_trusted_here_counts_for_nothing() -> None:
    def somebody(need: CertificationNeed) -> Certification:
        return certify(need, [PKI.der])

    assert judge(trust=Trust(), answer=somebody).status is Status.CLAIMED


def test_trust_in_an_authority_may_have_a_scope() -> None:
    elsewhere = replace(TRUSTED, scope=Scope(suffixes=("elsewhere.example",)))

    message = f"you trust a certificate of {MINISTRY}, but not for this target, time or purpose"
    reason = Reason(ReasonCode.TRUST_OUT_OF_SCOPE, Severity.WARNING, message, 0)
    assert reason in judge(trust=Trust(certificates=(elsewhere,))).reasons


def test_no_more_certificates_are_checked_than_a_verifier_has_time_for() -> None:
    certifier = Certifier(TRUST)
    rounds: list[int] = []

    def endless(known: object) -> Verdict:
        rounds.append(len(known))  # type: ignore[arg-type]
        base = validate(RECORDS, target=HOST, at=AT)
        (need,) = base.needs
        assert isinstance(need, CertificationNeed)
        return replace(base, needs=(replace(need, key_identifier=str(len(rounds))),))

    certifier.complete(endless)

    assert max(rounds) == MOST_NEEDS


def test_of_several_emblems_each_is_judged_by_its_own_certificates() -> None:
    records = (EMBLEM.record, token(LEAF.but(key=STRANGER)), token(LEAF))

    def run(certifications: Mapping[CertificationNeed, Certification]) -> Verdict:
        return validate(records, target=HOST, at=AT, trust=TRUST, certifications=certifications)

    assert Certifier(TRUST).complete(run).status is Status.PROTECTED


def test_a_header_that_holds_no_chain_certifies_nothing_and_spoils_nothing() -> None:
    nothing = with_header("certificate")

    alone, logged = judge((EMBLEM.record, nothing)), judge((EMBLEM.record, nothing, ROOT.record, root_endorsement()))

    assert (alone.status, logged.status) == (Status.REJECTED, Status.CLAIMED)
    assert ReasonCode.CERTIFICATION_FAILED in codes(logged)


def test_an_issuers_own_authority_binds_its_key_and_endorses_nobody() -> None:
    own = replace(TRUSTED, organization=RELIEF)

    verdict = judge(trust=Trust(certificates=(own,)))

    assert (verdict.status, verdict.level) == (Status.PROTECTED, Level.ORGANIZATIONAL)
    assert (verdict.commitment, verdict.endorsed_by) == (CommitmentState.TRUSTED, ())


# What is said of certificates

FAILED, UNDETERMINED, VERIFIED = (
    CertificationResult.FAILED,
    CertificationResult.UNDETERMINED,
    CertificationResult.VERIFIED,
)
READ = PathCertificate("CN=Relief", "CN=Ministry", (HOST.name,), 0, 4_000_000_000, "ab", ("an identifier",))
OTHER = Organization.parse("https://other.example")
BOTH = Trust(certificates=(TRUSTED, TrustedCertificate(b"of the other", OTHER)))
KEY_TEXT = f"key {KEY.public_key.cose_thumbprint} as one of {RELIEF}"


def told(verdict: Verdict) -> list[Reason]:
    """The reasons of a verdict that are about certificates."""
    return [reason for reason in verdict.reasons if reason.code.startswith("certification-")]


def test_that_certificates_were_not_checked_is_said_of_the_token_that_has_them() -> None:
    verdict = validate(RECORDS, target=HOST, at=AT, trust=TRUST)

    message = f"that certificates make key {KEY.public_key.cose_thumbprint} one of {RELIEF} was not checked"
    assert told(verdict) == [Reason(ReasonCode.CERTIFICATION_NOT_CHECKED, Severity.WARNING, message, 0)]
    assert verdict.sets[0].certifications == (CertificationReport(0, None, message),)


def test_why_certificates_failed_is_said_with_what_they_say() -> None:
    verdict = judge(answer=lambda _: Certification(FAILED, "they are forged", certificates=(READ,)))

    message = "its certificates do not count: they are forged"
    assert told(verdict) == [Reason(ReasonCode.CERTIFICATION_FAILED, Severity.WARNING, message, 0)]
    assert verdict.status is Status.REJECTED


def test_a_log_keeps_the_report_of_certificates_that_failed() -> None:
    found = answered(validate(LOGGED, target=HOST, at=AT), CommitmentResult.VERIFIED)

    verdict = judge(
        LOGGED, answer=lambda _: Certification(FAILED, "they are forged", certificates=(READ,)), commitments=found
    )

    assert verdict.sets[0].certifications == (CertificationReport(0, FAILED, "they are forged", certificates=(READ,)),)


def test_why_nothing_could_be_found_out_is_said_with_what_they_say() -> None:
    verdict = judge(answer=lambda _: Certification(UNDETERMINED, "nobody answers", certificates=(READ,)))

    message = f"whether its certificates make its key one of {RELIEF} could not be found out: nobody answers"
    assert told(verdict) == [Reason(ReasonCode.CERTIFICATION_UNDETERMINED, Severity.WARNING, message, 0)]
    assert verdict.sets[0].certifications == (
        CertificationReport(0, UNDETERMINED, "nobody answers", certificates=(READ,)),
    )


def test_certificates_that_lead_to_nobody_whom_the_verifier_trusts_are_not_known_to_count() -> None:
    verdict = judge(answer=lambda _: Certification(VERIFIED, "good", (b"a stranger",), certificates=(READ,)))

    why = "it leads to no authority that you trust for this"
    message = f"whether its certificates make its key one of {RELIEF} could not be found out: {why}"
    assert told(verdict) == [Reason(ReasonCode.CERTIFICATION_UNDETERMINED, Severity.WARNING, message, 0)]
    assert verdict.sets[0].certifications == (CertificationReport(0, UNDETERMINED, why, certificates=(READ,)),)


def test_a_header_that_holds_no_chain_is_told_as_such() -> None:
    found = answered(validate(LOGGED, target=HOST, at=AT), CommitmentResult.VERIFIED)

    verdict = judge((EMBLEM.record, with_header("certificate"), ROOT.record, root_endorsement()), commitments=found)

    why = "the header x5chain holds no chain of certificates that is read here"
    message = f"its certificates do not count: {why}"
    assert told(verdict) == [Reason(ReasonCode.CERTIFICATION_FAILED, Severity.WARNING, message, 0)]
    assert verdict.sets[0].certifications == (CertificationReport(0, FAILED, why),)


def test_a_refused_key_is_named_by_its_certificate() -> None:
    found = answered(validate(LOGGED, target=HOST, at=AT), CommitmentResult.VERIFIED)
    refusing = replace(TRUST, refusals=Refusals(keys=frozenset({"an identifier"})))

    def good(_: CertificationNeed) -> Certification:
        return Certification(VERIFIED, "good", (PKI.der,), domain=True, certificates=(READ,))

    verdict = judge(LOGGED, refusing, good, found)

    why = "you refuse the key of CN=Relief"
    message = f"its certificates do not count: {why}"
    assert told(verdict) == [Reason(ReasonCode.CERTIFICATION_FAILED, Severity.WARNING, message, 0)]
    assert verdict.sets[0].certifications == (CertificationReport(0, FAILED, why, certificates=(READ,)),)


def test_every_authority_that_certifies_is_named_and_the_domain_too() -> None:
    anchors = (PKI.der, b"of the other")

    verdict = judge(trust=BOTH, answer=lambda _: Certification(VERIFIED, "good", anchors, True, (READ,)))

    by = f"{MINISTRY}, {OTHER}, whose certificates you trust, certifies {KEY_TEXT}: good"
    itself = f"the domain of {RELIEF} itself names {KEY_TEXT}: good"
    assert told(verdict) == [
        Reason(ReasonCode.CERTIFICATION_VERIFIED, Severity.INFO, by, 0),
        Reason(ReasonCode.CERTIFICATION_DANE, Severity.INFO, itself, 0),
    ]
    assert verdict.sets[0].certifications == (
        CertificationReport(0, VERIFIED, "good", (MINISTRY, OTHER), True, (READ,)),
    )
    assert verdict.endorsed_by == (MINISTRY, OTHER)
    trusted = f"you trust the certificates of {MINISTRY}, {OTHER}, to which a key on its path leads"
    assert Reason(ReasonCode.TRUSTED_CERTIFICATE, Severity.INFO, trusted) in verdict.reasons


def test_a_domain_that_names_the_key_binds_it_and_trusts_nobody() -> None:
    verdict = judge(answer=lambda _: Certification(VERIFIED, "good", domain=True, certificates=(READ,)))

    assert (verdict.status, verdict.level) == (Status.CLAIMED, Level.ORGANIZATIONAL)
    assert verdict.commitment is CommitmentState.VERIFIED
    assert verdict.sets[0].certifications[0].domain


def test_certificates_of_several_tokens_of_a_chain_all_count() -> None:
    signed, above = chain(root, signing).emblem(), Constraints(purposes=Purpose.PROTECTIVE)
    endorsement = Endorsement(START, END, identifier(signing), True, RELIEF_HERE, RELIEF_HERE, above, LOG)
    marking = Emblem(START, END, (read_name_asset(HOSPITAL),), RELIEF_HERE, Purpose.PROTECTIVE)
    records = (sign_token(marking, signing, (b"low",)), sign_token(endorsement, root, (b"high",)), *signed.records[2:])
    narrow, wide = replace(READ, not_before=START + 1, expires=END + 5), replace(READ, not_before=0, expires=END - 1)
    answers = {
        b"low": Certification(VERIFIED, "good", (PKI.der,), certificates=(narrow,)),
        b"high": Certification(VERIFIED, "good", (b"of the other",), certificates=(wide,)),
    }

    def run(known: Mapping[CertificationNeed, Certification]) -> Verdict:
        return validate(records, target=HOSPITAL, at=NOW_HERE, trust=BOTH, certifications=known)

    needs = [need for need in run({}).needs if isinstance(need, CertificationNeed)]
    verdict = run({need: answers[need.certificates[0]] for need in needs})

    assert verdict.endorsed_by == (MINISTRY, OTHER)
    assert (verdict.not_before, verdict.expires) == (START + 1, END - 1)
    assert [report.token for report in verdict.sets[0].certifications] == [0, 1]
