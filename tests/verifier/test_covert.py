"""Looking without being seen: what is asked, of whom, and what a "no" is then worth; both drivers say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import pytest
from click.testing import CliRunner
from emblem_cli.application import application

from emblem.dns import RecordType, ServerAddress, TlsServer
from emblem.errors import ResolverError
from emblem.model.verdict import DnssecState, Status, Verdict
from emblem.server import Zone
from emblem.verifier.drivers import AsyncVerifier, Verifier
from tests.support.arrangement import DAY, HOSPITAL, JWS, NOW, bare, chain, codes, root, signing, trusting
from tests.support.certificates import CertificateAuthority
from tests.support.encrypted_server import EncryptedServer, Stream, framed, read_messages, responder
from tests.support.naming import Verify, ihle_lines, txt_lines, verify_concurrently, verify_waiting, zone

NAME = "resolver.example"
ADDRESS, REVERSE = "192.0.2.1", "1.2.0.192.in-addr.arpa"
BELOW = "_emblem." + HOSPITAL
EMBLEM = chain(root, signing).emblem()
MARKED = txt_lines(HOSPITAL, EMBLEM.records)
THERE = f"{HOSPITAL}. A {ADDRESS}"
TRUST = trusting(bare(root))
ORDINARY = {RecordType.A, RecordType.AAAA, RecordType.HTTPS, RecordType.TXT}
BLOCK = 128
"""Octets of which every query is a multiple (RFC 8467, section 4.1)."""


@dataclass(frozen=True, slots=True)
class Resolver:
    """A resolver that is asked over TLS, and the queries that it got, as messages."""

    address: TlsServer
    queries: list[bytes] = field(default_factory=list)

    @property
    def messages(self) -> list[dns.message.Message]:
        """The queries, understood."""
        return [dns.message.from_wire(query) for query in self.queries]

    @property
    def asked(self) -> set[tuple[str, int]]:
        """The names and types that were asked for."""
        return {(query.question[0].name.to_text(True), int(query.question[0].rdtype)) for query in self.messages}


Resolve = Callable[..., AbstractContextManager[Resolver]]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    """Who vouches for the resolver."""
    return CertificateAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def resolving(authority: CertificateAuthority) -> Resolve:
    """Serves the zone ``example`` with some lines, and of reverse names."""
    certificate = authority.issue(NAME)

    @contextmanager
    def resolve(*lines: str, reverse: Sequence[str] = ()) -> Iterator[Resolver]:
        queries: list[bytes] = []
        answer = responder(zone(*lines), Zone.parse("$ORIGIN arpa.\n$TTL 60\n" + "\n".join(reverse) + "\n", "arpa"))

        def talk(stream: Stream) -> None:
            for query in read_messages(stream):
                queries.append(query)
                stream.sendall(framed(answer(query)))

        with EncryptedServer(talk, certificate.context("dot")) as server:
            yield Resolver(TlsServer(server.address, NAME), queries)

    return resolve


@pytest.fixture(params=[verify_waiting, verify_concurrently], ids=["waiting", "concurrent"])
def verify(request: pytest.FixtureRequest, authority: CertificateAuthority) -> Verify:
    """Both drivers of the verifier, one after the other, covertly."""

    def covertly(target: str, resolver: Resolver, **more: Any) -> Verdict:
        verdict: Verdict = request.param(target, resolver.address, covert=True, resolver_ca=authority.root, **more)
        return verdict

    return covertly


# What is asked


def test_an_emblem_in_a_txt_record_at_the_name_is_found(verify: Verify, resolving: Resolve) -> None:
    with resolving(THERE, *MARKED) as resolver:
        verdict = verify(HOSPITAL, resolver, trust=TRUST)

    assert (verdict.status, verdict.sets[0].carriage) == (Status.PROTECTED, "txt")
    assert resolver.asked == {(HOSPITAL, number) for number in ORDINARY}


def test_an_emblem_that_comes_along_in_the_additional_section_is_found(verify: Verify, resolving: Resolve) -> None:
    records = chain(signing, issuer=None).emblem().records
    with resolving(THERE, *ihle_lines(HOSPITAL, records)) as resolver:
        verdict = verify(HOSPITAL, resolver, trust=trusting(bare(signing)))

    assert (verdict.status, verdict.sets[0].carriage) == (Status.PROTECTED, "ihle")
    assert resolver.asked == {(HOSPITAL, number) for number in ORDINARY}


def test_an_emblem_of_addresses_is_compared_with_those_of_the_name(verify: Verify, resolving: Resolve) -> None:
    records = chain(signing, issuer=None, form=JWS).emblem(f"[{ADDRESS}]").records
    with resolving(THERE, *txt_lines(HOSPITAL, records)) as resolver:
        assert verify(HOSPITAL, resolver).status is Status.CLAIMED

    assert resolver.asked == {(HOSPITAL, number) for number in ORDINARY}


def test_an_address_is_asked_for_as_mail_software_asks(verify: Verify, resolving: Resolve) -> None:
    records = chain(root, signing).emblem(REVERSE).records
    with resolving(THERE, *MARKED, reverse=[f"{REVERSE}. PTR {HOSPITAL}.", *txt_lines(REVERSE, records)]) as resolver:
        assert verify(ADDRESS, resolver, trust=TRUST).status is Status.PROTECTED

    assert resolver.asked == {(REVERSE, RecordType.PTR), (REVERSE, RecordType.TXT)}


def test_every_query_is_like_those_of_ordinary_software(verify: Verify, resolving: Resolve) -> None:
    with resolving(THERE, *MARKED) as resolver:
        verify(HOSPITAL, resolver, trust=TRUST)

    for query in resolver.messages:
        assert not query.flags & dns.flags.CD
        assert not query.ednsflags & dns.flags.DO
        assert [option.otype.name for option in query.options] == ["PADDING"]
    assert {len(query) % BLOCK for query in resolver.queries} == {0}


def test_no_question_tells_of_the_length_of_the_name(verify: Verify, resolving: Resolve) -> None:
    lengths = set()
    for name in ("a.example", "a-much-longer-name-of-a-hospital-in-the-mountains.example"):
        with resolving() as resolver:
            verify(name, resolver)
        lengths |= {len(query) for query in resolver.queries}

    assert lengths == {BLOCK}


# DNSSEC


def test_keys_are_not_asked_for_and_the_verdict_says_that_nothing_was_checked(
    verify: Verify, resolving: Resolve
) -> None:
    with resolving(THERE, *MARKED) as resolver:
        verdict = verify(HOSPITAL, resolver, trust=TRUST, dnssec=True)

    assert (verdict.status, verdict.dnssec) == (Status.PROTECTED, DnssecState.NOT_CHECKED)


def test_a_policy_that_requires_dnssec_withholds_protection_then(verify: Verify, resolving: Resolve) -> None:
    with resolving(THERE, *MARKED) as resolver:
        verdict = verify(HOSPITAL, resolver, trust=trusting(bare(root), require_dnssec=True))

    assert verdict.status is Status.CLAIMED
    assert "policy-dnssec" in codes(verdict)


# What a "no" is worth


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [f'{HOSPITAL}. TXT "v=spf1 -all"'],
        ihle_lines(HOSPITAL, EMBLEM.records, 65400),
        txt_lines(BELOW, EMBLEM.records),
    ],
    ids=["nothing", "a record of others", "an emblem of the earlier type", "an emblem below the label"],
)
def test_what_was_not_asked_leaves_an_absence_undetermined(
    verify: Verify, resolving: Resolve, lines: list[str]
) -> None:
    with resolving(THERE, *lines) as resolver:
        verdict = verify(HOSPITAL, resolver, trust=TRUST)

    assert verdict.status is Status.UNDETERMINED
    assert codes(verdict) == {"carriage-not-asked"}
    assert verdict.discovery is not None
    assert verdict.discovery.not_asked == (f"{HOSPITAL} IHLE", f"{BELOW} TXT")


def test_a_name_that_does_not_exist_is_unmarked(verify: Verify, resolving: Resolve) -> None:
    with resolving() as resolver:
        verdict = verify(HOSPITAL, resolver)

    assert verdict.status is Status.UNMARKED
    assert codes(verdict) == {"discovery-name-denied"}


def test_an_alias_to_a_name_that_does_not_exist_is_not(verify: Verify, resolving: Resolve) -> None:
    with resolving(f"{HOSPITAL}. CNAME nobody.example.") as resolver:
        assert verify(HOSPITAL, resolver).status is Status.UNDETERMINED


def test_an_invalid_emblem_is_not_rejected_where_a_valid_one_may_be(verify: Verify, resolving: Resolve) -> None:
    stale = chain(root, signing).emblem(not_before=NOW - 2 * DAY, expires=NOW - DAY)
    with resolving(THERE, *txt_lines(HOSPITAL, stale.records)) as resolver:
        verdict = verify(HOSPITAL, resolver, trust=TRUST)

    assert verdict.status is Status.UNDETERMINED
    assert "carriage-not-asked" in codes(verdict)


def test_an_address_without_an_emblem_at_its_reverse_name_is_undetermined(verify: Verify, resolving: Resolve) -> None:
    for reverse, status in (([f"{REVERSE}. PTR {HOSPITAL}."], Status.UNDETERMINED), ([], Status.UNMARKED)):
        with resolving(THERE, *MARKED, reverse=reverse) as resolver:
            assert verify(ADDRESS, resolver, trust=TRUST).status is status


# Whom


@pytest.mark.parametrize(
    "resolvers",
    [
        [],
        ["127.0.0.1"],
        ["tls://127.0.0.1", "127.0.0.1"],
        ["https://resolver.example/dns-query"],
        ["https+get://127.0.0.1/dns-query"],
    ],
    ids=["the system's", "in the clear", "one of two in the clear", "by its name", "over HTTPS with GET"],
)
def test_a_resolver_that_would_give_the_looker_away_is_refused(resolvers: list[str]) -> None:
    for kind in (Verifier, AsyncVerifier):
        with pytest.raises(ResolverError):
            kind(resolvers=resolvers, covert=True)
    options = [part for resolver in resolvers for part in ("--resolver", resolver)]
    result = CliRunner().invoke(application, ["verify", HOSPITAL, "--covert", *options])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("emblem: resolver: ")


def test_a_rule_for_transports_does_not_weaken_it() -> None:
    with pytest.raises(ResolverError):
        Verifier(resolvers=[ServerAddress("127.0.0.1")], covert=True)


def test_a_resolver_without_its_certificate_is_told_nothing(resolving: Resolve, tmp_path: Path) -> None:
    other = CertificateAuthority(tmp_path)
    with resolving(THERE, *MARKED) as resolver:
        verdict = verify_waiting(HOSPITAL, resolver.address, covert=True, resolver_ca=other.root)

    assert verdict.status is Status.UNDETERMINED
    assert resolver.queries == []
