"""What ``docs/threat-model.md`` says of somebody who can only add records holds, row by row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from emblem.model.limits import MOST_RECORDS, MOST_RECORDS_IN_SET
from emblem.model.purpose import Purpose
from emblem.model.token import Constraints
from emblem.model.verdict import Status
from emblem.validation.procedure import Profile
from tests.support.arrangement import (
    MINISTRY,
    RELIEF,
    START,
    AnyRecord,
    authority,
    bound,
    chain,
    codes,
    emblem_token,
    endorsement_token,
    in_set,
    key,
    key_record,
    middle,
    root,
    signing,
    stranger,
    trusting,
)
from tests.support.raw import cwt_emblem_claims, malformed_records, resigned, unknown_algorithm, unknown_version

DOCUMENT = (Path(__file__).parents[2] / "docs" / "threat-model.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| ([^|]+) \| ((?:\*\*rejected\*\*|stands|one link|undetermined)[^|]*) \| ([^|]+) \|$", re.MULTILINE
)
ROWS: Mapping[str, tuple[str, str]] = {added: (draft, robust) for added, draft, robust in ROW.findall(DOCUMENT)}

PUBLISHED = chain(root, signing).emblem()
TRUST = trusting(bound(root, RELIEF))
WIDE = Constraints(purposes=Purpose.PROTECTIVE | Purpose.INDICATIVE)
NARROW = Constraints(purposes=Purpose.INDICATIVE)
SECOND_SIGNATURES = [resigned(token) for token in PUBLISHED.records[:2] if isinstance(token, bytes)]
BY_OTHERS = chain(root, signing).emblem().endorsed_by(authority, MINISTRY, may_endorse=False).records
KEYS = [key_record(key(f"added {number}")) for number in range(MOST_RECORDS_IN_SET)]
SETS = [in_set(f"s{number}", *KEYS) for number in range(MOST_RECORDS // MOST_RECORDS_IN_SET)]

ADDED: Mapping[str, Sequence[Sequence[AnyRecord]]] = {
    "endorsement by a fresh key in the issuer's name": [
        [endorsement_token(stranger, signing), key_record(stranger)],
        [endorsement_token(stranger, root), key_record(stranger), endorsement_token(stranger, middle)],
    ],
    "second emblem": [[emblem_token(stranger), key_record(stranger)], [emblem_token(signing, "other.example")]],
    "the issuer's endorsement for another host, wider or older": [
        [endorsement_token(root, signing, not_before=START - 9)],
        [endorsement_token(root, signing, not_before=START + 9, constraints=WIDE)],
    ],
    "the issuer's endorsement of the same key, narrower and newer": [
        [endorsement_token(root, signing, not_before=START + 9, constraints=NARROW)]
    ],
    "the issuer's endorsement of another key": [[endorsement_token(root, middle)]],
    "the same token with another signature; garbage; duplicates": [
        SECOND_SIGNATURES,
        [record for record in malformed_records() if isinstance(record, bytes)],
        PUBLISHED.records,
    ],
    "token of an unknown algorithm or version": [
        [unknown_algorithm(cwt_emblem_claims(), stranger)],
        [unknown_version(stranger), key_record(stranger)],
    ],
    "endorsement by somebody else, good or bad": [BY_OTHERS, PUBLISHED.endorsed_by(authority, MINISTRY).records],
    "records up to the limits": [KEYS[: MOST_RECORDS_IN_SET - len(PUBLISHED.records)]],
    "records over the limits": [KEYS, [record for one in SETS for record in one]],
}
CASES = [
    pytest.param(profile, added, number, id=f"{profile}: {added} ({number})")
    for profile in Profile
    for added in ADDED
    for number in range(len(ADDED[added]))
]


def test_every_row_of_the_table_is_tried() -> None:
    assert set(ROWS) == set(ADDED)


def test_what_was_published_is_protected() -> None:
    for profile in Profile:
        assert PUBLISHED.judged(trust=TRUST, profile=profile).status is Status.PROTECTED


@pytest.mark.parametrize(("profile", "added", "number"), CASES)
def test_what_was_added_does_what_the_table_says(profile: Profile, added: str, number: int) -> None:
    draft, robust = ROWS[added]
    expected = draft if profile is Profile.DRAFT or robust == "the same" else robust
    verdict = PUBLISHED.plus(*ADDED[added][number]).judged(trust=TRUST, profile=profile)
    if "stands" in expected:
        assert verdict.status is Status.PROTECTED
    elif expected.startswith("undetermined"):
        assert verdict.status is Status.UNDETERMINED
    else:
        assert verdict.status is Status.REJECTED
        assert codes(verdict) & set(re.findall(r"`([a-z-]+)`", expected))
