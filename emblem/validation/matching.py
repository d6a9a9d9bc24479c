"""Whether an emblem names the target (``specs/profile.md``, "Target")."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from emblem.model.asset import Asset, NameAsset, NetworkAsset
from emblem.model.target import Address, Target
from emblem.model.token import Emblem, Format


class Match(Enum):
    """How an emblem's assets relate to a target."""

    NAMED = "the target itself is marked"
    THROUGH_NAME = "every address of the target's name is marked"
    NEEDS_ADDRESSES = "it is known only with the addresses at hand"
    NONE = "something else is marked"


_NAMED = Match.NAMED
"""At hand: looking a member up in its class takes as long as a call, before Python 3.12."""


def match_target(emblem: Emblem, form: Format, target: Target, addresses: Collection[Address]) -> Match:
    """Compare an emblem's assets with the target.

    Args:
        emblem: the claims.
        form: in the native format names match whole, and a name never stands for its addresses.
        target: what is asked about.
        addresses: all addresses that the target, a name, resolves to; empty where they are not known.
    """
    for asset in emblem.assets:
        if _names(asset, target):
            return _NAMED
    if form is not Format.JWS:
        return Match.NONE
    if target.address is not None:
        other_kind = any(isinstance(asset, NameAsset) for asset in emblem.assets)
        return Match.NEEDS_ADDRESSES if other_kind else Match.NONE
    networks = [asset for asset in emblem.assets if isinstance(asset, NetworkAsset)]
    if not networks:
        return Match.NONE
    if not addresses:
        return Match.NEEDS_ADDRESSES
    marked = all(any(network.covers_address(address) for network in networks) for address in addresses)
    return Match.THROUGH_NAME if marked else Match.NONE


def _names(asset: Asset, target: Target) -> bool:
    if isinstance(asset, NameAsset):
        return asset.covers_name(target.name)
    return isinstance(asset, NetworkAsset) and target.address is not None and asset.covers_address(target.address)
