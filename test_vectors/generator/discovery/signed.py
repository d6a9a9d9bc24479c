"""A signed zone in which the target lies, and what its vectors expect."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from test_vectors.generator.cwt.tokens import emblem
from test_vectors.generator.discovery.messages import (
    BELOW,
    SERVICE,
    ZONE,
    Question,
    ihle,
)
from test_vectors.generator.discovery.signing import DNSKEY, DS, Zone
from test_vectors.generator.discovery.world import DiscoveryTopic, World, questions, unmarked
from test_vectors.generator.keys import EMBLEM, P256, key
from test_vectors.generator.vector import TARGET, Document, protected, undetermined

RELIEF = Zone(ZONE)
PARENT = Zone("example", key("parent zone", P256))
STRANGE = Zone(ZONE, key("stranger's zone", P256))
RECORDS = [ihle(TARGET, EMBLEM.record), ihle(TARGET, emblem())]
AUTHENTIC = unmarked("discovery-denied", "denial-authentic", dnssec="secure", absent_reasons=["denial-unauthenticated"])
BOGUS = undetermined("dnssec-bogus", dnssec="bogus")
FOUND_SECURE = protected("signed", dnssec="secure", absent_reasons=["dnssec-bogus"])
FOUND_BOGUS = protected("signed", "dnssec-bogus", dnssec="bogus")
ANCHORS = (RELIEF.anchor(),)
Deny = Callable[[Question], bytes]


def signed_world(zone: Zone = RELIEF, deny: Deny | None = None) -> World:
    """Everything denied in a signed zone, with its keys and what it says of names that begin no zone."""
    world: World = {question: (deny or zone.nodata)(question) for question in (*questions(), SERVICE)}
    at_target, at_below = Question(TARGET, DS), Question(BELOW.name, DS)
    return world | {
        Question(zone.name, DNSKEY): zone.keys(),
        at_target: zone.nodata(at_target),
        at_below: zone.nodata(at_below),
    }


WORLD = signed_world()


def ask(
    vectors: DiscoveryTopic,
    slug: str,
    title: str,
    world: World,
    expect: Document,
    *,
    anchors: Sequence[str] = ANCHORS,
    require: bool = False,
    at: str = "2027-03-01T12:00:00Z",
) -> None:
    """A vector with trust anchors."""
    vectors.ask(slug, title, world, expect, section="DNSSEC", anchors=anchors, require_dnssec=require, at=at)
