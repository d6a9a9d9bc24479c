"""Where requests and endorsements are kept: which wait for an answer, which were answered, and what came of it.

``requests/NAME-to-HOST.request`` waits for an answer; once that is filed it is moved to ``requests/answered/``. An
endorsement goes into ``endorsements/NAME-by-HOST.emblem``. Nothing is ever overwritten, and what was cut short between
the two steps is finished by doing it again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from emblem.codec.carried import LARGEST_CARRIED_FILE, Carried, read_carried
from emblem.codec.request import Answer, SignedRequest, read_request
from emblem.errors import InputError, RequestError
from emblem.issuance.requests import check_answer, request_text
from emblem.issuance.token_files import SignedToken, read_endorsement_file, write_token_file
from emblem.keys.files import read_file, write_new_file
from emblem.keys.public import PublicKey
from emblem.model.organization import Organization
from emblem.model.time import date_text, numeric_date
from emblem.model.token import Endorsement

REQUESTS, ANSWERED = "requests", "answered"
"""The folder of requests in a workspace, and the one in it of those that were answered."""

_SUFFIX, _TOKEN_SUFFIX = ".request", ".emblem"
_MODE = 0o644


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A request that we made, and its file. ``answered`` says whether its answer was filed."""

    path: Path
    asked: SignedRequest
    answered: bool


@dataclass(frozen=True, slots=True)
class Filed:
    """An endorsement that was filed. ``before`` says whether it had been already; ``remarks`` are for a person."""

    path: Path
    endorsement: Endorsement
    before: bool
    remarks: tuple[str, ...] = ()


def place_for_request(folder: Path, key_name: str, asked: SignedRequest) -> Path:
    """Where a request that we make is kept.

    Raises:
        RequestError: one with the same key to the same organization waits there for its answer.
    """
    path = folder / f"{key_name}-to-{asked.request.audience.host}{_SUFFIX}"
    if os.path.lexists(path):
        expected = "none that waits for an answer: send it again, or remove it to ask anew"
        raise RequestError(str(path), "a request that was made already", expected)
    return path


def keep_request(path: Path, asked: SignedRequest) -> None:
    """Write a request that we make into its place.

    Raises:
        KeyFileError: there is a file already.
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_new_file(path, request_text(asked).encode(), _MODE)


def kept_requests(folder: Path) -> tuple[KeptRequest, ...]:
    """The requests in a folder, those that were answered last.

    Raises:
        InputError: one cannot be read.
    """
    return (*_in_folder(folder, answered=False), *_in_folder(folder / ANSWERED, answered=True))


def file_answer(
    answer: Answer,
    *,
    requests: Path,
    endorsements: Path,
    names: Mapping[str, str],
    at: datetime,
) -> Filed:
    """Check an answer against what was asked, and file the endorsement in it.

    Args:
        answer: with signatures that hold.
        requests: the folder of requests.
        endorsements: the folder of endorsements.
        names: the names of our keys by key identifier; the private half of one may be on another machine.
        at: now.

    Raises:
        RequestError: it answers nothing that we asked, or something else, was filed before and is gone, or endorses
            a key that is none of ours.
        OSError: a file cannot be written.
    """
    stated = answer.endorsement
    kept = next((one for one in kept_requests(requests) if one.asked.digest == answer.request), None)
    if kept is None:
        if stated.key not in names:
            raise _not_ours(stated.key)
        expected = f"one to a request in {requests}: take it in where it was asked for, or bring the request"
        raise RequestError("answer", "one to a request that is not here", expected)
    remarks = check_answer(answer, kept.asked, at)
    if stated.key not in names:
        raise _not_ours(stated.key)
    before = find_endorsement(endorsements, answer.token)
    if before is None and kept.answered:
        raise RequestError("answer", f"one that was filed before ({kept.path})", "one to a request that waits for it")
    path = before or _file(endorsements, names[stated.key], answer.token, stated, answer.key)
    if not kept.answered:
        _move_to_answered(kept.path)
    return Filed(path, stated, before is not None, remarks)


def file_endorsement(
    token: SignedToken[Endorsement],
    *,
    endorsements: Path,
    organization: Organization,
    names: Mapping[str, str],
    at: datetime,
) -> Filed:
    """Check an endorsement that came without a request, and file it; arguments as for :func:`file_answer`.

    Raises:
        RequestError: it is for another organization or another key than ours, or has expired.
        OSError: a file cannot be written.
    """
    stated = token.claims
    if stated.subject != organization:
        raise RequestError("endorsement", f"one for {stated.subject or 'nobody by name'}", f"one for {organization}")
    if stated.key not in names:
        raise _not_ours(stated.key)
    if stated.expires <= numeric_date(at):
        raise RequestError("endorsement", f"one that expired at {date_text(stated.expires)}", "one that holds")
    before = find_endorsement(endorsements, token.data)
    path = before or _file(endorsements, names[stated.key], token.data, stated, token.key)
    return Filed(path, stated, before is not None)


def find_endorsement(folder: Path, token: bytes) -> Path | None:
    """The file in a folder of endorsements that holds a token, or None; files that hold none are passed over."""
    return next((path for path, kept in readable_endorsements(folder) if kept.data == token), None)


def readable_endorsements(folder: Path) -> Iterable[tuple[Path, SignedToken[Endorsement]]]:
    """The endorsements in a folder by the names of their files; files that hold none are passed over."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob(f"*{_TOKEN_SUFFIX}")):
        try:
            yield path, read_endorsement_file(path)
        except InputError:
            continue


def _in_folder(folder: Path, *, answered: bool) -> list[KeptRequest]:
    if not folder.is_dir():
        return []
    return [
        KeptRequest(
            path,
            read_request(read_carried(str(path), Carried.REQUEST, read_file(path, LARGEST_CARRIED_FILE))),
            answered,
        )
        for path in sorted(folder.glob(f"*{_SUFFIX}"))
    ]


def _file(folder: Path, name: str, token: bytes, stated: Endorsement, key: PublicKey) -> Path:
    by = "itself" if stated.issuer is None or stated.issuer == stated.subject else stated.issuer.host
    folder.mkdir(parents=True, exist_ok=True)
    path = _free(folder, f"{name}-by-{by}", _TOKEN_SUFFIX)
    write_token_file(path, token, key, replace=False)
    return path


def _move_to_answered(path: Path) -> None:
    folder = path.parent / ANSWERED
    folder.mkdir(exist_ok=True)
    path.rename(_free(folder, path.stem, _SUFFIX))


def _free(folder: Path, stem: str, suffix: str) -> Path:
    """The first of NAME, NAME-2, NAME-3 and so on that is no file yet."""
    names = (f"{stem}{'' if number == 1 else f'-{number}'}{suffix}" for number in count(1))
    return next(path for path in (folder / name for name in names) if not os.path.lexists(path))


def _not_ours(key: str) -> RequestError:
    return RequestError("endorsed key", key, "one of the keys that are here ('emblem key list')")
