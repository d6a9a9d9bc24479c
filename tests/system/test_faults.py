"""Look-ups over bad networks and with bad servers: whatever goes wrong, nothing wrong is said, in time."""

import asyncio
import gc
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from emblem.codec.carriage import IHLE_TYPE, IHLE_TYPES
from emblem.dns import RecordType, ResourceRecord, RetryPolicy, Transport
from emblem.dns.names import encode_name
from emblem.model.verdict import Status, Verdict
from emblem.server import Faults, NameServer, ReceivedQuery, first, over, with_probability
from emblem.verifier.drivers import AsyncVerifier, Verifier
from tests.support.arrangement import AT, JWS, bare, chain, root, signing, stranger, trusting
from tests.support.naming import ORIGIN, ihle_lines, txt_lines, zone
from tests.system.conftest import Serve
from tests.system.lossy import LossyRelay
from tests.system.servers import Endpoint

TRUST = trusting(bare(root))
PROTECTED, UNMARKED, UNDETERMINED = Status.PROTECTED, Status.UNMARKED, Status.UNDETERMINED


@contextmanager
def nothing_is_left() -> Iterator[None]:
    """Makes sure that no descriptor and no thread is left of what runs within."""
    gc.collect()
    before = descriptors(), set(threading.enumerate())
    yield
    gc.collect()
    assert (descriptors(), set(threading.enumerate())) == before


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def run(work: Any) -> Any:
    """Runs a coroutine; no task may be left of it, and nothing may have gone wrong unseen."""
    unseen: list[Any] = []

    async def watched() -> Any:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unseen.append(context))
        result = await work
        gc.collect()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return result

    result = asyncio.run(watched())
    assert unseen == []
    return result


# A bad network

LOSS, DELAY = 0.2, 0.2
SLACK = 0.75
"""Seconds that a verdict may come after its deadline, on a busy machine."""
SEVERAL = 3


def kinds() -> Mapping[str, tuple[list[str], Status]]:
    """Names of every kind of answer: the lines of the zone file that make it, and what it is."""

    def emblem(name: str, **more: Any) -> Any:
        return chain(root, signing, **more).emblem(name).records

    marked = {
        "ihle.example": ihle_lines("ihle.example", emblem("ihle.example")),
        "text.example": txt_lines("text.example", emblem("text.example")),
        "below.example": ["below.example. A 192.0.2.1", *txt_lines("_emblem.below.example", emblem("below.example"))],
        "jws.example": txt_lines("jws.example", emblem("jws.example", form=JWS)),
        "alias.example": ["alias.example. CNAME end.example.", *ihle_lines("end.example", emblem("alias.example"))],
    }
    unmarked = {
        "plain.example": ["plain.example. A 192.0.2.1"],
        "other.example": ['other.example. TXT "v=spf1 -all"', "other.example. A 192.0.2.1"],
        "away.example": ["away.example. CNAME plain.example."],
        "nowhere.example": ["nowhere.example. CNAME nobody.example."],
        "nobody.example": [],
    }
    return {name: (lines, PROTECTED) for name, lines in marked.items()} | {
        name: (lines, UNMARKED) for name, lines in unmarked.items()
    }


KINDS = kinds()
LINES = [line for lines, _ in KINDS.values() for line in lines]
Timed = tuple[str, Verdict, float]


def time_waiting(names: Sequence[str], resolver: str, seconds: float) -> list[Timed]:
    """Verdicts on names, all at once, each with the seconds that it took."""
    verifier = Verifier(TRUST, resolvers=[resolver], clock=lambda: AT, timeout=seconds)

    def verify(name: str) -> Timed:
        begin = time.monotonic()
        verdict = verifier.verify(name)
        return name, verdict, time.monotonic() - begin

    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(verify, names))


def time_concurrently(names: Sequence[str], resolver: str, seconds: float) -> list[Timed]:
    """The same in an event loop."""

    async def verify(verifier: AsyncVerifier, name: str) -> Timed:
        begin = time.monotonic()
        verdict = await verifier.verify(name)
        return name, verdict, time.monotonic() - begin

    async def verify_all() -> list[Timed]:
        async with AsyncVerifier(TRUST, resolvers=[resolver], clock=lambda: AT, timeout=seconds) as verifier:
            return await asyncio.gather(*(verify(verifier, name) for name in names))

    timed: list[Timed] = run(verify_all())
    return timed


@pytest.mark.parametrize("verify", [time_waiting, time_concurrently], ids=["waiting", "concurrent"])
@pytest.mark.parametrize("seconds", [1.5, 8.0])
def test_over_a_lossy_and_slow_network_every_verdict_is_right_or_undetermined_and_in_time(
    serve: Serve, verify: Callable[..., list[Timed]], seconds: float
) -> None:
    server = serve("example", ORIGIN + "\n".join(LINES) + "\n")
    names = [*KINDS] * SEVERAL
    with nothing_is_left(), LossyRelay(server, loss=LOSS, delay=DELAY, seed=1) as relay:
        timed = verify(names, str(relay.endpoint), seconds)

    assert relay.lost / (relay.lost + relay.passed) == pytest.approx(LOSS, abs=0.08)
    for name, verdict, took in timed:
        assert verdict.status in (KINDS[name][1], UNDETERMINED), name
        assert took < seconds + SLACK, name
    right = sum(verdict.status is KINDS[name][1] for name, verdict, _ in timed)
    assert right > len(names) / 2 or seconds < 2


def test_over_a_good_network_every_verdict_is_right(serve: Serve) -> None:
    server = serve("example", ORIGIN + "\n".join(LINES) + "\n")
    with LossyRelay(server, loss=0, delay=0, seed=1) as relay:
        timed = time_concurrently([*KINDS], str(relay.endpoint), 8.0)

    assert {name: verdict.status for name, verdict, _ in timed} == {name: status for name, (_, status) in KINDS.items()}


def test_over_a_network_that_loses_everything_every_verdict_is_undetermined_in_time(serve: Serve) -> None:
    server: Endpoint = serve("example", ORIGIN)
    with LossyRelay(server, loss=1, delay=0, seed=1) as relay:
        for _, verdict, took in time_concurrently([*KINDS], str(relay.endpoint), 1.0):
            assert verdict.status is UNDETERMINED
            assert 1.0 <= took < 1.0 + SLACK
