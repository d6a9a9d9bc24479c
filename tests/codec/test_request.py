"""Requests and answers: what is written is read back, whoever asks has the key, and nothing unknown is passed over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec import cbor
from emblem.codec.claims import key_identifier_bytes
from emblem.codec.cose import to_be_signed, write_sign1
from emblem.codec.cose_key import encode_key
from emblem.codec.cwt import decode_token, sign_token
from emblem.codec.request import LONGEST_LIFETIME, Request, read_answer, read_request, sign_answer, sign_request
from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import ALGORITHMS, Algorithm, find_algorithm
from emblem.keys.signing import Signer, SoftwareSigner
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.token import Endorsement
from tests.support.arrangement import emblem_token, endorsement_token, root, signing

RELIEF, MINISTRY = Organization.parse("https://relief.example"), Organization.parse("https://ministry.example")
REQUEST = Request(
    issuer=RELIEF,
    audience=MINISTRY,
    issued_at=1_800_000_000,
    key=root.public_key,
    purposes=Purpose.PROTECTIVE,
    may_endorse=True,
    lifetime=365 * 86400,
)
ENDORSEMENT, EMBLEM = cast(bytes, endorsement_token(root, signing)), cast(bytes, emblem_token(root))
CLAIMS: dict[Any, Any] = {
    "ver": 1, 1: "https://relief.example", 3: "https://ministry.example", 6: 1_800_000_000,
    "key": encode_key(root.public_key), "prp": 1, "end": True, "life": 365 * 86400,
}  # fmt: skip


def sealed(
    claims: dict[Any, Any], signer: Signer = root, media_type: str = "application/adem-request", **changed: int
) -> bytes:
    key = signer.public_key
    algorithm = changed.get("algorithm", key.writing_algorithm.cose)
    header = {1: algorithm, 4: key_identifier_bytes(key.cose_thumbprint), 16: media_type}
    protected = cbor.encode(header)
    payload = cbor.encode(claims)
    return cbor.encode(write_sign1(protected, payload, signer.sign(to_be_signed(protected, payload))))


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_a_request_is_read_back_as_it_was_written(algorithm: Algorithm) -> None:
    signer = SoftwareSigner.generate(algorithm)
    request = replace(REQUEST, key=signer.public_key)

    signed = sign_request(request, signer)

    assert read_request(signed.data) == signed
    assert signed.request == request


@given(
    issued_at=st.integers(0, 2**33) | st.floats(0, 2**33),
    purposes=st.integers(1, 31),
    may_endorse=st.booleans(),
    lifetime=st.integers(1, 3_000_000_000),
)
def test_every_request_is_read_back(issued_at: float, purposes: int, may_endorse: bool, lifetime: int) -> None:
    request = replace(
        REQUEST, issued_at=issued_at, purposes=Purpose(purposes), may_endorse=may_endorse, lifetime=lifetime
    )

    assert sign_request(request, root).request == request


def test_equal_requests_are_the_same_bytes() -> None:
    assert sign_request(REQUEST, root).data == sign_request(REQUEST, root).data == sealed(CLAIMS)


def test_the_digest_is_of_the_bytes_under_the_signature() -> None:
    payload = cbor.encode(CLAIMS)
    protected = cbor.encode(
        {1: -7, 4: key_identifier_bytes(root.public_key.cose_thumbprint), 16: "application/adem-request"}
    )

    assert read_request(sealed(CLAIMS)).digest == hashlib.sha256(to_be_signed(protected, payload)).digest()


def test_a_request_by_another_key_than_the_one_it_is_about_is_refused() -> None:
    with pytest.raises(MalformedError, match="request: found a signature by key"):
        read_request(sealed(CLAIMS, signing))
    with pytest.raises(MalformedError, match="request: found a signature by key"):
        sign_request(REQUEST, signing)


def test_a_request_with_a_flipped_bit_is_refused() -> None:
    data = sign_request(REQUEST, root).data

    for position in range(0, len(data), 7):
        damaged = bytearray(data)
        damaged[position] ^= 1
        with pytest.raises((MalformedError, UnknownAlgorithmError)):
            read_request(bytes(damaged))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ver": 2}, "claim ver"),
        ({1: "relief.example"}, r"claim iss \(1\)"),
        ({3: 7}, r"claim aud \(3\)"),
        ({6: "today"}, r"claim iat \(6\)"),
        ({"key": 7}, "claim key: found the number 7"),
        ({"prp": 0}, "claim prp: found the number 0"),
        ({"prp": 32}, "claim prp: found the number 32"),
        ({"prp": True}, "claim prp"),
        ({"end": 1}, "claim end"),
        ({"life": 0}, "claim life"),
        ({"life": 10**12}, "claim life"),
        ({"life": 1.5}, "claim life"),
        ({"note": "please"}, "claims: found"),
        ({"end": None}, "claim end"),
    ],
)
def test_a_claim_of_another_form_is_refused_by_name(change: dict[Any, Any], said: str) -> None:
    with pytest.raises(MalformedError, match=said):
        read_request(sealed(CLAIMS | change))


@pytest.mark.parametrize("name", [1, 3, 6, "key", "prp", "end", "life"])
def test_every_claim_must_be_there(name: Any) -> None:
    with pytest.raises(MalformedError, match="claims: found"):
        read_request(sealed({key: value for key, value in CLAIMS.items() if key != name}))


def test_a_key_in_an_algorithm_that_nobody_knows_is_told() -> None:
    unknown = cbor.encode({1: 2, 3: -47, -1: 8, -2: bytes(32), -3: bytes(32)})

    with pytest.raises(UnknownAlgorithmError, match="claim key: found a key in algorithm -47"):
        read_request(sealed(CLAIMS | {"key": unknown}))


def test_requests_answers_and_tokens_are_not_taken_for_each_other() -> None:
    token = ENDORSEMENT
    request = sign_request(REQUEST, root)
    answer = sign_answer(request.digest, 5, token, root)

    for wrong in (answer.data, token):
        with pytest.raises(MalformedError):
            read_request(wrong)
    for wrong in (request.data, token):
        with pytest.raises(MalformedError):
            read_answer(wrong)
    for wrong in (request.data, answer.data):
        with pytest.raises(MalformedError):
            decode_token(wrong)


@pytest.mark.parametrize(("read", "field"), [(read_request, "request"), (read_answer, "answer")])
def test_what_is_no_document_is_refused_as_what_it_should_have_been(
    read: Callable[[bytes], object], field: str
) -> None:
    with pytest.raises(MalformedError, match=f"^{field}: found 1 bytes after the item, expected nothing after it$"):
        read(b"\0\0")


def test_an_answer_is_read_back_as_it_was_written() -> None:
    token = ENDORSEMENT

    answer = sign_answer(bytes(32), 5, token, root)

    assert read_answer(answer.data) == answer
    assert (answer.request, answer.issued_at, answer.token) == (bytes(32), 5, token)
    assert answer.endorsement == decode_token(token).claims
    assert answer.key == root.public_key


def test_an_answer_with_a_token_of_another_key_is_refused() -> None:
    with pytest.raises(MalformedError, match="an endorsement that the key of the answer does not verify"):
        sign_answer(bytes(32), 5, ENDORSEMENT, signing)


def test_an_answer_with_an_emblem_is_refused() -> None:
    with pytest.raises(MalformedError, match="a token of another kind"):
        sign_answer(bytes(32), 5, EMBLEM, root)


def test_an_answer_whose_token_was_changed_is_refused_although_its_own_signature_holds() -> None:
    token = ENDORSEMENT
    damaged = token[:-1] + bytes([token[-1] ^ 1])
    claims = {"ver": 1, 6: 5, "request": bytes(32), "token": damaged, "key": encode_key(root.public_key)}

    with pytest.raises(MalformedError, match="does not verify"):
        read_answer(sealed(claims, root, "application/adem-answer"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"request": bytes(31)}, "^claim request: found 31 bytes, expected 32 bytes$"),
        ({"token": "x"}, "claim token"),
        ({"token": b""}, "token"),
        ({"more": 1}, "claims: found"),
        ({6: True}, r"claim iat \(6\)"),
    ],
)
def test_a_claim_of_an_answer_of_another_form_is_refused_by_name(change: dict[Any, Any], said: str) -> None:
    claims = {
        "ver": 1, 6: 5, "request": bytes(32), "token": ENDORSEMENT, "key": encode_key(root.public_key),
    }  # fmt: skip
    with pytest.raises(MalformedError, match=said):
        read_answer(sealed(claims | change, root, "application/adem-answer"))


def test_an_answer_signed_by_another_key_is_refused() -> None:
    claims = {
        "ver": 1, 6: 5, "request": bytes(32), "token": ENDORSEMENT, "key": encode_key(root.public_key),
    }  # fmt: skip
    with pytest.raises(MalformedError, match="answer: found a signature by key"):
        read_answer(sealed(claims, signing, "application/adem-answer"))


@pytest.mark.parametrize("algorithm", [-9, -35, -999])
def test_a_request_in_another_algorithm_than_its_key_has_is_refused(algorithm: int) -> None:
    with pytest.raises(MalformedError, match="request: found a signature by key"):
        read_request(sealed(CLAIMS, algorithm=algorithm))


def test_an_answer_whose_token_is_in_another_algorithm_than_the_key_has_is_refused() -> None:
    fully_specified = SoftwareSigner(root.private, find_algorithm(-9))
    claims = {
        "ver": 1, 6: 5, "request": bytes(32), "token": ENDORSEMENT, "key": encode_key(fully_specified.public_key),
    }  # fmt: skip

    with pytest.raises(MalformedError, match="an endorsement that the key of the answer does not verify"):
        read_answer(sealed(claims, fully_specified, "application/adem-answer"))


def test_an_answer_whose_token_names_another_key_than_signed_it_is_refused() -> None:
    class Liar:
        """Signs with one key and says that it was another."""

        public_key = signing.public_key

        def sign(self, message: bytes) -> bytes:
            return root.sign(message)

    claims = decode_token(ENDORSEMENT).claims
    assert isinstance(claims, Endorsement)
    token = sign_token(claims, Liar())
    answer = {"ver": 1, 6: 5, "request": bytes(32), "token": token, "key": encode_key(root.public_key)}

    with pytest.raises(MalformedError, match="an endorsement that the key of the answer does not verify"):
        read_answer(sealed(answer, root, "application/adem-answer"))


def test_a_century_can_be_asked_for_and_no_more() -> None:
    assert read_request(sealed(CLAIMS | {"life": LONGEST_LIFETIME})).request.lifetime == LONGEST_LIFETIME
    with pytest.raises(MalformedError, match="claim life"):
        read_request(sealed(CLAIMS | {"life": LONGEST_LIFETIME + 1}))
