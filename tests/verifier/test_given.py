"""Records that were given instead of found; above all, those that two domains published in 2026."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from emblem.codec.carriage import data_record, decode_record
from emblem.codec.record_text import read_records
from emblem.keys.public import PublicKey
from emblem.model.need import AddressesNeed
from emblem.model.organization import Organization
from emblem.model.record import Alias, Record
from emblem.model.target import Target, parse_given_address
from emblem.model.verdict import CommitmentState, DnssecState, Level, Status, Verdict
from emblem.validation.procedure import Profile
from emblem.validation.trust import Trust, TrustedKey
from emblem.verifier.given import judge_given
from emblem.verifier.settings import Settings
from tests.support.arrangement import AT, NOBODY, bare, chain, codes, root, signing, trusting

DATA = Path(__file__).parents[1] / "data" / "adem-jws"
RED_CROSS = read_records((DATA / "emblem.redcross.org.uk.txt").read_text())
LINKER = read_records((DATA / "emblem.felixlinker.de.txt").read_text())
IN_JUNE = datetime(2026, 6, 17, 0, 10, tzinfo=UTC)
AFTERWARDS = datetime(2026, 11, 23, tzinfo=UTC)
ADDRESS, NEXT_ADDRESS = "2a01:4f9:c010:d8e4::1", "2a01:4f9:c010:d8e4::2"
AUTHORITY = Organization.parse("https://auth.felixlinker.de")
profiles = pytest.mark.parametrize("profile", list(Profile))


def asked(
    records: tuple[Record | Alias, ...],
    target: str,
    *,
    at: datetime = IN_JUNE,
    trust: Trust = NOBODY,
    profile: Profile = Profile.DRAFT,
    addresses: tuple[str, ...] = (),
) -> Verdict:
    return judge_given(
        records,
        Target.parse(target),
        at=at,
        settings=Settings(trust, profile),
        addresses=map(parse_given_address, addresses),
    )


def key_of(records: tuple[Record | Alias, ...], identifier: str) -> PublicKey:
    return next(
        key
        for record in records
        if isinstance(record, Record) and (decoded := decode_record(record))
        for key in decoded.keys
        if isinstance(key, PublicKey) and key.jwk_thumbprint == identifier
    )


@profiles
def test_the_british_red_cross_claims_what_it_marks(profile: Profile) -> None:
    verdict = asked(RED_CROSS, "adem.redcross.org.uk", profile=profile)

    assert (verdict.status, verdict.level) == (Status.CLAIMED, Level.SIGNED)
    assert str(verdict.issuer) == "https://redcross.org.uk"
    assert verdict.commitment is CommitmentState.NOT_CHECKED
    assert verdict.format == "jws"
    (message,) = (reason.message for reason in verdict.reasons if reason.code == "trusted-nobody")
    assert "would be 'protected' if you trusted key" in message


@profiles
def test_the_british_red_cross_is_protected_for_whoever_trusts_its_root(profile: Profile) -> None:
    top = asked(RED_CROSS, "adem.redcross.org.uk").sets[0].chain[-1].key_identifier
    trust = Trust((TrustedKey(key_of(RED_CROSS, top)),))

    assert asked(RED_CROSS, "adem.redcross.org.uk", trust=trust, profile=profile).status is Status.PROTECTED


def test_the_name_at_which_it_was_found_is_not_the_one_that_it_marks() -> None:
    verdict = asked(RED_CROSS, "emblem.redcross.org.uk")

    assert verdict.status is Status.REJECTED
    (message,) = (reason.message for reason in verdict.reasons if reason.severity == "error")
    assert "adem.redcross.org.uk" in message


def test_in_november_it_has_expired() -> None:
    verdict = asked(RED_CROSS, "adem.redcross.org.uk", at=AFTERWARDS)

    assert verdict.status is Status.REJECTED
    assert "token-expired" in codes(verdict)


@profiles
def test_an_address_is_claimed_by_the_emblem_that_marks_it(profile: Profile) -> None:
    verdict = asked(LINKER, ADDRESS, profile=profile)

    assert (verdict.status, verdict.level) == (Status.CLAIMED, Level.SIGNED)
    assert str(verdict.issuer) == "https://emblem.felixlinker.de"


@profiles
def test_it_is_protected_for_whoever_knows_its_authority(profile: Profile) -> None:
    authority = next(report for report in asked(LINKER, ADDRESS).sets[0].tokens if report.issuer == AUTHORITY)
    assert authority.key_identifier is not None
    trust = Trust((TrustedKey(key_of(LINKER, authority.key_identifier), AUTHORITY),))

    verdict = asked(LINKER, ADDRESS, trust=trust, profile=profile)

    assert (verdict.status, verdict.level) == (Status.PROTECTED, Level.ENDORSED)
    assert verdict.endorsed_by == (AUTHORITY,)
    assert verdict.commitment is CommitmentState.VOUCHED


def test_the_address_after_it_is_not_marked() -> None:
    assert asked(LINKER, NEXT_ADDRESS).status is Status.REJECTED


def test_its_name_is_undetermined_without_addresses_and_the_reason_says_which() -> None:
    verdict = asked(LINKER, "emblem.felixlinker.de")

    assert verdict.status is Status.UNDETERMINED
    assert AddressesNeed("emblem.felixlinker.de") in verdict.needs
    (message,) = (reason.message for reason in verdict.reasons if reason.severity == "error")
    assert ADDRESS in message


@pytest.mark.parametrize(
    ("addresses", "status"), [((ADDRESS,), Status.CLAIMED), ((ADDRESS, NEXT_ADDRESS), Status.REJECTED)]
)
def test_its_name_is_judged_by_all_of_its_addresses(addresses: tuple[str, ...], status: Status) -> None:
    assert asked(LINKER, "emblem.felixlinker.de", addresses=addresses).status is status


def test_records_that_were_left_out_are_told() -> None:
    lines = "\n".join(f'other{number}.example. 60 IN TXT "adem-token=x"' for number in range(7))

    verdict = asked(read_records(lines), "hospital.example")

    assert verdict.status is Status.UNDETERMINED
    assert codes(verdict) == {"no-emblem-in-input", "records-left-out"}
    (message,) = (reason.message for reason in verdict.reasons if reason.code == "records-left-out")
    assert "7 records" in message
    assert "other4.example …" in message


def test_records_that_were_given_are_no_authentic_answers_of_the_dns() -> None:
    records = tuple(data_record(one) for one in chain(root, signing).emblem().records if isinstance(one, bytes))

    verdict = asked(records, "hospital.example", at=AT, trust=trusting(bare(root), require_dnssec=True))

    assert (verdict.status, verdict.dnssec) == (Status.CLAIMED, DnssecState.NOT_CHECKED)
    assert "policy-dnssec" in codes(verdict)
