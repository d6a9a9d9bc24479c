"""`emblem endorse`: it shows what is stated, and writes it where nothing was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from emblem.issuance.token_files import read_endorsement_file
from emblem.keys.files import read_signer
from tests.cli.conftest import Run, one_line

pytestmark = pytest.mark.usefixtures("keys")
FILE = "endorsements/root.emblem"
BY_AUTHORITY = (
    "--key", "keys/authority.pem", "--issuer", "https://authority.example", "--subject", "https://relief.example",
    "--purpose", "protective",
)  # fmt: skip
DIGEST = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


def endorse(run: Run, *arguments: str, endorsed: str = "keys/root.pub.pem") -> Result:
    return run("endorse", *BY_AUTHORITY, "--endorsed-key", endorsed, "-o", FILE, *arguments)


def test_what_is_stated_is_shown_and_written(run: Run, keys: Path, folder: Path) -> None:
    result = endorse(run, "--may-endorse", "--not-before", "2027-01-01T00:00:00Z", "--valid", "10d")

    root = read_signer(keys / "root.pem", bytes).public_key
    claims = read_endorsement_file(folder / FILE).claims
    assert (result.exit_code, result.stderr) == (0, "")
    assert (claims.key, claims.may_endorse, str(claims.subject)) == (
        root.cose_thumbprint,
        True,
        "https://relief.example",
    )
    assert [line.split(":", 1)[1].strip() for line in result.stdout.splitlines()] == [
        "https://authority.example states that a key belongs to https://relief.example",
        root.cose_thumbprint,
        "yes",
        "protective",
        "none named",
        "from 2027-01-01T00:00:00Z until 2027-01-11T00:00:00Z",
        FILE,
    ]


def test_an_endorsement_of_another_that_nobody_would_count_is_warned_of(run: Run) -> None:
    result = endorse(run)

    assert result.exit_code == 0
    assert "without --may-endorse no verifier counts" in one_line(result.stderr)


def test_an_organization_endorses_its_own_key_without_a_warning(run: Run, folder: Path) -> None:
    result = run("endorse", "--key", "keys/root.pem", "--issuer", "https://relief.example",
                 "--subject", "https://relief.example", "--purpose", "protective",
                 "--endorsed-key", "keys/signing.pub.pem", "-o", FILE)  # fmt: skip

    assert (result.exit_code, result.stderr) == (0, "")
    assert not read_endorsement_file(folder / FILE).claims.may_endorse


def test_the_log_entries_of_a_file_are_named(run: Run, folder: Path) -> None:
    entries = [{"ver": "v1", "id": DIGEST, "hash": DIGEST}, {"ver": "static", "id": DIGEST, "index": 5}]
    (folder / "logs.json").write_text(json.dumps(entries))

    assert endorse(run, "--may-endorse", "--log", "logs.json").exit_code == 0

    log = read_endorsement_file(folder / FILE).claims.log
    assert log is not None
    assert [(entry.leaf_hash, entry.index) for entry in log] == [(bytes(32), None), (None, 5)]


def test_what_is_there_is_not_overwritten(run: Run, folder: Path) -> None:
    (folder / "endorsements").mkdir()
    (folder / FILE).write_text("precious")

    result = endorse(run)

    assert result.exit_code == 2
    assert "already there" in one_line(result.stderr)
    assert (folder / FILE).read_text() == "precious"


@pytest.mark.parametrize(
    ("endorsed", "said"),
    [
        ("keys/root.pem", "found a private key, expected a public key"),
        ("missing", "no such file"),
        ("two.pem", "2 keys"),
        ("keys/authority.pub.pem", "another key than the one that signs"),
        ("empty", "no key"),
    ],
)
def test_a_key_that_cannot_be_endorsed_is_one_line(
    run: Run, keys: Path, folder: Path, endorsed: str, said: str
) -> None:
    (folder / "two.pem").write_text((keys / "root.pub.pem").read_text() + (keys / "signing.pub.pem").read_text())
    (folder / "empty").touch()

    result = endorse(run, endorsed=endorsed)

    assert result.exit_code == 2
    assert said in one_line(result.stderr)
    assert not (folder / FILE).exists()


def test_a_log_file_that_is_none_is_refused(run: Run, folder: Path) -> None:
    (folder / "logs.json").write_text("[]")

    result = endorse(run, "--log", "logs.json")

    assert result.exit_code == 2
    assert "log" in one_line(result.stderr)
    assert not (folder / FILE).exists()


def test_without_a_purpose_nothing_is_stated(run: Run) -> None:
    result = run("endorse", *BY_AUTHORITY[:-2], "--endorsed-key", "keys/root.pub.pem", "-o", FILE)

    assert result.exit_code == 2
    assert "--purpose" in result.stderr
