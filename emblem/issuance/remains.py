"""What others can still see of an emblem after it was taken out of its zone, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from emblem.dns.message import ResourceRecord
from emblem.issuance.publication import token_of
from emblem.model.organization import Organization
from emblem.model.token import Emblem, Endorsement, NumericDate


@dataclass(frozen=True, slots=True)
class Remains:
    """What stays visible elsewhere.

    Args:
        longest_ttl: seconds for which caches may show the records after the last server has dropped them.
        tokens_until: when the last of the emblems expires that were removed: copies hold until then. None: none.
        logged: the organizations of whose keys certificates are in public logs, from which nothing is removed.
    """

    longest_ttl: int
    tokens_until: NumericDate | None
    logged: tuple[Organization, ...]


def remains_of(removed: Iterable[ResourceRecord]) -> Remains:
    """What stays of records that are taken out of a zone."""
    longest = 0
    ends: list[NumericDate] = []
    logged: dict[Organization, None] = {}
    for record in removed:
        longest = max(longest, record.ttl)
        token = token_of(record)
        claims = None if token is None else token.claims
        if isinstance(claims, Emblem):
            ends.append(claims.expires)
        elif isinstance(claims, Endorsement) and claims.log and claims.issuer is not None:
            logged[claims.issuer] = None
    return Remains(longest, max(ends, default=None), tuple(logged))
