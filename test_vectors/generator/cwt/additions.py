"""Step 3: endorsements of the issuer that are not on the chain, and circles."""

from __future__ import annotations

from test_vectors.generator.cwt.chains import LINKS, ROBUST, SECTION, endorse
from test_vectors.generator.cwt.tokens import (
    ORGANIZATIONAL,
    issued,
    root_endorsement,
)
from test_vectors.generator.encoding import hexadecimal
from test_vectors.generator.keys import EMBLEM, MIDDLE, ROOT, STRANGER, key
from test_vectors.generator.vector import (
    ORG,
    OTHER_ORG,
    Topic,
    bound,
    rejected,
)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "additions", "What whoever can add records can add to a good set.")
    additions(vectors)
    loops(vectors)
    return vectors


def additions(vectors: Topic) -> None:
    """Endorsements of the issuer that are not on the chain. Whoever can add records can add these."""
    tokens = [issued(), endorse(ROOT, EMBLEM, end=False)]
    branch, unconnected = rejected("chain-branch"), rejected("chain-unconnected")
    second_root = key("second root")
    for slug, title, keys, more, draft in (
        ("branch", "A second key endorses the emblem's", [second_root], [endorse(second_root, EMBLEM)], branch),
        ("branch-end", "The same key endorses the emblem's with the other end", [], [endorse(ROOT, EMBLEM)], branch),
        (
            "stranger-branch",
            "A stranger endorses the emblem's key in the issuer's name",
            [STRANGER],
            [endorse(STRANGER, EMBLEM)],
            branch,
        ),
        (
            "unrelated",
            "The root endorses a key that has nothing to do with the emblem",
            [],
            [endorse(ROOT, STRANGER)],
            unconnected,
        ),
        (
            "stranger",
            "A stranger endorses an unknown key in the issuer's name",
            [STRANGER],
            [endorse(STRANGER, LINKS[2])],
            unconnected,
        ),
        (
            "other-subject",
            "The root endorses the emblem's key for another subject",
            [],
            [root_endorsement(subject=OTHER_ORG)],
            unconnected,
        ),
        ("below", "The emblem's key endorses another", [], [endorse(EMBLEM, STRANGER)], unconnected),
    ):
        records = hexadecimal([*ORGANIZATIONAL, *(signer.record for signer in keys), *tokens, *more])
        vectors.both(f"added-{slug}", title, SECTION, records, draft=draft, robust=ROBUST, trust=[bound(ROOT, ORG)])
    above = [
        issued(),
        endorse(MIDDLE, EMBLEM, end=False, log=None),
        endorse(ROOT, MIDDLE),
        endorse(second_root, MIDDLE),
    ]
    records = hexadecimal([signer.record for signer in (EMBLEM, MIDDLE, ROOT, second_root)] + above)
    vectors.both(
        "added-second-root",
        "Two roots endorse the key in the middle",
        SECTION,
        records,
        draft=branch,
        robust=ROBUST,
        trust=[bound(ROOT, ORG)],
    )
    for slug, title, addition in (
        ("no-key", "A stranger's endorsement whose key is not there", endorse(STRANGER, EMBLEM)),
        ("garbage", "Record data that are nothing", b"\x00" * 20),
        ("cut", "Half an endorsement", endorse(ROOT, EMBLEM)[:90]),
        (
            "other-issuer",
            "Another organization's endorsement of an unknown key",
            root_endorsement(STRANGER, issuer=OTHER_ORG, subject=OTHER_ORG),
        ),
        ("anonymous", "An endorsement without issuer", root_endorsement(issuer=None)),
    ):
        records = hexadecimal([*ORGANIZATIONAL, *tokens, addition])
        vectors.add(
            f"harmless-{slug}",
            f"Added, and no harm: {title[0].lower()}{title[1:]}",
            SECTION,
            records,
            ROBUST,
            trust=[bound(ROOT, ORG)],
        )


def loops(vectors: Topic) -> None:
    """Keys that endorse each other."""
    loop = rejected("chain-loop")
    tokens = [issued(), endorse(ROOT, EMBLEM, end=False)]
    for slug, title, addition in (
        ("emblem-itself", "The emblem's key endorses itself", endorse(EMBLEM, EMBLEM)),
        ("root-itself", "The root endorses itself", endorse(ROOT, ROOT)),
        ("emblem-root", "The emblem's key endorses the root", endorse(EMBLEM, ROOT)),
    ):
        records = hexadecimal([*ORGANIZATIONAL, *tokens, addition])
        draft = rejected() if slug == "emblem-itself" else loop
        vectors.both(f"loop-{slug}", title, SECTION, records, draft=draft, robust=ROBUST, trust=[bound(ROOT, ORG)])
    only_itself = hexadecimal([EMBLEM.record, issued(), endorse(EMBLEM, EMBLEM)])
    vectors.both(
        "loop-only",
        "The emblem's key endorses itself, and nothing else is there",
        SECTION,
        only_itself,
        draft=loop,
        robust=rejected("root-endorsement-missing"),
        trust=[],
    )
    ring = [issued(), endorse(MIDDLE, EMBLEM, log=None), endorse(ROOT, MIDDLE), endorse(MIDDLE, ROOT)]
    records = hexadecimal([signer.record for signer in (EMBLEM, MIDDLE, ROOT)] + ring)
    vectors.add(
        "loop-no-root",
        "Two keys above the emblem's endorse each other: there is no root",
        SECTION,
        records,
        loop,
        trust=[bound(ROOT, ORG)],
        robust=ROBUST,
    )
