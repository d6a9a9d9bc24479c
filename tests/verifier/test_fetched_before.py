"""What was fetched for one target serves the next, for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from emblem.traceability.resources import Fetched, FetchFailure, Resource
from emblem.verifier.fetched_before import LASTING, LASTING_FAILURE, MOST_OCTETS, PATIENT, FetchedBefore

HEAD, PROOF = (Resource(f"https://log.example/{name}", 1000, name) for name in ("head", "proof"))


class Source:
    """Something to fetch from, and a clock."""

    def __init__(self, answer: Callable[[Resource], Fetched]) -> None:
        self.answer = answer
        self.asked: list[Resource] = []
        self.now = 0.0
        self.before = FetchedBefore(lambda: self.now)

    async def fetch(self, resources: tuple[Resource, ...]) -> tuple[Fetched, ...]:
        self.asked.extend(resources)
        await asyncio.sleep(0)
        return tuple(map(self.answer, resources))

    async def take(self, *resources: Resource, within: float = 10.0) -> tuple[Fetched, ...]:
        return await self.before.fetch_all(resources, self.now + within, self.fetch)


def good(resource: Resource) -> Fetched:
    return Fetched(resource, 200, b"body of " + resource.purpose.encode())


def failed(resource: Resource) -> Fetched:
    return Fetched(resource, failure=FetchFailure.UNREACHABLE, detail="nobody there")


def test_the_same_is_fetched_once_also_when_many_want_it_at_the_same_time() -> None:
    source = Source(good)

    async def many() -> list[tuple[Fetched, ...]]:
        return await asyncio.gather(*(source.take(HEAD, PROOF) for _ in range(20)))

    taken = asyncio.run(many())

    assert taken == [(good(HEAD), good(PROOF))] * 20
    assert sorted(one.purpose for one in source.asked) == ["head", "proof"]


def test_it_is_fetched_anew_after_a_while() -> None:
    source = Source(good)
    asyncio.run(source.take(HEAD))
    source.now = LASTING - 1
    asyncio.run(source.take(HEAD))
    assert len(source.asked) == 1

    source.now = LASTING
    asyncio.run(source.take(HEAD))

    assert len(source.asked) == 2


def test_a_failure_is_remembered_for_less_long() -> None:
    source = Source(failed)
    asyncio.run(source.take(HEAD))
    asyncio.run(source.take(HEAD))
    assert len(source.asked) == 1

    source.now = LASTING_FAILURE
    asyncio.run(source.take(HEAD))

    assert len(source.asked) == 2


def test_a_failure_of_somebody_who_had_hardly_any_time_is_not_remembered() -> None:
    source = Source(failed)
    asyncio.run(source.take(HEAD, within=PATIENT / 2))
    source.answer = good

    assert asyncio.run(source.take(HEAD)) == (good(HEAD),)


def test_whoever_waits_for_another_waits_no_longer_than_he_has_time() -> None:
    source = Source(good)

    async def never(resources: tuple[Resource, ...]) -> tuple[Fetched, ...]:
        del resources
        await asyncio.Event().wait()
        raise AssertionError

    async def both() -> Fetched:
        first = asyncio.create_task(source.before.fetch_all([HEAD], 10.0, never))
        await asyncio.sleep(0)
        (second,) = await source.take(HEAD, within=0.05)
        first.cancel()
        return second

    assert asyncio.run(both()).failure is FetchFailure.TIMEOUT


def test_no_more_is_kept_than_allowed() -> None:
    large = MOST_OCTETS // 4
    source = Source(lambda resource: Fetched(resource, 200, bytes(large)))
    resources = [Resource(f"https://log.example/{number}", large, str(number)) for number in range(6)]
    for resource in resources:
        asyncio.run(source.take(resource))

    asyncio.run(source.take(resources[-1]))
    assert len(source.asked) == 6
    asyncio.run(source.take(resources[0]))
    assert len(source.asked) == 7
