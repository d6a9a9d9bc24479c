"""A scan on many machines: shards of the same engine on a Dask cluster. Needs the extra ``dask``.

Everything distributed is Dask's: which worker takes a shard, that a shard whose worker is lost is given to another,
that one that fails is tried again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Self

from emblem.dns.servers import ServerAddress
from emblem.errors import EmblemError
from emblem.model.verdict import Status
from emblem.scanning.finding import Task
from emblem.scanning.settings import DEFAULT_RESOLVER_RATE, ScanSettings
from emblem.scanning.shards import SHARD_SIZE, ShardFolder, ShardResult, scan_shard, shards_of

RETRIES = 3
"""Times that a shard which fails is tried again."""

_PER_THREAD = 2
_PATIENCE = 30.0
_LOOK_AGAIN = 0.05


class ClusterError(EmblemError):
    """The cluster cannot be reached, or cannot do a shard."""


class Cluster:
    """A connection to a Dask cluster. A context manager.

    Args:
        scheduler: the address of its scheduler, as Dask writes it (``tcp://192.0.2.1:8786``).

    Raises:
        ClusterError: there is no scheduler, or it has no workers.
        ModuleNotFoundError: the extra is not installed.
    """

    def __init__(self, scheduler: str) -> None:
        self._distributed: Any = import_module("distributed")
        try:
            self._client: Any = self._distributed.Client(scheduler, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(f"there is no Dask scheduler at {scheduler}: {error}") from error
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            self.close()
            raise ClusterError(f"the Dask cluster at {scheduler} has no workers: start some") from error
        self.threads = sum(self._client.nthreads().values())
        """How many shards are done at the same time."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the cluster; shards that are not done are given up."""
        self._client.close()

    def scan(
        self,
        tasks: Iterable[Task | None],
        settings: ScanSettings,
        folder: ShardFolder,
        *,
        shard_size: int = SHARD_SIZE,
        only: frozenset[Status] | None = None,
    ) -> Iterator[ShardResult]:
        """Scan; the results are in the folder, and what each shard came to is given as soon as it is done.

        Tasks are taken only while few shards are under way. Each thread of a worker does one shard at a time, in one
        process, with its part of the rates.

        Args:
            tasks: what to ask about.
            settings: how to ask. Rates are those of the whole cluster. Files that are named must be on each machine.
            folder: where the results go; every machine has to see it.
            shard_size: targets of a shard.
            only: statuses of the results that are written; None: all.

        Raises:
            ClusterError: a shard cannot be done.
            InputError: the folder has files of another scan.
        """
        mine = shared(settings, self.threads)
        under_way = self._distributed.as_completed(loop=self._client.loop, raise_errors=False)
        count = 0
        for shard in shards_of(tasks, shard_size):
            if (done := folder.result_of(shard)) is not None:
                yield done
                continue
            key = f"emblem-{folder.token}-{shard.number}"
            given = (scan_shard, shard, mine, folder, only)
            under_way.add(self._client.submit(*given, key=key, retries=RETRIES, pure=False))
            count += 1
            if count >= _PER_THREAD * self.threads:
                yield _next_result(under_way)
                count -= 1
        for _ in range(count):
            yield _next_result(under_way)


def shared(settings: ScanSettings, threads: int) -> ScanSettings:
    """The settings of one of several threads that together keep to the rates.

    A resolver on a worker's own machine has no limit unless one is given; then it is divided like any other.
    """
    servers = settings.servers() if settings.resolvers else ()
    local = bool(servers) and all(
        isinstance(one, ServerAddress) and ip_address(one.host).is_loopback for one in servers
    )
    resolver_rate = settings.resolver_rate
    if resolver_rate is None and not local:
        resolver_rate = DEFAULT_RESOLVER_RATE
    return replace(
        settings,
        processes=1,
        rate=None if settings.rate is None else max(1.0, settings.rate / threads),
        resolver_rate=max(1.0, resolver_rate / threads) if resolver_rate else resolver_rate,
    )


def _next_result(under_way: Any) -> ShardResult:
    # An interrupt within a wait of Dask's own ends in a traceback of its event loop.
    while not under_way.has_ready():
        time.sleep(_LOOK_AGAIN)
    try:
        result: ShardResult = next(under_way).result()
    except EmblemError:
        raise
    except Exception as error:
        raise ClusterError(f"a shard failed on the cluster: {type(error).__name__}: {error}") from error
    return result
