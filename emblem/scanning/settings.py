"""How a scan works, for every target alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from emblem.dns.encrypted import AnyServer, parse_resolver
from emblem.dns.lookup import DEFAULT_RETRY_POLICY, RetryPolicy
from emblem.dns.servers import system_resolvers
from emblem.errors import InputError
from emblem.validation.procedure import Profile
from emblem.validation.trust import Trust
from emblem.verifier.settings import CommitmentMode

if TYPE_CHECKING:
    from emblem.dns.dnssec import TrustAnchors

DEFAULT_TIMEOUT = 10.0
"""Seconds within which a target is settled, or undetermined."""

DEFAULT_RESOLVER_RATE = 1000.0
"""Queries a second to a resolver that is not on this machine, where nothing else is said."""

LARGEST_WINDOW = 512
"""Queries to one resolver that one process has outstanding at the most."""


class DnssecCheck(StrEnum):
    """Of which targets it is checked that the DNS answers are authentic."""

    SKIP = "skip"
    """Of none. A verdict then says ``not-checked``."""
    FOUND = "found"
    """Of those where something was found: these are asked again, as a single verification asks."""
    ALL = "all"
    """Of all: each is asked as a single verification asks, and nothing is settled at first sight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSettings:
    """How a scan works. Can be sent to another process or machine.

    Args:
        trust: whom to trust, and the policy; with a policy that requires DNSSEC, it is checked at least of what is
            found.
        resolvers: whom to ask, as :func:`emblem.dns.parse_resolver` reads them; those of the system where there are
            none. Unlike in a single verification they share the work, and need not agree.
        resolver_ca: root certificates in PEM that alone are trusted for resolvers asked over TLS or HTTPS.
        profile: how additional tokens are taken.
        dnssec: of which targets DNSSEC is checked.
        anchors: where DNSSEC begins, as DS or DNSKEY records, one a line; the root's keys where left out.
        covert: ask only what ordinary software asks too, over encrypted transports.
        ct: how key commitments are checked; None: as in a single verification.
        timeout: seconds within which one target is settled.
        retries: how long and how often a question is asked.
        rate: queries a second in all; None: no limit but those of the resolvers.
        resolver_rate: queries a second to each resolver; 0: no limit; None: ``DEFAULT_RESOLVER_RATE`` unless it is on
            this machine.
        window: queries that one process has outstanding with one resolver at the most.
        processes: how many processes ask; None: as many as this machine has processors to give.

    Raises:
        InputError: a number is out of its range.
    """

    trust: Trust = field(default_factory=Trust)
    resolvers: tuple[str, ...] = ()
    resolver_ca: Path | None = None
    profile: Profile = Profile.ROBUST
    dnssec: DnssecCheck = DnssecCheck.SKIP
    anchors: str | None = None
    covert: bool = False
    ct: CommitmentMode | None = None
    timeout: float = DEFAULT_TIMEOUT
    retries: RetryPolicy = DEFAULT_RETRY_POLICY
    rate: float | None = None
    resolver_rate: float | None = None
    window: int = LARGEST_WINDOW
    processes: int | None = None

    def __post_init__(self) -> None:
        _at_least("timeout", self.timeout, 0.1)
        _at_least("window", self.window, 1)
        if self.rate is not None:
            _at_least("rate", self.rate, 1)
        if self.resolver_rate:
            _at_least("resolver rate", self.resolver_rate, 1)
        if self.processes is not None:
            _at_least("processes", self.processes, 1)

    @property
    def checked_dnssec(self) -> DnssecCheck:
        """Of which targets DNSSEC is checked, given what the policy requires."""
        if self.dnssec is DnssecCheck.SKIP and self.trust.policy.require_dnssec:
            return DnssecCheck.FOUND
        return self.dnssec

    def trust_anchors(self) -> TrustAnchors | None:
        """The anchors that were given.

        Raises:
            InputError: they are none.
        """
        if self.anchors is None:
            return None
        from emblem.dns.dnssec import parse_anchors

        return parse_anchors(self.anchors)

    def servers(self) -> tuple[AnyServer, ...]:
        """The resolvers that are asked, each once.

        Raises:
            ResolverError: one is not given as it must be, or none is given and the system has none.
        """
        chosen = tuple(dict.fromkeys(parse_resolver(text) for text in self.resolvers))
        return chosen or system_resolvers()


def _at_least(field: str, value: float, least: float) -> None:
    if not value >= least:
        raise InputError(field, str(value), f"a number from {least:g} on")
