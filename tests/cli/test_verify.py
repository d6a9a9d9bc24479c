"""`emblem verify`: its exit codes, its options, and what it does with bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result
from emblem_cli.application import application

from emblem.codec.cose_key import encode_key
from emblem.codec.jwk import write_jwk
from emblem.dns import ResourceRecord
from emblem.keys.pem import write_private_key
from emblem.server import Faults
from tests.support.arrangement import (
    HOSPITAL,
    JWS,
    MINISTRY,
    RELIEF,
    AnyRecord,
    authority,
    chain,
    emblem_token,
    key_record,
    root,
    signing,
    stranger,
)
from tests.support.naming import ihle_lines, serving, txt_lines
from tests.support.raw import unknown_version

DATA = Path(__file__).parents[1] / "data" / "adem-jws"
AS_OF = ("--at", "2027-03-01T12:00:00Z")
GOOD = chain(root, signing).emblem().endorsed_by(authority)

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `emblem verify` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def verify(*arguments: str, **more: Any) -> Result:
        result = CliRunner().invoke(application, ["verify", *arguments], **more)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        return result

    return verify


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], str]:
    """Writes a file and tells its name."""

    def write(name: str, content: str | bytes) -> str:
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    return write


Write = Callable[[str, str | bytes], str]


def text(*records: AnyRecord) -> str:
    """Records as a file of them."""
    return "\n".join(record.hex() if isinstance(record, bytes) else record for record in records) + "\n"


def hexadecimal(signer: Any) -> str:
    return encode_key(signer.public_key).hex() + "\n"


def refused(result: Result) -> str:
    """The only line of a command that was used wrongly."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


# Exit codes


@pytest.mark.parametrize(
    ("records", "trusted", "status", "code"),
    [
        (GOOD.records, True, "protected", 0),
        (GOOD.records, False, "claimed", 6),
        ((unknown_version(),), False, "undetermined", 4),
        ((emblem_token(signing),), False, "rejected", 3),
        (("v=spf1 -all",), False, "undetermined", 4),
        ((), False, "undetermined", 4),
    ],
)
def test_the_exit_code_says_the_status(
    run: Run, write: Write, records: tuple[AnyRecord, ...], trusted: bool, status: str, code: int
) -> None:
    write("records", text(*records))
    trust = ("--trust", write("root", hexadecimal(root))) if trusted else ()

    result = run(HOSPITAL, "--records", "records", *AS_OF, *trust)

    assert result.exit_code == code
    assert result.stdout.splitlines()[0] == f"{HOSPITAL}: {status.upper()}"


def test_an_unmarked_host_has_its_own_exit_code(run: Run) -> None:
    with serving(f"{HOSPITAL}. A 192.0.2.1") as server:
        result = run(HOSPITAL, "--resolver", str(server.address))

    assert result.exit_code == 5
    assert result.stdout.splitlines()[0] == f"{HOSPITAL}: UNMARKED"


def test_a_server_that_fails_is_undetermined(run: Run) -> None:
    with serving(faults=Faults(response_code=2)) as server:
        assert run(HOSPITAL, "--resolver", str(server.address)).exit_code == 4


def test_a_lie_is_rejected(run: Run) -> None:
    lie = Faults(when=lambda query: query.type == 65297, replace=(ResourceRecord(HOSPITAL, 65297, 60, b"\xd8"),))
    with serving(f"{HOSPITAL}. A 192.0.2.1", faults=lie) as server:
        assert run(HOSPITAL, "--resolver", str(server.address)).exit_code == 3


def test_several_targets_of_one_status_share_its_code(run: Run) -> None:
    with serving() as server:
        result = run("a.example", "b.example", "--resolver", str(server.address), "--json")

    assert result.exit_code == 5
    assert [json.loads(line)["target"] for line in result.stdout.splitlines()] == ["a.example", "b.example"]


def test_several_targets_of_different_status_have_a_code_of_their_own(run: Run, write: Write) -> None:
    write("records", text(*GOOD.records))

    result = run(HOSPITAL, "other.example", "--records", "records", *AS_OF, "--json")

    assert result.exit_code == 7
    assert [json.loads(line)["status"] for line in result.stdout.splitlines()] == ["claimed", "rejected"]


# Records


def test_records_are_read_from_standard_input(run: Run) -> None:
    assert run(HOSPITAL, "--records", "-", *AS_OF, input=text(*GOOD.records)).exit_code == 6


@pytest.mark.parametrize("lines", [ihle_lines(HOSPITAL, GOOD.records), txt_lines("_emblem." + HOSPITAL, GOOD.records)])
def test_zone_file_lines_are_records(run: Run, write: Write, lines: list[str]) -> None:
    assert run(HOSPITAL, "--records", write("zone", "\n".join(lines)), *AS_OF).exit_code == 6


def test_records_of_other_names_are_left_out_and_told(run: Run, write: Write) -> None:
    write("zone", "\n".join(ihle_lines("other.example", GOOD.records)))

    result = run(HOSPITAL, "--records", "zone", *AS_OF, "--json")

    assert result.exit_code == 4
    codes = [reason["code"] for reason in json.loads(result.stdout)["reasons"]]
    assert codes == ["no-emblem-in-input", "records-left-out"]


def test_the_british_red_cross_of_june_2026(run: Run) -> None:
    records = str(DATA / "emblem.redcross.org.uk.txt")
    arguments = ("--records", records, "--ct", "skip", "--json")
    june, november = "2026-06-17T00:10:00Z", "2026-11-23T00:00:00Z"

    result = run("adem.redcross.org.uk", *arguments, "--at", june)
    verdict = json.loads(result.stdout)
    assert result.exit_code == 6
    assert [verdict[name] for name in ("status", "level", "issuer", "commitment", "format")] == [
        "claimed", "signed", "https://redcross.org.uk", "not-checked", "jws",
    ]  # fmt: skip
    assert run("emblem.redcross.org.uk", *arguments, "--at", june).exit_code == 3
    assert run("adem.redcross.org.uk", *arguments, "--at", november).exit_code == 3


def test_an_address_target_and_the_addresses_of_a_name(run: Run) -> None:
    arguments = ("--records", str(DATA / "emblem.felixlinker.de.txt"), "--at", "2026-06-17T00:10:00Z")
    marked, name = "2a01:4f9:c010:d8e4::1", "emblem.felixlinker.de"

    assert run(marked, *arguments).exit_code == 6
    assert run("2a01:4f9:c010:d8e4::2", *arguments).exit_code == 3
    assert run(name, *arguments).exit_code == 4
    assert run(name, *arguments, "--address", marked).exit_code == 6
    assert run(name, *arguments, "--address", marked, "--address", "2001:db8::1").exit_code == 3


# Trust


@pytest.mark.parametrize(
    "content",
    [hexadecimal(root), root.public_key.to_pem(), json.dumps(write_jwk(root.public_key))],
    ids=["COSE_Key", "PEM", "JWK"],
)
def test_a_key_is_trusted_in_every_form(run: Run, write: Write, content: str) -> None:
    write("records", text(*GOOD.records))

    assert run(HOSPITAL, "--records", "records", *AS_OF, "--trust", write("key", content)).exit_code == 0


def trusting(run: Run, write: Write, *arguments: str) -> int:
    """The exit code with these trust options; ROOT, AUTHORITY and STRANGER stand for files of their keys."""
    write("records", text(*GOOD.records))
    for name, signer in {"ROOT": root, "AUTHORITY": authority, "STRANGER": stranger}.items():
        write(name, hexadecimal(signer))
    return run(HOSPITAL, "--records", "records", *AS_OF, *arguments).exit_code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--trust", "AUTHORITY"), 6),
        (("--trust", "AUTHORITY", "--trust-as", str(MINISTRY)), 0),
        ((f"--trust=AUTHORITY --trust-as={MINISTRY}").split(), 0),
        (("--trust", "AUTHORITY", "--trust-as", str(RELIEF)), 6),
        (("--trust", "STRANGER", "--trust", "ROOT"), 0),
        (("--trust", "ROOT", "--trust", "STRANGER"), 0),
        (("--trust", "STRANGER", "--trust-as", str(MINISTRY), "--trust", "AUTHORITY"), 6),
        (("--trust", "STRANGER", "--trust", "AUTHORITY", "--trust-as", str(MINISTRY)), 0),
        (("--trust", "AUTHORITY", "--json", "--trust-as", str(MINISTRY)), 0),
        (("--trust", "AUTHORITY", "--trust", "AUTHORITY", "--trust-as", str(MINISTRY)), 0),
    ],
)
def test_an_organization_binds_the_keys_of_the_file_before_it(
    run: Run, write: Write, arguments: tuple[str, ...], code: int
) -> None:
    assert trusting(run, write, *arguments) == code


@pytest.mark.parametrize(
    "arguments",
    [
        ("--trust-as", str(MINISTRY)),
        ("--trust-as", str(MINISTRY), "--trust", "ROOT"),
        ("--trust", "ROOT", "--trust-as", str(MINISTRY), "--trust-as", str(RELIEF)),
        ("--trust", "ROOT", "--trust-as", "ministry.example"),
        ("--trust", "ROOT", "--trust-as", "https://Ministry.example"),
        ("--trust", "ROOT", "--trust-as", "https://ministry.example/"),
        ("--trust", "ROOT", "--trust-as"),
        ("--trust",),
        ("--trust", "MISSING"),
        ("--accept", "signed"),
    ],
)
def test_trust_options_that_make_no_sense_are_refused(run: Run, write: Write, arguments: tuple[str, ...]) -> None:
    assert trusting(run, write, *arguments) == 2


@pytest.mark.parametrize("passphrase", [None, b"secret"])
def test_a_private_key_is_no_trust(run: Run, write: Write, passphrase: bytes | None) -> None:
    write("key", write_private_key(root, passphrase))

    assert "a private key" in refused(run(HOSPITAL, "--records", "-", "--trust", "key", input=""))


@pytest.mark.parametrize("content", ["", "nonsense", "{}", "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----"])
def test_a_file_without_a_key_is_no_trust(run: Run, write: Write, content: str) -> None:
    assert "trust file key" in refused(run(HOSPITAL, "--records", "-", "--trust", write("key", content), input=""))


@pytest.mark.parametrize("level", ["organizational", "endorsed"])
def test_a_level_can_be_accepted(run: Run, write: Write, level: str) -> None:
    assert trusting(run, write, "--accept", level) == 6


@pytest.mark.parametrize(("profile", "code"), [("draft", 3), ("robust", 0)])
def test_the_profile_decides_what_an_added_token_does(run: Run, write: Write, profile: str, code: int) -> None:
    write("records", text(*GOOD.records, emblem_token(signing, "other.example")))
    trust = ("--trust", write("root", hexadecimal(root)))

    assert run(HOSPITAL, "--records", "records", *AS_OF, *trust, "--profile", profile).exit_code == code


# Output


def test_json_is_one_verdict_a_line_and_nothing_else(run: Run, write: Write) -> None:
    result = run(HOSPITAL, "other.example", "--records", write("records", text(*GOOD.records)), *AS_OF, "--json")

    assert result.stderr == ""
    for line in result.stdout.splitlines():
        verdict = json.loads(line)
        assert verdict["schema"] == "emblem.verdict/1"
        assert verdict["at"] == "2027-03-01T12:00:00Z"


def test_a_unicode_name_is_shown_with_its_a_label(run: Run) -> None:
    result = run("Bücher.example.", "--records", "-", input="")

    assert result.stdout.splitlines()[0] == "xn--bcher-kva.example (bücher.example): UNDETERMINED"
    assert json.loads(run("Bücher.example.", "--records", "-", "--json", input="").stdout)["target"] == (
        "xn--bcher-kva.example"
    )


def test_verbose_says_what_was_asked(run: Run) -> None:
    with serving(*ihle_lines(HOSPITAL, GOOD.records)) as server:
        result = run(HOSPITAL, "--resolver", str(server.address), "--verbose", *AS_OF)

    assert f"asked {server_text(result)} for {HOSPITAL} TYPE65297: found" in result.stdout


def server_text(result: Result) -> str:
    return next(line.split()[1] for line in result.stdout.splitlines() if line.startswith("  asked "))


def test_a_colour_is_shown_only_where_it_is_seen_and_wanted(run: Run) -> None:
    assert "\x1b" not in run(HOSPITAL, "--records", "-", input="").stdout
    assert "\x1b" in run(HOSPITAL, "--records", "-", input="", color=True).stdout
    assert "\x1b" not in run(HOSPITAL, "--records", "-", input="", color=True, env={"NO_COLOR": "1"}).stdout


def test_without_a_time_it_judges_as_of_now(run: Run) -> None:
    before = datetime.now(UTC)
    at = json.loads(run(HOSPITAL, "--records", "-", "--json", input="").stdout)["at"]

    assert before.replace(microsecond=0) <= datetime.fromisoformat(at) <= datetime.now(UTC)


# Bad input


@pytest.mark.parametrize("target", ["a host", "", "-a.example", "1.2.3", "a..example", "*.example", "x" * 300])
def test_what_is_no_target_is_refused(run: Run, target: str) -> None:
    refused(run("--records", "-", "--", target, input=""))


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (HOSPITAL, "--at", "yesterday"),
        (HOSPITAL, "--at", "2027-03-01T12:00:00"),
        (HOSPITAL, "--records", "missing"),
        (HOSPITAL, "--records", "."),
        (HOSPITAL, "--records", "-", "--resolver", "127.0.0.1"),
        (HOSPITAL, "--records", "-", "--address", "hospital.example"),
        (HOSPITAL, "--address", "192.0.2.1"),
        (HOSPITAL, "--resolver", "resolver.example"),
        (HOSPITAL, "--resolver", "127.0.0.1:0"),
        (HOSPITAL, "--profile", "lenient"),
        (HOSPITAL, "--ct", "perhaps"),
        (HOSPITAL, "--unknown"),
    ],
)
def test_wrong_use_is_one_line_and_its_own_exit_code(run: Run, arguments: tuple[str, ...]) -> None:
    refused(run(*arguments, input=""))


@pytest.mark.parametrize(
    "content",
    [Random(7).randbytes(4000), b"\x00" * 100, b"\xff\xfe" + "text".encode("utf-16-le")],
    ids=["random bytes", "zero bytes", "UTF-16"],
)
def test_bytes_that_are_no_text_are_refused(run: Run, write: Write, content: bytes) -> None:
    assert "records" in refused(run(HOSPITAL, "--records", write("records", content)))


def test_an_empty_file_is_undetermined(run: Run, write: Write) -> None:
    result = run(HOSPITAL, "--records", write("records", ""), "--json")

    assert result.exit_code == 4
    assert [reason["code"] for reason in json.loads(result.stdout)["reasons"]] == ["no-emblem-in-input"]


def test_a_file_of_fifty_megabytes_is_refused(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "records").open("wb") as file:
        file.truncate(50 * 2**20)

    assert "records" in refused(run(HOSPITAL, "--records", "records"))


def test_a_token_of_sixty_kilobytes_is_dropped_with_a_reason(run: Run, write: Write) -> None:
    large = emblem_token(signing, HOSPITAL, *(f"host{number}.example" for number in range(3400)))
    assert len(large) > 50_000

    result = run(HOSPITAL, "--records", write("records", text(large, key_record(signing))), *AS_OF, "--json")

    assert result.exit_code == 3
    assert "record-too-large" in {reason["code"] for reason in json.loads(result.stdout)["reasons"]}


def test_a_damaged_line_is_refused_with_its_number(run: Run, write: Write) -> None:
    write("records", f"{HOSPITAL}. TYPE65297 \\# 3 00\n")

    assert "line 1" in refused(run(HOSPITAL, "--records", "records"))


def test_a_reader_that_goes_away_is_a_failure_and_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "records").write_text(text(*chain(signing, issuer=None, form=JWS).emblem().records))
    command = [sys.executable, "-m", "emblem_cli", "verify", "--records", "records", "--json", HOSPITAL]
    if not (Path(__file__).parents[2] / "cli" / "emblem_cli" / "__main__.py").exists():
        command[1:3] = ["-c", "import sys; from emblem_cli.main import main; sys.exit(main())"]
    reading, writing = os.pipe()
    os.close(reading)

    finished = subprocess.run(command, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)

    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr
