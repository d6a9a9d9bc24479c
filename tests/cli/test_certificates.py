"""Certificates on the command line: issue with them, trust whom they lead to, verify, and see them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emblem.keys.pem import write_private_key
from test_vectors.generator.certificates import BELOW, LEAF, OFFICE, PKI
from test_vectors.generator.keys import STRANGER
from tests.cli.conftest import Run, one_line
from tests.support.certified import KEY

HOST = "clinic.relief.example"
AT = "2027-03-01T12:00:00Z"
ISSUE = (
    *("issue", HOST, "--key", "key.pem", "--sign", "red-cross", "--issuer", "https://relief.example"),
    *("--not-before", "2027-02-28T12:00:00Z", "--valid", "10d", "--certificate", "chain.pem"),
)
VERIFY = ("verify", HOST, "--records", f"tokens/{HOST}.emblem", "--at", AT, "--trust", "trust.toml")


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    """A key, its certificates, and that of the authority above them."""
    (folder / "key.pem").write_bytes(write_private_key(KEY, None))
    (folder / "key.pem").chmod(0o600)
    (folder / "chain.pem").write_text(BELOW.pem + OFFICE.pem)
    (folder / "pki.pem").write_text(PKI.pem)


def trust(run: Run) -> None:
    added = run("trust", "add", "pki.pem", "--as", "https://ministry.example", "--certificates", "--yes")
    assert added.exit_code == 0


def test_an_emblem_with_certificates_is_protected_by_trust_in_their_authority(run: Run) -> None:
    issued = run(*ISSUE)
    trust(run)

    verdict = json.loads(run(*VERIFY, "--json").stdout)

    assert (issued.exit_code, issued.stderr) == (0, "")
    assert (verdict["status"], verdict["level"], verdict["endorsed_by"]) == (
        "protected",
        "endorsed",
        ["https://ministry.example"],
    )
    (certification,) = verdict["sets"][0]["certifications"]
    assert [one["subject"] for one in certification["certificates"]] == [
        "CN=Relief",
        "CN=Office of the Ministry",
        "CN=Ministry",
    ]


def test_the_trace_draws_each_certificate(run: Run) -> None:
    run(*ISSUE)
    trust(run)

    for form, sign in (
        ("text", "certificate of CN=Relief"),
        ("dot", "CN=Ministry"),
        ("svg", "CN=Office of the Ministry"),
    ):
        shown = run("trace", *VERIFY[1:], "--format", form)
        assert shown.exit_code == 0
        assert sign in shown.stdout


def test_inspect_shows_what_certificates_say_unjudged(run: Run) -> None:
    run(*ISSUE)

    shown = run("inspect", f"tokens/{HOST}.emblem")
    members = [json.loads(line) for line in run("inspect", f"tokens/{HOST}.emblem", "--json").stdout.splitlines()]

    assert "CN=Relief, by CN=Office of the Ministry, until " in shown.stdout
    assert [one["subject"] for one in members[0]["certificates"]] == ["CN=Relief", "CN=Office of the Ministry"]


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        (LEAF.but(key=STRANGER).pem, "the first certificate is not of the key that signed"),
        (OFFICE.pem + BELOW.pem, "the first certificate is not of the key that signed"),
        (BELOW.but(names=(HOST,)).pem, "relief.example is none of its names"),
        (BELOW.but(period=(1, 2)).pem, "certificate 1 expired"),
        ("", "that are none"),
    ],
)
def test_certificates_that_nobody_would_accept_are_refused(run: Run, folder: Path, chain: str, said: str) -> None:
    (folder / "chain.pem").write_text(chain)

    result = run(*ISSUE)

    assert result.exit_code == 2
    assert said in result.stderr.splitlines()[-1]


def test_what_the_certificates_do_not_cover_and_when_they_end_is_warned_of(run: Run, folder: Path) -> None:
    (folder / "chain.pem").write_text(LEAF.but(names=("relief.example",)).pem)

    result = run(*ISSUE, "--valid", "400d")

    assert result.exit_code == 0
    assert f"chain.pem does not cover {HOST}: it counts there only if" in result.stderr
    assert "chain.pem is valid until 2027-04-30T12:00:00Z: what is signed loses it then" in result.stderr


def test_a_certificate_is_shown_before_it_is_trusted_and_listed(run: Run) -> None:
    shown = run("trust", "add", "pki.pem", "--as", "https://ministry.example", "--certificates", "--yes").stdout
    listed = run("trust", "list").stdout

    assert "of CN=Ministry, until 2027-04-30T12:00:01Z" in shown
    assert "what leads to it counts as certified by https://ministry.example, for everything" in shown
    assert "https://ministry.example  certificate " in listed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pki.pem", "--certificates", "--yes"), "--certificates and --as go together"),
        (("chain.pem", "--as", "https://a.example", "--certificates", "--yes"), "it is not that of an authority"),
    ],
)
def test_what_cannot_be_an_authority_is_refused(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run("trust", "add", *arguments)

    assert result.exit_code == 2
    assert said in one_line(result.stderr)


def test_an_organization_is_no_longer_trusted_with_its_certificates(run: Run) -> None:
    run(*ISSUE)
    trust(run)
    run("trust", "remove", "https://ministry.example")

    assert run(*VERIFY).exit_code == 6


def test_a_certified_root_key_endorses_a_key_for_daily_use(run: Run, folder: Path) -> None:
    run("key", "new", "daily", "--no-passphrase")
    endorsed = run(
        "endorse", "--key", "key.pem", "--issuer", "https://relief.example", "--subject", "https://relief.example",
        "--endorsed-key", "keys/daily.pub.pem", "--purpose", "protective", "--certificate", "chain.pem",
        "--not-before", "2027-02-28T12:00:00Z", "--valid", "10d", "-o", "daily.emblem",
    )  # fmt: skip
    issued = run(
        "issue", HOST, "--key", "keys/daily.pem", "--sign", "none", "--issuer", "https://relief.example",
        "--not-before", "2027-02-28T12:00:00Z", "--valid", "10d",
    )  # fmt: skip
    trust(run)
    emblem, endorsement = (folder / "tokens" / f"{HOST}.emblem").read_text(), (folder / "daily.emblem").read_text()
    (folder / "records").write_text(emblem + endorsement)

    verdict = json.loads(run("verify", HOST, "--records", "records", *VERIFY[4:], "--json").stdout)

    assert (endorsed.exit_code, issued.exit_code) == (0, 0)
    assert (verdict["status"], verdict["endorsed_by"]) == ("protected", ["https://ministry.example"])


@pytest.mark.parametrize(
    ("subject", "more", "said"),
    [
        ("https://other.example", (), "found an endorsement of a key of https://other.example"),
        ("https://relief.example", ("--request", "request"), "--certificate does not go with --request"),
    ],
)
def test_certificates_go_only_into_endorsements_of_own_keys(
    run: Run, subject: str, more: tuple[str, ...], said: str
) -> None:
    run("key", "new", "daily", "--no-passphrase")
    arguments = more or ("--subject", subject, "--endorsed-key", "keys/daily.pub.pem")

    result = run(
        "endorse", "--key", "key.pem", "--issuer", "https://relief.example", *arguments, "--purpose", "protective",
        "--certificate", "chain.pem", "--not-before", "2027-02-28T12:00:00Z", "--valid", "10d", "-o", "daily.emblem",
    )  # fmt: skip

    assert result.exit_code == 2
    assert said in result.stderr.splitlines()[-1]


def test_all_of_a_workspace_takes_no_certificates(run: Run) -> None:
    result = run("issue", "--all", "--certificate", "chain.pem")

    assert result.exit_code == 2
    assert "--certificate goes with --key and --issuer" in result.stderr
