"""The claims of endorsements, and log entries."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import (
    EXPIRES,
    ISS,
    ISSUED_CLAIMS,
    LOG,
    NOT_BEFORE,
    ORGANIZATIONAL,
    SUB,
    Claims,
    endorsement_claims,
    sign,
    without,
)
from test_vectors.generator.encoding import Pairs, hexadecimal
from test_vectors.generator.keys import EMBLEM, ROOT
from test_vectors.generator.vector import ORG, TARGET, Document, Topic, bound, claimed, protected, rejected

MALFORMED = rejected("token-malformed", "root-endorsement-missing")
GOOD = protected("organizational", "commitment-trusted", commitment="trusted", issuer=ORG)
UNCHECKED = claimed("signed", "commitment-not-checked", commitment="not-checked", issuer=ORG)
USUAL = endorsement_claims(EMBLEM)
ID, HASH = b"\x11" * 32, b"\x22" * 32


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "endorsements", "The claims of an endorsement, and its log entries.")
    required(vectors)
    optional(vectors)
    log_places(vectors)
    log_entries(vectors)
    return vectors


def records_of(claims: object, log: object) -> list[str]:
    """An emblem with issuer and its one endorsement."""
    return hexadecimal([*ORGANIZATIONAL, sign(EMBLEM, ISSUED_CLAIMS), sign(ROOT, claims, log=log)])


def add(vectors: Topic, slug: str, title: str, claims: object, expect: Document, *, log: object = LOG) -> None:
    """An endorsement with these claims; its key is bound to the issuer."""
    vectors.add(slug, title, "Claims", records_of(claims, log), expect, trust=[bound(ROOT, ORG)])


def required(vectors: Topic) -> None:
    """Claims that an endorsement must have."""
    add(vectors, "good", "An endorsement as it is usually written", USUAL, GOOD)
    for name, claim in (
        ("ver", "ver"),
        ("exp", EXPIRES),
        ("nbf", NOT_BEFORE),
        ("prp", "prp"),
        ("key", "key"),
        ("end", "end"),
    ):
        add(vectors, f"{name}-missing", f"No {name}", without(USUAL, claim), MALFORMED)
    for slug, title, more in (
        ("key-short", "key of 31 bytes", {"key": EMBLEM.kid[:31]}),
        ("key-long", "key of 33 bytes", {"key": EMBLEM.kid + b"\x00"}),
        ("key-text", "key as the identifier's text", {"key": "a" * 52}),
        ("key-cose", "key as a whole COSE_Key", {"key": EMBLEM.parameters}),
        ("key-null", "key null", {"key": None}),
        ("end-number", "end as the number 1", {"end": 1}),
        ("end-text", "end as text", {"end": "true"}),
        ("end-null", "end null", {"end": None}),
        ("prp-zero", "prp 0", {"prp": 0}),
        ("prp-32", "prp 32", {"prp": 32}),
        ("prp-array", "prp as an array of names", {"prp": ["protective"]}),
        ("ver-text", "ver as text", {"ver": "1"}),
        ("ver-256", "ver above 255", {"ver": 256}),
        ("exp-text", "exp as text", {EXPIRES: "1900000000"}),
        ("nbf-true", "nbf true", {NOT_BEFORE: True}),
        ("aud", "Claim 3 (aud)", {3: ORG}),
        ("assets", "An endorsement with assets", {"assets": [TARGET]}),
        ("assets-empty", "An endorsement with an empty assets", {"assets": []}),
    ):
        add(vectors, slug, title, USUAL | more, MALFORMED)
    add(vectors, "duplicate-end", "end twice, with both values", Pairs((*USUAL.items(), ("end", True))), MALFORMED)


def optional(vectors: Topic) -> None:
    """Claims that an endorsement may have."""
    add(vectors, "iat-missing", "No iat", without(USUAL, 6), GOOD)
    add(vectors, "unknown-text", "An unknown text claim", USUAL | {"note": 1}, GOOD)
    add(
        vectors,
        "sign-ignored",
        "A sign, which means nothing in an endorsement",
        USUAL | {"sign": "red-cross"},
        protected("organizational", sign=None),
    )
    add(
        vectors,
        "sign-unknown-ignored",
        "An unknown sign in an endorsement: nothing to warn of",
        USUAL | {"sign": 7},
        protected("organizational", sign=None) | {"absent_reasons": ["sign-unknown"]},
    )
    add(vectors, "sub-null", "sub null", USUAL | {SUB: None}, MALFORMED)
    add(vectors, "sub-number", "sub a number", USUAL | {SUB: 2}, MALFORMED)
    add(vectors, "iss-bytes", "iss as a byte string", USUAL | {ISS: ORG.encode()}, MALFORMED)


def add_log(
    vectors: Topic,
    slug: str,
    title: str,
    expect: Document,
    *,
    header: object = None,
    claim: object = None,
    robust: Document | None = None,
) -> None:
    """A root endorsement with a log in the header, in the claims, or in both; nobody is trusted."""
    claims: Claims = USUAL if claim is None else USUAL | {"log": claim}
    vectors.add(f"log-{slug}", title, "Log entries", records_of(claims, header), expect, robust=robust)


def log_places(vectors: Topic) -> None:
    """Where ``log`` stands."""
    add_log(vectors, "header", "log in the protected header", UNCHECKED, header=LOG)
    add_log(vectors, "claim", "log as a claim, as the draft's table has it", UNCHECKED, claim=LOG)
    add_log(vectors, "both", "log in the header and as a claim, the same", MALFORMED, header=LOG, claim=LOG)
    add_log(
        vectors,
        "absent",
        "No log at the root: the issuer's key is committed to by nothing",
        rejected("root-log-missing"),
        robust=rejected("root-log-missing"),
    )


def log_entries(vectors: Topic) -> None:
    """What ``log`` holds."""
    static: Claims = {"id": ID, "index": 7}
    for slug, title, log in (
        ("index", "An entry of a static log", [static]),
        ("index-zero", "An entry of a static log with index 0", [{"id": ID, "index": 0}]),
        ("index-large", "An entry of a static log with index 2^40 - 1", [{"id": ID, "index": 2**40 - 1}]),
        ("several", "Entries of both kinds", [*LOG, static, {"id": HASH, "hash": ID}]),
    ):
        add_log(vectors, slug, title, UNCHECKED, header=log)
    for slug, title, wrong in (
        ("empty", "log with nothing in it", []),
        ("map", "log as one map, not in an array", LOG[0]),
        ("text", "log as text", "log"),
        ("entry-bytes", "An entry that is a byte string", [HASH]),
        ("id-missing", "An entry without id", [{"hash": HASH}]),
        ("id-short", "An entry with an id of 31 bytes", [{"id": ID[:31], "hash": HASH}]),
        ("id-long", "An entry with an id of 33 bytes", [{"id": ID + b"\x00", "hash": HASH}]),
        ("id-text", "An entry with an id as text", [{"id": "a" * 32, "hash": HASH}]),
        ("hash-short", "An entry with a hash of 31 bytes", [{"id": ID, "hash": HASH[:31]}]),
        ("hash-text", "An entry with a hash as text", [{"id": ID, "hash": "a" * 32}]),
        ("hash-null", "An entry with a hash of null", [{"id": ID, "hash": None}]),
        ("neither", "An entry with neither hash nor index", [{"id": ID}]),
        ("hash-and-index", "An entry with hash and index", [{"id": ID, "hash": HASH, "index": 7}]),
        ("index-negative", "An entry with a negative index", [{"id": ID, "index": -1}]),
        ("index-float", "An entry with an index that is a float", [{"id": ID, "index": 7.0}]),
        ("index-true", "An entry with an index of true", [{"id": ID, "index": True}]),
        ("index-text", "An entry with an index as text", [{"id": ID, "index": "7"}]),
        ("other-member", "An entry with another member", [{"id": ID, "hash": HASH, "note": 1}]),
        ("second-bad", "A malformed entry after a good one", [*LOG, {"id": ID}]),
    ):
        add_log(vectors, slug, title, MALFORMED, header=wrong)
    add_log(vectors, "claim-empty", "log with nothing in it, as a claim", MALFORMED, claim=[])
    add_log(vectors, "claim-bad", "A malformed entry, as a claim", MALFORMED, claim=[{"id": ID}])
