"""Fetching over real sockets, from servers that behave and servers that do not; both fetchers do the same."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from emblem.dns import Question
from emblem.dns.tls import client_context
from emblem.model.target import Target, parse_given_address
from emblem.traceability.resources import Fetched, FetchFailure, Resource
from emblem.verifier import drivers
from emblem.verifier.asking import Asking, ask, fetch
from emblem.verifier.drivers import AsyncVerifier, Verifier
from emblem.verifier.fetching import Addresses, AsyncFetcher, Fetcher, hosts_in
from tests.support.certificates import CertificateAuthority
from tests.support.encrypted_server import EncryptedServer, Stream
from tests.support.naming import serving

LOOPBACK = parse_given_address("127.0.0.1")
KNOWN: Addresses = {"log.example": (LOOPBACK,)}
PATIENT, SHORT = 5.0, 0.3
"""Seconds until the deadline, where all goes well and where it must not be waited for."""

Fetching = Callable[..., tuple[Fetched, ...]]


def fetch_waiting(*resources: Resource, addresses: Addresses = KNOWN, seconds: float = PATIENT) -> tuple[Fetched, ...]:
    with Fetcher() as fetcher:
        return fetcher.fetch_all(resources, addresses, time.monotonic() + seconds)


def fetch_concurrently(
    *resources: Resource, addresses: Addresses = KNOWN, seconds: float = PATIENT
) -> tuple[Fetched, ...]:
    async def run() -> tuple[Fetched, ...]:
        async with AsyncFetcher() as fetcher:
            return await fetcher.fetch_all(resources, addresses, time.monotonic() + seconds)

    return asyncio.run(run())


@pytest.fixture(params=[fetch_waiting, fetch_concurrently], ids=["waiting", "concurrent"])
def fetching(request: pytest.FixtureRequest) -> Fetching:
    """Both fetchers, one after the other."""
    fetcher: Fetching = request.param
    return fetcher


def request_of(stream: Stream) -> bytes:
    """The head of the request that arrives, to its end."""
    received = b""
    while b"\r\n\r\n" not in received and (part := stream.recv(4096)):
        received += part
    return received


@contextmanager
def answering(*parts: bytes, seconds_between: float = 0.0, seen: list[bytes] | None = None) -> Iterator[str]:
    """A server that says the same on every connection, part by part; its address as a URL with a name."""

    def talk(stream: Stream) -> None:
        head = request_of(stream)
        if seen is not None:
            seen.append(head)
        try:
            for part in parts:
                stream.sendall(part)
                time.sleep(seconds_between)
        except OSError:
            # The client went away, which is what it should do with some of these.
            return

    with EncryptedServer(talk, None) as server:
        yield f"http://log.example:{server.address.port}/ct/v1/get-sth?a=b"


def plain(address: str, largest: int = 1000) -> Resource:
    return Resource(address, largest, "signed tree head", unencrypted=True)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndata"


def test_a_body_comes_as_it_was_sent_to_the_host_that_was_named(fetching: Fetching) -> None:
    seen: list[bytes] = []
    with answering(OK, seen=seen) as address:
        (fetched,) = fetching(plain(address))

    assert (fetched.status, fetched.body, fetched.failure) == (200, b"data", None)
    assert seen[0].startswith(b"GET /ct/v1/get-sth?a=b HTTP/1.1\r\nHost: log.example:")
    assert b"Cookie" not in seen[0]


def test_several_are_fetched_in_the_order_in_which_they_were_asked_for(fetching: Fetching) -> None:
    other = OK.replace(b"data", b"more")
    with answering(OK) as first, answering(other) as second:
        fetched = fetching(plain(second), plain(first), plain(second))

    assert [one.body for one in fetched] == [b"more", b"data", b"more"]


def test_a_compressed_body_is_left_as_it_was_transmitted(fetching: Fetching) -> None:
    body = gzip.compress(b"data")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: GZIP\r\nContent-Length: %d\r\n\r\n" % len(body)
    with answering(head + body) as address:
        (fetched,) = fetching(plain(address))

    assert (fetched.body, fetched.encoding, fetched.content) == (body, "gzip", b"data")


def test_another_status_is_no_failure_of_fetching(fetching: Fetching) -> None:
    with answering(OK.replace(b"200 OK", b"404 Not Found")) as address:
        (fetched,) = fetching(plain(address))

    assert (fetched.status, fetched.failure, fetched.succeeded) == (404, None, False)


def test_a_redirect_is_not_followed(fetching: Fetching) -> None:
    with answering(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n") as address:
        (fetched,) = fetching(plain(address))

    assert fetched.failure is FetchFailure.REDIRECTED
    assert "http://127.0.0.1:9/" in fetched.detail


@pytest.mark.parametrize("length", [b"", b"Content-Length: 100000000\r\n"], ids=["unannounced", "announced"])
def test_a_huge_body_is_not_read_to_its_end(fetching: Fetching, length: bytes) -> None:
    with answering(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n", *[bytes(50_000)] * 400) as address:
        (fetched,) = fetching(plain(address, largest=100_000))

    assert (fetched.failure, fetched.body) == (FetchFailure.TOO_LARGE, b"")


@pytest.mark.parametrize(
    "parts",
    [(b"",), (b"HTTP/1.1 200 OK\r\n",), (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", b"d", b"a", b"t", b"a")],
    ids=["before the head", "within the head", "within the body"],
)
def test_a_server_that_sends_little_by_little_is_given_up_on_at_the_deadline(
    fetching: Fetching, parts: tuple[bytes, ...]
) -> None:
    with answering(*parts, seconds_between=SHORT / 2 if len(parts) > 1 else SHORT * 2) as address:
        begun = time.monotonic()
        (fetched,) = fetching(plain(address), seconds=SHORT)

    assert fetched.failure in (FetchFailure.TIMEOUT, FetchFailure.NO_HTTP)
    assert time.monotonic() - begun < PATIENT


@pytest.mark.parametrize(
    "said",
    [b"\x16\x03\x01nonsense\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ndata", bytes(300_000)],
    ids=["nonsense", "nothing", "cut short", "endless head"],
)
def test_what_is_no_http_or_is_cut_short_is_said_to_be(fetching: Fetching, said: bytes) -> None:
    with answering(said) as address:
        (fetched,) = fetching(plain(address))

    assert fetched.failure is FetchFailure.NO_HTTP
    assert fetched.detail


def test_nothing_is_sent_where_http_was_not_allowed(fetching: Fetching) -> None:
    seen: list[bytes] = []
    with answering(OK, seen=seen) as address:
        (fetched,) = fetching(Resource(address, 1000, "signed tree head"))

    assert (fetched.failure, seen) == (FetchFailure.FORBIDDEN, [])


def test_a_host_without_an_address_or_a_listener_is_unreachable(fetching: Fetching) -> None:
    with answering(OK) as address:
        (nowhere,) = fetching(plain(address), addresses={})
    (closed,) = fetching(plain(address))

    assert (nowhere.failure, closed.failure) == (FetchFailure.UNREACHABLE, FetchFailure.UNREACHABLE)


def test_an_address_that_does_not_answer_is_followed_by_the_next(fetching: Fetching) -> None:
    addresses = {"log.example": (parse_given_address("127.0.0.2"), LOOPBACK)}
    with answering(OK) as address:
        (fetched,) = fetching(plain(address), addresses=addresses)

    assert fetched.succeeded


def test_the_environment_has_no_say(fetching: Fetching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    with answering(OK) as address:
        (fetched,) = fetching(plain(address))

    assert fetched.succeeded


def test_the_waiting_fetcher_works_within_a_running_event_loop() -> None:
    async def run() -> tuple[Fetched, ...]:
        return fetch_waiting(plain(address))

    with answering(OK) as address:
        (fetched,) = asyncio.run(run())

    assert fetched.succeeded


def fetch_encrypted(path: Path, name: str, host: str) -> tuple[Fetched, list[str | None]]:
    """What comes of fetching from a host by TLS, whose certificate is for some name; and the names asked for (SNI)."""
    authority = CertificateAuthority(path)
    context = authority.issue(name).context("http/1.1")

    def talk(stream: Stream) -> None:
        request_of(stream)
        stream.sendall(OK)

    with EncryptedServer(talk, context) as server, Fetcher(client_context("http/1.1", authority.root)) as fetcher:
        resource = Resource(f"https://{host}:{server.address.port}/", 1000, "signed tree head")
        (fetched,) = fetcher.fetch_all([resource], KNOWN, time.monotonic() + PATIENT)
        return fetched, server.server_names


def test_a_host_must_have_a_certificate_for_its_name(tmp_path: Path) -> None:
    fetched, asked = fetch_encrypted(tmp_path, "log.example", "log.example")

    assert (fetched.body, asked) == (b"data", ["log.example"])


def test_a_host_with_a_certificate_for_another_name_is_not_the_one_that_was_meant(tmp_path: Path) -> None:
    fetched, _ = fetch_encrypted(tmp_path, "other.example", "log.example")

    assert fetched.failure is FetchFailure.UNREACHABLE
    assert "certificate" in fetched.detail


def test_only_names_need_addresses() -> None:
    resources = [
        plain("https://log.example/"),
        plain("http://127.0.0.1/"),
        plain("ftp://x/"),
        plain("http://log.example"),
    ]

    assert hosts_in(resources) == ("log.example",)


@pytest.mark.parametrize("waiting", [True, False], ids=["waiting", "concurrent"])
def test_the_drivers_fetch_what_the_verifier_asks_for_and_find_its_host_by_the_same_resolver(
    monkeypatch: pytest.MonkeyPatch, waiting: bool
) -> None:
    def fetches_twice(_: Target, **__: object) -> Asking[tuple[Fetched, ...]]:
        first = yield from fetch([plain(address)])
        second = yield from fetch([plain(address)])
        return first + second

    monkeypatch.setattr(drivers, "investigate", fetches_twice)
    with answering(OK) as address, serving("log A 127.0.0.1") as server:
        if waiting:
            fetched: object = Verifier(resolvers=[server.address]).verify("host.example")
        else:
            fetched = asyncio.run(AsyncVerifier(resolvers=[server.address]).verify("host.example"))
        asked = {(query.name, query.type) for query in server.queries}

    assert isinstance(fetched, tuple)
    assert [one.body for one in fetched] == [b"data", b"data"]
    assert ("log.example", 1) in asked


@pytest.mark.parametrize("waiting", [True, False], ids=["waiting", "concurrent"])
def test_a_server_that_says_nothing_leaves_time_for_the_dns(monkeypatch: pytest.MonkeyPatch, waiting: bool) -> None:
    def fetches_and_asks(_: Target, **__: object) -> Asking[tuple[object, ...]]:
        fetched = yield from fetch([plain(address)])
        answers = yield from ask([Question("log.example", 1)])
        return (*fetched, *answers)

    monkeypatch.setattr(drivers, "investigate", fetches_and_asks)
    with answering(b"", seconds_between=2.0) as address, serving("log A 127.0.0.1") as server:
        how: dict[str, Any] = {"resolvers": [server.address], "timeout": 1.0}
        if waiting:
            result: Any = Verifier(**how).verify("host.example")
        else:
            result = asyncio.run(AsyncVerifier(**how).verify("host.example"))

    fetched, answer = result
    assert fetched.failure is FetchFailure.TIMEOUT
    assert answer.records
