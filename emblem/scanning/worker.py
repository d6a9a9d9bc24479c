"""A process of a scan: takes tasks from its standard input, and tells results on its standard output.

It ends when its input does: also when the process that started it is gone, however that came about.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import signal
import time
from collections import deque
from functools import partial
from ipaddress import ip_address
from typing import Any

from emblem.discovery.plan import plan_questions
from emblem.dns.encrypted import AnyServer
from emblem.dns.message import Answer
from emblem.dns.plain_denial import plain_answer
from emblem.dns.servers import ServerAddress
from emblem.errors import InvalidNameError
from emblem.model.target import Target, parse_address
from emblem.model.verdict import Verdict
from emblem.scanning.asker import Asker
from emblem.scanning.examiner import Examiner, not_examined
from emblem.scanning.frames import Results, Tasks, Unframer, frame
from emblem.scanning.inquiry import KNOWN, OUTCOMES, Inquiry
from emblem.scanning.nothing import nothing_of_ours
from emblem.scanning.outlet import Budget, Outlet
from emblem.scanning.settings import DEFAULT_RESOLVER_RATE, DnssecCheck, ScanSettings
from emblem.scanning.statistics import ResolverStatistics

FLUSH = 0.02
"""Seconds after which results are told."""

MOST_HELD = 512
"""Results that are told at once, without waiting."""

SIGN_OF_LIFE = 1.0
"""Seconds after which something is told, even if it is nothing."""

_COLLECT_AFTER = 50_000
_BROKEN = 70
_LAST_SECONDS = 10


def main() -> None:
    """Run the process."""
    results = os.dup(1)
    # Whatever else would be printed must not get among the results.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 50)
    asyncio.run(_serve(0, results))


def _end(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """End at once where something went wrong that nobody thought of: whoever waited for it would wait for ever.

    The tasks are then given to another process, and those that are the end of several are reported.
    """
    loop.default_exception_handler(context)
    if not isinstance(context.get("exception"), OSError | None):
        os._exit(_BROKEN)


async def _serve(tasks: int, results: int) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_end)
    reader = asyncio.StreamReader()
    with os.fdopen(tasks, "rb", buffering=0) as source, os.fdopen(results, "wb", buffering=0) as sink:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), source)
        transport, _ = await loop.connect_write_pipe(asyncio.Protocol, sink)
        unframer = Unframer()
        first: list[Any] = []
        while not first:
            data = await reader.read(1 << 16)
            if not data:
                return
            first = unframer.feed(data)
        settings, share = first[0]
        servers = settings.servers()
        async with Examiner(settings, _shuffled(servers)) as examiner:
            worker = Worker(settings, share, servers, examiner, transport)
            try:
                for batch in first[1:]:
                    worker.take(batch)
                while data := await reader.read(1 << 16):
                    for batch in unframer.feed(data):
                        worker.take(batch)
            finally:
                # Whatever hangs on the way out is cut off: there may be nobody left to do it.
                signal.alarm(_LAST_SECONDS)
                worker.close()
                if not transport.is_closing():
                    transport.abort()


class Worker:
    """Asks, examines, and collects the results.

    Args:
        settings: of the scan.
        share: how many processes share the rates.
        servers: the resolvers.
        examiner: for what is no plain miss.
        transport: where results go.
    """

    def __init__(
        self,
        settings: ScanSettings,
        share: int,
        servers: tuple[AnyServer, ...],
        examiner: Examiner,
        transport: asyncio.WriteTransport,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._settings = settings
        self._examiner = examiner
        self._transport = transport
        self._misses: dict[bytes, list[int]] = {}
        self._verdicts: list[tuple[int, Verdict]] = []
        self._held = self._examined = 0
        self._told = 0.0
        self._waiting: deque[tuple[int, Target]] = deque()
        self._counted: dict[str, ResolverStatistics] = {}
        rate = None if settings.rate is None else settings.rate / share
        self._budget = Budget(rate)
        plain = [server for server in servers if isinstance(server, ServerAddress)]
        self._asker: Asker | None = None
        if len(plain) == len(servers) and not settings.covert and settings.checked_dnssec is not DnssecCheck.ALL:
            self._asker = Asker(
                plain,
                self,
                window=settings.window,
                retries=settings.retries,
                timeout=settings.timeout,
                rate=rate,
                rate_of=lambda server: rate_of(server, settings, share),
            )
        self._places = {str(server): place for place, server in enumerate(servers)}
        self._timer = self._loop.call_later(FLUSH, self._flush)
        self._tell()

    def take(self, tasks: Tasks) -> None:
        """Take further tasks."""
        together = zip(tasks.numbers, tasks.texts, tasks.names, strict=True)
        if self._asker is not None:
            inquiries = (self._inquiry(number, text, name) for number, text, name in together)
            self._asker.ask([inquiry for inquiry in inquiries if inquiry is not None])
            return
        self._waiting.extend((number, _target(text, name)) for number, text, name in together)
        self._examine_waiting()

    def close(self) -> None:
        """Stop asking."""
        self._timer.cancel()
        if self._asker is not None:
            self._asker.close()

    @property
    def crowded(self) -> bool:
        """See :class:`~emblem.scanning.asker.Consumer`."""
        return self._examiner.crowded

    def missed(self, inquiry: Inquiry) -> None:
        """See :class:`~emblem.scanning.asker.Consumer`."""
        self._miss(inquiry.number, bytes(inquiry.state))

    def _miss(self, number: int, state: bytes) -> None:
        numbers = self._misses.get(state)
        if numbers is None:
            numbers = self._misses[state] = []
        numbers.append(number)
        self._held += 1
        if self._held >= MOST_HELD:
            self._tell()

    def answered(self, inquiry: Inquiry) -> None:
        """See :class:`~emblem.scanning.asker.Consumer`."""
        assert self._asker is not None
        assert inquiry.answers is not None
        states = nothing_of_ours(inquiry, self._places)
        if states is not None:
            self._miss(inquiry.number, states)
            return
        target = inquiry.target
        question = inquiry.question
        known: dict[Any, Answer] = {question(place): answer for place, answer in inquiry.answers.items()}
        for place, server, message in inquiry.plain:
            name = self._asker.outlets[server].name
            outcome = OUTCOMES[inquiry.state[place] & KNOWN]
            known[question(place)] = plain_answer(question(place), message, outcome, name)
        self._examined += 1
        self._examiner.examine(target, partial(self._judged, inquiry.number), known=known, deadline=inquiry.deadline)

    def undelivered(self, inquiry: Inquiry, place: int, outlet: Outlet, *, over_tcp: bool) -> None:
        """See :class:`~emblem.scanning.asker.Consumer`."""
        asker = self._asker
        assert asker is not None
        asker.charge(outlet, 1)
        self._examiner.look_up(
            inquiry.question(place),
            outlet.server,
            inquiry.deadline,
            partial(asker.settle, inquiry, place),
            over_tcp=over_tcp,
        )

    def _inquiry(self, number: int, text: str, name: str) -> Inquiry | None:
        """The inquiry about a target; None, and a verdict, if it is no target."""
        try:
            return Inquiry(number, text, name)
        except InvalidNameError as error:
            self._judged(number, not_examined(Target(text), str(error)))
            return None

    def _examine_waiting(self) -> None:
        while self._waiting and not self._examiner.busy and self._budget.left > 0:
            number, target = self._waiting.popleft()
            self._budget.left -= len(plan_questions(target).questions)
            self._examined += 1
            self._examiner.examine(target, partial(self._examined_whole, number))

    def _examined_further(self, number: int, known: int, verdict: Verdict) -> None:
        """Take a verdict; what was asked for it beyond what was known counts against the rates, too."""
        asked = 0 if verdict.discovery is None else len(verdict.discovery.queries) - known
        if asked > 0 and self._asker is not None:
            self._asker.charge(self._asker.outlets[0], asked)
        self._judged(number, verdict)

    def _examined_whole(self, number: int, verdict: Verdict) -> None:
        for query in verdict.discovery.queries if verdict.discovery is not None else ():
            counted = self._counted.setdefault(query.server, ResolverStatistics())
            counted.queries += 1
            counted.answers += 1
        self._judged(number, verdict)

    def _judged(self, number: int, verdict: Verdict) -> None:
        self._verdicts.append((number, verdict))
        self._held += 1
        if self._held >= MOST_HELD:
            self._tell()

    def _flush(self) -> None:
        self._timer = self._loop.call_later(FLUSH, self._flush)
        self._budget.refill(FLUSH)
        self._examine_waiting()
        if self._held or self._loop.time() - self._told > SIGN_OF_LIFE:
            self._tell()

    def _tell(self) -> None:
        counted, self._counted = self._counted, {}
        for outlet in self._asker.outlets if self._asker is not None else ():
            counted[outlet.name] = outlet.take_counted()
        results = Results(int(time.time()), self._misses, self._verdicts, self._examined, counted)
        self._misses, self._verdicts, self._held, self._examined = {}, [], 0, 0
        self._told = self._loop.time()
        self._transport.write(frame(results))


def rate_of(server: ServerAddress, settings: ScanSettings, share: int) -> float | None:
    """Queries a second that one of so many processes may send to a resolver; None: no limit."""
    rate = settings.resolver_rate
    if rate is None:
        rate = 0 if ip_address(server.host).is_loopback else DEFAULT_RESOLVER_RATE
    return rate / share if rate else None


def _shuffled(servers: tuple[AnyServer, ...]) -> tuple[AnyServer, ...]:
    """The resolvers in an order that differs from process to process, so that not all ask the same one first."""
    return tuple(random.SystemRandom().sample(servers, len(servers)))


def _target(text: str, name: str) -> Target:
    return Target(text, parse_address(text) if text != name else None)
