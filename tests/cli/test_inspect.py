"""`emblem inspect`: everything in readable form, and the plain word that nothing was judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emblem.keys.pem import write_private_key
from tests.cli.conftest import Run, one_line
from tests.support.arrangement import chain, root, signing

REAL_RECORDS = Path(__file__).parent.parent / "data" / "adem-jws" / "emblem.redcross.org.uk.txt"
NOT_JUDGED = "Nothing was judged: no signature, no time, no chain. 'emblem verify' does that."


@pytest.fixture
def records(folder: Path) -> Path:
    path = folder / "records.txt"
    hexadecimal = (record.hex() for record in chain(root, signing).emblem().records if isinstance(record, bytes))
    path.write_text("# the records of a hospital\n" + "\n".join(hexadecimal))
    return path


def test_every_record_of_a_file_is_numbered_and_shown(run: Run, records: Path) -> None:
    result = run("inspect", records.name)

    titles = [line for line in result.stdout.splitlines() if line[:1].isdigit()]
    assert result.exit_code == 0
    assert titles == ["1. emblem", "2. endorsement", "3. key", "4. key"]
    assert result.stdout.splitlines()[-1] == NOT_JUDGED


def test_standard_input_is_read_for_a_hyphen(run: Run, records: Path) -> None:
    assert run("inspect", "-", input=records.read_text()).stdout == run("inspect", records.name).stdout


def test_json_is_one_line_a_record_and_nothing_else(run: Run, records: Path) -> None:
    result = run("inspect", records.name, "--json")

    kinds = [json.loads(line)["kind"] for line in result.stdout.splitlines()]
    assert kinds == ["emblem", "endorsement", "key", "key"]


def test_real_records_are_shown(run: Run) -> None:
    result = run("inspect", str(REAL_RECORDS))

    assert result.exit_code == 0
    assert "https://redcross.org.uk marks" in result.stdout
    assert "only for:" in result.stdout


def test_files_of_public_keys_are_shown(run: Run, folder: Path) -> None:
    (folder / "keys.pem").write_text(root.public_key.to_pem() + signing.public_key.to_pem())

    result = run("inspect", "keys.pem")

    assert result.stdout.count("public key\n") == 2
    assert root.public_key.cose_thumbprint in result.stdout


def test_a_private_key_is_named_and_not_shown(run: Run, folder: Path) -> None:
    (folder / "root.pem").write_bytes(write_private_key(root, None))

    result = run("inspect", "root.pem")

    assert result.exit_code == 0
    assert "1. private key" in result.stdout
    assert root.public_key.cose_thumbprint not in result.stdout


def test_a_file_without_anything_says_so(run: Run, folder: Path) -> None:
    (folder / "empty").touch()

    result = run("inspect", "empty")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["There is no record, token or key in this file.", NOT_JUDGED]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file or directory"),
        (b"\xff\xfe\x00\x80", "bytes that are no text"),
        (b"a\x00b", "zero bytes"),
        (b"x" * (8 * 1024 * 1024 + 1), "more than"),
        (b"a. IN TYPE65297 \\# 5 00", "line 1"),
    ],
    ids=["missing", "random bytes", "zero bytes", "too large", "a damaged line"],
)
def test_a_file_that_cannot_be_read_is_one_line(run: Run, folder: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (folder / "records").write_bytes(content)

    result = run("inspect", "records")

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in one_line(result.stderr)


def test_standard_input_is_named_as_that(run: Run) -> None:
    result = run("inspect", "-", input=b"\xff")

    assert one_line(result.stderr).startswith("emblem: standard input: ")


def test_a_request_and_a_withdrawal_list_are_shown(run: Run, folder: Path) -> None:
    run("init", "--organization", "https://relief.example", "--sign", "none")
    for name in ("root", "signing"):
        run("key", "new", name, "--role", name, "--no-passphrase")
    run("request")
    run("withdraw")

    request = run("inspect", "requests/signing-to-relief.example.request")
    withdrawals = run("inspect", "withdrawals", "--json")

    assert "1. request\n  request:" in request.stdout
    assert json.loads(withdrawals.stdout)["kind"] == "withdrawals"
    assert (folder / "withdrawals").exists()
