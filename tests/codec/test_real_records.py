"""The records of two domains that carried a digital emblem in 2026, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from emblem.codec.carriage import DecodedRecord, decode_record
from emblem.codec.record_text import decode_records
from emblem.keys.algorithms import find_algorithm
from emblem.keys.public import PublicKey
from emblem.model.asset import NameAsset, NetworkAsset
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.record import Record
from emblem.model.target import Target
from emblem.model.token import Emblem, Endorsement, Format

FOLDER = Path(__file__).parent.parent / "data" / "adem-jws"
RED_CROSS, LINKER = "emblem.redcross.org.uk", "emblem.felixlinker.de"


def load(name: str) -> list[DecodedRecord]:
    entries = decode_records(name, (FOLDER / f"{name}.txt").read_bytes())
    decoded = [decode_record(entry) for entry in entries if isinstance(entry, Record)]
    assert len(decoded) == len(entries)
    return [record for record in decoded if record is not None]


def keys_of(records: list[DecodedRecord]) -> dict[str, PublicKey]:
    return {key.jwk_thumbprint: key for record in records for key in record.keys if isinstance(key, PublicKey)}


def emblem_of(records: list[DecodedRecord]) -> Emblem:
    (emblem,) = [record.token.claims for record in records if record.token and isinstance(record.token.claims, Emblem)]
    return emblem


def endorsements_of(records: list[DecodedRecord]) -> dict[str, Endorsement]:
    return {
        str(record.token.claims.issuer): record.token.claims
        for record in records
        if record.token and isinstance(record.token.claims, Endorsement)
    }


@pytest.mark.parametrize("name", [RED_CROSS, LINKER])
def test_every_record_is_one_of_ours_and_is_read(name: str) -> None:
    records = load(name)

    assert len(records) == len((FOLDER / f"{name}.txt").read_text().splitlines())
    assert [record.problem for record in records] == [None] * len(records)
    assert {(record.format, record.set_name) for record in records} == {(Format.JWS, "")}


@pytest.mark.parametrize("name", [RED_CROSS, LINKER])
def test_every_signature_holds_under_the_key_that_it_names(name: str) -> None:
    records = load(name)
    keys = keys_of(records)
    tokens = [record.token for record in records if record.token is not None]

    assert len(tokens) == 3
    for token in tokens:
        key = keys[token.key_identifier or ""]
        algorithm = find_algorithm(token.algorithm)
        assert algorithm is not None
        assert key.allows(algorithm)
        assert key.verify(token.signature, token.signed)
        assert not key.verify(token.signature, token.signed + b".")


def test_the_british_red_cross_carries_its_keys_in_its_tokens() -> None:
    records = load(RED_CROSS)

    assert [(record.token is not None, len(record.keys)) for record in records] == [(True, 1)] * 3


def test_the_british_red_cross_marks_another_name_than_the_one_it_was_found_at() -> None:
    emblem = emblem_of(load(RED_CROSS))

    assert emblem.issuer == Organization("redcross.org.uk")
    assert emblem.purposes is Purpose.PROTECTIVE
    assert NameAsset("adem.redcross.org.uk", "adem.redcross.org.uk") in emblem.assets
    assert not any(isinstance(asset, NameAsset) and asset.covers_name(RED_CROSS) for asset in emblem.assets)


def test_the_chain_of_the_british_red_cross_is_its_own() -> None:
    records = load(RED_CROSS)
    endorsements = [r.token.claims for r in records if r.token and isinstance(r.token.claims, Endorsement)]

    assert [str(endorsement.issuer) for endorsement in endorsements] == ["https://redcross.org.uk"] * 2
    assert {endorsement.key for endorsement in endorsements} <= set(keys_of(records))


def test_the_other_set_has_three_tokens_and_three_keys() -> None:
    records = load(LINKER)

    assert sum(record.token is not None for record in records) == 3
    assert sum(len(record.keys) for record in records) == 3


def test_the_other_set_marks_one_address() -> None:
    emblem = emblem_of(load(LINKER))
    address = Target.parse("2a01:4f9:c010:d8e4::1").address
    after = Target.parse("2a01:4f9:c010:d8e4::2").address

    (asset,) = emblem.assets
    assert isinstance(asset, NetworkAsset)
    assert address is not None
    assert after is not None
    assert asset.covers_address(address)
    assert not asset.covers_address(after)


def test_the_other_set_is_endorsed_by_an_authority() -> None:
    records = load(LINKER)
    emblem, endorsements = emblem_of(records), endorsements_of(records)

    own, authority = endorsements["https://emblem.felixlinker.de"], endorsements["https://auth.felixlinker.de"]
    assert emblem.issuer == own.issuer == authority.subject
    assert authority.may_endorse
    assert own.log
    assert authority.log
    assert {own.key, authority.key} <= set(keys_of(records))
