"""The command `emblem` itself: its subcommands, loaded when they are used, and what they have in common."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from emblem_cli.failures import describe, show

_VERBOSE = "emblem_cli.verbose"


_COMMANDS = {
    "verify": "Tell whether hosts are marked with an emblem, and on whose authority.",
    "capture": "Keep everything that a verdict on a host rests on, as evidence that needs no network.",
    "scan": "Ask about very many hosts, and write what other scanners must leave out.",
    "trace": "Explain a verdict, link by link, up to those who answer for it.",
    "init": "Set up an organization's workspace.",
    "key": "Make, list, show and import keys.",
    "inventory": "Keep the list of the hosts that are to be marked.",
    "agent": "Hold opened keys for a while, so that other commands ask for no passphrase.",
    "issue": "Sign emblems for hosts.",
    "request": "Ask an authority, or your own offline root, to endorse a key.",
    "endorse": "State that a key belongs to an organization.",
    "accept": "Take in the answer to a request.",
    "withdraw": "Take back endorsements, in a signed list that others read.",
    "commit": "Obtain the certificate that commits a root key to an organization in public.",
    "commitment": "Compute the log entries of a certificate that commits a key, for an endorsement.",
    "records": "Print the DNS records of marked hosts.",
    "publish": "Put the records of hosts into their zones.",
    "unpublish": "Take the records of hosts out of their zones.",
    "status": "Tell what is marked, what drifted, what expires when, and what to do.",
    "doctor": "Check a workspace, and say what is wrong and what to do.",
    "log": "Show what was done with a workspace, and check its ledger.",
    "inspect": "Show what tokens, keys and records say, without judging them.",
    "trust": "Keep the store of whom you trust, and whom you refuse.",
    "demo": "Play the whole story on this machine: mark hosts, publish, verify.",
}
"""Each subcommand is the ``command`` of the module of its name; its help in one line need not load that."""


class Application(click.Group):
    """A group that loads a subcommand when it is invoked, and ends every failure with one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the subcommands, in the order in which people need them."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a subcommand; each has the option ``--verbose``."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"emblem_cli.{cmd_name}").command
        _add_verbose(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands without loading any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand; whatever it raises becomes a failure that can be shown."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except (Exception, KeyboardInterrupt) as error:
            raise describe(error, verbose=ctx.meta.get(_VERBOSE, False)) from error

    def main(self, args: Sequence[str] | None = None, *positional: Any, **named: Any) -> NoReturn:
        """Run, and exit with the code that the result stands for."""
        try:
            result = super().main(args, *positional, **{**named, "standalone_mode": False})
        except click.ClickException as error:
            sys.exit(show(error))
        except Exception as error:
            # Before a subcommand runs little can go wrong: the help cannot be written, or there was a Ctrl-C.
            sys.exit(show(describe(error, verbose=False)))
        sys.exit(result if isinstance(result, int) else 0)


def _set_verbose(context: click.Context, parameter: click.Parameter, value: bool) -> bool:
    del parameter
    if value:
        context.meta[_VERBOSE] = True
    return value


def _verbose_option() -> click.Option:
    return click.Option(
        ["--verbose"],
        is_flag=True,
        expose_value=False,
        callback=_set_verbose,
        help="On failure, show everything that is known about it.",
    )


def _add_verbose(command: click.Command) -> None:
    """Give a command the option; one that it has of its own also counts for failures."""
    if isinstance(command, click.Group):
        for subcommand in command.commands.values():
            _add_verbose(subcommand)
        return
    own = next((parameter for parameter in command.params if "--verbose" in parameter.opts), None)
    if own is None:
        command.params.append(_verbose_option())
    else:
        own.callback = _set_verbose


@click.command(
    cls=Application,
    name="emblem",
    params=[_verbose_option()],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 failed, 2 used wrongly; those of 'emblem verify' are listed in its help.",
)
@click.version_option(package_name="digital-emblem", message="emblem %(version)s")
def application() -> None:
    """Issue, publish, discover and verify digital emblems: the red cross, red crescent and red crystal on a host.

    \b
    Example: see everything work on this machine, then ask about a host.
      emblem demo
      emblem verify hospital.example.org
    """
