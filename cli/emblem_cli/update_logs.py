"""`emblem trust update-logs`: a newer list of logs, if it is signed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emblem.errors import MalformedError
from emblem_cli.failures import Failure
from emblem_cli.output import print_json, warn
from emblem_cli.parameters import FILE

if TYPE_CHECKING:
    from emblem.traceability.log_key import LogKey
    from emblem.traceability.log_list import LogList
    from emblem.traceability.resources import Fetched

_SECONDS = 60.0
_MODE = 0o644
_LARGEST_KEY_FILE = 64 * 1024


@click.command("update-logs")
@click.option(
    "-o",
    "--output",
    type=FILE,
    metavar="FILE",
    default=Path("log_list.json"),
    show_default=True,
    help="The file of the list; an older list there is replaced.",
)
@click.option("--url", metavar="URL", help="Where the list is. Default: where Google publishes its list of all logs.")
@click.option("--signature-url", metavar="URL", help="Where its signature is. Default: that of the list, with .sig.")
@click.option(
    "--key",
    type=FILE,
    metavar="FILE",
    help="The public key that signs the list (PEM). Default: Google's, which comes along.",
)
@click.option("--resolver", "resolvers", metavar="ADDRESS", multiple=True, help="As in 'emblem verify'.")
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
def update_logs(
    output: Path,
    url: str | None,
    signature_url: str | None,
    key: Path | None,
    resolvers: tuple[str, ...],
    as_json: bool,
) -> None:
    """Fetch a newer list of the logs of Certificate Transparency, and check that it is signed.

    Nothing is written unless the signature holds, and never a list that is older than the one that is there.
    'emblem verify --log-list FILE' uses it.

    \b
    Example:
      emblem trust update-logs -o log_list.json
      emblem verify hospital.example.org --log-list log_list.json

    Exit code: 0 done, or the list is the newest already; 1 not fetched, not signed, or older; 2 used wrongly.
    """
    from emblem.traceability.log_list import LARGEST_LOG_LIST, OLDEST_LOG_LIST, decode_log_list
    from emblem.traceability.log_list_signature import (
        LARGEST_SIGNATURE,
        LIST_ADDRESS,
        check_list_signature,
        signature_address,
    )
    from emblem.traceability.resources import Resource
    from emblem.verifier.drivers import fetch_now

    signer, present = _read_key(key), _read_present(output)
    address = url or LIST_ADDRESS
    # What is signed may come over http: as well.
    wanted = (
        Resource(address, LARGEST_LOG_LIST, "list of logs", unencrypted=True),
        Resource(signature_url or signature_address(address), LARGEST_SIGNATURE, "its signature", unencrypted=True),
    )
    fetched = fetch_now(wanted, resolvers=resolvers, timeout=_SECONDS)
    try:
        data, signature = (_content(one) for one in fetched)
        check_list_signature(address, data, signature, signer)
        found = decode_log_list(address, data)
    except MalformedError as error:
        raise Failure(f"nothing was written: {error}") from error
    if present is not None and found.timestamp < present.timestamp:
        raise Failure(f"nothing was written: {address} is of {found.timestamp}, older than {output}")
    if found.too_old(datetime.now(UTC), OLDEST_LOG_LIST):
        warn(f"the list at {address} is itself of {found.timestamp}")
    is_new = present is None or found.timestamp > present.timestamp
    if is_new:
        _write(output, data)
    _tell(output, found, present, is_new, as_json)


def _content(fetched: Fetched) -> bytes:
    if not fetched.succeeded:
        raise Failure(f"nothing was written: {fetched.resource.purpose}: {fetched.trouble}")
    return fetched.content


def _read_key(path: Path | None) -> LogKey:
    from emblem.traceability.log_key import LogKey
    from emblem.traceability.log_list_signature import shipped_list_key
    from emblem_cli.input import name_of, read_input

    if path is None:
        return shipped_list_key()
    return LogKey.from_pem(name_of(path), read_input(path, _LARGEST_KEY_FILE))


def _read_present(path: Path) -> LogList | None:
    """The list that is there; a file that is none is not overwritten."""
    from emblem.traceability.log_list import LARGEST_LOG_LIST, decode_log_list
    from emblem_cli.input import read_input

    return decode_log_list(str(path), read_input(path, LARGEST_LOG_LIST)) if path.exists() else None


def _write(path: Path, data: bytes) -> None:
    from emblem.keys.files import replace_file

    try:
        replace_file(path, data, _MODE)
    except OSError as error:
        raise Failure(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from error


def _tell(output: Path, found: LogList, present: LogList | None, is_new: bool, as_json: bool) -> None:
    from emblem.model.time import date_text, numeric_date

    date = date_text(numeric_date(found.timestamp))
    if as_json:
        known = {log.log_id for log in present.logs} if present is not None else set()
        added = sum(log.log_id not in known for log in found.logs)
        print_json({"file": str(output), "written": is_new, "of": date, "logs": len(found.logs), "new_logs": added})
    elif is_new:
        click.echo(f"{output}: {len(found.logs)} logs, as of {date}; its signature holds")
    else:
        click.echo(f"{output} is the newest already: of {date}")
