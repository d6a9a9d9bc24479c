"""Public keys are read from every form of key file, and found in files of records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from emblem.codec import cbor
from emblem.codec.cose_key import encode_key
from emblem.codec.jwk import write_jwk
from emblem.errors import KeyFileError, UnknownAlgorithmError
from emblem.keys.algorithms import KeyKind, default_algorithm
from emblem.keys.pem import write_private_key
from emblem.keys.public import PublicKey
from emblem.keys.signing import SoftwareSigner
from emblem.trust.key_files import find_keys, read_public_keys
from tests.support.arrangement import chain, root, signing

SIGNER = SoftwareSigner.generate(default_algorithm(KeyKind.P256))
OTHER = SoftwareSigner.generate(default_algorithm(KeyKind.ED25519))
KEY = SIGNER.public_key
JWK = write_jwk(KEY)
REAL_RECORDS = Path(__file__).parent.parent / "data" / "adem-jws" / "emblem.redcross.org.uk.txt"


def read(text: str) -> tuple[PublicKey, ...]:
    return read_public_keys("trusted", text.encode())


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(JWK),
        json.dumps({"keys": [JWK]}),
        f"\ufeff\n  {json.dumps(JWK)}",
        encode_key(KEY).hex(),
        f"# the root key\n\n{encode_key(KEY).hex().upper()}\n",
    ],
    ids=["JWK", "JWK set", "byte-order mark", "COSE_Key", "commented COSE_Key"],
)
def test_a_key_with_an_algorithm_is_read(text: str) -> None:
    assert read(text) == (KEY,)


def test_a_key_in_pem_has_no_algorithm() -> None:
    assert [key.algorithm for key in read(KEY.to_pem())] == [None]


def test_several_keys_are_read_in_their_order() -> None:
    assert read(json.dumps({"keys": [write_jwk(OTHER.public_key), JWK]})) == (OTHER.public_key, KEY)
    assert read(f"{encode_key(OTHER.public_key).hex()}\n{encode_key(KEY).hex()}") == (OTHER.public_key, KEY)


def private_cose_key() -> str:
    return cbor.encode({**cbor.decode("key", encode_key(KEY)), -4: bytes(32)}).hex()


@pytest.mark.parametrize(
    "text",
    [write_private_key(SIGNER, None).decode(), json.dumps({**JWK, "d": "AAAA"}), private_cose_key()],
    ids=["PEM", "JWK", "COSE_Key"],
)
def test_a_private_key_is_an_error_that_names_the_file_and_says_so(text: str) -> None:
    with pytest.raises(KeyFileError, match=r"^trusted.*found a private key"):
        read(text)


@pytest.mark.parametrize("text", ["", "# nothing\n", "hello", "abc", "{}", "[]", '{"keys": []}', '{"keys": [1]}', "00"])
def test_what_holds_no_key_is_refused(text: str) -> None:
    with pytest.raises(KeyFileError, match=r"^trusted"):
        read(text)


def unknown(**members: Any) -> str:
    return json.dumps({**JWK, **members})


@pytest.mark.parametrize("text", [unknown(alg="ES999"), unknown(kty="XYZ")])
def test_a_key_in_an_algorithm_that_nobody_knows_is_refused_as_that(text: str) -> None:
    with pytest.raises(UnknownAlgorithmError, match=r"^trusted"):
        read(text)


def test_the_keys_of_a_record_file_are_found_once() -> None:
    records = chain(root, signing).emblem().records
    text = "\n".join(record.hex() for record in (*records, *records) if isinstance(record, bytes))

    assert find_keys("records", text.encode()) == (root.public_key, signing.public_key)


def test_keys_that_tokens_carry_are_found() -> None:
    keys = find_keys("records", REAL_RECORDS.read_bytes())

    identifiers = [key.jwk_thumbprint for key in keys if isinstance(key, PublicKey)]
    assert "mqjg67h4wpughnrdgxwfx2cwlwzr6qmyimknm7jfh7cjscbhgqdq" in identifiers


def test_a_file_of_keys_is_one_too() -> None:
    assert find_keys("keys", json.dumps(JWK).encode()) == (KEY,)


def test_records_without_a_key_are_said_to_have_none() -> None:
    with pytest.raises(KeyFileError, match="no public key"):
        find_keys("records", b'"v=spf1 -all"\n')
