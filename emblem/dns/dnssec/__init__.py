"""DNSSEC: whether an answer is authentic, from a trust anchor down (RFC 4033 to 4035, 5155, 6840, 9364).

:func:`assess` is a generator: it yields the questions that the chain of trust needs, is sent the answers, and returns
an :class:`Assessment`. It opens no socket and reads no clock.

Importing this package imports dnspython's DNSSEC; :mod:`emblem.dns.dnssec.assessment` alone does not.
"""

from __future__ import annotations

from emblem.dns.dnssec.anchors import TrustAnchors, ZoneAnchors, parse_anchors, root_anchors
from emblem.dns.dnssec.assessment import (
    Assessment,
    DelegationSigner,
    Denial,
    DenialKind,
    Evidence,
    Mechanism,
    Reason,
    State,
    ZoneKey,
    ZoneLink,
)
from emblem.dns.dnssec.cache import ZoneCache
from emblem.dns.dnssec.chain import Steps
from emblem.dns.dnssec.policy import DEFAULT_POLICY, Policy
from emblem.dns.dnssec.replay import answer_from, answers_from
from emblem.dns.dnssec.validator import assess

__all__ = [
    "DEFAULT_POLICY",
    "Assessment",
    "DelegationSigner",
    "Denial",
    "DenialKind",
    "Evidence",
    "Mechanism",
    "Policy",
    "Reason",
    "State",
    "Steps",
    "TrustAnchors",
    "ZoneAnchors",
    "ZoneCache",
    "ZoneKey",
    "ZoneLink",
    "answer_from",
    "answers_from",
    "assess",
    "parse_anchors",
    "root_anchors",
]
