"""What a verifier asks about: a host name or an address."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from emblem.errors import InvalidNameError
from emblem.model.names import normalize_name

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
"""An IPv4 or IPv6 address; an IPv4-mapped one is always held as IPv4 (RFC 4291, section 2.5.5.2)."""


_OF_ADDRESSES = frozenset("0123456789abcdefABCDEF:.")


@dataclass(frozen=True, slots=True)
class Target:
    """A host name or an address, in the one form in which targets are compared and shown.

    ``text`` is the A-label form without a trailing dot, or the address in its shortest form; ``address`` is
    None for a name.
    """

    text: str
    address: Address | None = None

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read a host name (Unicode names too), or an IPv4 or IPv6 address, with or without brackets.

        Raises:
            InvalidNameError: the text is neither.
        """
        stripped = text.strip()
        bare = stripped[1:-1] if stripped.startswith("[") and stripped.endswith("]") else stripped
        address = parse_address(bare)
        if address is not None:
            return cls(str(address), address)
        try:
            name = normalize_name(stripped)
        except InvalidNameError as error:
            raise InvalidNameError("target", repr(text), "a host name or an IP address") from error
        if name.rpartition(".")[2].isdigit():
            raise InvalidNameError("target", repr(text), "a host name or a complete IP address")
        return cls(name)

    @property
    def name(self) -> str:
        """The domain name at which the target's own records stand: itself, or an address's reverse name."""
        return self.text if self.address is None else reverse_name(self.address)

    def __str__(self) -> str:
        return self.text


def parse_address(text: str) -> Address | None:
    """The address that a text writes, or None; zone identifiers (``fe80::1%eth0``) are no part of an address."""
    if not _OF_ADDRESSES.issuperset(text):
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def parse_given_address(text: str) -> Address:
    """The address that a text must be.

    Raises:
        InvalidNameError: it is none.
    """
    address = parse_address(text)
    if address is None:
        raise InvalidNameError("address", repr(text), "an IPv4 or IPv6 address")
    return address


def reverse_name(address: Address) -> str:
    """The name below ``in-addr.arpa`` or ``ip6.arpa`` that stands for an address (RFC 1035, 3.5; RFC 3596, 2.5)."""
    return address.reverse_pointer
