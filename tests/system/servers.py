"""Real name servers for the system tests: NSD and BIND on a free loopback port, while a test needs them.

They run in the foreground, as whoever runs the tests, on their own configuration in a directory of the test;
they write nowhere else and open no control channel.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rdatatype

LOOPBACK = "127.0.0.1"
READY_ATTEMPTS = 50
"""How often a starting server is asked before it counts as silent."""
LAME_ANSWERS = 10
"""How often a starting server may answer without the zone, which it may still be loading."""
ANSWER_SECONDS = 0.2
"""How long one such question, or the pause after it, lasts."""
STOP_SECONDS = 10.0
"""How long a server may take to stop before it is killed."""
PORT_ATTEMPTS = 3
"""How many ports are tried: another process may take a free port before the server does."""


class ServerError(Exception):
    """A server is not installed, or does not serve its zone; then the message ends with the server's log."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a running server answers, over UDP and TCP."""

    address: str
    port: int

    def __str__(self) -> str:
        """``ADDRESS:PORT``, as ``emblem verify --resolver`` takes it."""
        return f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class ServerProgram:
    """How to run one kind of name server.

    Attributes:
        name: the program, as found on the path.
        package: the Debian package that has it.
        configuration: makes the text of a configuration from the zone's origin, where to listen, and the
            directory, which holds the zone in the file ``zone``.
        arguments: make the program stay in the foreground and log to standard error; the path of the
            configuration comes after them.
        recursive: it is a resolver: it counts as ready once it answers as one, not once it is an authority.
    """

    name: str
    package: str
    configuration: Callable[[str, Endpoint, Path], str]
    arguments: tuple[str, ...]
    recursive: bool = False


def _nsd_configuration(origin: str, endpoint: Endpoint, directory: Path) -> str:
    # No username: it stays the user it is. No database: the zone stays in memory. NSD limits rates by itself.
    return f"""
server:
    ip-address: {endpoint.address}@{endpoint.port}
    server-count: 1
    username: ""
    database: ""
    pidfile: ""
    zonesdir: "{directory}"
    zonelistfile: "{directory}/zone.list"
    xfrdfile: "{directory}/xfrd.state"
    xfrdir: "{directory}"
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: "{origin}"
    zonefile: "zone"
"""


def _bind_configuration(origin: str, endpoint: Endpoint, directory: Path) -> str:
    return f"""
options {{
    directory "{directory}";
    listen-on port {endpoint.port} {{ {endpoint.address}; }};
    listen-on-v6 {{ none; }};
    pid-file none;
    session-keyfile none;
    recursion no;
    dnssec-validation no;
    empty-zones-enable no;
    notify no;
    allow-transfer {{ none; }};
    querylog yes;
}};
controls {{ }};
zone "{origin}" {{
    type primary;
    file "zone";
}};
"""


NSD = ServerProgram(name="nsd", package="nsd", configuration=_nsd_configuration, arguments=("-d", "-c"))
BIND = ServerProgram(
    name="named", package="bind9", configuration=_bind_configuration, arguments=("-n", "1", "-g", "-c")
)


@contextmanager
def running(program: ServerProgram, *, origin: str, zone: str, directory: Path) -> Iterator[Endpoint]:
    """Run a name server that serves one zone, until the context is left.

    Args:
        program: ``NSD`` or ``BIND``.
        origin: the zone's name; a dot at its end may be left out.
        zone: the zone file, with a SOA record at the origin.
        directory: an empty directory of the test for the server's files.

    Yields:
        Where the server answers. It has answered for the zone's SOA once.

    Raises:
        ServerError: the program is not installed or did not come to serve the zone.
    """
    zone_name = origin.removesuffix(".") + "."
    (directory / "zone").write_text(zone)
    executable = private_copy(program, directory)
    log = directory / "log"
    for _ in range(PORT_ATTEMPTS):
        endpoint = Endpoint(LOOPBACK, free_port())
        configuration = directory / "configuration"
        configuration.write_text(program.configuration(zone_name, endpoint, directory))
        command = [str(executable), *program.arguments, str(configuration)]
        with log.open("wb") as log_stream, _process(command, log_stream.fileno()) as process:
            state = wait_until_ready(process, program, endpoint, zone_name)
            if state is State.READY:
                yield endpoint
                return
        if state is State.LAME:
            break
    raise ServerError(f"{program.name} does not serve {zone_name}; its log:\n{log.read_text(errors='replace')}")


def private_copy(program: ServerProgram, directory: Path) -> Path:
    # Where it is installed, AppArmor may confine named to the system's own configuration and zones.
    search_path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    installed = shutil.which(program.name, path=search_path)
    if installed is None:
        raise ServerError(f"{program.name} is not installed: run ./dev test, or install the package {program.package}")
    return Path(shutil.copy(installed, directory / program.name))


def free_port() -> int:
    """Return a port that is free now for both UDP and TCP on the loopback address."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram,
        ):
            stream.bind((LOOPBACK, 0))
            port: int = stream.getsockname()[1]
            try:
                datagram.bind((LOOPBACK, port))
            except OSError:
                continue
            return port


@contextmanager
def _process(command: list[str], log: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class State(Enum):
    READY = auto()
    LAME = auto()
    SILENT = auto()


def wait_until_ready(
    process: subprocess.Popen[bytes], program: ServerProgram, endpoint: Endpoint, zone_name: str
) -> State:
    """Ask the server for the zone's SOA until it gives it, has ended, or was asked often enough."""
    wanted = dns.flags.RA if program.recursive else dns.flags.AA
    question = dns.message.make_query(zone_name, dns.rdatatype.SOA, flags=dns.flags.RD if program.recursive else 0)
    lame_answers = 0
    for _ in range(READY_ATTEMPTS):
        try:
            answer = dns.query.udp(question, endpoint.address, ANSWER_SECONDS, endpoint.port)
        except (dns.exception.DNSException, OSError):
            answer = None
        if answer is not None:
            if answer.answer and answer.flags & wanted:
                return State.READY
            lame_answers += 1
            if lame_answers == LAME_ANSWERS:
                return State.LAME
        try:
            process.wait(ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return State.SILENT
    return State.SILENT
