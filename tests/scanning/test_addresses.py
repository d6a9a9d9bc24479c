from __future__ import annotations

import ipaddress

import pytest

from emblem.dns import RecordType
from emblem.scanning.addresses import Resolution, resolver_of
from emblem.scanning.settings import ScanSettings
from emblem.server import Faults
from tests.support.naming import serving

LINES = (
    "hospital.example. A 192.0.2.80",
    "hospital.example. AAAA 2001:db8::80",
    "www.example. CNAME hospital.example.",
)
BOTH = (ipaddress.ip_address("192.0.2.80"), ipaddress.ip_address("2001:db8::80"))


def test_names_resolve_to_all_their_addresses_through_aliases_too() -> None:
    with serving(*LINES) as server:
        resolve = resolver_of(ScanSettings(resolvers=(str(server.address),)))

        found = list(resolve(["hospital.example", "www.example", "nobody.example"]))

    assert found == [
        Resolution("hospital.example", BOTH),
        Resolution("www.example", BOTH),
        Resolution("nobody.example"),
    ]


def test_a_failure_is_a_problem_beside_what_was_found() -> None:
    silent = Faults(when=lambda query: query.type == RecordType.AAAA, response_code=2)
    with serving(*LINES, faults=silent) as server:
        (found,) = resolver_of(ScanSettings(resolvers=(str(server.address),)))(["hospital.example"])

    assert found.addresses == BOTH[:1]
    assert found.problem


def test_where_resolvers_know_different_addresses_all_count() -> None:
    with serving("hospital.example. A 192.0.2.1") as one, serving("hospital.example. A 192.0.2.2") as other:
        settings = ScanSettings(resolvers=(str(one.address), str(other.address)))

        (found,) = resolver_of(settings)(["hospital.example"])

    assert {str(address) for address in found.addresses} == {"192.0.2.1", "192.0.2.2"}
    assert found.problem == ""


@pytest.mark.parametrize(("rates", "least"), [({"resolver_rate": 10}, 6.0), ({"rate": 20}, 3.0), ({}, 0.0)])
def test_look_ups_keep_to_the_rates_of_the_scan(rates: dict[str, float], least: float) -> None:
    waited: list[float] = []
    with serving(*LINES) as server:
        resolve = resolver_of(ScanSettings(resolvers=(str(server.address),), **rates), sleep=waited.append)  # type: ignore[arg-type]

        assert len(list(resolve(["hospital.example"] * 32))) == 32

    assert waited[0] >= least - 1
    assert bool(waited[0]) == bool(least)
