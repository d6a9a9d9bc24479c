"""Certificates of keys: judged without surprise, and never good unless the authority signed every word of them."""

from __future__ import annotations

from emblem.codec import cbor
from emblem.errors import MalformedError
from emblem.model.certification import CertificationNeed, CertificationResult
from emblem.model.limits import MOST_CERTIFICATES
from emblem.model.organization import Organization
from emblem.traceability.certification import beyond, certify, last_moment
from emblem.traceability.dane import read_associations
from fuzzing.set_mutation import NOW
from fuzzing.target import Target, require
from test_vectors.generator.certificates import BELOW, LEAF, OFFICE, PKI, Certificate
from test_vectors.generator.encoding import base32_lower
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import ORG, TARGET

LIMITED = OFFICE.but(permitted=("relief.example",), excluded=("b.relief.example",))
CHAINS: tuple[tuple[Certificate, ...], ...] = (
    (LEAF,),
    (BELOW, OFFICE),
    (BELOW, OFFICE, PKI),
    (BELOW.but(issuer=LIMITED, names=("relief.example",)), LIMITED),
)
"""Chains that lead to the authority."""
_SIGNED = {one.signed.tbs_certificate_bytes for chain in CHAINS for one in chain}
_ISSUER = Organization.parse(ORG)


def check_certificates(data: bytes) -> None:
    """Certificates as a header has them, or one as it is; where they are no chain, nothing is there to be judged."""
    chain = _read(data)
    need = CertificationNeed(chain, base32_lower(EMBLEM.kid), _ISSUER, (TARGET,), NOW)
    answer = certify(need, [PKI.der])
    if answer.result is CertificationResult.VERIFIED:
        from cryptography import x509

        first = x509.load_der_x509_certificate(chain[0])
        require(first.tbs_certificate_bytes in _SIGNED, "what is verified was signed")
    strange = certify(need, [chain[-1]], read_associations(bytes((2, 0, 0)) + one for one in chain))
    require(bool(strange.detail), "whatever it comes to, it is said why")
    try:
        beyond(chain, [TARGET])
        last_moment(chain)
    except MalformedError:
        require(answer.result is CertificationResult.FAILED, "what is malformed fails")


def _read(data: bytes) -> tuple[bytes, ...]:
    try:
        item = cbor.decode("certificates", data)
    except MalformedError:
        return (data,)
    several = isinstance(item, list | tuple) and 0 < len(item) <= MOST_CERTIFICATES
    return tuple(item) if several and all(isinstance(one, bytes) for one in item) else (data,)


TARGETS = (Target("certificates", check_certificates),)
"""What a token carries to say whose its key is."""
