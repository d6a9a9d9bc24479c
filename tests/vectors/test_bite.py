"""The vectors bite: each of the verifiers that are broken on purpose fails at least one of them."""

from __future__ import annotations

import sys
from functools import cache

import pytest

from test_vectors.adapter import judge
from test_vectors.vectors import Case, cases
from tests.vectors.broken import Broken
from tests.vectors.broken_verifiers import BROKEN
from tests.vectors.mutation import broken_judge, caught_by


@cache
def cases_by_file() -> dict[str, list[Case]]:
    files: dict[str, list[Case]] = {}
    for case in cases():
        files.setdefault(case.file, []).append(case)
    return files


@pytest.mark.parametrize("verifier", BROKEN, ids=lambda verifier: verifier.rule)
def test_a_broken_verifier_is_caught(verifier: Broken) -> None:
    caught = caught_by(verifier, cases_by_file()[f"{verifier.file}.json"], judge)

    print(f"{verifier.rule}: {', '.join(dict.fromkeys(case.vector['id'] for case in caught))}")
    assert caught, f"no vector of {verifier.file} notices that {verifier.rule}"


def test_no_two_broken_verifiers_are_the_same() -> None:
    assert len({(verifier.module, verifier.edits) for verifier in BROKEN}) == len(BROKEN)
    assert len({verifier.rule for verifier in BROKEN}) == len(BROKEN)


def test_breaking_a_verifier_leaves_the_genuine_one_as_it_was() -> None:
    before = {name: module for name, module in sys.modules.items() if name.startswith("emblem")}

    with broken_judge(BROKEN[0]) as broken:
        assert broken is not judge

    assert {name: module for name, module in sys.modules.items() if name.startswith("emblem")} == before
