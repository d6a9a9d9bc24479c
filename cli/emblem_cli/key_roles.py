"""`emblem key add`, `rotate` and `retire`: the keys of a workspace, and which of them signs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from emblem.errors import KeyFileError, WorkspaceError
from emblem.issuance.filing import REQUESTS, kept_requests, place_for_request
from emblem.issuance.given import FILE_NAME as GIVEN
from emblem.issuance.given import read_given
from emblem.issuance.requests import ask
from emblem.issuance.rotation import (
    check_rotated,
    given_endorsement,
    needed_endorsements,
    next_name,
    own_endorsement,
    still_signed,
    successor,
)
from emblem.issuance.token_files import write_token_file
from emblem.issuance.tokens import endorse
from emblem.issuance.workspace.emblems import BACKDATED
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.ledger import Action
from emblem.issuance.workspace.settings import NamedKey, Role
from emblem.issuance.workspace.settings_writing import add_key, retire_key
from emblem.keys.algorithms import Algorithm
from emblem.keys.files import (
    LARGEST_KEY_FILE,
    KeyPair,
    read_file,
    read_signer,
    write_key_pair,
    write_public_key,
)
from emblem.keys.public import PublicKey
from emblem.keys.signing import SoftwareSigner
from emblem.keys.token_uri import TokenUri
from emblem.model.time import date_text, numeric_date
from emblem.trust.key_files import read_public_keys
from emblem_cli.answering import list_endorsement
from emblem_cli.hardware_keys import hardware_option, module_option, reachable
from emblem_cli.key_options import ALGORITHMS, algorithm_option, no_passphrase_option
from emblem_cli.output import note
from emblem_cli.parameters import DURATION, FILE, end_of
from emblem_cli.passphrases import Passphrases, passphrase_option
from emblem_cli.request import keep_noted_request
from emblem_cli.signing_keys import named_key
from emblem_cli.workspaces import changing, required_workspace, workspace_option, write_down

ROLE = click.Choice([role.value for role in Role])


@dataclass(frozen=True, slots=True)
class NewKey:
    """How a key of the workspace is made: for which algorithm, in which hardware token if any, encrypted or not."""

    algorithm: Algorithm
    uri: TokenUri | None
    no_passphrase: bool
    passphrases: Passphrases


def make_key(workspace: Workspace, name: str, role: Role, how: NewKey, at: datetime) -> None:
    """Make a key of the workspace, and note it in ``emblem.toml``.

    Raises:
        InputError: there is one of that name already, or it cannot be made.
    """
    with changing(workspace) as current:
        if any(key.name == name for key in current.settings.keys):
            raise WorkspaceError("key name", repr(name), "a name that no key in emblem.toml has")
        KeyPair.named(current.keys, name).check_absent()
        others = [key.name for key in current.settings.keys_of(role) if key.signs_at(at)]
        location, public = _make(current, name, how, going_on=False)
        _register(current, NamedKey(name, role, location, _public_location(name)), public, at)
        _show(current, name, location, public)
        if others and role is Role.SIGNING:
            note(f"{name} signs from now on in the place of {', '.join(others)}: endorse it before the next 'issue'")


@click.command("add")
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="What the key is for.")
@click.option("--public", "public_file", metavar="FILE", type=FILE,
              help="Take this public key, of which the private half is on another machine.")  # fmt: skip
@workspace_option
def add(name: str, role: str, public_file: Path | None, directory: Path | None) -> None:
    """Note a key in emblem.toml: one whose files are in keys, or the public half of one elsewhere.

    \b
    Example: a root key that is on a machine without a network.
      emblem key add root --role root --public root.pub.pem
    """
    at = datetime.now(UTC)
    with changing(required_workspace(directory)) as workspace:
        pair = KeyPair.named(workspace.keys, name)
        if public_file is not None:
            public = _one_public(public_file)
            pair.check_absent()
            write_public_key(pair, public)
        public = _one_public(pair.public)
        location = next((f"keys/{path.name}" for path in (pair.private, pair.reference) if path.exists()), None)
        _register(workspace, NamedKey(name, Role(role), location, _public_location(name)), public, at)
        _show(workspace, name, location, public)


@click.command("rotate")
@click.argument("name")
@click.option("--as", "new_name", metavar="NAME", help="What the new key is called. Default: the name with the next "
              "number.")  # fmt: skip
@click.option("--valid", metavar="LENGTH", type=DURATION, default="365d", show_default=True,
              help="For how long the root key endorses it.")  # fmt: skip
@algorithm_option
@no_passphrase_option
@hardware_option
@module_option
@workspace_option
@passphrase_option
def rotate(
    name: str,
    new_name: str | None,
    valid: timedelta,
    algorithm: str,
    no_passphrase: bool,
    uri: TokenUri | None,
    module: str | None,
    directory: Path | None,
    descriptor: int | None,
) -> None:
    """Let a new key take the place of the signing key NAME.

    The new key is made (where the old one is in a hardware token, in that), and endorsed by the root key; only then
    emblem.toml names it, and 'emblem issue --all' signs with it. Where the root key is on another machine a request is
    written for it: once its answer was accepted, run this again. Whatever interrupts it, running it again goes on.

    The old key stays until 'emblem key retire': what it signed still holds.

    \b
    Example:
      emblem key rotate signing && emblem issue --all && emblem publish --all && emblem key retire signing
    """
    at = datetime.now(UTC)
    with changing(required_workspace(directory)) as workspace:
        old = check_rotated(workspace.settings, name, at)
        newer = successor(workspace.settings, old, at)
        if newer is not None:
            click.echo(f"{newer.name} signs in the place of {name} already; 'emblem key retire {name}' once it can go")
            return
        chosen = new_name or next_name(workspace.settings, name)
        passphrases = Passphrases(descriptor)
        where = uri or _beside(old)
        how = NewKey(
            ALGORITHMS[algorithm],
            None if where is None else reachable(where, module, chosen),
            no_passphrase,
            passphrases,
        )
        location, public = _make(workspace, chosen, how, going_on=True)
        _show(workspace, chosen, location, public)
        if not _endorsed(workspace, chosen, location, public, valid, passphrases, at):
            return
        _register(workspace, NamedKey(chosen, Role.SIGNING, location, _public_location(chosen)), public, at)
    click.echo(
        f"{chosen} signs from now on: 'emblem issue --all', 'emblem publish --all', then 'emblem key retire {name}'"
    )


@click.command("retire")
@click.argument("name")
@click.option("--anyway", is_flag=True, help="Also if something that it signed still holds or is needed.")
@workspace_option
def retire(name: str, anyway: bool, directory: Path | None) -> None:
    """Sign nothing more with the key NAME. What it signed still holds; nothing is deleted.

    Refused while an emblem in the folder tokens is signed with it and holds, or, of a root key, while it alone stands
    by a key that is in use. To take back what it signed see 'emblem withdraw'.

    \b
    Example:
      emblem key retire signing
    """
    at = datetime.now(UTC)
    with changing(required_workspace(directory)) as workspace:
        key = workspace.settings.key(name)
        if not key.signs_at(at):
            click.echo(f"{name} is retired already, since {date_text(numeric_date(key.retired or at))}")
            return
        if not anyway:
            _check_unneeded(workspace, key, at)
        write_down(workspace, Action.KEY_RETIRED, at, name=name, role=key.role.value)
        workspace.change_settings(lambda settings: retire_key(settings, name, at))
    click.echo(f"{name} signs nothing any more; its files are as they were")


def _make(workspace: Workspace, name: str, how: NewKey, *, going_on: bool) -> tuple[str, PublicKey]:
    """Make a key, or take what an interrupted run has left of it; where its private half is, and its public one."""
    pair = KeyPair.named(workspace.keys, name)
    if how.uri is not None:
        from emblem.keys.hardware import generate

        key = generate(how.uri, how.algorithm, how.passphrases.pin, or_existing=going_on)
        if key.public is None or not key.stays_inside:
            found = key.problem or "a key that can leave it"
            raise KeyFileError(f"{key.uri.object!r} in the hardware token", found, "a key that stays in it")
        if not pair.public.exists():
            write_public_key(pair, key.public)
        return str(key.uri), key.public
    if not pair.private.exists():
        signer = SoftwareSigner.generate(how.algorithm)
        write_key_pair(pair, signer, None if how.no_passphrase else how.passphrases.new(str(pair.private)))
        return f"keys/{pair.private.name}", signer.public_key
    if not pair.public.exists():
        signer = read_signer(pair.private, lambda: how.passphrases.existing(str(pair.private)))
        write_public_key(pair, signer.public_key)
    return f"keys/{pair.private.name}", _one_public(pair.public)


def _endorsed(
    workspace: Workspace,
    name: str,
    location: str,
    public: PublicKey,
    valid: timedelta,
    passphrases: Passphrases,
    at: datetime,
) -> bool:
    """See to it that the organization stands by a key: whether it does, or else its root is asked by a request."""
    organization, purposes = workspace.settings.organization, workspace.settings.defaults.purposes
    identifier = public.cose_thumbprint
    if own_endorsement(workspace.endorsements, identifier, organization, at) is not None:
        return True
    root = workspace.settings.current_key(Role.ROOT, at)
    if root.location is None:
        _request(workspace, name, location, valid, passphrases, at)
        return False
    path = workspace.endorsements / f"{name}-by-itself.emblem"
    signer = named_key(workspace, root).open(passphrases)
    earlier = given_endorsement(read_given(workspace.root / GIVEN), identifier, organization, at)
    if earlier is None:
        token = endorse(
            public,
            signer=signer,
            issuer=organization,
            subject=organization,
            purposes=purposes,
            may_endorse=False,
            not_before=at - BACKDATED,
            expires=end_of(at, valid),
        )
        list_endorsement(workspace, token, None, at)
    else:
        token = earlier.token
    write_token_file(path, token, signer.public_key, replace=False)
    click.echo(f"endorsement:     {path}")
    return True


def _request(
    workspace: Workspace, name: str, location: str, valid: timedelta, passphrases: Passphrases, at: datetime
) -> None:
    folder, organization = workspace.root / REQUESTS, workspace.settings.organization
    key = NamedKey(name, Role.SIGNING, location, _public_location(name))
    identifier = _one_public(workspace.public_file(key)).cose_thumbprint
    waiting = next(
        (
            one.path
            for one in kept_requests(folder)
            if one.asked.request.key.cose_thumbprint == identifier
            and one.asked.request.audience == organization
            and not one.answered
        ),
        None,
    )
    if waiting is None:
        asked = ask(
            named_key(workspace, key).open(passphrases),
            issuer=organization,
            audience=organization,
            purposes=workspace.settings.defaults.purposes,
            may_endorse=False,
            lifetime=valid,
            at=at,
        )
        waiting = place_for_request(folder, name, asked)
        keep_noted_request(workspace, waiting, asked, at)
    click.echo(f"request:         {waiting}")
    note(
        "the root key is on another machine: have the request answered there with 'emblem endorse --request', take the "
        "answer in with 'emblem accept', then run this again"
    )


def _check_unneeded(workspace: Workspace, key: NamedKey, at: datetime) -> None:
    identifier = _one_public(workspace.public_file(key)).cose_thumbprint
    if key.role is Role.SIGNING:
        signed = still_signed(workspace.tokens, identifier, at)
        if signed is not None:
            found = f"{signed.hosts} emblems signed with it that hold, until {date_text(signed.until)} at the latest"
            expected = "none: 'emblem issue --all' and 'emblem publish --all' replace them; or say --anyway"
            raise WorkspaceError(f"key {key.name!r}", found, expected)
        return
    if key.role is Role.ROOT:
        in_use = {
            _one_public(workspace.public_file(other)).cose_thumbprint: other.name
            for other in workspace.settings.keys
            if other != key and other.signs_at(at)
        }
        needed = needed_endorsements(workspace.endorsements, identifier, in_use.keys(), at)
        if needed:
            names = ", ".join(in_use[one] for one in needed)
            expected = "another root key that endorses these, too; or say --anyway"
            raise WorkspaceError(f"key {key.name!r}", f"the only one that stands by {names}", expected)


def _register(workspace: Workspace, key: NamedKey, public: PublicKey, at: datetime) -> None:
    write_down(workspace, Action.KEY_MADE, at, name=key.name, role=key.role.value, key=public.cose_thumbprint)
    workspace.change_settings(lambda settings: add_key(settings, key))


def _public_location(name: str) -> str:
    return f"keys/{name}.pub.pem"


def _show(workspace: Workspace, name: str, location: str | None, public: PublicKey) -> None:
    click.echo(f"private key:     {location or 'on another machine'}")
    click.echo(f"public key:      {KeyPair.named(workspace.keys, name).public}")
    click.echo(f"key identifier:  {public.cose_thumbprint}")


def _beside(old: NamedKey) -> TokenUri | None:
    """The hardware token in which a key is, if it is in one."""
    if not old.in_token:
        return None
    return replace(TokenUri.parse(old.location or ""), object=None, id=None, type=None)


def _one_public(path: Path) -> PublicKey:
    keys = read_public_keys(str(path), read_file(path, LARGEST_KEY_FILE))
    if len(keys) != 1:
        raise KeyFileError(str(path), f"{len(keys)} keys", "exactly one")
    return keys[0]
