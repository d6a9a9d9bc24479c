"""`emblem commitment`: the log entries of a certificate that commits a key, for an endorsement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from emblem.codec.base64 import encode_base64
from emblem.codec.claims import check_key_identifier
from emblem.codec.jws import write_log
from emblem.errors import InputError
from emblem.model.display import printable
from emblem.model.organization import Organization
from emblem.model.time import date_text, numeric_date
from emblem.traceability.chain import LARGEST_CHAIN, CertificateChain, read_chain
from emblem.traceability.commitment import Binding, CertificateNames
from emblem.traceability.entries import FinalCertificate, TimestampedEntry, embedded_entries, final_entry
from emblem.traceability.log_list import (
    LARGEST_LOG_LIST,
    OLDEST_LOG_LIST,
    LogKind,
    LogList,
    LogPurpose,
    decode_log_list,
    shipped_log_list,
)
from emblem.traceability.promises import Promise, PromiseState, check_promise
from emblem.traceability.sct import LARGEST_ANSWER, UnknownTimestamp, decode_answer
from emblem_cli.failures import Failure
from emblem_cli.input import name_of, read_input
from emblem_cli.output import print_json, warn
from emblem_cli.parameters import FILE, ORGANIZATION, Parsed

_IDENTIFIER = Parsed("identifier", lambda text: check_key_identifier("key identifier", text))
_MILLISECONDS = 1000
_NOT_CHECKED = (
    "Not checked: validity, root and revocation of the certificate, and whether the logs kept their promises."
)
_SIGNATURES = {
    PromiseState.VERIFIED: "verified with the key of the log",
    PromiseState.FAILED: "INVALID: not of this log for this certificate",
    PromiseState.UNKNOWN_LOG: "not checked: the key of the log is not known",
}


@click.command("commitment")
@click.argument("certificate", metavar="CERT", type=FILE)
@click.option("--sct", "answers", type=FILE, multiple=True, help="A log's answer to add-chain (JSON); may be repeated.")
@click.option("--log-list", type=FILE, help="A newer list of logs (log_list.json, version 3) than the one shipped.")
@click.option(
    "--key-identifier",
    metavar="IDENTIFIER",
    type=_IDENTIFIER,
    help="Fail unless the certificate commits this key to --organization.",
)
@click.option("--organization", metavar="https://ORG", type=ORGANIZATION, help="See --key-identifier.")
@click.option("--json", "as_json", is_flag=True, help="The log entries as a JSON array, for 'emblem endorse --log'.")
def command(
    certificate: Path,
    answers: tuple[Path, ...],
    log_list: Path | None,
    key_identifier: str | None,
    organization: Organization | None,
    as_json: bool,
) -> None:
    """Compute where the certificate in CERT (-: standard input) is logged in Certificate Transparency.

    CERT is a chain in PEM: the certificate first, its issuer's second. The timestamps embedded in it count, and those
    given with --sct. No log is asked: a timestamp is a promise to include the certificate, not the proof that it is.

    Exit codes: 0 done; 1 a timestamp is not for this certificate, or a binding that was asked for is not there; 2 used
    wrongly, or the input is malformed.

    \b
    Example: the log entries for the endorsement by a root key.
      emblem commitment fullchain.pem --json > root.logs.json
    """
    if (key_identifier is None) != (organization is None):
        raise click.UsageError("--key-identifier and --organization go together", click.get_current_context())
    chain = read_chain(name_of(certificate), read_input(certificate, LARGEST_CHAIN))
    names = CertificateNames(chain.names)
    logs = _read_logs(log_list)
    promises = [check_promise(entry, logs) for entry in _collect_entries(chain, answers, name_of(certificate))]
    wanted = Binding(key_identifier, organization) if key_identifier and organization else None
    problems = list(_problems(promises, names, wanted))
    _warn_of_list(logs, log_list, datetime.now(UTC))
    if not as_json:
        click.echo("\n".join(printable(line) for line in _lines(names, promises, logs)))
    if problems:
        raise Failure("; ".join(problems))
    if as_json:
        _warn_of_promises(names, promises)
        print_json(write_log(tuple(promise.entry.log_entry for promise in promises)))


def _read_logs(path: Path | None) -> LogList:
    return shipped_log_list() if path is None else decode_log_list(name_of(path), read_input(path, LARGEST_LOG_LIST))


def _collect_entries(chain: CertificateChain, answers: Sequence[Path], name: str) -> list[TimestampedEntry]:
    """The entries for the embedded timestamps and the given ones, in this order, each once."""
    embedded = embedded_entries(chain)
    for timestamp in embedded:
        if isinstance(timestamp, UnknownTimestamp):
            warn(f"left out: a timestamp of version number {timestamp.version}, which is not known")
    known = [entry for entry in embedded if isinstance(entry, TimestampedEntry)]
    given = [final_entry(chain, decode_answer(name_of(path), read_input(path, LARGEST_ANSWER))) for path in answers]
    entries = list(dict.fromkeys([*known, *given]))
    if not entries:
        found = f"{len(embedded)} timestamps, none of a known version" if embedded else "no timestamps"
        raise InputError(name, found, "a certificate with embedded timestamps, or a log's answer with --sct")
    return entries


def _problems(promises: Sequence[Promise], names: CertificateNames, wanted: Binding | None) -> Iterator[str]:
    for promise in promises:
        if promise.state is PromiseState.FAILED and promise.log is not None:
            kind = "a final certificate" if isinstance(promise.entry.entry, FinalCertificate) else "a precertificate"
            yield f"the timestamp of the log {promise.log.description} is not one for this certificate as {kind}"
    missing = names.missing(wanted) if wanted is not None else ()
    if missing:
        yield f"the certificate does not commit {wanted}: {'; '.join(map(str, missing))}"


def _warn_of_list(logs: LogList, path: Path | None, now: datetime) -> None:
    if logs.too_old(now, OLDEST_LOG_LIST):
        date = date_text(numeric_date(logs.timestamp))
        advice = "; --log-list takes a newer one" if path is None else ""
        warn(f"the list of logs is of {date}: newer logs are missing, and what it says of others may be past{advice}")


def _warn_of_promises(names: CertificateNames, promises: Sequence[Promise]) -> None:
    for promise in promises:
        if promise.state is PromiseState.UNKNOWN_LOG:
            log_id = encode_base64(promise.entry.timestamp.log_id)
            warn(f"the timestamp of the log {log_id} was not checked: the log is not on the list")
    if not names.bindings:
        warn("the certificate commits no key to any organization by its names")


def _lines(names: CertificateNames, promises: Sequence[Promise], logs: LogList) -> Iterator[str]:
    candidates = names.candidates
    if not candidates:
        yield "The certificate commits no key: no name is KEY-IDENTIFIER.adem-configuration.HOST."
    for binding in candidates:
        missing = names.missing(binding)
        yield f"does not commit {binding}: {'; '.join(map(str, missing))}" if missing else f"commits {binding}"
    for number, promise in enumerate(promises, 1):
        yield ""
        (written,) = write_log((promise.entry.log_entry,))
        where = (
            f"leaf hash {written['hash']}" if "hash" in written else f"leaf index {written['index']} of a static log"
        )
        yield f"{number}. {where}"
        yield from (f"  {label:<10} {value}" for label, value in _facts(promise, logs))
    yield ""
    yield _NOT_CHECKED


def _facts(promise: Promise, logs: LogList) -> Iterator[tuple[str, str]]:
    timestamp, log = promise.entry.timestamp, promise.log
    yield "log id", encode_base64(timestamp.log_id)
    date = date_text(numeric_date(logs.timestamp))
    if log is None:
        yield "log", f"unknown: not on the list of {date}"
    else:
        state = f"{log.state} as of {date}" if log.state is not None else f"without a state as of {date}"
        yield "log", log.description + (", a log for tests" if log.purpose is LogPurpose.TEST else "")
        yield "operator", log.operator
        yield "state", state
    is_final = isinstance(promise.entry.entry, FinalCertificate)
    yield "entry", "the final certificate" if is_final else "the precertificate"
    yield "logged", date_text(timestamp.time // _MILLISECONDS)
    yield "signature", _SIGNATURES[promise.state]
    if log is not None and log.kind is LogKind.STATIC and timestamp.leaf_index is None:
        yield "note", "a static log whose timestamp has no leaf index: the entry cannot be looked up"
