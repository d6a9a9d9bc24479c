"""`emblem scan`, from lists to results."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from emblem.codec.cose_key import encode_key
from emblem.dns import RecordType
from emblem.scanning.completed import Completed
from emblem.scanning.results.checkpoint import Checkpoint
from emblem.server import Faults, NameServer
from tests.cli.conftest import Run, Start, one_line
from tests.support.arrangement import MINISTRY, authority, chain, root, signing
from tests.support.naming import ihle_lines, serving

PERIOD: dict[str, Any] = {"not_before": int(time.time()) - 3600, "expires": int(time.time()) + 86400}
HOST, PLAIN, ADDRESS = "hospital.example", "plain.example", "127.0.0.7"
REVERSE = "7.0.0.127.in-addr.arpa"
TRUST = ("--trust", "authority.hex", "--trust-as", str(MINISTRY), "--ct", "skip")
PATIENCE = 60.0

Scan = Callable[..., Result]


def records(name: str) -> Any:
    return chain(root, signing, **PERIOD).emblem(name, **PERIOD).endorsed_by(authority, **PERIOD).records


@pytest.fixture
def server(folder: Path) -> Iterator[NameServer]:
    """A name server with a marked host, which has addresses, a marked address, and a host that is not marked."""
    (folder / "authority.hex").write_text(encode_key(authority.public_key).hex())
    lines = [*ihle_lines(HOST, records(HOST)), f"{HOST}. A 127.0.0.80", f"{HOST}. AAAA ::80", f"{PLAIN}. A 127.0.0.1"]
    with serving(*lines, reverse=ihle_lines(REVERSE, records(REVERSE))) as server:
        yield server


@pytest.fixture
def scan(run: Run, server: NameServer) -> Scan:
    """Scan with that server as resolver; nothing may fail."""

    def scan(*arguments: str, code: int = 0, **how: Any) -> Result:
        result = run("scan", "--resolver", str(server.address), "--processes", "1", *TRUST, *arguments, **how)
        assert result.exit_code == code, result.output
        return result

    return scan


def statuses(text: str) -> dict[str, str]:
    return {verdict["target"]: verdict["status"] for verdict in map(json.loads, text.splitlines())}


def test_a_person_sees_what_is_marked_and_how_many_are_not(scan: Scan) -> None:
    result = scan(HOST, PLAIN, "nobody.example")

    assert result.stdout == f"{HOST} protected https://relief.example\n"
    assert "3 targets" in result.stderr
    assert "1 protected, 0 claimed, 0 undetermined, 0 rejected, 2 unmarked" in result.stderr


def test_programs_get_a_verdict_a_line(scan: Scan) -> None:
    result = scan(HOST, "https://plain.example/", "127.0.0.6-7", "--json")

    assert statuses(result.stdout) == {
        HOST: "protected",
        PLAIN: "unmarked",
        "127.0.0.6": "unmarked",
        ADDRESS: "protected",
    }


def test_targets_come_from_standard_input(scan: Scan) -> None:
    result = scan("--input", "-", "--json", input=f"{HOST}\n# a comment\n{PLAIN}\n")

    assert statuses(result.stdout) == {HOST: "protected", PLAIN: "unmarked"}


def test_several_outputs_are_written_at_once(scan: Scan, folder: Path) -> None:
    scan(HOST, PLAIN, ADDRESS, "--output", "all.jsonl", "--output", "all.csv", "--output", "nmap:exclude.txt")

    assert len((folder / "all.jsonl").read_text().splitlines()) == 3
    assert len((folder / "all.csv").read_text().splitlines()) == 4
    listed = [line for line in (folder / "exclude.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert listed == [ADDRESS, "127.0.0.80", "::80"]
    left = {path.name for path in folder.iterdir()}
    assert left == {"all.jsonl", "all.csv", "exclude.txt", "authority.hex"}


def test_a_list_that_was_written_can_be_left_out_of_the_next_scan(scan: Scan, folder: Path) -> None:
    scan(ADDRESS, "--output", "nmap:exclude.txt")

    result = scan("127.0.0.6-127.0.0.8", "--exclude-file", "exclude.txt", "--json")

    assert (folder / "exclude.txt").exists()
    assert list(statuses(result.stdout)) == ["127.0.0.6", "127.0.0.8"]
    assert "1 excluded" in result.stderr


def test_only_the_marked_are_written_if_that_is_asked_for(scan: Scan) -> None:
    assert statuses(scan(HOST, PLAIN, "--json", "--only", "marked").stdout) == {HOST: "protected"}


def test_results_can_be_had_in_the_order_of_the_targets(scan: Scan, folder: Path) -> None:
    hosts = [f"h{number}.example" for number in range(40)] + [HOST]
    (folder / "hosts.txt").write_text("\n".join(reversed(hosts)))

    result = scan("--input", "hosts.txt", "--json", "--ordered")

    assert list(statuses(result.stdout)) == list(reversed(hosts))


def test_a_shuffled_scan_says_its_seed_and_can_be_done_again(scan: Scan) -> None:
    hosts = [f"h{number}.example" for number in range(30)]
    first = scan(*hosts, "--json", "--ordered", "--shuffle")
    seed = first.stderr.partition("--seed ")[2].split()[0]

    again = scan(*hosts, "--json", "--ordered", "--shuffle", "--seed", seed)

    assert list(statuses(again.stdout)) == list(statuses(first.stdout)) != hosts


def test_malformed_entries_are_shown_and_stop_nothing(scan: Scan, folder: Path) -> None:
    (folder / "hosts.txt").write_text(f"{HOST}\nnot a host\n{PLAIN}\n")

    result = scan("--input", "hosts.txt", "--json")

    assert len(statuses(result.stdout)) == 2
    assert "no targets: 1 entries\n  hosts.txt, line 2: target: found 'not a host'" in result.stderr


def test_a_list_that_cannot_be_read_to_its_end_is_a_failure_that_is_told(scan: Scan, folder: Path) -> None:
    (folder / "nmap.xml").write_text('<nmaprun><host><address addr="127.0.0.7" addrtype="ipv4"/></host><ho')

    result = scan("--input", "nmap.xml", "--json", code=1)

    assert statuses(result.stdout) == {ADDRESS: "protected"}
    assert "NOT READ TO THE END: nmap.xml" in result.stderr


def test_an_exclusion_list_that_lacks_addresses_is_a_failure_that_is_told(run: Run, folder: Path) -> None:
    silent = Faults(when=lambda query: query.type == RecordType.AAAA, response_code=2)
    with serving(*ihle_lines(HOST, records(HOST)), f"{HOST}. A 127.0.0.80", faults=silent) as server:
        result = run(
            *("scan", HOST, "--resolver", str(server.address), "--ct", "skip"),
            *("--output", "nmap:exclude.txt", "--summary", "summary.json"),
        )

    assert result.exit_code == 1
    assert "NOT COMPLETE: the addresses of 1 marked names are not known" in result.stderr
    assert f"# NOT COMPLETE: {HOST}:" in (folder / "exclude.txt").read_text()
    assert "127.0.0.80" in (folder / "exclude.txt").read_text()
    summary = json.loads((folder / "summary.json").read_text())
    assert (summary["schema"], summary["finished"], summary["complete"]) == ("emblem.scan-summary/1", True, False)
    assert (summary["exclusion_lists"]["unresolved"], summary["statuses"]["claimed"]) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "nothing to scan"),
        (("not a host",), "not a host"),
        (("2001:db8::/32",), "16777216 addresses at the most"),
        (("--input", "missing.txt"), "missing.txt"),
        ((HOST, "--seed", "1"), "--shuffle"),
        ((HOST, "--resume"), "--output"),
        ((HOST, "--output", "found.txt"), "FORMAT:FILE"),
        ((HOST, "--exclude", "not a host"), "not a host"),
        ((HOST, "--resolver", "nonsense"), "nonsense"),
        ((HOST, "--output", "authority.hex/x.jsonl"), "authority.hex"),
    ],
)
def test_wrong_use_is_one_line_before_anything_is_asked(scan: Scan, arguments: tuple[str, ...], says: str) -> None:
    code = 1 if "authority.hex/x.jsonl" in arguments else 2

    assert says in one_line_of(scan(*arguments, code=code).stderr)


def one_line_of(text: str) -> str:
    one_line(text)
    return text


def test_results_are_never_written_over(scan: Scan, folder: Path) -> None:
    (folder / "found.jsonl").write_text("last week\n")

    assert "exists" in scan(HOST, "--output", "found.jsonl", code=2).stderr
    assert (folder / "found.jsonl").read_text() == "last week\n"


HOSTS = [*(f"h{number}.example" for number in range(800)), HOST, ADDRESS]


@pytest.fixture
def begin(start: Start, server: NameServer, folder: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """Begin a scan of many hosts, slowly; return when some of it is safe."""
    (folder / "hosts.txt").write_text("\n".join(HOSTS))

    def begin(*arguments: str) -> subprocess.Popen[bytes]:
        process = start("scan", "--resolver", str(server.address), *TRUST, "--rate", "250", *arguments)
        assert eventually(lambda: len(saved(folder / "found.jsonl.checkpoint")) > 0 or process.poll() is not None)
        assert process.poll() is None, process.communicate()
        return process

    return begin


def saved(checkpoint: Path) -> Completed:
    """The tasks that are done according to a checkpoint."""
    return Checkpoint.load(checkpoint).done if checkpoint.exists() else Completed()


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether something comes true in time."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("how", [(), ("--shuffle", "--unique")], ids=["in order", "shuffled"])
def test_a_scan_that_was_killed_goes_on_with_every_result_once(
    begin: Callable[..., subprocess.Popen[bytes]], scan: Scan, folder: Path, how: tuple[str, ...]
) -> None:
    options = ("--input", "hosts.txt", "--output", "found.jsonl", "--output", "found.parquet", *how)
    process = begin(*options)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    done = len(saved(folder / "found.jsonl.checkpoint"))

    result = scan(*options, "--resume")

    targets = [json.loads(line)["target"] for line in (folder / "found.jsonl").read_text().splitlines()]
    assert sorted(targets) == sorted(HOSTS)
    assert f"802 targets, {802 - done:,} of them" in result.stderr
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(folder / "found.parquet")
    assert sorted(table["target"].to_pylist()) == sorted(HOSTS)
    assert table["status"].to_pylist().count("protected") == 2


def test_a_scan_of_standard_input_goes_on_when_it_is_given_the_same_again(
    start: Start, server: NameServer, scan: Scan, folder: Path
) -> None:
    options = ("--input", "-", "--output", "found.csv")
    process = start("scan", "--resolver", str(server.address), *TRUST, *options, stdin=subprocess.PIPE)
    assert process.stdin is not None
    # The end of the input does not come: this scan cannot finish.
    process.stdin.write("\n".join(HOSTS[:600]).encode())
    process.stdin.flush()
    assert eventually((folder / "found.csv.checkpoint").exists)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    done = len(saved(folder / "found.csv.checkpoint"))

    other = scan(*options, "--resume", input="\n".join(["other.example", *HOSTS[1:]]), code=2)
    same = scan(*options, "--resume", input="\n".join(HOSTS))

    assert "input" in other.stderr
    assert f"802 targets, {802 - done:,} of them" in same.stderr
    targets = [line.partition(",")[0] for line in (folder / "found.csv").read_text().splitlines()[1:]]
    assert sorted(targets) == sorted(HOSTS)


def test_there_is_nothing_to_resume_of_a_scan_that_has_finished(scan: Scan) -> None:
    scan(PLAIN, "--output", "found.jsonl")

    assert "had finished" in scan(PLAIN, "--output", "found.jsonl", "--resume", code=2).stderr


def test_a_scan_that_could_not_begin_can_be_begun_again(scan: Scan, folder: Path) -> None:
    (folder / "hosts.csv").write_text(f"name\n{PLAIN}\n")
    options = ("--input", "hosts.csv", "--output", "found.csv", "--output", "found.parquet")

    assert "column" in scan(*options, "--column", "host", code=2).stderr
    scan(*options, "--column", "name")

    assert len((folder / "found.csv").read_text().splitlines()) == 2


def test_a_terminal_shows_how_far_it_is(start: Start, server: NameServer, folder: Path) -> None:
    (folder / "hosts.txt").write_text("\n".join(HOSTS))
    ours, theirs = pty.openpty()
    arguments = ("--input", "hosts.txt", "--output", "found.jsonl", "--rate", "400")
    process = start("scan", "--resolver", str(server.address), *arguments, stderr=theirs)
    os.close(theirs)
    said = b""
    with suppress(OSError):
        while piece := os.read(ours, 4096):
            said += piece
    process.communicate()
    os.close(ours)

    assert process.returncode == 0
    for text in (b" of 802", b" a second", b" marked", b" undetermined", b" left"):
        assert text in said
    assert b"802 targets" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_scan_ends_cleanly_and_says_how_to_go_on(
    begin: Callable[..., subprocess.Popen[bytes]], scan: Scan, folder: Path, number: signal.Signals
) -> None:
    options = ("--input", "hosts.txt", "--output", "found.jsonl")
    process = begin(*options)

    process.send_signal(number)
    _, said = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert said.decode().endswith("interrupted: to go on, run the same command with --resume\n")
    assert "--resume" in scan(*options, code=2).stderr
    written = len((folder / "found.jsonl").read_text().splitlines())
    assert written == len(saved(folder / "found.jsonl.checkpoint")) > 0
    scan(*options, "--resume")
    assert sorted(statuses((folder / "found.jsonl").read_text())) == sorted(HOSTS)


def test_another_list_does_not_continue_a_scan(
    begin: Callable[..., subprocess.Popen[bytes]], scan: Scan, folder: Path
) -> None:
    options = ("--input", "hosts.txt", "--output", "found.jsonl")
    process = begin(*options)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    (folder / "hosts.txt").write_text("\n".join(["other.example", *HOSTS[1:]]))

    assert "input" in scan(*options, "--resume", code=2).stderr
    assert "--only" in scan(*options, "--resume", "--only", "marked", code=2).stderr


def test_a_verdict_comes_as_soon_as_it_is_known_while_more_targets_may_come(start: Start, server: NameServer) -> None:
    process = start("scan", "--resolver", str(server.address), *TRUST, "--input", "-", "--json", stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None

    for name, status in ((HOST, "protected"), (PLAIN, "unmarked")):
        process.stdin.write(f"{name}\n".encode())
        process.stdin.flush()
        assert statuses(process.stdout.readline().decode()) == {name: status}
    process.stdin.close()
    assert process.wait(PATIENCE) == 0
    process.stdout.close()
    assert process.stderr is not None
    process.stderr.close()
