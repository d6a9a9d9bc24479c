"""Asking for an endorsement, and answering: what is checked, what is stated, and what both look like.

Everything here is a function of what it is handed; the files are in :mod:`emblem.issuance.filing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from emblem.codec.carried import Carried, write_armored
from emblem.codec.request import Answer, Request, SignedRequest, sign_answer, sign_request
from emblem.codec.statement import length_text, request_statement, statement
from emblem.errors import RequestError
from emblem.issuance.tokens import draw_up_endorsement, sign_endorsement
from emblem.keys.signing import Signer
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.time import date_text, numeric_date
from emblem.model.token import Endorsement, LogEntry, NumericDate

CLOCK_TOLERANCE = 3600
"""Seconds by which the clocks of those who ask and those who answer may differ."""

OLDEST_REQUEST = 90 * 86400
"""Seconds after which a request is too old to be answered: who asked may have changed their mind."""

_DAY = 86400


def ask(
    signer: Signer,
    *,
    issuer: Organization,
    audience: Organization,
    purposes: Purpose,
    may_endorse: bool,
    lifetime: timedelta,
    at: datetime,
) -> SignedRequest:
    """Ask for an endorsement of a key, with a proof that we have it.

    Args:
        signer: the key that is to be endorsed.
        issuer: the organization whose key it is.
        audience: who is asked; the same organization where its own root key is.
        purposes: what emblems under that key are to be used for.
        may_endorse: whether the key is to endorse further keys. Another organization is asked for that always, since
            no verifier counts its endorsement otherwise.
        lifetime: for how long.
        at: now; a fraction of a second is dropped.

    Raises:
        InputError: there are no purposes, or the lifetime is none or longer than a century.
    """
    request = Request(
        issuer=issuer,
        audience=audience,
        issued_at=int(at.timestamp() // 1),
        key=signer.public_key,
        purposes=purposes,
        may_endorse=may_endorse or issuer != audience,
        lifetime=int(lifetime.total_seconds()),
    )
    return sign_request(request, signer)


def check_request(request: Request, authority: Organization, at: datetime) -> None:
    """Refuse a request that is not for this authority, or that nobody should answer now.

    Args:
        request: what is asked.
        authority: who is to answer.
        at: now.

    Raises:
        RequestError: it asks somebody else, is too old or from the future, or asks for what no verifier counts.
    """
    if request.audience != authority:
        raise RequestError("request", f"one to {request.audience}", f"one to {authority}")
    now = numeric_date(at)
    if request.issued_at > now + CLOCK_TOLERANCE:
        found = f"one of {date_text(request.issued_at)}, which is in the future"
        raise RequestError("request", found, f"an earlier one, or another clock (here it is {date_text(now)})")
    if request.issued_at < now - OLDEST_REQUEST:
        found = f"one of {date_text(request.issued_at)}"
        raise RequestError("request", found, f"one of the last {OLDEST_REQUEST // _DAY} days: have it made anew")
    if request.issuer != request.audience and not request.may_endorse:
        raise RequestError("request", "one for a key that may not endorse", "one for a root key, which may")


def draw_up_answer(
    request: Request,
    *,
    start: datetime,
    lifetime: timedelta | None = None,
    purposes: Purpose | None = None,
    log: Sequence[LogEntry] = (),
) -> Endorsement:
    """What the answer to a request would state, to be looked at before it is signed.

    Args:
        request: what was asked.
        start: from when the endorsement holds.
        lifetime: how long it holds; None for as long as was asked.
        purposes: what it allows; None for what was asked.
        log: where the certificates are logged that commit the signing key.

    Raises:
        RequestError: more is granted than was asked.
        InputError: there are no purposes, or no length of time.
    """
    granted = request.purposes if purposes is None else purposes
    if granted & ~request.purposes:
        excess = Purpose(granted & ~request.purposes)
        raise RequestError(
            "purposes", ", ".join(excess.slugs), f"of what was asked: {', '.join(request.purposes.slugs)}"
        )
    seconds = request.lifetime if lifetime is None else int(lifetime.total_seconds())
    if seconds > request.lifetime:
        raise RequestError(
            "lifetime", f"{length_text(seconds)}", f"what was asked, {length_text(request.lifetime)}, or less"
        )
    try:
        end = start + timedelta(seconds=seconds)
    except OverflowError as error:
        raise RequestError("lifetime", length_text(seconds), "an end before the year 10000") from error
    return draw_up_endorsement(
        request.key,
        issuer=request.audience,
        subject=request.issuer,
        purposes=granted,
        may_endorse=request.may_endorse,
        not_before=start,
        expires=end,
        log=log,
    )


def answer_request(asked: SignedRequest, endorsement: Endorsement, signer: Signer, at: datetime) -> Answer:
    """Sign what was drawn up, and the answer that carries it.

    Raises:
        InputError: the signer endorses its own key, or the token is too large for a record.
    """
    return sign_answer(asked.digest, int(at.timestamp() // 1), sign_endorsement(endorsement, signer), signer)


def check_answer(answer: Answer, asked: SignedRequest, at: datetime) -> tuple[str, ...]:
    """Refuse an answer that is not what was asked for, or is of no use any more.

    Args:
        answer: with signatures that hold.
        asked: the request that it names.
        at: now.

    Returns:
        What a person should know: where less was granted than asked, and where it does not hold yet.

    Raises:
        RequestError: it endorses another key, or for another organization, or by another, or has expired.
    """
    request, stated = asked.request, answer.endorsement
    if answer.request != asked.digest:
        raise RequestError("answer", "one to another request", "one to this")
    for what, found, expected in (
        ("endorsed key", stated.key, request.key.cose_thumbprint),
        ("organization whose key it is", str(stated.subject), str(request.issuer)),
        ("organization that endorses", str(stated.issuer), str(request.audience)),
    ):
        if found != expected:
            raise RequestError(f"answer: {what}", found, expected)
    now = numeric_date(at)
    if stated.expires <= now:
        found = f"one that expired at {date_text(stated.expires)}"
        raise RequestError("answer", found, f"one that holds (here it is {date_text(now)}): ask again")
    return tuple(_differences(request, stated, now))


def request_text(asked: SignedRequest) -> str:
    """A request as a text file. What stands before the block is for people; nothing reads it."""
    return write_armored(Carried.REQUEST, _lines(request_statement(asked.request)), asked.data)


def answer_text(answer: Answer) -> str:
    """An answer as a text file; as with :func:`request_text`."""
    words = {**statement(answer.endorsement), "signing key": answer.key.cose_thumbprint}
    return write_armored(Carried.ANSWER, _lines(words), answer.data)


def _lines(words: Mapping[str, str]) -> list[str]:
    return [*(f"{label}: {value}" for label, value in words.items()), ""]


def _differences(request: Request, stated: Endorsement, now: NumericDate) -> list[str]:
    told = []
    granted = stated.constraints.purposes or Purpose(0)
    if granted != request.purposes:
        told.append(f"asked for the purposes {', '.join(request.purposes.slugs)}, granted: {', '.join(granted.slugs)}")
    if stated.may_endorse != request.may_endorse:
        told.append(f"the key {'may' if stated.may_endorse else 'may not'} endorse further keys, other than was asked")
    lifetime = stated.expires - stated.not_before
    if lifetime < request.lifetime:
        told.append(f"asked for {length_text(request.lifetime)}, granted: {length_text(int(lifetime))}")
    if stated.not_before > now:
        told.append(f"it holds only from {date_text(stated.not_before)} (here it is {date_text(now)})")
    return told
