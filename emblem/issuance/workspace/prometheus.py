"""The status as a text file that Prometheus's node exporter collects (its textfile collector)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emblem.issuance.workspace.emblems import State
from emblem.issuance.workspace.status import StatusReport
from emblem.keys.files import replace_file
from emblem.model.time import numeric_date

_MODE = 0o644
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def write_metrics(path: Path, report: StatusReport) -> None:
    """Write the file in the place of the one that is there, wholly or not at all.

    Raises:
        OSError: it cannot be written.
    """
    replace_file(path, "".join(f"{line}\n" for line in metric_lines(report)).encode(), _MODE)


def metric_lines(report: StatusReport) -> Iterator[str]:
    """The lines of the file (text format 0.0.4)."""
    yield from _heading("emblem_status_level", "How much there is to do: 0 nothing, 1 soon, 2 now.")
    yield f"emblem_status_level {int(report.level)}"
    yield from _heading("emblem_status_timestamp_seconds", "When this was found out.")
    yield f"emblem_status_timestamp_seconds {int(numeric_date(report.at))}"
    yield from _heading("emblem_hosts", "Hosts of the inventory by the state of their emblem.")
    for state in State:
        yield f"emblem_hosts{_labels(state=state.value)} {report.states.get(state, 0)}"
    yield from _heading("emblem_dns_hosts", "Hosts by how the DNS is.")
    for zone in report.zones:
        for name, number in (
            ("as_wished", zone.as_wished),
            ("differing", len(zone.differing)),
            ("unmarked", len(zone.unmarked)),
            ("unknown", zone.unknown),
        ):
            yield f"emblem_dns_hosts{_labels(zone=zone.zone, state=name)} {number}"
    yield from _heading("emblem_removed_hosts", "Hosts that are marked and not in the inventory.")
    yield f"emblem_removed_hosts {len(report.removed)}"
    yield from _heading("emblem_expiry_timestamp_seconds", "When something expires; of emblems the first.")
    for one in report.expiries:
        yield f"emblem_expiry_timestamp_seconds{_labels(kind=one.kind.value, name=one.name)} {int(one.at)}"


def _heading(name: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items()) + "}"
