"""Ctrl-C, and the request to end, at moments at which nothing is half done."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Hold:
    """A block that an interrupt does not cut in two: it is raised when the block has ended."""

    def __init__(self) -> None:
        self.on = False
        self.pending = False

    def __enter__(self) -> None:
        self.on = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.on = False
        if self.pending:
            self.pending = False
            raise KeyboardInterrupt


class Interrupts:
    """While its block runs, an interrupt is raised as ``KeyboardInterrupt``, but never within ``with held``.

    Where whoever started this program has it ignore interrupts, it does.
    """

    def __init__(self) -> None:
        self.held = _Hold()
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self.held.on:
            self.held.pending = True
        else:
            raise KeyboardInterrupt
