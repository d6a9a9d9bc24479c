"""Certificates that the issuer's own domain names (TLSA): they prove whose the key is, and protect nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from test_vectors.generator.certificates import BELOW, HOST, LEAF, OFFICE, PKI, Certificate, TrustedCertificate
from test_vectors.generator.cwt.certificates import CERTIFIED, FAILED, UNKNOWN, token
from test_vectors.generator.discovery.messages import QUESTION, Question, Record, found, ihle, message, nodata
from test_vectors.generator.discovery.signed import ANCHORS, RELIEF, STRANGE, WORLD
from test_vectors.generator.discovery.signing import DS
from test_vectors.generator.discovery.world import TIMEOUT, DiscoveryTopic, Response, World
from test_vectors.generator.keys import EMBLEM, STRANGER
from test_vectors.generator.vector import AUTH, ORG, TARGET, Document, Given, claimed

TLSA = 52
ASKED = Question(f"_emblem.{HOST}", TLSA)
WEB = Question(f"_443._tcp.{HOST}", TLSA)
NAMED = claimed("organizational", "certification-dane", commitment="verified", issuer=ORG, endorsed_by=[])
NOT_NAMED: Document = UNKNOWN | {"absent_reasons": ["certification-dane"]}


def topic() -> DiscoveryTopic:
    """The vectors of this file."""
    vectors = DiscoveryTopic("discovery", "certificates", "Certificates that the issuer's own domain names (TLSA).")
    usages(vectors)
    answers(vectors)
    beside(vectors)
    return vectors


def tlsa(usage: int, selector: int, matching: int, certificate: Certificate, *, cut: int | None = None) -> Record:
    """A record of a certificate."""
    selected = certificate.key.spki if selector == 1 else certificate.der
    digests = {1: hashlib.sha256, 2: hashlib.sha512}
    data = digests[matching](selected).digest() if matching in digests else selected
    return Record(ASKED.name, TLSA, bytes((usage, selector, matching)) + data[:cut])


def world(answer: Response, *chain: Certificate, assets: Sequence[str] = (TARGET,)) -> World:
    """The emblem is found with these certificates, in a signed zone, and the domain answers so."""
    records = [ihle(TARGET, EMBLEM.record), ihle(TARGET, token(*chain, assets=assets))]
    no_zone = Question(ASKED.name, DS)
    return WORLD | {QUESTION: RELIEF.found(QUESTION, *records), ASKED: answer, no_zone: RELIEF.nodata(no_zone)}


def add(
    vectors: DiscoveryTopic,
    slug: str,
    title: str,
    known: World,
    expect: Document,
    *,
    trust: Sequence[Given] = (),
    anchors: Sequence[str] = ANCHORS,
    covert: bool = False,
) -> None:
    """A vector of this file."""
    vectors.ask(slug, title, known, expect, section="Certificates", trust=trust, anchors=anchors, covert=covert)


def usages(vectors: DiscoveryTopic) -> None:
    """What records name, and how."""
    for usage, selector, matching, expect in (
        (3, 1, 1, NAMED),
        (3, 0, 1, NAMED),
        (3, 1, 2, NAMED),
        (3, 0, 0, NAMED),
        (3, 1, 0, NAMED),
        (1, 1, 1, NOT_NAMED),
        (0, 0, 1, NOT_NAMED),
        (3, 2, 1, NOT_NAMED),
        (3, 1, 3, NOT_NAMED),
        (255, 1, 1, NOT_NAMED),
    ):
        record = tlsa(usage, selector, matching, LEAF)
        known = world(RELIEF.found(ASKED, record), LEAF)
        slug, title = f"key-{usage}-{selector}-{matching}", f"A record {usage} {selector} {matching} of the key"
        add(vectors, slug, title, known, expect)
    for slug, title, record, chain, expect in (
        ("authority", "2 1 1 of the authority", tlsa(2, 1, 1, OFFICE), (BELOW, OFFICE), NAMED),
        ("authority-whole", "2 0 1 of the authority", tlsa(2, 0, 1, OFFICE), (BELOW, OFFICE), NAMED),
        ("authority-above", "2 0 2 of the authority above", tlsa(2, 0, 2, PKI), (BELOW, OFFICE, PKI), NAMED),
        (
            "authority-missing",
            "2 0 1 of an authority that is not there",
            tlsa(2, 0, 1, PKI),
            (BELOW, OFFICE),
            NOT_NAMED,
        ),
        (
            "authority-given",
            "2 0 0, which holds the authority's certificate",
            tlsa(2, 0, 0, PKI),
            (BELOW, OFFICE),
            NAMED,
        ),
        (
            "authority-namesake",
            "2 0 0, which holds a certificate of the authority's name and another key",
            tlsa(2, 0, 0, PKI.but(key=STRANGER)),
            (BELOW, OFFICE),
            NOT_NAMED,
        ),
        ("authority-as-key", "3 1 1 of the authority", tlsa(3, 1, 1, OFFICE), (BELOW, OFFICE), NOT_NAMED),
        ("key-as-authority", "2 1 1 of the key", tlsa(2, 1, 1, LEAF), (LEAF,), NOT_NAMED),
        ("key-other", "3 1 1 of another key", tlsa(3, 1, 1, LEAF.but(key=STRANGER)), (LEAF,), NOT_NAMED),
        ("key-renewed", "3 0 1 of another certificate of the key", tlsa(3, 0, 1, BELOW), (LEAF,), NOT_NAMED),
        ("key-cut", "3 1 0, a byte too short", tlsa(3, 1, 0, LEAF, cut=-1), (LEAF,), NOT_NAMED),
        ("key-empty", "3 1 0 of nothing", tlsa(3, 1, 0, LEAF, cut=0), (LEAF,), NOT_NAMED),
    ):
        add(vectors, slug, f"A record {title}", world(RELIEF.found(ASKED, record), *chain), expect)
    named = RELIEF.found(ASKED, tlsa(3, 1, 1, LEAF))
    several = RELIEF.found(ASKED, tlsa(3, 1, 1, LEAF.but(key=STRANGER)), tlsa(3, 1, 1, LEAF))
    add(vectors, "several", "Two records, of another key and of this one", world(several, LEAF), NAMED)
    fewer = LEAF.but(names=(HOST,))
    add(vectors, "other-asset", "The key is named, and its certificate has not all names", world(named, fewer), FAILED)
    office = OFFICE.but(permitted=(HOST,))
    chain = (BELOW.but(issuer=office, names=(HOST,)), office)
    add(
        vectors,
        "subtree-key",
        "The key is named; only an authority that nobody vouches for is limited to what the emblem marks",
        world(named, *chain),
        FAILED,
    )
    add(
        vectors,
        "subtree-authority",
        "An authority is named that is limited to what the emblem marks",
        world(RELIEF.found(ASKED, tlsa(2, 1, 1, office)), *chain),
        NAMED,
    )


def answers(vectors: DiscoveryTopic) -> None:
    """Whether the domain's answer is authentic."""
    record = tlsa(3, 1, 1, LEAF)
    for slug, title, answer in (
        ("unsigned", "without a signature", found(ASKED, record)),
        ("forged", "signed by another key", STRANGE.found(ASKED, record)),
        ("denied", "denied", RELIEF.nodata(ASKED)),
        ("denied-unsigned", "denied without a signature", nodata(ASKED)),
        ("lost", "no answer", TIMEOUT),
    ):
        add(vectors, f"answer-{slug}", f"The record that would name the key: {title}", world(answer, LEAF), NOT_NAMED)
    added = message(ASKED, answer=[*RELIEF.signed(tlsa(3, 1, 1, LEAF.but(key=STRANGER))), record])
    add(vectors, "answer-added", "A record was added to a signed one", world(added, LEAF), NOT_NAMED)
    elsewhere = world(RELIEF.nodata(ASKED), LEAF) | {
        WEB: RELIEF.found(WEB, Record(WEB.name, TLSA, record.data)),
    }
    add(
        vectors,
        "web-server",
        "A record of the web server at the same host: it is not asked",
        elsewhere,
        NOT_NAMED | {"unasked": [f"{WEB.name} TLSA"]},
    )
    add(
        vectors,
        "no-anchor",
        "DNSSEC is not checked: the record is not asked",
        world(RELIEF.found(ASKED, record), LEAF),
        NOT_NAMED | {"unasked": [f"{ASKED.name} TLSA"]},
        anchors=(),
    )


def beside(vectors: DiscoveryTopic) -> None:
    """A trusted authority, and the domain."""
    given = [TrustedCertificate(PKI, AUTH)]
    named, denied = RELIEF.found(ASKED, tlsa(3, 1, 1, LEAF)), RELIEF.nodata(ASKED)
    both = CERTIFIED | {"reasons": ["trusted-certificate", "certification-verified", "certification-dane"]}
    add(vectors, "both", "A trusted authority, and the domain names the key", world(named, LEAF), both, trust=given)
    add(
        vectors,
        "authority-alone",
        "A trusted authority, and the domain says nothing",
        world(denied, LEAF),
        CERTIFIED,
        trust=given,
    )
    add(
        vectors,
        "authority-lost",
        "A trusted authority, and the domain does not answer",
        world(TIMEOUT, LEAF),
        CERTIFIED,
        trust=given,
    )
    own = [TrustedCertificate(PKI, ORG)]
    own_authority = both | {"level": "organizational", "commitment": "trusted", "endorsed_by": []}
    add(
        vectors,
        "own-authority",
        "The issuer's own authority, trusted and named",
        world(named, LEAF),
        own_authority,
        trust=own,
    )
