"""Asking a time stamping authority over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emblem.errors import InputError
from emblem.traceability.stamps import LARGEST_RESPONSE, StampState, check_stamp
from emblem.verifier.stamping import StampError, request_stamp
from tests.support.stamping_authority import StampingAuthority, answering, der

MESSAGE = b"evidence"


def test_a_stamp_is_had_over_http(tmp_path: Path) -> None:
    authority = StampingAuthority.make(tmp_path)
    with answering(authority.respond) as address:
        stamp, time = request_stamp(address, MESSAGE)

    now = datetime.now(UTC)
    assert abs(time - now) < timedelta(minutes=5)
    assert check_stamp(stamp, MESSAGE, (der(authority.root),), now=now).state is StampState.TRUSTED


def test_only_the_digest_is_sent(tmp_path: Path) -> None:
    authority = StampingAuthority.make(tmp_path)
    seen: list[bytes] = []

    def respond(request: bytes) -> bytes:
        seen.append(request)
        return authority.respond(request)

    with answering(respond) as address:
        request_stamp(address, MESSAGE)

    assert MESSAGE not in seen[0]


@pytest.mark.parametrize("address", ["", "ftp://stamp.example/", "http://", "https://user@stamp.example/", "stamp"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="time stamping authority"):
        request_stamp(address, MESSAGE)


def test_an_authority_that_is_not_there_is_an_error() -> None:
    with answering(bytes) as address:
        pass

    with pytest.raises(StampError, match="no time stamp"):
        request_stamp(address, MESSAGE)


def test_an_error_of_the_authority_is_told() -> None:
    with answering(lambda _: b"busy", status=503) as address, pytest.raises(StampError, match="503"):
        request_stamp(address, MESSAGE)


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    with answering(lambda _: bytes(LARGEST_RESPONSE * 4)) as address, pytest.raises(StampError, match="larger"):
        request_stamp(address, MESSAGE)


def test_nonsense_is_refused() -> None:
    with answering(lambda _: b"nonsense") as address, pytest.raises(InputError, match="time stamp"):
        request_stamp(address, MESSAGE)
