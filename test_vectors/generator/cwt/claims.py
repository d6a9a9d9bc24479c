"""The claims of emblems: presence, type and range of each."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import (
    EMBLEM_CLAIMS,
    EXPIRES,
    ISS,
    ISSUED_AT,
    LOG,
    NOT_BEFORE,
    SUB,
    alone,
    sign,
    without,
)
from test_vectors.generator.encoding import Pairs, Raw
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import EXP, NBF, NOW, ORG, TARGET, Document, Topic, bare, protected, rejected

MALFORMED = rejected("token-malformed", "emblem-missing")
GOOD = protected("signed")
NOT_A_NUMBER, INFINITY = float("nan"), float("inf")
PURPOSES = ("protective", "indicative", "dangerous-forces", "civil-defence", "cultural-property")


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "claims", "The claims of an emblem.")
    version(vectors)
    dates(vectors)
    purposes(vectors)
    assets(vectors)
    kinds(vectors)
    keys(vectors)
    issuer(vectors)
    return vectors


def add(vectors: Topic, slug: str, title: str, claims: object, expect: Document, section: str = "Claims") -> None:
    """An emblem with these claims and its key, which is trusted."""
    vectors.add(slug, title, section, alone(sign(EMBLEM, claims)), expect, trust=[bare(EMBLEM)])


def version(vectors: Topic) -> None:
    """``ver``: unknown versions stand in the file ``unknown``."""
    add(vectors, "ver-missing", "No ver", without(EMBLEM_CLAIMS, "ver"), MALFORMED)
    for slug, title, value in (
        ("ver-256", "ver above 255", 256),
        ("ver-huge", "ver of 2^64 - 1", 2**64 - 1),
        ("ver-negative", "ver -1", -1),
        ("ver-float", "ver as the float 1.0", 1.0),
        ("ver-text", "ver as text, as JWS writes it", "v1"),
        ("ver-digit", "ver as the text 1", "1"),
        ("ver-true", "ver true", True),
        ("ver-null", "ver null", None),
        ("ver-bytes", "ver as a byte string", b"\x01"),
        ("ver-array", "ver in an array", [1]),
    ):
        add(vectors, slug, title, EMBLEM_CLAIMS | {"ver": value}, MALFORMED)


def dates(vectors: Topic) -> None:
    """The types of ``exp``, ``nbf`` and ``iat``; their values stand in the file ``times``."""
    for claim, name, value in ((EXPIRES, "exp", EXP), (NOT_BEFORE, "nbf", NBF)):
        add(vectors, f"{name}-missing", f"No {name}", without(EMBLEM_CLAIMS, claim), MALFORMED)
        add(vectors, f"{name}-float", f"{name} as a float", EMBLEM_CLAIMS | {claim: float(value)}, GOOD)
    add(vectors, "iat-missing", "No iat, which is optional", without(EMBLEM_CLAIMS, ISSUED_AT), GOOD)
    add(vectors, "iat-float", "iat as a float", EMBLEM_CLAIMS | {ISSUED_AT: NBF + 0.5}, GOOD)
    add(vectors, "iat-future", "iat in the future: it is not judged", EMBLEM_CLAIMS | {ISSUED_AT: NOW + 3600}, GOOD)
    add(vectors, "iat-negative", "iat before 1970", EMBLEM_CLAIMS | {ISSUED_AT: -1}, GOOD)
    for claim, name in ((EXPIRES, "exp"), (NOT_BEFORE, "nbf"), (ISSUED_AT, "iat")):
        for slug, title, wrong in (
            ("text", "as text", "1900000000"),
            ("date", "as the text of a date", "2027-03-02T00:00:00Z"),
            ("true", "true", True),
            ("null", "null", None),
            ("bytes", "as a byte string", b"\x7f\xff\xff\xff"),
            ("nan", "not a number", NOT_A_NUMBER),
            ("infinity", "infinite", INFINITY),
            ("minus-infinity", "minus infinity", -INFINITY),
            ("array", "in an array", [EXP]),
        ):
            add(vectors, f"{name}-{slug}", f"{name} {title}", EMBLEM_CLAIMS | {claim: wrong}, MALFORMED)
    half_infinity = EMBLEM_CLAIMS | {EXPIRES: Raw(b"\xf9\x7c\x00")}
    add(vectors, "exp-half-infinity", "exp infinite in half precision", half_infinity, MALFORMED)
    single = EMBLEM_CLAIMS | {EXPIRES: Raw(b"\xfa\x4f\x00\x00\x00")}
    add(vectors, "exp-single", "exp as a float of single precision (2^31)", single, GOOD)


def purposes(vectors: Topic) -> None:
    """``prp``."""
    add(vectors, "prp-missing", "No prp", without(EMBLEM_CLAIMS, "prp"), MALFORMED)
    for value in (1, 2, 3, 4, 8, 16, 31):
        names = [name for bit, name in enumerate(PURPOSES) if value >> bit & 1]
        add(
            vectors,
            f"prp-{value}",
            f"prp {value}: {', '.join(names)}",
            EMBLEM_CLAIMS | {"prp": value},
            protected("signed", purposes=names),
        )
    for slug, title, wrong in (
        ("prp-zero", "prp 0", 0),
        ("prp-32", "prp 32: a bit that has no meaning", 32),
        ("prp-33", "prp 33: a bit that has no meaning beside one that has", 33),
        ("prp-negative", "prp -1", -1),
        ("prp-float", "prp as the float 1.0", 1.0),
        ("prp-true", "prp true", True),
        ("prp-text", "prp as text", "protective"),
        ("prp-array", "prp as an array of names, as JWS writes it", ["protective"]),
        ("prp-bytes", "prp as a byte string", b"\x01"),
        ("prp-null", "prp null", None),
    ):
        add(vectors, slug, title, EMBLEM_CLAIMS | {"prp": wrong}, MALFORMED)


def assets(vectors: Topic) -> None:
    """The type of ``assets``; what its entries match stands in the file ``names``."""
    for slug, title, value in (
        ("assets-empty", "assets with nothing in it", []),
        ("assets-text", "assets as one text", TARGET),
        ("assets-map", "assets as a map", {TARGET: True}),
        ("assets-null", "assets null", None),
        ("assets-number", "assets with a number beside the name", [TARGET, 1]),
        ("assets-bytes", "assets with a byte string beside the name", [TARGET, TARGET.encode()]),
        ("assets-null-entry", "assets with null beside the name", [TARGET, None]),
        ("assets-nested", "assets in an array once too often", [[TARGET]]),
    ):
        add(vectors, slug, title, EMBLEM_CLAIMS | {"assets": value}, MALFORMED)
    add(
        vectors,
        "assets-several",
        "assets with several names",
        EMBLEM_CLAIMS | {"assets": ["a.example", TARGET, "b.example"]},
        protected("signed", assets=["a.example", TARGET, "b.example"]),
    )
    add(vectors, "assets-twice", "The same asset twice", EMBLEM_CLAIMS | {"assets": [TARGET, TARGET]}, GOOD)


def kinds(vectors: Topic) -> None:
    """Claims that make a token an emblem, an endorsement, both or neither."""
    endorsement: dict[object, object] = {"key": EMBLEM.kid, "end": True}
    add(vectors, "no-kind", "Neither assets nor key and end", without(EMBLEM_CLAIMS, "assets"), MALFORMED)
    add(vectors, "both-kinds", "assets, key and end", EMBLEM_CLAIMS | endorsement, MALFORMED)
    add(vectors, "emblem-key", "An emblem with key", EMBLEM_CLAIMS | {"key": EMBLEM.kid}, MALFORMED)
    add(vectors, "emblem-end", "An emblem with end", EMBLEM_CLAIMS | {"end": False}, MALFORMED)
    add(vectors, "emblem-sub", "An emblem with sub", EMBLEM_CLAIMS | {SUB: ORG}, MALFORMED)
    add(vectors, "emblem-log", "An emblem with log", EMBLEM_CLAIMS | {"log": LOG}, MALFORMED)


def keys(vectors: Topic) -> None:
    """Claim keys that the table does not have."""
    for slug, title, more in (
        ("unknown-text", "An unknown text claim", {"note": "anything"}),
        ("unknown-empty", "A text claim whose key has no characters", {"": 1}),
        ("unknown-jws", "The claim emb of the other format", {"emb": {"prp": []}}),
        ("unknown-number-text", "A number as a text key", {"4": 0}),
        ("unknown-case", "Claims whose keys differ in case", {"PRP": 0, "Assets": []}),
    ):
        add(vectors, slug, title, EMBLEM_CLAIMS | more, GOOD)
    for slug, title, key in (
        ("key-aud", "Claim 3 (aud)", 3),
        ("key-cti", "Claim 7 (cti)", 7),
        ("key-cnf", "Claim 8 (cnf)", 8),
        ("key-zero", "Claim 0", 0),
        ("key-negative", "Claim -1", -1),
        ("key-large", "Claim 2^40", 2**40),
        ("key-float", "A claim key that is a float", 9.5),
        ("key-bytes", "A claim key that is a byte string", b"prp"),
        ("key-true", "A claim key that is true", Raw(b"\xf5")),
        ("key-null", "A claim key of null", None),
        ("key-array", "A claim key that is an array", Raw(b"\x81\x01")),
    ):
        add(vectors, slug, title, EMBLEM_CLAIMS | {key: "a"}, MALFORMED)
    float_exp = Pairs((*without(EMBLEM_CLAIMS, EXPIRES).items(), (4.0, EXP)))
    add(vectors, "key-float-exp", "The expiry under the float 4.0", float_exp, MALFORMED)


def issuer(vectors: Topic) -> None:
    """The type of ``iss``; its text stands in the file ``organizations``."""
    for slug, title, value in (
        ("iss-null", "iss null", None),
        ("iss-number", "iss a number", 1),
        ("iss-bytes", "iss as a byte string", ORG.encode()),
        ("iss-array", "iss in an array", [ORG]),
    ):
        add(vectors, slug, title, EMBLEM_CLAIMS | {ISS: value}, MALFORMED)
