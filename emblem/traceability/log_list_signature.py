"""The signature of a list of logs over its file: RSA with PKCS #1 v1.5, or ECDSA on P-256, with SHA-256."""

from __future__ import annotations

from pathlib import Path

from emblem.errors import MalformedError
from emblem.traceability.log_key import LogKey
from emblem.traceability.sct import DigitallySigned

LIST_ADDRESS = "https://www.gstatic.com/ct/log_list/v3/all_logs_list.json"
"""Where Google publishes its list of all logs; its signature stands beside it, ending in ``.sig``."""
LARGEST_SIGNATURE = 4096
"""Bytes of a signature."""

_SHIPPED = Path(__file__).parent / "data" / "log_list_key.pem"


def shipped_list_key() -> LogKey:
    """The key with which Google signs its lists, as it comes with this package."""
    return LogKey.from_pem("key of the list of logs", _SHIPPED.read_bytes())


def check_list_signature(field: str, data: bytes, signature: bytes, key: LogKey) -> None:
    """Make sure that a list is signed.

    Args:
        field: what the list is, for the errors.
        data: the file.
        signature: the signature, as it stands in its file.
        key: whose it must be. Lists are signed with keys of the same kinds as those of logs.

    Raises:
        MalformedError: it is not.
    """
    if not key.verify(DigitallySigned(*key.algorithm, signature), data):
        raise MalformedError(field, "a signature that does not hold", f"one by the key {key.log_id.hex()[:16]}…")


def signature_address(address: str) -> str:
    """Where the signature of a list is, by the usual ending."""
    return address.removesuffix(".json") + ".sig"
