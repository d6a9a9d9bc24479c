"""One try at one server, without a network: the machine is told what happens, and says what to do."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from emblem.dns import (
    Answer,
    Exchange,
    Failure,
    HttpsServer,
    Outcome,
    Question,
    RecordType,
    ServerAddress,
    Step,
    TlsServer,
    Transmit,
    Transport,
    Wait,
    encode_query,
)

Build = Callable[..., bytes]

WWW = Question("www.example.org", RecordType.A)
SERVER = ServerAddress("192.0.2.53")
ADDRESS = ("www.example.org. 60 IN A 192.0.2.1",)


def exchange(*identifiers: int, deadline: float = 10.0) -> Exchange:
    given = iter(identifiers)
    return Exchange(WWW, SERVER, deadline=deadline, try_timeout=2.0, identifiers=lambda: next(given))


def failure_of(step: Step) -> Failure | None:
    assert isinstance(step, Answer)
    return step.failure


def framed(message: bytes) -> bytes:
    return struct.pack("!H", len(message)) + message


def test_it_begins_with_a_query_over_udp() -> None:
    assert exchange(7).start(1.0) == Transmit(SERVER, Transport.UDP, encode_query(WWW, 7), until=3.0)


def test_no_step_waits_beyond_the_deadline() -> None:
    step = exchange(7, deadline=1.5).start(1.0)
    assert isinstance(step, Transmit)
    assert step.until == 1.5


def test_after_the_deadline_nothing_is_sent() -> None:
    assert failure_of(exchange(7, deadline=1.0).start(1.0)) is Failure.DEADLINE


def test_a_response_ends_it(response: Build) -> None:
    machine = exchange(7)
    machine.start(0.0)
    answer = machine.received(response(WWW, identifier=7, answer=ADDRESS), 0.1)
    assert isinstance(answer, Answer)
    assert (answer.outcome, answer.server) == (Outcome.FOUND, "192.0.2.53:53")


def test_what_answers_something_else_is_passed_over(response: Build) -> None:
    machine = exchange(7)
    machine.start(0.0)
    for message in (
        b"",
        b"garbage",
        response(WWW, identifier=8, answer=ADDRESS),
        response(WWW, identifier=7, asked="ftp.example.org"),
        encode_query(WWW, 7),
    ):
        assert machine.received(message, 0.1) == Wait()
    assert not failure_of(machine.received(response(WWW, identifier=7, answer=ADDRESS), 0.2))


def test_a_flood_of_other_messages_ends_it(response: Build) -> None:
    machine = exchange(7)
    machine.start(0.0)
    steps = [machine.received(response(WWW, identifier=8), 0.1) for _ in range(100)]
    assert steps[:-1] == [Wait()] * 99
    assert failure_of(steps[-1]) is Failure.FLOODED


@pytest.mark.parametrize("failure", [Failure.TIMEOUT, Failure.UNREACHABLE, Failure.CUT_SHORT])
def test_a_failure_of_the_network_ends_it(failure: Failure) -> None:
    machine = exchange(7)
    machine.start(0.0)
    answer = machine.failed(failure, "what the driver says", 2.0)
    assert isinstance(answer, Answer)
    assert (answer.outcome, answer.failure, answer.detail) == (
        Outcome.FAILED,
        failure,
        "what the driver says",
    )


def test_a_timeout_tells_how_much_was_passed_over() -> None:
    machine = exchange(7)
    machine.start(0.0)
    machine.received(b"garbage", 0.1)
    answer = machine.failed(Failure.TIMEOUT, "no response in time", 2.0)
    assert isinstance(answer, Answer)
    assert "1 messages" in answer.detail


def test_a_truncated_response_is_asked_for_over_tcp_with_a_new_identifier(response: Build) -> None:
    machine = exchange(7, 9)
    machine.start(0.0)
    step = machine.received(response(WWW, identifier=7, flags="QR RA TC"), 0.5)
    assert step == Transmit(SERVER, Transport.TCP, framed(encode_query(WWW, 9)), until=2.5)


def test_a_malformed_response_is_asked_for_over_tcp(response: Build) -> None:
    machine = exchange(7, 9)
    machine.start(0.0)
    step = machine.received(response(WWW, identifier=7, answer=ADDRESS)[:-1], 0.5)
    assert isinstance(step, Transmit)
    assert step.transport is Transport.TCP


def over_tcp(response: Build) -> Exchange:
    machine = exchange(7, 9)
    machine.start(0.0)
    machine.received(response(WWW, identifier=7, flags="QR RA TC"), 0.5)
    return machine


def test_a_response_over_tcp_may_arrive_octet_by_octet(response: Build) -> None:
    machine = over_tcp(response)
    stream = framed(response(WWW, identifier=9, answer=ADDRESS))
    steps = [machine.received(stream[position : position + 1], 0.6) for position in range(len(stream))]
    assert set(steps[:-1]) == {Wait()}
    answer = steps[-1]
    assert isinstance(answer, Answer)
    assert (answer.outcome, answer.transport) == (Outcome.FOUND, Transport.TCP)


def test_several_messages_may_arrive_in_one_piece(response: Build) -> None:
    machine = over_tcp(response)
    stream = framed(b"") + framed(response(WWW, identifier=7)) + framed(response(WWW, identifier=9, answer=ADDRESS))
    assert not failure_of(machine.received(stream, 0.6))


def test_a_truncated_response_over_tcp_is_a_failure(response: Build) -> None:
    step = over_tcp(response).received(framed(response(WWW, identifier=9, flags="QR RA TC")), 0.6)
    assert failure_of(step) is Failure.TRUNCATED


@pytest.mark.parametrize("code", [1, 4, 16])
def test_a_server_without_edns_is_asked_once_more_without_it(response: Build, code: int) -> None:
    machine = exchange(7, 9)
    machine.start(0.0)
    step = machine.received(response(WWW, identifier=7, code=code), 0.5)
    assert step == Transmit(SERVER, Transport.UDP, encode_query(WWW, 9, edns=False), until=2.5)
    assert failure_of(machine.received(response(WWW, identifier=9, code=code), 0.6)) is Failure.OTHER_RCODE


# Encrypted servers


TLS = TlsServer(ServerAddress("192.0.2.53", 853))
HTTPS = HttpsServer(ServerAddress("192.0.2.53", 443))
ENCRYPTED = pytest.mark.parametrize("server", [TLS, HTTPS], ids=["tls", "https"])


def encrypted(server: TlsServer | HttpsServer) -> Exchange:
    return Exchange(WWW, server, deadline=10.0, try_timeout=2.0, identifiers=lambda: 7)


def test_over_tls_the_query_is_padded_and_its_identifier_is_random() -> None:
    assert encrypted(TLS).start(1.0) == Transmit(TLS, Transport.TLS, encode_query(WWW, 7, padded=True), until=3.0)


def test_over_https_the_query_is_padded_and_its_identifier_is_zero() -> None:
    assert encrypted(HTTPS).start(1.0) == Transmit(HTTPS, Transport.HTTPS, encode_query(WWW, 0, padded=True), until=3.0)


@ENCRYPTED
def test_an_encrypted_response_ends_it(response: Build, server: TlsServer | HttpsServer) -> None:
    machine = encrypted(server)
    machine.start(0.0)
    identifier = 7 if server is TLS else 0
    answer = machine.received(response(WWW, identifier=identifier, answer=ADDRESS), 0.1)
    assert isinstance(answer, Answer)
    assert (answer.outcome, answer.transport, answer.server) == (Outcome.FOUND, server.transport, str(server))


def test_what_answers_something_else_over_tls_is_passed_over(response: Build) -> None:
    machine = encrypted(TLS)
    machine.start(0.0)
    assert machine.received(response(WWW, identifier=8, answer=ADDRESS), 0.1) == Wait()
    assert machine.received(response(WWW, identifier=7, asked="ftp.example.org"), 0.1) == Wait()


def test_what_answers_something_else_over_https_ends_it(response: Build) -> None:
    machine = encrypted(HTTPS)
    machine.start(0.0)
    assert failure_of(machine.received(response(WWW, asked="ftp.example.org"), 0.1)) is Failure.MISMATCHED


@ENCRYPTED
def test_an_encrypted_server_is_not_asked_in_another_way(response: Build, server: TlsServer | HttpsServer) -> None:
    identifier = 7 if server is TLS else 0
    for message, failure in (
        (response(WWW, identifier=identifier, flags="QR RA TC"), Failure.TRUNCATED),
        (response(WWW, identifier=identifier)[:-1], Failure.MALFORMED),
        (response(WWW, identifier=identifier, code=1), Failure.OTHER_RCODE),
    ):
        machine = encrypted(server)
        machine.start(0.0)
        assert failure_of(machine.received(message, 0.1)) is failure


def test_what_is_known_not_to_fit_is_asked_for_over_tcp_at_once() -> None:
    exchange = Exchange(WWW, SERVER, deadline=10.0, try_timeout=1.0, over_tcp=True)

    step = exchange.start(0.0)

    assert isinstance(step, Transmit)
    assert step.transport is Transport.TCP


def test_an_encrypted_server_knows_no_other_way() -> None:
    exchange = Exchange(WWW, TlsServer(SERVER), deadline=10.0, try_timeout=1.0, over_tcp=True)

    step = exchange.start(0.0)

    assert isinstance(step, Transmit)
    assert step.transport is Transport.TLS
