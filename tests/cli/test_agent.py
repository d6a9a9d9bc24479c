"""`emblem agent`: other commands find it and ask for no passphrase; it ends, and gives nothing away."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emblem.issuance.token_files import read_emblem_file
from emblem.keys.files import read_signer
from tests.cli.conftest import Run, Start, descriptor, one_line
from tests.support.softhsm import PIN, soft_hsm

PASSPHRASE = "correct horse"
ISSUE = (
    "issue",
    "a.relief.example",
    "--key",
    "keys/signing.pem",
    "--issuer",
    "https://relief.example",
    "--sign",
    "none",
)


@pytest.fixture(autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the agent listens."""
    path = tmp_path_factory.mktemp("agent") / "run" / "agent"
    monkeypatch.setenv("EMBLEM_AGENT", str(path))
    return path


@pytest.fixture
def key(run: Run, folder: Path) -> Path:
    with descriptor(f"{PASSPHRASE}\n") as number:
        assert run("key", "new", "signing", "--passphrase-fd", number).exit_code == 0
    return folder / "keys" / "signing.pem"


@contextmanager
def agent(start: Start, *arguments: str, line: str = PASSPHRASE) -> Iterator[subprocess.Popen[bytes]]:
    """An agent that is ready."""
    with descriptor(f"{line}\n") as number:
        process = start("agent", *arguments, "--passphrase-fd", number, pass_fds=[int(number)])
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"holding 1 key until ")
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_while_it_runs_nothing_is_asked_and_afterwards_it_is_again(run: Run, start: Start, key: Path) -> None:
    with agent(start, "keys/signing.pem"):
        signed = run(*ISSUE)
    asked = run(*ISSUE)

    assert (signed.exit_code, signed.stderr) == (0, "")
    token = read_emblem_file(Path("tokens/a.relief.example.emblem"))
    assert token.signing_key == read_signer(key, PASSPHRASE.encode).public_key.cose_thumbprint
    assert asked.exit_code == 2
    assert "no terminal to ask on" in one_line(asked.stderr)


def test_it_says_what_it_holds_and_ends_when_told(run: Run, start: Start, key: Path, place: Path) -> None:
    with agent(start, "keys/signing.pem") as process:
        listed = run("agent", "--list")
        stopped = run("agent", "--stop")
        _, said = process.communicate(timeout=30)

    identifier = read_signer(key, PASSPHRASE.encode).public_key.cose_thumbprint
    assert listed.stdout.splitlines()[0] == f"{identifier} (ES256)"
    assert listed.stdout.splitlines()[1].startswith("until ")
    assert (stopped.exit_code, process.returncode, said) == (0, 0, b"the agent has ended\n")
    assert not place.exists()
    assert "no agent" in one_line(run("agent", "--list").stderr)


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_order_when_it_is_interrupted(start: Start, place: Path, number: signal.Signals) -> None:
    with agent(start, "keys/signing.pem") as process:
        process.send_signal(number)
        process.communicate(timeout=30)

    assert process.returncode == 0
    assert not place.exists()


@pytest.mark.usefixtures("key")
def test_its_memory_is_for_nobody(start: Start) -> None:
    with agent(start, "keys/signing.pem") as process:
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        owner = Path(f"/proc/{process.pid}/environ").stat().st_uid

    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    assert owner == 0  # a process that cannot be dumped belongs to root in /proc


@pytest.mark.usefixtures("key")
def test_a_passphrase_that_is_handed_over_goes_before_the_agent(run: Run, start: Start) -> None:
    with agent(start, "keys/signing.pem"), descriptor("battery staple\n") as number:
        result = run(*ISSUE, "--passphrase-fd", number)

    assert result.exit_code == 2
    assert "a wrong passphrase" in one_line(result.stderr)


@pytest.mark.usefixtures("key")
def test_a_key_that_it_does_not_hold_is_opened_as_always(run: Run, start: Start) -> None:
    run("key", "new", "other", "--no-passphrase")
    with agent(start, "keys/signing.pem"):
        result = run(*ISSUE[:3], "keys/other.pem", *ISSUE[4:])

    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.usefixtures("key")
def test_without_its_passphrase_it_does_not_begin(start: Start, place: Path) -> None:
    with descriptor("battery staple\n") as number:
        process = start("agent", "keys/signing.pem", "--passphrase-fd", number, pass_fds=[int(number)])
    _, said = process.communicate(timeout=30)

    assert process.returncode == 2
    assert "a wrong passphrase" in one_line(said.decode())
    assert not place.exists()


def test_a_lifetime_of_more_than_a_day_is_refused(run: Run) -> None:
    assert "a day at the most" in one_line(run("agent", "--lifetime", "25h").stderr)


def test_in_a_workspace_it_holds_the_signing_key_of_a_hardware_token(
    run: Run, start: Start, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with soft_hsm(tmp_path_factory.mktemp("softhsm") / "hsm", monkeypatch):
        run("init", "--organization", "https://relief.example", "--sign", "red-cross")
        with descriptor(f"{PIN}\n") as number:
            run(
                "key", "new", "signing", "--role", "signing", "--pkcs11", "pkcs11:token=desk", "--passphrase-fd", number
            )
        run("inventory", "add", "a.relief.example")

        with agent(start, line=PIN):
            result = run("issue", "--all")

    assert result.exit_code == 0, result.output
    assert [path.name for path in Path("tokens").iterdir()] == ["a.relief.example.emblem"]
