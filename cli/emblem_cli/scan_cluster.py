"""A scan on a Dask cluster as the command line wants it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import click

from emblem.errors import InputError
from emblem.model.verdict import Status
from emblem.scanning.addresses import resolver_of
from emblem.scanning.cluster import Cluster
from emblem.scanning.results.exclusion_formats import ExclusionFormat
from emblem.scanning.results.exclusion_lists import ExclusionCounts, ExclusionSink
from emblem.scanning.results.files import check_absent
from emblem.scanning.results.outputs import Output, ResultFormat
from emblem.scanning.settings import ScanSettings
from emblem.scanning.shards import ShardFolder, ShardResult
from emblem.scanning.statistics import ResolverStatistics, Statistics
from emblem.scanning.summary import Summary
from emblem.scanning.targets.stream import TaskStream
from emblem.validation.trust import Trust
from emblem_cli.interrupts import Interrupts
from emblem_cli.scan_options import ScanOptions
from emblem_cli.scan_progress import Progress
from emblem_cli.scanning import conclude

_CLUSTER = "all on the cluster"
ExclusionLists = list[tuple[ExclusionFormat, Path]]


@dataclass(slots=True)
class _Account:
    """What all shards came to so far."""

    statuses: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))
    shards: int = 0
    here: int = 0
    queries: int = 0

    def add(self, result: ShardResult) -> None:
        for status, count in result.statuses.items():
            self.statuses[Status(status)] += count
        self.shards += 1
        if result.here:
            self.here += sum(result.statuses.values())
            self.queries += result.queries


def run_cluster_scan(trust: Trust, options: ScanOptions, scheduler: str) -> int:
    """Scan on a cluster as the options say.

    Returns:
        The exit code.

    Raises:
        UsageError: options do not go together.
        EmblemError: what an option names cannot be used; or the cluster cannot be reached, or not do a shard.
        OSError: a list cannot be read, or a result not be written.
    """
    started = time.monotonic()
    path, lists = _outputs(options)
    settings = options.settings(trust)
    plan = options.plan(options.parsed_outputs()) | {"--shard-size": str(options.shard_size)}
    with Cluster(scheduler) as cluster, Interrupts():
        folder = _folder(path, plan, options)
        for _, exclusions in lists:
            check_absent(exclusions)
        stream = TaskStream(tuple(options.sources()), options.selection(folder.seed))
        account = _Account()
        counts: ExclusionCounts | None = None
        finished = False
        try:
            results = cluster.scan(stream, settings, folder, shard_size=options.shard_size, only=options.written)
            with Progress(account.statuses, stream.counts, shown=True) as progress:
                for result in results:
                    account.add(result)
                    progress.update()
            counts = _write_lists(lists, folder, account.shards, settings, options)
            folder.finish(account.shards)
            finished = True
        except KeyboardInterrupt:
            pass
    summary = Summary(
        finished=finished,
        seconds=time.monotonic() - started,
        statuses=account.statuses,
        here=account.here,
        targets=stream.counts,
        statistics=Statistics(resolvers={_CLUSTER: ResolverStatistics(queries=account.queries)}),
        exclusions=counts,
        seed=folder.seed,
        outputs=tuple(str(output.path) for output in options.parsed_outputs()),
        resume_with=None if finished else str(folder.path),
    )
    return conclude(summary, options.summary)


def _outputs(options: ScanOptions) -> tuple[Path, ExclusionLists]:
    """The folder of the results, and the exclusion lists."""
    if options.as_json or options.ordered:
        raise click.UsageError("--engine dask writes to a folder: --json and --ordered do not go with it.")
    outputs = options.parsed_outputs()
    lists = [(output.form, output.path) for output in outputs if isinstance(output.form, ExclusionFormat)]
    results = [output for output in outputs if not isinstance(output.form, ExclusionFormat)]
    if [output.form for output in results] != [ResultFormat.PARQUET]:
        raise click.UsageError("--engine dask takes one --output parquet:FOLDER, besides exclusion lists.")
    if len({output.path.absolute() for output in outputs}) < len(outputs):
        raise InputError("output", "the same file twice", "a file for each output")
    return _whole_path(results[0]), lists


def _whole_path(output: Output) -> Path:
    # Workers run in folders of their own.
    return output.path.absolute()


def _folder(path: Path, plan: dict[str, str], options: ScanOptions) -> ShardFolder:
    """The folder of a new scan, or of the one that is resumed.

    Raises:
        InputError: there is something in it that this scan must not touch.
    """
    found = ShardFolder.resume(path) if path.is_dir() else None
    if found is None:
        return ShardFolder.begin(path, plan, options.new_seed())
    if not options.resume:
        expected = "--resume, to go on; or that the folder is removed, to begin anew"
        raise InputError("output", f"an interrupted scan's folder ({path})", expected)
    for name, now in plan.items():
        if found.plan.get(name) != now:
            raise InputError(name, now, f"{found.plan.get(name)}, as in the scan that is to be resumed")
    return found


def _write_lists(
    lists: ExclusionLists, folder: ShardFolder, shards: int, settings: ScanSettings, options: ScanOptions
) -> ExclusionCounts | None:
    """Write the exclusion lists from the results of all shards."""
    if not lists:
        return None
    sink = ExclusionSink(lists, resolver_of(settings), addresses=options.listed_addresses, statuses=options.marked)
    try:
        for target, status in folder.targets(shards, options.marked):
            sink.mark(status, target)
        sink.finish()
    finally:
        sink.close()
        sink.clean()
    return sink.counts
