"""Fixtures of the system tests: real name servers on loopback."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.system.servers import BIND, NSD, Endpoint, running

Serve = Callable[[str, str], Endpoint]
"""Serves a zone, given its origin and the text of its zone file, and returns where the server answers."""


@pytest.fixture(params=[NSD, BIND], ids=lambda program: program.name)
def serve(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Run real servers until the test ends; a test that uses this runs twice, with NSD and with BIND."""
    with ExitStack() as servers:

        def serve(origin: str, zone: str) -> Endpoint:
            directory = tmp_path_factory.mktemp("server")
            return servers.enter_context(running(request.param, origin=origin, zone=zone, directory=directory))

        yield serve
