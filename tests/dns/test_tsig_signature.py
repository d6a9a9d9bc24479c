"""Signed messages: what we sign others accept, what others sign we accept, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.renderer
import dns.tsig
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns.message import Question
from emblem.dns.query import encode_query
from emblem.dns.tsig import TsigAlgorithm, TsigKey
from emblem.dns.tsig_signature import LARGEST_SIGNATURE, MOST_UNSIGNED, SignatureCheck, sign_message
from emblem.dns.update import RRset, Update
from emblem.errors import UpdateError

SECRET = b"a secret of thirty-two octets ok"
KEY = TsigKey("update.example", TsigAlgorithm.HMAC_SHA256, SECRET)
QUESTION = Question("www.example", 16)
NOW = 1_800_000_000


@pytest.fixture(autouse=True, scope="module")
def now() -> Iterator[None]:
    """The others read the clock: it stands still."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: float(NOW))
        yield


def theirs(key: TsigKey = KEY) -> dns.tsig.Key:
    return dns.tsig.Key(key.name, key.secret, key.algorithm.value)


def check_of(key: TsigKey = KEY) -> tuple[SignatureCheck, dns.message.Message]:
    """A check of the response to a signed query, and the query as the server sees it."""
    signed = sign_message(encode_query(QUESTION, 7), key, NOW)
    request = dns.message.from_wire(signed.wire, keyring=theirs(key))
    return SignatureCheck(key, signed.code, "the server"), request


def response_to(request: dns.message.Message) -> bytes:
    response = dns.message.make_response(request)
    return response.to_wire()


@pytest.mark.parametrize("algorithm", list(TsigAlgorithm))
def test_others_accept_what_we_sign_and_we_what_they_sign(algorithm: TsigAlgorithm) -> None:
    key = TsigKey("update.example", algorithm, SECRET)
    check, request = check_of(key)

    check.check(response_to(request), NOW)

    assert request.had_tsig
    assert check.complete


@given(st.integers(0, 65535), st.text("abc", min_size=1, max_size=60), st.sampled_from(list(TsigAlgorithm)))
def test_every_signature_holds_and_has_room(identifier: int, label: str, algorithm: TsigAlgorithm) -> None:
    key = TsigKey(f"{label}.example", algorithm, SECRET)
    message = Update("example", (RRset("www.example", 16, 0, frozenset()),), (), ()).encode(identifier)

    signed = sign_message(message, key, NOW)

    assert dns.message.from_wire(signed.wire, keyring=theirs(key)).had_tsig
    assert len(signed.wire) - len(message) <= LARGEST_SIGNATURE


def test_the_largest_signature_has_room() -> None:
    name = ".".join(["a" * 63] * 3 + ["a" * 61])
    key = TsigKey(name, TsigAlgorithm.HMAC_SHA512, SECRET)

    assert len(sign_message(bytes(12), key, NOW).wire) - 12 <= LARGEST_SIGNATURE


def test_a_response_that_was_changed_on_the_way_is_not_believed() -> None:
    check, request = check_of()
    response = bytearray(response_to(request))
    response[3] ^= 5

    with pytest.raises(UpdateError, match="not signed with TSIG key"):
        check.check(bytes(response), NOW)


def test_a_response_to_another_request_is_not_believed() -> None:
    signed = sign_message(encode_query(QUESTION, 7), KEY, NOW)
    _, request = check_of()

    with pytest.raises(UpdateError, match="not believed"):
        SignatureCheck(KEY, signed.code[::-1], "the server").check(response_to(request), NOW)


def test_a_response_without_a_signature_is_not_believed() -> None:
    check, request = check_of()
    bare = dns.message.make_response(dns.message.make_query(QUESTION.name, "TXT", id=request.id))

    with pytest.raises(UpdateError, match="a response without a signature"):
        check.check(bare.to_wire(), NOW)


@pytest.mark.parametrize(("seconds", "said"), [(301, "301 seconds behind"), (-301, "301 seconds ahead of")])
def test_a_response_of_another_time_is_not_believed(seconds: int, said: str) -> None:
    check, request = check_of()

    with pytest.raises(UpdateError, match=said):
        check.check(response_to(request), NOW + seconds)


@pytest.mark.parametrize(
    ("error", "said"), [(16, "another secret"), (17, "does not know it"), (18, "40 seconds ahead"), (22, "error 22")]
)
def test_what_the_server_says_is_wrong_with_our_signature_is_said(error: int, said: str) -> None:
    check, request = check_of()
    response = dns.message.make_response(request)
    response.set_rcode(dns.rcode.NOTAUTH)
    response.use_tsig(theirs(), tsig_error=error, other_data=(NOW + 40).to_bytes(6) if error == 18 else b"")

    with pytest.raises(UpdateError, match=said):
        check.check(response.to_wire(), NOW)


@given(st.data())
def test_no_damage_gets_through_or_raises_anything_else(data: st.DataObject) -> None:
    check, request = check_of()
    response = bytearray(response_to(request))
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(response) - 1))
        response[position] ^= data.draw(st.integers(1, 255))
    del response[data.draw(st.integers(0, len(response))) :]

    try:
        check.check(bytes(response), NOW)
    except UpdateError:
        return
    # The name of the TSIG record is signed as the key's name, not as it was written; the identifier as in the record.
    original = dns.message.from_wire(bytes(response[:12]) + response_to(request)[12:], keyring=False)
    assert original.flags == request.flags | 0x8000


def transfer(signed: list[bool]) -> tuple[SignatureCheck, list[bytes]]:
    """A check, and messages of a transfer of which some are signed."""
    check, request = check_of()
    messages: list[bytes] = []
    context: dns.tsig.HMACTSig | None = None
    for one in signed:
        if one:
            response = dns.message.make_response(request)
            messages.append(response.to_wire(multi=True, tsig_ctx=context))
            context = response.tsig_ctx
        else:
            bare = dns.message.make_query(QUESTION.name, "TXT", id=request.id)
            messages.append(dns.message.make_response(bare).to_wire())
            assert context is not None
            context.hmac_context.update(messages[-1])
    return check, messages


def test_a_transfer_may_be_signed_now_and_then() -> None:
    check, messages = transfer([True, False, False, True, True])

    for message in messages:
        check.check(message, NOW)

    assert check.complete


def test_a_transfer_that_ends_without_a_signature_is_not_complete() -> None:
    check, messages = transfer([True, True, False])

    for message in messages:
        check.check(message, NOW)

    assert not check.complete


def test_what_is_changed_between_two_signatures_is_seen_at_the_second() -> None:
    check, messages = transfer([True, False, True])
    messages[1] = messages[1][:3] + bytes([messages[1][3] ^ 1]) + messages[1][4:]
    for message in messages[:2]:
        check.check(message, NOW)

    with pytest.raises(UpdateError, match="not believed"):
        check.check(messages[2], NOW)


def test_too_many_messages_without_a_signature_are_refused() -> None:
    check, messages = transfer([True, *([False] * (MOST_UNSIGNED + 1))])

    for message in messages[:-1]:
        check.check(message, NOW)

    with pytest.raises(UpdateError, match="100 messages without a signature"):
        check.check(messages[-1], NOW)
