"""`emblem endorse`: state that a key belongs to an organization."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from emblem.codec.cwt import decode_token
from emblem.codec.statement import statement
from emblem.errors import KeyFileError
from emblem.issuance.log_files import LARGEST_LOG_FILE, read_log_file
from emblem.issuance.token_files import write_token_file
from emblem.issuance.tokens import endorse
from emblem.keys.files import LARGEST_KEY_FILE, read_file
from emblem.keys.public import PublicKey
from emblem.model.organization import Organization
from emblem.trust.key_files import read_public_keys
from emblem_cli.output import warn
from emblem_cli.parameters import DURATION, FILE, ORGANIZATION, PURPOSE, TIME, combine_purposes, end_of
from emblem_cli.passphrases import KEY, KeyPlace, Passphrases, open_signer, passphrase_option

_MAY_NOT_ENDORSE = (
    "without --may-endorse no verifier counts this endorsement: one organization endorses another's root key, "
    "which then endorses or signs in its turn"
)


@click.command("endorse")
@click.option("--key", type=KEY, required=True, help="The private key that signs: a file, or a pkcs11: URI.")
@click.option("--issuer", metavar="https://ORG", type=ORGANIZATION, required=True, help="Who endorses.")
@click.option("--subject", metavar="https://ORG", type=ORGANIZATION, required=True, help="Whose the key is.")
@click.option("--endorsed-key", type=FILE, required=True, help="The public key that is endorsed.")
@click.option(
    "--purpose",
    "purposes",
    type=PURPOSE,
    multiple=True,
    required=True,
    help="What emblems under that key may be used for; may be repeated.",
)
@click.option(
    "--valid",
    metavar="LENGTH",
    type=DURATION,
    default="365d",
    show_default=True,
    help="How long it holds: a number and d, h or m for days, hours, minutes.",
)
@click.option("--not-before", metavar="TIME", type=TIME, help="From when it holds (RFC 3339). Default: now.")
@click.option("--may-endorse", is_flag=True, help="The endorsed key may endorse further keys.")
@click.option("--log", type=FILE, help="JSON file that says where the certificates of the signing key are logged.")
@click.option("-o", "--output", type=FILE, required=True, help="The file to write; it must not be there yet.")
@passphrase_option
def command(
    key: KeyPlace,
    issuer: Organization,
    subject: Organization,
    endorsed_key: Path,
    purposes: tuple[str, ...],
    valid: timedelta,
    not_before: datetime | None,
    may_endorse: bool,
    log: Path | None,
    output: Path,
    descriptor: int | None,
) -> None:
    """State that a key belongs to an organization, and what it may be used for.

    With the same issuer and subject an organization endorses its own key with another one of its keys.

    \b
    Example: an authority endorses the root key of an organization.
      emblem endorse --key keys/authority.pem --issuer https://authority.example --subject https://example.org \\
        --endorsed-key root.pub.pem --purpose protective --may-endorse -o endorsements/authority.emblem
    """
    endorsed = _read_one_key(endorsed_key)
    entries = () if log is None else read_log_file(read_file(log, LARGEST_LOG_FILE))
    start = not_before or datetime.now(UTC)
    end = end_of(start, valid)
    signer = open_signer(key, Passphrases(descriptor))
    token = endorse(
        endorsed,
        signer=signer,
        issuer=issuer,
        subject=subject,
        purposes=combine_purposes(purposes),
        may_endorse=may_endorse,
        not_before=start,
        expires=end,
        log=entries,
    )
    output.parent.mkdir(parents=True, exist_ok=True)
    write_token_file(output, token, signer.public_key, replace=False)
    for label, value in statement(decode_token(token).claims).items():
        click.echo(f"{label + ':':<26}{value}")
    click.echo(f"{'written to:':<26}{output}")
    if issuer != subject and not may_endorse:
        warn(_MAY_NOT_ENDORSE)


def _read_one_key(path: Path) -> PublicKey:
    keys = read_public_keys(str(path), read_file(path, LARGEST_KEY_FILE))
    if len(keys) != 1:
        raise KeyFileError(str(path), f"{len(keys)} keys", "exactly one, the key that is endorsed")
    return keys[0]
