"""TXT records of the deployed format, their names and sets, and both formats side by side."""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.cwt import carriage as cwt_carriage
from test_vectors.generator.cwt import tokens as cwt_tokens
from test_vectors.generator.encoding import base64_standard, character_strings, zone_line
from test_vectors.generator.jws.tokens import (
    EMBLEM_CLAIMS,
    emblem,
    header,
    issued,
    key_value,
    root_endorsement,
    sign,
    token_value,
)
from test_vectors.generator.keys import EMBLEM, ROOT, STRANGER
from test_vectors.generator.vector import (
    NOW,
    ORG,
    TARGET,
    Document,
    Topic,
    bare,
    bound,
    other_asset,
    protected,
    rejected,
    undetermined,
)

SECTION = "Records and sets"
GOOD = protected("signed")
ORGANIZATION = protected("organizational", issuer=ORG)
NOTHING = undetermined("no-emblem-in-input")
LEFT_OUT = undetermined("no-emblem-in-input", "records-left-out")
WWW = "www.relief.example"


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("jws", "carriage", "TXT records, owners and sets.")
    forms(vectors)
    owners(vectors)
    sets(vectors)
    named_sets(vectors)
    two_formats(vectors)
    nothing(vectors)
    return vectors


def txt(value: str, owner: str = TARGET) -> str:
    """A TXT record."""
    return zone_line(owner, "TXT", character_strings(value))


def add(vectors: Topic, slug: str, title: str, lines: Sequence[str], expect: Document, target: str = TARGET) -> None:
    """Lines judged with the emblem's key trusted."""
    vectors.add(slug, title, SECTION, lines, expect, target=target, trust=[bare(EMBLEM)])


def forms(vectors: Topic) -> None:
    """One set in every form."""
    key_text, token_text = key_value(EMBLEM), token_value(emblem())
    old_key = f"adem-key={base64_standard(EMBLEM.spki)}"
    for slug, title, lines in (
        ("zone", "Lines of a zone file", [txt(key_text), txt(token_text)]),
        ("quoted", "Quoted strings without owner", [character_strings(key_text), character_strings(token_text)]),
        ("bare", "Values alone", [key_text, token_text]),
        (
            "strings",
            "Many short strings",
            [zone_line(TARGET, "TXT", character_strings(line, 30)) for line in (key_text, token_text)],
        ),
        ("old-emblem", "The older adem-emb", [txt(old_key), txt(f"adem-emb={emblem()}")]),
        ("old-set", "The older adem-emb with a set name", [txt(old_key), txt(f"adem-emb-a={emblem()}")]),
        (
            "emblem-owner",
            "Records at _emblem. and the name",
            [txt(line, f"_emblem.{TARGET}") for line in (key_text, token_text)],
        ),
        ("comments", "Comments and blank lines between", ["; dig", "", txt(key_text), "", txt(token_text), "; end"]),
        (
            "other-txt",
            "Other TXT records between",
            [txt("v=spf1 -all"), txt(key_text), txt("adem=none"), txt(token_text)],
        ),
    ):
        add(vectors, slug, title, lines, GOOD)
    old = [txt(f"adem-key={base64_standard(key.spki)}") for key in (EMBLEM, ROOT)]
    vectors.add(
        "old-endorsement",
        "The older adem-end beside adem-emb",
        SECTION,
        [*old, txt(f"adem-emb={issued()}"), txt(f"adem-end={root_endorsement()}")],
        ORGANIZATION,
        trust=[bound(ROOT, ORG)],
    )
    vectors.add(
        "old-and-new",
        "The older adem-emb with an endorsement in adem-token: one set",
        SECTION,
        [*old, txt(f"adem-emb={issued()}"), txt(token_value(root_endorsement()))],
        ORGANIZATION,
        trust=[bound(ROOT, ORG)],
    )
    for slug, title, name in (
        ("hyphen", "A set name with a hyphen", "a-b"),
        ("tab", "A set name with a tab", "a\tb"),
    ):
        lines = [txt(token_value(emblem(), name))]
        add(vectors, f"set-name-{slug}", title, lines, rejected("record-malformed", "emblem-missing"))
    for slug, title, prefix in (
        ("prefix-space", "Values with a space before them", " adem-token="),
        ("prefix-other", "Values that begin with something else", "adem-tokens="),
    ):
        add(vectors, slug, title, [txt(prefix + emblem())], NOTHING)


def owners(vectors: Topic) -> None:
    """Which lines count."""
    lines = [key_value(EMBLEM), token_value(emblem())]
    for slug, title, owner in (
        ("parent", "Records at the name above", "relief.example"),
        ("sibling", "Records at another name", WWW),
    ):
        add(vectors, f"owner-{slug}", title, [txt(line, owner) for line in lines], LEFT_OUT)
    alias = zone_line(TARGET, "CNAME", f"{WWW}.")
    add(vectors, "cname", "Records where a CNAME leads", [alias, *(txt(line, WWW) for line in lines)], GOOD)
    add(
        vectors,
        "cname-not-listed",
        "The emblem names where the CNAME leads, not the name that was asked",
        [alias, txt(key_value(EMBLEM), WWW), txt(token_value(emblem(assets=[WWW])), WWW)],
        other_asset("signed"),
    )
    reverse = "1.2.0.192.in-addr.arpa"
    by_address = [txt(key_value(EMBLEM), reverse), txt(token_value(emblem(assets=["[192.0.2.1]"])), reverse)]
    add(vectors, "owner-reverse", "Records at the reverse name of an address target", by_address, GOOD, "192.0.2.1")
    add(
        vectors,
        "owner-reverse-other",
        "Records at the reverse name of another address",
        by_address,
        LEFT_OUT,
        "192.0.2.2",
    )


def sets(vectors: Topic) -> None:
    """Sets do not spoil each other."""
    good = [txt(key_value(EMBLEM)), txt(token_value(emblem()))]
    below = f"_emblem.{TARGET}"
    expired = token_value(emblem(exp=NOW))
    for slug, title, more in (
        ("expired", "An expired copy at _emblem.", [txt(expired, below)]),
        ("second", "Another emblem at _emblem.", [txt(token_value(emblem(exp=NOW + 5)), below)]),
        (
            "stranger",
            "A stranger's emblem at _emblem.",
            [txt(key_value(STRANGER), below), txt(token_value(sign(STRANGER, header(STRANGER), EMBLEM_CLAIMS)), below)],
        ),
        ("malformed", "A malformed token at _emblem.", [txt("adem-token=a.b.c", below)]),
    ):
        add(vectors, f"set-{slug}", title, [*more, *good], GOOD)
    shared = [txt(key_value(EMBLEM), below), txt(token_value(emblem()))]
    vectors.add(
        "set-key-shared",
        "The key at _emblem., the token at the name: keys are shared",
        SECTION,
        shared,
        {"status": "claimed", "level": "signed", "trusted": False, "reasons": ["trusted-nobody"]},
    )
    carried = sign(
        ROOT, {**header(ROOT, "adem-end"), "jwk": ROOT.jwk}, {"ver": "v1", "nbf": 0, "exp": NOW, "key": EMBLEM.jwk}
    )
    vectors.add(
        "set-key-embedded",
        "A key within an expired token serves other sets",
        "JWS keys",
        [txt(token_value(carried), below), txt(token_value(emblem()))],
        {"status": "claimed", "level": "signed", "trusted": False, "reasons": ["trusted-nobody"]},
    )


def named_sets(vectors: Topic) -> None:
    """SET names."""
    keys = [txt(key_value(EMBLEM)), txt(key_value(ROOT))]

    def named(slug: str, title: str, lines: Sequence[str], expect: Document) -> None:
        vectors.add(f"named-{slug}", title, SECTION, lines, expect, trust=[bound(ROOT, ORG)])

    whole = [
        txt(key_value(EMBLEM, "a")),
        txt(key_value(ROOT, "a")),
        txt(token_value(issued(), "a")),
        txt(token_value(root_endorsement(), "a")),
    ]
    named("one", "A set with a name", whole, ORGANIZATION)
    named(
        "two",
        "Two sets with names, the first without its endorsement",
        [
            *keys,
            txt(token_value(issued(), "a")),
            txt(token_value(issued(), "b")),
            txt(token_value(root_endorsement(), "b")),
        ],
        ORGANIZATION,
    )
    named(
        "two-emblems",
        "Two sets with names, each with its emblem",
        [
            *keys,
            txt(token_value(issued(), "a")),
            txt(token_value(root_endorsement(), "a")),
            txt(token_value(issued(exp=NOW + 60), "b")),
            txt(token_value(root_endorsement(), "b")),
        ],
        ORGANIZATION,
    )
    named(
        "shared",
        "An endorsement without name belongs to every set",
        [
            *keys,
            txt(token_value(issued(), "a")),
            txt(token_value(issued(exp=NOW + 60), "b")),
            txt(token_value(root_endorsement())),
        ],
        ORGANIZATION,
    )
    named(
        "split",
        "The emblem in one named set, its endorsement in another",
        [*keys, txt(token_value(issued(), "a")), txt(token_value(root_endorsement(), "b"))],
        rejected(),
    )
    named(
        "keys-named",
        "Keys in a set of another name are shared",
        [
            txt(key_value(EMBLEM, "k")),
            txt(key_value(ROOT, "k")),
            txt(token_value(issued(), "a")),
            txt(token_value(root_endorsement(), "a")),
        ],
        ORGANIZATION,
    )


def two_formats(vectors: Topic) -> None:
    """CWT and JWS side by side are sets of their own."""
    good = [txt(key_value(EMBLEM)), txt(token_value(emblem()))]
    cwt_key, cwt_emblem = cwt_carriage.txt(EMBLEM.record), cwt_carriage.txt(cwt_tokens.emblem())
    cwt_expired = cwt_carriage.txt(cwt_carriage.EXPIRED)
    add(vectors, "formats-both", "A good set in each format", [*good, cwt_key, cwt_emblem], GOOD)
    add(vectors, "formats-cwt-expired", "An expired CWT beside a good JWS", [*good, cwt_key, cwt_expired], GOOD)
    add(
        vectors,
        "formats-jws-expired",
        "An expired JWS beside a good CWT",
        [txt(key_value(EMBLEM)), txt(token_value(emblem(exp=NOW))), cwt_key, cwt_emblem],
        GOOD,
    )
    vectors.add(
        "formats-key-not-shared",
        "A CWT key is no key of JWS",
        SECTION,
        [cwt_key, txt(token_value(emblem()))],
        rejected(),
    )
    split = [
        txt(key_value(EMBLEM)),
        txt(token_value(issued())),
        cwt_carriage.txt(ROOT.record),
        cwt_carriage.txt(cwt_tokens.root_endorsement()),
    ]
    vectors.add(
        "formats-split",
        "The emblem as JWS, its endorsement as CWT: no chain",
        SECTION,
        split,
        rejected(),
        trust=[bound(ROOT, ORG)],
    )


def nothing(vectors: Topic) -> None:
    """Input without emblem."""
    for slug, title, lines, expect in (
        ("keys", "Keys alone", [txt(key_value(EMBLEM))], rejected("emblem-missing")),
        (
            "endorsement",
            "An endorsement and keys alone",
            [txt(key_value(ROOT)), txt(token_value(root_endorsement()))],
            rejected("emblem-missing"),
        ),
        (
            "malformed-token",
            "A malformed token alone",
            [txt("adem-token=x")],
            rejected("token-malformed", "emblem-missing"),
        ),
        ("malformed-key", "A malformed key alone", [txt("adem-key=x!")], rejected("key-malformed", "emblem-missing")),
    ):
        add(vectors, f"material-{slug}", title, lines, expect)
    add(
        vectors,
        "nothing",
        "TXT records of other things",
        [txt("v=spf1 -all"), txt("adem"), txt("key=adem-token")],
        NOTHING,
    )
