"""A scan on a Dask cluster of two workers on this machine."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result
from emblem_cli.application import application

from emblem.server import NameServer
from tests.support.arrangement import chain, root, signing
from tests.support.naming import ihle_lines, serving

PERIOD: dict[str, Any] = {"not_before": int(time.time()) - 3600, "expires": int(time.time()) + 86400}
MARKED = [f"marked{number}.example" for number in range(10)]
HOSTS = [*(f"h{number}.example" for number in range(590)), *MARKED]
PATIENCE = 60.0


@pytest.fixture
def cluster() -> Iterator[Any]:
    distributed: Any = import_module("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster:
        yield cluster


@pytest.fixture
def server() -> Iterator[NameServer]:
    records = {name: chain(root, signing, **PERIOD).emblem(name, **PERIOD).records for name in MARKED}
    lines = [line for name in MARKED for line in (*ihle_lines(name, records[name]), f"{name}. A 127.0.0.80")]
    with serving(*lines) as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hosts.txt").write_text("\n".join(HOSTS))
    return tmp_path


def scan(server: NameServer, *arguments: str) -> Result:
    return CliRunner().invoke(
        application, ["scan", "--input", "hosts.txt", "--resolver", str(server.address), "--ct", "skip", *arguments]
    )


def results(path: Path) -> list[tuple[str, str, str]]:
    """What is the same of each result however often a scan is made."""
    table = pyarrow.parquet.read_table(path, columns=["target", "status", "reasons"])
    return sorted(zip(*(column.to_pylist() for column in table.columns), strict=True))


def test_a_cluster_gives_the_same_results_as_one_machine_also_if_a_worker_is_killed(
    cluster: Any, server: NameServer, folder: Path
) -> None:
    on_cluster = ("--engine", "dask", "--scheduler", cluster.scheduler_address, "--shard-size", "100")
    first_worker = next(iter(cluster.workers.values()))

    killed: list[int] = []

    def kill_a_worker() -> None:
        deadline = time.monotonic() + PATIENCE
        while len([*folder.glob("cluster/part-*.parquet")]) < 1:
            if time.monotonic() > deadline:
                return
            time.sleep(0.01)
        killed.append(first_worker.pid)
        os.kill(first_worker.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_a_worker)
    killer.start()
    outputs = ("--output", "parquet:cluster", "--output", "nmap:cluster.txt")
    spread = scan(server, *on_cluster, *outputs)
    killer.join()
    assert killed
    alone = scan(server, "--output", "alone.parquet", "--output", "nmap:alone.txt")

    assert (spread.exit_code, alone.exit_code) == (0, 0), spread.output
    assert len(results(folder / "cluster")) == len(HOSTS)
    assert results(folder / "cluster") == results(folder / "alone.parquet")
    assert (folder / "cluster.txt").read_text() == (folder / "alone.txt").read_text()
    assert sorted(path.name for path in (folder / "cluster").iterdir()) == [
        f"part-{number:08}.parquet" for number in range(len(HOSTS) // 100)
    ]


def test_an_unfinished_scan_on_a_cluster_goes_on_with_the_shards_that_are_missing(
    cluster: Any, server: NameServer, folder: Path
) -> None:
    on_cluster = ("--engine", "dask", "--scheduler", cluster.scheduler_address, "--only", "marked")
    outputs = ("--output", "parquet:found", "--output", "nmap:lists/exclude.txt")
    begun = scan(server, *on_cluster, *outputs, "--shard-size", "200")
    assert (begun.exit_code, "lists" in begun.output) == (1, True)
    (folder / "lists").mkdir()
    (folder / "found" / "part-00000001.parquet").unlink()

    not_asked_to = scan(server, *on_cluster, *outputs, "--shard-size", "200")
    otherwise = scan(server, *on_cluster, *outputs, "--shard-size", "150", "--resume")
    resumed = scan(server, *on_cluster, *outputs, "--shard-size", "200", "--resume")

    assert (not_asked_to.exit_code, "--resume" in not_asked_to.output) == (2, True)
    assert (otherwise.exit_code, "--shard-size" in otherwise.output) == (2, True)
    assert resumed.exit_code == 0, resumed.output
    assert "600 targets, 200 of them" in resumed.output
    assert [target for target, _, _ in results(folder / "found")] == sorted(MARKED)
    assert "127.0.0.80" in (folder / "lists" / "exclude.txt").read_text()


def test_a_cluster_that_is_not_there_is_told_and_nothing_is_written(server: NameServer, folder: Path) -> None:
    result = scan(server, "--engine", "dask", "--scheduler", "nonsense://x", "--output", "parquet:found")

    assert result.exit_code == 1
    assert "there is no Dask scheduler at nonsense://x" in result.output
    assert not (folder / "found").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--engine", "dask"),
        ("--scheduler", "tcp://127.0.0.1:1"),
        ("--engine", "dask", "--scheduler", "tcp://127.0.0.1:1", "--output", "found.jsonl"),
        ("--engine", "dask", "--scheduler", "tcp://127.0.0.1:1", "--json", "--output", "parquet:found"),
    ],
)
def test_what_does_not_go_with_a_cluster_is_wrong_use(
    server: NameServer, folder: Path, arguments: tuple[str, ...]
) -> None:
    result = scan(server, *arguments)

    assert result.exit_code == 2
    assert "dask" in result.output
    assert not (folder / "found").exists()
