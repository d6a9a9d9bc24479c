"""The emblem of the demonstration: recognized, its signature checked where a key is known, never a protection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from emblem.codec import cbor
from emblem.codec.claims import key_identifier_bytes
from emblem.codec.cose import to_be_signed
from emblem.keys.algorithms import ALGORITHMS
from emblem.keys.signing import SoftwareSigner
from emblem.model.reason import ReasonCode
from emblem.model.record import Carriage, Record
from emblem.model.token import Format
from emblem.model.verdict import Status, TokenKind, Verdict
from emblem.validation.trust import Trust, TrustedKey
from emblem.validation.validate import validate
from tests.support.reasons import checked

SIGNER = SoftwareSigner.generate(ALGORITHMS[0])
NOW = 1_800_000_000
TRUSTED = Trust((TrustedKey(SIGNER.public_key),))


def https_record(
    *,
    algorithm: int = -7,
    signed_by: SoftwareSigner = SIGNER,
    times: Mapping[int, int] | None = None,
    subject: object = "hospital.example",
) -> Record:
    claims = {2: subject, **(times or {})}
    header = cbor.encode({1: algorithm, 4: key_identifier_bytes(SIGNER.public_key.cose_thumbprint), 15: claims})
    payload = b"\x01" * 32
    signature = signed_by.sign(to_be_signed(header, payload))
    value = cbor.encode(cbor.Tagged(18, [header, {}, payload, signature]))
    data = b"\x00\x01\x00" + (65280).to_bytes(2, "big") + len(value).to_bytes(2, "big") + value
    return Record(Carriage.HTTPS, data, "hospital.example", 65)


def judged(*records: Record, trust: Trust = TRUSTED) -> Verdict:
    return checked(validate(records, target="hospital.example", at=datetime.fromtimestamp(NOW, UTC), trust=trust))


def test_it_is_recognized_and_reported_but_undetermined() -> None:
    verdict = judged(https_record())
    assert (verdict.status, verdict.format) == (Status.UNDETERMINED, Format.HTTPS)
    (reason,) = verdict.reasons
    assert reason.code is ReasonCode.DEMONSTRATION_FOUND
    assert "its signature holds" in reason.message
    assert verdict.sets[0].tokens[0].assets == ("hospital.example",)


def test_the_report_says_what_the_emblem_says() -> None:
    (one,) = judged(https_record(times={4: NOW + 9, 5: NOW})).sets

    assert (one.carriage, one.owner, one.type_number) == (Carriage.HTTPS, "hospital.example", 65)
    (report,) = one.tokens
    assert (report.kind, report.used, report.dropped) == (TokenKind.EMBLEM, False, None)
    assert (report.key_identifier, report.algorithm) == (SIGNER.public_key.cose_thumbprint, "ES256")
    assert (report.assets, report.not_before, report.expires) == (("hospital.example",), NOW, NOW + 9)
    assert (report.issuer, report.subject, report.purposes, report.logs) == (None, None, None, None)


def test_each_of_several_has_its_reason_and_one_in_doubt_leaves_the_set_in_doubt() -> None:
    (one,) = judged(https_record(times={4: NOW}), https_record(algorithm=-999)).sets

    assert one.status is Status.UNDETERMINED
    assert [(reason.code, reason.token) for reason in one.reasons] == [("token-expired", 0), ("demonstration-found", 1)]
    assert [(token.dropped, token.algorithm) for token in one.tokens] == [("token-expired", "ES256"), (None, "-999")]


def test_a_subject_that_is_no_text_marks_nothing() -> None:
    assert judged(https_record(subject=7)).sets[0].tokens[0].assets is None


def test_a_key_for_another_algorithm_checks_nothing() -> None:
    assert "was not checked" in judged(https_record(algorithm=-35)).reasons[0].message


def test_without_its_key_the_signature_is_said_not_to_be_checked() -> None:
    assert "was not checked" in judged(https_record(), trust=Trust()).reasons[0].message


def test_in_an_unknown_algorithm_the_signature_is_said_not_to_be_checked() -> None:
    assert "was not checked" in judged(https_record(algorithm=-999)).reasons[0].message


def test_a_signature_that_does_not_hold_is_rejected() -> None:
    forger = SoftwareSigner.generate(ALGORITHMS[0])
    verdict = judged(https_record(signed_by=forger))
    assert verdict.status is Status.REJECTED
    assert verdict.reasons[0].code is ReasonCode.TOKEN_SIGNATURE_INVALID


@pytest.mark.parametrize(
    ("times", "code"),
    [({4: NOW}, ReasonCode.TOKEN_EXPIRED), ({5: NOW + 1}, ReasonCode.TOKEN_NOT_YET_VALID)],
)
def test_out_of_its_time_it_is_rejected(times: dict[int, int], code: ReasonCode) -> None:
    verdict = judged(https_record(times=times))
    assert verdict.status is Status.REJECTED
    assert verdict.reasons[0].code is code


def test_an_ordinary_https_record_is_somebody_elses() -> None:
    ordinary = Record(Carriage.HTTPS, b"\x00\x01\x00\x00\x01\x00\x03\x02h2", "hospital.example", 65)
    broken = Record(Carriage.HTTPS, b"\x00", "hospital.example", 65)
    assert judged(ordinary, broken).reasons[0].code is ReasonCode.NO_EMBLEM_IN_INPUT
