"""Signed withdrawal lists: what is one, what it says, and what is under its signature (``specs/withdrawal.md``)."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.cwt import decode_token
from emblem.codec.withdrawal import MEDIA_TYPE, Withdrawals, decode_withdrawals, sign_withdrawals
from emblem.errors import EmblemError, MalformedError
from emblem.keys.algorithms import KeyKind
from emblem.keys.public import identifier_text
from emblem.model.organization import Organization
from tests.codec.builders import SIGNER, changed, cwt_emblem, cwt_token, identifier_bytes, signer_on

AUTHORITY = Organization.parse("https://authority.example")
KEY, TOKEN = bytes(range(32)), bytes(range(32, 64))
NO_CHANGE: Mapping[Any, Any] = {}


def header(changes: Mapping[Any, Any] = NO_CHANGE, *, without: Collection[Any] = ()) -> dict[Any, Any]:
    members = {1: -7, 4: identifier_bytes(SIGNER.public_key), 16: MEDIA_TYPE}
    return changed(members, changes, without)


def claims(changes: Mapping[Any, Any] = NO_CHANGE, *, without: Collection[Any] = ()) -> dict[Any, Any]:
    members = {"ver": 1, 1: str(AUTHORITY), 6: 1_800_000_000, "withdrawn": [{"key": KEY}, {"token": TOKEN}]}
    return changed(members, changes, without)


def encoded(
    payload: Any = None,
    *,
    protected: Any = None,
    unprotected: Any = None,
    tag: int = 18,
    after: bytes = b"",
) -> bytes:
    """A list, each part of which can be anything."""
    parts = [cbor2.dumps(protected or header()), unprotected or {}, cbor2.dumps(payload or claims()), bytes(64)]
    return cbor2.dumps(cbor2.CBORTag(tag, parts)) + after


def refused(data: bytes, match: str) -> None:
    with pytest.raises(MalformedError, match=match):
        decode_withdrawals(data)


# reading


def test_a_list_says_who_takes_back_which_keys_and_tokens_and_when() -> None:
    signed = decode_withdrawals(encoded())

    expected = Withdrawals(AUTHORITY, 1_800_000_000, frozenset({identifier_text(KEY)}), frozenset({TOKEN}))
    assert signed.withdrawals == expected
    assert (signed.algorithm, signed.key_identifier) == (-7, SIGNER.public_key.cose_thumbprint)
    assert signed.signature == bytes(64)


def test_a_list_may_be_empty() -> None:
    signed = decode_withdrawals(encoded(claims({"withdrawn": []})))

    assert signed.withdrawals == Withdrawals(AUTHORITY, 1_800_000_000)


def test_an_entry_that_is_repeated_counts_once() -> None:
    signed = decode_withdrawals(encoded(claims({"withdrawn": [{"token": TOKEN}, {"token": TOKEN}]})))

    assert signed.withdrawals.tokens == {TOKEN}


@pytest.mark.parametrize("label", [1, 4, 16])
def test_a_list_without_one_of_its_headers_is_malformed(label: int) -> None:
    refused(encoded(protected=header(without=[label])), "protected header: found .* expected exactly 1, 16, 4")


@pytest.mark.parametrize("label", [2, 3, "log", -1])
def test_a_further_header_is_malformed(label: Any) -> None:
    refused(encoded(protected=header({label: 1})), "protected header: found .* expected exactly 1, 16, 4")


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({1: "ES256"}, "alg"),
        ({1: True}, "alg"),
        ({4: KEY[:-1]}, r"^protected header kid \(4\): found 31 bytes, expected 32 bytes$"),
        ({4: "text"}, r"^protected header kid \(4\): found the text 'text', expected 32 bytes$"),
        ({16: "application/adem"}, "typ"),
        ({16: None}, "typ"),
    ],
)
def test_a_header_of_another_value_is_malformed(changes: dict[Any, Any], match: str) -> None:
    refused(encoded(protected=header(changes)), match)


def test_nothing_may_stand_in_the_unprotected_header() -> None:
    refused(encoded(unprotected={4: b"11"}), "unprotected header: found label 4")


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"\x80", "payload: found an array of 0, expected a map"),
        (b"\xa0\0", "payload: found 1 bytes after the item, expected nothing after it"),
    ],
)
def test_the_payload_is_one_map(payload: bytes, said: str) -> None:
    parts = [cbor2.dumps(header()), {}, payload, bytes(64)]

    refused(cbor2.dumps(cbor2.CBORTag(18, parts)), f"^{said}$")


@pytest.mark.parametrize("version", [0, 2, True, 1.0, "1", None])
def test_a_list_of_another_version_is_refused(version: Any) -> None:
    refused(encoded(claims({"ver": version})), "claim ver")


def test_the_version_is_looked_at_first() -> None:
    refused(encoded(claims({"ver": 2, "withdrawn": "otherwise"})), "claim ver: found the number 2, expected 1")


@pytest.mark.parametrize("claim", [1, 6, "withdrawn"])
def test_a_list_without_one_of_its_claims_is_malformed(claim: Any) -> None:
    refused(encoded(claims(without=[claim])), "claims: found")


@pytest.mark.parametrize("claim", [4, 5, "until", -1])
def test_a_further_claim_is_malformed(claim: Any) -> None:
    refused(encoded(claims({claim: 1})), "claims: found")


@pytest.mark.parametrize(("claim", "equal"), [(1, True), (6, 6.0)])
def test_a_claim_under_a_key_of_another_kind_is_none_even_if_it_is_equal(claim: int, equal: Any) -> None:
    members = {equal if name == claim else name: value for name, value in claims().items()}

    refused(encoded(members), "claims: found")


@pytest.mark.parametrize("issuer", ["http://authority.example", "authority.example", b"", None, 1])
def test_the_issuer_is_an_organization(issuer: Any) -> None:
    refused(encoded(claims({1: issuer})), "claim iss")


@pytest.mark.parametrize("time", [True, "now", None, float("nan"), float("inf")])
def test_the_time_is_a_number_of_seconds(time: Any) -> None:
    refused(encoded(claims({6: time})), "claim iat")


@pytest.mark.parametrize("entries", [None, {}, "all", {"key": KEY}])
def test_what_is_withdrawn_is_an_array(entries: Any) -> None:
    refused(encoded(claims({"withdrawn": entries})), "claim withdrawn")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({}, "withdrawn: found none, expected exactly one of key and token"),
        ({"key": KEY, "token": TOKEN}, "withdrawn: found 'key', 'token', expected exactly one of key and token"),
        ({"serial": KEY}, "withdrawn: found 'serial', expected exactly one of key and token"),
        ({1: KEY}, "withdrawn: found 1, expected exactly one of key and token"),
        (KEY, "withdrawn: found 32 bytes, expected a map"),
        ({"key": KEY[:-1]}, "withdrawn key: found 31 bytes, expected 32 bytes"),
        ({"token": "text"}, "withdrawn token: found the text 'text', expected 32 bytes"),
    ],
)
def test_an_entry_of_another_kind_is_never_passed_over(entry: Any, said: str) -> None:
    refused(encoded(claims({"withdrawn": [{"token": TOKEN}, entry]})), f"^{said}$")


def test_bytes_after_the_list_are_malformed() -> None:
    refused(encoded(after=b"\0"), "1 bytes after the item")


@pytest.mark.parametrize("tag", [17, 61, 98])
def test_another_tag_is_no_list(tag: int) -> None:
    refused(encoded(tag=tag), "withdrawal list|COSE_Sign1")


def test_a_token_is_no_list() -> None:
    refused(cwt_token(cwt_emblem()), "withdrawal list: found tag 61")


def test_a_token_without_its_outer_tag_is_no_list() -> None:
    token = cbor2.loads(cwt_token(cwt_emblem()))

    refused(cbor2.dumps(token.value), "typ")


def test_a_list_under_the_tag_of_a_token_is_no_token() -> None:
    with pytest.raises(MalformedError, match="typ"):
        decode_token(cbor2.dumps(cbor2.CBORTag(61, cbor2.loads(encoded()))))


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_unforeseen(data: bytes) -> None:
    with pytest.raises(EmblemError):
        decode_withdrawals(data)


@given(st.integers(0, 200), st.binary(min_size=1, max_size=4))
def test_a_damaged_list_raises_nothing_unforeseen(position: int, put: bytes) -> None:
    data = encoded()
    with suppress(EmblemError):
        decode_withdrawals(data[:position] + put + data[position + len(put) :])


# writing

digests = st.binary(min_size=32, max_size=32)
lists = st.builds(
    Withdrawals,
    st.just(AUTHORITY),
    st.integers(0, 2**40) | st.floats(0, 2**40),
    st.frozensets(digests.map(identifier_text), max_size=5),
    st.frozensets(digests, max_size=5),
)


@given(lists, st.sampled_from(KeyKind))
def test_a_list_is_read_as_it_was_signed(withdrawals: Withdrawals, kind: KeyKind) -> None:
    signer = signer_on(kind)

    signed = decode_withdrawals(sign_withdrawals(withdrawals, signer))

    assert signed.withdrawals == withdrawals
    assert signed.key_identifier == signer.public_key.cose_thumbprint
    assert signed.algorithm == signer.public_key.writing_algorithm.cose
    assert signer.public_key.verify(signed.signature, signed.signed)


@given(digests, digests)
def test_equal_lists_are_written_alike(one: bytes, other: bytes) -> None:
    first = Withdrawals(AUTHORITY, 1, tokens=frozenset([one, other]))
    second = Withdrawals(AUTHORITY, 1, tokens=frozenset([other, one]))

    assert sign_withdrawals(first, SIGNER) == sign_withdrawals(second, SIGNER)


@pytest.mark.parametrize("identifier", ["short", "a" * 51 + "b", "A" * 52])
def test_what_is_no_identifier_is_not_written(identifier: str) -> None:
    with pytest.raises(MalformedError):
        sign_withdrawals(Withdrawals(AUTHORITY, 1, keys=frozenset([identifier])), SIGNER)


def test_a_digest_of_another_length_is_not_written() -> None:
    with pytest.raises(MalformedError, match="withdrawn token"):
        sign_withdrawals(Withdrawals(AUTHORITY, 1, tokens=frozenset([b"short"])), SIGNER)


def test_an_identifier_stands_in_a_list_as_its_32_bytes() -> None:
    identifier = SIGNER.public_key.jwk_thumbprint
    data = sign_withdrawals(Withdrawals(AUTHORITY, 1, keys=frozenset([identifier])), SIGNER)

    assert b32decode(identifier.upper() + "====") in data


def test_the_signature_of_a_list_that_was_signed_holds() -> None:
    signed = decode_withdrawals(sign_withdrawals(Withdrawals(AUTHORITY, 5), SIGNER))

    assert SIGNER.public_key.verify(signed.signature, signed.signed)
