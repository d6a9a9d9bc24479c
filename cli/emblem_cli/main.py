"""Where the command `emblem` starts and ends, whatever happens in between."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

_FAILED = 1


def main() -> int:
    """Run the command line of this process.

    Returns:
        The exit code. 1 is a failure or an interrupt, never a verdict.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A character that the terminal's encoding lacks is shown escaped: it is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    status = _run()
    # What is still buffered would otherwise be written by the interpreter, which answers a failure with a traceback.
    written = [_finish(stream, told=status == _FAILED) for stream in (sys.stdout, sys.stderr)]
    return status if all(written) else _FAILED


def _run() -> int:
    try:
        from emblem_cli.application import application

        application.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else _FAILED
    except KeyboardInterrupt:
        return _complain("interrupted")
    except OSError:
        # Not even the error could be written: there is nobody to tell.
        return _FAILED
    except ModuleNotFoundError as error:
        return _complain(f"{error.name} is not installed: pip install 'digital-emblem[cli]'")
    return 0


def _complain(text: str) -> int:
    print(f"emblem: {text}", file=sys.stderr)
    return _FAILED


def _finish(stream: object, *, told: bool) -> bool:
    """Write what a standard stream still holds; where nobody can take it, let it go, and say so unless it was told."""
    if not isinstance(stream, TextIOWrapper):
        return True
    try:
        stream.flush()
    except OSError as error:
        if stream is sys.stdout and not told and not isinstance(error, BrokenPipeError):
            _complain(f"standard output: {error.strerror}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return False
    return True
