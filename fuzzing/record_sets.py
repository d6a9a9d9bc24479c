"""Whole sets of records: every verdict keeps its promises, and verdicts on related records are related."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any
from zlib import crc32

from emblem.codec.carriage import data_record, text_record
from emblem.model.limits import MOST_RECORDS_IN_SET, MOST_SET_ASIDE
from emblem.model.need import Commitment, CommitmentNeed, CommitmentResult
from emblem.model.reason import ReasonCode
from emblem.model.verdict import SetVerdict, Status, Verdict
from emblem.validation.procedure import Profile
from emblem.validation.trust import Trust
from fuzzing.promises import check_schema, check_verdict, rank
from fuzzing.requests import Request, read_request
from fuzzing.set_mutation import mutate_request
from fuzzing.target import Target, require

_MALFORMED = (
    data_record(bytes.fromhex("d83d00")),
    data_record(bytes.fromhex("a0")),
    data_record(b""),
    data_record(bytes(64)),
    text_record("emblem-cwt=!"),
    text_record("adem-token=x"),
    text_record("adem-key=x"),
)
_MALFORMED_IN_A_SET = text_record("emblem-cwt-new=_w")
_SCHEMA_SHARE = 0.3
"""How often the schema is checked: that takes longer than everything else."""


def check_record_set(data: bytes) -> None:
    """Judge a request in both profiles, and once more with something changed that the input's checksum chooses."""
    request = read_request(data)
    if request is None:
        return
    verdicts = {profile: request.judged(profile) for profile in Profile}
    for verdict in verdicts.values():
        check_verdict(verdict, request)
    _check_profiles(verdicts[Profile.DRAFT], verdicts[Profile.ROBUST])
    chance = crc32(data)
    relation = _RELATIONS[chance % len(_RELATIONS)]
    for profile, verdict in verdicts.items():
        relation(request, profile, verdict, Random(chance))


def gist(verdict: Verdict) -> Any:
    """A verdict without what depends on the order of the records: numbers of tokens, words of reasons."""
    return _finding(verdict), sorted(map(_set_gist, verdict.sets), key=repr)


def _finding(one: Verdict | SetVerdict) -> Any:
    reasons = frozenset((reason.code, reason.severity) for reason in one.reasons)
    period = one.not_before, one.expires
    return one.status, one.level, one.trusted, one.issuer, one.endorsed_by, one.assets, period, one.commitment, reasons


def _set_gist(one: SetVerdict) -> Any:
    chain = sorted((entry.role, entry.key_identifier, entry.trusted) for entry in one.chain)
    return *_place(one), _finding(one), chain


def _place(one: SetVerdict) -> tuple[object, ...]:
    return one.carriage, one.owner, one.type_number, one.format, one.set


def _check_profiles(draft: Verdict, robust: Verdict) -> None:
    """The profile ``robust`` is at least as good as ``draft``, set by set, but where that one did not try."""
    sets = {_place(one): one for one in robust.sets}
    for one in draft.sets:
        unknown = sum(reason.code is ReasonCode.TOKEN_ALGORITHM_UNKNOWN for reason in one.reasons)
        if unknown <= MOST_SET_ASIDE:
            require(rank(sets[_place(one)].status) <= rank(one.status), "robust is at least as good as draft")


def _check_order(request: Request, profile: Profile, verdict: Verdict, random: Random) -> None:
    shuffled = list(request.entries)
    random.shuffle(shuffled)
    other = replace(request, entries=tuple(shuffled)).judged(profile)
    require(gist(other) == gist(verdict), "the order of the records does not matter")


def _check_malformed(request: Request, profile: Profile, verdict: Verdict, random: Random) -> None:
    added = random.sample(_MALFORMED, 3)
    if verdict.sets and len(request.entries) + len(added) < MOST_RECORDS_IN_SET:
        other = request.plus(added).judged(profile)
        before, after = ((one.status, one.level, one.trusted) for one in (verdict, other))
        require(before == after, "malformed records change nothing")
        # The records without SET are judged for themselves then, too: that can only help.
        other = request.plus([*added, _MALFORMED_IN_A_SET]).judged(profile)
        require(rank(other.status) <= rank(verdict.status), "a malformed record of another SET makes nothing worse")


def _check_duplicates(request: Request, profile: Profile, verdict: Verdict, random: Random) -> None:
    if 0 < len(request.entries) <= MOST_RECORDS_IN_SET // 2:
        again = random.choices(request.entries, k=len(request.entries))
        other = request.plus(again).judged(profile)
        before, after = ((one.status, one.level, one.trusted, one.needs) for one in (verdict, other))
        require(before == after, "records that are there twice count once")


def _check_no_trust(request: Request, profile: Profile, verdict: Verdict, random: Random) -> None:
    del verdict, random
    nobody = replace(request, trust=Trust())
    other = nobody.judged(profile)
    check_verdict(other, nobody)
    require(other.status is not Status.PROTECTED and not other.trusted, "who trusts nobody is told of nobody")


def _check_commitments(request: Request, profile: Profile, verdict: Verdict, random: Random) -> None:
    result = random.choice(list(CommitmentResult))
    answers = {need: Commitment(result, "so") for need in verdict.needs if isinstance(need, CommitmentNeed)}
    other = request.judged(profile, answers)
    check_verdict(other, request)
    if result is CommitmentResult.VERIFIED:
        require(rank(other.status) <= rank(verdict.status), "a commitment that holds makes nothing worse")
    else:
        require(rank(other.status) >= rank(verdict.status), "one that does not hold makes nothing better")


def _check_again(request: Request, profile: Profile, verdict: Verdict, random: Random) -> None:
    require(request.judged(profile) == verdict, "the same is judged the same")
    if random.random() < _SCHEMA_SHARE:
        check_schema(verdict)


_RELATIONS = (
    _check_order,
    _check_malformed,
    _check_duplicates,
    _check_no_trust,
    _check_commitments,
    _check_again,
)

TARGETS = (Target("record_set", check_record_set, mutate_request),)
"""Whole sets."""
