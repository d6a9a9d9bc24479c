"""Domain names as text: A-labels, lower case, no trailing dot (RFC 1035, RFC 5890 to 5894)."""

from __future__ import annotations

import re

from emblem.errors import InvalidNameError

LONGEST_NAME = 253
"""Characters of the longest domain name in text, without the trailing dot (RFC 1035, section 3.1)."""

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}")
_HOST_NAME = re.compile(rf"(?:{_HOST_LABEL}\.)+(?![0-9]+\Z){_HOST_LABEL}")
_EXPECTED = "a domain name: labels of letters, digits, hyphens and underscores, 63 at most each, 253 in all"


def normalize_name(text: str) -> str:
    """Bring a domain name into the one form in which names are compared.

    U-labels become A-labels (IDNA 2008 with the mapping of UTS 46, which also folds case); one trailing dot
    is dropped.

    Raises:
        InvalidNameError: the text is no domain name, or is the root.
    """
    if len(text) > 4 * LONGEST_NAME:
        raise InvalidNameError("domain name", repr(text), _EXPECTED)
    name = text.lower() if text.isascii() else _to_ascii(text)
    name = name.removesuffix(".")
    if not is_domain_name(name):
        raise InvalidNameError("domain name", repr(text), _EXPECTED)
    return name


def is_domain_name(text: str) -> bool:
    """Whether a text is a domain name in normal form; underscores are allowed (RFC 8552)."""
    return len(text) <= LONGEST_NAME and _DOMAIN_NAME.fullmatch(text) is not None


def is_host_name(text: str) -> bool:
    """Whether a text is a fully qualified host name in normal form: two labels or more, no address."""
    return len(text) <= LONGEST_NAME and _HOST_NAME.fullmatch(text) is not None


def display_name(name: str) -> str:
    """The name with its U-labels where it has any that IDNA 2008 allows, for showing to a person."""
    if "xn--" not in name:
        return name
    import idna

    try:
        return idna.decode(name)
    except idna.IDNAError:
        return name


def _to_ascii(text: str) -> str:
    import idna

    try:
        mapped = idna.uts46_remap(text, std3_rules=False, transitional=False)
        return ".".join(label if label.isascii() else idna.alabel(label).decode("ascii") for label in mapped.split("."))
    except (idna.IDNAError, UnicodeError) as error:
        raise InvalidNameError("domain name", repr(text), f"{_EXPECTED} ({error})") from error
