"""The name server over sockets."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

import pytest

from emblem.dns import Question, Transport, encode_query, interpret
from emblem.errors import InputError
from emblem.server import Faults, NameServer, NameServerError, Zone
from emblem.server.service import MOST_CONNECTIONS

ZONE = Zone.parse("$ORIGIN example.org.\n$TTL 60\nwww A 192.0.2.1\nwww TYPE65297 \\# 1 01\n")
WWW = Question("www.example.org", 1)


def connected(server: NameServer) -> socket.socket:
    return socket.create_connection((server.address.host, server.address.port), timeout=5.0)


def framed(message: bytes) -> bytes:
    return struct.pack("!H", len(message)) + message


def read_exactly(stream: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = stream.recv(count - len(data))
        if not piece:
            break
        data += piece
    return data


def read_message(stream: socket.socket) -> bytes:
    return read_exactly(stream, *struct.unpack("!H", read_exactly(stream, 2)))


def test_it_answers_over_udp() -> None:
    with NameServer(ZONE) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5.0)
        client.sendto(encode_query(WWW, 7), (server.address.host, server.address.port))
        answer = interpret(WWW, client.recv(65535), identifier=7)
    assert (len(answer.records), len(answer.additional)) == (1, 1)


def test_it_answers_several_queries_on_one_connection() -> None:
    with NameServer(ZONE) as server, connected(server) as client:
        client.sendall(framed(encode_query(WWW, 7)) + framed(encode_query(WWW, 8)))
        answers = [interpret(WWW, read_message(client), identifier=identifier) for identifier in (7, 8)]
    assert [len(answer.records) for answer in answers] == [1, 1]


def test_it_survives_what_is_no_query() -> None:
    with NameServer(ZONE) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5.0)
        client.connect((server.address.host, server.address.port))
        for junk in (b"", b"junk", bytes(12), bytes(2000)):
            client.send(junk)
        client.send(encode_query(WWW, 7))
        while not interpret(WWW, client.recv(65535), identifier=7).records:
            pass
        with connected(server) as cut:
            cut.sendall(b"\xff")
        with connected(server) as empty:
            empty.sendall(framed(b"") + framed(encode_query(WWW, 7)))
            assert interpret(WWW, read_message(empty), identifier=7).records


def test_it_closes_connections_beyond_its_limit() -> None:
    with NameServer(ZONE) as server:
        clients = [connected(server) for _ in range(MOST_CONNECTIONS + 1)]
        try:
            for client in clients[:-1]:
                client.sendall(framed(encode_query(WWW, 7)))
                assert read_message(client)
            assert clients[-1].recv(1) == b""
        finally:
            for client in clients:
                client.close()


def test_it_remembers_the_queries_that_it_received() -> None:
    with NameServer(ZONE) as server:
        with connected(server) as client:
            client.sendall(framed(encode_query(WWW, 7)) + framed(encode_query(WWW, 8, edns=False)))
            read_message(client)
            read_message(client)
            port = client.getsockname()[1]
        seen = server.queries
    assert [(query.number, query.name, query.type) for query in seen] == [
        (1, "www.example.org", 1),
        (2, "www.example.org", 1),
    ]
    assert [query.edns for query in seen] == [True, False]
    assert {(query.transport, query.client) for query in seen} == {(Transport.TCP, ("127.0.0.1", port))}


def test_nothing_is_left_when_it_ends() -> None:
    threads = threading.active_count()
    with NameServer(ZONE, faults=Faults(delay=60.0)) as server:
        address = server.address
        with connected(server) as client, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            client.sendall(framed(encode_query(WWW, 7)))
            datagrams.sendto(encode_query(WWW, 7), (address.host, address.port))
    assert threading.active_count() == threads
    with NameServer(ZONE, port=address.port) as again:
        assert again.address == address


def test_it_can_be_started_again() -> None:
    server = NameServer(ZONE)
    for _ in range(2):
        with server, connected(server) as client:
            client.sendall(framed(encode_query(WWW, 7)))
            assert read_message(client)


def test_it_has_an_address_only_while_it_runs() -> None:
    server = NameServer(ZONE)
    with pytest.raises(NameServerError, match="not running"):
        _ = server.address


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_other_than_loopback_addresses_are_refused(host: str) -> None:
    with pytest.raises(InputError, match="loopback"):
        NameServer(ZONE, host=host)


def test_a_remote_address_must_be_allowed() -> None:
    with NameServer(ZONE, host="0.0.0.0", allow_remote=True) as server:
        assert server.address.host == "0.0.0.0"


def test_a_host_name_is_refused() -> None:
    with pytest.raises(InputError, match="a literal address"):
        NameServer(ZONE, host="localhost")


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_exist_is_refused(port: int) -> None:
    with pytest.raises(InputError, match="name server port"):
        NameServer(ZONE, port=port)


def test_connections_that_begin_while_it_stops_are_closed() -> None:
    clients = []
    with NameServer(ZONE) as server:
        clients = [connected(server) for _ in range(20)]
    for client in clients:
        with client, contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""


def test_a_port_that_is_taken_is_an_error() -> None:
    with (
        NameServer(ZONE) as server,
        pytest.raises(NameServerError, match="cannot listen"),
        NameServer(ZONE, port=server.address.port),
    ):
        pass
