"""How hosts are in their zone now, by what its primary says, and what separates that from how they are to be."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from emblem.dns.authority_connection import AuthorityConnection
from emblem.dns.message import Answer, Outcome, Question, RecordType
from emblem.dns.update import RRset
from emblem.errors import InputError, UpdateError
from emblem.issuance.publication import Change, Wish, difference
from emblem.model.names import is_domain_name

_PROBE_OCTETS = 8


def survey(connection: AuthorityConnection, wishes: Sequence[Wish]) -> tuple[Change, ...]:
    """What has to change for each wish, safe to be sent.

    Raises:
        InputError: a host cannot be marked in the way that is wished.
        UpdateError: what is there cannot be read.
    """
    return _guarded(connection, _read(connection, wishes))


def _read(connection: AuthorityConnection, wishes: Sequence[Wish]) -> tuple[Change, ...]:
    """What separates hosts from how they are to be, by what their zone's primary says."""
    questions = [wish.questions for wish in wishes]
    answers = iter(connection.ask_all([question for some in questions for question in some]))
    return tuple(
        difference(wish, [_rrset(next(answers), wish) for _ in some])
        for wish, some in zip(wishes, questions, strict=True)
    )


def _rrset(answer: Answer, wish: Wish) -> RRset:
    owner, number = answer.question.name, answer.question.type
    if answer.aliases:
        if (owner, number) in wish.wanted():
            expected = "a name that is no alias; a host that is one can be marked beside it (--carriage txt)"
            raise InputError(owner, f"an alias of {answer.final_name}", expected)
        return RRset(owner, number, 0, frozenset())
    if answer.outcome is not Outcome.FOUND and not answer.denied:
        reason = answer.detail or str(answer.failure)
        raise UpdateError(f"what is at {owner} cannot be read: {reason} (asked {answer.server})")
    if not answer.authoritative:
        raise UpdateError(f"{answer.server} is no authority for {owner}: name the zone's primary (--server)")
    ttl = min((record.ttl for record in answer.records), default=0)
    return RRset(owner, number, ttl, frozenset(record.data for record in answer.records))


def _guarded(connection: AuthorityConnection, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Changes that must not be made where only a wildcard serves the name.

    Records at or below such a name make it exist, and the wildcard no longer applies to it (RFC 4592, section
    2.2.1): marking it would take its addresses away. A name below it that nobody can have made tells: denied
    (NXDOMAIN), no wildcard is near. Otherwise the update demands that the name is in use by itself.
    """
    label = os.urandom(_PROBE_OCTETS).hex()
    coming = [change for change in changes if change.added]
    fitting = [change for change in coming if is_domain_name(f"{label}.{change.wish.name}")]
    answers = connection.ask_all([Question(f"{label}.{change.wish.name}", RecordType.TXT) for change in fitting])
    safe = {
        change.wish.name for change, answer in zip(fitting, answers, strict=True) if answer.outcome is Outcome.NXDOMAIN
    }
    return tuple(replace(change, in_use=bool(change.added) and change.wish.name not in safe) for change in changes)
