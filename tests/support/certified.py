"""An emblem whose key is certified, for tests that need one; the certificates are those of the vectors."""

from __future__ import annotations

from datetime import datetime

from emblem.keys.signing import SoftwareSigner
from emblem.model.organization import Organization
from emblem.model.target import Target
from emblem.validation.trust import TrustedCertificate
from test_vectors.generator.certificates import BELOW, LEAF, OFFICE, PKI
from test_vectors.generator.cwt.certificates import token
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import AT as AT_TEXT
from test_vectors.generator.vector import AUTH, ORG, TARGET

AT = datetime.fromisoformat(AT_TEXT)
HOST = Target.parse(TARGET)
RELIEF, MINISTRY = map(Organization.parse, (ORG, AUTH))
KEY = SoftwareSigner(EMBLEM.private)
RECORDS = (EMBLEM.record, token(LEAF))
"""An emblem whose key the Ministry's authority certifies, and the key."""
RECORDS_BELOW = (EMBLEM.record, token(BELOW, OFFICE))
"""The same, one authority between."""
TRUSTED = TrustedCertificate(PKI.der, MINISTRY)
STORE = f"""
[[authority]]
organization = "{MINISTRY}"
name = "Ministry"
certificates = ['''
{PKI.pem}''']
"""
"""A trust store with the Ministry's authority."""
