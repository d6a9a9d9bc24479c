"""Two hundred hosts of a signed zone: marked, seen on the secondary, verified through Unbound, and unmarked again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dns.dnssec
import dns.message
import dns.name
import dns.query
import dns.rrset
import pytest
from click.testing import CliRunner, Result
from emblem_cli.application import application

from emblem.dns.dnssec import TrustAnchors, parse_anchors
from emblem.model.organization import Organization
from emblem.model.verdict import DnssecState, Level, Status, Verdict
from emblem.trust.store import TrustStore
from emblem.verifier.drivers import AsyncVerifier
from tests.support.certificates import CertificateAuthority
from tests.system.servers import Endpoint, ServerProgram, free_port, running
from tests.system.updatable import Updatable, updatable

ORIGIN = "relief.example"
HOSTS = tuple(f"host{number}.{ORIGIN}" for number in range(200))
ZONE = f"""$TTL 300
@ SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
$GENERATE 0-{len(HOSTS) - 1} host$ A 192.0.2.1
$GENERATE 0-{len(HOSTS) - 1} host$ TXT "v=spf1 -all"
"""
RESOLVER_NAME = "resolver.example.net"
QUERY_SECONDS = 5.0
SIGNING_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Scene:
    """The zone on its two servers, Unbound in front of the primary, and the organization's folder."""

    zone: Updatable
    resolvers: tuple[str, ...]
    root: Path
    anchors: TrustAnchors
    folder: Path

    def emblem(self, *arguments: str) -> Result:
        return CliRunner().invoke(application, arguments)

    def verdicts(self, resolver: str) -> list[Verdict]:
        """What the verifier says of every host."""
        trust = TrustStore.load(self.folder / "keys" / "root.pub.pem", bind_to=Organization.parse(f"https://{ORIGIN}"))

        root = self.root if "//" in resolver else None

        async def verify() -> list[Verdict]:
            async with AsyncVerifier(
                trust, resolvers=[resolver], resolver_ca=root, anchors=self.anchors, timeout=60
            ) as verifier:
                return [verdict async for verdict in verifier.verify_many(HOSTS)]

        return asyncio.run(verify())


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Everything running, the organization's keys made, and an emblem signed for every host."""
    places = {name: tmp_path / name for name in ("zone", "unbound", "authority", "desk")}
    for place in places.values():
        place.mkdir()
    monkeypatch.chdir(places["desk"])
    authority = CertificateAuthority(places["authority"])
    with updatable(origin=ORIGIN, zone=ZONE, directory=places["zone"], signed=True) as zone:
        anchor = delegation_signer(zone.primary.endpoint)
        ports = (free_port(), free_port())
        with running(
            unbound(zone, anchor, authority, ports), origin=ORIGIN, zone="", directory=places["unbound"]
        ) as at:
            resolvers = (
                str(at),
                f"tls://127.0.0.1:{ports[0]}#{RESOLVER_NAME}",
                f"https://127.0.0.1:{ports[1]}/dns-query#{RESOLVER_NAME}",
            )
            scene = Scene(zone, resolvers, authority.root, parse_anchors(anchor), places["desk"])
            prepare(scene)
            yield scene


def prepare(scene: Scene) -> None:
    issuer = ("--issuer", f"https://{ORIGIN}")
    signing = ("--endorsed-key", "keys/signing.pub.pem", "--purpose", "protective", "-o", "endorsements/signing.emblem")
    Path("endorsements").mkdir()
    for arguments in (
        ("key", "new", "root", "--no-passphrase"),
        ("key", "new", "signing", "--no-passphrase"),
        ("endorse", "--key", "keys/root.pem", *issuer, "--subject", f"https://{ORIGIN}", *signing),
        ("issue", *HOSTS, "--key", "keys/signing.pem", *issuer, "--sign", "red-cross"),
    ):
        result = scene.emblem(*arguments)
        assert result.exit_code == 0, result.output


def delegation_signer(endpoint: Endpoint) -> str:
    """The DS record that a parent would hold for the zone's key."""
    keys, _ = signed_answer(endpoint, ORIGIN, "DNSKEY")
    signed_answer(endpoint, HOSTS[-1], "A")
    (entry,) = [key for key in keys if key.flags & 1]
    return f"{ORIGIN}. DS {dns.dnssec.make_ds(dns.name.from_text(ORIGIN), entry, 'SHA256').to_text()}"


def signed_answer(endpoint: Endpoint, name: str, kind: str) -> list[dns.rrset.RRset]:
    """The records with their signature, as soon as the primary has signed them."""
    query = dns.message.make_query(name, kind, want_dnssec=True)
    deadline = time.monotonic() + SIGNING_SECONDS
    while len(answer := dns.query.tcp(query, endpoint.address, QUERY_SECONDS, endpoint.port).answer) < 2:
        assert time.monotonic() < deadline, f"{name} {kind} is not signed"
        time.sleep(0.05)
    return answer


def unbound(zone: Updatable, anchor: str, authority: CertificateAuthority, ports: tuple[int, int]) -> ServerProgram:
    """Unbound, validating, asked plainly, over TLS and over HTTPS, in front of the zone's primary."""
    certificate = authority.issue(RESOLVER_NAME, "127.0.0.1")
    primary = zone.primary.endpoint

    def configuration(origin: str, endpoint: Endpoint, directory: Path) -> str:
        return f"""
server:
    interface: {endpoint.address}@{endpoint.port}
    interface: {endpoint.address}@{ports[0]}
    interface: {endpoint.address}@{ports[1]}
    port: {endpoint.port}
    tls-port: {ports[0]}
    https-port: {ports[1]}
    tls-service-key: "{certificate.key}"
    tls-service-pem: "{certificate.certificate}"
    http-endpoint: "/dns-query"
    directory: "{directory}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: ""
    num-threads: 1
    do-ip6: no
    do-not-query-localhost: no
    incoming-num-tcp: 1000
    module-config: "validator iterator"
    trust-anchor: "{anchor}"
remote-control:
    control-enable: no
stub-zone:
    name: "{origin}"
    stub-addr: {primary.address}@{primary.port}
"""

    return ServerProgram(
        name="unbound", package="unbound", configuration=configuration, arguments=("-d", "-c"), recursive=True
    )


def test_two_hundred_hosts_are_marked_verified_in_every_way_and_leave_nothing_once_unmarked(scene: Scene) -> None:
    before = scene.zone.contents()

    published = scene.emblem("publish", *HOSTS, *scene.zone.options)
    scene.zone.wait_for_secondary()
    on_the_secondary = scene.verdicts(str(scene.zone.secondary.endpoint))
    through_unbound = [scene.verdicts(resolver) for resolver in scene.resolvers]
    unpublished = scene.emblem("unpublish", *HOSTS, *scene.zone.options)

    assert (published.exit_code, unpublished.exit_code) == (0, 0), published.output + unpublished.output
    for verdicts in (on_the_secondary, *through_unbound):
        assert {verdict.target.text for verdict in verdicts} == set(HOSTS)
        assert {(verdict.status, verdict.level, verdict.dnssec) for verdict in verdicts} == {
            (Status.PROTECTED, Level.ORGANIZATIONAL, DnssecState.SECURE)
        }
    assert scene.zone.contents() == before
