"""A scanner of open ports that asks first: what is marked, or may be, is left alone.

    python careful_scanner.py --port 443 --trust authorities.toml < addresses.txt

Addresses come from standard input, one a line; those where the port is open are printed. Verdicts and connections
overlap: a host is connected to as soon as it is known that it is unmarked, while others are still asked about.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator

import emblem

PATIENCE = 3.0
"""Seconds for a connection."""


async def is_open(host: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def scan(hosts: Iterator[str], port: int, trust: emblem.Trust, resolvers: list[str]) -> None:
    """Ask about every host, and connect to those that are certainly unmarked."""

    async def connect(host: str) -> None:
        if await is_open(host, port):
            print(f"{host} is open", flush=True)

    async with emblem.AsyncVerifier(trust, resolvers=resolvers) as verifier, asyncio.TaskGroup() as connections:
        async for verdict in verifier.verify_many(hosts):
            if verdict.status is emblem.Status.UNMARKED:
                connections.create_task(connect(verdict.target.text))
            else:
                # protected and claimed are marked; rejected and undetermined may be: only unmarked is a "no".
                print(f"{verdict.target} is left alone: {verdict.status}", flush=True)


def main() -> None:
    """Run the scanner."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=443)
    parser.add_argument("--trust", help="a trust store, or a public key")
    parser.add_argument("--resolver", action="append", default=[])
    chosen = parser.parse_args()
    trust = emblem.TrustStore.load(chosen.trust) if chosen.trust else emblem.Trust()
    hosts = (line.strip() for line in sys.stdin if line.strip())
    asyncio.run(scan(hosts, chosen.port, trust, chosen.resolver))


if __name__ == "__main__":
    main()
