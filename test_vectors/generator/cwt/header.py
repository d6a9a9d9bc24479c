"""The protected header: alg, kid, typ, crit, and labels that are unknown."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import (
    ALG,
    CRIT,
    EMBLEM_CLAIMS,
    ISSUED_CLAIMS,
    KID,
    LOG,
    TYP,
    alone,
    endorsement_claims,
    header,
    pieces,
    sign,
    without,
)
from test_vectors.generator.encoding import Raw, hexadecimal
from test_vectors.generator.keys import EMBLEM, ROOT, STRANGER
from test_vectors.generator.vector import ORG, Document, Topic, bare, bound, protected, rejected, undetermined

SECTION = "Protected header"
GOOD = protected("signed")
MALFORMED = rejected("token-malformed", "emblem-missing")
MISMATCH = rejected("token-algorithm-mismatch", "emblem-missing")
TYPE = "application/adem"


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "header", "The protected header of a token.")
    algorithm(vectors)
    key_identifier(vectors)
    content_type(vectors)
    critical(vectors)
    labels(vectors)
    endorsement_header(vectors)
    return vectors


def add(vectors: Topic, slug: str, title: str, head: object, expect: Document) -> None:
    """An emblem with this header and its key, which is trusted."""
    token = sign(EMBLEM, EMBLEM_CLAIMS, head=head)
    vectors.add(slug, title, SECTION, alone(token), expect, trust=[bare(EMBLEM)])


def algorithm(vectors: Topic) -> None:
    """Label 1."""
    usual = header(EMBLEM)
    add(vectors, "minimal", "alg and kid alone", usual, GOOD)
    add(vectors, "unsorted", "kid before alg", dict(reversed(usual.items())), GOOD)
    add(vectors, "alg-missing", "No alg", without(usual, ALG), MALFORMED)
    add(vectors, "alg-bytes", "An alg that is a byte string", usual | {ALG: b"\x26"}, MALFORMED)
    add(vectors, "alg-float", "An alg that is a float of the right value", usual | {ALG: -7.0}, MALFORMED)
    add(vectors, "alg-null", "An alg of null", usual | {ALG: None}, MALFORMED)
    add(vectors, "alg-bool", "An alg of true", usual | {ALG: True}, MALFORMED)
    add(vectors, "alg-array", "An alg in an array", usual | {ALG: [-7]}, MALFORMED)
    add(
        vectors,
        "alg-text",
        "The JOSE name of the key's algorithm as alg: no algorithm we know, and the key has another",
        usual | {ALG: "ES256"},
        MISMATCH,
    )
    unknown = sign(STRANGER, EMBLEM_CLAIMS, head=header(STRANGER, {ALG: "ES256"}))
    vectors.add(
        "alg-text-no-key",
        "A text as alg, and no key at hand: an algorithm that we do not know",
        SECTION,
        hexadecimal([unknown]),
        undetermined("token-algorithm-unknown", "unknown-could-decide"),
    )
    unprotected = pieces(EMBLEM, without(usual, ALG), EMBLEM_CLAIMS).but(unprotected={ALG: EMBLEM.alg})
    vectors.add(
        "alg-unprotected",
        "alg in the unprotected header only",
        SECTION,
        alone(unprotected),
        MALFORMED,
        trust=[bare(EMBLEM)],
    )


def key_identifier(vectors: Topic) -> None:
    """Label 4."""
    usual = header(EMBLEM)
    for slug, title, kid in (
        ("kid-short", "A kid of 31 bytes", EMBLEM.kid[:31]),
        ("kid-long", "A kid of 33 bytes", EMBLEM.kid + b"\x00"),
        ("kid-empty", "A kid of no bytes", b""),
        ("kid-text", "A kid as the identifier's text", "a" * 52),
        ("kid-text-32", "A kid that is a text of 32 characters", "a" * 32),
        ("kid-array", "A kid in an array", [EMBLEM.kid]),
        ("kid-null", "A kid of null", None),
    ):
        add(vectors, slug, title, usual | {KID: kid}, MALFORMED)
    add(vectors, "kid-missing", "No kid", without(usual, KID), MALFORMED)
    missing = rejected("token-key-missing", "emblem-missing")
    add(vectors, "kid-elsewhere", "A kid of a key that is not at hand", usual | {KID: STRANGER.kid}, missing)
    add(
        vectors,
        "kid-changed",
        "A kid with one bit changed",
        usual | {KID: bytes([EMBLEM.kid[0] ^ 1]) + EMBLEM.kid[1:]},
        missing,
    )
    other = sign(EMBLEM, EMBLEM_CLAIMS, head=usual | {KID: STRANGER.kid})
    vectors.add(
        "kid-other",
        "The kid of another key at hand: the signature is not that key's",
        SECTION,
        hexadecimal([EMBLEM.record, STRANGER.record, other]),
        rejected("token-signature-invalid", "emblem-missing"),
        trust=[bare(EMBLEM), bare(STRANGER)],
    )
    no_key = sign(EMBLEM, EMBLEM_CLAIMS)
    vectors.add(
        "key-absent",
        "No key record and no key given: the token cannot be verified",
        SECTION,
        hexadecimal([no_key]),
        missing,
    )
    vectors.add(
        "key-given",
        "No key record, but the verifier was given the key",
        SECTION,
        hexadecimal([no_key]),
        GOOD,
        trust=[bare(EMBLEM)],
    )


def content_type(vectors: Topic) -> None:
    """Label 16."""
    usual = header(EMBLEM)
    add(vectors, "typ", "typ application/adem", usual | {TYP: TYPE}, GOOD)
    for slug, title, value in (
        ("typ-cwt", "typ application/cwt", "application/cwt"),
        ("typ-short", "typ adem", "adem"),
        ("typ-case", "typ in upper case", TYPE.upper()),
        ("typ-space", "typ with a space after it", TYPE + " "),
        ("typ-empty", "typ of no characters", ""),
        ("typ-number", "typ as a content format number", 61),
        ("typ-bytes", "typ as a byte string", TYPE.encode()),
        ("typ-null", "typ of null", None),
    ):
        add(vectors, slug, title, usual | {TYP: value}, MALFORMED)


def critical(vectors: Topic) -> None:
    """Label 2."""
    usual = header(EMBLEM)
    typed = usual | {TYP: TYPE}
    add(vectors, "crit-alg", "crit with alg alone", usual | {CRIT: [ALG]}, GOOD)
    add(vectors, "crit-all", "crit with every label that is there", typed | {CRIT: [ALG, KID, TYP]}, GOOD)
    for slug, title, head in (
        ("crit-empty", "crit with nothing in it", usual | {CRIT: []}),
        ("crit-absent", "crit with a label that is understood and absent", usual | {CRIT: [ALG, TYP]}),
        ("crit-log-absent", "crit with log, which an emblem cannot have", usual | {CRIT: [ALG, "log"]}),
        ("crit-unknown", "crit with a label that nobody knows, present", usual | {CRIT: [ALG, 99], 99: 1}),
        ("crit-unknown-text", "crit with a text label that nobody knows, present", usual | {CRIT: ["new"], "new": 1}),
        ("crit-unknown-absent", "crit with a label that nobody knows, absent", usual | {CRIT: [99]}),
        ("crit-itself", "crit with crit", usual | {CRIT: [CRIT]}),
        ("crit-text-number", "crit with a label's number as text", usual | {CRIT: ["1"]}),
        ("crit-bytes", "crit with a byte string", usual | {CRIT: [b"\x01"]}),
        ("crit-number", "crit that is a number, not an array", usual | {CRIT: ALG}),
        ("crit-map", "crit that is a map", usual | {CRIT: {ALG: ALG}}),
        ("crit-null", "crit of null", usual | {CRIT: None}),
    ):
        add(vectors, slug, title, head, MALFORMED)


def labels(vectors: Topic) -> None:
    """Labels that the format does not know."""
    usual = header(EMBLEM)
    for slug, title, more in (
        ("unknown-label", "An unknown label that is not critical", {99: b"anything"}),
        ("unknown-negative", "An unknown negative label", {-65537: 1}),
        ("unknown-text", "An unknown text label", {"note": {"a": [1]}}),
        ("content-type", "Label 3 (content type), which has no meaning here", {3: "application/cwt"}),
        ("cwt-claims", "Label 15 (CWT claims), which has no meaning here", {15: {4: 0}}),
        ("x5chain", "Label 33 (x5chain), which has no meaning here", {33: b"\x30\x00"}),
    ):
        add(vectors, slug, title, usual | more, GOOD)
    for slug, title, label in (
        ("label-bytes", "A label that is a byte string", b"a"),
        ("label-float", "A label that is a float", 99.0),
        ("label-bool", "A label that is true", Raw(b"\xf5")),
        ("label-null", "A label of null", None),
        ("label-array", "A label that is an array", Raw(b"\x81\x01")),
    ):
        add(vectors, slug, title, usual | {label: 0}, MALFORMED)
    add(vectors, "log-in-emblem", "A log in the header of an emblem", usual | {"log": LOG}, MALFORMED)


def endorsement_header(vectors: Topic) -> None:
    """The header of an endorsement."""

    def endorsed(slug: str, title: str, head: object, expect: Document) -> None:
        root = sign(ROOT, endorsement_claims(EMBLEM), head=head)
        records = hexadecimal([EMBLEM.record, ROOT.record, sign(EMBLEM, ISSUED_CLAIMS), root])
        vectors.add(slug, title, SECTION, records, expect, trust=[bound(ROOT, ORG)])

    good = protected("organizational", "commitment-trusted", commitment="trusted")
    bad = rejected("token-malformed", "root-endorsement-missing")
    usual = header(ROOT, {"log": LOG})
    endorsed("endorsement", "An endorsement with log in its header", usual, good)
    endorsed(
        "endorsement-crit",
        "An endorsement with every label critical",
        usual | {TYP: TYPE, CRIT: [ALG, KID, TYP, "log"]},
        good,
    )
    endorsed("endorsement-crit-log", "log critical and absent from the header", header(ROOT, {CRIT: ["log"]}), bad)
    endorsed("endorsement-typ", "An endorsement of another typ", usual | {TYP: "application/cwt"}, bad)
    endorsed("endorsement-kid", "An endorsement without kid", without(usual, KID), bad)
