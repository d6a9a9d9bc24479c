"""A zone that can be updated: BIND as its primary, with a TSIG key, and NSD as its secondary, both on loopback.

The primary tells the secondary of every change, and the secondary fetches it with the same key. Either can be killed
and started again at its port, on the files it left.
"""

import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dns.message
import dns.name
import dns.query
import dns.rdatatype
import dns.tsig
import dns.zone

from tests.system.servers import (
    BIND,
    LOOPBACK,
    NSD,
    Endpoint,
    ServerError,
    ServerProgram,
    State,
    free_port,
    private_copy,
    wait_until_ready,
)

KEY_NAME = "emblem"
SECRET = b"a secret of thirty-two octets ok"
KEY = dns.tsig.Key(KEY_NAME, SECRET, dns.tsig.HMAC_SHA256)
KEY_CLAUSE = f'key "{KEY_NAME}" {{ algorithm hmac-sha256; secret "{b64encode(SECRET).decode()}"; }};\n'
STOP_SECONDS = 10.0
TRANSFER_SECONDS = 10.0

_BIND_ZONE = """
options {{
    directory "{directory}";
    listen-on port {port} {{ {address}; }};
    listen-on-v6 {{ none; }};
    pid-file none;
    session-keyfile none;
    recursion no;
    dnssec-validation no;
    empty-zones-enable no;
    notify explicit;
    notify-delay 0;
    also-notify {{ {address} port {secondary_port}; }};
    allow-transfer {{ key "{key_name}"; }};
}};
controls {{ }};
{key}
zone "{origin}" {{
    type primary;
    file "zone";
    update-policy {{ {policy}; }};
    {signing}
}};
"""
_POLICY = f"grant {KEY_NAME} zonesub ANY"
_SIGNING = 'dnssec-policy default; inline-signing yes; key-directory "{directory}";'

_NSD_ZONE = """
server:
    ip-address: {address}@{port}
    server-count: 1
    username: ""
    database: ""
    pidfile: ""
    zonesdir: "{directory}"
    zonelistfile: "{directory}/zone.list"
    xfrdfile: "{directory}/xfrd.state"
    xfrdir: "{directory}"
    xfrd-reload-timeout: 0
    rrl-ratelimit: 0
remote-control:
    control-enable: no
key:
    name: "{key_name}"
    algorithm: hmac-sha256
    secret: "{secret}"
zone:
    name: "{origin}"
    zonefile: "copy"
    allow-notify: {address} NOKEY
    request-xfr: {address}@{primary_port} {key_name}
"""


@dataclass
class Server:
    """A name server that can be killed and started again where it was."""

    program: ServerProgram
    origin: str
    endpoint: Endpoint
    directory: Path
    configuration: str
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Run it, and wait until it serves the zone.

        Raises:
            ServerError: it is not installed, or does not come to serve it.
        """
        executable = self.directory / self.program.name
        if not executable.exists():
            private_copy(self.program, self.directory)
        path = self.directory / "configuration"
        path.write_text(self.configuration)
        log = self.directory / "log"
        with log.open("ab") as stream:
            self._process = subprocess.Popen(
                [str(executable), *self.program.arguments, str(path)],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
            )
        if wait_until_ready(self._process, self.program, self.endpoint, self.origin) is not State.READY:
            self.stop()
            raise ServerError(f"{self.program.name} does not serve {self.origin}:\n{log.read_text(errors='replace')}")

    def kill(self) -> None:
        """End it at once (SIGKILL), as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass(frozen=True)
class Updatable:
    """The two running servers of a zone.

    Attributes:
        origin: the zone's name, without a final dot.
        primary: takes updates signed with the key.
        secondary: follows it.
        key_file: the key, as ``--tsig-file`` takes it.
    """

    origin: str
    primary: Server
    secondary: Server
    key_file: Path

    def contents(self) -> dict[tuple[str, str], frozenset[str]]:
        """What the primary has: the data of each owner and type, without what changes by itself.

        Those are the serial, and in a signed zone everything that signs it.
        """
        endpoint = self.primary.endpoint
        zone = dns.zone.Zone(self.origin)
        query = dns.message.make_query(self.origin, dns.rdatatype.AXFR)
        query.use_tsig(KEY)
        dns.query.inbound_xfr(endpoint.address, zone, query, port=endpoint.port, lifetime=TRANSFER_SECONDS)
        found: dict[tuple[str, str], frozenset[str]] = {}
        for name, rdataset in zone.iterate_rdatasets():
            if rdataset.rdtype not in _OF_SIGNING:
                owner = str(name.derelativize(dns.name.from_text(self.origin))).removesuffix(".")
                texts = (f"{rdataset.ttl} {data.to_text(origin=zone.origin, relativize=False)}" for data in rdataset)
                found[owner, dns.rdatatype.to_text(rdataset.rdtype)] = frozenset(map(_without_serial, texts))
        return found

    def serial(self, server: "Server | None" = None) -> int:
        """The zone's serial, as the primary or another server has it."""
        endpoint = (server or self.primary).endpoint
        query = dns.message.make_query(self.origin, dns.rdatatype.SOA)
        (rrset,) = dns.query.tcp(query, endpoint.address, TRANSFER_SECONDS, endpoint.port).answer
        return int(rrset[0].serial)

    def wait_for_secondary(self) -> None:
        """Wait until the secondary has what the primary has."""
        deadline = time.monotonic() + TRANSFER_SECONDS
        while self.serial(self.secondary) != self.serial():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    @property
    def options(self) -> tuple[str, ...]:
        """The options with which ``emblem publish`` and ``unpublish`` use it."""
        return (
            *("--tsig-file", str(self.key_file), "--server", str(self.primary.endpoint)),
            *("--check-server", str(self.primary.endpoint), "--check-server", str(self.secondary.endpoint)),
        )


_STATE_OF_SIGNING = dns.rdatatype.RdataType.make(65534)
_OF_SIGNING = frozenset(
    {
        dns.rdatatype.RRSIG,
        dns.rdatatype.NSEC,
        dns.rdatatype.NSEC3,
        dns.rdatatype.NSEC3PARAM,
        dns.rdatatype.DNSKEY,
        dns.rdatatype.CDS,
        dns.rdatatype.CDNSKEY,
        _STATE_OF_SIGNING,
    }
)


def _without_serial(text: str) -> str:
    words = text.split()
    return " ".join(words[:3] + words[4:]) if len(words) == 8 and words[3].isdigit() else text


@contextmanager
def updatable(
    *, origin: str, zone: str, directory: Path, signed: bool = False, policy: str = _POLICY
) -> Iterator[Updatable]:
    """Run both servers until the context is left.

    Args:
        origin: the zone's name, without a final dot.
        zone: the zone file with which the primary begins.
        directory: an empty directory of the test.
        policy: what BIND lets the key change (``update-policy``).
        signed: BIND signs the zone by itself (``dnssec-policy default``), and the secondary serves it signed.

    Raises:
        ServerError: one of them is not installed, or does not serve the zone.
    """
    first, second = (Endpoint(LOOPBACK, free_port()) for _ in range(2))
    places = [directory / "primary", directory / "secondary"]
    for place in places:
        place.mkdir()
    (places[0] / "zone").write_text(zone)
    key_file = directory / "update.key"
    key_file.write_text(KEY_CLAUSE)
    key_file.chmod(0o600)
    common = {"address": LOOPBACK, "origin": origin, "key_name": KEY_NAME}
    bind = _BIND_ZONE.format(
        **common,
        directory=places[0],
        port=first.port,
        secondary_port=second.port,
        key=KEY_CLAUSE,
        policy=policy,
        signing=_SIGNING.format(directory=places[0]) if signed else "",
    )
    nsd = _NSD_ZONE.format(
        **common,
        directory=places[1],
        port=second.port,
        primary_port=first.port,
        secret=b64encode(SECRET).decode(),
    )
    name = origin + "."
    primary = Server(BIND, name, first, places[0], bind)
    secondary = Server(NSD, name, second, places[1], nsd)
    try:
        primary.start()
        secondary.start()
        yield Updatable(origin, primary, secondary, key_file)
    finally:
        secondary.stop()
        primary.stop()
