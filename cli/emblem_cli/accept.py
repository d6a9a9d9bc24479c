"""`emblem accept`: take in the answer to a request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from emblem.codec.carried import LARGEST_CARRIED_FILE, Carried, read_carried
from emblem.codec.request import read_answer
from emblem.codec.statement import statement
from emblem.errors import RequestError
from emblem.issuance.filing import REQUESTS, Filed, file_answer, file_endorsement, readable_endorsements
from emblem.issuance.token_files import read_endorsement_text
from emblem.issuance.workspace.ledger import Action
from emblem.keys.listing import list_keys
from emblem.model.organization import Organization
from emblem.model.time import date_text
from emblem.model.token import Endorsement
from emblem_cli.input import name_of, read_input
from emblem_cli.output import warn
from emblem_cli.parameters import FILE, ORGANIZATION
from emblem_cli.workspaces import changing, find_workspace, workspace_option, write_down

_MARKS = (b"-----BEGIN EMBLEM", b"EMBLEM-")


@click.command("accept")
@click.argument("file", type=FILE)
@click.option("--issuer", metavar="https://ORG", type=ORGANIZATION,
              help="Whose keys they are, for an endorsement that came without a request. Default: the workspace's "
              "organization.")  # fmt: skip
@workspace_option
def command(file: Path, issuer: Organization | None, directory: Path | None) -> None:
    """Check the answer in FILE (-: standard input) against what was asked, and file the endorsement in it.

    FILE may be the text of an answer, the text of its QR codes, or a token file with an endorsement that came without
    a request. It must be for a key of this organization, with its public half in the folder keys. Nothing is ever
    overwritten.

    \b
    Example:
      emblem accept root-to-authority.example.answer
    """
    data = read_input(file, LARGEST_CARRIED_FILE)
    workspace = find_workspace(directory)
    if workspace is None:
        filed = _take_in(file, data, Path(), issuer)
    else:
        with changing(workspace) as current:
            filed = _take_in(file, data, current.root, issuer or current.settings.organization)
            if not filed.before:
                stated = filed.endorsement
                write_down(current, Action.ACCEPTED, datetime.now(UTC), key=stated.key, by=str(stated.issuer),
                           expires=date_text(stated.expires), file=filed.path.name)  # fmt: skip
    for label, value in statement(filed.endorsement).items():
        click.echo(f"{label + ':':<26}{value}")
    click.echo(f"{'filed before as:' if filed.before else 'filed as:':<26}{filed.path}")
    for remark in filed.remarks:
        warn(remark)


def _take_in(file: Path, data: bytes, root: Path, organization: Organization | None) -> Filed:
    at = datetime.now(UTC)
    endorsements = root / "endorsements"
    names = _our_keys(root / "keys")
    if not any(mark in data for mark in _MARKS):
        token = read_endorsement_text(name_of(file), data)
        if organization is None:
            raise RequestError("--issuer", "nothing, and no workspace", "https:// and the organization whose key it is")
        _check_endorser(token.claims, token.signing_key, names)
        _warn_of_another_key(endorsements, token.claims, token.signing_key)
        return file_endorsement(token, endorsements=endorsements, organization=organization, names=names, at=at)
    answer = read_answer(read_carried(name_of(file), Carried.ANSWER, data))
    _check_endorser(answer.endorsement, answer.key.cose_thumbprint, names)
    _warn_of_another_key(endorsements, answer.endorsement, answer.key.cose_thumbprint)
    return file_answer(answer, requests=root / REQUESTS, endorsements=endorsements, names=names, at=at)


def _our_keys(folder: Path) -> dict[str, str]:
    """The names of our keys by their identifiers; the private half of one may be on another machine."""
    listed = list_keys(folder) if folder.is_dir() else ()
    return {key.public.cose_thumbprint: key.name for key in listed if key.public is not None}


def _check_endorser(stated: Endorsement, signing_key: str, names: Mapping[str, str]) -> None:
    """What the organization states of its own key must be signed with one of its own: with its root key."""
    if stated.issuer == stated.subject and signing_key not in names:
        expected = "one by a key of the organization, whose public half is in the folder keys"
        raise RequestError("signature", f"one by key {signing_key}, which is not known here", expected)


def _warn_of_another_key(endorsements: Path, stated: Endorsement, signing_key: str) -> None:
    by_them = [kept for _, kept in readable_endorsements(endorsements) if kept.claims.issuer == stated.issuer]
    if stated.issuer != stated.subject and by_them and all(kept.signing_key != signing_key for kept in by_them):
        warn(f"{stated.issuer} signed with another key than before, {signing_key}: ask them whether it is theirs")
