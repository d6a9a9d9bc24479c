"""Where a certificate says that its authority's lists are (RFC 5280, section 4.2.1.13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtensionOID, NameOID

from emblem.traceability.revocation import revocation_resources

KEY = ec.derive_private_key(7, ec.SECP256R1())
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody")])
START = datetime(2026, 1, 1, tzinfo=UTC)
WEB, MIRROR = "http://lists.example/1.crl", "https://mirror.example/1.crl"


def certificate(*extensions: x509.ExtensionType) -> x509.Certificate:
    builder = x509.CertificateBuilder(NAME, NAME, KEY.public_key(), 7, START, START + timedelta(days=90))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(KEY, hashes.SHA256())


def point(*names: str, issuer: bool = False, reasons: bool = False, relative: bool = False) -> x509.DistributionPoint:
    """A point with these addresses, perhaps for another issuer's list, or for some reasons only."""
    full = [x509.UniformResourceIdentifier(name) for name in names]
    return x509.DistributionPoint(
        full_name=None if relative or not full else full,
        relative_name=NAME.rdns[0] if relative else None,
        reasons=frozenset({x509.ReasonFlags.key_compromise}) if reasons else None,
        crl_issuer=[x509.DirectoryName(NAME)] if issuer else None,
    )


def addresses(*extensions: x509.ExtensionType) -> list[str]:
    return [one.address for one in revocation_resources(certificate(*extensions))]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([point(WEB)], [WEB]),
        ([point(WEB, MIRROR)], [WEB, MIRROR]),
        ([point(WEB), point(MIRROR)], [WEB, MIRROR]),
        ([point(WEB), point(WEB)], [WEB]),
        ([point("ldap://lists.example/1", WEB)], [WEB]),
        ([point(WEB, issuer=True)], []),
        ([point(WEB, reasons=True), point(MIRROR)], [MIRROR]),
        ([point(issuer=True)], []),
        ([point(relative=True)], []),
    ],
)
def test_only_addresses_of_whole_lists_by_the_issuer_itself_are_asked(
    points: list[x509.DistributionPoint], expected: list[str]
) -> None:
    assert addresses(x509.CRLDistributionPoints(points)) == expected


def test_other_names_of_a_point_are_passed_over() -> None:
    names = [x509.DirectoryName(NAME), x509.DNSName("lists.example"), x509.UniformResourceIdentifier(WEB)]
    assert addresses(x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)])) == [WEB]


def test_an_extension_that_nobody_can_read_hides_no_list() -> None:
    unreadable = x509.UnrecognizedExtension(ExtensionOID.POLICY_CONSTRAINTS, b"\xff")
    assert addresses(unreadable, x509.CRLDistributionPoints([point(WEB)])) == [WEB]


@pytest.mark.parametrize("value", [b"", b"\x30\x05", b"\x02\x01\x01", b"\x30\x08\x30\x06\xa0\x04\xa0\x02\x86\x01"])
def test_points_that_are_malformed_are_none(value: bytes) -> None:
    assert addresses(x509.UnrecognizedExtension(ExtensionOID.CRL_DISTRIBUTION_POINTS, value)) == []


def test_an_address_that_is_no_ascii_is_none() -> None:
    value = b"\x30\x0d\x30\x0b\xa0\x09\xa0\x07\x86\x05h\xc3\xa9tp"
    assert addresses(x509.UnrecognizedExtension(ExtensionOID.CRL_DISTRIBUTION_POINTS, value)) == []
