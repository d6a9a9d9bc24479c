"""Step 1 and step 2: the same token more than once, and more than one emblem."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import (
    EMBLEM_CLAIMS,
    EXPIRES,
    NOT_BEFORE,
    ORGANIZATIONAL,
    emblem,
    header,
    issued,
    pieces,
    root_endorsement,
    sign,
)
from test_vectors.generator.encoding import hexadecimal
from test_vectors.generator.keys import EMBLEM, ROOT, STRANGER
from test_vectors.generator.vector import NBF, NOW, ORG, TARGET, Document, Topic, bare, bound, protected, rejected

GOOD = protected("signed")
SEVERAL = rejected("emblem-several")
TOKEN = pieces(EMBLEM, header(EMBLEM), EMBLEM_CLAIMS)
SIGNATURE = TOKEN.signature
assert isinstance(SIGNATURE, bytes)
TWIN = TOKEN.but(signature=EMBLEM.twin(SIGNATURE))
FORGED = TOKEN.but(signature=SIGNATURE[:-1] + bytes([SIGNATURE[-1] ^ 1]))


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "copies", "Copies of tokens, and sets with none or several emblems.")
    copies(vectors)
    emblems(vectors)
    several(vectors)
    return vectors


def add(
    vectors: Topic, slug: str, title: str, tokens: list[bytes], expect: Document, section: str = "Procedure step 1"
) -> None:
    """Tokens with the emblem's key, which is trusted."""
    vectors.add(slug, title, section, hexadecimal([EMBLEM.record, *tokens]), expect, trust=[bare(EMBLEM)])


def copies(vectors: Topic) -> None:
    """Copies count once."""
    token = TOKEN.token
    add(vectors, "same-bytes", "The same record twice", [token, token], GOOD)
    add(vectors, "same-bytes-many", "The same record ten times", [token] * 10, GOOD)
    add(vectors, "twin", "The same token with the other valid signature (r, n - s)", [token, TWIN], GOOD)
    add(vectors, "twin-first", "The same, the other way round", [TWIN, token], GOOD)
    add(vectors, "forged-copy", "A copy whose signature is wrong, after the good one", [token, FORGED], GOOD)
    add(vectors, "forged-copy-first", "A copy whose signature is wrong, before the good one", [FORGED, token], GOOD)
    add(
        vectors,
        "cut-copy",
        "A copy without signature bytes, before the good one",
        [TOKEN.but(signature=b""), token],
        GOOD,
    )
    add(
        vectors,
        "forged-only",
        "Only copies whose signatures are wrong",
        [FORGED, TOKEN.but(signature=bytes(64))],
        rejected("token-signature-invalid", "emblem-missing"),
    )
    copy = root_endorsement()
    key_twice = [EMBLEM.record, EMBLEM.record, ROOT.record, issued(), copy, copy]
    vectors.add(
        "endorsement-copy",
        "A key and an endorsement twice",
        "Procedure step 1",
        hexadecimal(key_twice),
        protected("organizational"),
        trust=[bound(ROOT, ORG)],
    )
    twin_records = [*ORGANIZATIONAL, issued(), copy, _twin_of_endorsement(copy)]
    vectors.add(
        "endorsement-twin",
        "An endorsement and its twin with the other valid signature",
        "Procedure step 1",
        hexadecimal(twin_records),
        protected("organizational"),
        trust=[bound(ROOT, ORG)],
    )


def _twin_of_endorsement(token: bytes) -> bytes:
    size = 2 * ROOT.curve.size
    return token[:-size] + ROOT.twin(token[-size:])


def emblems(vectors: Topic) -> None:
    """Exactly one emblem."""
    section = "Procedure step 2"
    expired = sign(EMBLEM, EMBLEM_CLAIMS | {EXPIRES: NOW - 60})
    early = sign(EMBLEM, EMBLEM_CLAIMS | {NOT_BEFORE: NOW + 60})
    stranger = sign(STRANGER, EMBLEM_CLAIMS)
    add(
        vectors,
        "expired-beside",
        "An expired emblem beside a good one",
        [expired, TOKEN.token],
        protected("signed", "token-expired"),
        section,
    )
    add(
        vectors,
        "early-beside",
        "An emblem of tomorrow beside a good one",
        [TOKEN.token, early],
        protected("signed", "token-not-yet-valid"),
        section,
    )
    add(
        vectors,
        "stranger-beside",
        "An emblem whose key is not there beside a good one",
        [stranger, TOKEN.token],
        protected("signed", "token-key-missing"),
        section,
    )
    add(
        vectors,
        "malformed-beside",
        "A malformed emblem beside a good one",
        [emblem(prp=0), TOKEN.token],
        protected("signed", "token-malformed"),
        section,
    )
    add(
        vectors,
        "expired-and-early",
        "An expired emblem and one of tomorrow",
        [expired, early],
        rejected("token-expired", "token-not-yet-valid", "emblem-missing"),
        section,
    )
    add(vectors, "key-only", "A key and nothing else", [], rejected("emblem-missing"), section)
    endorsement = hexadecimal([ROOT.record, root_endorsement()])
    vectors.add(
        "endorsement-only",
        "A good endorsement without emblem",
        section,
        endorsement,
        rejected("emblem-missing"),
        trust=[bound(ROOT, ORG)],
    )


def several(vectors: Topic) -> None:
    """More than one emblem that holds."""
    section = "Procedure step 2"
    renewed = sign(EMBLEM, EMBLEM_CLAIMS | {NOT_BEFORE: NBF + 60})
    elsewhere = emblem(assets=["elsewhere.example"])
    for slug, title, second in (
        ("renewed", "Two emblems of different periods by the same key", renewed),
        ("purposes", "Two emblems of different purposes by the same key", emblem(prp=2)),
        ("assets", "Two emblems of different assets by the same key", emblem(assets=[TARGET, "elsewhere.example"])),
    ):
        records = hexadecimal([EMBLEM.record, TOKEN.token, second])
        vectors.both(f"several-{slug}", title, section, records, draft=SEVERAL, robust=GOOD, trust=[bare(EMBLEM)])
    records = hexadecimal([EMBLEM.record, elsewhere, TOKEN.token])
    vectors.both(
        "several-elsewhere",
        "Two emblems by the same key, one of another host",
        section,
        records,
        draft=SEVERAL,
        robust=GOOD,
        trust=[bare(EMBLEM)],
    )
    for slug, title, attack in (
        ("stranger", "A stranger's emblem for the target added", sign(STRANGER, EMBLEM_CLAIMS)),
        (
            "stranger-elsewhere",
            "A stranger's emblem for another host added",
            sign(STRANGER, EMBLEM_CLAIMS | {"assets": ["elsewhere.example"]}),
        ),
    ):
        records = hexadecimal([STRANGER.record, attack, EMBLEM.record, TOKEN.token])
        vectors.both(f"several-{slug}", title, section, records, draft=SEVERAL, robust=GOOD, trust=[bare(EMBLEM)])
    records = hexadecimal(
        [STRANGER.record, sign(STRANGER, EMBLEM_CLAIMS), *ORGANIZATIONAL, issued(), root_endorsement()]
    )
    vectors.both(
        "several-organizational",
        "A stranger's emblem added to an organization's set",
        section,
        records,
        draft=SEVERAL,
        robust=protected("organizational", issuer=ORG),
        trust=[bound(ROOT, ORG)],
    )
