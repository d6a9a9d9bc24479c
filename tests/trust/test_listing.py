"""A store is shown as it stands: in words, and as JSON for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from emblem.codec.withdrawal import Withdrawals
from emblem.trust.document import Authority, KeyEntry, Period
from emblem.trust.listing import is_refused, policy_words, scope_words, store_members
from tests.support.arrangement import MINISTRY, NOW, authority, root
from tests.trust.builders import authority_text, cose, read

KEY, OTHER = authority.public_key, root.public_key
STORE = f"""
[policy]
accept = "none"
minimum-level = "organizational"
required-authorities = ["{MINISTRY}"]
formats = ["jws", "cwt"]
clock-skew = "2m"
require-dnssec = true

[[authority]]
organization = "{MINISTRY}"
name = "Ministry"
purposes = ["protective"]
names = ["example.org"]
valid-from = 2026-01-01T00:00:00Z
keys = [{{ key = "{cose(authority)}", valid-until = 2027-01-01T00:00:00Z, note = "old" }}]

[[authority]]
keys = ['''{OTHER.to_pem()}''']

[[refused]]
key = "{OTHER.jwk_thumbprint}"
note = "stolen"
[[refused]]
token = "{"ab" * 32}"
[[refused]]
organization = "https://impostor.example"

[[withdrawals]]
file = "ministry.list"
"""


def test_json_has_everything_that_a_store_says() -> None:
    withdrawals = Withdrawals(MINISTRY, NOW, frozenset([KEY.cose_thumbprint]), frozenset([bytes(32)]))

    members = store_members(read(STORE), [withdrawals])

    assert json.loads(json.dumps(members)) == {
        "schema": "emblem.trust/1",
        "store": "trust.toml",
        "policy": {
            "accept": None,
            "minimum_level": "organizational",
            "required_authorities": [str(MINISTRY)],
            "formats": ["cwt", "jws"],
            "clock_skew": 120,
            "require_dnssec": True,
        },
        "authorities": [
            {
                "organization": str(MINISTRY),
                "name": "Ministry",
                "note": None,
                "provenance": None,
                "purposes": ["protective"],
                "names": ["example.org"],
                "keys": [
                    {
                        "key_identifier": KEY.cose_thumbprint,
                        "jwk_key_identifier": KEY.jwk_thumbprint,
                        "key_type": "P-256",
                        "algorithm": "ES256",
                        "note": "old",
                        "valid_from": "2026-01-01T00:00:00Z",
                        "valid_until": "2027-01-01T00:00:00Z",
                        "refused": False,
                    }
                ],
                "certificates": [],
            },
            {
                "organization": None,
                "name": None,
                "note": None,
                "provenance": None,
                "purposes": None,
                "names": None,
                "keys": [
                    {
                        "key_identifier": OTHER.cose_thumbprint,
                        "jwk_key_identifier": OTHER.jwk_thumbprint,
                        "key_type": "P-256",
                        "algorithm": None,
                        "note": None,
                        "valid_from": None,
                        "valid_until": None,
                        "refused": True,
                    }
                ],
                "certificates": [],
            },
        ],
        "refused": [
            {"key": OTHER.jwk_thumbprint, "token": None, "organization": None, "note": "stolen"},
            {"key": None, "token": "ab" * 32, "organization": None, "note": None},
            {"key": None, "token": None, "organization": "https://impostor.example", "note": None},
        ],
        "withdrawals": [
            {
                "file": "ministry.list",
                "note": None,
                "organization": str(MINISTRY),
                "issued_at": "2027-03-01T12:00:00Z",
                "keys": [KEY.cose_thumbprint],
                "tokens": ["00" * 32],
            }
        ],
        "stamp_authorities": [],
        "log_list": None,
        "logs": [],
    }


def test_the_policy_in_words_is_what_was_stated() -> None:
    assert policy_words(read(STORE).policy) == (
        "accept none",
        "minimum-level organizational",
        f"required-authorities {MINISTRY}",
        "formats cwt, jws",
        "clock-skew 120 s",
        "require-dnssec yes",
    )
    assert policy_words(read("[policy]\nrequire-dnssec = false").policy) == ("require-dnssec no",)
    assert policy_words(read("").policy) == ()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "everything"),
        ({"purposes": '["protective", "indicative"]'}, "protective, indicative"),
        ({"names": '["example.org", "example.net"]'}, "names under example.org, example.net"),
        ({"valid_from": "2027-01-01T00:00:00Z"}, "from 2027-01-01T00:00:00Z"),
        (
            {"purposes": '["protective"]', "valid_until": "2027-01-01T05:30:00+05:30"},
            "protective; until 2027-01-01T00:00:00Z",
        ),
    ],
)
def test_a_scope_is_put_into_words(fields: dict[str, str], words: str) -> None:
    (found,) = read(authority_text(authority, organization=MINISTRY, **fields)).authorities

    assert scope_words(found, found.keys[0]) == words


def test_the_words_of_a_key_name_its_own_period_where_that_is_narrower() -> None:
    end = datetime(2026, 6, 1, tzinfo=UTC)
    found = Authority(MINISTRY, (KeyEntry(KEY, Period(end=end)),), period=Period(end=datetime(2027, 1, 1, tzinfo=UTC)))

    assert scope_words(found, found.keys[0]) == "until 2026-06-01T00:00:00Z"


def test_a_key_is_refused_by_either_of_its_identifiers() -> None:
    document = read(STORE)

    assert [is_refused(one.keys[0], document) for one in document.authorities] == [False, True]
