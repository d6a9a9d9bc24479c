"""Many targets at a time: each verdict as soon as it is known, no more under way than allowed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def as_finished(
    items: Iterable[T] | AsyncIterable[T], work: Callable[[T], Awaitable[R]], *, most: int
) -> AsyncGenerator[R, None]:
    """The results of some work on each item, each as soon as it is there, so not in the order of the items.

    Items are taken only as results are taken from here, and only while there are fewer than ``most`` under way. A
    slow source keeps no result back. What the work or the source raises is raised here; the rest is then cancelled.
    """
    source = _each(items)
    working: set[asyncio.Task[R]] = set()
    upcoming: asyncio.Task[tuple[T] | None] | None = asyncio.create_task(_next(source))
    try:
        while upcoming is not None or working:
            takes = upcoming if upcoming is not None and len(working) < most else None
            done, _ = await asyncio.wait({*working, *((takes,) if takes else ())}, return_when=asyncio.FIRST_COMPLETED)
            if takes is not None and takes in done:
                item = takes.result()
                upcoming = None if item is None else asyncio.create_task(_next(source))
                if item is not None:
                    working.add(asyncio.ensure_future(work(item[0])))
            for task in [task for task in working if task in done]:
                working.discard(task)
                yield task.result()
    finally:
        left = [*working, *((upcoming,) if upcoming else ())]
        for unfinished in left:
            unfinished.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _next(source: AsyncIterator[T]) -> tuple[T] | None:
    async for item in source:
        return (item,)
    return None


async def _each(items: Iterable[T] | AsyncIterable[T]) -> AsyncIterator[T]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
        return
    for item in items:
        yield item
