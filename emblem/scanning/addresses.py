"""The addresses that names resolve to: asked of the resolvers of a scan, several names at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from emblem.discovery.answers import addresses_in
from emblem.discovery.plan import address_questions
from emblem.dns import ANY_TRANSPORT, COVERT_TRANSPORT, StubResolver
from emblem.dns.message import Answer, Failure
from emblem.model.target import Address
from emblem.scanning.settings import ScanSettings

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


def resolver_of(settings: ScanSettings) -> Resolve:
    """Asks as a scan with these settings does.

    Raises:
        ResolverError: no resolver can be asked as configured.
    """
    stub = StubResolver.configured(
        settings.servers(),
        transport=COVERT_TRANSPORT if settings.covert else ANY_TRANSPORT,
        ca_file=settings.resolver_ca,
        policy=settings.retries,
    )

    def resolve(names: Iterable[str]) -> Iterator[Resolution]:
        rest = iter(names)
        with stub.session() as session:
            while some := tuple(islice(rest, _AT_ONCE)):
                questions = [question for name in some for question in address_questions(name)]
                answers = iter(session.ask_all(questions, time.monotonic() + settings.timeout))
                for name in some:
                    yield _resolution(name, (next(answers), next(answers)))

    return resolve


def _resolution(name: str, answers: Sequence[Answer]) -> Resolution:
    problems = dict.fromkeys(
        answer.detail or str(answer.failure)
        for answer in answers
        # Where resolvers do not say the same, as those of a large service do not, all that they say counts.
        if answer.failure is not None and not (answer.failure is Failure.DISAGREEMENT and answer.records)
    )
    return Resolution(name, tuple(dict.fromkeys(addresses_in(answers))), "; ".join(problems))
