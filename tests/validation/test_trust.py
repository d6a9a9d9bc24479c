"""Who stands behind an emblem: bare and bound keys, scopes, refusals, and the policy of the verifier."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from emblem.codec.cwt import decode_token
from emblem.errors import InputError
from emblem.keys.signing import SoftwareSigner
from emblem.model.need import Commitment, CommitmentResult
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.target import Target
from emblem.model.token import Format
from emblem.model.verdict import Level, Status
from emblem.validation.procedure import Profile
from emblem.validation.refusals import token_digest
from emblem.validation.trust import Backing, Occasion, Policy, Refusals, Scope, Trust, TrustedKey
from tests.support.arrangement import (
    AT,
    CWT,
    DAY,
    END,
    FEDERATION,
    HOSPITAL,
    JWS,
    MINISTRY,
    NOW,
    RELIEF,
    START,
    AnyRecord,
    Arrangement,
    answered,
    authority,
    bare,
    bound,
    chain,
    codes,
    emblem_token,
    identifier,
    middle,
    root,
    signing,
    stranger,
    trusting,
)
from tests.support.raw import unknown_version

OWN = chain(root, middle, signing).emblem()
ENDORSED = OWN.endorsed_by(authority)


@pytest.mark.parametrize("form", [CWT, JWS])
@pytest.mark.parametrize("given", [root, middle, signing])
def test_any_bare_key_of_the_emblems_own_chain_protects(form: Format, given: SoftwareSigner) -> None:
    verdict = chain(root, middle, signing, form=form).emblem().judged(trust=trusting(bare(given)))

    assert verdict.status is Status.PROTECTED
    assert verdict.trusted
    assert "trusted-key" in codes(verdict)


def test_without_a_trusted_key_a_flawless_emblem_is_only_claimed() -> None:
    verdict = ENDORSED.judged(commitments=answered(ENDORSED.judged(), CommitmentResult.VERIFIED))

    assert (verdict.status, verdict.level) == (Status.CLAIMED, Level.ENDORSED)
    assert "trusted-nobody" in codes(verdict)


def test_the_message_names_the_key_that_would_protect() -> None:
    (reason,) = (one for one in OWN.judged().reasons if one.code.value == "trusted-nobody")

    assert identifier(root) in reason.message
    assert "was not checked" in reason.message


def test_the_messages_name_no_organization_where_there_is_none() -> None:
    anonymous = chain(signing, issuer=None).emblem()

    trusted, untrusted = (
        anonymous.judged(trust=trust).reasons[-1].message for trust in (trusting(bare(signing)), Trust())
    )

    assert trusted == f"you trust key {identifier(signing)}, which is on its path"
    assert f"if you trusted key {identifier(signing)}, or" in untrusted


def test_a_key_that_only_stands_in_a_key_claim_is_not_on_the_path() -> None:
    """The endorsed key of a link apart from the emblem's own is named by nobody's signature here."""
    arrangement = chain(signing, issuer=None).emblem().endorsed_by(authority, key=identifier(stranger))

    assert arrangement.judged(trust=trusting(bare(stranger))).status is Status.CLAIMED


def test_a_key_that_is_on_no_path_protects_nothing() -> None:
    assert OWN.judged(trust=trusting(bare(stranger), bound(stranger, RELIEF))).status is Status.CLAIMED


@pytest.mark.parametrize(
    ("level", "status"), [(Level.ORGANIZATIONAL, Status.PROTECTED), (Level.ENDORSED, Status.CLAIMED)]
)
def test_an_accepted_level_suffices_without_a_trusted_key(level: Level, status: Status) -> None:
    commitments = answered(OWN.judged(), CommitmentResult.VERIFIED)

    verdict = OWN.judged(commitments=commitments, trust=trusting(accept=level))

    assert verdict.status is status
    assert not verdict.trusted
    assert ("level-accepted" in codes(verdict)) is (status is Status.PROTECTED)


@pytest.mark.parametrize("level", [Level.NONE, Level.SIGNED])
def test_no_policy_accepts_a_level_that_anybody_reaches(level: Level) -> None:
    with pytest.raises(InputError, match="accept"):
        Policy(accept=level)


# Scopes


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        (Scope(purposes=Purpose.PROTECTIVE), Status.PROTECTED),
        (Scope(purposes=Purpose.INDICATIVE), Status.CLAIMED),
        (Scope(suffixes=(HOSPITAL,)), Status.PROTECTED),
        (Scope(suffixes=("other.example", "example")), Status.PROTECTED),
        (Scope(suffixes=("pital.example",)), Status.CLAIMED),
        (Scope(suffixes=()), Status.CLAIMED),
        (Scope(not_before=NOW), Status.PROTECTED),
        (Scope(not_before=NOW + 1), Status.CLAIMED),
        (Scope(expires=NOW + 1), Status.PROTECTED),
        (Scope(expires=NOW), Status.CLAIMED),
    ],
)
@pytest.mark.parametrize("organization", [None, RELIEF])
def test_a_key_is_trusted_within_its_scope(scope: Scope, status: Status, organization: Organization | None) -> None:
    given = TrustedKey(root.public_key, organization, scope)

    verdict = OWN.judged(trust=trusting(given))

    assert verdict.status is status
    assert ("trust-out-of-scope" in codes(verdict)) is (status is Status.CLAIMED)


def test_a_key_of_the_older_format_out_of_its_scope_is_said_to_be() -> None:
    given = TrustedKey(root.public_key, None, Scope(suffixes=()))

    assert "trust-out-of-scope" in codes(chain(root, signing, form=JWS).emblem().judged(trust=trusting(given)))


def test_a_key_that_is_bound_for_other_occasions_only_is_bound_elsewhere() -> None:
    occasion = Occasion(Target.parse(HOSPITAL), NOW, Purpose.PROTECTIVE)

    def backing(*keys: TrustedKey) -> Backing:
        return trusting(*keys).backing(CWT, occasion)

    expired, valid = bound(root, RELIEF, expires=NOW), bound(root, RELIEF)
    assert backing(expired).binds_elsewhere(identifier(root), RELIEF)
    assert not backing(expired, valid).binds_elsewhere(identifier(root), RELIEF)
    assert not backing(expired).binds_elsewhere(identifier(root), MINISTRY)
    assert not backing(expired).binds_elsewhere(identifier(middle), RELIEF)
    assert not backing(expired).binds_elsewhere(None, RELIEF)
    assert not backing(bare(root)).binds_elsewhere(identifier(root), None)


def test_an_authority_vouches_within_its_scope() -> None:
    inside = bound(authority, MINISTRY, suffixes=("example",))
    outside = bound(authority, MINISTRY, suffixes=("org",))

    assert ENDORSED.judged(trust=trusting(inside)).level is Level.ENDORSED
    assert ENDORSED.judged(trust=trusting(outside)).level is Level.SIGNED


@pytest.mark.parametrize("profile", list(Profile))
def test_an_authority_out_of_its_scope_is_said_to_be(profile: Profile) -> None:
    outside = bound(authority, MINISTRY, suffixes=("org",))

    verdict = ENDORSED.judged(trust=trusting(outside), profile=profile)

    assert verdict.status is Status.CLAIMED
    assert [reason.token for reason in verdict.reasons if reason.code.value == "trust-out-of-scope"] == [3]


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("given", [bound(root, RELIEF, suffixes=("org",)), bound(authority, MINISTRY, expires=NOW)])
def test_a_set_that_is_invalid_only_out_of_the_scope_of_a_key_says_so(given: TrustedKey, profile: Profile) -> None:
    """Without a log only a key that is bound to somebody commits the root's key."""
    arrangement = chain(root, signing, log=None).emblem().endorsed_by(authority)

    verdict = arrangement.judged(trust=trusting(given), profile=profile)

    assert verdict.status is Status.REJECTED
    assert {"root-log-missing", "trust-out-of-scope"} <= codes(verdict)


def test_a_key_that_is_trusted_on_this_occasion_too_is_not_out_of_scope() -> None:
    given = (bound(authority, MINISTRY, suffixes=("org",)), bound(authority, MINISTRY, suffixes=("example",)))

    assert "trust-out-of-scope" not in codes(ENDORSED.judged(trust=trusting(*given)))


def test_an_authority_whose_scope_ends_is_told_once_though_a_log_commits_its_key() -> None:
    commitments = answered(ENDORSED.judged(), CommitmentResult.VERIFIED)
    verdict = ENDORSED.judged(commitments=commitments)
    commitments |= answered(verdict, CommitmentResult.VERIFIED)

    verdict = ENDORSED.judged(commitments=commitments, trust=trusting(bound(authority, MINISTRY, expires=NOW)))

    assert verdict.level is Level.ENDORSED
    assert sum(reason.code.value == "trust-out-of-scope" for reason in verdict.reasons) == 1


def test_a_scope_of_names_speaks_of_an_address_by_its_reverse_name() -> None:
    arrangement = chain(signing, issuer=None).emblem("1.2.0.192.in-addr.arpa")
    given = TrustedKey(signing.public_key, scope=Scope(suffixes=("2.0.192.in-addr.arpa",)))

    assert arrangement.judged("192.0.2.1", trust=trusting(given)).status is Status.PROTECTED


# Refusals


def digest(record: AnyRecord) -> bytes:
    assert isinstance(record, bytes)
    return token_digest(decode_token(record))


@pytest.mark.parametrize(
    ("refusals", "code"),
    [
        (Refusals(keys=frozenset({identifier(middle)})), "key-refused"),
        (Refusals(organizations=frozenset({RELIEF})), "organization-refused"),
        (Refusals(tokens=frozenset({digest(OWN.records[0])})), "token-refused"),
        (Refusals(withdrawn_keys=frozenset({(RELIEF, identifier(signing))})), "token-withdrawn"),
        (Refusals(withdrawn_tokens=frozenset({(RELIEF, digest(OWN.records[1]))})), "token-withdrawn"),
    ],
    ids=["key", "organization", "token", "withdrawn key", "withdrawn token"],
)
@pytest.mark.parametrize("profile", list(Profile))
def test_what_is_refused_does_not_count(refusals: Refusals, code: str, profile: Profile) -> None:
    verdict = OWN.judged(trust=Trust((bare(root),), refusals), profile=profile)

    assert verdict.status is Status.REJECTED
    assert code in codes(verdict)


@pytest.mark.parametrize(
    "refusals",
    [
        Refusals(keys=frozenset({identifier(stranger)})),
        Refusals(organizations=frozenset({FEDERATION})),
        Refusals(tokens=frozenset({bytes(32)})),
        Refusals(withdrawn_keys=frozenset({(MINISTRY, identifier(signing))})),
        Refusals(withdrawn_tokens=frozenset({(MINISTRY, digest(OWN.records[1]))})),
    ],
)
def test_what_is_refused_elsewhere_changes_nothing(refusals: Refusals) -> None:
    assert OWN.judged(trust=Trust((bare(root),), refusals)).status is Status.PROTECTED


def test_a_refused_organization_does_not_touch_emblems_without_issuer() -> None:
    trust = Trust((bare(signing),), Refusals(organizations=frozenset({RELIEF})))

    assert chain(signing, issuer=None).emblem().judged(trust=trust).status is Status.PROTECTED


def test_a_refused_authority_leaves_the_emblem_claimed() -> None:
    trust = Trust((bound(authority, MINISTRY),), Refusals(organizations=frozenset({MINISTRY})))

    verdict = ENDORSED.judged(trust=trust)

    assert (verdict.status, verdict.level) == (Status.CLAIMED, Level.SIGNED)


def test_an_unknown_version_of_a_refused_key_decides_nothing() -> None:
    trust = Trust(refusals=Refusals(keys=frozenset({identifier(signing)})))
    arrangement = Arrangement(CWT, (unknown_version(), *OWN.records[-1:]), root, RELIEF)

    assert arrangement.judged(trust=trust).status is Status.REJECTED


def test_an_unknown_version_has_no_issuer_to_refuse() -> None:
    trust = Trust(refusals=Refusals(organizations=frozenset({RELIEF})))
    arrangement = Arrangement(CWT, (unknown_version(), *OWN.records[-1:]), root, RELIEF)

    assert arrangement.judged(trust=trust).status is Status.UNDETERMINED


# Policy


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ({"minimum_level": Level.ORGANIZATIONAL}, "policy-level"),
        ({"minimum_level": Level.ENDORSED}, "policy-level"),
        ({"required_authorities": frozenset({MINISTRY})}, "policy-authority"),
        ({"formats": frozenset({Format.JWS})}, "policy-format"),
        ({"formats": frozenset()}, "policy-format"),
        ({"longest_lifetime": END - START - 1}, "policy-lifetime"),
    ],
)
def test_what_falls_short_of_the_policy_is_claimed_and_says_why(policy: dict[str, Any], code: str) -> None:
    verdict = OWN.judged(trust=trusting(bare(root), **policy))

    assert verdict.status is Status.CLAIMED
    assert code in codes(verdict)


@pytest.mark.parametrize(
    "policy",
    [
        {"minimum_level": Level.SIGNED},
        {"minimum_level": Level.ENDORSED},
        {"required_authorities": frozenset({MINISTRY, FEDERATION})},
        {"formats": frozenset({Format.CWT})},
        {"longest_lifetime": END - START},
    ],
)
def test_what_meets_the_policy_is_protected(policy: dict[str, Any]) -> None:
    assert ENDORSED.judged(trust=trusting(bound(authority, MINISTRY), **policy)).status is Status.PROTECTED


@pytest.mark.parametrize("begin", [-(10**4299), -1e308])
def test_a_lifetime_of_any_length_is_compared_with_the_policy(begin: float) -> None:
    endless = chain(signing, issuer=None, form=JWS).emblem(not_before=begin, expires=9 * 10**4299)

    verdict = endless.judged(trust=trusting(bare(signing), longest_lifetime=DAY))

    assert verdict.status is Status.CLAIMED
    assert "policy-lifetime" in codes(verdict)


def test_clocks_may_differ_by_the_skew_and_no_more() -> None:
    trust = trusting(bare(root), clock_skew=60)
    late, early = timedelta(seconds=END - NOW), timedelta(seconds=START - NOW)

    assert OWN.judged(at=AT + late + timedelta(seconds=59), trust=trust).status is Status.PROTECTED
    assert OWN.judged(at=AT + late + timedelta(seconds=60), trust=trust).status is Status.REJECTED
    assert OWN.judged(at=AT + early - timedelta(seconds=60), trust=trust).status is Status.PROTECTED
    assert OWN.judged(at=AT + early - timedelta(seconds=61), trust=trust).status is Status.REJECTED


@pytest.mark.parametrize("begin", [-(10**400), -1e308])
def test_the_skew_is_applied_to_dates_of_any_size(begin: float) -> None:
    endless = chain(signing, issuer=None, form=JWS).emblem(not_before=begin, expires=10**400)

    assert endless.judged(trust=trusting(bare(signing), clock_skew=60)).status is Status.PROTECTED


@pytest.mark.parametrize(
    ("logged_at", "level"),
    [(NOW - DAY, Level.ORGANIZATIONAL), (NOW - DAY - 1, Level.SIGNED), (None, Level.SIGNED)],
)
def test_a_commitment_older_than_the_policy_allows_is_none_to_build_on(logged_at: int | None, level: Level) -> None:
    (need,) = OWN.judged().needs
    commitments = {need: Commitment(CommitmentResult.VERIFIED, "in a log", logged_at)}

    verdict = OWN.judged(commitments=commitments, trust=trusting(oldest_commitment=DAY))

    assert verdict.level is level
    assert ("policy-commitment" in codes(verdict)) is (level is Level.SIGNED)


def test_the_robust_profile_prefers_what_meets_the_policy() -> None:
    long_lived = emblem_token(signing, expires=END + 30 * DAY)

    verdict = OWN.plus(long_lived).judged(trust=trusting(bare(root), longest_lifetime=7 * DAY), profile=Profile.ROBUST)

    assert verdict.status is Status.PROTECTED


def test_a_key_that_was_given_more_than_once_counts_for_each() -> None:
    given = (bound(root, FEDERATION), bound(root, RELIEF), bound(root, MINISTRY))

    verdict = OWN.judged(trust=trusting(*given))

    assert (verdict.status, verdict.level) == (Status.PROTECTED, Level.ORGANIZATIONAL)


def test_a_policy_names_the_authorities_that_it_requires() -> None:
    verdict = OWN.judged(trust=trusting(bare(root), required_authorities=frozenset({MINISTRY, FEDERATION})))

    (message,) = [reason.message for reason in verdict.reasons if reason.code == "policy-authority"]
    assert f"{FEDERATION}, {MINISTRY}" in message


def test_a_trusted_key_is_named_with_its_organization() -> None:
    verdict = OWN.judged(trust=trusting(bare(root)))

    (message,) = [reason.message for reason in verdict.reasons if reason.code == "trusted-key"]
    assert f"key {identifier(root)} of {RELIEF}" in message


def test_a_commitment_that_is_too_old_is_said_to_be() -> None:
    (need,) = OWN.judged().needs
    commitments = {need: Commitment(CommitmentResult.VERIFIED, "in a log", NOW - 9)}

    verdict = OWN.judged(trust=trusting(oldest_commitment=8), commitments=commitments)

    (message,) = [reason.message for reason in verdict.reasons if reason.code == "commitment-undetermined"]
    assert message.endswith("is older than the 8 seconds that you allow")


def test_a_lifetime_that_is_too_long_is_said_with_its_period() -> None:
    verdict = OWN.judged(trust=trusting(bare(root), longest_lifetime=60))

    (reason,) = (reason for reason in verdict.reasons if reason.code.value == "policy-lifetime")
    period = "from 2027-02-28T12:00:00Z to 2027-03-07T12:00:00Z"
    assert reason.message == f"it holds {period}; your policy allows 60 seconds"
