"""A connection to an authoritative server: what it does when the server does not do what it should."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from emblem.dns import Question, ResourceRecord, Transport
from emblem.dns.authority_connection import AuthorityConnection, ConnectionFailedError, OutcomeUnknownError, has_route
from emblem.dns.message import Failure, Outcome
from emblem.dns.servers import ServerAddress
from emblem.dns.tsig import TsigAlgorithm, TsigKey
from emblem.dns.update import NameInUse, Update
from emblem.errors import UpdateError
from emblem.server import Faults, NameServer, Zone, first, over

KEY = TsigKey("update.example", TsigAlgorithm.HMAC_SHA256, b"a secret of thirty-two octets ok")
UPDATE = Update("relief.example", (NameInUse("relief.example"),), (), ())
ZONE = Zone.parse(
    "@ 60 IN SOA ns hostmaster 1 60 60 60 60\n@ 60 IN NS ns\nns 60 IN A 127.0.0.1\n"
    + "\n".join(f"host{number} 60 IN A 192.0.2.{number}" for number in range(100)),
    "relief.example",
)
QUESTIONS = [Question(f"host{number}.relief.example", 1) for number in range(100)]

Conversation = Callable[[socket.socket], None]


@contextmanager
def serving(*conversations: Conversation) -> Iterator[ServerAddress]:
    """A server that has one conversation with each client, in this order, and then takes no more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for conversation in conversations:
                client, _ = listener.accept()
                with client:
                    conversation(client)
            listener.close()

        thread = threading.Thread(target=serve)
        port: int = listener.getsockname()[1]
        thread.start()
        yield ServerAddress("127.0.0.1", port)
        thread.join()


def receive(client: socket.socket) -> bytes:
    (length,) = struct.unpack("!H", client.recv(2, socket.MSG_WAITALL))
    return client.recv(length, socket.MSG_WAITALL)


def answering(change: Callable[[bytes], bytes]) -> Conversation:
    """Answers one request with what is made of it."""

    def converse(client: socket.socket) -> None:
        response = change(receive(client))
        client.sendall(struct.pack("!H", len(response)) + response)

    return converse


def hang_up(client: socket.socket) -> None:
    receive(client)


def done(request: bytes) -> bytes:
    """The response that says: it is done."""
    return request[:2] + b"\xa8\x00" + bytes(8)


def test_many_questions_are_answered_in_their_order() -> None:
    with NameServer(ZONE) as server, AuthorityConnection(server.address) as connection:
        answers = connection.ask_all(QUESTIONS)
        queries = server.queries

    assert [answer.records[0].data[3] for answer in answers] == list(range(100))
    assert {query.transport for query in queries} == {Transport.TCP}


def test_a_connection_that_ends_in_between_is_made_again() -> None:
    faults = Faults(when=lambda query: query.number == 40, cut_to=0)
    with NameServer(ZONE, faults=faults) as server, AuthorityConnection(server.address) as connection:
        answers = connection.ask_all(QUESTIONS)

    assert {answer.outcome for answer in answers} == {Outcome.FOUND}


def test_a_server_that_never_answers_whole_ends_in_answers_that_say_so() -> None:
    with (
        NameServer(ZONE, faults=Faults(when=over(Transport.TCP), cut_to=5)) as server,
        AuthorityConnection(server.address) as connection,
    ):
        answers = connection.ask_all(QUESTIONS)

    assert {answer.failure for answer in answers} == {Failure.UNREACHABLE}


def test_a_lie_about_the_question_is_an_answer_that_failed() -> None:
    with (
        NameServer(ZONE, faults=Faults(when=first(1), wrong_question=True)) as server,
        AuthorityConnection(server.address) as connection,
    ):
        (answer,) = connection.ask_all(QUESTIONS[:1])

    assert answer.failure is Failure.MISMATCHED


def test_nothing_is_waited_for_beyond_the_deadline() -> None:
    connection = AuthorityConnection(ServerAddress("127.0.0.1"), clock=lambda: 11.0, deadline=10.0)

    (answer,) = connection.ask_all(QUESTIONS[:1])

    assert answer.detail == "127.0.0.1:53 cannot be reached: nothing in time"


def test_an_update_that_is_made_is_code_zero() -> None:
    with serving(answering(done)) as address, AuthorityConnection(address) as connection:
        assert connection.update(UPDATE) == 0


def test_an_update_that_cannot_be_sent_did_not_happen() -> None:
    with serving() as address:
        pass

    with pytest.raises(ConnectionFailedError, match="cannot be reached") as raised:
        AuthorityConnection(address).update(UPDATE)
    assert not isinstance(raised.value, OutcomeUnknownError)


def test_of_an_update_that_was_sent_and_not_answered_the_outcome_is_not_known() -> None:
    with (
        serving(hang_up) as address,
        AuthorityConnection(address) as connection,
        pytest.raises(OutcomeUnknownError, match="no response"),
    ):
        connection.update(UPDATE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda request: request[:2] + b"\x80\x00" + bytes(8), "a response to something else"),
        (lambda request: request[:1], "a message of 1 octets"),
        (lambda request: bytes([request[0] ^ 1, request[1]]) + done(request)[2:], "something else"),
        (lambda request: request, "something else"),
    ],
)
def test_what_is_no_response_to_an_update_is_not_taken_for_one(change: Callable[[bytes], bytes], said: str) -> None:
    with (
        serving(answering(change)) as address,
        AuthorityConnection(address) as connection,
        pytest.raises(UpdateError, match=said),
    ):
        connection.update(UPDATE)


def test_an_unsigned_yes_to_a_signed_update_is_not_believed() -> None:
    with (
        serving(answering(done)) as address,
        AuthorityConnection(address, KEY) as connection,
        pytest.raises(UpdateError, match="without a signature"),
    ):
        connection.update(UPDATE)


def transfer_of(*records: ResourceRecord) -> Callable[[bytes], bytes]:
    from emblem.dns.names import encode_name

    def respond(request: bytes) -> bytes:
        body = b"".join(
            encode_name(one.owner) + struct.pack("!HHIH", one.type, 1, one.ttl, len(one.data)) + one.data
            for one in records
        )
        return request[:2] + b"\x84\x00" + struct.pack("!4H", 0, len(records), 0, 0) + body

    return respond


SOA = ResourceRecord("relief.example", 6, 60, b"\x00\x00" + bytes(20))
HOST = ResourceRecord("www.relief.example", 65297, 60, b"data")


def test_a_transfer_is_all_records_up_to_the_second_soa() -> None:
    with serving(answering(transfer_of(SOA, HOST, SOA))) as address, AuthorityConnection(address) as connection:
        assert list(connection.transfer("relief.example")) == [SOA, HOST]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (transfer_of(HOST, SOA), "does not begin"),
        (transfer_of(), "does not begin"),
        (transfer_of(SOA, HOST), "no response"),
        (lambda request: request[:2] + b"\x84\x05" + bytes(8), "does it allow transfers with this key"),
        (lambda request: request[:2] + b"\x84\x00" + struct.pack("!4H", 0, 9, 0, 0), "transfer of relief.example"),
    ],
)
def test_a_transfer_that_is_not_whole_is_none(change: Callable[[bytes], bytes], said: str) -> None:
    with (
        serving(answering(change)) as address,
        AuthorityConnection(address) as connection,
        pytest.raises(UpdateError, match=said),
    ):
        list(connection.transfer("relief.example"))


def test_loopback_has_a_route_and_what_the_system_refuses_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert has_route(ServerAddress("127.0.0.1"))

    def refuse(*arguments: Any) -> None:
        raise OSError(101, "Network is unreachable", *arguments[2:])

    monkeypatch.setattr("emblem.dns.authority_connection.open_socket", refuse)
    assert not has_route(ServerAddress("2001:db8::1"))
