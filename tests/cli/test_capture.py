"""`emblem capture`, and what the other commands do with an evidence bundle."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from emblem.codec.cose_key import encode_key
from tests.cli.conftest import Run
from tests.support.arrangement import MINISTRY, authority, chain, identifier, root, signing
from tests.support.naming import ihle_lines, serving
from tests.support.stamping_authority import StampingAuthority, answering

PERIOD: dict[str, Any] = {"not_before": int(time.time()) - 3600, "expires": int(time.time()) + 86400}
HOST, PLAIN = "hospital.example", "plain.example"
RECORDS = chain(root, signing, **PERIOD).emblem(HOST, **PERIOD).endorsed_by(authority, **PERIOD).records
TRUST = ("--trust", "authority.hex", "--trust-as", str(MINISTRY))
OFFLINE = ("--dnssec", "skip", *TRUST)

Capture = Callable[..., Result]


@pytest.fixture
def capture(run: Run, folder: Path) -> Capture:
    """Capture something into ``host.evidence``, from a name server that is switched off afterwards."""
    (folder / "authority.hex").write_text(encode_key(authority.public_key).hex())

    def capture(target: str = HOST, *options: str) -> Result:
        with serving(*ihle_lines(HOST, RECORDS), f"{PLAIN}. A 192.0.2.1") as server:
            where = ("--resolver", str(server.address), "--dnssec", "skip")
            return run("capture", target, "-o", "host.evidence", *where, *options)

    return capture


def test_a_capture_shows_the_verdict_and_keeps_a_file(capture: Capture, folder: Path) -> None:
    result = capture(HOST, *TRUST)

    assert result.exit_code == 0
    assert f"{HOST}: PROTECTED" in result.output
    assert f"{(folder / 'host.evidence').stat().st_size} bytes" in result.output


def test_once_everything_is_off_the_bundle_gives_the_same_verdict(capture: Capture, run: Run) -> None:
    shown = capture(HOST, *TRUST, "--json")
    again = run("verify", "--records", "host.evidence", "--json", *OFFLINE)

    live, kept = json.loads(shown.output)["verdict"], json.loads(again.output)
    assert again.exit_code == 0
    for member in ("target", "status", "level", "trusted", "issuer", "endorsed_by", "assets", "commitment", "sets"):
        assert kept[member] == live[member]


def test_a_bundle_brings_no_trust_along(capture: Capture, run: Run) -> None:
    assert capture(HOST, *TRUST).exit_code == 0
    assert run("verify", "--records", "host.evidence", "--dnssec", "skip").exit_code == 6


def test_a_bundle_without_an_emblem_is_no_no(capture: Capture, run: Run) -> None:
    result = capture(PLAIN)
    again = run("verify", "--records", "host.evidence", *OFFLINE)

    assert f"{PLAIN}: UNMARKED" in result.output
    assert again.exit_code == 4
    assert "[evidence-absence]" in again.output


def test_a_bundle_is_listed(capture: Capture, run: Run) -> None:
    capture()
    result = run("inspect", "host.evidence")

    assert result.exit_code == 0
    assert "evidence bundle" in result.output
    assert f"{HOST} TYPE65297" in result.output
    assert "found, 6 records" in result.output
    assert identifier(authority) in result.output


def test_a_bundle_is_listed_for_programs(capture: Capture, run: Run) -> None:
    capture()
    lines = [json.loads(line) for line in run("inspect", "host.evidence", "--json", "--raw").output.splitlines()]

    assert [line["kind"] for line in lines][:6] == ["evidence", *["answer"] * 5]
    assert {line["kind"] for line in lines[6:]} == {"emblem", "endorsement", "key"}
    assert bytes.fromhex(lines[1]["raw"])


def test_a_bundle_is_explained(capture: Capture, run: Run) -> None:
    capture()

    assert f"{HOST} carries a valid emblem" in run("trace", "--records", "host.evidence", *OFFLINE).output


def test_the_keys_in_a_bundle_can_be_taken_into_a_trust_store(capture: Capture, run: Run) -> None:
    capture()
    chosen = ("--key-identifier", identifier(authority), "--as", str(MINISTRY), "--yes")
    result = run("trust", "add", "host.evidence", *chosen)

    assert result.exit_code == 0
    assert identifier(authority) in result.output
    assert run("verify", "--records", "host.evidence", "--dnssec", "skip", "--trust", "trust.toml").exit_code == 0


def test_a_stamped_bundle_is_judged_as_of_its_stamp(capture: Capture, run: Run, folder: Path) -> None:
    stamping = StampingAuthority.make(folder)
    with answering(stamping.respond) as address:
        shown = capture(HOST, *TRUST, "--stamp", address, "--json")
    verify = ("verify", "--records", "host.evidence", "--json", *OFFLINE)
    believed = json.loads(run(*verify, "--stamp-authority", "root.pem").output)
    stated = json.loads(shown.output)

    assert stated["stamped"] is not None
    assert believed["at"] == stated["stamped"]
    assert "evidence-stamped" in {reason["code"] for reason in believed["reasons"]}
    assert "evidence-stamp-untrusted" in {reason["code"] for reason in json.loads(run(*verify).output)["reasons"]}
    assert stated["stamped"] in run("inspect", "host.evidence").output


def test_an_authority_for_stamps_stands_in_the_trust_store(capture: Capture, run: Run, folder: Path) -> None:
    stamping = StampingAuthority.make(folder)
    with answering(stamping.respond) as address:
        capture(HOST, "--stamp", address)
    entry = f'[[stamp-authority]]\nname = "Post"\ncertificate = """\n{stamping.root.decode()}"""\n'
    (folder / "trust.toml").write_text(entry)
    result = run("verify", "--records", "host.evidence", "--dnssec", "skip", "--trust", "trust.toml", "--verbose")

    assert "[evidence-stamped]" in result.output
    assert "time stamps of Post: root " in run("trust", "list").output


def test_nothing_is_kept_where_the_stamp_cannot_be_had(capture: Capture, folder: Path) -> None:
    with answering(lambda _: b"no", status=404) as address:
        result = capture(HOST, "--stamp", address)

    assert result.exit_code == 1
    assert "status 404" in result.output
    assert not (folder / "host.evidence").exists()


def test_evidence_is_not_overwritten(capture: Capture, folder: Path) -> None:
    (folder / "host.evidence").write_bytes(b"older")
    result = capture()

    assert result.exit_code == 2
    assert "already there" in result.output
    assert (folder / "host.evidence").read_bytes() == b"older"


def test_nothing_is_left_behind_where_it_cannot_be_written(run: Run, folder: Path) -> None:
    result = run("capture", HOST, "-o", "nowhere/host.evidence", "--resolver", "127.0.0.1:1", "--dnssec", "skip")

    assert result.exit_code != 0
    assert list(folder.iterdir()) == []


def test_what_could_not_be_found_out_is_kept_too(run: Run, folder: Path) -> None:
    with serving() as server:
        address = str(server.address)
    result = run("capture", HOST, "-o", "host.evidence", "--resolver", address, "--dnssec", "skip")
    again = run("verify", "--records", "host.evidence", "--dnssec", "skip")

    assert result.exit_code == 0
    assert again.exit_code == 4
    assert "[discovery-incomplete]" in again.output
    assert (folder / "host.evidence").exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (lambda data: data[:-1], "expected one well-formed CBOR item"),
        (lambda data: data.replace(b"questions", b"qeustions"), "damaged or changed"),
        (lambda data: data + b"\0", "after the item"),
        (lambda data: data + bytes(512 * 1024), "at most"),
    ],
    ids=["cut-short", "changed", "longer", "too-large"],
)
def test_a_bundle_that_is_damaged_is_an_error_before_anything_is_judged(
    changed: Callable[[bytes], bytes], told: str, capture: Capture, run: Run, folder: Path
) -> None:
    capture()
    path = folder / "host.evidence"
    path.write_bytes(changed(path.read_bytes()))
    result = run("verify", "--records", "host.evidence")

    assert result.exit_code == 2
    assert told in result.output


def test_options_that_make_no_sense_are_refused(capture: Capture, run: Run) -> None:
    capture()
    for arguments in (
        ("verify", "--records", "host.evidence", "--address", "192.0.2.1"),
        ("verify", "--records", "host.evidence", "--resolver", "127.0.0.1"),
        ("verify", "--records", "authority.hex"),
        ("verify",),
        ("capture", HOST, "-o", "x", "--records", "host.evidence"),
        ("capture", HOST, "-o", "x", "--covert", "--stamp", "http://stamp.example/"),
        ("capture", HOST),
    ):
        assert run(*arguments).exit_code == 2
