"""`emblem withdraw`: take back endorsements."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from emblem.codec.claims import check_key_identifier
from emblem.codec.cwt import decode_token
from emblem.errors import RequestError
from emblem.issuance.given import FILE_NAME as GIVEN
from emblem.issuance.given import Given, GivenList, append_given, read_given
from emblem.issuance.token_files import read_endorsement_file
from emblem.issuance.withdrawing import FILE_NAME, new_entries, read_published, withdrawals_of, write_published
from emblem.issuance.workspace.ledger import Action
from emblem.model.organization import Organization
from emblem.model.time import date_text, numeric_date
from emblem_cli.confirming import confirm, yes_option
from emblem_cli.output import warn
from emblem_cli.parameters import FILE, ORGANIZATION, Parsed
from emblem_cli.passphrases import Passphrases, passphrase_option
from emblem_cli.signing_keys import choose_key, endorsing_role, key_option
from emblem_cli.workspaces import changing, required_workspace, workspace_option, write_down

_IDENTIFIER = Parsed("identifier", lambda text: check_key_identifier("key identifier", text))


@click.command("withdraw")
@click.option("--key-identifier", "identifiers", metavar="IDENTIFIER", type=_IDENTIFIER, multiple=True,
              help="Take back every endorsement of this key; may be repeated.")  # fmt: skip
@click.option("--subject", "subjects", metavar="https://ORG", type=ORGANIZATION, multiple=True,
              help="Take back every endorsement of the keys of this organization; may be repeated.")  # fmt: skip
@click.option("--endorsement", "files", metavar="FILE", type=FILE, multiple=True,
              help="Take back this one endorsement (a token file) and no other; may be repeated.")  # fmt: skip
@click.option("--reason", default="", help='Why; kept in the file "given", and not published.')
@key_option
@yes_option
@workspace_option
@passphrase_option
def command(
    identifiers: tuple[str, ...],
    subjects: tuple[Organization, ...],
    files: tuple[Path, ...],
    reason: str,
    key_text: str | None,
    yes: bool,
    directory: Path | None,
    descriptor: int | None,
) -> None:
    """Take back endorsements that this workspace's organization gave.

    Writes the signed list of all that was ever taken back into the file "withdrawals": publish it where those who trust
    you fetch it; their trust stores name it under [[withdrawals]]. What is taken back stays taken back, also by later
    lists. Without anything to take back the list is made anew, with the date of today.

    \b
    Example:
      emblem withdraw --subject https://example.org --reason "their root key was stolen"
    """
    workspace = required_workspace(directory)
    at = datetime.now(UTC)
    issuer = workspace.settings.organization
    listed = read_given(workspace.root / GIVEN)
    tokens = [_digest(path, issuer) for path in files]
    keys = [*identifiers, *(key for subject in subjects for key in _keys_of(subject, listed))]
    _show(keys, tokens, listed)
    if keys or tokens:
        confirm("Take that back, for ever?", yes=yes)
    key = choose_key(key_text, workspace, endorsing_role(workspace), at)
    signer = key.open(Passphrases(descriptor))
    with changing(workspace):
        listed = read_given(workspace.root / GIVEN)
        entries = new_entries(listed, keys, tokens, reason, numeric_date(at))
        after = GivenList(listed.given, (*listed.withdrawn, *entries))
        published = read_published(workspace.root / FILE_NAME)
        withdrawals = withdrawals_of(issuer, after, published, int(at.timestamp() // 1))
        if entries:
            write_down(workspace, Action.WITHDRAWN, at, keys=[one.key for one in entries if one.key is not None],
                       tokens=[one.token.hex() for one in entries if one.token is not None])  # fmt: skip
        append_given(workspace.root / GIVEN, entries)
        write_published(workspace.root / FILE_NAME, withdrawals, signer)
    click.echo(f"{'withdrawn in all:':<26}{len(withdrawals.keys)} keys, {len(withdrawals.tokens)} single endorsements")
    click.echo(f"{'written to:':<26}{workspace.root / FILE_NAME}")


def _digest(path: Path, issuer: Organization) -> bytes:
    token = read_endorsement_file(path)
    if token.claims.issuer != issuer:
        raise RequestError(
            str(path), f"an endorsement by {token.claims.issuer or 'nobody by name'}", f"one by {issuer}"
        )
    return hashlib.sha256(decode_token(token.data).signed).digest()


def _keys_of(subject: Organization, listed: GivenList) -> list[str]:
    keys = list(dict.fromkeys(one.endorsement.key for one in listed.of_subject(subject)))
    if not keys:
        raise RequestError(
            "--subject", f"{subject}, to whom nothing was given", f"an organization in the file {GIVEN!r}"
        )
    return keys


def _show(keys: Sequence[str], tokens: Sequence[bytes], listed: GivenList) -> None:
    for key in dict.fromkeys(keys):
        given = listed.of_key(key)
        for one in given:
            click.echo(f"takes back: {_words(one)}")
        if not given:
            warn(f"the key {key} is not in the file {GIVEN!r}: it is withdrawn all the same")
    for token in dict.fromkeys(tokens):
        found = next((one for one in listed.given if one.digest == token), None)
        what = f"the endorsement {token.hex()}" if found is None else _words(found)
        click.echo(f"takes back: {what}")


def _words(one: Given) -> str:
    stated = one.endorsement
    return f"{stated.key} of {stated.subject or 'nobody by name'}, given {one.at}, until {date_text(stated.expires)}"
