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
from emblem.issuance.workspace.settings import Role
from emblem.keys.files import LARGEST_KEY_FILE, check_free, read_file
from emblem.keys.public import PublicKey
from emblem.model.organization import Organization
from emblem.trust.key_files import read_public_keys
from emblem_cli.answering import Answering, answer_file, list_endorsement
from emblem_cli.certificates import read_certificates
from emblem_cli.codes import code_options
from emblem_cli.confirming import yes_option
from emblem_cli.output import warn
from emblem_cli.parameters import DURATION, FILE, ORGANIZATION, PURPOSE, TIME, combine_purposes, end_of
from emblem_cli.passphrases import Passphrases, passphrase_option
from emblem_cli.signing_keys import choose_key, endorsing_role, key_option
from emblem_cli.workspaces import changing, find_workspace, workspace_option

_MAY_NOT_ENDORSE = (
    "without --may-endorse no verifier counts this endorsement: one organization endorses another's root key, "
    "which then endorses or signs in its turn"
)

_MISSING = (
    "Without --request it takes --issuer (or a workspace), --subject, --endorsed-key, --purpose and --output: "
    "one of them is missing."
)
_USUAL_LENGTH = timedelta(days=365)


@click.command("endorse")
@click.option("--request", "request_file", metavar="FILE", type=FILE,
              help="Answer the request in FILE (-: standard input; also the text of its QR codes).")  # fmt: skip
@key_option
@click.option("--issuer", metavar="https://ORG", type=ORGANIZATION,
              help="Who endorses. Default: the workspace's organization.")  # fmt: skip
@click.option("--subject", metavar="https://ORG", type=ORGANIZATION, help="Whose the key is (without --request).")
@click.option("--endorsed-key", type=FILE, help="The public key that is endorsed (without --request).")
@click.option(
    "--purpose",
    "purposes",
    type=PURPOSE,
    multiple=True,
    help="What emblems under that key may be used for; may be repeated. Default: what is asked.",
)
@click.option(
    "--valid",
    metavar="LENGTH",
    type=DURATION,
    help="How long it holds: a number and d, h or m for days, hours, minutes. Default: what is asked; or 365d.",
)
@click.option("--not-before", metavar="TIME", type=TIME, help="From when it holds (RFC 3339). Default: now; with "
              "--request two hours before, for clocks that are off.")  # fmt: skip
@click.option("--may-endorse", is_flag=True, help="The endorsed key may endorse further keys (without --request).")
@click.option("--log", type=FILE, help="JSON file that says where the certificates of the signing key are logged.")
@click.option(
    "--certificate",
    metavar="CHAIN.pem",
    type=FILE,
    help="Certificates of the signing key by an authority, its own first (for an organization's own key).",
)
@click.option("-o", "--output", type=FILE, help="The file to write; it must not be there yet. Default, for an answer: "
              "the request's with the ending .answer.")  # fmt: skip
@yes_option
@code_options
@workspace_option
@passphrase_option
def command(
    request_file: Path | None,
    key_text: str | None,
    issuer: Organization | None,
    subject: Organization | None,
    endorsed_key: Path | None,
    purposes: tuple[str, ...],
    valid: timedelta | None,
    not_before: datetime | None,
    may_endorse: bool,
    log: Path | None,
    certificate: Path | None,
    output: Path | None,
    yes: bool,
    qr: bool,
    png: Path | None,
    directory: Path | None,
    descriptor: int | None,
) -> None:
    """State that a key belongs to an organization, and what it may be used for.

    With --request the officer is shown who asks, what would be stated and what was stated before, and is asked whether
    that is meant; what is inconsistent is refused. Less may be granted than was asked, never more. In a workspace all
    that is given is kept in the file "given".

    Without a request everything is said by options. With the same issuer and subject an organization endorses its own
    key with another one of its keys.

    \b
    Examples: an authority answers a request; and endorses a root key that came by another way.
      emblem endorse --request root-to-authority.example.request
      emblem endorse --key keys/authority.pem --issuer https://authority.example --subject https://example.org \\
        --endorsed-key root.pub.pem --purpose protective --may-endorse -o endorsements/authority.emblem
    """
    workspace = find_workspace(directory)
    entries = () if log is None else read_log_file(read_file(log, LARGEST_LOG_FILE))
    at = datetime.now(UTC)
    if request_file is not None:
        _refuse_with_request(
            subject=subject, endorsed_key=endorsed_key, may_endorse=may_endorse or None, certificate=certificate
        )
        answer_file(
            request_file,
            workspace=workspace,
            issuer=issuer,
            key_text=key_text,
            passphrases=Passphrases(descriptor),
            chosen=Answering(
                start=not_before,
                lifetime=valid,
                purposes=combine_purposes(purposes) if purposes else None,
                log=entries,
                output=output,
                yes=yes,
                qr=qr,
                png=png,
            ),
            at=at,
        )
        return
    issuer = issuer or (None if workspace is None else workspace.settings.organization)
    if issuer is None or subject is None or endorsed_key is None or not purposes or output is None:
        raise click.UsageError(_MISSING)
    endorsed = _read_one_key(endorsed_key)
    start = not_before or at
    end = end_of(start, valid or _USUAL_LENGTH)
    check_free(output)
    certificates = () if certificate is None else read_certificates(certificate, [], end)
    key = choose_key(key_text, workspace, Role.ROOT if issuer == subject else endorsing_role(workspace), at)
    signer = key.open(Passphrases(descriptor))
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
        certificates=certificates,
    )
    if workspace is not None:
        with changing(workspace) as current:
            list_endorsement(current, token, None, at)
    output.parent.mkdir(parents=True, exist_ok=True)
    write_token_file(output, token, signer.public_key, replace=False)
    for label, value in statement(decode_token(token).claims).items():
        click.echo(f"{label + ':':<26}{value}")
    click.echo(f"{'written to:':<26}{output}")
    if issuer != subject and not may_endorse:
        warn(_MAY_NOT_ENDORSE)


def _refuse_with_request(**given: object) -> None:
    """The request says these, signed by whoever has the key: who wants them otherwise needs another request."""
    for name, value in given.items():
        if value is not None:
            raise click.UsageError(f"--{name.replace('_', '-')} does not go with --request, which says that itself")


def _read_one_key(path: Path) -> PublicKey:
    keys = read_public_keys(str(path), read_file(path, LARGEST_KEY_FILE))
    if len(keys) != 1:
        raise KeyFileError(str(path), f"{len(keys)} keys", "exactly one, the key that is endorsed")
    return keys[0]
