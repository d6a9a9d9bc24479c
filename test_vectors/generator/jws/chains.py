"""The procedure with JWS tokens: chains, root keys, authorities and trust."""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.encoding import base64url
from test_vectors.generator.jws.tokens import (
    EMBLEM_CLAIMS,
    LOG,
    emblem,
    endorsement,
    endorsement_claims,
    header,
    issued,
    root_endorsement,
    sign,
    values,
)
from test_vectors.generator.keys import EMBLEM, MIDDLE, ROOT, STRANGER, Key, key
from test_vectors.generator.vector import (
    AUTH,
    NBF,
    NOW,
    ORG,
    OTHER_ORG,
    Document,
    Topic,
    Trusted,
    bare,
    bound,
    claimed,
    protected,
    rejected,
)

STEP_3, STEP_4, STEP_5, TRUST = "Procedure step 3", "Procedure step 4", "Procedure step 5", "Trust"
GOOD = protected("organizational", "commitment-trusted", commitment="trusted", issuer=ORG)
NOBODY = claimed("signed", "commitment-not-checked", commitment="not-checked", issuer=ORG, endorsed_by=[])
SIGNED = protected("signed", "commitment-not-checked", commitment="not-checked", issuer=ORG)
ENDORSED = protected("endorsed", "commitment-vouched", "endorser-accepted", commitment="vouched", endorsed_by=[AUTH])
ROOT_BOUND = (bound(ROOT, ORG),)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("jws", "chains", "Chains, root keys, authorities and trust.")
    lengths(vectors)
    broken(vectors)
    additions(vectors)
    copies(vectors)
    return vectors


def endorse(signer: Key, endorsed: Key, *, end: bool | None = True, log: object = LOG) -> str:
    """An endorsement by the issuer; an ``end`` of None is left out."""
    claims = endorsement_claims(endorsed, end=bool(end), log=log)
    return endorsement(signer, {name: value for name, value in claims.items() if end is not None or name != "end"})


def add(
    vectors: Topic,
    slug: str,
    title: str,
    section: str,
    records: Sequence[str],
    expect: Document,
    trust: Sequence[Trusted] = ROOT_BOUND,
) -> None:
    """A set; the root key is bound unless it is said."""
    vectors.add(slug, title, section, records, expect, trust=trust)


def lengths(vectors: Topic) -> None:
    """Chains of every length."""
    add(
        vectors,
        "length-0",
        "No endorsement, and the emblem's key bound to the issuer",
        STEP_3,
        values([EMBLEM], issued()),
        GOOD,
        [bound(EMBLEM, ORG)],
    )
    links = [MIDDLE, key("second middle"), key("third middle")]
    for length in (1, 2, 3, 4):
        signers = [*links[: length - 1], ROOT]
        endorsements = [
            endorse(signer, endorsed, end=endorsed is not EMBLEM, log=LOG if signer is ROOT else None)
            for endorsed, signer in zip((EMBLEM, *signers), signers, strict=False)
        ]
        add(
            vectors,
            f"length-{length}",
            f"A chain of {length}",
            STEP_3,
            values([EMBLEM, *signers], issued(), *endorsements),
            GOOD,
        )
    anonymous = endorsement(ROOT, endorsement_claims(EMBLEM, issuer=None, subject=None))
    add(
        vectors,
        "anonymous",
        "Emblem and endorsement without issuer: absent equals absent",
        STEP_3,
        values([EMBLEM, ROOT], emblem(), anonymous),
        protected("signed", commitment="not-applicable"),
        [bare(ROOT)],
    )


def broken(vectors: Topic) -> None:
    """Chains that are none."""
    three = [EMBLEM, MIDDLE, ROOT]
    low = endorse(MIDDLE, EMBLEM, end=False, log=None)
    forbids = rejected("endorsement-forbids-endorsing")
    add(
        vectors,
        "end-false",
        "The root does not let the key below it endorse",
        STEP_3,
        values(three, issued(), low, endorse(ROOT, MIDDLE, end=False)),
        forbids,
    )
    add(
        vectors,
        "end-missing",
        "The root's endorsement has no end, which is false",
        STEP_3,
        values(three, issued(), low, endorse(ROOT, MIDDLE, end=None)),
        forbids,
    )
    two = [EMBLEM, ROOT]
    missing = rejected("root-endorsement-missing")
    unknown_key = endorsement_claims(EMBLEM, log=LOG) | {"key": "a" * 52}
    for slug, title, token in (
        ("other-key", "The endorsement is of another key", endorse(ROOT, STRANGER)),
        ("unknown-key", "The endorsement is of a key that nobody has", endorsement(ROOT, unknown_key)),
        ("other-subject", "The endorsement is of another subject", root_endorsement(subject=OTHER_ORG)),
        ("no-subject", "The endorsement has no subject, the emblem an issuer", root_endorsement(subject=None)),
    ):
        records = values(two, issued(), token)
        draft = rejected("chain-unconnected")
        vectors.both(slug, title, STEP_3, records, draft=draft, robust=missing, trust=ROOT_BOUND)
    add(
        vectors,
        "other-issuer",
        "The only endorsement is another organization's",
        STEP_4,
        values(two, issued(), root_endorsement(issuer=OTHER_ORG)),
        missing,
    )
    add(vectors, "none", "No endorsement", STEP_4, values(two, issued()), missing)
    add(
        vectors,
        "none-bare",
        "No endorsement, and the emblem's key given bare",
        STEP_4,
        values(two, issued()),
        missing,
        [bare(EMBLEM)],
    )
    no_log = values(two, issued(), root_endorsement(log=None))
    trusted: list[Trusted]
    for slug, title, trusted in (
        ("no-log", "A root endorsement without log", []),
        ("no-log-bare", "The same, and the root key is given bare", [bare(ROOT)]),
    ):
        without = rejected("root-log-missing")
        vectors.both(slug, title, STEP_4, no_log, draft=without, robust=without, trust=trusted)
    add(vectors, "no-log-bound", "The same, and the root key is bound to the issuer", STEP_4, no_log, GOOD)


def additions(vectors: Topic) -> None:
    """What whoever can add records can add."""
    tokens = (issued(), root_endorsement())
    robust = protected("organizational", commitment="trusted")
    second = key("second root")
    for slug, title, keys, more, draft in (
        ("branch", "A second key endorses the emblem's", [second], endorse(second, EMBLEM), rejected("chain-branch")),
        ("unrelated", "The root endorses another key", [], endorse(ROOT, STRANGER), rejected("chain-unconnected")),
        (
            "stranger",
            "A stranger endorses in the issuer's name",
            [STRANGER],
            endorse(STRANGER, MIDDLE),
            rejected("chain-unconnected"),
        ),
        ("loop", "The emblem's key endorses the root", [], endorse(EMBLEM, ROOT), rejected("chain-loop")),
        (
            "emblem",
            "A stranger's emblem for the target",
            [STRANGER],
            sign(STRANGER, header(STRANGER), EMBLEM_CLAIMS),
            rejected("emblem-several"),
        ),
    ):
        records = values([EMBLEM, ROOT, *keys], *tokens, more)
        vectors.both(f"added-{slug}", title, STEP_3, records, draft=draft, robust=robust, trust=ROOT_BOUND)
    for slug, title, more in (
        ("no-key", "A stranger's endorsement whose key is not there", endorse(STRANGER, EMBLEM)),
        ("half", "Half a token", root_endorsement()[:200]),
        (
            "other-issuer",
            "Another organization's endorsement",
            root_endorsement(STRANGER, issuer=OTHER_ORG, subject=OTHER_ORG),
        ),
    ):
        add(
            vectors,
            f"harmless-{slug}",
            f"Added, and no harm: {title[0].lower()}{title[1:]}",
            STEP_3,
            values([EMBLEM, ROOT], *tokens, more),
            robust,
        )


def copies(vectors: Topic) -> None:
    """Copies and renewals."""
    own = (bare(EMBLEM),)
    good = protected("signed")
    token = emblem()
    signed, _, _ = token.rpartition(".")
    twin = f"{signed}.{base64url(EMBLEM.twin(EMBLEM.sign(signed.encode())))}"
    forged = f"{signed}.{base64url(bytes(64))}"
    step_1 = "Procedure step 1"
    add(vectors, "copy", "The same token twice", step_1, values([EMBLEM], token, token), good, own)
    add(
        vectors,
        "copy-twin",
        "The same token with the other valid signature",
        step_1,
        values([EMBLEM], token, twin),
        good,
        own,
    )
    add(
        vectors,
        "copy-forged-first",
        "A copy whose signature is wrong, before the good one",
        step_1,
        values([EMBLEM], forged, token),
        good,
        own,
    )
    add(
        vectors,
        "copy-forged-last",
        "A copy whose signature is wrong, after the good one",
        step_1,
        values([EMBLEM], token, forged),
        good,
        own,
    )
    several = values([EMBLEM], token, emblem(exp=NOW + 60))
    vectors.both(
        "several",
        "Two emblems of different periods",
        "Procedure step 2",
        several,
        draft=rejected("emblem-several"),
        robust=good,
        trust=own,
    )
    claims = endorsement_claims(EMBLEM, log=LOG)
    later = {"nbf": NBF + 60}
    renewed = values([EMBLEM, ROOT], issued(), endorsement(ROOT, claims), endorsement(ROOT, claims | later))
    add(
        vectors,
        "renewed",
        "A renewal with a later nbf is one link with the old endorsement",
        STEP_3,
        renewed,
        protected("organizational", "endorsement-renewed"),
    )
    narrower = endorsement(ROOT, claims | later | {"emb": {"prp": ["indicative"]}})
    for slug, order in (("", 1), ("-reversed", -1)):
        pair = [endorsement(ROOT, claims), narrower][::order]
        vectors.both(
            f"renewed-narrower{slug}",
            "The renewal no longer allows the purpose: it is what counts",
            STEP_3,
            values([EMBLEM, ROOT], issued(), *pair),
            draft=rejected("endorsement-purpose-exceeded"),
            robust=protected("organizational", "endorsement-renewed"),
            trust=ROOT_BOUND,
        )
