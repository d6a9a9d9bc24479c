"""What the synchronous and the asynchronous resolver have in common."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from emblem.dns.encrypted import AnyServer, HttpsName, parse_resolver
from emblem.dns.lookup import DEFAULT_RETRY_POLICY, RetryPolicy
from emblem.dns.plan import Arrangement, Plan
from emblem.dns.servers import ServerAddress, system_resolvers
from emblem.dns.transport_policy import ANY_TRANSPORT, TransportPolicy
from emblem.errors import ResolverError

if TYPE_CHECKING:
    from emblem.dns.connection import Connector

MOST_AT_ONCE = 64
"""Look-ups that are under way at the same time."""

Stub = TypeVar("Stub", bound="BaseStub")


class BaseStub:
    """Whom to ask and how, without asking.

    Args:
        servers: recursive resolvers, or authoritative servers, each once; asked in this order, until one answers.
        agreement: instead every one is asked, and they have to agree (:func:`emblem.dns.agreement.agree`).
        transport: what they must be like.
        ca_file: root certificates in PEM that alone are trusted for encrypted servers; left out, those of the system.
        bootstrap: whom to ask for the address of a server that is known by name; left out, the system's resolvers.
        policy: how long and how often each is tried.
        dnssec: ask for signatures, and for what does not validate too: for what is to be assessed.
        clock: monotonic seconds; the deadlines passed in are of the same clock.

    Raises:
        ResolverError: there is no server, or one that may not be asked; the root certificates cannot be used.
    """

    def __init__(
        self,
        servers: Sequence[AnyServer],
        *,
        agreement: bool = False,
        transport: TransportPolicy = ANY_TRANSPORT,
        ca_file: Path | None = None,
        bootstrap: Sequence[ServerAddress] = (),
        policy: RetryPolicy = DEFAULT_RETRY_POLICY,
        dnssec: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not servers:
            raise ResolverError("resolver", "none", "at least one")
        transport.check(servers)
        self.servers = tuple(dict.fromkeys(servers))
        self.agreement = agreement
        self._clock = clock
        self._connector = _connector(self.servers, ca_file)
        if not bootstrap and any(isinstance(server, HttpsName) for server in servers):
            bootstrap = system_resolvers()
        self._arrangement = Arrangement(self.servers, agreement, tuple(bootstrap), policy, dnssec)

    @classmethod
    def configured(
        cls,
        resolvers: Iterable[str | AnyServer] = (),
        *,
        transport: TransportPolicy = ANY_TRANSPORT,
        ca_file: Path | None = None,
        policy: RetryPolicy = DEFAULT_RETRY_POLICY,
        dnssec: bool = False,
        in_turn: bool = False,
    ) -> Self:
        """The resolver for what somebody chose: several have to agree; with none chosen, the system's in turn.

        Args:
            resolvers: as :func:`emblem.dns.encrypted.parse_resolver` reads them.
            transport: as above.
            ca_file: as above.
            policy: as above.
            dnssec: as above.
            in_turn: several need not agree: they are asked in turn, too.

        Raises:
            ResolverError: a resolver is not given as it must be, or as above.
        """
        chosen = [parse_resolver(one) if isinstance(one, str) else one for one in resolvers]
        if not chosen and transport.encrypted_only:
            raise ResolverError("resolver", "none", "an encrypted one (tls:// or https://), not those of the system")
        return cls(
            chosen or system_resolvers(),
            agreement=len(chosen) > 1 and not in_turn,
            transport=transport,
            ca_file=ca_file,
            policy=policy,
            dnssec=dnssec,
        )

    def like(self, kind: type[Stub]) -> Stub:
        """A resolver of another kind that asks the same servers in the same way."""
        resolver = object.__new__(kind)
        vars(resolver).update(vars(self))
        return resolver

    def _plan(self) -> Plan:
        return Plan(self._arrangement)


def _connector(servers: Sequence[AnyServer], ca_file: Path | None) -> Connector | None:
    if all(isinstance(server, ServerAddress) for server in servers):
        if ca_file is not None:
            raise ResolverError("resolver CA file", str(ca_file), "none, since no resolver is asked over TLS or HTTPS")
        return None
    from emblem.dns.connection import Connector

    return Connector(ca_file)
