"""One resolver as a process asks it: its sockets, how much may be outstanding, how fast."""

from __future__ import annotations

import errno
import math
import socket
from collections import deque
from collections.abc import Callable

from emblem.dns.message import Transport
from emblem.dns.servers import ServerAddress
from emblem.dns.sockets import open_socket
from emblem.scanning.inquiry import Inquiry
from emblem.scanning.statistics import ResolverStatistics

PORTS = 8
"""Sockets, each with a source port of its own, that a resolver is asked from at the same time. A power of two."""

PORT_LIFE = 4096
"""Queries after which a source port is exchanged for a new one."""

MOST_UNASKED = 100
"""Messages that answer nothing that was asked from a port, after which it is given up."""

SMALLEST_WINDOW = 8
FIRST_WINDOW = 64
BAD_LOSS = 0.2
"""The part of queries lost in an interval that makes the window smaller. A little is always lost: some names are served
by nobody, and a resolver that waits for them is not overloaded."""

INTERVAL = 0.1
"""Seconds after which the window is looked at."""

_DECREASE = 0.7
_INCREASE = 16
_RECEIVE_BUFFER = 1 << 20
_BURST = 0.05
"""Seconds whose queries may be sent at once, under a limit of the rate."""

Pending = tuple[Inquiry, int, int, float]
"""A query that is waited for: of which target, the place of its question, the number of the try, and until when; never,
where it counts as lost already, but would still be taken."""

NEVER = math.inf


class Port:
    """A socket that is connected to a resolver, so that nobody else's messages arrive, with a random source port.

    Where there is no way to the resolver, or the system has no more sockets, it has none: whatever is sent is lost.
    """

    __slots__ = ("late", "outlet", "pending", "send", "sent", "socket", "unasked")

    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet
        self.socket = _connected(outlet.server)
        self.send: Callable[[bytes], int] = self.socket.send if self.socket is not None else _send_nowhere
        self.pending: dict[bytes, Pending] = {}
        """By message identifier."""
        self.late: set[bytes] = set()
        """Identifiers of queries whose answers nobody waits for any more."""
        self.sent = 0
        self.unasked = 0


def _connected(server: ServerAddress) -> socket.socket | None:
    try:
        fresh, address = open_socket(server, Transport.UDP)
    except OSError:
        return None
    try:
        fresh.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        fresh.connect(address)
    except OSError:
        fresh.close()
        return None
    return fresh


def _send_nowhere(message: bytes) -> int:
    raise OSError(errno.ENETUNREACH, f"no way for {len(message)} octets")


class Budget:
    """How many queries may be sent: so many a second, and a few at once.

    Args:
        rate: queries a second; None: as many as one likes.
    """

    __slots__ = ("_most", "_rate", "left")

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._most = NEVER if rate is None else max(1.0, rate * _BURST)
        self.left = self._most
        """Queries that may be sent now; below zero where more were sent than that."""

    def refill(self, seconds: float) -> None:
        """Time has passed."""
        if self._rate is not None:
            self.left = min(self._most, self.left + self._rate * seconds)


class Outlet:
    """A resolver, asked over UDP.

    The window grows while it is used up and answers come: twofold until the first bad loss, from then on by steps; it
    shrinks where much is lost. A resolver that answers better than others so gets more of the queries.

    Args:
        place: among the resolvers.
        server: where it is.
        window: queries that may be outstanding at the most.
        rate: queries a second; None: no limit.
        watch: is told of every new socket, and its port.
        forget: is told of a socket before it is closed.
    """

    def __init__(
        self,
        place: int,
        server: ServerAddress,
        *,
        window: int,
        rate: float | None,
        watch: Callable[[socket.socket, Port], None],
        forget: Callable[[socket.socket], None],
    ) -> None:
        self.place = place
        self.server = server
        self.name = str(server)
        self.budget = Budget(rate)
        self.outstanding = 0
        self.window = float(min(window, FIRST_WINDOW))
        self.repeated: deque[tuple[Inquiry, int, int]] = deque()
        """Questions that are to be asked here again: target, place of the question, number of the try."""
        self.counted = ResolverStatistics()
        self.used_up = False
        self._smallest = float(min(window, SMALLEST_WINDOW))
        self._most = float(window)
        self._steady = False
        self._watch = watch
        self._forget = forget
        self._answered_before = self._lost_before = 0
        self._looked_at = 0.0
        self.retired: list[Port] = []
        self.ports = [self._open() for _ in range(PORTS)]

    def renew(self, index: int) -> None:
        """Exchange a port for a new one; what is outstanding on the old one may still come."""
        self.retired.append(self.ports[index])
        self.ports[index] = self._open()

    def close_port(self, port: Port) -> None:
        """Close a port that was retired."""
        self._shut(port)
        self.retired.remove(port)

    def close(self) -> None:
        """Close every socket."""
        for port in (*self.ports, *self.retired):
            self._shut(port)

    def look(self, now: float) -> None:
        """Adapt the window to what was answered and lost since the last time, if that is long enough ago."""
        if now - self._looked_at < INTERVAL:
            return
        self._looked_at = now
        answered = self.counted.answers - self._answered_before
        lost = self.counted.lost - self._lost_before
        self._answered_before, self._lost_before = self.counted.answers, self.counted.lost
        if lost > BAD_LOSS * (answered + lost):
            self._steady = True
            self.window = max(self._smallest, self.window * _DECREASE)
        elif self.used_up and answered:
            grown = self.window + _INCREASE if self._steady else self.window * 2
            self.window = min(self._most, grown)
        self.used_up = False

    def take_counted(self) -> ResolverStatistics:
        """What was counted since the last time."""
        counted, self.counted = self.counted, ResolverStatistics()
        self._answered_before -= counted.answers
        self._lost_before -= counted.lost
        return counted

    def _open(self) -> Port:
        port = Port(self)
        if port.socket is not None:
            self._watch(port.socket, port)
        return port

    def _shut(self, port: Port) -> None:
        if port.socket is not None:
            self._forget(port.socket)
            port.socket.close()
