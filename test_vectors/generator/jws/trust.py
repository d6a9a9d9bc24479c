"""Trust, authorities, and tokens that are set aside, with JWS tokens."""

from __future__ import annotations

from test_vectors.generator.jws.chains import ENDORSED, GOOD, NOBODY, SIGNED, STEP_4, STEP_5, TRUST, add
from test_vectors.generator.jws.tokens import (
    EMBLEM_CLAIMS,
    LOG,
    endorsement_claims,
    header,
    issued,
    root_endorsement,
    sign,
    values,
)
from test_vectors.generator.keys import AUTHORITY, EMBLEM, MIDDLE, ROOT, STRANGER, Key
from test_vectors.generator.vector import (
    AUTH,
    NOW,
    ORG,
    OTHER_ORG,
    Document,
    Topic,
    Trusted,
    bare,
    bound,
    claimed,
    other_asset,
    protected,
    rejected,
    undetermined,
)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("jws", "trust", "Root keys, authorities, trust, and unknown algorithms.")
    trust(vectors)
    authorities(vectors)
    unknown(vectors)
    return vectors


def external(*, endorsed: Key = ROOT, issuer: str | None = AUTH, subject: str | None = ORG, end: bool = True) -> str:
    """An authority's endorsement."""
    return root_endorsement(endorsed, key=AUTHORITY, issuer=issuer, subject=subject, end=end)


def trust(vectors: Topic) -> None:
    """One full set, and kinds of trust."""
    full = values([EMBLEM, ROOT, AUTHORITY], issued(), root_endorsement(), external())
    cases: list[tuple[str, str, list[Trusted], Document]] = [
        ("nobody", "Nobody is trusted", [], NOBODY),
        ("emblem-bare", "The emblem's key is given bare", [bare(EMBLEM)], SIGNED),
        ("root-bare", "The root key is given bare", [bare(ROOT)], SIGNED),
        ("authority-bare", "The authority's key is given bare", [bare(AUTHORITY)], NOBODY),
        ("root-bound", "The root key is bound to the issuer", [bound(ROOT, ORG)], GOOD),
        ("root-bound-other", "The root key is bound to another organization", [bound(ROOT, OTHER_ORG)], NOBODY),
        ("authority-bound", "The authority's key is bound to it", [bound(AUTHORITY, AUTH)], ENDORSED),
        ("authority-bound-jwk", "The same, given as a JWK", [bound(AUTHORITY, AUTH, "jwk")], ENDORSED),
        ("authority-bound-pem", "The same, given as PEM", [bound(AUTHORITY, AUTH, "pem")], ENDORSED),
        (
            "authority-bound-other",
            "The authority's key is bound to another organization",
            [bound(AUTHORITY, OTHER_ORG)],
            NOBODY,
        ),
        ("authority-bound-issuer", "The authority's key is bound to the issuer", [bound(AUTHORITY, ORG)], NOBODY),
        ("stranger", "A key that is not in the set is bound to the issuer", [bound(STRANGER, ORG)], NOBODY),
    ]
    for slug, title, trusted, expect in cases:
        add(vectors, slug, title, TRUST, full, expect, trusted)
    for level in ("organizational", "endorsed"):
        vectors.add(
            f"accept-{level}", f"Level {level} is accepted and not reached", "Verdict", full, NOBODY, accept=level
        )
    elsewhere = values([EMBLEM, ROOT, AUTHORITY], issued(assets=["elsewhere.example"]), root_endorsement(), external())
    add(
        vectors,
        "elsewhere",
        "An endorsed emblem of another host",
        "Target",
        elsewhere,
        other_asset("endorsed"),
        [bound(AUTHORITY, AUTH)],
    )


def authorities(vectors: Topic) -> None:
    """What makes an authority's endorsement count."""
    authority = [bound(AUTHORITY, AUTH)]
    keys = [EMBLEM, ROOT, AUTHORITY]
    for slug, title, token, reasons in (
        ("end-false", "The authority does not let the root key endorse", external(end=False), ["endorser-forbids"]),
        (
            "subject",
            "The authority endorses another organization",
            external(subject=OTHER_ORG),
            ["endorser-not-connected"],
        ),
        ("no-subject", "The authority names no subject", external(subject=None), ["endorser-not-connected"]),
        ("no-issuer", "The authority's key endorses without naming an issuer", external(issuer=None), []),
    ):
        add(
            vectors,
            f"authority-{slug}",
            title,
            STEP_5,
            values(keys, issued(), root_endorsement(), token),
            claimed("signed", *reasons, endorsed_by=[], commitment="not-checked"),
            authority,
        )
    vectors.both(
        "authority-emblem-key",
        "The authority endorses the emblem's key, not the root's",
        STEP_5,
        values(keys, issued(), root_endorsement(), external(endorsed=EMBLEM)),
        draft=claimed("signed", "endorser-not-connected", endorsed_by=[], commitment="not-checked"),
        robust=ENDORSED,
        trust=authority,
    )
    direct = values([EMBLEM, AUTHORITY], issued(), external(endorsed=EMBLEM))
    missing = rejected("root-endorsement-missing")
    add(
        vectors,
        "direct",
        "The authority endorses the emblem's key itself, and the issuer none",
        STEP_4,
        direct,
        ENDORSED,
        authority,
    )
    add(vectors, "direct-nobody", "The same, and nobody is trusted", STEP_4, direct, missing, [])
    add(vectors, "direct-bare", "The same, and the emblem's key is given bare", STEP_4, direct, missing, [bare(EMBLEM)])
    add(
        vectors,
        "direct-emblem-bound",
        "The same, and the emblem's key is bound to the issuer",
        STEP_4,
        direct,
        GOOD,
        [bound(EMBLEM, ORG)],
    )


def unknown(vectors: Topic) -> None:
    """Tokens that are set aside."""

    def strange(kind: str, claims: object) -> str:
        return sign(STRANGER, header(STRANGER, kind, alg="NEW"), claims)

    could = undetermined("token-algorithm-unknown", "unknown-could-decide")
    step_1 = "Procedure step 1"
    for slug, title, keys, tokens, expect in (
        ("emblem", "The emblem is in an unknown algorithm", [], [strange("adem-emb", EMBLEM_CLAIMS)], could),
        (
            "root",
            "The root endorsement is in an unknown algorithm",
            [EMBLEM],
            [issued(), strange("adem-end", endorsement_claims(EMBLEM, log=LOG))],
            could,
        ),
        (
            "other-key",
            "An endorsement of another key in an unknown algorithm: it cannot help",
            [EMBLEM],
            [issued(), strange("adem-end", endorsement_claims(MIDDLE, log=LOG))],
            rejected("root-endorsement-missing"),
        ),
        (
            "elsewhere",
            "An emblem of another host in an unknown algorithm: it cannot help",
            [],
            [strange("adem-emb", EMBLEM_CLAIMS | {"assets": ["elsewhere.example"]})],
            rejected("emblem-missing"),
        ),
        (
            "expired",
            "An expired emblem in an unknown algorithm",
            [],
            [strange("adem-emb", EMBLEM_CLAIMS | {"exp": NOW})],
            rejected("token-expired", "emblem-missing"),
        ),
    ):
        add(vectors, f"unknown-{slug}", title, step_1, values(keys, *tokens), expect, [])
    beside = values(
        [EMBLEM, ROOT], issued(), root_endorsement(), strange("adem-end", endorsement_claims(EMBLEM, log=LOG))
    )
    add(
        vectors,
        "unknown-beside",
        "A valid chain beside an endorsement in an unknown algorithm",
        step_1,
        beside,
        protected("organizational", "token-algorithm-unknown"),
    )
