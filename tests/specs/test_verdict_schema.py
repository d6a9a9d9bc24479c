"""Verdicts of ours, written as JSON, are what ``specs/verdict.schema.json`` says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from emblem.model.verdict import Discovery, DnssecState, Query, Status
from emblem.report.json import verdict_line
from test_vectors.adapter import judge
from test_vectors.vectors import Case, cases
from tests.support.arrangement import CWT, HOSPITAL, JWS, MINISTRY, authority, bound, chain, root, signing, trusting

SCHEMA = json.loads((Path(__file__).parents[2] / "specs" / "verdict.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
BY_FILE: dict[str, list[Case]] = {}
for one in cases():
    BY_FILE.setdefault(one.file, []).append(one)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", BY_FILE)
def test_the_verdicts_on_the_vectors_conform(file: str) -> None:
    for case in BY_FILE[file]:
        verdict = judge(case.request)
        if case.vector["expect"]["status"] == "refused":
            assert verdict == {"status": "refused", "level": "none"}  # no verdict at all
            continue
        assert not [f"{case.name}: {error.message}" for error in VALIDATOR.iter_errors(verdict)]


def test_a_verdict_with_an_authority_and_with_needs_conforms() -> None:
    records = chain(root, signing).emblem().endorsed_by(authority)
    for verdict in (records.judged(), records.judged(trust=trusting(bound(authority, MINISTRY)))):
        VALIDATOR.validate(json.loads(verdict_line(verdict)))


def test_a_verdict_that_needs_addresses_conforms() -> None:
    verdict = chain(root, signing, form=JWS).emblem("[192.0.2.1]").judged()
    written = json.loads(verdict_line(verdict))
    assert {"need": "addresses", "name": HOSPITAL} in written["needs"]
    VALIDATOR.validate(written)


def test_a_verdict_of_a_live_target_conforms() -> None:
    query = Query(HOSPITAL, "TXT", "NODATA", "192.0.2.53", "")
    verdict = replace(
        chain(root, signing, form=CWT).emblem().judged(),
        status=Status.UNMARKED,
        dnssec=DnssecState.INSECURE,
        discovery=Discovery((query,), ("HTTPS",)),
    )
    VALIDATOR.validate(json.loads(verdict_line(verdict)))


@pytest.mark.parametrize(
    "change",
    [
        {"status": "safe"},
        {"status": None},
        {"level": "high"},
        {"trusted": "yes"},
        {"sign": "blue-shield"},
        {"at": "2027-03-01"},
        {"reasons": [{"code": "Trusted", "severity": "info", "message": "x"}]},
        {"reasons": [{"code": "trusted-key", "severity": "info"}]},
        {"sets": [{}]},
        {"needs": [{"need": "commitment"}]},
        {"schema": "emblem.verdict/2"},
        {"extra": 1},
    ],
    ids=str,
)
def test_what_no_verdict_of_ours_says_does_not_conform(change: Mapping[str, Any]) -> None:
    written = json.loads(verdict_line(chain(root, signing).emblem().judged()))
    assert VALIDATOR.is_valid(written)
    assert not VALIDATOR.is_valid({**written, **change})
