"""Asking the DNS: questions and answers as plain values, and resolvers that turn the one into the other.

Knows nothing of emblems. Importing this package imports neither dnspython nor asyncio: the asynchronous
resolver is in :mod:`emblem.dns.async_stub`, and is loaded when it is first named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emblem.dns.exchange import Exchange, Machine, Step, Transmit, Wait
from emblem.dns.interpretation import MOST_ALIASES, interpret
from emblem.dns.lookup import Lookup, RetryPolicy
from emblem.dns.message import (
    Answer,
    FailedTry,
    Failure,
    Outcome,
    Question,
    RecordType,
    ResourceRecord,
    ResponseCode,
    Transport,
)
from emblem.dns.names import encode_name
from emblem.dns.query import encode_query
from emblem.dns.servers import ServerAddress, system_resolvers
from emblem.dns.stub import StubResolver

if TYPE_CHECKING:
    from emblem.dns.async_stub import AsyncStubResolver

__all__ = [
    "MOST_ALIASES",
    "Answer",
    "AsyncStubResolver",
    "Exchange",
    "FailedTry",
    "Failure",
    "Lookup",
    "Machine",
    "Outcome",
    "Question",
    "RecordType",
    "ResourceRecord",
    "ResponseCode",
    "RetryPolicy",
    "ServerAddress",
    "Step",
    "StubResolver",
    "Transmit",
    "Transport",
    "Wait",
    "encode_name",
    "encode_query",
    "interpret",
    "system_resolvers",
]


def __getattr__(name: str) -> type[AsyncStubResolver]:
    if name == "AsyncStubResolver":
        from emblem.dns.async_stub import AsyncStubResolver

        return AsyncStubResolver
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
