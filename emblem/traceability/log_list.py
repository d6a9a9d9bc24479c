"""Lists of logs: their keys, addresses and states (the log list of Certificate Transparency, schema of version 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from emblem.codec.base64 import decode_base64
from emblem.codec.strict_json import decode_object, take_object
from emblem.errors import InputError, MalformedError
from emblem.model.display import excerpt
from emblem.model.time import date_text, numeric_date, parse_time
from emblem.traceability.log_key import LogKey

LARGEST_LOG_LIST = 4 * 1024 * 1024
"""Bytes of a list."""
MOST_LOGS = 4096
"""Logs in a list."""
OLDEST_LOG_LIST = timedelta(days=70)
"""After so long a list lacks logs that are in use; Chrome stops to rely on one after ten weeks, too."""

# The standard way to the files of a package, importlib.resources, takes longer to load than the list to read.
_SHIPPED = Path(__file__).parent / "data" / "log_list.json"
_LARGEST_DELAY = 10**9
_LONGEST_TEXT = 1000


class LogKind(StrEnum):
    """How a log is read."""

    RFC_6962 = "rfc6962"
    STATIC = "static"


class LogState(StrEnum):
    """What a list says of the standing of a log; in the order in which a log passes through them."""

    PENDING = "pending"
    QUALIFIED = "qualified"
    USABLE = "usable"
    READ_ONLY = "readonly"
    RETIRED = "retired"
    REJECTED = "rejected"


class LogPurpose(StrEnum):
    """What a log is for."""

    PRODUCTION = "prod"
    TEST = "test"
    MONITORING_ONLY = "monitoring_only"


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` until before ``end``."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Log:
    """A log, as a list describes it.

    ``submission_address`` and ``monitoring_address`` are the prefixes of the URLs for writing and for reading, which
    are the same for a log of RFC 6962. ``merge_delay`` is how long it may take to include what it promised. ``state``
    is in force since ``state_since``; both are None where the list does not say. ``expiries`` are the dates within
    which a certificate must expire to be included; None where there is no such limit.
    """

    description: str
    operator: str
    kind: LogKind
    purpose: LogPurpose
    key: LogKey
    submission_address: str
    monitoring_address: str
    merge_delay: timedelta
    state: LogState | None
    state_since: datetime | None
    expiries: Interval | None
    given: bool = False

    @property
    def log_id(self) -> bytes:
        """The 32 bytes that name it."""
        return self.key.log_id

    def distrust(self, at: datetime | None = None) -> str | None:
        """Why the list does not rely on what the log showed at a time, or ever; None where it does."""
        if self.purpose is LogPurpose.TEST:
            return "it is a log for tests"
        if self.state is LogState.REJECTED:
            return "it was rejected"
        if (
            self.state is LogState.RETIRED
            and at is not None
            and self.state_since is not None
            and at >= self.state_since
        ):
            return f"it was retired at {date_text(numeric_date(self.state_since))}"
        return None


@dataclass(frozen=True)
class LogList:
    """Logs, as they were known at a time."""

    timestamp: datetime
    logs: tuple[Log, ...]

    def find(self, log_id: bytes) -> Log | None:
        """The log of that name, or None."""
        return self._by_id.get(log_id)

    def newer(self, other: LogList) -> LogList:
        """The newer one of two lists, with the logs that were given beside this one."""
        if other.timestamp <= self.timestamp:
            return self
        return other.with_logs(log for log in self.logs if log.given)

    def with_logs(self, given: Iterable[Log]) -> LogList:
        """The same list with further logs; of two with the same name the given one counts."""
        return LogList(self.timestamp, tuple((self._by_id | {log.log_id: log for log in given}).values()))

    def too_old(self, at: datetime, limit: timedelta) -> bool:
        """Whether the list was older than a limit at a time."""
        return at - self.timestamp > limit

    @cached_property
    def _by_id(self) -> dict[bytes, Log]:
        return {log.log_id: log for log in self.logs}


def shipped_log_list() -> LogList:
    """Read the list that comes with this package. It is as old as its timestamp says."""
    return decode_log_list("shipped log list", _SHIPPED.read_bytes())


def decode_log_list(field: str, data: bytes) -> LogList:
    """Read a list in JSON. Members that the schema may add later are ignored; its signature is not looked at.

    Args:
        field: what the data is, for the errors.
        data: the list.

    Raises:
        MalformedError: it is too large or something else, the name of a log is not the SHA-256 of its key, or two logs
            have the same.
        UnknownAlgorithmError: a key is of a kind that logs must not have.
    """
    if len(data) > LARGEST_LOG_LIST:
        raise MalformedError(field, f"{len(data)} bytes", f"{LARGEST_LOG_LIST} bytes at the most")
    members = decode_object(field, data)
    timestamp = _take_time(members, "log_list_timestamp", field)
    logs: dict[bytes, Log] = {}
    for log in _read_operators(members, field):
        if log.log_id in logs:
            raise MalformedError(field, f"the log {excerpt(log.description)} twice", "each log once")
        if len(logs) == MOST_LOGS:
            raise MalformedError(field, f"more than {MOST_LOGS} logs", f"{MOST_LOGS} at the most")
        logs[log.log_id] = log
    return LogList(timestamp, tuple(logs.values()))


def _read_operators(members: Mapping[str, Any], field: str) -> Iterator[Log]:
    for entry in _take_array(members, "operators", field):
        operator = take_object(f"{field}: operator", entry)
        name = _take_text(operator, "name", f"{field}: operator")
        where = f"{field}: {excerpt(name)}"
        for log in _take_array(operator, "logs", where):
            yield _read_log(log, LogKind.RFC_6962, name, where)
        # Lists from before there were such logs lack the member.
        if "tiled_logs" in operator:
            for log in _take_array(operator, "tiled_logs", where):
                yield _read_log(log, LogKind.STATIC, name, where)


def _read_log(entry: object, kind: LogKind, operator: str, where: str) -> Log:
    members = take_object(f"{where}: log", entry)
    description = _take_text(members, "description", f"{where}: log")
    where = f"{where}: {excerpt(description)}"
    key = LogKey.decode(f"{where}: key", _take_bytes(members, "key", where))
    log_id = _take_bytes(members, "log_id", where)
    if log_id != key.log_id:
        raise MalformedError(f"{where}: log_id", log_id.hex(), f"the SHA-256 of its key, {key.log_id.hex()}")
    static = kind is LogKind.STATIC
    state, since = _read_state(members, where)
    return Log(
        description=description,
        operator=operator,
        kind=kind,
        purpose=_take_purpose(members, where),
        key=key,
        submission_address=_take_text(members, "submission_url" if static else "url", where),
        monitoring_address=_take_text(members, "monitoring_url" if static else "url", where),
        merge_delay=_take_delay(members, where),
        state=state,
        state_since=since,
        expiries=_read_interval(members, where),
    )


def _read_state(members: Mapping[str, Any], where: str) -> tuple[LogState | None, datetime | None]:
    if "state" not in members:
        return None, None
    field = f"{where}: state"
    states = take_object(field, members["state"])
    if len(states) != 1 or not states.keys() <= set(LogState):
        raise MalformedError(field, excerpt(", ".join(states) or "nothing"), f"one of {', '.join(LogState)}")
    (name,) = states
    return LogState(name), _take_time(take_object(field, states[name]), "timestamp", field)


def _read_interval(members: Mapping[str, Any], where: str) -> Interval | None:
    if "temporal_interval" not in members:
        return None
    field = f"{where}: temporal_interval"
    dates = take_object(field, members["temporal_interval"])
    interval = Interval(_take_time(dates, "start_inclusive", field), _take_time(dates, "end_exclusive", field))
    if interval.start >= interval.end:
        raise MalformedError(field, "an end that is not after the start", "a later end")
    return interval


def _take_purpose(members: Mapping[str, Any], where: str) -> LogPurpose:
    value = members.get("log_type", LogPurpose.PRODUCTION.value)
    if value not in list(LogPurpose):
        raise MalformedError(f"{where}: log_type", excerpt(value), f"one of {', '.join(LogPurpose)}")
    return LogPurpose(value)


def _take_delay(members: Mapping[str, Any], where: str) -> timedelta:
    value = members.get("mmd")
    if type(value) is not int or not 0 < value <= _LARGEST_DELAY:
        raise MalformedError(f"{where}: mmd", excerpt(value), "a number of seconds")
    return timedelta(seconds=value)


def _take_bytes(members: Mapping[str, Any], name: str, where: str) -> bytes:
    return decode_base64(f"{where}: {name}", _take_text(members, name, where))


def _take_time(members: Mapping[str, Any], name: str, where: str) -> datetime:
    try:
        return parse_time(_take_text(members, name, where))
    except InputError as error:
        raise MalformedError(f"{where}: {name}", error.found, error.expected) from error


def _take_text(members: Mapping[str, Any], name: str, where: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise MalformedError(f"{where}: {name}", excerpt(value), f"a text of {_LONGEST_TEXT} characters at the most")
    return value


def _take_array(members: Mapping[str, Any], name: str, where: str) -> list[Any]:
    value = members.get(name)
    if not isinstance(value, list):
        raise MalformedError(f"{where}: {name}", excerpt(value), "an array")
    return value
