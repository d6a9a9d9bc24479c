"""`emblem commit` with a real authority: Pebble validates against BIND, which takes the challenges by update."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dns.message
import dns.query
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emblem.keys.algorithms import KeyKind, default_algorithm
from emblem.keys.signing import SoftwareSigner
from tests.support.add_chain import promise_of, taking_chains
from tests.system.pebble import Pebble, pebble
from tests.system.servers import Endpoint
from tests.system.updatable import Updatable, updatable
from tests.traceability.builders import ELM, OAK

ORIGIN = "relief.example"
ORGANIZATION = f"https://{ORIGIN}"
ZONE = """$TTL 300
@ SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
www A 192.0.2.1
_acme-challenge TXT "of another client"
"""
START = (sys.executable, "-c", "import sys; from emblem_cli.main import main; sys.argv[0] = 'emblem'; sys.exit(main())")
SECONDS = 20.0

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def zone(tmp_path: Path) -> Iterator[Updatable]:
    with updatable(origin=ORIGIN, zone=ZONE, directory=tmp_path) as running:
        yield running


@pytest.fixture
def authority(zone: Updatable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pebble]:
    with pebble(resolver=zone.secondary.endpoint, directory=tmp_path_factory.mktemp("pebble")) as running:
        yield running


@pytest.fixture
def key(tmp_path: Path) -> SoftwareSigner:
    """A root key; its public half is in the file ``root.pub.pem``."""
    signer = SoftwareSigner.generate(default_algorithm(KeyKind.P256))
    (tmp_path / "root.pub.pem").write_text(signer.public_key.to_pem())
    return signer


def commit(zone: Updatable, authority: Pebble, *more: str) -> list[str]:
    """The command line."""
    return [
        *(*START, "commit", "root.pub.pem", "--organization", ORGANIZATION, "--directory", authority.directory),
        *("--agree-to-terms", "--ca-file", str(authority.ca_file), "-o", "chain.pem", *zone.options, *more),
    ]


def run(folder: Path, command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"NO_PROXY": "*"} | variables
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


def names_of(path: Path) -> list[str]:
    certificate = x509.load_pem_x509_certificates(path.read_bytes())[0]
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return sorted(names.get_values_for_type(x509.DNSName))


def challenges(endpoint: Endpoint, owner: str) -> int:
    answer = dns.query.tcp(dns.message.make_query(owner, "TXT"), endpoint.address, SECONDS, endpoint.port)
    return sum(len(rrset) for rrset in answer.answer)


def test_the_certificate_names_key_and_organization_and_the_zone_is_as_it_was(
    zone: Updatable, authority: Pebble, key: SoftwareSigner, tmp_path: Path
) -> None:
    before = zone.contents()

    result = run(tmp_path, commit(zone, authority))

    identifier = key.public_key.cose_thumbprint
    assert (result.returncode, result.stderr.count("\n")) == (0, 1)
    assert "the certificate has no timestamps of logs: hand it to logs with --submit" in result.stderr
    assert names_of(tmp_path / "chain.pem") == sorted([f"{identifier}.adem-configuration.{ORIGIN}", ORIGIN])
    assert f"emblem commitment chain.pem --key-identifier {identifier} --organization {ORGANIZATION}" in result.stdout
    assert zone.contents() == before
    assert sorted(path.name for path in tmp_path.glob("*.pem")) == ["chain.pem", "root.pub.pem"]


def test_the_name_of_the_drafts_an_account_that_is_kept_and_a_key_that_is_kept(
    zone: Updatable, authority: Pebble, key: SoftwareSigner, tmp_path: Path
) -> None:
    made = run(tmp_path, [*START, "key", "new", "account", "--no-passphrase"])
    reader, writer = os.pipe()
    os.write(writer, b"a passphrase\n")
    os.close(writer)
    more = ["--draft-name", "--account-key", "keys/account.pem", "--json", "--contact", "it@relief.example"]
    kept = ["--certificate-key", "kept.pem", "--passphrase-fd", str(reader)]

    with os.fdopen(reader):
        first = subprocess.run(
            commit(zone, authority, *more, *kept), cwd=tmp_path, capture_output=True, text=True, check=False,
            pass_fds=[reader], env=os.environ | {"NO_PROXY": "*"},
        )  # fmt: skip
    (tmp_path / "chain.pem").rename(tmp_path / "first.pem")
    second = run(tmp_path, commit(zone, authority, *more))

    names = [f"{key.public_key.cose_thumbprint}.adem-configuration.{ORIGIN}", f"adem-configuration.{ORIGIN}"]
    assert (made.returncode, first.returncode, second.returncode) == (0, 0, 0)
    assert json.loads(first.stdout) == {"chain": "chain.pem", "names": names, "answers": []}
    assert names_of(tmp_path / "chain.pem") == sorted(names)
    assert b"ENCRYPTED PRIVATE KEY" in (tmp_path / "kept.pem").read_bytes()


def test_the_chain_is_handed_to_logs_and_their_promises_become_log_entries(
    zone: Updatable, authority: Pebble, key: SoftwareSigner, tmp_path: Path
) -> None:
    (tmp_path / "oak.pem").write_bytes(
        OAK.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    with taking_chains(promise_of(OAK)) as oak, taking_chains(lambda _: (400, b"unknown root")) as elm:
        logs = ("--submit", f"{oak.address}=oak.pem", "--submit", elm.address)
        result = run(tmp_path, commit(zone, authority, *logs))
    entries = run(
        tmp_path,
        [*START, "commitment", "chain.pem", "--sct", "chain.sct1.json", "--organization", ORGANIZATION, "--json",
         "--key-identifier", key.public_key.cose_thumbprint],
    )  # fmt: skip

    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "the certificate is in chain.pem, but: " in result.stderr
    assert f"{elm.address}: it does not take the chain: HTTP 400 unknown root" in result.stderr
    assert "log's answer: chain.sct1.json" in result.stdout
    assert (entries.returncode, len(json.loads(entries.stdout))) == (0, 1)
    with taking_chains(promise_of(ELM)) as elm:
        again = run(
            tmp_path,
            [*START, "commit", "root.pub.pem", "--organization", ORGANIZATION, "--chain", "chain.pem", "--submit",
             elm.address],
        )  # fmt: skip
    assert again.returncode == 0
    assert "log's answer: chain.sct2.json" in again.stdout


def test_an_alias_of_the_usual_place_is_followed(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, key: SoftwareSigner
) -> None:
    del key
    text = ZONE.replace('_acme-challenge TXT "of another client"', "_acme-challenge CNAME challenges")
    with (
        updatable(origin=ORIGIN, zone=text, directory=tmp_path) as zone,
        pebble(resolver=zone.primary.endpoint, directory=tmp_path_factory.mktemp("pebble")) as authority,
    ):
        before = zone.contents()
        intended = run(tmp_path, commit(zone, authority, "--dry-run"))
        result = run(tmp_path, commit(zone, authority))

        assert (intended.returncode, result.returncode) == (0, 0)
        assert f"  challenges.{ORIGIN}. (zone {ORIGIN})\nNothing was sent\n" in intended.stdout
        assert zone.contents() == before


def test_what_the_authority_does_not_see_is_said_and_taken_out_again(
    zone: Updatable, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, key: SoftwareSigner
) -> None:
    del key
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with (
        updatable(origin=ORIGIN, zone=ZONE, directory=elsewhere) as other,
        pebble(resolver=other.primary.endpoint, directory=tmp_path_factory.mktemp("pebble")) as authority,
    ):
        before = zone.contents()
        result = run(tmp_path, commit(zone, authority))

    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "it does not see the challenge. " in result.stderr
    assert zone.contents() == before
    assert not (tmp_path / "chain.pem").exists()


def test_where_a_server_does_not_follow_the_authority_is_not_asked(
    zone: Updatable, authority: Pebble, key: SoftwareSigner, tmp_path: Path
) -> None:
    del key
    before = zone.contents()
    zone.secondary.kill()

    result = run(tmp_path, commit(zone, authority, "--wait", "1s"))

    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "not every server shows the challenges within --wait, so the authority was not asked" in result.stderr
    assert zone.contents() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_ends_it_leaves_no_challenge_behind(
    zone: Updatable, authority: Pebble, key: SoftwareSigner, tmp_path: Path, number: signal.Signals
) -> None:
    del key
    before = zone.contents()
    zone.secondary.kill()
    waiting = subprocess.Popen(
        commit(zone, authority), cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=os.environ | {"NO_PROXY": "*"},
    )  # fmt: skip
    deadline = time.monotonic() + SECONDS
    while challenges(zone.primary.endpoint, f"_acme-challenge.{ORIGIN}") < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)

    waiting.send_signal(number)
    _, said = waiting.communicate(timeout=SECONDS)

    assert (waiting.returncode, said) == (1, b"emblem: interrupted\n")
    assert zone.contents() == before


def test_a_challenge_that_cannot_be_taken_out_is_named(
    zone: Updatable, authority: Pebble, key: SoftwareSigner, tmp_path: Path
) -> None:
    del key
    zone.secondary.kill()
    waiting = subprocess.Popen(
        commit(zone, authority), cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=os.environ | {"NO_PROXY": "*"},
    )  # fmt: skip
    deadline = time.monotonic() + SECONDS
    while challenges(zone.primary.endpoint, f"_acme-challenge.{ORIGIN}") < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)

    zone.primary.kill()
    waiting.send_signal(signal.SIGINT)
    _, said = waiting.communicate(timeout=SECONDS)

    assert (waiting.returncode, said.count(b"\n")) == (1, 1)
    assert b"emblem: interrupted. Take out by hand, it may still be there: _acme-challenge." in said
    assert f"_acme-challenge.{ORIGIN} TXT ".encode() in said


def test_a_key_that_may_not_update_is_said_once_and_nothing_is_left_to_do(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, key: SoftwareSigner
) -> None:
    del key
    with (
        updatable(origin=ORIGIN, zone=ZONE, directory=tmp_path, policy="grant emblem name nothing. A") as zone,
        pebble(resolver=zone.primary.endpoint, directory=tmp_path_factory.mktemp("pebble")) as authority,
    ):
        result = run(tmp_path, commit(zone, authority))

    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "its rules do not let TSIG key emblem make this update" in result.stderr
    assert "by hand" not in result.stderr


def test_terms_must_be_agreed_to(zone: Updatable, authority: Pebble, key: SoftwareSigner, tmp_path: Path) -> None:
    del key
    command = [word for word in commit(zone, authority) if word != "--agree-to-terms"]

    result = run(tmp_path, command)

    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "--agree-to-terms: found not given, expected your consent to " in result.stderr


def test_an_authority_that_nobody_vouches_for_is_one_line(
    zone: Updatable, authority: Pebble, key: SoftwareSigner, tmp_path: Path
) -> None:
    del key
    command = commit(zone, authority)
    place = command.index("--ca-file")

    result = run(tmp_path, command[:place] + command[place + 2 :])

    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "its TLS certificate is not one for this address by an authority that is known" in result.stderr
