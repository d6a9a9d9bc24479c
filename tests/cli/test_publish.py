"""`emblem publish` and `unpublish`: what is refused before anything is sent. The rest: the system tests."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from emblem.server import NameServer, Zone
from tests.cli.conftest import Run, one_line

SECRET = b64encode(b"a secret of thirty-two octets ok").decode()
LINE = f"update.example:hmac-sha256:{SECRET}"
CLAUSE = f'key "update.example" {{ algorithm hmac-sha256; secret "{SECRET}"; }};\n'
HOST = "www.relief.example"
ZONE = "@ 60 IN SOA ns h 1 60 60 60 60\n@ 60 IN NS ns\nns 60 IN A 127.0.0.1\nwww 60 IN A 192.0.2.1\n"


@pytest.fixture(autouse=True)
def without_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMBLEM_TSIG", raising=False)


@pytest.fixture
def marked(run: Run, keys: Path) -> Path:
    issued = run(
        "issue", HOST, "--key", f"{keys}/signing.pem", "--sign", "red-cross", "--issuer", "https://relief.example"
    )
    assert issued.exit_code == 0
    return keys.parent


def key_file(folder: Path, text: str = CLAUSE, mode: int = 0o600) -> str:
    path = folder / "update.key"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize("command", ["publish", "unpublish"])
def test_without_a_key_nothing_is_changed(run: Run, command: str) -> None:
    result = run(command, HOST, "--server", "127.0.0.1:1")

    assert result.exit_code == 2
    assert "TSIG key: found none, expected --tsig-file FILE, or EMBLEM_TSIG=" in one_line(result.stderr)


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o666])
def test_a_key_that_everybody_can_read_is_refused(run: Run, folder: Path, mode: int) -> None:
    result = run("unpublish", HOST, "--tsig-file", key_file(folder, mode=mode))

    assert result.exit_code == 2
    assert "expected a secret: chmod 600" in one_line(result.stderr)


@pytest.mark.parametrize(
    "text", [SECRET, LINE, CLAUSE.replace("hmac-sha256", "hmac-md5"), CLAUSE.replace(";", ""), CLAUSE[:-5]]
)
def test_a_key_file_that_is_none_is_one_line_that_does_not_show_it(run: Run, folder: Path, text: str) -> None:
    result = run("unpublish", HOST, "--tsig-file", key_file(folder, text), "--verbose")

    assert result.exit_code == 2
    assert SECRET not in result.output


@pytest.mark.parametrize(
    "text", [SECRET, f":{LINE}", LINE.replace("sha256", "sha1"), "", f"update:hmac-sha256:={SECRET}"]
)
def test_a_key_in_the_environment_that_is_none_is_one_line_that_does_not_show_it(run: Run, text: str) -> None:
    result = run("unpublish", HOST, env={"EMBLEM_TSIG": text})

    assert result.exit_code == 2
    assert "EMBLEM_TSIG" in one_line(result.stderr)
    assert SECRET not in result.output


def test_a_server_that_is_not_there_is_one_line(run: Run, folder: Path) -> None:
    with NameServer(Zone.parse(ZONE, "relief.example")) as server:
        address = str(server.address)

    result = run("unpublish", HOST, "--server", address, "--tsig-file", key_file(folder))

    assert result.exit_code == 1
    assert f"{address} cannot be reached: Connection refused" in one_line(result.stderr)


def test_a_dry_run_needs_no_key(run: Run, marked: Path) -> None:
    del marked
    with NameServer(Zone.parse(ZONE, "relief.example")) as server:
        result = run("publish", HOST, "--server", str(server.address), "--dry-run")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == f"zone relief.example, primary {server_text(result.stdout)}:"
    assert result.stdout.endswith("would change 1 host. Nothing was sent\n")


def server_text(output: str) -> str:
    return output.splitlines()[0].rpartition(" ")[2].removesuffix(":")


def test_the_key_of_the_environment_signs_and_a_server_that_does_not_is_not_believed(run: Run) -> None:
    with NameServer(Zone.parse(ZONE, "relief.example")) as server:
        result = run("unpublish", HOST, "--server", str(server.address), env={"EMBLEM_TSIG": LINE})

    assert result.exit_code == 1
    assert "without a signature, though it was asked with TSIG key update.example" in one_line(result.stderr)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("unpublish",), "Name the hosts, or their --zone"),
        (("unpublish", HOST, "--zone", "relief.example"), "Name the hosts, or their --zone"),
        (("unpublish", HOST, "--wait", "1h"), "a number and s or m"),
        (("unpublish", HOST, "--server", "ns1.example"), "not a name"),
        (("publish", HOST, "--set", "b"), "--set goes with --carriage txt or both"),
        (("publish", HOST, "--carriage", "https"), "'https' is not one of 'ihle', 'txt', 'both'"),
        (("records", HOST, "--format", "octodns"), "--format octodns and --zone go together"),
        (("records", HOST, "--zone", "relief.example"), "--format octodns and --zone go together"),
    ],
)
def test_wrong_use_is_one_line(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in one_line(result.stderr)


def test_octodns_gets_one_document_for_all_hosts(run: Run, marked: Path) -> None:
    run("issue", "mail.relief.example", "--key", f"{marked}/keys/signing.pem", "--sign", "none",
        "--issuer", "https://relief.example")  # fmt: skip

    printed = run("records", HOST, "mail.relief.example", "--format", "octodns", "--zone", "Relief.Example.").stdout

    lines = printed.splitlines()
    assert lines[0] == "---"
    assert [line for line in lines if line.endswith(":") and not line.startswith(" ")] == [
        '"_emblem.mail":',
        '"_emblem.www":',
    ]
