"""A scan as the command line wants it: lists in, results out, with an account of how far it has come."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from emblem.errors import InputError
from emblem.model.verdict import Status, Verdict
from emblem.report.json import verdict_line
from emblem.scanning.addresses import resolver_of
from emblem.scanning.finding import Finding
from emblem.scanning.ordered import Ordering
from emblem.scanning.results.checkpoint import Checkpoint
from emblem.scanning.results.files import whole_file
from emblem.scanning.results.misses import FindingLines
from emblem.scanning.results.outputs import OpenOutputs, Output, open_outputs
from emblem.scanning.results.recorder import Recorder
from emblem.scanning.scan import Scan, scan
from emblem.scanning.summary import Summary
from emblem.scanning.targets.fingerprint import Fingerprint
from emblem.scanning.targets.stream import TaskStream
from emblem.validation.trust import Trust
from emblem_cli.interrupts import Interrupts
from emblem_cli.scan_options import ScanOptions
from emblem_cli.scan_progress import Progress, summary_lines

FAILED = 1
"""The exit code where a scan was interrupted, or something is missing."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A scan that is ready to begin, or to go on."""

    outputs: tuple[Output, ...]
    opened: OpenOutputs
    checkpoint: Path | None
    seed: int | None
    recorder: Recorder
    stream: TaskStream
    ordering: Ordering | None
    scan: Scan


def run_scan(trust: Trust, options: ScanOptions) -> int:
    """Scan as the options say.

    Returns:
        The exit code.

    Raises:
        UsageError: options exclude each other, or say too little.
        EmblemError: what an option names cannot be used, before anything was asked; or the scan cannot go on.
        OSError: a list cannot be read, or a result not be written.
    """
    started = time.monotonic()
    job = _prepare(trust, options)
    before = sum(job.recorder.statuses.values())
    with job.recorder, Interrupts() as interrupts:
        finished = _ask(job, options, interrupts) and _finish(job.recorder)
    exclusions = job.opened.exclusions
    summary = Summary(
        finished=finished,
        seconds=time.monotonic() - started,
        statuses=job.recorder.statuses,
        here=sum(job.recorder.statuses.values()) - before,
        targets=job.stream.counts,
        statistics=job.scan.statistics,
        exclusions=exclusions.counts if exclusions is not None and finished else None,
        seed=job.seed,
        outputs=tuple(str(output.path) for output in job.outputs),
        resume_with=None if finished or job.checkpoint is None else str(job.checkpoint),
    )
    return conclude(summary, options.summary)


def _ask(job: _Job, options: ScanOptions, interrupts: Interrupts) -> bool:
    """Ask about every target, and record what is found; whether it came to the end."""
    recorder, held = job.recorder, interrupts.held
    shows_progress = options.quiet or not sys.stdout.isatty()
    try:
        with job.scan as running, Progress(recorder.statuses, job.stream.counts, shown=shows_progress) as progress:
            for finding in job.ordering.findings(running) if job.ordering else running:
                with held:
                    recorder.record(finding)
                progress.update()
    except KeyboardInterrupt:
        with held:
            recorder.save()
        return False
    return True


def _finish(recorder: Recorder) -> bool:
    """Bring the results into their places; whether that was not interrupted."""
    try:
        recorder.finish()
    except KeyboardInterrupt:
        return False
    return True


def conclude(summary: Summary, path: Path | None) -> int:
    """Say what a scan came to; the exit code."""
    for line in summary_lines(summary):
        click.echo(line, err=True)
    if path is not None:
        with whole_file(path) as file:
            file.write(f"{json.dumps(summary.members(), indent=2)}\n".encode())
    if summary.resume_with is not None:
        click.echo("interrupted: to go on, run the same command with --resume", err=True)
    elif not summary.finished:
        click.echo("interrupted", err=True)
    return 0 if summary.complete else FAILED


def _prepare(trust: Trust, options: ScanOptions) -> _Job:
    settings = options.settings(trust)
    resolve = resolver_of(settings)
    outputs = options.parsed_outputs()
    path = outputs[0].path.with_name(f"{outputs[0].path.name}.checkpoint") if outputs else None
    plan = options.plan(outputs)
    resumed = None if path is None else _resumed(path, plan, options)
    seed = options.new_seed() if resumed is None else resumed.seed
    selection = options.selection(seed)
    fingerprint = None
    if path is not None:
        fingerprint = Fingerprint(resumed.marks if resumed else (), only_last=seed is not None)
    stream = TaskStream(
        tuple(options.sources()), selection, done=resumed.done if resumed else None, fingerprint=fingerprint
    )
    positions = None if resumed is None else resumed.positions
    opened = open_outputs(
        outputs, resolve, positions=positions, addresses=options.listed_addresses, statuses=options.marked
    )
    recorder = Recorder(
        opened.sinks,
        path,
        plan=plan,
        seed=seed,
        fingerprint=fingerprint,
        resumed=resumed,
        only=options.written,
        show=_show(options),
    )
    ordering = Ordering() if options.ordered else None
    tasks = stream if ordering is None else ordering.tasks(stream)
    running = scan(tasks, settings, source=options.waits_for())
    return _Job(outputs, opened, path, seed, recorder, stream, ordering, running)


def _resumed(path: Path, plan: Mapping[str, str], options: ScanOptions) -> Checkpoint | None:
    """The checkpoint to go on from, if there is one.

    Raises:
        InputError: there is one, and it was not asked to go on; or it is of a scan with other options.
    """
    if not path.exists():
        if options.resume and any(output.path.exists() for output in options.parsed_outputs()):
            raise InputError("--resume", f"no {path}", "an interrupted scan: this one had finished, or was never begun")
        return None
    if not options.resume:
        expected = "--resume, to go on; or that it is removed, with the outputs beside it, to begin anew"
        raise InputError("outputs", f"an interrupted scan's ({path})", expected)
    checkpoint = Checkpoint.load(path)
    checkpoint.check_plan(plan)
    if options.seed is not None and options.seed != checkpoint.seed:
        raise InputError("--seed", str(options.seed), f"{checkpoint.seed}, as in the scan that is to be resumed")
    return checkpoint


def _show(options: ScanOptions) -> Callable[[Finding], None] | None:
    """How findings are printed, where they are."""
    if options.quiet:
        return None
    write, flush = sys.stdout.write, sys.stdout.flush
    lines = FindingLines(verdict_line if options.as_json else _short_line)

    def show(finding: Finding) -> None:
        # Plain misses are for programs; a person would not find the others among them.
        if options.as_json or finding.status is not Status.UNMARKED:
            write(f"{lines.line(finding)}\n")
            flush()

    return show


def _short_line(verdict: Verdict) -> str:
    issuer = "" if verdict.issuer is None else f" {verdict.issuer}"
    return f"{verdict.target} {verdict.status.value}{issuer}"
