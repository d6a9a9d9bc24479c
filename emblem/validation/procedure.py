"""One set through the whole procedure (``specs/profile.md``, "Procedure")."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

from emblem.model.limits import MOST_RECORDS_IN_SET, MOST_SET_ASIDE
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.target import Address
from emblem.model.token import UnknownVersion
from emblem.model.verdict import SetVerdict, Status, TokenReport
from emblem.validation.chain import (
    EmblemCandidate,
    Fault,
    Link,
    build_chain,
    count_gaps,
    find_chain_fault,
    merge_renewals,
    split_candidates,
    walk_chains,
)
from emblem.validation.findings import describe_standing
from emblem.validation.levels import Evidence, Standing, assess
from emblem.validation.matching import Match, match_target
from emblem.validation.policy import suffices
from emblem.validation.screening import Candidate, Screened, Screener
from emblem.validation.sets import RecordSet


class Profile(StrEnum):
    """How additional tokens are taken.

    ``draft`` follows the drafts, where an added token can spoil a set; ``robust`` finds the valid chain
    among what is there.
    """

    DRAFT = "draft"
    ROBUST = "robust"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every set: the evidence, the target in it; its addresses where known; the profile."""

    addresses: Collection[Address]
    evidence: Evidence
    profile: Profile


_Result = tuple[Standing, Match] | Fault


def judge_set(records: RecordSet, screener: Screener, question: Question) -> SetVerdict:
    """Judge one set of records."""
    if len(records.members) > MOST_RECORDS_IN_SET:
        message = f"the set has {len(records.members)} records; {MOST_RECORDS_IN_SET} are read at the most"
        reason = Reason(ReasonCode.RECORDS_TOO_MANY, Severity.ERROR, message)
        return _set_verdict(records, Status.UNDETERMINED, (), (reason,))
    screened = screener.screen(records)
    result, remarks = _evaluate(screened.verified, question)
    reasons = screened.reasons + remarks
    if not isinstance(result, Fault) and result[1] in (Match.NAMED, Match.THROUGH_NAME):
        return _stands(records, result, screened, reasons, question)
    if _could_be_valid(screened, question):
        message = "a token that cannot be judged here could make this set valid for the target"
        unknown = Reason(ReasonCode.UNKNOWN_COULD_DECIDE, Severity.ERROR, message)
        return _set_verdict(records, Status.UNDETERMINED, screened.tokens, (*reasons, *_explain(result), unknown))
    if isinstance(result, Fault):
        return _set_verdict(records, Status.REJECTED, screened.tokens, (*reasons, *_explain(result)))
    return _stands(records, result, screened, reasons, question)


def _evaluate(candidates: Collection[Candidate], question: Question) -> tuple[_Result, tuple[Reason, ...]]:
    emblems, links = split_candidates(candidates)
    links, replaced = merge_renewals(links)
    remarks = tuple(
        Reason(ReasonCode.ENDORSEMENT_RENEWED, Severity.INFO, "a later endorsement replaces this one", link.index)
        for link in replaced
    )
    if not emblems:
        return Fault(ReasonCode.EMBLEM_MISSING, "no emblem remains in this set"), remarks
    if question.profile is Profile.ROBUST:
        return _evaluate_robust(emblems, links, question, remarks)
    if len(emblems) > 1:
        message = f"{len(emblems)} emblems in one set, where there must be one"
        return Fault(ReasonCode.EMBLEM_SEVERAL, message, emblems[1].index), remarks
    own, others = _by_issuer(emblems[0], links)
    chain = build_chain(emblems[0], own)
    return (chain if isinstance(chain, Fault) else _assess(emblems[0], chain, others, question)), remarks


def _evaluate_robust(
    emblems: list[EmblemCandidate], links: list[Link], question: Question, remarks: tuple[Reason, ...]
) -> tuple[_Result, tuple[Reason, ...]]:
    best: _Result | None = None
    for emblem in emblems:
        own, others = _by_issuer(emblem, links)
        for chain in walk_chains(emblem, own):
            result = _assess(emblem, chain, others, question)
            if best is None or _rank(result, question) > _rank(best, question):
                best = result
    assert best is not None
    if len(emblems) > 1:
        message = f"{len(emblems)} emblems in one set; the best for the target counts"
        remarks += (Reason(ReasonCode.EMBLEM_SEVERAL, Severity.WARNING, message),)
    if not isinstance(best, Fault):
        used = {best[0].emblem.index, *(link.index for link in best[0].chain)}
        own, _ = _by_issuer(best[0].emblem, links)
        message = "this endorsement is no part of the chain that holds"
        remarks += tuple(
            Reason(ReasonCode.CHAIN_UNCONNECTED, Severity.WARNING, message, link.index)
            for link in own
            if link.index not in used
        )
    return best, remarks


def _assess(emblem: EmblemCandidate, chain: tuple[Link, ...], others: list[Link], question: Question) -> _Result:
    fault = find_chain_fault(emblem, chain)
    if fault is not None:
        return fault
    standing = assess(emblem, chain, others, question.evidence)
    if isinstance(standing, Fault):
        return standing
    return standing, match_target(emblem.claims, emblem.token.format, question.evidence.target, question.addresses)


def _by_issuer(emblem: EmblemCandidate, links: list[Link]) -> tuple[list[Link], list[Link]]:
    own = [link for link in links if link.claims.issuer == emblem.claims.issuer]
    return own, [link for link in links if link.claims.issuer != emblem.claims.issuer]


def _rank(result: _Result, question: Question) -> tuple[int, bool, int, int]:
    if isinstance(result, Fault):
        return (0, False, 0, 0)
    standing, match = result
    order = (Match.NONE, Match.NEEDS_ADDRESSES, Match.THROUGH_NAME, Match.NAMED)
    stands = suffices(standing, question.evidence.trust.policy)
    return (1 + order.index(match), stands, standing.level.rank, len(standing.chain))


def _could_be_valid(screened: Screened, question: Question) -> bool:
    """Whether counting some of the tokens set aside as verified would make the set valid for the target."""
    jokers = sum(isinstance(one.token.claims, UnknownVersion) for one in screened.set_aside)
    doubtful = [one for one in screened.set_aside if not isinstance(one.token.claims, UnknownVersion)]
    if len(doubtful) > MOST_SET_ASIDE:
        return True
    return any(
        _is_valid((*screened.verified, *chosen), jokers, question)
        for count in range(len(doubtful) + 1)
        for chosen in combinations(doubtful, count)
        if chosen or jokers
    )


def _is_valid(candidates: tuple[Candidate, ...], jokers: int, question: Question) -> bool:
    result, _ = _evaluate(candidates, question)
    if not isinstance(result, Fault):
        return result[1] is not Match.NONE
    if not jokers:
        return False
    emblems, links = split_candidates(candidates)
    if not emblems:
        return True
    links, _ = merge_renewals(links)
    return any(_could_be_joined(emblem, links, jokers, question) for emblem in emblems) and (
        len(emblems) == 1 or question.profile is Profile.ROBUST
    )


def _could_be_joined(emblem: EmblemCandidate, links: list[Link], jokers: int, question: Question) -> bool:
    """Whether that many links of unknown content could make a chain, one of them perhaps its top."""
    match = match_target(emblem.claims, emblem.token.format, question.evidence.target, question.addresses)
    if match is Match.NONE:
        return False
    if question.profile is Profile.ROBUST:
        return True
    own, _ = _by_issuer(emblem, links)
    gaps = count_gaps(emblem, own)
    return gaps is not None and gaps <= jokers


def _stands(
    records: RecordSet,
    result: tuple[Standing, Match],
    screened: Screened,
    reasons: tuple[Reason, ...],
    question: Question,
) -> SetVerdict:
    standing, match = result
    used = {one.index for one in standing.path}
    tokens = tuple(
        replace(report, used=True) if index in used else report for index, report in enumerate(screened.tokens)
    )
    verdict = _set_verdict(records, Status.CLAIMED, tokens, reasons)
    return describe_standing(verdict, standing, match, question.evidence)


def _set_verdict(
    records: RecordSet, status: Status, tokens: tuple[TokenReport, ...], reasons: tuple[Reason, ...]
) -> SetVerdict:
    return SetVerdict(
        status=status,
        carriage=records.carriage,
        owner=records.owner,
        set=records.set_name,
        type_number=records.type_number,
        format=records.format,
        tokens=tokens,
        reasons=reasons,
    )


def _explain(result: _Result) -> tuple[Reason, ...]:
    if isinstance(result, Fault):
        return (Reason(result.code, Severity.ERROR, result.message, result.token),)
    return ()
