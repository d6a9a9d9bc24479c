"""A resolver that knows what a vector of discovery says, and nothing else. No sockets; see ``serve.py`` for those."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Any

_HEADER = struct.Struct("!6H")
_REFUSED = 0x8185
"""The flags of a response with recursion desired and available, and the code REFUSED."""


class Replay:
    """Answers queries as a vector says.

    The responses to a question come one after another, the last one again and again. The identifier of a message is
    added to that of the query: it is 0 but in vectors about wrong ones. What is not listed is refused.

    Args:
        dns: the member of that name of a vector.
    """

    def __init__(self, dns: Iterable[Mapping[str, Any]]) -> None:
        self._waiting = {
            (entry["question"]["name"], entry["question"]["type"]): list(entry["responses"]) for entry in dns
        }

    def respond(self, query: bytes) -> bytes | str:
        """What comes back to a query: a message, or how none comes (``timeout``, ``unreachable``, ``cut-short``).

        The query may be of any length and have anything after its question.
        """
        identifier = int.from_bytes(query[:2], "big")
        question, end = _read_question(query)
        waiting = self._waiting.get(question)
        if waiting is None:
            return _HEADER.pack(identifier, _REFUSED, 1, 0, 0, 0) + query[_HEADER.size : end]
        response = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if not isinstance(response, str):
            return str(response["failure"])
        message = bytes.fromhex(response)
        added = int.from_bytes(message[:2], "big")
        return ((identifier + added) % 65536).to_bytes(2, "big") + message[2:]


def _read_question(query: bytes) -> tuple[tuple[str, int], int]:
    """The name (lower case, without a trailing dot) and type of a query, and where its question ends."""
    labels = []
    position = _HEADER.size
    while length := query[position]:
        labels.append(query[position + 1 : position + 1 + length].decode("latin-1").lower())
        position += 1 + length
    return (".".join(labels) or ".", int.from_bytes(query[position + 1 : position + 3], "big")), position + 5
