"""Handing chains to logs: which log is meant, what is sent, and which answers are believed."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emblem.errors import CertificationError, InputError
from emblem.issuance.log_submission import LogAddress, submit
from emblem.traceability.chain import encoded_certificates
from emblem.traceability.log_list import decode_log_list
from emblem.traceability.sct import decode_answer
from tests.support.add_chain import Answer, promise_of, taking_chains
from tests.traceability.builders import (
    ELM,
    NAMES,
    OAK,
    LogForTests,
    issued,
    log_list,
    pem,
    vector,
)

CHAIN = issued(*NAMES)
LOGS = decode_log_list("list", log_list(OAK.listed(), ELM.listed()))


def key_file(folder: Path, log: LogForTests) -> Path:
    path = folder / "log.pem"
    path.write_bytes(log.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


def hand_in(answer: Answer, folder: Path, log: LogForTests = OAK) -> tuple[bytes, list[list[bytes]]]:
    """The answer to a chain that was handed to a log whose key is known, and what the log got."""
    encoded = encoded_certificates("chain", pem(CHAIN.certificate, CHAIN.issuer))
    with taking_chains(answer) as taking:
        address = LogAddress.parse(f"{taking.address}={key_file(folder, log)}", LOGS)
        return submit(CHAIN, encoded, address, ca_file=None), taking.chains


def test_the_whole_chain_is_handed_in_and_the_answer_kept_as_it_came(tmp_path: Path) -> None:
    answer, chains = hand_in(promise_of(OAK), tmp_path)

    assert chains == [[CHAIN.encoded, CHAIN.issuer.public_bytes(Encoding.DER)]]
    assert decode_answer("answer", answer).log_id == OAK.log_id


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (promise_of(ELM), "its answer is in the name of another log"),
        (lambda chain: (200, OAK.answer(b"\0\0" + vector(3, chain[1]))), "is not signed with its key"),
        (lambda _: (200, b"{}"), "sct_version"),
        (lambda _: (200, b" " * 100_000), "an answer of more than 65536 bytes"),
        (lambda _: (400, b"unknown root"), "it does not take the chain: HTTP 400 unknown root"),
        (lambda _: (302, b""), "HTTP 302"),
    ],
)
def test_an_answer_that_is_no_promise_of_this_log_is_not_kept(tmp_path: Path, answer: Answer, said: str) -> None:
    with pytest.raises(CertificationError, match=said):
        hand_in(answer, tmp_path)


def test_a_log_that_is_not_there_is_said(tmp_path: Path) -> None:
    with taking_chains(promise_of(OAK)) as taking:
        address = LogAddress.parse(f"{taking.address}={key_file(tmp_path, OAK)}", LOGS)

    with pytest.raises(CertificationError, match="no answer: "):
        submit(CHAIN, [], address, ca_file=None)


def test_a_tls_root_of_ones_own_is_taken_beside_those_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        submit(CHAIN, [], LogAddress("x", "https://127.0.0.1:1/", None), ca_file=tmp_path / "none.pem")


@pytest.mark.parametrize("text", ["oak 2026", b64encode(OAK.log_id).decode(), "https://oak.example/2026"])
def test_a_log_on_the_list_is_known_by_description_name_or_address(text: str) -> None:
    address = LogAddress.parse(text, LOGS)

    assert address.key is not None
    assert address.key.log_id == OAK.log_id


def test_an_address_that_is_not_on_the_list_has_no_key_unless_it_is_given(tmp_path: Path) -> None:
    given = LogAddress.parse(f"https://ash.example={key_file(tmp_path, ELM)}", LOGS)

    assert LogAddress.parse("https://ash.example", LOGS).key is None
    assert given.key is not None
    assert given.key.log_id == ELM.log_id


@pytest.mark.parametrize("text", ["ash 2026", "http://oak.example/", "ftp://127.0.0.1/", "https://a.example=/dev/null"])
def test_what_is_no_log_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        LogAddress.parse(text, LOGS)
