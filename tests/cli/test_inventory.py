"""`emblem inventory`, and `emblem issue --all` that signs what it lists."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import emblem_cli.inventory
import pytest

from emblem.issuance.token_files import read_emblem_file
from emblem.server import NameServer, Zone
from tests.cli.conftest import Run, descriptor, one_line
from tests.issuance.workspace.arrangement import workspace_of

HOSTS = ("www.relief.example", "mail.relief.example")


@pytest.fixture
def desk(run: Run, folder: Path) -> Path:
    """A workspace with two hosts, in the folder in which commands run."""
    del run
    workspace_of(HOSTS, folder)
    return folder


def listed(run: Run, *arguments: str) -> list[str]:
    return run("inventory", "list", *arguments).stdout.split()[1:]


def test_hosts_are_added_once(run: Run, desk: Path) -> None:
    result = run("inventory", "add", "ftp.relief.example", "www.relief.example", "192.0.2.1")

    assert result.stdout == "added 2 hosts; 1 already there\n"
    assert listed(run) == [*HOSTS, "ftp.relief.example", "192.0.2.1"]
    assert (desk / "inventory.csv").read_text().startswith("host\nwww.relief.example\n")


def test_hosts_come_from_a_file_with_patterns_and_exclusions(run: Run, desk: Path) -> None:
    (desk / "hosts.csv").write_bytes(
        "host;sign\r\na.x.example;\r\ntest.x.example;\r\nb.y.example;\r\n".encode("utf-16")
    )

    result = run("inventory", "import", "hosts.csv", "--only", "*.x.example", "--exclude", "test*")

    assert result.stdout == "added 1 host\n"
    assert listed(run, "a*") == ["a.x.example"]


def test_hosts_come_from_standard_input(run: Run, desk: Path) -> None:
    del desk
    result = run("inventory", "import", "-", input=b"a.example\nb.example\n")

    assert result.stdout == "added 2 hosts\n"


def test_a_file_with_anything_wrong_changes_nothing(run: Run, desk: Path) -> None:
    before = (desk / "inventory.csv").read_bytes()
    (desk / "hosts.csv").write_text("host\na.example\na.example\n")

    result = run("inventory", "import", "hosts.csv")

    assert result.exit_code == 2
    assert one_line(result.stderr) == (
        "emblem: hosts.csv, line 3: found a.example again, expected each host once; it is in line 2, too"
    )
    assert (desk / "inventory.csv").read_bytes() == before


def test_what_is_removed_must_be_there(run: Run, desk: Path) -> None:
    assert run("inventory", "remove", "mail*").stdout.startswith("removed 1 host;")
    result = run("inventory", "remove", "mail*")

    assert result.exit_code == 2
    assert "'mail*'" in one_line(result.stderr)
    assert (desk / "inventory.csv").read_text() == "host\nwww.relief.example\n"


def test_a_dry_run_shows_what_would_be_added(run: Run, desk: Path) -> None:
    before = (desk / "inventory.csv").read_bytes()

    result = run("inventory", "import", "-", "--dry-run", input=b"a.example\nwww.relief.example\n")

    assert result.stdout == "a.example\nwould add 1 host; 1 already there\n"
    assert (desk / "inventory.csv").read_bytes() == before


def test_outside_of_a_workspace_the_error_says_how_to_make_one(run: Run) -> None:
    result = run("inventory", "list")

    assert result.exit_code == 2
    assert "'emblem init' makes one" in one_line(result.stderr)


def test_all_that_is_missing_is_signed_once(run: Run, desk: Path) -> None:
    first, second = run("issue", "--all"), run("issue", "--all")

    assert first.stdout.startswith("signed 2 emblems (2 new), until ")
    assert second.stdout == "nothing to sign: 2 emblems current\n"
    assert read_emblem_file(desk / "tokens" / "www.relief.example.emblem").claims.issuer is not None


def test_a_host_of_the_inventory_is_signed_at_once_when_named(run: Run, desk: Path) -> None:
    run("issue", "--all")

    named = run("issue", "www.relief.example", "--valid", "1d")
    unknown = run("issue", "ftp.relief.example")

    claims = read_emblem_file(desk / "tokens" / "www.relief.example.emblem").claims
    assert named.stdout.startswith("signed 1 emblem, until ")
    assert claims.expires - claims.not_before == 26 * 3600
    assert unknown.exit_code == 2
    assert "'emblem inventory add ftp.relief.example' adds it" in one_line(unknown.stderr)


def test_a_folder_deeper_down_will_do(run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk / "tokens")

    assert run("issue", "--all").exit_code == 0
    assert len(list((desk / "tokens").iterdir())) == 2


def test_a_wrong_passphrase_is_one_line_and_damages_nothing(run: Run, desk: Path) -> None:
    for name in ("signing.pem", "signing.pub.pem"):
        (desk / "keys" / name).unlink()
    with descriptor("right\n") as number:
        assert run("key", "new", "signing", "--passphrase-fd", number).exit_code == 0

    with descriptor("wrong\n") as number:
        result = run("issue", "--all", "--passphrase-fd", number)

    assert result.exit_code == 2
    assert "passphrase" in one_line(result.stderr)
    assert list((desk / "tokens").iterdir()) == []
    assert not (desk / "ledger").exists()


def test_two_halves_of_different_keys_are_noticed(run: Run, desk: Path) -> None:
    (desk / "keys" / "signing.pub.pem").write_bytes((desk / "keys" / "root.pub.pem").read_bytes())

    result = run("issue", "--all")

    assert result.exit_code == 2
    assert "two halves of one key" in one_line(result.stderr)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--all", "www.relief.example"), "Name the hosts, or --all"),
        (("--all", "--sign", "red-cross"), "--sign goes with --key and --issuer, outside of a workspace"),
        (("www.relief.example", "--dry-run"), "--dry-run goes with --all"),
        (("--all", "--only", "nothing*"), "a pattern that a host of the inventory matches"),
        ((), "Missing argument 'HOST...', or --all of the workspace"),
        (("www.relief.example", "--key", "keys/signing.pem"), "Missing option '--issuer'"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_wrong_use_is_one_line(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run("issue", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in one_line(result.stderr)


def test_hosts_in_doubt_are_told_and_nothing_is_assumed(run: Run, desk: Path) -> None:
    before = (desk / "inventory.csv").read_bytes()
    zone = "@ 60 IN SOA ns h 1 60 60 60 60\n@ 60 IN NS ns\nwww 60 IN A 192.0.2.1\nmail 60 IN TXT a\n"
    with NameServer(Zone.parse(zone, "relief.example")) as server:
        result = run("inventory", "check", "--resolver", str(server.address))

    assert result.exit_code == 3
    assert result.stdout.splitlines() == [
        "www.relief.example: its address 192.0.2.1 cannot be reached from the Internet; is it to be marked?",
        "mail.relief.example: it has no address; is its name right?",
        "2 hosts looked at; 0 confirmed, 0 taken out, 2 in doubt",
    ]
    assert (desk / "inventory.csv").read_bytes() == before


def test_a_person_decides_about_hosts_in_doubt_and_is_not_asked_twice(
    run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emblem_cli.inventory, "on_terminal", lambda: True)
    zone = "@ 60 IN SOA ns h 1 60 60 60 60\n@ 60 IN NS ns\nwww 60 IN A 192.0.2.1\nmail 60 IN TXT a\n"
    with NameServer(Zone.parse(zone, "relief.example")) as server:
        first = run("inventory", "check", "--resolver", str(server.address), input="y\nn\n")
        second = run("inventory", "check", "--resolver", str(server.address))

    assert first.exit_code == 0
    assert first.stdout.endswith("2 hosts looked at; 1 confirmed, 1 taken out, 0 in doubt\n")
    assert (desk / "inventory.csv").read_text() == (
        f"host,confirmed\nwww.relief.example,{datetime.now(UTC).date().isoformat()}\n"
    )
    assert second.stdout == "0 hosts looked at; 0 confirmed, 0 taken out, 0 in doubt\n"


def test_a_json_array_is_read_as_the_yaml_that_it_is(run: Run, desk: Path) -> None:
    (desk / "inventory.csv").write_text("host,note\n")
    (desk / "hosts.json").write_text('[{"host": "a.example", "note": "first"}, "b.example"]')

    assert run("inventory", "import", "hosts.json").stdout == "added 2 hosts\n"
    assert (desk / "inventory.csv").read_text() == "host,note\na.example,first\nb.example,\n"
