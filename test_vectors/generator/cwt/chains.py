"""Step 3: the chain of the issuer's own endorsements."""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.cwt.tokens import (
    LOG,
    emblem,
    endorsement_claims,
    issued,
    root_endorsement,
    sign,
)
from test_vectors.generator.encoding import hexadecimal
from test_vectors.generator.keys import EMBLEM, MIDDLE, ROOT, STRANGER, Key, key
from test_vectors.generator.vector import (
    ORG,
    OTHER_ORG,
    Document,
    Topic,
    bare,
    bound,
    claimed,
    protected,
    rejected,
)

SECTION = "Procedure step 3"
GOOD = protected("organizational", "commitment-trusted", commitment="trusted", issuer=ORG)
LINKS = (MIDDLE, key("second middle"), key("third middle"))
ROBUST = protected("organizational", commitment="trusted", issuer=ORG)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "chains", "The chain from the emblem's key to the issuer's root key.")
    lengths(vectors)
    missing_links(vectors)
    permission(vectors)
    purposes(vectors)
    endorsed_tokens(vectors)
    without_issuer(vectors)
    return vectors


def endorse(signer: Key, endorsed: Key, *, end: bool = True, prp: int = 1, log: object = LOG) -> bytes:
    """An endorsement by the issuer."""
    return root_endorsement(endorsed, key=signer, end=end, prp=prp, log=log)


def add(
    vectors: Topic,
    slug: str,
    title: str,
    keys: Sequence[Key],
    tokens: Sequence[bytes],
    expect: Document,
    robust: Document | None = None,
) -> None:
    """Tokens with their keys; the issuer's root key is bound to it."""
    records = hexadecimal([*(signer.record for signer in keys), *tokens])
    vectors.add(slug, title, SECTION, records, expect, trust=[bound(ROOT, ORG)], robust=robust)


def chain(signers: Sequence[Key]) -> list[bytes]:
    """Endorsements from the emblem's key up to the last of these keys."""
    return [
        endorse(signer, endorsed, end=endorsed is not EMBLEM, log=LOG if signer is signers[-1] else None)
        for endorsed, signer in zip((EMBLEM, *signers), signers, strict=False)
    ]


def lengths(vectors: Topic) -> None:
    """Chains of every length, in both orders."""
    vectors.add(
        "length-0",
        "No endorsement, and the emblem's own key bound to the issuer",
        SECTION,
        hexadecimal([EMBLEM.record, issued()]),
        GOOD,
        trust=[bound(EMBLEM, ORG)],
    )
    for length in (1, 2, 3, 4):
        signers = [*LINKS[: length - 1], ROOT]
        tokens = [issued(), *chain(signers)]
        add(vectors, f"length-{length}", f"A chain of {length}", [EMBLEM, *signers], tokens, GOOD)
        if length > 1:
            add(
                vectors,
                f"length-{length}-reversed",
                f"A chain of {length}, its records in the other order",
                [EMBLEM, *signers][::-1],
                tokens[::-1],
                GOOD,
            )
    signers = [*LINKS[:1], ROOT]
    vectors.add(
        "length-2-middle-trusted",
        "A bare trusted key in the middle of the chain",
        SECTION,
        hexadecimal([*(signer.record for signer in [EMBLEM, *signers]), issued(), *chain(signers)]),
        protected("signed", "commitment-not-checked", commitment="not-checked"),
        trust=[bare(MIDDLE)],
    )


def missing_links(vectors: Topic) -> None:
    """Chains with a gap."""
    keys = [EMBLEM, MIDDLE, LINKS[1], ROOT]
    low, middle, high = chain(keys[1:])
    draft = rejected("chain-unconnected")
    for slug, title, tokens, robust in (
        ("lowest", "Without the endorsement of the emblem's key", [middle, high], "root-endorsement-missing"),
        ("middle", "Without the endorsement in the middle", [low, high], "root-log-missing"),
    ):
        add(vectors, f"gap-{slug}", title, keys, [issued(), *tokens], draft, rejected(robust))
    vectors.add(
        "gap-root",
        "Without the root endorsement: the one below it is the top, and has no log",
        SECTION,
        hexadecimal([*(signer.record for signer in keys), issued(), low, middle]),
        rejected("root-log-missing"),
        robust=rejected("root-log-missing"),
    )
    vectors.add(
        "gap-key",
        "Without the key record of the middle endorsement",
        SECTION,
        hexadecimal([EMBLEM.record, MIDDLE.record, ROOT.record, issued(), low, middle, high]),
        rejected("token-key-missing", "chain-unconnected"),
        robust=rejected("token-key-missing", "root-log-missing"),
    )


def permission(vectors: Topic) -> None:
    """``end``: every endorsement but the one of the emblem's own key must have it."""
    keys = [EMBLEM, MIDDLE, ROOT]
    low, high = endorse(MIDDLE, EMBLEM, end=False, log=None), endorse(ROOT, MIDDLE)
    add(
        vectors,
        "end-true-lowest",
        "end true where the emblem's own key is endorsed",
        keys,
        [issued(), endorse(MIDDLE, EMBLEM, log=None), high],
        GOOD,
    )
    forbidden = endorse(ROOT, MIDDLE, end=False)
    add(
        vectors,
        "end-false-root",
        "end false at the root, which endorses a key that endorses",
        keys,
        [issued(), low, forbidden],
        rejected("endorsement-forbids-endorsing"),
    )
    four = [EMBLEM, MIDDLE, LINKS[1], ROOT]
    add(
        vectors,
        "end-false-middle",
        "end false in the middle",
        four,
        [issued(), low, endorse(LINKS[1], MIDDLE, end=False, log=None), endorse(ROOT, LINKS[1])],
        rejected("endorsement-forbids-endorsing"),
    )


def purposes(vectors: Topic) -> None:
    """``prp``: the emblem's must be a subset of every endorsement's."""
    keys = [EMBLEM, ROOT]
    for emblem_purposes, allowed in ((1, 1), (1, 3), (2, 31), (3, 3), (16, 24), (31, 31)):
        add(
            vectors,
            f"prp-{emblem_purposes}-in-{allowed}",
            f"prp {emblem_purposes} where {allowed} is allowed",
            keys,
            [issued(prp=emblem_purposes), endorse(ROOT, EMBLEM, prp=allowed)],
            GOOD,
        )
    exceeded = rejected("endorsement-purpose-exceeded")
    for emblem_purposes, allowed in ((1, 2), (2, 1), (3, 1), (3, 2), (5, 1), (31, 30), (16, 15)):
        add(
            vectors,
            f"prp-{emblem_purposes}-not-in-{allowed}",
            f"prp {emblem_purposes} where {allowed} is allowed",
            keys,
            [issued(prp=emblem_purposes), endorse(ROOT, EMBLEM, prp=allowed)],
            exceeded,
        )
    three = [EMBLEM, MIDDLE, ROOT]
    low = endorse(MIDDLE, EMBLEM, end=False, prp=1, log=None)
    add(
        vectors,
        "prp-root",
        "A purpose that the lower endorsement allows and the root's does not",
        three,
        [issued(), low, endorse(ROOT, MIDDLE, prp=2)],
        exceeded,
    )
    add(
        vectors,
        "prp-low",
        "A purpose that the root's endorsement allows and the lower one does not",
        three,
        [issued(), endorse(MIDDLE, EMBLEM, end=False, prp=2, log=None), endorse(ROOT, MIDDLE, prp=3)],
        exceeded,
    )
    add(
        vectors,
        "prp-wider-below",
        "A lower endorsement that allows more than the root's: the emblem's prp is what counts",
        three,
        [issued(), endorse(MIDDLE, EMBLEM, prp=31, log=None), endorse(ROOT, MIDDLE, prp=1)],
        GOOD,
    )


def endorsed_tokens(vectors: Topic) -> None:
    """``key`` and ``sub`` say what is endorsed."""
    keys = [EMBLEM, STRANGER, ROOT]
    missing = rejected("root-endorsement-missing")
    for slug, title, endorsement in (
        ("other-key", "The endorsement is of another key", endorse(ROOT, STRANGER)),
        ("other-subject", "The endorsement is of another subject", root_endorsement(subject=OTHER_ORG)),
        ("no-subject", "The endorsement has no subject, the emblem an issuer", root_endorsement(subject=None)),
    ):
        add(vectors, slug, title, keys, [issued(), endorsement], rejected("chain-unconnected"), missing)
    add(
        vectors,
        "other-issuer",
        "The only endorsement is another organization's",
        keys,
        [issued(), root_endorsement(issuer=OTHER_ORG)],
        missing,
    )
    add(
        vectors,
        "no-issuer",
        "The only endorsement has no issuer",
        keys,
        [issued(), root_endorsement(issuer=None)],
        missing,
    )
    add(vectors, "none", "No endorsement", keys, [issued()], missing)
    vectors.add(
        "none-bare",
        "No endorsement, and the emblem's key trusted as nobody's in particular",
        "Procedure step 4",
        hexadecimal([EMBLEM.record, issued()]),
        missing,
        trust=[bare(EMBLEM)],
    )


def without_issuer(vectors: Topic) -> None:
    """Emblems without issuer: absent equals absent."""
    keys = [EMBLEM, ROOT]
    anonymous = endorsement_claims(EMBLEM, issuer=None, subject=None)
    signed = sign(ROOT, anonymous)
    good = protected("signed", commitment="not-applicable", issuer=None)

    untrusted = claimed("signed", commitment="not-applicable")

    def trusting(
        slug: str, title: str, tokens: Sequence[bytes], expect: Document, robust: Document | None = None
    ) -> None:
        records = hexadecimal([*(signer.record for signer in keys), *tokens])
        vectors.add(f"anonymous-{slug}", title, SECTION, records, expect, trust=[bare(ROOT)], robust=robust)

    trusting("chain", "Emblem and endorsement without issuer: a chain", [emblem(), signed], good)
    trusting(
        "prp",
        "The same, and the endorsement allows other purposes",
        [emblem(), sign(ROOT, anonymous | {"prp": 2})],
        rejected("endorsement-purpose-exceeded"),
        untrusted,
    )
    trusting(
        "subject",
        "The endorsement has a subject, the emblem no issuer",
        [emblem(), root_endorsement(issuer=None)],
        rejected("chain-unconnected"),
        untrusted,
    )
    trusting(
        "issued-endorsement",
        "The endorsement has an issuer, the emblem none: not of its chain",
        [emblem(), root_endorsement(subject=None)],
        untrusted,
    )
    vectors.add(
        "anonymous-bound",
        "An emblem without issuer by a key bound to an organization: it does not count",
        "Trust",
        hexadecimal([EMBLEM.record, emblem()]),
        claimed("signed", issuer=None),
        trust=[bound(EMBLEM, ORG)],
    )
