"""Organization identifiers, in ``iss`` and ``sub``."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import (
    EMBLEM_CLAIMS,
    ISS,
    ISSUED_CLAIMS,
    LOG,
    ORGANIZATIONAL,
    SUB,
    endorsement_claims,
    sign,
)
from test_vectors.generator.encoding import hexadecimal
from test_vectors.generator.keys import EMBLEM, ROOT
from test_vectors.generator.vector import ORG, Document, Topic, bound, protected, rejected

SECTION = "Organization identifiers"
LABEL_63 = "a" * 63
HOST_253 = ".".join([LABEL_63] * 3 + ["b" * 61])
MALFORMED = rejected("token-malformed", "emblem-missing")

WRONG = (
    ("no-scheme", "No scheme", "relief.example"),
    ("http", "The scheme http", "http://relief.example"),
    ("scheme-case", "The scheme in capitals", "HTTPS://relief.example"),
    ("one-slash", "One slash", "https:/relief.example"),
    ("slash", "A slash after the name", "https://relief.example/"),
    ("path", "A path", "https://relief.example/emblem"),
    ("port", "A port", "https://relief.example:443"),
    ("user", "A user name", "https://admin@relief.example"),
    ("query", "A query", "https://relief.example?a"),
    ("fragment", "A fragment", "https://relief.example#a"),
    ("capital", "A capital letter in the name", "https://Relief.example"),
    ("one-label", "A name of one label", "https://relief"),
    ("trailing-dot", "A trailing dot", "https://relief.example."),
    ("leading-dot", "A leading dot", "https://.relief.example"),
    ("empty-label", "An empty label", "https://relief..example"),
    ("ipv4", "An IPv4 address", "https://192.0.2.1"),
    ("ipv6", "An IPv6 address", "https://[2001:db8::1]"),
    ("digits", "A last label of digits", "https://relief.123"),
    ("u-label", "A U-label", "https://h\u00f4pital.example"),
    ("full-width", "Full-width letters", "https://\uff52elief.example"),
    ("underscore", "An underscore", "https://_relief.example"),
    ("leading-hyphen", "A label that begins with a hyphen", "https://-relief.example"),
    ("trailing-hyphen", "A label that ends with a hyphen", "https://relief-.example"),
    ("label-64", "A label of 64 characters", f"https://{LABEL_63}a.example"),
    ("name-254", "A name of 254 characters", f"https://{HOST_253}b"),
    ("empty", "A text of no characters", ""),
    ("scheme-only", "The scheme alone", "https://"),
    ("space-before", "A space before it", " https://relief.example"),
    ("space-after", "A space after it", "https://relief.example "),
    ("newline", "A line feed after it", "https://relief.example\n"),
    ("zero", "A zero byte in the name", "https://relief.example\x00.elsewhere.example"),
    ("percent", "A percent-encoded letter", "https://%72elief.example"),
    ("wildcard", "A wildcard", "https://*.relief.example"),
)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "organizations", "Organization identifiers: https:// and a host name, nothing else.")
    for slug, title, issuer in (
        ("two-labels", "A name of two labels", "https://relief.example"),
        ("deep", "A name of five labels", "https://a.b.c.relief.example"),
        ("digits-hyphens", "Digits and hyphens within labels", "https://1st-aid.relief-4-u.example"),
        ("a-label", "An A-label", "https://xn--hpital-ixa.example"),
        ("a-label-last", "An A-label at the end", "https://relief.xn--p1ai"),
        ("label-63", "A label of 63 characters", f"https://{LABEL_63}.example"),
        ("name-253", "A name of 253 characters", f"https://{HOST_253}"),
    ):
        good = protected("organizational", "commitment-trusted", issuer=issuer, commitment="trusted")
        vectors.add(slug, title, SECTION, emblem_of(issuer), good, trust=[bound(EMBLEM, issuer)])
    for slug, title, issuer in WRONG:
        vectors.add(slug, title, SECTION, emblem_of(issuer), MALFORMED)
    for slug, title, subject in (
        ("sub-path", "A subject with a path", "https://relief.example/"),
        ("sub-capital", "A subject with a capital letter", "https://relief.Example"),
        ("sub-http", "A subject with the scheme http", "http://relief.example"),
    ):
        with_subject(vectors, slug, title, subject, rejected("token-malformed", "root-endorsement-missing"))
    look_alike = "https://xn--reief-s5e.example"
    with_subject(
        vectors,
        "sub-look-alike",
        "A subject that only looks like the issuer (another A-label)",
        look_alike,
        rejected("chain-unconnected"),
        rejected("root-endorsement-missing"),
    )
    return vectors


def emblem_of(issuer: str) -> list[str]:
    """An emblem of this issuer and its key; without endorsement, so that a bound key is what it needs."""
    return hexadecimal([EMBLEM.record, sign(EMBLEM, {ISS: issuer} | EMBLEM_CLAIMS)])


def with_subject(
    vectors: Topic, slug: str, title: str, subject: str, expect: Document, robust: Document | None = None
) -> None:
    """An endorsement of another subject by the issuer's own root, whose key is bound."""
    claims = endorsement_claims(EMBLEM) | {SUB: subject}
    records = hexadecimal([*ORGANIZATIONAL, sign(EMBLEM, ISSUED_CLAIMS), sign(ROOT, claims, log=LOG)])
    vectors.add(slug, title, SECTION, records, expect, trust=[bound(ROOT, ORG)], robust=robust)
