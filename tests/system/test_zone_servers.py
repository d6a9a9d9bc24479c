"""What `emblem records` prints loads unchanged in NSD and in BIND, and is found there."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from emblem_cli.application import application

from emblem.codec.cose_key import encode_key
from emblem.issuance.token_files import emblem_path, write_token_file
from emblem.issuance.tokens import endorse, issue
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.target import Target
from tests.support.arrangement import HOSPITAL, LOG, RELIEF, root, signing
from tests.system.conftest import Serve

ZONE = """\
$ORIGIN example.
$TTL 300
@  SOA  ns.example. hostmaster.example. 7 3600 600 86400 300
@  NS   ns.example.
ns A    127.0.0.1
other A 192.0.2.1
"""
FORMATS = {"zone": "ihle", "rfc3597": "ihle", "txt": "txt"}

Emblem = Callable[..., str]


@pytest.fixture
def emblem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Emblem:
    """Runs `emblem` in the folder of an organization that has signed an emblem of a host, and returns its output."""
    monkeypatch.chdir(tmp_path)
    _sign(tmp_path)

    def run(*arguments: str, expected: int = 0) -> str:
        result = CliRunner().invoke(application, arguments)
        assert result.exit_code == expected, result.output
        return result.stdout

    return run


def _sign(folder: Path) -> None:
    (folder / "tokens").mkdir()
    (folder / "endorsements").mkdir()
    begin = datetime.now(UTC) - timedelta(hours=1)
    end = begin + timedelta(days=7)
    marking = issue([HOSPITAL], signer=signing, sign=Sign.RED_CROSS, not_before=begin, expires=end, issuer=RELIEF)
    write_token_file(emblem_path(folder / "tokens", Target.parse(HOSPITAL)), marking, signing.public_key, replace=False)
    endorsement = endorse(
        signing.public_key,
        signer=root,
        issuer=RELIEF,
        subject=RELIEF,
        purposes=Purpose.PROTECTIVE,
        may_endorse=False,
        not_before=begin,
        expires=end,
        log=LOG,
    )
    write_token_file(folder / "endorsements" / "root.emblem", endorsement, root.public_key, replace=False)
    (folder / "root.key").write_text(encode_key(root.public_key).hex())


@pytest.mark.parametrize("form", FORMATS)
def test_the_records_load_unchanged_and_the_emblem_is_found(serve: Serve, emblem: Emblem, form: str) -> None:
    server = serve("example", ZONE + emblem("records", HOSPITAL, "--format", form))

    found = json.loads(emblem("verify", HOSPITAL, "--resolver", str(server), "--trust", "root.key", "--json"))

    assert (found["status"], found["level"], found["sign"]) == ("protected", "signed", "red-cross")
    assert found["sets"][0]["carriage"] == FORMATS[form]
    assert "discovery-incomplete" not in {reason["code"] for reason in found["reasons"]}


def test_whoever_trusts_nobody_finds_it_claimed_and_its_neighbour_unmarked(serve: Serve, emblem: Emblem) -> None:
    server = serve("example", ZONE + emblem("records", HOSPITAL))

    emblem("verify", HOSPITAL, "--resolver", str(server), expected=6)
    emblem("verify", "other.example", "--resolver", str(server), expected=5)
    emblem("verify", "nobody.example", "--resolver", str(server), expected=5)


def test_both_carriages_side_by_side_do_not_spoil_each_other(serve: Serve, emblem: Emblem) -> None:
    carriages = "".join(emblem("records", HOSPITAL, "--format", form) for form in ("zone", "txt"))
    server = serve("example", ZONE + carriages)

    found = json.loads(emblem("verify", HOSPITAL, "--resolver", str(server), "--trust", "root.key", "--json"))

    assert [(one["carriage"], one["status"]) for one in found["sets"]] == [("ihle", "protected"), ("txt", "protected")]
