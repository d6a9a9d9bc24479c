"""What is signed is what a verifier reads; what no verifier would accept is not signed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.cwt import decode_token
from emblem.errors import InputError, InvalidNameError, MalformedError
from emblem.issuance.tokens import endorse, issue
from emblem.keys.algorithms import KeyKind, default_algorithm
from emblem.keys.public import PublicKey
from emblem.keys.signing import SoftwareSigner
from emblem.model.asset import NameAsset
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.token import Constraints, Emblem, Endorsement, LogEntry
from tests.support.arrangement import LOG, MINISTRY, RELIEF, root, signing

START = datetime(2027, 1, 1, tzinfo=UTC)
END = START + timedelta(days=90)
SECONDS = int(START.timestamp())


def emblem(*assets: str, **changes: Any) -> Emblem:
    usual: dict[str, Any] = {
        "signer": signing,
        "sign": Sign.RED_CROSS,
        "not_before": START,
        "expires": END,
        "issuer": RELIEF,
    }
    claims = decode_token(issue(assets or ("www.relief.example",), **(usual | changes))).claims
    assert isinstance(claims, Emblem)
    return claims


def endorsement(**changes: Any) -> Endorsement:
    usual: dict[str, Any] = {
        "signer": root,
        "issuer": RELIEF,
        "subject": RELIEF,
        "purposes": Purpose.PROTECTIVE,
        "may_endorse": False,
        "not_before": START,
        "expires": END,
    }
    claims = decode_token(endorse(signing.public_key, **(usual | changes))).claims
    assert isinstance(claims, Endorsement)
    return claims


def test_an_emblem_says_what_it_was_told_to_say() -> None:
    assert emblem() == Emblem(
        not_before=SECONDS,
        expires=SECONDS + 90 * 86400,
        assets=(NameAsset("www.relief.example", "www.relief.example"),),
        issuer=RELIEF,
        purposes=Purpose.PROTECTIVE,
        sign=Sign.RED_CROSS,
    )


@pytest.mark.parametrize(
    ("asset", "marked"),
    [
        ("WWW.Relief.Example.", "www.relief.example"),
        ("spital.bücher.example", "spital.xn--bcher-kva.example"),
        ("192.0.2.1", "1.2.0.192.in-addr.arpa"),
        ("2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"),
    ],
)
def test_assets_are_written_in_the_form_in_which_they_are_compared(asset: str, marked: str) -> None:
    assert emblem(asset).assets == (NameAsset(marked, marked),)


def test_an_asset_that_is_named_twice_is_marked_once() -> None:
    assert len(emblem("www.relief.example", "mail.relief.example", "WWW.relief.example.").assets) == 2


@pytest.mark.parametrize("asset", ["", "a b", "*.relief.example", "-a.example", "a..b", "1.2.3", "a\n.example"])
def test_what_is_no_host_is_not_marked(asset: str) -> None:
    with pytest.raises(InvalidNameError):
        emblem(asset)


def test_without_a_sign_none_is_written() -> None:
    assert emblem(sign=None).sign is None


def test_a_sign_needs_a_purpose_that_uses_it() -> None:
    assert emblem(purposes=Purpose.CIVIL_DEFENCE, sign=None).purposes is Purpose.CIVIL_DEFENCE
    with pytest.raises(InputError, match="sign"):
        emblem(purposes=Purpose.CIVIL_DEFENCE)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purposes": Purpose(0)}, "purposes"),
        ({"expires": START}, "expires"),
        ({"expires": START + timedelta(microseconds=999_999)}, "expires"),
        ({"not_before": datetime(2027, 1, 1)}, "not before"),
        ({"expires": datetime(2027, 2, 1)}, "expires"),
    ],
    ids=["no purpose", "no time", "less than a second", "naive start", "naive end"],
)
def test_what_could_never_hold_is_not_signed(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError, match=field):
        emblem(**changes)
    with pytest.raises(InputError, match=field):
        endorsement(**changes)


def test_an_emblem_without_assets_is_not_signed() -> None:
    with pytest.raises(InputError, match="assets"):
        issue((), signer=signing, sign=None, not_before=START, expires=END, issuer=RELIEF)


def test_an_emblem_that_fits_no_record_is_not_signed() -> None:
    with pytest.raises(InputError, match="16384"):
        emblem(*(f"host-{number}.relief.example" for number in range(1000)))


def test_times_are_those_of_utc_with_fractions_of_a_second_dropped() -> None:
    local = START.astimezone(timezone(timedelta(hours=5, minutes=30))) + timedelta(microseconds=999_999)

    assert emblem(not_before=local).not_before == SECONDS


def test_an_endorsement_says_what_it_was_told_to_say() -> None:
    claims = endorsement(issuer=MINISTRY, may_endorse=True, purposes=Purpose.PROTECTIVE | Purpose.INDICATIVE, log=LOG)

    assert claims == Endorsement(
        not_before=SECONDS,
        expires=SECONDS + 90 * 86400,
        key=signing.public_key.cose_thumbprint,
        may_endorse=True,
        issuer=MINISTRY,
        subject=RELIEF,
        constraints=Constraints(purposes=Purpose.PROTECTIVE | Purpose.INDICATIVE),
        log=LOG,
    )


def test_without_log_entries_no_log_is_written() -> None:
    assert endorsement().log is None


def test_a_key_does_not_endorse_itself() -> None:
    with pytest.raises(InputError, match="another key"):
        endorsement(signer=signing)


def test_a_log_entry_that_no_reader_accepts_is_not_signed() -> None:
    with pytest.raises(MalformedError):
        endorsement(log=[LogEntry(b"short", index=1)])


class BrokenSigner:
    """A device that signs something else."""

    def __init__(self, signer: SoftwareSigner) -> None:
        self._signer = signer

    @property
    def public_key(self) -> PublicKey:
        return self._signer.public_key

    def sign(self, message: bytes) -> bytes:
        return self._signer.sign(message + b"?")


def test_a_signature_that_does_not_hold_is_not_handed_out() -> None:
    with pytest.raises(MalformedError, match="signature"):
        emblem(signer=BrokenSigner(signing))


@pytest.mark.parametrize("algorithm", list(map(default_algorithm, KeyKind)), ids=lambda algorithm: algorithm.name)
def test_every_algorithm_signs(algorithm: Any) -> None:
    assert emblem(signer=SoftwareSigner.generate(algorithm)).issuer == RELIEF


@given(
    start=st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)),
    length=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=36500)),
    purposes=st.integers(1, 31).map(Purpose),
    label=st.from_regex(r"\A[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\Z"),
)
def test_any_emblem_is_read_back_as_it_was_meant(
    start: datetime, length: timedelta, purposes: Purpose, label: str
) -> None:
    try:
        end = start + length
    except OverflowError:
        return

    claims = emblem(f"{label}.relief.example", not_before=start, expires=end, purposes=purposes, sign=None)

    assert (claims.purposes, claims.assets[0].text) == (purposes, f"{label}.relief.example")
    assert claims.not_before == start.timestamp() // 1
    assert claims.expires == end.timestamp() // 1
