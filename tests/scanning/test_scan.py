"""A scan says of every target what a single verification says, with few queries, whatever the resolver does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from emblem.dns import RecordType, ResourceRecord, RetryPolicy, ServerAddress, Transport
from emblem.errors import InputError, ResolverError
from emblem.model.target import Target
from emblem.model.verdict import DnssecState, Status, Verdict
from emblem.scanning.finding import Task
from emblem.scanning.scan import ScanError, scan
from emblem.scanning.settings import DnssecCheck, ScanSettings
from emblem.server import Faults
from emblem.server.faults import first, over, with_probability
from emblem.verifier.drivers import Verifier
from tests.support.arrangement import codes
from tests.support.naming import ihle_lines, serving
from tests.support.scanning import (
    EXPECTED,
    LINES,
    MARKED,
    TRUST,
    records,
    scanned,
    scanning,
    statuses,
    tasks,
)

HASTY = RetryPolicy(try_timeout=0.2, tries=2)
PROTECTED, UNDETERMINED = Status.PROTECTED, Status.UNDETERMINED


def children() -> list[int]:
    """The processes that this one has started and that have not ended."""
    (task,) = (path for path in Path("/proc/self/task").iterdir() if path.name == str(os.getpid()))
    return [int(number) for number in (task / "children").read_text().split()]


def descriptors() -> list[str]:
    """What this process has open."""
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())


def essence(verdict: Verdict) -> tuple[object, ...]:
    """A verdict without its time, and without the order in which a server happens to give records."""
    sets = sorted((one.carriage, one.owner, one.status, one.level, len(one.tokens)) for one in verdict.sets)
    return verdict.status, verdict.level, verdict.issuer, verdict.assets, verdict.dnssec, sets, codes(verdict)


def queries(verdict: Verdict) -> list[tuple[str, str, str, str]]:
    """What was asked, and what became of it."""
    assert verdict.discovery is not None
    return [(one.name, one.type, one.outcome, one.server) for one in verdict.discovery.queries]


# What is found


def test_every_marked_name_is_found_in_its_carriage_and_none_is_invented() -> None:
    with serving(*LINES) as server:
        findings, statistics = scanned(EXPECTED, server.address)

    assert statuses(findings) == EXPECTED
    assert statistics.statuses[Status.PROTECTED] == len(MARKED)
    assert statistics.findings == statistics.tasks == len(EXPECTED)


def test_verdicts_are_those_of_a_single_verification() -> None:
    with serving(*LINES) as server:
        findings, _ = scanned(EXPECTED, server.address)
        verifier = Verifier(TRUST, resolvers=[server.address], dnssec=False)
        alone = {name: verifier.verify(name) for name in EXPECTED}

    for name, verdict in alone.items():
        given = findings[name].as_verdict()
        assert essence(given) == essence(verdict)
        # A name that does not exist is settled by one answer, where a single verification asks everything at once.
        assert queries(given) == queries(verdict) or "discovery-name-denied" in codes(verdict)


BROKEN = {
    "garbage.example": ["garbage.example. TYPE65297 \\# 3 010203"],
    "damaged.example": ['damaged.example. TXT "emblem-cwt=!!!"'],
    "key-only.example": ihle_lines("key-only.example", records("key-only.example")[-1:]),
    "another.example": ihle_lines("another.example", records("somebody.example")),
    "nearly.example": ['nearly.example. TXT "emblem-cwt is not what this says"', "nearly.example. A 192.0.2.1"],
    "https.example": ["https.example. HTTPS 1 . alpn=h2"],
    "parameter.example": ["parameter.example. HTTPS 1 . key65280=abc"],
    "*.wild.example": ["*.wild.example. A 192.0.2.1"],
    "dname.example": ["dname.example. DNAME plain.example."],
}
"""Names with what is nearly, or no longer, an emblem, and other things that are found beside names."""


def test_whatever_else_is_found_is_judged_as_a_single_verification_judges_it() -> None:
    names = [name.replace("*", "any") for name in BROKEN] + ["x.dname.example"]
    lines = [*LINES, *(line for lines in BROKEN.values() for line in lines)]
    with serving(*lines) as server:
        findings, _ = scanned(names, server.address)
        verifier = Verifier(TRUST, resolvers=[server.address], dnssec=False)
        alone = {name: verifier.verify(name) for name in names}

    for name, verdict in alone.items():
        given = findings[name].as_verdict()
        assert essence(given) == essence(verdict), name
        assert queries(given) == queries(verdict) or "discovery-name-denied" in codes(verdict), name
    assert {Status.REJECTED, Status.UNMARKED} <= {verdict.status for verdict in alone.values()}


def test_an_address_is_marked_by_its_reverse_name_and_seen_through_its_names() -> None:
    reverse_name = "7.2.0.192.in-addr.arpa"
    reverse = (
        *ihle_lines(reverse_name, records(reverse_name)),
        "8.2.0.192.in-addr.arpa. PTR named.example.",
        "9.2.0.192.in-addr.arpa. PTR nobody.example.",
    )
    marked = ["named.example. A 192.0.2.8", *ihle_lines("named.example", records("named.example"))]
    soa = ("@ SOA ns hostmaster 1 60 60 60 60",)
    with serving(*marked, reverse=(*soa, *reverse)) as server:
        findings, _ = scanned(["192.0.2.7", "192.0.2.8", "192.0.2.9", "192.0.2.10"], server.address)

    assert statuses(findings) == {
        "192.0.2.7": Status.PROTECTED,
        "192.0.2.8": Status.CLAIMED,
        "192.0.2.9": Status.UNMARKED,
        "192.0.2.10": Status.UNMARKED,
    }


def test_a_name_so_long_that_nothing_fits_below_it_is_asked_what_can_be_asked() -> None:
    name = ".".join(["x" * 63, "y" * 63, "z" * 63, "w" * 50, "example"])
    with serving(f"{name}. A 192.0.2.1") as server:
        findings, statistics = scanned([name], server.address)

    assert findings[name].status is Status.UNMARKED
    assert statistics.queries == 4


def test_a_target_that_is_no_name_is_undetermined_and_the_others_are_settled() -> None:
    with serving() as server:
        wrong = [Task(0, Target("a..b")), Task(1, Target("x" * 64)), Task(2, Target("nobody.example"))]
        with scan(wrong, ScanSettings(resolvers=(str(server.address),), processes=1)) as running:
            found = {finding.number: finding.status for finding in running}

    assert found == {0: UNDETERMINED, 1: UNDETERMINED, 2: Status.UNMARKED}


# How it is asked


def test_a_name_that_does_not_exist_costs_one_query_and_one_that_does_one_for_each_place() -> None:
    with serving(*LINES) as server:
        scanned(["nobody.example", "plain.example"], server.address)
        asked = Counter(query.name for query in server.queries)

    assert asked == {"nobody.example": 1, "plain.example": 4, "_emblem.plain.example": 1}


def test_a_query_comes_from_one_of_several_ports() -> None:
    with serving() as server:
        _, statistics = scanned([f"host{number}.example" for number in range(100)], server.address)
        ports = {query.client[1] for query in server.queries}
        counted = statistics.resolvers[str(server.address)]

    assert len(ports) > 4
    assert (counted.queries, counted.answers, counted.unasked) == (100, 100, 0)


def test_what_does_not_fit_into_a_datagram_is_asked_for_over_tcp() -> None:
    with serving(*LINES, faults=Faults(when=over(Transport.UDP), truncate=True)) as server:
        findings, _ = scanned(EXPECTED, server.address)

    assert statuses(findings) == EXPECTED


def test_a_server_without_edns_is_asked_without() -> None:
    with serving(*LINES, faults=Faults(refuse_edns=True)) as server:
        findings, _ = scanned(EXPECTED, server.address)

    assert statuses(findings) == EXPECTED


def test_rates_are_kept() -> None:
    names = [f"host{number}.example" for number in range(60)]
    with serving() as server:
        began = time.monotonic()
        findings, statistics = scanned(names, server.address, rate=100)
        took = time.monotonic() - began

    assert set(statuses(findings).values()) == {Status.UNMARKED}
    assert statistics.queries == len(names)
    assert took > 0.4


def test_resolvers_share_the_work_and_a_dead_one_keeps_nothing_back() -> None:
    names = [f"host{number}.example" for number in range(300)]
    with serving() as first_one, serving() as second, serving(faults=Faults(drop=True)) as last:
        servers = (one, other, dead) = (first_one.address, second.address, last.address)
        findings, statistics = scanned(names, *servers, retries=RetryPolicy(try_timeout=0.3, tries=3))

    assert set(statuses(findings).values()) == {Status.UNMARKED}
    counted = statistics.resolvers
    assert counted[str(dead)].answers == 0
    assert counted[str(dead)].lost > 0
    assert min(counted[str(one)].answers, counted[str(other)].answers) > 50


def test_a_resolver_that_there_is_no_way_to_is_counted_and_another_does_the_work() -> None:
    nowhere = ServerAddress("fe80::1%nosuch")
    with serving(*LINES) as server:
        findings, statistics = scanned(EXPECTED, server.address, nowhere, retries=HASTY)

    assert statuses(findings) == EXPECTED
    assert statistics.resolvers[str(nowhere)].unreachable > 0


def test_a_dead_resolver_gets_little_of_what_another_loses() -> None:
    names = [f"host{number}.example" for number in range(1000)]
    losing = Faults(when=with_probability(0.2, random.Random(1)), drop=True)
    with serving(faults=losing) as one, serving(faults=Faults(drop=True)) as dead:
        servers = (one.address, dead.address)
        findings, _ = scanned(names, *servers, retries=RetryPolicy(try_timeout=0.3, tries=6), timeout=30)

    assert set(statuses(findings).values()) == {Status.UNMARKED}


def test_dnssec_is_checked_of_what_is_found_where_that_is_asked_for() -> None:
    names = ["ihle.example", "plain.example"]
    with serving(*LINES) as server:
        findings, _ = scanned(names, server.address, dnssec=DnssecCheck.FOUND)

    assert findings["ihle.example"].as_verdict().dnssec is not DnssecState.NOT_CHECKED
    assert findings["plain.example"].as_verdict().dnssec is DnssecState.NOT_CHECKED


def test_dnssec_is_checked_of_every_target_where_that_is_asked_for() -> None:
    with serving(*LINES) as server:
        findings, statistics = scanned(["plain.example"], server.address, dnssec=DnssecCheck.ALL)

    verdict = findings["plain.example"].as_verdict()
    assert verdict.dnssec is not DnssecState.NOT_CHECKED
    assert "denial-unauthenticated" in {reason.code for reason in verdict.reasons}
    assert (statistics.at_first_sight, statistics.examined) == (0, 1)


# What a resolver can do wrong

LIES = ResourceRecord("else.example", RecordType.TXT, 60, b"\x05hello")


@pytest.mark.parametrize(
    "fault",
    [
        Faults(empty=True),
        Faults(response_code=2),
        Faults(response_code=5),
        Faults(replace=(LIES,)),
        Faults(wrong_question=True),
        Faults(wrong_identifier=True),
        Faults(garbage=b"\x00" * 20),
        Faults(cut_to=30),
        Faults(truncate=True),
        Faults(drop=True),
        Faults(flood=10_000),
    ],
    ids=[
        *("referral or lame", "fails", "refuses", "lies", "wrong question", "wrong identifier", "garbage", "cut"),
        *("truncated even over TCP", "silent", "10,000 messages that nobody asked for"),
    ],
)
def test_whatever_a_resolver_does_wrong_nothing_is_called_unmarked(fault: Faults) -> None:
    with serving(*LINES, faults=fault) as server:
        findings, statistics = scanned(["plain.example", "nobody.example"], server.address, retries=HASTY, timeout=2.0)

    assert set(statuses(findings).values()) == {UNDETERMINED}
    assert statistics.statuses[UNDETERMINED] == 2


def test_where_some_names_are_answered_without_a_proper_denial_the_others_are_judged_rightly() -> None:
    improper = Faults(when=lambda query: "host" in query.name, empty=True)
    hosts = [f"host{number}.example" for number in range(50)]
    with serving(*LINES, faults=improper) as server:
        findings, statistics = scanned([*hosts, *EXPECTED], server.address)

    assert statuses(findings) == EXPECTED | dict.fromkeys(hosts, UNDETERMINED)
    assert statistics.statuses[UNDETERMINED] == len(hosts)


def test_messages_that_nobody_asked_for_are_counted_and_survived() -> None:
    with serving(*LINES, faults=Faults(when=first(1), flood=10_000)) as server:
        findings, statistics = scanned(EXPECTED, server.address)
        unasked = statistics.resolvers[str(server.address)].unasked

    assert unasked > 100
    assert {name for name, status in statuses(findings).items() if status is PROTECTED} == set(MARKED)
    assert all(status in (EXPECTED[name], UNDETERMINED) for name, status in statuses(findings).items())


def test_a_name_whose_answer_somebody_tried_to_guess_is_not_called_unmarked() -> None:
    with serving(*LINES, faults=Faults(when=first(1), flood=10_000)) as server:
        findings, _ = scanned(["nobody.example"], server.address)

    assert statuses(findings) == {"nobody.example": UNDETERMINED}


def test_answers_that_come_late_are_taken_and_are_nothing_that_nobody_asked_for() -> None:
    names = [f"host{number}.example" for number in range(150)]
    with serving(faults=Faults(delay=0.6)) as server:
        findings, statistics = scanned(names, server.address, retries=RetryPolicy(try_timeout=0.2, tries=4))
        counted = statistics.resolvers[str(server.address)]

    assert set(statuses(findings).values()) == {Status.UNMARKED}
    assert counted.lost > 0
    assert counted.unasked == 0


def test_what_one_resolver_fails_to_answer_keeps_a_denial_by_another_from_being_a_no() -> None:
    names = [f"host{number}.example" for number in range(40)]
    with serving(faults=Faults(response_code=2)) as failing, serving() as other:
        findings, _ = scanned(names, failing.address, other.address)
        failed = {query.name.removeprefix("_emblem.") for query in failing.queries}

    assert failed
    assert {name for name, status in statuses(findings).items() if status is UNDETERMINED} == failed


def test_types_that_are_never_answered_do_not_hide_an_emblem_elsewhere() -> None:
    unanswered = Faults(when=lambda query: query.type in (65297, 65400), drop=True)
    with serving(*LINES, faults=unanswered) as server:
        findings, _ = scanned(["below.example", "plain.example"], server.address, retries=HASTY, timeout=3.0)

    assert statuses(findings) == {"below.example": PROTECTED, "plain.example": UNDETERMINED}


def test_where_nobody_listens_everything_is_undetermined() -> None:
    with serving() as server:
        gone = server.address
    findings, statistics = scanned(["nobody.example"], gone, retries=HASTY, timeout=2.0)

    assert statuses(findings) == {"nobody.example": UNDETERMINED}
    assert statistics.resolvers[str(gone)].unreachable > 0


# How it starts and ends


def test_a_scan_without_targets_starts_nothing() -> None:
    with scanning([], ServerAddress("127.0.0.1", 9)) as running:
        assert list(running) == []
        assert children() == []


def test_a_scan_leaves_no_process_and_no_descriptor() -> None:
    before = descriptors()
    with serving(*LINES) as server, scanning(EXPECTED, server.address, processes=2) as running:
        next(running)
        assert children()
        running.close()
        assert list(running) == []

    assert children() == []
    assert descriptors() == before


def test_tasks_are_taken_only_as_findings_are_taken() -> None:
    taken = 0

    def endless() -> Iterator[Task]:
        nonlocal taken
        while True:
            taken += 1
            yield Task(taken, Target(f"host{taken}.example"))

    with serving() as server:
        settings = ScanSettings(resolvers=(str(server.address),), processes=1, window=16)
        with scan(endless(), settings) as running:
            for _ in range(10):
                next(running)
            held = taken

    assert held < 3000


def test_a_task_that_comes_later_keeps_no_finding_back() -> None:
    def slowly() -> Iterator[Task | None]:
        yield Task(0, Target("nobody.example"))
        while not found:
            yield None
        yield Task(1, Target("plain.example"))

    found: list[int] = []
    with serving(*LINES) as server, scan(slowly(), ScanSettings(resolvers=(str(server.address),))) as running:
        for finding in running:
            found.append(finding.number)

    assert found == [0, 1]


def test_a_process_that_is_killed_is_replaced_and_its_tasks_are_done_again() -> None:
    names = [f"host{number}.example" for number in range(2000)]
    with serving(*LINES) as server, scanning([*names, *EXPECTED], server.address, rate=1500) as running:
        findings = [next(running)]
        for process in children():
            os.kill(process, signal.SIGKILL)
        findings.extend(running)

    assert sorted(finding.number for finding in findings) == list(range(len(names) + len(EXPECTED)))
    assert {one.target.text for one in findings if one.status is PROTECTED} == set(MARKED)
    assert running.statistics.processes_lost == 1
    assert running.statistics.tasks_repeated > 0


@pytest.mark.parametrize("filling", ["", ".".join(["x" * 60] * 3) + "."], ids=["short names", "names that fill pipes"])
def test_a_process_that_hangs_is_replaced(monkeypatch: pytest.MonkeyPatch, filling: str) -> None:
    monkeypatch.setattr("emblem.scanning.process.STALLED", 4.0)
    monkeypatch.setattr("emblem.scanning.scan._LOOK_AFTER", 0.1)
    names = [f"{filling}host{number}.example" for number in range(600)]
    with serving(*LINES) as server, scanning([*names, *EXPECTED], server.address, rate=1000) as running:
        findings = [next(running)]
        for process in children():
            os.kill(process, signal.SIGSTOP)
        findings.extend(running)

    assert sorted(finding.number for finding in findings) == list(range(len(names) + len(EXPECTED)))
    assert running.statistics.processes_lost == 1


def test_a_target_that_is_the_end_of_every_process_is_reported_and_the_scan_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "emblem.scanning.process._PROGRAM",
        "import sys; sys.path[:] = sys.argv[1:]; from emblem.scanning import inquiry, worker\n"
        "genuine = inquiry.Inquiry.expand\n"
        "def expand(self):\n"
        "    if self.text == 'plain.example': raise RuntimeError('poison')\n"
        "    return genuine(self)\n"
        "inquiry.Inquiry.expand = expand\n"
        "worker.main()",
    )
    with serving(*LINES) as server:
        findings, statistics = scanned(EXPECTED, server.address)

    assert findings["plain.example"].status is UNDETERMINED
    assert statistics.processes_lost == 3
    assert all(status in (EXPECTED[name], UNDETERMINED) for name, status in statuses(findings).items())


def test_processes_end_when_whoever_started_them_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "scanner.py"
    program.write_text(
        "from emblem.model.target import Target\n"
        "from emblem.scanning.finding import Task\n"
        "from emblem.scanning.scan import scan\n"
        "from emblem.scanning.settings import ScanSettings\n"
        "import itertools, os, sys\n"
        "tasks = (Task(n, Target(f'host{n}.example')) for n in itertools.count())\n"
        "with scan(tasks, ScanSettings(resolvers=(sys.argv[1],), processes=1)) as running:\n"
        "    next(running)\n"
        "    print(open(f'/proc/self/task/{os.getpid()}/children').read(), flush=True)\n"
        "    for _ in running: pass\n"
    )
    with serving() as server:
        with subprocess.Popen(
            [sys.executable, str(program), str(server.address)], stdout=subprocess.PIPE, text=True
        ) as scanner:
            assert scanner.stdout is not None
            worker = Path("/proc") / scanner.stdout.readline().strip()
            assert worker.exists()
            scanner.kill()
        deadline = time.monotonic() + 10
        while worker.exists() and "Z" not in (worker / "stat").read_text().rpartition(")")[2][:3]:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_processes_that_cannot_run_end_the_scan_with_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emblem.scanning.process._PROGRAM", "raise SystemExit(3)")
    with scanning(["nobody.example"], ServerAddress("127.0.0.1", 9)) as running, pytest.raises(ScanError):
        list(running)

    assert children() == []


def test_settings_that_cannot_be_used_are_refused_before_anything_is_asked() -> None:
    with pytest.raises(ResolverError):
        scan(tasks(["nobody.example"]), ScanSettings(resolvers=("not an address",)))
    with pytest.raises(ResolverError):
        scan([], ScanSettings(resolvers=("127.0.0.1",), covert=True))
    with pytest.raises(ResolverError):
        scan([], ScanSettings(resolvers=("tls://127.0.0.1",), resolver_ca=Path("/nowhere")))
    with pytest.raises(InputError):
        scan([], ScanSettings(resolvers=("127.0.0.1",), anchors="nothing of the kind", dnssec=DnssecCheck.ALL))
    with pytest.raises(InputError):
        scan([], ScanSettings(resolvers=tuple(f"192.0.2.{number}" for number in range(1, 100))))
