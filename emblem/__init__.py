"""Digital emblems: issue them, find them through the DNS, and trace them to who answers for them.

Everything public is reachable from here; it is loaded when it is first used, so that importing the package
costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emblem.errors import EmblemError as EmblemError
    from emblem.errors import InputError as InputError
    from emblem.issuance.tokens import endorse as endorse
    from emblem.issuance.tokens import issue as issue
    from emblem.issuance.workspace.doctor import examine as examine
    from emblem.issuance.workspace.folder import Workspace as Workspace
    from emblem.issuance.workspace.issuing import find_work as find_work
    from emblem.issuance.workspace.issuing import issue_hosts as issue_hosts
    from emblem.issuance.workspace.ledger import Ledger as Ledger
    from emblem.issuance.workspace.publishing import publish_zone as publish_zone
    from emblem.issuance.workspace.status import status_of as status_of
    from emblem.keys.public import PublicKey as PublicKey
    from emblem.keys.signing import Signer as Signer
    from emblem.keys.signing import SoftwareSigner as SoftwareSigner
    from emblem.model.need import AddressesNeed as AddressesNeed
    from emblem.model.need import Commitment as Commitment
    from emblem.model.need import CommitmentNeed as CommitmentNeed
    from emblem.model.need import CommitmentResult as CommitmentResult
    from emblem.model.organization import Organization as Organization
    from emblem.model.purpose import Purpose as Purpose
    from emblem.model.reason import Reason as Reason
    from emblem.model.reason import ReasonCode as ReasonCode
    from emblem.model.reason import Severity as Severity
    from emblem.model.record import Carriage as Carriage
    from emblem.model.record import Record as Record
    from emblem.model.sign import Sign as Sign
    from emblem.model.target import Target as Target
    from emblem.model.token import Format as Format
    from emblem.model.token import LogEntry as LogEntry
    from emblem.model.verdict import CommitmentState as CommitmentState
    from emblem.model.verdict import DnssecState as DnssecState
    from emblem.model.verdict import Level as Level
    from emblem.model.verdict import SetVerdict as SetVerdict
    from emblem.model.verdict import Status as Status
    from emblem.model.verdict import Verdict as Verdict
    from emblem.scanning.finding import Finding as Finding
    from emblem.scanning.finding import Task as Task
    from emblem.scanning.scan import Scan as Scan
    from emblem.scanning.scan import ScanError as ScanError
    from emblem.scanning.scan import numbered as numbered
    from emblem.scanning.scan import scan as scan
    from emblem.scanning.scan import scan_each as scan_each
    from emblem.scanning.settings import ScanSettings as ScanSettings
    from emblem.trust.store import TrustStore as TrustStore
    from emblem.validation.memory import Memory as Memory
    from emblem.validation.procedure import Profile as Profile
    from emblem.validation.trust import Policy as Policy
    from emblem.validation.trust import Refusals as Refusals
    from emblem.validation.trust import Scope as Scope
    from emblem.validation.trust import Trust as Trust
    from emblem.validation.trust import TrustedKey as TrustedKey
    from emblem.validation.validate import validate as validate
    from emblem.verifier.commitments import CommitmentChecks as CommitmentChecks
    from emblem.verifier.drivers import AsyncVerifier as AsyncVerifier
    from emblem.verifier.drivers import Verifier as Verifier

_HOMES = {
    "EmblemError": "emblem.errors",
    "InputError": "emblem.errors",
    "endorse": "emblem.issuance.tokens",
    "issue": "emblem.issuance.tokens",
    "Ledger": "emblem.issuance.workspace.ledger",
    "Workspace": "emblem.issuance.workspace.folder",
    "examine": "emblem.issuance.workspace.doctor",
    "find_work": "emblem.issuance.workspace.issuing",
    "issue_hosts": "emblem.issuance.workspace.issuing",
    "publish_zone": "emblem.issuance.workspace.publishing",
    "status_of": "emblem.issuance.workspace.status",
    "PublicKey": "emblem.keys.public",
    "Signer": "emblem.keys.signing",
    "SoftwareSigner": "emblem.keys.signing",
    "AddressesNeed": "emblem.model.need",
    "Commitment": "emblem.model.need",
    "CommitmentNeed": "emblem.model.need",
    "CommitmentResult": "emblem.model.need",
    "Organization": "emblem.model.organization",
    "Purpose": "emblem.model.purpose",
    "Reason": "emblem.model.reason",
    "ReasonCode": "emblem.model.reason",
    "Severity": "emblem.model.reason",
    "Carriage": "emblem.model.record",
    "Record": "emblem.model.record",
    "Sign": "emblem.model.sign",
    "Target": "emblem.model.target",
    "Format": "emblem.model.token",
    "LogEntry": "emblem.model.token",
    "CommitmentState": "emblem.model.verdict",
    "DnssecState": "emblem.model.verdict",
    "Level": "emblem.model.verdict",
    "SetVerdict": "emblem.model.verdict",
    "Status": "emblem.model.verdict",
    "Verdict": "emblem.model.verdict",
    "Finding": "emblem.scanning.finding",
    "Task": "emblem.scanning.finding",
    "Scan": "emblem.scanning.scan",
    "ScanError": "emblem.scanning.scan",
    "numbered": "emblem.scanning.scan",
    "scan": "emblem.scanning.scan",
    "scan_each": "emblem.scanning.scan",
    "ScanSettings": "emblem.scanning.settings",
    "TrustStore": "emblem.trust.store",
    "Memory": "emblem.validation.memory",
    "Profile": "emblem.validation.procedure",
    "Policy": "emblem.validation.trust",
    "Refusals": "emblem.validation.trust",
    "Scope": "emblem.validation.trust",
    "Trust": "emblem.validation.trust",
    "TrustedKey": "emblem.validation.trust",
    "validate": "emblem.validation.validate",
    "CommitmentChecks": "emblem.verifier.commitments",
    "AsyncVerifier": "emblem.verifier.drivers",
    "Verifier": "emblem.verifier.drivers",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'emblem' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
