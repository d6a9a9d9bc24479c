"""What an encrypted connection brings: messages, or the news that none will come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from emblem.dns.message import Failure


@dataclass(frozen=True, slots=True)
class Loss:
    """There will be no response.

    Args:
        failure: why.
        detail: one line for people.
    """

    failure: Failure
    detail: str


Content: TypeAlias = bytes | Loss
"""A DNS message that may be the response, or the reason why there will be none."""

Delivery: TypeAlias = tuple[int, Content]
"""Something for the question with this ticket."""


class ConnectionLostError(Exception):
    """Nothing further can come over a connection. For this room only: it becomes a loss of every question."""

    def __init__(self, failure: Failure, detail: str) -> None:
        self.loss = Loss(failure, detail)
        super().__init__(failure, detail)


class Framing(Protocol):
    """How messages are put on a connection, and how responses come back to their questions. No I/O."""

    @property
    def finished(self) -> bool:
        """Whether the server takes no further question on this connection."""

    @property
    def waiting(self) -> tuple[int, ...]:
        """The tickets of the questions that still wait for something."""

    def ask(self, message: bytes) -> int:
        """Takes a query; returns the ticket under which its response will come."""

    def withdraw(self, ticket: int) -> None:
        """Nobody waits any longer."""

    def receive(self, data: bytes) -> list[Delivery]:
        """Takes the next octets of the server.

        Raises:
            ConnectionLostError: they are not what they must be.
        """

    def data_to_send(self) -> bytes:
        """The octets that are to go out now; each is returned once."""

    def close(self) -> None:
        """Says goodbye, where the protocol has a word for it."""
