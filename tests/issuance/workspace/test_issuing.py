"""Signing in bulk: only what is missing, changed or due; each emblem in its place once the ledger names it."""

from __future__ import annotations

import errno
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from emblem.errors import InputError, WorkspaceError
from emblem.issuance.token_files import read_emblem_file
from emblem.issuance.workspace.emblems import State, assess, digest_of, renewal_time
from emblem.issuance.workspace.files import leftovers
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.issuing import issue_hosts
from emblem.issuance.workspace.ledger import Ledger
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.time import numeric_date
from emblem.model.token import Emblem
from tests.issuance.workspace.arrangement import AT, RELIEF, issue_all, workspace_of
from tests.support.arrangement import middle, signing

HOSTS = ("www.relief.example", "mail.relief.example", "192.0.2.1")
DAY = timedelta(days=1)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_of(HOSTS, tmp_path)


def states(workspace: Workspace, at: datetime = AT) -> list[State]:
    hosts = workspace.read_inventory().hosts
    key = signing.public_key.cose_thumbprint
    return [one.state for one in assess(hosts, workspace.settings, workspace.tokens, key, at)]


def test_every_host_gets_the_emblem_that_the_settings_say(workspace: Workspace) -> None:
    assert issue_all(workspace) == 3

    emblem = read_emblem_file(workspace.tokens / "www.relief.example.emblem")
    assert (emblem.claims.issuer, emblem.claims.sign) == (RELIEF, Sign.RED_CROSS)
    assert emblem.claims.purposes is Purpose.PROTECTIVE
    assert emblem.claims.expires == numeric_date(AT + 30 * DAY)
    assert sorted(path.name for path in workspace.tokens.iterdir()) == [
        "1.2.0.192.in-addr.arpa.emblem", "mail.relief.example.emblem", "www.relief.example.emblem"]  # fmt: skip


def test_all_of_them_verify(workspace: Workspace) -> None:
    issue_all(workspace)

    for path in workspace.tokens.iterdir():
        assert read_emblem_file(path).key == signing.public_key


def test_a_second_run_signs_nothing(workspace: Workspace) -> None:
    issue_all(workspace)
    before = {path: path.stat().st_mtime_ns for path in workspace.tokens.iterdir()}

    assert issue_all(workspace, AT + DAY) == 0
    assert {path: path.stat().st_mtime_ns for path in workspace.tokens.iterdir()} == before


def test_an_emblem_holds_on_a_machine_whose_clock_is_an_hour_behind(workspace: Workspace) -> None:
    issue_all(workspace)

    assert read_emblem_file(workspace.tokens / "www.relief.example.emblem").holds(numeric_date(AT) - 3600)


def test_a_line_of_the_inventory_says_otherwise_for_its_host(workspace: Workspace) -> None:
    issue_all(workspace)
    workspace.inventory.write_text(
        "host,sign,purposes\nwww.relief.example,red-crystal,\nmail.relief.example,none,\n192.0.2.1,,civil-defence\n"
    )

    assert states(workspace) == [State.CHANGED] * 3
    assert issue_all(workspace) == 3
    claims = [read_emblem_file(workspace.tokens / f"{name}.emblem").claims for name in (
        "www.relief.example", "mail.relief.example", "1.2.0.192.in-addr.arpa")]  # fmt: skip
    assert [claim.sign for claim in claims] == [Sign.RED_CRYSTAL, None, None]
    assert claims[2].purposes is Purpose.CIVIL_DEFENCE


def test_a_sign_without_a_purpose_that_uses_it_is_refused_before_anything_is_signed(workspace: Workspace) -> None:
    workspace.inventory.write_text("host,sign,purposes\nwww.relief.example,red-cross,civil-defence\n")

    with pytest.raises(WorkspaceError, match="line 2: sign: found the sign red-cross without the purpose"):
        issue_all(workspace)


def test_a_name_that_is_too_long_for_a_file_is_refused_before_anything_is_signed(workspace: Workspace) -> None:
    long = ".".join(["a" * 62] * 4)
    workspace.inventory.write_text(f"host\nwww.relief.example\n{long}\n")

    with pytest.raises(InputError, match="since a file is named after it"):
        issue_all(workspace)
    assert list(workspace.tokens.iterdir()) == []


def test_what_another_key_signed_is_signed_anew(workspace: Workspace) -> None:
    issue_all(workspace, signer=middle)

    assert states(workspace) == [State.CHANGED] * 3
    assert issue_all(workspace) == 3


def test_a_damaged_file_is_signed_anew(workspace: Workspace) -> None:
    issue_all(workspace)
    (workspace.tokens / "www.relief.example.emblem").write_text("nonsense")

    assert states(workspace) == [State.UNREADABLE, State.CURRENT, State.CURRENT]
    assert issue_all(workspace) == 1


def test_every_emblem_is_renewed_in_the_first_half_of_its_window_and_not_all_at_once(tmp_path: Path) -> None:
    workspace = workspace_of([f"host{number}.relief.example" for number in range(50)], tmp_path)
    issue_all(workspace)

    due = [states(workspace, AT + days * DAY).count(State.DUE) for days in range(31)]

    assert due[20] == 0
    assert 15 < due[22] < 35
    assert due[26] == 50
    assert due == [*sorted(due[:30]), 0]
    assert states(workspace, AT + 31 * DAY).count(State.EXPIRED) == 50


def test_the_time_of_renewal_depends_on_nothing_but_the_host_and_its_emblem() -> None:
    emblem = Emblem(0, 30 * 86_400, ())

    assert renewal_time("a.example", emblem, 10 * 86_400) == renewal_time("a.example", emblem, 10 * 86_400)
    assert renewal_time("a.example", emblem, 10 * 86_400) != renewal_time("b.example", emblem, 10 * 86_400)


def test_an_emblem_of_the_future_is_signed_anew(workspace: Workspace) -> None:
    issue_all(workspace, AT + DAY)

    assert states(workspace) == [State.EARLY] * 3


def test_the_ledger_names_every_emblem(workspace: Workspace) -> None:
    issue_all(workspace)

    (entry,) = Ledger(workspace.ledger).entries()
    assert entry.action == "issued"
    assert entry.details["key"] == signing.public_key.cose_thumbprint
    assert dict(entry.hosts) == {
        path.name.removesuffix(".emblem"): digest_of(read_emblem_file(path).data) for path in workspace.tokens.iterdir()
    }


def test_the_ledger_says_nothing_of_people(workspace: Workspace) -> None:
    workspace.inventory.write_text("host,contact,note\nwww.relief.example,Ada Lovelace,call her\n")
    issue_all(workspace)

    assert b"Ada" not in workspace.ledger.read_bytes()
    assert b"call her" not in workspace.ledger.read_bytes()


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_a_full_disk_leaves_what_was_whole_and_nothing_else(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    real, room = os.write, [2]

    def write(descriptor: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room[0] -= 1
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(OSError, match="No space left"):
        list(issue_hosts(workspace, workspace.read_inventory().hosts, signing, AT, batch=batch))
    monkeypatch.undo()

    assert leftovers(workspace.tokens) == ()
    done = 2 // batch * batch
    assert [state for state in states(workspace) if state is State.CURRENT] == [State.CURRENT] * done
    assert issue_all(workspace) == 3 - done


def test_what_an_interruption_left_behind_goes_with_the_next_run(workspace: Workspace) -> None:
    (workspace.tokens / ".emblem-1-1.tmp").write_text("half")

    issue_all(workspace)

    assert leftovers(workspace.tokens) == ()
