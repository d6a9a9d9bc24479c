"""Who is responsible for a name, established by questions that anybody can answer wrongly."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from emblem.dns.authority import Ask, Zone, ZoneServer, find_addresses, find_name_servers, find_zones
from emblem.dns.message import Answer, Failure, Outcome, Question, RecordType, ResourceRecord
from emblem.dns.names import encode_name
from emblem.dns.servers import ServerAddress
from emblem.errors import UpdateError

Records = dict[tuple[str, int], list[bytes]]
SOA = encode_name("ns1.relief.example") + encode_name("hostmaster.relief.example") + bytes(20)
RECORDS: Records = {
    ("relief.example", RecordType.SOA): [SOA],
    ("field.relief.example", RecordType.SOA): [encode_name("ns.field.relief.example") + encode_name("x") + bytes(20)],
    ("relief.example", RecordType.NS): [encode_name("ns2.relief.example"), encode_name("ns1.relief.example")],
    ("ns1.relief.example", RecordType.A): [bytes([192, 0, 2, 1])],
    ("ns1.relief.example", RecordType.AAAA): [bytes.fromhex("20010db8000000000000000000000001")],
    ("ns2.relief.example", RecordType.A): [bytes([192, 0, 2, 2])],
}


def asking(change: Callable[[Answer], Answer] = lambda answer: answer, asked: list[Question] | None = None) -> Ask:
    def ask(questions: Sequence[Question]) -> list[Answer]:
        if asked is not None:
            asked.extend(questions)
        answers = []
        for question in questions:
            data = RECORDS.get((question.name, question.type), [])
            records = tuple(ResourceRecord(question.name, question.type, 60, one) for one in data)
            answers.append(change(Answer(question, Outcome.FOUND if records else Outcome.NODATA, records)))
        return answers

    return ask


def test_the_zone_is_the_nearest_one_upward() -> None:
    names = ["www.relief.example", "relief.example", "a.b.field.relief.example"]

    assert find_zones(names, asking()) == {
        "www.relief.example": Zone("relief.example", "ns1.relief.example"),
        "relief.example": Zone("relief.example", "ns1.relief.example"),
        "a.b.field.relief.example": Zone("field.relief.example", "ns.field.relief.example"),
    }


def test_nothing_is_asked_twice() -> None:
    asked: list[Question] = []

    find_zones([f"host{number}.relief.example" for number in range(9)], asking(asked=asked))

    assert len(asked) == 10


def test_an_alias_is_no_zone_even_where_it_leads_to_one() -> None:
    def alias(answer: Answer) -> Answer:
        if answer.question.name != "www.relief.example":
            return answer
        record = ResourceRecord("field.relief.example", RecordType.SOA, 60, SOA)
        aliases = ((answer.question.name, "field.relief.example"),)
        return Answer(answer.question, Outcome.FOUND, (record,), aliases)

    assert find_zones(["www.relief.example"], asking(alias))["www.relief.example"].name == "relief.example"


def failing(answer: Answer) -> Answer:
    return Answer(answer.question, Outcome.FAILED, failure=Failure.TIMEOUT, server="192.0.2.53:53")


def test_a_failure_is_no_reason_to_look_further_up() -> None:
    with pytest.raises(UpdateError, match=r"the zone of www\.relief\.example cannot be found: timeout"):
        find_zones(["www.relief.example"], asking(failing))


def test_a_name_in_no_zone_at_all_is_said() -> None:
    with pytest.raises(UpdateError, match="is in no zone"):
        find_zones(["www.elsewhere.example"], asking())


def test_every_name_server_is_found_with_every_address() -> None:
    names = find_name_servers("relief.example", asking())

    assert names == ("ns1.relief.example", "ns2.relief.example")
    assert find_addresses(names, asking()) == (
        ZoneServer("ns1.relief.example", ServerAddress("192.0.2.1")),
        ZoneServer("ns1.relief.example", ServerAddress("2001:db8::1")),
        ZoneServer("ns2.relief.example", ServerAddress("192.0.2.2")),
    )


def test_name_servers_that_are_not_known_are_said() -> None:
    with pytest.raises(UpdateError, match=r"the name servers of relief\.example cannot be found: timeout"):
        find_name_servers("relief.example", asking(failing))


def test_a_name_server_without_an_address_is_said() -> None:
    with pytest.raises(UpdateError, match=r"the name server ns3\.relief\.example has no address: nodata"):
        find_addresses(["ns3.relief.example"], asking())
