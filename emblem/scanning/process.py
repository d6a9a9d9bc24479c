"""A process of a scan, seen from the one that started it."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import IO

from emblem.scanning.finding import Task
from emblem.scanning.frames import Results, Tasks, Unframer, frame
from emblem.scanning.settings import ScanSettings

STALLED = 60.0
"""Seconds without a sign of life after which a process is taken for dead."""

STARTING = 120.0
"""Seconds that it may take to the first one."""

_CHUNK = 1 << 20
_PATIENCE = 5.0
_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from emblem.scanning.worker import main; main()"


class ProcessEndedError(Exception):
    """A process has ended before it was to. For this room only: its tasks are given to another."""


class Process:
    """A process that asks. It ends when its input is closed, be it because this process is gone.

    Not made by :mod:`multiprocessing`: that would run the caller's main module again, and keep helpers of its own.

    Args:
        settings: of the scan.
        share: how many processes share the rates.
    """

    def __init__(self, settings: ScanSettings, share: int) -> None:
        self.tasks: dict[int, Task] = {}
        """The tasks that it has, by their numbers."""
        self._unframer = Unframer()
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            process_group=0,  # An interrupt from the terminal is for the program, which then closes the scan.
        )
        os.set_blocking(_given(self._popen.stdin).fileno(), False)
        self._patience = STARTING
        self._heard = time.monotonic()
        self._send(frame((settings, share)))

    @property
    def descriptor(self) -> int:
        """Where there is something to read when it has told something."""
        return _given(self._popen.stdout).fileno()

    @property
    def stalled(self) -> bool:
        """Whether it has given no sign of life for too long."""
        return time.monotonic() - self._heard > self._patience

    def give(self, tasks: Sequence[Task]) -> None:
        """Give it further tasks.

        Raises:
            ProcessEndedError: it has ended; the tasks count as its own all the same.
        """
        for task in tasks:
            self.tasks[task.number] = task
        targets = [task.target for task in tasks]
        texts = [target.text for target in targets]
        names = [target.text if target.address is None else target.name for target in targets]
        self._send(frame(Tasks([task.number for task in tasks], texts, names)))

    def read(self) -> list[Results]:
        """What it has told since, when there is something to read.

        Raises:
            ProcessEndedError: it has ended.
        """
        self._heard = time.monotonic()
        data = os.read(self.descriptor, _CHUNK)
        if not data:
            raise ProcessEndedError
        self._patience = STALLED
        return self._unframer.feed(data)

    def end(self, *, at_once: bool = False) -> None:
        """End it, and wait until it has ended."""
        if at_once:
            self._popen.kill()
        for pipe in (self._popen.stdin, self._popen.stdout):
            _given(pipe).close()
        try:
            self._popen.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        descriptor = _given(self._popen.stdin).fileno()
        try:
            while view:
                try:
                    view = view[os.write(descriptor, view) :]
                except BlockingIOError:
                    self._wait_for_room(descriptor)
        except OSError as error:
            raise ProcessEndedError from error

    def _wait_for_room(self, descriptor: int) -> None:
        """Wait until it has taken something of what it was sent: it takes everything at once, unless it hangs."""
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT)
        if not poll.poll(1000 * self._patience):
            raise ProcessEndedError


def _given(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
