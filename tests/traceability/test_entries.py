"""What a log hashes and signs is computed from certificates, for every kind of entry and of log."""

from __future__ import annotations

import hashlib
import struct

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from emblem.errors import MalformedError
from emblem.model.token import LogEntry
from emblem.traceability.chain import CertificateChain
from emblem.traceability.entries import TimestampedEntry, embedded_entries, final_entry
from emblem.traceability.log_key import LogKey
from emblem.traceability.log_list import decode_log_list
from emblem.traceability.promises import PromiseState, check_promise
from emblem.traceability.sct import UnknownTimestamp, decode_answer
from tests.traceability.builders import (
    ELM,
    LOGGED,
    NAMES,
    OAK,
    LogForTests,
    authority_certificate,
    certificate,
    final_certificate_entry,
    issued,
    leaf_index,
    log_list,
    logged,
    precertificate_entry,
    timestamp_list,
    vector,
)

LOGS = decode_log_list("list", log_list(OAK.listed()))
OTHER_NAMES = ("other.example",)


def chain(*names: str, logs: tuple[LogForTests, ...] = (OAK,), extensions: bytes = b"") -> CertificateChain:
    return CertificateChain(logged(*names, logs=logs, extensions=extensions), authority_certificate())


def entry_of(entry: bytes, log: LogForTests = OAK, extensions: bytes = b"") -> LogEntry:
    """The log entry as RFC 6962 composes it: SHA-256 of a zero byte and the MerkleTreeLeaf."""
    leaf = struct.pack(">BBQ", 0, 0, LOGGED) + entry + vector(2, extensions)
    return LogEntry(log.log_id, leaf_hash=hashlib.sha256(b"\0" + leaf).digest())


def one(entries: tuple[TimestampedEntry | UnknownTimestamp, ...]) -> TimestampedEntry:
    (entry,) = entries
    assert isinstance(entry, TimestampedEntry)
    return entry


# which entry


def test_an_embedded_timestamp_stands_for_the_precertificate() -> None:
    assert one(embedded_entries(chain(*NAMES))).log_entry == entry_of(precertificate_entry(*NAMES))


def test_a_timestamp_that_was_given_stands_for_the_final_certificate() -> None:
    given = issued(*NAMES)
    entry = final_certificate_entry(given.certificate)

    assert final_entry(given, decode_answer("answer", OAK.answer(entry))).log_entry == entry_of(entry)


def test_a_timestamp_that_was_given_covers_the_embedded_ones() -> None:
    given = chain(*NAMES)
    entry = final_certificate_entry(given.certificate)

    assert final_entry(given, decode_answer("answer", ELM.answer(entry))).log_entry == entry_of(entry, ELM)


def test_a_static_log_is_one_whose_timestamp_has_a_leaf_index() -> None:
    entry = one(embedded_entries(chain(*NAMES, extensions=leaf_index(1486270852))))

    assert entry.log_entry == LogEntry(OAK.log_id, index=1486270852)


def test_the_leaf_hash_covers_the_extensions() -> None:
    extensions = leaf_index(5)
    entry = one(embedded_entries(chain(*NAMES, extensions=extensions)))

    assert entry.leaf_hash == entry_of(precertificate_entry(*NAMES), extensions=extensions).leaf_hash


def test_each_timestamp_of_one_log_is_an_entry_of_its_own() -> None:
    entry = precertificate_entry(*NAMES)
    timestamps = timestamp_list(OAK.timestamp(entry), OAK.timestamp(entry, time=LOGGED + 1))
    entries = embedded_entries(issued(*NAMES, timestamps=timestamps))

    assert len({found.leaf_hash for found in entries if isinstance(found, TimestampedEntry)}) == 2
    assert all(isinstance(found, TimestampedEntry) and found.is_signed_by(key(OAK)) for found in entries)


def test_an_unknown_version_is_kept_in_its_place() -> None:
    timestamps = timestamp_list(b"\1abc", OAK.timestamp(precertificate_entry(*NAMES)))

    unknown, known = embedded_entries(issued(*NAMES, timestamps=timestamps))

    assert unknown == UnknownTimestamp(1)
    assert isinstance(known, TimestampedEntry)


def test_a_certificate_without_timestamps_has_no_entries() -> None:
    assert embedded_entries(issued(*NAMES)) == ()


@pytest.mark.parametrize("timestamps", [b"", b"garbage", timestamp_list(b"\0"), timestamp_list(b"\0" * 47)[:-1]])
def test_malformed_timestamps_are_malformed(timestamps: bytes) -> None:
    with pytest.raises(MalformedError):
        embedded_entries(issued(*NAMES, timestamps=timestamps))


# who signed


def key(log: LogForTests) -> LogKey:
    return LogKey.decode("key", log.spki)


@pytest.mark.parametrize("extensions", [b"", leaf_index(5)], ids=["RFC 6962", "static"])
def test_a_timestamp_is_signed_by_its_log_alone(extensions: bytes) -> None:
    entry = one(embedded_entries(chain(*NAMES, extensions=extensions)))

    assert entry.is_signed_by(key(OAK))
    assert not entry.is_signed_by(key(ELM))


def test_a_timestamp_in_the_name_of_another_log_is_not_signed_by_the_one_that_signed_it() -> None:
    """The name of the log is not under the signature."""
    renamed = OAK.timestamp(precertificate_entry(*NAMES)).replace(OAK.log_id, ELM.log_id)

    assert not one(embedded_entries(issued(*NAMES, timestamps=timestamp_list(renamed)))).is_signed_by(key(OAK))


def test_a_log_with_an_rsa_key_signs_as_well() -> None:
    log = LogForTests("rsa", rsa.generate_private_key(65537, 2048))

    assert one(embedded_entries(chain(*NAMES, logs=(log,)))).is_signed_by(key(log))


def test_a_timestamp_does_not_hold_for_another_certificate() -> None:
    timestamps = timestamp_list(OAK.timestamp(precertificate_entry(*OTHER_NAMES)))

    assert not one(embedded_entries(issued(*NAMES, timestamps=timestamps))).is_signed_by(key(OAK))


def test_a_timestamp_does_not_hold_for_another_index() -> None:
    promised = OAK.timestamp(precertificate_entry(*NAMES), leaf_index(5))
    moved = promised.replace(leaf_index(5), leaf_index(6))

    assert not one(embedded_entries(issued(*NAMES, timestamps=timestamp_list(moved)))).is_signed_by(key(OAK))


def test_a_timestamp_for_the_precertificate_is_none_for_the_final_certificate() -> None:
    given = issued(*NAMES)
    answer = decode_answer("answer", OAK.answer(precertificate_entry(*NAMES)))

    assert not final_entry(given, answer).is_signed_by(key(OAK))


# promises


@pytest.mark.parametrize(
    ("names", "log", "state"),
    [
        (NAMES, OAK, PromiseState.VERIFIED),
        (OTHER_NAMES, OAK, PromiseState.FAILED),
        (NAMES, ELM, PromiseState.UNKNOWN_LOG),
    ],
)
def test_a_promise_is_verified_failed_or_of_an_unknown_log(
    names: tuple[str, ...], log: LogForTests, state: PromiseState
) -> None:
    timestamps = timestamp_list(log.timestamp(precertificate_entry(*names)))
    entry = one(embedded_entries(CertificateChain(certificate(*NAMES, timestamps=timestamps), authority_certificate())))

    promise = check_promise(entry, LOGS)

    assert (promise.entry, promise.state) == (entry, state)
    assert promise.log == LOGS.find(log.log_id)
