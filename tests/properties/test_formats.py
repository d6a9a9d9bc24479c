"""Both formats say the same: what can be said in either gives the same verdict in both."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from emblem.model.need import CommitmentResult
from emblem.model.purpose import Purpose
from emblem.model.token import Constraints
from emblem.model.verdict import Verdict
from emblem.validation.procedure import Profile
from tests.properties.chains import Plan, plans, trusts
from tests.support.arrangement import CWT, HOSPITAL, JWS, LOG, MINISTRY, NOW, RELIEF, START, answered, judged

emblem_changes: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "issuer": st.sampled_from([RELIEF, MINISTRY, None]),
        "purposes": st.sampled_from([Purpose.PROTECTIVE, Purpose.PROTECTIVE | Purpose.INDICATIVE]),
        "expires": st.sampled_from([NOW, NOW + 1]),
        "not_before": st.sampled_from([START, NOW, NOW + 1]),
    },
)
ALLOWED = [Constraints(purposes=Purpose.PROTECTIVE), Constraints(purposes=Purpose.PROTECTIVE | Purpose.INDICATIVE)]
endorsement_changes: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    # An endorsement of the native format always limits the purposes.
    {"constraints": st.sampled_from(ALLOWED)},
    optional={
        "issuer": st.sampled_from([RELIEF, MINISTRY, None]),
        "subject": st.sampled_from([RELIEF, MINISTRY, None]),
        "may_endorse": st.booleans(),
        "log": st.sampled_from([LOG, None]),
        "expires": st.sampled_from([NOW, NOW + 1]),
    },
)


def gist(verdict: Verdict) -> Any:
    """A verdict without identifiers, which the formats compute differently."""
    return (
        verdict.status,
        verdict.level,
        verdict.trusted,
        verdict.commitment,
        verdict.issuer,
        verdict.endorsed_by,
        verdict.not_before,
        verdict.expires,
        sorted((reason.code, reason.severity, reason.token or 0) for reason in verdict.reasons),
        [(entry.role, entry.token, entry.trusted, entry.commitment) for one in verdict.sets for entry in one.chain],
        len(verdict.needs),
    )


@settings(max_examples=200)
@given(plans(longest=4), st.sampled_from(Profile), st.sampled_from([*CommitmentResult, None]), st.data())
def test_the_same_statements_give_the_same_verdict_in_both_formats(
    plan: Plan, profile: Profile, result: CommitmentResult | None, data: st.DataObject
) -> None:
    for place in range(len(plan.keys)):
        plan = plan.changed(place, **data.draw(emblem_changes if place == 0 else endorsement_changes))
    trust = data.draw(trusts(plan))

    verdicts = []
    for form in (CWT, JWS):
        verdict = judged(*plan.records(form), target=HOSPITAL, trust=trust, profile=profile)
        if result is not None:
            answers = answered(verdict, result)
            verdict = judged(*plan.records(form), trust=trust, profile=profile, commitments=answers)
        verdicts.append(gist(verdict))

    assert verdicts[0] == verdicts[1]
