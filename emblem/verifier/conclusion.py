"""What a verdict on the records found means, given how completely they were looked for."""

from __future__ import annotations

from dataclasses import replace

from emblem.discovery.answers import Discovered
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.verdict import Level, Status, Verdict
from emblem.validation.validate import add_reasons


def conclude(verdict: Verdict, found: Discovered, *, is_now: bool) -> Verdict:
    """Turn a verdict on records into one on a target.

    Args:
        verdict: what validation says of the records.
        found: how they were come by.
        is_now: whether it is the present that is asked about; the DNS tells nothing of other times.
    """
    if verdict.sets or verdict.reasons[0].code is not ReasonCode.NO_EMBLEM_IN_INPUT:
        return _conclude_found(verdict, found, is_now)
    doubt = _doubt(found, is_now)
    if doubt is not None:
        return undetermined(replace(verdict, reasons=()), doubt)
    if found.name_denied:
        reason = Reason(ReasonCode.DISCOVERY_NAME_DENIED, Severity.INFO, "the name does not exist")
    else:
        message = "every place where an emblem can stand was asked, and properly denied"
        reason = Reason(ReasonCode.DISCOVERY_DENIED, Severity.INFO, message)
    return replace(verdict, status=Status.UNMARKED, reasons=(reason,))


def undetermined(verdict: Verdict, reason: Reason) -> Verdict:
    """What becomes of a verdict that cannot be upheld: of no level, and not trusted."""
    return add_reasons(replace(verdict, status=Status.UNDETERMINED, level=Level.NONE, trusted=False), reason)


def _conclude_found(verdict: Verdict, found: Discovered, is_now: bool) -> Verdict:
    """What was found stands; but that it is all, and so a rejection, needs the same completeness as a "no"."""
    doubt = _doubt(found, is_now)
    if doubt is None:
        return verdict
    if verdict.status is Status.REJECTED:
        return undetermined(verdict, doubt)
    if doubt.code is not ReasonCode.DISCOVERY_INCOMPLETE:
        return verdict
    return add_reasons(verdict, replace(doubt, severity=Severity.WARNING))


def _doubt(found: Discovered, is_now: bool) -> Reason | None:
    """Why an absence would mean nothing, or None where it does."""
    if found.doubts:
        message = "not everything could be asked: " + "; ".join(found.doubts)
        return Reason(ReasonCode.DISCOVERY_INCOMPLETE, Severity.ERROR, message)
    if not is_now:
        message = "the DNS tells how things are now, not at the time asked about"
        return Reason(ReasonCode.DISCOVERY_NOT_NOW, Severity.ERROR, message)
    if found.not_asked and not found.name_denied:
        message = f"there may be an emblem where it was not looked for: {', '.join(found.not_asked)}"
        return Reason(ReasonCode.CARRIAGE_NOT_ASKED, Severity.ERROR, message)
    return None
