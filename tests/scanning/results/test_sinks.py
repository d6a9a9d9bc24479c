from __future__ import annotations

import csv
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emblem.errors import InputError
from emblem.model.verdict import Status
from emblem.report.json import verdict_line
from emblem.scanning.results.json_lines import JsonLinesSink
from emblem.scanning.results.outputs import Output, open_outputs
from emblem.scanning.results.parquet import ROW_GROUP, ParquetSink
from emblem.scanning.results.rows import COLUMNS
from emblem.scanning.results.sink import Sink
from emblem.scanning.results.table import CsvSink
from tests.scanning.results.findings import found, marked, missed, nothing_resolves

Opener = Callable[..., Sink]
SINKS: dict[str, Opener] = {"jsonl": JsonLinesSink, "csv": CsvSink, "parquet": ParquetSink}
FINDINGS = [
    missed(0, "a.example"),
    marked(1, "hospital.example"),
    missed(2, "192.0.2.1"),
    missed(3, "2001:db8::1"),
    found(4, "b.example", Status.UNDETERMINED),
    missed(5, "xn--hpital-ixa.example"),
]


def read(path: Path) -> list[dict[str, Any]]:
    """The results in a file of any format."""
    if path.suffix == ".parquet":
        return list(pyarrow.parquet.read_table(path).to_pylist())
    text = path.read_text()
    return list(csv.DictReader(text.splitlines())) if path.suffix == ".csv" else [*map(json.loads, text.splitlines())]


def finished(sink: Sink) -> None:
    sink.finish()
    sink.close()
    sink.clean()


@pytest.mark.parametrize("form", SINKS)
def test_every_finding_is_a_result_with_the_fields_of_its_verdict(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"results.{form}"
    sink = SINKS[form](path)
    for finding in FINDINGS:
        sink.write(finding)
    finished(sink)

    results = read(path)

    assert [one["target"] for one in results] == [finding.target.text for finding in FINDINGS]
    assert [one["status"] for one in results] == [finding.status.value for finding in FINDINGS]
    assert results[1]["issuer"] == "https://relief.example"
    assert results[1]["expires"] == "2027-03-07T12:00:00Z"
    assert list(tmp_path.iterdir()) == [path]


def test_a_line_of_a_miss_is_that_of_its_verdict(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    sink = JsonLinesSink(path)
    for finding in FINDINGS * 2:
        sink.write(finding)
    finished(sink)

    assert path.read_text().splitlines() == [verdict_line(finding.as_verdict()) for finding in FINDINGS * 2]


def test_tables_have_the_same_columns_in_every_format(tmp_path: Path) -> None:
    for form in ("csv", "parquet"):
        path = tmp_path / f"results.{form}"
        finished(SINKS[form](path))
    assert (tmp_path / "results.csv").read_bytes() == (",".join(COLUMNS) + "\r\n").encode()
    assert pyarrow.parquet.read_schema(tmp_path / "results.parquet").names == list(COLUMNS)


@pytest.mark.parametrize("form", SINKS)
@settings(max_examples=30)
@given(safe=st.integers(0, 12), lost=st.integers(0, 12), more=st.integers(0, 12), torn=st.integers(0, 50))
def test_opened_at_a_position_a_sink_goes_on_from_there_whatever_came_after_it(
    tmp_path_factory: pytest.TempPathFactory, form: str, safe: int, lost: int, more: int, torn: int
) -> None:
    path = tmp_path_factory.mktemp("sink") / f"results.{form}"
    sink = SINKS[form](path)
    for number in range(safe):
        sink.write(missed(number, f"safe{number}.example"))
    position = sink.sync()
    for number in range(lost):
        sink.write(missed(number, f"lost{number}.example"))
    sink.sync()
    sink.close()
    grown = next(file for file in path.parent.iterdir() if file.suffix != ".parquet")
    with grown.open("ab") as file:
        file.write(b"x" * torn)

    again = SINKS[form](path, position)
    for number in range(more):
        again.write(missed(number, f"more{number}.example"))
    finished(again)

    expected = [
        *(f"safe{number}.example" for number in range(safe)),
        *(f"more{number}.example" for number in range(more)),
    ]
    assert [one["target"] for one in read(path)] == expected


@pytest.mark.parametrize("form", SINKS)
def test_a_file_with_something_in_it_is_never_written_over(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"results.{form}"
    path.write_text("the results of last week")

    with pytest.raises(InputError, match="exists"):
        SINKS[form](path)

    assert path.read_text() == "the results of last week"


def test_a_file_that_has_become_shorter_is_not_continued(tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_bytes(b"12345")

    with pytest.raises(InputError, match="6 bytes or more"):
        JsonLinesSink(tmp_path / "results.jsonl", 6)


def test_two_scans_cannot_write_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    first = JsonLinesSink(path)
    script = "import sys, pathlib; from emblem.scanning.results.json_lines import JsonLinesSink as Sink"
    command = [sys.executable, "-c", f"{script}; Sink(pathlib.Path(sys.argv[1]))", str(path)]

    second = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "another process writes" in second.stderr
    first.close()


def test_there_is_no_parquet_file_before_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "results.parquet"
    sink = ParquetSink(path)
    for finding in FINDINGS:
        sink.write(finding)
    sink.sync()
    sink.close()

    assert not path.exists()


def test_row_groups_of_a_parquet_file_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "results.parquet"
    sink = ParquetSink(path)
    finding = missed(0, "a.example")
    for _ in range(2 * ROW_GROUP + 5):
        sink.write(finding)
    finished(sink)

    file = pyarrow.parquet.ParquetFile(path)
    assert [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)] == [
        ROW_GROUP,
        ROW_GROUP,
        5,
    ]


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_four_times_the_findings_take_no_more_memory(tmp_path: Path, form: str) -> None:
    def peak(total: int) -> int:
        sink = SINKS[form](tmp_path / f"{total}.{form}")
        tracemalloc.start()
        for number in range(total):
            sink.write(missed(number, f"host{number}.example"))
        finished(sink)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(5_000), peak(20_000)

    assert large < small + 100_000


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("found.jsonl", "json:found.jsonl"),
        ("found.CSV", "csv:found.CSV"),
        ("found.parquet", "parquet:found.parquet"),
        ("csv:found", "csv:found"),
        ("nmap:exclude.txt", "nmap:exclude.txt"),
        ("ipset:a:b", "ipset:a:b"),
    ],
)
def test_an_output_is_named_by_its_format_or_its_ending(text: str, meant: str) -> None:
    assert str(Output.parse(text)) == meant


@pytest.mark.parametrize("text", ["found", "found.txt", "nmap:", "xml:found.xml", ""])
def test_an_output_of_no_known_format_is_refused_with_those_that_are(text: str) -> None:
    with pytest.raises(InputError, match="json, csv, parquet, nmap, masscan, zmap, nftables, ipset, plain"):
        Output.parse(text)


def test_one_file_cannot_be_two_outputs(tmp_path: Path) -> None:
    outputs = [Output.parse(f"json:{tmp_path}/x"), Output.parse(f"csv:{tmp_path}/x")]

    with pytest.raises(InputError, match="twice"):
        open_outputs(outputs, nothing_resolves)
