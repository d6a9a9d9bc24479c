"""What claims of both token formats have in common: how a value is taken from them, or refused by name."""

from __future__ import annotations

import math
from base64 import b32decode
from collections.abc import Hashable, Mapping
from typing import Any

from emblem.codec.cbor import describe
from emblem.errors import InvalidNameError, MalformedError
from emblem.model.organization import Organization, parse_organization
from emblem.model.token import NumericDate

KEY_IDENTIFIER_LENGTH = 52
_TEXTS_ONLY = {str}
_BASE32 = frozenset("abcdefghijklmnopqrstuvwxyz234567")


def take_date(claims: Mapping[Any, Any], key: Hashable, name: str) -> NumericDate:
    """A NumericDate that must be there: an integer or a finite number (RFC 7519, section 2; RFC 8392, section 2).

    Raises:
        MalformedError: it is missing or something else.
    """
    value = claims.get(key)
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return value
    raise MalformedError(f"claim {name}", _found(claims, key), "a number of seconds since 1970")


def take_optional_date(claims: Mapping[Any, Any], key: Hashable, name: str) -> NumericDate | None:
    """A NumericDate, or None where the claim is absent; errors as in :func:`take_date`."""
    return take_date(claims, key, name) if key in claims else None


def take_organization(claims: Mapping[Any, Any], key: Hashable, name: str) -> Organization | None:
    """An organization identifier, or None where the claim is absent.

    Raises:
        MalformedError: there is something else.
    """
    value = claims.get(key)
    if type(value) is str:
        try:
            return parse_organization(value)
        except InvalidNameError as error:
            raise MalformedError(f"claim {name}", error.found, error.expected) from error
    if key not in claims:
        return None
    raise MalformedError(f"claim {name}", describe(value), "an organization identifier as text")


def take_texts(claims: Mapping[Any, Any], key: Hashable, name: str) -> tuple[str, ...]:
    """A non-empty array of texts that must be there.

    Raises:
        MalformedError: it is missing, empty or something else.
    """
    value = claims.get(key)
    if not isinstance(value, (list, tuple)) or set(map(type, value)) != _TEXTS_ONLY:
        raise MalformedError(f"claim {name}", _found(claims, key), "a non-empty array of texts")
    return tuple(value)


def take_boolean(claims: Mapping[Any, Any], key: Hashable, name: str) -> bool:
    """A boolean that must be there.

    Raises:
        MalformedError: it is missing or something else.
    """
    value = claims.get(key)
    if not isinstance(value, bool):
        raise MalformedError(f"claim {name}", _found(claims, key), "true or false")
    return value


def check_key_identifier(field: str, value: object) -> str:
    """The value, if it is a key identifier in text: 52 characters of lower-case base32.

    Raises:
        MalformedError: it is something else.
    """
    if isinstance(value, str) and len(value) == KEY_IDENTIFIER_LENGTH and _BASE32.issuperset(value):
        return value
    raise MalformedError(field, describe(value), "52 characters of lower-case base32")


def key_identifier_bytes(identifier: str) -> bytes:
    """The 32 bytes of a key identifier given as text.

    Raises:
        MalformedError: the text is none.
    """
    return b32decode(check_key_identifier("key identifier", identifier).upper() + "====")


def _found(claims: Mapping[Any, Any], key: Hashable) -> str:
    return describe(claims[key]) if key in claims else "nothing"
