"""Which algorithms and digests count, and how much work an answer may cause.

The recommendations of RFC 8624 live on, since RFC 9904, in IANA's registries. What they say of validation: RSASHA256,
RSASHA512, ECDSA P-256 and P-384, Ed25519 and Ed448 are to be validated; RSAMD5, DSA and GOST are not (RFC 9906 for the
last); RSASHA1 may be known to an implementation, but who operates a validator must treat it as unsupported (RFC 9905).
Of digests SHA-1, SHA-256 and SHA-384 are validated: SHA-1 in a DS record is not broken by collisions, yet does not
count beside another (RFC 4509, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_SIGNATURE_CHECKS = 16
"""Signatures that are checked for one response."""
MOST_KEYS_OF_ONE_TAG = 4
"""Keys that are tried where several have the same tag and algorithm (tags are no identifiers)."""
MOST_SIGNERS_OF_ONE_TAG = 8
"""DS records of one tag and algorithm that a key is compared with: each costs a digest over the key."""
MOST_ITERATIONS = 150
"""Iterations of NSEC3 beyond which its zone counts as unsigned (RFC 9276, section 3.2)."""
MOST_QUESTIONS = 64
"""Questions that are asked to assess one answer. A chain takes two a zone; an IPv6 reverse name has 34 labels."""

SMALLEST_RSA_KEY = 1024
"""Bits of the modulus."""
LARGEST_RSA_KEY = 4096
"""Bits of the modulus (RFC 3110, section 2; RFC 5702, section 2)."""
LARGEST_RSA_EXPONENT = 64
"""Bits. A larger one makes every check hundreds of times as slow."""

RSASHA1 = 5
RSASHA1_NSEC3_SHA1 = 7
RSASHA256 = 8
RSASHA512 = 10
ECDSAP256SHA256 = 13
ECDSAP384SHA384 = 14
ED25519 = 15
ED448 = 16

SHA1 = 1
SHA256 = 2
SHA384 = 4
DIGEST_TYPES = frozenset({SHA1, SHA256, SHA384})

RSA_ALGORITHMS = frozenset({RSASHA1, RSASHA1_NSEC3_SHA1, RSASHA256, RSASHA512})


@dataclass(frozen=True, slots=True)
class Policy:
    """What is accepted. What is not makes a zone insecure, never bogus (RFC 4035, section 5.2).

    Args:
        algorithms: of keys and signatures, by number. ``RSASHA1`` and ``RSASHA1_NSEC3_SHA1`` can be added.
        digests: of DS records, by number: of ``SHA1``, ``SHA256`` and ``SHA384``.
    """

    algorithms: frozenset[int] = frozenset({RSASHA256, RSASHA512, ECDSAP256SHA256, ECDSAP384SHA384, ED25519, ED448})
    digests: frozenset[int] = DIGEST_TYPES


DEFAULT_POLICY = Policy()
