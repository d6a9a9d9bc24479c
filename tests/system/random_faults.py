"""Name servers that misbehave at random, and a record of what they did: what may be said of a host, and what not."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from emblem.codec.carriage import IHLE_TYPES
from emblem.dns import RecordType, ResourceRecord, Transport
from emblem.dns.names import encode_name
from emblem.model.verdict import Status
from emblem.server import Faults, ReceivedQuery, always, first, over, with_probability
from tests.support.arrangement import AnyRecord, chain, emblem_token, signing, stranger

TYPES = (*IHLE_TYPES, RecordType.TXT, RecordType.HTTPS)
CODES = (1, 2, 3, 4, 5, 9, 16)
SLOW, TOO_SLOW, TRICKLE = 0.01, 0.3, 0.002
"""Seconds: of a response that is waited for, of one that is not, and between two octets."""
LONG = 4000
"""Octets of a response that does not fit a datagram."""
GARBAGE = (b"", b"\x00" * 7, b"\xff" * 40, bytes(range(256)))


@dataclass(slots=True)
class Conduct:
    """What one server does, and what it did.

    Args:
        faults: what goes wrong with its responses.
        lies: the names and types of which something was said that is not so, in a proper form.
    """

    faults: list[Faults] = field(default_factory=list)
    lies: set[tuple[str, int]] = field(default_factory=set)


def allowed(name: str, truth: Status, conducts: Sequence[Conduct]) -> set[Status]:
    """What may be said of a host, given what the servers did that had to agree.

    A proper lie can only be told from the truth if somebody contradicts it: on one question at least all must have
    lied before a marked host is denied its emblem, or something else than the emblem is held to be all that there is.
    One liar is enough to add something, valid or not, to a host without an emblem, and to claim one, since what any of
    several resolvers found is judged. Nobody can make a host protected.
    """
    statuses = {truth, Status.UNDETERMINED}
    lies = [{lie for lie in conduct.lies if host_of(lie[0]) == name} for conduct in conducts]
    if any(lies):
        statuses.add(Status.CLAIMED)
    if set.intersection(*lies):
        statuses |= {Status.UNMARKED, Status.REJECTED}
    if any(lies) and truth is Status.UNMARKED:
        statuses.add(Status.REJECTED)
    return statuses


def host_of(name: str) -> str:
    """The host that a question is about."""
    return name.removeprefix("_emblem.")


def draw_conduct(source: random.Random, names: Sequence[str]) -> Conduct:
    """What a server does: nothing wrong, or up to three faults, each with up to three effects; perhaps it also makes up
    records of some names.

    Args:
        source: of all that is drawn.
        names: the names that it may lie about.
    """
    conduct = Conduct()
    for _ in range(source.choice((0, 1, 1, 2, 3))):
        fault = Faults()
        for _ in range(source.choice((1, 1, 2, 3))):
            fault = source.choice(EFFECTS)(fault, source)
        conduct.faults.append(_recorded(fault, _draw_queries(source, names), conduct))
    for name in source.sample(names, source.choice((0, 0, len(names) // 4))):
        conduct.faults.append(_recorded(*_draw_lie(source, name), conduct))
    return conduct


def _recorded(fault: Faults, when: Callable[[ReceivedQuery], bool], conduct: Conduct) -> Faults:
    def happens(query: ReceivedQuery) -> bool:
        spoiled = when(query)
        if spoiled and (fault.deny or fault.replace is not None):
            conduct.lies.add((query.name, query.type))
        return spoiled

    return replace(fault, when=happens)


def _draw_queries(source: random.Random, names: Sequence[str]) -> Callable[[ReceivedQuery], bool]:
    """Which queries: all, some at random, of a transport, the first ones, of a type, or for a few names."""
    kind = source.choice(TYPES)
    some = set(source.sample(names, len(names) // 4))
    return source.choice(
        (
            always,
            with_probability(source.choice((0.1, 0.5, 0.9)), random.Random(source.random())),
            over(source.choice((Transport.UDP, Transport.TCP))),
            first(source.randrange(400)),
            lambda query: query.type == kind,
            *2 * (lambda query: host_of(query.name) in some,),
        )
    )


def _draw_lie(source: random.Random, name: str) -> tuple[Faults, Callable[[ReceivedQuery], bool]]:
    """Records in the place of the right ones, and where: an emblem of nobody known, a copied one, an emblem without its
    key, junk, or others'; an alias of a marked host, what is no answer, or nothing."""
    number = source.choice(IHLE_TYPES)
    tokens: Sequence[AnyRecord] = source.choice(
        (
            chain(stranger, issuer=None).emblem(name).records,
            chain(signing, issuer=None).emblem("copied.example").records,
            [emblem_token(signing)],
            [b"\xd8\x3d\xd2\x84\x40\xa0\x40\x40"],
        )
    )
    made_up = source.choice(
        (
            *4 * ([ResourceRecord(name, number, 60, token) for token in tokens if isinstance(token, bytes)],),
            [ResourceRecord(name, RecordType.TXT, 60, b"\x05hello")],
            [ResourceRecord(name, RecordType.CNAME, 60, encode_name("marked0.example"))],
            [ResourceRecord("example", RecordType.SOA, 60, encode_name("a") * 2 + bytes(20))],
            [],
        )
    )
    kinds = {record.type for record in made_up} | {source.choice(TYPES)}
    return Faults(replace=tuple(made_up)), lambda query: query.name == name and query.type in kinds


EFFECTS: Sequence[Callable[[Faults, random.Random], Faults]] = (
    lambda fault, _: replace(fault, drop=True),
    lambda fault, source: replace(fault, delay=source.choice((SLOW, TOO_SLOW))),
    lambda fault, _: replace(fault, refuse_edns=True),
    lambda fault, source: replace(fault, response_code=source.choice(CODES)),
    *3 * (lambda fault, _: replace(fault, deny=True),),
    lambda fault, _: replace(fault, empty=True),
    lambda fault, _: replace(fault, truncate=True),
    lambda fault, _: replace(fault, pad_to=LONG),
    lambda fault, _: replace(fault, wrong_identifier=True),
    lambda fault, _: replace(fault, wrong_question=True),
    lambda fault, source: replace(fault, cut_to=source.randrange(60)),
    lambda fault, source: replace(fault, garbage=source.choice(GARBAGE)),
    lambda fault, source: replace(fault, flood=source.choice((1, 5, 200))),
    lambda fault, _: replace(fault, drip=TRICKLE),
)
"""Every effect that a fault can have, but the lies of ``replace``."""
