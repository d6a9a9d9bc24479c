"""Strict base64url without padding (RFC 7515, section 2) and base64 with it (RFC 4648, section 4)."""

from __future__ import annotations

import base64
import binascii

from emblem.errors import MalformedError


def decode_base64url(field: str, text: str) -> bytes:
    """Decode unpadded base64url.

    Raises:
        MalformedError: there is padding, another character, or a bit that the bytes do not account for.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError(field, repr(text), "base64url without padding") from error
    if encode_base64url(data) != text:
        raise MalformedError(field, repr(text), "base64url without padding or loose bits")
    return data


def encode_base64url(data: bytes) -> str:
    """Encode as unpadded base64url."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_base64(field: str, text: str) -> bytes:
    """Decode padded base64.

    Raises:
        MalformedError: the text is anything else, or has loose bits.
    """
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError(field, repr(text), "base64 with padding") from error
    if encode_base64(data) != text:
        raise MalformedError(field, repr(text), "base64 with padding and no loose bits")
    return data


def encode_base64(data: bytes) -> str:
    """Encode as padded base64."""
    return binascii.b2a_base64(data, newline=False).decode()
