"""How a verifier works, for every target alike."""

from __future__ import annotations

from dataclasses import dataclass

from emblem.validation.procedure import Profile
from emblem.validation.trust import Trust
from emblem.verifier.authenticity import Authentication


@dataclass(frozen=True, slots=True)
class Settings:
    """How a verifier works.

    Args:
        trust: whom it trusts, and its policy.
        profile: how additional tokens are taken.
        authentication: where DNSSEC begins; None where it is not checked.
        covert: ask only what ordinary software asks too.
    """

    trust: Trust
    profile: Profile = Profile.ROBUST
    authentication: Authentication | None = None
    covert: bool = False
