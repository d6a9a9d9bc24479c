"""Sockets for the drivers: fresh, non-blocking, and addressed by literal addresses only."""

from __future__ import annotations

import socket
from typing import Any, TypeAlias

from emblem.dns.message import Transport
from emblem.dns.servers import ServerAddress

SocketAddress: TypeAlias = tuple[Any, ...]
"""What the socket module calls an address: its shape depends on the family."""

CHUNK = 65536
"""Octets read at a time: at least the largest datagram, so that none is cut."""


def open_socket(server: ServerAddress, transport: Transport) -> tuple[socket.socket, SocketAddress]:
    """A new unconnected socket for a transport, and the address to connect it to.

    Connecting binds it to a random port of the operating system's choice and keeps away what others send.

    Raises:
        OSError: the operating system has no more, or does not support the address's family.
    """
    kind = socket.SOCK_DGRAM if transport is Transport.UDP else socket.SOCK_STREAM
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    found = socket.getaddrinfo(server.host, server.port, type=kind, flags=flags)
    family, _, protocol, _, address = found[0]
    fresh = socket.socket(family, kind, protocol)
    fresh.setblocking(False)
    if transport in (Transport.TLS, Transport.HTTPS):
        # Several small writes in a row (handshake, questions) must not wait for each other's acknowledgements.
        fresh.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return fresh, address


def failure_text(error: OSError) -> str:
    """An operating system's error as one line."""
    return error.strerror or type(error).__name__
