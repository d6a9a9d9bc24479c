"""`emblem records`: what to put into the DNS, complete and nothing else, in the form that the zone takes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emblem.codec.record_text import read_records
from emblem.model.organization import Organization
from emblem.model.record import Record
from emblem.model.verdict import Level, Status
from emblem.trust.store import TrustStore
from emblem.validation.validate import validate
from tests.cli.conftest import Run, one_line

pytestmark = pytest.mark.usefixtures("marked")
HOST = "www.relief.example"
RELIEF = "https://relief.example"


@pytest.fixture
def marked(run: Run, keys: Path, folder: Path) -> Path:
    """A folder with an emblem, the organization's endorsement of its signing key and the authority's of its root."""
    for signer, issuer, endorsed in (("root", RELIEF, "signing"), ("authority", "https://authority.example", "root")):
        result = run("endorse", "--key", f"{keys}/{signer}.pem", "--issuer", issuer, "--subject", RELIEF,
                     "--endorsed-key", f"{keys}/{endorsed}.pub.pem", "--purpose", "protective", "--may-endorse",
                     "-o", f"endorsements/{endorsed}.emblem")  # fmt: skip
        assert result.exit_code == 0
    issued = run("issue", HOST, "--key", "keys/signing.pem", "--sign", "red-cross", "--issuer", RELIEF)
    assert issued.exit_code == 0
    return folder


def records_in(text: str) -> list[Record]:
    return [entry for entry in read_records(text) if isinstance(entry, Record)]


@pytest.mark.parametrize("form", ["zone", "rfc3597", "txt"])
def test_what_is_printed_protects_where_the_authority_is_trusted(run: Run, marked: Path, form: str) -> None:
    printed = run("records", HOST, "--format", form).stdout
    trust = TrustStore.load(marked / "keys" / "authority.pub.pem", bind_to=Organization("authority.example"))

    verdict = validate(records_in(printed), target=HOST, at=datetime.now(UTC), trust=trust)

    assert (verdict.status, verdict.level) == (Status.PROTECTED, Level.ENDORSED)


def test_zone_lines_are_the_default(run: Run) -> None:
    lines = run("records", HOST).stdout.splitlines()

    assert all(line.startswith(("; ", f"{HOST}. 3600 IN TYPE65297 \\# ")) for line in lines)
    assert len(lines) == 12


def test_the_ttl_is_that_of_every_record(run: Run) -> None:
    lines = run("records", HOST, "--format", "rfc3597", "--ttl", "60").stdout.splitlines()

    assert {line.split()[1] for line in lines} == {"60"}


def test_the_set_is_named_in_the_values(run: Run) -> None:
    printed = run("records", HOST, "--format", "txt", "--set", "new").stdout

    assert all(record.data.startswith(b"emblem-cwt-new=") for record in records_in(printed))


def test_only_txt_records_name_a_set(run: Run) -> None:
    result = run("records", HOST, "--set", "new")

    assert result.exit_code == 2
    assert "--set goes with" in one_line(result.stderr)


def test_an_update_is_one_message_a_host(run: Run) -> None:
    lines = run("records", HOST, "--format", "nsupdate").stdout.splitlines()

    assert [line.split()[:2] for line in lines] == [["update", "delete"], *[["update", "add"]] * 6, ["send"]]


def test_json_is_one_line_a_host(run: Run) -> None:
    run("issue", "mail.relief.example", "--key", "keys/signing.pem", "--sign", "none", "--issuer", RELIEF)

    lines = run("records", HOST, "mail.relief.example", "--json").stdout.splitlines()

    assert [json.loads(line)["target"] for line in lines] == [HOST, "mail.relief.example"]
    assert [len(json.loads(line)["ihle"]["data"]) for line in lines] == [6, 6]


def test_only_the_named_endorsements_are_chosen_from(run: Run) -> None:
    printed = run("records", HOST, "--endorsement", "endorsements/signing.emblem").stdout

    assert len(records_in(printed)) == 4


def test_without_a_folder_of_endorsements_the_emblem_stands_alone(run: Run, marked: Path) -> None:
    (marked / "endorsements").rename(marked / "elsewhere")

    assert len(records_in(run("records", HOST).stdout)) == 2


def test_hidden_files_among_the_endorsements_are_passed_over(run: Run, marked: Path) -> None:
    (marked / "endorsements" / ".gitkeep").touch()

    assert run("records", HOST).exit_code == 0


def test_records_that_others_will_reject_are_warned_of(run: Run) -> None:
    result = run("records", HOST)

    assert result.exit_code == 0
    assert one_line(result.stderr).startswith(
        "emblem: warning: whoever trusts none of its keys and endorsers will reject"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mail.relief.example",), "tokens/mail.relief.example.emblem: found no such file"),
        (("a b",), "Invalid value"),
        ((HOST, "--tokens", "nowhere"), "nowhere/www.relief.example.emblem: found no such file"),
        ((HOST, "--endorsement", "nowhere"), "nowhere: found no such file"),
        ((HOST, "--endorsement", f"tokens/{HOST}.emblem"), "found an emblem, expected an endorsement"),
        ((HOST, "--endorsement", "keys/root.pub.pem"), "keys/root.pub.pem"),
        ((HOST, "--ttl", "-1"), "--ttl"),
    ],
)
def test_what_is_missing_or_something_else_is_one_line(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run("records", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in one_line(result.stderr)


def test_an_emblem_that_has_expired_is_not_published(run: Run) -> None:
    run("issue", HOST, "--key", "keys/signing.pem", "--sign", "none", "--issuer", RELIEF,
        "--not-before", "2026-01-01T00:00:00Z", "--valid", "1d")  # fmt: skip

    result = run("records", HOST)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "emblem issue" in one_line(result.stderr)


def test_one_host_without_an_emblem_and_nothing_is_printed(run: Run) -> None:
    assert run("records", HOST, "mail.relief.example").stdout == ""
