"""Whether the answers are authentic, and what that does to a verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from test_vectors.generator.cwt.tokens import emblem
from test_vectors.generator.discovery.denials import EXPIRED
from test_vectors.generator.discovery.messages import (
    AAAA,
    AT_NAME,
    BELOW,
    IHLE,
    NS,
    QUESTION,
    SERVICE,
    TXT,
    ZONE,
    A,
    Question,
    address,
    alias,
    found,
    ihle,
    message,
    nodata,
    nxdomain,
    soa,
    text,
)
from test_vectors.generator.discovery.signing import (
    DNSKEY,
    DS,
    NXDOMAIN,
    SOA,
    Zone,
    after,
    before,
    hashed,
)
from test_vectors.generator.discovery.world import TIMEOUT, DiscoveryTopic, World, denying, questions, unmarked
from test_vectors.generator.jws import tokens as jws
from test_vectors.generator.keys import EMBLEM, P256, key
from test_vectors.generator.vector import DAY, NOW, TARGET, Document, protected, rejected, undetermined

RELIEF = Zone(ZONE)
PARENT = Zone("example", key("parent zone", P256))
STRANGE = Zone(ZONE, key("stranger's zone", P256))
RECORDS = [ihle(TARGET, EMBLEM.record), ihle(TARGET, emblem())]
AUTHENTIC = unmarked("discovery-denied", "denial-authentic", dnssec="secure", absent_reasons=["denial-unauthenticated"])
BOGUS = undetermined("dnssec-bogus", dnssec="bogus")
FOUND_SECURE = protected("signed", dnssec="secure", absent_reasons=["dnssec-bogus"])
FOUND_BOGUS = protected("signed", "dnssec-bogus", dnssec="bogus")
HOST = "host.provider.example"
ANCHORS = (RELIEF.anchor(),)
Deny = Callable[[Question], bytes]


def topic() -> DiscoveryTopic:
    """The vectors of this file."""
    vectors = DiscoveryTopic("discovery", "dnssec", "Chains of trust, and what DNSSEC does to a verdict.")
    secure(vectors)
    denials(vectors)
    bogus(vectors)
    insecure(vectors)
    unknown(vectors)
    delegations(vectors)
    aliases(vectors)
    addresses(vectors)
    policies(vectors)
    return vectors


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


def secure(vectors: DiscoveryTopic) -> None:
    """Signed, and the signatures hold."""
    ask(vectors, "secure-denied", "A signed denial of every carriage", WORLD, AUTHENTIC)
    ask(vectors, "secure-found", "Signed records", WORLD | {QUESTION: RELIEF.found(QUESTION, *RECORDS)}, FOUND_SECURE)
    ecdsa = Zone(ZONE, key("another zone", P256))
    ask(
        vectors,
        "secure-ecdsa",
        "The same by ECDSA with P-256",
        signed_world(ecdsa),
        AUTHENTIC,
        anchors=[ecdsa.anchor()],
    )
    ask(
        vectors,
        "secure-text",
        "Signed TXT records of others",
        WORLD | {AT_NAME: RELIEF.found(AT_NAME, text(TARGET, "v=spf1 -all"))},
        AUTHENTIC,
    )
    bad = [ihle(TARGET, EMBLEM.record), ihle(TARGET, EXPIRED)]
    ask(
        vectors,
        "secure-rejected",
        "Signed records with an expired emblem: DNSSEC says nothing of a token",
        WORLD | {QUESTION: RELIEF.found(QUESTION, *bad)},
        rejected("token-expired", dnssec="secure"),
    )
    ask(
        vectors,
        "secure-at-later",
        "Judged as of three days from now, when the signatures of today will be over: they hold now",
        WORLD | {QUESTION: RELIEF.found(QUESTION, *RECORDS)},
        FOUND_SECURE,
        at="2027-03-04T12:00:00Z",
    )
    made = RELIEF.signed(*RECORDS, wildcard=f"*.{ZONE}")
    proof = RELIEF.nsec(ZONE, f"zzz.{ZONE}", (NS, SOA, DNSKEY))
    ask(
        vectors,
        "secure-wildcard",
        "Records made from a wildcard, with the proof that nothing closer exists",
        WORLD | {QUESTION: message(QUESTION, answer=made, authority=proof)},
        FOUND_SECURE,
    )
    ask(
        vectors,
        "wildcard-unproven",
        "Records made from a wildcard, without that proof",
        WORLD | {QUESTION: message(QUESTION, answer=made)},
        FOUND_BOGUS,
    )
    ask(
        vectors,
        "secure-excused",
        "A signed denial of the name; other questions get no response",
        signed_world(deny=RELIEF.nxdomain) | dict.fromkeys((*questions()[1:], SERVICE), TIMEOUT),
        unmarked("discovery-name-denied", "denial-authentic", dnssec="secure"),
    )
    ask(
        vectors,
        "secure-service-lost",
        "A signed denial of every carriage; the question for the HTTPS record gets no response",
        WORLD | {SERVICE: TIMEOUT},
        AUTHENTIC,
    )


def denials(vectors: DiscoveryTopic) -> None:
    """Proofs of denial, by NSEC and NSEC3."""
    ask(
        vectors,
        "nsec-nxdomain",
        "The name does not exist, by NSEC",
        signed_world(deny=RELIEF.nxdomain),
        unmarked("discovery-name-denied", "denial-authentic", dnssec="secure"),
    )
    ask(vectors, "nsec3-nodata", "No such type, by NSEC3", signed_world(deny=RELIEF.hashed_nodata), AUTHENTIC)
    ask(
        vectors,
        "nsec3-nxdomain",
        "The name does not exist, by NSEC3",
        signed_world(deny=lambda question: RELIEF.hashed_nxdomain(question, ZONE)),
        unmarked("discovery-name-denied", "denial-authentic", dnssec="secure"),
    )
    ask(
        vectors,
        "nsec3-opt-out",
        "The name does not exist, in a span that may hold unsigned delegations",
        signed_world(deny=lambda question: RELIEF.hashed_nxdomain(question, ZONE, flags=1)),
        unmarked("denial-unauthenticated", dnssec="insecure"),
    )
    ask(
        vectors,
        "nsec3-iterations-150",
        "NSEC3 with 150 iterations",
        signed_world(deny=lambda question: RELIEF.hashed_nodata(question, 150)),
        AUTHENTIC,
    )
    ask(
        vectors,
        "nsec3-iterations-151",
        "NSEC3 with 151 iterations: as if unsigned (RFC 9276)",
        signed_world(deny=lambda question: RELIEF.hashed_nodata(question, 151)),
        unmarked("denial-unauthenticated", dnssec="insecure"),
    )

    def one(slug: str, title: str, response: bytes) -> None:
        ask(vectors, slug, title, WORLD | {QUESTION: response}, BOGUS)

    one("nsec-missing", "A denial with a signed SOA and no proof", RELIEF.denial(QUESTION))
    one("nsec-type", "The proof says that the type exists", RELIEF.nodata(QUESTION, (A, IHLE)))
    other = RELIEF.nsec(f"other.{ZONE}", f"p.{ZONE}", (A,))
    one("nsec-other-name", "A proof about another name", RELIEF.denial(QUESTION, other))
    span = RELIEF.nsec(f"a.{ZONE}", f"b.{ZONE}", (A,))
    one("nsec-span", "NXDOMAIN with a span that the name is not in", RELIEF.denial(QUESTION, span, code=NXDOMAIN))
    covers = RELIEF.nsec(f"b.{ZONE}", f"d.{ZONE}", (A,))
    one(
        "nsec-wildcard",
        "NXDOMAIN without a proof that there is no wildcard",
        RELIEF.denial(QUESTION, covers, code=NXDOMAIN),
    )
    exists = RELIEF.nsec(TARGET, f"d.{ZONE}", (A, TXT))
    one(
        "nsec-code-nxdomain",
        "NXDOMAIN, and the proof that the name exists without the type",
        RELIEF.denial(QUESTION, exists, code=NXDOMAIN),
    )
    absent = RELIEF.nsec(ZONE, f"zzz.{ZONE}", (NS, SOA, DNSKEY))
    one("nsec-code-noerror", "NOERROR, and the proof that the name does not exist", RELIEF.denial(QUESTION, absent))
    above = RELIEF.nsec(TARGET, f"d.{ZONE}", (A, NS))
    one("nsec-delegation", "The proof is of the zone above a delegation", RELIEF.denial(QUESTION, above))
    at = hashed(TARGET)
    uncovered = RELIEF.nsec3(before(before(before(at))), before(before(at)), (A,))
    one("nsec3-span", "NSEC3 with a span that the name is not in", RELIEF.denial(QUESTION, uncovered))
    closer = RELIEF.nsec3(before(at), after(at), ())
    one("nsec3-encloser", "NSEC3 without the closest encloser", RELIEF.denial(QUESTION, closer, code=NXDOMAIN))


def bogus(vectors: DiscoveryTopic) -> None:
    """Signatures that do not hold: they forbid a "no", and an emblem stands with a warning."""
    expired, future = replace(RELIEF, period=(NOW - 2 * DAY, NOW - 1)), replace(RELIEF, period=(NOW + 1, NOW + DAY))
    last, first = replace(RELIEF, period=(NOW - DAY, NOW)), replace(RELIEF, period=(NOW, NOW + DAY))
    for slug, title, zone, expect in (
        ("expired", "Signatures that ended a second ago", expired, BOGUS),
        ("future", "Signatures that begin in a second", future, BOGUS),
        ("last-second", "Signatures that end this second", last, AUTHENTIC),
        ("first-second", "Signatures that begin this second", first, AUTHENTIC),
    ):
        ask(vectors, f"period-{slug}", f"{title}, over a denial", WORLD | {QUESTION: zone.nodata(QUESTION)}, expect)
    ask(
        vectors,
        "period-keys",
        "The signature over the zone's keys ended a second ago",
        WORLD | {Question(ZONE, DNSKEY): expired.keys()},
        BOGUS,
    )
    ask(
        vectors,
        "expired-found",
        "Signatures that ended a second ago, over the records of an emblem",
        WORLD | {QUESTION: expired.found(QUESTION, *RECORDS)},
        FOUND_BOGUS,
    )
    bad = [ihle(TARGET, EMBLEM.record), ihle(TARGET, EXPIRED)]
    ask(
        vectors,
        "expired-rejected",
        "Signatures that ended a second ago, over the records of an expired emblem",
        WORLD | {QUESTION: expired.found(QUESTION, *bad)},
        undetermined("token-expired", "dnssec-bogus", dnssec="bogus"),
    )
    other_asset = [ihle(TARGET, EMBLEM.record), ihle(TARGET, emblem(assets=["other.relief.example"]))]
    ask(
        vectors,
        "expired-other-asset",
        "Signatures that ended a second ago, over the records of an emblem of another asset",
        WORLD | {QUESTION: expired.found(QUESTION, *other_asset)},
        undetermined("asset-mismatch", "dnssec-bogus", dnssec="bogus"),
    )
    ask(vectors, "stripped-denied", "A denial without signatures", WORLD | {QUESTION: nodata(QUESTION)}, BOGUS)
    ask(
        vectors,
        "stripped-found",
        "Records without signatures",
        WORLD | {QUESTION: found(QUESTION, *RECORDS)},
        FOUND_BOGUS,
    )
    ask(
        vectors,
        "stripped-text",
        "TXT records of others without signatures: they may hide an emblem",
        WORLD | {AT_NAME: found(AT_NAME, text(TARGET, "v=spf1 -all"))},
        BOGUS,
    )
    ask(
        vectors,
        "forged-nxdomain",
        "NXDOMAIN without signatures, for a name that is there",
        WORLD | {QUESTION: nxdomain(QUESTION)},
        BOGUS,
    )
    ask(vectors, "forged-denied", "A denial by another key", WORLD | {QUESTION: STRANGE.nodata(QUESTION)}, BOGUS)
    ask(
        vectors,
        "forged-found",
        "Records signed by another key",
        WORLD | {QUESTION: STRANGE.found(QUESTION, *RECORDS)},
        FOUND_BOGUS,
    )
    added = [*RELIEF.signed(RECORDS[0]), RECORDS[1]]
    ask(
        vectors,
        "added-record",
        "A record was added to a signed set",
        WORLD | {QUESTION: message(QUESTION, answer=added)},
        FOUND_BOGUS,
    )
    signer = RELIEF.signature(*RECORDS, signer=TARGET)
    ask(
        vectors,
        "signer-no-zone",
        "The signature names a zone that is none",
        WORLD | {QUESTION: message(QUESTION, answer=[*RECORDS, signer])},
        FOUND_BOGUS,
    )
    ask(
        vectors,
        "wrong-anchor",
        "The zone's key is not the one of the anchor",
        WORLD,
        BOGUS,
        anchors=[STRANGE.anchor()],
    )
    ask(
        vectors,
        "elsewhere",
        "A bogus answer beside: the state is that of the records that the verdict rests on",
        WORLD | {QUESTION: RELIEF.found(QUESTION, *RECORDS), AT_NAME: found(AT_NAME, text(TARGET, "hello"))},
        FOUND_SECURE,
    )


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


def policies(vectors: DiscoveryTopic) -> None:
    """A policy that requires authentic answers."""
    require = "Authentic answers are required"
    good = WORLD | {QUESTION: RELIEF.found(QUESTION, *RECORDS)}
    ask(vectors, "required-secure", f"{require}: they are", good, FOUND_SECURE, require=True)
    ask(
        vectors,
        "required-bogus",
        f"{require}: they are bogus",
        WORLD | {QUESTION: STRANGE.found(QUESTION, *RECORDS)},
        BOGUS,
        require=True,
    )
    withheld = {"status": "claimed", "level": "signed", "trusted": True, "reasons": ["policy-dnssec"]}
    ask(
        vectors,
        "required-indeterminate",
        f"{require}: it cannot be told",
        good,
        withheld | {"dnssec": "indeterminate"},
        anchors=[Zone("other.example").anchor()],
        require=True,
    )
    at_zone = Question(ZONE, DS)
    ask(
        vectors,
        "required-insecure",
        f"{require}: the zone is unsigned",
        denying()
        | {
            Question("example", DNSKEY): PARENT.keys(),
            at_zone: PARENT.nodata(at_zone, (NS,)),
            QUESTION: found(QUESTION, *RECORDS),
        },
        withheld | {"dnssec": "insecure"},
        anchors=[PARENT.anchor()],
        require=True,
    )
    vectors.ask(
        "required-not-checked",
        f"{require}: nobody checks them",
        denying() | {QUESTION: found(QUESTION, *RECORDS)},
        withheld | {"dnssec": "not-checked"},
        section="DNSSEC",
        require_dnssec=True,
    )
    ask(
        vectors,
        "required-unmarked",
        f"{require}, and there is nothing: a policy is about what is found",
        denying() | {Question("example", DNSKEY): PARENT.keys(), at_zone: PARENT.nodata(at_zone, (NS,))},
        unmarked("denial-unauthenticated", dnssec="insecure"),
        anchors=[PARENT.anchor()],
        require=True,
    )
