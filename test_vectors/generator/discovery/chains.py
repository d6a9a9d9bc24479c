"""Chains of trust over several zones, and those that end."""

from __future__ import annotations

from dataclasses import replace

from test_vectors.generator.discovery.messages import (
    AAAA,
    AT_NAME,
    NS,
    QUESTION,
    ZONE,
    A,
    Question,
    address,
    alias,
    found,
    message,
    nodata,
    soa,
    text,
)
from test_vectors.generator.discovery.signed import (
    AUTHENTIC,
    BOGUS,
    FOUND_BOGUS,
    PARENT,
    RECORDS,
    RELIEF,
    STRANGE,
    WORLD,
    ask,
)
from test_vectors.generator.discovery.signing import DNSKEY, DS, Zone
from test_vectors.generator.discovery.world import TIMEOUT, DiscoveryTopic, World, denying, unmarked
from test_vectors.generator.jws import tokens as jws
from test_vectors.generator.vector import TARGET, Document, protected, undetermined

HOST = "host.provider.example"


def insecure(vectors: DiscoveryTopic) -> None:
    """It is proven that the answers need not be signed, or cannot be checked."""
    at_zone = Question(ZONE, DS)
    world = denying() | {
        Question("example", DNSKEY): PARENT.keys(),
        at_zone: PARENT.nodata(at_zone, (NS,)),
    }
    anchors = [PARENT.anchor()]
    note = unmarked(
        "discovery-denied", "denial-unauthenticated", dnssec="insecure", absent_reasons=["denial-authentic"]
    )
    ask(vectors, "unsigned-denied", "An unsigned zone below a signed one", world, note, anchors=anchors)
    ask(
        vectors,
        "unsigned-found",
        "Records in an unsigned zone below a signed one",
        world | {QUESTION: found(QUESTION, *RECORDS)},
        protected("signed", dnssec="insecure", absent_reasons=["dnssec-bogus"]),
        anchors=anchors,
    )
    ask(
        vectors,
        "unsigned-unproven",
        "The zone above does not prove that it is unsigned",
        world | {at_zone: nodata(at_zone, "example")},
        BOGUS,
        anchors=anchors,
    )
    for slug, title, changes in (
        ("algorithm", "The DS record names an algorithm that is not known", {"algorithm": 200}),
        ("digest", "The DS record has a digest of a kind that is not known", {"digest_type": 200}),
    ):
        ask(
            vectors,
            f"unsupported-{slug}",
            title,
            WORLD | {Question("example", DNSKEY): PARENT.keys(), at_zone: PARENT.found(at_zone, RELIEF.ds(**changes))},
            note,
            anchors=anchors,
        )
    ask(
        vectors,
        "unsupported-beside",
        "A DS record of an unknown digest beside one that counts",
        WORLD
        | {
            Question("example", DNSKEY): PARENT.keys(),
            at_zone: PARENT.found(at_zone, RELIEF.ds(digest_type=200), RELIEF.ds()),
        },
        AUTHENTIC,
        anchors=anchors,
    )


def unknown(vectors: DiscoveryTopic) -> None:
    """Nothing can be said."""
    note = unmarked("denial-unauthenticated", dnssec="indeterminate")
    ask(vectors, "no-anchor", "No trust anchor above the name", WORLD, note, anchors=[Zone("other.example").anchor()])
    ask(vectors, "keys-lost", "The zone's keys cannot be had", WORLD | {Question(ZONE, DNSKEY): TIMEOUT}, note)
    stripped = found(Question(ZONE, DNSKEY), RELIEF.dnskey)
    ask(
        vectors,
        "no-signatures",
        "A resolver that gives no signatures at all",
        denying() | {Question(ZONE, DNSKEY): stripped},
        note,
    )
    ask(
        vectors,
        "no-signatures-found",
        "The same, and an emblem",
        denying() | {Question(ZONE, DNSKEY): stripped, QUESTION: found(QUESTION, *RECORDS)},
        protected("signed", dnssec="indeterminate"),
    )
    vectors.ask(
        "not-checked",
        "Without trust anchors nothing is checked",
        WORLD,
        unmarked(dnssec="not-checked", absent_reasons=["denial-authentic", "denial-unauthenticated"]),
        section="DNSSEC",
    )


def delegations(vectors: DiscoveryTopic) -> None:
    """Two zones in a row."""
    at_zone = Question(ZONE, DS)
    anchors = [PARENT.anchor()]
    world = WORLD | {Question("example", DNSKEY): PARENT.keys(), at_zone: PARENT.found(at_zone, RELIEF.ds())}
    ask(vectors, "delegation", "A chain of two zones", world, AUTHENTIC, anchors=anchors)
    ask(
        vectors,
        "delegation-mismatch",
        "The DS record names another key",
        world | {at_zone: PARENT.found(at_zone, STRANGE.ds())},
        BOGUS,
        anchors=anchors,
    )
    ask(
        vectors,
        "delegation-digest",
        "The DS record has the key's tag and algorithm, and another digest",
        world | {at_zone: PARENT.found(at_zone, replace(RELIEF.ds(), data=RELIEF.ds().data[:4] + b"\x5a" * 32))},
        BOGUS,
        anchors=anchors,
    )
    ask(
        vectors,
        "delegation-rollover",
        "Two DS records, of which one names the key",
        world | {at_zone: PARENT.found(at_zone, STRANGE.ds(), RELIEF.ds())},
        AUTHENTIC,
        anchors=anchors,
    )
    ask(
        vectors,
        "delegation-unsigned-ds",
        "The DS record is not signed",
        world | {at_zone: found(at_zone, RELIEF.ds())},
        BOGUS,
        anchors=anchors,
    )
    ask(
        vectors,
        "delegation-own-ds",
        "The DS record is signed by the zone that it is about",
        world | {at_zone: RELIEF.found(at_zone, RELIEF.ds())},
        BOGUS,
        anchors=anchors,
    )
    ask(
        vectors,
        "delegation-closest-anchor",
        "Anchors of both zones: the nearer one begins the chain, and the other's does not matter",
        WORLD,
        AUTHENTIC,
        anchors=[*anchors, RELIEF.anchor()],
    )


def aliases(vectors: DiscoveryTopic) -> None:
    """Every zone on the way counts."""
    at_provider = Question("provider.example", DS)
    above: World = {
        Question("example", DNSKEY): PARENT.keys(),
        Question(ZONE, DS): PARENT.found(Question(ZONE, DS), RELIEF.ds()),
        at_provider: PARENT.nodata(at_provider, (NS,)),
    }
    records = [replace(one, owner=HOST) for one in RECORDS]
    led = [*RELIEF.signed(alias(TARGET, HOST)), *records]
    ask(
        vectors,
        "alias-insecure",
        "A signed CNAME into an unsigned zone",
        WORLD | above | {QUESTION: message(QUESTION, answer=led)},
        protected("signed", dnssec="insecure"),
        anchors=[PARENT.anchor()],
    )
    ask(
        vectors,
        "alias-forged",
        "An unsigned CNAME in a signed zone",
        WORLD | above | {QUESTION: message(QUESTION, answer=[alias(TARGET, HOST), *records])},
        FOUND_BOGUS,
        anchors=[PARENT.anchor()],
    )
    ask(
        vectors,
        "alias-forged-denied",
        "An unsigned CNAME in a signed zone, to a name without records",
        WORLD
        | above
        | {QUESTION: message(QUESTION, answer=[alias(TARGET, HOST)], authority=[soa("provider.example")])},
        BOGUS,
        anchors=[PARENT.anchor()],
    )


def addresses(vectors: DiscoveryTopic) -> None:
    """Addresses that decide must be authentic, too."""
    values = jws.alone(jws.emblem(assets=["[192.0.2.0/24]"]))
    in_4, in_6 = Question(TARGET, A), Question(TARGET, AAAA)
    world = WORLD | {
        AT_NAME: RELIEF.found(AT_NAME, *(text(TARGET, value) for value in values)),
        in_4: RELIEF.found(in_4, address(TARGET, "192.0.2.1")),
        in_6: RELIEF.nodata(in_6),
    }
    through: Document = {"status": "claimed", "level": "signed", "trusted": True}
    ask(
        vectors,
        "addresses-secure",
        "An emblem that marks every address of the name, all signed",
        world,
        through | {"dnssec": "secure", "reasons": ["marked-through-name"], "absent_reasons": ["dnssec-bogus"]},
    )
    ask(
        vectors,
        "addresses-forged",
        "The address that is marked is not signed",
        world | {in_4: found(in_4, address(TARGET, "192.0.2.1"))},
        through | {"dnssec": "bogus", "reasons": ["marked-through-name", "dnssec-bogus"]},
    )
    ask(
        vectors,
        "addresses-forged-other",
        "An address that is not marked is not signed: it forbids a rejection",
        world | {in_4: found(in_4, address(TARGET, "198.51.100.7"))},
        undetermined("asset-mismatch", "dnssec-bogus", dnssec="bogus"),
    )
