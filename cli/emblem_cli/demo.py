"""`emblem demo`: play the whole story on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import shorten

import click

from emblem_cli.failures import Failure
from emblem_cli.story import Scene, tell

_WIDEST = 100
_LONGEST_REASON = 160
_NEXT = """\
With hosts of your own:
  emblem key new root
  emblem key new signing
  emblem endorse --key keys/root.pem --issuer https://ORG --subject https://ORG \\
    --endorsed-key keys/signing.pub.pem --purpose protective -o endorsements/signing.emblem
  emblem issue HOST --key keys/signing.pem --issuer https://ORG --sign red-cross
  emblem records HOST
  emblem verify HOST

An emblem is a signal; it does not itself protect. Its use without authority is unlawful."""


@click.command("demo")
def command() -> None:
    """Play the whole story on this machine, in a few seconds: mark two hosts, publish, verify.

    An authority, an organization, their keys and endorsements, a zone on a name server that listens on loopback
    only, and verifiers that ask it. Nothing leaves this machine, and nothing stays on it.

    \b
    Example:
      emblem demo
    """
    with TemporaryDirectory(prefix="emblem-demo-") as directory:
        differing = [scene for scene in _show(tell(Path(directory), datetime.now(UTC))) if not scene.is_as_told]
    if differing:
        raise Failure(
            f"verdicts that differ from the story: {len(differing)}; please report this with the output above"
        )
    click.echo(_NEXT)


def _show(story: Iterator[str | Scene]) -> Iterator[Scene]:
    for part in story:
        if isinstance(part, str):
            click.echo(_wrapped(part, "", "") + "\n")
            continue
        verdict = part.verdict
        level = f", level {verdict.level}" if verdict.level.rank else ""
        click.echo(_wrapped(part.question, "> ", "  "))
        click.echo(f"  {verdict.status.value.upper()}{level}")
        why = shorten(part.why, _LONGEST_REASON, placeholder=" …") or "not for the reason of which the story tells"
        click.echo(_wrapped(why, "  ", "  ") + "\n")
        if not part.is_as_told:
            click.echo(f"  This differs from the story: expected {part.expected.status}, {part.expected.level}.\n")
        yield part


def _wrapped(text: str, first: str, rest: str) -> str:
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    return click.wrap_text(text, width, initial_indent=first, subsequent_indent=rest)
