"""A whole inventory, published to BIND zone by zone, and unmarked: only what differs, and never more than is known."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from emblem.issuance.publisher import Publisher
from emblem.issuance.workspace.ledger import Ledger
from emblem.issuance.workspace.publishing import published_hosts
from tests.system.desks import ORIGIN, Desk, desk
from tests.system.relay import Relay
from tests.system.updatable import Server

HOSTS = tuple(f"host{number}.{ORIGIN}" for number in range(6))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Desk]:
    with desk(HOSTS, tmp_path) as made:
        made.emblem("issue", "--all")
        yield made


def actions(scene: Desk) -> list[str]:
    return [entry.action for entry in Ledger(scene.workspace.ledger).entries()]


def test_all_hosts_are_published_once_and_the_ledger_says_so(scene: Desk) -> None:
    first = scene.emblem("publish", "--all")
    second = scene.emblem("publish", "--all")

    assert "changed 6 hosts\n" in first.stdout
    assert "every server agrees" in first.stdout
    assert second.stdout == "changed 0 hosts; 6 already as wished\n"
    assert scene.marked() == set(HOSTS)
    assert actions(scene) == ["issued", "published"]


def test_only_what_differs_is_sent(scene: Desk) -> None:
    scene.emblem("publish", "--all")
    serial = scene.zone.serial()
    scene.emblem("issue", HOSTS[0], "--valid", "20d")

    result = scene.emblem("publish", "--all")

    assert "changed 1 host; 5 already as wished\n" in result.stdout
    assert scene.zone.serial() == serial + 1


def test_a_dry_run_sends_nothing(scene: Desk) -> None:
    result = scene.emblem("publish", "--all", "--dry-run")

    assert result.stdout.endswith("would have changed 6 hosts. Nothing was sent\n")
    assert scene.marked() == set()
    assert actions(scene) == ["issued"]


def test_a_renewal_that_cannot_reach_the_dns_keeps_the_old_emblem_and_says_so(scene: Desk) -> None:
    scene.emblem("publish", "--all")
    before = scene.zone.contents()
    scene.emblem("issue", *HOSTS, "--valid", "20d")
    scene.zone.primary.kill()

    result = scene.emblem("publish", "--all", code=1)

    assert result.stderr.count("\n") == 1
    assert "zone relief.example: the zone of relief.example cannot be found" in result.stderr
    assert "what is there stays as it is, and the next run does the rest" in result.stderr
    scene.zone.primary.start()
    assert scene.zone.contents() == before
    assert "changed 6 hosts" in scene.emblem("publish", "--all").stdout


def test_what_was_sent_before_a_run_was_killed_comes_into_the_ledger_with_the_next(scene: Desk) -> None:
    scene.emblem("publish", "--all")
    lines = scene.workspace.ledger.read_bytes().splitlines(keepends=True)
    scene.workspace.ledger.write_bytes(lines[0])

    scene.emblem("publish", "--all")

    assert set(published_hosts(Ledger(scene.workspace.ledger))) == set(HOSTS)


def test_a_host_without_an_emblem_stays_as_it_is_in_the_dns(scene: Desk) -> None:
    scene.emblem("publish", "--all")
    (scene.workspace.tokens / f"{HOSTS[0]}.emblem").unlink()

    result = scene.emblem("publish", "--all", code=1)

    assert "left as it is in the DNS: host0.relief.example: emblem of host0.relief.example: found none" in result.stderr
    assert HOSTS[0] in scene.marked()


def test_removed_hosts_stay_marked_until_they_are_unmarked_on_purpose(scene: Desk) -> None:
    scene.emblem("publish", "--all")
    scene.emblem("inventory", "remove", "host0*", "host1*")

    warned = scene.emblem("publish", "--all")
    assert "no longer in the inventory: host0.relief.example, host1.relief.example" in warned.stderr
    assert len(scene.marked()) == 6

    result = scene.emblem("unpublish", "--removed")

    assert result.stdout.splitlines()[0].startswith("what stays visible elsewhere: caches may show it for 3600 seconds")
    assert "unmarked 2 hosts" in result.stdout
    assert scene.marked() == set(HOSTS[2:])
    assert len(list(scene.workspace.tokens.iterdir())) == 4
    assert scene.emblem("publish", "--all").stderr == ""


def test_unmarking_everything_says_first_what_stays_and_suspends_marking(scene: Desk) -> None:
    scene.emblem("publish", "--all")

    result = scene.emblem("unpublish", "--all")
    refused = scene.emblem("publish", "--all", code=1)

    lines = result.stdout.splitlines()
    assert (
        lines[0]
        == "what stays visible elsewhere: caches may show it for 3600 seconds after the last server has dropped it"
    )
    assert lines[1].startswith("what stays visible elsewhere: copies of the emblems that others have kept hold until ")
    assert "unmarked 6 hosts" in lines
    assert scene.marked() == set()
    assert "marking is suspended everywhere" in refused.stderr
    assert "changed 6 hosts" in scene.emblem("publish", "--all", "--resume").stdout
    assert actions(scene) == ["issued", "published", "suspended", "unpublished", "resumed", "published"]


def test_one_zone_is_unmarked_as_the_workspace_says(scene: Desk) -> None:
    scene.emblem("publish", "--all")

    scene.emblem("unpublish", "--zone", ORIGIN)

    assert scene.marked() == set()
    assert "marking is suspended in relief.example" in scene.emblem("publish", "--all", code=1).stderr


def test_the_hosts_of_a_zone_become_the_inventory(scene: Desk) -> None:
    scene.workspace.inventory.write_text("host,note\n")

    result = scene.emblem("inventory", "import", "--zone", ORIGIN, "--exclude", "ns*")

    assert result.stdout == "added 6 hosts\n"
    assert f"host0.{ORIGIN},from zone {ORIGIN}\n" in scene.workspace.inventory.read_text()


def test_the_status_compares_with_what_the_primary_shows(scene: Desk) -> None:
    def zone(code: int) -> dict[str, object]:
        found: dict[str, object] = json.loads(scene.emblem("status", "--json", code=code).stdout)["zones"][0]
        return found

    assert zone(4)["unmarked"] == list(HOSTS)
    scene.emblem("publish", "--all")
    assert (zone(0)["as_wished"], zone(0)["asked"]) == (6, True)
    scene.emblem("issue", HOSTS[0], "--valid", "20d")
    assert zone(3)["differing"] == [HOSTS[0]]


def test_a_host_alone_is_published_and_unmarked_as_the_workspace_says(scene: Desk) -> None:
    assert "changed 1 host" in scene.emblem("publish", HOSTS[2]).stdout
    assert scene.marked() == {HOSTS[2]}

    result = scene.emblem("unpublish", HOSTS[2])

    assert scene.marked() == set()
    assert (
        "still in the inventory, so the next 'emblem publish --all' marks again: host2.relief.example" in result.stderr
    )
    assert actions(scene) == ["issued", "published", "unpublished"]


def test_with_a_clock_an_hour_off_nothing_is_changed_and_one_line_says_so(
    scene: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = Publisher.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "now", lambda: time.time() + 3600)

    result = scene.emblem("publish", "--all", code=1)

    assert result.stderr.count("\n") == 1
    assert "its clock is 3600 seconds behind this one" in result.stderr
    assert scene.marked() == set()


def test_a_host_that_cannot_be_marked_does_not_keep_the_others_waiting(tmp_path: Path) -> None:
    more = "alias CNAME host0\n*.wild A 192.0.2.9\n"
    hosts = (*HOSTS, f"alias.{ORIGIN}", f"a.wild.{ORIGIN}")
    with desk(hosts, tmp_path, without=hosts[-2:], more=more) as scene:
        scene.emblem("issue", "--all")

        result = scene.emblem("publish", "--all", code=1)

        assert scene.marked() == set(HOSTS)
        assert "changed 6 hosts\n" in result.stdout
        assert (
            "left as it is in the DNS: alias.relief.example: alias.relief.example: found an alias of" in result.stderr
        )
        assert "left as it is in the DNS: a.wild.relief.example: a.wild.relief.example has no records of its own" in (
            result.stderr
        )
        assert scene.emblem("publish", "--all", code=1).stdout.startswith("changed 0 hosts; 6 already as wished")


def test_a_key_that_may_change_nothing_ends_the_zone_with_one_line(tmp_path: Path) -> None:
    with desk(HOSTS, tmp_path, policy="grant emblem name nothing.relief.example ANY") as scene:
        scene.emblem("issue", "--all")

        result = scene.emblem("publish", "--all", code=1)

        assert result.stderr.count("\n") == 1
        assert "REFUSED" in result.stderr
        assert scene.marked() == set()


@pytest.mark.parametrize("share", [0.3, 0.6, 0.8, 0.95])
def test_a_connection_that_is_lost_on_the_way_is_one_line_and_leaves_every_host_whole(
    scene: Desk, share: float
) -> None:
    with Relay(scene.zone.primary.endpoint) as measuring:
        through(scene, measuring)
        scene.emblem("publish", "--all")
    scene.emblem("issue", *HOSTS, "--valid", "20d")
    with Relay(scene.zone.primary.endpoint, limit=int(measuring.passed * share), accepting=False) as relay:
        through(scene, relay)
        result = scene.emblem("publish", "--all", code=1)

    assert relay.cut
    assert result.stderr.count("\n") == 1
    assert {len(records) for (_, kind), records in scene.zone.contents().items() if kind == "TYPE65297"} == {4}
    through(scene, scene.zone.primary)
    scene.emblem("publish", "--all")
    assert set(published_hosts(Ledger(scene.workspace.ledger))) == set(HOSTS)
    assert scene.emblem("publish", "--all").stdout == "changed 0 hosts; 6 already as wished\n"


def through(scene: Desk, server: Relay | Server) -> None:
    """Let the workspace reach its zone's primary there."""
    path = scene.workspace.settings_file
    path.write_text(re.sub(r'(?m)^server = ".*"$', f'server = "{server.endpoint}"', path.read_text()))
