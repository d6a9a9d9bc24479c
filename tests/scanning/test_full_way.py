"""Scans that go the full way for every target: through encrypted resolvers, and covertly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emblem.dns import TlsServer
from emblem.model.verdict import Status
from tests.support.certificates import CertificateAuthority
from tests.support.encrypted_server import EncryptedServer, Stream, framed, read_messages, responder
from tests.support.naming import zone
from tests.support.scanning import EXPECTED, LINES, scanned, statuses

NAME = "resolver.example"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    """Who vouches for the resolver."""
    return CertificateAuthority(tmp_path_factory.mktemp("authority"))


@contextmanager
def resolving(authority: CertificateAuthority) -> Iterator[tuple[EncryptedServer, TlsServer]]:
    """A resolver over TLS for the zone with names of every kind."""
    answer = responder(zone(*LINES))

    def talk(stream: Stream) -> None:
        for query in read_messages(stream):
            stream.sendall(framed(answer(query)))

    with EncryptedServer(talk, authority.issue(NAME).context("dot")) as server:
        yield server, TlsServer(server.address, NAME)


def test_through_an_encrypted_resolver_the_same_is_found_over_few_connections(authority: CertificateAuthority) -> None:
    with resolving(authority) as (server, resolver):
        findings, statistics = scanned(EXPECTED, resolver, resolver_ca=Path(authority.root))

    assert statuses(findings) == EXPECTED
    assert statistics.examined == len(EXPECTED)
    assert statistics.at_first_sight == 0
    assert server.connections <= 2
    assert statistics.resolvers[str(resolver)].queries > len(EXPECTED)


def test_covertly_a_name_that_exists_is_never_a_no(authority: CertificateAuthority) -> None:
    names = ["text.example", "plain.example", "nobody.example"]
    with resolving(authority) as (_, resolver):
        findings, _ = scanned(names, resolver, resolver_ca=Path(authority.root), covert=True)

    assert statuses(findings) == {
        "text.example": Status.PROTECTED,
        "plain.example": Status.UNDETERMINED,
        "nobody.example": Status.UNMARKED,
    }


def test_rates_are_kept_there_too(authority: CertificateAuthority) -> None:
    names = [f"host{number}.example" for number in range(30)]
    with resolving(authority) as (_, resolver):
        findings, statistics = scanned(names, resolver, resolver_ca=Path(authority.root), rate=200)

    assert set(statuses(findings).values()) == {Status.UNMARKED}
    assert statistics.queries == 5 * len(names)
