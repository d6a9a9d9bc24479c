"""Many items at a time: results as soon as they are there, bounded, and nothing left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from emblem.verifier.stream import as_finished


async def doubled(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


def test_every_item_gets_its_result() -> None:
    async def run() -> list[int]:
        return [result async for result in as_finished(range(100), doubled, most=7)]

    assert sorted(asyncio.run(run())) == [2 * number for number in range(100)]


def test_no_more_items_are_under_way_than_allowed() -> None:
    under_way, highest = 0, 0

    async def work(number: int) -> int:
        nonlocal under_way, highest
        under_way += 1
        highest = max(highest, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1
        return number

    async def run() -> int:
        return len([result async for result in as_finished(range(50), work, most=5)])

    assert asyncio.run(run()) == 50
    assert highest == 5


def test_a_source_that_waits_keeps_no_result_back() -> None:
    async def run() -> int:
        released = asyncio.Event()

        async def source() -> AsyncIterator[int]:
            yield 21
            await released.wait()

        results = as_finished(source(), doubled, most=5)
        first = await asyncio.wait_for(anext(results), timeout=5)
        released.set()
        with pytest.raises(StopAsyncIteration):
            await anext(results)
        return first

    assert asyncio.run(run()) == 42


def test_what_the_work_raises_is_raised_and_the_rest_is_cancelled() -> None:
    cancelled: list[int] = []

    async def work(number: int) -> int:
        if number == 0:
            raise ValueError("zero")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(number)
            raise
        return number

    async def run() -> None:
        numbers = iter([1, 2, 0])
        with pytest.raises(ValueError, match="zero"):
            async for _ in as_finished(numbers, work, most=5):
                pass
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())
    assert sorted(cancelled) == [1, 2]


def test_whoever_stops_early_leaves_nothing_behind() -> None:
    async def run() -> int:
        results = as_finished(range(1000), doubled, most=5)
        await anext(results)
        await results.aclose()
        return len(asyncio.all_tasks())

    assert asyncio.run(run()) == 1
