"""``specs/reasons.md`` explains every reason, and none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emblem.model.reason import ReasonCode, Severity

DOCUMENT = (Path(__file__).parents[2] / "specs" / "reasons.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", DOCUMENT, re.MULTILINE)


def test_every_reason_is_explained_exactly_once() -> None:
    assert sorted(code for code, *_ in ROWS) == sorted(ReasonCode)


def test_no_row_of_a_table_was_overlooked() -> None:
    assert len(ROWS) == DOCUMENT.count("\n| `")


@pytest.mark.parametrize("row", ROWS, ids=[code for code, *_ in ROWS])
def test_a_reason_has_a_severity_a_meaning_and_a_remedy(row: tuple[str, str, str, str]) -> None:
    _, severities, meaning, remedy = row
    assert set(severities.split(", ")) <= {severity.value for severity in Severity}
    assert meaning.strip().endswith(".")
    assert remedy.strip().endswith(".")
