"""`emblem verify`: is this host marked, by whom, on whose authority, and what is not known?"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from emblem.errors import InputError
from emblem.model.limits import LARGEST_RECORD_FILE

if TYPE_CHECKING:
    from emblem.model.record import Alias, Record
    from emblem.model.target import Target
    from emblem.model.verdict import Verdict
    from emblem.trust.store import TrustStore

EXIT_CODES = {"protected": 0, "claimed": 6, "undetermined": 4, "rejected": 3, "unmarked": 5}
SEVERAL_STATUSES = 7
_COLOURS = {"protected": "green", "claimed": "yellow", "undetermined": "magenta", "rejected": "red", "unmarked": "cyan"}
_TRUST_PAIRS = "emblem.trust-pairs"


@dataclass(frozen=True, slots=True)
class TrustOption:
    """One ``--trust`` with the organization of the ``--trust-as`` after it."""

    path: str
    organization: str | None = None


class VerifyCommand(click.Command):
    """Keeps the order of ``--trust`` and ``--trust-as``: the second belongs to the first before it."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        context.meta[_TRUST_PAIRS] = pair_trust_options(arguments)
        return super().parse_args(context, arguments)


def pair_trust_options(arguments: Sequence[str]) -> tuple[TrustOption, ...]:
    """The trust options of a command line, in their order.

    Raises:
        UsageError: there is a ``--trust-as`` without a ``--trust`` before it.
    """
    pairs: list[TrustOption] = []
    for name, value in _named_values(arguments):
        if name == "--trust":
            pairs.append(TrustOption(value))
        elif not pairs or pairs[-1].organization is not None:
            raise click.UsageError("--trust-as binds the keys of the --trust before it: put it after one.")
        else:
            pairs[-1] = replace(pairs[-1], organization=value)
    return tuple(pairs)


def _named_values(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if argument == "--":
            return
        if name in ("--trust", "--trust-as"):
            yield name, value if equals else next(rest, "")


@click.command("verify", cls=VerifyCommand)
@click.argument("targets", metavar="TARGET...", nargs=-1, required=True)
@click.option(
    "--trust", metavar="FILE", multiple=True, help="Public keys that you trust: PEM, certificate, JWK, COSE_Key."
)
@click.option(
    "--trust-as",
    metavar="https://ORG",
    multiple=True,
    help="Bind the keys of the --trust before it to an organization: they speak for it, and for nobody else.",
)
@click.option(
    "--accept",
    type=click.Choice(["organizational", "endorsed"]),
    help="A level that suffices without a key that you trust.",
)
@click.option("--at", metavar="TIME", help="Judge as of this time (RFC 3339). Default: now.")
@click.option(
    "--ct",
    type=click.Choice(["online", "evidence", "skip"]),
    help="How key commitments are checked. This version checks none in any mode, and says so in the verdict.",
)
@click.option("--resolver", metavar="ADDRESS[:PORT]", help="Ask this resolver. Default: those of the system.")
@click.option("--records", metavar="FILE", help="Judge the records in FILE (-: standard input); no network.")
@click.option(
    "--address", "addresses", metavar="ADDRESS", multiple=True, help="With --records: an address of the name. Give all."
)
@click.option(
    "--profile",
    type=click.Choice(["draft", "robust"]),
    default="draft",
    show_default=True,
    help="draft: an added token can spoil a set; robust: the valid chain is found among what is there.",
)
@click.option("--json", "as_json", is_flag=True, help="One verdict a line, as JSON.")
@click.option("--verbose", is_flag=True, help="Also what went well, and every question that was asked.")
@click.pass_context
def command(
    context: click.Context,
    targets: tuple[str, ...],
    trust: tuple[str, ...],
    trust_as: tuple[str, ...],
    accept: str | None,
    at: str | None,
    ct: str | None,
    resolver: str | None,
    records: str | None,
    addresses: tuple[str, ...],
    profile: str,
    as_json: bool,
    verbose: bool,
) -> None:
    """Ask of hosts whether they are marked, by whom, and on whose authority.

    TARGET is a host name or an IP address.

    \b
    Examples:
      emblem verify hospital.example.org
      emblem verify hospital.example.org --trust authority.pem --trust-as https://authority.example
      dig hospital.example.org TYPE65297 | emblem verify hospital.example.org --records -

    \b
    Exit code: 0 protected, 6 claimed, 4 undetermined, 3 rejected, 5 unmarked,
    7 several targets whose statuses differ, 2 used wrongly, 1 failed (never a verdict).
    """
    del trust, trust_as, ct
    from emblem.model.target import Target
    from emblem.model.time import parse_time

    asked = [Target.parse(target) for target in targets]
    store = load_trust(context.meta[_TRUST_PAIRS], accept)
    when = parse_time(at) if at else None
    if records is None:
        if addresses:
            raise click.UsageError("--address goes with --records: a live target's addresses are asked for.")
        verdicts = _verify_live(asked, when, store, resolver, profile)
    else:
        if resolver is not None:
            raise click.UsageError("--resolver and --records exclude each other: records are judged as given.")
        verdicts = _verify_given(asked, when or datetime.now(UTC), store, _read_records(records), addresses, profile)
    statuses = [_show(verdict, as_json, verbose) for verdict in verdicts]
    context.exit(EXIT_CODES[statuses[0]] if len(set(statuses)) == 1 else SEVERAL_STATUSES)


def load_trust(pairs: Sequence[TrustOption], accept: str | None) -> TrustStore:
    """Read every trust file of a command line into one store.

    Raises:
        EmblemError: a file or an organization identifier cannot be used.
    """
    from emblem.model.organization import Organization
    from emblem.model.verdict import Level
    from emblem.trust.store import TrustStore
    from emblem.validation.trust import Policy

    keys = tuple(
        key
        for pair in pairs
        for key in TrustStore.load(
            pair.path, bind_to=None if pair.organization is None else Organization.parse(pair.organization)
        ).keys
    )
    return TrustStore(keys, policy=Policy(accept=Level(accept) if accept else None))


def _verify_live(
    targets: Sequence[Target], at: datetime | None, store: TrustStore, resolver: str | None, profile: str
) -> Iterator[Verdict]:
    from emblem.validation.procedure import Profile
    from emblem.verifier.drivers import Verifier

    verifier = Verifier(store, resolvers=[resolver] if resolver else (), profile=Profile(profile))
    for target in targets:
        yield verifier.verify(target, at=at)


def _verify_given(
    targets: Sequence[Target],
    at: datetime,
    store: TrustStore,
    entries: tuple[Record | Alias, ...],
    addresses: Sequence[str],
    profile: str,
) -> Iterator[Verdict]:
    from emblem.errors import InvalidNameError
    from emblem.model.target import parse_address
    from emblem.validation.procedure import Profile
    from emblem.verifier.investigation import Settings, judge_given

    parsed = []
    for text in addresses:
        address = parse_address(text)
        if address is None:
            raise InvalidNameError("--address", repr(text), "an IPv4 or IPv6 address")
        parsed.append(address)
    settings = Settings(store, Profile(profile))
    for target in targets:
        yield judge_given(entries, target, at=at, settings=settings, addresses=parsed)


def _read_records(path: str) -> tuple[Record | Alias, ...]:
    from emblem.codec.record_text import read_records

    with click.open_file(path, "rb") as file:
        data = file.read(LARGEST_RECORD_FILE + 1)
    if len(data) > LARGEST_RECORD_FILE:
        raise InputError(f"records file {path}", "a larger file", f"{LARGEST_RECORD_FILE // 2**20} MiB at the most")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"records file {path}", "bytes that are no text", "records as text, in UTF-8") from error
    if "\0" in text:
        raise InputError(f"records file {path}", "zero bytes", "records as text, in UTF-8")
    return read_records(text)


def _show(verdict: Verdict, as_json: bool, verbose: bool) -> str:
    status = verdict.status.value
    if as_json:
        from emblem.report.json import verdict_line

        click.echo(verdict_line(verdict))
    else:
        from emblem.report.text import verdict_text

        first, _, rest = verdict_text(verdict, verbose=verbose).partition("\n")
        name, _, word = first.rpartition(" ")
        click.echo(f"{name} {click.style(word, fg=_COLOURS[status], bold=True)}\n{rest}", color=_colour())
    sys.stdout.flush()
    return status


def _colour() -> bool | None:
    import os

    return False if os.environ.get("NO_COLOR") else None
