"""How a verifier works, for every target alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.verdict import DnssecState, Status, Verdict
from emblem.validation.memory import Memory
from emblem.validation.procedure import Profile
from emblem.validation.trust import Policy, Trust
from emblem.validation.validate import add_reasons

if TYPE_CHECKING:
    from emblem.dns.dnssec import TrustAnchors, ZoneCache
    from emblem.verifier.commitments import CommitmentChecks


class CommitmentMode(StrEnum):
    """How key commitments are checked: logs are asked, only what is at hand counts, or not at all."""

    ONLINE = "online"
    EVIDENCE = "evidence"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Authentication:
    """Where chains of trust begin, and what is already known of zones; the cache is filled further.

    ``kept_at`` is when the answers say that they were kept, where they come from an evidence bundle without a time
    that counts: signatures that held then, and no longer do, are not for that reason forged.
    """

    anchors: TrustAnchors
    cache: ZoneCache
    kept_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How a verifier works.

    Args:
        trust: whom it trusts, and its policy.
        profile: how additional tokens are taken.
        authentication: where DNSSEC begins; None where it is not checked.
        covert: ask only what ordinary software asks too.
        memory: what it has read and checked for other targets; None where it keeps nothing.
        commitments: how key commitments are checked, told when the first one is; None where they are not.
    """

    trust: Trust
    profile: Profile = Profile.ROBUST
    authentication: Authentication | None = None
    covert: bool = False
    memory: Memory | None = None
    commitments: Callable[[], CommitmentChecks] | None = None


def without_memory(commitments: Callable[[], CommitmentChecks] | None) -> Callable[[], CommitmentChecks] | None:
    """The same checks of commitments, every one made anew."""
    return None if commitments is None else lambda: replace(commitments(), memory=None)


def require_dnssec(verdict: Verdict, policy: Policy) -> Verdict:
    """Withhold ``protected`` where the policy asks for authentic DNS answers and these were not shown to be."""
    protected = verdict.status is Status.PROTECTED
    if not (protected and policy.require_dnssec) or verdict.dnssec is DnssecState.SECURE:
        return verdict
    message = f"your policy requires DNSSEC, and the answers are {verdict.dnssec.value}"
    reason = Reason(ReasonCode.POLICY_DNSSEC, Severity.WARNING, message)
    return add_reasons(replace(verdict, status=Status.CLAIMED), reason)
