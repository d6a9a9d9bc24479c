"""The keys of a workspace: made and noted for a role, rotated with overlap, retired when nothing needs them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from emblem.codec.carried import Carried, read_carried
from emblem.codec.request import read_request
from emblem.issuance.given import read_given
from emblem.issuance.rotation import next_name
from emblem.issuance.token_files import read_endorsement_file
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.ledger import Ledger
from emblem.issuance.workspace.settings import NamedKey, Role, Settings
from emblem.keys.files import read_signer
from emblem.model.organization import Organization
from tests.cli.conftest import Run, descriptor, one_line
from tests.support.killing import killed_after
from tests.support.softhsm import MODULE, PIN, SoftHsm, soft_hsm

RELIEF = "https://relief.example"


@pytest.fixture(autouse=True)
def desk(run: Run, folder: Path) -> Path:
    assert run("init", "--organization", RELIEF, "--sign", "red-cross").exit_code == 0
    return folder


def new(run: Run, name: str, role: str, *arguments: str) -> Result:
    return run("key", "new", name, "--role", role, "--no-passphrase", *arguments)


def rotate(run: Run, name: str = "signing", *arguments: str) -> Result:
    return run("key", "rotate", name, "--no-passphrase", *arguments)


def settings() -> Settings:
    return Workspace.open(Path()).settings


def current() -> str:
    return settings().current_key(Role.SIGNING, datetime.now(UTC)).name


def identifier(name: str) -> str:
    return read_signer(Path("keys") / f"{name}.pem", bytes).public_key.cose_thumbprint


@pytest.fixture
def keys(run: Run) -> None:
    """A root key and a signing key that it endorses."""
    assert new(run, "root", "root").exit_code == 0
    assert new(run, "signing", "signing").exit_code == 0


def test_a_key_made_for_a_role_is_noted_in_the_settings(run: Run) -> None:
    result = new(run, "root", "root")

    assert (result.exit_code, result.stderr) == (0, "")
    assert settings().keys == (NamedKey("root", Role.ROOT, "keys/root.pem", "keys/root.pub.pem"),)
    assert result.stdout.splitlines() == [
        "private key:     keys/root.pem",
        "public key:      keys/root.pub.pem",
        f"key identifier:  {identifier('root')}",
    ]


def test_a_key_of_a_workspace_is_in_its_folder(run: Run) -> None:
    result = new(run, "root", "root", "--directory", "elsewhere")

    assert result.exit_code == 2
    assert "--directory does not go with --role" in one_line(result.stderr)
    assert settings().keys == ()


@pytest.mark.usefixtures("hsm")
def test_a_reference_that_was_imported_is_noted_and_signs(run: Run) -> None:
    with descriptor(f"{PIN}\n" * 3) as number:
        run("key", "new", "signing", "--pkcs11", "pkcs11:token=desk", "--passphrase-fd", number)
        assert run("key", "add", "signing", "--role", "signing").exit_code == 0
        run("inventory", "add", "a.relief.example")
        issued = run("issue", "--all", "--passphrase-fd", number)

    assert settings().key("signing").location == "keys/signing.pkcs11"
    assert issued.exit_code == 0, issued.output


def test_a_name_is_given_once(run: Run, keys: None) -> None:
    del keys
    assert "a name that no key in emblem.toml has" in one_line(new(run, "root", "signing").stderr)


def test_a_second_signing_key_takes_over_and_that_is_said(run: Run, keys: None) -> None:
    del keys
    result = new(run, "other", "signing")

    assert result.exit_code == 0
    assert "other signs from now on in the place of signing" in one_line(result.stderr)


def test_an_offline_root_is_noted_by_its_public_half(run: Run) -> None:
    run("key", "new", "root", "--no-passphrase", "--directory", "elsewhere")

    result = run("key", "add", "root", "--role", "root", "--public", "elsewhere/root.pub.pem")

    assert result.exit_code == 0
    assert "private key:     on another machine" in result.stdout
    assert settings().keys == (NamedKey("root", Role.ROOT, None, "keys/root.pub.pem"),)
    assert Path("keys/root.pub.pem").read_bytes() == Path("elsewhere/root.pub.pem").read_bytes()


def test_a_key_whose_files_are_there_is_noted(run: Run) -> None:
    run("key", "new", "root", "--no-passphrase")

    assert run("key", "add", "root", "--role", "root").exit_code == 0

    assert settings().key("root").location == "keys/root.pem"
    assert run("key", "add", "missing", "--role", "root").exit_code == 2


@pytest.mark.parametrize(
    ("name", "following"),
    [("signing", "signing-2"), ("signing-2", "signing-4"), ("signing-2027", "signing-2028"), ("a-b", "a-b-2")],
)
def test_the_next_name_has_the_next_number_that_is_free(name: str, following: str) -> None:
    taken = NamedKey("signing-3", Role.SIGNING, None, "")

    assert next_name(Settings(Organization.parse(RELIEF), None, keys=(taken,)), name) == following


def test_a_new_key_is_endorsed_before_it_signs(run: Run, keys: None) -> None:
    del keys
    result = rotate(run)

    endorsement = read_endorsement_file(Path("endorsements/signing-2-by-itself.emblem"))
    assert (result.exit_code, result.stderr) == (0, "")
    assert current() == "signing-2"
    assert (endorsement.claims.key, endorsement.signing_key) == (identifier("signing-2"), identifier("root"))
    assert not endorsement.claims.may_endorse
    assert [one.token for one in read_given(Path("given")).given] == [endorsement.data]
    assert settings().key("signing").signs_at(datetime.now(UTC))


def test_a_rotation_that_is_done_is_not_done_again(run: Run, keys: None) -> None:
    del keys
    rotate(run)

    again = rotate(run)

    assert again.exit_code == 0
    assert "signing-2 signs in the place of signing already" in again.stdout
    assert [key.name for key in settings().keys] == ["root", "signing", "signing-2"]
    assert rotate(run, "signing-2").exit_code == 0
    assert current() == "signing-3"


def test_with_an_offline_root_the_new_key_signs_once_the_answer_is_here(run: Run, keys: None) -> None:
    del keys
    offline = Path("offline")
    offline.mkdir()
    Path("keys/root.pem").rename(offline / "root.pem")
    text = Path("emblem.toml").read_text()
    Path("emblem.toml").write_text(text.replace('location = "keys/root.pem"\n', ""))
    request = Path("requests/signing-2-to-relief.example.request")

    asked, again = rotate(run), rotate(run)
    assert [asked.exit_code, again.exit_code] == [0, 0]
    assert "have the request answered there" in one_line(again.stderr)
    assert current() == "signing"
    assert read_request(read_carried("", Carried.REQUEST, request.read_bytes())).request.key.cose_thumbprint == (
        identifier("signing-2")
    )

    run("endorse", "--request", str(request), "--key", "offline/root.pem", "-o", "offline/answer", "--yes")
    assert run("accept", "offline/answer").exit_code == 0
    assert rotate(run).exit_code == 0
    assert current() == "signing-2"


@pytest.mark.parametrize(
    ("name", "said"),
    [("root", "one of the role root, expected a signing key"), ("nobody", "'nobody'")],
)
def test_what_cannot_be_rotated_is_one_line(run: Run, keys: None, name: str, said: str) -> None:
    del keys
    result = rotate(run, name)

    assert result.exit_code == 2
    assert said in one_line(result.stderr)
    assert current() == "signing"


def test_a_key_is_retired_when_nothing_that_it_signed_holds(run: Run, keys: None) -> None:
    del keys
    issued = run("issue", "a.relief.example", "--key", "keys/signing.pem", "--issuer", RELIEF, "--sign", "red-cross")
    assert issued.exit_code == 0, issued.output
    rotate(run)

    refused = run("key", "retire", "signing")
    assert refused.exit_code == 2
    assert "1 emblems signed with it that hold, until" in one_line(refused.stderr)

    run("issue", "a.relief.example", "--key", "keys/signing-2.pem", "--issuer", RELIEF, "--sign", "red-cross")
    assert run("key", "retire", "signing").exit_code == 0
    assert not settings().key("signing").signs_at(datetime.now(UTC))
    assert "is retired already" in run("key", "retire", "signing").stdout
    assert Path("keys/signing.pem").exists()
    assert "one that is retired" in one_line(rotate(run).stderr)


def test_the_ledger_tells_what_became_of_keys(run: Run, keys: None) -> None:
    del keys
    rotate(run)
    run("key", "retire", "signing")
    run("request", "--to", "https://ministry.example")
    run("endorse", "--request", "requests/root-to-ministry.example.request", "--issuer", "https://ministry.example",
        "--key", "keys/signing.pem", "-o", "answer", "--yes")  # fmt: skip
    run("accept", "answer")
    run("withdraw", "--key-identifier", identifier("signing"), "--yes")

    entries = list(Ledger(Path("ledger")).entries())
    assert [entry.action for entry in entries] == [
        "key-made", "key-made", "endorsed", "key-made", "key-retired", "requested", "endorsed", "accepted", "withdrawn",
    ]  # fmt: skip
    assert entries[3].details == {"name": "signing-2", "role": "signing", "key": identifier("signing-2")}
    assert entries[4].details == {"name": "signing", "role": "signing"}
    assert (entries[5].details["of"], entries[7].details["by"]) == ("https://ministry.example",) * 2
    assert entries[6].details["request"] == entries[5].details["request"]
    assert entries[8].details == {"keys": [identifier("signing")], "tokens": []}


def test_a_key_can_be_retired_anyway(run: Run, keys: None) -> None:
    del keys
    run("issue", "a.relief.example", "--key", "keys/signing.pem", "--issuer", RELIEF, "--sign", "red-cross")

    assert run("key", "retire", "signing", "--anyway").exit_code == 0


def test_a_root_key_is_not_retired_while_it_alone_stands_by_a_key(run: Run, keys: None) -> None:
    del keys
    rotate(run)

    refused = run("key", "retire", "root")
    assert refused.exit_code == 2
    assert "the only one that stands by signing-2" in one_line(refused.stderr)

    new(run, "root-2", "root")
    run("endorse", "--key", "root-2", "--issuer", RELIEF, "--subject", RELIEF, "--purpose", "protective",
        "--endorsed-key", "keys/signing-2.pub.pem", "-o", "endorsements/second.emblem")  # fmt: skip
    assert run("key", "retire", "root").exit_code == 0


def test_keys_are_listed_with_their_roles_in_the_order_of_the_settings(run: Run, keys: None) -> None:
    del keys
    rotate(run)
    run("key", "retire", "signing")
    run("key", "new", "aside", "--no-passphrase")

    listed = [json.loads(line) for line in run("key", "list", "--json").stdout.splitlines()]
    rows = [line.split("  ") for line in run("key", "list").stdout.splitlines()]

    assert [(key["name"], key["role"], key["location"]) for key in listed] == [
        ("root", "root", "keys/root.pem"),
        ("signing", "signing", "keys/signing.pem"),
        ("signing-2", "signing", "keys/signing-2.pem"),
        ("aside", None, None),
    ]
    assert [key["retired"] is None for key in listed] == [True, False, True, True]
    assert rows[0][0].strip() == "name"
    assert "signing, retired" in rows[2]
    assert "not in emblem.toml" in rows[4]


def test_a_key_is_shown_by_its_name(run: Run, keys: None) -> None:
    del keys
    assert one_line(run("key", "show", "signing", "--format", "identifier").stdout) == identifier("signing")
    assert "nobody" in one_line(run("key", "show", "nobody").stderr)


def test_a_key_of_the_settings_whose_files_are_gone_is_listed_as_such(run: Run, keys: None) -> None:
    del keys
    for file in ("signing.pem", "signing.pub.pem"):
        Path("keys", file).unlink()

    listed = [json.loads(line) for line in run("key", "list", "--json").stdout.splitlines()]

    assert (listed[1]["name"], listed[1]["private_key"], listed[1]["problem"]) == (
        "signing",
        "not here",
        "no keys/signing.pub.pem",
    )


@pytest.fixture
def hsm(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftHsm]:
    with soft_hsm(tmp_path_factory.mktemp("softhsm") / "hsm", monkeypatch) as hsm:
        yield hsm


@pytest.mark.usefixtures("hsm")
def test_keys_in_a_hardware_token_are_rotated_in_it_with_one_pin(run: Run) -> None:
    with descriptor(f"{PIN}\n" * 2) as number:
        for name, role in (("root", "root"), ("signing", "signing")):
            made = run("key", "new", name, "--role", role, "--pkcs11", "pkcs11:token=desk", "--passphrase-fd", number)
            assert made.exit_code == 0, made.output

    with descriptor(f"{PIN}\n") as number:
        result = run("key", "rotate", "signing", "--passphrase-fd", number)

    assert (result.exit_code, result.stderr) == (0, "")
    assert current() == "signing-2"
    assert [key.in_token for key in settings().keys] == [True] * 3
    assert MODULE in (settings().key("signing-2").location or "")
    assert run("key", "list").stdout.count("in a hardware token") == 3
    assert not [path.name for path in Path("keys").iterdir() if not path.name.endswith(".pub.pem")]


@pytest.mark.usefixtures("hsm")
def test_a_key_that_an_interruption_left_in_the_hardware_token_is_taken(run: Run) -> None:
    run("key", "new", "root", "--role", "root", "--no-passphrase")
    with descriptor(f"{PIN}\n") as number:
        run("key", "new", "signing", "--role", "signing", "--pkcs11", "pkcs11:token=desk", "--passphrase-fd", number)
    with descriptor(f"{PIN}\n") as number:
        run("key", "new", "signing-2", "--pkcs11", "pkcs11:token=desk", "--passphrase-fd", number)
    for file in ("signing-2.pkcs11", "signing-2.pub.pem"):
        Path("keys", file).unlink()

    with descriptor(f"{PIN}\n") as number:
        result = run("key", "rotate", "signing", "--passphrase-fd", number)

    assert result.exit_code == 0, result.output
    assert current() == "signing-2"


def test_a_rotation_that_is_killed_at_any_moment_is_finished_by_the_next(run: Run, keys: None) -> None:
    del keys
    name, rounds, killed = "signing", 0, True
    while killed:
        rounds += 1
        killed = killed_after(rounds, "key", "rotate", name, "--no-passphrase")
        result = rotate(run, name)
        assert result.exit_code == 0, result.output
        name = current()
        workspace = Workspace.open(Path())
        assert len(workspace.settings.keys) == 2 + rounds
        assert read_endorsement_file(workspace.endorsements / f"{name}-by-itself.emblem").claims.key == identifier(name)
        read_given(Path("given"))
        assert Ledger(workspace.ledger).check().faults == ()
    assert rounds > 15
