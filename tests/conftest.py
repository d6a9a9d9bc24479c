"""What every test depends on: programs that are started here can be interrupted, however the tests were started."""

from __future__ import annotations

import signal
import threading

# A shell that starts the tests in the background has them ignore interrupts, and every program of theirs with them.
if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
