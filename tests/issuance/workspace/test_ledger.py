"""The ledger: append-only, chained by digests; a damaged tail is moved aside, and nothing whole is lost."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.issuance.workspace.ledger import BEGINNING, Action, Ledger

AT = datetime(2027, 1, 1, 12, tzinfo=UTC)
HOSTS = {"www.relief.example": "aa", "mail.relief.example": "bb"}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger of three lines."""
    made = Ledger(tmp_path / "ledger")
    for index in range(3):
        made.append(Action.ISSUED, AT + timedelta(days=index), {"hosts": HOSTS, "key": "k"})
    return made


def test_a_line_is_one_json_object_with_the_digest_of_the_line_before(ledger: Ledger) -> None:
    lines = ledger.path.read_text().splitlines()

    assert json.loads(lines[0]) == {
        "number": 1, "at": "2027-01-01T12:00:00Z", "action": "issued", "hosts": HOSTS, "key": "k",
        "previous": BEGINNING}  # fmt: skip
    first, second, third = ledger.entries()
    assert (second.previous, third.previous) == (first.digest, second.digest)
    assert first.hosts == HOSTS


def test_a_whole_ledger_has_no_faults(ledger: Ledger) -> None:
    state = ledger.check()

    assert (state.entries, state.faults, state.tail) == (3, (), 0)
    assert state.latest == AT + timedelta(days=2)


def test_an_empty_ledger_is_whole(tmp_path: Path) -> None:
    state = Ledger(tmp_path / "ledger").check()

    assert (state.entries, state.head, state.latest, state.faults, state.tail) == (0, BEGINNING, None, (), 0)


@pytest.mark.parametrize("line", [0, 1])
def test_a_changed_line_is_found(ledger: Ledger, line: int) -> None:
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace(b"mail", b"jail")
    ledger.path.write_bytes(b"".join(lines))

    (fault,) = ledger.check().faults

    assert fault.line == line + 2
    assert "does not follow" in fault.text


def test_a_removed_line_is_found(ledger: Ledger) -> None:
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(lines[0] + lines[2])

    (fault,) = ledger.check().faults

    assert fault.line == 2


def test_a_damaged_line_in_the_middle_is_named_and_what_follows_is_kept(ledger: Ledger) -> None:
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    lines[1] = b"\x00" * (len(lines[1]) - 1) + b"\n"
    ledger.path.write_bytes(b"".join(lines))

    state = ledger.check()
    ledger.append(Action.ISSUED, AT, {})

    assert [(fault.line, fault.text) for fault in state.faults] == [
        (2, "found a line that is no JSON, expected one object a line")
    ]
    assert (state.entries, state.tail) == (3, 0)
    assert [entry.number for entry in ledger.entries()] == [1, 3, 4]


@pytest.mark.parametrize("damage", [b"{", b"\0" * 5000, b'{"number": 4}\n', b"x\ny\n", b'{"number":4,"at":"2027-01-0'])
def test_a_damaged_tail_is_found_and_moved_aside(ledger: Ledger, damage: bytes) -> None:
    before = ledger.path.read_bytes()
    ledger.path.write_bytes(before + damage)
    found = ledger.check()

    entry = ledger.append(Action.PUBLISHED, AT, {"zone": "relief.example"})

    state = ledger.check()
    (aside,) = ledger.path.parent.glob("ledger.damaged-*")
    assert (found.entries, found.tail) == (3, len(damage))
    assert ledger.path.read_bytes().startswith(before)
    assert aside.read_bytes() == damage
    assert [one.action for one in ledger.entries()][3:] == ["repaired", "published"]
    assert (state.entries, state.faults, state.tail, state.head) == (5, (), 0, entry.digest)


def test_repairing_says_how_much_was_damaged(ledger: Ledger) -> None:
    with ledger.path.open("ab") as file:
        file.write(b"half a li")

    assert ledger.repair(AT) == 9
    assert ledger.repair(AT) == 0
    assert ledger.check().faults == ()


@given(cut=st.integers(min_value=0), damage=st.binary(max_size=40))
def test_whatever_the_end_becomes_every_line_before_it_stays(
    tmp_path_factory: pytest.TempPathFactory, cut: int, damage: bytes
) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("ledger") / "ledger")
    for _ in range(3):
        ledger.append(Action.ISSUED, AT, {"hosts": ["a.example"]})
    whole = ledger.path.read_bytes()
    kept = whole[: cut % (len(whole) + 1)]
    ledger.path.write_bytes(kept + damage)

    ledger.append(Action.ISSUED, AT, {})

    complete = kept[: kept.rfind(b"\n") + 1]
    assert ledger.path.read_bytes().startswith(complete)
    assert ledger.check().tail == 0


def test_a_line_for_which_there_is_no_room_was_never_there(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ledger.path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        ledger.append(Action.ISSUED, AT, {})

    assert ledger.path.read_bytes() == before


def test_a_line_that_the_disk_takes_half_of_was_never_there(ledger: Ledger) -> None:
    before = ledger.path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            ledger.append(Action.ISSUED, AT, {"hosts": ["a.example"] * 100})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, previous)

    assert ledger.path.read_bytes() == before
    assert ledger.append(Action.ISSUED, AT, {}).number == 4


def test_a_later_version_may_write_actions_that_are_not_known(ledger: Ledger) -> None:
    ledger.append("celebrated", AT, {"cake": True})

    assert list(ledger.entries())[-1].action == "celebrated"
    assert ledger.check().faults == ()
