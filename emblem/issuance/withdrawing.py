"""Taking back what was stated: from the list of what was given to the signed list that trust stores read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from emblem.codec.withdrawal import Withdrawals, decode_withdrawals, sign_withdrawals
from emblem.errors import RequestError
from emblem.issuance.given import GivenList, Withdrawn
from emblem.keys.files import read_file, replace_file
from emblem.keys.signing import Signer
from emblem.model.organization import Organization
from emblem.model.time import date_text
from emblem.model.token import NumericDate
from emblem.trust.store import LARGEST_FILE
from emblem.trust.withdrawal_files import read_list

FILE_NAME = "withdrawals"
"""What the signed list is called in a workspace."""

_LINE = 96
_MODE = 0o644


def withdrawals_of(
    issuer: Organization, listed: GivenList, published: Withdrawals | None, at: NumericDate
) -> Withdrawals:
    """Everything that an organization has taken back: what its list says, and what it has published before.

    Lists add up for those who read them, so nothing that was published is ever left out.

    Raises:
        RequestError: what was published is another organization's.
    """
    if published is not None and published.issuer != issuer:
        raise RequestError("withdrawal list", f"one of {published.issuer}", f"one of {issuer}")
    keys = frozenset(each.key for each in listed.withdrawn if each.key is not None)
    tokens = frozenset(each.token for each in listed.withdrawn if each.token is not None)
    if published is not None:
        keys, tokens = keys | published.keys, tokens | published.tokens
    return Withdrawals(issuer, at, keys, tokens)


def new_entries(
    listed: GivenList, keys: Iterable[str], tokens: Iterable[bytes], reason: str, at: NumericDate
) -> tuple[Withdrawn, ...]:
    """The entries to append to the list of what was given; what is in it already is not repeated."""
    known_keys = {each.key for each in listed.withdrawn}
    known_tokens = {each.token for each in listed.withdrawn}
    time = date_text(at)
    return (
        *(Withdrawn(time, key, None, reason) for key in dict.fromkeys(keys) if key not in known_keys),
        *(Withdrawn(time, None, token, reason) for token in dict.fromkeys(tokens) if token not in known_tokens),
    )


def read_published(path: Path) -> Withdrawals | None:
    """The list that was published last; None where there is none. Its signature is whoever reads it to check.

    Raises:
        InputError: the file is none, or cannot be read.
    """
    if not path.exists():
        return None
    return read_list(str(path), read_file(path, LARGEST_FILE)).withdrawals


def write_published(path: Path, withdrawals: Withdrawals, signer: Signer) -> None:
    """Sign a list, and put it in the place of the one before, wholly or not at all.

    Raises:
        MalformedError: the list says what no reader would accept.
        RequestError: it is too large for those who read it, or its own key does not verify it.
        OSError: it cannot be written; then the one before is there still.
    """
    data = sign_withdrawals(withdrawals, signer)
    signed = decode_withdrawals(data)
    if not signer.public_key.verify(signed.signature, signed.signed):
        raise RequestError("withdrawal list", "a signature that does not hold", "a key that signs correctly")
    text = data.hex()
    head = (
        f"# {withdrawals.issuer} takes back what it stated of {len(withdrawals.keys)} keys and of "
        f"{len(withdrawals.tokens)} tokens.",
        f"# made: {date_text(withdrawals.issued_at)}",
        f"# signing key: {signer.public_key.cose_thumbprint}",
    )
    lines = (text[start : start + _LINE] for start in range(0, len(text), _LINE))
    written = "\n".join((*head, *lines, "")).encode()
    if len(written) > LARGEST_FILE:
        raise RequestError("withdrawal list", f"{len(written)} bytes", f"{LARGEST_FILE} at the most")
    replace_file(path, written, _MODE)
