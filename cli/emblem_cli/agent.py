"""`emblem agent`: hold opened keys for a while, so that nobody types a passphrase for every command."""

from __future__ import annotations

import resource
import signal
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from emblem.codec.cose import SIGNATURE_CONTEXT
from emblem.errors import InputError
from emblem.issuance.workspace.settings import Role
from emblem.keys.agent.client import AgentConnection
from emblem.keys.agent.holder import Agent
from emblem.model.time import date_text
from emblem_cli.parameters import DURATION, FILE
from emblem_cli.passphrases import Passphrases, agent_socket, passphrase_option
from emblem_cli.signing_keys import choose_key
from emblem_cli.workspaces import find_workspace, workspace_option

_LONGEST = timedelta(days=1)
_NOT_DUMPABLE = 4
"""PR_SET_DUMPABLE of prctl(2)."""


@click.command("agent")
@click.argument("keys", metavar="[KEY...]", nargs=-1)
@click.option("--lifetime", metavar="LENGTH", type=DURATION, default="1h", show_default=True,
              help="When it ends by itself; a day at the most.")  # fmt: skip
@click.option("--socket", "path", metavar="FILE", type=FILE, help="Where it listens. Default: the environment variable "
              "EMBLEM_AGENT, or a folder of this user for such things.")  # fmt: skip
@click.option("--list", "listing", is_flag=True, help="Say what the running agent holds, and until when.")
@click.option("--stop", "stopping", is_flag=True, help="End the running agent.")
@workspace_option
@passphrase_option
def command(
    keys: tuple[str, ...],
    lifetime: timedelta,
    path: Path | None,
    listing: bool,
    stopping: bool,
    directory: Path | None,
    descriptor: int | None,
) -> None:
    """Open each KEY (a name in emblem.toml, a file, a pkcs11: URI) and sign with it for other commands, for a while.

    It stays in the foreground and ends with Ctrl-C, with --stop, or when its time is over. Other commands of the same
    user find it, and ask for no passphrase of a key that it holds. It never gives a key out, and signs nothing but
    tokens, requests, answers and withdrawal lists. Without KEY: the workspace's signing key.

    \b
    Example: in one terminal the first, in another the second.
      emblem agent signing --lifetime 8h
      emblem issue --all
    """
    where = path or agent_socket()
    if listing or stopping:
        _speak(where, stopping=stopping)
        return
    if lifetime > _LONGEST:
        raise InputError("--lifetime", f"{lifetime.days} days", "a day at the most")
    workspace = find_workspace(directory)
    at = datetime.now(UTC)
    passphrases = Passphrases(descriptor, agent=False)
    _keep_to_itself()
    signers = [choose_key(key, workspace, Role.SIGNING, at).open(passphrases) for key in keys or (None,)]
    until = time.time() + lifetime.total_seconds()
    agent = Agent(signers, until, SIGNATURE_CONTEXT)
    signal.signal(signal.SIGTERM, lambda *_: agent.stop())
    with suppress(KeyboardInterrupt):
        agent.serve(where, ready=lambda: _announce(where, len(signers), until))
    click.echo("the agent has ended", err=True)


def _announce(where: Path, number: int, until: float) -> None:
    click.echo(f"holding {number} {'key' if number == 1 else 'keys'} until {date_text(until)}, at {where}")
    sys.stdout.flush()


def _speak(where: Path, *, stopping: bool) -> None:
    connection = AgentConnection(where)
    if stopping:
        connection.stop()
        return
    held = connection.held()
    for key in held.keys:
        click.echo(f"{key.cose_thumbprint} ({key.writing_algorithm.name})")
    click.echo(f"until {date_text(held.until)}")


def _keep_to_itself() -> None:
    """See to it that the memory of this process is written into no file and read by no other of this user's."""
    import ctypes

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_NOT_DUMPABLE, 0, 0, 0, 0)
