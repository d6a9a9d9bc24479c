"""Which resolver to ask: its address as text, and those that the system is configured with."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import ClassVar

from emblem.dns.message import Transport
from emblem.errors import ResolverError

DNS_PORT = 53
SYSTEM_CONFIGURATION = Path("/etc/resolv.conf")

_EXPECTED = "ADDRESS, ADDRESS:PORT or [IPV6-ADDRESS]:PORT"
_LONGEST_ADDRESS = 56  # an IPv6 address, %, and the longest name of an interface
_LARGEST_CONFIGURATION = 65536
_MOST_SYSTEM_RESOLVERS = 3


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A name server at a literal address, asked over UDP, and TCP where needed.

    Args:
        host: an IPv4 or IPv6 address (``fe80::1%eth0`` with its zone), never a name, which would have to be
            looked up first.
        port: 1 to 65535.

    Raises:
        ResolverError: one of them is something else.
    """

    transport: ClassVar[Transport] = Transport.UDP

    host: str
    port: int = DNS_PORT

    def __post_init__(self) -> None:
        try:
            if len(self.host) > _LONGEST_ADDRESS or not self.host.isascii():
                raise ValueError
            ip_address(self.host)
        except ValueError:
            expected = "a literal IPv4 or IPv6 address, not a name"
            raise ResolverError("resolver", repr(self.host), expected) from None
        if not 1 <= self.port <= 65535:
            raise ResolverError("resolver port", str(self.port), "a number from 1 to 65535")

    @classmethod
    def parse(cls, text: str, default_port: int = DNS_PORT) -> ServerAddress:
        """Reads ``192.0.2.1``, ``192.0.2.1:5353``, ``2001:db8::1`` or ``[2001:db8::1]:5353``.

        Args:
            text: what to read.
            default_port: the port where the text names none.

        Raises:
            ResolverError: the text is none of these.
        """
        text = text.strip()
        if text.startswith("["):
            host, bracket, rest = text[1:].partition("]")
            if not bracket or (rest and not rest.startswith(":")):
                raise ResolverError("resolver", repr(text), _EXPECTED)
            return cls(host, _port(rest[1:], text) if rest else default_port)
        if text.count(":") == 1:
            host, _, port = text.partition(":")
            return cls(host, _port(port, text))
        return cls(text, default_port)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _port(text: str, whole: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise ResolverError("resolver", repr(whole), _EXPECTED)
    return int(text)


def system_resolvers(path: Path = SYSTEM_CONFIGURATION) -> tuple[ServerAddress, ...]:
    """The first three usable ``nameserver`` lines of a resolv.conf, as resolv.conf(5) has it.

    Raises:
        ResolverError: the file cannot be read, or names no usable server.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_CONFIGURATION)
    except OSError as error:
        found = f"{path}: {error.strerror}"
        raise ResolverError("system resolver", found, "a resolv.conf, or a resolver named outright") from None
    servers: list[ServerAddress] = []
    for line in content.decode("utf-8", "replace").splitlines():
        words = line.split()
        if len(words) >= 2 and words[0] == "nameserver":
            try:
                servers.append(ServerAddress(words[1]))
            except ResolverError:
                continue  # resolv.conf(5): a line that cannot be used is passed over
    if not servers:
        raise ResolverError(
            "system resolver", f"{path} without a usable nameserver line", "one, or a resolver named outright"
        )
    return tuple(servers[:_MOST_SYSTEM_RESOLVERS])
