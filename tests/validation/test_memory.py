"""What a verifier remembers saves work, and never makes a verdict another."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from emblem.codec.carriage import data_record, decode_record, text_record
from emblem.keys.algorithms import ALGORITHMS
from emblem.keys.public import PublicKey
from emblem.model.record import Carriage, Record
from emblem.model.token import Token
from emblem.model.verdict import Status, Verdict
from emblem.validation.memory import Memory
from emblem.validation.trust import Refusals, Trust
from emblem.validation.validate import validate
from tests.support.arrangement import (
    AT,
    CWT,
    HOSPITAL,
    JWS,
    MINISTRY,
    AnyRecord,
    authority,
    bound,
    chain,
    codes,
    emblem_token,
    endorsement_token,
    identifier,
    in_set,
    key,
    key_record,
    root,
    signing,
    stranger,
    trusting,
)
from tests.support.raw import malformed_records
from tests.support.reasons import checked

OTHER = "other.hospital.example"
TRUST = trusting(bound(authority, MINISTRY))
GOOD = chain(root, signing).emblem().endorsed_by(authority)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was signed, of every signature that is checked."""
    checked: list[bytes] = []
    genuine = PublicKey.verify

    def verify(self: PublicKey, signature: bytes, message: bytes) -> bool:
        checked.append(message)
        return genuine(self, signature, message)

    monkeypatch.setattr(PublicKey, "verify", verify)
    return checked


def judged(
    memory: Memory, *records: AnyRecord, target: str = HOSPITAL, at: datetime = AT, trust: Trust = TRUST
) -> Verdict:
    return checked(validate(records, target=target, at=at, trust=trust, memory=memory))


def token_of(record: AnyRecord) -> Token:
    decoded = decode_record(given_record(record))
    assert decoded is not None
    assert decoded.token is not None
    return decoded.token


@pytest.mark.parametrize("form", [CWT, JWS])
def test_endorsements_seen_with_another_host_are_not_checked_again(form: Any, verified: list[bytes]) -> None:
    good, memory = chain(root, signing, form=form).emblem().endorsed_by(authority), Memory()
    first = judged(memory, *good.records)
    verified.clear()
    emblem = emblem_token(signing, OTHER, form=form)

    second = judged(memory, emblem, *good.records[1:], target=OTHER)

    assert verified == [token_of(emblem).signed]
    assert first.status is second.status is Status.PROTECTED


def test_keys_seen_before_are_not_loaded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    judged(memory, *GOOD.records)
    monkeypatch.setattr(PublicKey, "from_parameters", None)

    assert judged(memory, *GOOD.records).status is Status.PROTECTED


def test_emblems_are_checked_every_time(verified: list[bytes]) -> None:
    memory = Memory()
    judged(memory, *GOOD.records)
    verified.clear()

    judged(memory, *GOOD.records)

    assert verified == [token_of(GOOD.records[0]).signed]


def test_a_memory_of_the_same_content_elsewhere_keeps_to_its_place() -> None:
    memory = Memory()
    for owner in ("a.example", "b.example"):
        record = Record(Carriage.IHLE, encoded(GOOD.records[1]), owner, 65297)
        decoded = memory.decode(record)
        assert decoded is not None
        assert decoded == decode_record(record)
        assert decoded.record is record


def test_the_same_bytes_as_text_and_as_data_are_different_contents() -> None:
    memory, data = Memory(), encoded(key_record(signing))
    for carriage in (*Carriage, *Carriage):
        record = Record(carriage, data)
        assert memory.decode(record) == decode_record(record)


def test_the_same_content_in_another_set_is_in_that_set() -> None:
    memory = Memory()
    for name in ("a", "b", "", "a"):
        (text,) = in_set(name, GOOD.records[1])
        decoded = memory.decode(text_record(text))
        assert decoded == decode_record(text_record(text))
        assert decoded is not None
        assert decoded.set_name == name


def test_an_endorsement_that_was_seen_is_dropped_once_it_has_expired() -> None:
    memory = Memory()
    assert judged(memory, *GOOD.records).status is Status.PROTECTED

    later = judged(memory, *GOOD.records, at=AT + timedelta(days=30))

    assert later.status is Status.REJECTED
    assert "token-expired" in codes(later)


def test_an_endorsement_that_was_seen_is_dropped_before_it_holds() -> None:
    memory = Memory()
    judged(memory, *GOOD.records)

    assert "token-not-yet-valid" in codes(judged(memory, *GOOD.records, at=AT - timedelta(days=30)))


@pytest.mark.parametrize(
    ("refusals", "code"),
    [
        (Refusals(keys=frozenset({identifier(authority)})), "key-refused"),
        (Refusals(organizations=frozenset({MINISTRY})), "organization-refused"),
        (Refusals(withdrawn_keys=frozenset({(MINISTRY, identifier(root))})), "token-withdrawn"),
    ],
)
def test_a_refusal_counts_for_what_was_seen(refusals: Refusals, code: str) -> None:
    memory = Memory()
    assert judged(memory, *GOOD.records).status is Status.PROTECTED

    refused = judged(memory, *GOOD.records, trust=Trust(TRUST.keys, refusals))

    assert refused.status is not Status.PROTECTED
    assert code in codes(refused)


def test_trust_counts_anew_for_what_was_seen() -> None:
    memory = Memory()
    assert judged(memory, *GOOD.records).status is Status.PROTECTED

    assert judged(memory, *GOOD.records, trust=Trust()).status is Status.CLAIMED


def test_an_endorsement_that_was_seen_does_not_count_without_its_key() -> None:
    memory = Memory()
    judged(memory, *GOOD.records)
    without = [record for record in GOOD.records if record != key_record(root)]

    verdict = judged(memory, *without)

    assert verdict.status is Status.REJECTED
    assert "token-key-missing" in codes(verdict)


def test_a_signature_verified_under_one_key_does_not_hold_under_another() -> None:
    memory, token = Memory(), token_of(GOOD.records[1])

    assert memory.verify(root.public_key, token)
    assert memory.verify(root.public_key, token)
    assert not memory.verify(stranger.public_key, token)
    assert not memory.verify(key("root", "ES384").public_key, token)


def test_another_signature_of_what_was_verified_is_checked_itself() -> None:
    memory, token = Memory(), token_of(GOOD.records[1])
    forged = Token(token.format, token.algorithm, token.key_identifier, token.claims, token.signed, bytes(64))

    assert memory.verify(root.public_key, token)
    assert not memory.verify(root.public_key, forged)


def test_other_claims_with_the_signature_that_was_verified_are_checked_themselves() -> None:
    memory, token = Memory(), token_of(GOOD.records[1])
    forged = Token(
        token.format, token.algorithm, token.key_identifier, token.claims, token.signed + b"a", token.signature
    )

    assert memory.verify(root.public_key, token)
    assert not memory.verify(root.public_key, forged)


def test_a_signature_that_does_not_hold_is_checked_again(verified: list[bytes]) -> None:
    memory, token = Memory(), token_of(GOOD.records[1])

    assert not memory.verify(stranger.public_key, token)
    assert not memory.verify(stranger.public_key, token)
    assert len(verified) == 2


@pytest.mark.parametrize("algorithm", [one.name for one in ALGORITHMS if one.kind.curve is not None])
def test_every_algorithm_is_remembered(algorithm: str, verified: list[bytes]) -> None:
    signer, memory = key("remembered", algorithm), Memory()
    token = token_of(endorsement_token(signer, signing))

    assert memory.verify(signer.public_key, token)
    assert memory.verify(signer.public_key, token)
    assert len(verified) == 1


def test_what_was_not_used_for_long_is_forgotten(verified: list[bytes]) -> None:
    memory, token = Memory(size=64 * 1024), token_of(GOOD.records[1])
    memory.verify(root.public_key, token)
    for number in range(30):
        memory.verify(root.public_key, token_of(endorsement_token(root, signing, not_before=number)))
    verified.clear()

    memory.verify(root.public_key, token)

    assert verified == [token.signed]


def test_what_is_used_again_and_again_stays(verified: list[bytes]) -> None:
    memory, token = Memory(size=64 * 1024), token_of(GOOD.records[1])
    for number in range(30):
        memory.verify(root.public_key, token)
        memory.verify(root.public_key, token_of(endorsement_token(root, signing, not_before=number)))

    assert verified.count(token.signed) == 1


ENTRY = 3 * 1024
"""Bytes that every entry takes beside those that it was read from."""


@pytest.mark.parametrize(("missing", "checks"), [(0, 1), (4, 2)])
def test_a_check_is_kept_where_it_fits_into_a_quarter(missing: int, checks: int, verified: list[bytes]) -> None:
    token = token_of(GOOD.records[1])
    memory = Memory(4 * (ENTRY + len(token.signature) + len(token.signed)) - missing)

    for _ in range(2):
        assert memory.verify(root.public_key, token)

    assert len(verified) == checks


@pytest.mark.parametrize(("missing", "kept"), [(0, True), (4, False)])
def test_a_content_is_kept_where_it_fits_into_a_quarter(missing: int, kept: bool) -> None:
    record = data_record(encoded(GOOD.records[1]))
    memory = Memory(4 * (ENTRY + len(record.data)) - missing)

    first, second = memory.decode(record), memory.decode(record)

    assert first == second
    assert first is not None
    assert second is not None
    assert (first.token is second.token) is kept


def test_nothing_is_forgotten_for_what_just_fits(verified: list[bytes]) -> None:
    tokens = [token_of(endorsement_token(root, signing, not_before=number)) for number in range(1, 4)]
    memory = Memory(8 * (ENTRY + len(tokens[0].signature) + len(tokens[0].signed)))

    for token in (*tokens, *tokens):
        assert memory.verify(root.public_key, token)

    assert len(verified) == len(tokens)


def test_a_memory_does_not_grow_beyond_its_size() -> None:
    size = 256 * 1024
    memory = Memory(size)
    for number in range(300):
        record = text_record(f"emblem-cwt-{number}={'x' * 500}")
        memory.decode(record)
        (text,) = in_set(str(number), key_record(signing))
        memory.decode(text_record(text))
        memory.verify(root.public_key, token_of(endorsement_token(root, signing, not_before=number)))

    assert 0 < kept(memory) <= size


def test_what_is_larger_than_a_memory_is_not_kept() -> None:
    memory = Memory(size=1024)

    memory.decode(given_record(key_record(signing)))

    assert kept(memory) == 0


def test_malformed_records_are_not_kept() -> None:
    memory = Memory()
    for record in malformed_records():
        memory.decode(given_record(record))

    assert kept(memory) == 0


def kept(memory: Memory) -> int:
    """Bytes of everything that is kept, as the memory counts them."""
    shelves = (memory._contents, memory._checks)
    return sum(size for shelf in shelves for half in (shelf._newer, shelf._older) for _, size in half.values())


def given_record(record: AnyRecord) -> Record:
    return data_record(record) if isinstance(record, bytes) else text_record(record)


def encoded(record: AnyRecord) -> bytes:
    assert isinstance(record, bytes)
    return record
