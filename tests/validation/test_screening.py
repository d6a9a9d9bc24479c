"""Step 1 of the procedure: which tokens count, which are dropped, and that each dropped one says why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from emblem.codec.assets import read_jws_asset
from emblem.codec.jwk import write_jwk
from emblem.model.purpose import Purpose
from emblem.model.reason import ReasonCode
from emblem.model.token import Constraints, Format
from emblem.model.verdict import Status, TokenKind, TokenReport
from tests.support.arrangement import (
    AT,
    CWT,
    END,
    JWS,
    LOG,
    RELIEF,
    START,
    AnyRecord,
    bare,
    bare_without_algorithm,
    chain,
    codes,
    emblem_token,
    endorsement_token,
    identifier,
    judged,
    key,
    key_record,
    root,
    signing,
    stranger,
    trusting,
)
from tests.support.raw import cwt_emblem_claims, cwt_token, jws_emblem_claims, jws_token, malformed_records, resigned

ALONE = chain(signing, issuer=None).emblem()
GOOD_RECORDS = chain(root, signing).emblem().records


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "EdDSA", "ESP256", "ESP384", "ESP512", "Ed25519"])
def test_a_token_counts_in_every_known_algorithm(algorithm: str) -> None:
    assert chain(key("any", algorithm), issuer=None).emblem().judged().status is Status.CLAIMED


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "EdDSA", "Ed25519"])
def test_a_jws_counts_in_every_known_algorithm(algorithm: str) -> None:
    assert chain(key("any", algorithm), issuer=None, form=JWS).emblem().judged().status is Status.CLAIMED


def test_a_signature_that_does_not_hold_drops_the_token() -> None:
    forged = cwt_token(cwt_emblem_claims(), spoil=True)

    verdict = ALONE.plus(forged).judged()

    assert verdict.status is Status.CLAIMED
    assert "token-signature-invalid" in codes(verdict)


def test_a_signature_by_another_key_than_the_one_named_drops_the_token() -> None:
    stolen = cwt_token(cwt_emblem_claims(), stranger, header={4: bytes(32)})

    assert codes_of(stolen, key_record(stranger)) == {"token-key-missing", "emblem-missing"}


def test_a_token_whose_key_is_not_at_hand_is_dropped() -> None:
    assert codes_of(emblem_token(signing), key_record(stranger)) == {"token-key-missing", "emblem-missing"}


def test_a_trusted_key_is_a_verification_key() -> None:
    trust = trusting(bare(signing))

    assert chain(signing, issuer=None).emblem().judged(trust=trust).status is Status.PROTECTED
    assert judged(emblem_token(signing, issuer=None), trust=trust).status is Status.PROTECTED


def test_a_token_in_another_algorithm_than_its_key_is_dropped() -> None:
    same_key_fully_specified = key("signing", "ESP256")

    reasons = codes_of(emblem_token(same_key_fully_specified), key_record(signing))

    assert reasons == {"token-algorithm-mismatch", "emblem-missing"}


def test_a_key_published_in_two_algorithms_verifies_tokens_in_both() -> None:
    twin = key("signing", "ESP256")
    records = (emblem_token(twin, issuer=None), key_record(signing), key_record(twin))

    assert judged(*records).status is Status.CLAIMED
    assert judged(*reversed(records)).status is Status.CLAIMED


def test_a_key_without_an_algorithm_verifies_any_that_fits_its_curve() -> None:
    trust = trusting(bare_without_algorithm(signing))

    for name in ("ES256", "ESP256"):
        assert judged(emblem_token(key("signing", name), issuer=None), trust=trust).status is Status.PROTECTED


def test_a_key_without_an_algorithm_verifies_none_of_another_curve() -> None:
    trust = trusting(bare_without_algorithm(signing))
    token = cwt_token(cwt_emblem_claims(), header={1: -35})

    assert "token-algorithm-mismatch" in codes(judged(token, trust=trust))


@pytest.mark.parametrize("algorithm", [4, 5, 6, 7, 14, 15, 25, 26, "HS256"])
def test_a_message_authentication_code_is_never_a_signature(algorithm: int | str) -> None:
    token = cwt_token(cwt_emblem_claims(), header={1: algorithm})

    assert codes_of(token, key_record(signing)) == {"token-algorithm-forbidden", "emblem-missing"}


@pytest.mark.parametrize("algorithm", ["none", "HS256", "HS384", "HS512"])
def test_a_jws_with_none_or_a_shared_secret_is_never_a_signature(algorithm: str) -> None:
    token = jws_token(jws_emblem_claims(), alg=algorithm)

    assert codes_of(token, key_record(signing, JWS)) == {"token-algorithm-forbidden", "emblem-missing"}


def test_a_token_holds_from_its_first_second_until_just_before_its_last() -> None:
    first, end, moment = (
        datetime.fromtimestamp(START, UTC), datetime.fromtimestamp(END, UTC), timedelta(microseconds=1)
    )  # fmt: skip

    assert ALONE.judged(at=first).status is Status.CLAIMED
    assert ALONE.judged(at=end - moment).status is Status.CLAIMED
    assert codes(ALONE.judged(at=end)) == {"token-expired", "emblem-missing"}
    assert codes(ALONE.judged(at=first - moment)) == {"token-not-yet-valid", "emblem-missing"}


def test_fractional_dates_are_compared_exactly() -> None:
    begin = AT.timestamp() + 0.5
    arrangement = chain(signing, issuer=None).emblem(not_before=begin)

    assert arrangement.judged(at=AT + timedelta(milliseconds=500)).status is Status.CLAIMED
    assert arrangement.judged(at=AT + timedelta(microseconds=499_999)).status is Status.REJECTED


def test_a_token_that_ends_before_it_begins_never_holds() -> None:
    arrangement = chain(signing, issuer=None).emblem(not_before=END, expires=START)

    for at in (AT, AT + timedelta(days=7), AT - timedelta(days=7)):
        assert arrangement.judged(at=at).status is Status.REJECTED


@pytest.mark.parametrize("form", [CWT, JWS])
def test_an_expired_emblem_is_rejected(form: Format) -> None:
    arrangement = chain(signing, issuer=None, form=form).emblem()

    verdict = arrangement.judged(at=AT + timedelta(days=7))

    assert verdict.status is Status.REJECTED
    assert codes(verdict) == {"token-expired", "emblem-missing"}
    assert verdict.reasons[-1].message == "there is no emblem in this set that counts"


def test_the_same_record_twice_counts_once() -> None:
    verdict = ALONE.plus(*ALONE.records).judged()

    assert verdict.status is Status.CLAIMED
    told = {reason.message for reason in verdict.reasons if reason.code is ReasonCode.RECORD_DUPLICATE}
    assert told == {"the same record again: it counts once"}


def test_a_second_signature_on_the_same_token_makes_no_second_token() -> None:
    token = emblem_token(signing, issuer=None)
    assert isinstance(token, bytes)

    verdict = judged(token, resigned(token), key_record(signing))

    assert verdict.status is Status.CLAIMED
    assert "token-duplicate" in codes(verdict)


def test_a_spoilt_copy_of_a_token_does_not_take_its_place() -> None:
    good = cwt_token(cwt_emblem_claims(iss=None))
    spoilt = cwt_token(cwt_emblem_claims(iss=None), spoil=True)

    for records in ((good, spoilt), (spoilt, good)):
        assert judged(*records, key_record(signing)).status is Status.CLAIMED


@pytest.mark.parametrize("record", malformed_records())
def test_a_malformed_record_beside_a_good_set_is_reported_and_changes_nothing(record: bytes | str) -> None:
    verdict = ALONE.plus(record).judged()

    assert verdict.status is Status.CLAIMED


@pytest.mark.parametrize("record", malformed_records())
def test_a_malformed_record_alone_is_something_and_rejected(record: bytes | str) -> None:
    verdict = judged(record)

    assert verdict.status is Status.REJECTED
    assert "emblem-missing" in codes(verdict)
    assert len(codes(verdict)) == 2


def test_keys_without_an_emblem_are_rejected() -> None:
    assert codes_of(key_record(signing)) == {"emblem-missing"}


def test_endorsements_without_an_emblem_are_rejected() -> None:
    assert codes_of(*chain(root, signing).emblem().records[1:]) == {"emblem-missing"}


def test_every_token_is_reported_with_what_became_of_it() -> None:
    good, forged = emblem_token(signing, issuer=None), cwt_token(cwt_emblem_claims(), spoil=True)

    (only,) = judged(good, b"\xd8", forged, key_record(signing)).sets

    assert [(one.kind.value, one.used, one.dropped and one.dropped.value) for one in only.tokens] == [
        ("emblem", True, None),
        ("unreadable", False, "token-malformed"),
        ("emblem", False, "token-signature-invalid"),
    ]
    assert {(reason.code.value, reason.token) for reason in only.reasons} >= {
        ("token-malformed", 1),
        ("token-signature-invalid", 2),
    }


def test_a_key_in_the_header_of_a_jws_is_at_hand_for_other_sets() -> None:
    carrier = jws_token(jws_emblem_claims("other.example"), jwk=write_jwk(signing.public_key))
    plain = jws_token(jws_emblem_claims(iss=None))

    verdict = judged(carrier.replace("token=", "token-a=", 1), plain.replace("token=", "token-b=", 1))

    assert verdict.status is Status.CLAIMED


def codes_of(*records: AnyRecord) -> set[str]:
    """The reasons for which a set of these records is rejected."""
    verdict = judged(*records)
    assert verdict.status is Status.REJECTED
    return codes(verdict)


def described(report: TokenReport) -> dict[str, object]:
    """Everything that a report says of a token, what it does not say left out."""
    names = [name for name, value in vars(TokenReport).items() if isinstance(value, property) and name[0] != "_"]
    told = {name: getattr(report, name) for name in (*names, "algorithm", "used", "dropped")}
    return {name: value for name, value in told.items() if value is not None}


def test_a_report_has_everything_that_a_token_says() -> None:
    emblem = emblem_token(signing, "hospital.example", "not an asset", purposes=Purpose(3))
    endorsement = endorsement_token(
        root, signing, log=LOG, may_endorse=False, constraints=Constraints(purposes=Purpose(3))
    )
    later = cwt_token({"ver": 2, 4: END, 5: START}, root)

    (only,) = judged(emblem, endorsement, later, key_record(signing), key_record(root)).sets

    assert [described(report) for report in only.tokens] == [
        {
            "kind": TokenKind.EMBLEM,
            "used": True,
            "key_identifier": identifier(signing),
            "algorithm": "ES256",
            "issuer": RELIEF,
            "purposes": Purpose(3),
            "assets": ("hospital.example", "not an asset"),
            "not_before": START,
            "expires": END,
        },
        {
            "kind": TokenKind.ENDORSEMENT,
            "used": True,
            "key_identifier": identifier(root),
            "algorithm": "ES256",
            "issuer": RELIEF,
            "subject": RELIEF,
            "endorsed_key": identifier(signing),
            "may_endorse": False,
            "purposes": Purpose(3),
            "logs": 1,
            "not_before": START,
            "expires": END,
        },
        {
            "kind": TokenKind.UNKNOWN,
            "used": False,
            "dropped": ReasonCode.TOKEN_VERSION_UNKNOWN,
            "key_identifier": identifier(root),
            "algorithm": "ES256",
            "not_before": START,
            "expires": END,
        },
    ]


def test_a_report_of_what_could_not_be_read_says_that_and_no_more() -> None:
    (only,) = judged(b"\xd8\x3d\x00").sets

    assert [described(report) for report in only.tokens] == [
        {"kind": TokenKind.UNREADABLE, "used": False, "dropped": ReasonCode.TOKEN_MALFORMED}
    ]


def test_a_report_has_the_assets_that_an_endorsement_allows() -> None:
    allowed = Constraints(assets=tuple(map(read_jws_asset, ("*.example", "?"))))
    token = endorsement_token(root, signing, form=JWS, constraints=allowed)

    (only,) = judged(token, key_record(root, JWS)).sets

    assert only.tokens[0].assets == ("*.example", "?")
