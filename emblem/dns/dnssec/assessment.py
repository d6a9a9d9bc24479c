"""What DNSSEC says about an answer, as plain values: no dnspython, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from emblem.dns.message import Question
from emblem.model.value import quickly_made


class State(StrEnum):
    """Whether an answer is authentic (RFC 4035, section 4.3)."""

    SECURE = "secure"
    """Signed, along a chain that begins at a trust anchor."""
    INSECURE = "insecure"
    """It is proven, along such a chain, that the answer need not be signed, or cannot be checked."""
    BOGUS = "bogus"
    """It should be signed, and the signatures, or the proof that there are none, do not hold."""
    INDETERMINATE = "indeterminate"
    """Not known: no trust anchor above, or what is needed to decide could not be had."""


class Reason(StrEnum):
    """Why an answer, or a zone, has its state. The values are stable."""

    VALIDATED = "validated"
    """Secure: every signature and every proof holds."""

    UNSIGNED_DELEGATION = "unsigned-delegation"
    """Insecure: the parent zone proves that it delegates without DS records."""
    OPT_OUT = "opt-out"
    """Insecure: the proof lies in an NSEC3 span that may hold unsigned delegations (RFC 5155, section 6)."""
    UNSUPPORTED_ALGORITHM = "unsupported-algorithm"
    """Insecure: every DS record names an algorithm that the policy does not accept (RFC 4035, section 5.2)."""
    UNSUPPORTED_DIGEST = "unsupported-digest"
    """Insecure: every DS record of an accepted algorithm has a digest that the policy does not accept."""
    UNSUPPORTED_KEY = "unsupported-key"
    """Insecure: the keys that the DS records name are authentic, and of a size that is not accepted."""
    TOO_MANY_ITERATIONS = "too-many-iterations"
    """Insecure: NSEC3 with more than 150 iterations (RFC 9276, section 3.2)."""

    SIGNATURE_MISSING = "signature-missing"
    """Bogus: records of a signed zone without a signature by the zone that could be checked."""
    SIGNATURE_EXPIRED = "signature-expired"
    """Bogus: the signature's time is over."""
    SIGNATURE_NOT_YET_VALID = "signature-not-yet-valid"
    """Bogus: the signature's time has not begun."""
    SIGNATURE_INVALID = "signature-invalid"
    """Bogus: the signature does not hold for these records and the zone's keys."""
    KEY_MISSING = "key-missing"
    """Bogus: the zone has no usable key of the tag and algorithm that the signature names."""
    SIGNER_INVALID = "signer-invalid"
    """Bogus: signed by a name that is no zone, or not one that the records are in."""
    DELEGATION_MISMATCH = "delegation-mismatch"
    """Bogus: none of the zone's keys is one that the parent's DS records, or the trust anchors, name."""
    WILDCARD_UNPROVEN = "wildcard-unproven"
    """Bogus: made from a wildcard, without proof that nothing closer exists (RFC 4035, section 5.3.4)."""
    DENIAL_MISSING = "denial-missing"
    """Bogus: a signed zone says "no" without NSEC or NSEC3 records."""
    DENIAL_INCOMPLETE = "denial-incomplete"
    """Bogus: the NSEC or NSEC3 records do not prove what the response says."""
    RESPONSE_CODE = "response-code"
    """Bogus: the records prove another kind of "no" than the response code says."""
    TOO_MANY_CHECKS = "too-many-checks"
    """Bogus: more signatures than are checked for one response."""

    OUT_OF_TIME = "out-of-time"
    """Indeterminate: of kept answers whose signatures held when they are said to have been kept, and no longer do."""
    NO_TRUST_ANCHOR = "no-trust-anchor"
    """Indeterminate: no trust anchor is above the name."""
    RESOLVER_WITHOUT_DNSSEC = "resolver-without-dnssec"
    """Indeterminate: the resolver gives no signatures even for the keys of the trust anchor's own zone."""
    UNAVAILABLE = "unavailable"
    """Indeterminate: a question that the chain needs was not answered."""
    ANSWER_FAILED = "answer-failed"
    """Indeterminate: there is no answer that could be judged."""
    TOO_MANY_QUESTIONS = "too-many-questions"
    """Indeterminate: the chain needs more questions than are asked for one answer."""
    NOT_SUPPORTED = "not-supported"
    """Indeterminate: records of this type (RRSIG, ANY and other meta types) are not signed as a set."""


class DenialKind(StrEnum):
    """What NSEC or NSEC3 records prove. The values are stable."""

    NODATA = "nodata"
    """The name exists, and has no records of the type."""
    EMPTY_NON_TERMINAL = "empty-non-terminal"
    """The name exists only as the parent of others, and has no records."""
    WILDCARD_NODATA = "wildcard-nodata"
    """The name does not exist; the wildcard that stands for it has no records of the type."""
    NXDOMAIN = "nxdomain"
    """Neither the name nor a wildcard for it exists."""
    COMPACT_NXDOMAIN = "compact-nxdomain"
    """The name does not exist, says the NXNAME type in its own NSEC or NSEC3 record (RFC 9824)."""
    UNSIGNED_SPAN = "unsigned-span"
    """There are no signed records; there may be an unsigned delegation (opt-out)."""


class Mechanism(StrEnum):
    """How a denial is proven."""

    NSEC = "nsec"
    NSEC3 = "nsec3"


@dataclass(frozen=True, slots=True)
class Denial:
    """A proof that there are no records.

    Args:
        kind: what is proven.
        mechanism: by which records.
        opt_out: the proof rests on an opt-out span: there may be an unsigned delegation after all.
        delegation: the name is where another zone begins (NS without SOA), seen from its parent.
    """

    kind: DenialKind
    mechanism: Mechanism
    opt_out: bool = False
    delegation: bool = False

    @property
    def name_denied(self) -> bool:
        """The name is proven not to exist, so that no record of any type does."""
        return self.kind in (DenialKind.NXDOMAIN, DenialKind.COMPACT_NXDOMAIN)


@quickly_made
@dataclass(frozen=True, slots=True)
class DelegationSigner:
    """A DS record, or a trust anchor in that form (RFC 4034, section 5).

    Args:
        key_tag: of the key.
        algorithm: of the key, by number.
        digest_type: by number.
        digest: in hexadecimal, lower case.
    """

    key_tag: int
    algorithm: int
    digest_type: int
    digest: str


@quickly_made
@dataclass(frozen=True, slots=True)
class ZoneKey:
    """A DNSKEY record of a zone (RFC 4034, section 2).

    Args:
        key_tag: its tag.
        algorithm: by number.
        flags: as in the record: 256 a zone key, 1 secure entry point, 128 revoked (RFC 5011).
        entry: it is the key that the parent or a trust anchor names, and that signed the key set.
    """

    key_tag: int
    algorithm: int
    flags: int
    entry: bool


@quickly_made
@dataclass(frozen=True, slots=True)
class ZoneLink:
    """One zone of a chain of trust.

    Args:
        zone: its name.
        state: whether its data can be secure.
        reason: why.
        detail: one line for people.
        parent: the zone whose DS records, or whose proof that there are none, this rests on; ``None`` at a trust
            anchor.
        signers: the DS records of the parent, or the trust anchors.
        keys: the zone's keys; none of a zone that is not secure.
    """

    zone: str
    state: State
    reason: Reason
    detail: str
    parent: str | None
    signers: tuple[DelegationSigner, ...] = ()
    keys: tuple[ZoneKey, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Evidence:
    """A question and the responses to it, as received: enough to come to the same assessment again.

    Args:
        question: what was asked.
        wires: the messages that answered it, in order: more than one where aliases were followed.
    """

    question: Question
    wires: tuple[bytes, ...]


@quickly_made
@dataclass(frozen=True, slots=True)
class Assessment:
    """What DNSSEC says about an answer.

    Args:
        state: whether it is authentic.
        reason: why.
        detail: one line for people.
        denial: what is proven of a "no"; ``None`` for records, and where nothing is proven.
        zones: the zones that were relied on, parents before children.
        evidence: everything that was relied on, the answer itself last.
        signature_checks: how many signatures were checked for this.
    """

    state: State
    reason: Reason
    detail: str
    denial: Denial | None = None
    zones: tuple[ZoneLink, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    signature_checks: int = 0
