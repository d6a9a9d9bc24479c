"""The addresses that names resolve to: asked of the resolvers of a scan, several names at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import islice

from emblem.discovery.answers import addresses_in
from emblem.discovery.plan import address_questions
from emblem.dns import ANY_TRANSPORT, COVERT_TRANSPORT, StubResolver
from emblem.dns.message import Answer, Failure
from emblem.dns.servers import ServerAddress
from emblem.model.target import Address
from emblem.scanning.settings import DEFAULT_RESOLVER_RATE, ScanSettings

_AT_ONCE = 32
"""Names that are asked about at the same time."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name resolves to.

    Args:
        name: the name.
        addresses: all that were found, of every resolver that was asked.
        problem: why there may be more, in words; empty where these are all.
    """

    name: str
    addresses: tuple[Address, ...] = ()
    problem: str = ""


Resolve = Callable[[Iterable[str]], Iterator[Resolution]]
"""Finds the addresses of names."""


def resolver_of(settings: ScanSettings, *, sleep: Callable[[float], None] = time.sleep) -> Resolve:
    """Asks as a scan with these settings does, and no faster.

    Args:
        settings: of the scan.
        sleep: waits so many seconds.

    Raises:
        ResolverError: no resolver can be asked as configured.
    """
    stub = StubResolver.configured(
        settings.servers(),
        transport=COVERT_TRANSPORT if settings.covert else ANY_TRANSPORT,
        ca_file=settings.resolver_ca,
        policy=settings.retries,
    )

    seconds_each = _seconds_each(settings)

    def resolve(names: Iterable[str]) -> Iterator[Resolution]:
        rest = iter(names)
        with stub.session() as session:
            while some := tuple(islice(rest, _AT_ONCE)):
                began = time.monotonic()
                questions = [question for name in some for question in address_questions(name)]
                answers = iter(session.ask_all(questions, began + settings.timeout))
                for name in some:
                    yield _resolution(name, (next(answers), next(answers)))
                sleep(max(0.0, began + len(questions) * seconds_each - time.monotonic()))

    return resolve


def _seconds_each(settings: ScanSettings) -> float:
    """How long one question takes at the least, at the lowest of the rates; every resolver is asked each."""
    servers = settings.servers()
    rates = [0.0 if settings.rate is None else settings.rate / len(servers)]
    for server in servers:
        local = isinstance(server, ServerAddress) and ip_address(server.host).is_loopback
        usual = 0.0 if local else DEFAULT_RESOLVER_RATE
        rates.append(usual if settings.resolver_rate is None else settings.resolver_rate)
    return max(1 / rate if rate else 0.0 for rate in rates)


def _resolution(name: str, answers: Sequence[Answer]) -> Resolution:
    problems = dict.fromkeys(
        answer.detail or str(answer.failure)
        for answer in answers
        # Where resolvers do not say the same, as those of a large service do not, all that they say counts.
        if answer.failure is not None and not (answer.failure is Failure.DISAGREEMENT and answer.records)
    )
    return Resolution(name, tuple(dict.fromkeys(addresses_in(answers))), "; ".join(problems))
