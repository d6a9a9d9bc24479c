"""Several endorsements by the same key of the same key, subject and end: a renewal in progress is one link.

In the profile ``robust`` they are alternatives instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.cwt.tokens import (
    EXPIRES,
    ISSUED_AT,
    LOG,
    NOT_BEFORE,
    ORGANIZATIONAL,
    Claims,
    endorsement_claims,
    issued,
    root_endorsement,
    sign,
)
from test_vectors.generator.encoding import hexadecimal
from test_vectors.generator.keys import AUTHORITY, EMBLEM, ROOT
from test_vectors.generator.vector import (
    AUTH,
    EXP,
    NBF,
    NOW,
    ORG,
    Document,
    Topic,
    Trusted,
    bound,
    claimed,
    protected,
    rejected,
)

SECTION = "Procedure step 3"
USUAL = endorsement_claims(EMBLEM)
LATER: Claims = {NOT_BEFORE: NBF + 60, ISSUED_AT: NBF + 60}
ROOT_BOUND = [bound(ROOT, ORG)]


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "renewals", "Renewals of endorsements: the latest nbf counts, then the latest exp.")
    own(vectors)
    others(vectors)
    return vectors


def old_and_new(old: Claims, new: Claims, *, logs: Sequence[object] = (LOG, LOG)) -> list[str]:
    """An emblem with issuer and two endorsements of its key by the root."""
    endorsements = [sign(ROOT, USUAL | claims, log=log) for claims, log in zip((old, new), logs, strict=True)]
    return hexadecimal([*ORGANIZATIONAL, issued(), *endorsements])


def add(
    vectors: Topic,
    slug: str,
    title: str,
    records: Sequence[str],
    expect: Document,
    trust: Sequence[Trusted] = ROOT_BOUND,
    robust: Document | None = None,
) -> None:
    """A set with two endorsements, in both orders."""
    reverse = list(records)[::-1]
    vectors.add(slug, title, SECTION, records, expect, trust=trust, robust=robust)
    title += "; the records in the other order"
    vectors.add(f"{slug}-reversed", title, SECTION, reverse, expect, trust=trust, robust=robust)


def own(vectors: Topic) -> None:
    """Renewals of the issuer's own endorsements."""
    good = protected("organizational", "endorsement-renewed", issuer=ORG)
    exceeded = rejected("endorsement-purpose-exceeded")
    longer: Claims = {EXPIRES: EXP + 3600}
    add(vectors, "nbf", "A renewal with a later nbf", old_and_new({}, LATER), good)
    add(vectors, "exp", "A renewal with the same nbf and a later exp", old_and_new({}, longer), good)
    add(
        vectors,
        "narrower",
        "The renewal no longer allows the purpose: it is what counts",
        old_and_new({}, LATER | {"prp": 2}),
        exceeded,
        robust=good,
    )
    add(vectors, "wider", "Only the renewal allows the purpose", old_and_new({"prp": 2}, LATER), good)
    add(
        vectors,
        "narrower-exp",
        "The same nbf, and the one that expires later no longer allows the purpose",
        old_and_new({}, longer | {"prp": 2}),
        exceeded,
        robust=good,
    )
    add(
        vectors,
        "nbf-before-exp",
        "The later nbf counts, not the later exp",
        old_and_new(longer | {"prp": 2}, LATER),
        good,
    )
    add(
        vectors,
        "iat-ignored",
        "The later nbf counts, not the later iat",
        old_and_new({ISSUED_AT: NOW - 1, "prp": 2}, {NOT_BEFORE: NBF + 60}),
        good,
    )
    add(
        vectors,
        "not-yet",
        "A renewal of tomorrow does not count yet",
        old_and_new({}, {NOT_BEFORE: NOW + 60, "prp": 2}),
        protected("organizational", "token-not-yet-valid"),
    )
    add(
        vectors,
        "old-expired",
        "The old endorsement has expired",
        old_and_new({EXPIRES: NOW - 1, "prp": 2}, LATER),
        protected("organizational", "token-expired"),
    )
    add(
        vectors,
        "new-expired",
        "The renewal has expired before the old endorsement",
        old_and_new({}, LATER | {EXPIRES: NOW - 1, "prp": 2}),
        protected("organizational", "token-expired"),
    )
    add(
        vectors,
        "log-lost",
        "The renewal has no log",
        old_and_new({}, LATER, logs=(LOG, None)),
        rejected("root-log-missing"),
        [],
        robust=claimed("signed", "commitment-not-checked"),
    )
    add(
        vectors,
        "log-gained",
        "Only the renewal has a log",
        old_and_new({}, LATER, logs=(None, LOG)),
        claimed("signed", "endorsement-renewed", "commitment-not-checked"),
        [],
    )


def others(vectors: Topic) -> None:
    """Renewals of an authority's endorsement."""
    usual = endorsement_claims(ROOT, issuer=AUTH, end=True)
    keys = [*ORGANIZATIONAL, AUTHORITY.record]

    def authority(slug: str, title: str, old: Claims, new: Claims, expect: Document) -> None:
        endorsements = [sign(AUTHORITY, usual | claims, log=LOG) for claims in (old, new)]
        records = hexadecimal([*keys, issued(), root_endorsement(), *endorsements])
        trust = [bound(AUTHORITY, AUTH)]
        add(vectors, f"authority-{slug}", title, records, expect, trust, protected("endorsed", endorsed_by=[AUTH]))

    endorsed = protected("endorsed", "endorsement-renewed", commitment="vouched", endorsed_by=[AUTH])
    withdrawn = claimed("signed", "endorser-forbids", endorsed_by=[])
    authority("nbf", "An authority's renewal", {}, LATER, endorsed)
    authority("narrower", "An authority's renewal no longer allows the purpose", {}, LATER | {"prp": 2}, withdrawn)
    authority("wider", "Only the authority's renewal allows the purpose", {"prp": 2}, LATER, endorsed)
