"""A withdrawal list counts if a key of the organization that it names signed it, while that key was trusted."""

from __future__ import annotations

import pytest

from emblem.codec.withdrawal import SignedWithdrawals, Withdrawals, decode_withdrawals, sign_withdrawals
from emblem.errors import InputError, TrustError
from emblem.keys.signing import SoftwareSigner
from emblem.trust.withdrawal_files import check_list, read_list
from emblem.validation.trust import TrustedKey
from tests.support.arrangement import (
    FEDERATION,
    MINISTRY,
    NOW,
    authority,
    bare,
    bare_without_algorithm,
    bound,
    key,
    stranger,
)

LIST = Withdrawals(MINISTRY, NOW, tokens=frozenset([bytes(32)]))
DATA = sign_withdrawals(LIST, authority)
IDENTIFIER = authority.public_key.cose_thumbprint


def signed_by(signer: SoftwareSigner) -> SignedWithdrawals:
    return decode_withdrawals(sign_withdrawals(LIST, signer))


def refused(signed: SignedWithdrawals, match: str, *trusted: TrustedKey, refused_keys: tuple[str, ...] = ()) -> None:
    with pytest.raises(TrustError, match=match):
        check_list(signed, trusted, refused_keys)


# files


@pytest.mark.parametrize(
    "text",
    [
        DATA.hex(),
        f"# a comment\r\n\n {DATA.hex().upper()} \r\n# another",
        f"{DATA.hex()[:40]}\n# more\n{DATA.hex()[40:]}",
    ],
)
def test_a_file_has_the_list_in_hexadecimal_with_comments(text: str) -> None:
    assert read_list("list", text.encode()) == decode_withdrawals(DATA)


@pytest.mark.parametrize("data", [b"", b"# nothing", b"zz", b"\xff", DATA, DATA.hex().encode() * 2])
def test_a_file_with_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_list("list", data)


# who signed


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "EdDSA"])
def test_a_list_by_a_key_bound_to_its_issuer_counts(algorithm: str) -> None:
    signer = key("lists", algorithm)

    assert check_list(signed_by(signer), [bound(signer, MINISTRY)], ()) == LIST


def test_a_list_by_a_key_that_was_given_without_algorithm_counts() -> None:
    without = TrustedKey(bare_without_algorithm(authority).key, MINISTRY)

    assert check_list(signed_by(authority), [without], ()) == LIST


def test_a_list_by_a_key_of_limited_scope_counts() -> None:
    assert check_list(signed_by(authority), [bound(authority, MINISTRY, suffixes=("example.org",))], ()) == LIST


def test_a_list_by_a_key_that_is_not_bound_to_its_issuer_is_refused() -> None:
    match = f"one by key {IDENTIFIER}, expected one by a key that this store binds to {MINISTRY}"

    refused(signed_by(authority), match)
    refused(signed_by(authority), match, bare(authority), bound(authority, FEDERATION), bound(stranger, MINISTRY))


def test_a_list_by_a_key_that_is_refused_is_refused() -> None:
    refused(signed_by(authority), "which this store refuses", bound(authority, MINISTRY), refused_keys=(IDENTIFIER,))


@pytest.mark.parametrize("scope", [{"not_before": NOW + 1}, {"expires": NOW}])
def test_a_list_made_while_its_key_is_not_trusted_is_refused(scope: dict[str, int]) -> None:
    refused(signed_by(authority), "one of 2027-03-01T12:00:00Z by key", bound(authority, MINISTRY, **scope))


def test_the_first_and_the_last_second_of_a_key_count() -> None:
    assert check_list(signed_by(authority), [bound(authority, MINISTRY, not_before=NOW, expires=NOW + 1)], ()) == LIST


@pytest.mark.parametrize("position", [0, 30, 63])
def test_a_list_with_a_changed_signature_is_refused(position: int) -> None:
    signature = bytearray(signed_by(authority).signature)
    signature[position] ^= 1
    forged = SignedWithdrawals(LIST, -7, IDENTIFIER, signed_by(authority).signed, bytes(signature))

    refused(forged, f"does not hold under key {IDENTIFIER}", bound(authority, MINISTRY))


def test_a_changed_list_is_refused() -> None:
    data = DATA.replace(bytes(32), bytes(31) + b"\1")

    refused(decode_withdrawals(data), "does not hold", bound(authority, MINISTRY))


@pytest.mark.parametrize("algorithm", [-9, -36, -50, 5])
def test_a_list_in_another_algorithm_than_its_key_is_refused(algorithm: int) -> None:
    good = signed_by(authority)
    forged = SignedWithdrawals(LIST, algorithm, IDENTIFIER, good.signed, good.signature)

    refused(forged, "does not hold", bound(authority, MINISTRY))
