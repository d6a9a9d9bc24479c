"""Roots of the web PKI, paths to them, and revocation lists, beyond what the checks of commitments show."""

from __future__ import annotations

import ssl
from pathlib import Path
from types import SimpleNamespace

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from emblem.errors import InputError, MalformedError
from emblem.model.evidence import Revocation
from emblem.traceability.logged import LoggedCertificate
from emblem.traceability.revocation import ListSignatures, judge_revocation, load_list, revocation_resources
from emblem.traceability.web_pki import find_path, given_roots, system_roots
from test_vectors.generator.commitments import pki
from tests.support.arrangement import AT
from tests.support.commitments import AUTHORITY, LOGGED, names, request, roots

CERTIFICATE = request().final(AUTHORITY)


def logged(certificate: x509.Certificate = CERTIFICATE) -> LoggedCertificate:
    return LoggedCertificate(certificate, AUTHORITY.chain)


@pytest.mark.parametrize("certificate", [CERTIFICATE, request().precertificate(AUTHORITY)], ids=["final", "poisoned"])
def test_a_path_leads_from_the_certificate_to_the_root(certificate: x509.Certificate) -> None:
    path = find_path(logged(certificate), names()[0], LOGGED, roots())

    assert path == (certificate, *AUTHORITY.chain)


def test_a_path_must_be_valid_at_the_time_and_for_the_name() -> None:
    with pytest.raises(InputError, match="path to the roots of the test"):
        find_path(logged(), names()[0], pki.START.replace(year=2040), roots())
    with pytest.raises(InputError):
        find_path(logged(), "elsewhere.example", LOGGED, roots())


def test_the_roots_of_the_system_can_be_read_and_those_of_certifi_take_their_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert len(system_roots().read()) > 50
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: SimpleNamespace(cafile=None))

    assert system_roots().name == f"the roots in {certifi.where()}"
    assert len(system_roots().read()) > 50


def test_what_cannot_be_read_of_a_system_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    (tmp_path / "some.pem").write_text(broken + pki.pem(AUTHORITY.root))
    (tmp_path / "none.pem").write_text(broken)
    for name in ("some.pem", "none.pem"):
        path = str(tmp_path / name)
        monkeypatch.setattr(ssl, "get_default_verify_paths", lambda path=path: SimpleNamespace(cafile=path))
        if name == "some.pem":
            assert system_roots().read() == (AUTHORITY.root,)
        else:
            with pytest.raises(MalformedError, match="no certificate"):
                system_roots().read()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "root certificates"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "root certificates"),
        (b"-----BEGIN CERTIFICATE-----" * 2001, "2001 certificates"),
        (bytes(5_000_000), "bytes"),
    ],
    ids=["none", "damaged", "many", "huge"],
)
def test_a_file_of_roots_that_is_something_else_is_malformed(data: bytes, said: str) -> None:
    with pytest.raises(MalformedError, match=said):
        given_roots("roots.pem", data)


# Revocation lists


def test_a_list_is_read_in_either_form() -> None:
    made = AUTHORITY.revoke(7)

    assert load_list("list", pki.der(made)) == load_list("list", made.public_bytes(Encoding.PEM))


@pytest.mark.parametrize("data", [b"", b"nonsense", b"-----BEGIN X509 CRL-----\n", bytes(17 * 1024 * 1024)])
def test_what_is_no_list_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match="list"):
        load_list("list", data)


def test_a_certificate_without_a_distribution_point_names_no_list() -> None:
    assert revocation_resources(pki.Request(names()).final(AUTHORITY)) == ()
    assert revocation_resources(request(list_address="ldap://lists.example").final(AUTHORITY)) == ()
    assert [one.unencrypted for one in revocation_resources(CERTIFICATE)] == [True]


def test_a_list_of_another_authority_says_nothing() -> None:
    other = pki.Authority.top("Another").revoke(7)
    finding = judge_revocation(CERTIFICATE, AUTHORITY.certificate, [other], AT)

    assert finding.state is Revocation.UNKNOWN
    assert judge_revocation(CERTIFICATE, AUTHORITY.certificate, [], AT).state is Revocation.UNKNOWN


def test_a_signature_that_was_checked_for_one_authority_says_nothing_of_another() -> None:
    other, signatures = pki.Authority.top("Another"), ListSignatures()
    made = AUTHORITY.revoke(7)

    for issuer, state in ((AUTHORITY, Revocation.REVOKED), (other, Revocation.UNKNOWN)) * 2:
        assert judge_revocation(CERTIFICATE, issuer.certificate, [made], AT, signatures).state is state


def test_one_list_that_names_the_certificate_suffices() -> None:
    lists = [AUTHORITY.revoke(8, days=1), AUTHORITY.revoke(7)]

    assert judge_revocation(CERTIFICATE, AUTHORITY.certificate, lists, AT).state is Revocation.REVOKED
