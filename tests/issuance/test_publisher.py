"""Finding whom to send updates to, and what is done where that goes wrong. Updates themselves: the system tests."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from emblem.dns.authority import Ask, Zone, ZoneServer
from emblem.dns.message import Answer, Outcome, Question, RecordType, ResourceRecord
from emblem.dns.names import encode_name
from emblem.dns.servers import ServerAddress
from emblem.errors import InputError, UpdateError
from emblem.issuance.publication import Publishing, Wish
from emblem.issuance.publisher import Primary, Publisher
from emblem.server import Faults, NameServer
from emblem.server import Zone as ServedZone
from tests.issuance.test_publication import NEW

ADDRESS = bytes([192, 0, 2, 1])
HOST = "www.relief.example"


def soa(primary: str) -> bytes:
    return encode_name(primary) + encode_name("hostmaster.relief.example") + bytes(20)


def asking(records: dict[tuple[str, RecordType], bytes]) -> Ask:
    def ask(questions: Sequence[Question]) -> list[Answer]:
        answers = []
        for question in questions:
            data = records.get((question.name, RecordType(question.type)))
            found = () if data is None else (ResourceRecord(question.name, question.type, 60, data),)
            answers.append(Answer(question, Outcome.FOUND if found else Outcome.NODATA, found))
        return answers

    return ask


def test_the_primary_is_that_of_the_soa() -> None:
    records = {("relief.example", RecordType.SOA): soa("ns1.example"), ("ns1.example", RecordType.A): ADDRESS}

    located = Publisher(asking(records)).locate([HOST])

    server = ZoneServer("ns1.example", ServerAddress("192.0.2.1", 53))
    assert located == {HOST: Primary(Zone("relief.example", "ns1.example"), (server,))}


def test_a_zone_that_cannot_be_ones_own_is_not_written_to() -> None:
    records = {("example", RecordType.SOA): soa("ns1.example"), ("ns1.example", RecordType.A): ADDRESS}

    with pytest.raises(UpdateError, match="the nearest zone is example, hardly yours"):
        Publisher(asking(records)).locate([HOST])


def test_a_zone_without_a_primary_wants_one_named() -> None:
    with pytest.raises(UpdateError, match=r"names no primary server: name it \(--server\)"):
        Publisher(asking({("relief.example", RecordType.SOA): soa(".")})).locate([HOST])


def served(text: str) -> NameServer:
    return NameServer(ServedZone.parse(f"@ 60 IN SOA ns h 1 60 60 60 60\n@ 60 IN NS ns\n{text}", "relief.example"))


def test_a_server_that_takes_no_updates_is_said_with_the_way_out() -> None:
    with served("www 60 IN A 192.0.2.1\n") as server:
        publisher = Publisher(asking({}), server=server.address, key=None)
        (plan,) = publisher.prepare([Wish(HOST, NEW, Publishing.IHLE, 60)])

        with pytest.raises(InputError, match="TSIG key: found none"):
            list(publisher.carry_out(plan))


def test_nothing_is_needed_to_change_nothing() -> None:
    with served("www 60 IN A 192.0.2.1\n") as server:
        publisher = Publisher(asking({}), server=server.address)
        (plan,) = publisher.prepare([Wish(HOST)])

        assert list(publisher.carry_out(plan)) == []


def test_a_server_that_fails_to_answer_is_said_not_taken_for_an_empty_zone() -> None:
    zone = ServedZone.parse("@ 60 IN SOA ns h 1 60 60 60 60\n@ 60 IN NS ns\n", "relief.example")
    faults = Faults(when=lambda query: query.type == RecordType.TXT, response_code=2)
    with NameServer(zone, faults=faults) as server:
        publisher = Publisher(asking({}), server=server.address)

        with pytest.raises(
            UpdateError, match=r"what is at www\.relief\.example cannot be read: response code SERVFAIL"
        ):
            publisher.prepare([Wish(HOST)])


def test_a_primary_that_is_no_authority_is_not_asked_further() -> None:
    records = {("relief.example", RecordType.SOA): soa("ns1.example"), ("ns1.example", RecordType.A): ADDRESS}
    zone = Zone("elsewhere.example", "ns1.example")
    with served("") as server:
        primary = Primary(zone, (ZoneServer("ns1.example", server.address),))

        with pytest.raises(
            UpdateError, match=r"the primary of elsewhere\.example does not answer: response code REFUSED"
        ):
            Publisher(asking(records)).prepare([Wish("www.elsewhere.example")], {"www.elsewhere.example": primary})


def test_the_next_address_of_a_primary_is_tried() -> None:
    with served("") as gone:
        address = gone.address
    with served("") as server:
        servers = (ZoneServer("ns1.example", address), ZoneServer("ns1.example", server.address))
        primary = Primary(Zone("relief.example", "ns1.example"), servers)

        (plan,) = Publisher(asking({})).prepare([Wish(HOST)], {HOST: primary})

    assert plan.due == ()
