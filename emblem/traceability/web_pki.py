"""Paths from a logged certificate to a root of the web PKI, as they were when it was logged (RFC 5280, section 6)."""

from __future__ import annotations

import ssl
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path

from cryptography import x509
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from emblem.errors import InputError, MalformedError
from emblem.model.display import excerpt
from emblem.traceability.der import SEQUENCE, read_value, read_values
from emblem.traceability.loading import MALFORMED
from emblem.traceability.logged import LoggedCertificate

LARGEST_ROOTS = 4 * 1024 * 1024
"""Bytes of a file of root certificates."""
MOST_ROOTS = 2000
"""Certificates in such a file."""

_INTEGER = 0x02
_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"


@dataclass(frozen=True)
class WebRoots:
    """The roots that certificates may lead to.

    Args:
        name: where they are from, in words.
        read: reads them; called when they are first needed.
    """

    name: str
    read: Callable[[], tuple[x509.Certificate, ...]] = field(repr=False, compare=False)

    @cached_property
    def store(self) -> Store:
        """The roots as the library takes them."""
        return Store(list(self.read()))


def system_roots() -> WebRoots:
    """The roots of the system, or where it has none in one file, those that certifi carries."""
    path = ssl.get_default_verify_paths().cafile
    if path is None:
        import certifi

        path = certifi.where()
    return WebRoots(f"the roots in {path}", lambda: _read_leniently(path, Path(path).read_bytes()))


def given_roots(name: str, data: bytes) -> WebRoots:
    """Roots that the verifier was given.

    Args:
        name: the name of the file, for the errors.
        data: certificates in PEM.

    Raises:
        MalformedError: there is none, one is malformed, or there are too many.
    """
    _check_size(name, data)
    try:
        roots = tuple(x509.load_pem_x509_certificates(data))
    except (ValueError, x509.InvalidVersion) as error:
        raise MalformedError(name, f"{len(data)} bytes that are none", "root certificates in PEM") from error
    return WebRoots(name, lambda: roots)


def find_path(logged: LoggedCertificate, name: str, at: datetime, roots: WebRoots) -> tuple[x509.Certificate, ...]:
    """The certificates from the logged one up to a root.

    The rules are those of the web PKI (as the library has them: key sizes, algorithms, uses, constraints of names and
    depth). That a precertificate is poisoned is no fault here.

    Args:
        logged: the certificate, and those that may lie between it and the root.
        name: a DNS name that it must be for.
        at: the time at which all of it must have been valid.
        roots: where it may lead.

    Raises:
        InputError: no such path was found.
    """
    try:
        builder = _policies().store(roots.store).time(at)
        verifier = builder.build_server_verifier(x509.DNSName(name))
        return tuple(verifier.verify(logged.certificate, list(logged.issuers)))
    except (VerificationError, *MALFORMED) as error:
        raise InputError("certificate", excerpt(error), f"one with a path to {roots.name}") from error


@cache
def _policies() -> PolicyBuilder:
    """The rules of the web PKI, but for the poison."""
    poisoned = ExtensionPolicy.webpki_defaults_ee().may_be_present(x509.PrecertPoison, Criticality.CRITICAL, None)
    return PolicyBuilder().extension_policies(ee_policy=poisoned, ca_policy=ExtensionPolicy.webpki_defaults_ca())


def _read_leniently(name: str, data: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a system's store that can be read; a few of the world's roots break rules of X.509."""
    _check_size(name, data)
    roots = []
    for block in data.split(_BEGIN)[1:]:
        try:
            encoded = b64decode(block.partition(_END)[0])
            # The library warns of serial numbers that are not positive, and is going to refuse them.
            if _has_positive_serial(encoded):
                roots.append(x509.load_der_x509_certificate(encoded))
        except (ValueError, MalformedError, x509.InvalidVersion):
            continue
    if not roots:
        raise MalformedError(name, "no certificate that can be read", "root certificates in PEM")
    return tuple(roots)


def _has_positive_serial(encoded: bytes) -> bool:
    field = "root certificate"
    outer = read_value(field, encoded, SEQUENCE)
    body = next((contents for tag, contents in read_values(field, outer) if tag == SEQUENCE), b"")
    serial = next((contents for tag, contents in read_values(field, body) if tag == _INTEGER), b"")
    return int.from_bytes(serial, "big", signed=True) > 0


def _check_size(name: str, data: bytes) -> None:
    if len(data) > LARGEST_ROOTS:
        raise MalformedError(name, f"{len(data)} bytes", f"{LARGEST_ROOTS} bytes at the most")
    if (count := data.count(_BEGIN)) > MOST_ROOTS:
        raise MalformedError(name, f"{count} certificates", f"{MOST_ROOTS} at the most")
