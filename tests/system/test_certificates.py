"""A certified key found through real servers: named by its own domain in signed zones, and judged again offline."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emblem.codec.evidence import decode_bundle, encode_bundle
from emblem.dns.dnssec import TrustAnchors, parse_anchors
from emblem.issuance.tokens import issue
from emblem.model.organization import Organization
from emblem.model.sign import Sign
from emblem.model.verdict import CommitmentState, DnssecState, Level, Status, Verdict
from emblem.validation.trust import Trust, TrustedCertificate
from emblem.verifier.bundles import judge_bundle
from emblem.verifier.capture import Captured
from emblem.verifier.drivers import Verifier
from emblem.verifier.settings import Settings
from test_vectors.generator.certificates import LEAF, PKI
from test_vectors.generator.keys import EMBLEM
from tests.support.arrangement import MINISTRY, codes
from tests.support.certified import KEY
from tests.support.naming import ihle_lines
from tests.system.servers import Endpoint
from tests.system.signed_zones import Zone, serving
from tests.system.unbound import resolving

NOW = int(time.time())
PERIOD = (NOW - 86400, NOW + 86400)
SIGNED, SILENT, UNSIGNED = "signed.example", "silent.example", "unsigned.example"
AUTHORITY = PKI.but(period=PERIOD)
TRUST = Trust(certificates=(TrustedCertificate(AUTHORITY.der, MINISTRY),))


def zone(name: str, *, names: bool = True, signed: bool = True) -> Zone:
    """A zone whose host ``www`` is marked, and which names the certificate of the key, or does not."""
    certificate = LEAF.but(issuer=AUTHORITY, names=(name, f"www.{name}"), period=PERIOD)
    token = issue(
        [f"www.{name}"],
        signer=KEY,
        sign=Sign.RED_CROSS,
        not_before=datetime.fromtimestamp(NOW - 60, UTC),
        expires=datetime.fromtimestamp(NOW + 3600, UTC),
        issuer=Organization(name),
        certificates=[certificate.der],
    )
    record = f"_emblem TLSA 3 0 1 {hashlib.sha256(certificate.der).hexdigest()}"
    lines = [*ihle_lines(f"www.{name}", [EMBLEM.record, token]), *([record] if names else [])]
    return Zone(name, "\n".join(lines), signed=signed)


@dataclass(frozen=True, slots=True)
class World:
    """A running resolver, and where DNSSEC begins."""

    resolver: Endpoint
    anchors: TrustAnchors

    def capture(self, host: str, trust: Trust | None = None) -> Captured:
        """Find out about a host, and keep everything."""
        return Verifier(trust, resolvers=[str(self.resolver)], anchors=self.anchors).capture(host)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    places: list[Path] = [tmp_path_factory.mktemp(name) for name in ("zones", "resolver")]
    zones = (zone(SIGNED), zone(SILENT, names=False), zone(UNSIGNED, signed=False))
    with (
        serving(zones, places[0]) as tree,
        resolving(tree.authority, zones=tree.zones, anchor=tree.anchor, directory=places[1]) as resolver,
    ):
        yield World(resolver, parse_anchors(tree.anchor))


def again(captured: Captured, world: World, trust: Trust | None = None) -> Verdict:
    """What somebody comes to who has only the bundle."""
    bundle = decode_bundle("bundle", encode_bundle(captured.evidence))
    return judge_bundle(bundle, now=datetime.now(UTC), settings=Settings(trust or Trust()), anchors=world.anchors)


def test_a_signed_zone_that_names_the_certificate_proves_the_organization_and_protects_nothing(world: World) -> None:
    captured = world.capture(f"www.{SIGNED}")

    for verdict in (captured.verdict, again(captured, world)):
        assert (verdict.status, verdict.level, verdict.trusted) == (Status.CLAIMED, Level.ORGANIZATIONAL, False)
        assert (verdict.commitment, verdict.dnssec) == (CommitmentState.VERIFIED, DnssecState.SECURE)
        assert "certification-dane" in codes(verdict)


@pytest.mark.parametrize(
    ("name", "said"), [(SILENT, "no authority that you trust"), (UNSIGNED, "are not authentic (insecure)")]
)
def test_a_zone_that_names_none_or_is_not_signed_proves_nothing(world: World, name: str, said: str) -> None:
    captured = world.capture(f"www.{name}")

    for verdict in (captured.verdict, again(captured, world)):
        assert (verdict.status, verdict.level) == (Status.CLAIMED, Level.SIGNED)
        assert any(said in reason.message for reason in verdict.reasons)


@pytest.mark.parametrize("name", [SIGNED, SILENT, UNSIGNED])
def test_whoever_trusts_the_authority_is_told_protected_live_and_from_a_bundle_that_others_made(
    world: World, name: str
) -> None:
    live, kept = world.capture(f"www.{name}", TRUST).verdict, again(world.capture(f"www.{name}"), world, TRUST)

    for verdict in (live, kept):
        assert (verdict.status, verdict.level, verdict.endorsed_by) == (
            Status.PROTECTED,
            Level.ENDORSED,
            (MINISTRY,),
        )


def test_the_question_to_the_domain_is_told(world: World) -> None:
    discovery = world.capture(f"www.{SIGNED}").verdict.discovery

    assert discovery is not None
    assert (f"_emblem.{SIGNED}", "TLSA", "found") in [(one.name, one.type, one.outcome) for one in discovery.queries]
