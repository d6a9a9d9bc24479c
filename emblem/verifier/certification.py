"""Answers what validation needs to know of certificates. Asks nobody: what domains say is told to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emblem.model.certification import Certification, CertificationNeed
from emblem.model.organization import Organization
from emblem.model.verdict import Query, Verdict
from emblem.validation.trust import Trust

if TYPE_CHECKING:
    from emblem.traceability.dane import Association

MOST_DOMAINS = 4
"""Organizations of one target whose domains are asked."""

MOST_NEEDS = 16
"""Certifications of one target that are checked; what is beyond stays unchecked."""

Certifications = Mapping[CertificationNeed, Certification]
Judge = Callable[[Certifications], Verdict]
"""Judges, given what was found out about certificates."""


@dataclass(frozen=True, slots=True)
class DomainWord:
    """What an organization's domain says of certificates, or why it says nothing.

    ``associations`` are its TLSA records, which must have been authentic.
    """

    associations: tuple[Association, ...] = ()
    unsaid: str = ""


@dataclass
class Certifier:
    """Checks the certificates of one target.

    Args:
        trust: whose certificates are trusted.
        words: what domains say.
        queries: what was asked for that, and became of it.
        issuers: the organizations whose certificates were met, in order.
    """

    trust: Trust
    words: dict[Organization, DomainWord] = field(default_factory=dict)
    queries: list[Query] = field(default_factory=list)
    issuers: dict[Organization, None] = field(default_factory=dict)

    @property
    def unasked(self) -> tuple[Organization, ...]:
        """The organizations whose domains have not been asked, as far as any are."""
        return tuple(one for one in [*self.issuers][:MOST_DOMAINS] if one not in self.words)

    def tell(self, words: Mapping[Organization, DomainWord], queries: Iterable[Query]) -> None:
        """What domains say, for the next judgement."""
        self.words.update(words)
        self.queries.extend(queries)

    def complete(self, judge: Judge) -> Verdict:
        """Judge until no certificates are left to check; without any it is judged once."""
        known: dict[CertificationNeed, Certification] = {}
        verdict = judge(known)
        while len(known) < MOST_NEEDS:
            needs = [need for need in verdict.needs if isinstance(need, CertificationNeed)]
            if not needs:
                break
            known |= {need: self._certify(need) for need in needs[: MOST_NEEDS - len(known)]}
            verdict = judge(known)
        return verdict

    def _certify(self, need: CertificationNeed) -> Certification:
        # Few tokens have certificates, and what reads them is slow to load.
        from emblem.traceability.certification import certify

        self.issuers[need.issuer] = None
        word = self.words.get(need.issuer, DomainWord())
        return certify(need, [one.encoded for one in self.trust.certificates], word.associations, word.unsaid)
