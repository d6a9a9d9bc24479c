"""Using an agent: what it holds, and signing through it."""

from __future__ import annotations

import os
import socket
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emblem.errors import InputError
from emblem.keys.agent.messages import AgentError, check_folder, peer_user, receive, send
from emblem.keys.algorithms import find_algorithm
from emblem.keys.pem import read_public_keys
from emblem.keys.public import PublicKey

ANSWER_SECONDS = 120.0
"""How long an agent may take: a hardware token may want to be touched."""


@dataclass(frozen=True, slots=True)
class Held:
    """What an agent holds: the public halves of its keys, and until when, in seconds since 1970."""

    keys: tuple[PublicKey, ...]
    until: float

    def key(self, identifier: str) -> PublicKey | None:
        """The key with an identifier, or None."""
        return next((key for key in self.keys if key.cose_thumbprint == identifier), None)


class AgentConnection:
    """A connection to an agent of the same user; it ends with this object.

    Raises:
        AgentError: nobody listens there, or it is another user.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._end = weakref.finalize(self, self._socket.close)
        try:
            check_folder(path.parent)
            self._socket.settimeout(ANSWER_SECONDS)
            self._socket.connect(str(path))
            if peer_user(self._socket) != os.geteuid():
                raise AgentError(f"{path}: an agent of another user")
        except OSError as error:
            self._end()
            raise AgentError(f"{path}: no agent: {error.strerror or error}") from error
        except AgentError:
            self._end()
            raise

    def held(self) -> Held:
        """What it holds.

        Raises:
            AgentError: it does not answer as an agent does.
        """
        answer = self._ask({"ask": "list"})
        keys, until = answer.get("keys"), answer.get("until")
        if not isinstance(keys, list) or not isinstance(until, int | float):
            raise AgentError("the agent says something else than what it holds")
        return Held(tuple(map(_read_key, keys)), float(until))

    def stop(self) -> None:
        """End the agent; errors as in :meth:`held`."""
        self._ask({"ask": "stop"})

    def sign(self, key: PublicKey, message: bytes) -> bytes:
        """Have it sign with a key.

        Raises:
            AgentError: it does not, or the signature does not hold.
        """
        answer = self._ask({"ask": "sign", "key": key.cose_thumbprint, "message": message.hex()})
        try:
            signature = bytes.fromhex(answer["signature"])
        except (KeyError, TypeError, ValueError) as error:
            raise AgentError("the agent says something else than a signature") from error
        if not key.verify(signature, message):
            raise AgentError("the agent gave a signature that does not hold")
        return signature

    def close(self) -> None:
        """End the connection; the agent goes on."""
        self._end()

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            send(self._socket, question)
            answer = receive(self._socket)
        except OSError as error:
            raise AgentError(f"the agent does not answer: {error.strerror or error}") from error
        if answer is None:
            raise AgentError("the agent has ended: start it again, or give the passphrase")
        if "error" in answer:
            raise AgentError(f"the agent refuses: {answer['error']}")
        return answer


class AgentSigner:
    """A key that an agent holds."""

    __slots__ = ("_connection", "_public")

    def __init__(self, connection: AgentConnection, public: PublicKey) -> None:
        self._connection = connection
        self._public = public

    @property
    def public_key(self) -> PublicKey:
        """The public half, with the algorithm that the agent's signer writes."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Sign in the form of COSE and JOSE.

        Raises:
            AgentError: the agent does not, any more.
        """
        return self._connection.sign(self._public, message)


def _read_key(described: object) -> PublicKey:
    match described:
        case {"pem": str(pem), "algorithm": int(number)}:
            try:
                (key,) = read_public_keys("agent", pem.encode())
                algorithm = find_algorithm(number)
            except (InputError, ValueError) as error:
                raise AgentError("the agent names a key that cannot be read") from error
            if algorithm is not None and algorithm.kind is key.kind:
                return PublicKey(key.kind, key.x, key.y, algorithm, key.loaded)
    raise AgentError("the agent names something that is no key")
