"""A workspace whose zone BIND serves, and the command line in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner, Result
from emblem_cli.application import application

from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.settings import ZoneSettings
from tests.issuance.workspace.arrangement import workspace_of, write_endorsement
from tests.support.arrangement import signing
from tests.system.updatable import KEY_NAME, Updatable, updatable

ORIGIN = "relief.example"
ZONE = """$TTL 300
@ SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
"""


@dataclass(frozen=True)
class Desk:
    """A workspace, its zone on BIND and NSD, and ``emblem`` as it is run in that folder."""

    workspace: Workspace
    zone: Updatable

    def emblem(self, *arguments: str, code: int = 0) -> Result:
        """Run a command; its exit code must be this one."""
        result = CliRunner().invoke(application, [*arguments, "--workspace", str(self.workspace.root)])
        assert result.exit_code == code, result.output
        return result

    def marked(self) -> set[str]:
        """The names with records of ours, as the primary has them, in full."""
        return {owner for owner, kind in self.zone.contents() if kind == "TYPE65297"}


@contextmanager
def desk(
    hosts: Sequence[str],
    folder: Path,
    *,
    without: Sequence[str] = (),
    more: str = "",
    policy: str = f"grant {KEY_NAME} zonesub ANY",
) -> Iterator[Desk]:
    """A workspace with keys and an endorsement that holds now, and its zone.

    Args:
        hosts: of its inventory; they have addresses in the zone.
        folder: an empty folder.
        without: those of the hosts that have none.
        more: further lines of the zone.
        policy: what BIND lets the key change.
    """
    places = {name: folder / name for name in ("zone", "desk")}
    for place in places.values():
        place.mkdir()
    zone = ZONE + "".join(f"{host.removesuffix('.' + ORIGIN)} A 192.0.2.1\n" for host in hosts if host not in without)
    with updatable(origin=ORIGIN, zone=zone + more, directory=places["zone"], policy=policy) as servers:
        settings = ZoneSettings(
            ORIGIN,
            server=str(servers.primary.endpoint),
            tsig_file=str(servers.key_file),
            check_servers=(str(servers.primary.endpoint), str(servers.secondary.endpoint)),
        )
        workspace = workspace_of(hosts, places["desk"], settings)
        write_endorsement(workspace, "signing", signing, datetime.now(UTC))
        yield Desk(workspace, servers)
