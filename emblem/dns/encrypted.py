"""Resolvers that are asked over an encrypted connection, and resolver addresses as text.

DNS over TLS (RFC 7858, RFC 8310) and DNS over HTTPS (RFC 8484). Both are strict: without a certificate for the
server's name, or for its address where no name is given, nothing is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from emblem.dns.message import Transport
from emblem.dns.servers import ServerAddress
from emblem.errors import ResolverError

DNS_OVER_TLS_PORT = 853
HTTPS_PORT = 443
DEFAULT_PATH = "/dns-query"

_EXPECTED = "ADDRESS[:PORT], tls://ADDRESS[:PORT][#NAME] or https://ADDRESS[:PORT][/PATH][#NAME]"
_NAME = re.compile(r"(?=.{1,253}\Z)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_PATH = re.compile(r"/[A-Za-z0-9/._~!$&'()*+,;=:@%-]{0,1023}", re.ASCII)
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)


class Method(StrEnum):
    """How a question is sent over HTTPS (RFC 8484, section 4.1)."""

    POST = "POST"
    """In the body of the request: it appears in no log of addresses, and in no cache on the way."""
    GET = "GET"
    """In the address of the request: caches on the server's side may answer."""


@dataclass(frozen=True, slots=True)
class TlsServer:
    """A resolver that is asked over TLS.

    Args:
        address: where it is.
        name: the host name that its certificate must be for; empty: the certificate must be for the address.

    Raises:
        ResolverError: the name is none.
    """

    transport: ClassVar[Transport] = Transport.TLS

    address: ServerAddress
    name: str = ""

    def __post_init__(self) -> None:
        _check_name(self.name)

    @property
    def certified_name(self) -> str:
        """What the certificate must be for: a name, or an address without its zone."""
        return self.name or _without_zone(self.address)

    def __str__(self) -> str:
        return f"tls://{self.address}" + (f"#{self.name}" if self.name else "")


@dataclass(frozen=True, slots=True)
class HttpsServer:
    """A resolver that is asked over HTTPS, at a literal address.

    Args:
        address: where it is.
        name: the host name that its certificate must be for, and that is asked for; empty: the address.
        path: of the resource that answers.
        method: how questions are sent.

    Raises:
        ResolverError: the name or the path is none.
    """

    transport: ClassVar[Transport] = Transport.HTTPS

    address: ServerAddress
    name: str = ""
    path: str = DEFAULT_PATH
    method: Method = Method.POST

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_path(self.path)

    @property
    def certified_name(self) -> str:
        """What the certificate must be for: a name, or an address without its zone."""
        return self.name or _without_zone(self.address)

    @property
    def authority(self) -> str:
        """Host and port as HTTP names them (RFC 9113, section 8.3.1)."""
        host = self.certified_name
        host = f"[{host}]" if ":" in host else host
        return host if self.address.port == HTTPS_PORT else f"{host}:{self.address.port}"

    def __str__(self) -> str:
        return f"{_scheme(self.method)}://{self.address}{self.path}" + (f"#{self.name}" if self.name else "")


@dataclass(frozen=True, slots=True)
class HttpsName:
    """A resolver that is asked over HTTPS and known by its name only: its addresses have to be looked up first.

    That look-up is made in the clear, and need not be trusted: the certificate must be for the name.

    Args:
        name: its host name.
        port: 1 to 65535.
        path: of the resource that answers.
        method: how questions are sent.

    Raises:
        ResolverError: one of them is something else.
    """

    transport: ClassVar[Transport] = Transport.HTTPS

    name: str
    port: int = HTTPS_PORT
    path: str = DEFAULT_PATH
    method: Method = Method.POST

    def __post_init__(self) -> None:
        if not self.name:
            raise ResolverError("resolver name", "none", "a host name")
        _check_name(self.name)
        _check_path(self.path)
        if not 1 <= self.port <= 65535:
            raise ResolverError("resolver port", str(self.port), "a number from 1 to 65535")

    def at(self, hosts: Iterable[str]) -> tuple[HttpsServer, ...]:
        """The same resolver at literal addresses."""
        return tuple(HttpsServer(ServerAddress(host, self.port), self.name, self.path, self.method) for host in hosts)

    def __str__(self) -> str:
        return f"{_scheme(self.method)}://{self.name}:{self.port}{self.path}"


EncryptedServer: TypeAlias = TlsServer | HttpsServer
"""A resolver that is asked over a connection which several questions share."""

Server: TypeAlias = ServerAddress | EncryptedServer
"""A resolver at a literal address."""

AnyServer: TypeAlias = Server | HttpsName
"""A resolver, however it is known."""


def parse_resolver(text: str) -> AnyServer:
    """Reads the address of a resolver.

    - ``ADDRESS``, ``ADDRESS:PORT``, ``[ADDRESS]:PORT``: over UDP, and TCP where needed.
    - ``tls://ADDRESS[:PORT][#NAME]``: over TLS; port 853 unless said otherwise.
    - ``https://ADDRESS[:PORT][/PATH][#NAME]``: over HTTPS with POST; port 443 and path ``/dns-query`` unless said
      otherwise. ``https+get://...``: with GET.
    - ``https://NAME[:PORT][/PATH]``: the same, its addresses asked of the system's resolvers.

    The certificate must be for NAME; without one, for the address.

    Raises:
        ResolverError: the text is none of these.
    """
    text = text.strip()
    scheme, separator, rest = text.partition("://")
    if not separator:
        return ServerAddress.parse(text)
    authority, slash, path = rest.partition("/")
    if slash:
        path, hash_sign, name = path.partition("#")
    else:
        authority, hash_sign, name = authority.partition("#")
    if hash_sign and not name:
        raise ResolverError("resolver", repr(text), "a host name after #")
    match scheme.lower():
        case "tls":
            if slash:
                raise ResolverError("resolver", repr(text), "no path: tls://ADDRESS[:PORT][#NAME]")
            return TlsServer(_literal(authority, text, DNS_OVER_TLS_PORT), name.lower())
        case "https" | "https+post":
            return _https(authority, slash + path, name.lower(), Method.POST, text)
        case "https+get":
            return _https(authority, slash + path, name.lower(), Method.GET, text)
    raise ResolverError("resolver", repr(text), _EXPECTED)


def _https(authority: str, path: str, name: str, method: Method, text: str) -> HttpsServer | HttpsName:
    path = path or DEFAULT_PATH
    host, _, port = authority.partition(":")
    if not _NAME.fullmatch(host.lower()) or (port and not _PORT.fullmatch(port)):
        return HttpsServer(_literal(authority, text, HTTPS_PORT), name, path, method)
    if name:
        raise ResolverError("resolver", repr(text), "#NAME after an address only: https://NAME has its name already")
    return HttpsName(host.lower(), int(port) if port else HTTPS_PORT, path, method)


def _literal(authority: str, text: str, default_port: int) -> ServerAddress:
    if not authority or "@" in authority:
        raise ResolverError("resolver", repr(text), _EXPECTED)
    return ServerAddress.parse(authority, default_port)


def _check_name(name: str) -> None:
    if name and not _NAME.fullmatch(name):
        raise ResolverError(
            "resolver name", repr(name), "a host name in A-labels and lower case, without a trailing dot"
        )


def _check_path(path: str) -> None:
    if not _PATH.fullmatch(path):
        expected = "a path as /dns-query, of at most 1024 characters, without ? and {?dns}"
        raise ResolverError("resolver path", repr(path), expected)


def _without_zone(address: ServerAddress) -> str:
    return address.host.partition("%")[0]


def _scheme(method: Method) -> str:
    return "https" if method is Method.POST else "https+get"
