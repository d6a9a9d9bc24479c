"""Verifiers that are broken on purpose: our own, each with one rule left out or turned round.

Each is an edit of our source. That the vectors catch every one of them shows that they test the rule:
``test_bite.py`` proves it, and ``python -m tests.vectors.mutation`` prints which vectors do.
"""

from __future__ import annotations

from tests.vectors.broken_certificates import CERTIFICATES
from tests.vectors.broken_commitments import COMMITMENTS
from tests.vectors.broken_discovery import DISCOVERY
from tests.vectors.broken_dns import DNS
from tests.vectors.broken_evidence import EVIDENCE
from tests.vectors.broken_judging import CHAIN, TOKENS, UNKNOWN
from tests.vectors.broken_jws import JWS
from tests.vectors.broken_post_quantum import POST_QUANTUM
from tests.vectors.broken_reading import CBOR, CLAIMS, HEADER, KEYS, NAMES
from tests.vectors.broken_trust import SCOPES, SETS, TRUST

BROKEN = (
    *CBOR,
    *HEADER,
    *CLAIMS,
    *NAMES,
    *KEYS,
    *TOKENS,
    *UNKNOWN,
    *CHAIN,
    *TRUST,
    *SCOPES,
    *SETS,
    *CERTIFICATES,
    *JWS,
    *POST_QUANTUM,
    *DISCOVERY,
    *DNS,
    *COMMITMENTS,
    *EVIDENCE,
)
"""Every broken verifier."""
