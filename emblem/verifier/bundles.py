"""Judging an evidence bundle: the verifier's generator once more, answered from what was kept. Opens no socket.

A bundle carries no trust and no clock (``specs/evidence.md``): whom to trust, where DNSSEC begins and what time it is
are the verifier's; the bundle's own time counts only under a time stamp by an authority that the verifier trusts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from emblem.codec.evidence import Bundle, Evidence
from emblem.errors import InputError
from emblem.model.display import excerpt
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.target import Target
from emblem.model.time import date_text, datetime_of, numeric_date
from emblem.model.verdict import Status, Verdict
from emblem.traceability.stamps import Stamp, StampState, check_stamp
from emblem.validation.validate import add_reasons
from emblem.verifier.conclusion import undetermined
from emblem.verifier.investigation import investigate
from emblem.verifier.recording import Replay
from emblem.verifier.settings import Authentication, Settings, without_memory

if TYPE_CHECKING:
    from emblem.dns.dnssec import TrustAnchors

LATEST_AHEAD = timedelta(minutes=5)
"""How far a clock that a bundle was made by may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Time:
    """As of when a bundle is judged.

    Args:
        at: as of when the tokens are.
        moment: as of when the signatures of the DNS have to hold.
        claimed: when the bundle says that it was captured, where no stamp confirms a time.
    """

    at: datetime
    moment: datetime
    claimed: datetime | None


def judge_bundle(
    bundle: Bundle,
    target: Target | None = None,
    *,
    at: datetime | None = None,
    now: datetime,
    settings: Settings,
    anchors: TrustAnchors | None,
) -> Verdict:
    """Judge an evidence bundle.

    Args:
        bundle: what :func:`emblem.codec.evidence.decode_bundle` read.
        target: what is asked about; what the bundle is about, where left out.
        at: the time as of which to judge; where left out that of a time stamp that counts, and else the present.
        now: the present, by the verifier's clock.
        settings: trust and profile. Nothing that it remembers of other targets is used.
        anchors: where DNSSEC begins; None where it is not checked.

    Raises:
        InputError: the bundle is about nothing that could be a target, or names questions that cannot be asked.
    """
    evidence = bundle.evidence
    about = _about_target(evidence)
    asked = target or about or target_of(evidence)
    stamp = check_stamp(bundle.stamp, bundle.stamped, settings.trust.stamp_authorities, now=now)
    time = _time(evidence, stamp, at, now)
    verdict = Replay(evidence).run(
        investigate(asked, at=time.at, now=time.moment, settings=_settings(settings, evidence, anchors, time))
    )
    if verdict.status is Status.UNMARKED:
        verdict = undetermined(verdict, _absence())
    return add_reasons(
        verdict, *_about(evidence, stamp, time, now), *_elsewhere(evidence, about, asked), *_compared(evidence, anchors)
    )


def target_of(evidence: Evidence) -> Target:
    """What a bundle is about.

    Raises:
        InvalidNameError: it is neither a host name nor an address.
    """
    return Target.parse(evidence.target)


def _time(evidence: Evidence, stamp: Stamp, at: datetime | None, now: datetime) -> Time:
    if stamp.state is StampState.TRUSTED:
        assert stamp.time is not None
        return Time(at or stamp.time, stamp.time, None)
    moment = at or now
    return Time(moment, moment, datetime_of(evidence.captured))


def _settings(settings: Settings, evidence: Evidence, anchors: TrustAnchors | None, time: Time) -> Settings:
    """The settings with which to judge: the plan is that of the capture, and nothing is known from elsewhere."""
    authentication: Authentication | None = None
    if anchors is not None and not evidence.covert:
        from emblem.dns.dnssec import ZoneCache

        authentication = Authentication(anchors, ZoneCache(), time.claimed)
    return replace(
        settings,
        covert=evidence.covert,
        authentication=authentication,
        memory=None,
        commitments=without_memory(settings.commitments),
    )


def _absence() -> Reason:
    message = (
        "by this evidence there was no emblem, but a bundle is never a no: a denial can be kept back and shown when "
        "it is no longer true"
    )
    return Reason(ReasonCode.EVIDENCE_ABSENCE, Severity.ERROR, message)


def _about(evidence: Evidence, stamp: Stamp, time: Time, now: datetime) -> list[Reason]:
    """What there is to say of the time of the bundle."""
    captured = date_text(evidence.captured)
    reasons: list[Reason] = []
    if stamp.state is StampState.TRUSTED:
        assert stamp.time is not None
        message = f"{stamp.detail} stamped this evidence at {stamp.time_text}: it was there by then"
        reasons.append(Reason(ReasonCode.EVIDENCE_STAMPED, Severity.INFO, message))
    else:
        if stamp.state is not StampState.NONE:
            code = {
                StampState.UNTRUSTED: ReasonCode.EVIDENCE_STAMP_UNTRUSTED,
                StampState.INVALID: ReasonCode.EVIDENCE_STAMP_INVALID,
            }[stamp.state]
            reasons.append(Reason(code, Severity.WARNING, f"the time stamp does not count: {stamp.detail}"))
        message = (
            f"the bundle says that it was captured at {captured}, and nobody whom you trust confirms that: "
            f"judged as of {date_text(numeric_date(time.at))}"
        )
        reasons.append(Reason(ReasonCode.EVIDENCE_TIME_UNCONFIRMED, Severity.WARNING, message))
    latest = stamp.time if stamp.state is StampState.TRUSTED and stamp.time is not None else now
    if datetime_of(evidence.captured) > latest + LATEST_AHEAD:
        than = "the time of its stamp" if stamp.state is StampState.TRUSTED else "now"
        message = f"the bundle says that it was captured at {captured}, which is later than {than}"
        reasons.append(Reason(ReasonCode.EVIDENCE_IN_FUTURE, Severity.WARNING, message))
    return reasons


def _about_target(evidence: Evidence) -> Target | None:
    """What a bundle is about; None where it says nothing that could be asked about."""
    try:
        return target_of(evidence)
    except InputError:
        return None


def _elsewhere(evidence: Evidence, about: Target | None, asked: Target) -> tuple[Reason, ...]:
    """Whether something else was asked about than the bundle is about."""
    if about == asked:
        return ()
    message = f"the bundle is about {excerpt(evidence.target)}"
    return (Reason(ReasonCode.EVIDENCE_OTHER_TARGET, Severity.WARNING, message),)


def _compared(evidence: Evidence, anchors: TrustAnchors | None) -> list[Reason]:
    """How the maker's trust anchors compare with ours; nothing follows from theirs."""
    if anchors is None or not evidence.anchors:
        return []
    from emblem.dns.dnssec.anchors import anchor_lines

    if frozenset(evidence.anchors) == frozenset(anchor_lines(anchors)):
        return []
    message = "the bundle was captured with other DNSSEC trust anchors than yours; yours count"
    return [Reason(ReasonCode.EVIDENCE_ANCHORS_DIFFER, Severity.INFO, message)]
