"""The claims of JWS emblems and endorsements."""

from __future__ import annotations

from test_vectors.generator.jws.tokens import (
    EMBLEM_CLAIMS,
    LOG,
    alone,
    emblem,
    endorsement,
    endorsement_claims,
    header,
    issued,
    json_text,
    sign,
    token_value,
    values,
    without,
)
from test_vectors.generator.keys import EMBLEM, ROOT
from test_vectors.generator.vector import (
    AT,
    EXP,
    NBF,
    NOW,
    ORG,
    TARGET,
    Document,
    Topic,
    bare,
    bound,
    protected,
    rejected,
    undetermined,
)

SECTION = "JWS tokens"
GOOD = protected("signed")
MALFORMED = rejected("token-malformed", "emblem-missing")
BAD_ENDORSEMENT = rejected("token-malformed", "root-endorsement-missing")
UNKNOWN = undetermined("token-version-unknown", "unknown-could-decide")
ENDORSEMENT_CLAIMS = endorsement_claims(EMBLEM, log=LOG)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("jws", "claims", "The claims of emblems and endorsements.")
    version(vectors)
    dates(vectors)
    period(vectors)
    emblem_claims(vectors)
    emblem_block(vectors)
    organizations(vectors)
    return vectors


def add(vectors: Topic, slug: str, title: str, claims: object, expect: Document, at: str = AT) -> None:
    """An emblem with these claims and its key, which is trusted."""
    vectors.add(slug, title, SECTION, alone(sign(EMBLEM, header(EMBLEM), claims)), expect, at=at, trust=[bare(EMBLEM)])


def endorsed(vectors: Topic, slug: str, title: str, claims: object, expect: Document) -> None:
    """A root endorsement with these claims; the root key is bound."""
    records = values([EMBLEM, ROOT], issued(), endorsement(ROOT, claims))
    vectors.add(slug, title, SECTION, records, expect, trust=[bound(ROOT, ORG)])


def version(vectors: Topic) -> None:
    """``ver``."""
    add(vectors, "ver-missing", "No ver", without(EMBLEM_CLAIMS, "ver"), MALFORMED)
    for slug, title, value in (
        ("number", "ver a number, as CWT writes it", 1),
        ("null", "ver null", None),
        ("true", "ver true", True),
        ("array", "ver in an array", ["v1"]),
    ):
        add(vectors, f"ver-{slug}", title, EMBLEM_CLAIMS | {"ver": value}, MALFORMED)
    for slug, title, text in (
        ("v2", "ver v2", "v2"),
        ("v0", "ver v0", "v0"),
        ("capital", "ver V1: another text", "V1"),
        ("one", "ver 1 as text", "1"),
        ("empty", "ver of no characters", ""),
    ):
        add(vectors, f"ver-{slug}", title, EMBLEM_CLAIMS | {"ver": text}, UNKNOWN)
    add(
        vectors,
        "ver-v2-expired",
        "An unknown version that has expired",
        EMBLEM_CLAIMS | {"ver": "v2", "exp": NOW},
        rejected("token-expired", "emblem-missing"),
    )
    beside = [*alone(emblem()), token_value(sign(EMBLEM, header(EMBLEM), EMBLEM_CLAIMS | {"ver": "v2"}))]
    vectors.add(
        "ver-v2-beside",
        "An unknown version beside a valid emblem",
        SECTION,
        beside,
        protected("signed", "token-version-unknown"),
        trust=[bare(EMBLEM)],
    )


def dates(vectors: Topic) -> None:
    """The types of ``exp``, ``nbf`` and ``iat``."""
    text = json_text(EMBLEM_CLAIMS)
    for name, value in (("exp", EXP), ("nbf", NBF)):
        add(vectors, f"{name}-missing", f"No {name}", without(EMBLEM_CLAIMS, name), MALFORMED)
        add(
            vectors,
            f"{name}-exponent",
            f"{name} with an exponent",
            text.replace(f'"{name}":{value}', f'"{name}":{value}0E-1'),
            GOOD,
        )
    add(vectors, "iat-missing", "No iat", without(EMBLEM_CLAIMS, "iat"), GOOD)
    add(vectors, "iat-future", "iat in the future: it is not judged", EMBLEM_CLAIMS | {"iat": NOW + 9}, GOOD)
    for name, value in (("exp", EXP), ("nbf", NBF), ("iat", NBF)):
        for slug, title, wrong in (
            ("text", "as text", f'"{value}"'),
            ("true", "true", "true"),
            ("null", "null", "null"),
            ("nan", "NaN", "NaN"),
            ("overflow", "too large for a float (1e400)", "1e400"),
            ("array", "in an array", f"[{value}]"),
        ):
            add(
                vectors,
                f"{name}-{slug}",
                f"{name} {title}",
                text.replace(f'"{name}":{value}', f'"{name}":{wrong}'),
                MALFORMED,
            )


def period(vectors: Topic) -> None:
    """nbf <= now < exp."""
    half = "2027-03-01T12:00:00.5Z"
    expired, early = rejected("token-expired", "emblem-missing"), rejected("token-not-yet-valid", "emblem-missing")
    for slug, title, nbf, exp, at, expect in (
        ("nbf-now", "Not before this very second", NOW, EXP, AT, GOOD),
        ("nbf-next", "Not before the next second", NOW + 1, EXP, AT, early),
        ("exp-next", "Expiring in a second", NBF, NOW + 1, AT, GOOD),
        ("exp-now", "Expiring this very second", NBF, NOW, AT, expired),
        ("nbf-half", "Not before half a second from now", NOW + 0.5, EXP, AT, early),
        ("nbf-half-reached", "The same, judged then", NOW + 0.5, EXP, half, GOOD),
        ("exp-half", "Expiring in half a second", NBF, NOW + 0.5, AT, GOOD),
        ("exp-half-reached", "The same, judged then", NBF, NOW + 0.5, half, expired),
        ("exp-large", "Expiring in 10^40 seconds", NBF, 10**40, AT, GOOD),
        ("exp-float", "Expiring at 1e300", NBF, 1e300, AT, GOOD),
        ("nbf-negative", "Not before a time in 1969", -1, EXP, AT, GOOD),
        ("empty", "A period that ends as it begins", NOW, NOW, AT, expired),
    ):
        add(vectors, f"period-{slug}", title, EMBLEM_CLAIMS | {"nbf": nbf, "exp": exp}, expect, at)
    endorsed(
        vectors,
        "period-endorsement-exp-now",
        "An endorsement that expires this very second",
        ENDORSEMENT_CLAIMS | {"exp": NOW},
        rejected("token-expired", "root-endorsement-missing"),
    )
    endorsed(
        vectors,
        "period-endorsement-nbf-next",
        "An endorsement from the next second on",
        ENDORSEMENT_CLAIMS | {"nbf": NOW + 1},
        rejected("token-not-yet-valid", "root-endorsement-missing"),
    )


def emblem_claims(vectors: Topic) -> None:
    """``assets`` and ``bearers``, and claims of the other kind."""
    old = without(EMBLEM_CLAIMS, "assets") | {"bearers": [TARGET]}
    add(vectors, "bearers", "bearers, the oldest name of assets", old, protected("signed", assets=[TARGET]))
    add(vectors, "assets-and-bearers", "assets and bearers, the same", EMBLEM_CLAIMS | {"bearers": [TARGET]}, MALFORMED)
    add(vectors, "assets-missing", "Neither assets nor bearers", without(EMBLEM_CLAIMS, "assets"), MALFORMED)
    for name, base in (("assets", EMBLEM_CLAIMS), ("bearers", old)):
        for slug, title, value in (
            ("empty", "with nothing in it", []),
            ("text", "as one text", TARGET),
            ("null", "null", None),
            ("object", "as an object", {TARGET: True}),
            ("number", "with a number beside the name", [TARGET, 1]),
            ("nested", "in an array once too often", [[TARGET]]),
        ):
            add(vectors, f"{name}-{slug}", f"{name} {title}", base | {name: value}, MALFORMED)
    for slug, title, more in (
        ("sub", "A subject, which is a claim of endorsements", {"sub": "nobody"}),
        ("key", "A key, which is a claim of endorsements", {"key": 7}),
        ("end", "An end, which is a claim of endorsements", {"end": "yes"}),
        ("log", "A log, which is a claim of endorsements", {"log": []}),
        ("unknown", "An unknown claim", {"sign": "red-cross"}),
    ):
        add(
            vectors,
            f"other-kind-{slug}",
            f"Ignored in an emblem: {title[0].lower()}{title[1:]}",
            EMBLEM_CLAIMS | more,
            protected("signed", sign=None),
        )
    endorsed(
        vectors,
        "other-kind-assets",
        "Ignored in an endorsement: assets",
        ENDORSEMENT_CLAIMS | {"assets": []},
        protected("organizational"),
    )


def emblem_block(vectors: Topic) -> None:
    """``emb``."""
    for slug, title, block, purposes in (
        ("empty", "An emb with nothing in it", {}, []),
        ("prp-empty", "An emb that claims no purpose", {"prp": []}, []),
        ("prp-indicative", "Indicative use", {"prp": ["indicative"]}, ["indicative"]),
        ("prp-both", "Both uses", {"prp": ["indicative", "protective"]}, ["protective", "indicative"]),
        ("dst-several", "Several channels", {"prp": ["protective"], "dst": ["tls", "dns", "udp"]}, ["protective"]),
        ("unknown", "An unknown member", {"prp": ["protective"], "x": 1}, ["protective"]),
    ):
        add(vectors, f"emb-{slug}", title, EMBLEM_CLAIMS | {"emb": block}, protected("signed", purposes=purposes))
    add(
        vectors,
        "emb-missing",
        "No emb: the emblem claims no purpose",
        without(EMBLEM_CLAIMS, "emb"),
        protected("signed", purposes=[]),
    )
    for slug, title, channels in (
        ("dst-other", "Channels without dns, and found there", ["tls", "udp"]),
        ("dst-capital", "The channel DNS in capitals is another", ["DNS"]),
    ):
        add(
            vectors,
            f"emb-{slug}",
            title,
            EMBLEM_CLAIMS | {"emb": {"dst": channels}},
            protected("signed", "channel-missing"),
        )
    add(
        vectors,
        "emb-dst-missing",
        "No channels: nothing to warn of",
        EMBLEM_CLAIMS | {"emb": {"prp": ["protective"]}},
        GOOD | {"absent_reasons": ["channel-missing"]},
    )
    for slug, title, wrong in (
        ("text", "emb as text", "protective"),
        ("array", "emb as an array", ["protective"]),
        ("null", "emb null", None),
        ("prp-text", "prp as text", {"prp": "protective"}),
        ("prp-number", "prp as a number, as CWT writes it", {"prp": 1}),
        ("prp-null", "prp null", {"prp": None}),
        ("prp-unknown", "A purpose that nobody knows", {"prp": ["protective", "decorative"]}),
        ("prp-cwt", "A purpose of the other format alone", {"prp": ["cultural-property"]}),
        ("prp-case", "A purpose in capitals", {"prp": ["Protective"]}),
        ("prp-mixed", "A number beside a purpose", {"prp": ["protective", 2]}),
        ("dst-text", "dst as text", {"dst": "dns"}),
        ("dst-number", "A number beside a channel", {"dst": ["dns", 1]}),
        ("dst-null", "dst null", {"dst": None}),
    ):
        add(vectors, f"emb-{slug}", title, EMBLEM_CLAIMS | {"emb": wrong}, MALFORMED)


def organizations(vectors: Topic) -> None:
    """``iss`` and ``sub``: as in the other format."""
    for slug, title, value in (
        ("slash", "An issuer with a slash after it", ORG + "/"),
        ("http", "An issuer with the scheme http", "http://relief.example"),
        ("capital", "An issuer with a capital letter", "https://Relief.example"),
        ("host", "An issuer without scheme", "relief.example"),
        ("one-label", "An issuer of one label", "https://relief"),
        ("address", "An issuer that is an address", "https://192.0.2.1"),
        ("port", "An issuer with a port", ORG + ":443"),
        ("u-label", "An issuer with a U-label", "https://h\u00f4pital.example"),
        ("empty", "An issuer of no characters", ""),
        ("null", "An issuer of null", None),
        ("number", "An issuer that is a number", 1),
    ):
        add(vectors, f"iss-{slug}", title, EMBLEM_CLAIMS | {"iss": value}, MALFORMED)
    for slug, title, value in (
        ("slash", "A subject with a slash after it", ORG + "/"),
        ("capital", "A subject with a capital letter", "https://Relief.example"),
        ("null", "A subject of null", None),
    ):
        endorsed(vectors, f"sub-{slug}", title, ENDORSEMENT_CLAIMS | {"sub": value}, BAD_ENDORSEMENT)
