"""The lists are read by the programs that they are for, which then leave out what is marked. Nothing is sent."""

from __future__ import annotations

import ipaddress
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from emblem.scanning.addresses import Resolution
from emblem.scanning.results.exclusion_formats import ExclusionFormat
from emblem.scanning.results.exclusion_lists import Addresses, ExclusionSink
from tests.scanning.results.findings import found


def resolve(names: Iterable[str]) -> Iterator[Resolution]:
    for name in names:
        yield Resolution(name, (ipaddress.ip_address("127.0.0.9"), ipaddress.ip_address("2001:db8::9")))


def list_for(form: ExclusionFormat, folder: Path, addresses: Addresses) -> Path:
    """A list of 127.0.0.3, 127.0.0.5 and 2001:db8::5, which are marked, and of the addresses of a marked name."""
    path = folder / form.value
    sink = ExclusionSink([(form, path)], resolve, addresses=addresses)
    for number, target in enumerate(("127.0.0.3", "127.0.0.5", "2001:db8::5", "hospital.example")):
        sink.write(found(number, target))
    sink.finish()
    sink.close()
    return path


def scanned(*command: str) -> set[int]:
    """The last numbers of the addresses that a scanner says it would scan."""
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    texts = (line.removeprefix("Nmap scan report for ").strip() for line in said.splitlines())
    return {int(address) & 0xFF for text in texts if (address := _address(text)) is not None}


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None


LEFT = {Addresses.OWN: {3, 5}, Addresses.RESOLVED: {9}, Addresses.BOTH: {3, 5, 9}}


@pytest.mark.parametrize("addresses", Addresses)
def test_nmap_leaves_out_what_is_marked(tmp_path: Path, addresses: Addresses) -> None:
    path = list_for(ExclusionFormat.NMAP, tmp_path, addresses)

    assert scanned("nmap", "-sL", "-n", "--excludefile", str(path), "127.0.0.0/28") == {*range(16)} - LEFT[addresses]


@pytest.mark.parametrize("addresses", Addresses)
def test_masscan_leaves_out_what_is_marked(tmp_path: Path, addresses: Addresses) -> None:
    path = list_for(ExclusionFormat.MASSCAN, tmp_path, addresses)

    left = scanned("masscan", "-sL", "--excludefile", str(path), "--range", "127.0.0.0/28")

    assert left == {*range(16)} - LEFT[addresses]


def test_both_leave_out_what_is_marked_in_ipv6(tmp_path: Path) -> None:
    nmap = list_for(ExclusionFormat.NMAP, tmp_path, Addresses.BOTH)
    masscan = list_for(ExclusionFormat.MASSCAN, tmp_path, Addresses.BOTH)

    left = {*range(16)} - {5, 9}
    assert scanned("nmap", "-6", "-sL", "-n", "--excludefile", str(nmap), "2001:db8::/124") == left
    assert scanned("masscan", "-sL", "--excludefile", str(masscan), "--range", "2001:db8::/124") == left
