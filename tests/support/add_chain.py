"""A log over HTTP on loopback that takes chains, or answers whatever a test wants it to."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.traceability.builders import LogForTests, vector

Answer = Callable[[list[bytes]], tuple[int, bytes]]
"""From the certificates that were handed in to a status and a body."""


def promise_of(log: LogForTests) -> Answer:
    """What an honest log answers."""

    def answer(chain: list[bytes]) -> tuple[int, bytes]:
        return 200, log.answer(b"\0\0" + vector(3, chain[0]))

    return answer


@dataclass
class Taking:
    """A log that takes chains.

    Attributes:
        address: of the log, as ``--submit`` takes it.
        chains: what it was handed, in DER.
    """

    address: str
    chains: list[list[bytes]] = field(default_factory=list)


@contextmanager
def taking_chains(answer: Answer) -> Iterator[Taking]:
    """Serve until the context is left."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/2026/ct/v1/add-chain"
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            taking.chains.append([b64decode(one) for one in body["chain"]])
            status, said = answer(taking.chains[-1])
            self.send_response(status)
            self.end_headers()
            # Whoever asked may have heard enough.
            with suppress(ConnectionError):
                self.wfile.write(said)

        def log_message(self, *arguments: object) -> None:
            del arguments

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        taking = Taking(f"http://127.0.0.1:{server.server_port}/2026/")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield taking
        finally:
            server.shutdown()
            thread.join()
