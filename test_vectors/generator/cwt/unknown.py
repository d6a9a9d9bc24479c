"""Tokens in algorithms and versions that a verifier does not know: set aside, and what that means for the result."""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.cwt.tokens import (
    ALG,
    EMBLEM_CLAIMS,
    EXPIRES,
    ISSUED_CLAIMS,
    LOG,
    NOT_BEFORE,
    Claims,
    emblem,
    endorsement_claims,
    header,
    issued,
    pieces,
    root_endorsement,
    sign,
    without,
)
from test_vectors.generator.encoding import hexadecimal
from test_vectors.generator.keys import AUTHORITY, EMBLEM, MIDDLE, ROOT, STRANGER, Key, key
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

SECTION = "Procedure step 1"
VERSION = undetermined("token-version-unknown", "unknown-could-decide")
ALGORITHM = undetermined("token-algorithm-unknown", "unknown-could-decide")
MISSING = "emblem-missing"


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "unknown", "Well-formed tokens in unknown algorithms and versions are set aside.")
    version_of_the_only_token(vectors)
    algorithm_of_the_only_token(vectors)
    beside_a_valid_set(vectors)
    links(vectors)
    many(vectors)
    return vectors


def strange(claims: object, signer: Key = STRANGER, *, log: object = None) -> bytes:
    """A token in an algorithm that nobody knows, by a key that is not there."""
    return sign(signer, claims, head=header(signer, {ALG: -70000} | ({} if log is None else {"log": log})))


def add(
    vectors: Topic,
    slug: str,
    title: str,
    records: Sequence[bytes],
    expect: Document,
    trust: Sequence[Trusted] = (),
    *,
    robust: Document | None = None,
) -> None:
    """Records as bytes."""
    vectors.add(slug, title, SECTION, hexadecimal(records), expect, trust=trust, robust=robust)


def version_of_the_only_token(vectors: Topic) -> None:
    """An unknown version in the place of the emblem."""

    def only(slug: str, title: str, claims: Claims, expect: Document = VERSION) -> None:
        add(vectors, f"version-{slug}", title, [EMBLEM.record, sign(EMBLEM, claims)], expect, [bare(EMBLEM)])

    for version in (0, 2, 3, 255):
        only(str(version), f"ver {version}", EMBLEM_CLAIMS | {"ver": version})
    only(
        "claims",
        "An unknown version with claims that version 1 does not have",
        {"ver": 2, 4: NOW + 9, 5: NOW - 9, 7: b"a", "x": 1},
    )
    only("no-dates", "An unknown version without exp and nbf: its period is not judged", {"ver": 2, "x": 1})
    only(
        "text-dates",
        "An unknown version whose dates are texts: its period is not judged",
        EMBLEM_CLAIMS | {"ver": 2, EXPIRES: "2020", NOT_BEFORE: "2019"},
    )
    only(
        "expired",
        "An unknown version that has expired",
        EMBLEM_CLAIMS | {"ver": 2, EXPIRES: NOW},
        rejected("token-expired", MISSING),
    )
    only(
        "early",
        "An unknown version of tomorrow",
        EMBLEM_CLAIMS | {"ver": 2, NOT_BEFORE: NOW + 1},
        rejected("token-not-yet-valid", MISSING),
    )
    only(
        "expired-no-nbf",
        "An unknown version without nbf that has expired",
        without(EMBLEM_CLAIMS, NOT_BEFORE) | {"ver": 2, EXPIRES: NOW - 1},
        rejected("token-expired", MISSING),
    )
    token = pieces(EMBLEM, header(EMBLEM), EMBLEM_CLAIMS | {"ver": 2})
    add(
        vectors,
        "version-forged",
        "An unknown version with a wrong signature",
        [EMBLEM.record, token.but(signature=bytes(64))],
        rejected("token-signature-invalid", MISSING),
        [bare(EMBLEM)],
    )
    add(
        vectors,
        "version-key-missing",
        "An unknown version in a known algorithm, and its key is not there: its signature cannot be judged",
        [sign(EMBLEM, EMBLEM_CLAIMS | {"ver": 2})],
        VERSION,
    )
    add(
        vectors,
        "version-mismatch",
        "An unknown version in another algorithm than its key's",
        [EMBLEM.record, sign(EMBLEM, EMBLEM_CLAIMS | {"ver": 2}, head=header(EMBLEM, {ALG: -9}))],
        rejected("token-algorithm-mismatch", MISSING),
    )
    add(
        vectors,
        "version-and-algorithm",
        "An unknown version in an unknown algorithm",
        [strange(EMBLEM_CLAIMS | {"ver": 2})],
        undetermined("unknown-could-decide"),
    )


def algorithm_of_the_only_token(vectors: Topic) -> None:
    """An unknown algorithm in the place of the emblem."""
    add(vectors, "algorithm", "An emblem in an unknown algorithm", [strange(EMBLEM_CLAIMS)], ALGORITHM)
    add(
        vectors,
        "algorithm-elsewhere",
        "An emblem of another host in an unknown algorithm: it could not help the target",
        [strange(EMBLEM_CLAIMS | {"assets": ["elsewhere.example"]})],
        rejected("token-algorithm-unknown", MISSING),
    )
    add(
        vectors,
        "algorithm-expired",
        "An expired emblem in an unknown algorithm",
        [strange(EMBLEM_CLAIMS | {EXPIRES: NOW})],
        rejected("token-expired", MISSING),
    )
    add(
        vectors,
        "algorithm-early",
        "An emblem of tomorrow in an unknown algorithm",
        [strange(EMBLEM_CLAIMS | {NOT_BEFORE: NOW + 1})],
        rejected("token-not-yet-valid", MISSING),
    )
    add(
        vectors,
        "algorithm-malformed",
        "A malformed emblem in an unknown algorithm",
        [strange(EMBLEM_CLAIMS | {"prp": 0})],
        rejected("token-malformed", MISSING),
    )
    add(
        vectors,
        "algorithm-known-key",
        "An unknown algorithm, by a key at hand that has a known one",
        [STRANGER.record, strange(EMBLEM_CLAIMS)],
        rejected("token-algorithm-mismatch", MISSING),
    )
    add(
        vectors,
        "algorithm-issued",
        "An emblem with issuer in an unknown algorithm, and no endorsement",
        [strange(ISSUED_CLAIMS)],
        rejected("token-algorithm-unknown"),
    )
    add(
        vectors,
        "algorithm-two",
        "Two emblems in an unknown algorithm: either may be the one",
        [strange(EMBLEM_CLAIMS), strange(EMBLEM_CLAIMS, MIDDLE)],
        ALGORITHM,
    )
    add(
        vectors,
        "algorithm-endorsement",
        "An endorsement in an unknown algorithm, and no emblem",
        [strange(endorsement_claims(EMBLEM), log=LOG)],
        rejected("token-algorithm-unknown", MISSING),
    )


def beside_a_valid_set(vectors: Topic) -> None:
    """What remains makes the set valid for the target: that stands."""
    good = [EMBLEM.record, emblem()]
    for slug, title, more, code in (
        ("emblem", "a second emblem in an unknown algorithm", strange(EMBLEM_CLAIMS), "token-algorithm-unknown"),
        ("version", "a token of an unknown version", sign(EMBLEM, EMBLEM_CLAIMS | {"ver": 2}), "token-version-unknown"),
        (
            "endorsement",
            "an endorsement without issuer in an unknown algorithm",
            strange(endorsement_claims(EMBLEM, issuer=None, subject=None)),
            "token-algorithm-unknown",
        ),
    ):
        add(
            vectors,
            f"beside-{slug}",
            f"A valid emblem beside {title}",
            [*good, more],
            protected("signed", code),
            [bare(EMBLEM)],
        )
    own = [EMBLEM.record, ROOT.record, issued(), root_endorsement()]
    branch = strange(endorsement_claims(EMBLEM), log=LOG)
    add(
        vectors,
        "beside-branch",
        "A valid chain beside an endorsement of the issuer in an unknown algorithm",
        [*own, branch],
        protected("organizational", "token-algorithm-unknown"),
        [bound(ROOT, ORG)],
    )
    authority = strange(endorsement_claims(ROOT, issuer=AUTH, end=True), AUTHORITY, log=LOG)
    add(
        vectors,
        "beside-authority",
        "A valid chain, and the authority endorses it in an unknown algorithm",
        [*own, authority],
        claimed("signed", "token-algorithm-unknown"),
    )
    elsewhere = emblem(assets=["elsewhere.example"])
    vectors.add(
        "beside-elsewhere",
        "A valid emblem of another host, and one of the target in an unknown algorithm: two emblems",
        SECTION,
        hexadecimal([EMBLEM.record, elsewhere, strange(EMBLEM_CLAIMS)]),
        other_asset("signed"),
        profile="draft",
    )
    vectors.both(
        "beside-elsewhere-version",
        "A valid emblem of another host, and a token of unknown version that may be the emblem of the target",
        SECTION,
        hexadecimal([EMBLEM.record, elsewhere, sign(EMBLEM, {"ver": 2})]),
        draft=other_asset("signed"),
        robust=VERSION,
    )


def links(vectors: Topic) -> None:
    """Tokens that were set aside as missing links."""
    keys = [EMBLEM.record, ROOT.record]
    add(
        vectors,
        "link-algorithm",
        "The root endorsement is in an unknown algorithm",
        [EMBLEM.record, issued(), strange(endorsement_claims(EMBLEM), log=LOG)],
        ALGORITHM,
    )
    add(
        vectors,
        "link-algorithm-key",
        "The root key's algorithm is unknown, and so is its endorsement's",
        [EMBLEM.record, key("root", alg=-70000).record, issued(), strange(endorsement_claims(EMBLEM), ROOT, log=LOG)],
        undetermined("key-algorithm-unknown", "token-algorithm-unknown", "unknown-could-decide"),
    )
    add(
        vectors,
        "link-version",
        "The only other token is the root's, of an unknown version: it may be any link",
        [*keys, issued(), sign(ROOT, {"ver": 2, "anything": 1})],
        VERSION,
    )
    middle = sign(MIDDLE, endorsement_claims(EMBLEM))
    add(
        vectors,
        "link-middle",
        "The root endorsement above a known one is in an unknown algorithm",
        [EMBLEM.record, MIDDLE.record, issued(), middle, strange(endorsement_claims(MIDDLE, end=True), log=LOG)],
        ALGORITHM,
    )
    add(
        vectors,
        "link-gap",
        "An endorsement in the middle is of an unknown version",
        [
            *keys,
            MIDDLE.record,
            key("second middle").record,
            issued(),
            middle,
            root_endorsement(key("second middle"), end=True),
            sign(key("second middle"), {"ver": 2}),
        ],
        VERSION,
    )
    for slug, title, claims, log in (
        ("other-key", "of another key", endorsement_claims(STRANGER), LOG),
        ("other-subject", "of another subject", endorsement_claims(EMBLEM, subject=OTHER_ORG), LOG),
        ("other-purpose", "for another purpose", endorsement_claims(EMBLEM, prp=2), LOG),
        ("no-log", "without log", endorsement_claims(EMBLEM), None),
        ("expired", "that has expired", endorsement_claims(EMBLEM) | {EXPIRES: NOW}, LOG),
        ("other-issuer", "by another issuer", endorsement_claims(EMBLEM, issuer=OTHER_ORG), LOG),
    ):
        add(
            vectors,
            f"no-link-{slug}",
            f"In an unknown algorithm an endorsement {title}: it cannot help",
            [EMBLEM.record, issued(), strange(claims, log=log)],
            rejected(),
        )
    forbidding = strange(endorsement_claims(MIDDLE, end=False), log=LOG)
    add(
        vectors,
        "no-link-end",
        "In an unknown algorithm a root endorsement that forbids the one below it",
        [EMBLEM.record, MIDDLE.record, issued(), middle, forbidding],
        rejected(),
    )
    add(
        vectors,
        "no-link-exceeded",
        "A known endorsement does not allow the purpose, and an unknown one is there",
        [*keys, issued(), root_endorsement(prp=2), strange(endorsement_claims(EMBLEM), log=LOG)],
        rejected("endorsement-purpose-exceeded"),
        robust=ALGORITHM,
    )
    add(
        vectors,
        "direct-authority",
        "No own endorsement; the bound authority endorses the emblem's key in an unknown version",
        [EMBLEM.record, issued(), AUTHORITY.record, sign(AUTHORITY, {"ver": 2})],
        undetermined("token-version-unknown"),
        [bound(AUTHORITY, AUTH)],
    )


def many(vectors: Topic) -> None:
    """At most eight tokens that were set aside are combined."""

    def stranges(count: int) -> list[bytes]:
        return [strange(endorsement_claims(key(f"unknown {number}"), issuer=OTHER_ORG)) for number in range(count)]

    add(
        vectors,
        "eight",
        "Eight tokens in an unknown algorithm, none of which could help",
        [EMBLEM.record, issued(), *stranges(8)],
        rejected("root-endorsement-missing"),
    )
    add(
        vectors,
        "nine",
        "Nine such tokens: more than are combined",
        [EMBLEM.record, issued(), *stranges(9)],
        undetermined("unknown-could-decide"),
        robust=rejected("root-endorsement-missing"),
    )
    add(
        vectors,
        "nine-beside",
        "Nine such tokens beside a valid emblem",
        [EMBLEM.record, emblem(), *stranges(9)],
        protected("signed"),
        [bare(EMBLEM)],
    )
