"""What holds of every set of records, whatever is in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emblem.model.purpose import Purpose
from emblem.model.token import Constraints
from emblem.model.verdict import Level, SetVerdict, Status, Verdict
from emblem.validation.memory import MEMORY_SIZE, Memory
from emblem.validation.procedure import Profile
from emblem.validation.trust import Trust
from emblem.validation.validate import validate
from tests.support.arrangement import (
    AT,
    CWT,
    DAY,
    END,
    HOSPITAL,
    JWS,
    LOG,
    MINISTRY,
    NOW,
    RELIEF,
    START,
    AnyRecord,
    authority,
    bare,
    bound,
    chain,
    emblem_token,
    endorsement_token,
    in_set,
    judged,
    key,
    key_record,
    middle,
    root,
    signing,
    stranger,
    trusting,
)
from tests.support.raw import (
    cwt_emblem_claims,
    cwt_endorsement_claims,
    malformed_records,
    unknown_algorithm,
    unknown_version,
)

CAST = (signing, middle, root, authority, stranger)
UNPUBLISHED = key("nobody has this key")
GOOD_SETS = (
    chain(signing, issuer=None).emblem(),
    chain(root, signing).emblem(),
    chain(root, middle, signing).emblem().endorsed_by(authority),
    chain(root, signing, form=JWS).emblem().endorsed_by(authority),
)
TRUST = trusting(bare(signing), bare(root), bound(authority, MINISTRY))

ALL_KEYS = [key_record(one, form) for one in CAST for form in (JWS, CWT)]

emblems = st.builds(
    emblem_token,
    st.sampled_from(CAST),
    st.sampled_from([HOSPITAL, "other.example", "not an asset"]),
    issuer=st.sampled_from([RELIEF, RELIEF, MINISTRY, None]),
    purposes=st.sampled_from([Purpose.PROTECTIVE, Purpose(3)]),
    expires=st.sampled_from([END, NOW - 1]),
    form=st.sampled_from([CWT, CWT, JWS]),
)
endorsements = st.builds(
    endorsement_token,
    st.sampled_from(CAST),
    st.sampled_from(CAST),
    issuer=st.sampled_from([RELIEF, RELIEF, MINISTRY, None]),
    subject=st.sampled_from([RELIEF, RELIEF, None]),
    may_endorse=st.booleans(),
    log=st.sampled_from([LOG, None]),
    constraints=st.sampled_from([Constraints(purposes=Purpose.PROTECTIVE), Constraints(purposes=Purpose(3))]),
    not_before=st.sampled_from([START, START, START + 1]),
)
unknowns = st.sampled_from(
    [
        unknown_version(),
        unknown_version(UNPUBLISHED),
        unknown_algorithm(cwt_emblem_claims(iss=None), UNPUBLISHED),
        unknown_algorithm(cwt_endorsement_claims(signing), UNPUBLISHED),
        unknown_algorithm(cwt_endorsement_claims(root, log=[{"id": bytes(32), "index": 7}]), UNPUBLISHED),
    ]
)
keys = st.sampled_from(ALL_KEYS)
foreign = st.sampled_from(["v=spf1 -all", "", "adem", "google-site-verification=x", "emblem=1"])
malformed = st.sampled_from(malformed_records()) | st.binary(max_size=40)
plain = st.one_of(emblems, endorsements, keys, unknowns, malformed)
anything = plain | st.builds(lambda record: in_set("a", record)[0], emblems | endorsements)
sets = st.one_of(
    st.lists(anything, max_size=10),
    st.builds(lambda good, more: [*good.records, *more], st.sampled_from(GOOD_SETS), st.lists(anything, max_size=4)),
)
trusts = st.sampled_from([trusting(), TRUST, trusting(bare(signing)), trusting(accept=Level.ORGANIZATIONAL)])
profiles = st.sampled_from(Profile)


def gist(verdict: Verdict) -> Any:
    """A verdict but for what counts in the order of the records: token numbers, and the reasons' wording."""
    return _finding(verdict), sorted(map(_set_gist, verdict.sets), key=repr)


def _set_gist(one: SetVerdict) -> Any:
    chain_of_keys = sorted((entry.role, entry.key_identifier, entry.trusted) for entry in one.chain)
    kinds = sorted((report.kind, report.used, report.key_identifier or "") for report in one.tokens)
    return one.carriage, one.owner, one.set, _finding(one), chain_of_keys, kinds


def _finding(one: Verdict | SetVerdict) -> Any:
    return (
        one.status,
        one.level,
        one.trusted,
        one.sign,
        one.purposes,
        one.issuer,
        one.endorsed_by,
        one.assets,
        one.not_before,
        one.expires,
        one.format,
        one.commitment,
        frozenset(one.needs),
        frozenset((reason.code, reason.severity) for reason in one.reasons),
    )


def answer(verdict: Verdict) -> tuple[Status, Level, bool]:
    return verdict.status, verdict.level, verdict.trusted


@settings(max_examples=200)
@given(sets, st.randoms(use_true_random=False), trusts, profiles)
def test_the_order_of_records_never_matters(
    records: list[AnyRecord], shuffling: Any, trust: Trust, profile: Profile
) -> None:
    shuffled = list(records)
    shuffling.shuffle(shuffled)

    one_way = judged(*records, trust=trust, profile=profile)
    other_way = judged(*shuffled, trust=trust, profile=profile)

    assert gist(one_way) == gist(other_way)


@given(sets, st.lists(foreign, max_size=5), trusts, profiles)
def test_records_of_others_change_nothing(
    records: list[AnyRecord], others: list[str], trust: Trust, profile: Profile
) -> None:
    before = judged(*records, trust=trust, profile=profile)

    assert judged(*records, *others, trust=trust, profile=profile) == before
    assert judged(*others, *records, trust=trust, profile=profile) == before


@given(st.sampled_from(GOOD_SETS), st.lists(malformed, max_size=5), profiles)
def test_malformed_records_never_change_the_status_of_a_valid_set(
    good: Any, spoilt: list[AnyRecord], profile: Profile
) -> None:
    before = good.judged(trust=TRUST, profile=profile)

    assert before.status is Status.PROTECTED
    assert answer(good.plus(*spoilt).judged(trust=TRUST, profile=profile)) == answer(before)


@given(st.sampled_from(GOOD_SETS), st.lists(unknowns, max_size=5), profiles)
def test_unknown_tokens_never_change_the_status_of_a_valid_set(
    good: Any, unknown: list[AnyRecord], profile: Profile
) -> None:
    assert good.plus(*unknown).judged(trust=TRUST, profile=profile).status is Status.PROTECTED


@given(st.sampled_from(GOOD_SETS), st.lists(anything, max_size=8))
def test_no_addition_lowers_the_status_of_a_valid_set_in_the_robust_profile(good: Any, added: list[AnyRecord]) -> None:
    verdict = good.plus(*added).judged(trust=TRUST, profile=Profile.ROBUST)

    assert verdict.status is Status.PROTECTED


@settings(max_examples=150)
@given(sets, st.data(), trusts, profiles)
def test_duplicates_change_nothing(
    records: list[AnyRecord], data: st.DataObject, trust: Trust, profile: Profile
) -> None:
    again = data.draw(st.lists(st.sampled_from(records), max_size=8)) if records else []

    before = judged(*records, trust=trust, profile=profile)
    after = judged(*records, *again, trust=trust, profile=profile)

    assert answer(after) == answer(before)
    assert after.needs == before.needs


@given(sets, trusts, profiles)
def test_judging_twice_gives_the_same(records: list[AnyRecord], trust: Trust, profile: Profile) -> None:
    assert judged(*records, trust=trust, profile=profile) == judged(*records, trust=trust, profile=profile)


@given(sets, st.sampled_from([START - 1, END, END + 10**9, -(10**9)]), trusts, profiles)
def test_outside_every_period_nothing_is_protected_or_claimed(
    records: list[AnyRecord], moment: int, trust: Trust, profile: Profile
) -> None:
    verdict = judged(*records, at=AT + timedelta(seconds=moment - NOW), trust=trust, profile=profile)

    assert verdict.status in (Status.REJECTED, Status.UNDETERMINED)


@given(sets, profiles)
def test_nothing_is_protected_by_a_verifier_who_trusts_nobody(records: list[AnyRecord], profile: Profile) -> None:
    verdict = judged(*records, profile=profile)

    assert verdict.status is not Status.PROTECTED
    assert not verdict.trusted
    assert verdict.status is not Status.UNMARKED


@given(sets, profiles)
def test_more_trust_never_lowers_the_status_and_protects_only_what_is_marked(
    records: list[AnyRecord], profile: Profile
) -> None:
    order = list(Status)

    without = judged(*records, *ALL_KEYS, profile=profile)
    with_trust = judged(*records, *ALL_KEYS, trust=TRUST, profile=profile)

    assert order.index(with_trust.status) <= order.index(without.status)
    assert with_trust.status is not Status.PROTECTED or HOSPITAL in with_trust.assets


@given(sets, trusts, profiles)
def test_every_verdict_keeps_its_promises(records: list[AnyRecord], trust: Trust, profile: Profile) -> None:
    verdict = judged(*records, trust=trust, profile=profile)

    assert verdict.reasons
    for one in verdict.sets:
        assert one.reasons
        assert all(reason.token is None or reason.token < len(one.tokens) for reason in one.reasons)
        assert all(entry.token < len(one.tokens) and one.tokens[entry.token].used for entry in one.chain)
        assert {entry.token for entry in one.chain} == {
            number for number, report in enumerate(one.tokens) if report.used
        }
        if one.status in (Status.PROTECTED, Status.CLAIMED):
            assert one.not_before is not None
            assert one.expires is not None
            assert one.not_before <= NOW < one.expires
            assert HOSPITAL in one.assets
        else:
            assert any(reason.severity == "error" for reason in one.reasons)
        if one.status is Status.UNDETERMINED:
            assert one.level is Level.NONE


@pytest.mark.parametrize("profile", list(Profile))
@given(st.lists(st.binary(max_size=300) | st.text(max_size=300), max_size=20))
def test_nothing_that_can_be_given_makes_it_fail(profile: Profile, records: list[AnyRecord]) -> None:
    assert judged(*records, profile=profile).status in (Status.REJECTED, Status.UNDETERMINED)


@given(
    st.lists(st.tuples(sets, trusts, profiles, st.sampled_from([-DAY, 0, 0, 7 * DAY])), min_size=2, max_size=4),
    st.sampled_from([0, 20_000, MEMORY_SIZE]),
)
def test_no_verdict_is_another_because_something_is_remembered(questions: list[Any], size: int) -> None:
    memory = Memory(size)
    for records, trust, profile, later in questions:
        question: dict[str, Any] = {
            "target": HOSPITAL,
            "at": AT + timedelta(seconds=later),
            "trust": trust,
            "profile": profile,
        }
        for _ in range(2):
            assert validate(records, memory=memory, **question) == validate(records, **question)
