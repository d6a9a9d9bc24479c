"""A log that is on no list: whoever verifies names its key and its address."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from emblem.errors import InputError
from emblem.traceability.log_key import LogKey
from emblem.traceability.log_list import Log, LogKind, LogPurpose

STATIC_PREFIX = "static+"
"""What stands before the address of a static log."""
USUAL_DELAY = timedelta(days=1)
"""Within which a log includes what it promised."""


def given_log(address: str, key: LogKey) -> Log:
    """A log at an address, which may be one of ``http:``.

    Args:
        address: the prefix of its URLs; of a static log with :data:`STATIC_PREFIX` before it.
        key: signs what it promises and shows.

    Raises:
        InputError: this is no such address.
    """
    bare = address.removeprefix(STATIC_PREFIX)
    try:
        parts = urlsplit(bare)
        usable = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        raise InputError("address of the log", repr(address), f"[{STATIC_PREFIX}]https://HOST/PATH")
    return Log(
        description=bare,
        operator="given by you",
        kind=LogKind.STATIC if address.startswith(STATIC_PREFIX) else LogKind.RFC_6962,
        purpose=LogPurpose.PRODUCTION,
        key=key,
        submission_address=bare,
        monitoring_address=bare,
        merge_delay=USUAL_DELAY,
        state=None,
        state_since=None,
        expiries=None,
        given=True,
    )
