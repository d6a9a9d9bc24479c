"""Steps 4 and 5: root keys, authorities, and what each kind of trust makes of them."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import (
    LOG,
    Claims,
    emblem,
    endorsement_claims,
    issued,
    root_endorsement,
    sign,
)
from test_vectors.generator.encoding import hexadecimal
from test_vectors.generator.keys import AUTHORITY, EMBLEM, MIDDLE, ROOT, STRANGER, Key
from test_vectors.generator.vector import (
    AUTH,
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
)

TRUST, STEP_4, STEP_5 = "Trust", "Procedure step 4", "Procedure step 5"
UNCHECKED = {"commitment": "not-checked", "issuer": ORG, "endorsed_by": []}
NOBODY = claimed("signed", "commitment-not-checked", **UNCHECKED)
SIGNED = protected("signed", "commitment-not-checked", **UNCHECKED)
ORGANIZATIONAL_LEVEL = protected(
    "organizational", "commitment-trusted", commitment="trusted", issuer=ORG, endorsed_by=[]
)
ENDORSED = protected(
    "endorsed", "commitment-vouched", "endorser-accepted", commitment="vouched", issuer=ORG, endorsed_by=[AUTH]
)
OWN = [EMBLEM.record, ROOT.record, issued(), root_endorsement()]


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic(
        "cwt", "trust", "The issuer's root key, endorsements by others, and keys that the verifier was given."
    )
    forms_of_trust(vectors)
    without_log(vectors)
    accept(vectors)
    return vectors


def external(
    *,
    key: Key = AUTHORITY,
    endorsed: Key = ROOT,
    log: object = LOG,
    more: Claims | None = None,
    issuer: str | None = AUTH,
    subject: str | None = ORG,
    end: bool = True,
    prp: int = 1,
) -> bytes:
    """An endorsement of the issuer's root key by an authority."""
    claims = endorsement_claims(endorsed, issuer=issuer, subject=subject, end=end, prp=prp)
    return sign(key, claims | (more or {}), log=log)


FULL = hexadecimal([*OWN, AUTHORITY.record, external()])


def forms_of_trust(vectors: Topic) -> None:
    """One full set, and every kind of trust in its keys."""
    vouched = [bound(AUTHORITY, AUTH)]
    both = protected("endorsed", "commitment-trusted", commitment="trusted", issuer=ORG, endorsed_by=[AUTH])
    cases: list[tuple[str, str, list[Trusted], Document]] = [
        ("nobody", "Nobody is trusted", [], NOBODY),
        ("emblem-bare", "The emblem's key is given bare", [bare(EMBLEM)], SIGNED),
        ("root-bare", "The root key is given bare", [bare(ROOT)], SIGNED),
        (
            "authority-bare",
            "The authority's key is given bare: it counts only in an emblem's own chain",
            [bare(AUTHORITY)],
            NOBODY,
        ),
        ("stranger-bare", "A key that is not in the set is given", [bare(STRANGER)], NOBODY),
        ("stranger-bound", "A key that is not in the set is bound to the issuer", [bound(STRANGER, ORG)], NOBODY),
        ("emblem-bound-other", "The emblem's key is bound to another organization", [bound(EMBLEM, OTHER_ORG)], NOBODY),
        ("emblem-bound-authority", "The emblem's key is bound to the authority", [bound(EMBLEM, AUTH)], NOBODY),
        ("root-bound", "The root key is bound to the issuer", [bound(ROOT, ORG)], ORGANIZATIONAL_LEVEL),
        ("root-bound-other", "The root key is bound to another organization", [bound(ROOT, OTHER_ORG)], NOBODY),
        ("root-bound-authority", "The root key is bound to the authority", [bound(ROOT, AUTH)], NOBODY),
        ("authority-bound", "The authority's key is bound to it", vouched, ENDORSED),
        (
            "authority-bound-other",
            "The authority's key is bound to another organization",
            [bound(AUTHORITY, OTHER_ORG)],
            NOBODY,
        ),
        ("authority-bound-issuer", "The authority's key is bound to the issuer", [bound(AUTHORITY, ORG)], NOBODY),
        ("root-and-authority", "The root key and the authority's are bound", [bound(ROOT, ORG), *vouched], both),
        (
            "root-bare-and-authority",
            "The root key is given bare, the authority's bound",
            [bare(ROOT), *vouched],
            ENDORSED,
        ),
        ("authority-both-ways", "The authority's key is given bare and bound", [bare(AUTHORITY), *vouched], ENDORSED),
        (
            "authority-two",
            "The authority's key is bound to two organizations",
            [bound(AUTHORITY, OTHER_ORG), *vouched],
            ENDORSED,
        ),
        (
            "root-two",
            "The root key is bound to two organizations",
            [bound(ROOT, OTHER_ORG), bound(ROOT, ORG)],
            ORGANIZATIONAL_LEVEL,
        ),
        ("authority-pem", "The authority's key is bound, given as PEM", [bound(AUTHORITY, AUTH, "pem")], ENDORSED),
        ("authority-jwk", "The authority's key is bound, given as a JWK", [bound(AUTHORITY, AUTH, "jwk")], ENDORSED),
        ("root-pem", "The root key is bound, given as PEM", [bound(ROOT, ORG, "pem")], ORGANIZATIONAL_LEVEL),
    ]
    for slug, title, trust, expect in cases:
        vectors.add(slug, title, TRUST, FULL, expect, trust=trust)
    vectors.add(
        "emblem-bound",
        "The emblem's key is bound to the issuer: trusted, and not the top key unless the rest is left out",
        TRUST,
        FULL,
        SIGNED,
        trust=[bound(EMBLEM, ORG)],
        robust=ORGANIZATIONAL_LEVEL,
    )
    mismatch = hexadecimal(
        [
            EMBLEM.record,
            ROOT.record,
            issued(assets=["elsewhere.example"]),
            root_endorsement(),
            AUTHORITY.record,
            external(),
        ]
    )
    vectors.add(
        "endorsed-elsewhere",
        "An endorsed emblem of another host",
        "Target",
        mismatch,
        other_asset("endorsed", endorsed_by=[AUTH]),
        trust=vouched,
    )
    without_key = hexadecimal([*OWN, external()])
    vectors.add(
        "authority-key-given",
        "The authority's key is bound, and no record of it is there",
        TRUST,
        without_key,
        ENDORSED,
        trust=vouched,
    )
    vectors.add(
        "authority-key-missing",
        "No record of the authority's key, and it is not given",
        STEP_5,
        without_key,
        claimed("signed", "token-key-missing", **UNCHECKED),
    )


def without_log(vectors: Topic) -> None:
    """Root endorsements without log."""
    own = [EMBLEM.record, ROOT.record, issued(), root_endorsement(log=None)]
    full = hexadecimal([*own, AUTHORITY.record, external()])
    missing = rejected("root-log-missing")
    trust: list[Trusted]
    for slug, title, trust in (
        ("nobody", "A root endorsement without log, and nobody is trusted", []),
        ("root-bare", "The same, and the root key is given bare", [bare(ROOT)]),
        ("authority-bare", "The same, and the authority's key is given bare", [bare(AUTHORITY)]),
    ):
        vectors.add(f"no-log-{slug}", title, STEP_4, full, missing, trust=trust, robust=missing)
    vectors.add(
        "no-log-emblem-bound",
        "The same, and the emblem's key is bound to the issuer: it is not the top key",
        STEP_4,
        full,
        missing,
        trust=[bound(EMBLEM, ORG)],
        robust=ORGANIZATIONAL_LEVEL,
    )
    vectors.add(
        "no-log-root-bound",
        "The same, and the root key is bound to the issuer",
        STEP_4,
        full,
        ORGANIZATIONAL_LEVEL,
        trust=[bound(ROOT, ORG)],
    )
    vectors.add(
        "no-log-authority-bound",
        "The same, and the authority's key is bound to it",
        STEP_4,
        full,
        ENDORSED,
        trust=[bound(AUTHORITY, AUTH)],
    )
    vectors.add(
        "no-log-low",
        "A log at a lower endorsement does not help the root's",
        STEP_4,
        hexadecimal(
            [
                EMBLEM.record,
                MIDDLE.record,
                ROOT.record,
                issued(),
                root_endorsement(key=MIDDLE),
                root_endorsement(MIDDLE, end=True, log=None),
            ]
        ),
        missing,
        robust=NOBODY,
    )


def accept(vectors: Topic) -> None:
    """``accept``: a level that suffices without trust. Without commitments none above signed is reached."""
    section = "Verdict"
    for level in ("organizational", "endorsed"):
        vectors.add(
            f"accept-{level}-nobody", f"Level {level} is accepted and not reached", section, FULL, NOBODY, accept=level
        )
        vectors.add(
            f"accept-{level}-bound",
            f"Level {level} is accepted, and the authority is trusted",
            section,
            FULL,
            ENDORSED,
            accept=level,
            trust=[bound(AUTHORITY, AUTH)],
        )
        vectors.add(
            f"accept-{level}-signed",
            f"Level {level} is accepted and not reached, but the emblem's key is trusted",
            section,
            FULL,
            SIGNED,
            accept=level,
            trust=[bare(EMBLEM)],
        )
    vectors.add(
        "accept-no-issuer",
        "Level organizational is accepted, and the emblem has no issuer",
        section,
        hexadecimal([EMBLEM.record, emblem()]),
        claimed("signed"),
        accept="organizational",
    )
