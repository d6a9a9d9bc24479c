"""Answer over loopback as a vector of discovery says: ``python -m test_vectors.serve ID [--port PORT]`` (see README.md).

For a verifier that has a command line and no adapter. UDP and TCP; where a vector says that no response comes, none
does. IPv4 on 127.0.0.1 only.
"""

from __future__ import annotations

import argparse
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from test_vectors.replay import Replay
from test_vectors.vectors import DISCOVERY, cases

HOST = "127.0.0.1"
_LARGEST = 65535
_LENGTH = 2
"""Octets before a message over TCP."""


@contextmanager
def serving(vector: dict[str, Any], port: int = 0) -> Iterator[int]:
    """Serve one vector on a port (0: any that is free), which is handed out."""
    resolver = Replay(vector["dns"])
    with socket.create_server((HOST, port)) as stream, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        chosen: int = stream.getsockname()[1]
        datagram.bind((HOST, chosen))
        threads = [
            threading.Thread(target=_answer_datagrams, args=(datagram, resolver)),
            threading.Thread(target=_answer_streams, args=(stream, resolver)),
        ]
        for thread in threads:
            thread.start()
        try:
            yield chosen
        finally:
            _end(chosen)
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
    with serving(dict(vector), options.port) as port:
        print(f"{HOST}:{port} target {vector['target']} now {vector['now']}", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


def _answer_datagrams(listening: socket.socket, resolver: Replay) -> None:
    while True:
        query, client = listening.recvfrom(_LARGEST)
        if not query:
            return
        response = resolver.respond(query)
        if isinstance(response, bytes):
            listening.sendto(response, client)


def _answer_streams(listening: socket.socket, resolver: Replay) -> None:
    while True:
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as stream:
            size = stream.read(_LENGTH)
            if not size:
                return
            response = resolver.respond(stream.read(int.from_bytes(size, "big")))
            if isinstance(response, bytes):
                connection.sendall(len(response).to_bytes(_LENGTH, "big") + response)
            elif response != "cut-short":
                # Silence: the client is the one that gives up.
                stream.read()


def _end(port: int) -> None:
    """Wake both threads with nothing, which ends them."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waking:
        waking.sendto(b"", (HOST, port))
    socket.create_connection((HOST, port)).close()


if __name__ == "__main__":
    sys.exit(main())
