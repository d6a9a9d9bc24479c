"""`emblem scan` against NSD on loopback: queries and names a second, beside dnsperf and a general resolver.

``./dev bench scan`` measures everything; ``--parts compare`` or ``--parts sizes`` only that; ``--names`` and
``--sizes`` say how much.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.marked_zone import ENDORSER, ORIGIN, MarkedZone, is_marked, make_zone, missing_name, name_of
from emblem.discovery.plan import plan_questions
from emblem.model.target import Target
from tests.system.servers import NSD, Endpoint, running

NAMES = 200_000
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
GENERAL_NAMES = 2_000
"""Names that the general resolver is asked about: it would take too long over all."""

_SAMPLE_SECONDS = 0.25
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Measured:
    """What one run took: seconds, processor seconds, its largest memory (all processes together, in MB)."""

    seconds: float = 0.0
    processor: float = 0.0
    server_processor: float = 0.0
    memory: float = 0.0
    samples: list[tuple[float, float]] = field(default_factory=list)


class MemoryWatch(threading.Thread):
    """Adds up the memory of a process and of all below it, again and again."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._done = threading.Event()
        self._began = time.monotonic()
        self.samples: list[tuple[float, float]] = []

    def run(self) -> None:
        while not self._done.wait(_SAMPLE_SECONDS):
            total = sum(map(_resident, _tree(self._root)))
            self.samples.append((time.monotonic() - self._began, total / 1e6))

    def stop(self) -> None:
        self._done.set()
        self.join()


def measure(command: Sequence[str], *, given: Iterable[bytes] = (), output: Path | None = None) -> Measured:
    """Run a command to its end, feeding its standard input."""
    before = _server_processor()
    with (output or Path(os.devnull)).open("wb") as sink:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=sink)
        watch = MemoryWatch(process.pid)
        watch.start()
        assert process.stdin is not None
        with process.stdin:
            for chunk in given:
                process.stdin.write(chunk)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
    assert process.returncode == 0, f"{command} ended with {process.returncode}"
    return Measured(
        seconds,
        usage.ru_utime + usage.ru_stime,
        _server_processor() - before,
        max((memory for _, memory in watch.samples), default=0.0),
        watch.samples,
    )


def scan_command(server: Endpoint, zone: MarkedZone, *more: str) -> list[str]:
    """`emblem scan` as anybody runs it."""
    program = str(Path(sys.executable).with_name("emblem"))
    trust = ("--trust", str(zone.key_file), "--trust-as", str(ENDORSER))
    return [program, "scan", "--input", "-", "--resolver", str(server), *trust, *more]


def compare(names: int, directory: Path) -> None:
    """The scan with and without marked names, dnsperf and the general resolver, in one run."""
    print(
        f"{names} names that exist, of which 1 % are marked, and as many that do not; NSD on loopback, its limits off."
    )
    with served(names, directory) as (server, zone):
        unmarked = [*interleaved(number for number in range(names) if not is_marked(number))]
        everything = [*interleaved(range(names))]
        table = [("", "queries", "names/s", "queries/s", "cpu s", "server s", "MB")]
        for label, asked in (("emblem scan, none marked", unmarked), ("emblem scan, 1 % marked", everything)):
            output = directory / "results.jsonl"
            measured = measure(scan_command(server, zone, "--json"), given=lines(asked), output=output)
            queries = check(output, asked)
            table.append(row(label, measured, queries, len(asked)))
            output.unlink()
        questions = directory / "questions"
        write_questions(questions, everything)
        measured, count = dnsperf(server, questions)
        table.append(row("dnsperf, the same questions", measured, count, 0))
        some = everything[: 2 * GENERAL_NAMES]
        output = directory / "general"
        command = [sys.executable, "-m", "benchmarks.general_resolver", server.address, str(server.port)]
        measured = measure(command, given=lines(some), output=output)
        table.append(row("dnspython, asyncio", measured, int(output.read_text()), len(some)))
    show(table)


def sizes(counts: Sequence[int], names: int, directory: Path) -> None:
    """What a scan of each size costs, the names coming from standard input."""
    print("Cost against size: half of the names exist, 1 % of these marked; only what is marked is written.")
    table = [("targets", "seconds", "names/s", "cpu s", "MB at most", "MB after 1 million")]
    with served(names, directory) as (server, zone):
        for count in counts:
            command = scan_command(server, zone, "--json", "--only", "marked")
            output = directory / "marked.jsonl"
            measured = measure(command, given=lines(endless(count, names)), output=output)
            expected = sum(1 for number in range(count) if number % 2 == 0 and is_marked(number // 2 % names))
            found = sum(1 for _ in output.open("rb"))
            assert found == expected, f"{found} marked names were found, of {expected}"
            after = measured.seconds * min(1.0, 1_000_000 / count)
            first = max((memory for at, memory in measured.samples if at <= after), default=0.0)
            table.append(
                (
                    f"{count}",
                    f"{measured.seconds:.1f}",
                    f"{count / measured.seconds:.0f}",
                    f"{measured.processor:.1f}",
                    f"{measured.memory:.0f}",
                    f"{first:.0f}" if count > 1_000_000 else "",
                )
            )
    show(table)


@contextmanager
def served(names: int, directory: Path) -> Iterator[tuple[Endpoint, MarkedZone]]:
    """NSD with the zone, while the block runs."""
    zone = make_zone(names, directory)
    place = directory / "server"
    place.mkdir()
    with running(NSD, origin=ORIGIN, zone=zone.text, directory=place) as server:
        yield server, zone


def interleaved(numbers: Iterable[int]) -> Iterator[str]:
    """Names that exist and names that do not, by turns."""
    for number in numbers:
        yield name_of(number)
        yield missing_name(number)


def endless(count: int, names: int) -> Iterator[str]:
    """So many names, by turns; after the last of the zone the first again."""
    for number in range(count):
        yield (missing_name if number % 2 else name_of)(number // 2 % names)


def lines(names: Iterable[str]) -> Iterator[bytes]:
    """The names, one a line, in pieces of some thousand."""
    piece: list[str] = []
    for name in names:
        piece.append(name)
        if len(piece) == 4096:
            yield ("\n".join(piece) + "\n").encode()
            piece.clear()
    if piece:
        yield ("\n".join(piece) + "\n").encode()


def check(output: Path, asked: Sequence[str]) -> int:
    """That every name has its verdict, once and the right one; the queries that these rest on."""
    marked = {name_of(int(name[1:7])) for name in asked if name[0] == "h" and is_marked(int(name[1:7]))}
    left = set(asked)
    queries = 0
    with output.open("rb") as results:
        for line in results:
            verdict = json.loads(line)
            target = verdict["target"]
            left.remove(target)
            expected = "protected" if target in marked else "unmarked"
            assert verdict["status"] == expected, f"{target} is {verdict['status']}, not {expected}"
            queries += len(verdict["discovery"]["queries"])
    assert not left, f"{len(left)} names have no verdict"
    return queries


def write_questions(path: Path, names: Iterable[str]) -> None:
    """The questions that a scan asks, for dnsperf."""
    with path.open("w") as file:
        for name in names:
            questions = plan_questions(Target(name)).questions
            for question in questions if name[0] == "h" else questions[2:3]:
                kind = {16: "TXT", 65: "HTTPS"}.get(question.type, f"TYPE{question.type}")
                file.write(f"{question.name} {kind}\n")


def dnsperf(server: Endpoint, questions: Path) -> tuple[Measured, int]:
    """The questions once through dnsperf; what that took, and how many were answered."""
    output = questions.with_name("dnsperf")
    command = ["dnsperf", "-s", server.address, "-p", str(server.port), "-d", str(questions), "-n", "1", "-e"]
    measured = measure([*command, "-c", "8", "-q", "1000"], output=output)
    told = output.read_text()
    completed = int(_told(told, r"Queries completed:\s+(\d+)"))
    measured.seconds = float(_told(told, r"Run time \(s\):\s+([\d.]+)"))
    return measured, completed


def row(label: str, measured: Measured, queries: int, names: int) -> tuple[str, ...]:
    """A line of the table."""
    return (
        label,
        f"{queries}",
        f"{names / measured.seconds:.0f}" if names else "",
        f"{queries / measured.seconds:.0f}",
        f"{measured.processor:.1f}",
        f"{measured.server_processor:.1f}",
        f"{measured.memory:.0f}",
    )


def show(table: Sequence[tuple[str, ...]]) -> None:
    """Print a table."""
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        first, *rest = zip(line, widths, strict=True)
        print(first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest), sep="  ")


def main(arguments: Sequence[str] = ()) -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="./dev bench scan", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=["compare", "sizes"], default=["compare", "sizes"])
    parser.add_argument("--names", type=int, default=NAMES, help="names of the zone")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="targets of the scans of `sizes`")
    chosen = parser.parse_args(arguments)
    parts: dict[str, Callable[[Path], None]] = {
        "compare": lambda directory: compare(chosen.names, directory),
        "sizes": lambda directory: sizes(chosen.sizes, chosen.names, directory),
    }
    for part in chosen.parts:
        with tempfile.TemporaryDirectory() as directory:
            parts[part](Path(directory))
        print()


def _told(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, text
    return found[1]


def _tree(root: int) -> list[int]:
    """A process and all below it."""
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    except OSError:
        return []
    return [root, *(one for child in children for one in _tree(int(child)))]


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


def _server_processor() -> float:
    """Processor seconds of all processes of the name server, which is below this process."""
    total = 0
    for process in _tree(os.getpid()):
        try:
            name, _, rest = Path(f"/proc/{process}/stat").read_text().rpartition(") ")
        except OSError:
            continue
        if "(nsd" in name:
            total += sum(map(int, rest.split()[11:13]))
    return total / _TICKS


if __name__ == "__main__":
    main(sys.argv[1:])
