"""Our DNSSEC results agree with Unbound's, for zones that are whole and for zones damaged in many ways.

BIND serves the zones, and Unbound stands in front of it. We ask the same Unbound, but only for records: with checking
disabled, so that what it holds for bogus reaches us and is judged by us.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from emblem.dns.dnssec import (
    DEFAULT_POLICY,
    Policy,
    State,
    ZoneCache,
    answer_from,
    answers_from,
    assess,
    parse_anchors,
)
from tests.dns.dnssec.world import drive
from tests.system.dnssec_cases import (
    CASES,
    DIFFERENCES,
    Case,
    ask_ourselves,
    ask_unbound,
    laboratory,
    tables,
)
from tests.system.servers import Endpoint
from tests.system.signed_zones import Tree

DOCUMENT = Path(__file__).parents[2] / "docs" / "dnssec.md"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tree, Endpoint]]:
    """BIND with all zones, and Unbound."""
    with laboratory(tmp_path_factory.mktemp("dnssec")) as running:
        yield running


@pytest.mark.parametrize("case", CASES, ids=str)
def test_our_result_is_unbounds(case: Case, servers: tuple[Tree, Endpoint]) -> None:
    tree, endpoint = servers
    assert ask_unbound(endpoint, case.name, case.type) is case.expected
    assert ask_ourselves(endpoint, tree.anchor, case.name, case.type).state is case.expected


@pytest.mark.parametrize(("case", "theirs"), DIFFERENCES, ids=str)
def test_where_we_are_stricter_unbound_differs(case: Case, theirs: State, servers: tuple[Tree, Endpoint]) -> None:
    tree, endpoint = servers
    assert ask_unbound(endpoint, case.name, case.type) is theirs
    assert ask_ourselves(endpoint, tree.anchor, case.name, case.type).state is case.expected


@pytest.mark.parametrize(("name", "algorithm"), [("host.rsasha1.example", 5), ("none.nsec3rsasha1.example", 7)])
def test_a_policy_can_accept_sha1_signatures(name: str, algorithm: int, servers: tuple[Tree, Endpoint]) -> None:
    tree, endpoint = servers
    policy = Policy(algorithms=DEFAULT_POLICY.algorithms | {algorithm})
    assert ask_ourselves(endpoint, tree.anchor, name, "A", policy=policy).state is State.SECURE


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_evidence_gives_the_same_result_without_a_network(case: Case, servers: tuple[Tree, Endpoint]) -> None:
    tree, endpoint = servers
    cache = ZoneCache()
    ask_ourselves(endpoint, tree.anchor, case.name, case.type, cache=cache)
    online = ask_ourselves(endpoint, tree.anchor, case.name, case.type, cache=cache)

    steps = assess(answer_from(online.evidence[-1]), at=datetime.now(UTC), anchors=parse_anchors(tree.anchor))
    offline = drive(steps, answers_from(online.evidence))

    assert (offline.state, offline.reason, offline.denial) == (online.state, online.reason, online.denial)
    assert offline.zones == online.zones


def test_the_table_in_the_documentation_is_what_the_servers_say(servers: tuple[Tree, Endpoint]) -> None:
    document = DOCUMENT.read_text()
    for line in tables(*servers):
        assert line in document
