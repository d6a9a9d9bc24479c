"""Looking covertly, captured whole: the command in a network namespace of its own, and everything that passes there.

Beside it there is one other machine, with a validating Unbound that is asked over TLS and over HTTPS, BIND with signed
zones behind it, and the addresses of the asset and of the emblem's issuer, which would answer. All traffic goes there.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from emblem.codec.cose_key import encode_key
from tests.support.arrangement import chain, root, signing
from tests.support.certificates import CertificateAuthority
from tests.support.naming import txt_lines
from tests.system.namespaces import (
    Capture,
    Packet,
    add_address,
    connect,
    inside,
    namespace,
    route_everything,
)
from tests.system.signed_zones import Zone, serving
from tests.system.unbound import resolving

HOST, UNMARKED_HOST, MISSING = "hospital.relief.example", "office.relief.example", "nobody.relief.example"
ASSET, NAME_SERVER, ISSUER = ("203.0.113.10", "2001:db8:3::10"), ("203.0.113.53",), ("203.0.113.80", "2001:db8:3::80")
RESOLVER, RESOLVER_NAME = "198.51.100.1", "resolver.example.net"
LOOKER = ("198.51.100.2/24", "2001:db8:2::2/64")
RESOLVING = (f"{RESOLVER}/24", "2001:db8:2::1/64")
TLS_PORT, HTTPS_PORT = 853, 443
LOG_SECONDS = 5.0
"""How long the name server may take to write down what it was asked."""
PROXY = "http://203.0.113.3:3128"
NOW = int(time.time())
PERIOD: dict[str, Any] = {"not_before": NOW - 3600, "expires": NOW + 86400}
EMBLEM = chain(root, signing, **PERIOD).emblem(HOST, **PERIOD)
RECORDS = "\n".join(
    [
        f"hospital A {ASSET[0]}",
        f"hospital AAAA {ASSET[1]}",
        *txt_lines(HOST, EMBLEM.records),
        f"office A {ASSET[0]}",
        f"@ A {ISSUER[0]}",
        f"@ AAAA {ISSUER[1]}",
    ]
)
ORDINARY = {"A", "AAAA", "HTTPS", "TXT"}
OF_A_VALIDATING_RESOLVER = {"DNSKEY", "DS", "NS", "SOA"}
WAYS = {"tls": (f"tls://{RESOLVER}", TLS_PORT), "https": (f"https://{RESOLVER}/dns-query", HTTPS_PORT)}
HANDSHAKE, APPLICATION_DATA = 22, 23
RECORD_TYPES = range(20, 24)
SECONDS = 60
COMMAND = """
import json, os, sys
written = []
def watch(event, arguments):
    if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        written.append(str(arguments[0]))
    elif event in ("os.mkdir", "os.rename", "os.link", "os.symlink", "tempfile.mkstemp", "tempfile.mkdtemp"):
        written.append(f"{event} {arguments[0]}")
sys.addaudithook(watch)
from emblem_cli.main import main
try:
    sys.exit(main())
finally:
    print(json.dumps([path for path in written if "__pycache__" not in path]), file=sys.stderr)
"""
"""The command, watched: the files that it writes to come out as the last line of its standard error. Python's own cache
of what it compiled is left out."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A look, and everything that was to be seen of it."""

    verdict: dict[str, Any]
    status: int
    packets: list[Packet]
    written: list[str]

    def addresses(self) -> set[str]:
        """Whom there were packets to or from, but the looker itself."""
        own = {address.partition("/")[0] for address in LOOKER}
        ends = {str(end) for one in self.packets if not one.link for end in (one.source, one.destination)}
        return ends - own


@dataclass(frozen=True, slots=True)
class Scene:
    """The two machines, and the looker's files."""

    looker: str
    home: Path
    trust: Path
    ca: Path
    log: Path

    def look(self, target: str, *arguments: str) -> Looked:
        """Runs ``emblem verify`` in the looker's namespace and captures everything there."""
        command = [sys.executable, "-c", COMMAND, "verify", target, "--trust", str(self.trust), "--json", *arguments]
        with inside(self.looker):
            capture = Capture()
            done = subprocess.run(
                command, cwd=self.home, env=self._environment(), capture_output=True, text=True, timeout=SECONDS
            )
        packets = capture.stop()
        assert done.stdout, done.stderr
        return Looked(
            json.loads(done.stdout), done.returncode, packets, json.loads(done.stderr.strip().splitlines()[-1])
        )

    def cover(self, target: str, way: str) -> Looked:
        """The same covertly."""
        resolver = f"{WAYS[way][0]}#{RESOLVER_NAME}"
        return self.look(target, "--covert", "--resolver", resolver, "--resolver-ca", str(self.ca))

    def queries(self) -> list[tuple[str, str]]:
        """The names and types that the authoritative name server was asked for so far."""
        text = self.log.read_text(errors="replace")
        return [(name.lower(), kind) for name, kind in re.findall(r" query: (\S+) IN (\S+) ", text)]

    def _environment(self) -> dict[str, str]:
        places = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
        proxies = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "LANG")}
        return {
            **kept,
            **dict.fromkeys(places, str(self.home)),
            **dict.fromkeys(proxies, PROXY),
            "SSLKEYLOGFILE": str(self.home / "keys.log"),
        }


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """The machines, made anew for every test, so that the resolver remembers nothing."""
    places = {name: tmp_path / name for name in ("zones", "resolver", "authority", "home", "files")}
    for place in places.values():
        place.mkdir()
    authority = CertificateAuthority(places["authority"])
    certificate = authority.issue(RESOLVER_NAME, RESOLVER)
    (places["files"] / "root.key").write_text(encode_key(root.public_key).hex())
    # A resolver that concludes from one denial what else there is not asks for less, and how much less is chance.
    further = f"""
    interface: {RESOLVER}@53
    interface: {RESOLVER}@{TLS_PORT}
    interface: {RESOLVER}@{HTTPS_PORT}
    access-control: 198.51.100.0/24 allow
    tls-port: {TLS_PORT}
    https-port: {HTTPS_PORT}
    tls-service-key: "{certificate.key}"
    tls-service-pem: "{certificate.certificate}"
    aggressive-nsec: no
"""
    with ExitStack() as running:
        looker, world = running.enter_context(namespace()), running.enter_context(namespace())
        connect(looker, world, (LOOKER, RESOLVING))
        route_everything(looker, RESOLVER, RESOLVING[1].partition("/")[0])
        for address in (*ASSET, *NAME_SERVER, *ISSUER):
            add_address(world, address)
        running.enter_context(inside(world))
        tree = running.enter_context(serving([Zone("relief.example", RECORDS)], places["zones"]))
        running.enter_context(
            resolving(
                tree.authority, zones=tree.zones, anchor=tree.anchor, directory=places["resolver"], further=further
            )
        )
        yield Scene(
            looker, places["home"], places["files"] / "root.key", authority.root, places["zones"] / "server" / "log"
        )


def streams(packets: Iterable[Packet]) -> dict[tuple[str, tuple[int, int]], bytes]:
    """What each end said on each TCP connection, by who sent it and the ports."""
    pieces: dict[tuple[str, tuple[int, int]], dict[int, bytes]] = defaultdict(dict)
    for packet in packets:
        if packet.protocol == socket.IPPROTO_TCP and packet.payload:
            said = pieces[str(packet.source), packet.ports]
            said[packet.sequence] = max(said.get(packet.sequence, b""), packet.payload, key=len)
    whole = {}
    for key, said in pieces.items():
        start = min(said)
        data = bytearray()
        for sequence, payload in sorted(said.items()):
            assert sequence - start <= len(data), "a piece of a connection was not captured"
            data[sequence - start :] = payload
        whole[key] = bytes(data)
    return whole


def encrypted_records(data: bytes) -> list[int]:
    """The types of the TLS records that a stream is made of, from its first octet to its last."""
    types, position = [], 0
    while position < len(data):
        kind, version, length = data[position], data[position + 1], int.from_bytes(data[position + 3 : position + 5])
        assert kind in RECORD_TYPES, "octets that are no TLS record"
        assert version == 3
        types.append(kind)
        position += 5 + length
    assert position == len(data), "a TLS record that is cut short"
    return types


def check_whole_traffic(looked: Looked, port: int) -> None:
    """Nothing but TLS with the resolver at its port: no other address or protocol, not one octet in the clear."""
    assert looked.addresses() == {RESOLVER}
    for packet in looked.packets:
        assert packet.link or (packet.protocol == socket.IPPROTO_TCP and port in packet.ports), packet
        assert b"hospital" not in packet.payload
        assert b"emblem" not in packet.payload
    said = streams(looked.packets)
    assert said
    for data in said.values():
        types = encrypted_records(data)
        assert types[0] == HANDSHAKE
        assert APPLICATION_DATA in types


@pytest.mark.parametrize("way", WAYS)
def test_an_emblem_is_found_and_nobody_but_the_resolver_is_told_of_it(scene: Scene, way: str) -> None:
    looked = scene.cover(HOST, way)

    assert (looked.verdict["status"], looked.status) == ("protected", 0)
    assert [one["carriage"] for one in looked.verdict["sets"]] == ["txt"]
    assert looked.verdict["dnssec"] == "not-checked"
    check_whole_traffic(looked, WAYS[way][1])
    assert not looked.addresses() & {*ASSET, *NAME_SERVER, *ISSUER}


@pytest.mark.parametrize("way", WAYS)
def test_the_name_server_is_asked_only_what_ordinary_software_asks(scene: Scene, way: str) -> None:
    scene.cover(HOST, way)
    scene.cover(UNMARKED_HOST, way)
    scene.cover(MISSING, way)
    queries = scene.queries()

    assert (HOST, "TXT") in queries
    assert {kind for _, kind in queries} <= ORDINARY | OF_A_VALIDATING_RESOLVER
    assert {kind for name, kind in queries if name in (HOST, UNMARKED_HOST)} <= ORDINARY | {"DS"}
    assert not [name for name, _ in queries if "_emblem" in name]


def test_nothing_is_left_on_the_disk(scene: Scene) -> None:
    for target, status in ((HOST, "protected"), (UNMARKED_HOST, "undetermined")):
        looked = scene.cover(target, "tls")
        assert looked.verdict["status"] == status
        assert looked.written == []
        assert list(scene.home.iterdir()) == []


@pytest.mark.parametrize("way", WAYS)
def test_what_was_not_asked_keeps_a_no_from_being_one_unless_there_is_no_such_name(scene: Scene, way: str) -> None:
    unmarked, missing = scene.cover(UNMARKED_HOST, way), scene.cover(MISSING, way)

    assert (unmarked.verdict["status"], unmarked.status) == ("undetermined", 4)
    assert [reason["code"] for reason in unmarked.verdict["reasons"]] == ["carriage-not-asked"]
    assert (missing.verdict["status"], missing.status) == ("unmarked", 5)
    for looked in (unmarked, missing):
        check_whole_traffic(looked, WAYS[way][1])


# What these checks would see


def test_a_look_that_is_not_covert_is_seen(scene: Scene) -> None:
    looked = scene.look(HOST, "--resolver", RESOLVER, "--dnssec", "skip")

    assert looked.verdict["status"] == "protected"
    assert any(packet.protocol == socket.IPPROTO_UDP and b"hospital" in packet.payload for packet in looked.packets)
    with pytest.raises(AssertionError):
        check_whole_traffic(looked, 53)

    def told() -> bool:
        # A resolver that hides what it can asks for addresses first, and then perhaps for nothing more.
        queries = scene.queries()
        return (HOST, "TYPE65297") in queries and "_emblem." + HOST in dict(queries)

    deadline = time.monotonic() + LOG_SECONDS
    while not told() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert told()


@pytest.mark.parametrize("address", [*ASSET, *NAME_SERVER, *ISSUER, "127.0.0.1", "203.0.113.3"])
def test_whoever_is_contacted_is_seen(scene: Scene, address: str) -> None:
    with inside(scene.looker):
        capture = Capture()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as contact:
            contact.settimeout(2)
            contact.connect_ex((address, 443))
    looked = Looked({}, 0, capture.stop(), [])

    assert str(ip_address(address)) in looked.addresses()
