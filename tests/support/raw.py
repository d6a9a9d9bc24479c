"""Tokens and keys that the library would not write: other versions, algorithms that nobody knows, broken signatures."""

from __future__ import annotations

import json
from base64 import b32decode
from collections.abc import Mapping
from typing import Any

from emblem.codec import cbor
from emblem.codec.base64 import encode_base64url
from emblem.codec.cose import to_be_signed, write_sign1
from emblem.codec.cwt import CWT_TAG
from emblem.keys.signing import SoftwareSigner
from tests.support.arrangement import END, HOSPITAL, JWS, NOW, RELIEF, START, AnyRecord, identifier, signing

UNKNOWN_NUMBER = -65000
"""A COSE algorithm number for private use that nobody has taken."""
UNKNOWN_NAME = "XS999"
"""A JOSE algorithm name that nobody has taken."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def digest(signer: SoftwareSigner) -> bytes:
    """The COSE key identifier as bytes."""
    return b32decode(identifier(signer).upper() + "====")


def cwt_emblem_claims(**changes: Any) -> dict[Any, Any]:
    """The claims of a usual emblem as the map that is encoded; a change to None leaves a claim out."""
    usual: dict[Any, Any] = {"ver": 1, 1: str(RELIEF), 4: END, 5: START, "prp": 1, "assets": [HOSPITAL]}
    return _changed(usual, changes)


def cwt_endorsement_claims(endorsed: SoftwareSigner, **changes: Any) -> dict[Any, Any]:
    """The claims of a usual endorsement as the map that is encoded."""
    usual: dict[Any, Any] = {
        "ver": 1, 1: str(RELIEF), 2: str(RELIEF), 4: END, 5: START, "prp": 1, "key": digest(endorsed), "end": True,
    }  # fmt: skip
    return _changed(usual, changes)


def cwt_token(
    claims: Mapping[Any, Any],
    signer: SoftwareSigner = signing,
    *,
    header: Mapping[Any, Any] | None = None,
    spoil: bool = False,
) -> bytes:
    """A token in the native format with exactly these claims, its header changed as told.

    With ``spoil`` the last bit of the signature is turned over.
    """
    protected = cbor.encode(
        {1: signer.public_key.writing_algorithm.cose, 4: digest(signer), 16: "application/adem", **(header or {})}
    )
    payload = cbor.encode(dict(claims))
    signature = bytearray(signer.sign(to_be_signed(protected, payload)))
    signature[-1] ^= spoil
    return cbor.encode(cbor.Tagged(CWT_TAG, write_sign1(protected, payload, bytes(signature))))


def unknown_algorithm(claims: Mapping[Any, Any], signer: SoftwareSigner, number: int | str = UNKNOWN_NUMBER) -> bytes:
    """The same in an algorithm that nobody knows; the key is not to be published."""
    return cwt_token(claims, signer, header={1: number})


def unknown_version(signer: SoftwareSigner = signing, **changes: Any) -> bytes:
    """A well-signed token of a later version."""
    return cwt_token({"ver": 2, 4: END, 5: START, "novel": "claim", **changes}, signer)


def jws_token(
    claims: Mapping[str, Any], signer: SoftwareSigner = signing, *, kind: str = "adem-emb", **header: Any
) -> str:
    """A TXT value with a JWS of exactly these claims, its header changed as told."""
    members = {
        "alg": signer.public_key.writing_algorithm.jose,
        "cty": kind,
        "kid": identifier(signer, JWS),
        **header,
    }
    signing_input = ".".join(encode_base64url(json.dumps(part).encode()) for part in (members, dict(claims)))
    return f"adem-token={signing_input}.{encode_base64url(signer.sign(signing_input.encode()))}"


def jws_emblem_claims(*assets: str, **changes: Any) -> dict[str, Any]:
    """The claims of a usual emblem in the older format."""
    usual = {"ver": "v1", "iss": str(RELIEF), "nbf": START, "exp": END, "assets": list(assets or (HOSPITAL,))}
    return _changed({**usual, "iat": NOW, "emb": {"prp": ["protective"]}}, changes)


def resigned(token: bytes) -> bytes:
    """The ES256 token with the second signature that anybody can make of an ECDSA signature: (r, n - s)."""
    s = _ORDER - int.from_bytes(token[-32:])
    return token[:-32] + s.to_bytes(32)


def malformed_records() -> tuple[AnyRecord, ...]:
    """Records of ours that hold nothing readable."""
    return (b"", b"\x00", b"\xd8\x3d\xd2\x80", b"\xa1\x01\x02", b"\xff" * 40, "emblem-cwt=!", "emblem-cwt-a-b=AA")


def _changed(usual: dict[Any, Any], changes: Mapping[str, Any]) -> dict[Any, Any]:
    numbers = {"iss": 1, "sub": 2, "exp": 4, "nbf": 5, "iat": 6}
    named = {name if name in usual else numbers.get(name, name): value for name, value in changes.items()}
    return {name: value for name, value in {**usual, **named}.items() if value is not None}
