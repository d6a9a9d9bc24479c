"""Key records of JWS: JWK in adem-key, and the older SubjectPublicKeyInfo; and algorithms."""

from __future__ import annotations

import hashlib

from test_vectors.generator.encoding import base32_lower, base64_standard, base64url, character_strings
from test_vectors.generator.jws.tokens import (
    EMBLEM_CLAIMS,
    header,
    issued,
    json_text,
    root_endorsement,
    sign,
    token_value,
    values,
)
from test_vectors.generator.keys import ED25519, EMBLEM, P256, P384, P521, STRANGER, Key, key
from test_vectors.generator.ml_dsa import ml_dsa_key
from test_vectors.generator.vector import ORG, Document, Topic, bare, bound, claimed, protected, rejected, undetermined

SECTION = "JWS keys"
GOOD = claimed("signed")
MALFORMED = rejected("key-malformed", "token-key-missing", "emblem-missing")
MISMATCH = rejected("token-algorithm-mismatch", "emblem-missing")
FORBIDDEN = rejected("token-algorithm-forbidden", "emblem-missing")
UNKNOWN = undetermined("token-algorithm-unknown", "unknown-could-decide")
FORGED = rejected("token-signature-invalid", "emblem-missing")
CURVES = (P256, P384, P521, ED25519)
ED = key("emblem", ED25519)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("jws", "keys", "Key records and algorithms: nobody is trusted unless it is said.")
    accepted(vectors)
    members(vectors)
    coordinates(vectors)
    old_form(vectors)
    algorithms(vectors)
    post_quantum(vectors)
    signatures(vectors)
    mixed_chains(vectors)
    return vectors


def add(vectors: Topic, slug: str, title: str, record: object, expect: Document, *, signer: Key = EMBLEM) -> None:
    """A key record, and an emblem that names the key's identifier."""
    token = sign(signer, header(signer), EMBLEM_CLAIMS)
    line = f"adem-key={json_text(record)}"
    vectors.add(slug, title, SECTION, [character_strings(line) if " " in line else line, token_value(token)], expect)


def accepted(vectors: Topic) -> None:
    """Good keys."""
    for curve in CURVES:
        signer = key("emblem", curve)
        add(vectors, f"good-{curve.name.lower()}", f"A key on {curve.name}", signer.jwk, GOOD, signer=signer)
    named = ED.jwk | {"alg": "Ed25519"}
    token = sign(ED, header(ED, alg="Ed25519"), EMBLEM_CLAIMS)
    vectors.add(
        "good-ed25519-named",
        "A key and a token with the algorithm name Ed25519",
        SECTION,
        [f"adem-key={json_text(named)}", token_value(token)],
        GOOD,
    )
    for slug, title, more in (
        ("kid", "A kid, which is not believed", {"kid": STRANGER.jwk_kid}),
        ("use", "A use of sig", {"use": "sig"}),
        ("ops", "key_ops with verify", {"key_ops": ["verify"]}),
        ("unknown", "An unknown member", {"note": [1]}),
    ):
        add(vectors, f"with-{slug}", title, EMBLEM.jwk | more, GOOD)
    text = json_text(EMBLEM.jwk)
    add(vectors, "reordered", "Members in another order", json_text(dict(reversed(EMBLEM.jwk.items()))), GOOD)
    add(vectors, "spaced", "JSON with spaces", text.replace(",", " , "), GOOD)


def members(vectors: Topic) -> None:
    """Members that are missing, repeated or wrong."""
    text = json_text(EMBLEM.jwk)
    for name in ("alg", "kty", "crv", "x", "y"):
        add(
            vectors,
            f"{name}-missing",
            f"No {name}",
            {member: EMBLEM.jwk[member] for member in EMBLEM.jwk if member != name},
            MALFORMED,
        )
        add(vectors, f"{name}-number", f"{name} a number", EMBLEM.jwk | {name: 1}, MALFORMED)
    add(vectors, "private", "A private key", EMBLEM.jwk | {"d": base64url(EMBLEM.private_bytes)}, MALFORMED)
    add(
        vectors,
        "private-ed25519",
        "A private Ed25519 key",
        ED.jwk | {"d": base64url(ED.private_bytes)},
        MALFORMED,
        signer=ED,
    )
    for slug, title, more in (
        ("use-enc", "A use of enc", {"use": "enc"}),
        ("ops-sign", "key_ops without verify", {"key_ops": ["sign"]}),
        ("ops-empty", "key_ops with nothing in it", {"key_ops": []}),
        ("private-k", "A symmetric key's member", {"k": "AA"}),
        ("kty-okp", "A P-256 key of type OKP", {"kty": "OKP"}),
    ):
        add(vectors, slug, title, EMBLEM.jwk | more, MALFORMED)
    for slug, title, wrong in (
        ("repeated", "A member twice", text[:-1] + ',"kty":"EC"}'),
        ("repeated-unknown", "An unknown member twice", text[:-1] + ',"a":1,"a":1}'),
        ("array", "A key in an array", f"[{text}]"),
        ("set", "A set of keys", f'{{"keys":[{text}]}}'),
        ("trailing", "A letter after the key", text + "x"),
        ("unclosed", "The closing brace missing", text[:-1]),
        ("nan", "NaN in an unknown member", text[:-1] + ',"a":NaN}'),
        ("empty", "Nothing after the equals sign", ""),
        ("braces", "An object with nothing in it", "{}"),
        ("cose", "A COSE_Key in hexadecimal, with a point", EMBLEM.record.hex() + "."),
    ):
        add(vectors, slug, title, wrong, MALFORMED)


def coordinates(vectors: Topic) -> None:
    """Coordinates."""
    x, y = str(EMBLEM.jwk["x"]), str(EMBLEM.jwk["y"])
    short = key("leading zero 0")
    number = 0
    while short.x[0]:
        number += 1
        short = key(f"leading zero {number}")
    add(vectors, "leading-zero", "An x with a leading zero, of full length", short.jwk, GOOD, signer=short)
    add(
        vectors,
        "x-stripped",
        "The same x without its leading zero",
        short.jwk | {"x": base64url(short.x[1:])},
        MALFORMED,
        signer=short,
    )
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for slug, title, more in (
        ("x-long", "An x with a zero before it", {"x": base64url(b"\x00" + EMBLEM.x)}),
        ("x-padded", "An x with padding", {"x": x + "="}),
        ("x-loose", "An x with bits set below its last byte", {"x": x[:-1] + alphabet[alphabet.index(x[-1]) | 1]}),
        ("y-truncated", "A y of 31 bytes", {"y": base64url(EMBLEM.y[:31])}),
        ("x-empty", "An x of no bytes", {"x": ""}),
        ("off-curve", "A point that is not on the curve", {"y": base64url(EMBLEM.y[:-1] + bytes([EMBLEM.y[-1] ^ 1]))}),
        ("swapped", "x and y swapped", {"x": y, "y": x}),
        ("compressed", "A compressed point, which JWK does not have", {"y": True}),
        ("zero", "The point (0, 0)", {"x": base64url(bytes(32)), "y": base64url(bytes(32))}),
        ("misfit-es384", "Algorithm ES384 on P-256", {"alg": "ES384"}),
        ("misfit-eddsa", "Algorithm EdDSA on P-256", {"alg": "EdDSA"}),
    ):
        add(vectors, slug, title, EMBLEM.jwk | more, MALFORMED)
    add(vectors, "misfit-ed25519", "Algorithm ES256 on Ed25519", ED.jwk | {"alg": "ES256"}, MALFORMED, signer=ED)
    add(
        vectors,
        "ed25519-short",
        "An Ed25519 key of 31 bytes",
        ED.jwk | {"x": base64url(ED.x[:31])},
        MALFORMED,
        signer=ED,
    )
    beside = claimed("signed", "key-algorithm-unknown")
    for slug, title, record in (
        ("rsa", "An RSA key", {"kty": "RSA", "alg": "RS256", "n": base64url(b"\xff" * 256), "e": "AQAB"}),
        ("ed448", "An Ed448 key", {"kty": "OKP", "crv": "Ed448", "alg": "EdDSA", "x": base64url(b"\x05" * 57)}),
        ("kty", "A key of a type that nobody knows", {"kty": "new", "alg": "NEW", "a": "b"}),
        ("crv", "A key on a curve that nobody knows", EMBLEM.jwk | {"crv": "P-999"}),
        ("secp256k1", "A key on secp256k1", EMBLEM.jwk | {"crv": "secp256k1", "alg": "ES256K"}),
    ):
        records = [f"adem-key={json_text(record)}", *values([EMBLEM], sign(EMBLEM, header(EMBLEM), EMBLEM_CLAIMS))]
        vectors.add(f"unknown-{slug}", f"{title}, which no token names: no harm", SECTION, records, beside)
    es256k = [f"adem-key={json_text(EMBLEM.jwk | {'alg': 'ES256K'})}"]
    token = sign(EMBLEM, header(EMBLEM, alg="ES256K"), EMBLEM_CLAIMS)
    vectors.add(
        "unknown-alg",
        "A key with an algorithm that we do not know, and a token in it",
        SECTION,
        [*es256k, token_value(token)],
        undetermined("key-algorithm-unknown", "token-algorithm-unknown"),
    )


def old_form(vectors: Topic) -> None:
    """SubjectPublicKeyInfo in base64: no algorithm, any that fits."""
    for curve in CURVES:
        signer = key("emblem", curve)
        add(
            vectors,
            f"spki-{curve.name.lower()}",
            f"A {curve.name} key as SubjectPublicKeyInfo",
            base64_standard(signer.spki),
            GOOD,
            signer=signer,
        )
    named = sign(ED, header(ED, alg="Ed25519"), EMBLEM_CLAIMS)
    vectors.add(
        "spki-ed25519-named",
        "The same, and a token with the algorithm name Ed25519: any that fits",
        SECTION,
        [f"adem-key={base64_standard(ED.spki)}", token_value(named)],
        GOOD,
    )
    misfit = sign(EMBLEM, header(EMBLEM, alg="ES384"), EMBLEM_CLAIMS)
    vectors.add(
        "spki-misfit",
        "A P-256 key as SubjectPublicKeyInfo, and a token with ES384",
        SECTION,
        [f"adem-key={base64_standard(EMBLEM.spki)}", token_value(misfit)],
        MISMATCH,
    )
    add(
        vectors,
        "spki-truncated",
        "A SubjectPublicKeyInfo without its last bytes",
        base64_standard(EMBLEM.spki[:-3]),
        MALFORMED,
    )
    add(
        vectors,
        "spki-trailing",
        "Bytes after the SubjectPublicKeyInfo",
        base64_standard(EMBLEM.spki + b"\x00\x00"),
        MALFORMED,
    )
    add(vectors, "spki-pem", "A whole PEM file on one line", EMBLEM.pem.replace("\n", ""), MALFORMED)


def algorithms(vectors: Topic) -> None:
    """``alg`` of tokens."""
    for alg in ("none", "HS256", "HS384", "HS512"):
        token = sign(EMBLEM, header(EMBLEM, alg=alg), EMBLEM_CLAIMS)
        vectors.add(
            f"alg-{alg.lower()}", f"Algorithm {alg}", SECTION, values([EMBLEM], token), FORBIDDEN, trust=[bare(EMBLEM)]
        )
    unsigned = sign(EMBLEM, header(EMBLEM, alg="none"), EMBLEM_CLAIMS).rpartition(".")[0] + "."
    vectors.add(
        "alg-none-unsigned",
        "Algorithm none and no signature",
        SECTION,
        values([EMBLEM], unsigned),
        rejected("emblem-missing"),
        trust=[bare(EMBLEM)],
    )
    absent = sign(STRANGER, header(STRANGER, alg="HS256"), EMBLEM_CLAIMS)
    vectors.add("alg-hs256-no-key", "Algorithm HS256, and no key at hand", SECTION, [token_value(absent)], FORBIDDEN)
    for alg in ("RS256", "PS256", "ES256K", "Ed448", "es256", "ESP256", "ML-DSA-44"):
        token = sign(STRANGER, header(STRANGER, alg=alg), EMBLEM_CLAIMS)
        vectors.add(
            f"alg-unknown-{alg.lower()}-{'lower' if alg.islower() else 'name'}",
            f"Algorithm {alg}, and no key at hand",
            SECTION,
            [token_value(token)],
            UNKNOWN,
        )
        known = sign(EMBLEM, header(EMBLEM, alg=alg), EMBLEM_CLAIMS)
        vectors.add(
            f"alg-unknown-{alg.lower()}-key",
            f"Algorithm {alg}, by a key at hand with another, known one",
            SECTION,
            values([EMBLEM], known),
            MISMATCH,
        )
    for curve in CURVES:
        signer = key("emblem", curve)
        for alg in ("ES256", "ES384", "ES512", "EdDSA", "Ed25519"):
            if alg != curve.jose_alg:
                token = sign(signer, header(signer, alg=alg), EMBLEM_CLAIMS)
                vectors.add(
                    f"alg-{alg.lower()}-by-{curve.name.lower()}",
                    f"Algorithm {alg} by a key for {curve.jose_alg}",
                    SECTION,
                    values([signer], token),
                    MISMATCH,
                )


def post_quantum(vectors: Topic) -> None:
    """ML-DSA (RFC 9964), which this format does not have, whatever the verifier knows of it elsewhere."""
    signer = ml_dsa_key("emblem")
    add(vectors, "akp-private", "A private ML-DSA key", signer.jwk | {"priv": base64url(bytes(32))}, MALFORMED)
    add(vectors, "akp-es256", "Algorithm ES256 with key type AKP", signer.jwk | {"alg": "ES256"}, MALFORMED)
    unknown = undetermined("key-algorithm-unknown", "token-algorithm-unknown", "unknown-could-decide")
    for slug, title, jwk in (
        ("token", "An ML-DSA key and a token by it", signer.jwk),
        ("short", "An ML-DSA key that is too short, and a token that names it", signer.jwk | {"pub": "AAAA"}),
    ):
        token = sign(signer, ml_dsa_header(jwk), EMBLEM_CLAIMS)
        vectors.add(f"akp-{slug}", title, SECTION, [f"adem-key={json_text(jwk)}", token_value(token)], unknown)
    vectors.add(
        "akp-given",
        "An ML-DSA key that was given, and a token by it",
        SECTION,
        [token_value(sign(signer, ml_dsa_header(signer.jwk), EMBLEM_CLAIMS))],
        UNKNOWN,
        trust=[bare(signer, "jwk")],
    )


def ml_dsa_header(jwk: dict[str, object]) -> dict[str, object]:
    """The protected header of an emblem by a key of type AKP."""
    thumbprint = hashlib.sha256(json_text(dict(sorted(jwk.items()))).encode()).digest()
    return {"alg": jwk["alg"], "cty": "adem-emb", "kid": base32_lower(thumbprint)}


def signatures(vectors: Topic) -> None:
    """Signatures."""
    for curve in CURVES:
        signer = key("emblem", curve)
        signed, _, encoded = sign(signer, header(signer), EMBLEM_CLAIMS).rpartition(".")
        good = signer.sign(signed.encode())
        assert base64url(good) == encoded
        size = len(good) // 2
        wrong = [
            ("truncated", "the last byte missing", good[:-1]),
            ("extended", "a zero after it", good + b"\x00"),
            ("bit", "one bit changed", bytes([good[0] ^ 1]) + good[1:]),
            ("zeros", "all zeros", bytes(len(good))),
            ("stranger", "signed by another key", key("stranger", curve).sign(signed.encode())),
            ("swapped", "its halves swapped", good[size:] + good[:size]),
            ("empty", "no bytes", b""),
        ]
        if curve is not ED25519:
            wrong.append(("der", "in ASN.1", signer.sign_der(signed.encode())))
            vectors.add(
                f"signature-{curve.name.lower()}-twin",
                f"{curve.name}: the other of the two values of s",
                SECTION,
                values([signer], f"{signed}.{base64url(signer.twin(good))}"),
                GOOD,
            )
        for slug, title, signature in wrong:
            vectors.add(
                f"signature-{curve.name.lower()}-{slug}",
                f"{curve.name}: a signature, {title}",
                SECTION,
                values([signer], f"{signed}.{base64url(signature)}"),
                FORGED,
            )


def mixed_chains(vectors: Topic) -> None:
    """Chains whose keys are of different algorithms."""
    for low, high in ((P256, P521), (ED25519, P384), (P521, ED25519)):
        signer, root = key("emblem", low), key("root", high)
        records = values([signer, root], issued(signer), root_endorsement(signer, key=root))
        vectors.add(
            f"mixed-{low.name.lower()}-{high.name.lower()}",
            f"An emblem by a key on {low.name}, endorsed by one on {high.name}",
            "Procedure step 3",
            records,
            protected("organizational", commitment="trusted"),
            trust=[bound(root, ORG)],
        )
