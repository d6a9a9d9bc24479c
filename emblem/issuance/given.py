"""The list of what an organization has endorsed and taken back: a plain file, one JSON object a line, only appended to.

A line is on the disk before what it lists is handed out. So a last line that was cut off listed nothing that anybody
has, and is dropped by whoever appends next.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from emblem.codec.cwt import decode_token
from emblem.codec.strict_json import decode_object
from emblem.errors import InputError, RequestError
from emblem.keys.files import read_file
from emblem.model.organization import Organization
from emblem.model.purpose import NO_PURPOSE
from emblem.model.time import date_text
from emblem.model.token import Endorsement, NumericDate

FILE_NAME = "given"
"""What the file is called in a workspace."""

LARGEST_LIST = 256 * 1024 * 1024
"""Bytes of the file: some hundred thousand endorsements."""

_MODE = 0o644
_TAIL = 64 * 1024
_MEMBERS = frozenset({"at", "endorsed", "request", "token"})
_WITHDRAWN_MEMBERS = frozenset({"at", "withdrawn", "reason"})


@dataclass(frozen=True, slots=True)
class Given:
    """An endorsement that was given.

    Args:
        at: when it was signed, RFC 3339.
        request: the digest of the request that it answers, None where it was given without one.
        token: the record data.
        endorsement: what it states.
    """

    at: str
    request: bytes | None
    token: bytes
    endorsement: Endorsement

    @property
    def digest(self) -> bytes:
        """What names the token in a withdrawal list: SHA-256 of the bytes under its signature."""
        return sha256(decode_token(self.token).signed).digest()


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A statement that was taken back: every endorsement of a key, or one token by its digest.

    ``reason`` is for those who keep the list; it is not published.
    """

    at: str
    key: str | None
    token: bytes | None
    reason: str


@dataclass(frozen=True, slots=True)
class GivenList:
    """The whole list, in the order in which it was written."""

    given: tuple[Given, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()

    def answered(self, request: bytes) -> Given | None:
        """What was given in answer to the request with a digest, or None."""
        return next((one for one in self.given if one.request == request), None)

    def of_key(self, key: str) -> tuple[Given, ...]:
        """What was given of a key."""
        return tuple(one for one in self.given if one.endorsement.key == key)

    def of_subject(self, subject: Organization) -> tuple[Given, ...]:
        """What was given to an organization."""
        return tuple(one for one in self.given if one.endorsement.subject == subject)

    def stands(self, one: Given) -> bool:
        """Whether it was not taken back."""
        return not any(
            each.key == one.endorsement.key or (each.token is not None and each.token == one.digest)
            for each in self.withdrawn
        )


def list_given(token: bytes, request: bytes | None, at: NumericDate) -> Given:
    """The entry of an endorsement that was signed.

    Raises:
        RequestError: the token is no endorsement.
    """
    claims = decode_token(token).claims
    if not isinstance(claims, Endorsement):
        raise RequestError("token", "another kind of token", "an endorsement")
    return Given(date_text(at), request, token, claims)


def read_given(path: Path) -> GivenList:
    """Read a list; a missing file is an empty one.

    Raises:
        RequestError: a line that is whole is damaged; the error names it.
        InputError: the file cannot be read.
    """
    if not path.exists():
        return GivenList()
    data = read_file(path, LARGEST_LIST)
    whole = data[: data.rfind(b"\n") + 1]
    given: list[Given] = []
    withdrawn: list[Withdrawn] = []
    for number, line in enumerate(whole.splitlines(), start=1):
        entry = _read_line(f"{path}, line {number}", line)
        if isinstance(entry, Given):
            given.append(entry)
        else:
            withdrawn.append(entry)
    return GivenList(tuple(given), tuple(withdrawn))


def append_given(path: Path, entries: Iterable[Given | Withdrawn]) -> None:
    """Append to a list, safely on the disk when this returns; a last line that was cut off is dropped first.

    Nobody else may append at the same time: the caller holds the workspace's lock.

    Raises:
        OSError: the file cannot be written; it then ends in what was whole.
    """
    lines = b"".join(json.dumps(_members(entry), ensure_ascii=False).encode() + b"\n" for entry in entries)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
    with os.fdopen(descriptor, "r+b") as file:
        end = _whole_end(file)
        try:
            file.seek(end)
            file.truncate()
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            os.ftruncate(file.fileno(), end)
            raise


def _whole_end(file: BinaryIO) -> int:
    """Where the last whole line ends."""
    size = file.seek(0, os.SEEK_END)
    for start in (max(0, size - _TAIL), 0):
        file.seek(start)
        newline = file.read().rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
    return 0


def _members(entry: Given | Withdrawn) -> Mapping[str, Any]:
    if isinstance(entry, Withdrawn):
        what = {"key": entry.key} if entry.key is not None else {"token": (entry.token or b"").hex()}
        return {"at": entry.at, "withdrawn": what, "reason": entry.reason}
    stated = entry.endorsement
    return {
        "at": entry.at,
        "endorsed": {
            "subject": None if stated.subject is None else str(stated.subject),
            "issuer": None if stated.issuer is None else str(stated.issuer),
            "key": stated.key,
            "purposes": list((stated.constraints.purposes or NO_PURPOSE).slugs),
            "may_endorse": stated.may_endorse,
            "not_before": date_text(stated.not_before),
            "expires": date_text(stated.expires),
        },
        "request": None if entry.request is None else entry.request.hex(),
        "token": entry.token.hex(),
    }


def _read_line(field: str, line: bytes) -> Given | Withdrawn:
    try:
        members = decode_object(field, line)
        at = _text(members, "at")
        if set(members) == _WITHDRAWN_MEMBERS:
            what = members["withdrawn"]
            if not isinstance(what, dict) or len(what) != 1:
                raise ValueError("withdrawn")
            key, token = what.get("key"), what.get("token")
            if not isinstance(key or token, str):
                raise ValueError("withdrawn")
            return Withdrawn(at, key, None if token is None else bytes.fromhex(token), _text(members, "reason"))
        if set(members) != _MEMBERS:
            raise ValueError(f"the members {', '.join(members)}")
        request = members["request"]
        token_data = bytes.fromhex(_text(members, "token"))
        claims = decode_token(token_data).claims
        if not isinstance(claims, Endorsement):
            raise ValueError("another kind of token")
        entry = Given(at, None if request is None else bytes.fromhex(_text(members, "request")), token_data, claims)
        if members["endorsed"] != _members(entry)["endorsed"]:
            raise ValueError("an entry that says other than its token")
    except (ValueError, KeyError, InputError) as error:
        expected = "a line as it was written: restore the file from a copy"
        raise RequestError(field, f"a damaged line ({error})", expected) from error
    return entry


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members[name]
    if not isinstance(value, str):
        raise ValueError(name)
    return value
