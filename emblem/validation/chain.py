"""Step 3 of the procedure: how the endorsements of the emblem's own issuer lead to the emblem's key."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from emblem.model.reason import ReasonCode
from emblem.model.token import Emblem, Endorsement, NumericDate, Token
from emblem.validation.constraints import find_excess
from emblem.validation.screening import Candidate


@dataclass(frozen=True, slots=True, eq=False)
class EmblemCandidate:
    """A verified emblem, its claims at hand."""

    index: int
    token: Token
    claims: Emblem


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


@dataclass(frozen=True, slots=True)
class Fault:
    """Why no chain could be made; ``token`` counts in the set's tokens."""

    code: ReasonCode
    message: str
    token: int | None = None


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


def merge_renewals(links: Iterable[Link]) -> tuple[list[Link], list[Link]]:
    """Take endorsements that say the same but for their times as one: the latest start, then end, counts.

    Returns:
        The endorsements that count, in their order, and those that a later one replaces.
    """
    latest: dict[Hashable, Link] = {}
    replaced: list[Link] = []
    for link in links:
        present = latest.get(link.statement)
        if present is None:
            latest[link.statement] = link
            continue
        older, newer = sorted((present, link), key=age)
        latest[link.statement] = newer
        replaced.append(older)
    return list(latest.values()), replaced


def build_chain(emblem: EmblemCandidate, links: list[Link]) -> tuple[Link, ...] | Fault:
    """The one chain that all endorsements of the emblem's issuer must form, from the emblem up to its root."""
    chain: list[Link] = []
    current: Member = emblem
    while parents := [link for link in links if link.endorses(current)]:
        if len(parents) > 1:
            message = "more than one endorsement of the same key by its own organization"
            return Fault(ReasonCode.CHAIN_BRANCH, message, parents[1].index)
        if parents[0] in chain or parents[0] is current:
            message = "the endorsements of the emblem's organization go round in a circle"
            return Fault(ReasonCode.CHAIN_LOOP, message, parents[0].index)
        current = parents[0]
        chain.append(current)
    for link in links:
        if link not in chain:
            message = "this endorsement by the emblem's organization does not lead to the emblem's key"
            return Fault(ReasonCode.CHAIN_UNCONNECTED, message, link.index)
    return tuple(chain)


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


def find_chains(
    emblem: EmblemCandidate, links: Iterable[Link], counts: Callable[[Member], bool]
) -> Iterator[tuple[Link, ...]]:
    """Chains upward from an emblem among what is there, the emblem alone first.

    For each link a shortest chain that ends in it, and a shortest one on which a key counts; no key occurs twice in
    a chain. So there are two for each link at the most, however many endorse each other, and what is added cannot
    keep a chain from being found.

    Args:
        emblem: where the chains begin.
        links: the endorsements of its issuer that allow what it claims.
        counts: whether the key of a token is one that the verifier was given for this.
    """
    links = tuple(links)
    reached: set[tuple[int, bool]] = set()
    waiting: deque[tuple[tuple[Link, ...], bool]] = deque([((), counts(emblem))])
    while waiting:
        chain, counted = waiting.popleft()
        yield chain
        current = chain[-1] if chain else emblem
        keys = {emblem.token.key_identifier, *(link.token.key_identifier for link in chain)}
        for link in links:
            if link.token.key_identifier in keys or not link.endorses(current):
                continue
            state = (link.index, counted or counts(link))
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
    roots = 0
    for node in nodes:
        parents = sum(link.endorses(node) for link in links)
        if parents > 1 or _is_in_circle(node, links):
            return None
        roots += not parents
    return roots - 1


def _is_in_circle(node: Member, links: list[Link]) -> bool:
    current = node
    for _ in links:
        parent = next((link for link in links if link.endorses(current)), None)
        if parent is None:
            return False
        current = parent
    return any(link.endorses(current) for link in links)
