"""ML-DSA (RFC 9964): keys, tokens, and chains that mix it with curves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from test_vectors.generator.cwt.tokens import (
    ALG,
    EMBLEM_CLAIMS,
    ISSUED_CLAIMS,
    KID,
    LOG,
    endorsement_claims,
    header,
    pieces,
    root_endorsement,
    sign,
    signed_bytes,
)
from test_vectors.generator.encoding import cbor, hexadecimal
from test_vectors.generator.keys import AUTHORITY, ED25519, EMBLEM, ROOT, AnyKey, key
from test_vectors.generator.ml_dsa import ML_DSA_44, ML_DSA_65, ML_DSA_87, MlDsaKey, ml_dsa_key
from test_vectors.generator.vector import (
    AUTH,
    ORG,
    Document,
    Topic,
    Trusted,
    bare,
    bound,
    claimed,
    protected,
    rejected,
    undetermined,
)

KTY, KEY_ID, KEY_ALG, PUB, PRIV, D = 1, 2, 3, -1, -2, -4
KINDS = (ML_DSA_44, ML_DSA_65, ML_DSA_87)
SMALL = ml_dsa_key("emblem", ML_DSA_44)
MEDIUM = ml_dsa_key("root", ML_DSA_65)
LARGE = ml_dsa_key("authority", ML_DSA_87)
USUAL = SMALL.parameters
GOOD = claimed("signed")
MALFORMED = rejected("key-malformed", "token-key-missing", "emblem-missing")
UNKNOWN = undetermined("key-algorithm-unknown", "token-algorithm-unknown", "unknown-could-decide")
FORGED = rejected("token-signature-invalid", "emblem-missing")
MISMATCH = rejected("token-algorithm-mismatch", "emblem-missing")


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "post-quantum", "ML-DSA, for verifiers that have it.")
    levels(vectors)
    mixed(vectors)
    given(vectors)
    keys(vectors)
    unknown_keys(vectors)
    mismatches(vectors)
    wrong_signatures(vectors)
    return vectors


def levels(vectors: Topic) -> None:
    """Each parameter set alone, on each level."""
    for kind in KINDS:
        number = kind.name.rpartition("-")[2]
        signer, root, authority = (ml_dsa_key(label, kind) for label in ("emblem", "root", "authority"))
        vectors.add(
            f"signed-{number}",
            f"An emblem signed with {kind.name}",
            "Tokens",
            hexadecimal([signer.record, sign(signer, EMBLEM_CLAIMS)]),
            protected("signed"),
            trust=[bare(signer)],
        )
        vectors.add(
            f"endorsed-{number}",
            f"A whole chain with an authority in {kind.name}",
            "Procedure step 5",
            chain(signer, root, authority),
            protected("endorsed", commitment="vouched", endorsed_by=[AUTH]),
            trust=[bound(authority, AUTH)],
        )


def chain(signer: AnyKey, root: AnyKey, authority: AnyKey | None = None) -> list[str]:
    """An emblem, the root's endorsement, an authority's, and their keys."""
    records = [signer.record, root.record, sign(signer, ISSUED_CLAIMS), root_endorsement(signer, key=root)]
    if authority is not None:
        claims = endorsement_claims(root, issuer=AUTH, end=True)
        records += [authority.record, sign(authority, claims, log=LOG)]
    return hexadecimal(records)


def mixed(vectors: Topic) -> None:
    """Chains in more than one algorithm."""
    organizational = protected("organizational", commitment="trusted")
    endorsed = protected("endorsed", commitment="vouched", endorsed_by=[AUTH])

    def add(
        slug: str, title: str, links: Sequence[AnyKey], expect: Document, trust: Trusted, step: str = "step 4"
    ) -> None:
        vectors.add(f"mixed-{slug}", title, f"Procedure {step}", chain(*links), expect, trust=[trust])

    add("root", "A P-256 key endorsed by an ML-DSA root", [EMBLEM, MEDIUM], organizational, bound(MEDIUM, ORG))
    add("leaf", "An ML-DSA key endorsed by a P-256 root", [SMALL, ROOT], organizational, bound(ROOT, ORG))
    ed25519 = key("emblem", ED25519)
    add("ed25519", "An Ed25519 key endorsed by an ML-DSA root", [ed25519, MEDIUM], organizational, bound(MEDIUM, ORG))
    add(
        "authority",
        "A chain on P-256 endorsed by an ML-DSA authority",
        [EMBLEM, ROOT, LARGE],
        endorsed,
        bound(LARGE, AUTH),
        "step 5",
    )
    add(
        "authority-p256",
        "An ML-DSA root endorsed by a P-256 authority",
        [EMBLEM, MEDIUM, AUTHORITY],
        endorsed,
        bound(AUTHORITY, AUTH),
        "step 5",
    )
    add("sets", "A chain of all three sets", [SMALL, MEDIUM, LARGE], endorsed, bound(LARGE, AUTH), "step 5")
    add(
        "nobody",
        "A P-256 key endorsed by an ML-DSA root that nobody trusts",
        [EMBLEM, MEDIUM],
        claimed("signed", commitment="not-checked"),
        bound(LARGE, AUTH),
    )


def given(vectors: Topic) -> None:
    """Keys that the verifier was given, in each form."""
    for form, name in (("cose", "a COSE_Key"), ("jwk", "a JWK"), ("pem", "PEM")):
        vectors.add(
            f"given-{form}",
            f"An ML-DSA-44 key given as {name}",
            "Trust",
            hexadecimal([sign(SMALL, EMBLEM_CLAIMS)]),
            protected("signed"),
            trust=[bare(SMALL, form)],
        )
    vectors.add(
        "given-pem-misfit",
        "An ML-DSA-44 key given as PEM, and a token with -49",
        "Trust",
        hexadecimal([renamed(SMALL, -49)]),
        MISMATCH,
        trust=[bare(SMALL, "pem")],
    )


def keys(vectors: Topic) -> None:
    """Key records, and an emblem that names the key: nobody is trusted, so a good key makes the target claimed."""

    def add(slug: str, title: str, parameters: Mapping[int, object], expect: Document = MALFORMED) -> None:
        records = hexadecimal([cbor(parameters), sign(SMALL, EMBLEM_CLAIMS)])
        vectors.add(f"key-{slug}", title, "Keys", records, expect)

    without_pub = {label: value for label, value in USUAL.items() if label != PUB}
    without_alg = {label: value for label, value in USUAL.items() if label != KEY_ALG}
    add("kid", "Parameter 2 with another key's identifier: ignored", USUAL | {KEY_ID: MEDIUM.kid}, GOOD)
    add("d", "Parameter -4, which this key type does not have: ignored", USUAL | {D: b"\x01" * 32}, GOOD)
    add("unsorted", "Parameters in another order", dict(reversed(USUAL.items())), GOOD)
    add("pub-missing", "No pub", without_pub)
    add("pub-short", "A pub of 1311 bytes", USUAL | {PUB: SMALL.public_bytes[:-1]})
    add("pub-long", "A pub of 1313 bytes", USUAL | {PUB: SMALL.public_bytes + b"\x00"})
    add("pub-empty", "A pub of no bytes", USUAL | {PUB: b""})
    add("pub-text", "A pub that is a text", USUAL | {PUB: "a" * 1312})
    add("pub-coordinate", "The public key in -2, where EC2 and OKP have x", without_pub | {-2: SMALL.public_bytes})
    add("private", "A private key", USUAL | {PRIV: SMALL.private_bytes})
    add("private-empty", "A private parameter of no bytes", USUAL | {PRIV: b""})
    add("alg-missing", "No alg", without_alg)
    add("alg-es256", "Algorithm ES256, which goes with another key type", USUAL | {KEY_ALG: -7})
    add("alg-65", "Algorithm ML-DSA-65 and a pub for ML-DSA-44", USUAL | {KEY_ALG: -49})
    add("kty-okp", "Type OKP with algorithm ML-DSA-44", USUAL | {KTY: 1})
    for slug, signer in (("p256", EMBLEM), ("ed25519", key("emblem", ED25519))):
        records = [cbor(dict(signer.parameters) | {KEY_ALG: -48}), sign(signer, EMBLEM_CLAIMS)]
        title = f"A key on {signer.curve.name} with algorithm ML-DSA-44"
        vectors.add(f"key-alg-44-{slug}", title, "Keys", hexadecimal(records), MALFORMED)
    bare_thumbprint = hashlib.sha256(cbor({KTY: 7, PUB: SMALL.public_bytes})).digest()
    token = sign(SMALL, EMBLEM_CLAIMS, head=header(SMALL, {KID: bare_thumbprint}))
    vectors.add(
        "kid-without-alg",
        "A token whose kid is a thumbprint without alg: of this key type alg is part of it",
        "Keys",
        hexadecimal([SMALL.record, token]),
        rejected("token-key-missing", "emblem-missing"),
    )


def unknown_keys(vectors: Topic) -> None:
    """Algorithm key pairs in algorithms that nobody knows."""
    strange = cbor({KTY: 7, KEY_ALG: -70000, PUB: b"\x01" * 32})
    vectors.add(
        "key-unknown-beside",
        "A key of this type in an unknown algorithm, which no token names: no harm",
        "Keys",
        hexadecimal([strange, SMALL.record, sign(SMALL, EMBLEM_CLAIMS)]),
        claimed("signed", "key-algorithm-unknown"),
    )
    named = sign(EMBLEM, EMBLEM_CLAIMS, head={ALG: -7, KID: hashlib.sha256(strange).digest()})
    vectors.add(
        "key-unknown-token",
        "A key of this type in an unknown algorithm, and a token that names it by its thumbprint",
        "Keys",
        hexadecimal([strange, named]),
        UNKNOWN,
    )


def renamed(signer: AnyKey, alg: int) -> bytes:
    """A token by a key, and in its algorithm, that names another one."""
    return sign(signer, EMBLEM_CLAIMS, head=header(signer, {ALG: alg}))


def mismatches(vectors: Topic) -> None:
    """Tokens that name another algorithm than their key's."""
    for slug, title, signer, alg in (
        ("49-by-44", "An ML-DSA-44 key and a token with -49", SMALL, -49),
        ("48-by-65", "An ML-DSA-65 key and a token with -48", MEDIUM, -48),
        ("es256-by-44", "An ML-DSA-44 key and a token with ES256", SMALL, -7),
        ("unknown-by-44", "An ML-DSA-44 key and a token in an unknown algorithm", SMALL, -70000),
        ("48-by-p256", "A P-256 key and a token with -48", EMBLEM, -48),
    ):
        vectors.add(
            f"alg-{slug}", title, "Procedure step 1", hexadecimal([signer.record, renamed(signer, alg)]), MISMATCH
        )


def wrong_signatures(vectors: Topic) -> None:
    """Signatures that do not hold, and a second one that does."""
    token = pieces(SMALL, header(SMALL), EMBLEM_CLAIMS)
    message = signed_bytes(cbor(header(SMALL)), cbor(EMBLEM_CLAIMS))
    genuine = SMALL.sign(message)
    stranger = ml_dsa_key("stranger", ML_DSA_44)

    def add(slug: str, title: str, signature: bytes) -> None:
        records = hexadecimal([SMALL.record, token.but(signature=signature)])
        vectors.add(f"signature-{slug}", title, "Procedure step 1", records, FORGED)

    add("truncated", "A signature without its last byte", genuine[:-1])
    add("extended", "A signature with a byte after it", genuine + b"\x00")
    add("empty", "A signature of no bytes", b"")
    add("zero", "A signature of zero bytes, of full length", bytes(len(genuine)))
    add("changed-first", "A signature with its first bit changed", bytes([genuine[0] ^ 0x80]) + genuine[1:])
    add("changed-last", "A signature with its last bit changed", genuine[:-1] + bytes([genuine[-1] ^ 1]))
    add("stranger", "A signature by another key of the same kind", stranger.sign(message))
    add("other-set", "A signature by an ML-DSA-65 key", MEDIUM.sign(message))
    add("es256", "A signature by a P-256 key", EMBLEM.sign(message))
    add("context", "A signature with a context string", SMALL.sign_with(message, context=b"adem"))
    add("payload-only", "A signature of the payload alone", SMALL.sign(cbor(EMBLEM_CLAIMS)))
    vectors.add(
        "signature-second",
        "The same token with two signatures, both of which hold: it counts once",
        "Procedure step 1",
        hexadecimal([SMALL.record, token.token, token.but(signature=second(SMALL, message))]),
        protected("signed", "token-duplicate"),
        trust=[bare(SMALL)],
    )


def second(signer: MlDsaKey, message: bytes) -> bytes:
    """Another signature of a message than the usual one."""
    return signer.sign_with(message, copy=1)
