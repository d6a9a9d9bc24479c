"""Every failure ends with one line that says what to do, and with an exit code that is no verdict."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click
import pytest
from click.testing import CliRunner, Result
from emblem_cli.application import application

from emblem.errors import EmblemError, InputError
from tests.cli.conftest import Run, one_line

COMMANDS = application.list_commands(click.Context(application))


def failing(error: BaseException, *options: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    """What happens where a command ends with an exception."""

    @click.command("inspect")
    def command() -> NoReturn:
        raise error

    monkeypatch.setattr(importlib.import_module("emblem_cli.inspect"), "command", command)
    return CliRunner().invoke(application, [*options, "inspect"], prog_name="emblem")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InputError("key", "nothing", "a key"), 2, "emblem: key: found nothing, expected a key"),
        (EmblemError("the server went away"), 1, "emblem: the server went away"),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "tokens/a"),
            1,
            "emblem: tokens/a: No space left on device; free some space, then run this again",
        ),
        (OSError(errno.EIO, os.strerror(errno.EIO)), 1, "emblem: Input/output error"),
        (
            ModuleNotFoundError("No module named 'rich'", name="rich"),
            1,
            "emblem: rich is not installed: pip install 'digital-emblem[cli]'",
        ),
        (KeyboardInterrupt(), 1, "emblem: interrupted"),
        (EOFError(), 1, "emblem: interrupted"),
    ],
    ids=["bad input", "failure", "full disk", "other system error", "missing extra", "Ctrl-C", "Ctrl-D"],
)
def test_a_failure_is_one_line(error: BaseException, code: int, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    result = failing(error, monkeypatch=monkeypatch)

    assert (result.exit_code, one_line(result.stderr), result.stdout) == (code, line, "")


def test_a_defect_is_one_line_that_asks_for_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    result = failing(TypeError("x" + "\n" + "y"), monkeypatch=monkeypatch)

    assert result.exit_code == 1
    assert one_line(result.stderr).startswith("emblem: a defect of this program, TypeError: x y; please report it")


def test_verbose_shows_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    result = failing(TypeError("broken"), "--verbose", monkeypatch=monkeypatch)

    assert result.exit_code == 1
    assert "Traceback" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("emblem: a defect of this program")


def test_an_error_does_nothing_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    result = failing(EmblemError("evil\x1b[2J"), monkeypatch=monkeypatch)

    assert one_line(result.stderr) == "emblem: evil\\u{1b}[2J"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("verfy",), "emblem: No such command 'verfy'"),
        (("--foo",), "emblem: No such option '--foo'"),
        (("key", "list", "--foo"), "emblem key list: No such option '--foo'"),
        (("key", "show", "x", "--format", "xml"), "emblem key show: Invalid value for '--format'"),
        (("records", "www.example.org", "--format", "bind"), "emblem records: Invalid value for '--format'"),
        (("issue",), "emblem issue: Missing argument 'HOST...'"),
    ],
)
def test_wrong_use_is_one_line_that_names_the_help(run: Run, arguments: tuple[str, ...], line: str) -> None:
    result = run(*arguments)

    said = one_line(result.stderr)
    assert result.exit_code == 2
    assert said.startswith(line)
    assert said.endswith("--help'.")


@pytest.mark.parametrize("arguments", [(), ("key",)])
def test_a_group_without_a_command_shows_its_help(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert "Commands:" in result.stderr


def test_the_help_lists_every_command(run: Run) -> None:
    result = run("--help")

    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.partition("Commands:")[2].splitlines() if line[2:3].isalpha()][
        : len(COMMANDS)
    ] == COMMANDS


def commands(command: click.Command, *path: str) -> list[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with its path."""
    if not isinstance(command, click.Group):
        return [(path, command)]
    context = click.Context(command)
    return [
        found
        for name in command.list_commands(context)
        if (subcommand := command.get_command(context, name)) is not None
        for found in commands(subcommand, *path, name)
    ]


@pytest.mark.parametrize("path", [path for path, _ in commands(application)], ids=" ".join)
def test_the_help_of_every_command_has_an_example_and_verbose(run: Run, path: tuple[str, ...]) -> None:
    result = run(*path, "--help")

    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert f"  emblem {' '.join(path)}" in result.stdout.partition("Example")[2]
    assert "--verbose" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_help_loads_no_command(run: Run, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, f"emblem_cli.{name}", raising=False)

    run("--help")

    assert f"emblem_cli.{name}" not in sys.modules


def test_the_version_is_that_of_the_distribution(run: Run) -> None:
    result = run("--version")

    assert result.exit_code == 0
    assert one_line(result.stdout).startswith("emblem ")


def test_a_result_that_is_a_number_is_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def exits(context: click.Context) -> Any:
        context.exit(6)

    leaving: Callable[..., Any] = click.pass_context(exits)
    monkeypatch.setattr(importlib.import_module("emblem_cli.inspect"), "command", click.command("inspect")(leaving))

    assert CliRunner().invoke(application, ["inspect"]).exit_code == 6
