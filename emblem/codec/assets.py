"""How each format writes what an emblem marks."""

from __future__ import annotations

import ipaddress

from emblem.errors import InvalidNameError
from emblem.model.asset import Asset, NameAsset, NetworkAsset, UnreadAsset
from emblem.model.names import normalize_name

_WILDCARD = "*."


def read_name_asset(text: str) -> Asset:
    """An asset of the native format: a whole domain name; anything else marks nothing."""
    try:
        return NameAsset(text, normalize_name(text))
    except InvalidNameError:
        return UnreadAsset(text)


def read_jws_asset(text: str) -> Asset:
    """An asset of a JWS token: a name, ``*.`` and a name, or an address or prefix in brackets.

    draft-linker-diem-adem-core-01, "Asset identifiers"; IPv4 in brackets as seen in the wild.
    """
    if text.startswith("[") and text.endswith("]"):
        return _read_network(text, text[1:-1]) or UnreadAsset(text)
    wildcard = text.startswith(_WILDCARD)
    asset = read_name_asset(text.removeprefix(_WILDCARD))
    if not isinstance(asset, NameAsset) or asset.name.rpartition(".")[2].isdigit():
        return UnreadAsset(text)
    return NameAsset(text, asset.name, wildcard)


def _read_network(text: str, inner: str) -> NetworkAsset | None:
    address_text, slash, length_text = inner.partition("/")
    if "%" in address_text:
        return None
    try:
        address = ipaddress.ip_address(address_text)
    except ValueError:
        return None
    if not slash:
        return NetworkAsset.of(text, address)
    if not (length_text.isascii() and length_text.isdigit() and len(length_text) <= 3):
        return None
    length = int(length_text)
    return NetworkAsset.of(text, address, length) if length <= address.max_prefixlen else None
