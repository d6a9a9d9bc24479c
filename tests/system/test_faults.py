"""Look-ups over bad networks and with bad servers: whatever goes wrong, nothing wrong is said, in time."""

import asyncio
import gc
import random
import resource
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from emblem.dns import RetryPolicy, ServerAddress
from emblem.model.verdict import Status, Verdict
from emblem.server import Faults, NameServer
from emblem.verifier.drivers import AsyncVerifier, Verifier
from tests.support.arrangement import AT, JWS, bare, chain, root, signing, trusting
from tests.support.naming import ORIGIN, ihle_lines, txt_lines, zone
from tests.system.conftest import Serve
from tests.system.lossy import LossyRelay
from tests.system.random_faults import EFFECTS, Conduct, allowed, draw_conduct
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
@pytest.mark.parametrize("seconds", [1.5, 6.0])
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


# Bad servers

LOOKUPS, PARTS, TOGETHER, AT_ONCE = 10_000, 4, 50, 2
"""Look-ups in all; parts that they are made in; look-ups with the same servers; and such groups at the same time."""
HASTY = RetryPolicy(try_timeout=0.2, tries=2)
SECONDS = 1.0
FEW_DESCRIPTORS = 512
"""Fewer than any system gives a process."""


def hosts() -> tuple[list[str], dict[str, Status]]:
    """A zone with marked hosts in every carriage, and others."""
    lines, truth = [], {}
    for number in range(30):
        name = f"marked{number}.example"
        records = chain(root, signing).emblem(name).records
        place = f"_emblem.{name}" if number % 3 == 2 else name
        lines += ihle_lines(name, records) if number % 3 == 0 else txt_lines(place, records)
        truth[name] = PROTECTED
    for number in range(10):
        lines.append(f"plain{number}.example. A 192.0.2.1")
        lines.append(f'other{number}.example. TXT "v=spf1 -all"')
        lines.append(f"alias{number}.example. CNAME marked{number}.example.")
        truth |= dict.fromkeys((f"{kind}{number}.example" for kind in ("plain", "other", "nobody")), UNMARKED)
    return lines, truth


HOST_LINES, TRUTH = hosts()
HOSTS = zone(*HOST_LINES)


def ask_concurrently(names: Sequence[str], servers: Sequence[ServerAddress], **more: Any) -> list[Verdict]:
    async def ask() -> list[Verdict]:
        async with AsyncVerifier(TRUST, resolvers=servers, clock=lambda: AT, **more) as verifier:
            return [verdict async for verdict in verifier.verify_many(names)]

    verdicts: list[Verdict] = run(ask())
    return verdicts


def ask_waiting(names: Sequence[str], servers: Sequence[ServerAddress], **more: Any) -> list[Verdict]:
    verifier = Verifier(TRUST, resolvers=servers, clock=lambda: AT, **more)
    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(verifier.verify, names))


def test_faults_are_drawn_of_every_kind() -> None:
    source = random.Random(0)
    changed = {
        one.name
        for effect in EFFECTS
        for one in fields(Faults)
        if getattr(effect(Faults(), source), one.name) != getattr(Faults(), one.name)
    }
    assert changed == {one.name for one in fields(Faults)} - {"when", "replace"}


@pytest.mark.parametrize("part", range(PARTS))
def test_among_many_lookups_with_random_faults_nothing_wrong_is_said(
    part: int, caplog: pytest.LogCaptureFixture
) -> None:
    groups = LOOKUPS // PARTS // TOGETHER
    seeds = range(part * groups, (part + 1) * groups)
    seen: Counter[tuple[Status, Status]] = Counter()
    with nothing_is_left(), ThreadPoolExecutor(AT_ONCE) as pool:
        for verdicts, conducts in pool.map(look_up, seeds):
            for verdict in verdicts:
                name = verdict.target.text
                assert verdict.status in allowed(name, TRUTH[name], conducts), (name, verdict, conducts)
                seen[TRUTH[name], verdict.status] += 1

    assert caplog.records == [], "a server failed otherwise than it was told to"
    assert seen.total() == LOOKUPS // PARTS
    assert min(seen[PROTECTED, PROTECTED], seen[UNMARKED, UNMARKED]) > seen.total() / 50, "nothing was tried"


def look_up(seed: int) -> tuple[list[Verdict], list[Conduct]]:
    """The verdicts on some names with servers of which some misbehave, and what these did."""
    source = random.Random(seed)
    names = source.choices(list(TRUTH), k=TOGETHER)
    conducts = [draw_conduct(source, list(TRUTH)) for _ in range(source.choice((1, 1, 2, 3)))]
    ask = source.choice((ask_concurrently, ask_concurrently, ask_concurrently, ask_waiting))
    with ExitStack() as running:
        servers = [running.enter_context(NameServer(HOSTS, faults=conduct.faults)) for conduct in conducts]
        addresses = [server.address for server in servers]
        return ask(names, addresses, retries=HASTY, timeout=SECONDS, dnssec=source.random() < 0.3), conducts


def test_many_targets_and_several_slow_resolvers_do_with_the_descriptors_of_a_process() -> None:
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_DESCRIPTORS, usual[1]))
    try:
        with ExitStack() as running:
            slow = [NameServer(HOSTS, faults=Faults(delay=0.5)) for _ in range(4)]
            servers = [running.enter_context(one).address for one in slow]
            verdicts = ask_concurrently(list(TRUTH), servers, timeout=20.0)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, usual)

    assert {verdict.target.text: verdict.status for verdict in verdicts} == TRUTH
