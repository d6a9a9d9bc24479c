"""Why a verdict is what it is. ``specs/reasons.md`` explains every code to those who read verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from emblem.model.value import quickly_made


class Severity(StrEnum):
    """How much a reason weighs: an error decides against, a warning limits or drops, an info explains."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class ReasonCode(StrEnum):
    """The stable codes of reasons. A code never changes its meaning; readers must accept new ones."""

    # records, keys and tokens that were dropped or set aside
    RECORD_MALFORMED = "record-malformed"
    RECORD_TOO_LARGE = "record-too-large"
    RECORD_DUPLICATE = "record-duplicate"
    RECORDS_TOO_MANY = "records-too-many"
    KEY_MALFORMED = "key-malformed"
    KEY_ALGORITHM_UNKNOWN = "key-algorithm-unknown"
    TOKEN_MALFORMED = "token-malformed"
    TOKEN_DUPLICATE = "token-duplicate"
    TOKEN_VERSION_UNKNOWN = "token-version-unknown"
    TOKEN_ALGORITHM_UNKNOWN = "token-algorithm-unknown"
    TOKEN_ALGORITHM_FORBIDDEN = "token-algorithm-forbidden"
    TOKEN_ALGORITHM_MISMATCH = "token-algorithm-mismatch"
    TOKEN_KEY_MISSING = "token-key-missing"
    TOKEN_SIGNATURE_INVALID = "token-signature-invalid"
    TOKEN_EXPIRED = "token-expired"
    TOKEN_NOT_YET_VALID = "token-not-yet-valid"
    TOKEN_REFUSED = "token-refused"
    TOKEN_WITHDRAWN = "token-withdrawn"
    KEY_REFUSED = "key-refused"
    ORGANIZATION_REFUSED = "organization-refused"
    # the chain of a set
    EMBLEM_MISSING = "emblem-missing"
    EMBLEM_SEVERAL = "emblem-several"
    CHAIN_UNCONNECTED = "chain-unconnected"
    CHAIN_BRANCH = "chain-branch"
    CHAIN_LOOP = "chain-loop"
    ENDORSEMENT_RENEWED = "endorsement-renewed"
    ENDORSEMENT_FORBIDS_ENDORSING = "endorsement-forbids-endorsing"
    ENDORSEMENT_PURPOSE_EXCEEDED = "endorsement-purpose-exceeded"
    ENDORSEMENT_ASSETS_EXCEEDED = "endorsement-assets-exceeded"
    ENDORSEMENT_CHANNEL_EXCEEDED = "endorsement-channel-exceeded"
    ENDORSEMENT_WINDOW_EXCEEDED = "endorsement-window-exceeded"
    ROOT_ENDORSEMENT_MISSING = "root-endorsement-missing"
    ROOT_LOG_MISSING = "root-log-missing"
    UNKNOWN_COULD_DECIDE = "unknown-could-decide"
    # the commitment of root keys
    COMMITMENT_VERIFIED = "commitment-verified"
    COMMITMENT_TRUSTED = "commitment-trusted"
    COMMITMENT_VOUCHED = "commitment-vouched"
    COMMITMENT_FAILED = "commitment-failed"
    COMMITMENT_UNDETERMINED = "commitment-undetermined"
    COMMITMENT_NOT_CHECKED = "commitment-not-checked"
    # the logs that commitments are in
    LOG_UNKNOWN = "log-unknown"
    LOG_DISTRUSTED = "log-distrusted"
    LOGS_OUTDATED = "logs-outdated"
    LOG_NOT_ASKED = "log-not-asked"
    LOG_UNREACHABLE = "log-unreachable"
    LOG_TIMEOUT = "log-timeout"
    LOG_REDIRECTED = "log-redirected"
    LOG_ANSWER_TOO_LARGE = "log-answer-too-large"
    LOG_ANSWER_MALFORMED = "log-answer-malformed"
    LOG_HEAD_UNSIGNED = "log-head-unsigned"
    LOG_ENTRY_MISSING = "log-entry-missing"
    LOG_ENTRY_LATER = "log-entry-later"
    LOG_ENTRY_WRONG = "log-entry-wrong"
    LOG_PROOF_WRONG = "log-proof-wrong"
    LOG_PROMISE_BROKEN = "log-promise-broken"
    LOG_PROMISE_INVALID = "log-promise-invalid"
    LOG_ROLLED_BACK = "log-rolled-back"
    LOG_SPLIT_VIEW = "log-split-view"
    # the certificates that commitments are
    CERTIFICATE_NAMES_OTHER = "certificate-names-other"
    CERTIFICATE_NOT_VALID = "certificate-not-valid"
    CERTIFICATE_PATH_UNKNOWN = "certificate-path-unknown"
    CERTIFICATE_REVOKED = "certificate-revoked"
    CERTIFICATE_REVOCATION_UNKNOWN = "certificate-revocation-unknown"
    # keys that certificates certify
    CERTIFICATION_VERIFIED = "certification-verified"
    CERTIFICATION_DANE = "certification-dane"
    CERTIFICATION_FAILED = "certification-failed"
    CERTIFICATION_UNDETERMINED = "certification-undetermined"
    CERTIFICATION_NOT_CHECKED = "certification-not-checked"
    # endorsements by others
    ENDORSER_ACCEPTED = "endorser-accepted"
    ENDORSER_NOT_CONNECTED = "endorser-not-connected"
    ENDORSER_FORBIDS = "endorser-forbids"
    ENDORSER_NOT_COMMITTED = "endorser-not-committed"
    # the target
    ASSET_MISMATCH = "asset-mismatch"
    ASSET_NEEDS_ADDRESSES = "asset-needs-addresses"
    MARKED_THROUGH_NAME = "marked-through-name"
    DEMONSTRATION_FOUND = "demonstration-found"
    CHANNEL_MISSING = "channel-missing"
    SIGN_UNKNOWN = "sign-unknown"
    SIGN_WITHOUT_PURPOSE = "sign-without-purpose"
    # trust
    TRUSTED_KEY = "trusted-key"
    TRUSTED_CERTIFICATE = "trusted-certificate"
    TRUSTED_NOBODY = "trusted-nobody"
    LEVEL_ACCEPTED = "level-accepted"
    TRUST_OUT_OF_SCOPE = "trust-out-of-scope"
    POLICY_LEVEL = "policy-level"
    POLICY_AUTHORITY = "policy-authority"
    POLICY_FORMAT = "policy-format"
    POLICY_LIFETIME = "policy-lifetime"
    POLICY_COMMITMENT = "policy-commitment"
    POLICY_DNSSEC = "policy-dnssec"
    # what was given
    NO_EMBLEM_IN_INPUT = "no-emblem-in-input"
    RECORDS_LEFT_OUT = "records-left-out"
    # discovery
    DISCOVERY_DENIED = "discovery-denied"
    DISCOVERY_NAME_DENIED = "discovery-name-denied"
    DISCOVERY_INCOMPLETE = "discovery-incomplete"
    DISCOVERY_NOT_NOW = "discovery-not-now"
    CARRIAGE_NOT_ASKED = "carriage-not-asked"
    # the authenticity of DNS answers
    DNSSEC_BOGUS = "dnssec-bogus"
    DENIAL_AUTHENTIC = "denial-authentic"
    DENIAL_UNAUTHENTICATED = "denial-unauthenticated"
    # evidence bundles
    EVIDENCE_STAMPED = "evidence-stamped"
    EVIDENCE_STAMP_UNTRUSTED = "evidence-stamp-untrusted"
    EVIDENCE_STAMP_INVALID = "evidence-stamp-invalid"
    EVIDENCE_TIME_UNCONFIRMED = "evidence-time-unconfirmed"
    EVIDENCE_IN_FUTURE = "evidence-in-future"
    EVIDENCE_OUT_OF_TIME = "evidence-out-of-time"
    EVIDENCE_ABSENCE = "evidence-absence"
    EVIDENCE_OTHER_TARGET = "evidence-other-target"
    EVIDENCE_ANCHORS_DIFFER = "evidence-anchors-differ"


@quickly_made
@dataclass(frozen=True, slots=True)
class Reason:
    """One step that decided something.

    ``token`` counts in the ``tokens`` of the set that the reason belongs to; None where it concerns the whole.
    """

    code: ReasonCode
    severity: Severity
    message: str
    token: int | None = None
