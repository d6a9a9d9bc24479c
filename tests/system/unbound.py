"""Unbound, the validating resolver that our DNSSEC results are held against, on a free loopback port."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.system.servers import Endpoint, ServerProgram, running


@contextmanager
def resolving(
    authority: Endpoint, *, zones: Sequence[str], anchor: str, directory: Path, further: str = ""
) -> Iterator[Endpoint]:
    """Run Unbound until the context is left. It asks one name server for everything, at whatever port that is.

    Args:
        authority: the name server that serves all zones.
        zones: their names; it must be told of each, since it would look for a delegated one at port 53.
        anchor: the trust anchor, as a DS line.
        directory: an empty directory of the test.
        further: lines for the server clause of its configuration.

    Yields:
        Where it answers.

    Raises:
        ServerError: it is not installed, or does not resolve.
    """

    def configuration(_: str, endpoint: Endpoint, directory: Path) -> str:
        stubs = "".join(
            f'stub-zone:\n    name: "{zone}"\n    stub-addr: {authority.address}@{authority.port}\n' for zone in zones
        )
        return f"""
server:
    interface: {endpoint.address}
    port: {endpoint.port}
    directory: "{directory}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: ""
    verbosity: 1
    val-log-level: 2
    num-threads: 1
    do-ip6: no
    do-not-query-localhost: no
    module-config: "validator iterator"
    trust-anchor: "{anchor}"
{further}
remote-control:
    control-enable: no
{stubs}"""

    program = ServerProgram(
        name="unbound", package="unbound", configuration=configuration, arguments=("-d", "-c"), recursive=True
    )
    with running(program, origin=".", zone="", directory=directory) as endpoint:
        yield endpoint
