"""The simplest scanner on a general resolver: dnspython, asyncio, and the same questions. Run as a program.

Arguments: the resolver's address and port. Names come from standard input; the number of queries is printed.
"""

from __future__ import annotations

import asyncio
import sys

import dns.asyncresolver
import dns.exception
import dns.resolver

from emblem.discovery.plan import plan_questions
from emblem.model.target import Target

AT_ONCE = 200


async def main(address: str, port: int, names: list[str]) -> int:
    """Ask about every name; the number of queries."""
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [address], port
    free = asyncio.Semaphore(AT_ONCE)
    queries = 0

    async def ask(name: str) -> None:
        nonlocal queries
        async with free:
            for question in plan_questions(Target(name)).questions:
                queries += 1
                try:
                    await resolver.resolve(question.name, question.type, raise_on_no_answer=False)
                except dns.resolver.NXDOMAIN:
                    if question.name == name:
                        return

    await asyncio.gather(*map(ask, names))
    return queries


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.stdin.read().split())))
