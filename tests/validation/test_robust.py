"""The profile that finds the valid chain among what is there: what is added takes nothing away."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emblem.codec.base64 import encode_base64url
from emblem.model.purpose import Purpose
from emblem.model.reason import Severity
from emblem.model.token import Constraints
from emblem.model.verdict import ChainRole, Level, Status, Verdict
from emblem.validation.procedure import Profile
from emblem.validation.trust import Trust
from tests.support.arrangement import (
    END,
    LOG,
    MINISTRY,
    RELIEF,
    START,
    AnyRecord,
    authority,
    bare,
    bound,
    chain,
    codes,
    emblem_token,
    endorsement_token,
    judged,
    key,
    key_record,
    middle,
    root,
    signing,
    stranger,
    trusting,
)

GOOD = chain(root, signing).emblem()
TRUST = trusting(bare(root))
ROBUST = Profile.ROBUST

SPOILERS: dict[str, tuple[AnyRecord, ...]] = {
    "another emblem of the host": (emblem_token(stranger), key_record(stranger)),
    "an emblem of another host": (emblem_token(signing, "other.example"),),
    "a branch": (endorsement_token(stranger, signing, log=LOG), key_record(stranger)),
    "a branch above": (endorsement_token(stranger, root, log=LOG), key_record(stranger)),
    "a circle": (endorsement_token(signing, root, log=LOG),),
    "a key that endorses itself": (endorsement_token(root, root, log=LOG),),
    "an endorsement that leads nowhere": (endorsement_token(root, stranger),),
    "a renewal that allows nothing of it": (
        endorsement_token(
            root, signing, log=LOG, constraints=Constraints(purposes=Purpose.INDICATIVE), not_before=START + 9
        ),
    ),
    "a renewal that names no log": (endorsement_token(root, signing, not_before=START + 9),),
    "an endorsement without the right to endorse": (endorsement_token(root, signing, may_endorse=False),),
}


@pytest.mark.parametrize("name", SPOILERS)
def test_what_spoils_a_set_by_the_drafts_does_not_spoil_it_here(name: str) -> None:
    arrangement = GOOD.plus(*SPOILERS[name])

    verdict = arrangement.judged(trust=TRUST, profile=ROBUST)

    assert verdict.status is Status.PROTECTED
    assert not [reason for reason in verdict.reasons if reason.severity is Severity.ERROR]


def test_all_of_them_together_do_not_either() -> None:
    everything = [record for records in SPOILERS.values() for record in records]

    for order in (everything, everything[::-1]):
        assert judged(*order, *GOOD.records, trust=TRUST, profile=ROBUST).status is Status.PROTECTED
        assert judged(*GOOD.records, *order, trust=TRUST, profile=ROBUST).status is Status.PROTECTED


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("an emblem of another host", "emblem-several"),
        ("a branch", "chain-unconnected"),
        ("an endorsement that leads nowhere", "chain-unconnected"),
        ("a renewal that names no log", "endorsement-renewed"),
    ],
)
def test_what_was_left_over_is_said(name: str, code: str) -> None:
    assert code in codes(GOOD.plus(*SPOILERS[name]).judged(trust=TRUST, profile=ROBUST))


@pytest.mark.parametrize(
    ("name", "code"),
    [("a branch", "chain-unconnected"), ("a renewal that names no log", "endorsement-renewed")],
)
def test_only_what_was_left_over_is_said_to_be(name: str, code: str) -> None:
    verdict = GOOD.plus(*SPOILERS[name]).judged(trust=TRUST, profile=ROBUST)

    told = [(one.code.value, one.token) for one in verdict.reasons if one.code.value in LEFT_OVER]
    assert told == [(code, 2)]


LEFT_OVER = ("chain-unconnected", "endorsement-renewed")


def test_an_earlier_endorsement_that_allows_more_is_found() -> None:
    """The authority allowed more last week than it does today: both statements hold."""
    generous, narrow = Constraints(purposes=Purpose(3)), Constraints(purposes=Purpose.INDICATIVE)
    arrangement = GOOD.endorsed_by(authority, constraints=generous)
    narrower = endorsement_token(
        authority, root, issuer=MINISTRY, subject=RELIEF, constraints=narrow, not_before=START + 9
    )
    trust = trusting(bound(authority, MINISTRY))

    assert arrangement.plus(narrower).judged(trust=trust).level is Level.SIGNED
    assert arrangement.plus(narrower).judged(trust=trust, profile=ROBUST).level is Level.ENDORSED


def test_of_an_authority_that_renewed_its_endorsement_only_the_newest_counts() -> None:
    newer = endorsement_token(
        authority, root, issuer=MINISTRY, subject=RELIEF, log=LOG, not_before=START + 9, expires=END + 9
    )
    arrangement = GOOD.endorsed_by(authority).plus(newer)

    for profile in Profile:
        (judged_set,) = arrangement.judged(trust=trusting(bound(authority, MINISTRY)), profile=profile).sets
        (entry,) = (entry for entry in judged_set.chain if entry.role is ChainRole.AUTHORITY)
        assert judged_set.tokens[entry.token].not_before == START + 9


def test_a_good_chain_is_found_in_a_thicket_of_endorsements() -> None:
    """Eight keys of a stranger endorse each other and every key of the chain, in the issuer's name."""
    strangers = [key(f"stranger {number}", "EdDSA") for number in range(7)]
    thicket = [endorsement_token(one, other) for one, other in permutations(strangers, 2)]
    thicket += [endorsement_token(strangers[0], one, log=LOG) for one in (signing, middle, root)]
    good = chain(root, middle, signing).emblem().records
    records = (*thicket, *good)
    keys = [key_record(one) for one in strangers]
    elsewhere = [f"emblem-cwt={_text(one)}" for one in keys]

    for order in (records, records[::-1]):
        verdict = judged(*order, *elsewhere, trust=TRUST, profile=ROBUST)
        assert verdict.status is Status.PROTECTED


def _text(record: AnyRecord) -> str:
    assert isinstance(record, bytes)
    return encode_base64url(record)


def test_the_long_way_over_a_trusted_key_is_found_beside_a_short_one() -> None:
    detour = chain(root, middle, signing, log=None).emblem()
    shortcut = endorsement_token(root, signing)

    verdict = detour.plus(shortcut).judged(trust=trusting(bare(middle), bound(root, RELIEF)), profile=ROBUST)

    assert (verdict.status, verdict.level) == (Status.PROTECTED, Level.ORGANIZATIONAL)


def test_nothing_valid_among_many_emblems_is_rejected_with_a_reason() -> None:
    verdict = judged(emblem_token(signing), emblem_token(signing, "b.example"), key_record(signing), profile=ROBUST)

    assert verdict.status is Status.REJECTED
    assert {"root-endorsement-missing", "emblem-several"} <= codes(verdict)


def test_an_endorsement_that_forbids_the_purpose_is_the_reason_where_it_is_the_only_one() -> None:
    arrangement = chain(root, signing).emblem(purposes=Purpose.CULTURAL_PROPERTY)

    assert "endorsement-purpose-exceeded" in codes(arrangement.judged(profile=ROBUST))


def fault(verdict: Verdict) -> tuple[str, int | None]:
    """The code of the only error, and the token that it is about."""
    (reason,) = (reason for reason in verdict.reasons if reason.severity is Severity.ERROR)
    return reason.code.value, reason.token


def test_where_no_chain_holds_the_fault_of_the_one_that_reaches_farthest_is_told() -> None:
    """Of the emblem alone it would be that its issuer has no endorsement of its key, which is beside the point."""
    arrangement = chain(root, middle, signing, log=None).emblem()

    assert fault(arrangement.judged(profile=ROBUST)) == ("root-log-missing", 1)


def test_a_link_that_breaks_the_longest_chain_is_told_rather_than_what_is_below_it() -> None:
    narrow = Constraints(purposes=Purpose.INDICATIVE)
    lower = endorsement_token(middle, signing)
    upper = endorsement_token(root, middle, log=LOG, constraints=narrow)

    verdict = judged(emblem_token(signing), lower, upper, *map(key_record, CAST), profile=ROBUST)

    assert fault(verdict) == ("endorsement-purpose-exceeded", 2)


def test_an_added_link_that_allows_nothing_does_not_hide_the_fault_of_a_longer_chain() -> None:
    narrow = Constraints(purposes=Purpose.INDICATIVE)
    arrangement = chain(root, middle, signing, log=None).emblem()
    added = endorsement_token(stranger, signing, constraints=narrow, not_before=START + 9)

    verdict = arrangement.plus(added, key_record(stranger)).judged(profile=ROBUST)

    assert fault(verdict) == ("root-log-missing", 1)


def test_two_hosts_in_one_set_are_each_found() -> None:
    arrangement = GOOD.plus(emblem_token(signing, "other.example"))

    assert arrangement.judged("other.example", trust=TRUST, profile=ROBUST).status is Status.PROTECTED
    assert arrangement.judged(trust=TRUST, profile=ROBUST).status is Status.PROTECTED


# The oracle: the profile `robust` is the best that any subset of the tokens reaches by the drafts.

CAST = (signing, middle, root, stranger)
KEYS = (*map(key_record, CAST), key_record(authority))
statements = st.one_of(
    st.builds(
        lambda signer, asset, issuer: emblem_token(signer, asset, issuer=issuer),
        st.sampled_from(CAST[:2]),
        st.sampled_from(["hospital.example", "other.example"]),
        st.sampled_from([RELIEF, RELIEF, None]),
    ),
    st.builds(
        lambda signer, endorsed, end, log, purposes, issuer, later: endorsement_token(
            signer,
            endorsed,
            may_endorse=end,
            log=log,
            constraints=Constraints(purposes=purposes),
            issuer=issuer,
            not_before=START + later,
        ),
        st.sampled_from((*CAST, authority)),
        st.sampled_from(CAST),
        st.booleans(),
        st.sampled_from([LOG, LOG, None]),
        st.sampled_from([Purpose.PROTECTIVE, Purpose.PROTECTIVE, Purpose.INDICATIVE]),
        st.sampled_from([RELIEF, RELIEF, RELIEF, MINISTRY, None]),
        st.integers(0, 1),
    ),
)
trusts = st.sampled_from(
    [
        trusting(),
        TRUST,
        trusting(bare(middle)),
        trusting(bound(root, RELIEF)),
        trusting(bound(middle, RELIEF), bare(root)),
        trusting(bound(authority, MINISTRY)),
        trusting(accept=Level.ORGANIZATIONAL),
    ]
)
RANKS = list(Status)


def merit(verdict: Verdict) -> tuple[int, int]:
    return RANKS.index(verdict.status), -verdict.level.rank


@settings(max_examples=150)
@given(st.lists(statements, min_size=1, max_size=6, unique=True), trusts)
def test_it_is_the_best_that_any_subset_of_the_tokens_reaches_by_the_drafts(tokens: list[bytes], trust: Trust) -> None:
    subsets = (subset for count in range(1, len(tokens) + 1) for subset in combinations(tokens, count))
    best = min((judged(*subset, *KEYS, trust=trust) for subset in subsets), key=merit)

    assert merit(judged(*tokens, *KEYS, trust=trust, profile=ROBUST)) == merit(best)


@settings(max_examples=100)
@given(st.lists(statements, max_size=5, unique=True), st.lists(statements, max_size=4, unique=True), trusts)
def test_no_addition_lowers_the_verdict(tokens: list[bytes], added: list[bytes], trust: Trust) -> None:
    before = judged(*tokens, *KEYS, trust=trust, profile=ROBUST)
    after = judged(*tokens, *added, *KEYS, trust=trust, profile=ROBUST)

    assert merit(after) <= merit(before)


def test_a_way_that_others_share_from_there_on_is_gone_on_with_over_the_trusted_key() -> None:
    """The root's only endorsement is reached on a short way first, and on one with the trusted key later."""
    upper = key("upper")
    good = chain(root, upper, middle, signing).emblem()

    verdict = good.plus(endorsement_token(upper, signing)).judged(trust=trusting(bare(middle)), profile=ROBUST)

    assert verdict.status is Status.PROTECTED


def test_of_equals_the_newest_counts() -> None:
    newer = endorsement_token(root, signing, log=LOG, not_before=START + 9, expires=END + 9)
    endorsements = (newer, endorsement_token(root, signing, log=LOG))
    emblems = (emblem_token(signing, not_before=START + 5), emblem_token(signing))

    for records in ((*endorsements, *emblems), (*endorsements[::-1], *emblems[::-1])):
        verdict = judged(*records, key_record(signing), key_record(root), profile=ROBUST)
        starts = {report.not_before for report in verdict.sets[0].tokens if report.used}
        assert starts == {START + 9, START + 5}
