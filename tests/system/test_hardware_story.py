"""The whole story with keys in hardware tokens (SoftHSM 2): an organization, an authority without a network, BIND."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass

from tests.cli.conftest import START, descriptor
from tests.support.softhsm import MODULE, PIN, soft_hsm
from tests.system.updatable import Updatable, updatable

ORIGIN = "relief.example"
RELIEF, MINISTRY = f"https://{ORIGIN}", "https://ministry.example"
HOSTS = (f"www.{ORIGIN}", f"mail.{ORIGIN}")
ZONE = """$TTL 300
@ SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
www A 192.0.2.1
mail A 192.0.2.2
"""


@dataclass(frozen=True)
class Office:
    """A workspace, its hardware token, and ``emblem`` as a process in its folder, with or without a network."""

    folder: Path
    token: str
    online: bool

    def emblem(self, *arguments: str, code: int = 0, pins: int = 1) -> str:
        """Run a command; it must end with this code. What it prints."""
        apart = () if self.online else ("unshare", "--net")
        with descriptor(f"{PIN}\n" * pins) as number:
            given = ("--passphrase-fd", number) if pins else ()
            command = [*apart, sys.executable, "-c", START, *arguments, *given]
            done = subprocess.run(
                command, cwd=self.folder, capture_output=True, text=True, timeout=60, pass_fds=[int(number)]
            )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def new_key(self, name: str, role: str) -> None:
        self.emblem("key", "new", name, "--role", role, "--pkcs11", f"pkcs11:token={self.token}")


@dataclass(frozen=True)
class Scene:
    relief: Office
    ministry: Office
    zone: Updatable

    def verify(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        trust = ("--trust", str(self.ministry.folder / "keys" / "authority.pub.pem"), "--trust-as", MINISTRY)
        shown = self.relief.emblem(
            "verify", HOSTS[0], "--resolver", str(self.zone.primary.endpoint), "--json", *(arguments or trust),
            code=code, pins=0,
        )  # fmt: skip
        verdict: dict[str, Any] = json.loads(shown)
        return verdict


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    for name in ("relief", "ministry", "zone"):
        (tmp_path / name).mkdir()
    with (
        soft_hsm(tmp_path / "hsm", monkeypatch) as hsm,
        updatable(origin=ORIGIN, zone=ZONE, directory=tmp_path / "zone") as zone,
    ):
        hsm.make_token("vault")
        relief = Office(tmp_path / "relief", "desk", online=True)
        ministry = Office(tmp_path / "ministry", "vault", online=False)
        relief.emblem("init", "--organization", RELIEF, "--sign", "red-cross", "--zone", ORIGIN,
                      "--server", str(zone.primary.endpoint), "--tsig-file", str(zone.key_file), pins=0)  # fmt: skip
        settings = relief.folder / "emblem.toml"
        servers = ", ".join(f'"{server.endpoint}"' for server in (zone.primary, zone.secondary))
        settings.write_text(settings.read_text() + f"check-servers = [{servers}]\n")
        ministry.emblem("init", "--organization", MINISTRY, "--sign", "none", pins=0)
        yield Scene(relief, ministry, zone)


def carry(path: Path, to: Office) -> str:
    """A file to another office, on a stick; its name there."""
    (to.folder / path.name).write_bytes(path.read_bytes())
    return path.name


def private_keys() -> dict[str, tuple[bool, bool, bool, bool]]:
    """Of every private key in every token: sensitive, always sensitive, extractable, never extractable."""
    wanted = (Attribute.SENSITIVE, Attribute.ALWAYS_SENSITIVE, Attribute.EXTRACTABLE, Attribute.NEVER_EXTRACTABLE)
    found: dict[str, tuple[bool, bool, bool, bool]] = {}
    pkcs11.unload(MODULE)
    for token in pkcs11.lib(MODULE).get_tokens():
        if token.label:
            with token.open(user_pin=PIN) as session:
                for key in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}):
                    one, two, three, four = (key[attribute] for attribute in wanted)
                    found[f"{token.label}/{key[Attribute.LABEL]}"] = (one, two, three, four)
    return found


def test_from_nothing_to_protected_and_through_rotation_and_withdrawal(scene: Scene) -> None:
    relief, ministry = scene.relief, scene.ministry
    relief.new_key("root", "root")
    relief.new_key("signing", "signing")
    ministry.new_key("authority", "authority")

    # The root key stands by the signing key, and the authority, which has no network, by the root key.
    relief.emblem("request", "--key", "signing")
    relief.emblem("endorse", "--request", f"requests/signing-to-{ORIGIN}.request", "-o", "own.answer", "--yes")
    relief.emblem("accept", "own.answer", pins=0)
    relief.emblem("request", "--to", MINISTRY)
    asked = carry(relief.folder / "requests" / "root-to-ministry.example.request", ministry)
    stated = ministry.emblem("endorse", "--request", asked, "--yes")
    assert f"{MINISTRY} states that a key belongs to {RELIEF}" in stated
    relief.emblem("accept", carry(ministry.folder / "root-to-ministry.example.answer", relief), pins=0)

    relief.emblem("inventory", "add", *HOSTS, pins=0)
    relief.emblem("issue", "--all")
    relief.emblem("publish", "--all", pins=0)
    verdict = scene.verify()
    assert (verdict["status"], verdict["level"]) == ("protected", "endorsed")
    assert (verdict["issuer"], verdict["endorsed_by"], verdict["sign"]) == (RELIEF, [MINISTRY], "red-cross")

    relief.emblem("key", "rotate", "signing")
    relief.emblem("key", "retire", "signing", code=2, pins=0)
    relief.emblem("issue", "--all")
    relief.emblem("publish", "--all", pins=0)
    relief.emblem("key", "retire", "signing", pins=0)
    after = scene.verify()
    assert (after["status"], after["level"]) == ("protected", "endorsed")
    assert after["sets"][0]["tokens"] != verdict["sets"][0]["tokens"]

    ministry.emblem("withdraw", "--subject", RELIEF, "--reason", "for the test", "--yes")
    withdrawals = carry(ministry.folder / "withdrawals", relief)
    key = (ministry.folder / "keys" / "authority.pub.pem").read_text()
    (relief.folder / "trust.toml").write_text(
        f'[[authority]]\norganization = "{MINISTRY}"\nkeys = ["""\n{key}"""]\n[[withdrawals]]\nfile = "{withdrawals}"\n'
    )
    assert scene.verify("--trust", "trust.toml", code=3)["status"] == "rejected"

    inside = (True, True, False, True)
    assert private_keys() == dict.fromkeys(("desk/root", "desk/signing", "desk/signing-2", "vault/authority"), inside)
    for office in (relief, ministry):
        for path in office.folder.rglob("*"):
            assert not path.is_file() or b"PRIVATE KEY" not in path.read_bytes(), path
        assert not list(office.folder.rglob("*.key"))
