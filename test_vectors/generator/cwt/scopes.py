"""Keys that were given for some purposes, names or times only."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import issued, root_endorsement
from test_vectors.generator.cwt.trust import ENDORSED, FULL, NOBODY, ORGANIZATIONAL_LEVEL, OWN, SIGNED, external
from test_vectors.generator.encoding import hexadecimal
from test_vectors.generator.keys import AUTHORITY, EMBLEM, ROOT
from test_vectors.generator.vector import AT, AUTH, ORG, Document, Topic, Trusted, bare, bound, claimed, rejected

SECTION = "Trust"
LATER = "2027-03-01T12:00:01Z"
OUTSIDE: Document = claimed("signed", "trust-out-of-scope", commitment="not-checked", endorsed_by=[])
GIVEN: tuple[tuple[str, str, Trusted, Document], ...] = (
    ("bare", "A root key given bare", bare(ROOT), SIGNED),
    ("root", "A root key bound to the issuer", bound(ROOT, ORG), ORGANIZATIONAL_LEVEL),
    ("authority", "An authority's key bound to it", bound(AUTHORITY, AUTH), ENDORSED),
)
SCOPES: tuple[tuple[str, str, Document, bool], ...] = (
    ("purpose", "for the purpose of the emblem", {"purposes": ["protective"]}, True),
    ("purposes", "for more purposes than the emblem's", {"purposes": ["indicative", "protective"]}, True),
    ("other-purpose", "for another purpose", {"purposes": ["indicative"]}, False),
    ("name", "for the target alone", {"suffixes": ["clinic.relief.example"]}, True),
    ("suffix", "for names below one above the target", {"suffixes": ["other.example", "example"]}, True),
    ("other-name", "for other names", {"suffixes": ["other.example"]}, False),
    ("below", "for names below the target", {"suffixes": ["ward.clinic.relief.example"]}, False),
    ("part", "for names below what is only the end of a label above the target", {"suffixes": ["lief.example"]}, False),
    ("no-name", "for no names", {"suffixes": []}, False),
    ("from-now", "from this second on", {"not_before": AT}, True),
    ("from-later", "from the next second on", {"not_before": LATER}, False),
    ("until-later", "until before the next second", {"expires": LATER}, True),
    ("until-now", "until before this second", {"expires": AT}, False),
    (
        "all",
        "for purpose, name and time",
        {"purposes": ["protective"], "suffixes": ["example"], "expires": LATER},
        True,
    ),
    ("one-of-all", "for purpose and name, at another time", {"suffixes": ["example"], "expires": AT}, False),
)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "scopes", "Keys that the verifier was given for some purposes, names or times only.")
    for given, whose, trusted, inside in GIVEN:
        for slug, title, scope, holds in SCOPES:
            expect = inside | {"absent_reasons": ["trust-out-of-scope"]} if holds else OUTSIDE
            vectors.add(f"{given}-{slug}", f"{whose}, {title}", SECTION, FULL, expect, trust=[trusted.within(scope)])
    several(vectors)
    without_log(vectors)
    return vectors


def several(vectors: Topic) -> None:
    """More than one scope, and more than one purpose."""
    elsewhere, here = ({"suffixes": [name]} for name in ("other.example", "relief.example"))
    vectors.add(
        "two-scopes",
        "An authority's key for other names, and once more for these",
        SECTION,
        FULL,
        ENDORSED | {"absent_reasons": ["trust-out-of-scope"]},
        trust=[bound(AUTHORITY, AUTH).within(elsewhere), bound(AUTHORITY, AUTH).within(here)],
    )
    vectors.add(
        "bare-and-authority",
        "The emblem's key given bare for these names, an authority's bound for others",
        SECTION,
        FULL,
        SIGNED | {"reasons": ["trusted-key", "trust-out-of-scope"]},
        trust=[bare(EMBLEM).within(here), bound(AUTHORITY, AUTH).within(elsewhere)],
    )
    vectors.add(
        "other-organization",
        "An authority's key bound to another organization, for these names: it is not that one's key at all",
        SECTION,
        FULL,
        NOBODY | {"absent_reasons": ["trust-out-of-scope"]},
        trust=[bound(AUTHORITY, "https://elsewhere.example").within(here)],
    )
    twofold = [issued(prp=3), root_endorsement(prp=3), external(prp=3)]
    vectors.add(
        "authority-purpose-of-two",
        "An authority's key for one of the emblem's two purposes",
        SECTION,
        hexadecimal([EMBLEM.record, ROOT.record, AUTHORITY.record, *twofold]),
        OUTSIDE,
        trust=[bound(AUTHORITY, AUTH).within({"purposes": ["protective"]})],
    )


def without_log(vectors: Topic) -> None:
    """A root endorsement without log: only trust commits the root key."""
    records = hexadecimal([*OWN[:-1], root_endorsement(log=None), AUTHORITY.record, external()])
    invalid = rejected("root-log-missing", "trust-out-of-scope")
    for slug, title, trusted in (
        ("root", "the root key is bound for other names", bound(ROOT, ORG)),
        ("authority", "the authority's key is bound for other names", bound(AUTHORITY, AUTH)),
    ):
        vectors.add(
            f"no-log-{slug}",
            f"A root endorsement without log, and {title}",
            "Procedure step 4",
            records,
            invalid,
            trust=[trusted.within({"suffixes": ["other.example"]})],
        )
