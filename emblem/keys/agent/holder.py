"""The agent itself: opened signers, a socket, and an end."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from emblem.errors import EmblemError
from emblem.keys.agent.messages import AgentError, check_folder, peer_user, receive, send
from emblem.keys.signing import Signer

MOST_CONNECTIONS = 16
"""Connections at a time; further ones wait."""

SILENCE_SECONDS = 30.0
"""How long a connection may say nothing, or take nothing, before it is ended."""

_POLL_SECONDS = 0.1


class Agent:
    """Holds signers, and signs for whoever is the same user, until its time is over or it is told to stop.

    Args:
        signers: by key identifier.
        until: when its time is over, by the clock.
        prefix: what every message must begin with: others are not signed. It keeps the keys to what they are for.
        clock: seconds since 1970.
    """

    def __init__(
        self, signers: Sequence[Signer], until: float, prefix: bytes, clock: Callable[[], float] = time.time
    ) -> None:
        self._signers: dict[str, Signer] = {signer.public_key.cose_thumbprint: signer for signer in signers}
        self._until = until
        self._prefix = prefix
        self._clock = clock
        self._stopped = threading.Event()
        self._turn = threading.Lock()
        self._room = threading.BoundedSemaphore(MOST_CONNECTIONS)

    def stop(self) -> None:
        """End it: it lets go of the keys and serves nobody any more."""
        self._stopped.set()
        self._signers.clear()

    def serve(self, path: Path, *, ready: Callable[[], None] = lambda: None) -> None:
        """Listen on a socket until the end; then the socket is gone.

        Args:
            path: of the socket, in a folder of this user alone, which is made where it is missing.
            ready: called once when others can connect.

        Raises:
            AgentError: an agent is there already, or the folder is not this user's alone.
            OSError: the socket cannot be made.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_folder(path.parent)
        _remove_stale(path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            before = os.umask(0o177)
            try:
                listener.bind(str(path))
            finally:
                os.umask(before)
            try:
                listener.listen(MOST_CONNECTIONS)
                listener.settimeout(_POLL_SECONDS)
                ready()
                while not self._is_over():
                    with suppress(TimeoutError):
                        self._take(listener.accept()[0])
            finally:
                self.stop()
                path.unlink(missing_ok=True)

    def answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What is answered to a message; never anything of a private key."""
        if self._is_over():
            return {"error": "its time is over"}
        match asked:
            case {"ask": "list", **rest} if not rest:
                return {"keys": [_described(signer) for signer in self._signers.values()], "until": self._until}
            case {"ask": "sign", "key": str(identifier), "message": str(text), **rest} if not rest:
                return self._sign(identifier, text)
            case {"ask": "stop", **rest} if not rest:
                self.stop()
                return {}
        return {"error": "something else was asked than to list, to sign or to stop"}

    def _sign(self, identifier: str, text: str) -> dict[str, Any]:
        signer = self._signers.get(identifier)
        if signer is None:
            return {"error": f"it does not hold the key {identifier[:60]}"}
        try:
            message = bytes.fromhex(text)
        except ValueError:
            return {"error": "a message that is not in hexadecimal"}
        if not message.startswith(self._prefix):
            return {"error": "a message of another kind than it signs"}
        try:
            # A hardware token does one thing at a time.
            with self._turn:
                return {"signature": signer.sign(message).hex()}
        except EmblemError as error:
            return {"error": str(error)}

    def _is_over(self) -> bool:
        return self._stopped.is_set() or self._clock() >= self._until

    def _take(self, connection: socket.socket) -> None:
        if peer_user(connection) != os.geteuid():
            connection.close()
            return
        self._room.acquire()
        threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.settimeout(SILENCE_SECONDS)
                while (asked := receive(connection)) is not None:
                    send(connection, self.answer(asked))
        except (AgentError, OSError):
            # Whoever speaks nonsense, or not at all, is not answered.
            pass
        finally:
            self._room.release()


def _described(signer: Signer) -> dict[str, Any]:
    public = signer.public_key
    return {"pem": public.to_pem(), "algorithm": public.writing_algorithm.cose}


def _remove_stale(path: Path) -> None:
    """Remove the socket of an agent that is no more.

    Raises:
        AgentError: there is one.
    """
    if not os.path.lexists(path):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError as error:
            raise AgentError(f"{path}: something that is no socket of an agent: remove it, or name another") from error
    raise AgentError(f"{path}: an agent is there already; 'emblem agent --stop' ends it")
