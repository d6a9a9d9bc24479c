"""Which host is published in which zone, and zones that take no updates: files of records instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from emblem.errors import InputError, WorkspaceError
from emblem.issuance.publication import Publishing
from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.ledger import Action, Ledger
from emblem.issuance.workspace.publishing import by_zone, published_hosts, write_zone_file
from emblem.issuance.workspace.settings import Method, ZoneSettings
from tests.issuance.workspace.arrangement import AT, issue_all, workspace_of

HOSTS = ("www.relief.example", "mail.relief.example")
INCLUDED = ZoneSettings("relief.example", Method.ZONE_FILE, file="zones/relief.example", ttl=60)
OCTODNS = ZoneSettings("relief.example", Method.OCTODNS, file="relief.yaml", carriage=Publishing.TXT)


def made(folder: Path, *zones: ZoneSettings) -> Workspace:
    workspace = workspace_of(HOSTS, folder, *zones)
    issue_all(workspace)
    return workspace


def hosts_by_zone(workspace: Workspace) -> dict[str, list[str]]:
    groups = by_zone(workspace.settings, workspace.read_inventory().hosts)
    return {zone.name: [host.target.text for host in hosts] for zone, hosts in groups.zones.items()}


def test_a_host_is_published_in_the_nearest_zone_unless_the_inventory_names_another(tmp_path: Path) -> None:
    workspace = made(tmp_path, ZoneSettings("relief.example"), ZoneSettings("clinic.relief.example"))
    workspace.inventory.write_text(
        "host,zone\na.clinic.relief.example,\nb.clinic.relief.example,relief.example\nwww.relief.example,\n"
    )

    assert hosts_by_zone(workspace) == {
        "clinic.relief.example": ["a.clinic.relief.example"],
        "relief.example": ["b.clinic.relief.example", "www.relief.example"],
    }


@pytest.mark.parametrize(
    ("zone", "said"), [("other.example", "a zone of emblem.toml"), ("clinic.relief.example", "lies in")]
)
def test_a_zone_that_cannot_be_is_named_with_its_line(tmp_path: Path, zone: str, said: str) -> None:
    workspace = made(tmp_path, ZoneSettings("relief.example"), ZoneSettings("clinic.relief.example"))
    workspace.inventory.write_text(f"host,zone\nwww.relief.example,{zone}\n")

    with pytest.raises(WorkspaceError, match=f"line 2: zone: found {zone}, expected .*{said}"):
        hosts_by_zone(workspace)


def test_a_zone_file_holds_the_records_of_all_hosts(tmp_path: Path) -> None:
    workspace = made(tmp_path, INCLUDED)

    step = write_zone_file(workspace, INCLUDED, workspace.read_inventory().hosts, AT)

    text = (tmp_path / "zones/relief.example").read_text()
    assert set(step.changed) == set(HOSTS)
    for host in HOSTS:
        assert text.count(f"{host}. 60 IN TYPE65297") == 4
    assert set(published_hosts(Ledger(workspace.ledger))) == set(HOSTS)


def test_a_file_in_which_nothing_differs_is_left_alone(tmp_path: Path) -> None:
    workspace = made(tmp_path, INCLUDED)
    hosts = workspace.read_inventory().hosts
    write_zone_file(workspace, INCLUDED, hosts, AT)
    before = (tmp_path / "zones/relief.example").stat().st_mtime_ns

    assert write_zone_file(workspace, INCLUDED, hosts, AT).changed == ()
    assert (tmp_path / "zones/relief.example").stat().st_mtime_ns == before
    assert sum(entry.action == Action.PUBLISHED for entry in Ledger(workspace.ledger).entries()) == 1


def test_octodns_gets_one_document(tmp_path: Path) -> None:
    workspace = made(tmp_path, OCTODNS)

    write_zone_file(workspace, OCTODNS, workspace.read_inventory().hosts, AT)

    assert (tmp_path / "relief.yaml").read_text().startswith("---\n")
    assert '"_emblem.mail":' in (tmp_path / "relief.yaml").read_text()


def test_a_new_host_without_an_emblem_is_left_out_and_named(tmp_path: Path) -> None:
    workspace = made(tmp_path, INCLUDED)
    (workspace.tokens / "www.relief.example.emblem").unlink()

    step = write_zone_file(workspace, INCLUDED, workspace.read_inventory().hosts, AT)

    assert step.changed == ("mail.relief.example",)
    assert [one.name for one in step.skipped] == ["www.relief.example"]


@pytest.mark.parametrize("zone", [INCLUDED, OCTODNS])
def test_a_file_that_would_lose_a_host_is_left_alone(tmp_path: Path, zone: ZoneSettings) -> None:
    workspace = made(tmp_path, zone)
    hosts = workspace.read_inventory().hosts
    write_zone_file(workspace, zone, hosts, AT)
    before = workspace.path(str(zone.file)).read_bytes()
    (workspace.tokens / "www.relief.example.emblem").unlink()

    with pytest.raises(InputError, match=r"www\.relief\.example, of which there is no emblem"):
        write_zone_file(workspace, zone, hosts, AT)
    assert workspace.path(str(zone.file)).read_bytes() == before
