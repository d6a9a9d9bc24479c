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
    from emblem.model.need import AddressesNeed as AddressesNeed
    from emblem.model.need import Commitment as Commitment
    from emblem.model.need import CommitmentNeed as CommitmentNeed
    from emblem.model.need import CommitmentResult as CommitmentResult
    from emblem.model.organization import Organization as Organization
    from emblem.model.purpose import Purpose as Purpose
    from emblem.model.reason import Reason as Reason
    from emblem.model.reason import ReasonCode as ReasonCode
    from emblem.model.reason import Severity as Severity
    from emblem.model.sign import Sign as Sign
    from emblem.model.target import Target as Target
    from emblem.model.verdict import Level as Level
    from emblem.model.verdict import Status as Status
    from emblem.model.verdict import Verdict as Verdict
    from emblem.validation.procedure import Profile as Profile
    from emblem.validation.validate import validate as validate

_HOMES = {
    "EmblemError": "emblem.errors",
    "InputError": "emblem.errors",
    "AddressesNeed": "emblem.model.need",
    "Commitment": "emblem.model.need",
    "CommitmentNeed": "emblem.model.need",
    "CommitmentResult": "emblem.model.need",
    "Organization": "emblem.model.organization",
    "Purpose": "emblem.model.purpose",
    "Reason": "emblem.model.reason",
    "ReasonCode": "emblem.model.reason",
    "Severity": "emblem.model.reason",
    "Sign": "emblem.model.sign",
    "Target": "emblem.model.target",
    "Level": "emblem.model.verdict",
    "Status": "emblem.model.verdict",
    "Verdict": "emblem.model.verdict",
    "Profile": "emblem.validation.procedure",
    "validate": "emblem.validation.validate",
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
