"""`emblem commit`: what is refused before anybody is asked. The rest: the system tests."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from tests.cli.conftest import Run, one_line
from tests.traceability.builders import NAMES, authority_certificate, certificate, pem

SECRET = b64encode(b"a secret of thirty-two octets ok").decode()
TSIG = {"EMBLEM_TSIG": f"update.example:hmac-sha256:{SECRET}"}
USUAL = (
    *("commit", "keys/root.pub.pem", "--organization", "https://relief.example"),
    *("--directory", "https://127.0.0.1:1/dir", "--server", "127.0.0.1:1", "-o", "chain.pem"),
)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("-o", "keys/root.pub.pem"), "keys/root.pub.pem: found a file that is already there"),
        (("--certificate-key", "keys/signing.pem"), "keys/signing.pem: found a file that is already there"),
        (("--submit", "no such log"), "log: found 'no such log', expected one on the list of logs"),
        (("--submit", "http://log.example/"), "an address that begins with https://"),
    ],
)
def test_what_cannot_come_out_well_is_refused_at_once(run: Run, keys: Path, more: tuple[str, ...], said: str) -> None:
    del keys

    result = run(*USUAL, *more, env=TSIG)

    assert result.exit_code == 2
    assert said in one_line(result.stderr)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--chain", "chain.pem"), "--chain goes with --submit"),
        (("--chain", "chain.pem", "--submit", "https://log.example", "-o", "x"), "--chain goes with --submit"),
        ((), "Missing option '--directory'"),
        (("--directory", "https://127.0.0.1:1/dir"), "Missing option '--output'"),
    ],
)
def test_it_is_a_new_certificate_or_one_that_is_there(
    run: Run, keys: Path, arguments: tuple[str, ...], said: str
) -> None:
    del keys

    result = run("commit", "keys/root.pub.pem", "--organization", "https://relief.example", *arguments, env=TSIG)

    assert result.exit_code == 2
    assert said in one_line(result.stderr)


def test_a_chain_that_commits_another_key_is_handed_to_nobody(run: Run, keys: Path, folder: Path) -> None:
    del keys
    (folder / "chain.pem").write_bytes(pem(certificate(*NAMES), authority_certificate()))
    usual = ("commit", "keys/root.pub.pem", "--organization", "https://relief.example", "--chain", "chain.pem")

    result = run(*usual, "--submit", "https://127.0.0.1:1")

    assert result.exit_code == 1
    assert "the certificate is in chain.pem, but: chain.pem: the certificate does not commit" in one_line(result.stderr)


def test_a_file_of_several_keys_is_refused(run: Run, keys: Path) -> None:
    several = keys / "root.pub.pem"
    several.write_text(several.read_text() + (keys / "signing.pub.pem").read_text())

    result = run(*USUAL, env=TSIG)

    assert result.exit_code == 2
    assert "found 2 keys, expected exactly one, the root key" in one_line(result.stderr)


def test_an_account_key_of_another_kind_is_refused(run: Run, keys: Path) -> None:
    del keys
    run("key", "new", "account", "--algorithm", "ES384", "--no-passphrase")

    result = run(*USUAL, "--account-key", "keys/account.pem", env=TSIG)

    assert result.exit_code == 2
    assert "keys/account.pem: found a key of another kind, expected a key file for ES256" in one_line(result.stderr)


def test_a_list_of_logs_of_ones_own_is_read(run: Run, keys: Path, folder: Path) -> None:
    del keys
    (folder / "logs.json").write_text("{}")

    result = run(*USUAL, "--log-list", "logs.json", "--submit", "oak", env=TSIG)

    assert result.exit_code == 2
    assert "logs.json" in one_line(result.stderr)


def test_without_the_extra_it_says_how_to_get_it(run: Run, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del keys
    monkeypatch.setitem(__import__("sys").modules, "emblem.issuance.acme_authority", None)
    monkeypatch.setitem(__import__("sys").modules, "acme", None)
    monkeypatch.delitem(__import__("sys").modules, "emblem.issuance.acme_authority")

    result = run(*USUAL, env=TSIG)

    assert result.exit_code == 1
    assert "acme is not installed: pip install 'digital-emblem[acme]'" in one_line(result.stderr)
