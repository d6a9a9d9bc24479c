"""One entry of a list: a name, an address, a range, a URL, or a host and port."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from emblem.errors import InvalidNameError
from emblem.model.names import is_host_name
from emblem.model.target import Target, parse_address
from emblem.scanning.targets.ranges import LARGEST_RANGE, AddressRange, check_size, parse_network, parse_span

Entry = Target | AddressRange
"""What one entry of a list stands for: one target, or the addresses of a range."""

_EXPECTED = "a host name, an address, a range or a URL"
_HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]/@]+):[0-9]{1,5}")


def parse_entry(text: str, largest_range: int = LARGEST_RANGE) -> Entry:
    """Read one entry of a list.

    Args:
        text: the entry.
        largest_range: how many addresses a range may have.

    Raises:
        InvalidNameError: it is none of what a list may hold, or a range that is too large.
    """
    text = text.strip()
    lowered = text.lower()
    # By far most entries are names in normal form. One that ends in a digit may be a range: 192.0.2.1-9.
    if not lowered[-1:].isdigit() and is_host_name(lowered):
        return Target(lowered)
    if "://" in text:
        return _host_of_url(text)
    if "/" in text:
        return check_size(parse_network(text), largest_range)
    if "-" in text and parse_address(text.partition("-")[0].strip()) is not None:
        return check_size(parse_span(text), largest_range)
    if parse_address(text) is None and (match := _HOST_AND_PORT.fullmatch(text)):
        text = match[1]
    return _target(text)


def size_of(entry: Entry) -> int:
    """How many targets an entry stands for."""
    return 1 if isinstance(entry, Target) else entry.count


def _host_of_url(text: str) -> Target:
    try:
        host = urlsplit(text).hostname
    except ValueError:
        host = None
    if not host:
        raise InvalidNameError("target", repr(text), "a URL with a host")
    return _target(host)


def _target(text: str) -> Target:
    try:
        return Target.parse(text)
    except InvalidNameError as error:
        raise InvalidNameError("target", repr(text), _EXPECTED) from error
