"""Signature algorithms, and signatures that are wrong."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes

from test_vectors.generator.cwt.tokens import (
    ALG,
    EMBLEM_CLAIMS,
    ISSUED_CLAIMS,
    LOG,
    alone,
    endorsement_claims,
    header,
    pieces,
    sign,
    signed_bytes,
)
from test_vectors.generator.encoding import cbor, hexadecimal
from test_vectors.generator.keys import ED25519, EMBLEM, P256, P384, P521, STRANGER, Curve, Key, key
from test_vectors.generator.vector import ORG, Topic, bare, bound, protected, rejected, undetermined

SECTION = "Procedure step 1"
CURVES = (P256, P384, P521, ED25519)
FORGED = rejected("token-signature-invalid", "emblem-missing")
MISMATCH = rejected("token-algorithm-mismatch", "emblem-missing")
FORBIDDEN = rejected("token-algorithm-forbidden", "emblem-missing")
UNKNOWN = undetermined("token-algorithm-unknown", "unknown-could-decide")
ED = key("emblem", ED25519)


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "algorithms", "Signature algorithms, what goes with what, and wrong signatures.")
    for curve in CURVES:
        accepted(vectors, curve)
    mismatches(vectors)
    never(vectors)
    not_known(vectors)
    wrong_signatures(vectors)
    wrong_edwards_signatures(vectors)
    mixed_chains(vectors)
    return vectors


def accepted(vectors: Topic, curve: Curve) -> None:
    """Both numbers of an algorithm, and each against the other."""
    for alg, other in ((curve.alg, curve.specified_alg), (curve.specified_alg, curve.alg)):
        signer = key("emblem", curve, alg)
        title = f"Algorithm {alg} on {curve.name}"
        vectors.add(
            f"alg{alg}",
            title,
            "Tokens",
            alone(sign(signer, EMBLEM_CLAIMS), signer),
            protected("signed"),
            trust=[bare(signer)],
        )
        token = sign(signer, EMBLEM_CLAIMS, head=header(signer, {ALG: other}))
        vectors.add(
            f"alg{other}-key{alg}",
            f"A token with {other}, whose key record says {alg}",
            SECTION,
            alone(token, signer),
            MISMATCH,
        )


def mismatches(vectors: Topic) -> None:
    """Known algorithms of other curves."""
    for curve, algs in ((P256, (-35, -36, -8)), (P384, (-7, -36)), (P521, (-7, -35)), (ED25519, (-7, -36))):
        signer = key("emblem", curve)
        for alg in algs:
            token = sign(signer, EMBLEM_CLAIMS, head=header(signer, {ALG: alg}))
            vectors.add(
                f"alg{alg}-{curve.name.lower()}",
                f"A token with {alg} by a key on {curve.name}",
                SECTION,
                alone(token, signer),
                MISMATCH,
            )
    sha384 = pieces(EMBLEM, header(EMBLEM), EMBLEM_CLAIMS)
    over = EMBLEM.sign(signed_bytes(cbor(header(EMBLEM)), cbor(EMBLEM_CLAIMS)), hashes.SHA384())
    vectors.add(
        "wrong-hash", "A P-256 signature over the SHA-384 hash", SECTION, alone(sha384.but(signature=over)), FORGED
    )


def never(vectors: Topic) -> None:
    """Message authentication codes."""
    for alg, name in (
        (4, "HMAC 256/64"),
        (5, "HMAC 256/256"),
        (6, "HMAC 384/384"),
        (7, "HMAC 512/512"),
        (14, "AES-MAC 128/64"),
        (15, "AES-MAC 256/64"),
        (25, "AES-MAC 128/128"),
        (26, "AES-MAC 256/128"),
    ):
        token = sign(EMBLEM, EMBLEM_CLAIMS, head=header(EMBLEM, {ALG: alg}))
        vectors.add(
            f"mac-{alg}",
            f"Algorithm {alg} ({name}), a message authentication code",
            SECTION,
            alone(token),
            FORBIDDEN,
            trust=[bare(EMBLEM)],
        )
    for text in ("none", "HS256"):
        token = sign(EMBLEM, EMBLEM_CLAIMS, head=header(EMBLEM, {ALG: text}))
        title = f"The JOSE name {text} as text: never an algorithm of a token"
        vectors.add(f"text-{text.lower()}", title, SECTION, alone(token), FORBIDDEN, trust=[bare(EMBLEM)])
    absent = sign(STRANGER, EMBLEM_CLAIMS, head=header(STRANGER, {ALG: 5}))
    vectors.add(
        "mac-no-key", "A message authentication code, and no key at hand", SECTION, hexadecimal([absent]), FORBIDDEN
    )


def not_known(vectors: Topic) -> None:
    """Algorithms that we do not know, where no key at hand is named."""
    for alg, name in (
        (-47, "ES256K"),
        (-257, "RS256"),
        (-37, "PS256"),
        (-53, "Ed448"),
        (-65535, "RS1"),
        (-46, "HSS-LMS"),
        (1, "A128GCM"),
        (-70000, "private use"),
    ):
        token = sign(STRANGER, EMBLEM_CLAIMS, head=header(STRANGER, {ALG: alg}))
        vectors.add(
            f"unknown{alg}", f"Algorithm {alg} ({name}), and no key at hand", SECTION, hexadecimal([token]), UNKNOWN
        )
        with_key = sign(EMBLEM, EMBLEM_CLAIMS, head=header(EMBLEM, {ALG: alg}))
        vectors.add(
            f"unknown{alg}-key",
            f"Algorithm {alg} ({name}), by a key at hand with another, known one",
            SECTION,
            alone(with_key),
            MISMATCH,
        )


def wrong_signatures(vectors: Topic) -> None:
    """ECDSA."""
    for curve in (P256, P384, P521):
        signer = key("emblem", curve)
        token = pieces(signer, header(signer), EMBLEM_CLAIMS)
        good = signer.sign(signed_bytes(cbor(header(signer)), cbor(EMBLEM_CLAIMS)))
        r, s = signer.split(good)
        name = curve.name.lower()
        vectors.add(
            f"{name}-twin",
            f"A {curve.name} signature with the other of the two values of s: both hold",
            SECTION,
            alone(token.but(signature=signer.twin(good)), signer),
            protected("signed"),
            trust=[bare(signer)],
        )
        for slug, title, signature in _wrong(signer, r, s):
            vectors.add(
                f"{name}-{slug}",
                f"{curve.name}: {title}",
                SECTION,
                alone(token.but(signature=signature), signer),
                FORGED,
                trust=[bare(signer)],
            )


def _wrong(signer: Key, r: int, s: int) -> list[tuple[str, str, bytes]]:
    good = signer.join(r, s)
    size, order = signer.curve.size, signer.curve.order
    stranger = key("stranger", signer.curve)
    message = signed_bytes(cbor(header(signer)), cbor(EMBLEM_CLAIMS))
    cases = [
        ("der", "the signature in ASN.1", signer.sign_der(message)),
        ("truncated", "the last byte missing", good[:-1]),
        ("extended", "a zero after it", good + b"\x00"),
        ("zero-before", "a zero before it", b"\x00" + good),
        ("empty", "no bytes", b""),
        ("half", "r alone", good[:size]),
        ("zero-r", "r zero", signer.join(0, s)),
        ("zero-s", "s zero", signer.join(r, 0)),
        ("zeros", "r and s zero", bytes(2 * size)),
        ("ones", "all bits set", b"\xff" * 2 * size),
        ("swapped", "r and s swapped", signer.join(s, r)),
        ("bit", "one bit changed", good[:-1] + bytes([good[-1] ^ 1])),
        ("stranger", "signed by another key", stranger.sign(message)),
        ("little-endian", "r and s in the other byte order", good[:size][::-1] + good[size:][::-1]),
    ]
    if r + order < 1 << 8 * size:
        cases.append(("r-beyond", "the order added to r", signer.join(r + order, s)))
    if s + order < 1 << 8 * size:
        cases.append(("s-beyond", "the order added to s", signer.join(r, s + order)))
    return cases


def wrong_edwards_signatures(vectors: Topic) -> None:
    """Ed25519."""
    token = pieces(ED, header(ED), EMBLEM_CLAIMS)
    message = signed_bytes(cbor(header(ED)), cbor(EMBLEM_CLAIMS))
    good = ED.sign(message)
    scalar = int.from_bytes(good[32:], "little")
    for slug, title, signature in (
        ("truncated", "the last byte missing", good[:-1]),
        ("extended", "a zero after it", good + b"\x00"),
        ("empty", "no bytes", b""),
        ("bit", "one bit changed", bytes([good[0] ^ 1]) + good[1:]),
        ("malleated", "the order added to S", good[:32] + (scalar + ED25519.order).to_bytes(32, "little")),
        ("stranger", "signed by another key", key("stranger", ED25519).sign(message)),
        ("zeros", "all zeros", bytes(64)),
    ):
        vectors.add(
            f"ed25519-{slug}",
            f"Ed25519: {title}",
            SECTION,
            alone(token.but(signature=signature), ED),
            FORGED,
            trust=[bare(ED)],
        )


def mixed_chains(vectors: Topic) -> None:
    """Chains whose keys are of different algorithms."""
    for low, high in ((P256, P521), (ED25519, P384), (P521, ED25519), (P384, P256)):
        signer, root = key("emblem", low), key("root", high, high.specified_alg)
        records = hexadecimal(
            [
                signer.record,
                root.record,
                sign(signer, ISSUED_CLAIMS),
                sign(root, endorsement_claims(signer), log=LOG),
            ]
        )
        vectors.add(
            f"mixed-{low.name.lower()}-{high.name.lower()}",
            f"An emblem by a key on {low.name}, endorsed by one on {high.name}",
            "Procedure step 3",
            records,
            protected("organizational", commitment="trusted"),
            trust=[bound(root, ORG)],
        )
