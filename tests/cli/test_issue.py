"""`emblem issue`: an emblem a host, all hosts checked before any is signed, and the sign never silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from emblem.issuance.token_files import read_emblem_file
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.time import numeric_date
from tests.cli.conftest import Run, descriptor, one_line

pytestmark = pytest.mark.usefixtures("keys")
HOST = "www.relief.example"
ISSUER = ("--issuer", "https://relief.example")
ARGUMENTS = ("--key", "keys/signing.pem", "--sign", "red-cross", *ISSUER)


def issue(run: Run, *arguments: str) -> Result:
    return run("issue", *arguments, *ARGUMENTS)


def test_each_host_gets_an_emblem_in_a_file_of_its_own(run: Run, folder: Path) -> None:
    result = issue(run, HOST, "mail.relief.example", "192.0.2.1")

    assert result.exit_code == 0
    assert sorted(path.name for path in (folder / "tokens").iterdir()) == [
        "1.2.0.192.in-addr.arpa.emblem",
        "mail.relief.example.emblem",
        "www.relief.example.emblem",
    ]
    assert [line.split(": until ")[0] for line in result.stdout.splitlines()] == [
        "tokens/www.relief.example.emblem",
        "tokens/mail.relief.example.emblem",
        "tokens/1.2.0.192.in-addr.arpa.emblem",
    ]


def test_an_emblem_says_what_the_options_say(run: Run, folder: Path) -> None:
    result = run(
        "issue", HOST, "--key", "keys/signing.pem", "--sign", "red-crystal", *ISSUER, "--purpose", "indicative",
        "--purpose", "protective", "--not-before", "2027-01-01T00:00:00Z", "--valid", "12h", "--output", "out",
    )  # fmt: skip

    claims = read_emblem_file(folder / "out" / f"{HOST}.emblem").claims
    assert result.exit_code == 0
    assert (str(claims.issuer), claims.sign) == ("https://relief.example", Sign.RED_CRYSTAL)
    assert claims.purposes == Purpose.PROTECTIVE | Purpose.INDICATIVE
    assert claims.not_before == numeric_date(datetime(2027, 1, 1, tzinfo=UTC))
    assert claims.expires - claims.not_before == timedelta(hours=12).total_seconds()


def test_unless_told_otherwise_it_is_protective_and_holds_for_ninety_days_from_now(run: Run, folder: Path) -> None:
    before = int(datetime.now(UTC).timestamp())
    issue(run, HOST)
    after = datetime.now(UTC).timestamp()

    claims = read_emblem_file(folder / "tokens" / f"{HOST}.emblem").claims
    assert claims.purposes is Purpose.PROTECTIVE
    assert before <= claims.not_before <= after
    assert claims.expires - claims.not_before == timedelta(days=90).total_seconds()


def test_the_sign_is_never_silent(run: Run, folder: Path) -> None:
    result = run("issue", HOST, "--key", "keys/signing.pem", *ISSUER)

    assert result.exit_code == 2
    for choice in ("red-cross", "red-crescent", "red-crystal", "none"):
        assert choice in one_line(result.stderr)
    assert not (folder / "tokens").exists()


def test_sign_none_leaves_it_unsaid(run: Run, folder: Path) -> None:
    run("issue", HOST, "--key", "keys/signing.pem", "--sign", "none", *ISSUER)

    assert read_emblem_file(folder / "tokens" / f"{HOST}.emblem").claims.sign is None


def test_a_newer_emblem_takes_the_place_of_the_older_one(run: Run, folder: Path) -> None:
    issue(run, HOST, "--valid", "1d")
    issue(run, HOST, "--valid", "2d")

    claims = read_emblem_file(folder / "tokens" / f"{HOST}.emblem").claims
    assert claims.expires - claims.not_before == timedelta(days=2).total_seconds()
    assert len(list((folder / "tokens").iterdir())) == 1


@pytest.mark.parametrize("host", ["a b", "", "*.relief.example", "a-.example", "1.2.3", "a" * 300])
def test_one_wrong_host_and_none_is_signed(run: Run, folder: Path, host: str) -> None:
    result = issue(run, HOST, host)

    assert result.exit_code == 2
    assert one_line(result.stderr).startswith("emblem issue: Invalid value")
    assert not (folder / "tokens").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--valid", "90"), "a number and d, h or m"),
        (("--valid", "1y"), "a number and d, h or m"),
        (("--valid", "0d"), "a number and d, h or m"),
        (("--valid", "999999d", "--not-before", "9999-01-01T00:00:00Z"), "before the year 10000"),
        (("--not-before", "tomorrow"), "RFC 3339"),
        (("--not-before", "2027-01-01T00:00:00"), "RFC 3339"),
        (("--purpose", "civil"), "--purpose"),
        (("--issuer", "http://relief.example"), "https://"),
        (("--issuer", "https://relief"), "https://"),
    ],
)
def test_wrong_values_are_refused_with_what_is_right(
    run: Run, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = run("issue", HOST, *ARGUMENTS, *arguments)

    assert result.exit_code == 2
    assert said in one_line(result.stderr)
    assert not (folder / "tokens").exists()


def test_a_sign_without_a_purpose_that_uses_it_is_refused(run: Run) -> None:
    result = issue(run, HOST, "--purpose", "civil-defence")

    assert result.exit_code == 2
    assert "no purpose is protective or indicative" in one_line(result.stderr)


@pytest.mark.parametrize(
    ("name", "said"),
    [("missing.pem", "no such file"), ("keys/signing.pub.pem", "a public key"), ("keys", "is a directory")],
)
def test_a_key_that_cannot_sign_is_one_line(run: Run, folder: Path, name: str, said: str) -> None:
    result = run("issue", HOST, "--key", name, "--sign", "none", *ISSUER)

    assert result.exit_code == 2
    assert said in one_line(result.stderr)
    assert not (folder / "tokens").exists()


def test_an_encrypted_key_takes_its_passphrase_from_a_file_descriptor(run: Run, folder: Path) -> None:
    with descriptor("correct horse\n") as number:
        run("key", "new", "signing", "--passphrase-fd", number)
    with descriptor("correct horse\n") as number:
        result = issue(run, HOST, "--passphrase-fd", number)

    assert result.exit_code == 0
    assert (folder / "tokens" / f"{HOST}.emblem").exists()


def test_a_private_key_that_others_can_read_is_warned_of(run: Run, keys: Path) -> None:
    (keys / "signing.pem").chmod(0o644)

    result = issue(run, HOST)

    assert result.exit_code == 0
    assert one_line(result.stderr).endswith(
        "others can read the private key keys/signing.pem: chmod 600 keys/signing.pem"
    )


def test_a_place_that_cannot_be_written_to_is_one_line(run: Run, folder: Path) -> None:
    (folder / "tokens").write_text("a file")

    result = issue(run, HOST)

    assert result.exit_code == 1
    assert one_line(result.stderr) == "emblem: tokens: File exists"
