"""The resolvers over real sockets, against the embedded name server and all that it can do wrong.

Every test is made with the synchronous and with the asynchronous resolver.
"""

from __future__ import annotations

import asyncio
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from emblem.dns import (
    Answer,
    AsyncStubResolver,
    Failure,
    Lookup,
    Outcome,
    Question,
    RecordType,
    ResourceRecord,
    RetryPolicy,
    ServerAddress,
    Step,
    StubResolver,
    Transport,
)
from emblem.dns.driver import Driver
from emblem.errors import ResolverError
from emblem.server import Faults, NameServer, Zone, first, over, with_probability

Ask = Callable[..., tuple[Answer, ...]]

ZONE = Zone.parse(
    r"""
$ORIGIN example.org.
$TTL 60
www      A          192.0.2.1
www      TYPE65297  \# 3 d83dd2
mail     A          192.0.2.2
alias    CNAME      www
away     CNAME      www.example.net.
large    TYPE65297  \# 1500 """
    + "ab" * 1500
)
NEIGHBOUR = Zone.parse("$ORIGIN example.net.\n$TTL 60\nwww A 192.0.2.99\n")

WWW = Question("www.example.org", RecordType.A)
MISSING = Question("missing.example.org", RecordType.A)

PATIENT = RetryPolicy(try_timeout=5.0, tries=1)
HASTY = RetryPolicy(try_timeout=0.02, tries=2)


def ask_synchronously(
    questions: Sequence[Question],
    *servers: NameServer | ServerAddress,
    policy: RetryPolicy = PATIENT,
    seconds: float = 10.0,
) -> tuple[Answer, ...]:
    addresses = [server.address if isinstance(server, NameServer) else server for server in servers]
    return StubResolver(addresses, policy=policy).ask_all(questions, time.monotonic() + seconds)


def ask_asynchronously(
    questions: Sequence[Question],
    *servers: NameServer | ServerAddress,
    policy: RetryPolicy = PATIENT,
    seconds: float = 10.0,
) -> tuple[Answer, ...]:
    addresses = [server.address if isinstance(server, NameServer) else server for server in servers]
    resolver = AsyncStubResolver(addresses, policy=policy)
    return asyncio.run(resolver.ask_all(questions, time.monotonic() + seconds))


@pytest.fixture(params=[ask_synchronously, ask_asynchronously], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    """Asks questions of servers; no thread and no socket is left afterwards (a warning is an error)."""
    threads = threading.active_count()
    yield request.param
    assert threading.active_count() == threads


@pytest.fixture
def nobody() -> Iterator[ServerAddress]:
    """An address at which nobody listens: its port is taken, by a socket that is connected elsewhere."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.connect(("127.0.0.1", 9))
        yield ServerAddress("127.0.0.1", taken.getsockname()[1])


def test_records_are_found(ask: Ask) -> None:
    with NameServer(ZONE) as server:
        (answer,) = ask([WWW], server)
    assert answer.outcome is Outcome.FOUND
    assert answer.records == (ResourceRecord("www.example.org", 1, 60, bytes([192, 0, 2, 1])),)
    assert answer.additional == (ResourceRecord("www.example.org", 65297, 60, b"\xd8\x3d\xd2"),)
    assert (answer.transport, answer.failed_tries) == (Transport.UDP, ())


def test_a_name_that_does_not_exist_is_denied(ask: Ask) -> None:
    with NameServer(ZONE) as server:
        (answer,) = ask([MISSING], server)
    assert answer.name_denied


def test_a_type_that_a_name_does_not_have_is_denied(ask: Ask) -> None:
    with NameServer(ZONE) as server:
        (answer,) = ask([Question("www.example.org", RecordType.TXT)], server)
    assert answer.outcome is Outcome.NODATA


def test_an_alias_is_followed_from_server_to_server(ask: Ask) -> None:
    with NameServer(ZONE) as server, NameServer(NEIGHBOUR) as neighbour:
        (answer,) = ask([Question("away.example.org", RecordType.A)], server, neighbour)
    assert (answer.outcome, answer.final_name) == (Outcome.FOUND, "www.example.net")
    assert [tried.failure for tried in answer.failed_tries] == [Failure.REFUSED]


def test_what_does_not_fit_a_datagram_comes_over_tcp(ask: Ask) -> None:
    with NameServer(ZONE) as server:
        (answer,) = ask([Question("large.example.org", 65297)], server)
        transports = [query.transport for query in server.queries]
    assert [len(record.data) for record in answer.records] == [1500]
    assert transports == [Transport.UDP, Transport.TCP]


def test_answers_are_in_the_order_of_the_questions(ask: Ask) -> None:
    questions = [Question(f"{name}.example.org", RecordType.A) for name in ("www", "missing", "mail", "alias")]
    with NameServer(ZONE) as server:
        answers = ask(questions, server)
    assert [answer.question for answer in answers] == questions
    assert [answer.outcome for answer in answers] == [
        Outcome.FOUND,
        Outcome.NXDOMAIN,
        Outcome.FOUND,
        Outcome.FOUND,
    ]


def test_more_questions_than_sockets_are_all_answered(ask: Ask) -> None:
    questions = [Question(f"missing{number}.example.org", RecordType.A) for number in range(150)]
    with NameServer(ZONE) as server:
        answers = ask(questions, server)
    assert all(answer.name_denied for answer in answers)


def test_each_try_uses_a_port_of_its_own(ask: Ask) -> None:
    with NameServer(ZONE, faults=Faults(drop=True)) as server:
        ask([WWW], server, policy=HASTY)
        ports = {query.client[1] for query in server.queries}
    assert len(ports) == 2


def test_no_question_has_no_answer(ask: Ask, nobody: ServerAddress) -> None:
    assert ask([], nobody) == ()


def test_a_resolver_works_over_ipv6(ask: Ask) -> None:
    with NameServer(ZONE, host="::1") as server:
        (answer,) = ask([WWW], server)
    assert answer.outcome is Outcome.FOUND


# Faults: every one ends in a right answer or in one that is not known


TRUNCATED_DATAGRAMS = Faults(truncate=True, when=over(Transport.UDP))

SILENCE = {
    "silent": Faults(drop=True),
    "late": Faults(delay=5.0),
    "wrong identifier": Faults(wrong_identifier=True),
    "wrong question": Faults(wrong_question=True),
    "garbage": Faults(garbage=b"garbage"),
    "empty datagram": Faults(garbage=b""),
    "half a header": Faults(cut_to=8),
    "dripping over TCP": (TRUNCATED_DATAGRAMS, Faults(drip=0.1)),
    "silent over TCP": (TRUNCATED_DATAGRAMS, Faults(drop=True, when=over(Transport.TCP))),
    "garbage over TCP": (TRUNCATED_DATAGRAMS, Faults(garbage=b"garbage", when=over(Transport.TCP))),
}


@pytest.mark.parametrize("question", [WWW, MISSING], ids=["there", "missing"])
@pytest.mark.parametrize("faults", SILENCE.values(), ids=SILENCE.keys())
def test_without_a_usable_response_the_time_runs_out(
    ask: Ask, question: Question, faults: Faults | Sequence[Faults]
) -> None:
    with NameServer(ZONE, faults=faults) as server:
        (answer,) = ask([question], server, policy=HASTY)
    assert (answer.outcome, answer.failure) == (Outcome.FAILED, Failure.TIMEOUT)
    assert len(answer.failed_tries) == HASTY.tries


FAILURES = {
    "flood": (Faults(flood=150), Failure.FLOODED),
    "SERVFAIL": (Faults(response_code=2), Failure.SERVFAIL),
    "REFUSED": (Faults(response_code=5), Failure.REFUSED),
    "NOTAUTH": (Faults(response_code=9), Failure.OTHER_RCODE),
    "no SOA": (Faults(empty=True), Failure.IMPROPER_DENIAL),
    "always truncated": (Faults(truncate=True), Failure.TRUNCATED),
    "cut short": (Faults(cut_to=40), Failure.CUT_SHORT),
}


@pytest.mark.parametrize("question", [WWW, MISSING], ids=["there", "missing"])
@pytest.mark.parametrize(("faults", "failure"), FAILURES.values(), ids=FAILURES.keys())
def test_a_response_that_settles_nothing_leaves_the_answer_unknown(
    ask: Ask, question: Question, faults: Faults, failure: Failure
) -> None:
    with NameServer(ZONE, faults=faults) as server:
        (answer,) = ask([question], server)
    assert (answer.outcome, answer.failure) == (Outcome.FAILED, failure)
    assert [tried.failure for tried in answer.failed_tries] == [failure]


NUISANCES = {
    "flood": Faults(flood=50),
    "lost datagram": Faults(drop=True, when=first(1)),
    "one wrong identifier": Faults(wrong_identifier=True, when=first(1)),
    "one garbage datagram": Faults(garbage=b"garbage", when=first(1)),
    "cut datagrams": Faults(cut_to=40, when=over(Transport.UDP)),
    "truncated datagrams": TRUNCATED_DATAGRAMS,
    "no EDNS": Faults(refuse_edns=True),
    "delay": Faults(delay=0.01),
    "large over TCP": (TRUNCATED_DATAGRAMS, Faults(pad_to=60_000, when=over(Transport.TCP))),
}


@pytest.mark.parametrize("faults", NUISANCES.values(), ids=NUISANCES.keys())
def test_a_server_that_misbehaves_a_little_is_understood(ask: Ask, faults: Faults | Sequence[Faults]) -> None:
    with NameServer(ZONE, faults=faults) as server:
        there, missing = ask([WWW, MISSING], server, policy=RetryPolicy(try_timeout=0.25, tries=8))
    assert there.outcome is Outcome.FOUND
    assert missing.name_denied


def test_the_next_server_is_asked_when_one_fails(ask: Ask, nobody: ServerAddress) -> None:
    with NameServer(ZONE, faults=Faults(response_code=2)) as failing, NameServer(ZONE) as server:
        (answer,) = ask([WWW], nobody, failing, server)
    assert answer.outcome is Outcome.FOUND
    assert [tried.failure for tried in answer.failed_tries] == [Failure.UNREACHABLE, Failure.SERVFAIL]


def test_an_address_at_which_nobody_listens_is_unreachable(ask: Ask, nobody: ServerAddress) -> None:
    (answer,) = ask([WWW], nobody)
    assert (answer.outcome, answer.failure) == (Outcome.FAILED, Failure.UNREACHABLE)


def test_an_address_that_cannot_be_sent_to_is_unreachable(ask: Ask) -> None:
    (answer,) = ask([WWW], ServerAddress("255.255.255.255"))
    assert (answer.outcome, answer.failure) == (Outcome.FAILED, Failure.UNREACHABLE)


def test_a_server_that_refuses_connections_is_unreachable(ask: Ask) -> None:
    def truncate(datagrams: socket.socket) -> None:
        query, client = datagrams.recvfrom(512)
        datagrams.sendto(query[:2] + b"\x83\x80" + query[4:10] + b"\x00\x00" + query[12:-11], client)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=truncate, args=[datagrams])
        thread.start()
        (answer,) = ask([WWW], ServerAddress("127.0.0.1", datagrams.getsockname()[1]))
        thread.join()
    assert (answer.failure, answer.transport) == (Failure.UNREACHABLE, Transport.TCP)


def test_a_lie_is_passed_on_as_it_came(ask: Ask) -> None:
    forged = ResourceRecord("www.example.org", 1, 60, bytes([203, 0, 113, 66]))
    with NameServer(ZONE, faults=Faults(replace=(forged,))) as server:
        (found,) = ask([WWW], server)
    with NameServer(ZONE, faults=Faults(deny=True)) as server:
        (denied,) = ask([WWW], server)
    assert found.records == (forged,)
    assert denied.name_denied


def test_the_deadline_ends_every_look_up(ask: Ask) -> None:
    with NameServer(ZONE, faults=Faults(drop=True)) as server:
        answers = ask([WWW, MISSING], server, policy=RetryPolicy(try_timeout=0.04, tries=1000), seconds=0.1)
    assert {answer.failure for answer in answers} == {Failure.TIMEOUT}
    assert all(len(answer.failed_tries) <= 4 for answer in answers)


def test_with_a_deadline_in_the_past_nobody_is_asked(ask: Ask) -> None:
    with NameServer(ZONE) as server:
        (answer,) = ask([WWW], server, seconds=-1.0)
        assert server.queries == ()
    assert answer.failure is Failure.DEADLINE


def test_under_packet_loss_every_look_up_ends_right_or_unknown(ask: Ask) -> None:
    questions = [WWW, MISSING] * 50
    faults = Faults(drop=True, when=with_probability(0.3, random.Random(1)))
    with NameServer(ZONE, faults=faults) as server:
        answers = ask(questions, server, policy=RetryPolicy(try_timeout=0.1, tries=6))
    for question, answer in zip(questions, answers, strict=True):
        right = Outcome.FOUND if question == WWW else Outcome.NXDOMAIN
        assert answer.outcome in (right, Outcome.FAILED)
    assert sum(answer.outcome is not Outcome.FAILED for answer in answers) > 50


def test_one_question_can_be_asked() -> None:
    with NameServer(ZONE) as server:
        deadline = time.monotonic() + 10
        answer = StubResolver([server.address]).ask(WWW, deadline)
        assert asyncio.run(AsyncStubResolver([server.address]).ask(WWW, deadline)).records == answer.records
    assert answer.outcome is Outcome.FOUND


def test_an_interrupted_look_up_leaves_nothing_behind() -> None:
    class Interrupted(Lookup):
        def received(self, data: bytes, now: float) -> Step:
            raise KeyboardInterrupt(data, now)

    with NameServer(ZONE) as server:
        deadline = time.monotonic() + 10
        machines = [
            Interrupted(question, [server.address], deadline=deadline, policy=PATIENT) for question in (WWW, MISSING)
        ]
        with pytest.raises(KeyboardInterrupt), Driver(time.monotonic) as driver:
            driver.drive(machines)


def test_a_cancelled_look_up_leaves_nothing_behind() -> None:
    async def cancelled(server: NameServer) -> None:
        resolver = AsyncStubResolver([server.address])
        task = asyncio.create_task(resolver.ask_all([WWW, MISSING], time.monotonic() + 10))
        while len(server.queries) < 2:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with NameServer(ZONE, faults=Faults(drop=True)) as server:
        asyncio.run(cancelled(server))


@pytest.mark.parametrize("kind", [StubResolver, AsyncStubResolver])
def test_a_resolver_needs_a_server(kind: type[StubResolver] | type[AsyncStubResolver]) -> None:
    with pytest.raises(ResolverError, match="at least one"):
        kind([])
