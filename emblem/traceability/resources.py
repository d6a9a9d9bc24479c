"""What is fetched over HTTP, and what came back: plain values, no I/O.

A verdict may rest on a log's proof or a certification authority's revocation list. Whoever needs one says so by a
:class:`Resource`; whoever has a network, or a recording, answers with a :class:`Fetched`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from emblem.errors import InputError, InvalidNameError, MalformedError
from emblem.model.display import excerpt
from emblem.model.names import normalize_name
from emblem.model.target import parse_address
from emblem.model.value import quickly_made

LONGEST_ADDRESS = 2000
"""Characters of a URL."""

_OK = 200
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class FetchFailure(StrEnum):
    """Why there is no response to look at. The values are stable."""

    FORBIDDEN = "forbidden"
    """The address is none that may be fetched; nothing was sent."""
    UNREACHABLE = "unreachable"
    """There is no address, no connection, or the server is not the one that was meant."""
    TIMEOUT = "timeout"
    """The deadline passed before all of it had arrived."""
    TOO_LARGE = "too-large"
    """The body is larger than is acceptable; it was not read to the end."""
    REDIRECTED = "redirected"
    """The server points elsewhere, where nobody goes."""
    NO_HTTP = "no-http"
    """What came back is no HTTP, or was cut short."""
    NOT_AT_HAND = "not-at-hand"
    """There was no network to ask, and it is not among what was given."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Resource:
    """Something to be fetched with GET.

    Args:
        address: its absolute URL, in ASCII; also what a recording knows it by.
        largest: bytes of the largest acceptable body, as it is transmitted and as it is decoded.
        purpose: what it is needed for, in words.
        unencrypted: whether ``http:`` is allowed: for what is signed itself, where no encrypted address is known.
    """

    address: str
    largest: int
    purpose: str
    unencrypted: bool = False

    def __hash__(self) -> int:
        return hash(self.address)

    @property
    def host(self) -> str:
        """The name of the host in normal form, or its address without brackets.

        Raises:
            InputError: the address is no URL that may be fetched.
        """
        if len(self.address) > LONGEST_ADDRESS or not self.address.isascii() or not self.address.isprintable():
            raise self._unusable(f"in ASCII, of {LONGEST_ADDRESS} characters at the most")
        try:
            parts = urlsplit(self.address)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise self._unusable("with a host and a port that can be") from None
        if parts.scheme not in (("https", "http") if self.unencrypted else ("https",)):
            raise self._unusable("that begins with https:" + (" or http:" if self.unencrypted else ""))
        if not host or "@" in parts.netloc or " " in self.address:
            raise self._unusable("with a host, and without a user name or blanks")
        try:
            return host if parse_address(host) is not None else normalize_name(host)
        except InvalidNameError:
            raise self._unusable("whose host is a domain name or an address") from None

    def _unusable(self, expected: str) -> InputError:
        return InputError(f"address of {self.purpose}", excerpt(self.address), f"a URL {expected}")


@quickly_made
@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of fetching a resource.

    Args:
        resource: what was asked for.
        status: the status of the response (RFC 9110); None where there is none.
        body: what it carried, byte for byte as it was transmitted.
        encoding: its Content-Encoding, in lower case; empty where it has none.
        failure: why there is no response; None where there is one, whatever its status.
        detail: the failure in words.
    """

    resource: Resource
    status: int | None = None
    body: bytes = b""
    encoding: str = ""
    failure: FetchFailure | None = None
    detail: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the server gave what was asked for (status 200)."""
        return self.failure is None and self.status == _OK

    @property
    def content(self) -> bytes:
        """The body, decoded; never more than the resource allows, however well it was compressed.

        Raises:
            MalformedError: it is in an encoding other than gzip, is not in the one it says, or becomes too large.
        """
        if self.encoding in ("", "identity"):
            return self.body
        if self.encoding not in ("gzip", "x-gzip"):
            found = f"the encoding {excerpt(self.encoding)}"
            raise MalformedError(self.resource.purpose, found, "no encoding, or gzip")
        return _unzip(self.resource.purpose, self.body, self.resource.largest)

    @property
    def trouble(self) -> str:
        """In words, why it did not succeed."""
        where = printable_host(self.resource.address)
        if self.failure is not None:
            return f"{where}: {self.detail or self.failure.value}"
        return f"{where} answers with the status {self.status}"


def not_at_hand(resource: Resource) -> Fetched:
    """The answer of whoever has neither a network nor a recording of this resource."""
    return Fetched(resource, failure=FetchFailure.NOT_AT_HAND, detail="it is not among the evidence at hand")


def printable_host(address: str) -> str:
    """The host and port in a URL, to be shown; the whole where it is no URL."""
    try:
        return urlsplit(address).netloc or excerpt(address)
    except ValueError:
        return excerpt(address)


def _unzip(field: str, data: bytes, largest: int) -> bytes:
    decoder = zlib.decompressobj(_GZIP_WINDOW)
    try:
        content = decoder.decompress(data, largest + 1)
    except zlib.error as error:
        raise MalformedError(field, f"gzip that is damaged ({error})", "gzip") from None
    if len(content) > largest:
        raise MalformedError(field, f"more than {largest} bytes when decompressed", f"{largest} bytes at the most")
    if not decoder.eof or decoder.unused_data:
        found = "bytes after the end of the gzip data" if decoder.eof else "gzip data cut short"
        raise MalformedError(field, found, "one whole gzip stream")
    return content
