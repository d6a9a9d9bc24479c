"""Asking the DNS: questions and answers as plain values, and resolvers that turn the one into the other.

Knows nothing of emblems. Importing this package imports neither dnspython nor asyncio: the asynchronous
resolver is in :mod:`emblem.dns.async_stub`, and is loaded when it is first named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emblem.dns.agreement import agree
from emblem.dns.encrypted import (
    AnyServer,
    EncryptedServer,
    HttpsName,
    HttpsServer,
    Method,
    Server,
    TlsServer,
    parse_resolver,
)
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
from emblem.dns.stub import Session, StubResolver
from emblem.dns.transport_policy import ANY_TRANSPORT, COVERT_TRANSPORT, TransportPolicy

if TYPE_CHECKING:
    from emblem.dns.async_stub import AsyncStubResolver

__all__ = [
    "ANY_TRANSPORT",
    "COVERT_TRANSPORT",
    "MOST_ALIASES",
    "Answer",
    "AnyServer",
    "AsyncStubResolver",
    "EncryptedServer",
    "Exchange",
    "FailedTry",
    "Failure",
    "HttpsName",
    "HttpsServer",
    "Lookup",
    "Machine",
    "Method",
    "Outcome",
    "Question",
    "RecordType",
    "ResourceRecord",
    "ResponseCode",
    "RetryPolicy",
    "Server",
    "ServerAddress",
    "Session",
    "Step",
    "StubResolver",
    "TlsServer",
    "Transmit",
    "Transport",
    "TransportPolicy",
    "Wait",
    "agree",
    "encode_name",
    "encode_query",
    "interpret",
    "parse_resolver",
    "system_resolvers",
]


def __getattr__(name: str) -> type[AsyncStubResolver]:
    if name == "AsyncStubResolver":
        from emblem.dns.async_stub import AsyncStubResolver

        return AsyncStubResolver
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
