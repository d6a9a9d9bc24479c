"""Several resolvers that have to agree, as the verifier uses them; both drivers say the same."""

from __future__ import annotations

import pytest

from emblem.dns import COVERT_TRANSPORT, ResourceRecord
from emblem.errors import ResolverError
from emblem.model.verdict import Status
from emblem.server import Faults
from emblem.verifier.drivers import AsyncVerifier, Verifier
from tests.support.arrangement import HOSPITAL, bare, chain, codes, root, signing, trusting
from tests.support.naming import Verify, ihle_lines, serving, verify_concurrently, verify_waiting

IHLE = ihle_lines(HOSPITAL, chain(root, signing).emblem().records)
TRUST = trusting(bare(root))


@pytest.fixture(params=[verify_waiting, verify_concurrently], ids=["waiting", "concurrent"])
def verify(request: pytest.FixtureRequest) -> Verify:
    """Both drivers of the verifier, one after the other."""
    driver: Verify = request.param
    return driver


def test_what_all_deny_is_unmarked(verify: Verify) -> None:
    with serving() as first, serving() as second:
        verdict = verify("unmarked.example", first.address, second.address)
        both = f"{first.address}, {second.address}"

    assert verdict.status is Status.UNMARKED
    assert verdict.discovery is not None
    assert {query.server for query in verdict.discovery.queries} == {both}


def test_what_all_found_is_judged_without_doubt(verify: Verify) -> None:
    with serving(*IHLE) as first, serving(*IHLE) as second:
        verdict = verify(HOSPITAL, first.address, second.address, trust=TRUST)

    assert verdict.status is Status.PROTECTED
    assert "discovery-incomplete" not in codes(verdict)


@pytest.mark.parametrize("order", [1, -1], ids=["liar first", "liar last"])
def test_a_resolver_that_denies_an_emblem_does_not_hide_it(verify: Verify, order: int) -> None:
    with serving(*IHLE) as honest, serving(*IHLE, faults=Faults(deny=True)) as liar:
        verdict = verify(HOSPITAL, *[liar.address, honest.address][::order], trust=TRUST)

    assert verdict.status is Status.PROTECTED
    (message,) = (reason.message for reason in verdict.reasons if reason.code == "discovery-incomplete")
    assert "the resolvers disagree: " in message


def test_one_that_denies_what_the_other_knows_cannot_make_it_unmarked(verify: Verify) -> None:
    other = ResourceRecord(HOSPITAL, 16, 60, b"\x05hello")
    with serving() as honest, serving(faults=Faults(replace=(other,))) as liar:
        verdict = verify(HOSPITAL, honest.address, liar.address)

    assert verdict.status is Status.UNDETERMINED


@pytest.mark.parametrize("faults", [Faults(drop=True), Faults(response_code=2), Faults(empty=True)])
def test_without_an_answer_of_all_nothing_is_unmarked(verify: Verify, faults: Faults) -> None:
    with serving() as honest, serving(faults=faults) as failing:
        verdict = verify(HOSPITAL, honest.address, failing.address, timeout=0.3)

    assert verdict.status is Status.UNDETERMINED


@pytest.mark.parametrize("kind", [Verifier, AsyncVerifier])
def test_a_verifier_with_a_rule_for_transports_is_not_made_against_it(kind: type[Verifier | AsyncVerifier]) -> None:
    with pytest.raises(ResolverError, match="in the clear"):
        kind(resolvers=["192.0.2.1"], transport=COVERT_TRANSPORT)
