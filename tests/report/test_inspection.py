"""Inspection shows what is there, names what is wrong with it, and judges nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emblem.codec.cose_key import encode_key
from emblem.codec.jwk import write_jwk
from emblem.codec.record_text import read_records
from emblem.keys.public import UnknownKey
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.token import Constraints, Endorsement
from emblem.report.inspection import Inspected, inspect_key, inspect_records, inspection_text
from tests.support.arrangement import (
    DAY,
    HOSPITAL,
    JWS,
    LOG,
    MINISTRY,
    NOW,
    RELIEF,
    AnyRecord,
    authority,
    chain,
    emblem_token,
    endorsement_token,
    identifier,
    key_record,
    root,
    signed,
    signing,
)
from tests.support.raw import unknown_version


def inspected(*records: AnyRecord) -> list[Inspected]:
    lines = (record.hex() if isinstance(record, bytes) else record for record in records)
    return list(inspect_records(read_records("\n".join(lines))))


def only(*records: AnyRecord) -> Inspected:
    (one,) = inspected(*records)
    return one


def test_an_emblem_is_shown_with_its_claims_its_algorithm_and_its_key() -> None:
    members = only(emblem_token(signing, sign=Sign.RED_CROSS)).members

    assert members == {
        "kind": "emblem",
        "format": "cwt",
        "bytes": members["bytes"],
        "algorithm": -7,
        "key_identifier": identifier(signing),
        "not_before": "2027-02-28T12:00:00Z",
        "expires": "2027-03-07T12:00:00Z",
        "issued_at": None,
        "issuer": str(RELIEF),
        "assets": [HOSPITAL],
        "purposes": ["protective"],
        "sign": "red-cross",
        "channels": [],
        "keys": [],
    }


def test_an_endorsement_is_shown_with_what_it_allows() -> None:
    members = only(endorsement_token(authority, root, issuer=MINISTRY, log=LOG)).members

    assert members["kind"] == "endorsement"
    assert (members["issuer"], members["subject"]) == (str(MINISTRY), str(RELIEF))
    assert (members["endorsed_key"], members["may_endorse"]) == (identifier(root), True)
    assert members["purposes"] == ["protective"]
    assert (members["assets"], members["channels"], members["longest_emblem"]) == (None, None, None)
    assert members["log"] == [{"id": LOG[0].log_id.hex(), "hash": (LOG[0].leaf_hash or b"").hex()}]


def test_the_constraints_of_the_older_format_are_shown() -> None:
    allowed = Constraints(Purpose.PROTECTIVE, (), frozenset({"dns"}), DAY)
    claims = Endorsement(NOW, NOW + 1, identifier(signing, JWS), False, RELIEF, RELIEF, allowed)

    members = only(signed(claims, root, JWS)).members

    assert (members["assets"], members["channels"], members["longest_emblem"]) == ([], ["dns"], DAY)


def test_what_is_expired_or_forged_is_shown_like_anything_else() -> None:
    token = emblem_token(signing, not_before=0, expires=1)
    assert isinstance(token, bytes)
    forged = token[:-1] + bytes([token[-1] ^ 1])

    assert only(forged).members["expires"] == "1970-01-01T00:00:01Z"


@pytest.mark.parametrize("form", ["cwt", "jws"])
def test_a_key_is_shown_with_its_identifiers_of_both_kinds(form: str) -> None:
    one = only(key_record(signing, JWS if form == "jws" else form))  # type: ignore[arg-type]  # a format is its text

    assert one.title == "key"
    assert one.members["key_identifier"] == signing.public_key.cose_thumbprint
    assert one.members["jwk_key_identifier"] == signing.public_key.jwk_thumbprint
    assert one.members["cose_key"] == encode_key(signing.public_key).hex()


def test_records_keep_their_order_and_their_places() -> None:
    records = [record for record in chain(root, signing).emblem().records if isinstance(record, bytes)]
    lines = [f"www.relief.example. 60 IN TYPE65297 \\# {len(data)} {data.hex()}" for data in records]

    found = list(inspect_records(read_records("\n".join(lines))))

    assert [one.title for one in found] == ["emblem", "endorsement", "key", "key"]
    assert {(one.members["owner"], one.members["carriage"]) for one in found} == {("www.relief.example", "ihle")}


def test_the_set_of_a_txt_record_is_shown() -> None:
    text = f"emblem-cwt-new={'AA'}"

    assert only(text).members["set"] == "new"


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (b"\x00", "record-malformed"),
        (b"\xd8\x3d\xd2\x80", "token-malformed"),
        (b"\xa1\x01\x02", "key-malformed"),
        ("emblem-cwt=!", "record-malformed"),
        ("adem-key={}", "key-malformed"),
    ],
)
def test_what_is_malformed_says_why(record: AnyRecord, code: str) -> None:
    one = only(record)

    assert one.title == "malformed"
    assert one.members["problem"]["code"] == code
    assert one.members["problem"]["message"] in one.words["problem"]


def test_a_token_of_another_version_is_shown_as_far_as_it_can_be_read() -> None:
    one = only(unknown_version())

    assert one.title == "token in an unknown version"
    assert one.members["version"] == "2"


def test_an_algorithm_that_nobody_knows_is_shown_as_it_is_written() -> None:
    jwk = json.dumps({**write_jwk(signing.public_key), "alg": "ES999"})

    assert only(f"adem-key={jwk}").words["algorithm"] == "ES999 (not known)"
    assert inspect_key(UnknownKey("a" * 52, -65000)).members == {
        "kind": "key",
        "key_identifier": "a" * 52,
        "algorithm": -65000,
    }


def test_records_of_others_and_aliases_are_shown_as_that() -> None:
    text = '"v=spf1 -all"\nwww.relief.example. 60 IN CNAME host.example.\n'

    other, alias = inspect_records(read_records(text))

    assert other.members == {"kind": "other", "carriage": "txt"}
    assert alias.members == {"kind": "alias", "owner": "www.relief.example", "target": "host.example"}


def test_the_text_has_a_title_and_a_line_for_each_label() -> None:
    one = Inspected("key", {"owner": "www.relief.example", "size": "5 bytes"}, {})

    assert inspection_text(one) == "key\n  owner: www.relief.example\n  size:  5 bytes"


def test_the_text_does_nothing_to_the_terminal() -> None:
    one = Inspected("evil\x1b", {"owner": "a\x1b[2J\nb"}, {})

    assert inspection_text(one) == "evil\\u{1b}\n  owner: a\\u{1b}[2J\\u{a}b"


def test_members_of_every_kind_fit_json() -> None:
    everything: list[Any] = [*chain(root, signing).emblem().records, b"\x00", unknown_version()]

    assert [json.loads(json.dumps(dict(one.members)))["kind"] for one in inspected(*everything)] == [
        "emblem",
        "endorsement",
        "key",
        "key",
        "malformed",
        "token in an unknown version",
    ]
