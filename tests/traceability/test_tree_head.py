"""Signed tree heads of both kinds of logs, whole and damaged."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import MalformedError
from emblem.traceability.log_key import LogKey
from emblem.traceability.seen import SCHEMA, SeenTreeHeads, decode_seen
from emblem.traceability.tree_head import TreeHead, decode_checkpoint, decode_tree_head
from tests.support.commitments import head_of, new_log

OAK, ELM = new_log("oak"), new_log("elm", static=True)
HEAD, CHECKPOINT = OAK.tree_head(), ELM.checkpoint().decode()


def checkpoint(text: str | bytes) -> TreeHead:
    data = text.encode() if isinstance(text, str) else text
    return decode_checkpoint("checkpoint", data, ELM.log_id, ELM.address)


def head(**changes: object) -> TreeHead:
    members = {name: value for name, value in (json.loads(HEAD) | changes).items() if value is not None}
    return decode_tree_head("tree head", json.dumps(members).encode(), OAK.log_id)


def test_what_a_log_has_signed_holds_under_its_key_and_no_other() -> None:
    oak, elm = LogKey.decode("key", OAK.spki), LogKey.decode("key", ELM.spki)

    assert head().is_signed_by(oak)
    assert checkpoint(CHECKPOINT).is_signed_by(elm)
    assert not head().is_signed_by(elm)
    assert not head(tree_size=19).is_signed_by(oak)
    assert not head(timestamp=1).is_signed_by(oak)
    assert not head(sha256_root_hash=b64encode(bytes(32)).decode()).is_signed_by(oak)


@pytest.mark.parametrize(
    "changes",
    [
        {"tree_size": None},
        {"tree_size": -1},
        {"tree_size": 1.5},
        {"tree_size": True},
        {"tree_size": 2**63},
        {"timestamp": "1"},
        {"sha256_root_hash": "AAAA"},
        {"sha256_root_hash": 7},
        {"tree_head_signature": "AAAA"},
        {"tree_head_signature": "====?"},
    ],
)
def test_a_tree_head_with_a_member_that_is_something_else_is_malformed(changes: dict[str, object]) -> None:
    with pytest.raises(MalformedError, match=next(iter(changes))):
        head(**changes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("elm.example/2027\n", "other.example\n", 1), "origin"),
        (lambda text: text.replace("\n20\n", "\n020\n"), "size"),
        (lambda text: text.replace("\n20\n", "\n-20\n"), "size"),
        (lambda text: text.replace("\n20\n", "\n99999999999999999999\n"), "size"),
        (lambda text: text.replace("\n\n", "\nextension\n\n", 1), "4 lines"),
        (lambda text: text.split("\n\n")[0] + "\n\n\u2014 elm.example/2027 AAAAAAAAAAAAAAAA\n", "no signature"),
        (lambda text: text.split("\n\n")[0] + "\n\n" + "\u2014 a b\n" * 65, "65 signatures"),
        (lambda text: text.split("\n\n")[0] + "\n\n\u2014 elm.example/2027 ?\n", "signature"),
        (lambda _: "", "origin"),
    ],
)
def test_a_checkpoint_that_is_something_else_is_malformed(change: Callable[[str], str], said: str) -> None:
    with pytest.raises(MalformedError, match=said):
        checkpoint(change(CHECKPOINT))


def test_a_checkpoint_that_is_no_text_is_malformed() -> None:
    with pytest.raises(MalformedError, match="UTF-8"):
        checkpoint(b"\xff")


def test_signatures_of_others_are_ignored() -> None:
    assert "witness.example" in CHECKPOINT
    assert checkpoint(CHECKPOINT) == checkpoint(CHECKPOINT.replace("\u2014 witness.example/one AAAAAAAA\n", ""))


@given(st.binary(max_size=300))
def test_whatever_comes_is_a_tree_head_or_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_tree_head("tree head", data, OAK.log_id)
    with pytest.raises(MalformedError):
        checkpoint(data)


@given(st.integers(0, len(CHECKPOINT.encode()) - 1), st.integers(1, 255))
def test_no_checkpoint_with_a_byte_changed_is_signed(place: int, difference: int) -> None:
    data = bytearray(CHECKPOINT.encode())
    data[place] ^= difference
    key = LogKey.decode("key", ELM.spki)
    try:
        read = checkpoint(bytes(data))
    except MalformedError:
        return

    assert read == checkpoint(CHECKPOINT) or not read.is_signed_by(key)


# Those that were seen


def test_tree_heads_survive_their_file() -> None:
    heads = [head_of(OAK), head_of(ELM)]

    assert set(decode_seen("heads.json", SeenTreeHeads(heads).encode()).heads) == set(heads)


def test_the_largest_tree_of_each_log_is_kept() -> None:
    small, large = head_of(OAK, size=3), head_of(OAK)
    seen = SeenTreeHeads([small, large, small])

    assert seen.heads == (large,)
    assert seen.latest(OAK.log_id) == large
    assert seen.latest(ELM.log_id) is None


def test_an_empty_file_has_none() -> None:
    assert decode_seen("heads.json", b"\n").heads == ()


def seen_file(*heads: object, schema: str = SCHEMA) -> bytes:
    return json.dumps({"schema": schema, "heads": list(heads)}).encode()


LISTED = json.loads(SeenTreeHeads([head_of(OAK)]).encode())["heads"][0]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"nonsense", "JSON"),
        (seen_file(schema="emblem.tree-heads/2"), "schema"),
        (json.dumps({"schema": SCHEMA, "heads": 7}).encode(), "heads"),
        (seen_file(7), "object"),
        (seen_file(LISTED | {"log_id": "AAAA"}), "log_id"),
        (seen_file(LISTED, LISTED), "twice"),
        (b" " + b"[" * 5_000_000, "bytes"),
    ],
    ids=["no JSON", "another schema", "no array", "no head", "no log", "twice", "huge"],
)
def test_a_file_that_is_something_else_is_malformed(data: bytes, said: str) -> None:
    with pytest.raises(MalformedError, match=said):
        decode_seen("heads.json", data)
