"""What is said to an agent and by it: JSON objects, each after its length in four bytes, and none of them large.

=========  ======================================  =========================================
asked      members                                 answered
=========  ======================================  =========================================
``list``                                           ``keys``: ``pem`` and ``algorithm`` of each; ``until``
``sign``   ``key``: its identifier; ``message``    ``signature``
``stop``                                           nothing; the agent ends
=========  ======================================  =========================================

A message and a signature are in hexadecimal. What fails is answered by ``error``, a text.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import struct
from pathlib import Path
from typing import Any

from emblem.errors import EmblemError

LARGEST_FRAME = 4 * 1024 * 1024
"""Bytes of one message to or from an agent: a withdrawal list of the largest size, in hexadecimal, and some more."""

SOCKET_VARIABLE = "EMBLEM_AGENT"
"""The environment variable that names the socket, where it is not in its usual place."""

_LENGTH = struct.Struct("!I")
_CREDENTIALS = struct.Struct("3i")


class AgentError(EmblemError):
    """An agent cannot be reached, is not ours, or does not do what it is asked."""


def usual_socket() -> Path:
    """Where the socket is unless it is said otherwise: in the folder of this user for such things."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(runtime) / "emblem" if runtime else Path(f"/tmp/emblem-{os.geteuid()}")
    return folder / "agent"


def check_folder(folder: Path) -> None:
    """Refuse a folder that others can reach: they could put a socket of theirs in the place of ours.

    Raises:
        AgentError: it is not this user's alone.
        OSError: it cannot be looked at.
    """
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise AgentError(f"{folder}: a folder that others can use: make it yours alone (chmod 700), or name another")


def peer_user(connection: socket.socket) -> int:
    """The user at the other end of a Unix socket, as the system says (SO_PEERCRED)."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(credentials)
    return int(user)


def send(connection: socket.socket, message: dict[str, Any]) -> None:
    """Send a message.

    Raises:
        AgentError: it is too large.
        OSError: the other end is gone, or takes too long.
    """
    data = json.dumps(message).encode()
    if len(data) > LARGEST_FRAME:
        raise AgentError(f"a message of {len(data)} bytes to an agent: {LARGEST_FRAME} at the most")
    connection.sendall(_LENGTH.pack(len(data)) + data)


def receive(connection: socket.socket) -> dict[str, Any] | None:
    """Receive a message; None where the other end has ended the connection between two of them.

    Raises:
        AgentError: it is too large, cut off, or no JSON object.
        OSError: the other end takes too long.
    """
    head = _exactly(connection, _LENGTH.size, at_end=True)
    if not head:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > LARGEST_FRAME:
        raise AgentError(f"a message of {length} bytes: {LARGEST_FRAME} at the most")
    try:
        message = json.loads(_exactly(connection, length))
    except (ValueError, RecursionError) as error:
        raise AgentError("a message that is no JSON") from error
    if not isinstance(message, dict):
        raise AgentError("a message that is no JSON object")
    return message


def _exactly(connection: socket.socket, size: int, *, at_end: bool = False) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = connection.recv(min(size - len(data), 65536))
        if not piece:
            if at_end and not data:
                return b""
            raise AgentError("a message that is cut off")
        data += piece
    return bytes(data)
