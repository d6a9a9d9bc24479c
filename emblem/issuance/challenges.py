"""Challenges of an ACME authority in the DNS: put there, seen to arrive, taken out again (RFC 8555, section 8.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from emblem.codec.carriage import TXT_TYPE
from emblem.dns.message import Answer, Outcome, Question, ResourceRecord
from emblem.dns.update import Update
from emblem.errors import EmblemError, UpdateError
from emblem.issuance.publication import character_strings
from emblem.issuance.publisher import Primary, Publisher

CHALLENGE_LABEL = "_acme-challenge."
"""What stands before a name where an authority looks (RFC 8555, section 8.4)."""

USUAL_TTL = 60
"""Seconds for which nobody must remember a challenge."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A TXT record by which an authority sees who controls a name.

    Args:
        name: that is to be in the certificate, without a wildcard.
        value: of the record.
        place: where the record stands; it differs from the usual place where that is an alias.
        ttl: of the record, in seconds: that of the records with which it stands.
    """

    name: str
    value: str
    place: str = ""
    ttl: int = USUAL_TTL

    @property
    def owner(self) -> str:
        """The name of the record."""
        return self.place or CHALLENGE_LABEL + self.name

    @property
    def record(self) -> ResourceRecord:
        """The record."""
        return ResourceRecord(self.owner, TXT_TYPE, self.ttl, character_strings(self.value))

    @property
    def questions(self) -> tuple[Question, ...]:
        """What to ask to know whether it is there."""
        return (Question(self.owner, TXT_TYPE),)

    def is_granted(self, answer: Answer) -> bool:
        """Whether an answer shows the record, among whatever else is there."""
        return answer.outcome is Outcome.FOUND and self.record.data in {record.data for record in answer.records}


@dataclass(frozen=True, slots=True)
class PlacedChallenges:
    """Challenges of names in one zone."""

    primary: Primary
    challenges: tuple[Challenge, ...]

    @property
    def addition(self) -> Update:
        """Puts the records there; others at the same names stay."""
        return Update(self.primary.zone.name, (), (), tuple(one.record for one in self.challenges))

    @property
    def removal(self) -> Update:
        """Takes them out, and nothing else; it does no harm where they are not there."""
        return Update(self.primary.zone.name, (), tuple(one.record for one in self.challenges), ())


def place(publisher: Publisher, challenges: Sequence[Challenge]) -> tuple[PlacedChallenges, ...]:
    """Find the zone of each challenge; where the usual name is an alias, that of its target, as the authority will.

    Raises:
        UpdateError: a zone or its server cannot be established.
    """
    targets = publisher.follow_aliases([one.owner for one in challenges])
    primaries = publisher.locate(set(targets.values()))
    groups: dict[Primary, list[Challenge]] = {}
    for one in challenges:
        target = targets[one.owner]
        groups.setdefault(primaries[target], []).append(Challenge(one.name, one.value, target))
    return tuple(PlacedChallenges(primary, _with_ttl(publisher, primary, group)) for primary, group in groups.items())


def _with_ttl(publisher: Publisher, primary: Primary, challenges: Sequence[Challenge]) -> tuple[Challenge, ...]:
    """Records at one name have one TTL (RFC 2181, section 5.2): a challenge must not change that of the others."""
    answers = publisher.ask(primary, [question for one in challenges for question in one.questions])
    ttls = [min((record.ttl for record in answer.records), default=USUAL_TTL) for answer in answers]
    return tuple(replace(one, ttl=ttl) for one, ttl in zip(challenges, ttls, strict=True))


def remove(publisher: Publisher, placed: Iterable[PlacedChallenges]) -> None:
    """Take challenges out of their zones: each that can be, whatever becomes of the others.

    Raises:
        UpdateError: some may still be there; says which.
    """
    staying: list[str] = []
    reasons: list[str] = []
    for group in placed:
        try:
            publisher.send(group.primary, group.removal)
        except (EmblemError, KeyboardInterrupt) as error:
            # Whoever does not want to wait any longer must at least be told.
            staying += (f"{one.owner} TXT {one.value}" for one in group.challenges)
            reasons.append(str(error) or "interrupted")
    if staying:
        raise UpdateError(f"Take out by hand, it may still be there: {', '.join(staying)} ({'; '.join(reasons)})")
