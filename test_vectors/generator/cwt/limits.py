"""Limits of size and number: what is over a limit is never read by half."""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.cwt.carriage import ihle, txt
from test_vectors.generator.cwt.tokens import emblem
from test_vectors.generator.encoding import hexadecimal
from test_vectors.generator.keys import EMBLEM, key
from test_vectors.generator.vector import TARGET, Document, Topic, bare, protected, rejected, undetermined

SECTION = "Limits"
LARGEST = 16384
TOO_MANY = undetermined("records-too-many")


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "limits", "Limits of size and number.")
    sizes(vectors)
    numbers(vectors)
    return vectors


def add(vectors: Topic, slug: str, title: str, lines: Sequence[str], expect: Document) -> None:
    """Lines judged with the emblem's key trusted."""
    vectors.add(slug, title, SECTION, lines, expect, trust=[bare(EMBLEM)])


def of_size(size: int) -> bytes:
    """An emblem of exactly so many bytes."""
    length = size
    while len(token := emblem(note="a" * length)) != size:
        length -= len(token) - size
    return token


def strangers(count: int, name: str = "limit") -> list[bytes]:
    """Keys that no token names."""
    return [key(f"{name} {number}").record for number in range(count)]


def sizes(vectors: Topic) -> None:
    """One record."""
    add(
        vectors,
        "record-largest",
        "A token of 16384 bytes",
        hexadecimal([EMBLEM.record, of_size(LARGEST)]),
        protected("signed"),
    )
    large = of_size(LARGEST + 1)
    add(
        vectors,
        "record-too-large",
        "A token of 16385 bytes",
        hexadecimal([EMBLEM.record, large]),
        rejected("record-too-large", "emblem-missing"),
    )
    add(
        vectors,
        "record-too-large-beside",
        "A token of 16385 bytes beside a good one",
        hexadecimal([EMBLEM.record, large, emblem()]),
        protected("signed", "record-too-large"),
    )


def numbers(vectors: Topic) -> None:
    """Records of a set, and of a target."""
    good = [EMBLEM.record, emblem()]
    add(vectors, "set-64", "A set of 64 records", hexadecimal([*good, *strangers(62)]), protected("signed"))
    add(vectors, "set-65", "A set of 65 records", hexadecimal([*good, *strangers(63)]), TOO_MANY)
    small = [txt(record) for record in good]
    add(
        vectors,
        "set-65-beside",
        "A set of 65 records beside a good one",
        [*(ihle(record) for record in strangers(65)), *small],
        protected("signed"),
    )
    owners = [(TARGET, ihle), (TARGET, _second_type), (TARGET, txt), (f"_emblem.{TARGET}", txt)]
    lines = [
        form(record, owner)
        for number, (owner, form) in enumerate(owners)
        for record in [*good, *strangers(62, f"owner {number}")]
    ]
    add(vectors, "target-256", "256 records in four sets", lines, protected("signed"))
    extra = [ihle(emblem(prp=2), f"_emblem.{TARGET}")]
    add(vectors, "target-257", "257 records in five sets", [*lines, *extra], TOO_MANY)
    in_every_set = [txt(record) for record in good]
    named = [txt(record, name=str(number)) for number, record in enumerate(strangers(17), 1)]
    add(vectors, "sets-16", "A target with 16 sets", [*in_every_set, *named[:16]], protected("signed"))
    add(vectors, "sets-17", "A target with 17 sets, the first good", [*in_every_set, *named], TOO_MANY)


def _second_type(data: bytes, owner: str) -> str:
    return ihle(data, owner, 65400)
