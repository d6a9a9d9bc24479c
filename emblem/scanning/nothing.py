"""Misses among answers that had to be read: somebody else's TXT records, an alias of a name without emblem.

They are so common that judging each would be most of a scan's work. What is taken for a miss here is what a single
verification calls ``unmarked``, for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from emblem.codec.carriage import IHLE_TYPES, decode_record
from emblem.discovery.answers import read_record
from emblem.dns.message import Answer, Outcome
from emblem.scanning.inquiry import SERVER_SHIFT, STATES, Inquiry

_OF_OTHERS = frozenset({16, 65})
"""Types whose records are mostly somebody else's: TXT and HTTPS."""


def nothing_of_ours(inquiry: Inquiry, places: Mapping[str, int]) -> bytes | None:
    """The states of the questions of a target where nothing belongs to an emblem; None where that takes judging.

    Args:
        inquiry: with an answer to every question.
        places: of the resolvers, by the name that answers give them.
    """
    states = bytearray(inquiry.state)
    for place, answer in (inquiry.answers or {}).items():
        server = places.get(answer.server)
        if server is None or not _is_nothing(answer):
            return None
        states[place] = STATES[answer.outcome] | server << SERVER_SHIFT
    return bytes(states)


def _is_nothing(answer: Answer) -> bool:
    """Whether an answer is proper, without any doubt, and has nothing that belongs to an emblem."""
    if answer.failure is not None or answer.failed_tries or answer.outcome not in STATES:
        return False
    if answer.outcome is Outcome.NXDOMAIN and answer.aliases:
        return False  # The name itself exists: whether that makes a difference is for whoever reads all answers.
    if any(record.type in IHLE_TYPES for record in answer.additional):
        return False
    if answer.outcome is not Outcome.FOUND:
        return True
    if answer.question.type not in _OF_OTHERS:
        return False
    return all(decode_record(one) is None for record in answer.records for one in read_record(record))
