"""DNSSEC in the explanation of a verdict: zone by zone up to the root, and what was not checked as such."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from emblem.model.verdict import DnssecState, Verdict, ZoneKeyReport, ZoneReport
from emblem.report.json import verdict_members
from emblem.report.trace import build_trace
from emblem.report.trace_node import Mark, NodeKind, TraceNode
from emblem.report.trace_picture import trace_dot, trace_svg
from emblem.report.trace_text import trace_text
from tests.support.arrangement import chain, root, signing
from tests.support.captures import bundle_of, judged

SECURE, UNSIGNED = "discovery-dnssec-delegation", "discovery-dnssec-unsigned-found"
FORGED, NOT_CHECKED = "discovery-dnssec-stripped-found", "discovery-dnssec-not-checked"


def nodes(node: TraceNode) -> Iterator[TraceNode]:
    yield node
    for child in node.children:
        yield from nodes(child)


def verdict_on(name: str) -> Verdict:
    return judged(bundle_of(name), name)


def of_kind(verdict: Verdict, kind: NodeKind) -> list[TraceNode]:
    return [node for node in nodes(build_trace(verdict)) if node.kind is kind]


def marks(node: TraceNode) -> list[Mark]:
    return [one.mark for one in node.statements]


def test_the_way_leads_from_the_zone_of_the_host_up_to_the_trust_anchor() -> None:
    zones = of_kind(verdict_on(SECURE), NodeKind.ZONE)

    assert [node.title for node in zones] == ["the zone relief.example: secure", "the zone example: secure"]
    assert [len(node.children) for node in zones] == [1, 0]
    assert "is named by the zone above" in zones[0].statements[0].text
    assert "is one that you trust" in zones[1].statements[0].text
    assert {mark for node in zones for mark in marks(node)} == {Mark.PASSED}


def test_a_zone_that_is_not_signed_is_not_called_checked() -> None:
    (zone, *_) = of_kind(verdict_on(UNSIGNED), NodeKind.ZONE)

    assert zone.title.endswith(": insecure")
    assert marks(zone) == [Mark.NOT_CHECKED]


def test_forged_answers_are_told_where_they_come_in() -> None:
    (answers,) = of_kind(verdict_on(FORGED), NodeKind.ANSWERS)

    assert marks(answers) == [Mark.FAILED]


def test_that_nothing_was_checked_is_there_too_and_drawn_differently() -> None:
    verdict = verdict_on(NOT_CHECKED)
    (answers,) = of_kind(verdict, NodeKind.ANSWERS)
    tree = replace(build_trace(verdict), children=(answers,))

    assert (marks(answers), answers.children) == ([Mark.NOT_CHECKED], ())
    assert trace_svg(tree).count("stroke-dasharray") > trace_svg(replace(tree, children=())).count("stroke-dasharray")
    assert "style=dashed" in trace_dot(tree)
    assert "? DNSSEC not checked" in trace_text(tree)


def test_records_that_were_given_came_by_no_answers() -> None:
    assert of_kind(chain(root, signing).emblem().judged(), NodeKind.ANSWERS) == []


def with_zones(*zones: ZoneReport) -> Verdict:
    verdict = verdict_on(SECURE)
    assert verdict.discovery is not None
    return replace(verdict, discovery=replace(verdict.discovery, zones=zones))


def secure(name: str, parent: str | None, *keys: int) -> ZoneReport:
    reports = tuple(ZoneKeyReport(tag, 13, place == 0) for place, tag in enumerate(keys or (1,)))
    return ZoneReport(name, DnssecState.SECURE, "", parent, reports)


def test_answers_from_several_zones_have_each_their_way() -> None:
    ways = with_zones(secure(".", None), secure("example", "."), secure("a.example", "example"), secure("b", "."))
    (answers,) = of_kind(ways, NodeKind.ANSWERS)

    assert [child.title for child in answers.children] == ["the zone a.example: secure", "the zone b: secure"]
    assert len(of_kind(ways, NodeKind.ZONE)) == 5


def test_not_every_one_of_many_is_drawn() -> None:
    many = with_zones(secure(".", None), *(secure(f"a{number}", ".") for number in range(9)))

    assert "and 5 further zones" in trace_text(build_trace(many))


def test_the_keys_of_a_zone_are_counted() -> None:
    assert "that key signs all of its 3 keys" in trace_text(build_trace(with_zones(secure(".", None, 7, 8, 9))))


def test_zones_are_in_the_json_of_a_verdict() -> None:
    members: Any = json.loads(json.dumps(verdict_members(verdict_on(SECURE))))

    assert [(zone["name"], zone["state"], zone["parent"]) for zone in members["discovery"]["zones"]] == [
        ("example", "secure", None),
        ("relief.example", "secure", "example"),
    ]
    assert all(key["entry"] for zone in members["discovery"]["zones"] for key in zone["keys"])


@pytest.mark.parametrize("name", [SECURE, UNSIGNED, FORGED, NOT_CHECKED])
def test_every_picture_has_a_box_for_each_station(name: str) -> None:
    tree = build_trace(verdict_on(name))
    count = len(list(nodes(tree)))

    assert trace_svg(tree).count('rx="10"') == 2 * count
    assert trace_dot(tree).count("[label=") == count
