"""Certificates in validation: what is asked, what answers come to, and what is refused. Their content: the vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from emblem.model.certification import Certification, CertificationNeed, CertificationResult
from emblem.model.need import Commitment, CommitmentNeed, CommitmentResult
from emblem.model.reason import ReasonCode
from emblem.model.verdict import CommitmentState, Level, Status, Verdict
from emblem.traceability.certification import certify
from emblem.validation.trust import Policy, Refusals, Scope, Trust
from emblem.validation.validate import validate
from emblem.verifier.certification import MOST_NEEDS, Certifier
from test_vectors.generator.certificates import LEAF, PKI
from test_vectors.generator.cwt.certificates import token, with_header
from test_vectors.generator.cwt.tokens import root_endorsement
from test_vectors.generator.keys import EMBLEM, ROOT, STRANGER
from tests.support.arrangement import codes
from tests.support.certified import AT, HOST, MINISTRY, RECORDS, RELIEF, TRUSTED

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

    assert ReasonCode.TRUST_OUT_OF_SCOPE in codes(judge(trust=Trust(certificates=(elsewhere,))))


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
