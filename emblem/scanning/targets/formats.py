"""The formats of lists of targets, and how a list's format is recognized."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from itertools import chain

from emblem.errors import InputError
from emblem.scanning.targets.chunks import Chunks
from emblem.scanning.targets.lines import Lines
from emblem.scanning.targets.listed import Texts, json_texts, masscan_list_texts, plain_texts, table_texts
from emblem.scanning.targets.nmap_xml import nmap_texts
from emblem.scanning.targets.problems import Problems
from emblem.scanning.targets.zone import zone_texts

_ENOUGH = 4096
"""Bytes at the beginning of a list by which it is recognized, if its first line does not end before."""


class ListFormat(StrEnum):
    """What wrote a list."""

    PLAIN = "plain"
    """A name, address, range or URL a line; ``#`` begins a comment."""
    NMAP_XML = "nmap-xml"
    """``nmap -oX``, or masscan's likeness of it."""
    MASSCAN_LIST = "masscan-list"
    """``masscan -oL``."""
    MASSCAN_JSON = "masscan-json"
    """``masscan -oJ`` or ``-oD``."""
    ZMAP = "zmap"
    """zmap: addresses, CSV with a column ``saddr``, or JSON lines."""
    HTTPX = "httpx"
    """``httpx -json``."""
    DNSX = "dnsx"
    """``dnsx -json``."""
    ZONE = "zone"
    """A zone file: the names that own its records."""
    CSV = "csv"
    """A table; the column with the targets has to be named."""


_JSON_MEMBERS = {
    ListFormat.MASSCAN_JSON: ("ip",),
    ListFormat.ZMAP: ("saddr",),
    ListFormat.HTTPX: ("url", "input"),
    ListFormat.DNSX: ("host",),
}
"""The members with the target, in objects of each format."""

_MASSCAN_LINE = re.compile(rb"#masscan\b|(?:open|closed|banner|up) \S+ [0-9]+ \S+ [0-9]+")
_ZONE_LINE = re.compile(
    rb"\$(?:ORIGIN|TTL)\s|;"
    rb"|\S+\s+(?:[0-9]\w*\s+)?(?:IN\s+)?(?:[0-9]\w*\s+)?(?:SOA|NS|A|AAAA|CNAME|MX|TXT|DS|TYPE[0-9]+)\s",
    re.IGNORECASE,
)


def texts_of(
    source: str, chunks: Chunks, problems: Problems, *, form: ListFormat | None = None, column: str | None = None
) -> Texts:
    """The entries of a list as they are written there.

    Args:
        source: what the list is called in messages.
        chunks: its bytes.
        problems: where that is counted which is no entry.
        form: its format; recognized where left out.
        column: the column of a table; a list for which one is named is a table.

    Raises:
        InputError: the table has no such column, or none was named.
    """
    head = b""
    pieces: list[bytes] = []
    for chunk in chunks:
        if chunk is None:
            yield None
            continue
        pieces.append(chunk)
        head = (head + chunk)[:_ENOUGH]
        if len(head) == _ENOUGH or b"\n" in _begin(head):
            break
    if form is None:
        form = ListFormat.CSV if column is not None else recognize(head)
    rest = chain(pieces, chunks)
    if form is ListFormat.NMAP_XML:
        yield from nmap_texts(source, rest, problems)
    else:
        yield from _from_lines(Lines(source, rest, problems), form, head, column)


def recognize(head: bytes) -> ListFormat:
    """The format of a list by its first line; a plain one, where nothing else is plain to see."""
    first = _first_line(head)
    if first.startswith((b"<?xml", b"<!DOCTYPE nmaprun", b"<nmaprun")):
        return ListFormat.NMAP_XML
    if first.startswith(b"{"):
        return _recognize_object(first)
    if _MASSCAN_LINE.match(first):
        return ListFormat.MASSCAN_LIST
    if _has_addresses(first):
        return ListFormat.ZMAP
    if _ZONE_LINE.match(first + b"\n"):
        return ListFormat.ZONE
    # An array that has not begun, or nothing in it.
    return ListFormat.MASSCAN_JSON if head.lstrip().startswith(b"[") and first in (b"", b"]") else ListFormat.PLAIN


def _begin(head: bytes) -> bytes:
    """Where a list begins to say something: after blank lines, and the bracket that opens an array of objects."""
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    inner = begin.removeprefix(b"[").lstrip()
    return inner if begin.startswith(b"[") and inner[:1] in (b"", b"{", b"]") else begin


def _first_line(head: bytes) -> bytes:
    return _begin(head).partition(b"\n")[0].strip()


def _has_addresses(header: bytes) -> bool:
    """Whether a line is the header of a table by zmap."""
    try:
        return "saddr" in header.decode("utf-8").split(",")
    except UnicodeDecodeError:
        return False


def _recognize_object(line: bytes) -> ListFormat:
    try:
        members = json.loads(line.rstrip(b"],"))
    except (ValueError, RecursionError):
        members = {}
    for form in (ListFormat.ZMAP, ListFormat.HTTPX, ListFormat.DNSX):
        if isinstance(members, dict) and not members.keys().isdisjoint(_JSON_MEMBERS[form]):
            return form
    return ListFormat.MASSCAN_JSON


def _from_lines(lines: Lines, form: ListFormat, head: bytes, column: str | None) -> Texts:
    if form is ListFormat.ZMAP:
        return _zmap_texts(lines, head)
    if form is ListFormat.CSV:
        if column is None:
            raise InputError("column", "none", "the name of the column with the targets")
        return table_texts(lines, column)
    if members := _JSON_MEMBERS.get(form):
        return json_texts(lines, members)
    if form is ListFormat.ZONE:
        return zone_texts(lines)
    return masscan_list_texts(lines) if form is ListFormat.MASSCAN_LIST else plain_texts(lines)


def _zmap_texts(lines: Lines, head: bytes) -> Texts:
    first = _first_line(head)
    if first.startswith(b"{"):
        return json_texts(lines, _JSON_MEMBERS[ListFormat.ZMAP])
    return table_texts(lines, "saddr") if _has_addresses(first) else plain_texts(lines)
