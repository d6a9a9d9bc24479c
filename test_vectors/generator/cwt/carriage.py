"""Records and sets: how records carry tokens and keys, and which belong together."""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.cwt.tokens import EMBLEM_CLAIMS, EXPIRES, emblem, root_endorsement, sign
from test_vectors.generator.encoding import (
    base64_standard,
    base64url,
    character_strings,
    unknown_type,
    zone_line,
)
from test_vectors.generator.keys import EMBLEM, ROOT
from test_vectors.generator.vector import (
    NOW,
    TARGET,
    Document,
    Topic,
    bare,
    other_asset,
    protected,
    rejected,
    undetermined,
)

SECTION = "Records and sets"
GOOD = protected("signed")
NOTHING = undetermined("no-emblem-in-input")
LEFT_OUT = undetermined("no-emblem-in-input", "records-left-out")
ELSEWHERE = "www.relief.example"
EXPIRED = sign(EMBLEM, EMBLEM_CLAIMS | {EXPIRES: NOW - 60})


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "carriage", "Record types, TXT values, owners, and sets that do not spoil each other.")
    forms(vectors)
    text(vectors)
    text_mistakes(vectors)
    owners(vectors)
    aliases(vectors)
    nothing(vectors)
    return vectors


def ihle(data: bytes, owner: str = TARGET, number: int = 65297) -> str:
    """A record of an IHLE type."""
    return zone_line(owner, f"TYPE{number}", unknown_type(data))


def txt(data: bytes, owner: str = TARGET, name: str = "") -> str:
    """A TXT record, of the set with this name."""
    return zone_line(owner, "TXT", character_strings(value(data, name)))


def value(data: bytes, name: str = "") -> str:
    """The value of a TXT record."""
    return f"emblem-cwt{'-' + name if name else ''}={base64url(data)}"


def add(vectors: Topic, slug: str, title: str, lines: Sequence[str], expect: Document, *, target: str = TARGET) -> None:
    """Lines judged with the emblem's key trusted."""
    vectors.add(slug, title, SECTION, lines, expect, target=target, trust=[bare(EMBLEM)])


RECORDS = (EMBLEM.record, emblem())


def forms(vectors: Topic) -> None:
    """One set in every form of a line."""
    data = [record.hex() for record in RECORDS]
    spaced = [" ".join(line[start : start + 56] for start in range(0, len(line), 56)) for line in data]
    for slug, title, lines in (
        ("type-65297", "Type 65297", [ihle(record) for record in RECORDS]),
        ("type-65400", "Type 65400", [ihle(record, number=65400) for record in RECORDS]),
        ("ihle", "The mnemonic IHLE with bare hexadecimal data", [zone_line(TARGET, "IHLE", line) for line in data]),
        (
            "ihle-generic",
            "The mnemonic IHLE with RFC 3597 data",
            [zone_line(TARGET, "IHLE", unknown_type(record)) for record in RECORDS],
        ),
        ("generic", "RFC 3597 data alone", [unknown_type(record) for record in RECORDS]),
        ("hex", "Hexadecimal data alone", data),
        ("hex-capital", "Hexadecimal data in capitals", [line.upper() for line in data]),
        (
            "hex-spaced",
            "RFC 3597 data with spaces, as dig prints them",
            [
                zone_line(TARGET, "TYPE65297", f"\\# {len(record)} {line}")
                for record, line in zip(RECORDS, spaced, strict=True)
            ],
        ),
        (
            "no-ttl",
            "Lines without class and lifetime",
            [zone_line(TARGET, "TYPE65297", unknown_type(record), ttl="") for record in RECORDS],
        ),
        (
            "class-only",
            "Lines with a class and no lifetime",
            [zone_line(TARGET, "TYPE65297", unknown_type(record), ttl="IN ") for record in RECORDS],
        ),
        ("tabs", "Lines with tabs, as dig prints them", [ihle(record).replace(" ", "\t", 4) for record in RECORDS]),
        ("owner-case", "An owner in capitals", [ihle(record, TARGET.upper()) for record in RECORDS]),
        (
            "comments",
            "Comments and blank lines between",
            ["; <<>> DiG <<>>", "", ihle(RECORDS[0]), "   ", "; the emblem", ihle(RECORDS[1]), ""],
        ),
        (
            "other-types",
            "Records of other types between",
            [
                zone_line(TARGET, "A", "192.0.2.1"),
                ihle(RECORDS[0]),
                zone_line(TARGET, "MX", "10 mail.relief.example."),
                zone_line(TARGET, "TXT", '"v=spf1 -all"'),
                ihle(RECORDS[1]),
            ],
        ),
    ):
        add(vectors, slug, title, lines, GOOD)
    empty = [ihle(RECORDS[0]), zone_line(TARGET, "TYPE65297", "\\# 0")]
    add(vectors, "no-data", "A record without data", empty, rejected("record-malformed", "emblem-missing"))
    both = [ihle(RECORDS[0] + RECORDS[1])]
    add(vectors, "two-in-one", "A key and a token in one record", both, rejected("key-malformed", "emblem-missing"))


def text(vectors: Topic) -> None:
    """TXT records."""
    key_value, token_value = (value(record) for record in RECORDS)
    escaped = "".join(f"\\{byte:03d}" for byte in token_value[:40].encode()) + token_value[40:200]
    for slug, title, lines in (
        ("txt", "TXT at the name", [txt(record) for record in RECORDS]),
        ("txt-emblem", "TXT at _emblem. and the name", [txt(record, f"_emblem.{TARGET}") for record in RECORDS]),
        (
            "txt-strings",
            "A TXT record of many short strings",
            [zone_line(TARGET, "TXT", character_strings(line, 20)) for line in (key_value, token_value)],
        ),
        (
            "txt-empty-string",
            "A TXT record with an empty string between",
            [
                txt(RECORDS[0]),
                zone_line(
                    TARGET, "TXT", f'{character_strings(token_value[:100])} "" {character_strings(token_value[100:])}'
                ),
            ],
        ),
        (
            "txt-escaped",
            "A TXT record with letters as decimal escapes",
            [txt(RECORDS[0]), zone_line(TARGET, "TXT", f'"{escaped}" {character_strings(token_value[200:])}')],
        ),
        (
            "txt-quoted",
            "TXT values as quoted strings, without owner",
            [character_strings(key_value), character_strings(token_value)],
        ),
        ("txt-bare", "TXT values alone", [key_value, token_value]),
    ):
        add(vectors, slug, title, lines, GOOD)
    long = emblem(assets=[TARGET, *(f"host-{number}.relief.example" for number in range(60))])
    add(
        vectors, "txt-long", "A token of more than a thousand bytes in a TXT record", [txt(RECORDS[0]), txt(long)], GOOD
    )


def text_mistakes(vectors: Topic) -> None:
    """TXT values that are not unpadded base64url."""
    token = emblem(note="")
    while len(token) % 3 == 0 or not set(base64_standard(token)) & set("+/"):
        token = emblem(note="a" * len(token))
    encoded = base64url(token)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    loose = encoded[:-1] + alphabet[alphabet.index(encoded[-1]) | 1]
    bad = rejected("record-malformed", "emblem-missing")
    for slug, title, wrong in (
        ("padded", "base64url with padding", encoded + "=" * (-len(encoded) % 4)),
        ("standard", "The standard alphabet", base64_standard(token).rstrip("=")),
        ("loose-bits", "Bits set below the last byte", loose),
        ("one-more", "A character too many", encoded + "A" * (1 + (1 - len(encoded) - 1) % 4)),
        ("space", "A space within", encoded[:50] + " " + encoded[50:]),
        ("empty", "Nothing after the equals sign", ""),
        ("hex", "Hexadecimal in place of base64url, with a point", token.hex() + "."),
    ):
        lines = [txt(RECORDS[0]), zone_line(TARGET, "TXT", character_strings(f"emblem-cwt={wrong}"))]
        add(vectors, f"txt-{slug}", title, lines, bad)
    add(vectors, "txt-right", "The same token rightly encoded", [txt(RECORDS[0]), txt(token)], GOOD)
    for slug, title, name in (
        ("hyphen", "A set name with a hyphen", "a-b"),
        ("tab", "A set name with a tab", "a\tb"),
        ("umlaut", "A set name that is not ASCII", "\u00e4"),
    ):
        vectors.add(f"set-name-{slug}", title, SECTION, [txt(token, name=name)], bad, trust=[bare(EMBLEM)])
    nameless = zone_line(TARGET, "TXT", character_strings(f"emblem-cwt-={encoded}"))
    vectors.add("set-name-empty", "An empty set name", SECTION, [nameless], bad, trust=[bare(EMBLEM)])
    for slug, title, prefix in (
        ("other-prefix", "Values that begin with something else", "emblem-cbor="),
        ("prefix-space", "Values with a space before them", " emblem-cwt="),
        ("prefix-only", "Values without equals sign", "emblem-cwt"),
    ):
        lines = [zone_line(TARGET, "TXT", character_strings(prefix + base64url(record))) for record in RECORDS]
        add(vectors, f"txt-{slug}", title, lines, NOTHING)


def owners(vectors: Topic) -> None:
    """Which lines count."""
    for slug, title, owner in (
        ("parent", "Records at the name above", "relief.example"),
        ("sibling", "Records at another name", ELSEWHERE),
        ("child", "Records at a name below", f"www.{TARGET}"),
        ("emblem-parent", "Records at _emblem. and the name above", "_emblem.relief.example"),
        ("reverse-of-name", "Records at a reverse name, and the target is a name", "1.2.0.192.in-addr.arpa"),
    ):
        add(vectors, f"owner-{slug}", title, [ihle(record, owner) for record in RECORDS], LEFT_OUT)
    other = [ihle(record, ELSEWHERE) for record in (EMBLEM.record, emblem(prp=2))]
    add(
        vectors,
        "owner-two",
        "Records of two hosts, the target's counted",
        [*other, *(ihle(record) for record in RECORDS)],
        protected("signed", "records-left-out", purposes=["protective"]),
    )
    add(
        vectors,
        "owner-key-elsewhere",
        "The key at another name is left out: the token's key is not there",
        [ihle(ROOT.record, ELSEWHERE), ihle(sign(ROOT, EMBLEM_CLAIMS))],
        rejected("token-key-missing", "emblem-missing", "records-left-out"),
    )
    reverse = "1.2.0.192.in-addr.arpa"
    by_address = [ihle(EMBLEM.record, reverse), ihle(emblem(assets=[reverse]), reverse)]
    add(
        vectors,
        "owner-reverse",
        "Records at the reverse name of an address target",
        by_address,
        GOOD,
        target="192.0.2.1",
    )
    add(
        vectors,
        "owner-reverse-other",
        "Records at the reverse name of another address",
        by_address,
        LEFT_OUT,
        target="192.0.2.2",
    )
    add(
        vectors,
        "owner-reverse-txt",
        "TXT records at _emblem. and the reverse name",
        [txt(EMBLEM.record, f"_emblem.{reverse}"), txt(emblem(assets=[reverse]), f"_emblem.{reverse}")],
        GOOD,
        target="192.0.2.1",
    )


def aliases(vectors: Topic) -> None:
    """CNAME lines."""
    alias = zone_line(TARGET, "CNAME", f"{ELSEWHERE}.")
    at_end = [ihle(record, ELSEWHERE) for record in RECORDS]
    add(vectors, "cname", "Records where a CNAME leads", [alias, *at_end], GOOD)
    add(vectors, "cname-after", "The CNAME line after the records", [*at_end, alias], GOOD)
    second = zone_line(ELSEWHERE, "CNAME", "host.provider.example.")
    add(
        vectors,
        "cname-two",
        "Two CNAMEs in a row",
        [alias, second, *(ihle(record, "host.provider.example") for record in RECORDS)],
        GOOD,
    )
    listed = [alias, ihle(EMBLEM.record, ELSEWHERE), ihle(emblem(assets=[ELSEWHERE]), ELSEWHERE)]
    add(
        vectors,
        "cname-not-listed",
        "The emblem names where the CNAME leads, not the name that was asked",
        listed,
        other_asset("signed"),
    )
    emblem_alias = zone_line(f"_emblem.{TARGET}", "CNAME", "emblems.provider.example.")
    add(
        vectors,
        "cname-emblem",
        "A CNAME from _emblem. and the name",
        [emblem_alias, *(txt(record, "emblems.provider.example") for record in RECORDS)],
        GOOD,
    )
    add(
        vectors,
        "cname-loop",
        "CNAMEs in a circle",
        [alias, zone_line(ELSEWHERE, "CNAME", f"{TARGET}."), *(ihle(record) for record in RECORDS)],
        GOOD,
    )
    add(
        vectors,
        "cname-backwards",
        "A CNAME that leads to the target, from elsewhere",
        [zone_line(ELSEWHERE, "CNAME", f"{TARGET}."), *at_end],
        LEFT_OUT,
    )


def nothing(vectors: Topic) -> None:
    """Input without any emblem material, and with some that is no emblem."""
    for slug, title, lines in (
        ("no-lines", "No lines", []),
        ("comments-only", "Comments alone", ["; nothing", "", "; here"]),
        (
            "other-records",
            "Other records alone",
            [zone_line(TARGET, "A", "192.0.2.1"), zone_line(TARGET, "TXT", '"v=spf1 -all"')],
        ),
        ("cname-only", "A CNAME alone", [zone_line(TARGET, "CNAME", f"{ELSEWHERE}.")]),
    ):
        add(vectors, f"nothing-{slug}", title, lines, NOTHING)
    for slug, title, lines, expect in (
        ("keys", "Keys alone", [ihle(EMBLEM.record), ihle(ROOT.record)], rejected("emblem-missing")),
        (
            "endorsement",
            "An endorsement and keys alone",
            [ihle(EMBLEM.record), ihle(ROOT.record), ihle(root_endorsement())],
            rejected("emblem-missing"),
        ),
        (
            "garbage",
            "One record of an IHLE type that is nothing",
            [ihle(b"\x00\x01\x02")],
            rejected("record-malformed", "emblem-missing"),
        ),
        (
            "malformed-key",
            "A malformed key alone",
            [ihle(b"\xa1\x01\x02")],
            rejected("key-malformed", "emblem-missing"),
        ),
    ):
        add(vectors, f"material-{slug}", title, lines, expect)
