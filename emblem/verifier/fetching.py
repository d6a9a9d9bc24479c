"""Fetching over HTTP: as much as was allowed for, before a deadline, from the host that was named and no other.

Nothing of the environment has a say (no proxies, no ``.netrc``, no key log), redirects are not followed, cookies are
not kept, and bodies are left as they were transmitted, so that nothing small becomes large.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from emblem.dns.tls import client_context
from emblem.errors import InputError
from emblem.model.display import excerpt
from emblem.model.target import Address, parse_address
from emblem.traceability.resources import Fetched, FetchFailure, Resource

if TYPE_CHECKING:
    import httpx

MOST_AT_ONCE = 8
"""Resources that are fetched at the same time."""
MOST_ADDRESSES = 4
"""Addresses of one host that are tried."""
USER_AGENT = "emblem"

_FIRST_REDIRECT, _LAST_REDIRECT = 300, 399
T = TypeVar("T")
Addresses = Mapping[str, tuple[Address, ...]]
"""The addresses of hosts by their names."""


def hosts_in(resources: Iterable[Resource]) -> tuple[str, ...]:
    """The host names, each once, whose addresses must be known before these resources can be fetched."""
    return tuple(dict.fromkeys(host for one in resources if (host := _name_of(one)) is not None))


def _name_of(resource: Resource) -> str | None:
    try:
        host = resource.host
    except InputError:
        return None
    return None if parse_address(host) is not None else host


class AsyncFetcher:
    """Fetches in the running event loop; use it as a context, in which connections stay open.

    Args:
        context: the rules for connections over TLS; made when first needed, where left out.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with AsyncExitStack() as stack:
            for client in self._clients.values():
                stack.push_async_callback(client.aclose)
            self._clients.clear()

    async def fetch_all(
        self, resources: Iterable[Resource], addresses: Addresses, deadline: float
    ) -> tuple[Fetched, ...]:
        """Fetch resources at the same time.

        Args:
            resources: what to fetch.
            addresses: those of the hosts that :func:`hosts_in` names.
            deadline: when to give up, on the clock of :func:`time.monotonic`.

        Returns:
            What came of each, in the same order; nothing raises.
        """
        return tuple(await asyncio.gather(*(self._fetch(one, addresses, deadline) for one in resources)))

    async def _fetch(self, resource: Resource, addresses: Addresses, deadline: float) -> Fetched:
        try:
            host = resource.host
        except InputError as error:
            return _failed(resource, FetchFailure.FORBIDDEN, str(error))
        literal = parse_address(host)
        known = (literal,) if literal is not None else addresses.get(host, ())
        if not known:
            return _failed(resource, FetchFailure.UNREACHABLE, f"no address of {host} could be found")
        try:
            async with asyncio.timeout(max(0.0, deadline - time.monotonic())), self._turns:
                return await self._try_each(resource, host, known[:MOST_ADDRESSES])
        except TimeoutError:
            return _failed(resource, FetchFailure.TIMEOUT, "not all of it arrived in the time that there was")

    async def _try_each(self, resource: Resource, host: str, addresses: tuple[Address, ...]) -> Fetched:
        last = _failed(resource, FetchFailure.UNREACHABLE, f"no address of {host} was tried")
        for address in addresses:
            last = await self._get(resource, host, address)
            if last.failure is not FetchFailure.UNREACHABLE:
                break
        return last

    async def _get(self, resource: Resource, host: str, address: Address) -> Fetched:
        import httpx

        try:
            async with self._opened(resource, host, address) as response:
                return await _read(resource, response)
        except (httpx.ConnectError, httpx.ConnectTimeout, ssl.SSLError, OSError) as error:
            return _failed(resource, FetchFailure.UNREACHABLE, f"no connection to {address}: {_said(error)}")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
            return _failed(resource, FetchFailure.NO_HTTP, _said(error))

    @asynccontextmanager
    async def _opened(self, resource: Resource, host: str, address: Address) -> AsyncIterator[httpx.Response]:
        """The response to a request to an address of a host, its body not yet read."""
        import httpx

        url = httpx.URL(resource.address)
        request = httpx.Request(
            "GET",
            url.copy_with(host=str(address)),
            headers={"Host": url.netloc.decode("ascii"), "User-Agent": USER_AGENT, "Accept-Encoding": "gzip, identity"},
            extensions={"sni_hostname": host, "timeout": httpx.Timeout(None).as_dict()},
        )
        response = await self._client(host).send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    def _client(self, host: str) -> httpx.AsyncClient:
        """One for each host: connections are kept by address, and hosts that share one do not share certificates."""
        import httpx

        if host not in self._clients:
            self._context = self._context or client_context("http/1.1")
            self._clients[host] = httpx.AsyncClient(verify=self._context, trust_env=False, follow_redirects=False)
        return self._clients[host]


class Fetcher:
    """Fetches while the caller waits; use it as a context, in which connections stay open."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._fetcher: AsyncFetcher | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fetcher is not None:
            _apart(self._close)

    def fetch_all(self, resources: Iterable[Resource], addresses: Addresses, deadline: float) -> tuple[Fetched, ...]:
        """Fetch resources at the same time; as :meth:`AsyncFetcher.fetch_all`."""
        wanted = tuple(resources)

        def run() -> tuple[Fetched, ...]:
            return self._runner.run(self._fetch_all(wanted, addresses, deadline))

        return _apart(run)

    async def _fetch_all(
        self, resources: tuple[Resource, ...], addresses: Addresses, deadline: float
    ) -> tuple[Fetched, ...]:
        self._fetcher = self._fetcher or AsyncFetcher(self._context)
        return await self._fetcher.fetch_all(resources, addresses, deadline)

    def _close(self) -> None:
        fetcher = self._fetcher
        assert fetcher is not None, "there is something to close"
        self._runner.run(fetcher.__aexit__(None, None, None))
        self._runner.close()


async def _read(resource: Resource, response: httpx.Response) -> Fetched:
    """What a response carries, read no further than is acceptable."""
    if _FIRST_REDIRECT <= response.status_code <= _LAST_REDIRECT:
        where = excerpt(response.headers.get("Location", "nowhere"))
        return _failed(resource, FetchFailure.REDIRECTED, f"it redirects to {where}, which is not followed")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > resource.largest:
            return _failed(
                resource, FetchFailure.TOO_LARGE, f"it has more than the {resource.largest} bytes that are read"
            )
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    return Fetched(resource, response.status_code, bytes(body), encoding)


def _failed(resource: Resource, failure: FetchFailure, detail: str) -> Fetched:
    return Fetched(resource, failure=failure, detail=detail)


def _said(error: Exception) -> str:
    return excerpt(str(error) or type(error).__name__)


def _apart(work: Callable[[], T]) -> T:
    """Do some work that runs an event loop: here, or where one is running here already, in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()
