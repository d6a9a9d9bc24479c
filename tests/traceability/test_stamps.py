"""Time stamps over evidence: what one is worth, to whom, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from emblem.errors import InputError, MalformedError
from emblem.traceability.stamps import (
    LARGEST_AUTHORITIES,
    LARGEST_RESPONSE,
    StampRequest,
    StampState,
    accept_response,
    check_stamp,
    make_request,
    read_stamp,
    read_stamp_authorities,
)
from tests.support.stamping_authority import StampingAuthority, der

MESSAGE = b"evidence"


def present() -> datetime:
    """The present, at which the authority of these tests stamps, however long ago they began."""
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> StampingAuthority:
    return StampingAuthority.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> StampingAuthority:
    return StampingAuthority.make(tmp_path_factory.mktemp("other"))


@pytest.fixture(scope="module")
def request_(authority: StampingAuthority) -> StampRequest:
    assert authority.root
    return make_request(MESSAGE)


@pytest.fixture(scope="module")
def stamp(authority: StampingAuthority, request_: StampRequest) -> bytes:
    return authority.respond(request_.data)


def test_a_stamp_by_an_authority_under_a_trusted_root_counts(authority: StampingAuthority, stamp: bytes) -> None:
    found = check_stamp(stamp, MESSAGE, (der(authority.root),), now=present() + timedelta(days=1))

    assert found.state is StampState.TRUSTED
    assert found.time is not None
    assert abs(found.time - present()) < timedelta(minutes=10)


def test_it_counts_years_later_too(authority: StampingAuthority, stamp: bytes) -> None:
    later = present() + timedelta(days=36500)

    assert check_stamp(stamp, MESSAGE, (der(authority.root),), now=later).state is StampState.TRUSTED


def test_a_stamp_by_somebody_else_does_not_count(other: StampingAuthority, stamp: bytes) -> None:
    assert check_stamp(stamp, MESSAGE, (der(other.root),), now=present()).state is StampState.UNTRUSTED


def test_without_trust_a_stamp_only_says_something(stamp: bytes) -> None:
    found = check_stamp(stamp, MESSAGE, (), now=present())

    assert found.state is StampState.UNTRUSTED
    assert found.time_text.startswith("20")
    assert read_stamp(stamp, MESSAGE) == found


def test_a_stamp_of_something_else_is_invalid_whoever_made_it(authority: StampingAuthority, stamp: bytes) -> None:
    found = check_stamp(stamp, b"other evidence", (der(authority.root),), now=present())

    assert (found.state, found.detail) == (StampState.INVALID, "it is of other evidence: something was changed since")


def test_a_stamp_whose_time_has_not_come_is_invalid(authority: StampingAuthority, stamp: bytes) -> None:
    found = check_stamp(stamp, MESSAGE, (der(authority.root),), now=present() - timedelta(hours=1))

    assert found.state is StampState.INVALID
    assert "has not come" in found.detail


def test_nothing_is_no_stamp() -> None:
    assert check_stamp(None, MESSAGE, (), now=present()).state is StampState.NONE


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"0\x82\xff\xff", b"text" * 100, bytes(LARGEST_RESPONSE + 1)])
def test_what_cannot_be_read_is_invalid(data: bytes) -> None:
    assert check_stamp(data, MESSAGE, (), now=present()).state is StampState.INVALID


def test_a_refusal_is_no_stamp() -> None:
    refusal = bytes.fromhex("30053003020102")

    assert check_stamp(refusal, MESSAGE, (), now=present()).state is StampState.INVALID


def test_a_stamp_that_was_changed_never_says_another_time(authority: StampingAuthority, stamp: bytes) -> None:
    roots = (der(authority.root),)
    time = check_stamp(stamp, MESSAGE, roots, now=present() + timedelta(days=1)).time
    random = Random(1)
    for place in range(len(stamp)):
        changed = bytearray(stamp)
        changed[place] ^= random.randrange(1, 256)
        found = check_stamp(bytes(changed), MESSAGE, roots, now=present() + timedelta(days=1))

        assert found.state is not StampState.TRUSTED or found.time == time


def test_the_answer_to_our_request_is_taken(request_: StampRequest, stamp: bytes) -> None:
    assert abs(accept_response(stamp, request_, MESSAGE) - present()) < timedelta(minutes=10)


def test_the_answer_to_another_request_is_refused(stamp: bytes) -> None:
    with pytest.raises(InputError, match="another request"):
        accept_response(stamp, make_request(MESSAGE), MESSAGE)


def test_the_answer_about_something_else_is_refused(request_: StampRequest, stamp: bytes) -> None:
    with pytest.raises(InputError, match="other evidence"):
        accept_response(stamp, request_, b"other evidence")


def test_roots_are_read_from_pem(authority: StampingAuthority, other: StampingAuthority) -> None:
    both = authority.root + other.root

    assert read_stamp_authorities("file", both) == (der(authority.root), der(other.root))


def test_only_a_root_is_one(authority: StampingAuthority) -> None:
    with pytest.raises(MalformedError, match="of the root"):
        read_stamp_authorities("file", authority.certificate)


def test_a_root_whose_name_cannot_be_read_is_none(authority: StampingAuthority) -> None:
    common_name = b"\x06\x03\x55\x04\x03\x0c"
    encoded = der(authority.root)
    first = encoded.index(common_name) + len(common_name)
    # Its text as a string of bits, of which the first octet counts the unused ones.
    changed = encoded[: first - 1] + b"\x03" + encoded[first : first + 1] + b"\x00" + encoded[first + 2 :]
    pem = x509.load_der_x509_certificate(changed).public_bytes(Encoding.PEM)

    with pytest.raises(MalformedError, match="something else"):
        read_stamp_authorities("file", pem)


@pytest.mark.parametrize("data", [b"", b"text", b"-----BEGIN CERTIFICATE-----\nAAAA\n", bytes(LARGEST_AUTHORITIES + 1)])
def test_anything_else_is_no_root(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_stamp_authorities("file", data)
