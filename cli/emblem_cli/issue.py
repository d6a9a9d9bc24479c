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
from emblem_cli.output import progress
from emblem_cli.parameters import DURATION, FILE, HOST, ORGANIZATION, PURPOSE, TIME, combine_purposes, end_of
from emblem_cli.passphrases import KEY, KeyPlace, Passphrases, open_signer, passphrase_option

_NO_SIGN = "none"
_SIGN_MISSING = (
    "--sign is missing. Say which emblem the organization bears: red-cross, red-crescent or red-crystal; "
    "or none, to leave it unsaid."
)


@click.command("issue")
@click.argument("hosts", metavar="HOST...", nargs=-1, required=True, type=HOST)
@click.option("--key", type=KEY, required=True, help="The private key that signs: a file, or a pkcs11: URI.")
@click.option(
    "--sign",
    type=click.Choice([*(sign.value for sign in Sign), _NO_SIGN]),
    help="Which emblem the organization bears; none leaves it unsaid. There is no default.",
)
@click.option(
    "--issuer", metavar="https://ORG", type=ORGANIZATION, required=True, help="The organization that marks them."
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
    default="90d",
    show_default=True,
    help="How long it holds: a number and d, h or m for days, hours, minutes.",
)
@click.option("--not-before", metavar="TIME", type=TIME, help="From when it holds (RFC 3339). Default: now.")
@click.option("--output", type=FILE, default=Path("tokens"), show_default=True, help="The folder for the token files.")
@passphrase_option
def command(
    hosts: tuple[Target, ...],
    key: KeyPlace,
    sign: str | None,
    issuer: Organization,
    purposes: tuple[str, ...],
    valid: timedelta,
    not_before: datetime | None,
    output: Path,
    descriptor: int | None,
) -> None:
    """Sign an emblem for each HOST, a host name or an IP address (which is marked by its reverse name).

    Each emblem goes into a file of its own; a newer one takes the place of the older one. All hosts are checked
    before any is signed. Use of the emblems without authority is unlawful.

    \b
    Example:
      emblem issue www.example.org 192.0.2.1 --key keys/signing.pem --sign red-cross --issuer https://example.org
    """
    if sign is None:
        raise click.UsageError(_SIGN_MISSING)
    paths = {host: emblem_path(output, host) for host in hosts}
    start = not_before or datetime.now(UTC)
    end = end_of(start, valid)
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
        )
        write_token_file(path, token, signer.public_key, replace=True)
    for path in paths.values():
        click.echo(f"{path}: until {date_text(numeric_date(end))}")
