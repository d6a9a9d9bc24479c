"""The claims of JWS endorsements, and log entries."""

from __future__ import annotations

from test_vectors.generator.encoding import base64_standard
from test_vectors.generator.jws.claims import BAD_ENDORSEMENT, ENDORSEMENT_CLAIMS, endorsed
from test_vectors.generator.jws.tokens import (
    LOG,
    endorsement,
    issued,
    values,
    without,
)
from test_vectors.generator.keys import EMBLEM, ROOT
from test_vectors.generator.vector import (
    ORG,
    TARGET,
    Document,
    Topic,
    bound,
    claimed,
    protected,
    rejected,
)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("jws", "endorsements", "The claims of endorsements, and log entries.")
    endorsement_members(vectors)
    log(vectors)
    return vectors


def endorsement_members(vectors: Topic) -> None:
    """``key``, ``end`` and ``sub``."""
    good = protected("organizational", "commitment-trusted", commitment="trusted", issuer=ORG)
    endorsed(vectors, "good", "An endorsement as it is usually written", ENDORSEMENT_CLAIMS, good)
    endorsed(
        vectors,
        "end-missing",
        "No end: false, which suffices for the emblem's own key",
        without(ENDORSEMENT_CLAIMS, "end"),
        good,
    )
    endorsed(vectors, "key-jwk", "key as a whole JWK, the oldest form", ENDORSEMENT_CLAIMS | {"key": EMBLEM.jwk}, good)
    for slug, title, more in (
        ("key-capital", "key in capitals", {"key": EMBLEM.jwk_kid.upper()}),
        ("key-short", "key of 51 characters", {"key": EMBLEM.jwk_kid[:-1]}),
        ("key-number", "key a number", {"key": 1}),
        ("key-null", "key null", {"key": None}),
        ("key-private", "key as a private JWK", {"key": EMBLEM.jwk | {"d": "AA"}}),
        ("key-no-alg", "key as a JWK without alg", {"key": EMBLEM.jwk_members}),
        ("end-text", "end as text", {"end": "true"}),
        ("end-number", "end as a number", {"end": 1}),
        ("end-null", "end null", {"end": None}),
        ("ver-number", "ver a number in an endorsement", {"ver": 1}),
        ("emb-text", "emb as text in an endorsement", {"emb": "protective"}),
        ("emb-prp", "A purpose that nobody knows in an endorsement", {"emb": {"prp": ["decorative"]}}),
        ("emb-wnd-text", "wnd as text", {"emb": {"wnd": "600"}}),
        ("emb-wnd-negative", "wnd negative", {"emb": {"wnd": -1}}),
        ("emb-wnd-true", "wnd true", {"emb": {"wnd": True}}),
        ("emb-wnd-null", "wnd null", {"emb": {"wnd": None}}),
        ("emb-assets-text", "assets as text in emb", {"emb": {"assets": TARGET}}),
        ("emb-assets-number", "A number among the assets in emb", {"emb": {"assets": [TARGET, 1]}}),
        ("emb-dst-text", "dst as text in emb", {"emb": {"dst": "dns"}}),
    ):
        endorsed(vectors, slug, title, ENDORSEMENT_CLAIMS | more, BAD_ENDORSEMENT)
    for name in ("ver", "nbf", "exp", "key"):
        endorsed(
            vectors,
            f"{name}-missing",
            f"An endorsement without {name}",
            without(ENDORSEMENT_CLAIMS, name),
            BAD_ENDORSEMENT,
        )
    embedded = values([ROOT], issued(), endorsement(ROOT, ENDORSEMENT_CLAIMS | {"key": EMBLEM.jwk}))
    vectors.add(
        "key-jwk-record",
        "key as a whole JWK serves as that key's record",
        "JWS keys",
        embedded,
        good,
        trust=[bound(ROOT, ORG)],
    )


def log(vectors: Topic) -> None:
    """``log``; nobody is trusted, so that the root endorsement must have one."""
    unchecked = claimed("signed", "commitment-not-checked", commitment="not-checked")
    digest = base64_standard(b"\x11" * 32)
    static: Document = {"ver": "static", "id": digest, "index": 7}

    def logged(slug: str, title: str, value: object, expect: Document) -> None:
        records = values([EMBLEM, ROOT], issued(), endorsement(ROOT, ENDORSEMENT_CLAIMS | {"log": value}))
        vectors.add(f"log-{slug}", title, "Log entries", records, expect)

    logged("v1", "An entry of an RFC 6962 log", LOG, unchecked)
    logged("static", "An entry of a static log", [static], unchecked)
    logged("both", "Entries of both kinds", [*LOG, static], unchecked)
    largest = {"ver": "static", "id": digest, "index": 2**64 - 1}
    logged("static-largest", "A static entry with index 2^64 - 1", [largest], unchecked)
    logged("unknown-only", "Entries of unknown kinds alone", [{"ver": "v9", "x": 1}], claimed("signed"))
    logged("unknown-beside", "An entry of an unknown kind beside a known one", [{"ver": "v9", "x": 1}, *LOG], unchecked)
    for slug, title, value in (
        ("empty", "log with nothing in it", []),
        ("object", "log as one object", LOG[0]),
        ("null", "log null", None),
        ("entry-text", "An entry that is a text", ["v1"]),
        ("id-missing", "An entry without id", [{"ver": "v1", "hash": digest}]),
        ("hash-missing", "An entry without hash", [{"ver": "v1", "id": digest}]),
        ("hash-short", "A hash of 31 bytes", [{"ver": "v1", "id": digest, "hash": base64_standard(b"\x22" * 31)}]),
        ("hash-long", "A hash of 33 bytes", [{"ver": "v1", "id": digest, "hash": base64_standard(b"\x22" * 33)}]),
        ("hash-unpadded", "A hash without padding", [{"ver": "v1", "id": digest, "hash": digest.rstrip("=")}]),
        ("hash-url", "A hash in base64url", [{"ver": "v1", "id": digest, "hash": "_" * 43 + "="}]),
        ("hash-hex", "A hash in hexadecimal", [{"ver": "v1", "id": digest, "hash": "11" * 32}]),
        ("hash-number", "A hash that is a number", [{"ver": "v1", "id": digest, "hash": 1}]),
        ("id-short", "An id of 31 bytes", [{"ver": "v1", "id": base64_standard(b"\x11" * 31), "hash": digest}]),
        ("index-missing", "A static entry without index", [{"ver": "static", "id": digest}]),
        ("index-negative", "A static entry with a negative index", [{"ver": "static", "id": digest, "index": -1}]),
        ("index-text", "A static entry with an index as text", [{"ver": "static", "id": digest, "index": "7"}]),
        ("index-too-large", "A static entry with index 2^64", [{"ver": "static", "id": digest, "index": 2**64}]),
        ("index-fraction", "A static entry with a fraction as index", [{"ver": "static", "id": digest, "index": 7.5}]),
        ("second-bad", "A malformed entry after a good one", [*LOG, {"ver": "v1"}]),
    ):
        logged(slug, title, value, BAD_ENDORSEMENT)
    records = values([EMBLEM, ROOT], issued(), endorsement(ROOT, without(ENDORSEMENT_CLAIMS, "log")))
    missing = rejected("root-log-missing")
    vectors.add("log-absent", "No log at the root", "Log entries", records, missing, robust=missing)
