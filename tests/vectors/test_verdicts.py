"""Our own verifier against the vectors: all of them through the library, some through the command."""

from __future__ import annotations

import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from test_vectors.adapter import judge
from test_vectors.run import main
from test_vectors.vectors import Case, cases, files

FILES = sorted({f"{path.parent.name}/{path.name}" for path in files()})
EMBLEM = Path(sys.executable).with_name("emblem")


@pytest.mark.parametrize("file", FILES)
def test_every_vector_gets_the_verdict_that_the_specification_gives(file: str) -> None:
    failures = {case.name: found for case in _cases_by_file()[file] if (found := _judged(case))}

    assert failures == {}


def test_a_sample_of_the_vectors_gets_it_from_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--every", "151", "--", str(EMBLEM), "verify"])

    assert status == 0, capsys.readouterr().out


@cache
def _cases_by_file() -> dict[str, list[Case]]:
    files: dict[str, list[Case]] = defaultdict(list)
    for case in cases():
        files[case.file].append(case)
    return files


def _judged(case: Case) -> list[str]:
    return case.differences(judge(case.request))
