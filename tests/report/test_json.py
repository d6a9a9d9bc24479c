"""The verdict as a line of JSON, in the published schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emblem.codec.jwk import write_jwk
from emblem.model.sign import Sign
from emblem.model.token import LogEntry
from emblem.model.verdict import Verdict
from emblem.report.json import verdict_line, verdict_members
from tests.support.arrangement import (
    HOSPITAL,
    JWS,
    MINISTRY,
    authority,
    bound,
    chain,
    identifier,
    judged,
    root,
    signing,
    trusting,
)
from tests.support.naming import ihle_lines, serving, verify_waiting
from tests.support.raw import jws_emblem_claims, jws_token

ENDORSED = chain(root, signing).emblem(sign=Sign.RED_CROSS).endorsed_by(authority)
FINDING = {
    "status", "level", "trusted", "sign", "purposes", "issuer", "endorsed_by", "assets", "not_before", "expires",
    "format", "commitment", "reasons",
}  # fmt: skip


def members(verdict: Verdict) -> dict[str, Any]:
    found = json.loads(verdict_line(verdict))
    assert found == verdict_members(verdict)
    assert isinstance(found, dict)
    return found


def test_it_has_every_member_of_the_contract() -> None:
    told = members(ENDORSED.judged(trust=trusting(bound(authority, MINISTRY))))

    assert set(told) >= FINDING | {"schema", "target", "at", "dnssec", "discovery", "sets"}
    assert set(told["sets"][0]) >= FINDING | {"carriage", "owner", "set", "tokens", "chain"}
    assert told | {"sets": [], "reasons": []} == {
        "schema": "emblem.verdict/1",
        "target": HOSPITAL,
        "at": "2027-03-01T12:00:00Z",
        "status": "protected",
        "level": "endorsed",
        "trusted": True,
        "sign": "red-cross",
        "purposes": ["protective"],
        "issuer": "https://relief.example",
        "endorsed_by": ["https://ministry.example"],
        "assets": [HOSPITAL],
        "not_before": "2027-02-28T12:00:00Z",
        "expires": "2027-03-07T12:00:00Z",
        "format": "cwt",
        "commitment": "vouched",
        "dnssec": "not-checked",
        "discovery": None,
        "needs": [],
        "reasons": [],
        "sets": [],
    }


def test_tokens_and_chain_are_told() -> None:
    (one,) = members(ENDORSED.judged(trust=trusting(bound(authority, MINISTRY))))["sets"]

    assert [(token["kind"], token["used"], token["dropped"]) for token in one["tokens"]] == [
        ("emblem", True, None),
        ("endorsement", True, None),
        ("endorsement", True, None),
    ]
    assert one["tokens"][1] | {"not_before": "", "expires": ""} == {
        "kind": "endorsement",
        "key_identifier": identifier(root),
        "algorithm": "ES256",
        "issuer": "https://relief.example",
        "subject": "https://relief.example",
        "endorsed_key": identifier(signing),
        "may_endorse": True,
        "purposes": ["protective"],
        "assets": None,
        "logs": 1,
        "not_before": "",
        "expires": "",
        "used": True,
        "dropped": None,
    }
    assert [(entry["role"], entry["token"], entry["trusted"], entry["commitment"]) for entry in one["chain"]] == [
        ("emblem", 0, False, "not-applicable"),
        ("endorsement", 1, False, "vouched"),
        ("authority", 2, True, "trusted"),
    ]


def test_a_reason_has_a_code_a_severity_a_message_and_perhaps_a_token() -> None:
    told = members(judged(b"\xd8"))

    assert [set(reason) for reason in told["reasons"]] == [
        {"code", "severity", "message", "token"},
        {"code", "severity", "message"},
    ]
    assert told["reasons"][0]["token"] == 0
    assert told["sets"][0]["tokens"][0]["kind"] == "unreadable"


def test_a_verdict_without_an_emblem_has_null_where_there_is_nothing() -> None:
    told = members(judged())

    assert [told[name] for name in ("sign", "issuer", "not_before", "expires", "format")] == [None] * 5
    assert told["sets"] == []


def test_what_is_needed_is_told() -> None:
    log = (LogEntry(bytes(32), leaf_hash=b"\1" * 32), LogEntry(b"\2" * 32, index=7))

    (need,) = members(chain(root, signing, log=log).emblem().judged())["needs"]

    assert need == {
        "need": "commitment",
        "key_identifier": identifier(root),
        "organization": "https://relief.example",
        "log": [{"id": "00" * 32, "hash": "01" * 32}, {"id": "02" * 32, "index": 7}],
    }


def test_addresses_that_are_needed_are_told() -> None:
    told = members(chain(signing, issuer=None, form=JWS).emblem("[192.0.2.1]").judged())

    assert told["needs"] == [{"need": "addresses", "name": HOSPITAL}]


def test_the_discovery_of_a_live_verdict_is_told() -> None:
    with serving(*ihle_lines(HOSPITAL, ENDORSED.records)) as server:
        told = members(verify_waiting(HOSPITAL, server.address))

    assert told["sets"][0]["carriage"] == "ihle"
    assert (told["sets"][0]["owner"], told["sets"][0]["type"]) == (HOSPITAL, 65297)
    assert told["discovery"]["not_asked"] == []
    assert [set(query) for query in told["discovery"]["queries"]] == [
        {"name", "type", "outcome", "server", "detail"}
    ] * 5


@pytest.mark.parametrize("hostile", ["\n", "\r", "\u2028", "\u0085", "\x1b[2J", "\u202e", "\x9b2J", "\x7f", '"', "\\"])
def test_a_verdict_is_one_line_of_visible_characters_whatever_the_token_says(hostile: str) -> None:
    verdict = judged(jws_token(jws_emblem_claims(HOSPITAL, hostile), header="x", jwk=_jwk()))

    line = verdict_line(verdict)

    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert hostile in json.loads(line)["sets"][0]["tokens"][0]["assets"]


def _jwk() -> dict[str, str]:
    return write_jwk(signing.public_key)


@pytest.mark.parametrize("date", [10**400, -(10**400), 1e308, -1e308])
def test_dates_of_any_size_are_told(date: float) -> None:
    told = members(judged(jws_token(jws_emblem_claims(exp=date, iss=None), jwk=_jwk())))

    assert told["sets"][0]["tokens"][0]["expires"] in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z")
