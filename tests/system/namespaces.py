"""Network namespaces for the system tests: machines of their own in this one, and all that they send and receive.

They are made with ``ip`` (iproute2), which takes root's rights.
"""

import ctypes
import os
import secrets
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

NAMESPACES = Path("/run/netns")
INTERFACE = "wire"
_CLONE_NEWNET = 0x40000000
_ETH_P_ALL, _ETH_P_IP, _ETH_P_ARP, _ETH_P_IPV6 = 3, 0x0800, 0x0806, 0x86DD
_SOL_PACKET, _PACKET_STATISTICS = 263, 6
_SO_RCVBUFFORCE = 33
_BUFFER = 16 << 20
_LARGEST_PACKET = 1 << 17
_EXTENSIONS = frozenset({0, 43, 60})
"""Next headers of IPv6 that others come after: hop-by-hop options, routing, destination options."""
_NEIGHBOURS = frozenset({*range(130, 138), 143})
"""ICMPv6 types of neighbour discovery and multicast membership, which a link needs and which no router passes on."""


class NamespaceError(Exception):
    """A network namespace cannot be made here."""


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet as it was on an interface.

    Args:
        source: address, or None of what is not IP.
        destination: likewise.
        protocol: 6 is TCP, 17 UDP; 0 of what is not IP.
        ports: of TCP and UDP, source first.
        sequence: of TCP, the number of the first octet of the payload.
        payload: what TCP or UDP carries; of another protocol everything.
        link: it only served the link itself: who has which address there.
    """

    source: IPv4Address | IPv6Address | None = None
    destination: IPv4Address | IPv6Address | None = None
    protocol: int = 0
    ports: tuple[int, int] = (0, 0)
    sequence: int = 0
    payload: bytes = field(default=b"", repr=False)
    link: bool = False


class Capture:
    """Everything that interfaces of the namespace send and receive from now on, the loopback interface's too."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
        self._socket.setblocking(False)

    def stop(self) -> list[Packet]:
        """The packets; none was missed."""
        packets = []
        with self._socket:
            while (packet := self._next()) is not None:
                packets.append(packet)
            statistics = self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        _, dropped = struct.unpack("II", statistics)
        assert not dropped, f"{dropped} packets were not captured"
        return packets

    def _next(self) -> Packet | None:
        try:
            data, address = self._socket.recvfrom(_LARGEST_PACKET)
        except BlockingIOError:
            return None
        return read_packet(data, address[1])


def read_packet(data: bytes, protocol: int) -> Packet:
    """What a packet says.

    Args:
        data: the packet, without what the link puts around it.
        protocol: the number of its protocol on the link (EtherType).
    """
    if protocol == _ETH_P_ARP:
        return Packet(payload=data, link=True)
    if protocol == _ETH_P_IP:
        start, inner = (data[0] & 0x0F) * 4, data[9]
        source, destination = ip_address(data[12:16]), ip_address(data[16:20])
        data = data[: int.from_bytes(data[2:4]) or len(data)]
    elif protocol == _ETH_P_IPV6:
        start, inner = 40, data[6]
        source, destination = ip_address(data[8:24]), ip_address(data[24:40])
        while inner in _EXTENSIONS:
            inner, start = data[start], start + 8 + 8 * data[start + 1]
    else:
        return Packet(payload=data)
    rest = data[start:]
    if inner == socket.IPPROTO_ICMPV6:
        return Packet(source, destination, inner, payload=rest, link=rest[0] in _NEIGHBOURS)
    if inner not in (socket.IPPROTO_TCP, socket.IPPROTO_UDP):
        return Packet(source, destination, inner, payload=rest)
    ports = struct.unpack_from("!HH", rest)
    if inner == socket.IPPROTO_UDP:
        return Packet(source, destination, inner, ports, payload=rest[8:])
    sequence = int.from_bytes(rest[4:8])
    return Packet(source, destination, inner, ports, sequence, rest[(rest[12] >> 4) * 4 :])


@contextmanager
def namespace() -> Iterator[str]:
    """Makes a network namespace, with its loopback interface up, and removes it and everything in it at the end.

    Raises:
        NamespaceError: that cannot be done here.
    """
    name = f"emblem-{os.getpid()}-{secrets.token_hex(4)}"
    _run("ip", "netns", "add", name)
    try:
        _run("ip", "-n", name, "link", "set", "lo", "up")
        yield name
    finally:
        _run("ip", "netns", "del", name)


def connect(first: str, second: str, addresses: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    """Lays a wire between two namespaces.

    Args:
        first: a namespace.
        second: another.
        addresses: with prefix lengths, of its end in the first and in the second.
    """
    _run("ip", "-n", first, "link", "add", INTERFACE, "type", "veth", "peer", "name", INTERFACE, "netns", second)
    for name, own in zip((first, second), addresses, strict=True):
        for address in own:
            add_address(name, address, INTERFACE)
        _run("ip", "-n", name, "link", "set", INTERFACE, "up")


def add_address(name: str, address: str, interface: str = "lo") -> None:
    """Gives a namespace an address on one of its interfaces."""
    further = ("nodad",) if ":" in address else ()
    _run("ip", "-n", name, "address", "add", address, "dev", interface, *further)


def route_everything(name: str, *gateways: str) -> None:
    """Sends what a namespace has no way for to another machine."""
    for gateway in gateways:
        _run("ip", "-n", name, "route", "add", "default", "via", gateway)


@contextmanager
def inside(name: str) -> Iterator[None]:
    """Lets this thread, and the threads, processes and sockets that it makes, be in a namespace."""
    with (NAMESPACES / name).open("rb") as there, Path("/proc/thread-self/ns/net").open("rb") as here:
        _enter(there.fileno())
        try:
            yield
        finally:
            _enter(here.fileno())


def _enter(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET):
        raise NamespaceError(f"this thread cannot enter a network namespace: {os.strerror(ctypes.get_errno())}")


def _run(*command: str) -> None:
    environment = os.environ | {"PATH": os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NamespaceError("ip is not installed: run ./dev test, or install the package iproute2") from None
    if done.returncode:
        raise NamespaceError(
            f"network namespaces cannot be used here: {' '.join(command)}: {done.stderr.strip()}; these tests need "
            "root's rights over the network (CAP_NET_ADMIN, CAP_SYS_ADMIN)"
        )
