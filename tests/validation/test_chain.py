"""Steps 2 and 3 in the profile that follows the drafts: one emblem, one chain of its own issuer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

from emblem.codec.cwt import decode_token
from emblem.keys.signing import SoftwareSigner
from emblem.model.purpose import Purpose
from emblem.model.target import Target
from emblem.model.token import Constraints, Format
from emblem.model.verdict import Level, Status, Verdict
from emblem.validation.chain import find_chains, split_candidates
from emblem.validation.screening import Candidate
from emblem.validation.trust import Occasion
from tests.support.arrangement import (
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
    Arrangement,
    bare,
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
from tests.support.raw import unknown_version

GOOD = chain(root, signing).emblem()
UNSCOPED = Occasion(Target(HOSPITAL), NOW, Purpose.PROTECTIVE)
ROOT_IS_TRUSTED = trusting(bare(root))
both_formats = pytest.mark.parametrize("form", [CWT, JWS])


def refused(arrangement: Arrangement) -> set[str]:
    """Why an arrangement is rejected although its root key is trusted."""
    verdict = arrangement.judged(trust=ROOT_IS_TRUSTED)
    assert verdict.status is Status.REJECTED
    assert (verdict.level, verdict.trusted) == (Level.NONE, False)
    return codes(verdict)


def errors(verdict: Verdict) -> set[str]:
    return {reason.code.value for reason in verdict.reasons if reason.severity.value == "error"}


@both_formats
def test_an_emblem_without_issuer_and_endorsements_is_signed(form: Format) -> None:
    verdict = chain(signing, issuer=None, form=form).emblem().judged()

    assert (verdict.status, verdict.level) == (Status.CLAIMED, Level.SIGNED)


@both_formats
@pytest.mark.parametrize("keys", [(root, signing), (root, middle, signing)])
def test_a_chain_that_leads_to_the_emblem_holds(form: Format, keys: tuple[SoftwareSigner, ...]) -> None:
    verdict = chain(*keys, form=form).emblem().judged()

    assert (verdict.status, verdict.level) == (Status.CLAIMED, Level.SIGNED)
    assert [entry.role.value for entry in verdict.sets[0].chain] == ["emblem"] + ["endorsement"] * (len(keys) - 1)


@both_formats
def test_a_chain_without_issuers_holds(form: Format) -> None:
    verdict = chain(root, signing, issuer=None, form=form).emblem().judged(trust=ROOT_IS_TRUSTED)

    assert (verdict.status, verdict.level) == (Status.PROTECTED, Level.SIGNED)


def test_two_emblems_in_one_set_are_none() -> None:
    second = emblem_token(signing, "other.example")

    assert refused(GOOD.plus(second)) == {"emblem-several"}


def test_a_branch_is_invalid() -> None:
    rival = endorsement_token(stranger, signing, log=LOG)

    assert refused(GOOD.plus(rival, key_record(stranger))) == {"chain-branch"}


def test_a_branch_further_up_is_invalid() -> None:
    rival = endorsement_token(stranger, middle)

    assert refused(chain(root, middle, signing).emblem().plus(rival, key_record(stranger))) == {"chain-branch"}


def test_a_circle_is_invalid() -> None:
    back = endorsement_token(signing, root)

    assert refused(GOOD.plus(back)) == {"chain-loop"}


def test_a_key_that_endorses_itself_is_a_circle() -> None:
    assert refused(GOOD.plus(endorsement_token(root, root))) == {"chain-loop"}


def test_an_endorsement_of_the_issuer_that_leads_nowhere_is_invalid() -> None:
    elsewhere = endorsement_token(root, stranger)

    assert refused(GOOD.plus(elsewhere)) == {"chain-unconnected"}


def test_a_circle_apart_from_the_chain_is_invalid() -> None:
    there, back = endorsement_token(stranger, middle), endorsement_token(middle, stranger)

    assert refused(GOOD.plus(there, back, key_record(stranger), key_record(middle))) == {"chain-unconnected"}


def test_an_endorsement_of_the_key_in_another_name_is_not_connected() -> None:
    arrangement = Arrangement(
        CWT,
        (emblem_token(signing), endorsement_token(root, signing, subject=MINISTRY, log=LOG), key_record(signing)),
        root,
        RELIEF,
    )

    assert refused(arrangement) == {"chain-unconnected"}


def test_an_absent_subject_endorses_only_an_absent_issuer() -> None:
    records = (emblem_token(signing), endorsement_token(root, signing, subject=None, log=LOG), key_record(signing))

    assert refused(Arrangement(CWT, records, root, RELIEF)) == {"chain-unconnected"}


@both_formats
def test_the_lowest_endorsement_need_not_allow_endorsing(form: Format) -> None:
    assert chain(root, signing, form=form, may_endorse=False).emblem().judged().status is Status.CLAIMED


@both_formats
def test_every_other_endorsement_must_allow_endorsing(form: Format) -> None:
    arrangement = chain(root, middle, signing, form=form, may_endorse=False).emblem()

    assert refused(arrangement) == {"endorsement-forbids-endorsing"}


def test_every_endorsement_must_allow_the_purposes() -> None:
    arrangement = chain(root, middle, signing).emblem(purposes=Purpose.PROTECTIVE | Purpose.INDICATIVE)

    assert refused(arrangement) == {"endorsement-purpose-exceeded"}


def test_purposes_must_be_contained_not_only_met() -> None:
    allowed = Constraints(purposes=Purpose.INDICATIVE | Purpose.CULTURAL_PROPERTY)
    claimed = Purpose.PROTECTIVE | Purpose.INDICATIVE

    assert refused(chain(root, signing, constraints=allowed).emblem(purposes=claimed)) == {
        "endorsement-purpose-exceeded"
    }


@pytest.mark.parametrize("claimed", [Purpose.INDICATIVE, Purpose.CULTURAL_PROPERTY, Purpose(18)])
def test_an_emblem_may_claim_fewer_purposes_than_allowed(claimed: Purpose) -> None:
    allowed = Constraints(purposes=Purpose.INDICATIVE | Purpose.CULTURAL_PROPERTY)

    verdict = chain(root, signing, constraints=allowed).emblem(purposes=claimed).judged()

    assert verdict.status is Status.CLAIMED


def renewed(**newer: Any) -> tuple[AnyRecord, ...]:
    """An emblem, an endorsement of its key, and a later one that differs as told."""
    usual: dict[str, Any] = {"log": LOG, "not_before": START + 1, "expires": END + DAY}
    return (
        emblem_token(signing),
        endorsement_token(root, signing, log=LOG),
        endorsement_token(root, signing, **(usual | newer)),
        key_record(signing),
        key_record(root),
    )


def test_a_renewal_beside_what_it_renews_is_one_link() -> None:
    verdict = judged(*renewed())

    assert verdict.status is Status.CLAIMED
    assert "endorsement-renewed" in codes(verdict)
    assert verdict.not_before == START + 1


def test_of_two_renewals_from_the_same_second_the_one_that_ends_later_counts() -> None:
    narrower = Constraints(purposes=Purpose.INDICATIVE)

    later = judged(*renewed(not_before=START, constraints=narrower))
    earlier = judged(*renewed(not_before=START, expires=END - 1, constraints=narrower))

    assert errors(later) == {"endorsement-purpose-exceeded"}
    assert earlier.status is Status.CLAIMED


@pytest.mark.parametrize("differing", [{"log": None}, {"constraints": Constraints(purposes=Purpose(3))}])
def test_which_of_two_endorsements_of_the_same_period_counts_does_not_depend_on_their_order(
    differing: dict[str, Any],
) -> None:
    marking, first, second, *keys = renewed(not_before=START, expires=END, **differing)

    one_way = judged(marking, first, second, *keys)
    other_way = judged(marking, second, first, *keys)

    assert (one_way.status, errors(one_way)) == (other_way.status, errors(other_way))


def test_another_statement_about_endorsing_is_no_renewal() -> None:
    assert errors(judged(*renewed(may_endorse=False))) == {"chain-branch"}


def test_a_renewal_that_has_not_begun_does_not_replace_the_endorsement_that_holds() -> None:
    verdict = judged(*renewed(not_before=END - 1))

    assert verdict.status is Status.CLAIMED
    assert "endorsement-renewed" not in codes(verdict)


def test_the_period_of_a_verdict_is_that_of_its_whole_path() -> None:
    arrangement = chain(root, signing, expires=END - 7).emblem(not_before=START + 5)

    verdict = arrangement.judged()

    assert (verdict.not_before, verdict.expires) == (START + 5, END - 7)


def test_a_chain_as_long_as_a_set_allows_holds() -> None:
    keys = [key(f"key {number}", "EdDSA") for number in range(30)]

    assert chain(*keys).emblem().judged(trust=trusting(bare(keys[0]))).status is Status.PROTECTED


def candidates(*records: AnyRecord) -> Iterator[Candidate]:
    for index, record in enumerate(records):
        assert isinstance(record, bytes)
        yield Candidate(index, decode_token(record))


def test_tokens_of_unknown_versions_are_neither_emblems_nor_endorsements() -> None:
    emblems, links = split_candidates(
        candidates(emblem_token(signing), unknown_version(), endorsement_token(root, signing))
    )

    assert [one.index for one in emblems] == [0]
    assert [one.index for one in links] == [2]


def test_there_are_two_chains_for_each_link_at_the_most_however_many_endorse_each_other() -> None:
    keys = [key(f"thicket {number}", "EdDSA") for number in range(7)]
    thicket = [endorsement_token(one, other) for one, other in permutations(keys, 2)]
    (emblem,), links = split_candidates(candidates(emblem_token(keys[0]), *thicket))

    chains = list(find_chains(emblem, links, trusting(bare(keys[1])).backing(CWT, UNSCOPED)))

    assert len(links) == 42
    assert len(chains) <= 1 + 2 * len(links)
