"""Sets: which records belong together, and what they share."""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.cwt.carriage import ELSEWHERE, EXPIRED, GOOD, RECORDS, SECTION, add, ihle, txt, value
from test_vectors.generator.cwt.tokens import EMBLEM_CLAIMS, emblem, issued, root_endorsement, sign
from test_vectors.generator.encoding import (
    hexadecimal,
)
from test_vectors.generator.keys import EMBLEM, ROOT, STRANGER
from test_vectors.generator.vector import (
    ORG,
    TARGET,
    Document,
    Topic,
    bound,
    claimed,
    protected,
    rejected,
    undetermined,
)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "sets", "Sets that do not spoil each other, and their names.")
    sets(vectors)
    named_sets(vectors)
    return vectors


def sets(vectors: Topic) -> None:
    """Each owner, carriage and type is a set of its own; a target has the best."""
    good = [ihle(record) for record in RECORDS]
    section_cases = (
        (
            "expired-other-type",
            "An expired copy in the other type",
            [ihle(EMBLEM.record, number=65400), ihle(EXPIRED, number=65400)],
        ),
        (
            "second-emblem-other-type",
            "Another emblem in the other type",
            [ihle(EMBLEM.record, number=65400), ihle(emblem(prp=3), number=65400)],
        ),
        ("expired-txt", "An expired copy in TXT", [txt(EMBLEM.record), txt(EXPIRED)]),
        ("second-emblem-txt", "Another emblem in TXT", [txt(EMBLEM.record), txt(emblem(prp=3))]),
        ("attack-txt", "A stranger's emblem in TXT", [txt(STRANGER.record), txt(sign(STRANGER, EMBLEM_CLAIMS))]),
        ("malformed-other-type", "A malformed token in the other type", [ihle(emblem(prp=0), number=65400)]),
        ("elsewhere-txt", "An emblem of another host in TXT", [txt(emblem(assets=[ELSEWHERE]))]),
        ("unknown-txt", "A token of an unknown version in TXT", [txt(sign(EMBLEM, EMBLEM_CLAIMS | {"ver": 2}))]),
        ("endorsement-txt", "An endorsement in TXT", [txt(ROOT.record), txt(root_endorsement())]),
    )
    for slug, title, more in section_cases:
        add(vectors, slug, title, [*more, *good], GOOD)
    claimed_only = claimed("signed")
    keys_apart = [ihle(EMBLEM.record, number=65400), ihle(emblem())]
    title = "The key in the other type: keys are shared by all sets"
    vectors.add("key-other-type", title, SECTION, keys_apart, claimed_only)
    shared = [txt(EMBLEM.record, f"_emblem.{TARGET}"), ihle(emblem())]
    title = "The key in TXT below _emblem: keys are shared by all sets"
    vectors.add("key-txt", title, SECTION, shared, claimed_only)
    split = [*(ihle(record) for record in (EMBLEM.record, issued())), txt(ROOT.record), txt(root_endorsement())]
    vectors.add(
        "split",
        "The endorsement in TXT, the emblem in IHLE: tokens of different sets do not make a chain",
        SECTION,
        split,
        rejected("root-endorsement-missing"),
        profile="draft",
    )
    two_owners = [
        *(txt(record) for record in RECORDS),
        txt(EMBLEM.record, f"_emblem.{TARGET}"),
        txt(emblem(prp=2), f"_emblem.{TARGET}"),
    ]
    add(vectors, "two-owners", "Different emblems at the name and at _emblem: each is a set", two_owners, GOOD)
    rejected_and_unknown = [ihle(EMBLEM.record), ihle(EXPIRED), txt(sign(EMBLEM, EMBLEM_CLAIMS | {"ver": 2}))]
    add(
        vectors,
        "best-undetermined",
        "A rejected set and one that could not be judged",
        rejected_and_unknown,
        undetermined("unknown-could-decide"),
    )
    one_set = [value(EMBLEM.record), value(emblem()), *hexadecimal([EMBLEM.record, emblem(prp=2)])]
    add(vectors, "given", "Bare TXT values and bare hexadecimal data are two sets", one_set, GOOD)


def named_sets(vectors: Topic) -> None:
    """SET names in TXT."""
    organization = protected("organizational", issuer=ORG)

    def named(slug: str, title: str, lines: Sequence[str], expect: Document) -> None:
        vectors.add(f"named-{slug}", title, SECTION, lines, expect, trust=[bound(ROOT, ORG)])

    keys = [txt(EMBLEM.record), txt(ROOT.record)]
    whole = [txt(record, name="a") for record in (EMBLEM.record, ROOT.record, issued(), root_endorsement())]
    named("one", "A set with a name", whole, organization)
    named(
        "keys-without",
        "A set with a name, its keys without",
        [*keys, txt(issued(), name="a"), txt(root_endorsement(), name="a")],
        organization,
    )
    named(
        "keys-other",
        "A set with a name, its keys in another",
        [
            txt(EMBLEM.record, name="k"),
            txt(ROOT.record, name="k"),
            txt(issued(), name="a"),
            txt(root_endorsement(), name="a"),
        ],
        organization,
    )
    named(
        "two",
        "Two sets with names, the first without its endorsement",
        [*keys, txt(issued(), name="a"), txt(issued(prp=1), name="b"), txt(root_endorsement(), name="b")],
        organization,
    )
    named(
        "two-emblems",
        "Two sets with names, each with its emblem",
        [
            *keys,
            txt(issued(), name="a"),
            txt(root_endorsement(), name="a"),
            txt(issued(prp=3), name="b"),
            txt(root_endorsement(prp=3), name="b"),
        ],
        organization,
    )
    named(
        "shared-endorsement",
        "An endorsement without name belongs to every set",
        [*keys, txt(issued(), name="a"), txt(issued(prp=2), name="b"), txt(root_endorsement(prp=3))],
        organization,
    )
    named(
        "shared-emblem",
        "An emblem without name belongs to the set that has a name",
        [*keys, txt(issued()), txt(root_endorsement(), name="a")],
        organization,
    )
    named(
        "split",
        "The emblem in one named set, its endorsement in another",
        [*keys, txt(issued(), name="a"), txt(root_endorsement(), name="b")],
        rejected(),
    )
    named(
        "symbols",
        "A set whose name is of printable signs",
        [txt(record, name="a.b_c!~") for record in (EMBLEM.record, ROOT.record, issued(), root_endorsement())],
        organization,
    )
    named(
        "case",
        "Set names that differ in case are two sets",
        [*keys, txt(issued(), name="a"), txt(root_endorsement(), name="A")],
        rejected(),
    )
