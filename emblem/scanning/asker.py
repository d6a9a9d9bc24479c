"""The loop that everything waits for: queries out, answers in, plain misses settled at first sight."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from emblem.dns.interpretation import failed_answer, interpret
from emblem.dns.lookup import RetryPolicy
from emblem.dns.message import Answer, FailedTry, Failure, Outcome, ResponseCode, Transport
from emblem.dns.plain_denial import recognize_denial
from emblem.dns.prepared_query import query_message
from emblem.dns.servers import ServerAddress
from emblem.scanning.inquiry import STATES, Inquiry
from emblem.scanning.outlet import MOST_UNASKED, NEVER, PORT_LIFE, PORTS, Budget, Outlet, Port

TICK = 0.02
"""Seconds after which timeouts, rates and windows are looked at."""

_BACK_OFF = 1.5
"""By how much longer each round of tries waits."""

_MESSAGES_AT_ONCE = 64
"""Messages that are taken from a socket before others have their turn."""

_LARGEST_DATAGRAM = 4096
"""Octets that are read of a message: more than was asked for. What is cut is malformed, and asked for over TCP."""

_RANDOM_OCTETS = 3
_RANDOM_STOCK = 4096 * _RANDOM_OCTETS
_ANOTHER_WAY = frozenset({Failure.TRUNCATED, Failure.MALFORMED})
_WITHOUT_EDNS = frozenset({ResponseCode.FORMERR, ResponseCode.NOTIMP, ResponseCode.BADVERS})


class Consumer(Protocol):
    """Who is told what becomes of the inquiries. Called from the loop: it must not take long."""

    @property
    def crowded(self) -> bool:
        """Whether so much waits there that no further target should be begun."""

    def missed(self, inquiry: Inquiry) -> None:
        """It is plainly unmarked."""

    def answered(self, inquiry: Inquiry) -> None:
        """Every question has an answer that is to be read, or was denied; not all were plainly denied."""

    def undelivered(self, inquiry: Inquiry, place: int, outlet: Outlet, *, over_tcp: bool) -> None:
        """A question must be asked in another way (without EDNS, on along an alias, at once over TCP), first of this
        resolver."""


class Asker:
    """Asks about targets in the running event loop, and settles plain misses.

    Args:
        servers: the resolvers, which share the work.
        consumer: who is told.
        window: queries to one resolver that are outstanding at the most.
        retries: how long and how often a question is asked.
        timeout: seconds within which a target is settled.
        rate: queries a second in all; None: no limit.
        rate_of: queries a second to a resolver; None: no limit.
    """

    def __init__(
        self,
        servers: Sequence[ServerAddress],
        consumer: Consumer,
        *,
        window: int,
        retries: RetryPolicy,
        timeout: float,
        rate: float | None,
        rate_of: Callable[[ServerAddress], float | None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._consumer = consumer
        self._timeout = timeout
        rounds = range(retries.tries)
        self._patience = [retries.try_timeout * _BACK_OFF**number for number in rounds for _ in servers]
        self._budget = Budget(rate)
        self._fresh: deque[Inquiry] = deque()
        self._further: deque[tuple[Inquiry, int]] = deque()
        self._random = b""
        self._position = 0
        self._now = self._ticked = self._loop.time()
        self._outlets = [
            Outlet(place, server, window=window, rate=rate_of(server), watch=self._watch, forget=self._forget)
            for place, server in enumerate(servers)
        ]
        self._timer = self._loop.call_later(TICK, self._tick)

    @property
    def outlets(self) -> Sequence[Outlet]:
        """The resolvers."""
        return self._outlets

    def ask(self, inquiries: Sequence[Inquiry]) -> None:
        """Ask about further targets."""
        self._fresh.extend(inquiries)
        self._pump()

    def settle(self, inquiry: Inquiry, place: int, answer: Answer) -> None:
        """Take the answer to a question that was asked in another way."""
        if failed := (inquiry.failed or {}).get(place):
            answer = replace(answer, failed_tries=(*failed, *answer.failed_tries))
        self._take(inquiry, place, answer)
        self._pump()

    def charge(self, outlet: Outlet, queries: int) -> None:
        """Count queries that are sent in another way against the rates."""
        outlet.budget.left -= queries
        self._budget.left -= queries

    def close(self) -> None:
        """Close every socket."""
        self._timer.cancel()
        for outlet in self._outlets:
            outlet.close()

    def _watch(self, fresh: socket.socket, port: Port) -> None:
        self._loop.add_reader(fresh, self._receive, fresh.recv, port)

    def _forget(self, old: socket.socket) -> None:
        self._loop.remove_reader(old)

    def _pump(self) -> None:
        """Send what may be sent now."""
        further, fresh = self._further, self._fresh
        self._now = now = self._loop.time()
        # The one with most room first, so that a few queries go to whoever answers best.
        outlets = self._outlets
        crowded = self._consumer.crowded
        if len(outlets) > 1:
            outlets = sorted(outlets, key=lambda one: one.outstanding - min(one.window, one.budget.left))
        for outlet in outlets:
            room = int(min(outlet.window - outlet.outstanding, outlet.budget.left, self._budget.left))
            sent = 0
            while room > 0:
                if outlet.repeated:
                    inquiry, place, number = outlet.repeated.popleft()
                    if inquiry.done or inquiry.state[place]:
                        continue
                elif further:
                    inquiry, place = further.popleft()
                    number = 0
                    if inquiry.done:
                        continue
                elif fresh and not crowded:
                    inquiry = fresh.popleft()
                    place = inquiry.pattern.first
                    number = 0
                    inquiry.deadline = now + self._timeout
                else:
                    break
                room -= 1
                sent += self._send(outlet, inquiry, place, number)
            else:
                outlet.used_up = True
            outlet.outstanding += sent
            outlet.counted.queries += sent
            self.charge(outlet, sent)

    def _send(self, outlet: Outlet, inquiry: Inquiry, place: int, number: int) -> int:
        """Send a query, unless it is too late for that; the number of queries sent."""
        deadline = inquiry.deadline
        if self._now >= deadline:
            self._give_up(inquiry, place, outlet, Failure.DEADLINE, "no time was left to ask")
            return 0
        position = self._position
        if position == len(self._random):
            self._random = os.urandom(_RANDOM_STOCK)
            position = 0
        self._position = position + _RANDOM_OCTETS
        identifier = self._random[position : position + 2]
        index = self._random[position + 2] & (PORTS - 1)
        port = outlet.ports[index]
        pending = port.pending
        while identifier in pending:
            identifier = os.urandom(2)
        until = self._now + self._patience[number]
        pending[identifier] = (inquiry, place, number, until if until < deadline else deadline)
        port.sent += 1
        try:
            port.send(query_message(identifier, inquiry.questions[place]))
        except OSError:
            # The buffer is full, there is no route, or an earlier query did not arrive: as if it were lost on the way.
            outlet.counted.unreachable += 1
        if port.sent == PORT_LIFE or port.socket is None:
            outlet.renew(index)
        return 1

    def _receive(self, receive: Callable[[int], bytes], port: Port) -> None:
        pending, outlet = port.pending, port.outlet
        # Counted here and added at the end: what was counted may be told, and begun anew, in between.
        answers = unasked = unreachable = 0
        for _ in range(_MESSAGES_AT_ONCE):
            try:
                message = receive(_LARGEST_DATAGRAM)
            except BlockingIOError:
                break
            except OSError:
                unreachable += 1
                continue
            identifier = message[:2]
            entry = pending.get(identifier)
            if entry is None:
                unasked += identifier not in port.late
                continue
            inquiry, place, _, until = entry
            outcome = recognize_denial(message, inquiry.questions[place])
            answer: Answer | None = None
            if outcome is None or (inquiry.failed is not None and place in inquiry.failed):
                # What another resolver failed to answer is no plain denial any more: both count.
                answer = self._read(inquiry, place, message, outlet)
                if answer.failure is Failure.MISMATCHED:
                    unasked += 1
                    continue
            del pending[identifier]
            answers += 1
            if until is not NEVER:
                outlet.outstanding -= 1
            if inquiry.done or inquiry.state[place]:
                continue
            if answer is not None:
                self._answered(inquiry, place, answer, outlet)
            elif inquiry.deny(place, STATES[outcome], outlet.place, message):  # type: ignore[index]
                self._finish(inquiry)
            elif not inquiry.expanded:
                self._expand(inquiry)
        counted = outlet.counted
        counted.answers += answers
        counted.unreachable += unreachable
        if unasked:
            counted.unasked += unasked
            port.unasked += unasked
            if port.unasked > MOST_UNASKED:
                self._flooded(port)
        self._pump()

    def _read(self, inquiry: Inquiry, place: int, message: bytes, outlet: Outlet) -> Answer:
        question = inquiry.question(place)
        return interpret(question, message, identifier=int.from_bytes(message[:2]), server=outlet.name)

    def _answered(self, inquiry: Inquiry, place: int, answer: Answer, outlet: Outlet) -> None:
        """Take a response that is no plain denial."""
        if answer.response_code not in (None, ResponseCode.NOERROR, ResponseCode.NXDOMAIN):
            outlet.counted.refused += 1
        if not inquiry.expanded:
            self._expand(inquiry)
        failure = answer.failure
        if answer.outcome is Outcome.ALIAS or failure in _ANOTHER_WAY or answer.response_code in _WITHOUT_EDNS:
            inquiry.state[place] = 0
            self._consumer.undelivered(inquiry, place, outlet, over_tcp=failure in _ANOTHER_WAY)
            return
        if failure is None:
            if failed := (inquiry.failed or {}).get(place):
                answer = replace(answer, failed_tries=failed)
            self._take(inquiry, place, answer)
            return
        # What a resolver has to say it is not asked again; another may know.
        failed = inquiry.fail(place, FailedTry(outlet.name, Transport.UDP, failure, answer.detail))
        others = self._others(outlet, failed)
        if others:
            max(others, key=_left).repeated.append((inquiry, place, 0))
        else:
            self._take(inquiry, place, replace(answer, failed_tries=failed))

    def _take(self, inquiry: Inquiry, place: int, answer: Answer) -> None:
        if not inquiry.done and not inquiry.state[place] and inquiry.answer(place, answer):
            self._finish(inquiry)

    def _expand(self, inquiry: Inquiry) -> None:
        self._further.extend([(inquiry, place) for place in inquiry.expand()])

    def _finish(self, inquiry: Inquiry) -> None:
        inquiry.done = True
        if inquiry.answers is None:
            self._consumer.missed(inquiry)
        else:
            self._consumer.answered(inquiry)

    def _others(self, outlet: Outlet, failed: Sequence[FailedTry]) -> list[Outlet]:
        """The other resolvers, without those that failed to answer a question."""
        names = {one.server for one in failed}
        return [one for one in self._outlets if one is not outlet and one.name not in names]

    def _lost(self, inquiry: Inquiry, place: int, number: int, outlet: Outlet, failure: Failure, detail: str) -> None:
        """A query was not answered: ask again, elsewhere if there is an elsewhere, or give up."""
        if not inquiry.expanded:
            # Perhaps it is this type that is not answered.
            self._expand(inquiry)
        if number + 1 < len(self._patience) and self._now < inquiry.deadline:
            # Not to one that has more than it can take already: it may be the one that loses everything.
            others = [one for one in self._others(outlet, (inquiry.failed or {}).get(place, ())) if _left(one) >= 1]
            max(others, key=_left, default=outlet).repeated.append((inquiry, place, number + 1))
        else:
            self._give_up(inquiry, place, outlet, failure, detail)

    def _give_up(self, inquiry: Inquiry, place: int, outlet: Outlet, failure: Failure, detail: str) -> None:
        if not inquiry.expanded:
            self._expand(inquiry)
        failed = inquiry.fail(place, FailedTry(outlet.name, Transport.UDP, failure, detail))
        answer = failed_answer(inquiry.question(place), failure, detail, server=outlet.name)
        self._take(inquiry, place, replace(answer, failed_tries=failed))

    def _flooded(self, port: Port) -> None:
        """Somebody guesses, or the resolver is out of its mind: what is outstanding is asked again from elsewhere."""
        outlet = port.outlet
        port.unasked = 0
        if port in outlet.ports:
            outlet.renew(outlet.ports.index(port))
        outlet.close_port(port)
        pending, port.pending = port.pending, {}
        for inquiry, place, number, until in pending.values():
            if until is NEVER:
                continue
            outlet.outstanding -= 1
            outlet.counted.lost += 1
            if not inquiry.done and not inquiry.state[place]:
                detail = f"more than {MOST_UNASKED} messages that answer something else"
                # As in a single verification: what is said where somebody guesses is no "no".
                inquiry.fail(place, FailedTry(outlet.name, Transport.UDP, Failure.FLOODED, detail))
                self._lost(inquiry, place, number, outlet, Failure.FLOODED, detail)

    def _tick(self) -> None:
        self._now = now = self._loop.time()
        self._timer = self._loop.call_later(TICK, self._tick)
        elapsed, self._ticked = now - self._ticked, now
        self._budget.refill(elapsed)
        for outlet in self._outlets:
            outlet.budget.refill(elapsed)
            for port in (*outlet.ports, *outlet.retired):
                self._sweep(port, now)
            outlet.look(now)
        self._pump()

    def _sweep(self, port: Port, now: float) -> None:
        """Count as lost what is over its time. It would still be taken while the target is not settled."""
        outlet, pending = port.outlet, port.pending
        waits = False
        for identifier, entry in list(pending.items()):
            inquiry, place, number, until = entry
            if until is NEVER:
                if inquiry.done:
                    del pending[identifier]
                    port.late.add(identifier)
                continue
            if now < until:
                waits = True
                continue
            outlet.outstanding -= 1
            outlet.counted.lost += 1
            if inquiry.done or inquiry.state[place]:
                del pending[identifier]
                port.late.add(identifier)
                continue
            pending[identifier] = (inquiry, place, number, NEVER)
            self._lost(inquiry, place, number, outlet, Failure.TIMEOUT, "no response in time")
        if not waits and port in outlet.retired:
            outlet.close_port(port)


def _left(outlet: Outlet) -> float:
    """How many more questions a resolver could be asked now."""
    return min(outlet.window - outlet.outstanding, outlet.budget.left) - len(outlet.repeated)
