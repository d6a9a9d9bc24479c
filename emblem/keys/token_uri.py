"""Where a key is in a hardware token: ``pkcs11:`` URIs (RFC 7512), read strictly.

A URI names what to look for and never how to get in: one with a PIN, or with a place to read it from, is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from urllib.parse import quote_from_bytes, unquote_to_bytes

from emblem.errors import KeyFileError

SCHEME = "pkcs11:"

_LONGEST = 2048
_FIELD = "pkcs11 URI"
_PATH_SAFE, _QUERY_SAFE = ":[]@!$'()*+,=&", ":[]@!$'()*+,=/?|"
"""What may stand in values besides letters, digits and ``-._~`` (RFC 7512, section 2.3)."""
_PATH_VALUE = re.compile(rf"(?:[A-Za-z0-9._~{re.escape(_PATH_SAFE)}-]|%[0-9A-Fa-f]{{2}})*")
_QUERY_VALUE = re.compile(rf"(?:[A-Za-z0-9._~{re.escape(_QUERY_SAFE)}-]|%[0-9A-Fa-f]{{2}})*")
_SLOT = re.compile(r"[0-9]{1,10}")
_VERSION = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")
_TYPES = ("private", "public", "cert", "secret-key", "data")
_OF_PINS = ("pin-value", "pin-source")
_QUERY_ATTRIBUTES = ("module-path",)


@dataclass(frozen=True, slots=True)
class TokenUri:
    """What to look for; None where anything will do. Each field is the attribute of RFC 7512 of that name.

    ``token``, ``manufacturer``, ``model`` and ``serial`` describe the hardware token, those that begin with
    ``library`` and ``slot`` what it is reached through, ``object`` (its label), ``id`` (its bytes) and ``type`` the
    key; ``module_path`` is the PKCS#11 library to load.
    """

    token: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    library_manufacturer: str | None = None
    library_description: str | None = None
    library_version: str | None = None
    slot_manufacturer: str | None = None
    slot_description: str | None = None
    slot_id: str | None = None
    object: str | None = None
    id: bytes | None = None
    type: str | None = None
    module_path: str | None = None

    @classmethod
    def parse(cls, text: str) -> TokenUri:
        """Read a URI such as ``pkcs11:token=desk;object=root``.

        Raises:
            KeyFileError: it is none, is too long, repeats an attribute, has one that is not known (what it
                demands could then not be honoured), or has a PIN.
        """
        if len(text) > _LONGEST:
            raise KeyFileError(_FIELD, f"{len(text)} characters", f"{_LONGEST} at the most")
        if not text.startswith(SCHEME):
            raise KeyFileError(_FIELD, repr(text), "pkcs11: and attributes, such as pkcs11:token=desk;object=root")
        path, mark, query = text.removeprefix(SCHEME).partition("?")
        found: dict[str, str | bytes] = {}
        for attribute in path.split(";") if path else ():
            _take(found, attribute, _PATH_ATTRIBUTES, _PATH_VALUE)
        for attribute in query.split("&") if mark else ():
            _take(found, attribute, _QUERY_ATTRIBUTES, _QUERY_VALUE)
        return cls(**found)  # type: ignore[arg-type]  # each has the type of its field

    def __str__(self) -> str:
        """The URI; equal values are the same text."""
        values = {name: getattr(self, name.replace("-", "_")) for name in (*_PATH_ATTRIBUTES, *_QUERY_ATTRIBUTES)}
        path = ";".join(
            _written(name, values[name], _PATH_SAFE) for name in _PATH_ATTRIBUTES if _is_there(values[name])
        )
        query = "&".join(
            _written(name, values[name], _QUERY_SAFE) for name in _QUERY_ATTRIBUTES if _is_there(values[name])
        )
        return f"{SCHEME}{path}?{query}" if query else SCHEME + path


_PATH_ATTRIBUTES = tuple(
    name for name in (one.name.replace("_", "-") for one in fields(TokenUri)) if name not in _QUERY_ATTRIBUTES
)


def _take(found: dict[str, str | bytes], attribute: str, known: tuple[str, ...], allowed: re.Pattern[str]) -> None:
    name, equals, value = attribute.partition("=")
    if name in _OF_PINS:
        # Not shown: the value may be the PIN itself.
        raise KeyFileError(_FIELD, name, "no PIN: it is asked for, or comes through --passphrase-fd")
    if name not in known:
        raise KeyFileError(_FIELD, f"the attribute {name!r}", f"one of {', '.join(known)}, in its part of the URI")
    if not equals or not allowed.fullmatch(value):
        raise KeyFileError(f"{_FIELD} attribute {name}", repr(value), "= and a value, percent-encoded (RFC 7512)")
    field = name.replace("-", "_")
    if field in found:
        raise KeyFileError(_FIELD, f"{name} twice", "each attribute once")
    found[field] = _decoded(name, value)


def _decoded(name: str, value: str) -> str | bytes:
    data = unquote_to_bytes(value)
    if name == "id":
        return data
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise KeyFileError(f"{_FIELD} attribute {name}", repr(value), "UTF-8, percent-encoded") from error
    if name == "slot-id" and not _SLOT.fullmatch(text):
        raise KeyFileError(f"{_FIELD} attribute slot-id", repr(text), "a number")
    if name == "library-version" and not _VERSION.fullmatch(text):
        raise KeyFileError(f"{_FIELD} attribute library-version", repr(text), "a version such as 2.40")
    if name == "type" and text not in _TYPES:
        raise KeyFileError(f"{_FIELD} attribute type", repr(text), f"one of {', '.join(_TYPES)}")
    if name == "module-path" and not text.startswith("/"):
        raise KeyFileError(f"{_FIELD} attribute module-path", repr(text), "the whole path of a PKCS#11 library")
    return text


def _is_there(value: object) -> bool:
    return value is not None


def _written(name: str, value: str | bytes, safe: str) -> str:
    if isinstance(value, bytes):
        return f"{name}={''.join(f'%{byte:02X}' for byte in value)}"
    return f"{name}={quote_from_bytes(value.encode(), safe=safe)}"
