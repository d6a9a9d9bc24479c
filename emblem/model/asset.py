"""What an emblem marks: names, names with a wildcard, addresses and prefixes.

The native format knows whole names only; JWS tokens know all of these
(draft-linker-diem-adem-core-01, "Asset identifiers"). Which entries a format reads how is decided in its codec.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from emblem.model.target import Address

_MAPPED_IPV4 = int(ipaddress.IPv6Address("::ffff:0:0"))
_ADDRESS_BITS = 128


@dataclass(frozen=True, slots=True)
class NameAsset:
    """A domain name; with ``wildcard`` also every name below it. ``name`` is in normal form."""

    text: str
    name: str
    wildcard: bool = False

    def covers_name(self, name: str) -> bool:
        """Whether a name in normal form is this one, or, with the wildcard, stands below it."""
        return name == self.name or (self.wildcard and name.endswith("." + self.name))

    def covers(self, other: Asset) -> bool:
        """Whether everything that ``other`` marks is marked by this too."""
        if not isinstance(other, NameAsset) or (other.wildcard and not self.wildcard):
            return False
        return self.covers_name(other.name)


@dataclass(frozen=True, slots=True)
class NetworkAsset:
    """An address or a prefix, held in 128 bits, IPv4 as IPv4-mapped IPv6, bits below ``length`` cleared."""

    text: str
    bits: int
    length: int

    @classmethod
    def of(cls, text: str, address: Address, length: int | None = None) -> NetworkAsset:
        """The network of ``length`` bits (in the address's own family; None: the address alone)."""
        if isinstance(address, ipaddress.IPv4Address):
            value, offset = _MAPPED_IPV4 | int(address), _ADDRESS_BITS - 32
        else:
            value, offset = int(address), 0
        total = _ADDRESS_BITS if length is None else offset + length
        return cls(text, _prefix(value, total), total)

    def covers_address(self, address: Address) -> bool:
        """Whether an address lies within this network."""
        return self.covers(NetworkAsset.of("", address))

    def covers(self, other: Asset) -> bool:
        """Whether everything that ``other`` marks is marked by this too."""
        return (
            isinstance(other, NetworkAsset)
            and self.length <= other.length
            and _prefix(other.bits, self.length) == self.bits
        )


@dataclass(frozen=True, slots=True)
class UnreadAsset:
    """An entry that is no asset in its format: it marks nothing, covers nothing, and spoils nothing."""

    text: str

    def covers(self, other: Asset) -> bool:
        """Never: an entry that could not be read covers nothing."""
        del other
        return False


Asset = NameAsset | NetworkAsset | UnreadAsset


def _prefix(bits: int, length: int) -> int:
    shift = _ADDRESS_BITS - length
    return bits >> shift << shift
