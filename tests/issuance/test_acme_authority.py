"""Authorities that misbehave: whatever they answer is one bounded error. Well-behaved ones: the system tests."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from emblem.errors import CertificationError
from emblem.issuance.acme_authority import LARGEST_ANSWER, AcmeAuthority
from emblem.traceability.certificate_request import generate_certificate_key
from tests.support.certificates import CertificateAuthority

NAME = "relief.example"
OFFERED = {"url": "https://127.0.0.1:1", "token": "A" * 43, "status": "pending"}
HTTP_01: dict[str, object] = {"type": "http-01", **OFFERED}
DNS_01: dict[str, object] = {"type": "dns-01", **OFFERED}
Answer = tuple[int, Any]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@contextmanager
def serving(folder: Path, answers: Callable[[str, str], Answer]) -> Iterator[str]:
    """An authority over TLS that answers a path as a test wants, given its own address."""
    authority = CertificateAuthority(folder)

    class Handler(BaseHTTPRequestHandler):
        def handle_request_of_any_kind(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            status, said = answers(address, self.path)
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json" if status < 400 else "application/problem+json")
            self.send_header("content-length", str(len(body)))
            self.send_header("replay-nonce", "bm9uY2U")
            self.send_header("location", f"{address}{self.path}/1")
            self.end_headers()
            with suppress(ConnectionError, ssl.SSLError):
                self.wfile.write(body)

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name in ("do_GET", "do_HEAD", "do_POST"):
                return self.handle_request_of_any_kind
            raise AttributeError(name)

        def log_message(self, *arguments: object) -> None:
            del arguments

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = authority.issue("127.0.0.1").context().wrap_socket(server.socket, server_side=True)
        address = f"https://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield address
        finally:
            server.shutdown()
            thread.join()


def open_authority(folder: Path, address: str, seconds: float = 20) -> AcmeAuthority:
    return AcmeAuthority(f"{address}/dir", generate_certificate_key(), ca_file=folder / "root.pem", seconds=seconds)


def directory(address: str, **meta: object) -> Answer:
    names = ("newNonce", "newAccount", "newOrder")
    return 200, {name: f"{address}/{name}" for name in names} | {"meta": meta}


def order(challenges: list[dict[str, object]], name: str = NAME, status: str = "pending") -> Callable[..., Answer]:
    """An authority that takes every account and order, and wants these challenges."""

    def answers(address: str, path: str) -> Answer:
        if path == "/dir":
            return directory(address)
        if path == "/newOrder":
            return 201, {
                "status": "pending",
                "identifiers": [{"type": "dns", "value": NAME}],
                "authorizations": [f"{address}/authz"],
                "finalize": f"{address}/finalize",
            }
        identifier = {"type": "dns", "value": name}
        return 201, {"status": status, "identifier": identifier, "challenges": challenges}

    return answers


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, b"x"), "its directory: "),
        ((200, []), "an answer that is not of ACME"),
        ((500, {"type": "about:blank", "detail": "on fire"}), "on fire"),
        ((500, b"<html>"), "its directory"),
        ((200, b" " * (LARGEST_ANSWER + 1)), f"an answer of more than {LARGEST_ANSWER} bytes"),
    ],
)
def test_a_directory_that_is_none_is_one_bounded_error(tmp_path: Path, answer: Answer, said: str) -> None:
    with serving(tmp_path, lambda *_: answer) as address, pytest.raises(CertificationError, match=said):
        open_authority(tmp_path, address)


def test_an_answer_after_the_time_is_none(tmp_path: Path) -> None:
    with (
        serving(tmp_path, lambda address, _: directory(address)) as address,
        pytest.raises(CertificationError, match="an answer that does not end in the time allowed"),
    ):
        open_authority(tmp_path, address, seconds=0)


def test_an_address_without_tls_is_refused(tmp_path: Path) -> None:
    (tmp_path / "root.pem").touch()

    with pytest.raises(CertificationError, match="an address that is not https://"):
        open_authority(tmp_path, "http://127.0.0.1:1")


def test_an_authority_that_is_not_there_is_said(tmp_path: Path) -> None:
    with serving(tmp_path, lambda *_: (200, {})) as address:
        pass

    with pytest.raises(CertificationError, match="no answer: "):
        open_authority(tmp_path, address)


def test_the_terms_are_told_where_there_are_any(tmp_path: Path) -> None:
    with serving(tmp_path, lambda address, _: directory(address, termsOfService="https://terms.example")) as address:
        assert open_authority(tmp_path, address).terms_of_service == "https://terms.example"
    with serving(tmp_path, lambda *_: (200, {"newNonce": "x"})) as address:
        assert open_authority(tmp_path, address).terms_of_service is None


def test_an_authority_that_wants_accounts_opened_otherwise_is_said(tmp_path: Path) -> None:
    with serving(tmp_path, lambda address, _: directory(address, externalAccountRequired=True)) as address:
        authority = open_authority(tmp_path, address)
        with pytest.raises(CertificationError, match="external account binding"):
            authority.register([])


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (order([HTTP_01]), "does not offer dns-01"),
        (order([], name="other.example"), "it wants to see other.example, which was not asked"),
    ],
)
def test_an_order_that_cannot_be_met_is_said(tmp_path: Path, answers: Callable[..., Answer], said: str) -> None:
    with serving(tmp_path, answers) as address:
        authority = open_authority(tmp_path, address)
        authority.register([])
        with pytest.raises(CertificationError, match=said):
            authority.order([NAME], generate_certificate_key())


def test_a_name_that_the_authority_has_seen_before_needs_no_challenge(tmp_path: Path) -> None:
    with serving(tmp_path, order([], status="valid")) as address:
        authority = open_authority(tmp_path, address)
        authority.register([])

        assert authority.order([NAME], generate_certificate_key()).challenges == ()


def test_a_decision_that_never_comes_ends_with_the_time(tmp_path: Path) -> None:
    with serving(tmp_path, order([DNS_01])) as address:
        authority = open_authority(tmp_path, address, seconds=2)
        authority.register([])
        ordered = replace(authority.order([NAME], generate_certificate_key()), answers=())
        with pytest.raises(CertificationError, match="the challenges: no decision in the time allowed"):
            authority.validate(ordered)


def test_an_order_that_fails_in_the_end_is_said_with_its_reason(tmp_path: Path) -> None:
    def answers(address: str, path: str) -> Answer:
        status, body = order([], status="valid")(address, path)
        if path in ("/finalize", "/newOrder/1"):
            problem = {
                "type": "urn:ietf:params:acme:error:caa",
                "detail": "forbidden",
                "subproblems": [{"detail": "x"}],
            }
            body = order([])(address, "/newOrder")[1] | {"status": "invalid", "error": problem}
        return status, body

    with serving(tmp_path, answers) as address:
        authority = open_authority(tmp_path, address)
        authority.register([])
        ordered = authority.order([NAME], generate_certificate_key())
        with pytest.raises(CertificationError, match=r"the certificate: forbidden \(caa\) x \(about:blank\)"):
            authority.collect(ordered)
