"""The period of a token: nbf <= now < exp, compared exactly."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import (
    EMBLEM_CLAIMS,
    EXPIRES,
    ISSUED_CLAIMS,
    LOG,
    NOT_BEFORE,
    ORGANIZATIONAL,
    alone,
    endorsement_claims,
    sign,
)
from test_vectors.generator.encoding import Raw, hexadecimal
from test_vectors.generator.keys import EMBLEM, ROOT
from test_vectors.generator.vector import AT, EXP, NBF, NOW, ORG, Document, Topic, bare, bound, protected, rejected

SECTION = "Procedure step 1"
GOOD = protected("signed")
EXPIRED = rejected("token-expired", "emblem-missing")
EARLY = rejected("token-not-yet-valid", "emblem-missing")


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "times", "The period of a token, to the second and below it.")
    edges(vectors)
    fractions(vectors)
    extremes(vectors)
    endorsements(vectors)
    return vectors


def add(vectors: Topic, slug: str, title: str, nbf: object, exp: object, expect: Document, *, at: str = AT) -> None:
    """An emblem with this period and its key, which is trusted."""
    token = sign(EMBLEM, EMBLEM_CLAIMS | {NOT_BEFORE: nbf, EXPIRES: exp})
    vectors.add(slug, title, SECTION, alone(token), expect, at=at, trust=[bare(EMBLEM)])


def edges(vectors: Topic) -> None:
    """Whole seconds."""
    add(vectors, "nbf-now", "Not before this very second", NOW, EXP, GOOD)
    add(vectors, "nbf-next", "Not before the next second", NOW + 1, EXP, EARLY)
    add(vectors, "exp-next", "Expiring in a second", NBF, NOW + 1, GOOD)
    add(vectors, "exp-now", "Expiring this very second", NBF, NOW, EXPIRED)
    add(vectors, "exp-past", "Expired a second ago", NBF, NOW - 1, EXPIRED)
    add(vectors, "one-second", "A period of one second that is now", NOW, NOW + 1, GOOD)
    add(vectors, "empty-period", "A period that ends as it begins", NOW, NOW, EXPIRED)
    add(vectors, "reversed-early", "A period that ends before it begins, both to come", NOW + 10, NOW + 5, EARLY)
    add(vectors, "reversed-late", "A period that ends before it begins, both past", NOW - 5, NOW - 10, EXPIRED)
    add(
        vectors,
        "offset",
        "The time of judging written in another time zone",
        NOW,
        NOW + 1,
        GOOD,
        at="2027-03-01T14:30:00+02:30",
    )
    add(vectors, "offset-late", "The same, a second later", NOW, NOW + 1, EXPIRED, at="2027-03-01T14:30:01+02:30")


def fractions(vectors: Topic) -> None:
    """Fractions of a second, in tokens and in the time of judging."""
    half = "2027-03-01T12:00:00.5Z"
    add(vectors, "nbf-half", "Not before half a second from now", NOW + 0.5, EXP, EARLY)
    add(vectors, "nbf-half-reached", "The same, judged at that half second", NOW + 0.5, EXP, GOOD, at=half)
    add(
        vectors,
        "nbf-quarter-passed",
        "Not before a quarter past the second, judged at half past",
        NOW + 0.25,
        EXP,
        GOOD,
        at=half,
    )
    add(
        vectors,
        "nbf-three-quarters",
        "Not before three quarters past the second, judged at half past",
        NOW + 0.75,
        EXP,
        EARLY,
        at=half,
    )
    add(vectors, "exp-half", "Expiring in half a second", NBF, NOW + 0.5, GOOD)
    add(vectors, "exp-half-reached", "The same, judged at that half second", NBF, NOW + 0.5, EXPIRED, at=half)
    add(vectors, "exp-half-before", "Expired half a second ago", NBF, NOW - 0.5, EXPIRED)
    add(vectors, "exp-now-half", "Expiring on the second, judged half a second after", NBF, NOW, EXPIRED, at=half)
    add(
        vectors,
        "exp-next-half",
        "Expiring on the next second, judged half a second before",
        NBF,
        NOW + 1,
        GOOD,
        at=half,
    )
    add(vectors, "nbf-now-float", "Not before this very second, as a float", float(NOW), EXP, GOOD)
    add(vectors, "exp-now-float", "Expiring this very second, as a float", NBF, float(NOW), EXPIRED)


def extremes(vectors: Topic) -> None:
    """Values that clocks and calendars do not have."""
    add(vectors, "exp-2-63", "Expiring in 2^63 seconds", NBF, 2**63, GOOD)
    add(vectors, "exp-2-64", "Expiring at the largest integer of CBOR", NBF, 2**64 - 1, GOOD)
    add(vectors, "exp-huge", "Expiring at the float 1e300", NBF, 1e300, GOOD)
    add(vectors, "exp-year-10000", "Expiring after the year 9999", NBF, 253402300800, GOOD)
    add(vectors, "nbf-negative", "Not before a time in 1969", -1, EXP, GOOD)
    add(vectors, "nbf-smallest", "Not before the smallest integer of CBOR", -(2**64), EXP, GOOD)
    add(vectors, "nbf-minus-huge", "Not before the float -1e300", -1e300, EXP, GOOD)
    add(vectors, "nbf-zero", "Not before 1970", 0, EXP, GOOD)
    add(vectors, "nbf-minus-zero", "Not before minus zero", -0.0, EXP, GOOD)
    add(vectors, "nbf-huge", "Not before the float 1e300", 1e300, EXP, EARLY)
    add(vectors, "nbf-2-64", "Not before the largest integer of CBOR", 2**64 - 1, 2**64 - 1, EARLY)
    add(vectors, "exp-zero", "Expired in 1970", -5, 0, EXPIRED)
    add(
        vectors,
        "exp-tiny",
        "Expiring at the smallest positive float",
        -5,
        Raw(b"\xfb" + b"\x00" * 7 + b"\x01"),
        EXPIRED,
    )
    add(
        vectors,
        "exp-half-precision",
        "Expiring at the largest float of half precision (65504)",
        0,
        Raw(b"\xf9\x7b\xff"),
        EXPIRED,
    )
    add(vectors, "before-1970", "Judged before 1970, within the period", -10, 10, GOOD, at="1969-12-31T23:59:59Z")
    milliseconds = NOW * 1000
    add(
        vectors,
        "milliseconds",
        "A period in milliseconds: it begins in the far future",
        milliseconds,
        milliseconds + 10**9,
        EARLY,
    )


def endorsements(vectors: Topic) -> None:
    """The same rule for endorsements."""

    def endorsed(slug: str, title: str, nbf: object, exp: object, expect: Document) -> None:
        claims = endorsement_claims(EMBLEM) | {NOT_BEFORE: nbf, EXPIRES: exp}
        records = hexadecimal([*ORGANIZATIONAL, sign(EMBLEM, ISSUED_CLAIMS), sign(ROOT, claims, log=LOG)])
        vectors.add(f"endorsement-{slug}", title, SECTION, records, expect, trust=[bound(ROOT, ORG)])

    good = protected("organizational", commitment="trusted")
    endorsed("nbf-now", "An endorsement from this very second on", NOW, EXP, good)
    endorsed("exp-next", "An endorsement that expires in a second", NBF, NOW + 1, good)
    endorsed(
        "nbf-next",
        "An endorsement from the next second on",
        NOW + 1,
        EXP,
        rejected("token-not-yet-valid", "root-endorsement-missing"),
    )
    endorsed(
        "exp-now",
        "An endorsement that expires this very second",
        NBF,
        NOW,
        rejected("token-expired", "root-endorsement-missing"),
    )
