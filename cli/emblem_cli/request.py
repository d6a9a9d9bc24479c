"""`emblem request`: ask for the endorsement of a key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from emblem.codec.carried import Carried
from emblem.codec.request import SignedRequest
from emblem.codec.statement import request_statement
from emblem.errors import InputError
from emblem.issuance.filing import REQUESTS, keep_request, place_for_request
from emblem.issuance.requests import ask
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.ledger import Action
from emblem.issuance.workspace.settings import Role
from emblem.keys.files import check_free
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem_cli.codes import check_codes, code_options, show_codes
from emblem_cli.parameters import DURATION, ORGANIZATION, PURPOSE, combine_purposes
from emblem_cli.passphrases import Passphrases, passphrase_option
from emblem_cli.signing_keys import choose_key, key_option
from emblem_cli.workspaces import changing, find_workspace, workspace_option, write_down


@click.command("request")
@click.option("--to", "audience", metavar="https://ORG", type=ORGANIZATION,
              help="Who is asked. Default: the organization itself, for its own root key.")  # fmt: skip
@key_option
@click.option("--issuer", metavar="https://ORG", type=ORGANIZATION,
              help="Whose key it is. Default: the workspace's organization.")  # fmt: skip
@click.option("--purpose", "purposes", type=PURPOSE, multiple=True,
              help="What emblems under the key are to be used for; may be repeated. Default: the workspace's; or "
              "protective.")  # fmt: skip
@click.option("--valid", metavar="LENGTH", type=DURATION, default="365d", show_default=True,
              help="For how long the endorsement is wanted.")  # fmt: skip
@click.option("--may-endorse", is_flag=True, help="The key is to endorse further keys. Of other organizations that is "
              "asked always.")  # fmt: skip
@code_options
@workspace_option
@passphrase_option
def command(
    audience: Organization | None,
    key_text: str | None,
    issuer: Organization | None,
    purposes: tuple[str, ...],
    valid: timedelta,
    may_endorse: bool,
    qr: bool,
    png: Path | None,
    directory: Path | None,
    descriptor: int | None,
) -> None:
    """Ask an authority, or your own offline root, to endorse a key.

    The request is signed with that key, which proves that you have it. It is a small text file in the folder requests:
    carry it over, have it answered with 'emblem endorse --request', and take the answer in with 'emblem accept'.
    By default an authority is asked for the root key, and the own root for the current signing key.

    \b
    Examples:
      emblem request --to https://authority.example
      emblem request --key signing-2027 --qr
    """
    check_codes(png)
    workspace = find_workspace(directory)
    organization = issuer or _organization(workspace)
    asked_of = audience or organization
    at = datetime.now(UTC)
    role = Role.SIGNING if asked_of == organization else Role.ROOT
    chosen = choose_key(key_text, workspace, role, at)
    signer = chosen.open(Passphrases(descriptor))
    asked = ask(
        signer,
        issuer=organization,
        audience=asked_of,
        purposes=_purposes(purposes, workspace),
        may_endorse=may_endorse,
        lifetime=valid,
        at=at,
    )
    path = place_for_request((Path() if workspace is None else workspace.root) / REQUESTS, chosen.name, asked)
    if workspace is None:
        keep_request(path, asked)
    else:
        with changing(workspace):
            keep_noted_request(workspace, path, asked, at)
    for label, value in request_statement(asked.request).items():
        click.echo(f"{label + ':':<26}{value}")
    click.echo(f"{'written to:':<26}{path}")
    show_codes(Carried.REQUEST, asked.data, qr=qr, png=png)


def keep_noted_request(workspace: Workspace, path: Path, asked: SignedRequest, at: datetime) -> None:
    """Write a request that is made into the ledger and its place; the lock must be held.

    Raises:
        KeyFileError: there is a file already.
        OSError: it cannot be written.
    """
    check_free(path)
    request = asked.request
    write_down(workspace, Action.REQUESTED, at, key=request.key.cose_thumbprint, of=str(request.audience),
               request=asked.digest.hex())  # fmt: skip
    keep_request(path, asked)


def _organization(workspace: Workspace | None) -> Organization:
    if workspace is None:
        raise InputError("--issuer", "nothing, and no workspace", "https:// and the organization whose key it is")
    return workspace.settings.organization


def _purposes(slugs: tuple[str, ...], workspace: Workspace | None) -> Purpose:
    if slugs:
        return combine_purposes(slugs)
    return Purpose.PROTECTIVE if workspace is None else workspace.settings.defaults.purposes
