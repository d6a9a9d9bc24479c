"""Ranges of addresses: written as a network or from-to, counted without being spelt out."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from emblem.errors import InvalidNameError
from emblem.model.target import Address, Target, parse_address

LARGEST_RANGE = 1 << 24
"""Addresses of one range, unless more are allowed: as many as in an IPv4 network of length 8."""

_EXPECTED = "a network (192.0.2.0/24) or a range (192.0.2.1-192.0.2.99)"


@dataclass(frozen=True, slots=True)
class AddressRange:
    """The addresses from ``first`` to ``last``, both included, as numbers; ``version`` is 4 or 6."""

    version: int
    first: int
    last: int

    @property
    def count(self) -> int:
        """How many addresses there are."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        return f"{self.address(0)}-{self.address(self.count - 1)}"

    def address(self, offset: int) -> Address:
        """The address that is ``offset`` after the first."""
        value = self.first + offset
        return ipaddress.IPv4Address(value) if self.version == 4 else ipaddress.IPv6Address(value)

    def target(self, offset: int) -> Target:
        """The address that is ``offset`` after the first, as a target."""
        address = self.address(offset)
        return Target(str(address), address)


def range_of(address: Address) -> AddressRange:
    """The range that is one address."""
    return AddressRange(address.version, int(address), int(address))


def parse_network(text: str) -> AddressRange:
    """Read ``ADDRESS/LENGTH``; bits of the address below the length are ignored.

    Raises:
        InvalidNameError: it is no network.
    """
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise InvalidNameError("range", repr(text), _EXPECTED) from error
    return _within_family(text, network[0], network[-1])


def parse_span(text: str) -> AddressRange:
    """Read ``ADDRESS-ADDRESS``, or ``ADDRESS-NUMBER`` where the number takes the place of an IPv4 address's last one.

    Raises:
        InvalidNameError: it is no range, or one that ends before it begins.
    """
    start, _, end = (part.strip() for part in text.partition("-"))
    if end.isascii() and end.isdigit() and "." in start:
        end = f"{start.rpartition('.')[0]}.{end}"
    first, last = parse_address(start), parse_address(end)
    if first is None or last is None:
        raise InvalidNameError("range", repr(text), _EXPECTED)
    return _within_family(text, first, last)


def check_size(one: AddressRange, largest: int) -> AddressRange:
    """The range, if it is not too large to be meant.

    Raises:
        InvalidNameError: it has more than ``largest`` addresses.
    """
    if one.count <= largest:
        return one
    bits = (one.count - 1).bit_length()
    found = f"{one}, some 2^{bits} addresses"
    raise InvalidNameError("range", found, f"{largest} addresses at the most: name smaller ranges or raise the limit")


def _within_family(text: str, first: Address, last: Address) -> AddressRange:
    # A network of IPv4-mapped addresses begins and ends in IPv4: everywhere else these are held as IPv4, too.
    start, end = parse_address(str(first)), parse_address(str(last))
    if start is None or end is None or start.version != end.version or int(start) > int(end):
        raise InvalidNameError("range", repr(text), _EXPECTED + ", of one family and in ascending order")
    return AddressRange(start.version, int(start), int(end))
