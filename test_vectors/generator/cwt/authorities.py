"""Step 5: endorsements by other organizations."""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.cwt.tokens import (
    EXPIRES,
    emblem,
    issued,
    root_endorsement,
)
from test_vectors.generator.cwt.trust import (
    ENDORSED,
    NOBODY,
    ORGANIZATIONAL_LEVEL,
    OWN,
    STEP_4,
    STEP_5,
    UNCHECKED,
    external,
)
from test_vectors.generator.encoding import hexadecimal
from test_vectors.generator.keys import AUTHORITY, AUTHORITY_2, EMBLEM, MIDDLE, ROOT, STRANGER
from test_vectors.generator.vector import (
    AUTH,
    AUTH_2,
    NOW,
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


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "authorities", "Endorsements by authorities, and what makes them count.")
    endorsers(vectors)
    two_endorsers(vectors)
    without_own_endorsement(vectors)
    return vectors


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
