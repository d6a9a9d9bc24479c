"""What a token states, in words: label and value, for those who sign it and those who look at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from emblem.codec.request import Request
from emblem.model.display import printable
from emblem.model.time import date_text
from emblem.model.token import Claims, Constraints, Emblem, Endorsement, LogEntry, UnknownVersion


def statement(claims: Claims) -> Mapping[str, str]:
    """The claims in words, in the order in which people ask: who, what, under which conditions, until when.

    The values are fit to be shown: what would do something to a terminal is escaped.
    """
    return {label: printable(value) for label, value in _words(claims).items()}


def request_statement(request: Request) -> Mapping[str, str]:
    """What a request for an endorsement says in words; as with :func:`statement`."""
    return {
        "request": f"{request.issuer} asks {request.audience} to endorse a key",
        "key identifier": request.key.cose_thumbprint,
        "algorithm": request.key.writing_algorithm.name,
        "may endorse further keys": "yes" if request.may_endorse else "no",
        "purposes": ", ".join(request.purposes.slugs),
        "for": length_text(request.lifetime),
        "made": date_text(request.issued_at),
    }


def length_text(seconds: int) -> str:
    """A length of time in the largest unit that says it whole: ``365 days``."""
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds % size == 0:
            number = seconds // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{seconds} seconds"


def _words(claims: Claims) -> dict[str, str]:
    if isinstance(claims, UnknownVersion):
        return {"statement": f"a token in version {claims.version}, which is not known"}
    if isinstance(claims, Emblem):
        return _emblem(claims) | _period(claims)
    return _endorsement(claims) | _constraints(claims.constraints) | _log(claims.log) | _period(claims)


def _emblem(emblem: Emblem) -> dict[str, str]:
    words = {
        "statement": f"{emblem.issuer or 'nobody by name'} marks {_listed(asset.text for asset in emblem.assets)}",
        "sign": emblem.sign or emblem.sign_text or "not said",
        "purposes": _listed(emblem.purposes.slugs),
    }
    return words | ({"channels": _listed(sorted(emblem.channels))} if emblem.channels else {})


def _endorsement(endorsement: Endorsement) -> dict[str, str]:
    issuer, subject = endorsement.issuer or "nobody by name", endorsement.subject or "nobody by name"
    return {
        "statement": f"{issuer} states that a key belongs to {subject}",
        "endorsed key": endorsement.key,
        "may endorse further keys": "yes" if endorsement.may_endorse else "no",
    }


def _constraints(constraints: Constraints) -> dict[str, str]:
    limits: dict[str, str] = {}
    if constraints.purposes is not None:
        limits["purposes"] = _listed(constraints.purposes.slugs)
    if constraints.assets is not None:
        limits["only for"] = _listed(asset.text for asset in constraints.assets)
    if constraints.channels is not None:
        limits["only through"] = _listed(sorted(constraints.channels))
    if constraints.window is not None:
        limits["longest emblem"] = f"{constraints.window} seconds"
    return limits


def _log(log: tuple[LogEntry, ...] | None) -> dict[str, str]:
    if log is None:
        return {"key commitment": "none named"}
    entries = f"{len(log)} log {'entry' if len(log) == 1 else 'entries'} named"
    return {"key commitment": entries if log else "only log entries of an unknown kind"}


def _period(claims: Emblem | Endorsement) -> dict[str, str]:
    return {"valid": f"from {date_text(claims.not_before)} until {date_text(claims.expires)}"}


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items) or "none"
