from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from emblem.errors import InputError
from emblem.model.verdict import Status
from emblem.scanning.addresses import Resolution
from emblem.scanning.results.exclusion_formats import ExclusionFormat
from emblem.scanning.results.exclusion_lists import Addresses, ExclusionSink
from emblem.scanning.results.sink import MARKED, MARKED_OR_UNDETERMINED
from tests.scanning.results.findings import found, missed, nothing_resolves

ADDRESSES = {
    "hospital.example": ("192.0.2.80", "2001:db8::80"),
    "ward.example": ("192.0.2.80", "192.0.2.9"),
}


def resolve(names: Iterable[str]) -> Iterator[Resolution]:
    for name in names:
        if name == "silent.example":
            yield Resolution(name, (), "192.0.2.53:53 did not answer\nin 5 s")
        else:
            yield Resolution(name, tuple(map(ipaddress.ip_address, ADDRESSES.get(name, ()))))


FINDINGS = [
    missed(0, "other.example"),
    found(1, "hospital.example", Status.PROTECTED),
    found(2, "192.0.2.10"),
    found(3, "ward.example"),
    found(4, "2001:db8::a"),
    found(5, "192.0.2.9"),
    found(6, "doubtful.example", Status.UNDETERMINED),
    found(7, "192.0.2.66", Status.REJECTED),
    found(8, "192.0.2.67", Status.UNDETERMINED),
    found(9, "bare.example"),
]


def written(
    folder: Path, form: ExclusionFormat, addresses: Addresses = Addresses.BOTH, statuses: frozenset[Status] = MARKED
) -> str:
    path = folder / f"{form.value}-{addresses.value}"
    sink = ExclusionSink([(form, path)], resolve, addresses=addresses, statuses=statuses)
    for finding in FINDINGS:
        sink.write(finding)
    sink.finish()
    sink.close()
    sink.clean()
    assert list(folder.iterdir()) == [path]
    return path.read_text()


def listed(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_addresses_that_are_marked_themselves_are_listed_sorted_and_each_once(tmp_path: Path) -> None:
    assert listed(written(tmp_path, ExclusionFormat.PLAIN, Addresses.OWN)) == ["192.0.2.9", "192.0.2.10", "2001:db8::a"]


def test_addresses_that_marked_names_resolve_to_are_listed_sorted_and_each_once(tmp_path: Path) -> None:
    text = written(tmp_path, ExclusionFormat.PLAIN, Addresses.RESOLVED)

    assert listed(text) == ["192.0.2.9", "192.0.2.80", "2001:db8::80"]


def test_a_list_of_marked_addresses_alone_says_how_many_marked_names_it_is_without(tmp_path: Path) -> None:
    text = written(tmp_path, ExclusionFormat.NMAP, Addresses.OWN)

    assert "# Not among these: the addresses of 3 marked names, which were not asked for\n" in text


def test_both_kinds_are_labelled_apart(tmp_path: Path) -> None:
    text = written(tmp_path, ExclusionFormat.NMAP)

    own, resolved = text.split("# Addresses that marked names resolve to")
    assert "# Addresses that are marked themselves" in own
    assert listed(own) == ["192.0.2.9", "192.0.2.10", "2001:db8::a"]
    assert listed(resolved.partition("\n")[2]) == ["192.0.2.9", "192.0.2.80", "2001:db8::80"]


def test_each_address_says_why_it_is_listed(tmp_path: Path) -> None:
    text = written(tmp_path, ExclusionFormat.NMAP)

    assert "# hospital.example protected, ward.example claimed\n192.0.2.80\n" in text
    assert "# 192.0.2.10 claimed\n192.0.2.10\n" in text


def test_what_is_undetermined_is_listed_only_if_it_is_asked_for(tmp_path: Path) -> None:
    assert "192.0.2.67" not in written(tmp_path, ExclusionFormat.PLAIN)
    (tmp_path / "plain-both").unlink()
    assert "192.0.2.67" in written(tmp_path, ExclusionFormat.PLAIN, statuses=MARKED_OR_UNDETERMINED)


def test_names_whose_addresses_are_not_known_are_said_to_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "list"
    sink = ExclusionSink([(ExclusionFormat.NMAP, path)], resolve)
    for finding in (found(0, "silent.example"), found(1, "bare.example"), found(2, "ward.example")):
        sink.write(finding)
    sink.finish()
    sink.close()

    assert "# NOT COMPLETE: silent.example: 192.0.2.53:53 did not answer\\u{a}in 5 s\n" in path.read_text()
    counts = sink.counts
    assert (counts.names, counts.unresolved, counts.without_address, counts.resolved) == (3, 1, 1, 2)
    assert counts.shown == ["silent.example: 192.0.2.53:53 did not answer\\u{a}in 5 s"]


def test_zmap_reads_networks_and_is_told_of_no_ipv6(tmp_path: Path) -> None:
    lines = listed(written(tmp_path, ExclusionFormat.ZMAP, Addresses.OWN))

    assert [line.partition(" ")[0] for line in lines] == ["192.0.2.9/32", "192.0.2.10/32"]


def test_firewalls_get_sets_of_each_family_and_kind(tmp_path: Path) -> None:
    nft = written(tmp_path, ExclusionFormat.NFTABLES)
    assert (
        "\tset own_ipv4 {\n\t\ttype ipv4_addr\n\t\telements = {\n\t\t\t192.0.2.9,\n\t\t\t192.0.2.10,\n\t\t}\n\t}\n"
        in nft
    )
    assert "\tset resolved_ipv6 {\n\t\ttype ipv6_addr\n\t\telements = {\n\t\t\t2001:db8::80,\n\t\t}\n\t}\n" in nft
    (tmp_path / "nftables-both").unlink()

    ipset = written(tmp_path, ExclusionFormat.IPSET)
    assert "create emblem-own-ipv4 hash:ip family inet maxelem 3\nadd emblem-own-ipv4 192.0.2.9\n" in ipset
    assert "add emblem-resolved-ipv6 2001:db8::80\n" in ipset


def test_one_look_up_serves_several_lists(tmp_path: Path) -> None:
    asked: list[str] = []

    def counting(names: Iterable[str]) -> Iterator[Resolution]:
        for name in names:
            asked.append(name)
            yield Resolution(name)

    sink = ExclusionSink([(form, tmp_path / form.value) for form in ExclusionFormat], counting)
    for finding in FINDINGS:
        sink.write(finding)
    sink.finish()
    sink.close()

    assert asked == ["bare.example", "hospital.example", "ward.example"]
    assert all((tmp_path / form.value).stat().st_size for form in ExclusionFormat)


def test_many_names_are_all_resolved(tmp_path: Path) -> None:
    path = tmp_path / "list"
    sink = ExclusionSink([(ExclusionFormat.PLAIN, path)], lambda names: (
        Resolution(name, (ipaddress.ip_address(0x0A000000 + int(name[1:].partition(".")[0])),)) for name in names
    ))  # fmt: skip
    for number in range(2500):
        sink.write(found(number, f"h{number}.example"))
    sink.finish()
    sink.close()

    assert len(listed(path.read_text())) == 2500


def test_a_list_with_something_in_it_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("192.0.2.1\n")

    with pytest.raises(InputError, match="exists"):
        ExclusionSink([(ExclusionFormat.NMAP, tmp_path / "list")], nothing_resolves)
