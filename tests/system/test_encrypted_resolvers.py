"""Unbound as a resolver that is asked plainly, over TLS and over HTTPS; and the command that asks it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from emblem_cli.application import application

from emblem.dns import (
    COVERT_TRANSPORT,
    Answer,
    AsyncStubResolver,
    Failure,
    Outcome,
    Question,
    RecordType,
    StubResolver,
)
from emblem.server import Faults, NameServer, Zone
from tests.support.arrangement import HOSPITAL, chain, root, signing
from tests.support.certificates import CertificateAuthority
from tests.support.naming import ihle_lines
from tests.system.servers import Endpoint, ServerProgram, free_port, running

NAME = "resolver.example.net"
LARGE = 20_000

NOW = int(time.time())
PERIOD: dict[str, Any] = {"not_before": NOW - 3600, "expires": NOW + 86400}
EMBLEM = chain(root, signing, **PERIOD).emblem(**PERIOD)

ZONE = Zone.parse(
    "\n".join(
        [
            "$ORIGIN example.",
            "$TTL 60",
            "www A 192.0.2.1",
            "alias CNAME www",
            f"large TYPE65297 \\# {LARGE} {'ab' * LARGE}",
            *ihle_lines(HOSPITAL, EMBLEM.records),
        ]
    )
)

WWW = Question("www.example", RecordType.A)
ALIAS = Question("alias.example", RecordType.A)
LARGE_RECORD = Question("large.example", 65297)
MISSING = Question("missing.example", RecordType.A)
NO_TEXT = Question("www.example", RecordType.TXT)


@dataclass(frozen=True, slots=True)
class Resolver:
    """A running Unbound.

    Args:
        plain: its address, asked plainly.
        tls: the same over TLS.
        post: over HTTPS with POST.
        get: over HTTPS with GET.
        root: the file with the certificate of its authority.
        authoritative: the name server that it asks.
    """

    plain: str
    tls: str
    post: str
    get: str
    root: Path
    authoritative: NameServer

    def addresses(self) -> tuple[str, ...]:
        return self.plain, self.tls, self.post, self.get


@pytest.fixture(scope="module")
def unbound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resolver]:
    """Unbound, in front of the embedded name server."""
    directory = tmp_path_factory.mktemp("unbound")
    authority = CertificateAuthority(directory)
    certificate = authority.issue(NAME, "127.0.0.1")
    ports: dict[str, int] = {}

    def configuration(origin: str, endpoint: Endpoint, directory: Path) -> str:
        ports.update(tls=free_port(), https=free_port())
        return f"""
server:
    interface: {endpoint.address}@{endpoint.port}
    interface: {endpoint.address}@{ports["tls"]}
    interface: {endpoint.address}@{ports["https"]}
    tls-port: {ports["tls"]}
    https-port: {ports["https"]}
    tls-service-key: "{certificate.key}"
    tls-service-pem: "{certificate.certificate}"
    http-endpoint: "/dns-query"
    port: {endpoint.port}
    directory: "{directory}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: ""
    num-threads: 1
    do-ip6: no
    do-not-query-localhost: no
    module-config: "iterator"
remote-control:
    control-enable: no
stub-zone:
    name: "{origin}"
    stub-addr: {server.address.host}@{server.address.port}
"""

    program = ServerProgram(
        name="unbound", package="unbound", configuration=configuration, arguments=("-d", "-c"), recursive=True
    )
    with (
        NameServer(ZONE) as server,
        running(program, origin="example", zone="", directory=directory) as endpoint,
    ):
        https = f"127.0.0.1:{ports['https']}/dns-query#{NAME}"
        yield Resolver(
            plain=str(endpoint),
            tls=f"tls://127.0.0.1:{ports['tls']}#{NAME}",
            post=f"https://{https}",
            get=f"https+get://{https}",
            root=authority.root,
            authoritative=server,
        )


Ask = Callable[..., tuple[Answer, ...]]


def ask_waiting(questions: Sequence[Question], *resolvers: str, ca_file: Path | None) -> tuple[Answer, ...]:
    return StubResolver.configured(resolvers, ca_file=ca_file).ask_all(questions, time.monotonic() + 10)


def ask_concurrently(questions: Sequence[Question], *resolvers: str, ca_file: Path | None) -> tuple[Answer, ...]:
    resolver = AsyncStubResolver.configured(resolvers, ca_file=ca_file)
    return asyncio.run(resolver.ask_all(questions, time.monotonic() + 10))


@pytest.fixture(params=[ask_waiting, ask_concurrently], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Asks resolvers, given as text."""
    chosen: Ask = request.param
    return chosen


@pytest.fixture(params=["plain", "tls", "post", "get"])
def address(request: pytest.FixtureRequest, unbound: Resolver) -> str:
    """The resolver in each of its ways."""
    chosen: str = getattr(unbound, request.param)
    return chosen


def root_for(unbound: Resolver, *addresses: str) -> Path | None:
    return None if addresses == (unbound.plain,) else unbound.root


def test_every_kind_of_answer_is_the_same_in_every_way(ask: Ask, unbound: Resolver, address: str) -> None:
    questions = [WWW, ALIAS, LARGE_RECORD, MISSING, NO_TEXT]
    there, alias, large, missing, no_text = ask(questions, address, ca_file=root_for(unbound, address))
    assert [record.data for record in there.records] == [bytes([192, 0, 2, 1])]
    assert (alias.final_name, alias.records) == ("www.example", there.records)
    assert [len(record.data) for record in large.records] == [LARGE]
    assert missing.name_denied
    assert no_text.outcome is Outcome.NODATA
    assert {answer.server for answer in (there, alias, large, missing, no_text)} == {address}


def test_many_questions_over_one_connection_are_all_answered(ask: Ask, unbound: Resolver, address: str) -> None:
    questions = [Question(f"missing{number}.example", RecordType.A) for number in range(150)]
    answers = ask(questions, address, ca_file=root_for(unbound, address))
    assert all(answer.name_denied for answer in answers)


def test_all_its_ways_agree(ask: Ask, unbound: Resolver) -> None:
    there, missing = ask([WWW, MISSING], *unbound.addresses(), ca_file=unbound.root)
    assert there.outcome is Outcome.FOUND
    assert missing.name_denied
    assert len(there.sources) == 4


def test_its_certificate_is_checked(ask: Ask, unbound: Resolver) -> None:
    other = unbound.tls.replace(NAME, "other.example.net")
    (answer,) = ask([WWW], other, ca_file=unbound.root)
    assert answer.failure is Failure.UNTRUSTED


def test_another_path_is_no_resolver(ask: Ask, unbound: Resolver) -> None:
    (answer,) = ask([WWW], unbound.post.replace("/dns-query", "/other"), ca_file=unbound.root)
    assert (answer.failure, answer.detail) == (Failure.HTTP_ERROR, "HTTP status '404'")


def test_two_sessions_side_by_side_do_not_mind_each_other(unbound: Resolver) -> None:
    resolver = StubResolver.configured([unbound.tls], transport=COVERT_TRANSPORT, ca_file=unbound.root)
    deadline = time.monotonic() + 10
    with resolver.session() as first, resolver.session() as second:
        assert first.ask_all([WWW], deadline)[0].outcome is Outcome.FOUND
        assert second.ask_all([WWW], deadline)[0].outcome is Outcome.FOUND
        assert first.ask_all([MISSING], deadline)[0].name_denied


# The command


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(application, ["verify", "--json", *arguments])


def status(result: Result) -> str:
    verdict: dict[str, str] = json.loads(result.stdout)
    return verdict["status"]


def test_the_command_finds_an_emblem_in_every_way(unbound: Resolver, address: str) -> None:
    ca = [] if address == unbound.plain else ["--resolver-ca", str(unbound.root)]
    assert status(verify(HOSPITAL, "--resolver", address, *ca)) == "claimed"
    assert status(verify("www.example", "--resolver", address, *ca)) == "unmarked"


def test_the_command_asks_several_and_says_that_they_agree(unbound: Resolver) -> None:
    several = [part for address in unbound.addresses() for part in ("--resolver", address)]
    assert status(verify("www.example", *several, "--resolver-ca", str(unbound.root))) == "unmarked"


def test_a_resolver_that_denies_what_another_found_does_not_hide_it(unbound: Resolver) -> None:
    with NameServer(ZONE, faults=Faults(deny=True)) as liar:
        resolvers = ["--resolver", str(liar.address), "--resolver", unbound.tls, "--resolver-ca", str(unbound.root)]
        result = verify(HOSPITAL, *resolvers)
    assert status(result) == "claimed"
    assert "the resolvers disagree" in result.stdout


def test_a_resolver_that_found_nothing_where_another_fails_is_not_believed(unbound: Resolver) -> None:
    with NameServer(ZONE, faults=Faults(response_code=5)) as refusing:
        result = verify("www.example", "--resolver", str(refusing.address), "--resolver", unbound.plain)
    assert status(result) == "undetermined"


def test_a_resolver_that_is_not_trusted_makes_nothing_of_it(unbound: Resolver) -> None:
    result = verify("www.example", "--resolver", unbound.tls)
    assert status(result) == "undetermined"
    assert "certificate" in result.stdout


@pytest.mark.parametrize("resolver", ["tls://dns.example", "quic://127.0.0.1", "https://127.0.0.1/q{?dns}"])
def test_a_resolver_that_is_none_is_wrong_use(resolver: str) -> None:
    result = verify("www.example", "--resolver", resolver)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "resolver" in result.stderr
