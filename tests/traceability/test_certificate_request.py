"""Requests for certificates."""

from __future__ import annotations

from cryptography import x509

from emblem.traceability.certificate_request import certificate_request, generate_certificate_key
from tests.traceability.builders import NAMES


def test_a_request_names_what_was_asked_and_proves_the_key() -> None:
    key = generate_certificate_key()

    request = x509.load_pem_x509_csr(certificate_request(NAMES, key))

    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == list(NAMES)
    assert request.is_signature_valid
    assert request.public_key() == key.private.public_key()
    assert not list(request.subject)
