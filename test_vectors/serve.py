"""Answer over loopback as a vector of discovery says: ``python -m test_vectors.serve ID [--port PORT]``.

For a verifier that has a command line and no adapter (see README.md). UDP and TCP on 127.0.0.1; where a vector says
that no response comes, none does.
"""

from __future__ import annotations

import argparse
import socket
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from test_vectors.replay import Replay
from test_vectors.vectors import DISCOVERY, cases

HOST = "127.0.0.1"
_LARGEST = 65535
_TRIES = 20
_LENGTH = 2
"""Octets before a message over TCP."""


@contextmanager
def serving(vector: Mapping[str, Any], port: int = 0) -> Iterator[int]:
    """Serve one vector on a port (0: any that is free), which is handed out."""
    with _Server(vector, port) as server:
        threads = [threading.Thread(target=run) for run in (server.answer_datagrams, server.answer_streams)]
        for thread in threads:
            thread.start()
        try:
            yield server.port
        finally:
            server.end()
            for thread in threads:
                thread.join()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; 1 where there is no such vector."""
    parser = argparse.ArgumentParser(prog="python -m test_vectors.serve", description=__doc__)
    parser.add_argument("id", help="the vector's identifier (discovery-...)")
    parser.add_argument("--port", type=int, default=0, help="of 127.0.0.1; any that is free, where left out")
    options = parser.parse_args(arguments)
    found = (case.vector for case in cases() if case.vector["format"] == DISCOVERY)
    vector = next((one for one in found if one["id"] == options.id), None)
    if vector is None:
        print(f"there is no vector {options.id} of discovery", file=sys.stderr)
        return 1
    with suppress(KeyboardInterrupt), serving(vector, options.port) as port:
        print(f"{HOST}:{port} target {vector['target']} now {vector['now']}", flush=True)
        threading.Event().wait()
    return 0


def _bound(port: int) -> tuple[socket.socket, socket.socket]:
    """A socket for connections and one for datagrams on one port; where any will do, one that both have free.

    Raises:
        OSError: the port is in use.
    """
    for tries_left in reversed(range(1 if port else _TRIES)):
        stream = socket.create_server((HOST, port))
        datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            datagram.bind(stream.getsockname())
        except OSError:
            stream.close()
            datagram.close()
            if not tries_left:
                raise
        else:
            return stream, datagram
    raise AssertionError("every try ends in one of the two")


class _Server:
    """Two sockets of one port, and what they answer."""

    def __init__(self, vector: Mapping[str, Any], port: int) -> None:
        self._resolver = Replay(vector["dns"])
        self._ended = threading.Event()
        self._stream, self._datagram = _bound(port)
        self.port: int = self._stream.getsockname()[1]

    def __enter__(self) -> _Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._datagram.close()

    def answer_datagrams(self) -> None:
        """Answer over UDP until the end."""
        while True:
            query, client = self._datagram.recvfrom(_LARGEST)
            if self._ended.is_set():
                return
            response = self._resolver.respond(query)
            if isinstance(response, bytes):
                self._datagram.sendto(response, client)

    def answer_streams(self) -> None:
        """Answer over TCP until the end, one connection after another."""
        while True:
            connection, _ = self._stream.accept()
            with connection, suppress(OSError):
                if self._ended.is_set():
                    return
                self._answer_stream(connection)

    def end(self) -> None:
        """End both, by waking them."""
        self._ended.set()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waking:
            waking.sendto(b"", (HOST, self.port))
        socket.create_connection((HOST, self.port)).close()

    def _answer_stream(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            while size := stream.read(_LENGTH):
                response = self._resolver.respond(stream.read(int.from_bytes(size, "big")))
                if response == "cut-short":
                    return
                if isinstance(response, bytes):
                    connection.sendall(len(response).to_bytes(_LENGTH, "big") + response)


if __name__ == "__main__":
    sys.exit(main())
