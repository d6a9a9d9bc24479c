"""What holds of every chain that is good, however long, and in whatever algorithms."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from emblem.model.need import CommitmentResult
from emblem.model.token import Format
from emblem.model.verdict import Level, Status
from emblem.validation.procedure import Profile
from tests.properties.chains import AUTHORITIES, Plan, forms, plans, trusts
from tests.support.arrangement import (
    AT,
    END,
    NOW,
    RELIEF,
    START,
    answered,
    bare,
    bound,
    in_set,
    judged,
    key,
    trusting,
)

profiles = st.sampled_from(Profile)


@given(plans(shortest=2), forms, profiles, st.data())
def test_any_key_of_its_own_issuer_that_is_trusted_protects(
    plan: Plan, form: Format, profile: Profile, data: st.DataObject
) -> None:
    trusted = data.draw(st.sampled_from(plan.own))

    verdict = judged(*plan.records(form), trust=trusting(bare(trusted)), profile=profile)

    assert verdict.status is Status.PROTECTED
    assert [entry.trusted for entry in verdict.sets[0].chain] == [one is trusted for one in plan.own]


@given(plans(shortest=2), forms, profiles)
def test_a_chain_that_nobody_trusts_is_claimed_and_one_with_a_bound_root_organizational(
    plan: Plan, form: Format, profile: Profile
) -> None:
    records = plan.records(form)

    assert judged(*records, profile=profile).status is Status.CLAIMED
    assert judged(*records, trust=trusting(bare(key("a stranger"))), profile=profile).status is Status.CLAIMED
    verdict = judged(*records, trust=trusting(bound(plan.own[-1], RELIEF)), profile=profile)
    assert (verdict.status, verdict.level) == (Status.PROTECTED, Level.ORGANIZATIONAL)


@given(plans(), forms, profiles)
def test_a_bound_authority_makes_it_endorsed_whatever_stands_below(plan: Plan, form: Format, profile: Profile) -> None:
    bindings = list(map(bound, plan.above, AUTHORITIES))

    verdict = judged(*plan.records(form), trust=trusting(*bindings), profile=profile)

    if plan.above:
        assert (verdict.status, verdict.level) == (Status.PROTECTED, Level.ENDORSED)
        assert set(verdict.endorsed_by) == {binding.organization for binding in bindings}
    else:
        assert verdict.level is (Level.SIGNED if len(plan.own) > 1 else Level.NONE)


@given(plans(shortest=2), forms, profiles)
def test_commitments_that_hold_endorse_without_any_trust_and_protect_nothing(
    plan: Plan, form: Format, profile: Profile
) -> None:
    records = plan.records(form)
    answers = answered(judged(*records, profile=profile), CommitmentResult.VERIFIED)

    verdict = judged(*records, profile=profile, commitments=answers)

    assert verdict.status is Status.CLAIMED
    assert verdict.level is (Level.ENDORSED if plan.above else Level.ORGANIZATIONAL)


@given(plans(shortest=2, longest=3, most_above=1), forms, profiles, st.data())
def test_it_holds_exactly_while_every_token_on_the_path_does(
    plan: Plan, form: Format, profile: Profile, data: st.DataObject
) -> None:
    periods = [
        (data.draw(st.integers(START, NOW)), data.draw(st.integers(NOW + 1, END))) for _ in (*plan.own, *plan.above)
    ]
    for place, (start, end) in enumerate(periods):
        plan = plan.changed(place, not_before=start, expires=end)
    bindings = [bound(plan.own[-1], RELIEF), *map(bound, plan.above, AUTHORITIES)]
    records = plan.records(form)

    def status(moment: int) -> Status:
        at = AT + timedelta(seconds=moment - NOW)
        return judged(*records, at=at, trust=trusting(*bindings), profile=profile).status

    own = periods[: len(plan.own)]
    first, end = max(start for start, _ in own), min(end for _, end in own)
    assert status(first) is status(end - 1) is Status.PROTECTED
    assert Status.PROTECTED not in (status(first - 1), status(end))
    verdict = judged(*records, trust=trusting(*bindings), profile=profile)
    assert (verdict.not_before, verdict.expires) == (max(start for start, _ in periods), min(end for _, end in periods))


@given(plans(most_above=1), forms, profiles, st.data())
def test_a_name_for_the_set_changes_nothing_but_the_name(
    plan: Plan, form: Format, profile: Profile, data: st.DataObject
) -> None:
    trust = data.draw(trusts(plan))
    named = in_set("a", *plan.records(form))

    with_name, without = (
        judged(*named, trust=trust, profile=profile),
        judged(*plan.records(form), trust=trust, profile=profile),
    )

    assert (with_name.status, with_name.level, with_name.trusted) == (without.status, without.level, without.trusted)
    assert [one.set for one in with_name.sets] == ["a"]


@settings(max_examples=60)
@given(plans(longest=3), plans(longest=3), forms, profiles, st.data())
def test_of_two_sets_side_by_side_the_better_one_counts(
    plan: Plan, other: Plan, form: Format, profile: Profile, data: st.DataObject
) -> None:
    trust = data.draw(trusts(plan))
    first, second = in_set("a", *plan.records(form)), in_set("b", *other.records(form))
    alone = [judged(*records, trust=trust, profile=profile) for records in (first, second)]

    together = judged(*first, *second, trust=trust, profile=profile)

    order = list(Status)
    assert together.status is min((one.status for one in alone), key=order.index)
    assert [one.status for one in together.sets] == [one.status for one in alone]
