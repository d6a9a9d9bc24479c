"""What has to change in a zone for a host to be marked: ours only, at once, and only if all is as it was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns.message import Answer, Failure, Outcome, Question, ResourceRecord
from emblem.dns.update import NameInUse, RRset, RRsetDeletion
from emblem.errors import InputError
from emblem.issuance.publication import (
    LARGEST_UPDATE,
    Change,
    Publishing,
    Wish,
    difference,
    explain,
    is_ours,
    joined_update,
    owner_of_marks,
    pack,
)
from emblem.issuance.record_set import RecordSet, assemble
from emblem.issuance.token_files import SignedToken
from emblem.issuance.tokens import issue
from emblem.model.asset import NameAsset
from emblem.model.target import Target
from emblem.model.token import Emblem
from tests.support.arrangement import AT, END, RELIEF, START, signing

ZONE = "relief.example"
HOST = f"www.{ZONE}"
BELOW = f"_emblem.{HOST}"
IHLE, OLD_IHLE, TXT = 65297, 65400, 16


def records_of(host: str, days: int = 6) -> RecordSet:
    data = issue(
        [host],
        signer=signing,
        sign=None,
        not_before=AT - timedelta(days=1),
        expires=AT + timedelta(days=days),
        issuer=RELIEF,
    )
    token = SignedToken(data, Emblem(START, END, (NameAsset(host, host),), RELIEF), signing.public_key)
    return assemble(Target(host), token, (), at=AT)


def text(value: bytes) -> bytes:
    return bytes([len(value)]) + value


OLD, NEW = records_of(HOST, 2), records_of(HOST, 6)
SPF, JWS = text(b"v=spf1 -all"), text(b"adem-token=eyJhbGciOiJFUzI1NiJ9.e30.c2ln")
IHLE_WISH = Wish(HOST, NEW, Publishing.IHLE, 300)
TXT_WISH = replace(IHLE_WISH, publishing=Publishing.TXT)
BOTH_WISH = replace(IHLE_WISH, publishing=Publishing.BOTH)
NO_WISH = Wish(HOST)


def after(change: Change, found: list[RRset]) -> dict[tuple[str, int], frozenset[bytes]]:
    """What is there once the change was made."""
    state = {(rrset.owner, rrset.type): set(rrset.data) for rrset in found}
    for record in change.removed:
        state[record.owner, record.type].remove(record.data)
    for record in change.added:
        state.setdefault((record.owner, record.type), set()).add(record.data)
    return {place: frozenset(data) for place, data in state.items() if data}


def published(wish: Wish, ttl: int = 300) -> list[RRset]:
    return [RRset(owner, number, ttl, data) for (owner, number), data in wish.wanted().items()]


@pytest.mark.parametrize("wish", [IHLE_WISH, TXT_WISH, BOTH_WISH])
def test_a_host_that_is_as_wished_needs_no_change(wish: Wish) -> None:
    assert difference(wish, published(wish)).is_none


@pytest.mark.parametrize("wish", [IHLE_WISH, TXT_WISH, BOTH_WISH, NO_WISH])
@pytest.mark.parametrize("before", [IHLE_WISH, TXT_WISH, BOTH_WISH, NO_WISH])
def test_whatever_marked_a_host_before_only_what_is_wished_marks_it_after(before: Wish, wish: Wish) -> None:
    found = published(replace(before, records=before.records and OLD))
    found.append(RRset(HOST, OLD_IHLE, 60, frozenset({b"\xd8"})))

    assert after(difference(wish, found), found) == wish.wanted()


def test_what_stays_is_not_sent_again() -> None:
    change = difference(IHLE_WISH, published(replace(IHLE_WISH, records=OLD)))

    assert [record.data for record in change.removed] == [OLD.emblem.data]
    assert [record.data for record in change.added] == [NEW.emblem.data]


def test_another_ttl_is_a_difference_of_all_records() -> None:
    change = difference(IHLE_WISH, published(IHLE_WISH, ttl=60))

    assert {record.ttl for record in change.removed} == {60}
    assert {record.ttl for record in change.added} == {300}
    assert len(change.removed) == len(change.added) == len(NEW.records)


def test_records_of_others_stay_and_their_ttl_is_shared() -> None:
    found = [RRset(BELOW, TXT, 60, frozenset({SPF, JWS}))]

    change = difference(TXT_WISH, found)

    assert after(change, found)[BELOW, TXT] == TXT_WISH.wanted()[BELOW, TXT] | {SPF, JWS}
    assert {record.ttl for record in change.added} == {60}
    assert change.staying == (ResourceRecord(BELOW, TXT, 60, JWS),)


def test_records_of_the_older_format_go_where_that_is_wished() -> None:
    found = [RRset(HOST, TXT, 60, frozenset({SPF, JWS}))]

    change = difference(replace(IHLE_WISH, remove_jws=True), found)

    assert [record.data for record in change.removed] == [JWS]
    assert change.staying == ()


def test_every_rrset_that_is_touched_must_be_as_it_was_read() -> None:
    found = [
        RRset(HOST, IHLE, 300, frozenset(OLD.records)),
        RRset(HOST, TXT, 60, frozenset({SPF})),
        RRset(BELOW, TXT, 60, frozenset()),
    ]

    update = difference(BOTH_WISH, found).update(ZONE)

    assert update.prerequisites == (found[0], found[2])


def test_an_rrset_that_goes_as_a_whole_is_named_once() -> None:
    found = [
        RRset(HOST, IHLE, 300, frozenset(OLD.records)),
        RRset(BELOW, TXT, 60, frozenset({SPF, text(b"emblem-cwt=")})),
    ]

    update = difference(NO_WISH, found).update(ZONE)

    assert update.deletions == (RRsetDeletion(HOST, IHLE), ResourceRecord(BELOW, TXT, 60, text(b"emblem-cwt=")))


def test_a_name_that_a_wildcard_may_serve_must_be_in_use_by_itself() -> None:
    change = replace(difference(IHLE_WISH, []), in_use=True)

    assert NameInUse(HOST) in change.update(ZONE).prerequisites


def test_a_name_whose_rrset_is_demanded_need_not_be_in_use_beside() -> None:
    change = replace(difference(IHLE_WISH, published(replace(IHLE_WISH, records=OLD))), in_use=True)

    assert NameInUse(HOST) not in change.update(ZONE).prerequisites


def test_the_set_is_named_in_every_value() -> None:
    values = replace(TXT_WISH, set_name="b").wanted()[BELOW, TXT]

    assert all(value[1:].startswith(b"emblem-cwt-b=") for value in values)


def test_a_name_without_room_has_no_txt_carriage() -> None:
    name = ".".join(["a" * 63] * 3 + ["a" * 50, "example"])
    wish = replace(TXT_WISH, name=name)

    assert len(wish.questions) == 3
    with pytest.raises(InputError, match="room for _emblem"):
        wish.wanted()


@pytest.mark.parametrize(
    ("number", "data", "ours"),
    [
        (IHLE, b"anything", True),
        (OLD_IHLE, b"", True),
        (TXT, text(b"emblem-cwt=2D3S"), True),
        (TXT, text(b"emblem-cwt-a=2D3S"), True),
        (TXT, text(b"emblem-cwt=*"), True),
        (TXT, text(b"emblem-cw") + text(b"t=2D3S"), True),
        (TXT, text(b"emblem-cwtx=2D3S"), False),
        (TXT, text(b"Emblem-cwt=2D3S"), False),
        (TXT, SPF, False),
        (TXT, JWS, False),
        (TXT, b"\x09cut", False),
        (1, b"emblem-cwt=", False),
    ],
)
def test_ours_is_what_marks_a_host_in_the_native_format(number: int, data: bytes, ours: bool) -> None:
    assert is_ours(number, data) is ours


def test_the_marked_name_is_the_owner_without_the_label_of_txt_records() -> None:
    assert owner_of_marks(ResourceRecord(BELOW, TXT, 60, text(b"emblem-cwt=2D3S"))) == HOST
    assert owner_of_marks(ResourceRecord(HOST, IHLE, 60, b"x")) == HOST
    assert owner_of_marks(ResourceRecord(HOST, TXT, 60, SPF)) is None


def test_a_record_is_explained_in_a_few_words() -> None:
    emblem, key = (ResourceRecord(HOST, IHLE, 60, data) for data in NEW.records)

    assert explain(emblem) == "emblem by https://relief.example, until 2027-03-07T12:00:00Z"
    assert explain(key) == f"key {signing.public_key.cose_thumbprint}"
    assert explain(ResourceRecord(HOST, IHLE, 60, b"\xffgarbage")) == "unreadable, 8 octets"


def answer_of(rrset: RRset, **changes: object) -> Answer:
    records = tuple(rrset.records)
    found = Answer(Question(rrset.owner, rrset.type), Outcome.FOUND if records else Outcome.NODATA, records)
    return replace(found, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wish", "answer", "granted"),
    [
        (IHLE_WISH, answer_of(RRset(HOST, IHLE, 60, frozenset(NEW.records))), True),
        (IHLE_WISH, answer_of(RRset(HOST, IHLE, 60, frozenset(OLD.records))), False),
        (IHLE_WISH, answer_of(RRset(HOST, IHLE, 60, frozenset((*OLD.records, *NEW.records)))), False),
        (IHLE_WISH, answer_of(RRset(HOST, IHLE, 60, frozenset())), False),
        (IHLE_WISH, answer_of(RRset(HOST, TXT, 60, frozenset({SPF, JWS}))), True),
        (NO_WISH, answer_of(RRset(HOST, IHLE, 60, frozenset())), True),
        (NO_WISH, answer_of(RRset(HOST, IHLE, 60, frozenset({b"\xd8"}))), False),
        (NO_WISH, answer_of(RRset(HOST, IHLE, 60, frozenset({b"\xd8"})), aliases=((HOST, "elsewhere"),)), True),
        (
            NO_WISH,
            answer_of(RRset(HOST, IHLE, 60, frozenset()), outcome=Outcome.FAILED, failure=Failure.TIMEOUT),
            False,
        ),
        (replace(NO_WISH, remove_jws=True), answer_of(RRset(HOST, TXT, 60, frozenset({JWS}))), False),
    ],
)
def test_a_wish_is_granted_where_exactly_what_is_wished_is_shown(wish: Wish, answer: Answer, granted: bool) -> None:
    assert wish.is_granted(answer) is granted


def changes_of(count: int) -> list[Change]:
    return [
        difference(
            replace(BOTH_WISH, name=f"host{number}.{ZONE}"), [RRset(f"host{number}.{ZONE}", TXT, 60, frozenset())]
        )
        for number in range(count)
    ]


@given(st.integers(0, 200), st.integers(2000, LARGEST_UPDATE))
def test_updates_fit_in_their_messages_and_no_host_is_split_or_lost(count: int, largest: int) -> None:
    changes = changes_of(count)

    groups = list(pack(changes, ZONE, largest))

    assert [change for group in groups for change in group] == changes
    assert all(joined_update(group, ZONE).size <= largest for group in groups)


def test_a_host_that_fits_in_no_message_is_refused() -> None:
    with pytest.raises(InputError, match=r"update of host0\.relief\.example: found \d+ octets, expected 500 octets"):
        list(pack(changes_of(1), ZONE, 500))
