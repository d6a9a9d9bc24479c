"""The certificates that commit the keys of two real emblems, against what their owner published and signed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from emblem.codec.base64 import decode_base64
from emblem.codec.carriage import decode_record
from emblem.codec.jws import read_log, write_log
from emblem.codec.record_text import decode_records
from emblem.model.organization import Organization
from emblem.model.record import Record
from emblem.model.token import Endorsement, Token
from emblem.traceability.chain import CertificateChain, read_chain
from emblem.traceability.commitment import Binding, CertificateNames
from emblem.traceability.entries import TimestampedEntry, embedded_entries
from emblem.traceability.log_list import LogState, shipped_log_list
from emblem.traceability.promises import PromiseState, check_promise
from tests.traceability.builders import DATA

EMBLEM, AUTHORITY = "emblem.felixlinker.de", "auth.felixlinker.de"
TOKENS = Path(__file__).parents[1] / "data" / "adem-jws" / "emblem.felixlinker.de.txt"


def chain(host: str) -> CertificateChain:
    return read_chain(host, (DATA / f"{host}.fullchain.pem").read_bytes())


def published(host: str) -> Any:
    return json.loads((DATA / f"{host}.logs.json").read_text())


def entries(host: str) -> list[TimestampedEntry]:
    found = embedded_entries(chain(host))
    assert all(isinstance(entry, TimestampedEntry) for entry in found)
    return [entry for entry in found if isinstance(entry, TimestampedEntry)]


def endorsements() -> list[tuple[Token, Endorsement]]:
    """The published endorsements."""
    records = (
        decode_record(entry) for entry in decode_records("tokens", TOKENS.read_bytes()) if isinstance(entry, Record)
    )
    tokens = [record.token for record in records if record is not None and record.token is not None]
    return [(token, token.claims) for token in tokens if isinstance(token.claims, Endorsement)]


@pytest.mark.parametrize("host", [EMBLEM, AUTHORITY])
def test_the_entries_are_exactly_those_that_the_owner_published(host: str) -> None:
    assert write_log(tuple(entry.log_entry for entry in entries(host))) == published(host)


@pytest.mark.parametrize("host", [EMBLEM, AUTHORITY])
def test_the_entries_are_those_in_the_published_tokens(host: str) -> None:
    logs = [claims.log for _, claims in endorsements() if claims.issuer == Organization(host) and claims.log]

    assert logs
    assert read_log(published(host)) in logs


def test_the_timestamps_of_every_log_that_is_listed_verify() -> None:
    promises = [check_promise(entry, shipped_log_list()) for host in (EMBLEM, AUTHORITY) for entry in entries(host)]

    assert [(promise.log and promise.log.description, promise.state) for promise in promises] == [
        (None, PromiseState.UNKNOWN_LOG),
        ("DigiCert 'Sphinx2026h1'", PromiseState.VERIFIED),
        ("Sectigo 'Tiger2026h1'", PromiseState.VERIFIED),
        ("Cloudflare 'Nimbus2026'", PromiseState.VERIFIED),
    ]


def test_the_one_log_that_the_shipped_list_lacks_is_a_static_one() -> None:
    lacking = decode_base64("id", "GoudaUpXmMiZoMqIvfSPwLRWYMzDYA0fcfRp/8fRrKM=")

    assert shipped_log_list().find(lacking) is None
    assert [entry.timestamp.leaf_index for entry in entries(EMBLEM) if entry.timestamp.log_id == lacking] == [
        1486270852
    ]


def test_a_listed_log_may_have_been_pending_when_the_list_was_made() -> None:
    states = [log.state for entry in entries(AUTHORITY) if (log := shipped_log_list().find(entry.timestamp.log_id))]

    assert states == [LogState.PENDING, LogState.USABLE]


# the binding


def bound(host: str) -> Binding:
    """The key that signed the published endorsements of an issuer that have a log."""
    identifiers = {
        token.key_identifier
        for token, claims in endorsements()
        if claims.issuer == Organization(host) and claims.log is not None
    }
    (identifier,) = identifiers
    assert identifier is not None
    return Binding(identifier, Organization(host))


@pytest.mark.parametrize("host", [EMBLEM, AUTHORITY])
def test_the_certificate_commits_the_key_that_signed_the_published_tokens(host: str) -> None:
    assert CertificateNames(chain(host).names).bindings == (bound(host),)


@pytest.mark.parametrize("host", [EMBLEM, AUTHORITY])
def test_the_binding_fails_if_one_character_of_the_identifier_or_the_host_differs(host: str) -> None:
    names, binding = CertificateNames(chain(host).names), bound(host)
    identifier = binding.key_identifier

    for position in range(len(identifier)):
        character = "a" if identifier[position] != "a" else "b"
        changed = identifier[:position] + character + identifier[position + 1 :]
        assert names.missing(Binding(changed, binding.organization))
    for position in range(len(host)):
        character = "a" if host[position] != "a" else "b"
        organization = Organization(host[:position] + character + host[position + 1 :])
        assert len(names.missing(Binding(identifier, organization))) == 2


def test_no_certificate_commits_the_key_of_the_other() -> None:
    assert CertificateNames(chain(EMBLEM).names).missing(bound(AUTHORITY))
    assert CertificateNames(chain(AUTHORITY).names).missing(bound(EMBLEM))
