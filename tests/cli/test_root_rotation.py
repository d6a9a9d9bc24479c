"""A root key is replaced as docs/keys.md says: at no moment does a verifier see its hosts otherwise than protected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

RELIEF, MINISTRY = "https://relief.example", "https://ministry.example"
HOST = "a.relief.example"


@pytest.fixture(autouse=True)
def desk(run: Run, folder: Path) -> Path:
    """A workspace whose signing key its root key endorses, and that an authority's; one host has an emblem."""
    run("init", "--organization", RELIEF, "--sign", "red-cross")
    for name in ("root", "signing"):
        run("key", "new", name, "--role", name, "--no-passphrase")
    run("key", "new", "authority", "--no-passphrase", "--directory", "theirs")
    endorse_signing(run, "root")
    ask_the_authority(run, "root")
    run("inventory", "add", HOST)
    run("issue", "--all")
    return folder


def do(run: Run, *arguments: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 0, result.output


def endorse_signing(run: Run, root: str) -> None:
    do(run, "endorse", "--key", root, "--subject", RELIEF, "--endorsed-key", "keys/signing.pub.pem",
       "--purpose", "protective", "-o", f"endorsements/signing-by-{root}.emblem")  # fmt: skip


def ask_the_authority(run: Run, root: str) -> None:
    do(run, "request", "--key", root, "--to", MINISTRY)
    do(run, "endorse", "--request", f"requests/{root}-to-ministry.example.request", "--issuer", MINISTRY,
       "--key", "theirs/authority.pem", "-o", f"{root}.answer", "--yes")  # fmt: skip
    do(run, "accept", f"{root}.answer")


def verdict(run: Run) -> tuple[str, str, str]:
    """The status, the level, and which key endorses the signing key in what would be published now."""
    Path("zone").write_text(run("records", HOST).stdout)
    result = run(
        "verify", HOST, "--records", "zone", "--trust", "theirs/authority.pub.pem", "--trust-as", MINISTRY, "--json"
    )
    found = json.loads(result.stdout)
    endorsers = [
        token["key_identifier"]
        for token in found["sets"][0]["tokens"]
        if token["kind"] == "endorsement" and token["issuer"] == RELIEF
    ]
    return found["status"], found["level"], *endorsers


def identifier(run: Run, name: str) -> str:
    return run("key", "show", name, "--format", "identifier").stdout.strip()


def test_hosts_stay_protected_while_a_root_key_is_replaced(run: Run) -> None:
    old = identifier(run, "root")
    assert verdict(run) == ("protected", "endorsed", old)

    do(run, "key", "new", "root-2", "--role", "root", "--no-passphrase")
    assert verdict(run) == ("protected", "endorsed", old)
    endorse_signing(run, "root-2")
    assert verdict(run) == ("protected", "endorsed", old), "the authority does not stand behind the new one yet"
    ask_the_authority(run, "root-2")

    new = identifier(run, "root-2")
    assert verdict(run) == ("protected", "endorsed", new)
    do(run, "key", "retire", "root")
    assert verdict(run) == ("protected", "endorsed", new)
