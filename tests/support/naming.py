"""Zones with emblems in them, the embedded name server that serves them, and both verifiers that ask it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from emblem.codec.carriage import IHLE_TYPE, write_text
from emblem.codec.record_text import quote_strings, write_generic
from emblem.dns import AnyServer
from emblem.model.verdict import Verdict
from emblem.server import Faults, NameServer, Zone
from emblem.verifier.drivers import AsyncVerifier, Verifier
from tests.support.arrangement import AT, AnyRecord

ORIGIN = "$ORIGIN example.\n$TTL 60\n@ SOA ns hostmaster 1 60 60 60 60\n@ NS ns\nns A 127.0.0.1\n"

Verify = Callable[..., Verdict]


def ihle_lines(owner: str, records: Iterable[AnyRecord], number: int = IHLE_TYPE) -> list[str]:
    """Lines of a zone file with ``IHLE`` records."""
    return [f"{owner}. TYPE{number} {write_generic(record)}" for record in records if isinstance(record, bytes)]


def txt_lines(owner: str, records: Iterable[AnyRecord]) -> list[str]:
    """Lines of a zone file with TXT records."""
    values = (write_text(record) if isinstance(record, bytes) else record for record in records)
    return [f"{owner}. TXT {quote_strings(value.encode())}" for value in values]


def zone(*lines: str) -> Zone:
    """The zone ``example`` with these lines."""
    return Zone.parse(ORIGIN + "\n".join(lines) + "\n", "example")


def serving(*lines: str, reverse: Iterable[str] = (), faults: Faults | Sequence[Faults] = ()) -> NameServer:
    """A server of the zone ``example`` with these lines, and of reverse names."""
    below_arpa = "$ORIGIN arpa.\n$TTL 60\n" + "\n".join(reverse) + "\n"
    return NameServer((zone(*lines), Zone.parse(below_arpa, "arpa")), faults=faults)


def verify_waiting(
    target: str, *servers: AnyServer, now: datetime = AT, at: datetime | None = None, **more: Any
) -> Verdict:
    """The verdict of the verifier that waits."""
    return Verifier(resolvers=servers, clock=lambda: now, **more).verify(target, at=at)


def verify_concurrently(
    target: str, *servers: AnyServer, now: datetime = AT, at: datetime | None = None, **more: Any
) -> Verdict:
    """The verdict of the verifier that lets others run meanwhile."""

    async def verify() -> Verdict:
        async with AsyncVerifier(resolvers=servers, clock=lambda: now, **more) as verifier:
            return await verifier.verify(target, at=at)

    return asyncio.run(verify())
