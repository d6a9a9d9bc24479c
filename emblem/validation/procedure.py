"""One set through the whole procedure (``specs/profile.md``, "Procedure")."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from emblem.model.limits import MOST_RECORDS_IN_SET, MOST_SET_ASIDE
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.target import Address
from emblem.model.token import UnknownVersion
from emblem.model.verdict import Level, SetVerdict, Status
from emblem.validation.chain import (
    EmblemCandidate,
    Fault,
    Link,
    build_chain,
    count_gaps,
    find_chain_fault,
    find_chains,
    merge_renewals,
    newest_first,
    split_candidates,
)
from emblem.validation.findings import describe_standing
from emblem.validation.levels import Evidence, Standing, assess
from emblem.validation.matching import Match, match_target
from emblem.validation.policy import protects
from emblem.validation.screening import Candidate, Screened, Screener
from emblem.validation.sets import RecordSet
from emblem.validation.trust import Backing


class Profile(StrEnum):
    """How additional tokens are taken.

    ``draft`` follows the drafts, where an added token can spoil a set; ``robust`` finds the valid chain
    among what is there.
    """

    DRAFT = "draft"
    ROBUST = "robust"


class Question(NamedTuple):
    """What is asked of every set: the evidence, the target in it; its addresses where known; the profile."""

    addresses: Collection[Address]
    evidence: Evidence
    profile: Profile


_Result = tuple[Standing, Match] | Fault
_Rank = tuple[int, bool, int, int]
_NO_RANK: _Rank = (0, False, 0, 0)
# Looking a member up in its class takes as long as a call, before Python 3.12: those that every set needs are at hand.
_ROBUST = Profile.ROBUST
_NO_MATCH = Match.NONE

_MATCH_RANKS = {_NO_MATCH: 1, Match.NEEDS_ADDRESSES: 2, Match.THROUGH_NAME: 3, Match.NAMED: 4}
_HIGHEST_RANK = (_MATCH_RANKS[Match.NAMED], True, Level.ENDORSED.rank)


class PreparedSet(NamedTuple):
    """A set after step 1, its emblems and endorsements apart: nothing of it depends on what is known of its needs."""

    records: RecordSet
    screened: Screened
    emblems: list[EmblemCandidate]
    links: list[Link]


def prepare_set(records: RecordSet, screener: Screener) -> PreparedSet | SetVerdict:
    """Take one set of records through step 1; the verdict itself where there is too much of it."""
    if len(records.members) > MOST_RECORDS_IN_SET:
        message = f"the set has {len(records.members)} records; {MOST_RECORDS_IN_SET} are read at the most"
        reason = Reason(ReasonCode.RECORDS_TOO_MANY, Severity.ERROR, message)
        return _fails(records, Status.UNDETERMINED, None, (reason,))
    screened = screener.screen(records)
    return PreparedSet(records, screened, *split_candidates(screened.verified))


def judge_set(prepared: PreparedSet, question: Question) -> SetVerdict:
    """Take one set through the other steps."""
    records, screened, emblems, links = prepared
    result, remarks = _evaluate(emblems, links, question)
    reasons = screened.reasons + remarks
    if not isinstance(result, Fault) and result[1] is not _NO_MATCH:
        return _stands(records, result, screened, reasons, question)
    if _could_be_valid(screened, question):
        message = "a token that cannot be judged here could make this set valid for the target"
        unknown = Reason(ReasonCode.UNKNOWN_COULD_DECIDE, Severity.ERROR, message)
        return _fails(records, Status.UNDETERMINED, screened, (*reasons, *_explain(result), unknown))
    if isinstance(result, Fault):
        return _fails(records, Status.REJECTED, screened, (*reasons, *_explain(result)))
    return _stands(records, result, screened, reasons, question)


def _evaluate(
    emblems: list[EmblemCandidate], links: list[Link], question: Question
) -> tuple[_Result, tuple[Reason, ...]]:
    if question.profile is _ROBUST and emblems:
        return _evaluate_robust(emblems, links, question)
    links, replaced = merge_renewals(links)
    remarks = tuple(map(_renewed, replaced))
    if not emblems:
        return Fault(ReasonCode.EMBLEM_MISSING, "there is no emblem in this set that counts"), remarks
    if len(emblems) > 1:
        message = f"{len(emblems)} emblems in one set, where there must be one"
        return Fault(ReasonCode.EMBLEM_SEVERAL, message, emblems[1].index), remarks
    own, others = _by_issuer(emblems[0], links)
    chain = build_chain(emblems[0], own)
    if isinstance(chain, Fault):
        return chain, remarks
    backing = question.evidence.backing(emblems[0])
    return find_chain_fault(emblems[0], chain) or _assess(emblems[0], chain, others, question, backing), remarks


def _evaluate_robust(
    emblems: list[EmblemCandidate], links: list[Link], question: Question
) -> tuple[_Result, tuple[Reason, ...]]:
    """The best that any of the tokens make: what is added can add an alternative, and take none away."""
    remarks: list[Reason] = []
    if len(emblems) == 1:
        best = _best_alternative(emblems[0], links, question)
    else:
        message = f"{len(emblems)} emblems in one set; the best for the target counts"
        remarks.append(Reason(ReasonCode.EMBLEM_SEVERAL, Severity.WARNING, message))
        alternatives = [_best_alternative(emblem, links, question) for emblem in newest_first(emblems)]
        best = max(alternatives, key=lambda result: _rank(result, question))
    if not isinstance(best, Fault):
        remarks.extend(_left_over(best[0], links))
    return best, tuple(remarks)


def _best_alternative(emblem: EmblemCandidate, links: list[Link], question: Question) -> _Result:
    """The best that any chain makes of an emblem; where none holds, the fault of the one that reaches farthest."""
    own, others = _by_issuer(emblem, links)
    own, others = newest_first(own), newest_first(others)
    usable = [link for link in own if find_chain_fault(emblem, (link,)) is None]
    best: _Result | None = None
    best_rank: _Rank = _NO_RANK
    backing = question.evidence.backing(emblem)
    # From the longest on: where one has all that there is to have, no shorter one ranks as high.
    for chain in sorted(find_chains(emblem, usable, backing), key=len, reverse=True):
        result = _assess(emblem, chain, others, question, backing)
        rank = _rank(result, question)
        if best is None or rank > best_rank:
            best, best_rank = result, rank
        if rank[:-1] == _HIGHEST_RANK:
            break
    assert best is not None, "the emblem alone is a chain"
    if isinstance(best, Fault) and len(usable) < len(own):
        farthest = max(find_chains(emblem, own, backing), key=len)
        return find_chain_fault(emblem, farthest) or best
    return best


def _left_over(standing: Standing, links: list[Link]) -> Iterator[Reason]:
    """Remarks on the endorsements of the emblem's issuer that are no part of its chain."""
    if len(standing.chain) + len(standing.authorities) == len(links):
        return
    own, _ = _by_issuer(standing.emblem, links)
    statements = {link.statement for link in standing.chain}
    used = {link.index for link in standing.chain}
    for link in own:
        if link.index not in used and link.statement in statements:
            yield _renewed(link)
        elif link.index not in used:
            message = "this endorsement is no part of the chain that holds"
            yield Reason(ReasonCode.CHAIN_UNCONNECTED, Severity.WARNING, message, link.index)


def _renewed(link: Link) -> Reason:
    message = "another endorsement with the same statement replaces this one"
    return Reason(ReasonCode.ENDORSEMENT_RENEWED, Severity.INFO, message, link.index)


def _assess(
    emblem: EmblemCandidate, chain: tuple[Link, ...], others: list[Link], question: Question, backing: Backing
) -> _Result:
    standing = assess(emblem, chain, others, question.evidence, backing)
    if isinstance(standing, Fault):
        return standing
    return standing, match_target(emblem.claims, emblem.token.format, question.evidence.target, question.addresses)


def _by_issuer(emblem: EmblemCandidate, links: list[Link]) -> tuple[list[Link], list[Link]]:
    issuer = emblem.claims.issuer
    own: list[Link] = []
    others: list[Link] = []
    for link in links:
        (own if link.claims.issuer == issuer else others).append(link)
    return own, others


def _rank(result: _Result, question: Question) -> _Rank:
    if isinstance(result, Fault):
        return _NO_RANK
    standing, match = result
    stands = protects(standing, question.evidence.trust.policy)
    return (_MATCH_RANKS[match], stands, standing.level.rank, len(standing.chain))


def _could_be_valid(screened: Screened, question: Question) -> bool:
    """Whether counting some of the tokens set aside as verified would make the set valid for the target."""
    jokers = sum(isinstance(one.token.claims, UnknownVersion) for one in screened.set_aside)
    doubtful = [one for one in screened.set_aside if not isinstance(one.token.claims, UnknownVersion)]
    emblems, links = split_candidates(screened.verified)
    if question.profile is _ROBUST:
        # A token of unknown version may be the emblem, whatever else somebody put beside it.
        return jokers > 0 or (bool(doubtful) and _is_valid(emblems, links, doubtful, 0, question))
    if len(doubtful) > MOST_SET_ASIDE:
        return True
    links, _ = merge_renewals(links)
    return any(
        _is_valid(emblems, links, chosen, jokers, question)
        for count in range(len(doubtful) + 1)
        for chosen in combinations(doubtful, count)
        if chosen or jokers
    )


def _is_valid(
    emblems: list[EmblemCandidate], links: list[Link], chosen: Iterable[Candidate], jokers: int, question: Question
) -> bool:
    more_emblems, more_links = split_candidates(chosen)
    emblems, links = [*emblems, *more_emblems], [*links, *more_links]
    result, _ = _evaluate(emblems, links, question)
    if not isinstance(result, Fault):
        return result[1] is not _NO_MATCH
    if not jokers:
        return False
    if not emblems:
        return True
    links, _ = merge_renewals(links)
    return len(emblems) == 1 and _could_be_joined(emblems[0], links, jokers, question)


def _could_be_joined(emblem: EmblemCandidate, links: list[Link], jokers: int, question: Question) -> bool:
    """Whether that many links of unknown content could make a chain, one of them perhaps its top."""
    match = match_target(emblem.claims, emblem.token.format, question.evidence.target, question.addresses)
    if match is _NO_MATCH:
        return False
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
    tokens = screened.report([one.index for one in standing.path])
    return describe_standing(records, tokens, reasons, standing, match, question.evidence)


def _fails(records: RecordSet, status: Status, screened: Screened | None, reasons: tuple[Reason, ...]) -> SetVerdict:
    return SetVerdict(
        status=status,
        carriage=records.carriage,
        owner=records.owner,
        set=records.set_name,
        type_number=records.type_number,
        format=records.format,
        tokens=screened.report() if screened else (),
        reasons=reasons,
    )


def _explain(result: _Result) -> tuple[Reason, ...]:
    if isinstance(result, Fault):
        return (*result.remarks, Reason(result.code, Severity.ERROR, result.message, result.token))
    return ()
