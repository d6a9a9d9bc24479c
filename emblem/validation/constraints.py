"""Whether an endorsement allows what an emblem claims: every constraint must contain the claim."""

from __future__ import annotations

from emblem.model.asset import UnreadAsset
from emblem.model.reason import ReasonCode
from emblem.model.time import date_text, seconds_between
from emblem.model.token import Constraints, Emblem

Excess = tuple[ReasonCode, str]
"""A claim that an endorsement does not allow: the reason's code and its message."""


def find_excess(emblem: Emblem, allowed: Constraints) -> Excess | None:
    """The first claim of an emblem that goes beyond the constraints of an endorsement, or None.

    What the emblem does not claim is contained in every constraint; an entry that is no asset claims nothing.
    """
    if allowed.purposes is not None and int(emblem.purposes) & ~int(allowed.purposes):
        claimed, permitted = ", ".join(emblem.purposes.slugs), ", ".join(allowed.purposes.slugs) or "none"
        message = f"the emblem claims the purposes {claimed}; the endorsement allows {permitted}"
        return ReasonCode.ENDORSEMENT_PURPOSE_EXCEEDED, message
    if allowed.assets is not None:
        for asset in emblem.assets:
            if not isinstance(asset, UnreadAsset) and not any(permit.covers(asset) for permit in allowed.assets):
                permitted = ", ".join(permit.text for permit in allowed.assets) or "none"
                message = f"the emblem marks {asset.text}; the endorsement allows {permitted}"
                return ReasonCode.ENDORSEMENT_ASSETS_EXCEEDED, message
    if allowed.channels is not None and not emblem.channels <= allowed.channels:
        claimed, permitted = ", ".join(sorted(emblem.channels)), ", ".join(sorted(allowed.channels)) or "none"
        message = f"the emblem names the channels {claimed}; the endorsement allows {permitted}"
        return ReasonCode.ENDORSEMENT_CHANNEL_EXCEEDED, message
    if allowed.window is not None and seconds_between(emblem.not_before, emblem.expires) > allowed.window:
        message = (
            f"the emblem holds from {date_text(emblem.not_before)} to {date_text(emblem.expires)}; the endorsement "
            f"allows {allowed.window} seconds"
        )
        return ReasonCode.ENDORSEMENT_WINDOW_EXCEEDED, message
    return None
