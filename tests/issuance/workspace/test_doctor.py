"""The doctor reads everything, changes nothing, and is content with whatever an interruption can leave behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from emblem.issuance.filing import REQUESTS, keep_request, place_for_request
from emblem.issuance.requests import ask
from emblem.issuance.workspace.doctor import Severity, examine
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.settings import ZoneSettings
from emblem.model.purpose import Purpose
from tests.issuance.workspace.arrangement import AT, issue_all, workspace_of
from tests.support.arrangement import MINISTRY, middle, root

HOSTS = ("www.relief.example", "mail.relief.example")
EMBLEM = "tokens/www.relief.example.emblem"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = workspace_of(HOSTS, tmp_path, ZoneSettings("relief.example"))
    issue_all(made)
    return made


def found(workspace: Workspace, severity: Severity) -> list[str]:
    return [
        f"{finding.where.removeprefix(f'{workspace.root}/')}: {finding.what}"
        for finding in examine(workspace, AT)
        if finding.severity is severity
    ]


def test_nothing_is_wrong_with_what_was_just_made(workspace: Workspace) -> None:
    assert found(workspace, Severity.FAULT) == []
    assert [note for note in found(workspace, Severity.NOTE) if "not encrypted" not in note] == []


def test_looking_changes_nothing(workspace: Workspace) -> None:
    before = {path: path.stat().st_mtime_ns for path in workspace.root.rglob("*")}

    list(examine(workspace, AT))

    assert {path: path.stat().st_mtime_ns for path in workspace.root.rglob("*")} == before


def rewrite(name: str, change: Callable[[bytes], bytes]) -> Callable[[Workspace], None]:
    def damage(workspace: Workspace) -> None:
        path = workspace.root / name
        path.write_bytes(change(path.read_bytes()))

    return damage


def flip_a_signature(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    token = bytearray.fromhex(lines[-2].decode())
    token[-1] ^= 1
    return b"".join((*lines[:-2], token.hex().encode() + b"\n", lines[-1]))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (rewrite(EMBLEM, flip_a_signature), f"{EMBLEM}: found a token that its key does not verify"),
        (rewrite(EMBLEM, lambda data: data[:100]), f"{EMBLEM}: found 0 tokens and 0 keys"),
        (lambda workspace: (workspace.root / EMBLEM).rename(workspace.root / "tokens/x.example.emblem"),
         "tokens/x.example.emblem: it marks another host than its name says"),
        (rewrite("ledger", lambda _: b""), f"{EMBLEM}: the ledger does not name it"),
        (rewrite("ledger", lambda data: data + data), "ledger, line 2: it does not follow the line before it"),
        (rewrite("inventory.csv", lambda data: data + b"a b\n"), "inventory.csv: "),
        (rewrite("endorsements/signing.emblem", lambda _: b"x"), "endorsements/signing.emblem: found "),
        (lambda workspace: (workspace.endorsements / "signing.emblem").unlink(),
         "key signing: the organization's own endorsement of it is missing or has expired"),
        (lambda workspace: (workspace.keys / "signing.pub.pem").unlink(), "key signing: "),
        (lambda workspace: (workspace.keys / "signing.pem").unlink(), "key signing: "),
        (lambda workspace: (workspace.keys / "signing.pem").chmod(0o644),
         "keys/signing.pem: others on this machine can read the private key"),
        (rewrite("keys/signing.pub.pem", lambda _: middle.public_key.to_pem().encode()),
         "keys/signing.pem: another key than in "),
    ],
)  # fmt: skip
def test_whatever_is_damaged_is_named(workspace: Workspace, damage: Callable[[Workspace], object], said: str) -> None:
    damage(workspace)

    assert any(fault.startswith(said) for fault in found(workspace, Severity.FAULT)), found(workspace, Severity.FAULT)


def test_a_clock_that_is_behind_the_ledger_is_wrong(workspace: Workspace) -> None:
    faults = [finding.what for finding in examine(workspace, AT - timedelta(hours=1))]

    assert any("which is to come by this machine's clock" in fault for fault in faults)


@pytest.mark.parametrize(
    "leave",
    [
        rewrite("ledger", lambda data: data + b'{"number":2,"at"'),
        lambda workspace: (workspace.tokens / ".emblem-1-1.tmp").write_bytes(b"half"),
        lambda workspace: (workspace.root / ".emblem-abc.tmp").write_bytes(b"half"),
    ],
)
def test_what_an_interruption_leaves_is_noted_and_not_wrong(
    workspace: Workspace, leave: Callable[[Workspace], object]
) -> None:
    leave(workspace)

    assert found(workspace, Severity.FAULT) == []
    assert any("interruption" in note for note in found(workspace, Severity.NOTE))


def test_a_key_of_updates_that_everybody_can_read_is_wrong(tmp_path: Path) -> None:
    workspace = workspace_of(HOSTS, tmp_path, ZoneSettings("relief.example", tsig_file="update.key"))
    missing = found(workspace, Severity.FAULT)
    (tmp_path / "update.key").write_text("key")
    (tmp_path / "update.key").chmod(0o644)

    assert missing == ["update.key: no such file; it is to hold the key of updates of relief.example"]
    assert found(workspace, Severity.FAULT) == ["update.key: everybody on this machine may use it"]


def ask_an_authority(workspace: Workspace) -> None:
    asked = ask(root, issuer=workspace.settings.organization, audience=MINISTRY, purposes=Purpose.PROTECTIVE,
                may_endorse=True, lifetime=timedelta(days=365), at=AT)  # fmt: skip
    keep_request(place_for_request(workspace.root / REQUESTS, "root", asked), asked)


def test_a_request_that_waits_is_noted(workspace: Workspace) -> None:
    ask_an_authority(workspace)

    assert found(workspace, Severity.FAULT) == []
    assert "requests/root-to-ministry.example.request: waits for its answer since 2027-01-01T12:00:00Z" in found(
        workspace, Severity.NOTE
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("requests/root-to-ministry.example.request", "requests: "),
        ("given", "given: "),
        ("withdrawals", "withdrawals: "),
    ],
)
def test_what_is_exchanged_with_others_and_damaged_is_named(workspace: Workspace, name: str, said: str) -> None:
    ask_an_authority(workspace)
    (workspace.root / name).write_text("nonsense\n")

    (fault,) = found(workspace, Severity.FAULT)

    assert fault.startswith(said)
