"""The servers that the system tests run serve the zone they are given, or say why not."""

from pathlib import Path

import dns.message
import dns.query
import dns.rdatatype
import pytest

from tests.system.conftest import Serve
from tests.system.servers import NSD, ServerError, ServerProgram, running

ZONE = """\
$ORIGIN example.org.
$TTL 300
@  SOA  ns.example.org. hostmaster.example.org. 7 3600 600 86400 300
@  NS   ns.example.org.
ns A    127.0.0.1
"""
QUESTION = dns.message.make_query("example.org.", dns.rdatatype.SOA)


def serial(answer: dns.message.Message) -> int:
    (soa,) = answer.answer[0]
    return int(soa.serial)


def test_a_zone_is_served_over_udp(serve: Serve) -> None:
    endpoint = serve("example.org", ZONE)

    answer = dns.query.udp(QUESTION, endpoint.address, timeout=5, port=endpoint.port)

    assert serial(answer) == 7


def test_a_zone_is_served_over_tcp(serve: Serve) -> None:
    endpoint = serve("example.org", ZONE)

    answer = dns.query.tcp(QUESTION, endpoint.address, timeout=5, port=endpoint.port)

    assert serial(answer) == 7


def test_a_server_that_is_not_installed_is_named_with_its_package(tmp_path: Path) -> None:
    absent = ServerProgram(
        name="emblem-no-such-server",
        package="no-such-package",
        configuration=NSD.configuration,
        arguments=NSD.arguments,
    )

    with (
        pytest.raises(ServerError, match=r"emblem-no-such-server is not installed.*no-such-package"),
        running(absent, origin="example.org", zone=ZONE, directory=tmp_path),
    ):
        pass


def test_two_servers_run_side_by_side(serve: Serve) -> None:
    first = serve("example.org", ZONE)
    second = serve("example.org", ZONE.replace(" 7 ", " 8 "))

    answers = [dns.query.udp(QUESTION, at.address, timeout=5, port=at.port) for at in (first, second)]

    assert [serial(answer) for answer in answers] == [7, 8]


def test_a_zone_that_does_not_load_is_reported_with_the_log_of_the_server(serve: Serve) -> None:
    broken = ZONE + "host A not-an-address\n"

    with pytest.raises(ServerError, match=r"does not serve example\.org\.(?s:.*)zone:6"):
        serve("example.org", broken)
