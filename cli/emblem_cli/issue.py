"""`emblem issue`: sign emblems for hosts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from emblem.issuance.token_files import emblem_path, write_token_file
from emblem.issuance.tokens import issue
from emblem.model.organization import Organization
from emblem.model.sign import Sign
from emblem.model.target import Target
from emblem.model.time import date_text, numeric_date
from emblem_cli.certificates import read_certificates
from emblem_cli.output import progress
from emblem_cli.parameters import DURATION, FILE, HOST, ORGANIZATION, PURPOSE, TIME, combine_purposes, end_of
from emblem_cli.passphrases import KEY, KeyPlace, Passphrases, open_signer, passphrase_option
from emblem_cli.workspaces import workspace_option

_NO_SIGN = "none"
_USUAL_LENGTH = timedelta(days=90)
_OF_ALL = {"patterns": "--only", "exclusions": "--exclude", "dry_run": "--dry-run", "as_json": "--json"}
_OUTSIDE = {
    "key": "--key",
    "sign": "--sign",
    "issuer": "--issuer",
    "purposes": "--purpose",
    "not_before": "--not-before",
    "certificate": "--certificate",
    "output": "--output",
}
_SIGN_MISSING = (
    "--sign is missing. Say which emblem the organization bears: red-cross, red-crescent or red-crystal; "
    "or none, to leave it unsaid."
)


@click.command("issue")
@click.argument("hosts", metavar="[HOST...]", nargs=-1, type=HOST)
@click.option(
    "--all", "everything", is_flag=True, help="In a workspace: every host whose emblem is missing, changed or due."
)
@click.option("--key", type=KEY, help="The private key that signs: a file, or a pkcs11: URI. Default: the workspace's.")
@click.option(
    "--sign",
    type=click.Choice([*(sign.value for sign in Sign), _NO_SIGN]),
    help="Which emblem the organization bears; none leaves it unsaid. There is no default.",
)
@click.option(
    "--issuer",
    metavar="https://ORG",
    type=ORGANIZATION,
    help="The organization that marks them. Default: the workspace's.",
)
@click.option(
    "--purpose",
    "purposes",
    type=PURPOSE,
    multiple=True,
    default=["protective"],
    show_default=True,
    help="What the emblem is used for; may be repeated.",
)
@click.option(
    "--valid",
    metavar="LENGTH",
    type=DURATION,
    help="How long it holds: a number and d, h or m for days, hours, minutes. Default: 90d, or as emblem.toml says.",
)
@click.option("--not-before", metavar="TIME", type=TIME, help="From when it holds (RFC 3339). Default: now.")
@click.option(
    "--certificate",
    metavar="CHAIN.pem",
    type=FILE,
    help="Certificates of the signing key by an authority, its own first: they go into each emblem.",
)
@click.option("--output", type=FILE, default=Path("tokens"), show_default=True, help="The folder for the token files.")
@click.option("--only", "patterns", metavar="PATTERN", multiple=True, help="With --all: only hosts that match.")
@click.option("--exclude", "exclusions", metavar="PATTERN", multiple=True, help="With --all: not those that match.")
@click.option("--dry-run", is_flag=True, help="With --all: say what would be signed, and sign nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --all: the outcome as JSON.")
@workspace_option
@passphrase_option
def command(
    hosts: tuple[Target, ...],
    everything: bool,
    key: KeyPlace | None,
    sign: str | None,
    issuer: Organization | None,
    purposes: tuple[str, ...],
    valid: timedelta | None,
    not_before: datetime | None,
    certificate: Path | None,
    output: Path,
    patterns: tuple[str, ...],
    exclusions: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    directory: Path | None,
    descriptor: int | None,
) -> None:
    """Sign an emblem for each HOST, a host name or an IP address (which is marked by its reverse name).

    Each emblem goes into a file of its own; a newer one takes the place of the older one. All hosts are checked
    before any is signed. Use of the emblems without authority is unlawful.

    In a workspace (see 'emblem init') --all signs whatever is missing, changed or due of the inventory, and HOST
    without --key a host of the inventory at once; what an emblem says comes from emblem.toml and the inventory.

    A key that the PKI of an organization or a state certifies (--certificate) needs no endorsement, for those who trust
    that PKI. The certificate must have the issuer's host among its DNS names.

    \b
    Examples:
      emblem issue --all
      emblem issue www.example.org 192.0.2.1 --key keys/signing.pem --sign red-cross --issuer https://example.org
    """
    if everything or (hosts and key is None and issuer is None):
        _check_workspace_use(click.get_current_context(), hosts, everything)
        from emblem_cli.issuing import issue_inventory, issue_named

        if not everything:
            issue_named(directory, hosts, valid=valid, descriptor=descriptor)
            return
        issue_inventory(
            directory,
            patterns,
            exclusions,
            valid=valid,
            descriptor=descriptor,
            dry_run=dry_run,
            as_json=as_json,
        )
        return
    if not hosts:
        raise click.UsageError("Missing argument 'HOST...', or --all of the workspace.")
    if key is None or issuer is None:
        raise click.UsageError(f"Missing option '{'--key' if key is None else '--issuer'}'.")
    if sign is None:
        raise click.UsageError(_SIGN_MISSING)
    paths = {host: emblem_path(output, host) for host in hosts}
    start = not_before or datetime.now(UTC)
    end = end_of(start, valid or _USUAL_LENGTH)
    certificates = () if certificate is None else read_certificates(certificate, [host.name for host in paths], end)
    signer = open_signer(key, Passphrases(descriptor))
    output.mkdir(parents=True, exist_ok=True)
    for host, path in progress(tuple(paths.items()), "signing"):
        token = issue(
            [host.text],
            signer=signer,
            sign=None if sign == _NO_SIGN else Sign(sign),
            not_before=start,
            expires=end,
            issuer=issuer,
            purposes=combine_purposes(purposes),
            certificates=certificates,
        )
        write_token_file(path, token, signer.public_key, replace=True)
    for path in paths.values():
        click.echo(f"{path}: until {date_text(numeric_date(end))}")


def _check_workspace_use(context: click.Context, hosts: tuple[Target, ...], everything: bool) -> None:
    if hosts and everything:
        raise click.UsageError("Name the hosts, or --all: one of the two.")
    others = _OUTSIDE if everything else _OUTSIDE | _OF_ALL
    for name, option in others.items():
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            where = "--all" if name in _OF_ALL else "--key and --issuer, outside of a workspace"
            raise click.UsageError(f"{option} goes with {where}.")
