"""Which records are judged together, and which keys they share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emblem.codec import cbor
from emblem.codec.carriage import text_record
from emblem.model.limits import MOST_RECORDS, MOST_RECORDS_IN_SET, MOST_SETS
from emblem.model.record import Carriage, Record
from emblem.model.verdict import Status, Verdict
from emblem.validation.procedure import Profile
from emblem.validation.validate import validate
from tests.support.arrangement import (
    AT,
    CWT,
    END,
    HOSPITAL,
    JWS,
    AnyRecord,
    bare,
    chain,
    codes,
    emblem_token,
    identifier,
    in_set,
    judged,
    key,
    key_record,
    root,
    signing,
    trusting,
)
from tests.support.raw import digest
from tests.support.reasons import checked

GOOD = chain(root, signing).emblem()
SECOND_EMBLEM = emblem_token(signing, "other.example")
TRUST = trusting(bare(root))


def names(verdict: Verdict) -> list[tuple[str, str]]:
    return [(one.carriage.value, one.set) for one in verdict.sets]


def ihle(*records: AnyRecord, owner: str = HOSPITAL, number: int = 65297) -> tuple[Record, ...]:
    return tuple(Record(Carriage.IHLE, record, owner, number) for record in records if isinstance(record, bytes))


def txt(*values: AnyRecord, owner: str = HOSPITAL) -> tuple[Record, ...]:
    return tuple(Record(Carriage.TXT, value.encode(), owner, 16) for value in values if isinstance(value, str))


def judged_records(*records: Record) -> Verdict:
    return checked(validate(records, target=HOSPITAL, at=AT, trust=TRUST, profile=Profile.DRAFT))


def test_record_data_without_owner_form_one_set() -> None:
    assert names(GOOD.judged()) == [("given", "")]


def test_bare_txt_values_count_as_txt_at_the_target() -> None:
    (only,) = judged(*in_set("a", *GOOD.records)).sets

    assert (only.carriage, only.owner, only.type_number) == (Carriage.TXT, HOSPITAL, 16)


def test_a_compact_jws_counts_as_txt_at_the_target() -> None:
    token, *keys = chain(signing, issuer=None, form=JWS).emblem().records
    assert isinstance(token, str)

    verdict = judged(token.removeprefix("adem-token="), *keys)

    assert verdict.status is Status.CLAIMED
    assert names(verdict) == [("txt", "")]


def test_for_an_address_the_place_is_its_reverse_name() -> None:
    (only,) = judged(*in_set("a", *GOOD.records), target="192.0.2.1").sets

    assert only.owner == "1.2.0.192.in-addr.arpa"


def test_two_sets_do_not_spoil_each_other() -> None:
    verdict = judged(*in_set("a", *GOOD.records), *in_set("b", SECOND_EMBLEM), trust=TRUST)

    assert verdict.status is Status.PROTECTED
    assert [one.status for one in verdict.sets] == [Status.PROTECTED, Status.REJECTED]


def test_records_without_set_belong_to_every_set_and_are_none_of_their_own() -> None:
    marking, *rest = GOOD.records
    without = [value.replace("-a=", "=") for value in in_set("a", *rest)]

    verdict = judged(*in_set("a", marking), *in_set("b", marking), *without, trust=TRUST)

    assert names(verdict) == [("txt", "a"), ("txt", "b")]
    assert [one.status for one in verdict.sets] == [Status.PROTECTED, Status.PROTECTED]


@pytest.mark.parametrize(
    "apart",
    [
        ihle(SECOND_EMBLEM, owner="alias.example"),
        ihle(SECOND_EMBLEM, number=65400),
        txt(*in_set("a", SECOND_EMBLEM)),
        (Record(Carriage.GIVEN, SECOND_EMBLEM if isinstance(SECOND_EMBLEM, bytes) else b""),),
    ],
    ids=["owner", "type number", "carriage", "no owner"],
)
def test_other_owners_types_and_carriages_are_other_sets(apart: tuple[Record, ...]) -> None:
    verdict = judged_records(*ihle(*GOOD.records), *apart)

    assert verdict.status is Status.PROTECTED
    assert len(verdict.sets) == 2
    assert judged_records(*ihle(*GOOD.records, SECOND_EMBLEM)).status is Status.REJECTED


def test_two_formats_side_by_side_are_two_sets() -> None:
    other = chain(root, signing, form=JWS).emblem("other.example")

    verdict = judged(*in_set("a", *GOOD.records), *in_set("a", *other.records), trust=TRUST)

    assert {one.format for one in verdict.sets} == {CWT, JWS}
    assert verdict.status is Status.PROTECTED


def test_keys_are_shared_by_all_sets_of_a_format() -> None:
    marking, *rest = GOOD.records
    tokens, keys = rest[:1], rest[1:]

    verdict = judged_records(*ihle(marking, *tokens), *txt(*in_set("elsewhere", *keys), owner="_emblem." + HOSPITAL))

    assert verdict.status is Status.PROTECTED


def test_keys_are_not_shared_between_formats() -> None:
    token = emblem_token(signing, form=JWS, issuer=None)

    verdict = judged(token, key_record(signing))

    assert "token-key-missing" in {reason.code.value for one in verdict.sets for reason in one.reasons}


def test_a_key_is_named_by_its_computed_identifier_whatever_it_says_of_itself() -> None:
    parameters = {1: 2, 2: digest(signing), 3: -7, -1: 1, -2: root.public_key.x, -3: root.public_key.y}

    assert codes(judged(emblem_token(signing), cbor.encode(parameters))) == {"token-key-missing", "emblem-missing"}
    assert identifier(root) != identifier(signing)


@pytest.mark.parametrize(
    "foreign", ["v=spf1 -all", "", "adem", "adem-tokens=x", "emblem=x", "ADEM-TOKEN=x", "adem-token x", "x adem-token="]
)
def test_txt_records_of_others_are_not_looked_at(foreign: str) -> None:
    verdict = judged(foreign)

    assert verdict.status is Status.UNDETERMINED
    assert codes(verdict) == {"no-emblem-in-input"}
    assert verdict.sets == ()


def test_no_records_at_all_are_no_answer() -> None:
    assert codes(judged()) == {"no-emblem-in-input"}


def filler(count: int) -> list[bytes]:
    return [b"\x00" + number.to_bytes(2) for number in range(count)]


def test_a_set_of_more_records_than_are_read_is_undetermined() -> None:
    good = ihle(*GOOD.records)

    assert judged_records(*good, *ihle(*filler(MOST_RECORDS_IN_SET - 4))).status is Status.PROTECTED
    over = judged_records(*good, *ihle(*filler(MOST_RECORDS_IN_SET - 3)))
    assert over.status is Status.UNDETERMINED
    assert codes(over) == {"records-too-many"}


def test_a_set_that_is_too_large_does_not_spoil_another() -> None:
    verdict = judged_records(*ihle(*GOOD.records), *ihle(*filler(MOST_RECORDS_IN_SET + 1), number=65400))

    assert verdict.status is Status.PROTECTED


def test_more_records_of_one_target_than_are_read_are_undetermined() -> None:
    records = [*ihle(*GOOD.records)]
    for number in range(6):
        records += ihle(*filler(50), owner=f"alias{number}.example")

    verdict = judged_records(*records)

    assert len(records) > MOST_RECORDS
    assert verdict.status is Status.UNDETERMINED
    assert codes(verdict) == {"records-too-many"}


def test_more_sets_of_one_target_than_are_judged_are_undetermined() -> None:
    within = [record for number in range(MOST_SETS) for record in in_set(f"set {number}", *GOOD.records)]
    (over,) = in_set("one more", GOOD.records[0])

    assert len(judged(*within, trust=TRUST).sets) == MOST_SETS
    verdict = judged(*within, over, trust=TRUST)
    assert verdict.status is Status.UNDETERMINED
    assert codes(verdict) == {"records-too-many"}


def test_records_are_not_read_without_end() -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"\x00" + read.to_bytes(4)

    validate(endless(), target=HOSPITAL, at=AT)

    assert read == MOST_RECORDS + 1


def test_of_several_valid_sets_the_one_of_the_higher_level_is_the_verdict() -> None:
    plain = chain(key("plain", "EdDSA"), issuer=None).emblem()
    trust = trusting(bare(key("plain", "EdDSA")), bare(root))

    for order in (1, -1):
        sets = [in_set("a", *plain.records), in_set("b", *chain(root, signing).emblem().records)][::order]
        assert judged(*sets[0], *sets[1], trust=trust).issuer is not None


def test_a_record_with_its_place_is_taken_as_it_is() -> None:
    record = text_record("adem-token=x")

    (only,) = validate([Record(record.carriage, record.data, "a.example", 16)], target=HOSPITAL, at=AT).sets

    assert only.owner == "a.example"


@pytest.mark.parametrize("added", [(), (b"",) * 2], ids=["rejected", "rejected with records that are malformed"])
def test_a_set_that_fails_says_where_it_stands(added: tuple[bytes, ...]) -> None:
    (native,) = judged_records(*ihle(SECOND_EMBLEM, *added, number=65400)).sets
    (older,) = judged_records(*txt(*in_set("a", *chain(signing, form=JWS).emblem("other.example").records))).sets

    place = (native.carriage, native.owner, native.type_number, native.format, native.set)
    assert place == (Carriage.IHLE, HOSPITAL, 65400, CWT, "")
    place = (older.carriage, older.owner, older.type_number, older.format, older.set)
    assert place == (Carriage.TXT, HOSPITAL, 16, JWS, "a")


def test_a_set_that_stands_says_where_it_stands() -> None:
    (native,) = judged_records(*ihle(*GOOD.records)).sets
    (older,) = judged_records(*txt(*in_set("a", *chain(root, signing, form=JWS).emblem().records))).sets

    assert (native.status, older.status) == (Status.PROTECTED, Status.PROTECTED)
    place = (native.carriage, native.owner, native.type_number, native.format, native.set)
    assert place == (Carriage.IHLE, HOSPITAL, 65297, CWT, "")
    place = (older.carriage, older.owner, older.type_number, older.format, older.set)
    assert place == (Carriage.TXT, HOSPITAL, 16, JWS, "a")


def test_what_any_set_needs_to_know_the_verdict_needs_once() -> None:
    first, second = chain(root, signing).emblem().records, chain(key("another root"), signing).emblem().records

    alone = [checked(validate(records, target=HOSPITAL, at=AT)).needs for records in (first, second)]
    together = judged(*in_set("a", *first), *in_set("b", *second), *in_set("c", *first))

    assert all(len(needs) == 1 for needs in alone)
    assert together.needs == (*alone[0], *alone[1])
    assert judged(*in_set("a", *first), *in_set("b", *second)).needs == together.needs


def test_of_equal_sets_the_same_is_the_verdict_in_whatever_order_they_were_found() -> None:
    shorter = chain(root, signing).emblem(expires=END - 1)
    older, newer = ihle(*shorter.records, number=65400), ihle(*GOOD.records, number=65297)
    text, native = txt(*chain(root, signing, form=JWS).emblem().records), txt(*in_set("", *GOOD.records))

    assert judged_records(*older, *newer).expires == judged_records(*newer, *older).expires == END
    assert judged_records(*text, *native).format is judged_records(*native, *text).format is CWT
