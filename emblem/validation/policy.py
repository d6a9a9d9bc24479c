"""What a verifier's policy asks of a valid emblem before it is called protected."""

from __future__ import annotations

from collections.abc import Iterator, Set

from emblem.model.organization import Organization
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.time import date_text, seconds_between
from emblem.model.verdict import Level
from emblem.validation.levels import Standing
from emblem.validation.trust import DEFAULT_POLICY, Policy


def suffices(standing: Standing, policy: Policy) -> bool:
    """Whether somebody trusted stands behind an emblem, or it reaches a level that suffices without."""
    return standing.trusted or (policy.accept is not None and standing.level.rank >= policy.accept.rank)


def protects(standing: Standing, policy: Policy) -> bool:
    """Whether an emblem that names the target protects it."""
    return suffices(standing, policy) and next(shortcomings(standing, policy), None) is None


def shortcomings(standing: Standing, policy: Policy) -> Iterator[Reason]:
    """Each demand of the policy that a standing does not meet. What falls short is claimed, never rejected."""
    if policy is DEFAULT_POLICY:
        return
    if policy.minimum_level is not Level.SIGNED and standing.level.rank < policy.minimum_level.rank:
        message = f"its level is {standing.level}; your policy asks for {policy.minimum_level}"
        yield Reason(ReasonCode.POLICY_LEVEL, Severity.WARNING, message)
    if not _is_endorsed(standing, policy.required_authorities):
        required = ", ".join(sorted(map(str, policy.required_authorities)))
        message = f"none of the authorities that your policy requires endorses it: {required}"
        yield Reason(ReasonCode.POLICY_AUTHORITY, Severity.WARNING, message)
    form = standing.emblem.token.format
    if form not in policy.formats:
        message = f"its format is {form}; your policy accepts {', '.join(sorted(policy.formats)) or 'none'}"
        yield Reason(ReasonCode.POLICY_FORMAT, Severity.WARNING, message)
    start, end = standing.emblem.claims.not_before, standing.emblem.claims.expires
    if policy.longest_lifetime is not None and seconds_between(start, end) > policy.longest_lifetime:
        period = f"from {date_text(start)} to {date_text(end)}"
        message = f"it holds {period}; your policy allows {policy.longest_lifetime} seconds"
        yield Reason(ReasonCode.POLICY_LIFETIME, Severity.WARNING, message)


def _is_endorsed(standing: Standing, required: Set[Organization]) -> bool:
    if not required or any(link.claims.issuer in required for link in standing.authorities):
        return True
    return not required.isdisjoint(standing.certified.authorities)
