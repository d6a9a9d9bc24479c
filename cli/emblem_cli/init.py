"""`emblem init`: set up an organization's workspace."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import click

from emblem.errors import EmblemError, InputError, WorkspaceError
from emblem.issuance.publication import Publishing
from emblem.issuance.workspace.folder import SETTINGS_FILE, Workspace
from emblem.issuance.workspace.settings import Defaults, Method, Settings, ZoneSettings
from emblem.issuance.workspace.settings_file import NO_SIGN
from emblem.model.names import normalize_name
from emblem.model.organization import Organization
from emblem.model.sign import Sign
from emblem_cli.parameters import DURATION, FILE, ORGANIZATION, PURPOSE, Parsed, combine_purposes

T = TypeVar("T")

_SIGNS = (*(sign.value for sign in Sign), NO_SIGN)
_NEXT = """\
Next:
  emblem key new root --role root          (better on a machine without a network)
  emblem key new signing --role signing
  emblem inventory add HOST... | emblem inventory import FILE
  emblem issue --all, emblem publish --all; then 'emblem status' says what is due"""


@click.command("init")
@click.argument("directory", metavar="[DIR]", type=FILE, default=Path())
@click.option("--organization", metavar="https://ORG", type=ORGANIZATION, help="The organization's identifier.")
@click.option("--name", help="What the organization is called; for people.")
@click.option(
    "--sign",
    type=click.Choice(_SIGNS),
    help="Which emblem the organization bears; none leaves it unsaid. There is no default.",
)
@click.option("--purpose", "purposes", type=PURPOSE, multiple=True, default=["protective"], show_default=True,
              help="What its emblems are used for; may be repeated.")  # fmt: skip
@click.option("--valid", metavar="LENGTH", type=DURATION, default="30d", show_default=True,
              help="How long an emblem holds. It is renewed in the last third.")  # fmt: skip
@click.option("--zone", "zones", metavar="ZONE", multiple=True, type=Parsed("zone", normalize_name),
              help="A zone in which hosts are, published by dynamic update; may be repeated.")  # fmt: skip
@click.option("--server", metavar="ADDRESS", help="The primary server of the zones. Default: that of the zone's SOA.")
@click.option(
    "--check-server",
    "check_servers",
    metavar="ADDRESS",
    multiple=True,
    help="A server that must show what is published; may be repeated. Default: all that the zone names.",
)
@click.option("--tsig-file", metavar="FILE", help="The key that signs updates of the zones, relative to DIR.")
@click.option(
    "--carriage",
    type=click.Choice([one.value for one in Publishing]),
    default=Publishing.IHLE.value,
    show_default=True,
    help="Which records mark hosts: IHLE, TXT (for providers that hold no unknown types, and hosts that are a CNAME).",
)
def command(
    directory: Path,
    organization: Organization | None,
    name: str | None,
    sign: str | None,
    purposes: tuple[str, ...],
    valid: timedelta,
    zones: tuple[str, ...],
    server: str | None,
    check_servers: tuple[str, ...],
    tsig_file: str | None,
    carriage: str,
) -> None:
    """Set up a workspace in DIR (default: this folder): emblem.toml, keys, endorsements, inventory.csv, tokens.

    What is not given is asked for, on a terminal. Nothing that is there is overwritten. Use of the emblems without
    authority is unlawful.

    \b
    Examples:
      emblem init
      emblem init desk --organization https://example.org --sign red-cross --zone example.org --tsig-file update.key
    """
    if (directory / SETTINGS_FILE).exists():
        raise WorkspaceError(str(directory), "a workspace", "a folder without one: nothing is overwritten")
    asking = organization is None or sign is None
    if asking:
        _check_terminal(organization, sign)
        organization = organization or _ask(
            "The organization's identifier, https:// and a domain that it controls", Organization.parse
        )
        sign = sign or _ask_sign()
        zones = zones or _ask("Zones in which its hosts are, with spaces between (none yet: just Enter)", _zones, "")
        if zones and server is None:
            server = _ask("Their primary server, ADDRESS[:PORT] (that of the zone's SOA: just Enter)", str, "") or None
        if zones and tsig_file is None:
            tsig_file = _ask("The file of the key that signs updates (none yet: just Enter)", str, "") or None
    assert organization is not None
    assert sign is not None
    seconds = int(valid.total_seconds())
    defaults = Defaults(combine_purposes(purposes), seconds, seconds // 3, carriage=Publishing(carriage))
    settings = Settings(
        organization,
        None if sign == NO_SIGN else Sign(sign),
        name,
        defaults,
        zones=tuple(
            ZoneSettings(zone, Method.UPDATE, server=server, tsig_file=tsig_file, check_servers=check_servers)
            for zone in dict.fromkeys(zones)
        ),
    )
    directory.mkdir(parents=True, exist_ok=True)
    workspace = Workspace.create(directory, settings)
    click.echo(f"workspace of {organization} in {'this folder' if directory == Path() else directory}")
    click.echo(f"{workspace.settings_file} says what was settled, and can be changed with any editor.")
    click.echo(_NEXT)


def _check_terminal(organization: Organization | None, sign: str | None) -> None:
    if sys.stdin is None or not sys.stdin.isatty():
        missing = [
            option
            for option, value in (("--organization https://ORG", organization), (f"--sign {'|'.join(_SIGNS)}", sign))
            if value is None
        ]
        raise click.UsageError(f"There is no terminal to ask on: give {' and '.join(missing)}")


def _ask(question: str, parse: Callable[[str], T], default: str | None = None) -> T:
    """Ask until the answer can be used."""

    def checked(text: str) -> T:
        try:
            return parse(text)
        except EmblemError as error:
            expected = error.expected if isinstance(error, InputError) else str(error)
            raise click.UsageError(f"expected {expected}") from error

    answer: T = click.prompt(question, default=default, show_default=False, value_proc=checked)
    return answer


def _ask_sign() -> str:
    question = "Which emblem it bears (none: leave it unsaid)"
    answer: str = click.prompt(question, type=click.Choice(_SIGNS))
    return answer


def _zones(text: str) -> tuple[str, ...]:
    return tuple(normalize_name(word) for word in text.replace(",", " ").split())
