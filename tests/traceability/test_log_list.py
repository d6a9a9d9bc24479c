"""Log lists are read strictly, and know how old they are."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import EmblemError, MalformedError, UnknownAlgorithmError
from emblem.traceability.log_list import (
    LARGEST_LOG_LIST,
    MOST_LOGS,
    OLDEST_LOG_LIST,
    Interval,
    LogKind,
    LogPurpose,
    LogState,
    decode_log_list,
    shipped_log_list,
)
from tests.traceability.builders import ELM, OAK, base64, log_list

TILED = {
    "url": None,
    "submission_url": "https://elm.example/2026/",
    "monitoring_url": "https://tiles.example/elm/",
    "mmd": 60,
}


def test_a_log_has_what_the_list_says_of_it() -> None:
    (log,) = decode_log_list("list", log_list(OAK.listed())).logs

    assert (log.description, log.operator, log.log_id) == ("oak 2026", "Operator", OAK.log_id)
    assert (log.kind, log.purpose) == (LogKind.RFC_6962, LogPurpose.PRODUCTION)
    assert log.submission_address == log.monitoring_address == "https://oak.example/2026/"
    assert log.merge_delay == timedelta(days=1)
    assert (log.state, log.state_since) == (LogState.USABLE, datetime(2026, 1, 1, tzinfo=UTC))
    assert log.expiries == Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))


def test_a_static_log_has_an_address_to_write_to_and_one_to_read_from() -> None:
    (log,) = decode_log_list("list", log_list(tiled=(ELM.listed(**TILED),))).logs

    assert log.kind is LogKind.STATIC
    assert (log.submission_address, log.monitoring_address) == (TILED["submission_url"], TILED["monitoring_url"])


def test_what_a_list_may_leave_out_is_none() -> None:
    (log,) = decode_log_list("list", log_list(OAK.listed(state=None, temporal_interval=None))).logs

    assert (log.state, log.state_since, log.expiries) == (None, None, None)


def test_a_list_from_before_there_were_static_logs_is_read() -> None:
    operators = [{"name": "Operator", "logs": [OAK.listed()]}]

    assert [log.log_id for log in decode_log_list("list", log_list(operators=operators)).logs] == [OAK.log_id]


def test_members_that_the_schema_may_add_are_ignored() -> None:
    assert decode_log_list("list", log_list(OAK.listed(news=[1]), news={})).logs


@pytest.mark.parametrize("state", list(LogState))
def test_every_state_of_the_schema_is_known(state: LogState) -> None:
    tree_head = {"sha256_root_hash": "AAAA", "tree_size": 7}
    stated = {str(state): {"timestamp": "2026-01-01T00:00:00Z", "final_tree_head": tree_head}}

    (log,) = decode_log_list("list", log_list(OAK.listed(state=stated))).logs

    assert log.state is state


@pytest.mark.parametrize("purpose", list(LogPurpose))
def test_every_purpose_of_the_schema_is_known(purpose: LogPurpose) -> None:
    (log,) = decode_log_list("list", log_list(OAK.listed(log_type=str(purpose)))).logs

    assert log.purpose is purpose


def test_a_log_is_found_by_its_name() -> None:
    logs = decode_log_list("list", log_list(OAK.listed(), tiled=(ELM.listed(**TILED),)))

    assert [log and log.log_id for log in map(logs.find, (ELM.log_id, OAK.log_id, bytes(32)))] == [
        ELM.log_id,
        OAK.log_id,
        None,
    ]


def test_a_list_is_too_old_after_the_limit_and_not_at_it() -> None:
    logs = decode_log_list("list", log_list())
    limit = timedelta(days=70)

    assert not logs.too_old(logs.timestamp + limit, limit)
    assert logs.too_old(logs.timestamp + limit + timedelta(seconds=1), limit)
    assert not logs.too_old(logs.timestamp - limit, limit)


# what is refused


@pytest.mark.parametrize(
    "changes",
    [
        {"description": None},
        {"description": 7},
        {"description": "x" * 1001},
        {"log_id": None},
        {"log_id": "AAAA"},
        {"log_id": base64(ELM.log_id)},
        {"log_id": base64(OAK.log_id).rstrip("=")},
        {"key": None},
        {"key": "AAAA"},
        {"key": base64(ELM.spki)},
        {"key": base64(OAK.spki + b"\0")},
        {"url": None},
        {"mmd": None},
        {"mmd": 0},
        {"mmd": True},
        {"mmd": 10**10},
        {"mmd": "86400"},
        {"log_type": "other"},
        {"log_type": ["test"]},
        {"state": "usable"},
        {"state": {}},
        {"state": {"future": {"timestamp": "2026-01-01T00:00:00Z"}}},
        {"state": {name: {"timestamp": "2026-01-01T00:00:00Z"} for name in ("usable", "retired")}},
        {"state": {"usable": {}}},
        {"state": {"usable": {"timestamp": "yesterday"}}},
        {"state": {"usable": {"timestamp": 7}}},
        {"temporal_interval": []},
        {"temporal_interval": {"start_inclusive": "2026-01-01T00:00:00Z"}},
        {
            "temporal_interval": {
                "start_inclusive": "2026-01-01T00:00:00Z",
                "end_exclusive": "2026-01-01T00:00:00Z",
            }
        },
    ],
    ids=lambda changes: json.dumps(changes)[:60],
)
def test_a_log_with_a_wrong_member_makes_the_list_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedError, match="list"):
        decode_log_list("list", log_list(OAK.listed(**changes)))


def test_an_error_names_the_operator_and_the_log() -> None:
    with pytest.raises(MalformedError) as caught:
        decode_log_list("list", log_list(OAK.listed(mmd=0)))

    assert str(caught.value) == "list: Operator: oak 2026: mmd: found 0, expected a number of seconds"


def test_a_static_log_without_an_address_to_read_from_is_malformed() -> None:
    with pytest.raises(MalformedError, match="monitoring_url"):
        decode_log_list("list", log_list(tiled=(ELM.listed(**(TILED | {"monitoring_url": None})),)))


def test_a_key_that_no_log_may_have_makes_the_list_unusable() -> None:
    unknown = OAK.spki.replace(bytes.fromhex("2a8648ce3d0201"), bytes.fromhex("2a8648ce3d027f"))
    log_id = base64(hashlib.sha256(unknown).digest())

    with pytest.raises(UnknownAlgorithmError, match="oak 2026: key"):
        decode_log_list("list", log_list(OAK.listed(key=base64(unknown), log_id=log_id)))


@pytest.mark.parametrize("tiled", [(), (OAK.listed(**TILED),)], ids=["same kind", "another kind"])
def test_a_log_that_is_listed_twice_makes_the_list_malformed(tiled: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(MalformedError, match="oak 2026 twice"):
        decode_log_list("list", log_list(OAK.listed(), *(() if tiled else (OAK.listed(),)), tiled=tiled))


@pytest.mark.parametrize(
    "changes",
    [
        {"log_list_timestamp": None},
        {"log_list_timestamp": "2026-03-01"},
        {"operators": None},
        {"operators": {}},
        {"operators": [7]},
        {"operators": [{"logs": []}]},
        {"operators": [{"name": "Operator"}]},
        {"operators": [{"name": "Operator", "logs": {}}]},
        {"operators": [{"name": "Operator", "logs": [7]}]},
        {"operators": [{"name": "Operator", "logs": [], "tiled_logs": 7}]},
    ],
    ids=lambda changes: json.dumps(changes)[:60],
)
def test_a_list_with_a_wrong_member_is_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedError, match="list"):
        decode_log_list("list", log_list(**changes))


def test_a_list_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(MalformedError, match=f"{LARGEST_LOG_LIST} bytes at the most"):
        decode_log_list("list", b" " * (LARGEST_LOG_LIST + 1))


def test_a_list_of_too_many_logs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emblem.traceability.log_list.MOST_LOGS", 1)

    with pytest.raises(MalformedError, match="more than 1 logs"):
        decode_log_list("list", log_list(OAK.listed(), ELM.listed()))
    assert MOST_LOGS > 1000


@given(st.binary())
def test_random_bytes_raise_only_our_errors(data: bytes) -> None:
    with pytest.raises(EmblemError):
        decode_log_list("list", data)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from([*OAK.listed(), "log_type"]), _JSON, min_size=1))
def test_random_logs_raise_only_our_errors(changes: dict[str, Any]) -> None:
    try:
        decode_log_list("list", log_list(OAK.listed() | changes))
    except EmblemError:
        return


# the list that is shipped


def test_the_shipped_list_is_read_whole() -> None:
    logs = shipped_log_list()

    assert logs.timestamp == datetime(2025, 5, 23, 12, 54, 15, tzinfo=UTC)
    assert len(logs.logs) == 184
    assert sum(log.kind is LogKind.STATIC for log in logs.logs) == 9
    assert sum(log.purpose is LogPurpose.TEST for log in logs.logs) == 20


def test_the_shipped_list_is_too_old_to_be_relied_on() -> None:
    assert shipped_log_list().too_old(datetime(2026, 1, 1, tzinfo=UTC), OLDEST_LOG_LIST)
