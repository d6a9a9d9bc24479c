"""One answer from those of several resolvers that were asked the same: pure functions.

A "no" counts only if all say it. What any of them found is handed on even if they disagree, so that one resolver that
lies, or knows less, does not hide what another found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from emblem.dns.message import Answer, Failure, Outcome, ResourceRecord

_Statement: TypeAlias = tuple[Outcome, bool, frozenset[tuple[str, int, bytes]]]


def agree(answers: Sequence[Answer]) -> Answer:
    """What several resolvers say together.

    - All found the same records (order and TTL aside), or denied alike (NODATA is another denial than NXDOMAIN): that
      is the answer, as the first gave it; authenticated only if all say so.
    - One found records, and another found others, denied them or failed; or two denied differently: ``FAILED`` with
      ``DISAGREEMENT``, with the records that any of them found.
    - Otherwise one failed: the answer is not known, for its reason.

    Args:
        answers: to the same question, one of each resolver; at least one.
    """
    if len(answers) == 1:
        return answers[0]
    statements = {_statement(answer) for answer in answers if answer.failure is None}
    failed = [answer for answer in answers if answer.failure is not None]
    found = [answer for answer in answers if answer.outcome is Outcome.FOUND]
    if not failed and len(statements) == 1:
        return _joined(answers[0], answers)
    if found or len(statements) > 1:
        return replace(
            _joined((found or answers)[0], answers),
            outcome=Outcome.FAILED,
            records=_union(answer.records for answer in answers),
            failure=Failure.DISAGREEMENT,
            detail="the resolvers disagree: " + "; ".join(map(_said, answers)),
        )
    return _joined(failed[0], answers)


def _statement(answer: Answer) -> _Statement:
    records = frozenset((record.owner, record.type, record.data) for record in answer.records)
    return answer.outcome, answer.name_denied, records


def _joined(base: Answer, answers: Sequence[Answer]) -> Answer:
    """An answer in the name of all."""
    return replace(
        base,
        additional=_union(answer.additional for answer in answers),
        authoritative=all(answer.authoritative for answer in answers),
        recursion_available=all(answer.recursion_available for answer in answers),
        authenticated_data=all(answer.authenticated_data for answer in answers),
        server=base.server if base.failure else ", ".join(answer.server for answer in answers),
        failed_tries=tuple(tried for answer in answers for tried in answer.failed_tries),
        sources=tuple(answers),
    )


def _union(sets: Iterable[tuple[ResourceRecord, ...]]) -> tuple[ResourceRecord, ...]:
    """Every record once, whatever its TTL."""
    records = (record for one in sets for record in one)
    return tuple({(record.owner, record.type, record.data): record for record in records}.values())


def _said(answer: Answer) -> str:
    if answer.outcome is Outcome.FOUND:
        count = len(answer.records)
        said = f"found {count} record{'' if count == 1 else 's'}"
    else:
        said = str(answer.failure or answer.outcome)
    return f"{answer.server} says {said}" if answer.failure is None else f"{answer.server}: {said}"
