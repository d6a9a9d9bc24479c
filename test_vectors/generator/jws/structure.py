"""The form of a compact JWS, its JSON, and its protected header."""

from __future__ import annotations

from test_vectors.generator.encoding import base32_lower, base64url, character_strings
from test_vectors.generator.jws.tokens import (
    EMBLEM_CLAIMS,
    ENDORSEMENT_TYPE,
    alone,
    emblem,
    header,
    json_text,
    key_value,
    sign,
    sign_parts,
    token_value,
    without,
)
from test_vectors.generator.keys import EMBLEM, STRANGER
from test_vectors.generator.vector import Document, Topic, bare, claimed, protected, rejected, undetermined

SECTION = "JWS tokens"
GOOD = protected("signed", purposes=["protective"], commitment="not-applicable")
MALFORMED = rejected("token-malformed", "emblem-missing")
USUAL = header(EMBLEM)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("jws", "structure", "Compact serialization, JSON, and the protected header.")
    serialization(vectors)
    json_mistakes(vectors)
    content_types(vectors)
    key_identifiers(vectors)
    header_keys(vectors)
    others(vectors)
    return vectors


def add(vectors: Topic, slug: str, title: str, token: str, expect: Document) -> None:
    """One token with its key, which is trusted."""
    lines = [character_strings(line) if " " in line else line for line in alone(token)]
    vectors.add(slug, title, SECTION, lines, expect, trust=[bare(EMBLEM)])


def with_header(vectors: Topic, slug: str, title: str, head: object, expect: Document) -> None:
    """An emblem with this header."""
    add(vectors, slug, title, sign(EMBLEM, head, EMBLEM_CLAIMS), expect)


def serialization(vectors: Topic) -> None:
    """Three parts of base64url."""
    good = emblem()
    head, payload, signature = good.split(".")
    add(vectors, "good", "A token as it is usually written", good, GOOD)
    vectors.add(
        "good-untrusted", "The same token where its key is not trusted", SECTION, alone(good), claimed("signed")
    )
    quoted = [character_strings(line) for line in alone(good)]
    vectors.add("quoted", "The same as quoted strings", SECTION, quoted, GOOD, trust=[bare(EMBLEM)])
    vectors.add(
        "compact", "The same token without its prefix", SECTION, [key_value(EMBLEM), good], GOOD, trust=[bare(EMBLEM)]
    )
    padded = json_text(EMBLEM_CLAIMS)
    while len(padded) % 3 != 1:
        padded += " "
    loose_payload = base64url(padded.encode())
    loose_payload = loose_payload[:-1] + chr(ord(loose_payload[-1]) + 1)
    for slug, title, token in (
        ("two-parts", "Two parts", f"{head}.{payload}"),
        ("four-parts", "Four parts", f"{good}.{signature}"),
        ("five-parts", "Five parts, as encryption has", f"{good}.AA.AA"),
        ("one-part", "One part", head),
        ("empty", "No characters", ""),
        ("trailing-dot", "A point after the signature", f"{good}."),
        ("empty-header", "An empty header", f".{payload}.{signature}"),
        ("empty-payload", "An empty payload", sign_parts(EMBLEM, head, "")),
        ("detached", "A detached payload", f"{head}..{signature}"),
        ("padded-header", "A header with padding", sign_parts(EMBLEM, _padded(head), payload)),
        ("padded-payload", "A payload with padding", sign_parts(EMBLEM, head, base64url(padded.encode()) + "==")),
        ("padded-signature", "A signature with padding", f"{good}=="),
        ("loose-payload", "A payload with bits set below its last byte", sign_parts(EMBLEM, head, loose_payload)),
        ("loose-signature", "A signature with bits set below its last byte", good[:-1] + _loose(good[-1])),
        ("standard-signature", "A signature in the standard alphabet", _standard(good)),
        ("space", "A space after the first point", sign_parts(EMBLEM, head, " " + payload)),
        ("impossible-length", "A signature of a length that base64 does not have", good + "AAA"),
        (
            "json-flattened",
            "The flattened JSON serialization",
            json_text({"protected": head, "payload": payload, "signature": signature}),
        ),
    ):
        add(vectors, slug, title, token, MALFORMED)
    line_feed = [key_value(EMBLEM), character_strings(token_value(f"{head}.{payload}\n.{signature}"))]
    vectors.add("line-feed", "A line feed within", SECTION, line_feed, MALFORMED, trust=[bare(EMBLEM)])
    forged = rejected("token-signature-invalid", "emblem-missing")
    changed = base64url(json_text(EMBLEM_CLAIMS | {"exp": 1900000000}).encode())
    add(vectors, "payload-changed", "The payload changed after signing", f"{head}.{changed}.{signature}", forged)
    retyped = base64url(json_text(header(EMBLEM, typ="JWT")).encode())
    add(vectors, "header-changed", "The header changed after signing", f"{retyped}.{payload}.{signature}", forged)


def _padded(part: str) -> str:
    return part + ("=" * (-len(part) % 4) or "====")


def _loose(character: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(character) | 1]


def _standard(good: str) -> str:
    number = 0
    while not set(good.rpartition(".")[2]) & set("-_"):
        number += 1
        good = emblem(note=number)
    head, payload, signature = good.split(".")
    return f"{head}.{payload}.{signature.replace('-', '+').replace('_', '/')}"


def json_mistakes(vectors: Topic) -> None:
    """JSON that is none, or has repeated members."""
    text = json_text(EMBLEM_CLAIMS)
    for slug, title, payload in (
        ("claims-spaced", "JSON with spaces and line feeds", " \n" + text.replace(",", " ,\t") + "\r\n"),
        ("claims-escaped", "A member name with an escape", text.replace('"nbf"', '"n\\u0062f"')),
        ("deepest", "Seven arrays in each other in an unknown claim", text[:-1] + ',"x":' + "[" * 7 + "]" * 7 + "}"),
        ("unknown-claim", "An unknown claim with nested values", text[:-1] + ',"x":{"y":[null,{"z":1.5}]}}'),
    ):
        add(vectors, slug, title, sign(EMBLEM, USUAL, payload), GOOD)
    for slug, title, payload in (
        ("repeated", "A claim twice with the same value", text[:-1] + ',"ver":"v1"}'),
        ("repeated-exp", "Two expiries", text[:-1] + ',"exp":1}'),
        ("repeated-escaped", "A claim twice, once with an escape in its name", text[:-1] + ',"\\u0065xp":1}'),
        ("repeated-unknown", "An unknown claim twice", text[:-1] + ',"x":1,"x":1}'),
        ("repeated-nested", "A member twice in emb", text.replace('"prp":', '"dst":[],"prp":')),
        ("repeated-deep", "A member twice deep in an unknown claim", text[:-1] + ',"x":[{"y":1,"y":2}]}'),
        ("nan", "NaN in an unknown claim", text[:-1] + ',"x":NaN}'),
        ("infinity", "Infinity in an unknown claim", text[:-1] + ',"x":Infinity}'),
        ("minus-infinity", "-Infinity in an unknown claim", text[:-1] + ',"x":-Infinity}'),
        ("array", "An array in place of the claims", f"[{text}]"),
        ("text", "A text in place of the claims", json_text({"a": text})[5:-1]),
        ("null", "null in place of the claims", "null"),
        ("trailing", "A letter after the claims", text + "x"),
        ("two", "Claims twice", text * 2),
        ("comma", "A comma before the closing brace", text[:-1] + ",}"),
        ("comment", "A comment", "/* emblem */" + text),
        ("single-quotes", "Single quotes", text.replace('"', "'")),
        ("unclosed", "The closing brace missing", text[:-1]),
        ("control", "A line feed within a text", text.replace("dns", "d\ns")),
        ("leading-zero", "A number with a leading zero", text[:-1] + ',"x":01}'),
        ("surrogate", "A lone surrogate", text[:-1] + ',"x":"\\ud800"}'),
        (
            "too-deep",
            "Eight arrays in each other in an unknown claim",
            text[:-1] + ',"x":' + "[" * 8 + "0" + "]" * 8 + "}",
        ),
        ("too-deep-empty", "The same with nothing in the innermost", text[:-1] + ',"x":' + "[" * 8 + "]" * 8 + "}"),
        ("bom", "A byte order mark before the claims", "\ufeff" + text),
        ("deep", "An unknown claim of 5000 arrays in each other", text[:-1] + ',"x":' + "[" * 5000 + "]" * 5000 + "}"),
    ):
        add(vectors, f"claims-{slug}", title, sign(EMBLEM, USUAL, payload), MALFORMED)
    head = base64url(json_text(USUAL).encode())
    for slug, title, data in (
        ("latin", "Claims that are not UTF-8", text.replace("dns", "d\xfcs").encode("latin-1")),
        ("utf-16", "Claims in UTF-16", text.encode("utf-16")),
        ("cbor", "Claims in CBOR", b"\xa1\x63ver\x01"),
    ):
        add(vectors, f"claims-{slug}", title, sign_parts(EMBLEM, head, base64url(data)), MALFORMED)
    head_text = json_text(USUAL)
    for slug, title, wrong in (
        ("repeated", "A header member twice", head_text[:-1] + ',"alg":"ES256"}'),
        ("repeated-unknown", "An unknown header member twice", head_text[:-1] + ',"x":1,"x":1}'),
        ("array", "A header that is an array", f"[{head_text}]"),
        ("trailing", "A letter after the header", head_text + "x"),
        ("empty", "A header with nothing in it", "{}"),
        ("no-json", "A header that is no JSON", "alg=ES256"),
    ):
        with_header(vectors, f"header-{slug}", title, wrong, MALFORMED)


def content_types(vectors: Topic) -> None:
    """``cty`` decides the kind; ``typ`` says nothing."""
    for slug, title, more in (
        ("typ-jwt", "typ JWT", {"typ": "JWT"}),
        ("typ-other", "Another typ", {"typ": "anything"}),
        ("typ-number", "A typ that is no text", {"typ": 7}),
        ("unknown", "An unknown header member", {"x": {"y": 1}}),
        ("jku", "A jku, which is not followed", {"jku": "https://relief.example/keys"}),
        ("x5u", "An x5u, which is not followed", {"x5u": "https://relief.example/chain"}),
    ):
        with_header(vectors, slug, title, USUAL | more, GOOD)
    with_header(vectors, "cty-missing", "No cty", without(USUAL, "cty"), MALFORMED)
    for slug, title, cty in (
        ("other", "Another cty", "adem-emblem"),
        ("case", "cty in capitals", "ADEM-EMB"),
        ("prefixed", "cty as a whole media type", "application/adem-emb"),
        ("empty", "cty of no characters", ""),
        ("array", "cty in an array", ["adem-emb"]),
        ("null", "cty null", None),
        ("number", "cty a number", 1),
    ):
        with_header(vectors, f"cty-{slug}", title, USUAL | {"cty": cty}, MALFORMED)
    as_endorsement = sign(EMBLEM, header(EMBLEM, ENDORSEMENT_TYPE), EMBLEM_CLAIMS)
    add(vectors, "cty-endorsement", "An emblem's claims under the cty of an endorsement", as_endorsement, MALFORMED)


def key_identifiers(vectors: Topic) -> None:
    """``kid``."""
    kid = EMBLEM.jwk_kid
    for slug, title, value in (
        ("capital", "A kid in capitals", kid.upper()),
        ("short", "A kid of 51 characters", kid[:51]),
        ("long", "A kid of 53 characters", kid + "a"),
        ("padded", "A kid with padding", kid + "===="),
        ("alphabet", "A kid with a character that base32 does not have", "1" + kid[1:]),
        ("base64", "A kid in base64url", "a" * 43),
        ("hex", "A kid in hexadecimal", "ab" * 32),
        ("empty", "A kid of no characters", ""),
        ("number", "A kid that is a number", 1),
        ("null", "A kid of null", None),
    ):
        with_header(vectors, f"kid-{slug}", title, USUAL | {"kid": value}, MALFORMED)
    with_header(vectors, "kid-missing", "Neither kid nor jwk", without(USUAL, "kid"), MALFORMED)
    missing = rejected("token-key-missing", "emblem-missing")
    with_header(
        vectors, "kid-elsewhere", "A kid of a key that is not at hand", USUAL | {"kid": STRANGER.jwk_kid}, missing
    )
    cose_kid = header(EMBLEM, kid=base32_lower(EMBLEM.kid))
    with_header(vectors, "kid-cose", "The identifier of the key as a COSE_Key, which is another", cose_kid, missing)
    other = [*alone(sign(EMBLEM, USUAL | {"kid": STRANGER.jwk_kid}, EMBLEM_CLAIMS)), key_value(STRANGER)]
    vectors.add(
        "kid-other",
        "The kid of another key at hand",
        SECTION,
        other,
        rejected("token-signature-invalid", "emblem-missing"),
        trust=[bare(EMBLEM), bare(STRANGER)],
    )
    vectors.add("key-absent", "No key at hand", SECTION, [token_value(emblem())], missing)
    vectors.add(
        "key-given",
        "No key record, but the verifier was given the key",
        SECTION,
        [token_value(emblem())],
        GOOD,
        trust=[bare(EMBLEM)],
    )
    for form in ("jwk", "pem"):
        vectors.add(
            f"key-given-{form}",
            f"The same, given as {form.upper()}",
            SECTION,
            [token_value(emblem())],
            GOOD,
            trust=[bare(EMBLEM, form)],
        )


def header_keys(vectors: Topic) -> None:
    """``jwk`` in the header."""
    no_kid = without(USUAL, "kid")
    good = claimed("signed")

    def carried(slug: str, title: str, head: object, expect: Document) -> None:
        token = sign(EMBLEM, head, EMBLEM_CLAIMS)
        vectors.add(f"jwk-{slug}", title, "JWS keys", [token_value(token)], expect)

    carried("alone", "A token that carries its key", no_kid | {"jwk": EMBLEM.jwk}, good)
    carried("and-kid", "A key and its identifier", USUAL | {"jwk": EMBLEM.jwk}, good)
    carried(
        "other-kid",
        "A key and another key's identifier",
        USUAL | {"jwk": EMBLEM.jwk, "kid": STRANGER.jwk_kid},
        MALFORMED,
    )
    carried(
        "members",
        "A key with members that say nothing here",
        no_kid | {"jwk": EMBLEM.jwk | {"kid": "a", "use": "sig"}},
        good,
    )
    carried(
        "stranger",
        "Another key than the one that signed",
        no_kid | {"jwk": STRANGER.jwk},
        rejected("token-signature-invalid", "emblem-missing"),
    )
    carried("no-alg", "A key without alg", no_kid | {"jwk": EMBLEM.jwk_members}, MALFORMED)
    carried(
        "private", "A private key", no_kid | {"jwk": EMBLEM.jwk | {"d": base64url(EMBLEM.private_bytes)}}, MALFORMED
    )
    carried("text", "A key as text", no_kid | {"jwk": json_text(EMBLEM.jwk)}, MALFORMED)
    carried("null", "A key of null", no_kid | {"jwk": None}, MALFORMED)
    carried(
        "off-curve",
        "A point that is not on the curve",
        no_kid | {"jwk": EMBLEM.jwk | {"y": EMBLEM.jwk["x"]}},
        MALFORMED,
    )
    carried(
        "other-alg",
        "A key for another algorithm of another curve",
        no_kid | {"jwk": EMBLEM.jwk | {"alg": "ES384"}},
        MALFORMED,
    )


def others(vectors: Topic) -> None:
    """``alg`` that is missing or no text, and ``crit``."""
    with_header(vectors, "alg-missing", "No alg", without(USUAL, "alg"), MALFORMED)
    for slug, title, value in (
        ("number", "alg as a COSE number", -7),
        ("null", "alg null", None),
        ("array", "alg in an array", ["ES256"]),
    ):
        with_header(vectors, f"alg-{slug}", title, USUAL | {"alg": value}, MALFORMED)
    for slug, title, more in (
        ("crit", "crit with a member that is there", {"crit": ["cty"]}),
        ("crit-empty", "crit with nothing in it", {"crit": []}),
        ("crit-unknown", "crit with an unknown member", {"crit": ["x"], "x": 1}),
        ("crit-null", "crit null", {"crit": None}),
        ("b64", "An unencoded payload (b64 false, critical)", {"b64": False, "crit": ["b64"]}),
    ):
        with_header(vectors, slug, title, USUAL | more, MALFORMED)
    unknown = sign(STRANGER, header(STRANGER, alg="new"), EMBLEM_CLAIMS)
    vectors.add(
        "alg-unknown",
        "An alg that nobody knows, and no key at hand",
        SECTION,
        [token_value(unknown)],
        undetermined("token-algorithm-unknown", "unknown-could-decide"),
    )
