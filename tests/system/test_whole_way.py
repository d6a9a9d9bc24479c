"""The whole way, with real servers: an organization and an authority have their root keys certified by Pebble through
BIND, logs include the certificates, endorsements refer to them, a host is marked, and whoever asks learns who answers.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from test_vectors.generator.commitments.log import TransparencyLog
from tests.support.log_server import LogServer
from tests.system.pebble import Pebble, pebble
from tests.system.updatable import Updatable, updatable

ORIGIN = "relief.example"
HOST = f"www.{ORIGIN}"
RELIEF, MINISTRY = f"https://{ORIGIN}", f"https://ministry.{ORIGIN}"
ZONE = """$TTL 300
@ SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
www A 192.0.2.1
ministry A 192.0.2.2
"""
START = (sys.executable, "-c", "import sys; from emblem_cli.main import main; sys.argv[0] = 'emblem'; sys.exit(main())")

Run = Callable[..., str]


@dataclass
class World:
    """What runs: a zone on two servers, an authority for certificates, and two logs."""

    zone: Updatable
    authority: Pebble
    logs: LogServer
    folder: Path

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run ``emblem``, which must end with that code; its output."""
        done = subprocess.run(
            [*START, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"NO_PROXY": "*"},
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    def commit(self, name: str, organization: str, label: str) -> str:
        """Have a root key certified and the certificate logged; the file with its log entries."""
        log = self.logs.logs[label]
        self.run(
            *("commit", f"keys/{name}.pub.pem", "--organization", organization, "--agree-to-terms"),
            *("--directory", self.authority.directory, "--ca-file", str(self.authority.ca_file)),
            *("--submit", f"{log.address}={label}.pem", "-o", f"{name}.chain.pem", *self.zone.options),
        )
        identifier = json.loads(self.run("key", "show", f"keys/{name}.pub.pem", "--json"))["key_identifier"]
        entries = self.run(
            *("commitment", f"{name}.chain.pem", "--sct", f"{name}.chain.sct1.json", "--json"),
            *("--key-identifier", identifier, "--organization", organization),
        )
        (self.folder / f"{name}.logs.json").write_text(entries)
        log.time = round(time.time() * 1000)
        return f"{name}.logs.json"

    @property
    def logs_known(self) -> list[str]:
        """What makes the logs, and the root of the authority for certificates, known to whoever asks."""
        known = ["--ct-roots", "web-roots.pem"]
        for label, log in self.logs.logs.items():
            known += ["--ct-log", f"{'static+' if log.static else ''}{log.address}={label}.pem"]
        return known

    @property
    def live(self) -> list[str]:
        """How the DNS is asked."""
        return ["--resolver", str(self.zone.secondary.endpoint), "--dnssec", "skip"]


@pytest.fixture
def world(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything is running, and there are keys."""
    places = [tmp_path_factory.mktemp(name) for name in ("zone", "pebble")]
    logs = [TransparencyLog("oak"), TransparencyLog("elm", static=True)]
    for log in logs:
        log.fill(9)
        key = log.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (tmp_path / f"{log.label}.pem").write_bytes(key)
    with (
        updatable(origin=ORIGIN, zone=ZONE, directory=places[0]) as zone,
        pebble(resolver=zone.secondary.endpoint, directory=places[1]) as authority,
        LogServer(*logs) as server,
    ):
        (tmp_path / "web-roots.pem").write_bytes(authority.root)
        running = World(zone, authority, server, tmp_path)
        for name in ("root", "signing", "ministry"):
            running.run("key", "new", name, "--no-passphrase")
        yield running


def mark(world: World) -> None:
    """Commit both roots, endorse, issue, and publish."""
    (world.folder / "endorsements").mkdir()
    own, theirs = world.commit("root", RELIEF, "oak"), world.commit("ministry", MINISTRY, "elm")
    world.run(
        *("endorse", "--key", "keys/root.pem", "--issuer", RELIEF, "--subject", RELIEF, "--purpose", "protective"),
        *("--endorsed-key", "keys/signing.pub.pem", "--log", own, "-o", "endorsements/signing.emblem"),
    )
    world.run(
        *("endorse", "--key", "keys/ministry.pem", "--issuer", MINISTRY, "--subject", RELIEF, "--may-endorse"),
        *("--purpose", "protective", "--endorsed-key", "keys/root.pub.pem", "--log", theirs),
        *("-o", "endorsements/ministry.emblem"),
    )
    world.run("issue", HOST, "--key", "keys/signing.pem", "--issuer", RELIEF, "--sign", "red-cross")
    world.run("publish", HOST, *world.zone.options)


def told(verdict: dict[str, Any]) -> dict[str, Any]:
    """What a verdict says, without how it was found."""
    names = ("status", "level", "trusted", "commitment", "issuer", "endorsed_by", "sign", "purposes", "assets")
    return {name: verdict[name] for name in names}


def test_the_whole_way_online_and_with_everything_switched_off(world: World) -> None:
    mark(world)
    verdict = json.loads(world.run("verify", HOST, *world.live, *world.logs_known, "--json", code=6))
    accepting = ("--accept", "endorsed")
    accepted = json.loads(world.run("verify", HOST, *world.live, *world.logs_known, *accepting, "--json"))
    world.run("capture", HOST, *world.live, *world.logs_known, "-o", "kept.evidence")

    assert (verdict["level"], verdict["commitment"], verdict["endorsed_by"]) == ("endorsed", "verified", [MINISTRY])
    assert accepted["status"] == "protected"
    evidence = [entry["evidence"] for entry in verdict["sets"][0]["chain"]]
    assert [[one["proofs"] for one in entries] for entries in evidence] == [[], [["included"]], [["included"]]]
    assert [entries[0]["names"][1] for entries in evidence if entries] == [ORIGIN, f"ministry.{ORIGIN}"]

    world.zone.primary.kill()
    world.zone.secondary.kill()
    world.logs.instead["/"] = world.logs.silent
    asked = len(world.logs.asked)
    again = json.loads(
        world.run("verify", "--records", "kept.evidence", *world.logs_known, "--dnssec", "skip", "--json", code=6)
    )

    assert told(again) == told(verdict)
    assert [entry["evidence"] for entry in again["sets"][0]["chain"]] == evidence
    assert len(world.logs.asked) == asked
