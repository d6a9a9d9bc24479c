"""Logs and revocation lists over a real socket on loopback, and the ways of a server that misbehaves."""

from __future__ import annotations

import json
import threading
import time
from base64 import b64decode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from test_vectors.generator.commitments.log import NOT_FOUND, Reply, TransparencyLog

PATIENCE = 10.0
"""Seconds after which a connection on which nothing comes is closed."""

Misbehave = Callable[[BaseHTTPRequestHandler], None]
"""Does whatever it wants on a connection, in the place of an answer."""


class LogServer:
    """Serves logs below their labels, and files, while its ``with`` block runs; logs take chains, too.

    Args:
        logs: each gets the address under which it is served.

    ``files`` are further paths and what is there, ``instead`` what is done in the place of an answer, by a part of the
    path; ``asked`` are the paths that were asked for.
    """

    def __init__(self, *logs: TransparencyLog) -> None:
        server = self
        self.files: dict[str, bytes] = {}
        self.instead: dict[str, Reply | Misbehave] = {}
        self.asked: list[str] = []
        self.ending = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = PATIENCE

            def do_GET(self) -> None:  # the name that the library calls
                server.asked.append(self.path)
                instead = next((one for part, one in server.instead.items() if part in self.path), None)
                if instead is None or isinstance(instead, Reply):
                    send(self, instead or server.answer(self.path))
                else:
                    instead(self)

            def do_POST(self) -> None:  # the name that the library calls
                label, _, below = self.path.lstrip("/").partition("/")
                assert below == "ct/v1/add-chain"
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                chain = [b64decode(one) for one in body["chain"]]
                send(self, Reply(200, server.logs[label].take(chain, round(time.time() * 1000))))

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self.logs = {log.label: log for log in logs}
        for log in logs:
            log.address = f"{self.address}/{log.label}"

    @property
    def address(self) -> str:
        """Where it listens, as a URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str) -> Reply:
        """What it answers where it does what it should."""
        label, _, below = path.lstrip("/").partition("/")
        if label in self.logs:
            return self.logs[label].answer(below)
        return Reply(200, self.files[path]) if path in self.files else NOT_FOUND

    def __enter__(self) -> LogServer:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ending.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def silent(self, _: BaseHTTPRequestHandler) -> None:
        """Says nothing until the server ends."""
        self.ending.wait(PATIENCE)

    def dripping(self, handler: BaseHTTPRequestHandler) -> None:
        """Sends a body byte by byte, until the server ends or the client goes."""
        handler.send_response(200)
        handler.end_headers()
        try:
            while not self.ending.wait(0.02):
                handler.wfile.write(b" ")
        except OSError:
            return
        finally:
            handler.close_connection = True


def send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    """Send a reply; the client may go away meanwhile, as it should where there is too much."""
    handler.send_response(reply.status)
    handler.send_header("Content-Length", str(len(reply.body)))
    if reply.encoding:
        handler.send_header("Content-Encoding", reply.encoding)
    if reply.location:
        handler.send_header("Location", reply.location)
    try:
        handler.end_headers()
        handler.wfile.write(reply.body)
    except OSError:
        handler.close_connection = True
