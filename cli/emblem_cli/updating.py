"""What the commands that change zones have in common: whom to ask, how to sign, what is shown and waited for."""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from emblem.errors import EmblemError, InputError
from emblem_cli.failures import Failure
from emblem_cli.parameters import FILE, Parsed
from emblem_cli.zone_output import report_servers, show_differences

if TYPE_CHECKING:
    from emblem.dns.authority import Ask, Zone
    from emblem.dns.message import Answer, Question
    from emblem.dns.servers import ServerAddress
    from emblem.dns.tsig import TsigKey
    from emblem.issuance.propagation import Showing, Sought
    from emblem.issuance.publisher import Plan, Publisher

F = TypeVar("F", bound=Callable[..., Any])

KEY_VARIABLE = "EMBLEM_TSIG"
"""The environment variable that may hold the key with which updates are signed."""

_LARGEST_KEY_FILE = 16 * 1024
_QUESTIONS_AT_ONCE = 500
_ANSWER_SECONDS = 30.0
_WAIT = re.compile(r"([0-9]{1,4})([sm])")
_WAIT_SECONDS = {"s": 1, "m": 60}


def _parse_wait(text: str) -> int:
    match = _WAIT.fullmatch(text)
    if match is None:
        raise InputError("time to wait", repr(text), "a number and s or m for seconds, minutes (60s)")
    return int(match[1]) * _WAIT_SECONDS[match[2]]


def _parse_server(text: str) -> ServerAddress:
    from emblem.dns.servers import ServerAddress

    return ServerAddress.parse(text)


_SERVER = Parsed("server", _parse_server)
_OPTIONS = (
    click.option(
        "--tsig-file",
        metavar="FILE",
        type=FILE,
        help="The key that signs the update, as tsig-keygen writes it. It must not be readable by everybody. Default: "
        f"the environment variable {KEY_VARIABLE}, NAME:ALGORITHM:BASE64. Algorithms: hmac-sha256, -384, -512.",
    ),
    click.option(
        "--server",
        metavar="ADDRESS",
        type=_SERVER,
        help="The primary server of the zone, ADDRESS[:PORT]. Default: that of the zone's SOA record.",
    ),
    click.option(
        "--resolver",
        "resolvers",
        metavar="ADDRESS",
        multiple=True,
        help="Ask this resolver for zones and their servers, as in 'emblem verify'. Default: those of the system.",
    ),
    click.option(
        "--check-server",
        "check_servers",
        metavar="ADDRESS",
        type=_SERVER,
        multiple=True,
        help="Afterwards ask this server, ADDRESS[:PORT]; may be repeated. Default: all that the zone names.",
    ),
    click.option(
        "--wait",
        metavar="LENGTH",
        type=Parsed("wait", _parse_wait),
        default="60s",
        show_default=True,
        help="How long to wait until all servers show it: a number and s or m. 0s: do not ask them.",
    ),
    click.option("--dry-run", is_flag=True, help="Show what would be changed, and change nothing."),
    click.option("--json", "as_json", is_flag=True, help="One changed host or asked server a line, as JSON."),
)


@dataclass(frozen=True, slots=True)
class Updating:
    """The options of a command that changes zones."""

    tsig_file: Path | None
    server: ServerAddress | None
    resolvers: tuple[str, ...]
    check_servers: tuple[ServerAddress, ...]
    wait: int
    dry_run: bool
    as_json: bool

    def publisher(self) -> Publisher:
        """What does the work.

        Raises:
            InputError: a key or a resolver cannot be used as it is given; there is no key, and one is needed.
        """
        from emblem.issuance.publisher import Publisher

        key = read_key(self.tsig_file)
        if key is None and not self.dry_run:
            expected = f"--tsig-file FILE, or {KEY_VARIABLE}=NAME:ALGORITHM:BASE64 in the environment"
            raise InputError("TSIG key", "none", expected)
        return Publisher(asker(self.resolvers), key=key, server=self.server)


def updating_options(function: F) -> F:
    """Give a command the options of all that change zones; they are the fields of :class:`Updating`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def read_key(path: Path | None) -> TsigKey | None:
    """The key in a file, else that in the environment; None where there is neither.

    Raises:
        InputError: it is none that can be used, or everybody may read the file.
    """
    from emblem.dns.tsig import TsigKey
    from emblem.keys.files import read_file

    if path is not None:
        data = read_file(path, _LARGEST_KEY_FILE)
        if path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            raise InputError(str(path), "a file that everybody on this machine may use", f"a secret: chmod 600 {path}")
        return TsigKey.parse_file(str(path), data)
    text = os.environ.get(KEY_VARIABLE)
    return None if text is None else TsigKey.parse(KEY_VARIABLE, text)


def asker(resolvers: Sequence[str]) -> Ask:
    """Asks resolvers, some hundred questions at a time; they are not made before there is something to ask."""

    def ask(questions: Sequence[Question]) -> list[Answer]:
        from emblem.dns.stub import StubResolver

        stub = StubResolver.configured(resolvers)
        answers: list[Answer] = []
        for start in range(0, len(questions), _QUESTIONS_AT_ONCE):
            some = questions[start : start + _QUESTIONS_AT_ONCE]
            answers.extend(stub.ask_all(some, time.monotonic() + _ANSWER_SECONDS))
        return answers

    return ask


def apply(publisher: Publisher, plans: Sequence[Plan], options: Updating) -> None:
    """Show what has to change, change it, and wait until all servers show it.

    Raises:
        EmblemError: it went wrong; says of how many hosts it is done.
        Failure: it is done, but a server does not show it.
    """
    show_differences(plans, as_json=options.as_json)
    total = sum(len(plan.changes) for plan in plans)
    due = sum(len(plan.due) for plan in plans)
    already = f"; {total - due} already as wished" if due < total else ""
    if options.dry_run:
        say(options, f"would change {count_hosts(due)}{already}. Nothing was sent")
        return
    if due:
        _carry_out(publisher, plans, due)
        say(options, f"changed {count_hosts(due)}{already}")
    else:
        say(options, f"nothing to change{already}. Nothing was sent")
    report_servers(await_servers(publisher, plans, options), as_json=options.as_json)


def say(options: Updating, text: str) -> None:
    """A line for people."""
    if not options.as_json:
        click.echo(text)


def count_hosts(count: int) -> str:
    """So many hosts."""
    return "1 host" if count == 1 else f"{count} hosts"


def _carry_out(publisher: Publisher, plans: Sequence[Plan], due: int) -> None:
    done = 0
    with _bar(due, "sending") as advance:
        try:
            for plan in plans:
                for _ in publisher.carry_out(plan):
                    done += 1
                    advance(1)
        except EmblemError as error:
            raise Failure(f"{error} (changed so far: {done} of {count_hosts(due)})") from error


def await_servers(publisher: Publisher, plans: Sequence[Plan], options: Updating) -> tuple[Showing, ...]:
    """Ask the authoritative servers of each zone until all agree or the time is over; how far each is in the end."""
    sought = [(plan.primary.zone, [change.wish for change in plan.changes]) for plan in plans]
    return wait_for_servers(publisher, sought, options)


def wait_for_servers(
    publisher: Publisher, sought: Sequence[tuple[Zone, Sequence[Sought]]], options: Updating
) -> tuple[Showing, ...]:
    """Ask the authoritative servers of zones for what each is to show, until all do or the time is over."""
    from emblem.dns.authority import ZoneServer
    from emblem.issuance.propagation import watch

    if not options.wait:
        return ()
    deadline = time.monotonic() + options.wait
    outcome: list[Showing] = []
    for zone, items in sought:
        given = tuple(ZoneServer("", address) for address in options.check_servers)
        servers = given or publisher.name_servers(zone)
        outcome.extend(_watch(watch(servers, items, deadline=deadline), len(servers) * len(items)))
    return tuple(outcome)


def _watch(rounds: Iterator[tuple[Showing, ...]], total: int) -> tuple[Showing, ...]:
    showing: tuple[Showing, ...] = ()
    shown = 0
    with _bar(total, "waiting for the servers") as advance:
        for showing in rounds:
            now = total - sum(len(one.missing) for one in showing)
            advance(now - shown)
            shown = now
    return showing


@contextmanager
def _bar(length: int, label: str) -> Iterator[Callable[[int], None]]:
    """A progress bar on the terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update
