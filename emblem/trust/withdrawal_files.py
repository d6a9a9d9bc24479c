"""Withdrawal lists as files, and whether a store may believe one (``specs/withdrawal.md``)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from emblem.codec.withdrawal import SignedWithdrawals, Withdrawals, decode_withdrawals
from emblem.errors import InputError, TrustError
from emblem.keys.algorithms import find_algorithm
from emblem.model.time import date_text
from emblem.validation.trust import TrustedKey


def read_list(field: str, data: bytes) -> SignedWithdrawals:
    """Read a list from a file: hexadecimal over any number of lines; those that begin with ``#`` are comments.

    Raises:
        InputError: it is something else.
    """
    lines = (line.strip() for line in data.splitlines())
    try:
        content = bytes.fromhex(b"".join(line for line in lines if not line.startswith(b"#")).decode("ascii"))
    except ValueError as error:
        raise InputError(field, "something else", "a withdrawal list in hexadecimal") from error
    return decode_withdrawals(content)


def check_list(signed: SignedWithdrawals, trusted: Iterable[TrustedKey], refused: Collection[str]) -> Withdrawals:
    """Check that a list was signed by the organization that it names.

    Args:
        signed: the list.
        trusted: all keys of the store.
        refused: identifiers of keys that never count.

    Returns:
        What the list says.

    Raises:
        TrustError: no key that the store binds to the issuer signed it at a time for which it is trusted.
    """
    issuer, identifier = signed.withdrawals.issuer, signed.key_identifier
    keys = [one for one in trusted if one.organization == issuer and one.key.cose_thumbprint == identifier]
    if not keys:
        raise TrustError("signature", f"one by key {identifier}", f"one by a key that this store binds to {issuer}")
    if identifier in refused:
        raise TrustError("signature", f"one by key {identifier}, which this store refuses", "one by another key")
    if not any(_held(one, signed.withdrawals) for one in keys):
        found = f"one of {date_text(signed.withdrawals.issued_at)} by key {identifier}"
        raise TrustError("signature", found, "one made while that key is trusted")
    if not any(_verifies(one, signed) for one in keys):
        raise TrustError("signature", f"one that does not hold under key {identifier}", f"that of {issuer}")
    return signed.withdrawals


def _held(trusted: TrustedKey, withdrawals: Withdrawals) -> bool:
    start, end = trusted.scope.not_before, trusted.scope.expires
    at = withdrawals.issued_at
    return (start is None or start <= at) and (end is None or at < end)


def _verifies(trusted: TrustedKey, signed: SignedWithdrawals) -> bool:
    algorithm = find_algorithm(signed.algorithm)
    return (
        algorithm is not None and trusted.key.allows(algorithm) and trusted.key.verify(signed.signature, signed.signed)
    )
