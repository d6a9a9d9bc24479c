"""Encrypted resolvers over real sockets: right ones, and all that can be wrong with them.

Every test is made with the synchronous and with the asynchronous resolver; afterwards no thread and no descriptor is
left. Other failures than those of the way in are the same for DNS over TLS and over HTTPS.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from emblem.dns import (
    Answer,
    AnyServer,
    AsyncStubResolver,
    Failure,
    HttpsName,
    HttpsServer,
    Method,
    Outcome,
    Question,
    RecordType,
    ResponseCode,
    RetryPolicy,
    ServerAddress,
    StubResolver,
    TlsServer,
    Transport,
)
from emblem.dns.sockets import SocketAddress, open_socket
from emblem.server import Faults, NameServer, Zone
from tests.support.certificates import CertificateAuthority, ServerCertificate
from tests.support.encrypted_server import (
    EncryptedServer,
    HttpRequest,
    HttpTalk,
    Stream,
    Talk,
    framed,
    read_messages,
    responder,
)

Ask = Callable[..., tuple[Answer, ...]]

NAME = "resolver.example"
ZONE = Zone.parse(
    r"""
$ORIGIN example.org.
$TTL 60
www      A          192.0.2.1
mail     A          192.0.2.2
alias    CNAME      www.example.net.
large    TYPE65297  \# 60000 """
    + "ab" * 60000
)
NEIGHBOUR = Zone.parse("$ORIGIN example.net.\n$TTL 60\nwww A 192.0.2.99\n")
right = responder(ZONE, NEIGHBOUR)

WWW = Question("www.example.org", RecordType.A)
MAIL = Question("mail.example.org", RecordType.A)
MISSING = Question("missing.example.org", RecordType.A)
ALIAS = Question("alias.example.org", RecordType.A)

PATIENT = RetryPolicy(tries=2, try_timeout=5.0, encrypted_try_timeout=5.0)
HASTY = RetryPolicy(tries=2, try_timeout=0.2, encrypted_try_timeout=0.2)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificate(authority: CertificateAuthority) -> ServerCertificate:
    """A certificate for the resolver's name and for its address."""
    return authority.issue(NAME, "127.0.0.1")


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest, authority: CertificateAuthority) -> Iterator[Ask]:
    """Asks questions of servers; with ``rounds``, so often in one session. The answers are those of the last round."""

    def resolve(
        questions: Sequence[Question],
        *servers: AnyServer,
        policy: RetryPolicy = PATIENT,
        seconds: float = 10.0,
        rounds: int = 1,
        agreement: bool = False,
        bootstrap: Sequence[ServerAddress] = (),
    ) -> tuple[Answer, ...]:
        kind = StubResolver if request.param == "sync" else AsyncStubResolver
        only_plain = all(isinstance(server, ServerAddress) for server in servers)
        ca_file = None if only_plain else authority.root
        resolver = kind(servers, agreement=agreement, ca_file=ca_file, bootstrap=bootstrap, policy=policy)
        deadline = time.monotonic() + seconds
        if isinstance(resolver, StubResolver):
            with resolver.session() as session:
                for _ in range(rounds - 1):
                    session.ask_all(questions, deadline)
                return session.ask_all(questions, deadline)

        async def in_session() -> tuple[Answer, ...]:
            async with resolver.session() as session:
                for _ in range(rounds - 1):
                    await session.ask_all(questions, deadline)
                return await session.ask_all(questions, deadline)

        return asyncio.run(in_session())

    threads, open_descriptors = threading.active_count(), descriptors()
    yield resolve
    assert threading.active_count() == threads
    assert descriptors() == open_descriptors


# Servers


def answer_over_tls(stream: Stream) -> None:
    for query in read_messages(stream):
        stream.sendall(framed(right(query)))


def answer_over_https(stream: Stream) -> None:
    talk = HttpTalk(stream)
    for request in talk.requests():
        talk.respond(request, right(query_of(request)))


def query_of(request: HttpRequest) -> bytes:
    if request.headers[":method"] == "POST":
        return request.body
    return base64.urlsafe_b64decode(request.headers[":path"].partition("?dns=")[2] + "==")


def tls(server: EncryptedServer, name: str = NAME) -> TlsServer:
    return TlsServer(server.address, name)


def https(server: EncryptedServer, name: str = NAME, method: Method = Method.POST) -> HttpsServer:
    return HttpsServer(server.address, name, method=method)


def https_get(server: EncryptedServer, name: str = NAME) -> HttpsServer:
    return https(server, name, Method.GET)


Way = tuple[Talk, str, Callable[..., TlsServer | HttpsServer]]
"""What a right server does, what it speaks, and how it is addressed."""

WAYS: dict[str, Way] = {
    "tls": (answer_over_tls, "dot", tls),
    "https-post": (answer_over_https, "h2", https),
    "https-get": (answer_over_https, "h2", https_get),
}


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
def way(request: pytest.FixtureRequest) -> Way:
    """Each way of asking in turn."""
    chosen: Way = request.param
    return chosen


def served(way: Way, certificate: ServerCertificate) -> EncryptedServer:
    talk, protocol, _ = way
    return EncryptedServer(talk, certificate.context(protocol))


# Right answers


def test_questions_are_answered_over_one_connection_in_their_order(
    ask: Ask, way: Way, certificate: ServerCertificate
) -> None:
    with served(way, certificate) as server:
        there, missing, mail = ask([WWW, MISSING, MAIL], way[2](server))
    assert [record.data for record in there.records] == [bytes([192, 0, 2, 1])]
    assert missing.name_denied
    assert [record.data for record in mail.records] == [bytes([192, 0, 2, 2])]
    assert there.transport is way[2](server).transport
    assert there.server == str(way[2](server))
    assert server.connections == 1


def test_a_session_keeps_its_connection(ask: Ask, way: Way, certificate: ServerCertificate) -> None:
    with served(way, certificate) as server:
        ask([WWW, MISSING], way[2](server), rounds=3)
        assert server.connections == 1


def test_the_certificate_may_be_for_the_address(ask: Ask, way: Way, authority: CertificateAuthority) -> None:
    with served(way, authority.issue("127.0.0.1")) as server:
        (answer,) = ask([WWW], way[2](server, ""))
        assert server.server_names == [None]
    assert answer.outcome is Outcome.FOUND


def test_the_name_of_the_resolver_is_asked_for_in_the_handshake(
    ask: Ask, way: Way, certificate: ServerCertificate
) -> None:
    with served(way, certificate) as server:
        ask([WWW], way[2](server))
        assert server.server_names == [NAME]


def test_an_alias_is_followed_over_the_same_connection(ask: Ask, way: Way, certificate: ServerCertificate) -> None:
    with served(way, certificate) as server:
        (answer,) = ask([ALIAS], way[2](server))
        assert server.connections == 1
    assert (answer.outcome, answer.final_name) == (Outcome.FOUND, "www.example.net")


def test_a_large_response_comes_whole(ask: Ask, way: Way, certificate: ServerCertificate) -> None:
    with served(way, certificate) as server:
        (answer,) = ask([Question("large.example.org", 65297)], way[2](server))
    assert [len(record.data) for record in answer.records] == [60000]


def test_many_questions_are_all_answered(ask: Ask, way: Way, certificate: ServerCertificate) -> None:
    questions = [Question(f"missing{number}.example.org", RecordType.A) for number in range(150)]
    with served(way, certificate) as server:
        answers = ask(questions, way[2](server))
    assert [answer.question for answer in answers if answer.name_denied] == questions


def test_every_query_is_padded(ask: Ask, certificate: ServerCertificate) -> None:
    lengths: list[int] = []

    def measure_over_tls(stream: Stream) -> None:
        for query in read_messages(stream):
            lengths.append(len(query))
            stream.sendall(framed(right(query)))

    def measure_over_https(stream: Stream) -> None:
        talk = HttpTalk(stream)
        for request in talk.requests():
            lengths.append(len(query_of(request)))
            talk.respond(request, right(query_of(request)))

    questions = [WWW, Question(".".join(["a" * 60] * 3), 1)]
    with (
        EncryptedServer(measure_over_tls, certificate.context("dot")) as first,
        EncryptedServer(measure_over_https, certificate.context("h2")) as second,
    ):
        ask(questions, tls(first))
        ask(questions, https(second))
        ask(questions, https_get(second))
    assert sorted(lengths) == [128] * 3 + [256] * 3


def test_responses_in_another_order_come_to_their_questions(ask: Ask, certificate: ServerCertificate) -> None:
    def answer_backwards(stream: Stream) -> None:
        queries = read_messages(stream)
        for response in reversed([right(next(queries)) for _ in range(3)]):
            stream.sendall(framed(response))
        next(queries, None)

    with EncryptedServer(answer_backwards, certificate.context("dot")) as server:
        there, missing, mail = ask([WWW, MISSING, MAIL], tls(server))
    assert there.records[0].data == bytes([192, 0, 2, 1])
    assert missing.name_denied
    assert mail.records[0].data == bytes([192, 0, 2, 2])


def test_a_server_without_alpn_serves_dns_over_tls(ask: Ask, certificate: ServerCertificate) -> None:
    with EncryptedServer(answer_over_tls, certificate.context()) as server:
        (answer,) = ask([WWW], tls(server))
    assert answer.outcome is Outcome.FOUND


def test_tls_1_2_is_enough(ask: Ask, way: Way, certificate: ServerCertificate) -> None:
    context = certificate.context(way[1])
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with EncryptedServer(way[0], context) as server:
        (answer,) = ask([WWW], way[2](server))
    assert answer.outcome is Outcome.FOUND


# A server that is not the one that was meant is asked nothing


def test_a_certificate_for_another_name_is_not_trusted(ask: Ask, way: Way, authority: CertificateAuthority) -> None:
    with served(way, authority.issue("other.example", "127.0.0.1")) as server:
        answers = ask([WWW, MISSING], way[2](server))
        assert server.connections == 1
    assert {answer.failure for answer in answers} == {Failure.UNTRUSTED}
    assert "Hostname mismatch" in answers[0].detail


def test_a_certificate_for_another_address_is_not_trusted(ask: Ask, way: Way, authority: CertificateAuthority) -> None:
    with served(way, authority.issue(NAME, "127.0.0.2")) as server:
        (answer,) = ask([WWW], way[2](server, ""))
    assert answer.failure is Failure.UNTRUSTED
    assert "IP address mismatch" in answer.detail


def test_a_certificate_whose_time_is_over_is_not_trusted(ask: Ask, way: Way, authority: CertificateAuthority) -> None:
    with served(way, authority.issue(NAME, days=-1)) as server:
        (answer,) = ask([WWW], way[2](server))
    assert answer.failure is Failure.UNTRUSTED
    assert "expired" in answer.detail


def test_a_certificate_of_another_authority_is_not_trusted(ask: Ask, way: Way, tmp_path: Path) -> None:
    with served(way, CertificateAuthority(tmp_path).issue(NAME)) as server:
        (answer,) = ask([WWW], way[2](server))
    assert answer.failure is Failure.UNTRUSTED


def test_without_a_file_the_roots_of_the_system_are_trusted_and_not_ours(certificate: ServerCertificate) -> None:
    with EncryptedServer(answer_over_tls, certificate.context("dot")) as server:
        answer = StubResolver([tls(server)]).ask(WWW, time.monotonic() + 10)
    assert answer.failure is Failure.UNTRUSTED


def test_a_server_that_is_not_trusted_hears_no_question(ask: Ask, authority: CertificateAuthority) -> None:
    heard: list[bytes] = []

    def listen(stream: Stream) -> None:
        heard.append(stream.recv(65536))

    with EncryptedServer(listen, authority.issue("other.example").context("dot")) as server:
        ask([WWW], tls(server))
    assert b"".join(heard) == b""


# What goes wrong on the way in


def say_nothing(stream: Stream) -> None:
    while stream.recv(65536):
        pass


def say_garbage(stream: Stream) -> None:
    stream.recv(1)
    stream.sendall(b"220 mail.example.org ESMTP\r\n" * 10)
    say_nothing(stream)


def say_zeros(stream: Stream) -> None:
    stream.sendall(bytes(100))
    say_nothing(stream)


def hang_up(stream: Stream) -> None:
    stream.recv(1)


ARRIVALS = {
    "silent": (say_nothing, Failure.TIMEOUT),
    "no TLS": (say_garbage, Failure.HANDSHAKE_FAILED),
    "hangs up": (hang_up, Failure.CUT_SHORT),
}


@pytest.mark.parametrize(("talk", "failure"), ARRIVALS.values(), ids=ARRIVALS)
def test_without_a_handshake_the_answer_is_not_known(ask: Ask, way: Way, talk: Talk, failure: Failure) -> None:
    with EncryptedServer(talk, None) as server:
        there, missing = ask([WWW, MISSING], way[2](server), policy=HASTY)
    assert {there.failure, missing.failure} == {failure}
    assert (there.outcome, missing.outcome) == (Outcome.FAILED, Outcome.FAILED)


def test_where_nobody_listens_the_server_is_unreachable(ask: Ask, way: Way) -> None:
    with EncryptedServer(say_nothing, None) as server:
        address = way[2](server)
    (answer,) = ask([WWW], address)
    assert answer.failure is Failure.UNREACHABLE
    assert len(answer.failed_tries) == 1


def test_an_address_that_cannot_be_connected_to_is_unreachable(ask: Ask) -> None:
    (answer,) = ask([WWW], TlsServer(ServerAddress("255.255.255.255", 853)))
    assert answer.failure is Failure.UNREACHABLE


def test_a_server_that_speaks_no_http_2_is_asked_nothing(ask: Ask, certificate: ServerCertificate) -> None:
    with EncryptedServer(say_nothing, certificate.context()) as server:
        (answer,) = ask([WWW], https(server))
    assert (answer.failure, answer.detail) == (Failure.HTTP_ERROR, "the server does not speak HTTP/2")


def test_the_deadline_ends_a_slow_handshake(ask: Ask, way: Way) -> None:
    with EncryptedServer(say_nothing, None) as server:
        begin = time.monotonic()
        answers = ask([WWW] * 3, way[2](server), seconds=0.2)
        assert time.monotonic() - begin < 4.0  # a try may last five seconds
    assert {answer.failure for answer in answers} == {Failure.TIMEOUT}


@pytest.fixture
def full() -> Iterator[ServerAddress]:
    """An address at which connections are neither accepted nor refused: its queue is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield ServerAddress(*listener.getsockname())


def test_the_deadline_ends_a_connection_that_never_stands(full: ServerAddress, ask: Ask, way: Way) -> None:
    server = TlsServer(full) if way[2] is tls else HttpsServer(full)
    begin = time.monotonic()
    answers = ask([WWW] * 3, server, seconds=0.2)
    assert time.monotonic() - begin < 4.0
    assert {answer.failure for answer in answers} == {Failure.TIMEOUT}


def test_with_a_deadline_in_the_past_nobody_is_connected_to(ask: Ask, way: Way, certificate: ServerCertificate) -> None:
    with served(way, certificate) as server:
        (answer,) = ask([WWW], way[2](server), seconds=-1.0)
        assert server.connections == 0
    assert answer.failure is Failure.DEADLINE


# What goes wrong with the answers


def over_tls(spoil: Callable[[bytes], bytes], *, close: bool = False) -> Talk:
    """A server that sends something else than the right octets, for every query or once."""

    def talk(stream: Stream) -> None:
        for query in read_messages(stream):
            stream.sendall(spoil(right(query)))
            if close:
                return

    return talk


def dripping(stream: Stream) -> None:
    for query in read_messages(stream):
        for octet in framed(right(query)):
            stream.sendall(bytes((octet,)))
            time.sleep(0.05)


def with_code(message: bytes, code: int) -> bytes:
    return message[:3] + bytes((message[3] & 0xF0 | code,)) + bytes(8)


def truncated(message: bytes) -> bytes:
    return message[:2] + bytes((message[2] | 0x02,)) + message[3:]


def next_identifier(message: bytes) -> bytes:
    return ((int.from_bytes(message[:2]) + 1) % 65536).to_bytes(2) + message[2:]


def renamed(message: bytes) -> bytes:
    return message.replace(b"\x03www", b"\x03xxx").replace(b"\x07missing", b"\x07massing")


TLS_FAULTS: dict[str, tuple[Talk, Failure]] = {
    "silent": (say_nothing, Failure.TIMEOUT),
    "dripping": (dripping, Failure.TIMEOUT),
    "another identifier": (over_tls(lambda right: framed(next_identifier(right))), Failure.TIMEOUT),
    "another question": (over_tls(lambda right: framed(renamed(right))), Failure.TIMEOUT),
    "empty messages": (over_tls(lambda _: framed(b"")), Failure.TIMEOUT),
    "half a message": (over_tls(lambda right: framed(right)[:30], close=True), Failure.CUT_SHORT),
    "no message": (hang_up, Failure.CUT_SHORT),
    "garbage": (over_tls(lambda right: framed(right[:12] + b"\xff" * 20)), Failure.TIMEOUT),
    "garbled records": (over_tls(lambda right: framed(right[:-1])), Failure.MALFORMED),
    "flood": (over_tls(lambda right: framed(next_identifier(right)) * 150), Failure.FLOODED),
    "truncated": (over_tls(lambda right: framed(truncated(right))), Failure.TRUNCATED),
    "SERVFAIL": (over_tls(lambda right: framed(with_code(right, ResponseCode.SERVFAIL))), Failure.SERVFAIL),
    "FORMERR": (over_tls(lambda right: framed(with_code(right, ResponseCode.FORMERR))), Failure.OTHER_RCODE),
}


@pytest.mark.parametrize(("talk", "failure"), TLS_FAULTS.values(), ids=TLS_FAULTS)
def test_a_response_over_tls_that_settles_nothing_leaves_the_answer_unknown(
    ask: Ask, certificate: ServerCertificate, talk: Talk, failure: Failure
) -> None:
    with EncryptedServer(talk, certificate.context("dot")) as server:
        there, missing = ask([WWW, MISSING], tls(server), policy=HASTY)
    assert {there.outcome, missing.outcome} == {Outcome.FAILED}
    assert failure in (there.failure, missing.failure)


def over_https(spoil: Callable[[bytes], bytes] = lambda body: body, **fields: Any) -> Talk:
    """A server that responds with something else than the right header fields or body."""

    def talk(stream: Stream) -> None:
        http = HttpTalk(stream)
        for request in http.requests():
            http.respond(request, spoil(right(query_of(request))), **fields)

    return talk


def body_without_end(stream: Stream) -> None:
    talk = HttpTalk(stream)
    for request in talk.requests():
        talk.respond(request, bytes(10_000_000))


def dripping_body(stream: Stream) -> None:
    talk = HttpTalk(stream)
    for request in talk.requests():
        talk.begin(request)
        for octet in right(query_of(request)):
            talk.send(request, bytes((octet,)))
            time.sleep(0.05)


def headers_only(stream: Stream) -> None:
    talk = HttpTalk(stream)
    for request in talk.requests():
        talk.begin(request)


def half_a_body(stream: Stream) -> None:
    talk = HttpTalk(stream)
    for request in talk.requests():
        talk.begin(request)
        talk.send(request, right(query_of(request))[:20])
        return


def reset(stream: Stream) -> None:
    talk = HttpTalk(stream)
    for request in talk.requests():
        talk.unless_given_up(lambda stream_id=request.stream_id: talk.http.reset_stream(stream_id, 2))  # type: ignore[misc]


def goodbye(stream: Stream) -> None:
    talk = HttpTalk(stream)
    for _ in talk.requests():
        talk.unless_given_up(lambda: talk.http.close_connection(last_stream_id=0))
        return


def ping_without_end(stream: Stream) -> None:
    HttpTalk(stream)
    while True:
        stream.sendall(b"\x00\x00\x08\x06\x00\x00\x00\x00\x00" + bytes(8))


HTTPS_FAULTS: dict[str, tuple[Talk, Failure]] = {
    "silent": (say_nothing, Failure.TIMEOUT),
    "header fields only": (headers_only, Failure.TIMEOUT),
    "dripping": (dripping_body, Failure.TIMEOUT),
    "no HTTP": (say_garbage, Failure.TIMEOUT),
    "no frames of HTTP": (say_zeros, Failure.HTTP_ERROR),
    "an error": (over_https(status=503), Failure.HTTP_ERROR),
    "not found": (over_https(status=404), Failure.HTTP_ERROR),
    "a redirection": (over_https(status=307, location="https://127.0.0.1:9/"), Failure.HTTP_ERROR),
    "a page": (over_https(media_type="text/html"), Failure.HTTP_ERROR),
    "compressed": (over_https(content_encoding="br"), Failure.HTTP_ERROR),
    "a body of another length": (over_https(content_length="9"), Failure.HTTP_ERROR),
    "a huge body": (over_https(spoil=lambda body: body + bytes(66000 - len(body))), Failure.TOO_LARGE),
    "a body without end": (body_without_end, Failure.TOO_LARGE),
    "an empty body": (over_https(spoil=lambda _: b""), Failure.MISMATCHED),
    "another question": (over_https(spoil=renamed), Failure.MISMATCHED),
    "another identifier": (over_https(spoil=next_identifier), Failure.MISMATCHED),
    "truncated": (over_https(spoil=truncated), Failure.TRUNCATED),
    "garbled records": (over_https(spoil=lambda body: body[:-1]), Failure.MALFORMED),
    "half a body": (half_a_body, Failure.CUT_SHORT),
    "given up": (reset, Failure.CUT_SHORT),
    "goodbye": (goodbye, Failure.CUT_SHORT),
}


@pytest.mark.parametrize(("talk", "failure"), HTTPS_FAULTS.values(), ids=HTTPS_FAULTS)
def test_a_response_over_https_that_settles_nothing_leaves_the_answer_unknown(
    ask: Ask, certificate: ServerCertificate, talk: Talk, failure: Failure
) -> None:
    with EncryptedServer(talk, certificate.context("h2")) as server:
        there, missing = ask([WWW, MISSING], https(server), policy=HASTY)
    assert {there.outcome, missing.outcome} == {Outcome.FAILED}
    assert failure in (there.failure, missing.failure)


def test_a_flood_of_what_nobody_asked_for_ends_the_connection(ask: Ask, certificate: ServerCertificate) -> None:
    with EncryptedServer(ping_without_end, certificate.context("h2")) as server:
        (answer,) = ask([WWW], https(server), policy=RetryPolicy(tries=1, encrypted_try_timeout=8.0))
    assert answer.failure is Failure.FLOODED


def test_a_redirection_is_not_followed(ask: Ask, certificate: ServerCertificate) -> None:
    with EncryptedServer(answer_over_https, certificate.context("h2")) as other:
        target = f"https://{other.address}/dns-query"
        with EncryptedServer(over_https(status=302, location=target), certificate.context("h2")) as server:
            (answer,) = ask([WWW], https(server))
        assert other.connections == 0
    assert "redirections are not followed" in answer.detail


# Connections that end


def first_time(spoiled: Talk, otherwise: Talk) -> Talk:
    """A server that does something else on its first connection."""
    connections = iter(range(1000))

    def talk(stream: Stream) -> None:
        (spoiled if next(connections) == 0 else otherwise)(stream)

    return talk


@pytest.mark.parametrize("spoiled", [hang_up, over_tls(lambda right: framed(right)[:30], close=True), say_nothing])
def test_after_a_lost_connection_there_is_another_try(ask: Ask, certificate: ServerCertificate, spoiled: Talk) -> None:
    policy = RetryPolicy(tries=2, encrypted_try_timeout=0.5)
    with EncryptedServer(first_time(spoiled, answer_over_tls), certificate.context("dot")) as server:
        there, missing = ask([WWW, MISSING], tls(server), policy=policy)
        assert server.connections == 2
    assert there.outcome is Outcome.FOUND
    assert missing.name_denied
    assert {tried.failure for tried in there.failed_tries} <= {Failure.CUT_SHORT, Failure.TIMEOUT}


def test_after_a_goodbye_there_is_another_try(ask: Ask, certificate: ServerCertificate) -> None:
    with EncryptedServer(first_time(goodbye, answer_over_https), certificate.context("h2")) as server:
        (answer,) = ask([WWW], https(server))
        assert server.connections == 2
    assert answer.outcome is Outcome.FOUND
    assert [tried.failure for tried in answer.failed_tries] == [Failure.CUT_SHORT]


def test_a_server_that_answers_once_a_connection_is_connected_to_again(
    ask: Ask, certificate: ServerCertificate
) -> None:
    with EncryptedServer(over_tls(framed, close=True), certificate.context("dot")) as server:
        (answer,) = ask([WWW], tls(server), rounds=3)
        assert server.connections >= 3
    assert answer.outcome is Outcome.FOUND


def test_a_cancelled_look_up_leaves_nothing_behind(
    certificate: ServerCertificate, authority: CertificateAuthority
) -> None:
    heard = threading.Event()

    def listen(stream: Stream) -> None:
        next(read_messages(stream))
        heard.set()
        say_nothing(stream)

    async def cancelled(server: EncryptedServer, *, when: Callable[[], bool]) -> None:
        resolver = AsyncStubResolver([tls(server)], ca_file=authority.root)
        task = asyncio.create_task(resolver.ask_all([WWW, MISSING], time.monotonic() + 10))
        while not when():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    before = descriptors()
    with EncryptedServer(listen, certificate.context("dot")) as server:
        asyncio.run(cancelled(server, when=heard.is_set))
    with EncryptedServer(say_nothing, None) as silent:
        asyncio.run(cancelled(silent, when=lambda: silent.connections > 0))
    with EncryptedServer(say_nothing, None) as unasked:
        asyncio.run(cancelled(unasked, when=lambda: True))
    assert descriptors() == before


@pytest.mark.parametrize("talk", [answer_over_tls, hang_up, over_tls(lambda right: framed(right[:-1]))])
def test_when_an_asynchronous_call_returns_its_sockets_are_closed(
    certificate: ServerCertificate, authority: CertificateAuthority, monkeypatch: pytest.MonkeyPatch, talk: Talk
) -> None:
    opened: list[socket.socket] = []

    def remember(server: ServerAddress, transport: Transport) -> tuple[socket.socket, SocketAddress]:
        fresh, address = open_socket(server, transport)
        opened.append(fresh)
        return fresh, address

    async def asked(server: EncryptedServer) -> list[int]:
        await AsyncStubResolver([tls(server)], ca_file=authority.root).ask(WWW, time.monotonic() + 10)
        return [one.fileno() for one in opened]

    monkeypatch.setattr("emblem.dns.async_channel.open_socket", remember)
    with EncryptedServer(talk, certificate.context("dot")) as server:
        assert set(asyncio.run(asked(server))) == {-1}


def test_a_resolver_may_be_used_from_several_threads(
    certificate: ServerCertificate, authority: CertificateAuthority
) -> None:
    found: list[Outcome] = []
    with EncryptedServer(answer_over_tls, certificate.context("dot")) as server:
        resolver = StubResolver([tls(server)], ca_file=authority.root)
        deadline = time.monotonic() + 10
        threads = [threading.Thread(target=lambda: found.append(resolver.ask(WWW, deadline).outcome)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [Outcome.FOUND] * 4


# Resolvers known by name


def names(*lines: str) -> Zone:
    return Zone.parse("$ORIGIN example.\n$TTL 60\n" + "\n".join(lines))


def test_the_address_of_a_resolver_known_by_name_is_looked_up_once(ask: Ask, certificate: ServerCertificate) -> None:
    with (
        EncryptedServer(answer_over_https, certificate.context("h2")) as server,
        NameServer(names("resolver A 127.0.0.1")) as bootstrap,
    ):
        (answer,) = ask([WWW], HttpsName(NAME, server.address.port), bootstrap=[bootstrap.address], rounds=2)
        asked = sorted((query.name, query.type) for query in bootstrap.queries)
        assert server.connections == 1
    assert answer.outcome is Outcome.FOUND
    assert asked == [(NAME, RecordType.A), (NAME, RecordType.AAAA)]


def test_every_address_of_a_resolver_known_by_name_is_tried(ask: Ask, certificate: ServerCertificate) -> None:
    with (
        EncryptedServer(answer_over_https, certificate.context("h2")) as server,
        NameServer(names("resolver AAAA ::1", "resolver A 127.0.0.1")) as bootstrap,
    ):
        (answer,) = ask([WWW], HttpsName(NAME, server.address.port), bootstrap=[bootstrap.address])
    assert answer.outcome is Outcome.FOUND
    assert [tried.failure for tried in answer.failed_tries] == [Failure.UNREACHABLE]


def test_a_forged_address_of_a_resolver_is_found_out_by_its_certificate(
    ask: Ask, authority: CertificateAuthority
) -> None:
    with (
        EncryptedServer(answer_over_https, authority.issue("127.0.0.1").context("h2")) as impostor,
        NameServer(names("resolver A 127.0.0.1")) as bootstrap,
    ):
        (answer,) = ask([WWW], HttpsName(NAME, impostor.address.port), bootstrap=[bootstrap.address])
    assert answer.failure is Failure.UNTRUSTED


BOOTSTRAPS = {
    "denied": ((), Failure.UNREACHABLE, "nxdomain"),
    "failing": (Faults(response_code=2), Failure.SERVFAIL, "SERVFAIL"),
    "silent": (Faults(drop=True), Failure.TIMEOUT, "no response in time"),
}


@pytest.mark.parametrize(("faults", "failure", "why"), BOOTSTRAPS.values(), ids=BOOTSTRAPS)
def test_without_the_address_of_a_resolver_nothing_is_known(
    ask: Ask, faults: Faults | tuple[()], failure: Failure, why: str
) -> None:
    with NameServer(names("other A 127.0.0.1"), faults=faults) as bootstrap:
        there, missing = ask([WWW, MISSING], HttpsName(NAME), bootstrap=[bootstrap.address], policy=HASTY)
    assert {there.failure, missing.failure} == {failure}
    assert there.detail.startswith("the resolver's own address is not known: ")
    assert why in there.detail
    assert there.server == f"https://{NAME}:443/dns-query"


def test_a_silent_bootstrap_leaves_time_for_the_others(ask: Ask, certificate: ServerCertificate) -> None:
    with (
        EncryptedServer(answer_over_tls, certificate.context("dot")) as server,
        NameServer(names("resolver A 127.0.0.1"), faults=Faults(drop=True)) as silent,
    ):
        (answer,) = ask(
            [WWW], HttpsName(NAME), tls(server), agreement=True, bootstrap=[silent.address], seconds=2.0, policy=PATIENT
        )
    assert answer.failure is Failure.DISAGREEMENT
    assert [record.data for record in answer.records] == [bytes([192, 0, 2, 1])]


# Several resolvers that have to agree


def test_all_are_asked_and_agree_whatever_the_transport(ask: Ask, certificate: ServerCertificate) -> None:
    with (
        NameServer((ZONE, NEIGHBOUR)) as plain,
        EncryptedServer(answer_over_tls, certificate.context("dot")) as second,
        EncryptedServer(answer_over_https, certificate.context("h2")) as third,
    ):
        there, missing = ask([WWW, MISSING], plain.address, tls(second), https(third), agreement=True)
    assert there.outcome is Outcome.FOUND
    assert missing.name_denied
    assert [source.transport for source in there.sources] == [Transport.UDP, Transport.TLS, Transport.HTTPS]


def test_one_that_lies_can_neither_hide_nor_invent(ask: Ask) -> None:
    with NameServer(ZONE) as honest, NameServer(ZONE, faults=Faults(deny=True)) as liar:
        there, missing = ask([WWW, MISSING], liar.address, honest.address, agreement=True)
        said = f"{liar.address} says nxdomain; {honest.address} says found 1 record"
    assert (there.outcome, there.failure) == (Outcome.FAILED, Failure.DISAGREEMENT)
    assert [record.data for record in there.records] == [bytes([192, 0, 2, 1])]
    assert there.detail == f"the resolvers disagree: {said}"
    assert missing.name_denied


def test_one_that_is_silent_forbids_a_denial(ask: Ask) -> None:
    with NameServer(ZONE) as honest, NameServer(ZONE, faults=Faults(drop=True)) as silent:
        there, missing = ask([WWW, MISSING], honest.address, silent.address, agreement=True, policy=HASTY)
    assert (there.failure, len(there.records)) == (Failure.DISAGREEMENT, 1)
    assert missing.failure is Failure.TIMEOUT


def test_without_agreement_the_first_that_answers_counts(ask: Ask) -> None:
    with NameServer(ZONE) as first, NameServer(ZONE, faults=Faults(deny=True)) as second:
        (answer,) = ask([WWW], first.address, second.address)
        assert second.queries == ()
    assert answer.outcome is Outcome.FOUND
