"""What may be fetched, and what a body comes to."""

from __future__ import annotations

import gzip

import pytest

from emblem.errors import InputError, MalformedError
from emblem.traceability.resources import Fetched, FetchFailure, Resource, not_at_hand


def resource(address: str = "https://log.example/tile", largest: int = 1000, *, unencrypted: bool = False) -> Resource:
    return Resource(address, largest, "tile of the log", unencrypted)


def test_the_host_of_an_address_is_in_normal_form() -> None:
    assert resource("https://Log.EXAMPLE:8443/a?b=c").host == "log.example"
    assert resource("https://[2001:db8::1]/").host == "2001:db8::1"


@pytest.mark.parametrize(
    "address",
    [
        "http://log.example/",
        "file:///etc/passwd",
        "//log.example/",
        "https://",
        "https://user@log.example/",
        "https://log.example:99999/",
        "https://log.example/ HTTP/1.1",
        "https://log.example/\r\nX: y",
        "https://lög.example/",
        "https://a..b/",
        "https://[::1",
        "https://log.example/" + "a" * 2000,
    ],
)
def test_an_address_that_is_none_or_is_not_encrypted_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="tile of the log"):
        _ = resource(address).host


def test_http_is_allowed_only_where_it_was_said() -> None:
    assert resource("http://127.0.0.1:8080/", unencrypted=True).host == "127.0.0.1"


def test_a_body_without_encoding_is_its_content() -> None:
    assert Fetched(resource(), 200, b"data").content == b"data"
    assert Fetched(resource(), 200, b"data", "identity").content == b"data"


def test_gzip_is_decoded() -> None:
    assert Fetched(resource(), 200, gzip.compress(b"data"), "gzip").content == b"data"


@pytest.mark.parametrize(
    ("body", "encoding", "found"),
    [
        (b"data", "br", "encoding"),
        (b"data", "gzip", "damaged"),
        (gzip.compress(b"data")[:-1], "gzip", "cut short"),
        (gzip.compress(b"data") + b"x", "gzip", "after the end"),
        (gzip.compress(bytes(10**6)), "gzip", "more than 1000 bytes"),
    ],
    ids=["unknown", "damaged", "cut short", "continued", "bomb"],
)
def test_another_encoding_damage_or_a_bomb_is_malformed(body: bytes, encoding: str, found: str) -> None:
    with pytest.raises(MalformedError, match=found):
        _ = Fetched(resource(), 200, body, encoding).content


def test_only_status_200_is_success() -> None:
    assert Fetched(resource(), 200).succeeded
    assert not Fetched(resource(), 404).succeeded
    assert Fetched(resource(), 404).trouble == "log.example answers with the status 404"


def test_what_is_not_at_hand_says_so() -> None:
    missing = not_at_hand(resource())

    assert missing.failure is FetchFailure.NOT_AT_HAND
    assert "not among the evidence" in missing.trouble
