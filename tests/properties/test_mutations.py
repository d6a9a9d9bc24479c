"""What one change does to a chain that is good: the change is noticed, and named."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.token import Constraints, Format
from emblem.model.verdict import Status
from emblem.validation.procedure import Profile
from tests.properties.chains import Plan, forms, plans
from tests.support.arrangement import (
    CWT,
    MINISTRY,
    NOW,
    RELIEF,
    START,
    AnyRecord,
    bare,
    bound,
    codes,
    identifier,
    judged,
    key,
    trusting,
)

INDICATIVE = Constraints(purposes=Purpose.INDICATIVE)
STRANGER = key("a stranger")
ANY_TOKEN: dict[str, dict[str, Any]] = {
    "token-expired": {"expires": NOW},
    "token-not-yet-valid": {"not_before": NOW + 1},
}
ANY_ENDORSEMENT: list[tuple[str, dict[str, Any]]] = [
    ("endorsement-purpose-exceeded", {"constraints": INDICATIVE}),
    ("chain-unconnected", {"subject": MINISTRY}),
    ("chain-unconnected", {"subject": None}),
    ("chain-unconnected", {"key": identifier(STRANGER)}),
]


@given(plans(shortest=2), forms, st.sampled_from(sorted(ANY_TOKEN)), st.data())
def test_a_token_out_of_its_period_breaks_the_chain(plan: Plan, form: Format, code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(plan.own) - 1))

    verdict = judged(*plan.changed(place, **ANY_TOKEN[code]).records(form))

    # The top endorsement is the one whose absence leaves a shorter chain.
    top = place == len(plan.own) - 1 and place > 1
    assert verdict.status is (Status.CLAIMED if top else Status.REJECTED)
    assert code in codes(verdict)


@given(plans(shortest=2), st.sampled_from(ANY_ENDORSEMENT), st.data())
def test_an_endorsement_that_states_something_else_breaks_the_chain(
    plan: Plan, change: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(1, len(plan.own) - 1))
    code, claims = change
    changed = plan.changed(place, **claims)

    verdict = judged(*changed.records(), profile=Profile.DRAFT)

    assert verdict.status is Status.REJECTED
    assert code in codes(verdict)


@given(plans(shortest=3), forms, st.data())
def test_only_the_endorsement_of_the_emblems_key_may_forbid_endorsing(
    plan: Plan, form: Format, data: st.DataObject
) -> None:
    place = data.draw(st.integers(1, len(plan.own) - 1))
    changed = plan.changed(place, may_endorse=False)

    verdict = judged(*changed.records(form), profile=Profile.DRAFT)

    assert verdict.status is (Status.CLAIMED if place == 1 else Status.REJECTED)
    assert ("endorsement-forbids-endorsing" in codes(verdict)) is (place > 1)


@given(plans(shortest=2), forms, st.data())
def test_a_token_of_another_issuer_is_none_of_the_chain(plan: Plan, form: Format, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(plan.own) - 1))
    elsewhere = Organization.parse("https://elsewhere.example")

    verdict = judged(*plan.changed(place, issuer=elsewhere).records(form), profile=Profile.DRAFT)

    whole = place == len(plan.own) - 1 and place > 1
    assert verdict.status is (Status.CLAIMED if whole else Status.REJECTED)


@given(plans(), forms, st.sampled_from(Profile), st.data())
def test_what_is_protected_without_a_record_is_all_that_a_damaged_one_leaves(
    plan: Plan, form: Format, profile: Profile, data: st.DataObject
) -> None:
    records = plan.records(form)
    place = data.draw(st.integers(0, len(records) - 1))
    damaged = data.draw(flipped(records[place]))
    trust = trusting(*map(bare, plan.own), bound(plan.own[-1], RELIEF))
    rest = records[:place] + records[place + 1 :]

    verdict = judged(*rest, damaged, trust=trust, profile=profile)

    without = judged(*rest, trust=trust, profile=profile)
    whole = judged(*records, trust=trust, profile=profile)
    order = list(Status)
    assert verdict.status in (without.status, whole.status, Status.UNDETERMINED, Status.REJECTED)
    if verdict.status is Status.PROTECTED:
        assert without.status is Status.PROTECTED
    assert order.index(verdict.status) >= order.index(whole.status)


@settings(max_examples=60)
@given(plans(shortest=2, longest=4), st.data())
def test_a_renewal_in_progress_changes_nothing(plan: Plan, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(plan.own) - 1))
    start = data.draw(st.integers(START - 9, NOW))
    older = plan.changed(place, not_before=start, expires=data.draw(st.integers(NOW + 1, NOW + 9))).tokens(CWT)[place]
    trust = trusting(bound(plan.own[-1], RELIEF))

    for profile in Profile:
        verdict = judged(*plan.records(), older, trust=trust, profile=profile)
        assert (verdict.status, verdict.level) == (Status.PROTECTED, "organizational")


@st.composite
def flipped(draw: st.DrawFn, record: AnyRecord) -> AnyRecord:
    """The record with one bit turned over; as text, one character of Latin-1."""
    data = bytearray(record if isinstance(record, bytes) else record.encode("latin-1"))
    bit = draw(st.integers(0, 8 * len(data) - 1))
    data[bit // 8] ^= 1 << bit % 8
    return bytes(data) if isinstance(record, bytes) else data.decode("latin-1")
