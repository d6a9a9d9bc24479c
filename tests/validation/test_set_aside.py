"""Tokens in an algorithm or version that nobody here knows: they never decide, they only leave it open."""

from __future__ import annotations

import json

import pytest

from emblem.codec import cbor
from emblem.codec.base64 import decode_base64url, encode_base64url
from emblem.model.need import AddressesNeed
from emblem.model.purpose import Purpose
from emblem.model.verdict import Status
from emblem.validation.procedure import Profile
from tests.support.arrangement import (
    END,
    JWS,
    LOG,
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
    middle,
    root,
    signing,
    stranger,
    trusting,
)
from tests.support.raw import (
    UNKNOWN_NAME,
    cwt_emblem_claims,
    cwt_endorsement_claims,
    cwt_token,
    jws_emblem_claims,
    jws_token,
    unknown_algorithm,
    unknown_version,
)

UNPUBLISHED = key("nobody has this key")
SIGNING_KEY_IN_UNKNOWN = cbor.encode({1: 2, 3: -65000, -1: 1, -2: signing.public_key.x, -3: signing.public_key.y})
profiles = pytest.mark.parametrize("profile", list(Profile))


def status_of(*records: AnyRecord, profile: Profile = Profile.DRAFT) -> Status:
    return judged(*records, profile=profile).status


@profiles
@pytest.mark.parametrize("number", [-65000, 65000, "ES999", "ES256"])
def test_an_emblem_in_an_unknown_algorithm_is_undetermined(number: int | str, profile: Profile) -> None:
    verdict = judged(unknown_algorithm(cwt_emblem_claims(iss=None), UNPUBLISHED, number), profile=profile)

    assert verdict.status is Status.UNDETERMINED
    assert codes(verdict) == {"token-algorithm-unknown", "emblem-missing", "unknown-could-decide"}


@profiles
def test_a_jws_in_an_unknown_algorithm_is_undetermined(profile: Profile) -> None:
    token = jws_token(jws_emblem_claims(iss=None), UNPUBLISHED, alg=UNKNOWN_NAME)

    assert status_of(token, profile=profile) is Status.UNDETERMINED


@profiles
def test_an_emblem_of_an_unknown_version_is_undetermined(profile: Profile) -> None:
    verdict = judged(unknown_version(), key_record(signing), profile=profile)

    assert verdict.status is Status.UNDETERMINED
    assert codes(verdict) == {"token-version-unknown", "emblem-missing", "unknown-could-decide"}


@profiles
def test_a_jws_of_an_unknown_version_is_undetermined(profile: Profile) -> None:
    token = jws_token(jws_emblem_claims(ver="v2"))

    assert status_of(token, key_record(signing, JWS), profile=profile) is Status.UNDETERMINED


def test_an_unknown_version_whose_key_is_not_at_hand_is_undetermined() -> None:
    assert status_of(unknown_version()) is Status.UNDETERMINED


def test_an_unknown_version_whose_signature_does_not_hold_is_dropped() -> None:
    forged = cwt_token({"ver": 2, 4: END, 5: START}, spoil=True)

    assert codes(judged(forged, key_record(signing))) == {"token-signature-invalid", "emblem-missing"}


@pytest.mark.parametrize("period", [{4: START + 1}, {5: END - 1}])
def test_an_unknown_version_out_of_its_period_is_dropped(period: dict[int, int]) -> None:
    token = cwt_token({"ver": 2, 4: END, 5: START} | period)

    assert judged(token, key_record(signing)).status is Status.REJECTED


@pytest.mark.parametrize("unreadable", [{}, {4: "tomorrow", 5: None}])
def test_an_unknown_version_whose_period_cannot_be_read_is_undetermined(unreadable: dict[int, object]) -> None:
    assert status_of(cwt_token({"ver": 7} | unreadable), key_record(signing)) is Status.UNDETERMINED


@pytest.mark.parametrize("period", [{"exp": START + 1}, {"nbf": END - 1}])
def test_an_unknown_algorithm_out_of_its_period_is_dropped(period: dict[str, int]) -> None:
    token = unknown_algorithm(cwt_emblem_claims(**period), UNPUBLISHED)

    assert judged(token).status is Status.REJECTED


def test_an_unknown_algorithm_over_a_key_at_hand_with_a_known_one_is_a_mismatch() -> None:
    token = unknown_algorithm(cwt_emblem_claims(), signing)

    assert codes(judged(token, key_record(signing))) == {"token-algorithm-mismatch", "emblem-missing"}


def test_an_unknown_algorithm_over_a_key_without_one_is_undetermined() -> None:
    token = unknown_algorithm(cwt_emblem_claims(iss=None), signing)

    assert judged(token, trust=trusting(bare_without_algorithm(signing))).status is Status.UNDETERMINED


def test_a_known_algorithm_over_a_key_in_an_unknown_one_is_undetermined() -> None:
    verdict = judged(emblem_token(signing, issuer=None), SIGNING_KEY_IN_UNKNOWN)

    assert verdict.status is Status.UNDETERMINED
    assert {"key-algorithm-unknown", "token-algorithm-unknown"} <= codes(verdict)


def test_the_same_key_in_a_known_algorithm_decides() -> None:

    assert status_of(emblem_token(signing, issuer=None), SIGNING_KEY_IN_UNKNOWN, key_record(signing)) is Status.CLAIMED


@profiles
@pytest.mark.parametrize(
    "added",
    [
        unknown_algorithm(cwt_emblem_claims(), UNPUBLISHED),
        unknown_algorithm(cwt_endorsement_claims(signing), UNPUBLISHED),
        unknown_algorithm(cwt_endorsement_claims(root), UNPUBLISHED),
        unknown_version(root),
        unknown_version(UNPUBLISHED),
    ],
)
def test_what_is_valid_without_the_unknown_stands(added: bytes, profile: Profile) -> None:
    verdict = chain(root, signing).emblem().plus(added).judged(trust=trusting(bare(root)), profile=profile)

    assert verdict.status is Status.PROTECTED


@profiles
def test_a_missing_link_that_may_be_the_unknown_endorsement_is_undetermined(profile: Profile) -> None:
    link = unknown_algorithm(cwt_endorsement_claims(signing, log=[{"id": bytes(32), "hash": bytes(32)}]), UNPUBLISHED)

    assert status_of(emblem_token(signing), link, key_record(signing), profile=profile) is Status.UNDETERMINED


@profiles
def test_an_unknown_endorsement_of_another_key_leaves_an_invalid_set_invalid(profile: Profile) -> None:
    link = unknown_algorithm(cwt_endorsement_claims(stranger), UNPUBLISHED)

    assert status_of(emblem_token(signing), link, key_record(signing), profile=profile) is Status.REJECTED


@profiles
def test_an_unknown_endorsement_that_names_no_log_cannot_be_the_top(profile: Profile) -> None:
    link = unknown_algorithm(cwt_endorsement_claims(signing), UNPUBLISHED)

    assert status_of(emblem_token(signing), link, key_record(signing), profile=profile) is Status.REJECTED


@profiles
def test_an_unknown_endorsement_that_forbids_the_purpose_does_not_help(profile: Profile) -> None:
    link = unknown_algorithm(
        cwt_endorsement_claims(signing, prp=16, log=[{"id": bytes(32), "hash": bytes(32)}]), UNPUBLISHED
    )

    assert status_of(emblem_token(signing), link, key_record(signing), profile=profile) is Status.REJECTED


@profiles
def test_a_token_of_unknown_version_may_be_any_missing_link(profile: Profile) -> None:
    parts = (emblem_token(signing), endorsement_token(root, middle, log=LOG), *map(key_record, (signing, root)))

    assert status_of(*parts, profile=profile) is Status.REJECTED
    assert status_of(*parts, unknown_version(UNPUBLISHED), profile=profile) is Status.UNDETERMINED


def test_one_token_of_unknown_version_cannot_be_two_missing_links() -> None:
    parts = (
        emblem_token(signing),
        endorsement_token(middle, stranger),
        endorsement_token(root, key("above")),
        *map(key_record, (signing, root, middle)),
    )

    assert status_of(*parts, unknown_version()) is Status.REJECTED
    assert status_of(*parts, unknown_version(), unknown_version(root)) is Status.UNDETERMINED


@pytest.mark.parametrize(
    "spoiling",
    [
        (emblem_token(signing, "other.example"),),
        (endorsement_token(stranger, signing), key_record(stranger)),
        (endorsement_token(signing, root),),
        (endorsement_token(root, stranger),),
    ],
    ids=["second emblem", "branch", "circle", "tree"],
)
def test_no_missing_link_repairs_what_is_there_and_wrong(spoiling: tuple[AnyRecord, ...]) -> None:
    arrangement = chain(root, signing).emblem().plus(*spoiling, unknown_version(UNPUBLISHED))

    assert arrangement.judged().status is Status.REJECTED


def test_a_missing_link_does_not_repair_a_forbidden_purpose() -> None:
    arrangement = chain(root, signing).emblem(purposes=Purpose.CULTURAL_PROPERTY).plus(unknown_version())

    assert arrangement.judged().status is Status.REJECTED


def test_nothing_unknown_makes_another_asset_this_one() -> None:
    arrangement = chain(root, signing).emblem("other.example").plus(unknown_version(root))

    verdict = arrangement.judged(profile=Profile.DRAFT)

    assert verdict.status is Status.REJECTED
    assert "asset-mismatch" in codes(verdict)


def test_an_unknown_version_beside_an_emblem_of_another_host_may_be_this_hosts_in_the_robust_profile() -> None:
    unknown = unknown_version(root)
    alone = judged(unknown, key_record(root), profile=Profile.ROBUST)

    spoilt = chain(root, signing).emblem("other.example").plus(unknown).judged(profile=Profile.ROBUST)

    assert alone.status is spoilt.status is Status.UNDETERMINED


def test_an_unknown_version_may_be_the_emblem_beside_an_unknown_emblem_of_another_host() -> None:
    elsewhere = unknown_algorithm(cwt_emblem_claims(iss=None, assets=["other.example"]), UNPUBLISHED)

    for profile in Profile:
        verdict = judged(elsewhere, unknown_version(UNPUBLISHED), profile=profile)
        assert verdict.status is Status.UNDETERMINED


def test_more_unknown_tokens_than_are_combined_are_undetermined() -> None:
    useless = [unknown_algorithm(cwt_endorsement_claims(key(f"key {number}")), UNPUBLISHED) for number in range(9)]
    invalid = (emblem_token(signing), key_record(signing))

    assert status_of(*invalid, *useless[:8]) is Status.REJECTED
    assert status_of(*invalid, *useless) is Status.UNDETERMINED


def test_an_emblem_that_needs_addresses_still_asks_for_them_beside_an_unknown_token() -> None:
    marking = chain(signing, issuer=None, form=JWS).emblem("[192.0.2.1]")
    arrangement = marking.plus(jws_token(jws_emblem_claims(iss=None), UNPUBLISHED, alg=UNKNOWN_NAME))

    assert AddressesNeed("hospital.example") in arrangement.judged().needs
    assert arrangement.judged(addresses=["192.0.2.1"]).status is Status.CLAIMED


def test_an_emblem_by_a_key_of_unknown_type_is_undetermined() -> None:
    jwk = {"kty": "XYZ", "alg": "XS999", "pub": "AAAA"}
    token = jws_token(jws_emblem_claims(iss=None), UNPUBLISHED, alg=UNKNOWN_NAME, jwk=jwk, kid=identifier(root, JWS))

    assert status_of(token) is Status.UNDETERMINED


def test_an_emblem_whose_only_key_is_in_the_header_and_of_unknown_type_is_undetermined() -> None:
    token = jws_token(jws_emblem_claims(iss=None), UNPUBLISHED, jwk={"kty": "XYZ", "alg": "ES256"})
    without_kid = _without_kid(token)

    assert status_of(without_kid) is Status.UNDETERMINED


def _without_kid(token: str) -> str:
    header, rest = token.removeprefix("adem-token=").split(".", 1)
    members = json.loads(decode_base64url("header", header))
    del members["kid"]
    return f"adem-token={encode_base64url(json.dumps(members).encode())}.{rest}"


def test_a_copy_of_an_unknown_token_with_another_signature_counts_once() -> None:
    claims = cwt_endorsement_claims(stranger)
    copies = [unknown_algorithm(claims, UNPUBLISHED)]
    copies += [copies[0][:-1] + bytes([last]) for last in range(9)]

    verdict = judged(emblem_token(signing), key_record(signing), *copies)

    assert verdict.status is Status.REJECTED
    assert "token-duplicate" in codes(verdict)


def test_a_key_of_an_unknown_type_is_reported_and_spoils_nothing() -> None:
    of_unknown_type = cbor.encode({1: 99, 3: -65000, -1: b"x"})

    verdict = chain(signing, issuer=None).emblem().plus(of_unknown_type).judged()

    assert verdict.status is Status.CLAIMED
    assert "key-algorithm-unknown" in codes(verdict)


def test_an_unknown_emblem_beside_one_of_another_host_may_be_this_hosts_in_the_robust_profile() -> None:
    arrangement = chain(signing, issuer=None).emblem("other.example")
    unknown = unknown_algorithm(cwt_emblem_claims(iss=None), UNPUBLISHED)

    assert arrangement.plus(unknown).judged(profile=Profile.ROBUST).status is Status.UNDETERMINED
    assert arrangement.plus(unknown).judged(profile=Profile.DRAFT).status is Status.REJECTED


# what mutation of the source found untested


def test_a_circle_beside_the_emblem_is_repaired_by_no_missing_link() -> None:
    circle = (endorsement_token(middle, root), endorsement_token(root, middle), key_record(middle), key_record(root))
    arrangement = chain(signing).emblem().plus(*circle, unknown_version(UNPUBLISHED))

    assert arrangement.judged().status is Status.REJECTED


def test_a_missing_link_does_not_make_another_asset_this_one() -> None:
    assert chain(signing).emblem("other.example").plus(unknown_version(root)).judged().status is Status.REJECTED


@pytest.mark.parametrize(
    ("addresses", "status"),
    [((), Status.UNDETERMINED), (("192.0.2.1",), Status.UNDETERMINED), (("198.51.100.1",), Status.REJECTED)],
)
def test_a_missing_link_below_an_emblem_of_addresses_could_decide_unless_another_is_marked(
    addresses: tuple[str, ...], status: Status
) -> None:
    arrangement = chain(signing, form=JWS).emblem("[192.0.2.0/24]")
    unknown = jws_token({"ver": "v9", "nbf": START, "exp": END}, root)

    verdict = arrangement.plus(unknown, key_record(root, JWS)).judged(addresses=addresses)

    assert verdict.status is status
    assert "root-endorsement-missing" in codes(verdict)


def test_an_unknown_algorithm_is_a_mismatch_also_beside_a_key_in_a_third_one() -> None:
    token = unknown_algorithm(cwt_emblem_claims(), signing, -65001)

    verdict = judged(token, SIGNING_KEY_IN_UNKNOWN, key_record(signing))

    assert verdict.status is Status.REJECTED
    assert "token-algorithm-mismatch" in codes(verdict)


def test_an_unknown_algorithm_is_reported_as_it_is_written() -> None:
    (only,) = judged(unknown_algorithm(cwt_emblem_claims(), UNPUBLISHED, -65001), b"").sets

    assert only.tokens[0].algorithm == "-65001"
