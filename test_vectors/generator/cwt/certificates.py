"""Keys that certificates certify (x5chain): the chain, its names, its limits, and whom it leads to."""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.certificates import (
    BELOW,
    HOST,
    LEAF,
    OFFICE,
    OTHER_PKI,
    PKI,
    Certificate,
    TrustedCertificate,
)
from test_vectors.generator.cwt.tokens import (
    CRIT,
    EMBLEM_CLAIMS,
    ISSUED_CLAIMS,
    LOG,
    alone,
    endorsement_claims,
    header,
    pieces,
    root_endorsement,
    sign,
)
from test_vectors.generator.encoding import hexadecimal
from test_vectors.generator.keys import AUTHORITY, ED25519, EMBLEM, ROOT, STRANGER, key
from test_vectors.generator.vector import (
    AUTH,
    AUTH_2,
    DAY,
    NOW,
    ORG,
    TARGET,
    Document,
    Topic,
    Trusted,
    bound,
    claimed,
    protected,
    rejected,
)

SECTION = "Certificates"
X5CHAIN = 33
GIVEN = (TrustedCertificate(PKI, AUTH),)
Trust = Sequence[Trusted | TrustedCertificate]

CERTIFIED: Document = {
    "status": "protected",
    "level": "endorsed",
    "trusted": True,
    "commitment": "vouched",
    "issuer": ORG,
    "endorsed_by": [AUTH],
    "reasons": ["trusted-certificate", "certification-verified"],
}
OWN_AUTHORITY: Document = CERTIFIED | {"level": "organizational", "commitment": "trusted", "endorsed_by": []}
UNKNOWN = claimed("signed", "certification-undetermined", commitment="undetermined", endorsed_by=[])
FAILED = rejected("certification-failed", "root-endorsement-missing")
OUTSIDE: Document = UNKNOWN | {"reasons": [*UNKNOWN["reasons"], "trust-out-of-scope"]}  # type: ignore[misc]
MALFORMED = rejected("token-malformed", "emblem-missing")


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "certificates", "Keys that certificates certify to the issuer (x5chain).")
    paths(vectors)
    forms(vectors)
    flaws(vectors)
    authorities(vectors)
    names(vectors)
    times(vectors)
    unknown(vectors)
    trust(vectors)
    chains(vectors)
    return vectors


def token(*chain: Certificate, assets: Sequence[str] = (TARGET,)) -> bytes:
    """An emblem of the issuer whose key these certify."""
    return with_header([one.der for one in chain] if len(chain) > 1 else chain[0].der, assets=assets)


def with_header(value: object, *, assets: Sequence[str] = (TARGET,), more: dict[object, object] | None = None) -> bytes:
    """An emblem of the issuer with something in the place of certificates."""
    head = header(EMBLEM, {X5CHAIN: value} | (more or {}))
    return sign(EMBLEM, ISSUED_CLAIMS | {"assets": list(assets)}, head=head)


def add(
    vectors: Topic,
    slug: str,
    title: str,
    emblem: bytes,
    expect: Document,
    *,
    trust: Trust = GIVEN,
    at: str | None = None,
) -> None:
    """An emblem and its key."""
    more = {} if at is None else {"at": at}
    vectors.add(slug, title, SECTION, alone(emblem), expect, trust=trust, **more)


def paths(vectors: Topic) -> None:
    """Where the certificates lead."""
    add(vectors, "direct", "The certificate of the key, by the trusted authority", token(LEAF), CERTIFIED)
    add(vectors, "between", "One authority between the key and the trusted one", token(BELOW, OFFICE), CERTIFIED)
    add(vectors, "with-top", "The trusted authority's own certificate with them", token(BELOW, OFFICE, PKI), CERTIFIED)
    add(vectors, "gap", "The authority between is left out", token(BELOW), UNKNOWN)
    add(
        vectors,
        "middle-trusted",
        "The authority in the middle is the trusted one",
        token(BELOW, OFFICE, PKI),
        CERTIFIED,
        trust=[TrustedCertificate(OFFICE, AUTH)],
    )
    add(vectors, "nobody", "Nobody is trusted", token(LEAF), UNKNOWN, trust=[])
    add(
        vectors,
        "other",
        "Another authority is trusted",
        token(LEAF),
        UNKNOWN,
        trust=[TrustedCertificate(OTHER_PKI, AUTH)],
    )
    namesake = PKI.but(key=STRANGER)
    add(
        vectors,
        "namesake",
        "An authority of the same name with another key is trusted",
        token(LEAF),
        UNKNOWN,
        trust=[TrustedCertificate(namesake, AUTH)],
    )
    self_signed = LEAF.but(issuer=None)
    add(vectors, "self-signed", "A certificate that the key signed for itself", token(self_signed), UNKNOWN)


def forms(vectors: Topic) -> None:
    """What stands in the header."""
    good = LEAF.der
    unreadable = good.replace(b"\x0c\x06Relief", b"\x03\x06\x00elief")
    for slug, title, value, expect in (
        ("array-of-one", "An array of one certificate", [good], FAILED),
        ("array-empty", "An empty array", [], FAILED),
        ("empty", "A byte string of no bytes", b"", FAILED),
        ("text", "A text", "certificate", FAILED),
        ("map", "A map", {1: good}, FAILED),
        ("mixed", "An array of a certificate and a text", [good, "certificate"], FAILED),
        ("empty-among", "An array of a certificate and no bytes", [good, b""], FAILED),
        ("nine", "Nine certificates", [BELOW.der, OFFICE.der, *[PKI.der] * 7], FAILED),
        ("garbage", "Bytes that are no certificate", b"\x30\x03\x02\x01\x01", FAILED),
        ("name", "A certificate with a common name that is a string of bits", unreadable, FAILED),
        ("trailing", "A byte after the certificate", good + b"\x00", FAILED),
        ("cut", "A certificate without its last byte", good[:-1], FAILED),
        ("pem", "A certificate in PEM", LEAF.pem.encode(), FAILED),
    ):
        add(vectors, f"form-{slug}", title, with_header(value), expect)
    eight = [BELOW.der, OFFICE.der, *[PKI.der] * 6]
    add(
        vectors,
        "form-eight",
        "Eight certificates, the last of which is there several times",
        with_header(eight),
        CERTIFIED,
    )
    add(vectors, "critical", "Certificates that are critical", with_header(good, more={CRIT: [X5CHAIN]}), CERTIFIED)
    add(
        vectors,
        "critical-form",
        "Something else in their place, and critical",
        with_header("certificate", more={CRIT: [1, X5CHAIN]}),
        MALFORMED,
    )
    unprotected = pieces(EMBLEM, header(EMBLEM), ISSUED_CLAIMS).but(unprotected={X5CHAIN: good})
    add(vectors, "unprotected", "Certificates in the unprotected header", unprotected, MALFORMED)
    nobody = sign(EMBLEM, EMBLEM_CLAIMS, head=header(EMBLEM, {X5CHAIN: good}))
    add(
        vectors,
        "no-issuer",
        "An emblem without issuer: there is nobody to whom its key could be certified",
        nobody,
        claimed("signed", commitment="not-applicable", absent_reasons=["certification-verified"]),
    )


def flaws(vectors: Topic) -> None:
    """Certificates that do not belong to each other, or to the key."""
    add(vectors, "other-key", "The certificate of another key", token(LEAF.but(key=STRANGER)), FAILED)
    add(vectors, "order", "The authority's certificate first", token(OFFICE, BELOW), FAILED)
    add(vectors, "order-above", "The authorities in the wrong order", token(BELOW, PKI, OFFICE), FAILED)
    add(vectors, "unrelated", "An authority that has issued none of them among them", token(LEAF, OTHER_PKI), FAILED)
    forged = LEAF.but(issuer=PKI.but(key=STRANGER))
    add(vectors, "forged", "A certificate in the authority's name, signed by another key", token(forged, PKI), FAILED)
    add(vectors, "forged-alone", "The same, the authority's certificate left out", token(forged), UNKNOWN)
    add(vectors, "no-signing", "A key that is not for signatures", token(LEAF.but(usage="certify")), FAILED)
    add(
        vectors,
        "any-use",
        "A certificate that does not say what its key is for",
        token(LEAF.but(usage=None)),
        CERTIFIED,
    )
    add(vectors, "authority-key", "The key of an authority signs emblems", token(LEAF.but(authority=True)), FAILED)
    add(
        vectors,
        "no-authority-said",
        "A certificate that says that it is no authority's",
        token(LEAF.but(authority=False)),
        CERTIFIED,
    )


def authorities(vectors: Topic) -> None:
    """Authorities that are none, or not for this."""
    for slug, title, office, expect in (
        ("no-constraints", "Without basicConstraints", OFFICE.but(authority=None), FAILED),
        ("not-authority", "With basicConstraints that deny it", OFFICE.but(authority=False), FAILED),
        ("usage", "With a key that is not for certificates", OFFICE.but(usage="sign"), FAILED),
        ("usage-unsaid", "That does not say what its key is for", OFFICE.but(usage=None), CERTIFIED),
        ("length-0", "That allows no authority below it", OFFICE.but(path_length=0), CERTIFIED),
        ("expired", "That has expired", OFFICE.but(period=(NOW - DAY, NOW - 1)), FAILED),
    ):
        add(
            vectors,
            f"authority-{slug}",
            f"An authority in the middle. {title}",
            token(BELOW.but(issuer=office), office),
            expect,
        )
    for slug, title, top, expect in (
        ("length-0", "That allows no authority below it", PKI.but(path_length=0), UNKNOWN),
        ("length-1", "That allows one authority below it", PKI.but(path_length=1), CERTIFIED),
        ("usage", "With a key that is not for certificates", PKI.but(usage="sign"), FAILED),
        ("expired", "That has expired", PKI.but(period=(NOW - DAY, NOW - 1)), UNKNOWN),
    ):
        office = OFFICE.but(issuer=top)
        chain = token(BELOW.but(issuer=office), office)
        add(
            vectors,
            f"top-{slug}",
            f"A trusted authority. {title}",
            chain,
            expect,
            trust=[TrustedCertificate(top, AUTH)],
        )


def names(vectors: Topic) -> None:
    """Whose the key is, and what it may mark."""
    for slug, title, listed, assets, expect in (
        ("no-issuer-name", "Not the issuer's host", (TARGET,), (TARGET,), FAILED),
        ("issuer-wildcard", "The issuer's host by a wildcard only", ("*.example", TARGET), (TARGET,), FAILED),
        ("issuer-below", "A name below the issuer's host", (f"www.{HOST}", TARGET), (TARGET,), FAILED),
        ("capitals", "Names in capitals", (HOST.upper(), TARGET.upper()), (TARGET,), CERTIFIED),
        ("none", "No names at all", (), (TARGET,), FAILED),
        ("no-asset", "Not what the emblem marks", (HOST,), (TARGET,), FAILED),
        ("one-asset", "Only one of two names that the emblem marks", (HOST, TARGET), (TARGET, f"b.{HOST}"), FAILED),
        ("wildcard", "What the emblem marks by a wildcard", (HOST, f"*.{HOST}"), (TARGET,), CERTIFIED),
        ("wildcard-two", "A wildcard two labels above", (HOST, "*.example"), (TARGET,), FAILED),
        ("suffix", "A name that what the emblem marks ends in", (HOST, "ic.relief.example"), (TARGET,), FAILED),
    ):
        add(vectors, f"names-{slug}", title, token(LEAF.but(names=listed), assets=assets), expect)
    plain = BELOW.but(names=(HOST,))
    for slug, title, permitted, excluded, expect in (
        ("permitted", "An authority that is limited to names below the issuer's host", (HOST,), (), CERTIFIED),
        ("permitted-other", "An authority that is limited to other names", ("other.example",), (), FAILED),
        (
            "permitted-narrow",
            "An authority that is limited to the issuer's host and others",
            (HOST, "b.example"),
            (),
            CERTIFIED,
        ),
        ("excluded", "An authority that must not certify what the emblem marks", (HOST,), (TARGET,), FAILED),
        (
            "excluded-only",
            "An authority that must not certify other names, and is limited to none",
            (),
            ("b.example",),
            FAILED,
        ),
    ):
        office = OFFICE.but(permitted=permitted, excluded=excluded)
        add(vectors, f"subtree-{slug}", title, token(plain.but(issuer=office), office), expect)
    office = OFFICE.but(excluded=(TARGET,))
    add(
        vectors,
        "subtree-listed",
        "An excluded name in the certificate itself",
        token(BELOW.but(issuer=office), office),
        FAILED,
    )
    top = PKI.but(permitted=(HOST,))
    add(
        vectors,
        "subtree-top",
        "The trusted authority, whose certificate is not there, is limited to names below the issuer's host",
        token(LEAF.but(issuer=top, names=(HOST,))),
        CERTIFIED,
        trust=[TrustedCertificate(top, AUTH)],
    )
    forbids = PKI.but(excluded=(TARGET,))
    limited = OFFICE.but(issuer=forbids, permitted=(HOST,))
    add(
        vectors,
        "subtree-top-excludes",
        "An authority that is limited to these names, below one that must not certify one of them",
        token(plain.but(issuer=limited), limited),
        FAILED,
        trust=[TrustedCertificate(forbids, AUTH)],
    )


def times(vectors: Topic) -> None:
    """When the certificates hold."""
    for slug, title, period, expect in (
        ("last", "Expiring after this second", (NOW - DAY, NOW), CERTIFIED),
        ("over", "Expired a second ago", (NOW - DAY, NOW - 1), FAILED),
        ("first", "Valid from this second on", (NOW, NOW + DAY), CERTIFIED),
        ("early", "Valid from the next second on", (NOW + 1, NOW + DAY), FAILED),
    ):
        add(vectors, f"times-{slug}", f"A certificate. {title}", token(LEAF.but(period=period)), expect)


def unknown(vectors: Topic) -> None:
    """What cannot be judged everywhere, and is no reason to call an emblem false."""
    add(vectors, "strange", "A critical extension that nobody knows", token(LEAF.but(strange=True)), UNKNOWN)
    office = OFFICE.but(strange=True)
    add(vectors, "strange-authority", "The same in an authority", token(BELOW.but(issuer=office), office), UNKNOWN)
    edwards = key("emblem", ED25519)
    listed = LEAF.but(key=edwards)
    emblem = sign(edwards, ISSUED_CLAIMS, head=header(edwards, {X5CHAIN: listed.der}))
    vectors.add(
        "ed25519", "A key for Ed25519 that is certified", SECTION, alone(emblem, edwards), CERTIFIED, trust=GIVEN
    )


def trust(vectors: Topic) -> None:
    """For whom, and for what, an authority is trusted."""
    own = [TrustedCertificate(PKI, ORG)]
    add(vectors, "own", "The issuer's own authority", token(LEAF), OWN_AUTHORITY, trust=own)
    both = [TrustedCertificate(PKI, AUTH), TrustedCertificate(PKI, AUTH_2)]
    add(
        vectors,
        "two",
        "An authority that speaks for two",
        token(LEAF),
        CERTIFIED | {"endorsed_by": [AUTH, AUTH_2]},
        trust=both,
    )
    beside = [TrustedCertificate(PKI, AUTH), TrustedCertificate(OTHER_PKI, AUTH_2)]
    add(vectors, "one-of-two", "Two authorities are trusted, and it leads to one", token(LEAF), CERTIFIED, trust=beside)
    for slug, title, scope, expect in (
        ("purpose", "For the purpose of the emblem", {"purposes": ["protective"]}, CERTIFIED),
        ("other-purpose", "For another purpose", {"purposes": ["indicative"]}, OUTSIDE),
        ("names", "For names below the issuer's host", {"suffixes": [HOST]}, CERTIFIED),
        ("other-names", "For other names", {"suffixes": ["other.example"]}, OUTSIDE),
        ("ended", "Until now", {"expires": "2027-03-01T12:00:00Z"}, OUTSIDE),
    ):
        given = [TrustedCertificate(PKI, AUTH, scope)]
        add(vectors, f"scope-{slug}", f"An authority that is trusted. {title}", token(LEAF), expect, trust=given)


def chains(vectors: Topic) -> None:
    """Beside endorsements."""
    root = LEAF.but(key=ROOT)
    endorsed = sign(ROOT, endorsement_claims(EMBLEM), head=header(ROOT, {X5CHAIN: root.der}))
    records = hexadecimal([EMBLEM.record, ROOT.record, sign(EMBLEM, ISSUED_CLAIMS), endorsed])
    vectors.add(
        "root", "The root key is certified, and endorses the emblem's", SECTION, records, CERTIFIED, trust=GIVEN
    )
    vectors.add(
        "root-nobody",
        "The same, and nobody is trusted: no log commits the root key, and nobody could tell",
        SECTION,
        records,
        UNKNOWN,
    )
    logged = hexadecimal([EMBLEM.record, ROOT.record, token(LEAF), root_endorsement()])
    vectors.add(
        "beside-log",
        "The emblem's key is certified, and endorsed by a root key that is logged",
        SECTION,
        logged,
        CERTIFIED,
        trust=GIVEN,
    )
    vectors.add(
        "beside-log-failed",
        "A certificate of another key beside a good chain spoils nothing",
        SECTION,
        hexadecimal([EMBLEM.record, ROOT.record, token(LEAF.but(key=STRANGER)), root_endorsement()]),
        protected("organizational", "certification-failed", "commitment-trusted", commitment="trusted"),
        trust=[bound(ROOT, ORG)],
    )
    certified = sign(
        AUTHORITY,
        endorsement_claims(ROOT, issuer=AUTH, end=True),
        head=header(AUTHORITY, {X5CHAIN: LEAF.but(key=AUTHORITY, names=("ministry.example", TARGET)).der, "log": LOG}),
    )
    vectors.add(
        "endorser",
        "The key of another issuer's endorsement is certified: that counts for nothing",
        SECTION,
        hexadecimal(
            [EMBLEM.record, ROOT.record, AUTHORITY.record, sign(EMBLEM, ISSUED_CLAIMS), root_endorsement(), certified]
        ),
        claimed("signed", commitment="not-checked", absent_reasons=["certification-verified"]),
        trust=GIVEN,
    )
