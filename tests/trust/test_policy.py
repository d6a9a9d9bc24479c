"""The policy of a store is read from its table; of several, the strictest of what is stated holds."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import TrustError
from emblem.model.token import Format
from emblem.model.verdict import Level
from emblem.trust.policy import StatedPolicy, differing_fields, strictest
from emblem.validation.trust import DEFAULT_POLICY, Policy
from tests.support.arrangement import FEDERATION, MINISTRY, RELIEF
from tests.trust.builders import read


def stated(**values: Any) -> StatedPolicy:
    return StatedPolicy.of(values)


# reading


def test_a_store_without_policy_states_nothing() -> None:
    assert read("").policy == read("[policy]").policy == StatedPolicy(DEFAULT_POLICY, frozenset())


@pytest.mark.parametrize(
    ("written", "field", "value"),
    [
        ('accept = "endorsed"', "accept", Level.ENDORSED),
        ('accept = "organizational"', "accept", Level.ORGANIZATIONAL),
        ('accept = "none"', "accept", None),
        ('minimum-level = "signed"', "minimum_level", Level.SIGNED),
        ('minimum-level = "organizational"', "minimum_level", Level.ORGANIZATIONAL),
        ('minimum-level = "endorsed"', "minimum_level", Level.ENDORSED),
        (f'required-authorities = ["{MINISTRY}", "{FEDERATION}"]', "required_authorities", {MINISTRY, FEDERATION}),
        ('formats = ["cwt"]', "formats", {Format.CWT}),
        ('formats = ["jws", "https", "cwt"]', "formats", set(Format)),
        ('clock-skew = "2m"', "clock_skew", 120),
        ('clock-skew = "0s"', "clock_skew", 0),
        ('longest-lifetime = "400d"', "longest_lifetime", 400 * 86_400),
        ('oldest-commitment = "36h"', "oldest_commitment", 36 * 3_600),
        ("require-dnssec = true", "require_dnssec", True),
        ("require-dnssec = false", "require_dnssec", False),
    ],
)
def test_each_field_is_read_and_counts_as_stated(written: str, field: str, value: Any) -> None:
    policy = read(f"[policy]\n{written}").policy

    assert getattr(policy.policy, field) == value
    assert policy.stated == {field}
    assert policy == stated(**{field: getattr(policy.policy, field)})


@pytest.mark.parametrize(
    ("written", "match"),
    [
        ('accept = "signed"', "line 2, column 10: accept: found 'signed', expected one of none, organizational, end"),
        ("accept = true", "line 2, column 10: accept: found true or false, expected a text"),
        ('minimum-level = "none"', "line 2, column 17: minimum-level: found 'none', expected one of signed"),
        ('formats = ["cwt", "cose"]', "line 2, column 19: formats: found 'cose', expected one of cwt, jws, https"),
        ("formats = []", "line 2, column 11: formats: found an empty array"),
        ('required-authorities = ["ministry"]', "line 2, column 25: required-authorities: found 'ministry'"),
        ('clock-skew = "2"', "column 14: clock-skew: found '2', expected a number and d, h, m or s"),
        ('clock-skew = "٢m"', "expected a number and d, h, m or s"),
        ("clock-skew = 2", "found the value 2, expected a text"),
        ('clock-skew = "25h"', "found '25h', expected one day at the most"),
        ('longest-lifetime = "2y"', "longest-lifetime: found '2y'"),
        ('longest-lifetime = "0d"', "found '0d', expected more than no time at all"),
        ('oldest-commitment = "0d"', "found '0d', expected more than no time at all"),
        ('oldest-commitment = "1234567d"', "found '1234567d'"),
        ('require-dnssec = "yes"', "found the text 'yes', expected true or false"),
    ],
)
def test_a_value_that_a_field_cannot_have_is_refused(written: str, match: str) -> None:
    with pytest.raises(TrustError, match=match):
        read(f"[policy]\n{written}")


# the strictest of several


@pytest.mark.parametrize(
    ("field", "lax", "strict"),
    [
        ("accept", Level.ORGANIZATIONAL, Level.ENDORSED),
        ("accept", Level.ENDORSED, None),
        ("minimum_level", Level.SIGNED, Level.ENDORSED),
        ("required_authorities", frozenset({MINISTRY, RELIEF}), frozenset({MINISTRY})),
        ("formats", frozenset(Format), frozenset({Format.CWT})),
        ("clock_skew", 120, 0),
        ("longest_lifetime", 86_400, 3_600),
        ("oldest_commitment", 86_400, 3_600),
        ("require_dnssec", False, True),
    ],
)
def test_of_each_field_the_stricter_value_holds(field: str, lax: Any, strict: Any) -> None:
    policies = stated(**{field: lax}), stated(**{field: strict})

    for order in permutations(policies):
        assert strictest(order) == stated(**{field: strict})
        assert differing_fields(order) == (field.replace("_", "-"),)


def test_a_policy_that_does_not_state_a_field_has_no_say_in_it() -> None:
    lenient = stated(accept=Level.ENDORSED, clock_skew=120)

    assert strictest([lenient, StatedPolicy()]) == lenient
    assert differing_fields([lenient, StatedPolicy(), lenient]) == ()


def test_authorities_and_formats_that_only_some_policies_name_are_left_out() -> None:
    one = stated(required_authorities=frozenset({MINISTRY, RELIEF}))
    other = stated(required_authorities=frozenset({MINISTRY, FEDERATION}))

    assert strictest([one, other]).policy == Policy(required_authorities=frozenset({MINISTRY}))


@pytest.mark.parametrize(
    ("field", "one", "other", "match"),
    [
        ("required_authorities", {MINISTRY}, {RELIEF}, f"found {MINISTRY} and {RELIEF}"),
        ("formats", {Format.JWS}, {Format.CWT, Format.HTTPS}, "found cwt, https and jws"),
    ],
)
def test_policies_that_nothing_can_meet_are_refused(field: str, one: set[Any], other: set[Any], match: str) -> None:
    policies = stated(**{field: frozenset(one)}), stated(**{field: frozenset(other)})

    for order in permutations(policies):
        with pytest.raises(TrustError, match=f"policies: {field.replace('_', '-')}: {match}"):
            strictest(order)


levels = st.sampled_from([Level.ORGANIZATIONAL, Level.ENDORSED])
seconds = st.integers(1, 10)
policies = st.fixed_dictionaries(
    {},
    optional={
        "accept": st.none() | levels,
        "minimum_level": st.just(Level.SIGNED) | levels,
        "required_authorities": st.frozensets(st.sampled_from([RELIEF, FEDERATION])).map(
            lambda some: some | {MINISTRY}
        ),
        "formats": st.frozensets(st.sampled_from(Format)).map(lambda some: some | {Format.CWT}),
        "clock_skew": st.integers(0, 10),
        "longest_lifetime": seconds,
        "oldest_commitment": seconds,
        "require_dnssec": st.booleans(),
    },
).map(lambda values: stated(**values))


@given(st.lists(policies, max_size=4), st.randoms())
def test_the_order_of_policies_does_not_matter(some: list[StatedPolicy], random: Any) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)

    assert strictest(shuffled) == strictest(some)


@given(policies, policies, policies)
def test_policies_may_be_merged_step_by_step(one: StatedPolicy, two: StatedPolicy, three: StatedPolicy) -> None:
    assert strictest([strictest([one, two]), three]) == strictest([one, two, three])


@given(policies)
def test_a_policy_merged_with_itself_is_the_same(policy: StatedPolicy) -> None:
    assert strictest([policy, policy]) == strictest([policy]) == policy
