"""Lists of addresses as other programs read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TextIO

from emblem.model.target import Address


class ExclusionFormat(StrEnum):
    """What is to read a list."""

    NMAP = "nmap"
    """``nmap --excludefile``."""
    MASSCAN = "masscan"
    """``masscan --excludefile``."""
    ZMAP = "zmap"
    """``zmap --blocklist-file``: networks of IPv4 only."""
    NFTABLES = "nftables"
    """``nft -f``: sets in a table ``emblem``."""
    IPSET = "ipset"
    """``ipset restore``: sets whose names begin with ``emblem``."""
    PLAIN = "plain"
    """An address a line, for whatever else."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An address that is to be left out, and why, in words that are safe to stand in a comment."""

    address: Address
    why: str


@dataclass(frozen=True, slots=True)
class Section:
    """Addresses of one kind.

    Args:
        slug: the kind, as part of a name.
        title: the kind, in words.
        entries: gives the addresses, sorted, each once; may be called again.
        remarks: what else is to be said, a line each.
    """

    slug: str
    title: str
    entries: Callable[[], Iterable[Entry]]
    remarks: Callable[[], Iterable[str]]


def write_list(form: ExclusionFormat, head: str, sections: Iterable[Section], file: TextIO) -> None:
    """Write a list.

    Args:
        form: what is to read it.
        head: what it is, in a line.
        sections: the addresses.
        file: where to write.
    """
    file.write(f"# {head}\n")
    if form is ExclusionFormat.NFTABLES:
        file.write("table inet emblem {\n")
    for section in sections:
        file.write(f"\n# {section.title}\n")
        file.writelines(f"# {remark}\n" for remark in section.remarks())
        file.writelines(_WRITERS[form](section))
    if form is ExclusionFormat.NFTABLES:
        file.write("}\n")


def _lines(section: Section) -> Iterator[str]:
    for entry in section.entries():
        yield f"# {entry.why}\n{entry.address}\n"


def _plain(section: Section) -> Iterator[str]:
    return (f"{entry.address}\n" for entry in section.entries())


def _ipv4_networks(section: Section) -> Iterator[str]:
    left_out = 0
    for entry in section.entries():
        if entry.address.version == 4:
            yield f"{entry.address}/32 # {entry.why}\n"
        else:
            left_out += 1
    if left_out:
        yield f"# left out, since zmap scans IPv4 only: {left_out} addresses of IPv6\n"


def _nft_sets(section: Section) -> Iterator[str]:
    for version in (4, 6):
        yield f"\tset {section.slug}_ipv{version} {{\n\t\ttype ipv{version}_addr\n"
        begin = "\t\telements = {\n"
        for entry in _of_version(section, version):
            yield f"{begin}\t\t\t{entry.address},\n"
            begin = ""
        yield "\t}\n" if begin else "\t\t}\n\t}\n"


def _ipset_commands(section: Section) -> Iterator[str]:
    for version, family in ((4, "inet"), (6, "inet6")):
        name = f"emblem-{section.slug}-ipv{version}"
        yield f"create {name} hash:ip family {family} maxelem {sum(1 for _ in _of_version(section, version)) + 1}\n"
        for entry in _of_version(section, version):
            yield f"add {name} {entry.address}\n"


def _of_version(section: Section, version: int) -> Iterator[Entry]:
    return (entry for entry in section.entries() if entry.address.version == version)


_WRITERS: dict[ExclusionFormat, Callable[[Section], Iterator[str]]] = {
    ExclusionFormat.NMAP: _lines,
    ExclusionFormat.MASSCAN: _lines,
    ExclusionFormat.ZMAP: _ipv4_networks,
    ExclusionFormat.NFTABLES: _nft_sets,
    ExclusionFormat.IPSET: _ipset_commands,
    ExclusionFormat.PLAIN: _plain,
}
