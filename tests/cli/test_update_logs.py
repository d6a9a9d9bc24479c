"""`emblem trust update-logs`: what is signed is written, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emblem.errors import MalformedError
from emblem.traceability.log_list_signature import (
    LIST_ADDRESS,
    check_list_signature,
    shipped_list_key,
    signature_address,
)
from test_vectors.generator.commitments.log import Reply
from tests.cli.conftest import Run
from tests.support.log_server import LogServer
from tests.traceability.builders import ELM, OAK, elliptic, log_list

RSA = rsa.generate_private_key(65537, 2048)
OLD = log_list(OAK.listed(), log_list_timestamp="2026-01-01T00:00:00Z")
NEW = log_list(OAK.listed(), ELM.listed(), log_list_timestamp="2026-02-01T00:00:00Z")


def signed(data: bytes, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = RSA) -> bytes:
    """The signature of a list."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


@pytest.fixture
def server(folder: Path) -> Iterator[LogServer]:
    """Serves the new list with its signature; the key is in ``key.pem``."""
    (folder / "key.pem").write_bytes(RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with LogServer() as running:
        running.files |= {"/list.json": NEW, "/list.sig": signed(NEW)}
        yield running


def options(server: LogServer) -> tuple[str, ...]:
    return ("trust", "update-logs", "--url", f"{server.address}/list.json", "--key", "key.pem")


def test_a_signed_list_is_written_as_it_came(run: Run, server: LogServer) -> None:
    result = run(*options(server))

    assert result.exit_code == 0
    assert "log_list.json: 2 logs, as of 2026-02-01T00:00:00Z; its signature holds" in result.stdout
    assert Path("log_list.json").read_bytes() == NEW


def test_an_older_list_is_replaced_and_the_newest_is_left(run: Run, server: LogServer) -> None:
    Path("logs").write_bytes(OLD)
    first = json.loads(run(*options(server), "-o", "logs", "--json").stdout)
    second = run(*options(server), "-o", "logs")

    assert first == {"file": "logs", "written": True, "of": "2026-02-01T00:00:00Z", "logs": 2, "new_logs": 1}
    assert (second.exit_code, second.stdout) == (0, "logs is the newest already: of 2026-02-01T00:00:00Z\n")


def test_a_key_on_an_elliptic_curve_signs_lists_too(run: Run, server: LogServer) -> None:
    private = elliptic("signer of lists")
    Path("other.pem").write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    server.files["/other.sig"] = signed(NEW, private)
    address = f"{server.address}/other.sig"

    assert run(*options(server)[:-1], "other.pem", "--signature-url", address).exit_code == 0


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"/list.sig": signed(OLD)}, "a signature that does not hold"),
        ({"/list.sig": b""}, "a signature that does not hold"),
        ({"/list.json": NEW[:-1]}, "a signature that does not hold"),
        ({"/list.json": b"{}", "/list.sig": signed(b"{}")}, "log_list_timestamp"),
        ({"/list.sig": bytes(5000)}, "more than the 4096 bytes"),
    ],
    ids=["of another list", "none", "cut short", "no list", "huge"],
)
def test_what_is_not_signed_or_no_list_is_not_written(
    run: Run, server: LogServer, files: dict[str, bytes], said: str
) -> None:
    Path("log_list.json").write_bytes(OLD)
    server.files |= files
    result = run(*options(server))

    assert result.exit_code == 1
    assert "nothing was written" in result.stderr
    assert said in result.stderr
    assert Path("log_list.json").read_bytes() == OLD


@pytest.mark.parametrize(
    "reply",
    [Reply(302, b"", location="https://elsewhere.example/list.json"), Reply(404, b""), Reply(200, bytes(5_000_000))],
    ids=["redirect", "missing", "megabytes"],
)
def test_what_cannot_be_fetched_is_said(run: Run, server: LogServer, reply: Reply) -> None:
    server.instead["list.json"] = reply
    result = run(*options(server))

    assert result.exit_code == 1
    assert "nothing was written: list of logs" in result.stderr
    assert not Path("log_list.json").exists()


def test_an_older_list_never_takes_the_place_of_a_newer_one(run: Run, server: LogServer) -> None:
    Path("log_list.json").write_bytes(NEW)
    server.files |= {"/list.json": OLD, "/list.sig": signed(OLD)}
    result = run(*options(server))

    assert result.exit_code == 1
    assert "older than log_list.json" in result.stderr
    assert Path("log_list.json").read_bytes() == NEW


def test_a_file_that_is_no_list_is_not_overwritten(run: Run, server: LogServer) -> None:
    Path("log_list.json").write_text("precious")
    result = run(*options(server))

    assert result.exit_code == 2
    assert Path("log_list.json").read_text() == "precious"


def test_without_a_key_that_of_google_counts(run: Run, server: LogServer) -> None:
    result = run(*options(server)[:-2])

    assert result.exit_code == 1
    assert "a signature that does not hold" in result.stderr


def test_the_key_that_comes_along_is_the_one_that_google_publishes() -> None:
    assert shipped_list_key().log_id.hex() == "f1d8b68e50210d8e73d9a3e97f571773c52d7f28c0b1a71beee81d8562e6fd85"
    with pytest.raises(MalformedError):
        check_list_signature("list", NEW, signed(NEW), shipped_list_key())


def test_the_signature_stands_beside_the_list() -> None:
    assert signature_address(LIST_ADDRESS) == "https://www.gstatic.com/ct/log_list/v3/all_logs_list.sig"
