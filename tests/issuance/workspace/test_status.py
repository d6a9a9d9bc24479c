"""The status: what drifted between inventory, emblems and ledger, what expires when, and what to do about it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from emblem.issuance.filing import REQUESTS, keep_request, place_for_request
from emblem.issuance.requests import ask
from emblem.issuance.token_files import write_token_file
from emblem.issuance.tokens import endorse
from emblem.issuance.workspace.emblems import State
from emblem.issuance.workspace.expiries import Kind
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.ledger import Action, Ledger
from emblem.issuance.workspace.prometheus import metric_lines, write_metrics
from emblem.issuance.workspace.publishing import published_hosts
from emblem.issuance.workspace.settings import NamedKey, Role, Settings, ZoneSettings
from emblem.issuance.workspace.status import Level, StatusReport, report_members, status_of
from emblem.issuance.workspace.suspension import suspend
from emblem.model.purpose import Purpose
from emblem.model.time import numeric_date
from tests.issuance.workspace.arrangement import AT, RELIEF, issue_all, workspace_of
from tests.support.arrangement import MINISTRY, authority, root

HOSTS = tuple(f"host{number}.relief.example" for number in range(4))
DAY = timedelta(days=1)


def publish_by_ledger(workspace: Workspace) -> None:
    """Let the ledger say that everything that was issued is published."""
    ledger = Ledger(workspace.ledger)
    for entry in list(ledger.entries()):
        ledger.append(Action.PUBLISHED, AT, {"zone": "relief.example", "hosts": dict(entry.hosts)})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Everything signed, endorsed by an authority, and published."""
    made = workspace_of(HOSTS, tmp_path, ZoneSettings("relief.example"))
    issue_all(made)
    token = endorse(root.public_key, signer=authority, issuer=MINISTRY, subject=RELIEF, purposes=Purpose.PROTECTIVE,
                    may_endorse=True, not_before=AT - DAY, expires=AT + 100 * DAY)  # fmt: skip
    write_token_file(made.endorsements / "ministry.emblem", token, authority.public_key, replace=False)
    publish_by_ledger(made)
    return made


def report(workspace: Workspace, days: float = 0) -> StatusReport:
    return status_of(workspace, AT + days * DAY, None)


def told(workspace: Workspace, days: float = 0) -> list[tuple[Level, str]]:
    return [(one.level, one.what) for one in report(workspace, days).advice]


def test_where_everything_is_as_it_should_be_there_is_nothing_to_do(workspace: Workspace) -> None:
    found = report(workspace)

    assert (found.level, found.advice, found.hosts) == (Level.NOTHING, (), 4)
    assert found.states == {State.CURRENT: 4}
    assert (found.zones[0].as_wished, found.zones[0].asked) == (4, False)
    assert found.endorsed_by == (str(MINISTRY),)


def test_what_expires_is_listed_the_earliest_first(workspace: Workspace) -> None:
    ends = report(workspace).expiries

    assert [(one.kind, one.name, (one.at - numeric_date(AT)) / 86_400) for one in ends] == [
        (Kind.EMBLEMS, "the first of 4", 30),
        (Kind.ENDORSEMENT, f"of root by {MINISTRY}", 100),
        (Kind.ENDORSEMENT, f"of signing by {RELIEF}", 365),
    ]


def test_emblems_that_are_due_are_to_be_renewed_soon_and_expired_ones_now(workspace: Workspace) -> None:
    assert told(workspace, 26) == [(Level.SOON, "4 hosts with an emblem that is due for renewal")]
    assert told(workspace, 31) == [(Level.NOW, "4 hosts with an expired emblem")]


def test_an_endorsement_is_to_be_renewed_a_month_before_its_end(workspace: Workspace) -> None:
    assert (Level.SOON, f"endorsement of root by {MINISTRY} ends in 29 days") in told(workspace, 71)


def test_a_signing_key_without_an_endorsement_that_holds_is_urgent(workspace: Workspace) -> None:
    (workspace.endorsements / "signing.emblem").unlink()

    assert told(workspace)[0][0] is Level.NOW
    assert "no endorsement of the key signing" in told(workspace)[0][1]


def test_without_an_authority_that_is_said(workspace: Workspace) -> None:
    (workspace.endorsements / "ministry.emblem").unlink()

    assert told(workspace) == [(Level.NOTHING, "no authority stands behind the organization's keys")]


def test_a_new_host_is_to_be_marked_now(workspace: Workspace) -> None:
    workspace.inventory.write_text(workspace.inventory.read_text() + "new.relief.example\n")

    assert told(workspace) == [
        (Level.NOW, "1 host without an emblem"),
        (Level.NOW, "1 host of relief.example not marked in the DNS"),
    ]


def test_a_host_that_left_the_inventory_is_to_be_unmarked(workspace: Workspace) -> None:
    workspace.inventory.write_text("host\n" + "".join(f"{host}\n" for host in HOSTS[1:]))

    found = report(workspace)

    assert found.removed == HOSTS[:1]
    assert told(workspace) == [(Level.SOON, "1 host marked but no longer in the inventory")]


def test_what_was_signed_and_not_published_differs(workspace: Workspace) -> None:
    issue_all(workspace, AT + 27 * DAY)

    assert report(workspace, 27).zones[0].differing == HOSTS
    assert told(workspace, 27) == [(Level.SOON, "4 hosts of relief.example marked otherwise in the DNS")]


def test_hosts_in_no_zone_are_named(workspace: Workspace) -> None:
    workspace.inventory.write_text(workspace.inventory.read_text() + "www.elsewhere.example\n")

    assert report(workspace).without_zone == ("www.elsewhere.example",)


def test_a_suspended_zone_is_no_alarm(workspace: Workspace) -> None:
    Ledger(workspace.ledger).append(Action.UNPUBLISHED, AT, {"zone": "relief.example", "hosts": list(HOSTS)})
    suspend(workspace, ["relief.example"])

    assert told(workspace) == [(Level.SOON, "marking is suspended in relief.example")]
    assert published_hosts(Ledger(workspace.ledger)) == {}


def test_a_clock_an_hour_behind_the_ledger_is_urgent(workspace: Workspace) -> None:
    assert told(workspace, -1 / 24)[0] == (
        Level.NOW, "the ledger was written at 2027-01-01T12:00:00Z, which this machine's clock says is to come",
    )  # fmt: skip


def test_json_has_everything(workspace: Workspace) -> None:
    members = report_members(report(workspace))

    assert members["schema"] == "emblem.status/1"
    assert (members["level"], members["hosts"], members["emblems"]["current"]) == ("nothing", 4, 4)
    assert members["zones"][0]["zone"] == "relief.example"
    assert members["expires"][0] == {"kind": "emblems", "name": "the first of 4", "at": "2027-01-31T12:00:00Z"}


def test_prometheus_gets_numbers_and_times(workspace: Workspace, tmp_path: Path) -> None:
    write_metrics(tmp_path / "emblem.prom", report(workspace))

    lines = (tmp_path / "emblem.prom").read_text().splitlines()
    assert lines == list(metric_lines(report(workspace)))
    assert "emblem_status_level 0" in lines
    assert 'emblem_hosts{state="current"} 4' in lines
    assert 'emblem_dns_hosts{zone="relief.example",state="as_wished"} 4' in lines
    assert (
        f'emblem_expiry_timestamp_seconds{{kind="emblems",name="the first of 4"}} {numeric_date(AT + 30 * DAY)}'
        in lines
    )


def test_a_request_that_waits_for_its_answer_is_said_and_no_alarm(workspace: Workspace) -> None:
    asked = ask(root, issuer=RELIEF, audience=MINISTRY, purposes=Purpose.PROTECTIVE, may_endorse=True,
                lifetime=timedelta(days=365), at=AT)  # fmt: skip
    before = status_of(workspace, AT, None).level
    keep_request(place_for_request(workspace.root / REQUESTS, "root", asked), asked)

    report = status_of(workspace, AT, None)

    assert report.level is before
    assert any("root-to-ministry.example.request waits for its answer" in advice.what for advice in report.advice)


def test_an_authority_that_marks_nothing_needs_no_signing_key(tmp_path: Path) -> None:
    settings = Settings(MINISTRY, None, keys=(NamedKey("root", Role.ROOT, None, "keys/root.pub.pem"),))
    made = Workspace.create(tmp_path, settings)

    assert (report(made).level, report(made).hosts) == (Level.NOTHING, 0)
