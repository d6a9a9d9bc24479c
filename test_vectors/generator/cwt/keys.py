"""COSE_Key records."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import ALG, EMBLEM_CLAIMS, KID, Claims, header, sign, without
from test_vectors.generator.encoding import MAP, Pairs, Raw, Tag, cbor, head, hexadecimal, indefinite
from test_vectors.generator.keys import ED25519, EMBLEM, P384, P521, STRANGER, Curve, Key, key
from test_vectors.generator.vector import Document, Topic, bare, claimed, protected, rejected, undetermined

SECTION = "Keys"
GOOD = claimed("signed")
MALFORMED = rejected("key-malformed", "token-key-missing", "emblem-missing")
UNKNOWN = undetermined("key-algorithm-unknown", "token-algorithm-unknown", "unknown-could-decide")
KTY, KEY_ID, KEY_ALG, KEY_OPS, BASE_IV, CRV, X, Y, D = 1, 2, 3, 4, 5, -1, -2, -3, -4
ED = key("emblem", ED25519)
USUAL: Claims = dict(EMBLEM.parameters.items())
ED_USUAL: Claims = dict(ED.parameters.items())


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "keys", "Key records: nobody is trusted, so a good key makes the target claimed.")
    accepted(vectors)
    parameters(vectors)
    points(vectors)
    encodings(vectors)
    algorithms(vectors)
    unknown_kinds(vectors)
    several(vectors)
    given(vectors)
    return vectors


def add(vectors: Topic, slug: str, title: str, record: object, expect: Document, *, signer: Key = EMBLEM) -> None:
    """A key record, and an emblem that names the key's identifier."""
    records = hexadecimal([cbor(record), sign(signer, EMBLEM_CLAIMS)])
    vectors.add(slug, title, SECTION, records, expect)


def accepted(vectors: Topic) -> None:
    """Good keys of every kind."""
    for curve in (EMBLEM.curve, P384, P521, ED25519):
        signer = key("emblem", curve)
        add(vectors, f"good-{curve.name.lower()}", f"A key on {curve.name}", signer.parameters, GOOD, signer=signer)
    add(vectors, "kid-own", "Parameter 2 with the key's identifier: ignored", USUAL | {KEY_ID: EMBLEM.kid}, GOOD)
    add(
        vectors, "kid-other", "Parameter 2 with another key's identifier: ignored", USUAL | {KEY_ID: STRANGER.kid}, GOOD
    )
    add(vectors, "kid-text", "Parameter 2 with a text: ignored", USUAL | {KEY_ID: "key-1"}, GOOD)
    add(vectors, "base-iv", "A base IV: ignored", USUAL | {BASE_IV: b"\x00" * 8}, GOOD)
    add(vectors, "ops-verify", "key_ops with verify", USUAL | {KEY_OPS: [2]}, GOOD)
    add(vectors, "ops-several", "key_ops with sign and verify", USUAL | {KEY_OPS: [1, 2]}, GOOD)
    add(vectors, "unknown-number", "An unknown parameter", USUAL | {-70000: 1}, GOOD)
    add(vectors, "unknown-text", "An unknown parameter with a text label", USUAL | {"note": [1]}, GOOD)
    add(vectors, "unsorted", "Parameters in another order", dict(reversed(USUAL.items())), GOOD)
    wide = b"\x18\x01\x18\x02" + head(0, 3, 2) + head(1, 6, 1) + b"\x38\x00\x01" + cbor(X) + head(2, 32, 4) + EMBLEM.x
    add(vectors, "wide", "Parameters in longer encodings", Raw(head(MAP, 5, 1) + wide + cbor(Y) + cbor(EMBLEM.y)), GOOD)
    odd = bool(EMBLEM.y[-1] & 1)
    add(vectors, "compressed", "A compressed point: the identifier is that of the whole one", USUAL | {Y: odd}, GOOD)
    other = key("emblem 2")
    while bool(other.y[-1] & 1) == odd:
        other = key(other.label + "+")
    add(
        vectors,
        "compressed-other-sign",
        "A compressed point with the other sign bit",
        dict(other.parameters) | {Y: not odd},
        GOOD,
        signer=other,
    )
    add(
        vectors,
        "compressed-521",
        "A compressed point on P-521",
        dict(key("emblem", P521).parameters) | {Y: bool(key("emblem", P521).y[-1] & 1)},
        GOOD,
        signer=key("emblem", P521),
    )
    add(
        vectors,
        "compressed-wrong-sign",
        "A compressed point with the wrong sign bit: another key",
        USUAL | {Y: not odd},
        rejected("token-key-missing", "emblem-missing"),
    )


def parameters(vectors: Topic) -> None:
    """Parameters that are missing or of a wrong kind."""
    for label, name in ((KTY, "kty"), (KEY_ALG, "alg"), (CRV, "crv"), (X, "x"), (Y, "y")):
        add(vectors, f"{name}-missing", f"No {name}", without(USUAL, label), MALFORMED)
    for slug, title, more in (
        ("kty-bytes", "kty as a byte string", {KTY: b"\x02"}),
        ("kty-null", "kty null", {KTY: None}),
        ("alg-null", "alg null", {KEY_ALG: None}),
        ("alg-bytes", "alg as a byte string", {KEY_ALG: b"\x26"}),
        ("crv-null", "crv null", {CRV: None}),
        ("x-text", "x as text", {X: "a" * 32}),
        ("x-number", "x as an integer", {X: 1}),
        ("y-null", "y null", {Y: None}),
        ("y-number", "y as the number 1", {Y: 1}),
        ("private", "A private key", {D: EMBLEM.private_bytes}),
        ("private-empty", "A private parameter of no bytes", {D: b""}),
        ("ops-sign", "key_ops with sign alone", {KEY_OPS: [1]}),
        ("ops-empty", "key_ops with nothing in it", {KEY_OPS: []}),
        ("ops-number", "key_ops that is no array", {KEY_OPS: 2}),
    ):
        add(vectors, slug, title, USUAL | more, MALFORMED)
    add(vectors, "private-ed25519", "A private Ed25519 key", ED_USUAL | {D: ED.private_bytes}, MALFORMED, signer=ED)
    add(vectors, "ed25519-x-missing", "An Ed25519 key without x", without(ED_USUAL, X), MALFORMED, signer=ED)
    add(vectors, "label-bytes", "A parameter label that is a byte string", USUAL | {b"a": 1}, MALFORMED)


def points(vectors: Topic) -> None:
    """Coordinates of the wrong length, and points that are none."""
    short = key("leading zero 0")
    number = 0
    while short.x[0]:
        number += 1
        short = key(f"leading zero {number}")
    add(vectors, "leading-zero", "An x with a leading zero, of full length", short.parameters, GOOD, signer=short)
    add(
        vectors,
        "x-stripped",
        "The same x without its leading zero",
        dict(short.parameters) | {X: short.x[1:]},
        MALFORMED,
        signer=short,
    )
    for slug, title, more in (
        ("x-long", "An x with a zero before it", {X: b"\x00" + EMBLEM.x}),
        ("y-long", "A y with a zero before it", {Y: b"\x00" + EMBLEM.y}),
        ("x-truncated", "An x of 31 bytes", {X: EMBLEM.x[:31]}),
        ("y-truncated", "A y of 31 bytes", {Y: EMBLEM.y[:31]}),
        ("x-empty", "An x of no bytes", {X: b""}),
        ("x-point", "The whole point in x", {X: b"\x04" + EMBLEM.x + EMBLEM.y}),
        ("off-curve", "A point that is not on the curve", {Y: EMBLEM.y[:-1] + bytes([EMBLEM.y[-1] ^ 1])}),
        ("swapped", "x and y swapped", {X: EMBLEM.y, Y: EMBLEM.x}),
        ("zero", "The point (0, 0)", {X: b"\x00" * 32, Y: b"\x00" * 32}),
        ("kty-okp", "A P-256 key of type OKP", {KTY: 1}),
        ("crv-ed25519", "An Ed25519 curve with type EC2", {CRV: 6, KEY_ALG: -8}),
        ("other-curve", "A P-256 point as one of P-384", {CRV: 2, KEY_ALG: -35}),
        ("compressed-off-curve", "A compressed point whose x is on no point", {X: b"\xff" * 32, Y: True}),
    ):
        add(vectors, slug, title, USUAL | more, MALFORMED)
    big = key("emblem", P521)
    x_and_field = (int.from_bytes(big.x, "big") + P521.field).to_bytes(66, "big")
    add(
        vectors,
        "x-beyond-field",
        "An x to which the field's prime was added",
        dict(big.parameters) | {X: x_and_field},
        MALFORMED,
        signer=big,
    )
    add(
        vectors,
        "p521-65",
        "A P-521 coordinate of 65 bytes",
        dict(big.parameters) | {X: big.x[1:]},
        MALFORMED,
        signer=big,
    )
    add(vectors, "ed25519-short", "An Ed25519 key of 31 bytes", ED_USUAL | {X: ED.x[:31]}, MALFORMED, signer=ED)
    add(vectors, "ed25519-long", "An Ed25519 key of 33 bytes", ED_USUAL | {X: ED.x + b"\x00"}, MALFORMED, signer=ED)


def encodings(vectors: Topic) -> None:
    """CBOR of key records."""
    pairs = tuple(USUAL.items())
    flat = [part for pair in pairs for part in pair]
    add(vectors, "duplicate", "A parameter twice", Pairs((*pairs, (KTY, 2))), MALFORMED)
    add(vectors, "duplicate-unknown", "An unknown parameter twice", Pairs((*pairs, ("a", 1), ("a", 1))), MALFORMED)
    add(vectors, "indefinite", "A map of indefinite length", indefinite(MAP, *flat), MALFORMED)
    add(vectors, "tagged-x", "A tag around x", USUAL | {X: Tag(24, EMBLEM.x)}, MALFORMED)
    add(vectors, "trailing", "A byte after the key", Raw(EMBLEM.record + b"\x00"), MALFORMED)
    add(vectors, "two", "Two keys in a record", Raw(EMBLEM.record + STRANGER.record), MALFORMED)
    add(vectors, "truncated", "The last byte missing", Raw(EMBLEM.record[:-1]), MALFORMED)
    add(vectors, "empty", "A map with nothing in it", {}, MALFORMED)
    add(
        vectors,
        "key-set",
        "A COSE_KeySet",
        [USUAL],
        rejected("record-malformed", "token-key-missing", "emblem-missing"),
    )
    spki = rejected("record-malformed", "token-key-missing", "emblem-missing")
    add(vectors, "wrapped", "A key in a byte string", EMBLEM.record, spki)


def algorithms(vectors: Topic) -> None:
    """Algorithms that do not fit the curve."""
    for slug, curve, alg in (
        ("es384-p256", EMBLEM.curve, -35),
        ("es512-p256", EMBLEM.curve, -36),
        ("eddsa-p256", EMBLEM.curve, -8),
        ("esp384-p256", EMBLEM.curve, -51),
        ("ed25519-p256", EMBLEM.curve, -19),
        ("es256-p384", P384, -7),
        ("es512-p384", P384, -36),
        ("es256-p521", P521, -7),
        ("es384-p521", P521, -35),
        ("esp256-p521", P521, -9),
        ("es256-ed25519", ED25519, -7),
        ("esp256-ed25519", ED25519, -9),
    ):
        signer = key("emblem", curve)
        title = f"A key on {curve.name} with algorithm {alg}, which goes with another curve"
        add(vectors, f"misfit-{slug}", title, dict(signer.parameters) | {KEY_ALG: alg}, MALFORMED, signer=signer)


def unknown_kinds(vectors: Topic) -> None:
    """Keys that we cannot use, and tokens that name them."""
    es256k = USUAL | {KEY_ALG: -47}
    records = hexadecimal([cbor(es256k), sign(EMBLEM, EMBLEM_CLAIMS, head=header(EMBLEM, {ALG: -47}))])
    vectors.add(
        "alg-unknown", "A key with an algorithm that we do not know, and a token in it", SECTION, records, UNKNOWN
    )
    add(
        vectors,
        "alg-unknown-token-known",
        "A key with an unknown algorithm, and a token by it in a known one",
        es256k,
        UNKNOWN,
    )
    text = cbor(USUAL | {KEY_ALG: "new"})
    records = hexadecimal([text, sign(EMBLEM, EMBLEM_CLAIMS, head=header(EMBLEM, {ALG: "new"}))])
    vectors.add("alg-text", "A key with a text as algorithm, and a token in it", SECTION, records, UNKNOWN)
    ed448: Claims = {KTY: 1, KEY_ALG: -8, CRV: 7, X: b"\x05" * 57}
    other: Claims = {KTY: 9, KEY_ALG: -70000, -1: b"\x01"}
    rsa: Claims = {KTY: 3, KEY_ALG: -257, -1: b"\x01" * 256, -2: b"\x01\x00\x01"}
    for slug, title, record in (
        ("ed448", "An Ed448 key with algorithm EdDSA", ed448),
        ("kty-unknown", "A key of a type that nobody knows", other),
        ("rsa", "An RSA key", rsa),
        ("crv-unknown", "A curve that nobody knows", USUAL | {CRV: 99}),
        ("x25519", "A key for key agreement (X25519)", ED_USUAL | {CRV: 4}),
        ("secp256k1", "A key on secp256k1", USUAL | {CRV: 8, KEY_ALG: -47}),
    ):
        beside = hexadecimal([cbor(record), EMBLEM.record, sign(EMBLEM, EMBLEM_CLAIMS)])
        vectors.add(
            f"{slug}-beside",
            f"{title}, which no token names: no harm",
            SECTION,
            beside,
            claimed("signed", "key-algorithm-unknown"),
        )
    ed448_kid = _thumbprint({KTY: 1, CRV: 7, X: ed448[X]})
    token = sign(STRANGER, EMBLEM_CLAIMS, head={ALG: -8, KID: ed448_kid})
    vectors.add(
        "ed448-token",
        "An Ed448 key and a token in EdDSA by it: an algorithm that we do not know",
        SECTION,
        hexadecimal([cbor(ed448), token]),
        UNKNOWN,
    )


def _thumbprint(parameters: Claims) -> bytes:
    import hashlib

    return hashlib.sha256(cbor(parameters)).digest()


def several(vectors: Topic) -> None:
    """More than one record of a key."""
    token = sign(EMBLEM, EMBLEM_CLAIMS)
    specified = key("emblem", alg=-9)
    new_token = sign(specified, EMBLEM_CLAIMS)
    both = [EMBLEM.record, specified.record]
    vectors.add(
        "two-algs-old", "A key with -7 and with -9, and a token with -7", SECTION, hexadecimal([*both, token]), GOOD
    )
    vectors.add(
        "two-algs-new",
        "A key with -9 and with -7, and a token with -9",
        SECTION,
        hexadecimal([*both[::-1], new_token]),
        GOOD,
    )
    bad = cbor(USUAL | {KEY_ALG: -35})
    vectors.add(
        "bad-beside-good",
        "The key once with an algorithm that does not fit, once right",
        SECTION,
        hexadecimal([bad, EMBLEM.record, token]),
        claimed("signed", "key-malformed"),
    )
    private = cbor(USUAL | {D: EMBLEM.private_bytes})
    vectors.add(
        "private-beside-good",
        "The key once with its private half, once without",
        SECTION,
        hexadecimal([private, EMBLEM.record, token]),
        claimed("signed", "key-malformed"),
    )
    strangers = [key(f"stranger {number}").record for number in range(5)]
    vectors.add(
        "strangers", "Five keys that no token names", SECTION, hexadecimal([*strangers, EMBLEM.record, token]), GOOD
    )


def given(vectors: Topic) -> None:
    """Keys that the verifier was given, in each form."""
    forms = {"cose": "a COSE_Key", "jwk": "a JWK", "pem": "PEM"}
    for curve in (EMBLEM.curve, P384, P521, ED25519):
        signer = key("emblem", curve)
        for form, name in forms.items():
            _given(
                vectors,
                f"given-{form}-{curve.name.lower()}",
                f"A {curve.name} key given as {name}",
                signer,
                curve,
                form,
            )
    specified = key("emblem", alg=-9)
    token = hexadecimal([sign(specified, EMBLEM_CLAIMS)])
    vectors.add(
        "given-pem-specified",
        "A key given as PEM has no algorithm: a token with -9 fits",
        "Trust",
        token,
        protected("signed"),
        trust=[bare(EMBLEM, "pem")],
    )
    vectors.add(
        "given-cose-specified",
        "A key given with -7, and a token with -9",
        "Trust",
        token,
        rejected("token-algorithm-mismatch", "emblem-missing"),
        trust=[bare(EMBLEM)],
    )
    es384 = sign(EMBLEM, EMBLEM_CLAIMS, head=header(EMBLEM, {ALG: -35}))
    vectors.add(
        "given-pem-misfit",
        "A P-256 key given as PEM, and a token with ES384, which does not fit its curve",
        "Trust",
        hexadecimal([es384]),
        rejected("token-algorithm-mismatch", "emblem-missing"),
        trust=[bare(EMBLEM, "pem")],
    )
    unknown = sign(EMBLEM, EMBLEM_CLAIMS, head=header(EMBLEM, {ALG: -47}))
    vectors.add(
        "given-pem-unknown",
        "A key given as PEM, and a token by it in an algorithm that we do not know",
        "Trust",
        hexadecimal([unknown]),
        undetermined("token-algorithm-unknown", "unknown-could-decide"),
        trust=[bare(EMBLEM, "pem")],
    )


def _given(vectors: Topic, slug: str, title: str, signer: Key, curve: Curve, form: str) -> None:
    del curve
    vectors.add(
        slug,
        title,
        "Trust",
        hexadecimal([sign(signer, EMBLEM_CLAIMS)]),
        protected("signed"),
        trust=[bare(signer, form)],
    )
