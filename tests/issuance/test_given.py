"""The list of what was given: appended to, read back, safe against a line cut off, and never silent on damage."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from emblem.errors import RequestError
from emblem.issuance.given import Given, GivenList, Withdrawn, append_given, list_given, read_given
from emblem.issuance.tokens import endorse
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from tests.support.arrangement import AT, FEDERATION, MINISTRY, NOW, RELIEF, emblem_token, key, root, signing


def given(to: Organization = RELIEF, request: bytes | None = None, days: int = 30) -> Given:
    token = endorse(root.public_key, signer=key("authority"), issuer=MINISTRY, subject=to, purposes=Purpose.PROTECTIVE,
                    may_endorse=True, not_before=AT, expires=AT + timedelta(days=days))  # fmt: skip
    return list_given(token, request, NOW)


ENTRIES: tuple[Given | Withdrawn, ...] = (
    given(request=bytes(32)),
    given(FEDERATION),
    Withdrawn("2027-03-02T00:00:00Z", root.public_key.cose_thumbprint, None, "lost"),
    Withdrawn("2027-03-02T00:00:00Z", None, bytes(32), ""),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "given"


def test_what_was_appended_is_read_back_in_its_order(path: Path) -> None:
    for entry in ENTRIES:
        append_given(path, [entry])

    assert read_given(path) == GivenList(ENTRIES[:2], ENTRIES[2:])  # type: ignore[arg-type]


def test_a_line_is_json_that_people_can_read(path: Path) -> None:
    append_given(path, ENTRIES[:1])

    entry = json.loads(path.read_text())

    assert entry["at"] == "2027-03-01T12:00:00Z"
    assert entry["endorsed"] == {
        "subject": "https://relief.example",
        "issuer": "https://ministry.example",
        "key": root.public_key.cose_thumbprint,
        "purposes": ["protective"],
        "may_endorse": True,
        "not_before": "2027-03-01T12:00:00Z",
        "expires": "2027-03-31T12:00:00Z",
    }


def test_a_missing_list_is_an_empty_one(path: Path) -> None:
    assert read_given(path) == GivenList()


def test_a_last_line_that_was_cut_off_anywhere_is_dropped(path: Path) -> None:
    append_given(path, ENTRIES[:1])
    first = path.read_bytes()
    append_given(path, ENTRIES[1:2])
    both = path.read_bytes()

    for length in range(len(first), len(both), 50):
        path.write_bytes(both[:length])
        assert read_given(path).given == ENTRIES[:1]
        append_given(path, ENTRIES[2:3])
        assert read_given(path) == GivenList(ENTRIES[:1], ENTRIES[2:3])  # type: ignore[arg-type]


def test_a_list_of_a_cut_off_line_alone_is_begun_anew(path: Path) -> None:
    path.write_text('{"at":')

    append_given(path, ENTRIES[:1])

    assert read_given(path).given == ENTRIES[:1]


def damaged(**changes: Any) -> str:
    return json.dumps(json.loads(line()) | changes)


def line() -> str:
    with TemporaryDirectory() as folder:
        append_given(Path(folder) / "given", ENTRIES[:1])
        return (Path(folder) / "given").read_text()


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[]",
        "{}",
        damaged(at=5),
        damaged(token="xyz"),
        damaged(token="00"),
        damaged(token=emblem_token(signing).hex()),  # type: ignore[union-attr]
        damaged(request=5),
        damaged(request="x"),
        damaged(more=1),
        damaged(endorsed={**json.loads(line())["endorsed"], "subject": "https://other.example"}),
        json.dumps({"at": "", "withdrawn": {}, "reason": ""}),
        json.dumps({"at": "", "withdrawn": {"key": 5}, "reason": ""}),
        json.dumps({"at": "", "withdrawn": {"token": "x"}, "reason": ""}),
        json.dumps({"at": "", "withdrawn": {"key": "a", "token": "00"}, "reason": ""}),
    ],
)
def test_a_whole_line_that_is_damaged_is_an_error_that_names_it(path: Path, text: str) -> None:
    append_given(path, ENTRIES[:1])
    with path.open("a") as file:
        file.write(text + "\n")

    with pytest.raises(RequestError, match="given, line 2"):
        read_given(path)


def test_what_was_answered_and_to_whom_is_found() -> None:
    listed = GivenList(ENTRIES[:2])  # type: ignore[arg-type]

    assert listed.answered(bytes(32)) == ENTRIES[0]
    assert listed.answered(bytes([1]) * 32) is None
    assert listed.of_subject(FEDERATION) == ENTRIES[1:2]
    assert listed.of_key(root.public_key.cose_thumbprint) == ENTRIES[:2]


def test_what_was_withdrawn_stands_no_longer() -> None:
    one, other = given(days=30), given(days=60)

    def stands(*withdrawn: Withdrawn) -> list[bool]:
        listed = GivenList((one, other), withdrawn)
        return [listed.stands(each) for each in (one, other)]

    assert stands() == [True, True]
    assert stands(Withdrawn("", None, one.digest, "")) == [False, True]
    assert stands(Withdrawn("", root.public_key.cose_thumbprint, None, "")) == [False, False]
    assert stands(Withdrawn("", signing.public_key.cose_thumbprint, None, "")) == [True, True]


def test_an_emblem_is_not_listed() -> None:
    with pytest.raises(RequestError, match="another kind of token"):
        list_given(emblem_token(signing), None, NOW)  # type: ignore[arg-type]
