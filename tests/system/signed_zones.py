"""Signed zones for the system tests: made with BIND's and ldns's tools, damaged by hand, served by BIND.

A tree of one root zone, the zone ``example`` below it, and the zones of the tests below that. All are served by one
name server; each has one key, for its key set and for its data.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.system.servers import BIND, Endpoint, ServerError, ServerProgram, running

PARENT = "example"
SEARCH_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

Lines = list[str]
"""A signed zone or its DS records: one record a line, in full, with one space between the fields."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone below ``example``.

    Attributes:
        name: its name, without a final dot.
        records: the lines of its zone file beside SOA, NS and the address of its name server.
        signed: whether it is signed at all.
        algorithm: of its key, as dnssec-keygen names it.
        signing: further arguments of dnssec-signzone.
        iterations: of NSEC3, where dnssec-signzone would refuse them; then ldns-signzone signs.
        make_delegation: makes the DS records out of the key.
        change_key: what is done to the key after that.
        damage: what is done to the signed zone.
        damage_delegation: what is done to the DS records before the parent signs them.
    """

    name: str
    records: str
    signed: bool = True
    algorithm: str = "ECDSAP256SHA256"
    signing: tuple[str, ...] = ()
    iterations: int | None = None
    make_delegation: Callable[["Tools", str], Lines] = field(default=lambda tools, key: tools.delegation(key))
    change_key: Callable[["Tools", str], str] = field(default=lambda _, key: key)
    damage: Callable[[Lines], Lines] = field(default=lambda lines: lines)
    damage_delegation: Callable[[Lines], Lines] = field(default=lambda lines: lines)


@dataclass(frozen=True, slots=True)
class Tree:
    """A running name server with signed zones.

    Attributes:
        authority: where it answers.
        zones: the names of its zones, the root's too.
        anchor: the root's trust anchor, as a DS line.
    """

    authority: Endpoint
    zones: tuple[str, ...]
    anchor: str


@dataclass(frozen=True, slots=True)
class Tools:
    """The command-line tools, run in a directory that holds the keys."""

    directory: Path

    def run(self, *command: str) -> str:
        """The standard output of a command.

        Raises:
            ServerError: it is not installed, or fails.
        """
        program = shutil.which(command[0], path=SEARCH_PATH)
        if program is None:
            raise ServerError(f"{command[0]} is not installed: run ./dev test")
        done = subprocess.run([program, *command[1:]], cwd=self.directory, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServerError(f"{' '.join(command)} failed:\n{done.stderr}")
        return done.stdout

    def make_key(self, zone: str, algorithm: str) -> str:
        """The base name of a new key, marked as a secure entry point."""
        size = ("-b", "2048") if algorithm.startswith("RSA") else ()
        nsec3 = ("-3",) if algorithm.startswith("NSEC3") else ()
        return self.run("dnssec-keygen", "-q", "-a", algorithm, *size, *nsec3, "-f", "KSK", zone).strip()

    def revoke(self, key: str) -> str:
        """The base name of the key once it is revoked (RFC 5011): its tag changes with its flags."""
        return self.run("dnssec-revoke", "-f", key).strip().removesuffix(".private")

    def delegation(self, key: str, *digests: str) -> Lines:
        """The DS records of a key, by default with SHA-256."""
        chosen = [argument for digest in digests or ("SHA-256",) for argument in ("-a", digest)]
        return [" ".join(line.split()) for line in self.run("dnssec-dsfromkey", *chosen, key).splitlines()]

    def sign(self, zone: Zone, key: str, text: str) -> Lines:
        """The signed zone."""
        (self.directory / "unsigned").write_text(text)
        if zone.iterations is None:
            common = ("-q", "-z", "-P", "-O", "full", "-o", zone.name, "-f", "signed")
            self.run("dnssec-signzone", *common, *zone.signing, "unsigned", key)
        else:
            iterations = ("-n", "-t", str(zone.iterations), "-s", "aabb")
            self.run("ldns-signzone", *iterations, "-o", zone.name, "-f", "signed", "unsigned", key)
        lines = (self.directory / "signed").read_text().splitlines()
        return [" ".join(line.split()) for line in lines if line and not line.startswith(";")]


@contextmanager
def serving(zones: Sequence[Zone], directory: Path) -> Iterator[Tree]:
    """Sign zones and everything above them, and serve them until the context is left.

    Args:
        zones: the zones below ``example``.
        directory: an empty directory of the test.

    Raises:
        ServerError: a tool or the name server fails.
    """
    tools = Tools(directory)
    files: dict[str, str] = {}
    delegations: Lines = []
    for zone in zones:
        files[zone.name], signers = _make(tools, zone)
        delegations += [f"{zone.name}. 300 IN NS ns.{zone.name}.", f"ns.{zone.name}. 300 IN A 127.0.0.1", *signers]
    parent = Zone(PARENT, "\n".join(delegations))
    files[PARENT], signers = _make(tools, parent)
    root_delegation = [f"{PARENT}. 300 IN NS ns.{PARENT}.", f"ns.{PARENT}. 300 IN A 127.0.0.1", *signers]
    files["."], anchors = _make(tools, Zone(".", "\n".join(root_delegation)))
    for name, text in files.items():
        (directory / _file_of(name)).write_text(text)
    server = directory / "server"
    server.mkdir()
    program = ServerProgram(
        name=BIND.name,
        package=BIND.package,
        configuration=_configuration(directory, files.keys() - {"."}),
        arguments=BIND.arguments,
    )
    with running(program, origin=".", zone=files["."], directory=server) as authority:
        yield Tree(authority, tuple(files), anchors[0])


def _make(tools: Tools, zone: Zone) -> tuple[str, Lines]:
    """The text of a zone as it is served, and the DS records that its parent gets."""
    origin = "." if zone.name == "." else f"{zone.name}."
    server = f"ns.{origin}".replace("..", ".")
    text = f"""\
$ORIGIN {origin}
$TTL 300
@ SOA {server} hostmaster.{server} 1 3600 600 86400 300
@ NS {server}
{server} A 127.0.0.1
{zone.records}
"""
    if not zone.signed:
        return text, []
    key = tools.make_key(zone.name, zone.algorithm)
    signers = zone.damage_delegation(zone.make_delegation(tools, key))
    key = zone.change_key(tools, key)
    public = (tools.directory / f"{key}.key").read_text()
    signed = tools.sign(zone, key, text + public)
    return "\n".join(zone.damage(signed)) + "\n", signers


def _file_of(name: str) -> str:
    return f"{name}.zone"


def _configuration(directory: Path, names: set[str]) -> Callable[[str, Endpoint, Path], str]:
    def configuration(origin: str, endpoint: Endpoint, own: Path) -> str:
        further = "".join(
            f'zone "{name}" {{ type primary; file "{directory / _file_of(name)}"; check-names ignore; }};\n'
            for name in sorted(names)
        )
        return BIND.configuration(origin, endpoint, own) + further

    return configuration
