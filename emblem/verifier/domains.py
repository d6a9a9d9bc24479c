"""Asks the domains of organizations which certificates they name (``specs/profile.md``, "Certificates")."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from emblem.discovery.answers import describe_answer
from emblem.dns.dnssec.assessment import Assessment, State
from emblem.dns.message import Answer, Outcome, Question, RecordType
from emblem.model.names import is_domain_name
from emblem.model.organization import Organization
from emblem.model.verdict import Query
from emblem.verifier.asking import Asking, ask
from emblem.verifier.authenticity import assess_answers
from emblem.verifier.certification import DomainWord
from emblem.verifier.settings import Authentication

TLSA_LABEL = "_emblem."
"""What stands before an organization's host name where its records are looked for."""

Words = dict[Organization, DomainWord]


def ask_domains(
    issuers: Iterable[Organization], *, now: datetime, authentication: Authentication
) -> Asking[tuple[Words, tuple[Query, ...]]]:
    """Ask domains for their TLSA records; only authentic answers count.

    Args:
        issuers: the organizations.
        now: the present.
        authentication: where DNSSEC begins.

    Returns:
        What each says, and what was asked and became of it.
    """
    issuers = tuple(issuers)
    asked = [issuer for issuer in issuers if is_domain_name(TLSA_LABEL + issuer.host)]
    answers = yield from ask(Question(TLSA_LABEL + issuer.host, RecordType.TLSA) for issuer in asked)
    found = [answer for answer in answers if answer.outcome is Outcome.FOUND]
    assessed = yield from assess_answers(found, now=now, authentication=authentication)
    states = {answer.question: assessment for answer, assessment in assessed}
    words = dict.fromkeys(issuers, DomainWord(unsaid="the name is too long for records below it"))
    for issuer, answer in zip(asked, answers, strict=True):
        words[issuer] = _read(answer, states.get(answer.question))
    return words, tuple(map(describe_answer, answers))


def _read(answer: Answer, assessment: Assessment | None) -> DomainWord:
    name = answer.question.name
    if answer.denied:
        return DomainWord()
    if assessment is None:
        reason = answer.detail or str(answer.failure or answer.outcome)
        return DomainWord(unsaid=f"TLSA at {name} could not be asked ({reason})")
    if assessment.state is not State.SECURE:
        return DomainWord(unsaid=f"the TLSA records at {name} are not authentic ({assessment.state.value})")
    from emblem.traceability.dane import read_associations

    return DomainWord(read_associations(record.data for record in answer.records))
