"""Which ways of asking are allowed: a rule that resolvers are held to when they are made, not when they ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from emblem.dns.encrypted import AnyServer, HttpsName, HttpsServer, Method
from emblem.dns.servers import ServerAddress
from emblem.errors import ResolverError


@dataclass(frozen=True, slots=True)
class TransportPolicy:
    """What a resolver must be like to be asked.

    Whatever the policy, an encrypted resolver is asked padded queries over a connection straight to its address:
    no proxy, no cookie, no redirection, no resumed session, no file written, nothing taken from the environment
    but the place of the system's root certificates.

    Args:
        encrypted_only: only over TLS or HTTPS; so not the system's resolvers.
        literal_only: only at a literal address, since a name has to be looked up first, in the clear.
        constant_length_only: not with GET, since HTTP/2 compresses the address of a request, padding and all, so that
            its length depends on the letters of what is asked.
    """

    encrypted_only: bool = False
    literal_only: bool = False
    constant_length_only: bool = False

    def check(self, servers: Iterable[AnyServer]) -> None:
        """Makes sure that all servers may be asked.

        Raises:
            ResolverError: one may not; says which, and why.
        """
        for server in servers:
            if self.encrypted_only and isinstance(server, ServerAddress):
                expected = "an encrypted one (tls:// or https://): this would be asked in the clear"
                raise ResolverError("resolver", str(server), expected)
            if self.literal_only and isinstance(server, HttpsName):
                expected = f"a literal address (https://ADDRESS{server.path}#{server.name}): a name is looked up first"
                raise ResolverError("resolver", str(server), expected)
            gets = isinstance(server, HttpsServer | HttpsName) and server.method is Method.GET
            if self.constant_length_only and gets:
                expected = "POST (https://): the length of a GET request tells of the name that is asked for"
                raise ResolverError("resolver", str(server), expected)


ANY_TRANSPORT = TransportPolicy()
"""Every way is allowed."""

COVERT_TRANSPORT = TransportPolicy(encrypted_only=True, literal_only=True, constant_length_only=True)
"""Whoever watches the network sees only that this resolver is asked something."""
