"""What CBOR allows and this format does not, and what is no CBOR."""

from __future__ import annotations

from test_vectors.generator.cwt.structure import GOOD, MALFORMED, NO_RECORD, add, claims_with
from test_vectors.generator.cwt.tokens import (
    ALG,
    EMBLEM_CLAIMS,
    EXPIRES,
    KID,
    header,
    pieces,
    sign,
)
from test_vectors.generator.encoding import ARRAY, BYTES, MAP, TEXT, Pairs, Raw, Tag, cbor, head, indefinite
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import NOW, TARGET, Topic


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "cbor", "CBOR as such: strictness and damage.")
    wrong_cbor(vectors)
    return vectors


def wrong_cbor(vectors: Topic) -> None:
    """What CBOR allows and this format does not, and what is no CBOR."""
    token = GOOD.token
    add(vectors, "trailing-byte", "A byte after the token", token + b"\x00", MALFORMED)
    add(vectors, "trailing-break", "A break after the token", token + b"\xff", MALFORMED)
    add(vectors, "trailing-key", "The key in the token's own record", token + EMBLEM.record, MALFORMED)
    add(vectors, "truncated-byte", "The last byte missing", token[:-1], MALFORMED)
    add(vectors, "truncated-half", "Only the first half", token[: len(token) // 2], MALFORMED)
    add(vectors, "truncated-tags", "Only the tags", token[:3], MALFORMED)
    add(
        vectors,
        "indefinite-array",
        "The array of indefinite length",
        cbor(Tag(61, Tag(18, indefinite(ARRAY, *GOOD.items)))),
        MALFORMED,
    )
    add(
        vectors,
        "indefinite-payload",
        "The payload's byte string in chunks",
        GOOD.but(payload=indefinite(BYTES, GOOD.payload)),
        MALFORMED,
    )
    add(
        vectors,
        "indefinite-signature",
        "The signature in chunks",
        GOOD.but(signature=indefinite(BYTES, GOOD.signature)),
        MALFORMED,
    )
    flat = [part for pair in EMBLEM_CLAIMS.items() for part in pair]
    add(
        vectors,
        "indefinite-claims",
        "The claims map of indefinite length",
        sign(EMBLEM, indefinite(MAP, *flat)),
        MALFORMED,
    )
    in_header = indefinite(MAP, ALG, EMBLEM.alg, KID, EMBLEM.kid)
    add(
        vectors,
        "indefinite-header",
        "The header map of indefinite length",
        pieces(EMBLEM, in_header, EMBLEM_CLAIMS).token,
        MALFORMED,
    )
    assets = indefinite(ARRAY, TARGET)
    add(vectors, "indefinite-assets", "The assets of indefinite length", claims_with(assets=assets), MALFORMED)
    add(
        vectors,
        "indefinite-text",
        "A text in chunks in an unknown claim",
        claims_with(more=indefinite(TEXT, "a", "b")),
        MALFORMED,
    )
    pairs = tuple(EMBLEM_CLAIMS.items())
    add(
        vectors,
        "duplicate-claim",
        "The same claim twice with the same value",
        sign(EMBLEM, Pairs((*pairs, ("prp", 1)))),
        MALFORMED,
    )
    add(
        vectors,
        "duplicate-exp",
        "Two expiries, the second still to come",
        sign(EMBLEM, Pairs(((EXPIRES, NOW - 1), *pairs))),
        MALFORMED,
    )
    hidden = Pairs((*pairs, (Raw(head(0, EXPIRES, 1)), NOW + 1)))
    add(
        vectors,
        "duplicate-wide",
        "An expiry twice, once under a longer encoding of its key",
        sign(EMBLEM, hidden),
        MALFORMED,
    )
    add(
        vectors,
        "duplicate-unknown",
        "An unknown claim twice",
        sign(EMBLEM, Pairs((*pairs, ("a", 1), ("a", 2)))),
        MALFORMED,
    )
    add(
        vectors,
        "duplicate-nested",
        "A key twice in a map within an unknown claim",
        claims_with(more=Pairs(((1, 1), (1, 2)))),
        MALFORMED,
    )
    twice = Pairs((*header(EMBLEM).items(), (ALG, EMBLEM.alg)))
    add(vectors, "duplicate-label", "A header label twice", pieces(EMBLEM, twice, EMBLEM_CLAIMS).token, MALFORMED)
    add(vectors, "bad-text", "A text that is not UTF-8", claims_with(more=Raw(b"\x61\xff")), MALFORMED)
    add(vectors, "reserved-length", "A head with a reserved length (28)", claims_with(more=Raw(b"\x1c")), MALFORMED)
    add(vectors, "stray-break", "A break in place of a value", claims_with(more=Raw(b"\xff")), MALFORMED)
    add(
        vectors,
        "length-beyond",
        "A text longer than all bytes there are",
        claims_with(more=Raw(b"\x7b" + b"\xff" * 8)),
        MALFORMED,
    )
    count_beyond = GOOD.but(payload=Raw(b"\x5b\x7f" + b"\xff" * 7))
    add(vectors, "payload-beyond", "A payload longer than all bytes there are", count_beyond, MALFORMED)
    too_deep = Raw(head(ARRAY, 1) * 8 + cbor(0))
    add(
        vectors,
        "too-deep",
        "Eight arrays in each other in an unknown claim: nine containers",
        claims_with(more=too_deep),
        MALFORMED,
    )
    for slug, title, innermost in (("array", "array", head(ARRAY, 0)), ("map", "map", head(MAP, 0))):
        add(
            vectors,
            f"too-deep-empty-{slug}",
            f"Seven arrays in each other in an unknown claim and an empty {title} in them: nine containers",
            claims_with(more=Raw(head(ARRAY, 1) * 7 + innermost)),
            MALFORMED,
        )
    deep = Raw(head(ARRAY, 1) * 400 + cbor(0))
    add(vectors, "deep", "An unknown claim of 400 arrays in each other", claims_with(more=deep), MALFORMED)
    add(vectors, "not-cbor", "Record data that are plain text", b"v=spf1 -all", NO_RECORD)
    add(vectors, "integer", "Record data that are an integer", cbor(61), NO_RECORD)
    add(vectors, "wrapped", "A token in a byte string", cbor(token), NO_RECORD)
    add(vectors, "two-in-array", "A key and a token in an array", cbor([Raw(EMBLEM.record), Raw(token)]), NO_RECORD)
