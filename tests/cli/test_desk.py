"""`emblem status`, `doctor` and `log`: what they print, and their exit codes for monitoring."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emblem.issuance.workspace.settings import ZoneSettings
from tests.cli.conftest import Run, one_line
from tests.issuance.workspace.arrangement import workspace_of, write_endorsement
from tests.support.arrangement import signing

HOSTS = ("www.relief.example", "mail.relief.example")


@pytest.fixture
def desk(run: Run, folder: Path) -> Path:
    """A workspace with two hosts and their emblems."""
    made = workspace_of(HOSTS, folder, ZoneSettings("relief.example"))
    write_endorsement(made, "signing", signing, datetime.now(UTC))
    assert run("issue", "--all").exit_code == 0
    return folder


def test_the_status_is_a_calm_table_that_ends_with_what_to_do(run: Run, desk: Path) -> None:
    del desk
    result = run("status", "--offline")

    lines = result.stdout.splitlines()
    assert result.exit_code == 4
    assert lines[0].startswith("https://relief.example at 20")
    assert lines[2:4] == ["inventory              2 hosts", "emblems                2 current"]
    assert "relief.example         0 as they are to be (by the ledger)" in lines
    assert lines[-2] == "to do now         2 hosts of relief.example not marked in the DNS: emblem publish --all"


def test_the_status_as_json_is_one_object(run: Run, desk: Path) -> None:
    result = run("status", "--offline", "--json", "--prometheus", "emblem.prom")

    assert json.loads(one_line(result.stdout))["level"] == "now"
    assert "emblem_status_level 2" in (desk / "emblem.prom").read_text()


def test_a_zone_that_cannot_be_asked_is_not_known(run: Run, desk: Path) -> None:
    toml = desk / "emblem.toml"
    toml.write_text(toml.read_text().replace('method = "update"', 'server = "127.0.0.1:1"'))

    result = run("status", "--json")

    (zone,) = json.loads(result.stdout)["zones"]
    assert (result.exit_code, zone["unknown"], zone["unmarked"]) == (3, 2, [])
    assert "127.0.0.1:1 cannot be reached" in zone["reason"]


def test_the_doctor_is_content(run: Run, desk: Path) -> None:
    del desk
    result = run("doctor")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "nothing is wrong; 2 noted"


def test_the_doctor_says_what_is_wrong_and_what_to_do(run: Run, desk: Path) -> None:
    (desk / "tokens" / "www.relief.example.emblem").write_text("damaged")

    result = run("doctor")
    as_json = [json.loads(line) for line in run("doctor", "--json").stdout.splitlines()]

    assert result.exit_code == 3
    assert "fault  tokens/www.relief.example.emblem: " in result.stdout
    assert result.stdout.splitlines()[-1].startswith("1 wrong")
    assert [one["do"] for one in as_json if one["severity"] == "fault"] == ["emblem issue --all signs it anew"]


def test_the_log_shows_each_line_and_the_digest_of_the_last(run: Run, desk: Path) -> None:
    del desk
    lines = run("log").stdout.splitlines()

    assert lines[0].split()[0] == "1"
    assert "issued       www.relief.example, mail.relief.example  key=" in lines[0]
    assert lines[-1].startswith("1 lines, each after the one before it; the last is ")


def test_the_log_of_a_host_and_the_last_lines(run: Run, desk: Path) -> None:
    del desk
    run("issue", "www.relief.example", "--valid", "1d")

    assert len(run("log", "--host", "www.relief.example", "--json").stdout.splitlines()) == 2
    assert len(run("log", "--host", "mail.relief.example", "--json").stdout.splitlines()) == 1
    assert json.loads(run("log", "--last", "1", "--json").stdout)["number"] == 2


def test_a_damaged_end_is_told_and_repaired(run: Run, desk: Path) -> None:
    with (desk / "ledger").open("ab") as file:
        file.write(b'{"number":2')

    checked, repaired = run("log", "--check"), run("log", "--check", "--repair")

    assert checked.exit_code == 3
    assert "11 bytes at the end are no whole line" in one_line(checked.stderr)
    assert repaired.exit_code == 0
    assert repaired.stdout.startswith("moved 11 bytes aside\n2 lines, each after the one before it")


def test_a_changed_line_is_told(run: Run, desk: Path) -> None:
    run("issue", "www.relief.example", "--valid", "1d")
    path = desk / "ledger"
    path.write_bytes(path.read_bytes().replace(b"mail.relief", b"jail.relief", 1))

    result = run("log", "--check", "--json")

    assert result.exit_code == 3
    assert [fault["line"] for fault in json.loads(result.stdout)["faults"]] == [2]


def test_the_records_of_all_hosts_are_printed(run: Run, desk: Path) -> None:
    del desk
    result = run("records", "--all", "--format", "rfc3597")

    owners = [line.split()[0] for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert set(owners) == {f"{host}." for host in HOSTS}
    assert len(owners) == 2 * 4


def test_signing_with_a_key_that_nobody_endorses_is_warned_of(run: Run, desk: Path) -> None:
    (desk / "endorsements" / "signing.emblem").unlink()

    result = run("issue", HOSTS[0])

    assert result.exit_code == 0
    assert "no endorsement of the key signing holds" in one_line(result.stderr)
