"""Asking a time stamping authority over HTTP (RFC 3161, section 3.4)."""

from __future__ import annotations

import time
from datetime import datetime
from urllib.parse import urlsplit

from emblem.errors import EmblemError, InputError
from emblem.model.display import excerpt
from emblem.traceability.stamps import LARGEST_RESPONSE, accept_response, make_request

DEFAULT_TIMEOUT = 20.0
"""Seconds within which the authority must have answered."""

_FIELD = "time stamping authority"
_OK = 200


class StampError(EmblemError):
    """No time stamp could be had: the authority does not answer, or refuses."""


def request_stamp(address: str, message: bytes, *, timeout: float = DEFAULT_TIMEOUT) -> tuple[bytes, datetime]:
    """Have a message stamped: only its digest is sent.

    Args:
        address: the authority's URL, ``http:`` or ``https:``; stamps are signed themselves.
        message: what is stamped.
        timeout: seconds within which all of it must have happened.

    Returns:
        The TimeStampResp in DER, and the time that it says. Who made it, is for verifiers to judge.

    Raises:
        InputError: the address is none, or the response no time stamp of this message.
        StampError: there is no usable response.
    """
    import httpx

    _check(address)
    request = make_request(message)
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    deadline = time.monotonic() + timeout
    try:
        with (
            httpx.Client(trust_env=False, follow_redirects=False, timeout=timeout) as client,
            client.stream("POST", address, content=request.data, headers=headers) as response,
        ):
            if response.status_code != _OK:
                raise StampError(f"{address}: the authority answers with the status {response.status_code}")
            data = _read(address, response, deadline)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
        raise StampError(f"{address}: no time stamp could be had: {excerpt(error) or type(error).__name__}") from error
    return data, accept_response(data, request, message)


def _check(address: str) -> None:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        usable = False
    if not usable:
        raise InputError(_FIELD, excerpt(address), "a URL that begins with http: or https:")


def _read(address: str, response: object, deadline: float) -> bytes:
    import httpx

    assert isinstance(response, httpx.Response)
    data = bytearray()
    for chunk in response.iter_raw():
        data += chunk
        if len(data) > LARGEST_RESPONSE:
            raise StampError(f"{address}: the response is larger than {LARGEST_RESPONSE} bytes")
        if time.monotonic() > deadline:
            raise StampError(f"{address}: the response did not arrive in time")
    return bytes(data)
