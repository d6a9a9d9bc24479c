"""The COSE_Sign1 layer against the examples of the COSE working group, and what our profile refuses in them.

The ECDSA signatures of the examples came from a random number generator, so they are verified, not reproduced.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from emblem.codec import cbor, cwt
from emblem.codec.cose import Sign1, read_sign1, to_be_signed, write_sign1
from emblem.codec.cose_key import decode_key
from emblem.errors import MalformedError
from emblem.keys.algorithms import KeyKind, find_algorithm
from emblem.keys.public import PublicKey, UnknownKey
from emblem.keys.signing import SoftwareSigner
from tests.codec.builders import cwt_emblem, cwt_header, cwt_token

FOLDER = Path(__file__).parent.parent / "data" / "cose"
ALL = [
    "A_3",
    "ecdsa-sig-01",
    "ecdsa-sig-02",
    "ecdsa-sig-03",
    "ecdsa-sig-04",
    "eddsa-sig-01",
    "eddsa-sig-02",
]
VERIFIABLE = ["A_3", "ecdsa-sig-01", "ecdsa-sig-02", "ecdsa-sig-03", "eddsa-sig-01"]
COSE_CURVES = {"P-256": 1, "P-384": 2, "P-521": 3, "Ed25519": 6, "Ed448": 7}
COSE_ALGORITHMS = {"ES256": -7, "ES384": -35, "ES512": -36, "EdDSA": -8}


@dataclass(frozen=True)
class Example:
    """One example: the message, its intermediate value, and the numbers of its key."""

    data: bytes
    to_be_signed: bytes
    payload: bytes
    curve: str
    algorithm: str
    numbers: dict[str, bytes]

    @property
    def sign1(self) -> Sign1:
        return read_sign1(cbor.decode("example", self.data, tags=(18,)))

    @property
    def cose_key(self) -> bytes:
        parameters: dict[int, Any] = {
            1: 1 if self.curve.startswith("Ed") else 2,
            3: COSE_ALGORITHMS[self.algorithm],
            -1: COSE_CURVES[self.curve],
            -2: self.numbers["x"],
        }
        return cbor2.dumps({**parameters, **({-3: self.numbers["y"]} if "y" in self.numbers else {})})


def load(name: str) -> Example:
    content = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    given = content["input"]
    key = given["sign0"]["key"]
    numbers = {
        number: bytes.fromhex(key[f"{number}_hex"])
        if f"{number}_hex" in key
        else urlsafe_b64decode(key[number] + "=" * (-len(key[number]) % 4))
        for number in ("x", "y", "d")
        if number in key or f"{number}_hex" in key
    }
    return Example(
        data=bytes.fromhex(content["output"]["cbor"]),
        to_be_signed=bytes.fromhex(content["intermediates"]["ToBeSign_hex"]),
        payload=bytes.fromhex(given["plaintext_hex"]) if "plaintext_hex" in given else given["plaintext"].encode(),
        curve=key.get("crv", "Ed25519"),
        algorithm=given["sign0"]["alg"],
        numbers=numbers,
    )


# what is reproduced


@pytest.mark.parametrize("name", ALL)
def test_the_bytes_to_be_signed_are_reproduced(name: str) -> None:
    example = load(name)

    assert example.sign1.to_be_signed == example.to_be_signed
    assert to_be_signed(example.sign1.protected_bytes, example.payload) == example.to_be_signed


@pytest.mark.parametrize("name", ALL)
def test_the_payload_and_the_algorithm_are_read(name: str) -> None:
    example = load(name)

    assert example.sign1.payload == example.payload
    assert example.sign1.protected[1] == COSE_ALGORITHMS[example.algorithm]


@pytest.mark.parametrize("name", ALL)
def test_the_message_is_deterministic_cbor_and_is_reproduced_as_such(name: str) -> None:
    example = load(name)

    assert cbor.encode(cbor.decode("example", example.data, tags=(18,))) == example.data
    assert cbor.encode(example.sign1.protected) == example.sign1.protected_bytes


@pytest.mark.parametrize("name", VERIFIABLE)
def test_the_signature_holds_under_the_key_that_is_given(name: str) -> None:
    example = load(name)
    key = decode_key(example.cose_key)

    assert isinstance(key, PublicKey)
    assert key.algorithm == find_algorithm(COSE_ALGORITHMS[example.algorithm])
    assert key.verify(example.sign1.signature, example.sign1.to_be_signed)


@pytest.mark.parametrize("name", VERIFIABLE)
def test_the_signature_does_not_hold_for_another_payload(name: str) -> None:
    example = load(name)
    key = decode_key(example.cose_key)

    assert isinstance(key, PublicKey)
    other = to_be_signed(example.sign1.protected_bytes, example.payload + b".")
    assert not key.verify(example.sign1.signature, other)


def test_the_ed25519_signature_is_reproduced() -> None:
    example = load("eddsa-sig-01")
    signer = SoftwareSigner(ed25519.Ed25519PrivateKey.from_private_bytes(example.numbers["d"]))

    assert signer.sign(example.to_be_signed) == example.sign1.signature


def test_the_signed_cwt_is_reproduced_from_its_claims_and_its_signature() -> None:
    example = load("A_3")
    claims = {
        1: "coap://as.example.com",
        2: "erikw",
        3: "coap://light.example.com",
        4: 1444064944,
        5: 1443944944,
        6: 1443944944,
        7: bytes.fromhex("0b71"),
    }

    payload = cbor.encode(claims)

    assert payload == example.payload
    assert cbor.decode("payload", example.sign1.payload) == claims
    message = write_sign1(cbor.encode({1: -7}), payload, example.sign1.signature)
    assert cbor.encode(message) == example.data


# what our profile refuses


def test_es512_with_a_p256_key_is_refused_though_plain_cose_allows_it() -> None:
    with pytest.raises(MalformedError, match=r"^key algorithm: found ES512, expected one that goes with P-256$"):
        decode_key(load("ecdsa-sig-04").cose_key)


def test_the_es512_signature_of_a_p256_key_does_not_hold() -> None:
    example = load("ecdsa-sig-04")
    key = PublicKey.from_parameters(KeyKind.P256, example.numbers["x"], example.numbers["y"], None)

    assert not key.verify(example.sign1.signature, example.to_be_signed)
    es512 = find_algorithm(-36)
    assert es512 is not None
    assert not key.allows(es512)


def test_ed448_is_an_algorithm_that_we_do_not_know() -> None:
    key = decode_key(load("eddsa-sig-02").cose_key)

    assert isinstance(key, UnknownKey)
    assert key.algorithm == -8


@pytest.mark.parametrize("name", [name for name in ALL if name != "A_3"])
def test_a_key_identifier_outside_the_protected_header_is_refused(name: str) -> None:
    inner = cbor2.loads(load(name).data)

    with pytest.raises(MalformedError, match=r"^unprotected header: found label 4, expected nothing"):
        cwt.decode_token(cbor2.dumps(cbor2.CBORTag(61, inner)))


def test_a_key_identifier_outside_the_protected_header_is_refused_in_an_otherwise_good_token() -> None:
    kid = cwt_header()[4]

    with pytest.raises(MalformedError, match=r"^unprotected header: found label 4, expected nothing"):
        cwt.decode_token(cwt_token(cwt_emblem(), header=cwt_header(without=[4]), unprotected={4: kid}))


def test_a_missing_key_identifier_is_refused() -> None:
    inner = cbor2.loads(load("A_3").data)

    with pytest.raises(MalformedError, match=r"^protected header kid \(4\): found null, expected 32 bytes$"):
        cwt.decode_token(cbor2.dumps(cbor2.CBORTag(61, inner)))


def test_a_missing_cwt_tag_is_refused() -> None:
    with pytest.raises(MalformedError, match=r"^token: found tag 18, expected tag 61 around tag 18$"):
        cwt.decode_token(load("A_3").data)


def claims_of_the_signed_cwt() -> dict[Any, Any]:
    claims = cbor.decode("payload", load("A_3").payload)
    assert isinstance(claims, dict)
    return {**claims, "ver": 1}


def test_the_audience_claim_is_refused() -> None:
    with pytest.raises(MalformedError, match=r"^claim key: found the number 3, expected a text, or 1, 2, 4, 5 or 6$"):
        cwt.decode_token(cwt_token(claims_of_the_signed_cwt()))


def test_the_cwt_id_claim_is_refused() -> None:
    claims = claims_of_the_signed_cwt()
    del claims[3]

    with pytest.raises(MalformedError, match=r"^claim key: found the number 7, expected a text, or 1, 2, 4, 5 or 6$"):
        cwt.decode_token(cwt_token(claims))


def test_a_missing_version_is_refused() -> None:
    with pytest.raises(MalformedError, match=r"^claim ver: found null, expected an unsigned integer up to 255$"):
        cwt.decode_token(cwt_token(cbor.decode("payload", load("A_3").payload)))


def test_an_issuer_that_is_no_organization_is_refused() -> None:
    with pytest.raises(MalformedError, match=r"^claim iss \(1\): found 'coap://as.example.com'"):
        cwt.decode_token(cwt_token(cwt_emblem({1: claims_of_the_signed_cwt()[1]})))
