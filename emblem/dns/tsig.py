"""Keys that are shared with a name server (RFC 8945), and where they come from: a BIND-style file, or one line."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from emblem.dns.names import encode_name
from emblem.errors import InputError, InvalidNameError, MalformedError

_SHORTEST_SECRET = 16

_EXPECTED_TEXT = "NAME:ALGORITHM:SECRET, the secret in base64"
_EXPECTED_FILE = 'one key as tsig-keygen writes it: key "NAME" { algorithm hmac-sha256; secret "BASE64"; };'
_TOKEN = re.compile(r'/\*.*?\*/|(?://|#)[^\n]*|"([^"]*)"|([{};])|([^\s{};"]+)', re.DOTALL)


class TsigAlgorithm(StrEnum):
    """The algorithms that we use: those of RFC 8945 (section 6) that are recommended and not cut short."""

    HMAC_SHA256 = "hmac-sha256"
    HMAC_SHA384 = "hmac-sha384"
    HMAC_SHA512 = "hmac-sha512"


@dataclass(frozen=True, slots=True)
class TsigKey:
    """A secret that we share with a name server. The secret never shows in its text form.

    Args:
        name: what both sides call it, as a domain name in text form.
        algorithm: what both sides compute.
        secret: at least 16 octets.

    Raises:
        InputError: the secret is shorter.
        InvalidNameError: the name is none.
    """

    name: str
    algorithm: TsigAlgorithm
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        encode_name(self.name)
        if len(self.secret) < _SHORTEST_SECRET:
            raise InputError("TSIG secret", f"{len(self.secret)} octets", f"at least {_SHORTEST_SECRET}")

    @classmethod
    def parse(cls, source: str, text: str) -> TsigKey:
        """Reads ``NAME:ALGORITHM:SECRET``.

        Args:
            source: where the text comes from, for errors, which never show the text.
            text: the key.

        Raises:
            InputError: the text is something else, or the algorithm none of ours.
        """
        parts = text.strip().split(":")
        if len(parts) != 3:
            raise InputError(source, f"{len(parts)} parts", _EXPECTED_TEXT)
        return _key(source, *parts)

    @classmethod
    def parse_file(cls, source: str, data: bytes) -> TsigKey:
        """Reads a key file in the syntax of BIND; errors as in :meth:`parse`."""
        try:
            tokens = list(_tokens(source, data.decode("ascii")))
        except UnicodeDecodeError:
            raise MalformedError(source, "bytes that are no text", _EXPECTED_FILE) from None
        match tokens:
            case ["key", name, "{", *statements, "}", ";"]:
                values = _statements(source, statements)
            case _:
                raise MalformedError(source, "something else", _EXPECTED_FILE)
        if values.keys() != {"algorithm", "secret"}:
            raise MalformedError(source, f"a key with {' and '.join(sorted(values)) or 'nothing'}", _EXPECTED_FILE)
        return _key(source, name, values["algorithm"], values["secret"])


def _tokens(source: str, text: str) -> Iterator[str]:
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = _TOKEN.match(text, position)
        if match is None:
            raise MalformedError(source, "a quotation mark that is never closed", _EXPECTED_FILE)
        position = match.end()
        token = next((group for group in match.groups() if group is not None), None)
        if token is not None:
            yield token


def _statements(source: str, tokens: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for start in range(0, len(tokens), 3):
        match tokens[start : start + 3]:
            case [name, value, ";"] if name not in values:
                values[name] = value
            case _:
                raise MalformedError(source, "something else", _EXPECTED_FILE)
    return values


def _key(source: str, name: str, algorithm: str, secret: str) -> TsigKey:
    try:
        chosen = TsigAlgorithm(algorithm.lower().removesuffix("."))
    except ValueError:
        raise InputError(f"{source}: algorithm", repr(algorithm), ", ".join(TsigAlgorithm)) from None
    try:
        decoded = b64decode(secret, validate=True)
    except (Base64Error, ValueError):
        raise MalformedError(f"{source}: secret", "something else", "base64") from None
    try:
        return TsigKey(name.lower().removesuffix(".") or ".", chosen, decoded)
    except InvalidNameError as error:
        raise InvalidNameError(f"{source}: name", error.found, error.expected) from None
