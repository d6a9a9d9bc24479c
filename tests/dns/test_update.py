"""Updates as bytes: what others read in them is what was meant (RFC 2136, section 2)."""

from __future__ import annotations

import dns.message
import dns.opcode
import dns.rdataclass
import dns.update
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns.message import ResourceRecord
from emblem.dns.update import NameInUse, RRset, RRsetDeletion, Update, is_within, join_updates
from emblem.errors import InputError

ZONE = "relief.example"
HOST = f"www.{ZONE}"
TXT = b"\x03old"


def parsed(update: Update) -> dns.update.UpdateMessage:
    message = dns.message.from_wire(update.encode(7))
    assert isinstance(message, dns.update.UpdateMessage)
    return message


def lines(section: list[dns.rrset.RRset]) -> list[str]:
    return [line for rrset in section for line in rrset.to_text().splitlines()]


def test_the_zone_comes_first() -> None:
    message = parsed(Update(ZONE, (), (), ()))

    assert (message.id, message.opcode()) == (7, dns.opcode.UPDATE)
    assert lines(message.zone) == [f"{ZONE}. IN SOA"]


def test_prerequisites_are_exact_rrsets_absent_rrsets_and_names_in_use() -> None:
    message = parsed(
        Update(
            ZONE, (RRset(HOST, 16, 300, frozenset({TXT})), RRset(ZONE, 65297, 0, frozenset()), NameInUse(HOST)), (), ()
        )
    )

    assert lines(message.prerequisite) == [
        f'{HOST}. 0 IN TXT "old"',
        f"{ZONE}. NONE TYPE65297",
        f"{HOST}. ANY ANY",
    ]


def test_what_goes_comes_before_what_comes() -> None:
    message = parsed(
        Update(
            ZONE,
            (),
            (ResourceRecord(HOST, 16, 300, TXT), RRsetDeletion(HOST, 65297)),
            (ResourceRecord(HOST, 16, 60, b"\x03new"),),
        )
    )

    assert lines(message.update) == [
        f'{HOST}. 0 NONE TXT "old"',
        f"{HOST}. ANY TYPE65297",
        f'{HOST}. 60 IN TXT "new"',
    ]


@pytest.mark.parametrize("name", ["www.elsewhere.example", "example", "notrelief.example"])
def test_a_name_outside_the_zone_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="one in the zone"):
        Update(ZONE, (NameInUse(name),), (), ()).encode(0)


@pytest.mark.parametrize(
    ("name", "zone", "within"),
    [(ZONE, ZONE, True), (HOST, ZONE, True), (ZONE, HOST, False), (f"x{ZONE}", ZONE, False), (HOST, ".", True)],
)
def test_a_zone_has_its_own_name_and_those_below(name: str, zone: str, within: bool) -> None:
    assert is_within(name, zone) is within


records = st.builds(
    ResourceRecord,
    st.sampled_from([HOST, ZONE, f"_emblem.{HOST}", f"a\\.b.{ZONE}"]),
    st.sampled_from([65297, 65400]),
    st.integers(0, 2**31 - 1),
    st.binary(min_size=1, max_size=300),
)
updates = st.builds(
    Update,
    st.just(ZONE),
    st.tuples(st.builds(RRset, st.just(HOST), st.just(65297), st.just(0), st.frozensets(st.binary(min_size=1)))),
    st.lists(records).map(tuple),
    st.lists(records).map(tuple),
)


@given(updates)
def test_every_record_is_read_back(update: Update) -> None:
    message = parsed(update)
    read = {
        (rrset.name.to_text(omit_final_dot=True), rrset.ttl, data.to_generic().data)
        for rrset in message.update
        if rrset.deleting is None
        for data in rrset
    }

    assert {(name, data) for name, _, data in read} == {(one.owner, one.data) for one in update.additions}


@given(st.lists(updates, min_size=1, max_size=4))
def test_joined_updates_are_no_larger_than_their_parts(parts: list[Update]) -> None:
    assert join_updates(parts).size <= sum(part.size for part in parts)
