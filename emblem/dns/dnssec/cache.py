"""What was found out about zones, for further answers: bounded, and only for its time."""

from __future__ import annotations

from dataclasses import dataclass

import dns.name

from emblem.dns.dnssec.assessment import Evidence, ZoneLink
from emblem.dns.dnssec.signatures import KeySet
from emblem.dns.names import Labels

MOST_ZONES = 1024
"""Zones that a cache remembers."""
LONGEST_LIFE = 3600
"""Seconds for which a zone is remembered at most."""


@dataclass(frozen=True, slots=True)
class ZoneStatus:
    """What is known about a zone.

    Args:
        link: its state, for people and traces.
        keys: the keys that may sign its data; ``None`` unless it is secure.
        chain: the zones that this rests on, parents before children, the zone itself last.
        evidence: the responses that this rests on.
        since: seconds since 1970: as of when it was judged.
        until: seconds since 1970 at which that is over.
    """

    link: ZoneLink
    keys: KeySet | None
    chain: tuple[ZoneLink, ...]
    evidence: tuple[Evidence, ...]
    since: int
    until: int


class ZoneCache:
    """Zones that were found secure or insecure. Failures are not remembered.

    A cache belongs to one set of trust anchors and one policy: what was found with others must not get into it. It may
    be used from several threads.

    Args:
        most_zones: beyond that the oldest are forgotten.
    """

    def __init__(self, most_zones: int = MOST_ZONES) -> None:
        self._zones: dict[Labels, ZoneStatus] = {}
        self._most_zones = most_zones

    def __len__(self) -> int:
        return len(self._zones)

    def get(self, zone: dns.name.Name, at: int) -> ZoneStatus | None:
        """What is known about a zone as of a time."""
        status = self._zones.get(zone.labels)
        return status if status is not None and status.since <= at < status.until else None

    def put(self, zone: dns.name.Name, status: ZoneStatus) -> None:
        """Remembers what was found out about a zone."""
        self._zones.pop(zone.labels, None)
        self._zones[zone.labels] = status
        while len(self._zones) > self._most_zones:
            # Another thread may have forgotten the oldest meanwhile.
            self._zones.pop(next(iter(tuple(self._zones))), None)
