"""Parts of a trust store as TOML, in the form in which a person would write them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from emblem.codec.base64 import encode_base64
from emblem.codec.cose_key import encode_key
from emblem.errors import InputError
from emblem.trust.document import Authority, KeyEntry, Period, Refusal

_PEM_LINE = 64
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def write_authority(authority: Authority) -> str:
    """An authority as a table ``[[authority]]``; each key has a comment with its identifier."""
    organization = None if authority.organization is None else str(authority.organization)
    texts = {
        "organization": organization,
        "name": authority.name,
        "note": authority.note,
        "provenance": authority.provenance,
    }
    lines = ["[[authority]]", *_pairs(texts)]
    if authority.purposes is not None:
        lines.append(f"purposes = {_write_array(authority.purposes.slugs)}")
    if authority.names is not None:
        lines.append(f"names = {_write_array(authority.names)}")
    lines += _period(authority.period)
    if authority.keys:
        lines += ["keys = [", *(f"  {_write_key(entry)}" for entry in authority.keys), "]"]
    if authority.certificates:
        lines += ["certificates = [", *map(_write_certificate, authority.certificates), "]"]
    lines.append("")
    return "\n".join(lines)


def write_refusal(refusal: Refusal) -> str:
    """A refusal as a table ``[[refused]]``."""
    texts = {
        "key": refusal.key,
        "token": None if refusal.token is None else refusal.token.hex(),
        "organization": None if refusal.organization is None else str(refusal.organization),
        "note": refusal.note,
    }
    return "\n".join(("[[refused]]", *_pairs(texts), ""))


def _pairs(texts: dict[str, str | None]) -> Iterator[str]:
    return (f"{name} = {quoted(text)}" for name, text in texts.items() if text is not None)


def _period(period: Period) -> Iterator[str]:
    for name, time in (("valid-from", period.start), ("valid-until", period.end)):
        if time is not None:
            yield f"{name} = {time.isoformat().replace('+00:00', 'Z')}"


def _write_key(entry: KeyEntry) -> str:
    key = quoted(encode_key(entry.key).hex())
    if entry.key.algorithm is None:
        # A COSE_Key has an algorithm; PEM leaves it open.
        key = f'"""\n{entry.key.to_pem()}"""'
    fields = [*_period(entry.period), *_pairs({"note": entry.note})]
    if fields:
        key = f"{{ {', '.join((f'key = {key}', *fields))} }}"
    return f"{key},  # {entry.key.cose_thumbprint}"


def _write_certificate(encoded: bytes) -> str:
    body = encode_base64(encoded)
    lines = [body[start : start + _PEM_LINE] for start in range(0, len(body), _PEM_LINE)]
    pem = "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----"))
    return f'"""\n{pem}\n""",  # SHA-256 {hashlib.sha256(encoded).hexdigest()}'


def _write_array(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def quoted(text: str) -> str:
    """A text as a basic string of TOML.

    Raises:
        InputError: it has something in it that is no character.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError("text", repr(text), "characters of Unicode") from error
    return f'"{"".join(map(_escape, text))}"'


def _escape(character: str) -> str:
    """The character as a basic string has it; what cannot be seen is escaped, so that nothing hides in a store."""
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    return character if character.isprintable() else f"\\U{ord(character):08X}"
