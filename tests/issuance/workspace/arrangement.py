"""A workspace with keys, endorsements and hosts, made in few lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from emblem.issuance.token_files import write_token_file
from emblem.issuance.tokens import endorse
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.issuing import find_work, issue_hosts
from emblem.issuance.workspace.settings import NamedKey, Role, Settings, ZoneSettings
from emblem.keys.files import KeyPair, write_key_pair
from emblem.keys.signing import SoftwareSigner
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from tests.support.arrangement import root, signing

RELIEF = Organization("relief.example")
AT = datetime(2027, 1, 1, 12, tzinfo=UTC)
KEYS = {"root": (Role.ROOT, root), "signing": (Role.SIGNING, signing)}


def workspace_of(hosts: Sequence[str], folder: Path, *zones: ZoneSettings) -> Workspace:
    """A workspace with a root and a signing key, both not encrypted, the one endorsed by the other."""
    keys = tuple(NamedKey(name, role, f"keys/{name}.pem", f"keys/{name}.pub.pem") for name, (role, _) in KEYS.items())
    made = Workspace.create(folder, Settings(RELIEF, Sign.RED_CROSS, keys=keys, zones=zones))
    for name, (_, signer) in KEYS.items():
        write_key_pair(KeyPair.named(made.keys, name), signer, None)
    write_endorsement(made, "signing", signing)
    made.inventory.write_text("host\n" + "".join(f"{host}\n" for host in hosts))
    return made


def write_endorsement(workspace: Workspace, name: str, endorsed: SoftwareSigner, at: datetime = AT) -> None:
    """The organization's own endorsement of one of its keys, for a year."""
    token = endorse(
        endorsed.public_key,
        signer=root,
        issuer=RELIEF,
        subject=RELIEF,
        purposes=Purpose.PROTECTIVE,
        may_endorse=False,
        not_before=at - timedelta(days=1),
        expires=at + timedelta(days=365),
    )
    write_token_file(workspace.endorsements / f"{name}.emblem", token, root.public_key, replace=True)


def issue_all(workspace: Workspace, at: datetime = AT, signer: SoftwareSigner = signing) -> int:
    """Sign whatever is missing, changed or due; how many emblems that were."""
    hosts = workspace.read_inventory().hosts
    due = find_work(workspace, hosts, signer.public_key, at).due
    return sum(len(issued.hosts) for issued in issue_hosts(workspace, [one.host for one in due], signer, at))
