"""COSE_Sign1 and CBOR: what makes a token malformed before a claim is read."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import (
    ALG,
    EMBLEM_CLAIMS,
    EXPIRES,
    KID,
    NOT_BEFORE,
    Sign1,
    alone,
    header,
    pieces,
    raw_map,
    sign,
    without,
)
from test_vectors.generator.encoding import ARRAY, BYTES, MAP, TEXT, Raw, Tag, cbor, head
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import EXP, NBF, NOW, Document, Topic, bare, claimed, protected, rejected

MALFORMED = rejected("token-malformed", "emblem-missing")
NO_RECORD = rejected("record-malformed", "emblem-missing")
FORGED = rejected("token-signature-invalid", "emblem-missing")
GOOD = pieces(EMBLEM, header(EMBLEM), EMBLEM_CLAIMS)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "structure", "The form of a token: tags, COSE_Sign1, and CBOR as such.")
    accepted(vectors)
    wrong_tags(vectors)
    wrong_members(vectors)
    wrong_payload(vectors)
    wrong_signed_bytes(vectors)
    return vectors


def add(vectors: Topic, slug: str, title: str, token: bytes, expect: Document) -> None:
    """One token with its key, which is trusted: if the token holds, the target is protected."""
    vectors.add(slug, title, "Tokens", alone(token), expect, trust=[bare(EMBLEM)])


def claims_with(**more: object) -> bytes:
    """A token with more text claims."""
    return sign(EMBLEM, EMBLEM_CLAIMS | more)


def accepted(vectors: Topic) -> None:
    """Everything that is unusual and allowed."""
    good = protected("signed", commitment="not-applicable", purposes=["protective"])
    add(vectors, "good", "A token as it is usually written", GOOD.token, good)
    vectors.add(
        "good-untrusted",
        "The same token where its key is not trusted",
        "Tokens",
        alone(GOOD.token),
        claimed("signed", commitment="not-applicable"),
    )
    unsorted = sign(EMBLEM, dict(reversed(EMBLEM_CLAIMS.items())))
    add(vectors, "unsorted-claims", "Claims in another order than the deterministic one", unsorted, good)
    wide = raw_map(
        cbor("ver"),
        b"\x18\x01",
        head(0, EXPIRES, 4),
        head(0, EXP, 8),
        head(0, NOT_BEFORE, 1),
        head(0, NBF, 8),
        cbor("prp"),
        head(0, 1, 2),
        cbor("assets"),
        cbor(EMBLEM_CLAIMS["assets"]),
    )
    add(vectors, "wide-integers", "Claim keys and values in longer integers than they need", sign(EMBLEM, wide), good)
    wide_text = raw_map(
        head(TEXT, 3, 2) + b"ver",
        cbor(1),
        cbor(EXPIRES),
        cbor(EXP),
        cbor(NOT_BEFORE),
        cbor(NBF),
        cbor("prp"),
        cbor(1),
        cbor("assets"),
        head(ARRAY, 1, 8) + cbor(EMBLEM_CLAIMS["assets"])[1:],
    )
    add(
        vectors,
        "wide-lengths",
        "Lengths of a text and an array longer than they need be",
        sign(EMBLEM, wide_text),
        good,
    )
    wide_header = Raw(head(MAP, 2, 1) + cbor(ALG) + head(1, 6, 1) + head(0, KID, 2) + head(BYTES, 32, 4) + EMBLEM.kid)
    add(
        vectors,
        "wide-header",
        "A protected header in longer encodings",
        pieces(EMBLEM, wide_header, EMBLEM_CLAIMS).token,
        good,
    )
    wide_outside = head(6, 61, 2) + head(6, 18, 8) + head(ARRAY, 4, 1) + b"".join(cbor(item) for item in GOOD.items)
    add(vectors, "wide-tags", "Tags and the array in longer encodings", wide_outside, good)
    nested: object = 0
    for _ in range(3):
        nested = {"a": [nested]}
    add(
        vectors,
        "unknown-claim-nested",
        "An unknown text claim with maps and arrays inside",
        claims_with(more=nested),
        good,
    )
    deepest = Raw(head(ARRAY, 1) * 7 + cbor(0))
    add(
        vectors,
        "deepest",
        "Seven arrays in each other in an unknown claim: eight containers",
        claims_with(more=deepest),
        good,
    )
    deepest_empty = Raw(head(ARRAY, 1) * 6 + head(ARRAY, 0))
    add(
        vectors,
        "deepest-empty",
        "The same with nothing in the innermost: an empty container counts like any other",
        claims_with(more=deepest_empty),
        good,
    )
    add(vectors, "unknown-claim-null", "An unknown text claim with null", claims_with(more=None), good)


def wrong_tags(vectors: Topic) -> None:
    """Tags that are missing, too many, or others."""
    items = GOOD.items
    add(vectors, "no-tag-61", "Only tag 18, without tag 61", cbor(Tag(18, items)), MALFORMED)
    add(vectors, "no-tag-18", "Only tag 61, without tag 18", cbor(Tag(61, items)), MALFORMED)
    add(vectors, "no-tags", "The bare array without tags", cbor(items), NO_RECORD)
    add(vectors, "tags-swapped", "Tag 18 around tag 61", cbor(Tag(18, Tag(61, items))), MALFORMED)
    add(vectors, "tag-61-twice", "Tag 61 twice", cbor(Tag(61, Tag(61, Tag(18, items)))), MALFORMED)
    add(vectors, "tag-18-twice", "Tag 18 twice", cbor(Tag(61, Tag(18, Tag(18, items)))), MALFORMED)
    add(
        vectors,
        "self-described",
        "Tag 55799 (self-described CBOR) before the token",
        cbor(Tag(55799, Raw(GOOD.token))),
        MALFORMED,
    )
    add(vectors, "mac0", "COSE_Mac0 (tag 17) in place of COSE_Sign1", cbor(Tag(61, Tag(17, items))), MALFORMED)
    add(vectors, "cose-sign", "COSE_Sign (tag 98) in place of COSE_Sign1", cbor(Tag(61, Tag(98, items))), MALFORMED)
    add(
        vectors,
        "tagged-protected",
        "A tag around the protected header",
        GOOD.but(protected=Tag(24, GOOD.protected)),
        MALFORMED,
    )
    add(vectors, "tagged-payload", "A tag around the payload", GOOD.but(payload=Tag(24, GOOD.payload)), MALFORMED)
    add(
        vectors,
        "tagged-signature",
        "A tag around the signature",
        GOOD.but(signature=Tag(24, GOOD.signature)),
        MALFORMED,
    )
    add(vectors, "tagged-claims", "A tag around the claims map", sign(EMBLEM, Tag(55799, EMBLEM_CLAIMS)), MALFORMED)
    add(
        vectors,
        "tagged-header",
        "A tag around the header map",
        pieces(EMBLEM, Tag(55799, header(EMBLEM)), EMBLEM_CLAIMS).token,
        MALFORMED,
    )
    for number, value, slug, what in (
        (1, NOW, "epoch", "tag 1 (epoch date)"),
        (2, b"\x01", "big-number", "tag 2 (big number)"),
        (4, [0, 1], "decimal", "tag 4 (decimal fraction)"),
        (28, [1], "shared", "tag 28 (shared value)"),
        (29, 0, "reference", "tag 29 (reference to a shared value)"),
        (35, "a", "pattern", "tag 35 (regular expression)"),
        (36, "a: b\n\n", "mail", "tag 36 (MIME message)"),
        (258, [1], "set", "tag 258 (set)"),
        (65000, 1, "unknown", "a tag that nobody knows"),
    ):
        add(
            vectors,
            f"tag-in-claim-{slug}",
            f"In an unknown claim: {what}",
            claims_with(more=Tag(number, value)),
            MALFORMED,
        )
    epoch = sign(EMBLEM, EMBLEM_CLAIMS | {EXPIRES: Tag(1, EXP)})
    add(vectors, "tag-around-exp", "An expiry with tag 1 (CWT forbids the tag)", epoch, MALFORMED)


def wrong_members(vectors: Topic) -> None:
    """The four members of the array."""
    items = GOOD.items
    add(vectors, "three-members", "An array of three", cbor(Tag(61, Tag(18, items[:3]))), MALFORMED)
    add(vectors, "five-members", "An array of five", cbor(Tag(61, Tag(18, [*items, b""]))), MALFORMED)
    add(vectors, "no-members", "An empty array", cbor(Tag(61, Tag(18, []))), MALFORMED)
    add(
        vectors,
        "map-of-members",
        "A map in place of the array",
        cbor(Tag(61, Tag(18, dict(enumerate(items))))),
        MALFORMED,
    )
    add(vectors, "bytes-of-members", "The array in a byte string", cbor(Tag(61, Tag(18, cbor(items)))), MALFORMED)
    add(
        vectors,
        "protected-map",
        "A protected header that is a map, not a byte string",
        GOOD.but(protected=header(EMBLEM)),
        MALFORMED,
    )
    add(vectors, "protected-null", "A protected header of null", GOOD.but(protected=None), MALFORMED)
    no_header = Sign1(b"", {}, cbor(EMBLEM_CLAIMS), GOOD.signature)
    add(vectors, "protected-empty", "A protected header of no bytes: alg is missing", no_header.token, MALFORMED)
    add(
        vectors,
        "protected-array",
        "A protected header that holds an array",
        pieces(EMBLEM, list(header(EMBLEM).items()), EMBLEM_CLAIMS).token,
        MALFORMED,
    )
    trailing = Raw(cbor(header(EMBLEM)) + b"\x00")
    add(
        vectors,
        "protected-trailing",
        "A byte after the protected header's map",
        pieces(EMBLEM, trailing, EMBLEM_CLAIMS).token,
        MALFORMED,
    )
    add(
        vectors,
        "unprotected-kid",
        "An unprotected header with the key identifier",
        GOOD.but(unprotected={KID: EMBLEM.kid}),
        MALFORMED,
    )
    add(
        vectors,
        "unprotected-unknown",
        "An unprotected header with an unknown label",
        GOOD.but(unprotected={99: 0}),
        MALFORMED,
    )
    add(vectors, "unprotected-null", "An unprotected header of null", GOOD.but(unprotected=None), MALFORMED)
    add(vectors, "unprotected-array", "An unprotected header that is an array", GOOD.but(unprotected=[]), MALFORMED)
    add(
        vectors, "unprotected-bytes", "An unprotected header in a byte string", GOOD.but(unprotected=b"\xa0"), MALFORMED
    )
    add(vectors, "signature-null", "A signature of null", GOOD.but(signature=None), MALFORMED)
    add(vectors, "signature-text", "A signature that is text", GOOD.but(signature="A" * 64), MALFORMED)
    add(vectors, "signature-array", "A signature that is an array", GOOD.but(signature=[GOOD.signature]), MALFORMED)


def wrong_payload(vectors: Topic) -> None:
    """The payload."""
    add(vectors, "detached", "A detached payload: null", GOOD.but(payload=None), MALFORMED)
    add(vectors, "payload-no-bytes", "A payload of no bytes", pieces(EMBLEM, header(EMBLEM), Raw(b"")).token, MALFORMED)
    add(
        vectors, "payload-map", "A payload that is a map, not a byte string", GOOD.but(payload=EMBLEM_CLAIMS), MALFORMED
    )
    add(vectors, "payload-text", "A payload that is text", GOOD.but(payload="claims"), MALFORMED)
    add(vectors, "claims-array", "A payload that holds an array", sign(EMBLEM, [1, 2]), MALFORMED)
    add(vectors, "claims-empty", "A payload that holds an empty map", sign(EMBLEM, {}), MALFORMED)
    add(
        vectors,
        "claims-wrapped",
        "Claims in a byte string once too often",
        sign(EMBLEM, cbor(EMBLEM_CLAIMS)),
        MALFORMED,
    )
    add(vectors, "claims-token", "A token within the payload", sign(EMBLEM, Raw(GOOD.token)), MALFORMED)
    add(
        vectors,
        "claims-trailing",
        "A byte after the claims",
        sign(EMBLEM, Raw(cbor(EMBLEM_CLAIMS) + b"\x00")),
        MALFORMED,
    )
    add(
        vectors,
        "claims-twice",
        "Two claims maps after each other",
        sign(EMBLEM, Raw(cbor(EMBLEM_CLAIMS) * 2)),
        MALFORMED,
    )


def wrong_signed_bytes(vectors: Topic) -> None:
    """Signatures over something else than the Sig_structure."""
    protected_header = header(EMBLEM)
    external = pieces(EMBLEM, protected_header, EMBLEM_CLAIMS, external=b"emblem")
    add(vectors, "external-data", "Signed with external data", external.token, FORGED)
    context = pieces(EMBLEM, protected_header, EMBLEM_CLAIMS, context="Signature")
    add(vectors, "context-signature", "Signed in the context of COSE_Sign", context.token, FORGED)
    over_payload = GOOD.but(signature=EMBLEM.sign(cbor(EMBLEM_CLAIMS)))
    add(vectors, "payload-signed", "Signed over the payload alone", over_payload, FORGED)
    later = cbor(EMBLEM_CLAIMS | {EXPIRES: EXP + 1})
    add(vectors, "payload-changed", "The expiry changed after signing", GOOD.but(payload=later), FORGED)
    reordered = cbor(dict(reversed(EMBLEM_CLAIMS.items())))
    add(
        vectors,
        "payload-reordered",
        "The claims put into another order after signing",
        GOOD.but(payload=reordered),
        FORGED,
    )
    typed = cbor(header(EMBLEM, {16: "application/adem"}))
    add(vectors, "header-changed", "The header changed after signing", GOOD.but(protected=typed), FORGED)
    shorter = cbor(without(EMBLEM_CLAIMS, 6))
    add(vectors, "claim-removed", "A claim removed after signing", GOOD.but(payload=shorter), FORGED)
