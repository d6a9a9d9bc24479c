"""Steps 4 and 5: the commitment of the issuer's top key, endorsements by others, and what is still needed."""

from __future__ import annotations

from typing import Any

import pytest

from emblem.keys.signing import SoftwareSigner
from emblem.model.need import Commitment, CommitmentNeed, CommitmentResult
from emblem.model.purpose import Purpose
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.token import Constraints, Format
from emblem.model.verdict import ChainEntry, ChainRole, CommitmentState, Level, Status, Verdict
from tests.support.arrangement import (
    CWT,
    DAY,
    END,
    FEDERATION,
    JWS,
    LOG,
    MINISTRY,
    NOW,
    RELIEF,
    START,
    Arrangement,
    answered,
    authority,
    bare,
    bound,
    chain,
    codes,
    emblem_token,
    endorsement_token,
    identifier,
    key,
    key_record,
    root,
    signing,
    stranger,
    trusting,
)
from tests.support.raw import jws_token

OWN = chain(root, signing).emblem()
ENDORSED = OWN.endorsed_by(authority)
VERIFIED, FAILED, UNDETERMINED = CommitmentResult
both_formats = pytest.mark.parametrize("form", [CWT, JWS])
other_authority = key("other authority")


def own_need(form: Format = CWT) -> CommitmentNeed:
    return CommitmentNeed(form, identifier(root, form), RELIEF, LOG)


def authority_need() -> CommitmentNeed:
    return CommitmentNeed(CWT, identifier(authority), MINISTRY, LOG)


def fields(verdict: Verdict) -> tuple[Status, Level, CommitmentState]:
    return verdict.status, verdict.level, verdict.commitment


# The commitment of the issuer's own top key


@both_formats
def test_a_commitment_that_was_not_checked_leaves_the_emblem_signed_and_is_needed(form: Format) -> None:
    verdict = chain(root, signing, form=form).emblem().judged()

    assert fields(verdict) == (Status.CLAIMED, Level.SIGNED, CommitmentState.NOT_CHECKED)
    assert verdict.needs == (own_need(form),)
    assert "commitment-not-checked" in codes(verdict)


def test_a_verified_commitment_makes_it_organizational() -> None:
    verdict = OWN.judged(commitments={own_need(): Commitment(VERIFIED, "in a log")})

    assert fields(verdict) == (Status.CLAIMED, Level.ORGANIZATIONAL, CommitmentState.VERIFIED)
    assert verdict.needs == ()


def test_a_failed_commitment_makes_it_invalid() -> None:
    verdict = OWN.judged(commitments={own_need(): Commitment(FAILED, "revoked")}, trust=trusting(bare(root)))

    assert fields(verdict)[:2] == (Status.REJECTED, Level.NONE)
    assert codes(verdict) == {"commitment-failed"}


def test_a_commitment_that_could_not_be_checked_leaves_it_signed_and_says_so() -> None:
    verdict = OWN.judged(commitments={own_need(): Commitment(UNDETERMINED, "the log is down")})

    assert fields(verdict) == (Status.CLAIMED, Level.SIGNED, CommitmentState.UNDETERMINED)
    assert verdict.needs == ()
    assert "commitment-undetermined" in codes(verdict)


def test_a_commitment_to_somebody_else_is_no_answer() -> None:
    of_another = CommitmentNeed(CWT, identifier(root), MINISTRY, LOG)

    verdict = OWN.judged(commitments={of_another: Commitment(VERIFIED, "")})

    assert verdict.commitment is CommitmentState.NOT_CHECKED


def test_an_issuer_without_an_endorsement_of_its_own_is_invalid() -> None:
    verdict = chain(signing).emblem().judged()

    assert verdict.status is Status.REJECTED
    assert codes(verdict) == {"root-endorsement-missing"}


def test_a_bare_trusted_key_does_not_repair_a_missing_root_endorsement() -> None:
    assert chain(signing).emblem().judged(trust=trusting(bare(signing))).status is Status.REJECTED


def test_a_top_endorsement_without_log_is_invalid() -> None:
    verdict = chain(root, signing, log=None).emblem().judged(trust=trusting(bare(root)))

    assert verdict.status is Status.REJECTED
    assert codes(verdict) == {"root-log-missing"}


@pytest.mark.parametrize("keys", [(signing,), (root, signing)])
def test_a_key_bound_to_the_issuer_needs_neither(keys: tuple[SoftwareSigner, ...]) -> None:
    verdict = chain(*keys, log=None).emblem().judged(trust=trusting(bound(keys[0], RELIEF)))

    assert fields(verdict) == (Status.PROTECTED, Level.ORGANIZATIONAL, CommitmentState.TRUSTED)


def test_a_key_bound_to_another_organization_counts_for_nothing() -> None:
    verdict = OWN.judged(trust=trusting(bound(root, MINISTRY), bound(signing, MINISTRY)))

    assert fields(verdict) == (Status.CLAIMED, Level.SIGNED, CommitmentState.NOT_CHECKED)
    assert not verdict.trusted
    assert [entry.trusted for entry in verdict.sets[0].chain] == [False, False]


def test_a_key_below_the_top_bound_to_the_issuer_makes_it_trusted_but_commits_nothing() -> None:
    verdict = OWN.judged(trust=trusting(bound(signing, RELIEF)))

    assert fields(verdict) == (Status.PROTECTED, Level.SIGNED, CommitmentState.NOT_CHECKED)


def test_a_failed_commitment_of_a_bound_key_is_only_a_warning() -> None:
    failed = {own_need(): Commitment(FAILED, "revoked")}

    verdict = OWN.judged(commitments=failed, trust=trusting(bound(root, RELIEF)))

    assert fields(verdict) == (Status.PROTECTED, Level.ORGANIZATIONAL, CommitmentState.TRUSTED)
    assert "commitment-failed" in codes(verdict)


def test_what_was_verified_is_said_before_what_is_bound() -> None:
    verified = {own_need(): Commitment(VERIFIED, "in a log")}

    verdict = OWN.judged(commitments=verified, trust=trusting(bound(root, RELIEF)))

    assert verdict.commitment is CommitmentState.VERIFIED


def test_an_emblem_without_issuer_has_no_commitment() -> None:
    verdict = chain(root, signing, issuer=None).emblem().endorsed_by(authority).judged()

    assert fields(verdict) == (Status.CLAIMED, Level.SIGNED, CommitmentState.NOT_APPLICABLE)
    assert verdict.needs == ()


def test_a_log_of_unknown_kinds_only_cannot_be_checked() -> None:
    top = jws_token(
        {
            "ver": "v1", "nbf": START, "exp": END, "iss": str(RELIEF), "sub": str(RELIEF), "end": True,
            "key": identifier(signing, JWS), "log": [{"ver": "v9"}],
        },
        root,
        kind="adem-end",
    )  # fmt: skip
    records = (emblem_token(signing, form=JWS), top, key_record(signing, JWS), key_record(root, JWS))

    verdict = Arrangement(JWS, records, root, RELIEF).judged()

    assert fields(verdict) == (Status.CLAIMED, Level.SIGNED, CommitmentState.UNDETERMINED)
    assert verdict.needs == ()


# Endorsements by others


@both_formats
def test_an_authority_whose_key_is_bound_endorses_and_vouches(form: Format) -> None:
    arrangement = chain(root, signing, form=form).emblem().endorsed_by(authority)

    verdict = arrangement.judged(trust=trusting(bound(authority, MINISTRY)))

    assert fields(verdict) == (Status.PROTECTED, Level.ENDORSED, CommitmentState.VOUCHED)
    assert verdict.endorsed_by == (MINISTRY,)
    assert [entry.role for entry in verdict.sets[0].chain][-1] is ChainRole.AUTHORITY


def test_an_authority_can_endorse_the_emblems_own_key() -> None:
    arrangement = chain(signing).emblem().endorsed_by(authority)

    verdict = arrangement.judged(trust=trusting(bound(authority, MINISTRY)))

    assert fields(verdict) == (Status.PROTECTED, Level.ENDORSED, CommitmentState.VOUCHED)


def test_two_verified_commitments_make_it_endorsed_but_not_protected() -> None:
    first = ENDORSED.judged()
    assert set(first.needs) == {own_need(), authority_need()}

    verdict = ENDORSED.judged(commitments=answered(first, VERIFIED))

    assert fields(verdict) == (Status.CLAIMED, Level.ENDORSED, CommitmentState.VERIFIED)
    assert verdict.endorsed_by == (MINISTRY,)


@pytest.mark.parametrize("result", [FAILED, UNDETERMINED])
def test_an_authority_whose_commitment_is_not_shown_does_not_endorse(result: CommitmentResult) -> None:
    answers = {own_need(): Commitment(VERIFIED, ""), authority_need(): Commitment(result, "")}

    verdict = ENDORSED.judged(commitments=answers)

    assert fields(verdict) == (Status.CLAIMED, Level.ORGANIZATIONAL, CommitmentState.VERIFIED)
    assert "endorser-not-committed" in codes(verdict)


def test_an_authority_does_not_endorse_an_issuer_whose_own_key_is_not_committed() -> None:
    verdict = ENDORSED.judged(commitments={authority_need(): Commitment(VERIFIED, "")})

    assert fields(verdict) == (Status.CLAIMED, Level.SIGNED, CommitmentState.NOT_CHECKED)
    assert verdict.endorsed_by == ()
    assert verdict.needs == (own_need(),)
    assert "endorser-accepted" not in codes(verdict)


def test_a_bare_trusted_key_does_not_speak_for_an_authority() -> None:
    answers = answered(ENDORSED.judged(), VERIFIED)
    trust = trusting(bare(authority))

    assert ENDORSED.judged(trust=trust).status is Status.CLAIMED
    assert fields(ENDORSED.judged(commitments=answers, trust=trust))[:2] == (Status.CLAIMED, Level.ENDORSED)


def test_a_key_bound_to_one_authority_does_not_speak_for_another() -> None:
    verdict = ENDORSED.judged(trust=trusting(bound(authority, FEDERATION)))

    assert fields(verdict)[:2] == (Status.CLAIMED, Level.SIGNED)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"may_endorse": False}, "endorser-forbids"),
        ({"constraints": Constraints(purposes=Purpose.INDICATIVE)}, "endorser-forbids"),
        ({"subject": FEDERATION}, "endorser-not-connected"),
        ({"subject": None}, "endorser-not-connected"),
        ({"key": identifier(signing)}, "endorser-not-connected"),
        ({"key": identifier(stranger)}, "endorser-not-connected"),
    ],
    ids=["may not endorse", "other purposes", "other subject", "no subject", "not the top key", "other key"],
)
def test_an_endorsement_that_misses_a_condition_does_not_count(claims: dict[str, Any], code: str) -> None:
    verdict = OWN.endorsed_by(authority, **claims).judged(trust=trusting(bound(authority, MINISTRY)))

    assert fields(verdict)[:2] == (Status.CLAIMED, Level.SIGNED)
    assert code in codes(verdict)


def test_an_endorsement_by_nobody_named_never_counts() -> None:
    arrangement = OWN.endorsed_by(authority, issuer=None)

    verdict = arrangement.judged(trust=trusting(bare(authority)))

    assert fields(verdict)[:2] == (Status.CLAIMED, Level.SIGNED)
    assert verdict.needs == (own_need(),)
    assert "the endorsement by an unnamed issuer does not count" in message(
        arrangement.judged(commitments={own_need(): Commitment(VERIFIED, "")}), "endorser-not-committed"
    )


def test_an_endorsement_without_log_by_a_key_that_is_not_bound_does_not_count() -> None:
    arrangement = OWN.endorsed_by(authority, log=None)

    verdict = arrangement.judged(commitments={own_need(): Commitment(VERIFIED, "")})

    assert fields(verdict)[:2] == (Status.CLAIMED, Level.ORGANIZATIONAL)
    assert "endorser-not-committed" in codes(verdict)


def test_an_endorsement_without_log_by_a_bound_key_counts() -> None:
    verdict = OWN.endorsed_by(authority, log=None).judged(trust=trusting(bound(authority, MINISTRY)))

    assert fields(verdict)[:2] == (Status.PROTECTED, Level.ENDORSED)


def test_several_authorities_are_all_named_in_one_order() -> None:
    arrangement = OWN.endorsed_by(authority).endorsed_by(other_authority, FEDERATION)
    trust = trusting(bound(authority, MINISTRY), bound(other_authority, FEDERATION))

    assert arrangement.judged(trust=trust).endorsed_by == (FEDERATION, MINISTRY)


def test_an_authority_that_is_not_trusted_counts_beside_one_that_is_once_committed() -> None:
    arrangement = OWN.endorsed_by(authority).endorsed_by(other_authority, FEDERATION)
    answers = {CommitmentNeed(CWT, identifier(other_authority), FEDERATION, LOG): Commitment(VERIFIED, "")}

    verdict = arrangement.judged(trust=trusting(bound(authority, MINISTRY)), commitments=answers)

    assert verdict.endorsed_by == (FEDERATION, MINISTRY)


def test_a_renewed_endorsement_by_an_authority_counts_once_in_its_latest_form() -> None:
    newer = endorsement_token(authority, root, issuer=MINISTRY, subject=RELIEF, not_before=START + 9, expires=END + DAY)
    verdict = ENDORSED.plus(newer).judged(trust=trusting(bound(authority, MINISTRY)))

    assert (verdict.not_before, verdict.expires) == (START + 9, END)
    assert "endorsement-renewed" in codes(verdict)


def test_an_added_endorsement_by_a_stranger_leaves_everything_as_it_was() -> None:
    before = ENDORSED.judged(trust=trusting(bound(authority, MINISTRY)))
    after = ENDORSED.endorsed_by(stranger, FEDERATION, log=None).judged(trust=trusting(bound(authority, MINISTRY)))

    assert fields(after) == fields(before)
    assert after.endorsed_by == before.endorsed_by


def test_the_period_covers_the_authoritys_endorsement() -> None:
    arrangement = OWN.endorsed_by(authority, expires=NOW + 60)

    assert arrangement.judged(trust=trusting(bound(authority, MINISTRY))).expires == NOW + 60
    assert arrangement.judged().expires == END


# Needs


def test_an_emblem_of_another_asset_needs_nothing() -> None:
    assert ENDORSED.judged("other.example").needs == ()


def test_an_invalid_chain_needs_nothing() -> None:
    assert ENDORSED.plus(endorsement_token(stranger, signing)).judged().status is Status.CLAIMED  # its key is missing
    spoilt = ENDORSED.plus(endorsement_token(signing, root))

    assert spoilt.judged().needs == ()


def test_an_authority_that_forbids_the_purpose_needs_no_commitment() -> None:
    arrangement = OWN.endorsed_by(authority, constraints=Constraints(purposes=Purpose.INDICATIVE))

    assert arrangement.judged().needs == (own_need(),)


def test_a_bound_authority_needs_no_commitment() -> None:
    assert ENDORSED.judged(trust=trusting(bound(authority, MINISTRY))).needs == ()


def test_an_authoritys_commitment_is_still_needed_where_the_issuers_is_verified() -> None:
    verdict = ENDORSED.judged(commitments={own_need(): Commitment(VERIFIED, "")})

    assert verdict.level is Level.ORGANIZATIONAL
    assert verdict.needs == (authority_need(),)


def test_the_answers_to_all_needs_leave_none() -> None:
    for result in CommitmentResult:
        assert ENDORSED.judged(commitments=answered(ENDORSED.judged(), result)).needs == ()


# what mutation of the source found untested: whom and what a reason names


def message(verdict: Verdict, code: str) -> str:
    (found,) = [reason.message for reason in verdict.sets[0].reasons if reason.code == code]
    return found


def test_reasons_name_the_organizations_and_the_key_that_they_are_about() -> None:
    own = chain(root, signing).emblem()
    endorsed = own.endorsed_by(authority)

    nobody = message(own.judged(), "trusted-nobody")
    assert f"key {identifier(root)} of {RELIEF}" in nobody
    assert f"that the key is {RELIEF}'s was not checked" in nobody
    trusted = message(own.judged(trust=trusting(bound(root, RELIEF))), "commitment-trusted")
    assert f"key {identifier(root)} to {RELIEF}" in trusted
    vouched = endorsed.judged(trust=trusting(bound(authority, MINISTRY)))
    assert message(vouched, "commitment-vouched") == f"{MINISTRY} vouches for key {identifier(root)} as one of {RELIEF}"
    assert str(MINISTRY) in message(vouched, "endorser-accepted")
    elsewhere = own.endorsed_by(authority, subject=FEDERATION).judged()
    assert str(MINISTRY) in message(elsewhere, "endorser-not-connected")


def test_an_emblem_of_another_asset_names_what_it_marks_and_what_is_none() -> None:
    verdict = chain(root, signing).emblem("other.example", "not an asset").judged()

    assert "other.example, not an asset (no asset), not hospital.example" in message(verdict, "asset-mismatch")


def test_the_path_has_every_key_with_its_issuer_whether_it_is_trusted_and_what_commits_it() -> None:
    verdict = ENDORSED.judged(trust=trusting(bound(authority, MINISTRY), bare(signing)))

    assert verdict.sets[0].chain == (
        ChainEntry(ChainRole.EMBLEM, 0, identifier(signing), RELIEF, True, CommitmentState.NOT_APPLICABLE),
        ChainEntry(ChainRole.ENDORSEMENT, 1, identifier(root), RELIEF, False, CommitmentState.VOUCHED),
        ChainEntry(ChainRole.AUTHORITY, 2, identifier(authority), MINISTRY, True, CommitmentState.TRUSTED),
    )
    needs = ENDORSED.judged()
    committed = ENDORSED.judged(commitments=answered(needs, VERIFIED))
    assert [entry.commitment for entry in committed.sets[0].chain] == ["not-applicable", "verified", "verified"]


def test_what_two_checks_remark_in_the_same_words_is_told_once() -> None:
    outdated = Reason(ReasonCode.LOGS_OUTDATED, Severity.WARNING, "the list of logs is old")
    arrangement = chain(root, signing).emblem().endorsed_by(authority)
    answers: dict[CommitmentNeed, Commitment] = {}
    for _ in range(2):
        verdict = arrangement.judged(commitments=answers)
        for need in verdict.needs:
            assert isinstance(need, CommitmentNeed)
            answers[need] = Commitment(CommitmentResult.VERIFIED, "so", remarks=(outdated,))

    verdict = arrangement.judged(commitments=answers)

    assert verdict.level is Level.ENDORSED
    assert [reason for reason in verdict.reasons if reason.code is ReasonCode.LOGS_OUTDATED] == [outdated]
