"""How `emblem endorse --request` goes: show what would be stated, ask, sign, list, answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click

from emblem.codec.carried import LARGEST_CARRIED_FILE, Carried, read_carried
from emblem.codec.cwt import decode_token
from emblem.codec.request import Answer, SignedRequest, read_request, sign_answer
from emblem.codec.statement import request_statement, statement
from emblem.errors import InputError, RequestError
from emblem.issuance.given import FILE_NAME, Given, GivenList, append_given, list_given, read_given
from emblem.issuance.requests import answer_request, answer_text, check_request, draw_up_answer
from emblem.issuance.workspace.emblems import BACKDATED
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.ledger import Action
from emblem.issuance.workspace.settings import Role
from emblem.keys.files import check_free, write_new_file
from emblem.keys.signing import Signer
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.time import date_text, numeric_date
from emblem.model.token import Endorsement, LogEntry
from emblem_cli.codes import check_codes, show_codes
from emblem_cli.confirming import confirm
from emblem_cli.input import STANDARD_INPUT, name_of, read_input
from emblem_cli.output import warn
from emblem_cli.passphrases import Passphrases
from emblem_cli.signing_keys import choose_key, endorsing_role
from emblem_cli.workspaces import changing, write_down

_MODE = 0o644


@dataclass(frozen=True, slots=True)
class Answering:
    """What the officer decides beyond what was asked; None where it is as asked."""

    start: datetime | None
    lifetime: timedelta | None
    purposes: Purpose | None
    log: tuple[LogEntry, ...]
    output: Path | None
    yes: bool
    qr: bool
    png: Path | None


def answer_file(
    file: Path,
    *,
    workspace: Workspace | None,
    issuer: Organization | None,
    key_text: str | None,
    passphrases: Passphrases,
    chosen: Answering,
    at: datetime,
) -> None:
    """Answer the request in a file, once a person has seen what that states.

    Raises:
        RequestError: the request cannot be read, is not for this organization, or is inconsistent.
    """
    asked = read_request(read_carried(name_of(file), Carried.REQUEST, read_input(file, LARGEST_CARRIED_FILE)))
    output = _output(file, chosen.output)
    check_codes(chosen.png)
    authority = issuer or (None if workspace is None else workspace.settings.organization)
    if authority is None:
        raise InputError("--issuer", "nothing, and no workspace", "https:// and the organization that endorses")
    check_request(asked.request, authority, at)
    role = Role.ROOT if asked.request.issuer == authority else endorsing_role(workspace)
    key = choose_key(key_text, workspace, role, at)
    stated = draw_up_answer(
        asked.request,
        start=chosen.start or at - BACKDATED,
        lifetime=chosen.lifetime,
        purposes=chosen.purposes,
        log=chosen.log,
    )
    listed = _given(workspace)
    _check_against_list(asked, listed)
    again = listed.answered(asked.digest)
    _show(asked, stated if again is None else again.endorsement, listed, at)
    if again is not None:
        warn(f"this request was answered at {again.at}: the same endorsement is written again")
    confirm("Is that what you mean to state?", yes=chosen.yes)
    signer = key.open(passphrases)
    with nullcontext() if workspace is None else changing(workspace):
        # While a person was looking, another process may have answered, or withdrawn.
        listed = _given(workspace)
        _check_against_list(asked, listed)
        again = listed.answered(asked.digest)
        answer = _answer(asked, stated, signer, again, at)
        if workspace is not None and again is None:
            list_endorsement(workspace, answer.token, asked.digest, at)
        output.parent.mkdir(parents=True, exist_ok=True)
        write_new_file(output, answer_text(answer).encode(), _MODE)
    click.echo(f"{'signing key:':<26}{answer.key.cose_thumbprint}")
    click.echo(f"{'written to:':<26}{output}")
    show_codes(Carried.ANSWER, answer.data, qr=chosen.qr, png=chosen.png)


def list_endorsement(workspace: Workspace, token: bytes, request: bytes | None, at: datetime) -> None:
    """Write an endorsement that is given into the ledger and on the list of the workspace; the lock must be held.

    Raises:
        OSError: it cannot be written; then it must not be handed out.
    """
    entry = list_given(token, request, numeric_date(at))
    stated = entry.endorsement
    write_down(workspace, Action.ENDORSED, at, key=stated.key, of=str(stated.subject),
               expires=date_text(stated.expires), request=None if request is None else request.hex())  # fmt: skip
    append_given(workspace.root / FILE_NAME, [entry])


def _given(workspace: Workspace | None) -> GivenList:
    return GivenList() if workspace is None else read_given(workspace.root / FILE_NAME)


def _output(file: Path, output: Path | None) -> Path:
    if output is None and file == STANDARD_INPUT:
        raise InputError("-o", "nothing", "a file for the answer, since the request is read from standard input")
    path = output or file.with_name(file.name.removesuffix(".request") + ".answer")
    check_free(path)
    return path


def _check_against_list(asked: SignedRequest, listed: GivenList) -> None:
    """What this organization has said before must not be contradicted without anybody noticing."""
    key, subject = asked.request.key.cose_thumbprint, asked.request.issuer
    if any(each.key == key for each in listed.withdrawn):
        raise RequestError("request", f"one for key {key}, which was withdrawn", "one for a new key")
    other = next((one for one in listed.of_key(key) if one.endorsement.subject != subject), None)
    if other is not None:
        found = f"one by {subject}"
        expected = f"one by {other.endorsement.subject}, as whose the key {key} was endorsed, or another key"
        raise RequestError("request", found, expected)


def _show(asked: SignedRequest, stated: Endorsement, listed: GivenList, at: datetime) -> None:
    _print_words(request_statement(asked.request))
    click.echo(f"{'proof of possession:':<26}holds: whoever asks has the private key")
    click.echo(
        "Compare the key identifier with what the organization tells you by another way, such as the telephone.\n"
    )
    click.echo("You would state:")
    _print_words(statement(stated))
    now = numeric_date(at)
    earlier = [one for one in listed.of_subject(asked.request.issuer) if one.request != asked.digest]
    for line in _earlier(earlier, listed, now):
        click.echo(line)


def _earlier(given: Iterable[Given], listed: GivenList, now: float) -> Iterable[str]:
    for one in given:
        state = "withdrawn"
        if listed.stands(one):
            state = "expired" if one.endorsement.expires <= now else "holds"
        until = date_text(one.endorsement.expires)
        yield f"{'given before:':<26}{one.endorsement.key}, until {until} ({state})"


def _print_words(words: Mapping[str, str]) -> None:
    for label, value in words.items():
        click.echo(f"{label + ':':<26}{value}")


def _answer(asked: SignedRequest, stated: Endorsement, signer: Signer, again: Given | None, at: datetime) -> Answer:
    if again is None:
        return answer_request(asked, stated, signer, at)
    if decode_token(again.token).key_identifier != signer.public_key.cose_thumbprint:
        raise RequestError("--key", "another key than the one that answered this request", "that key")
    return sign_answer(asked.digest, int(at.timestamp() // 1), again.token, signer)
