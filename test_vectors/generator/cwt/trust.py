"""Steps 4 and 5: root keys, authorities, and what each kind of trust makes of them."""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.cwt.tokens import (
    EXPIRES,
    LOG,
    Claims,
    emblem,
    endorsement_claims,
    issued,
    root_endorsement,
    sign,
)
from test_vectors.generator.encoding import hexadecimal
from test_vectors.generator.keys import AUTHORITY, AUTHORITY_2, EMBLEM, MIDDLE, ROOT, STRANGER, Key
from test_vectors.generator.vector import (
    AUTH,
    AUTH_2,
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
    endorsers(vectors)
    two_endorsers(vectors)
    without_own_endorsement(vectors)
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


def one(
    vectors: Topic,
    slug: str,
    title: str,
    records: Sequence[bytes],
    expect: Document,
    robust: Document | None = None,
) -> None:
    """An authority's endorsement beside the issuer's own; the authority's key is bound to it."""
    vectors.add(
        f"endorser-{slug}",
        title,
        STEP_5,
        hexadecimal([*OWN, AUTHORITY.record, *records]),
        expect,
        trust=[bound(AUTHORITY, AUTH)],
        robust=robust,
    )


def endorsers(vectors: Topic) -> None:
    """What makes an endorsement by another organization count."""
    forbids = claimed("signed", "endorser-forbids", **UNCHECKED)
    not_connected = claimed("signed", "endorser-not-connected", **UNCHECKED)
    one(vectors, "no-log", "The authority's endorsement has no log: the key is bound", [external(log=None)], ENDORSED)
    one(vectors, "wider", "The authority allows more purposes than the emblem has", [external(prp=31)], ENDORSED)
    one(vectors, "end-false", "The authority does not let the root key endorse", [external(end=False)], forbids)
    one(vectors, "purpose", "The authority allows another purpose", [external(prp=2)], forbids)
    one(vectors, "subject", "The authority endorses another organization", [external(subject=OTHER_ORG)], not_connected)
    one(vectors, "no-subject", "The authority names no subject", [external(subject=None)], not_connected)
    one(
        vectors,
        "emblem-key",
        "The authority endorses the emblem's key, not the root's",
        [external(endorsed=EMBLEM)],
        not_connected,
        ENDORSED,
    )
    one(vectors, "other-key", "The authority endorses an unknown key", [external(endorsed=STRANGER)], not_connected)
    one(vectors, "its-own-key", "The authority endorses its own key", [external(endorsed=AUTHORITY)], not_connected)
    one(
        vectors,
        "expired",
        "The authority's endorsement has expired",
        [external(more={EXPIRES: NOW})],
        claimed("signed", "token-expired", **UNCHECKED),
    )
    forged = external()
    one(
        vectors,
        "forged",
        "The authority's endorsement has a wrong signature",
        [forged[:-1] + bytes([forged[-1] ^ 1])],
        claimed("signed", "token-signature-invalid", **UNCHECKED),
    )
    one(
        vectors,
        "malformed",
        "The authority's endorsement is malformed",
        [external(more={"end": 1})],
        claimed("signed", "token-malformed", **UNCHECKED),
    )
    one(
        vectors,
        "impostor",
        "A stranger endorses the root key in the authority's name",
        [STRANGER.record, external(key=STRANGER)],
        NOBODY,
    )
    one(
        vectors,
        "no-issuer",
        "The authority's key endorses without naming an issuer",
        [external(issuer=None)],
        claimed("signed", **UNCHECKED),
    )
    one(
        vectors,
        "upward",
        "The authority's key is itself endorsed by a root of the authority",
        [external(), MIDDLE.record, external(key=MIDDLE, endorsed=AUTHORITY, subject=AUTH)],
        ENDORSED,
    )
    vectors.add(
        "endorser-above-bound",
        "Only the key above the authority's is bound: it does not endorse the root key",
        STEP_5,
        hexadecimal(
            [*OWN, AUTHORITY.record, external(), MIDDLE.record, external(key=MIDDLE, endorsed=AUTHORITY, subject=AUTH)]
        ),
        NOBODY,
        trust=[bound(MIDDLE, AUTH)],
    )
    three = hexadecimal(
        [
            EMBLEM.record,
            MIDDLE.record,
            ROOT.record,
            AUTHORITY.record,
            issued(),
            root_endorsement(key=MIDDLE, log=None),
            root_endorsement(MIDDLE, end=True),
            external(endorsed=MIDDLE),
        ]
    )
    vectors.add(
        "endorser-middle-key",
        "The authority endorses a key in the middle of the issuer's chain",
        STEP_5,
        three,
        not_connected,
        trust=[bound(AUTHORITY, AUTH)],
        robust=ENDORSED,
    )


def two_endorsers(vectors: Topic) -> None:
    """Two authorities."""
    second = external(key=AUTHORITY_2, issuer=AUTH_2)
    records = hexadecimal([*OWN, AUTHORITY.record, AUTHORITY_2.record, external(), second])
    both = protected("endorsed", commitment="vouched", endorsed_by=[AUTH_2, AUTH])
    vectors.add(
        "two-both",
        "Two authorities, both bound",
        STEP_5,
        records,
        both,
        trust=[bound(AUTHORITY, AUTH), bound(AUTHORITY_2, AUTH_2)],
    )
    vectors.add(
        "two-first", "Two authorities, the first bound", STEP_5, records, ENDORSED, trust=[bound(AUTHORITY, AUTH)]
    )
    vectors.add(
        "two-second",
        "Two authorities, the second bound",
        STEP_5,
        records,
        protected("endorsed", commitment="vouched", endorsed_by=[AUTH_2]),
        trust=[bound(AUTHORITY_2, AUTH_2)],
    )
    vectors.add(
        "two-crossed",
        "Two authorities, each key bound to the other's organization",
        STEP_5,
        records,
        NOBODY,
        trust=[bound(AUTHORITY, AUTH_2), bound(AUTHORITY_2, AUTH)],
    )
    forbidding = hexadecimal(
        [*OWN, AUTHORITY.record, AUTHORITY_2.record, external(), external(key=AUTHORITY_2, issuer=AUTH_2, prp=2)]
    )
    vectors.add(
        "two-one-forbids",
        "Two authorities, both bound, the second allows another purpose",
        STEP_5,
        forbidding,
        protected("endorsed", "endorser-forbids", endorsed_by=[AUTH]),
        trust=[bound(AUTHORITY, AUTH), bound(AUTHORITY_2, AUTH_2)],
    )


def without_own_endorsement(vectors: Topic) -> None:
    """The emblem's own key is the top key where the issuer endorses nothing."""
    alone = [EMBLEM.record, issued()]
    direct = [*alone, AUTHORITY.record, external(endorsed=EMBLEM)]
    missing = rejected("root-endorsement-missing")
    vectors.add(
        "direct",
        "The authority endorses the emblem's key itself",
        STEP_4,
        hexadecimal(direct),
        ENDORSED,
        trust=[bound(AUTHORITY, AUTH)],
    )
    vectors.add("direct-nobody", "The same, and nobody is trusted", STEP_4, hexadecimal(direct), missing)
    vectors.add(
        "direct-authority-bare",
        "The same, and the authority's key is given bare",
        STEP_4,
        hexadecimal(direct),
        missing,
        trust=[bare(AUTHORITY)],
    )
    vectors.add(
        "direct-emblem-bare",
        "The same, and the emblem's key is given bare",
        STEP_4,
        hexadecimal(direct),
        missing,
        trust=[bare(EMBLEM)],
    )
    vectors.add(
        "direct-emblem-bound",
        "The same, and the emblem's key is bound to the issuer",
        STEP_4,
        hexadecimal(direct),
        ORGANIZATIONAL_LEVEL,
        trust=[bound(EMBLEM, ORG)],
    )
    vectors.add(
        "direct-end-false",
        "The authority endorses the emblem's key, without letting it endorse",
        STEP_4,
        hexadecimal([*alone, AUTHORITY.record, external(endorsed=EMBLEM, end=False)]),
        missing,
        trust=[bound(AUTHORITY, AUTH)],
    )
    vectors.add(
        "direct-purpose",
        "The authority endorses the emblem's key for another purpose",
        STEP_4,
        hexadecimal([*alone, AUTHORITY.record, external(endorsed=EMBLEM, prp=2)]),
        missing,
        trust=[bound(AUTHORITY, AUTH)],
    )
    vectors.add(
        "direct-other-bound",
        "No endorsement, and the emblem's key bound to another organization",
        STEP_4,
        hexadecimal(alone),
        missing,
        trust=[bound(EMBLEM, OTHER_ORG)],
    )
    anonymous = [EMBLEM.record, emblem(), AUTHORITY.record, external(endorsed=EMBLEM)]
    vectors.add(
        "anonymous",
        "The authority endorses the key of an emblem without issuer: it can name no subject",
        STEP_5,
        hexadecimal(anonymous),
        claimed("signed", commitment="not-applicable", issuer=None, endorsed_by=[]),
        trust=[bound(AUTHORITY, AUTH)],
    )
    no_subject = [EMBLEM.record, emblem(), AUTHORITY.record, external(endorsed=EMBLEM, subject=None)]
    vectors.add(
        "anonymous-no-subject",
        "The same, without subject: step 5 needs an issuer",
        STEP_5,
        hexadecimal(no_subject),
        claimed("signed", commitment="not-applicable", issuer=None, endorsed_by=[]),
        trust=[bound(AUTHORITY, AUTH)],
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
        vectors.add(f"no-log-{slug}", title, STEP_4, full, missing, trust=trust, robust=rejected())
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
