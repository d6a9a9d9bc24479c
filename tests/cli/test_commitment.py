"""`emblem commitment`: the log entries of a certificate, what its names commit, and what could not be checked."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import Result
from cryptography import x509

from emblem.issuance.log_files import read_log_file
from emblem.issuance.token_files import read_endorsement_file
from emblem.keys.pem import write_private_key
from tests.cli.conftest import Run, one_line
from tests.support.arrangement import root, signing
from tests.traceability.builders import (
    BINDING,
    DATA,
    ELM,
    KEY_IDENTIFIER,
    KEY_NAME,
    NAMES,
    OAK,
    RELIEF,
    authority_certificate,
    base64,
    certificate,
    final_certificate_entry,
    leaf_index,
    log_list,
    logged,
    pem,
    precertificate_entry,
    timestamp_list,
)

GUIDE = (Path(__file__).parents[2] / "docs" / "commitments.md").read_text()
REAL = {host: str(DATA / f"{host}.fullchain.pem") for host in ("auth.felixlinker.de", "emblem.felixlinker.de")}
REAL_KEY = "6d4ym5gslavhmz7u44x7mv4ycjzxhweslioeujuutnom5hp7hpnq"
OLD_LIST = "emblem: warning: the list of logs is of 2025-05-23T12:54:15Z: newer logs are missing"
ASKED = ("--key-identifier", KEY_IDENTIFIER, "--organization", str(RELIEF))
LISTED = ("--log-list", "logs.json")


@pytest.fixture(autouse=True)
def lists(folder: Path) -> None:
    """A list that holds one log, and that is not too old for a hundred years."""
    (folder / "logs.json").write_bytes(log_list(OAK.listed(), log_list_timestamp="2126-01-01T00:00:00Z"))


def write(folder: Path, *certificates: x509.Certificate) -> str:
    """A file with certificates, and the authority's after them."""
    (folder / "chain.pem").write_bytes(pem(*certificates, authority_certificate()))
    return "chain.pem"


def refused(result: Result, code: int = 2) -> str:
    """The one line with which a command ends that prints nothing."""
    assert (result.exit_code, result.stdout) == (code, "")
    return one_line(result.stderr)


# the real ones


@pytest.mark.parametrize("host", REAL)
def test_json_is_exactly_what_the_owner_of_a_real_certificate_published(run: Run, host: str) -> None:
    result = run("commitment", REAL[host], "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads((DATA / f"{host}.logs.json").read_text())


def test_the_text_says_what_was_found_out_and_what_not(run: Run) -> None:
    result = run("commitment", REAL["emblem.felixlinker.de"])

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "commits h32ycgpm2jxlgmhmtrnuv5rywsexxk3gwa45w3cmpzpyvkacdvka to https://emblem.felixlinker.de",
        "",
        "1. leaf index 1486270852 of a static log",
        "  log id     GoudaUpXmMiZoMqIvfSPwLRWYMzDYA0fcfRp/8fRrKM=",
        "  log        unknown: not on the list of 2025-05-23T12:54:15Z",
        "  entry      the precertificate",
        "  logged     2026-03-26T03:45:06Z",
        "  signature  not checked: the key of the log is not known",
        "",
        "2. leaf hash QNNJAoY2xYVJFA3TbFhkveEK8p54NdOp9wfnttqODyM=",
        "  log id     SZybad4dfOz8Nt7Nh2SmuFuvCoeAGdFVUvvp6ynd+MM=",
        "  log        DigiCert 'Sphinx2026h1'",
        "  operator   DigiCert",
        "  state      usable as of 2025-05-23T12:54:15Z",
        "  entry      the precertificate",
        "  logged     2026-03-26T03:45:12Z",
        "  signature  verified with the key of the log",
        "",
        "Not checked: validity, root and revocation of the certificate, and whether the logs kept their promises.",
    ]


def test_a_list_that_is_too_old_is_a_warning_also_with_json(run: Run) -> None:
    for arguments in ((), ("--json",)):
        assert run("commitment", REAL["auth.felixlinker.de"], *arguments).stderr.startswith(OLD_LIST)


def test_a_log_that_is_not_listed_is_a_warning_with_json(run: Run) -> None:
    warnings = run("commitment", REAL["emblem.felixlinker.de"], "--json").stderr.splitlines()

    assert warnings[1:] == [
        "emblem: warning: the timestamp of the log GoudaUpXmMiZoMqIvfSPwLRWYMzDYA0fcfRp/8fRrKM= was not checked: "
        "the log is not on the list"
    ]


# the binding


def test_a_binding_that_is_there_is_no_failure(run: Run, folder: Path) -> None:
    result = run("commitment", write(folder, logged(*NAMES)), *ASKED, *LISTED, "--json")

    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("identifier", "organization"),
    [
        (REAL_KEY[:-1] + "a", "https://auth.felixlinker.de"),
        (REAL_KEY, "https://auth.felixlinker.dk"),
        (REAL_KEY, "https://felixlinker.de"),
    ],
)
def test_a_binding_that_differs_in_one_character_fails_with_1(run: Run, identifier: str, organization: str) -> None:
    result = run(
        "commitment",
        REAL["auth.felixlinker.de"],
        *("--key-identifier", identifier, "--organization", organization, "--json"),
    )

    assert (result.exit_code, result.stdout) == (1, "")
    assert f"the certificate does not commit {identifier} to {organization}: no name {identifier}." in result.stderr


def test_the_text_is_printed_also_where_the_binding_fails(run: Run, folder: Path) -> None:
    result = run("commitment", write(folder, logged(KEY_NAME, "*.example")), *ASKED, *LISTED)

    assert result.exit_code == 1
    reason = (
        "no name adem-configuration.relief.example or relief.example; *.example is there, but a wildcard does not count"
    )
    assert result.stdout.splitlines()[0] == f"does not commit {BINDING}: {reason}"
    assert one_line(result.stderr) == f"emblem: the certificate does not commit {BINDING}: {reason}"


def test_a_name_in_another_case_is_said_to_be_that(run: Run, folder: Path) -> None:
    said = run("commitment", write(folder, logged(KEY_NAME, "Relief.Example")), *LISTED).stdout.splitlines()[0]

    assert said.endswith("Relief.Example is there, but it must be written in lower case")


def test_a_certificate_that_commits_nothing_says_so(run: Run, folder: Path) -> None:
    path = write(folder, logged("relief.example"))

    assert "The certificate commits no key" in run("commitment", path, *LISTED).stdout
    with_json = run("commitment", path, *LISTED, "--json")
    assert with_json.exit_code == 0
    assert "warning: the certificate commits no key" in one_line(with_json.stderr)


@pytest.mark.parametrize("arguments", [ASKED[:2], ASKED[2:]])
def test_a_key_and_an_organization_go_together(run: Run, arguments: tuple[str, ...]) -> None:
    said = refused(run("commitment", REAL["auth.felixlinker.de"], *arguments))

    assert said == "emblem commitment: --key-identifier and --organization go together. See 'emblem commitment --help'."


def test_a_key_identifier_is_one(run: Run) -> None:
    arguments = ("--key-identifier", KEY_IDENTIFIER.upper(), "--organization", str(RELIEF))

    assert "key identifier" in refused(run("commitment", REAL["auth.felixlinker.de"], *arguments))


# timestamps


def test_an_answer_of_a_log_is_an_entry_of_the_final_certificate(run: Run, folder: Path) -> None:
    leaf = certificate(*NAMES)
    (folder / "one.json").write_bytes(OAK.answer(final_certificate_entry(leaf)))
    (folder / "two.json").write_bytes(ELM.answer(final_certificate_entry(leaf), leaf_index(7)))
    arguments = ("commitment", write(folder, leaf), "--sct", "one.json", "--sct", "two.json", *LISTED)

    written = json.loads(run(*arguments, "--json").stdout)
    text = run(*arguments).stdout

    assert [entry["ver"] for entry in written] == ["v1", "static"]
    assert written[1] == {"ver": "static", "id": base64(ELM.log_id), "index": 7}
    assert text.count("  entry      the final certificate\n") == 2
    assert text.count("  signature  verified with the key of the log\n") == 1


def test_embedded_timestamps_come_before_those_that_were_given(run: Run, folder: Path) -> None:
    leaf = logged(*NAMES)
    (folder / "answer.json").write_bytes(ELM.answer(final_certificate_entry(leaf)))

    result = run("commitment", write(folder, leaf), "--sct", "answer.json", *LISTED, "--json")

    assert [entry["id"] for entry in json.loads(result.stdout)] == [base64(OAK.log_id), base64(ELM.log_id)]


def test_the_same_timestamp_twice_is_one_entry(run: Run, folder: Path) -> None:
    timestamp = OAK.timestamp(precertificate_entry(*NAMES))
    other = OAK.timestamp(precertificate_entry(*NAMES), time=1)
    path = write(folder, certificate(*NAMES, timestamps=timestamp_list(timestamp, timestamp, other)))

    assert len(json.loads(run("commitment", path, *LISTED, "--json").stdout)) == 2


def test_a_timestamp_for_another_certificate_fails_with_1_and_gives_no_entries(run: Run, folder: Path) -> None:
    timestamps = timestamp_list(OAK.timestamp(precertificate_entry("other.example")))
    path = write(folder, certificate(*NAMES, timestamps=timestamps))
    said = "emblem: the timestamp of the log oak 2026 is not one for this certificate as a precertificate"

    assert refused(run("commitment", path, *LISTED, "--json"), code=1) == said
    text = run("commitment", path, *LISTED)
    assert (text.exit_code, one_line(text.stderr)) == (1, said)
    assert "  signature  INVALID" in text.stdout


def test_an_answer_to_the_other_question_fails_with_1(run: Run, folder: Path) -> None:
    (folder / "answer.json").write_bytes(OAK.answer(precertificate_entry(*NAMES)))
    path = write(folder, certificate(*NAMES))

    said = refused(run("commitment", path, "--sct", "answer.json", *LISTED, "--json"), code=1)
    assert said.endswith("is not one for this certificate as a final certificate")


def test_a_timestamp_of_an_unknown_version_is_left_out_and_that_is_said(run: Run, folder: Path) -> None:
    known = OAK.timestamp(precertificate_entry(*NAMES))
    result = run(
        "commitment",
        write(folder, certificate(*NAMES, timestamps=timestamp_list(b"\1x", known))),
        *(*LISTED, "--json"),
    )

    assert len(json.loads(result.stdout)) == 1
    assert one_line(result.stderr).endswith("left out: a timestamp of version number 1, which is not known")


def test_no_timestamps_is_a_reason_of_its_own(run: Run, folder: Path) -> None:
    said = refused(run("commitment", write(folder, certificate(*NAMES)), "--json"))

    assert said == (
        "emblem: chain.pem: found no timestamps, expected a certificate with embedded timestamps, "
        "or a log's answer with --sct"
    )


def test_timestamps_of_unknown_versions_only_are_none(run: Run, folder: Path) -> None:
    path = write(folder, certificate(*NAMES, timestamps=timestamp_list(b"\1x", b"\2")))

    said = run("commitment", path, "--json").stderr.splitlines()[-1]
    assert said.startswith("emblem: chain.pem: found 2 timestamps, none of a known version")


def test_a_log_for_tests_and_one_without_a_state_are_called_that(run: Run, folder: Path) -> None:
    (folder / "logs.json").write_bytes(log_list(OAK.listed(state=None, log_type="test")))

    text = run("commitment", write(folder, logged(*NAMES)), *LISTED).stdout

    assert "  log        oak 2026, a log for tests\n" in text
    assert "  state      without a state as of 2026-03-01T00:00:00Z\n" in text


def test_a_static_log_that_gives_no_index_is_told(run: Run, folder: Path) -> None:
    addresses = {"submission_url": "https://oak.example/", "monitoring_url": "https://oak.example/"}
    (folder / "logs.json").write_bytes(log_list(tiled=(OAK.listed(**addresses),)))

    text = run("commitment", write(folder, logged(*NAMES)), *LISTED).stdout

    assert "  note       a static log whose timestamp has no leaf index: the entry cannot be looked up\n" in text


# bad input


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("chain.pem", b"", "chain.pem: found 0 bytes that are none, expected X.509 certificates in PEM"),
        ("chain.pem", pem(certificate()), "chain.pem: found one certificate only, expected a chain"),
        ("chain.pem", pem(authority_certificate(), logged(*NAMES)), "chain.pem: found the wrong order"),
        ("chain.pem", b"x" * 600_000, "chain.pem: found more than 524288 bytes"),
        ("answer.json", b"{}", "answer.json: sct_version: found None"),
        ("answer.json", b"x" * 70_000, "answer.json: found more than 65536 bytes"),
        ("logs.json", b"{}", "logs.json: log_list_timestamp: found None"),
    ],
)
def test_bad_input_is_one_line_that_names_the_file(run: Run, folder: Path, name: str, data: bytes, said: str) -> None:
    write(folder, logged(*NAMES))
    (folder / "answer.json").write_bytes(b"")
    (folder / name).write_bytes(data)

    result = run("commitment", "chain.pem", "--sct", "answer.json", *LISTED)

    assert refused(result).startswith(f"emblem: {said}")


@pytest.mark.parametrize("timestamps", [b"", b"garbage", timestamp_list(b"\0" * 60)])
def test_a_list_of_timestamps_that_is_garbage_is_one_line(run: Run, folder: Path, timestamps: bytes) -> None:
    assert "timestamp" in refused(run("commitment", write(folder, certificate(*NAMES, timestamps=timestamps))))


def test_a_certificate_with_a_thousand_names_is_judged_like_any_other(run: Run, folder: Path) -> None:
    names = (*(f"host{number}.relief.example" for number in range(998)), *NAMES)
    result = run("commitment", write(folder, logged(*names)), *ASKED, *LISTED)

    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, f"commits {BINDING}")


def test_standard_input_is_read_for_a_hyphen(run: Run) -> None:
    text = Path(REAL["auth.felixlinker.de"]).read_text()

    assert run("commitment", "-", input=text).stdout == run("commitment", REAL["auth.felixlinker.de"]).stdout


# what comes of it


def test_what_is_printed_is_what_endorse_puts_into_an_endorsement(run: Run, folder: Path) -> None:
    (folder / "root.pem").write_bytes(write_private_key(root, None))
    (folder / "signing.pem").write_text(signing.public_key.to_pem())
    printed = run("commitment", REAL["emblem.felixlinker.de"], "--json").stdout
    (folder / "root.logs.json").write_text(printed)

    endorsed = run(
        *("endorse", "--key", "root.pem", "--issuer", "https://relief.example", "--subject", "https://relief.example"),
        *("--endorsed-key", "signing.pem", "--purpose", "protective", "--log", "root.logs.json", "-o", "root.emblem"),
    )

    assert endorsed.exit_code == 0, endorsed.stderr
    assert read_endorsement_file(folder / "root.emblem").claims.log == read_log_file(printed.encode())


def test_the_example_of_the_guide_runs_as_it_is_printed(run: Run, folder: Path) -> None:
    (folder / "fullchain.pem").write_bytes(Path(REAL["auth.felixlinker.de"]).read_bytes())
    (transcript,) = re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL)
    printed = ""
    for line in transcript.splitlines():
        if line.startswith("$ emblem "):
            printed += f"{line}\n{run(*shlex.split(line)[2:]).output}"

    assert printed == transcript
