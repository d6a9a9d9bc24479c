"""`emblem trace`: the whole chain behind a verdict, from the host up to those who answer for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from emblem_cli.judging import JudgingCommand, JudgingOptions, judge, judging_options

if TYPE_CHECKING:
    from emblem.model.target import Target
    from emblem.report.trace_node import TraceNode

FORMATS = ("text", "json", "dot", "svg")


@click.command("trace", cls=JudgingCommand)
@judging_options
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="text: a tree; json: the same for programs; dot: for Graphviz; svg: a picture.",
)
@click.pass_context
def command(context: click.Context, /, targets: tuple[Target, ...], form: str, **options: Any) -> None:
    """Explain a verdict: every link from the host up to those who answer for it, and what was checked of each.

    In the tree, ✓ was checked and found good, ✗ was found bad, ? is not known, · is for
    your information.

    \b
    Examples:
      emblem trace hospital.example.org --trust authority.pem --trust-as https://authority.example
      emblem trace hospital.example.org --format svg > hospital.svg

    The exit code is 0 whatever the verdict: use 'emblem verify' to act on it.
    """
    from emblem.report.trace import build_trace

    if form in ("dot", "svg") and len(targets) > 1:
        raise click.UsageError(f"--format {form} draws one picture: give one target.")
    render = _renderer(form)
    for verdict in judge(context, targets, JudgingOptions(**options)):
        click.echo(render(build_trace(verdict)))


def _renderer(form: str) -> Callable[[TraceNode], str]:
    if form in ("dot", "svg"):
        from emblem.report.trace_picture import trace_dot, trace_svg

        return trace_dot if form == "dot" else trace_svg
    from emblem.report.trace_text import trace_json, trace_text

    return trace_json if form == "json" else trace_text
