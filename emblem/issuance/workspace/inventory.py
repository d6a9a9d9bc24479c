"""The inventory: the hosts of an organization, one a line, as ``inventory.csv`` has them (``docs/workspace.md``)."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TypeVar

from emblem.errors import InputError, WorkspaceError
from emblem.issuance.workspace.settings_file import NO_SIGN
from emblem.model.names import normalize_name
from emblem.model.purpose import NO_PURPOSE, PURPOSES, Purpose
from emblem.model.sign import Sign
from emblem.model.target import Target
from emblem.trust.policy import choose

COLUMNS = ("host", "sign", "purposes", "zone", "contact", "note", "confirmed")
"""What can be said of a host; ``host`` must be."""

LARGEST_INVENTORY = 64 * 1024 * 1024
"""Bytes of a file of hosts; a larger one is refused unread."""

_LONGEST_FIELD = 4096
_DELIMITERS = ",;\t"
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNS: Mapping[str, Sign | str] = {**{sign.value: sign for sign in Sign}, NO_SIGN: NO_SIGN}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Host:
    """A host that is to be marked.

    Args:
        target: its name or address.
        sign: which emblem marks it; "none": unsaid; None: the organization's.
        purposes: what the emblem is used for; None: the default.
        zone: the zone in which its records stand; empty: the nearest one in ``emblem.toml``.
        contact: whom to ask about it; for people.
        note: for people.
        confirmed: when a person confirmed that it is worth marking, and how; for people.
        line: in which line of the file it stands; 0 where it stands in none.
    """

    target: Target
    sign: Sign | str | None = None
    purposes: Purpose | None = None
    zone: str = ""
    contact: str = ""
    note: str = ""
    confirmed: str = ""
    line: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        """The name at which its records stand, which is also that of its token file."""
        return self.target.name

    @property
    def cells(self) -> Mapping[str, str]:
        """What is said of it, by column, as text."""
        return {
            "host": self.target.text,
            "sign": "" if self.sign is None else str(self.sign),
            "purposes": "" if self.purposes is None else " ".join(self.purposes.slugs),
            "zone": self.zone,
            "contact": self.contact,
            "note": self.note,
            "confirmed": self.confirmed,
        }


@dataclass(frozen=True, slots=True)
class Inventory:
    """The hosts of a file, and its text, so that a change leaves every other line as it was.

    Args:
        name: of the file, for errors.
        hosts: in the order of the file.
        lines: of the file, each with its end.
        columns: what each line has, in this order.
        delimiter: what stands between them.
    """

    name: str
    hosts: tuple[Host, ...]
    lines: tuple[str, ...] = field(compare=False, repr=False)
    columns: tuple[str, ...] = COLUMNS
    delimiter: str = ","

    @property
    def text(self) -> str:
        """The text of the file."""
        return "".join(self.lines)

    def chosen(self, patterns: Sequence[str] = (), exclusions: Sequence[str] = ()) -> tuple[Host, ...]:
        """The hosts that match one of some patterns (none: all) and none of the exclusions; see :func:`matches`."""
        return tuple(
            host
            for host in self.hosts
            if (not patterns or matches(host.target, patterns)) and not matches(host.target, exclusions)
        )


def matches(target: Target, patterns: Iterable[str]) -> bool:
    """Whether a host matches a pattern: ``*`` stands for any characters, also dots, ``?`` for one."""
    return any(fnmatchcase(target.text, pattern.lower()) for pattern in patterns)


def read_inventory(name: str, data: bytes) -> Inventory:
    """Read a file of hosts: CSV in UTF-8, or what its byte-order mark says; with commas, semicolons or tabs.

    The first line names the columns, in any order. A file whose first line names none is a list of hosts, one a line.
    Empty lines and those that begin with ``#`` are passed over.

    Raises:
        WorkspaceError: anything in it is wrong; it names the line, and nothing of the file is used.
    """
    text = decode_text(name, data)
    lines = tuple(io.StringIO(text, newline=""))
    content = ((number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#"))
    first = next(content, None)
    if first is None:
        return Inventory(name, (), lines)
    columns, delimiter = _read_header(name, *first)
    if columns is None:
        columns = ("host",)
        content = ((number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#"))
    hosts = tuple(read_host(f"{name}, line {number}", cells, number) for number, cells in
                  _rows(name, content, columns, delimiter))  # fmt: skip
    check_once(name, hosts)
    return Inventory(name, hosts, lines, columns, delimiter)


def read_host(place: str, cells: Mapping[str, str], line: int = 0) -> Host:
    """A host from what is said of it, by column.

    Args:
        place: where that is, for errors.
        cells: the texts; empty ones count as absent.
        line: its line in a file.

    Raises:
        WorkspaceError: a text is not what it must be.
    """

    texts = {column: text for column, cell in cells.items() if (text := cell.strip())}

    def read(column: str, parse: Callable[[str], T], absent: T) -> T:
        text = texts.get(column)
        if text is None:
            return absent
        if len(text) > _LONGEST_FIELD:
            raise WorkspaceError(f"{place}: {column}", f"{len(text)} characters", f"{_LONGEST_FIELD} at the most")
        try:
            return parse(text)
        except InputError as error:
            raise WorkspaceError(f"{place}: {column}", error.found, error.expected) from None

    target = read("host", Target.parse, None)
    if target is None:
        raise WorkspaceError(f"{place}: host", "nothing", "a host name or an IP address")
    if len(texts) == 1:
        return Host(target, line=line)
    return Host(
        target,
        read("sign", lambda text: choose(text.lower(), _SIGNS), None),
        read("purposes", _parse_purposes, None),
        read("zone", normalize_name, ""),
        read("contact", str, ""),
        read("note", str, ""),
        read("confirmed", str, ""),
        line,
    )


def check_once(name: str, hosts: Iterable[Host]) -> None:
    """Refuse a host that is there twice, since nobody could say which line counts.

    Raises:
        WorkspaceError: one is; it names both lines.
    """
    seen: dict[str, Host] = {}
    for host in hosts:
        first = seen.setdefault(host.name, host)
        if first is not host:
            expected = f"each host once; it is in line {first.line}, too"
            raise WorkspaceError(f"{name}, line {host.line}", f"{host.target} again", expected)


def add_hosts(inventory: Inventory, hosts: Iterable[Host]) -> Inventory:
    """The inventory with further hosts at its end; one that is there already takes its line.

    Raises:
        WorkspaceError: a host has something to say for which the file has no column.
    """
    lines = list(inventory.lines) or [f"{','.join(COLUMNS)}\n"]
    columns = inventory.columns if inventory.lines else COLUMNS
    ending = "\r\n" if lines[0].endswith("\r\n") else "\n"
    if not lines[-1].endswith(("\n", "\r")):
        lines[-1] += ending
    places = {host.name: host.line for host in inventory.hosts}
    merged = {host.name: host for host in inventory.hosts}
    for host in hosts:
        line = _write_line(inventory, columns, host) + ending
        number = places.get(host.name, 0)
        if number:
            lines[number - 1] = line
        else:
            lines.append(line)
            number = places[host.name] = len(lines)
        merged[host.name] = replace(host, line=number)
    return replace(inventory, hosts=tuple(merged.values()), lines=tuple(lines), columns=columns)


def remove_hosts(inventory: Inventory, names: Iterable[str]) -> Inventory:
    """The inventory without some hosts, by the names at which their records stand."""
    gone = frozenset(names)
    numbers = {host.line for host in inventory.hosts if host.name in gone}
    lines = tuple(line for number, line in enumerate(inventory.lines, 1) if number not in numbers)
    return replace(read_inventory(inventory.name, "".join(lines).encode()), columns=inventory.columns)


def with_column(inventory: Inventory, column: str) -> Inventory:
    """The inventory with a column that it may not have had; comments stay, and every host keeps what is said of it."""
    if column in inventory.columns or not inventory.lines:
        return inventory
    columns = (*inventory.columns, column)
    by_line = {host.line: host for host in inventory.hosts}
    header = inventory.delimiter.join(columns) + "\n"
    lines: list[str] = []
    for number, line in enumerate(inventory.lines, 1):
        content = line.strip() and not line.startswith("#")
        if content and header:
            lines.append(header)
            header = ""
            if number not in by_line:
                continue
        lines.append(_write_line(inventory, columns, by_line[number]) + "\n" if number in by_line else line)
    return read_inventory(inventory.name, "".join(lines).encode())


def decode_text(name: str, data: bytes) -> str:
    """The text of a file: UTF-8, or what its byte-order mark says.

    Raises:
        WorkspaceError: it is neither.
    """
    mark, encoding = next(((mark, name) for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = data[len(mark) : len(mark) + error.start].decode(encoding, "replace").count("\n") + 1
        expected = "UTF-8, or UTF-16 with a byte-order mark: save it as 'CSV UTF-8'"
        raise WorkspaceError(f"{name}, line {line}", "bytes that are no text", expected) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        expected = "text: UTF-8, or UTF-16 with a byte-order mark"
        raise WorkspaceError(f"{name}, line {line}", "a zero byte", expected)
    return text


def _read_header(name: str, number: int, line: str) -> tuple[tuple[str, ...] | None, str]:
    """The columns and the delimiter that the first line names; no columns where it is a host."""
    delimiter = max(_DELIMITERS, key=line.count)
    cells = tuple(cell.strip().lower() for cell in _split(name, number, line, delimiter))
    if "host" not in cells:
        try:
            Target.parse(line)
        except InputError:
            found, expected = repr(line.strip()), f"the names of columns ({', '.join(COLUMNS)}), or one host a line"
            raise WorkspaceError(f"{name}, line {number}", found, expected) from None
        return None, ","
    for cell in cells:
        if cell not in COLUMNS or cells.count(cell) > 1:
            found = f"the column {cell!r}" + (" twice" if cell in COLUMNS else "")
            raise WorkspaceError(f"{name}, line {number}", found, f"each of {', '.join(COLUMNS)} once at the most")
    return cells, delimiter


def _rows(
    name: str, content: Iterable[tuple[int, str]], columns: Sequence[str], delimiter: str
) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number, line in content:
        cells = _split(name, number, line, delimiter)
        if len(cells) > len(columns):
            found, expected = f"{len(cells)} fields", f"{len(columns)}: {', '.join(columns)}"
            raise WorkspaceError(f"{name}, line {number}", found, expected)
        yield number, dict(zip(columns, cells, strict=False))


def _split(name: str, number: int, line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return line.rstrip("\r\n").split(delimiter)
    try:
        (cells,) = csv.reader([line.rstrip("\r\n")], delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise WorkspaceError(f"{name}, line {number}", str(error), "one host a line, in CSV") from None
    return cells


def _parse_purposes(text: str) -> Purpose:
    purposes = NO_PURPOSE
    for word in text.replace(",", " ").replace(";", " ").split():
        purposes |= choose(word.lower(), PURPOSES)
    return purposes


def _write_line(inventory: Inventory, columns: Sequence[str], host: Host) -> str:
    cells = host.cells
    lost = [column for column, text in cells.items() if text and column not in columns]
    if lost:
        found = f"no column {lost[0]!r}, in which {host.target} has something"
        raise WorkspaceError(inventory.name, found, f"a first line {','.join(COLUMNS)}")
    written = io.StringIO()
    csv.writer(written, delimiter=inventory.delimiter, lineterminator="").writerow(
        [" ".join(cells[column].split()) for column in columns]
    )
    return written.getvalue()
