"""Chains with ML-DSA keys, alone and mixed with keys on curves, and verifiers that lack it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from emblem.codec import cwt
from emblem.codec.base64 import decode_base64url, encode_base64url
from emblem.keys.algorithms import ALGORITHMS, KeyType
from emblem.keys.capability import has_ml_dsa
from emblem.model.verdict import Level, Status
from tests.support.arrangement import (
    JWS,
    MINISTRY,
    RELIEF,
    bare,
    bare_without_algorithm,
    bound,
    chain,
    codes,
    emblem_token,
    judged,
    key,
    key_record,
    trusting,
)


def renamed_header(record: str, changes: dict[str, str]) -> str:
    """The record of a JWS token with another protected header; its signature no longer holds."""
    prefix, _, token = record.partition("=")
    header, payload, signature = token.split(".")
    members = json.loads(decode_base64url("header", header)) | changes
    return f"{prefix}={encode_base64url(json.dumps(members).encode())}.{payload}.{signature}"


NAMES = [algorithm.name for algorithm in ALGORITHMS if algorithm.kind.type is KeyType.AKP]


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_chain_in_one_parameter_set_is_endorsed(name: str) -> None:
    root, signing, authority = (key(label, name) for label in ("root", "signing", "authority"))

    verdict = chain(root, signing).emblem().endorsed_by(authority).judged(trust=trusting(bound(authority, MINISTRY)))

    assert (verdict.status, verdict.level, verdict.trusted) == (Status.PROTECTED, Level.ENDORSED, True)


@pytest.mark.parametrize(
    "names", [("ML-DSA-87", "ES256", "ML-DSA-65"), ("ES512", "ML-DSA-44", "EdDSA"), ("ML-DSA-44", "Ed25519", "ESP256")]
)
def test_keys_of_different_kinds_endorse_each_other(names: tuple[str, str, str]) -> None:
    root, signing, authority = map(key, ("root", "signing", "authority"), names)

    verdict = chain(root, signing).emblem().endorsed_by(authority).judged(trust=trusting(bound(authority, MINISTRY)))

    assert (verdict.status, verdict.level) == (Status.PROTECTED, Level.ENDORSED)


@pytest.mark.parametrize("name", NAMES)
def test_a_root_that_is_given_in_pem_is_trusted(name: str) -> None:
    root, signing = key("root", name), key("signing")
    given = replace(bare_without_algorithm(root), organization=RELIEF)

    verdict = chain(root, signing).emblem().judged(trust=trusting(given))

    assert (verdict.status, verdict.level) == (Status.PROTECTED, Level.ORGANIZATIONAL)


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_signature_is_dropped(name: str) -> None:
    signer = key("signing", name)
    token = emblem_token(signer, issuer=None)
    assert isinstance(token, bytes)

    verdict = judged(token[:-1] + bytes([token[-1] ^ 1]), key_record(signer), trust=trusting(bare(signer)))

    assert verdict.status is Status.REJECTED
    assert "token-signature-invalid" in codes(verdict)


def test_two_signatures_of_one_token_count_once() -> None:
    signer = key("signing", "ML-DSA-44")
    first, second = emblem_token(signer, issuer=None), emblem_token(signer, issuer=None)
    assert first != second

    verdict = judged(first, second, key_record(signer), trust=trusting(bare(signer)))

    assert verdict.status is Status.PROTECTED
    assert "token-duplicate" in codes(verdict)


def test_a_token_in_another_parameter_set_than_its_keys_is_dropped() -> None:
    signer = key("signing", "ML-DSA-44")
    token = emblem_token(signer, issuer=None)
    assert isinstance(token, bytes)
    other = token.replace(b"\x01\x38\x2f", b"\x01\x38\x30", 1)
    assert cwt.decode_token(other).algorithm == -49

    verdict = judged(other, key_record(signer), trust=trusting(bare(signer)))

    assert verdict.status is Status.REJECTED
    assert "token-algorithm-mismatch" in codes(verdict)


def test_without_support_for_it_a_token_is_set_aside_and_the_result_undetermined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signer = key("signing", "ML-DSA-65")
    records = emblem_token(signer, issuer=None), key_record(signer)
    monkeypatch.setattr("emblem.keys.algorithms.has_ml_dsa", lambda: False)

    verdict = judged(*records)

    assert verdict.status is Status.UNDETERMINED
    assert codes(verdict) >= {"key-algorithm-unknown", "token-algorithm-unknown", "unknown-could-decide"}


def test_support_is_there_in_every_other_test() -> None:
    assert has_ml_dsa()


def test_in_jws_tokens_it_stays_unknown_even_where_the_key_is_trusted() -> None:
    signer, post_quantum = key("signing"), key("signing", "ML-DSA-65")
    token = emblem_token(signer, issuer=None, form=JWS)
    assert isinstance(token, str)
    renamed = renamed_header(token, {"alg": "ML-DSA-65", "kid": post_quantum.public_key.jwk_thumbprint})

    verdict = judged(renamed, trust=trusting(bare(post_quantum)))

    assert verdict.status is Status.UNDETERMINED
    assert codes(verdict) >= {"token-algorithm-unknown", "unknown-could-decide"}
