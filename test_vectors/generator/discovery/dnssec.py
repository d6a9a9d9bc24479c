"""Whether the answers are authentic, and what that does to a verdict."""

from __future__ import annotations

from dataclasses import replace

from test_vectors.generator.cwt.tokens import emblem
from test_vectors.generator.discovery.chains import addresses, aliases, delegations, insecure, unknown
from test_vectors.generator.discovery.denials import EXPIRED
from test_vectors.generator.discovery.denying import denials, secure
from test_vectors.generator.discovery.messages import (
    AT_NAME,
    NS,
    QUESTION,
    ZONE,
    Question,
    found,
    ihle,
    message,
    nodata,
    nxdomain,
    text,
)
from test_vectors.generator.discovery.signed import (
    AUTHENTIC,
    BOGUS,
    FOUND_BOGUS,
    FOUND_SECURE,
    PARENT,
    RECORDS,
    RELIEF,
    STRANGE,
    WORLD,
    ask,
)
from test_vectors.generator.discovery.signing import DNSKEY, DS, Zone
from test_vectors.generator.discovery.world import DiscoveryTopic, denying, unmarked
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import DAY, NOW, TARGET, undetermined


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
