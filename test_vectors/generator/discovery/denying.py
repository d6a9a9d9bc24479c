"""Signed answers that hold, and proofs of denial."""

from __future__ import annotations

from test_vectors.generator.discovery.denials import EXPIRED
from test_vectors.generator.discovery.messages import (
    AT_NAME,
    IHLE,
    NS,
    NXDOMAIN,
    QUESTION,
    SERVICE,
    SOA,
    TXT,
    ZONE,
    A,
    ihle,
    message,
    text,
)
from test_vectors.generator.discovery.signed import (
    AUTHENTIC,
    BOGUS,
    FOUND_BOGUS,
    FOUND_SECURE,
    RECORDS,
    RELIEF,
    WORLD,
    ask,
    signed_world,
)
from test_vectors.generator.discovery.signing import DNSKEY, Zone, after, before, hashed
from test_vectors.generator.discovery.world import TIMEOUT, DiscoveryTopic, questions, unmarked
from test_vectors.generator.keys import EMBLEM, P256, key
from test_vectors.generator.vector import TARGET, rejected


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
