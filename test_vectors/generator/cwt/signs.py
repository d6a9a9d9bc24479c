"""The claim ``sign``, an addition of our profile."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import EMBLEM_CLAIMS, alone, sign
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import Document, Topic, bare, protected


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "sign", "The claim sign: which of the three emblems the issuer bears.")
    for value, name in (
        ("red-cross", "The red cross"),
        ("red-crescent", "The red crescent"),
        ("red-crystal", "The red crystal"),
    ):
        add(vectors, value, name, {"sign": value}, known(value))
    add(vectors, "none", "No sign", {}, {**known(None), "absent_reasons": ["sign-unknown", "sign-without-purpose"]})
    add(vectors, "indicative", "A sign of indicative use", {"sign": "red-cross", "prp": 2}, known("red-cross"))
    add(
        vectors,
        "mixed",
        "A sign of an emblem with protective and other purposes",
        {"sign": "red-cross", "prp": 9},
        known("red-cross"),
    )
    unknown = protected("signed", "sign-unknown", sign=None)
    for slug, title, wrong in (
        ("unknown", "A sign that nobody knows", "red-lion"),
        ("case", "A sign in capitals", "Red-Cross"),
        ("space", "A sign with a space after it", "red-cross "),
        ("empty", "A sign of no characters", ""),
        ("number", "A sign that is a number", 1),
        ("null", "A sign of null", None),
        ("array", "A sign in an array", ["red-cross"]),
        ("bytes", "A sign as a byte string", b"red-cross"),
    ):
        add(vectors, slug, title, {"sign": wrong}, unknown)
    useless = protected("signed", "sign-without-purpose", sign=None)
    for purposes, name in (
        (4, "dangerous forces"),
        (8, "civil defence"),
        (16, "cultural property"),
        (28, "all three others"),
    ):
        add(
            vectors,
            f"purpose-{purposes}",
            f"A sign of an emblem for {name}",
            {"sign": "red-cross", "prp": purposes},
            useless,
        )
    return vectors


def known(value: str | None) -> Document:
    """A trusted emblem with this sign."""
    return protected("signed", sign=value)


def add(vectors: Topic, slug: str, title: str, claims: Document, expect: Document) -> None:
    """An emblem with these claims and its key, which is trusted."""
    token = sign(EMBLEM, EMBLEM_CLAIMS | claims)
    vectors.add(slug, title, "Sign", alone(token), expect, trust=[bare(EMBLEM)])
