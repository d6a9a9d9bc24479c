"""Whether a host is worth marking: only questions come of looking, and what is not known is asked, too."""

from __future__ import annotations

from collections.abc import Sequence

from emblem.dns.message import Answer, Failure, Outcome, Question, RecordType, ResourceRecord
from emblem.dns.names import encode_name
from emblem.issuance.workspace.inventory import Host, read_inventory, with_column
from emblem.issuance.workspace.worth import doubts, neighbours
from emblem.model.target import Target, parse_given_address

ADDRESS = bytes((198, 41, 0, 4))
PRIVATE = bytes((10, 0, 0, 1))
REVERSE = "4.0.41.198.in-addr.arpa"


def host(name: str) -> Host:
    return Host(Target.parse(name))


class World:
    """A resolver that knows these records and no others."""

    def __init__(self, *records: tuple[str, RecordType, bytes], alias: str = "", failing: str = "") -> None:
        self.records = records
        self.alias = alias
        self.failing = failing

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        return list(map(self.answer, questions))

    def answer(self, question: Question) -> Answer:
        if question.name == self.failing:
            return Answer(question, Outcome.FAILED, failure=Failure.TIMEOUT, detail="nobody answers")
        found = [ResourceRecord(name, kind, 60, data) for name, kind, data in self.records
                 if (name, kind) == (question.name, question.type)]  # fmt: skip
        if not found:
            exists = any(name == question.name for name, _, _ in self.records)
            return Answer(question, Outcome.NODATA if exists else Outcome.NXDOMAIN)
        aliases = ((question.name, self.alias),) if self.alias else ()
        return Answer(question, Outcome.FOUND, tuple(found), aliases, final_name=self.alias or question.name)


def told(world: World, *names: str, known: Sequence[str] = ()) -> list[str]:
    return [doubt.what for doubt in doubts([host(name) for name in names], world.ask, known)]


def test_a_host_with_an_address_of_its_own_raises_no_doubt() -> None:
    world = World(("www.a.example", RecordType.A, ADDRESS), (REVERSE, RecordType.PTR, encode_name("www.a.example")))

    assert told(world, "www.a.example") == []


def test_a_host_that_does_not_resolve_is_doubted() -> None:
    world = World(("mail.a.example", RecordType.TXT, b""))

    assert told(world, "www.a.example", "mail.a.example") == ["it does not exist", "it has no address"]


def test_what_could_not_be_found_out_is_a_doubt_and_not_a_no() -> None:
    assert told(World(failing="www.a.example"), "www.a.example") == [
        "it could not be found out whether it has an address: nobody answers"
    ]


def test_an_address_that_bears_another_name_is_asked_about() -> None:
    world = World(("www.a.example", RecordType.A, ADDRESS), (REVERSE, RecordType.PTR, encode_name("shop.b.example")))

    assert told(world, "www.a.example") == ["its address 198.41.0.4 also bears the name shop.b.example"]
    assert told(world, "www.a.example", known=["shop.b.example"]) == []
    assert told(world, "198.41.0.4") == ["its address 198.41.0.4 also bears the name shop.b.example"]


def test_a_name_of_the_zone_with_the_same_address_is_asked_about() -> None:
    world = World(("www.a.example", RecordType.A, ADDRESS))
    beside = neighbours([ResourceRecord(f"{name}.a.example", 1, 60, ADDRESS) for name in ("www", "army")])

    found = list(doubts([host("www.a.example")], world.ask, (), beside))

    assert beside == {parse_given_address("198.41.0.4"): ["www.a.example", "army.a.example"]}
    assert [doubt.what for doubt in found] == ["its address 198.41.0.4 also bears the name army.a.example"]
    assert found[0].question == "is everything there protected?"


def test_an_alias_and_an_address_of_a_private_network_are_asked_about() -> None:
    world = World(("www.a.example", RecordType.A, PRIVATE), alias="cdn.b.example")

    assert told(world, "www.a.example") == [
        "it is an alias of cdn.b.example",
        "its address 10.0.0.1 cannot be reached from the Internet",
    ]


def test_a_confirmation_gets_a_column_where_there_was_none() -> None:
    inventory = read_inventory("hosts", b'# ours\nhost,note\nwww.a.example,"a, b"\n')

    changed = with_column(inventory, "confirmed")

    assert changed.text == '# ours\nhost,note,confirmed\nwww.a.example,"a, b",\n'
    assert (
        with_column(read_inventory("hosts", b"www.a.example\n"), "confirmed").text == "host,confirmed\nwww.a.example,\n"
    )
