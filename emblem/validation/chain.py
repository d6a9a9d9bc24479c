"""Step 3 of the procedure: how the endorsements of the emblem's own issuer lead to the emblem's key."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from emblem.model.reason import Reason, ReasonCode
from emblem.model.token import Emblem, Endorsement, NumericDate, Token
from emblem.model.value import quickly_made
from emblem.validation.constraints import find_excess
from emblem.validation.screening import Candidate
from emblem.validation.trust import Backing


@quickly_made
@dataclass(frozen=True, slots=True, eq=False)
class EmblemCandidate:
    """A verified emblem, its claims at hand."""

    index: int
    token: Token
    claims: Emblem


@quickly_made
@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """A verified endorsement, its claims at hand."""

    index: int
    token: Token
    claims: Endorsement

    def endorses(self, other: EmblemCandidate | Link) -> bool:
        """Whether this vouches for the key that signed the other token, in the name of its issuer."""
        return self.claims.key == other.token.key_identifier and self.claims.subject == other.claims.issuer

    @property
    def statement(self) -> Hashable:
        """What a renewal of this has in common with it."""
        claims = self.claims
        return self.token.key_identifier, claims.issuer, claims.key, claims.subject, claims.may_endorse


Member = EmblemCandidate | Link
"""A token on a path."""

_Member = TypeVar("_Member", EmblemCandidate, Link)


class Fault(NamedTuple):
    """Why no chain could be made; ``token`` counts in the set's tokens, ``remarks`` say what was met on the way."""

    code: ReasonCode
    message: str
    token: int | None = None
    remarks: tuple[Reason, ...] = ()


def split_candidates(candidates: Iterable[Candidate]) -> tuple[list[EmblemCandidate], list[Link]]:
    """Emblems and endorsements apart; tokens of unknown versions are neither."""
    emblems: list[EmblemCandidate] = []
    links: list[Link] = []
    for candidate in candidates:
        claims = candidate.token.claims
        if isinstance(claims, Emblem):
            emblems.append(EmblemCandidate(candidate.index, candidate.token, claims))
        elif isinstance(claims, Endorsement):
            links.append(Link(candidate.index, candidate.token, claims))
    return emblems, links


def age(one: Member) -> tuple[NumericDate, NumericDate, bytes]:
    """By what renewals are ordered: the start, then the end, then (so that it is always the same one) the bytes."""
    return one.claims.not_before, one.claims.expires, one.token.signed


def newest_first(members: list[_Member]) -> list[_Member]:
    """By age, the youngest first."""
    return sorted(members, key=age, reverse=True) if len(members) > 1 else members


def merge_renewals(links: Iterable[Link], merged: Iterable[Link] = ()) -> tuple[list[Link], list[Link]]:
    """Take endorsements that say the same but for their times as one: the latest start, then end, counts.

    Args:
        links: the endorsements.
        merged: others before them, of which no two say the same.

    Returns:
        The endorsements that count, in their order, and those that a later one replaces.
    """
    latest: dict[Hashable, Link] = {link.statement: link for link in merged}
    replaced: list[Link] = []
    for link in links:
        statement = link.statement
        present = latest.setdefault(statement, link)
        if present is not link:
            older, newer = sorted((present, link), key=age)
            latest[statement] = newer
            replaced.append(older)
    return list(latest.values()), replaced


def build_chain(emblem: EmblemCandidate, links: list[Link]) -> tuple[Link, ...] | Fault:
    """The one chain that all endorsements of the emblem's issuer must form, from the emblem up to its root."""
    endorsing = _by_endorsed_key(links)
    chain: dict[int, Link] = {}
    current: Member = emblem
    while parents := _parents(current, endorsing):
        if len(parents) > 1:
            message = "more than one endorsement of the same key by its own organization"
            return Fault(ReasonCode.CHAIN_BRANCH, message, parents[1].index)
        current = parents[0]
        if current.index in chain:
            message = "the endorsements of the emblem's organization go round in a circle"
            return Fault(ReasonCode.CHAIN_LOOP, message, current.index)
        chain[current.index] = current
    for link in links:
        if link.index not in chain:
            message = "this endorsement by the emblem's organization does not lead to the emblem's key"
            return Fault(ReasonCode.CHAIN_UNCONNECTED, message, link.index)
    return tuple(chain.values())


def find_chain_fault(emblem: EmblemCandidate, chain: Iterable[Link]) -> Fault | None:
    """What is wrong with the statements of a chain: a key that may not endorse, a claim that is not allowed."""
    for link in chain:
        if not link.claims.may_endorse and link.claims.key != emblem.token.key_identifier:
            message = "this endorsement does not allow its key to endorse others, but that key does"
            return Fault(ReasonCode.ENDORSEMENT_FORBIDS_ENDORSING, message, link.index)
        excess = find_excess(emblem.claims, link.claims.constraints)
        if excess is not None:
            return Fault(*excess, link.index)
    return None


def backs(backing: Backing, one: Member) -> bool:
    """Whether the key of a token makes a result trusted where the token is of the emblem's own chain."""
    identifier = one.token.key_identifier
    return identifier in backing.given and backing.counts(identifier, one.claims.issuer)


def find_chains(emblem: EmblemCandidate, links: Iterable[Link], backing: Backing) -> Iterator[tuple[Link, ...]]:
    """Chains upward from an emblem among what is there, the emblem alone first.

    For each link a shortest chain that ends in it, and a shortest one on which a key counts; no key occurs twice in
    a chain. So there are two for each link at the most, however many endorse each other, and what is added cannot
    keep a chain from being found.

    Args:
        emblem: where the chains begin.
        links: the endorsements of its issuer that allow what it claims.
        backing: the keys that the verifier was given for this.
    """
    endorsing = _by_endorsed_key(links)
    reached: set[tuple[int, bool]] = set()
    waiting: deque[tuple[tuple[Link, ...], bool]] = deque([((), backs(backing, emblem))])
    while waiting:
        chain, counted = waiting.popleft()
        yield chain
        parents = _parents(chain[-1] if chain else emblem, endorsing)
        if not parents:
            continue
        keys = {emblem.token.key_identifier, *[link.token.key_identifier for link in chain]}
        for link in parents:
            if link.token.key_identifier in keys:
                continue
            state = (link.index, counted or backs(backing, link))
            if state not in reached:
                reached.add(state)
                waiting.append(((*chain, link), state[1]))


def count_gaps(emblem: EmblemCandidate, links: list[Link]) -> int | None:
    """How many links are missing to make one chain of what is there; None where no link could.

    Every piece must be a line, must allow its lowest key to endorse further unless that is the emblem's
    key, and must allow what the emblem claims. No key may occur twice: whatever endorses it would endorse both.
    """
    if find_chain_fault(emblem, links) is not None:
        return None
    nodes: list[Member] = [emblem, *links]
    if len({node.token.key_identifier for node in nodes}) < len(nodes):
        return None
    endorsing = _by_endorsed_key(links)
    above = {node.index: _parents(node, endorsing) for node in nodes}
    if any(len(parents) > 1 for parents in above.values()) or _has_circle(above):
        return None
    return sum(not parents for parents in above.values()) - 1


def _has_circle(above: Mapping[int, list[Link]]) -> bool:
    """Whether one goes round in a circle somewhere, where each node has one parent at the most."""
    settled: set[int] = set()
    for start in above:
        path: set[int] = set()
        index: int | None = start
        while index is not None and index not in settled:
            if index in path:
                return True
            path.add(index)
            index = next((parent.index for parent in above[index]), None)
        settled |= path
    return False


def _by_endorsed_key(links: Iterable[Link]) -> dict[str, list[Link]]:
    index: dict[str, list[Link]] = {}
    for link in links:
        index.setdefault(link.claims.key, []).append(link)
    return index


def _parents(node: Member, endorsing: Mapping[str, list[Link]]) -> list[Link]:
    candidates = endorsing.get(node.token.key_identifier or "")
    return [link for link in candidates if link.endorses(node)] if candidates else []
