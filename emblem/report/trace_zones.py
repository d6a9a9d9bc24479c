"""Whether the DNS answers are authentic, as stations of the tree: from the zone that they stand in up to the root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emblem.model.verdict import DnssecState, Verdict, ZoneReport
from emblem.report.text import DNSSEC_STATES, target_text
from emblem.report.trace_node import Mark, NodeKind, Statement, TraceNode

MOST_WAYS = 4
"""Ways up that are shown: more than one where answers came from several zones."""

DNSSEC_MARKS = {
    DnssecState.SECURE: Mark.PASSED,
    DnssecState.INSECURE: Mark.NOT_CHECKED,
    DnssecState.BOGUS: Mark.FAILED,
    DnssecState.INDETERMINATE: Mark.NOT_CHECKED,
    DnssecState.NOT_CHECKED: Mark.NOT_CHECKED,
}
"""How each state of DNSSEC is marked."""

_ALGORITHMS = {
    5: "RSA with SHA-1",
    7: "RSA with SHA-1",
    8: "RSA with SHA-256",
    10: "RSA with SHA-512",
    13: "ECDSA P-256",
    14: "ECDSA P-384",
    15: "Ed25519",
    16: "Ed448",
}


def answers_node(verdict: Verdict) -> TraceNode | None:
    """The answers that a verdict rests on, and the zones above them; None where the records were given."""
    if verdict.discovery is None:
        return None
    stated = Statement(DNSSEC_MARKS[verdict.dnssec], f"DNSSEC {DNSSEC_STATES[verdict.dnssec]}")
    return TraceNode(NodeKind.ANSWERS, "how the DNS answered", (stated,), tuple(_ways(verdict.discovery.zones)))


def _ways(zones: tuple[ZoneReport, ...]) -> Iterator[TraceNode]:
    """From each zone that no other rests on, the way up."""
    by_name = {zone.name: zone for zone in zones}
    leant_on = {zone.parent for zone in zones}
    lowest = [zone for zone in zones if zone.name not in leant_on]
    for zone in lowest[:MOST_WAYS]:
        yield _zone_node(zone, by_name)
    if len(lowest) > MOST_WAYS:
        more = f"and {len(lowest) - MOST_WAYS} further zones, which are not shown"
        yield TraceNode(NodeKind.ZONE, more, (Statement(Mark.NOTE, "'emblem verify --json' lists them"),))


def _zone_node(zone: ZoneReport, by_name: Mapping[str, ZoneReport]) -> TraceNode:
    above = by_name.get(zone.parent) if zone.parent is not None else None
    children = () if above is None else (_zone_node(above, by_name),)
    name = "the root of the DNS" if zone.name == "." else f"the zone {target_text(zone.name)}"
    return TraceNode(NodeKind.ZONE, f"{name}: {zone.state.value}", tuple(_about(zone)), children)


def _about(zone: ZoneReport) -> Iterator[Statement]:
    if zone.state is not DnssecState.SECURE:
        yield Statement(DNSSEC_MARKS[zone.state], zone.detail)
        return
    entries = ", ".join(f"{key.tag} ({_ALGORITHMS.get(key.algorithm, 'unknown')})" for key in zone.keys if key.entry)
    named = "is one that you trust" if zone.parent is None else "is named by the zone above"
    yield Statement(Mark.PASSED, f"its key {entries} {named}")
    if len(zone.keys) > 1:
        yield Statement(Mark.PASSED, f"that key signs all of its {len(zone.keys)} keys")
