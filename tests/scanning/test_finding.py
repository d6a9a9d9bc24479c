"""A miss stands for the verdict that a single verification would have come to."""

from __future__ import annotations

import pytest

from emblem.dns.message import Outcome
from emblem.errors import InputError
from emblem.model.reason import ReasonCode
from emblem.model.target import Target
from emblem.model.verdict import Status
from emblem.report.json import verdict_members
from emblem.scanning.finding import Finding, Miss
from emblem.scanning.settings import DnssecCheck, ScanSettings
from emblem.validation.trust import Policy, Trust

HOST = Target.parse("shop.example.org")


def test_a_name_that_does_not_exist_is_a_verdict_with_the_one_question_that_showed_it() -> None:
    finding = Finding(7, HOST, None, Miss(1_800_000_000, ((2, Outcome.NXDOMAIN, 0),), ("192.0.2.1:53",)))

    members = verdict_members(finding.as_verdict())

    assert (members["target"], members["at"], members["status"]) == (
        "shop.example.org",
        "2027-01-15T08:00:00Z",
        "unmarked",
    )
    assert [reason["code"] for reason in members["reasons"]] == [ReasonCode.DISCOVERY_NAME_DENIED]
    assert members["discovery"]["queries"] == [
        {"name": "shop.example.org", "type": "TXT", "outcome": "nxdomain", "server": "192.0.2.1:53", "detail": ""}
    ]


def test_a_name_without_emblem_is_a_verdict_with_every_question_of_the_plan() -> None:
    denials = (*((place, Outcome.NODATA, place % 2) for place in (0, 1, 2, 4)), (3, Outcome.NXDOMAIN, 0))
    finding = Finding(7, HOST, None, Miss(1_800_000_000, tuple(sorted(denials)), ("192.0.2.1:53", "192.0.2.2:53")))

    verdict = finding.as_verdict()

    assert finding.status is verdict.status is Status.UNMARKED
    assert [reason.code for reason in verdict.reasons] == [ReasonCode.DISCOVERY_DENIED]
    assert verdict.discovery is not None
    assert [(query.name, query.type, query.outcome, query.server) for query in verdict.discovery.queries] == [
        ("shop.example.org", "TYPE65297", "nodata", "192.0.2.1:53"),
        ("shop.example.org", "TYPE65400", "nodata", "192.0.2.2:53"),
        ("shop.example.org", "TXT", "nodata", "192.0.2.1:53"),
        ("_emblem.shop.example.org", "TXT", "nxdomain", "192.0.2.1:53"),
        ("shop.example.org", "HTTPS", "nodata", "192.0.2.1:53"),
    ]


def test_settings_check_dnssec_of_what_is_found_where_the_policy_requires_it() -> None:
    demanding = Trust(policy=Policy(require_dnssec=True))

    assert ScanSettings().checked_dnssec is DnssecCheck.SKIP
    assert ScanSettings(trust=demanding).checked_dnssec is DnssecCheck.FOUND
    assert ScanSettings(trust=demanding, dnssec=DnssecCheck.ALL).checked_dnssec is DnssecCheck.ALL


@pytest.mark.parametrize("wrong", [{"rate": 0}, {"timeout": float("nan")}, {"window": 0}, {"processes": 0}])
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        ScanSettings(**wrong)  # type: ignore[arg-type]  # of the tests' own making
