"""The verdict: what was found out about a target, and what it rests on.

The fields are those of the published interface (schema ``emblem.verdict/1``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from emblem.model.certification import CertificationReport
from emblem.model.evidence import LogEvidence
from emblem.model.need import Need
from emblem.model.organization import Organization
from emblem.model.purpose import NO_PURPOSE, Purpose
from emblem.model.reason import Reason, ReasonCode
from emblem.model.record import Carriage
from emblem.model.sign import Sign
from emblem.model.target import Target
from emblem.model.token import (
    Claims,
    Demonstration,
    Emblem,
    Endorsement,
    Format,
    NumericDate,
    Token,
    UnknownVersion,
)
from emblem.model.value import quickly_made


class Status(StrEnum):
    """The answer in one word, best first."""

    PROTECTED = "protected"
    CLAIMED = "claimed"
    UNDETERMINED = "undetermined"
    REJECTED = "rejected"
    UNMARKED = "unmarked"


class Level(StrEnum):
    """How far an emblem's chain reaches (draft-linker-diem-adem-core-02, verification results)."""

    NONE = "none"
    SIGNED = "signed"
    ORGANIZATIONAL = "organizational"
    ENDORSED = "endorsed"

    @property
    def rank(self) -> int:
        """0 for ``none`` to 3 for ``endorsed``."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}


class CommitmentState(StrEnum):
    """What is known of the commitment of an issuer's root key to the issuer."""

    VERIFIED = "verified"
    VOUCHED = "vouched"
    TRUSTED = "trusted"
    FAILED = "failed"
    UNDETERMINED = "undetermined"
    NOT_CHECKED = "not-checked"
    NOT_APPLICABLE = "not-applicable"


class DnssecState(StrEnum):
    """Whether the DNS answers themselves were authentic (RFC 4035, section 4.3)."""

    SECURE = "secure"
    INSECURE = "insecure"
    BOGUS = "bogus"
    INDETERMINATE = "indeterminate"
    NOT_CHECKED = "not-checked"


class TokenKind(StrEnum):
    """What a record of a set turned out to hold."""

    EMBLEM = "emblem"
    ENDORSEMENT = "endorsement"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


class TokenReport(NamedTuple):
    """One token of a set: what it says, and whether it was used or why it was dropped.

    ``token`` is None where it could not be read. ``algorithm`` is the name of its algorithm, or what stands in its
    place.
    """

    token: Token | Demonstration | None
    algorithm: str | None = None
    used: bool = False
    dropped: ReasonCode | None = None

    @property
    def kind(self) -> TokenKind:
        """What it turned out to be."""
        if self.token is None:
            return TokenKind.UNREADABLE
        if self._endorsement is not None:
            return TokenKind.ENDORSEMENT
        return TokenKind.UNKNOWN if isinstance(self._claims, UnknownVersion) else TokenKind.EMBLEM

    @property
    def key_identifier(self) -> str | None:
        """The identifier of the key that it names."""
        return None if self.token is None else self.token.key_identifier

    @property
    def issuer(self) -> Organization | None:
        """Whom it names as its issuer."""
        one = self._emblem or self._endorsement
        return None if one is None else one.issuer

    @property
    def subject(self) -> Organization | None:
        """The organization that an endorsement vouches for."""
        return None if self._endorsement is None else self._endorsement.subject

    @property
    def endorsed_key(self) -> str | None:
        """The key that an endorsement vouches for."""
        return None if self._endorsement is None else self._endorsement.key

    @property
    def may_endorse(self) -> bool | None:
        """Whether the endorsed key may endorse others."""
        return None if self._endorsement is None else self._endorsement.may_endorse

    @property
    def purposes(self) -> Purpose | None:
        """What an emblem claims, or what an endorsement allows (None: it does not limit them)."""
        if self._emblem is not None:
            return self._emblem.purposes
        return None if self._endorsement is None else self._endorsement.constraints.purposes

    @property
    def assets(self) -> tuple[str, ...] | None:
        """What an emblem marks, or what an endorsement allows to mark (None: it does not limit them)."""
        if isinstance(self.token, Demonstration):
            return None if self.token.subject is None else (self.token.subject,)
        if self._emblem is not None:
            return tuple(asset.text for asset in self._emblem.assets)
        allowed = None if self._endorsement is None else self._endorsement.constraints.assets
        return None if allowed is None else tuple(asset.text for asset in allowed)

    @property
    def logs(self) -> int | None:
        """How many log entries an endorsement names, if it names any."""
        log = None if self._endorsement is None else self._endorsement.log
        return None if log is None else len(log)

    @property
    def not_before(self) -> NumericDate | None:
        """From when on it holds."""
        return None if self._claims is None else self._claims.not_before

    @property
    def expires(self) -> NumericDate | None:
        """Until before when it holds."""
        return None if self._claims is None else self._claims.expires

    @property
    def _claims(self) -> Claims | Demonstration | None:
        return self.token.claims if isinstance(self.token, Token) else self.token

    @property
    def _emblem(self) -> Emblem | None:
        return self._claims if isinstance(self._claims, Emblem) else None

    @property
    def _endorsement(self) -> Endorsement | None:
        return self._claims if isinstance(self._claims, Endorsement) else None


class ChainRole(StrEnum):
    """What a token on the path does there."""

    EMBLEM = "emblem"
    ENDORSEMENT = "endorsement"
    AUTHORITY = "authority"


@quickly_made
@dataclass(frozen=True, slots=True)
class ChainEntry:
    """One token on the path of a valid set, from the emblem up, with the key that signed it.

    ``token`` counts in the set's tokens. ``trusted`` tells whether the key was given out of band, so that it
    counts here. ``evidence`` is what logs have shown of the commitment of the key, entry by entry, the one that decided
    first; none where that was not checked.
    """

    role: ChainRole
    token: int
    key_identifier: str
    issuer: Organization | None
    trusted: bool
    commitment: CommitmentState
    evidence: tuple[LogEvidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a set, and by its best set a whole verdict, says of the target."""

    status: Status
    level: Level = Level.NONE
    trusted: bool = False
    sign: Sign | None = None
    purposes: Purpose = NO_PURPOSE
    issuer: Organization | None = None
    endorsed_by: tuple[Organization, ...] = ()
    assets: tuple[str, ...] = ()
    not_before: NumericDate | None = None
    expires: NumericDate | None = None
    format: Format | None = None
    commitment: CommitmentState = CommitmentState.NOT_APPLICABLE
    reasons: tuple[Reason, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class SetVerdict(Finding):
    """The finding of one set of records. ``owner`` and ``set`` are empty where the records did not say."""

    carriage: Carriage
    owner: str = ""
    set: str = ""
    type_number: int | None = None
    tokens: tuple[TokenReport, ...] = ()
    chain: tuple[ChainEntry, ...] = ()
    certifications: tuple[CertificationReport, ...] = ()
    needs: tuple[Need, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Query:
    """One question that discovery asked, and what became of it, in words of the DNS."""

    name: str
    type: str
    outcome: str
    server: str
    detail: str = ""


class ZoneKeyReport(NamedTuple):
    """A key of a zone: its tag, its algorithm by number, and whether the zone above, or a trust anchor, names it."""

    tag: int
    algorithm: int
    entry: bool


@dataclass(frozen=True, slots=True)
class ZoneReport:
    """What DNSSEC came to for one zone on the way from a trust anchor to an answer.

    ``parent`` is the zone that it rests on; None at a trust anchor. ``detail`` says why it has its state, and ``keys``
    are there where that is ``secure``.
    """

    name: str
    state: DnssecState
    detail: str
    parent: str | None
    keys: tuple[ZoneKeyReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Discovery:
    """How a verdict's records were come by: the questions asked, and the carriages that were not.

    ``zones`` are those that the answers rest on by DNSSEC, parents before children; none where it was not checked.
    """

    queries: tuple[Query, ...] = ()
    not_asked: tuple[str, ...] = ()
    zones: tuple[ZoneReport, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Finding):
    """The answer for one target: the finding of its best set, and all sets.

    ``at`` is the time as of which it was judged (an aware datetime). ``needs`` lists what could still be asked
    to know more.
    """

    target: Target
    at: datetime
    dnssec: DnssecState = DnssecState.NOT_CHECKED
    discovery: Discovery | None = None
    sets: tuple[SetVerdict, ...] = ()
    needs: tuple[Need, ...] = ()
