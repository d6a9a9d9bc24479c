"""What a token states, in words."""

from __future__ import annotations

import pytest

from emblem.codec.request import Request
from emblem.codec.statement import length_text, request_statement, statement
from emblem.model.asset import NameAsset, UnreadAsset
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.token import Constraints, Emblem, Endorsement, LogEntry, UnknownVersion
from tests.support.arrangement import identifier, root

RELIEF = Organization("relief.example")
WEB = NameAsset("www.relief.example", "www.relief.example")
IDENTIFIER = "a" * 52


def test_an_emblem_says_who_marks_what_as_what_and_until_when() -> None:
    emblem = Emblem(0, 86400, (WEB,), RELIEF, Purpose.PROTECTIVE | Purpose.INDICATIVE, sign=Sign.RED_CROSS)

    assert statement(emblem) == {
        "statement": "https://relief.example marks www.relief.example",
        "sign": "red-cross",
        "purposes": "protective, indicative",
        "valid": "from 1970-01-01T00:00:00Z until 1970-01-02T00:00:00Z",
    }


def test_an_emblem_without_issuer_sign_and_purpose_says_that_they_are_not_said() -> None:
    words = statement(Emblem(0, 1, (WEB,), channels=frozenset({"tls", "dns"})))

    assert words["statement"] == "nobody by name marks www.relief.example"
    assert (words["sign"], words["purposes"], words["channels"]) == ("not said", "none", "dns, tls")


def test_an_endorsement_says_whose_key_it_is_and_what_it_may_be_used_for() -> None:
    endorsement = Endorsement(
        0, 1, IDENTIFIER, True, Organization("authority.example"), RELIEF, Constraints(purposes=Purpose.PROTECTIVE)
    )

    assert statement(endorsement) == {
        "statement": "https://authority.example states that a key belongs to https://relief.example",
        "endorsed key": IDENTIFIER,
        "may endorse further keys": "yes",
        "purposes": "protective",
        "key commitment": "none named",
        "valid": "from 1970-01-01T00:00:00Z until 1970-01-01T00:00:01Z",
    }


def test_an_endorsement_without_issuer_and_subject_says_that_they_are_not_named() -> None:
    words = statement(Endorsement(0, 1, IDENTIFIER, False))

    assert words["statement"] == "nobody by name states that a key belongs to nobody by name"


def test_every_constraint_of_an_endorsement_is_said() -> None:
    constraints = Constraints(Purpose(0), (WEB,), frozenset(), 60)
    words = statement(Endorsement(0, 1, IDENTIFIER, False, constraints=constraints, log=(LogEntry(b"", index=1),)))

    assert words["may endorse further keys"] == "no"
    assert words["purposes"] == "none"
    assert words["only for"] == "www.relief.example"
    assert words["only through"] == "none"
    assert words["longest emblem"] == "60 seconds"
    assert words["key commitment"] == "1 log entry named"


def test_log_entries_are_counted() -> None:
    words = statement(Endorsement(0, 1, IDENTIFIER, False, log=(LogEntry(b"", index=1), LogEntry(b"", index=2))))

    assert words["key commitment"] == "2 log entries named"


def test_log_entries_of_an_unknown_kind_only_are_said_to_be_that() -> None:
    assert statement(Endorsement(0, 1, IDENTIFIER, False, log=()))["key commitment"] == (
        "only log entries of an unknown kind"
    )


def test_a_token_of_another_version_states_nothing_that_is_known() -> None:
    assert statement(UnknownVersion("2")) == {"statement": "a token in version 2, which is not known"}


def test_what_would_act_on_a_terminal_is_escaped() -> None:
    words = statement(Emblem(0, 1, (UnreadAsset("evil\x1b[2J\n\u202egro"),)))

    assert words["statement"] == "nobody by name marks evil\\u{1b}[2J\\u{a}\\u{202e}gro"


def test_a_request_says_who_asks_whom_for_what() -> None:
    purposes = Purpose.PROTECTIVE | Purpose.INDICATIVE
    request = Request(RELIEF, Organization("ministry.example"), 0, root.public_key, purposes, True, 7 * 86400)

    assert request_statement(request) == {
        "request": "https://relief.example asks https://ministry.example to endorse a key",
        "key identifier": identifier(root),
        "algorithm": "ES256",
        "may endorse further keys": "yes",
        "purposes": "protective, indicative",
        "for": "7 days",
        "made": "1970-01-01T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (86400, "1 day"),
        (90000, "25 hours"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (60, "1 minute"),
        (61, "61 seconds"),
    ],
)
def test_a_length_is_said_in_the_largest_unit_that_says_it_whole(seconds: int, text: str) -> None:
    assert length_text(seconds) == text
