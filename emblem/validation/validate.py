"""From records to a verdict, without any input or output of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from emblem.codec.carriage import DecodedRecord, data_record, decode_record, text_record
from emblem.model.certification import Certification, CertificationNeed
from emblem.model.limits import MOST_RECORDS, MOST_SETS
from emblem.model.need import Commitment, CommitmentNeed
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.record import Carriage, Record
from emblem.model.target import Address, Target, parse_given_address
from emblem.model.time import numeric_date
from emblem.model.token import Format, NumericDate
from emblem.model.value import quickly_made
from emblem.model.verdict import SetVerdict, Status, Verdict
from emblem.validation.demonstration import judge_demonstration
from emblem.validation.levels import NO_CERTIFICATIONS, Evidence
from emblem.validation.memory import Memory
from emblem.validation.procedure import PreparedSet, Profile, Question, judge_set, prepare_set
from emblem.validation.screening import Screener, verify_token
from emblem.validation.sets import Keyring, group_records
from emblem.validation.trust import Trust

# Looking a member up in its class takes as long as a call, before Python 3.12: those that every set needs are at hand.
_TXT = Carriage.TXT
_HTTPS = Format.HTTPS

_STATUSES = tuple(Status)


@quickly_made
@dataclass(frozen=True, slots=True)
class Examination:
    """Records after everything that no answer to a need can change: read, put into sets, and screened.

    Made by :func:`examine`.

    Args:
        target: what is asked about.
        at: the time as of which to judge.
        now: the same, as tokens have it.
        trust: whom the verifier trusts.
        addresses: all addresses that the target, a name, resolves to.
        profile: how additional tokens are taken.
        sets: each set, or its verdict where that depends on nothing more.
        refusal: why there is nothing to judge, where there is not.
    """

    target: Target
    at: datetime
    now: NumericDate
    trust: Trust
    addresses: tuple[Address, ...]
    profile: Profile
    sets: tuple[PreparedSet | SetVerdict, ...]
    refusal: Reason | None = None

    def judge(
        self,
        commitments: Mapping[CommitmentNeed, Commitment] | None = None,
        certifications: Mapping[CertificationNeed, Certification] | None = None,
    ) -> Verdict:
        """The verdict, by what is known of commitments and certificates: see :func:`validate`."""
        if self.refusal is not None:
            return Verdict(status=Status.UNDETERMINED, target=self.target, at=self.at, reasons=(self.refusal,))
        evidence = Evidence(self.trust, commitments or {}, self.target, self.now, certifications or NO_CERTIFICATIONS)
        question = Question(self.addresses, evidence, self.profile)
        judged = [one if isinstance(one, SetVerdict) else judge_set(one, question) for one in self.sets]
        return combine(self.target, self.at, tuple(judged))


def validate(
    records: Iterable[Record | bytes | str],
    *,
    target: Target | str,
    at: datetime,
    trust: Trust | None = None,
    commitments: Mapping[CommitmentNeed, Commitment] | None = None,
    certifications: Mapping[CertificationNeed, Certification] | None = None,
    addresses: Iterable[Address | str] = (),
    profile: Profile = Profile.ROBUST,
    memory: Memory | None = None,
) -> Verdict:
    """Judge records that are at hand.

    Args:
        records: record data as bytes (one token or COSE_Key), TXT values or compact JWS as text, or records
            with their owner and type; in any order.
        target: the host name or address that is asked about.
        at: the time as of which to judge, with its zone.
        trust: whom the verifier trusts; nobody, where left out.
        commitments: the answers to earlier ``needs`` of the same question.
        certifications: the answers to those that are about certificates.
        addresses: all addresses that the target, a name, resolves to.
        profile: how additional tokens are taken.
        memory: spares endorsements and keys that it has seen before; where left out, everything is read and checked.

    Returns:
        The verdict; never ``unmarked``, which only discovery can tell.

    Raises:
        InvalidNameError: the target is no host name or address, or an address is none.
        InputError: ``at`` has no zone.
    """
    examined = examine(records, target=target, at=at, trust=trust, addresses=addresses, profile=profile, memory=memory)
    return examined.judge(commitments, certifications)


def examine(
    records: Iterable[Record | bytes | str],
    *,
    target: Target | str,
    at: datetime,
    trust: Trust | None = None,
    addresses: Iterable[Address | str] = (),
    profile: Profile = Profile.ROBUST,
    memory: Memory | None = None,
) -> Examination:
    """Read and check records once, to judge them as often as answers to their needs come in.

    Args:
        records, target, at, trust, addresses, profile, memory: as of :func:`validate`.

    Raises:
        InvalidNameError: the target is no host name or address, or an address is none.
        InputError: ``at`` has no zone.
    """
    asked = Target.parse(target) if isinstance(target, str) else target
    now, whom = numeric_date(at), trust or Trust()
    known = tuple(map(_as_address, addresses))
    decode = memory.decode if memory is not None else decode_record
    decoded: list[DecodedRecord] = []
    for record in records:
        placed = record if isinstance(record, Record) and record.owner else _as_record(record, asked)
        item = decode(placed)
        if item is not None:
            decoded.append(item)
            if len(decoded) > MOST_RECORDS:
                break
    groups = group_records(decoded)
    refusal = _find_refusal(len(decoded), len(groups))
    if refusal is not None:
        return Examination(asked, at, now, whom, known, profile, (), refusal)
    verify = memory.verify if memory is not None else verify_token
    prepared: list[PreparedSet | SetVerdict] = []
    rooms: dict[Format, tuple[Keyring, Screener]] = {}
    for group in groups:
        if group.format not in rooms:
            keyring = Keyring(decoded, whom, group.format)
            rooms[group.format] = keyring, Screener(keyring, whom, now, verify)
        keyring, screener = rooms[group.format]
        prepared.append(
            judge_demonstration(group, keyring, now) if group.format is _HTTPS else prepare_set(group, screener)
        )
    return Examination(asked, at, now, whom, known, profile, tuple(prepared))


def _find_refusal(records: int, sets: int) -> Reason | None:
    """Why so many records in so many sets are not judged, if they are not."""
    if not records:
        message = "there is nothing in the records given that belongs to an emblem"
        return Reason(ReasonCode.NO_EMBLEM_IN_INPUT, Severity.ERROR, message)
    if records > MOST_RECORDS:
        message = f"there are more records than the {MOST_RECORDS} that are read at the most"
        return Reason(ReasonCode.RECORDS_TOO_MANY, Severity.ERROR, message)
    if sets > MOST_SETS:
        message = f"there are more sets than the {MOST_SETS} that are judged at the most"
        return Reason(ReasonCode.RECORDS_TOO_MANY, Severity.ERROR, message)
    return None


def combine(target: Target, at: datetime, sets: tuple[SetVerdict, ...]) -> Verdict:
    """The verdict of several sets: that of the best one, in the order of the statuses, then of level.

    Of equals it is the same one in whatever order they were found.
    """
    best = min(sets, key=_merit) if len(sets) > 1 else sets[0]
    needs = tuple(dict.fromkeys([need for one in sets for need in one.needs])) if len(sets) > 1 else best.needs
    return Verdict(
        status=best.status,
        level=best.level,
        trusted=best.trusted,
        sign=best.sign,
        purposes=best.purposes,
        issuer=best.issuer,
        endorsed_by=best.endorsed_by,
        assets=best.assets,
        not_before=best.not_before,
        expires=best.expires,
        format=best.format,
        commitment=best.commitment,
        reasons=best.reasons,
        target=target,
        at=at,
        sets=sets,
        needs=needs,
    )


def _merit(one: SetVerdict) -> tuple[object, ...]:
    worth = (_STATUSES.index(one.status), -one.level.rank, -len(one.chain))
    return (*worth, one.carriage, one.owner, one.type_number or 0, one.format or "", one.set)


def add_reasons(verdict: Verdict, *reasons: Reason) -> Verdict:
    """The same verdict with further reasons of the whole."""
    return replace(verdict, reasons=(*verdict.reasons, *reasons))


def _as_record(record: Record | bytes | str, target: Target) -> Record:
    """The record, given its place: TXT values without an owner count as TXT at the target."""
    if isinstance(record, Record):
        known = record
    elif isinstance(record, bytes):
        return data_record(record)
    else:
        known = text_record(record)
    if not known.owner and known.carriage is _TXT:
        return replace(known, owner=target.name)
    return known


def _as_address(address: Address | str) -> Address:
    return parse_given_address(address) if isinstance(address, str) else address
