"""`emblem key`: make, list, show and import keys."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from emblem.codec.private_jwk import read_private_jwk
from emblem.errors import InputError, KeyFileError
from emblem.issuance.workspace.settings import Role
from emblem.keys.files import (
    LARGEST_KEY_FILE,
    KeyPair,
    find_key_reference,
    write_key_pair,
)
from emblem.keys.listing import list_keys
from emblem.keys.pem import holds_private_key, read_private_key
from emblem.keys.public import PublicKey, UnknownKey
from emblem.keys.signing import SoftwareSigner
from emblem.keys.token_uri import TokenUri
from emblem.model.limits import LARGEST_RECORD_FILE
from emblem.trust.key_files import find_keys
from emblem_cli.hardware_keys import (
    hardware_option,
    list_hardware,
    make_in_hardware,
    module_option,
    public_in_hardware,
    reachable,
    refer,
)
from emblem_cli.input import STANDARD_INPUT, name_of, read_input
from emblem_cli.key_forms import key_forms
from emblem_cli.key_listing import list_with_roles, listed_members, public_cells
from emblem_cli.key_options import ALGORITHMS, algorithm_option, no_passphrase_option
from emblem_cli.key_roles import ROLE, NewKey, add, make_key, retire, rotate
from emblem_cli.output import print_json, print_table
from emblem_cli.parameters import FILE
from emblem_cli.passphrases import KEY, KeyPlace, Passphrases, passphrase_option
from emblem_cli.workspaces import find_workspace, required_workspace, workspace_option

_DIRECTORY = Path("keys")

_directory_option = click.option(
    "--directory", "folder", type=FILE, default=_DIRECTORY, show_default=True, help="Where the two files go."
)


@click.group()
def command() -> None:
    """Make, list, show and import keys.

    \b
    Example: a root key and a key for daily use.
      emblem key new root
      emblem key new signing
    """


@command.command("new")
@click.argument("name")
@click.option("--role", type=ROLE, help="Make a key of the workspace: emblem.toml names it from then on.")
@algorithm_option
@_directory_option
@no_passphrase_option
@hardware_option
@module_option
@workspace_option
@passphrase_option
def new(
    name: str,
    role: str | None,
    algorithm: str,
    folder: Path,
    no_passphrase: bool,
    uri: TokenUri | None,
    module: str | None,
    directory: Path | None,
    descriptor: int | None,
) -> None:
    """Make a key: NAME.pem is private, NAME.pub.pem is for others.

    The private key is encrypted with a passphrase, which is asked for. No file is ever overwritten.

    With --pkcs11 the key is made in a hardware token, which it never leaves; NAME.pkcs11 then says where it is (with
    --role, emblem.toml does). The key is called NAME there, too, unless the URI has an object.

    \b
    Examples:
      emblem key new signing
      emblem key new root --role root --pkcs11 'pkcs11:token=desk' --module /usr/lib/softhsm/libsofthsm2.so
    """
    if role is not None:
        if folder != _DIRECTORY:
            raise click.UsageError("--directory does not go with --role: keys of a workspace are in its folder keys")
        where = None if uri is None else reachable(uri, module, name)
        how = NewKey(ALGORITHMS[algorithm], where, no_passphrase, Passphrases(descriptor))
        make_key(required_workspace(directory), name, Role(role), how, datetime.now(UTC))
        return
    pair = KeyPair.named(folder, name)
    pair.check_absent()
    if uri is not None:
        make_in_hardware(pair, reachable(uri, module, name), ALGORITHMS[algorithm], Passphrases(descriptor))
        return
    signer = SoftwareSigner.generate(ALGORITHMS[algorithm])
    _keep(pair, signer, no_passphrase, Passphrases(descriptor))


@command.command("import")
@click.argument("file", type=KEY)
@click.argument("name")
@_directory_option
@no_passphrase_option
@module_option
@passphrase_option
def import_(
    file: KeyPlace,
    name: str,
    folder: Path,
    no_passphrase: bool,
    module: str | None,
    descriptor: int | None,
) -> None:
    """Take over a private key from FILE as NAME.

    FILE holds PEM or a JWK (-: standard input). If it is encrypted, its passphrase is asked for first, then the new
    one. A pkcs11: URI takes a key into use that is in a hardware token already; it stays there.

    \b
    Examples:
      emblem key import old.jwk signing
      emblem key import 'pkcs11:token=desk;object=old' signing
    """
    pair = KeyPair.named(folder, name)
    pair.check_absent()
    passphrases = Passphrases(descriptor)
    if isinstance(file, TokenUri):
        refer(pair, reachable(file, module, None), passphrases)
        return
    data = read_input(file, LARGEST_KEY_FILE)
    if data.lstrip().startswith(b"{"):
        signer = read_private_jwk(name_of(file), data)
    else:
        signer = read_private_key(name_of(file), data, lambda: passphrases.existing(name_of(file)))
    _keep(pair, signer, no_passphrase, passphrases)


@command.command("list")
@click.argument("folder", metavar="[DIRECTORY]", type=FILE, required=False)
@click.option("--json", "as_json", is_flag=True, help="One key a line, as JSON.")
@hardware_option
@module_option
@workspace_option
@passphrase_option
def list_(
    folder: Path | None,
    as_json: bool,
    uri: TokenUri | None,
    module: str | None,
    directory: Path | None,
    descriptor: int | None,
) -> None:
    """List the keys in DIRECTORY (default: those of the workspace, with their roles; or keys). No passphrase is needed.

    With --pkcs11: the private keys in a hardware token instead, and whether they can leave it.

    \b
    Examples:
      emblem key list
      emblem key list --pkcs11 'pkcs11:token=desk'
    """
    if uri is not None:
        list_hardware(reachable(uri, module, None), as_json, Passphrases(descriptor))
        return
    workspace = find_workspace(directory) if folder is None else None
    where = folder or (_DIRECTORY if workspace is None else workspace.keys)
    if not where.is_dir():
        raise InputError(str(where), "no such folder", "a folder of keys; 'emblem key new NAME' makes one")
    keys = list_keys(where)
    if workspace is not None:
        list_with_roles(workspace, keys, datetime.now(UTC), as_json=as_json)
    elif as_json:
        for key in keys:
            print_json(listed_members(key))
    elif keys:
        header = ("name", "private key", "algorithm", "key identifier")
        print_table(header, [(key.name, key.private.value, *public_cells(key)) for key in keys])
    else:
        click.echo(f"no keys in {where}")


@command.command("show")
@click.argument("file", type=KEY)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "pem", "jwk", "cose", "identifier", "json"]),
    default="text",
    show_default=True,
    help="What to print of each key; identifier is that of the native format.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--key-identifier", metavar="IDENTIFIER", help="Only the key with this identifier, of either kind.")
@passphrase_option
def show(file: KeyPlace, form: str, as_json: bool, key_identifier: str | None, descriptor: int | None) -> None:
    """Show the public keys in FILE (-: standard input) in every form.

    FILE is the name of a key in emblem.toml, or holds keys (PEM, certificate, JWK, COSE_Key in hexadecimal) or records,
    such as a token file. Of a private key only the public half is shown; its passphrase is needed only where the file
    with the public half is missing.
    Of a key in a hardware token (a NAME.pkcs11, or a pkcs11: URI) it is the same.

    \b
    Examples:
      emblem key show keys/root.pem
      emblem key show records.txt --key-identifier IDENTIFIER --format pem > root.pub.pem
    """
    keys = _public_keys(file, Passphrases(descriptor))
    if key_identifier is not None:
        keys = tuple(key for key in keys if key_identifier in _identifiers(key))
        if not keys:
            raise KeyFileError(str(file), f"no key {key_identifier!r}", "the identifier of one of its keys")
    chosen = "json" if as_json else form
    for key in keys:
        click.echo(_render(key, chosen))


for _subcommand in (add, rotate, retire):
    command.add_command(_subcommand)


def _keep(pair: KeyPair, signer: SoftwareSigner, no_passphrase: bool, passphrases: Passphrases) -> None:
    write_key_pair(pair, signer, None if no_passphrase else passphrases.new(str(pair.private)))
    click.echo(f"private key:     {pair.private} ({'not encrypted' if no_passphrase else 'encrypted'})")
    click.echo(f"public key:      {pair.public}")
    click.echo(f"key identifier:  {signer.public_key.cose_thumbprint}")


def _public_keys(file: KeyPlace, passphrases: Passphrases) -> tuple[PublicKey | UnknownKey, ...]:
    if isinstance(file, TokenUri):
        return (public_in_hardware(file, passphrases),)
    file = _public_file_of_name(file)
    data = read_input(file, LARGEST_RECORD_FILE)
    uri = find_key_reference(name_of(file), data)
    if not holds_private_key(data) and uri is None:
        return find_keys(name_of(file), data)
    public = KeyPair.of_private(file).public
    if file != STANDARD_INPUT and public.exists():
        return find_keys(str(public), read_input(public, LARGEST_KEY_FILE))
    if uri is not None:
        return (public_in_hardware(uri, passphrases),)
    return (read_private_key(name_of(file), data, lambda: passphrases.existing(name_of(file))).public_key,)


def _public_file_of_name(file: Path) -> Path:
    """The public half of a key of the workspace, where the name of one was given and there is no such file."""
    workspace = None if file == STANDARD_INPUT or file.exists() else find_workspace(None)
    named = () if workspace is None else workspace.settings.keys
    return next((workspace.public_file(key) for key in named if workspace and key.name == str(file)), file)


def _identifiers(key: PublicKey | UnknownKey) -> tuple[str, ...]:
    return (key.identifier,) if isinstance(key, UnknownKey) else (key.cose_thumbprint, key.jwk_thumbprint)


def _render(key: PublicKey | UnknownKey, form: str) -> str:
    if isinstance(key, UnknownKey):
        return _render_unknown(key, form)
    members = key_forms(key)
    jwk = json.dumps(members["jwk"], separators=(",", ":"))
    if form == "text":
        return (
            f"key identifier:          {members['key_identifier']}\n"
            f"key identifier in JWS:   {members['jwk_key_identifier']}\n"
            f"algorithm:               {members['algorithm']}\n"
            f"COSE_Key:\n{members['cose_key']}\n"
            f"JWK:\n{jwk}\n"
            f"PEM:\n{members['pem']}"
        )
    rendered = {
        "json": json.dumps(members),
        "jwk": jwk,
        "pem": members["pem"].rstrip("\n"),
        "cose": members["cose_key"],
        "identifier": members["key_identifier"],
    }
    return str(rendered[form])


def _render_unknown(key: UnknownKey, form: str) -> str:
    """A key in an algorithm that we do not know: it can be named, and not written in another form."""
    if form == "text":
        return f"key identifier:          {key.identifier}\nalgorithm:               {key.algorithm} (not known)\n"
    if form == "json":
        return json.dumps({"algorithm": key.algorithm, "key_identifier": key.identifier})
    if form == "identifier":
        return key.identifier
    raise InputError("--format", form, f"text, json or identifier for a key in the algorithm {key.algorithm!r}")
