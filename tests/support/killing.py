"""A command that is killed (SIGKILL) at a chosen moment: just before its n-th system call that changes a file."""

from __future__ import annotations

import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any

from emblem_cli.application import application

_CHANGING = ("link", "replace", "rename", "fsync", "unlink", "fchmod", "ftruncate", "mkdir")


def killed_after(calls: int, *arguments: str) -> bool:
    """Run ``emblem`` in a process of its own, without input or terminal; whether it was killed before it ended.

    The process is a copy of this one, which starts in no time: a command can be killed at each of its moments.
    """
    with warnings.catch_warnings():
        # Newer Pythons warn of copies of processes with threads: this copy uses none of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _run(calls, arguments)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def _run(calls: int, arguments: tuple[str, ...]) -> None:
    code = 70
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
        left = [calls]
        for name in _CHANGING:
            setattr(os, name, _counting(getattr(os, name), left))
        try:
            application.main(list(arguments), prog_name="emblem")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 70
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _counting(function: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    def counted(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*given, **named)

    return counted
