"""An embedded authoritative name server for tests and demonstrations: loopback only unless told otherwise."""

from __future__ import annotations

from emblem.server.faults import Faults, ReceivedQuery, always, first, over, with_probability
from emblem.server.name_server import NameServer, NameServerError
from emblem.server.responder import IHLE_TYPES, respond
from emblem.server.zone import Zone, ZoneError

__all__ = [
    "IHLE_TYPES",
    "Faults",
    "NameServer",
    "NameServerError",
    "ReceivedQuery",
    "Zone",
    "ZoneError",
    "always",
    "first",
    "over",
    "respond",
    "with_probability",
]
