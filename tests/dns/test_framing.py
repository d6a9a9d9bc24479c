"""How messages are put on encrypted connections, and how responses come back, without TLS and without a network."""

from __future__ import annotations

import base64
import struct
from contextlib import suppress

import h2.config
import h2.connection
import h2.events
import h2.settings
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns import Failure, HttpsServer, Method, Question, ServerAddress, encode_query
from emblem.dns.delivery import ConnectionLostError, Delivery, Loss
from emblem.dns.https_framing import HttpsFraming
from emblem.dns.length_framing import MOST_UNREQUESTED, LengthFraming

SERVER = HttpsServer(ServerAddress("192.0.2.1"), "dns.example.net")
QUERY = encode_query(Question("www.example.org", 1), 7, padded=True)
OTHER = encode_query(Question("www.example.org", 1), 8, padded=True)
RESPONSE = QUERY[:2] + b"response"
OTHER_RESPONSE = OTHER[:2] + b"other"


def framed(message: bytes) -> bytes:
    return struct.pack("!H", len(message)) + message


# One after another, each after its length


def test_a_query_follows_its_length_and_goes_out_once() -> None:
    framing = LengthFraming()
    framing.ask(QUERY)
    assert framing.data_to_send() == framed(QUERY)
    assert framing.data_to_send() == b""


def test_responses_in_another_order_come_to_their_questions() -> None:
    framing = LengthFraming()
    first, second = framing.ask(QUERY), framing.ask(OTHER)
    assert framing.receive(framed(OTHER_RESPONSE) + framed(RESPONSE)) == [(second, OTHER_RESPONSE), (first, RESPONSE)]


@given(st.lists(st.integers(1, 12)))
def test_it_does_not_matter_how_the_stream_is_cut(sizes: list[int]) -> None:
    framing = LengthFraming()
    first, second = framing.ask(QUERY), framing.ask(OTHER)
    stream = framed(RESPONSE) + framed(OTHER_RESPONSE)
    deliveries: list[Delivery] = []
    for size in [*sizes, len(stream)]:
        deliveries += framing.receive(stream[:size])
        stream = stream[size:]
    assert deliveries == [(first, RESPONSE), (second, OTHER_RESPONSE)]


def test_questions_with_one_identifier_both_hear_the_message() -> None:
    framing = LengthFraming()
    tickets = [framing.ask(QUERY), framing.ask(QUERY)]
    assert framing.receive(framed(RESPONSE)) == [(ticket, RESPONSE) for ticket in tickets]


def test_a_question_that_was_withdrawn_hears_nothing() -> None:
    framing = LengthFraming()
    framing.withdraw(framing.ask(QUERY))
    assert framing.waiting == ()
    assert framing.receive(framed(RESPONSE)) == []


def test_a_flood_of_messages_that_nobody_asked_for_ends_the_connection() -> None:
    framing = LengthFraming()
    framing.ask(QUERY)
    assert framing.receive(framed(OTHER_RESPONSE) * (MOST_UNREQUESTED - 1) + framed(b"")) == []
    with pytest.raises(ConnectionLostError) as raised:
        framing.receive(framed(b"\x00"))
    assert raised.value.loss.failure is Failure.FLOODED


# HTTP/2


class Server:
    """The other end of an HTTP/2 connection."""

    def __init__(self, client: HttpsFraming, **settings: int) -> None:
        self.client = client
        self.http = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="ascii"))
        codes = {h2.settings.SettingCodes[name.upper()]: value for name, value in settings.items()}
        self.http.local_settings = h2.settings.Settings(client=False, initial_values=codes)
        self.http.initiate_connection()

    def events(self) -> list[h2.events.Event]:
        return self.http.receive_data(self.client.data_to_send())

    def requests(self) -> list[dict[str, str]]:
        return [
            {str(name): str(value) for name, value in event.headers} | {"stream": str(event.stream_id)}
            for event in self.events()
            if isinstance(event, h2.events.RequestReceived)
        ]

    def send(self) -> list[Delivery]:
        return self.client.receive(self.http.data_to_send())

    def respond(self, stream: int, body: bytes = RESPONSE, *, status: str = "200", **fields: str) -> list[Delivery]:
        named = {"content-type": "application/dns-message"}
        named |= {name.replace("_", "-"): value for name, value in fields.items()}
        self.http.send_headers(stream, [(":status", status), *named.items()])
        self.http.send_data(stream, body, end_stream=True)
        return self.send()


def connected(method: Method = Method.POST, **settings: int) -> tuple[HttpsFraming, Server]:
    framing = HttpsFraming(HttpsServer(SERVER.address, SERVER.name, SERVER.path, method))
    server = Server(framing, **settings)
    server.events()
    server.send()
    return framing, server


def loss_of(deliveries: list[Delivery]) -> Loss:
    ((_, content),) = deliveries
    assert isinstance(content, Loss)
    return content


def test_a_question_is_posted() -> None:
    framing, server = connected()
    framing.ask(QUERY)
    events = server.events()
    (request,) = (event for event in events if isinstance(event, h2.events.RequestReceived))
    assert {str(name): str(value) for name, value in request.headers} == {
        ":method": "POST",
        ":scheme": "https",
        ":authority": "dns.example.net:53",
        ":path": "/dns-query",
        "accept": "application/dns-message",
        "content-type": "application/dns-message",
        "content-length": "128",
    }
    assert [event.data for event in events if isinstance(event, h2.events.DataReceived)] == [QUERY]


def test_a_question_is_asked_for_in_the_path_of_a_get_request() -> None:
    framing, server = connected(Method.GET)
    framing.ask(QUERY)
    (request,) = server.requests()
    path, _, query = request[":path"].partition("?dns=")
    assert (request[":method"], path) == ("GET", "/dns-query")
    assert "=" not in query
    assert base64.urlsafe_b64decode(query + "==") == QUERY


def test_the_body_of_a_response_comes_to_its_question() -> None:
    framing, server = connected()
    first, second = framing.ask(QUERY), framing.ask(OTHER)
    streams = [int(request["stream"]) for request in server.requests()]
    assert server.respond(streams[1], OTHER_RESPONSE, content_type="Application/DNS-Message; q=1") == [
        (second, OTHER_RESPONSE)
    ]
    assert server.respond(streams[0], age="100000", cache_control="no-store") == [(first, RESPONSE)]
    assert framing.waiting == ()


FLAWS = {
    "an error": ({"status": "500"}, "HTTP status '500'"),
    "a redirection": (
        {"status": "302", "location": "https://192.0.2.9/"},
        "HTTP status '302': redirections are not followed",
    ),
    "no content": ({"status": "204"}, "HTTP status '204'"),
    "a page": ({"content_type": "text/html"}, "content of type 'text/html', not application/dns-message"),
    "no type": ({"content_type": ""}, "content of type '', not application/dns-message"),
    "compressed": ({"content_encoding": "gzip"}, "content encoded as 'gzip', which was not asked for"),
    "control characters": ({"content_type": "\x1b[31m" * 30}, "content of type"),
}


@pytest.mark.parametrize(("fields", "detail"), FLAWS.values(), ids=FLAWS)
def test_a_response_that_is_no_message_is_a_failure(fields: dict[str, str], detail: str) -> None:
    framing, server = connected()
    framing.ask(QUERY)
    server.requests()
    loss = loss_of(server.respond(1, RESPONSE, **fields))
    assert loss.failure is Failure.HTTP_ERROR
    assert loss.detail.startswith(detail)
    assert loss.detail.isprintable()
    assert len(loss.detail) < 400


def test_a_body_of_more_than_64_kilobytes_is_given_up() -> None:
    framing, server = connected()
    framing.ask(QUERY)
    server.requests()
    server.http.send_headers(1, [(":status", "200"), ("content-type", "application/dns-message")])
    deliveries: list[Delivery] = []
    for _ in range(5):
        server.http.send_data(1, bytes(16000))
        deliveries += server.send()
        server.events()
    assert loss_of(deliveries).failure is Failure.TOO_LARGE


def test_a_body_of_64_kilobytes_is_a_message() -> None:
    framing, server = connected()
    ticket = framing.ask(QUERY)
    server.requests()
    server.http.send_headers(1, [(":status", "200"), ("content-type", "application/dns-message")])
    deliveries: list[Delivery] = []
    for size in (16000, 16000, 16000, 16000, 1535):
        server.http.send_data(1, bytes(size))
        deliveries += server.send()
        server.events()
    server.http.end_stream(1)
    assert deliveries + server.send() == [(ticket, bytes(65535))]


def test_a_request_that_the_server_gives_up_is_cut_short() -> None:
    framing, server = connected()
    framing.ask(QUERY)
    server.requests()
    server.http.reset_stream(1, 7)
    assert loss_of(server.send()).failure is Failure.CUT_SHORT
    assert not framing.finished


def test_a_server_that_says_goodbye_is_asked_nothing_further() -> None:
    framing, server = connected()
    framing.ask(QUERY)
    server.requests()
    server.http.close_connection()
    assert loss_of(server.send()).failure is Failure.CUT_SHORT
    assert framing.finished


def test_what_came_before_a_goodbye_counts() -> None:
    framing, server = connected()
    ticket = framing.ask(QUERY)
    server.requests()
    server.http.send_headers(1, [(":status", "200"), ("content-type", "application/dns-message")])
    server.http.send_data(1, RESPONSE, end_stream=True)
    server.http.close_connection()
    assert server.send() == [(ticket, RESPONSE)]


def test_no_more_requests_are_made_at_a_time_than_the_server_takes() -> None:
    framing, server = connected(max_concurrent_streams=1)
    tickets = [framing.ask(QUERY), framing.ask(OTHER)]
    assert [request["stream"] for request in server.requests()] == ["1"]
    assert framing.waiting == tuple(tickets)
    server.respond(1)
    assert [request["stream"] for request in server.requests()] == ["3"]


def test_a_question_waits_until_the_server_takes_its_body() -> None:
    framing, server = connected(initial_window_size=100)
    framing.ask(QUERY)
    assert server.requests() == []
    server.http.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 65535})
    server.send()
    assert len(server.requests()) == 1


def test_a_question_that_was_withdrawn_is_given_up() -> None:
    framing, server = connected(max_concurrent_streams=1)
    for ticket in [framing.ask(QUERY), framing.ask(OTHER)]:
        server.requests()
        framing.withdraw(ticket)
    assert framing.waiting == ()
    assert any(isinstance(event, h2.events.StreamReset) for event in server.events())


def test_informational_responses_and_trailers_are_passed_over() -> None:
    framing, server = connected()
    ticket = framing.ask(QUERY)
    server.requests()
    server.http.send_headers(1, [(":status", "103")])
    server.http.send_headers(1, [(":status", "200"), ("content-type", "application/dns-message")])
    server.http.send_data(1, RESPONSE)
    server.http.send_headers(1, [("checksum", "1")], end_stream=True)
    assert server.send() == [(ticket, RESPONSE)]


def test_header_fields_without_end_end_the_connection() -> None:
    framing, server = connected()
    framing.ask(QUERY)
    server.requests()
    server.http.send_headers(1, [(":status", "200"), *(("x", "y" * 1000) for _ in range(40))])
    with pytest.raises(ConnectionLostError) as raised:
        server.send()
    assert raised.value.loss.failure is Failure.HTTP_ERROR


@given(st.binary(max_size=200))
def test_octets_that_are_no_http_end_the_connection_or_are_passed_over(octets: bytes) -> None:
    framing, server = connected()
    framing.ask(QUERY)
    server.requests()
    with suppress(ConnectionLostError):
        framing.receive(octets)
    framing.data_to_send()
    framing.close()


@given(st.integers(0, 9), st.integers(0, 255), st.integers(0, 3), st.binary(max_size=64))
def test_frames_of_any_kind_end_the_connection_or_are_passed_over(
    kind: int, flags: int, stream: int, payload: bytes
) -> None:
    framing, server = connected()
    framing.ask(QUERY)
    server.requests()
    with suppress(ConnectionLostError):
        framing.receive(len(payload).to_bytes(3) + bytes((kind, flags)) + stream.to_bytes(4) + payload)
    framing.data_to_send()
    framing.close()
