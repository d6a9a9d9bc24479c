"""`emblem commit`: obtain the certificate that commits a root key to an organization."""

from __future__ import annotations

import itertools
import shlex
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from emblem.errors import CertificationError, EmblemError, InputError, KeyFileError
from emblem.keys.algorithms import KeyKind
from emblem.keys.files import LARGEST_KEY_FILE, KeyPair, check_free, read_file, write_key_pair, write_new_file
from emblem.model.organization import Organization
from emblem.model.token import Format
from emblem.trust.key_files import read_public_keys
from emblem_cli.failures import Failure
from emblem_cli.output import print_json, warn
from emblem_cli.parameters import FILE, ORGANIZATION
from emblem_cli.passphrases import Passphrases, open_signer, passphrase_option
from emblem_cli.updating import Updating, updating_options, wait_for_servers

if TYPE_CHECKING:
    from emblem.issuance.challenges import PlacedChallenges
    from emblem.issuance.log_submission import LogAddress
    from emblem.issuance.publisher import Publisher
    from emblem.keys.signing import SoftwareSigner
    from emblem.traceability.commitment import Binding

_PUBLIC_MODE = 0o644
_ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@click.command("commit")
@click.argument("key", metavar="KEY", type=FILE)
@click.option(
    "--organization", metavar="https://ORG", type=ORGANIZATION, required=True, help="To whom the key is committed."
)
@click.option("--directory", metavar="URL", help="The ACME directory of the certification authority.")
@click.option("--agree-to-terms", is_flag=True, help="You agree to the authority's terms of service.")
@click.option(
    "--format",
    "form",
    type=click.Choice([Format.CWT.value, Format.JWS.value]),
    default=Format.CWT.value,
    show_default=True,
    help="The format in which the key signs: it decides the key's identifier.",
)
@click.option(
    "--draft-name",
    is_flag=True,
    help="Name the organization adem-configuration.HOST, as the drafts do, instead of HOST, as everybody does.",
)
@click.option("--ca-file", type=FILE, help="Root certificates (PEM) of the authority's own TLS, and the logs'.")
@click.option("--contact", "contacts", metavar="MAIL", multiple=True, help="Of the ACME account; may be repeated.")
@click.option("--account-key", type=FILE, help="The private key (ES256) of the account. Default: one for this time.")
@click.option(
    "--certificate-key",
    metavar="NAME.pem",
    type=FILE,
    help="Keep the certificate's private key. Default: throw it away.",
)
@click.option(
    "--submit",
    "logs",
    metavar="LOG",
    multiple=True,
    help="Hand the chain to this log, if the certificate has no timestamps embedded; may be repeated: an address "
    "(https://…), an address and the file of the log's key (https://…=FILE), or a description on the list of logs.",
)
@click.option("--chain", type=FILE, help="Ask no authority: hand this chain, obtained before, to the logs of --submit.")
@click.option("--log-list", type=FILE, help="A newer list of logs (log_list.json, version 3) than the one shipped.")
@click.option(
    "--patience",
    metavar="SECONDS",
    type=click.IntRange(1, 3600),
    default=300,
    show_default=True,
    help="How long the authority may take, in all.",
)
@click.option("-o", "--output", type=FILE, help="The file for the chain (PEM); not there yet.")
@passphrase_option
@updating_options
def command(
    key: Path,
    organization: Organization,
    directory: str | None,
    agree_to_terms: bool,
    form: str,
    draft_name: bool,
    ca_file: Path | None,
    contacts: tuple[str, ...],
    account_key: Path | None,
    certificate_key: Path | None,
    logs: tuple[str, ...],
    chain: Path | None,
    log_list: Path | None,
    patience: int,
    output: Path | None,
    descriptor: int | None,
    **options: Any,
) -> None:
    """Obtain the certificate that commits the root key in KEY (its public half) to an organization.

    A certification authority issues it once it has seen that you control the names of the organization's domain: TXT
    records are put there by dynamic update, as in 'emblem publish', and taken out again whatever happens. The
    certificate itself need not be served by anybody; what counts is that it stands in public logs.

    \b
    Example:
      emblem commit keys/root.pub.pem --organization https://example.org --tsig-file update.key \\
        --directory https://acme-v02.api.letsencrypt.org/directory --agree-to-terms -o root.chain.pem

    \b
    Example: hand a chain without timestamps to a further log.
      emblem commit keys/root.pub.pem --organization https://example.org --chain root.chain.pem --submit LOG

    \b
    Exit code: 0 done; 1 failed, or a challenge may still be in a zone (it is named); 2 used wrongly.
    """
    from emblem.traceability.chain import LARGEST_CHAIN
    from emblem.traceability.commitment import Binding

    updating = Updating(**options)
    if chain is not None:
        if not logs or directory is not None or output is not None:
            raise click.UsageError("--chain goes with --submit, and without --directory and --output.")
        binding = Binding(_read_identifier(key, Format(form)), organization)
        addresses = _log_addresses(logs, log_list)
        _hand_in(chain, read_file(chain, LARGEST_CHAIN), binding, addresses, ca_file, as_json=updating.as_json)
        return
    if directory is None or output is None:
        raise click.UsageError(f"Missing option '{'--directory' if directory is None else '--output'}'.")
    check_free(output)
    kept = None if certificate_key is None else KeyPair.of_private(certificate_key)
    if kept is not None:
        kept.check_absent()
    binding = Binding(_read_identifier(key, Format(form)), organization)
    names = (binding.key_name, binding.organization_names[0 if draft_name else 1])
    addresses = _log_addresses(logs, log_list)
    publisher = updating.publisher()
    if updating.dry_run:
        _show_intention(publisher, names, directory, as_json=updating.as_json)
        return
    passphrases = Passphrases(descriptor)
    account = None if account_key is None else _open_account(account_key, passphrases)
    passphrase = None if kept is None else passphrases.new(str(kept.private))
    from emblem.issuance.acme_authority import AcmeAuthority
    from emblem.issuance.certification import obtain
    from emblem.traceability.certificate_request import generate_certificate_key

    authority = AcmeAuthority(
        directory, account or generate_certificate_key(), ca_file=ca_file, seconds=patience + updating.wait
    )
    if authority.terms_of_service and not agree_to_terms:
        raise InputError("--agree-to-terms", "not given", f"your consent to {authority.terms_of_service}")
    own = generate_certificate_key()
    with _ended_in_order():
        authority.register(contacts)
        done = obtain(authority, publisher, names, own, lambda placed: _await(publisher, placed, updating))
    write_new_file(output, done.chain, _PUBLIC_MODE)
    if kept is not None:
        write_key_pair(kept, own, passphrase)
    _hand_in(output, done.chain, binding, addresses, ca_file, done.leftover, as_json=updating.as_json)


def _read_identifier(path: Path, form: Format) -> str:
    keys = read_public_keys(str(path), read_file(path, LARGEST_KEY_FILE))
    if len(keys) != 1:
        raise KeyFileError(str(path), f"{len(keys)} keys", "exactly one, the root key")
    return keys[0].identifier(form)


def _open_account(path: Path, passphrases: Passphrases) -> SoftwareSigner:
    from emblem.keys.signing import SoftwareSigner

    signer = open_signer(path, passphrases)
    if not isinstance(signer, SoftwareSigner) or signer.public_key.kind is not KeyKind.P256:
        raise KeyFileError(str(path), "a key of another kind", "a key file for ES256; 'emblem key new NAME' makes one")
    return signer


def _log_addresses(logs: Sequence[str], log_list: Path | None) -> tuple[LogAddress, ...]:
    if not logs:
        return ()
    from emblem.issuance.log_submission import LogAddress
    from emblem.traceability.log_list import LARGEST_LOG_LIST, decode_log_list, shipped_log_list

    known = (
        shipped_log_list()
        if log_list is None
        else decode_log_list(str(log_list), read_file(log_list, LARGEST_LOG_LIST))
    )
    return tuple(LogAddress.parse(text, known) for text in logs)


def _answer_path(chain: Path) -> Path:
    """The first name for a log's answer that is free."""
    stem = chain.name.removesuffix(".pem")
    paths = (chain.with_name(f"{stem}.sct{number}.json") for number in itertools.count(1))
    return next(path for path in paths if not path.exists())


def _hand_in(
    path: Path,
    encoded: bytes,
    binding: Binding,
    addresses: Sequence[LogAddress],
    ca_file: Path | None,
    leftover: str = "",
    *,
    as_json: bool,
) -> None:
    """Look at a chain, hand it to logs, and tell what came of it and what comes next.

    Raises:
        Failure: something went wrong; the chain is there all the same.
    """
    problems = [leftover] if leftover else []
    try:
        names, answers, failures = _log(path, encoded, binding, addresses, ca_file)
    except (EmblemError, Failure) as error:
        problems.insert(0, error.message if isinstance(error, Failure) else str(error))
    else:
        _report(path, names, answers, binding, as_json=as_json)
        problems = [*failures, *problems]
    if problems:
        raise Failure(f"the certificate is in {path}, but: {'; '.join(problems)}")


def _show_intention(publisher: Publisher, names: Sequence[str], directory: str, *, as_json: bool) -> None:
    from emblem.issuance.challenges import Challenge, place

    placed = place(publisher, [Challenge(name, "") for name in names])
    places = [(group.primary.zone.name, one.owner) for group in placed for one in group.challenges]
    if as_json:
        print_json({"directory": directory, "names": list(names), "challenges": [owner for _, owner in places]})
        return
    click.echo(f"would ask {directory} for a certificate with these names:")
    for name in names:
        click.echo(f"  {name}")
    click.echo("and show it TXT records, until it has looked, at:")
    for zone, owner in places:
        click.echo(f"  {owner}. (zone {zone})")
    click.echo("Nothing was sent")


def _await(publisher: Publisher, placed: Sequence[PlacedChallenges], updating: Updating) -> None:
    sought = [(group.primary.zone, group.challenges) for group in placed]
    behind = [one for one in wait_for_servers(publisher, sought, updating) if one.missing]
    if behind:
        said = "; ".join(f"{one.server}: {one.reason}" for one in behind)
        raise Failure(f"not every server shows the challenges within --wait, so the authority was not asked. {said}")


def _log(
    output: Path, encoded: bytes, binding: Binding, addresses: Sequence[LogAddress], ca_file: Path | None
) -> tuple[tuple[str, ...], list[Path], list[str]]:
    """Check that the certificate is the one that was asked for, and hand it to logs if it is in none yet.

    Returns:
        The names in the certificate, the files with the logs' answers, and what went wrong with other logs.
    """
    from emblem.issuance.log_submission import submit
    from emblem.traceability.chain import encoded_certificates, read_chain
    from emblem.traceability.commitment import CertificateNames

    chain = read_chain(str(output), encoded)
    missing = CertificateNames(chain.names).missing(binding)
    if missing:
        raise Failure(f"{output}: the certificate does not commit {binding}: {'; '.join(map(str, missing))}")
    if chain.timestamp_list is not None:
        return chain.names, [], []
    if not addresses:
        warn("the certificate has no timestamps of logs: hand it to logs with --submit, or use another authority")
    certificates = encoded_certificates(str(output), encoded)
    written: list[Path] = []
    failures: list[str] = []
    for log in addresses:
        try:
            answer = submit(chain, certificates, log, ca_file=ca_file)
            path = _answer_path(output)
            write_new_file(path, answer, _PUBLIC_MODE)
        except CertificationError as error:
            failures.append(str(error))
            continue
        if log.key is None:
            warn(f"{log.name}: the log's key is not known, so its promise was not checked ({log.name}=FILE gives it)")
        written.append(path)
    return chain.names, written, failures


def _report(output: Path, names: Sequence[str], answers: Sequence[Path], binding: Binding, *, as_json: bool) -> None:
    if as_json:
        print_json({"chain": str(output), "names": list(names), "answers": [str(path) for path in answers]})
        return
    click.echo(f"certificate:  {output}")
    for name in names:
        click.echo(f"  {name}")
    for path in answers:
        click.echo(f"log's answer: {path}")
    given = "".join(f" --sct {shlex.quote(str(path))}" for path in answers)
    click.echo("Now, the log entries for endorsements by this key:")
    click.echo(
        f"  emblem commitment {shlex.quote(str(output))}{given} --key-identifier {binding.key_identifier} "
        f"--organization {binding.organization} --json > root.logs.json"
    )
    click.echo("and endorse with them: emblem endorse --log root.logs.json …")


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let those who end this program with a signal have it clean up first, as with Ctrl-C."""

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in _ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
