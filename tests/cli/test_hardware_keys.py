"""`emblem key` and those who sign, with a hardware token (SoftHSM 2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from emblem_cli import passphrases
from emblem_cli.passphrases import Passphrases

from emblem.errors import PassphraseError
from emblem.issuance.token_files import read_emblem_file, read_endorsement_file
from emblem.keys.hardware import HardwareToken, Tries
from tests.cli.conftest import Run, descriptor, one_line
from tests.support.softhsm import MODULE, PIN, WRONG_PIN, SoftHsm, soft_hsm

DESK = "pkcs11:token=desk"


@pytest.fixture(autouse=True)
def hsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftHsm]:
    with soft_hsm(tmp_path / "hsm", monkeypatch) as hsm:
        yield hsm


def with_pin(run: Run, *arguments: str, pin: str = PIN) -> Result:
    with descriptor(f"{pin}\n" * 2) as number:
        return run(*arguments, "--passphrase-fd", number)


def new(run: Run, name: str, *arguments: str, pin: str = PIN) -> Result:
    return with_pin(run, "key", "new", name, "--pkcs11", DESK, *arguments, pin=pin)


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "EdDSA"])
def test_a_new_key_in_a_token_leaves_a_reference_and_no_private_key(run: Run, folder: Path, algorithm: str) -> None:
    result = new(run, "root", "--algorithm", algorithm)

    shown = json.loads(run("key", "show", "keys/root.pkcs11", "--json").stdout)
    assert result.exit_code == 0
    assert shown["algorithm"] == algorithm
    assert result.stdout.splitlines() == [
        "private key:     in a hardware token (sensitive, never extractable)",
        "where it is:     keys/root.pkcs11",
        "public key:      keys/root.pub.pem",
        f"key identifier:  {shown['key_identifier']}",
    ]
    assert sorted(path.name for path in (folder / "keys").iterdir()) == ["root.pkcs11", "root.pub.pem"]
    assert "PRIVATE" not in "".join(path.read_text() for path in (folder / "keys").iterdir())


def test_the_reference_names_the_key_and_holds_no_pin(run: Run, folder: Path) -> None:
    new(run, "root")

    comment, uri = (folder / "keys" / "root.pkcs11").read_text().splitlines()
    assert comment.startswith("# ES256 key ")
    assert uri.startswith("pkcs11:token=desk;serial=")
    assert ";object=root;" in uri
    assert uri.endswith(f"?module-path={MODULE}")
    assert PIN not in uri


def test_a_key_in_a_token_signs_emblems_and_endorsements(run: Run, folder: Path) -> None:
    for name in ("root", "signing"):
        assert new(run, name).exit_code == 0

    endorsed = with_pin(run, "endorse", "--key", "keys/root.pkcs11", "--issuer", "https://relief.example",
                        "--subject", "https://relief.example", "--purpose", "protective",
                        "--endorsed-key", "keys/signing.pub.pem", "-o", "endorsements/signing.emblem")  # fmt: skip
    issued = with_pin(run, "issue", "a.relief.example", "b.relief.example", "--key", f"{DESK};object=signing",
                      "--issuer", "https://relief.example", "--sign", "red-cross")  # fmt: skip

    assert (endorsed.exit_code, issued.exit_code) == (0, 0)
    emblem = read_emblem_file(folder / "tokens" / "a.relief.example.emblem")
    assert read_endorsement_file(folder / "endorsements" / "signing.emblem").claims.key == emblem.signing_key


@pytest.mark.parametrize("label", ["..%2F..%2Fetc", "%1b%5b2J", "a%20b"])
def test_a_label_that_can_be_no_file_name_names_no_file(run: Run, folder: Path, label: str) -> None:
    made = with_pin(run, "key", "new", "root", "--pkcs11", f"{DESK};object={label}")
    assert made.exit_code == 0

    asked = with_pin(run, "request", "--key", f"{DESK};object={label}", "--issuer", "https://relief.example",
                     "--to", "https://ministry.example")  # fmt: skip

    assert asked.exit_code == 0
    assert [path.name for path in (folder / "requests").iterdir()] == ["key-to-ministry.example.request"]
    assert "\x1b" not in made.output + asked.output + with_pin(run, "key", "list", "--pkcs11", DESK).output


def test_keys_in_tokens_stand_in_the_list_beside_others(run: Run) -> None:
    new(run, "root")
    run("key", "new", "signing", "--no-passphrase")

    listed = [json.loads(line) for line in run("key", "list", "--json").stdout.splitlines()]

    assert [(key["name"], key["private_key"]) for key in listed] == [
        ("root", "in a hardware token"),
        ("signing", "not encrypted"),
    ]


def test_what_is_in_a_token_is_listed_with_its_attributes(run: Run) -> None:
    assert "no private keys in pkcs11:token=desk" in with_pin(run, "key", "list", "--pkcs11", DESK).stdout
    new(run, "root")

    (line,) = with_pin(run, "key", "list", "--pkcs11", DESK, "--json").stdout.splitlines()

    key = json.loads(line)
    assert (key["sensitive"], key["always_sensitive"]) == (True, True)
    assert (key["extractable"], key["never_extractable"]) == (False, True)
    assert "sensitive, never extractable" in with_pin(run, "key", "list", "--pkcs11", DESK).stdout


def test_a_key_that_is_in_a_token_already_is_taken_into_use(run: Run, folder: Path) -> None:
    new(run, "root")
    before = (folder / "keys" / "root.pkcs11").read_text()
    for file in ("root.pkcs11", "root.pub.pem"):
        (folder / "keys" / file).unlink()

    result = with_pin(run, "key", "import", f"{DESK};object=root", "root")

    assert (result.exit_code, result.stderr) == (0, "")
    assert (folder / "keys" / "root.pkcs11").read_text() == before


def test_a_key_in_a_token_is_shown_by_its_uri(run: Run) -> None:
    identifier = one_line(new(run, "root").stdout.splitlines()[-1] + "\n").split()[-1]

    shown = with_pin(run, "key", "show", f"{DESK};object=root", "--format", "identifier")

    assert one_line(shown.stdout) == identifier


def test_a_name_that_is_taken_is_refused_before_anything_is_made(run: Run) -> None:
    run("key", "new", "root", "--no-passphrase")

    assert "already there" in one_line(new(run, "root").stderr)
    assert "no private keys" in with_pin(run, "key", "list", "--pkcs11", DESK).stdout


def test_a_wrong_pin_is_one_line_that_does_not_repeat_it(run: Run, folder: Path) -> None:
    result = new(run, "root", pin=WRONG_PIN)

    assert result.exit_code == 2
    assert "hardware token 'desk': found a wrong PIN" in one_line(result.stderr)
    assert WRONG_PIN not in result.output
    assert not (folder / "keys").exists()


def test_after_a_wrong_pin_the_next_is_asked_for_with_a_warning(run: Run) -> None:
    new(run, "root", pin=WRONG_PIN)

    result = new(run, "root")

    assert result.exit_code == 0
    assert "after a few it locks itself" in one_line(result.stderr)


def token_with(tries: Tries) -> HardwareToken:
    return HardwareToken("desk", "1", "Maker", "Model", tries)


def test_the_last_pin_before_a_token_locks_is_for_a_person_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(passphrases, "_ask", lambda prompt: prompt.encode())

    with pytest.raises(PassphraseError, match="a single try before it locks"):
        Passphrases(0).pin(token_with(Tries.LAST))
    assert Passphrases(None).pin(token_with(Tries.LAST)) == b"PIN of hardware token 'desk': "
    assert "locks itself after one more wrong PIN" in one_line(capsys.readouterr().err)


def test_another_key_in_the_place_of_the_known_one_is_refused(run: Run, folder: Path) -> None:
    new(run, "root")
    new(run, "other")
    keys = folder / "keys"
    (keys / "root.pkcs11").write_text((keys / "other.pkcs11").read_text())

    result = with_pin(run, "issue", "a.example", "--key", "keys/root.pkcs11", "--issuer", "https://relief.example",
                      "--sign", "none")  # fmt: skip

    assert result.exit_code == 2
    assert "another key in the hardware token" in one_line(result.stderr)
    assert not (folder / "tokens").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("pkcs11:token=desk\npkcs11:token=desk\n", "one pkcs11 URI on one line"),
        ("pkcs11:token=desk?pin-value=1234\n", "no PIN"),
        ("# nothing\n", "no private key"),
    ],
)
def test_a_damaged_reference_is_one_line(run: Run, folder: Path, content: str, said: str) -> None:
    (folder / "root.pkcs11").write_text(content)

    result = run("issue", "a.example", "--key", "root.pkcs11", "--issuer", "https://relief.example", "--sign", "none")

    assert result.exit_code == 2
    assert said in one_line(result.stderr)


def test_a_reference_that_is_none_is_listed_with_what_is_wrong(run: Run, folder: Path) -> None:
    (folder / "keys").mkdir()
    (folder / "keys" / "root.pkcs11").write_text("# nothing\n")

    (line,) = run("key", "list", "--json").stdout.splitlines()

    assert json.loads(line)["private_key"] == "unreadable"
    assert "no reference to a key" in json.loads(line)["problem"]


def test_a_pin_in_a_uri_is_refused_and_not_repeated(run: Run) -> None:
    result = run("key", "new", "root", "--pkcs11", "pkcs11:token=desk?pin-value=1234")

    assert result.exit_code == 2
    assert "no PIN" in one_line(result.stderr)
    assert "1234" not in result.stderr


def test_without_a_library_it_is_said_how_to_name_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMBLEM_PKCS11_MODULE")

    result = new(run, "root")

    assert result.exit_code == 2
    assert "EMBLEM_PKCS11_MODULE" in one_line(result.stderr)
