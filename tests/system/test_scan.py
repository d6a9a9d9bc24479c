"""Scans against real name servers: everything marked is found, also over a network that loses packets."""

from __future__ import annotations

import random

import pytest

from emblem.dns import RetryPolicy
from emblem.model.verdict import Status
from emblem.server import NameServer
from tests.support.naming import ORIGIN, ihle_lines, txt_lines, zone
from tests.support.scanning import EXPECTED, LINES, MARKED, records, scanned, statuses
from tests.system.conftest import Serve
from tests.system.lossy import LossyRelay
from tests.system.random_faults import allowed, draw_conduct
from tests.system.servers import Endpoint

MISSING = [f"missing{number}.example" for number in range(200)]
HOSTS = [f"host{number}.example" for number in range(200)]
ZONE = ORIGIN + "\n".join([*LINES, *(f"{name}. A 192.0.2.1" for name in HOSTS)]) + "\n"
RIGHT = EXPECTED | dict.fromkeys([*MISSING, *HOSTS], Status.UNMARKED)
LOSS = 0.05
HASTY = RetryPolicy(try_timeout=0.2, tries=2)
SEEDS = 8


def hosts() -> tuple[list[str], dict[str, Status]]:
    """Hosts that are marked in each carriage, and others."""
    lines, truth = [], {}
    for number in range(12):
        name = f"marked{number}.example"
        place = f"_emblem.{name}" if number % 3 == 2 else name
        lines += ihle_lines(name, records(name)) if number % 3 == 0 else txt_lines(place, records(name))
        lines.append(f"plain{number}.example. A 192.0.2.1")
        lines.append(f'other{number}.example. TXT "v=spf1 -all"')
        truth[name] = Status.PROTECTED
        truth |= dict.fromkeys((f"{kind}{number}.example" for kind in ("plain", "other", "nobody")), Status.UNMARKED)
    return lines, truth


TRUTH_LINES, TRUTH = hosts()


def test_among_many_names_those_that_are_marked_are_found_and_no_others(serve: Serve) -> None:
    server = serve("example", ZONE)

    findings, statistics = scanned(RIGHT, server, processes=2)

    assert statuses(findings) == RIGHT
    assert statistics.statuses[Status.PROTECTED] == len(MARKED)


def test_behind_referrals_lame_servers_and_improper_denials_what_is_marked_is_found_and_nothing_is_a_wrong_no(
    serve: Serve,
) -> None:
    server = serve("example", ZONE + "lame.example. NS ns.elsewhere.test.\n")
    referred = [f"host{number}.lame.example" for number in range(20)]
    refused = [f"host{number}.elsewhere.test" for number in range(20)]

    findings, statistics = scanned([*RIGHT, *referred, *refused], server)

    unknown = dict.fromkeys([*referred, *refused], Status.UNDETERMINED)
    assert statuses(findings) == RIGHT | unknown
    assert statistics.statuses[Status.UNDETERMINED] == len(unknown)


def test_over_a_network_that_loses_packets_nothing_is_wrong_and_what_is_not_known_is_counted(serve: Serve) -> None:
    server = serve("example", ZONE)
    with LossyRelay(server, loss=LOSS, delay=0.005, seed=1) as relay:
        findings, statistics = scanned(RIGHT, relay.endpoint, retries=RetryPolicy(try_timeout=0.5, tries=2))
        lost, sent = relay.lost, relay.lost + relay.passed

    assert lost / sent == pytest.approx(LOSS, abs=0.02)
    undetermined = [name for name, status in statuses(findings).items() if status is Status.UNDETERMINED]
    assert {name: status for name, status in statuses(findings).items() if name not in undetermined} == {
        name: status for name, status in RIGHT.items() if name not in undetermined
    }
    assert statistics.statuses[Status.UNDETERMINED] == len(undetermined) < len(RIGHT) / 10
    (counted,) = statistics.resolvers.values()
    assert counted.lost > 0


def test_with_enough_tries_every_name_is_settled_over_a_network_that_loses_packets(serve: Serve) -> None:
    server = serve("example", ZONE)
    with LossyRelay(server, loss=LOSS, delay=0.005, seed=2) as relay:
        findings, _ = scanned(RIGHT, relay.endpoint, retries=RetryPolicy(try_timeout=0.3, tries=6))

    assert statuses(findings) == RIGHT


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_faults_a_resolver_has_nothing_wrong_is_said(seed: int) -> None:
    conduct = draw_conduct(random.Random(seed), list(TRUTH))
    with NameServer(zone(*TRUTH_LINES), faults=conduct.faults) as server:
        findings, statistics = scanned(TRUTH, server.address, retries=HASTY, timeout=1.5)

    for name, status in statuses(findings).items():
        assert status in allowed(name, TRUTH[name], [conduct]), (name, status)
    assert statistics.processes_lost == 0


def test_over_a_network_that_loses_everything_every_name_is_undetermined(serve: Serve) -> None:
    server: Endpoint = serve("example", ORIGIN)
    with LossyRelay(server, loss=1, delay=0, seed=3) as relay:
        findings, statistics = scanned(EXPECTED, relay.endpoint, retries=RetryPolicy(try_timeout=0.1, tries=2))

    assert set(statuses(findings).values()) == {Status.UNDETERMINED}
    assert statistics.statuses[Status.UNDETERMINED] == len(EXPECTED)
