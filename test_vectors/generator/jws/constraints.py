"""What an endorsement allows an emblem to claim: purposes, channels, assets, and its lifetime."""

from __future__ import annotations

from test_vectors.generator.jws.tokens import (
    ISSUED_CLAIMS,
    Claims,
    header,
    issued,
    root_endorsement,
    sign,
    values,
    without,
)
from test_vectors.generator.keys import AUTHORITY, EMBLEM, MIDDLE, ROOT
from test_vectors.generator.vector import AUTH, NBF, ORG, TARGET, Document, Topic, bound, claimed, protected, rejected

SECTION = "JWS constraints"
GOOD = protected("organizational", issuer=ORG)
ENDORSED = protected("endorsed", "endorser-accepted", commitment="vouched", endorsed_by=[AUTH])
FORBIDDEN = claimed("signed", "endorser-forbids", endorsed_by=[])
PURPOSE, CHANNEL = "endorsement-purpose-exceeded", "endorsement-channel-exceeded"
ASSETS, WINDOW = "endorsement-assets-exceeded", "endorsement-window-exceeded"
ADDRESS = "[192.0.2.1]"
USUAL: Claims = {"prp": ["protective"], "dst": ["dns"]}


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("jws", "constraints", "Constraints of endorsements: each must contain what the emblem claims.")
    purposes(vectors)
    channels(vectors)
    names(vectors)
    networks(vectors)
    windows(vectors)
    chain(vectors)
    return vectors


def add(vectors: Topic, slug: str, title: str, constraints: object, exceeded: str | None, **claims: object) -> None:
    """A constraint of the issuer's root, and the same of an authority that is trusted."""
    token = issued(EMBLEM, **claims)
    own = values([EMBLEM, ROOT], token, root_endorsement(constraints=constraints))
    vectors.add(slug, title, SECTION, own, GOOD if exceeded is None else rejected(exceeded), trust=[bound(ROOT, ORG)])
    external = root_endorsement(ROOT, key=AUTHORITY, issuer=AUTH, end=True, constraints=constraints)
    other = values([EMBLEM, ROOT, AUTHORITY], token, root_endorsement(), external)
    expect = ENDORSED if exceeded is None else FORBIDDEN
    vectors.add(
        f"{slug}-external",
        f"{title} (an authority's endorsement)",
        SECTION,
        other,
        expect,
        trust=[bound(AUTHORITY, AUTH)],
    )


def purposes(vectors: Topic) -> None:
    """``prp``."""
    both = ["protective", "indicative"]
    for slug, title, allowed, claims, exceeded in (
        ("prp-same", "The purpose that is allowed", ["protective"], ["protective"], None),
        ("prp-subset", "One of the purposes that are allowed", both, ["indicative"], None),
        (
            "prp-overlap",
            "A purpose that is allowed and one that is not: overlap is not enough",
            ["protective"],
            both,
            PURPOSE,
        ),
        ("prp-other", "A purpose that is not allowed", ["indicative"], ["protective"], PURPOSE),
        ("prp-empty", "A constraint that allows no purpose", [], ["protective"], PURPOSE),
        ("prp-empty-none", "A constraint that allows no purpose, and an emblem that claims none", [], [], None),
        ("prp-none", "An emblem that claims no purpose", ["protective"], [], None),
    ):
        add(vectors, slug, title, {"prp": allowed}, exceeded, emb=USUAL | {"prp": claims})
    add(
        vectors,
        "prp-absent",
        "A constraint of channels alone: any purpose",
        {"dst": ["dns"]},
        None,
        emb=USUAL | {"prp": both},
    )
    add(vectors, "prp-claim-absent", "An emblem without prp", {"prp": ["indicative"]}, None, emb={"dst": ["dns"]})


def channels(vectors: Topic) -> None:
    """``dst``."""
    for slug, title, allowed, claims, exceeded in (
        ("dst-same", "The channel that is allowed", ["dns"], ["dns"], None),
        ("dst-subset", "One of the channels that are allowed", ["tls", "dns"], ["dns"], None),
        ("dst-overlap", "A channel that is allowed and one that is not", ["dns"], ["dns", "tls"], CHANNEL),
        ("dst-other", "A channel that is not allowed", ["tls"], ["dns"], CHANNEL),
        ("dst-empty", "A constraint that allows no channel", [], ["dns"], CHANNEL),
        ("dst-none", "An emblem that claims no channel", ["tls"], [], None),
    ):
        add(vectors, slug, title, {"dst": allowed}, exceeded, emb=USUAL | {"dst": claims})
    add(vectors, "dst-claim-absent", "An emblem without dst", {"dst": ["tls"]}, None, emb={"prp": ["protective"]})
    add(
        vectors, "emb-claim-absent", "An emblem without emb, which claims nothing", {"prp": [], "dst": []}, None, emb={}
    )


def names(vectors: Topic) -> None:
    """``assets`` with names."""
    wild, parent = "*.relief.example", "relief.example"
    for slug, title, allowed, claims, exceeded in (
        ("same", "The same name", [TARGET], [TARGET], None),
        ("case", "The same name in capitals with a dot", ["Clinic.Relief.Example."], [TARGET], None),
        ("one-of", "One of the names that are allowed", ["a.example", TARGET], [TARGET], None),
        ("wildcard", "A name below a wildcard", [wild], [TARGET], None),
        ("wildcard-itself", "The name after the star", [f"*.{TARGET}"], [TARGET], None),
        ("wildcard-wildcard", "A wildcard within the same wildcard", [wild], [wild, TARGET], None),
        ("wildcard-narrower", "A wildcard below a wildcard", [wild], [f"*.{TARGET}"], None),
        (
            "overlap",
            "A name that is allowed and one that is not: overlap is not enough",
            [TARGET],
            [TARGET, "a.example"],
            ASSETS,
        ),
        ("other", "A name that is not allowed", ["other.relief.example"], [TARGET], ASSETS),
        ("parent", "The name above is allowed, which is no wildcard", [parent], [TARGET], ASSETS),
        ("boundary", "A wildcard that matches not at a label's boundary", ["*.ief.example"], [TARGET], ASSETS),
        ("wildcard-wider", "A wildcard within a narrower one", [f"*.{TARGET}"], [wild], ASSETS),
        ("wildcard-by-name", "A wildcard where the name alone is allowed", [TARGET], [f"*.{TARGET}"], ASSETS),
        ("empty", "A constraint that allows no asset", [], [TARGET], ASSETS),
        ("star", "A star alone allows nothing", ["*"], [TARGET], ASSETS),
        ("unreadable-allowed", "An entry that is no asset allows nothing", [f"https://{TARGET}"], [TARGET], ASSETS),
        ("unreadable-beside", "An entry that is no asset beside the right one", ["https://a", TARGET], [TARGET], None),
        (
            "unreadable-claimed",
            "The emblem has an entry that is no asset: it needs no allowance",
            [TARGET],
            [TARGET, "https://a"],
            None,
        ),
    ):
        add(vectors, f"assets-{slug}", title, {"assets": allowed}, exceeded, assets=claims)
    add(vectors, "bearers", "bearers, the oldest name of the constraint", {"bearers": [wild]}, None)
    add(vectors, "bearers-other", "bearers with a name that is not the emblem's", {"bearers": ["a.example"]}, ASSETS)


def networks(vectors: Topic) -> None:
    """``assets`` with addresses and prefixes. The emblem marks the target by name as well."""
    for slug, title, allowed, claimed_asset, exceeded in (
        ("address", "The same address", ADDRESS, ADDRESS, None),
        ("prefix", "An address within a prefix", "[192.0.2.0/24]", ADDRESS, None),
        ("prefix-prefix", "A prefix within a prefix", "[192.0.0.0/16]", "[192.0.2.0/24]", None),
        ("prefix-same", "The same prefix with other bits below", "[192.0.2.9/24]", "[192.0.2.0/24]", None),
        ("mapped", "The same address, one IPv4-mapped", "[::ffff:192.0.2.1]", ADDRESS, None),
        ("v6-prefix", "An IPv6 address within a prefix", "[2001:db8::/32]", "[2001:db8:1::1]", None),
        ("wider", "A prefix within a longer one", "[192.0.2.0/24]", "[192.0.0.0/16]", ASSETS),
        ("by-first-address", "A prefix where its first address is allowed", "[192.0.2.0]", "[192.0.2.0/24]", ASSETS),
        ("by-address", "A prefix where one address is allowed", ADDRESS, "[192.0.2.0/24]", ASSETS),
        ("other", "Another address", "[192.0.2.2]", ADDRESS, ASSETS),
        ("outside", "An address outside of the prefix", "[192.0.3.0/24]", ADDRESS, ASSETS),
        ("name", "An address where only names are allowed: they are not comparable", "*.example", ADDRESS, ASSETS),
    ):
        add(vectors, f"network-{slug}", title, {"assets": [TARGET, allowed]}, exceeded, assets=[TARGET, claimed_asset])
    add(
        vectors,
        "network-not-name",
        "A name where only addresses are allowed: they are not comparable",
        {"assets": ["[::/0]"]},
        ASSETS,
    )


def windows(vectors: Topic) -> None:
    """``wnd``: the emblem's nbf + wnd >= its exp."""
    lifetime = 604800
    for slug, title, window, exp, exceeded in (
        ("equal", "As long as is allowed, to the second", lifetime, NBF + lifetime, None),
        ("shorter", "A second shorter than is allowed", lifetime, NBF + lifetime - 1, None),
        ("longer", "A second longer than is allowed", lifetime, NBF + lifetime + 1, WINDOW),
        ("fraction", "Half a second longer than is allowed", lifetime, NBF + lifetime + 0.5, WINDOW),
        ("fraction-equal", "A window with a fraction, fully used", lifetime + 0.5, NBF + lifetime + 0.5, None),
        ("zero", "A window of nothing", 0, NBF + lifetime, WINDOW),
        ("large", "A window longer than any life", 10**30, NBF + lifetime, None),
    ):
        add(vectors, f"wnd-{slug}", title, {"wnd": window}, exceeded, exp=exp)


def chain(vectors: Topic) -> None:
    """Every endorsement of the chain constrains."""

    def three(slug: str, title: str, low: object, high: object, expect: Document) -> None:
        records = values(
            [EMBLEM, MIDDLE, ROOT],
            issued(),
            root_endorsement(key=MIDDLE, log=None, constraints=low),
            root_endorsement(MIDDLE, end=True, constraints=high),
        )
        vectors.add(f"chain-{slug}", title, SECTION, records, expect, trust=[bound(ROOT, ORG)])

    for slug, good, wrong, code in (
        ("prp", {"prp": ["protective"]}, {"prp": ["indicative"]}, PURPOSE),
        ("dst", {"dst": ["dns"]}, {"dst": ["tls"]}, CHANNEL),
        ("assets", {"assets": [TARGET]}, {"assets": ["a.example"]}, ASSETS),
        ("wnd", {"wnd": 10**6}, {"wnd": 60}, WINDOW),
    ):
        three(f"{slug}-both", f"{slug}: both endorsements allow it", good, good, GOOD)
        three(f"{slug}-low", f"{slug}: the lower endorsement does not allow it", wrong, good, rejected(code))
        three(f"{slug}-root", f"{slug}: the root's endorsement does not allow it", good, wrong, rejected(code))
    three(
        "wider",
        "A lower endorsement that allows more than the root's: the emblem's claims are what counts",
        {"prp": ["protective", "indicative"]},
        {"prp": ["protective"]},
        GOOD,
    )
    bare_claims = without(ISSUED_CLAIMS, "emb")
    records = values(
        [EMBLEM, ROOT], sign(EMBLEM, header(EMBLEM), bare_claims), root_endorsement(constraints={"prp": [], "dst": []})
    )
    vectors.add(
        "emb-missing",
        "An emblem without emb needs no allowance of purposes and channels",
        SECTION,
        records,
        GOOD,
        trust=[bound(ROOT, ORG)],
    )
