"""`emblem trust`: keep the store of whom you trust."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from emblem.errors import InputError, TrustError
from emblem.model.display import printable
from emblem.model.limits import LARGEST_RECORD_FILE
from emblem.model.names import normalize_name
from emblem.model.organization import Organization
from emblem.model.time import date_text, numeric_date
from emblem.trust.document import Authority, Document, KeyEntry, Period, Refusal, read_document
from emblem.trust.editing import (
    NEW_STORE,
    add_authority,
    add_refusals,
    read_store,
    remove_keys,
    remove_refusals,
    write_store,
)
from emblem.trust.importing import FoundKey, choose_keys, find_importable
from emblem.trust.listing import is_refused, policy_words, scope_words, store_members
from emblem.trust.store import read_lists
from emblem_cli.failures import Failure
from emblem_cli.input import STANDARD_INPUT, read_input
from emblem_cli.output import print_json, print_table
from emblem_cli.parameters import FILE, ORGANIZATION, PURPOSE, TIME, Parsed, combine_purposes
from emblem_cli.update_logs import update_logs

_store_option = click.option(
    "--store", type=FILE, default=Path("trust.toml"), show_default=True, help="The trust store."
)
_identifier_option = click.option(
    "--key-identifier",
    "identifiers",
    metavar="IDENTIFIER",
    multiple=True,
    help="Take this key of several in the file; may be repeated.",
)
_NAME = Parsed("domain name", normalize_name)


@click.group()
def command() -> None:
    """Keep the store of whom you trust, and whom you refuse.

    The store is a text file that you may edit too; its comments stay. 'emblem verify --trust trust.toml' uses it.

    \b
    Example: trust an authority, having compared its key identifier by telephone.
      emblem trust add authority.pem --as https://authority.example
      emblem trust list
    """


command.add_command(update_logs)


@command.command("add")
@click.argument("file", type=FILE)
@click.option(
    "--as",
    "organization",
    metavar="https://ORG",
    type=ORGANIZATION,
    help="Whose the keys are. Without it they count only for the emblems of whoever signs with them.",
)
@_identifier_option
@click.option("--name", help="What you call the authority.")
@click.option("--note", help="What you want to remember.")
@click.option("--purpose", "purposes", type=PURPOSE, multiple=True, help="Trust only for this; may be repeated.")
@click.option(
    "--under", "names", metavar="NAME", type=_NAME, multiple=True, help="Trust only for this name and those below it."
)
@click.option("--valid-until", metavar="TIME", type=TIME, help="Trust only until then (RFC 3339).")
@click.option(
    "--certificates",
    "as_certificates",
    is_flag=True,
    help="Trust the certificates in FILE (PEM) as those of a certification authority, not their keys.",
)
@_store_option
@click.option("--yes", is_flag=True, help="Do not ask: the identifiers were compared.")
def add(
    file: Path,
    organization: Organization | None,
    identifiers: tuple[str, ...],
    name: str | None,
    note: str | None,
    purposes: tuple[str, ...],
    names: tuple[str, ...],
    valid_until: datetime | None,
    as_certificates: bool,
    store: Path,
    yes: bool,
) -> None:
    """Trust the keys in FILE (-: standard input): PEM, certificate, JWK, COSE_Key, or records or evidence
    bundles that hold keys.

    With --certificates, trust a certification authority: keys that it certifies to an organization (docs/trust.md).

    The identifiers of the keys are shown first: compare them with what their owner tells you in another way.

    \b
    Examples:
      emblem trust add authority.pem --as https://authority.example --purpose protective
      dig _emblem.www.example.org TXT | emblem trust add - --as https://example.org --key-identifier 7vd… --yes
    """
    data = read_input(file, LARGEST_RECORD_FILE)
    keys = () if as_certificates else _choose(str(file), find_importable(str(file), data), identifiers)
    authority = Authority(
        organization=organization,
        keys=tuple(KeyEntry(one.key) for one in keys),
        name=name,
        note=note,
        provenance=_provenance(file, data),
        purposes=combine_purposes(purposes) if purposes else None,
        names=names or None,
        period=Period(end=valid_until),
        certificates=_read_certificates(file, data, organization) if as_certificates else (),
    )
    changed = add_authority(_open_or_new(store), authority)
    for one in keys:
        _show_key(one)
    for certificate in authority.certificates:
        _show_certificate(certificate)
    click.echo(_announcement(authority))
    if not yes:
        _confirm(store)
    write_store(store, changed)
    click.echo(f"added to {store}")


@command.command("list")
@_store_option
@click.option("--json", "as_json", is_flag=True, help="The whole store as one line of JSON.")
def list_(store: Path, as_json: bool) -> None:
    """List whom a store trusts and for what, what it refuses, and its policy.

    \b
    Example:
      emblem trust list --store trust.toml
    """
    document = read_store(store)
    lists = read_lists(document, store.parent)
    if as_json:
        print_json(store_members(document, lists))
        return
    rows = [
        (
            "nobody by name (bare)" if authority.organization is None else str(authority.organization),
            entry.key.cose_thumbprint,
            "nothing: you refuse it" if is_refused(entry, document) else scope_words(authority, entry),
            printable(authority.name or ""),
        )
        for authority in document.authorities
        for entry in authority.keys
    ]
    rows += [
        (
            str(authority.organization),
            f"certificate {hashlib.sha256(certificate).hexdigest()}",
            scope_words(authority),
            printable(authority.name or ""),
        )
        for authority in document.authorities
        for certificate in authority.certificates
    ]
    if rows:
        print_table(("organization", "key identifier", "trusted for", "name"), rows)
    else:
        click.echo(f"{store} trusts nobody")
    for refusal in document.refusals:
        click.echo(f"refused: {refusal}{_remark(refusal.note)}")
    for reference, withdrawals in zip(document.lists, lists, strict=True):
        count = f"{len(withdrawals.keys)} keys and {len(withdrawals.tokens)} tokens"
        source = f"{date_text(withdrawals.issued_at)}, {printable(reference.file)}"
        click.echo(f"withdrawn by {withdrawals.issuer}: {count} ({source}){_remark(reference.note)}")
    for stamping in document.stamp_authorities:
        whose = printable(stamping.name) if stamping.name else "an authority"
        click.echo(f"time stamps of {whose}: root {', '.join(stamping.digests)}{_remark(stamping.note)}")
    if document.log_list is not None:
        click.echo(f"list of logs: {printable(document.log_list.file)}{_remark(document.log_list.note)}")
    for log in document.logs:
        click.echo(f"log at {printable(log.address)}: key {log.key.log_id.hex()}{_remark(log.note)}")
    for words in policy_words(document.policy):
        click.echo(f"policy: {words}")


@command.command("remove")
@click.argument("what", metavar="IDENTIFIER|https://ORG")
@click.option("--refusal", is_flag=True, help="Take back a refusal instead.")
@_store_option
def remove(what: str, refusal: bool, store: Path) -> None:
    """Trust a key, or all keys of an organization, no longer.

    IDENTIFIER may be that of either format. Comments that stand right above an authority go with it, all others stay.

    \b
    Examples:
      emblem trust remove https://authority.example
      emblem trust remove --refusal https://impostor.example
    """
    document = read_store(store)
    meant = Refusal.parse(what)
    if refusal:
        changed = remove_refusals(document, meant.refuses_same)
    else:
        changed = remove_keys(document, lambda authority, entry: meant.concerns(authority, entry), meant.organization)
    if changed == document:
        kind = "refusal" if refusal else "trust"
        raise TrustError(str(store), f"no {kind} of {what} to take back", "what 'emblem trust list' shows")
    write_store(store, changed)
    click.echo(f"removed from {store}: {what}")


@command.command("refuse")
@click.argument("what", metavar="IDENTIFIER|DIGEST|https://ORG|FILE")
@_identifier_option
@click.option("--note", help="Why.")
@_store_option
def refuse(what: str, identifiers: tuple[str, ...], note: str | None, store: Path) -> None:
    """Never count a key, a token or an organization, whoever vouches for it.

    A key has an identifier in each format. Of a key in FILE, or one that the store holds, both are refused; of an
    IDENTIFIER that is given alone, only that one. DIGEST is the SHA-256 of a token's signed bytes.

    \b
    Examples:
      emblem trust refuse https://impostor.example --note "not the ministry"
      emblem trust refuse stolen.pub.pem
    """
    document = _open_or_new(store)
    refusals = [
        replace(one, note=note)
        for one in _read_refusals(what, identifiers)
        if not any(map(one.refuses_same, document.refusals))
    ]
    if not refusals:
        click.echo(f"{store} refuses it already")
        return
    write_store(store, add_refusals(document, refusals))
    for one in refusals:
        click.echo(f"refused in {store}: {one}")


def _read_refusals(what: str, identifiers: tuple[str, ...]) -> list[Refusal]:
    if not Path(what).is_file():
        return [Refusal.parse(what)]
    keys = _choose(what, find_importable(what, read_input(Path(what), LARGEST_RECORD_FILE)), identifiers)
    return [Refusal(key=identifier) for one in keys for identifier in sorted(one.identifiers)]


def _open_or_new(store: Path) -> Document:
    return read_store(store) if store.exists() else read_document(str(store), NEW_STORE.encode())


def _choose(field: str, found: tuple[FoundKey, ...], identifiers: tuple[str, ...]) -> tuple[FoundKey, ...]:
    """The keys that are meant; where that must be chosen first, all are shown."""
    try:
        return choose_keys(field, found, identifiers)
    except InputError:
        for one in found:
            _show_key(one)
        raise


def _show_key(found: FoundKey) -> None:
    key = found.key
    click.echo(f"key {key.cose_thumbprint} ({key.kind.label})")
    click.echo(f"    in JWS: {key.jwk_thumbprint}")
    for words in found.signed:
        click.echo(f"    signed in this file: {words}")


def _read_certificates(file: Path, data: bytes, organization: Organization | None) -> tuple[bytes, ...]:
    from emblem.traceability.certification import check_authority
    from emblem.traceability.chain import encoded_certificates

    if organization is None:
        raise click.UsageError("--certificates and --as go together: a certificate speaks for somebody.")
    certificates = encoded_certificates(str(file), data)
    for encoded in certificates:
        check_authority(str(file), encoded)
    return certificates


def _show_certificate(encoded: bytes) -> None:
    from emblem.traceability.certification import read_certificate
    from emblem.traceability.loading import load_certificate

    summary = read_certificate(load_certificate("certificate", encoded))
    click.echo(f"certificate {summary.fingerprint} (SHA-256)")
    click.echo(f"    of {printable(summary.subject)}, until {date_text(summary.expires)}")


def _announcement(authority: Authority) -> str:
    if authority.certificates:
        scope = scope_words(authority)
        return f"what leads to it counts as certified by {authority.organization}, for {scope}"
    scope = scope_words(authority, authority.keys[0])
    if authority.organization is None:
        return f"trusted bare, for {scope}: for the emblems of whoever signs with it, not as an authority"
    return f"trusted to speak for {authority.organization}, for {scope}"


def _confirm(store: Path) -> None:
    if not sys.stdin.isatty():
        expected = "--yes, after comparing the key identifiers with what their owner told you in another way"
        raise InputError("confirmation", "no terminal to ask on", expected)
    click.echo("Compare the key identifiers with what their owner told you in another way.")
    if not click.confirm(f"Add to {store}?", err=True):
        raise Failure("nothing was added")


def _provenance(file: Path, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    name = "standard input" if file == STANDARD_INPUT else f"file {file.name}"
    return f"{name} (SHA-256 {digest}), added {date_text(numeric_date(datetime.now(UTC)))}"


def _remark(note: str | None) -> str:
    return f": {printable(note)}" if note else ""
