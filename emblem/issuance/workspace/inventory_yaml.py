"""Hosts from YAML: a list of names, or of tables with the columns of the inventory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from emblem.errors import WorkspaceError
from emblem.issuance.workspace.inventory import COLUMNS, Host, check_once, decode_text, read_host

_LIST = "hosts"


def read_yaml(name: str, data: bytes) -> tuple[Host, ...]:
    """Read hosts from YAML: a list, or a table ``hosts:`` with one, of names or of tables with a ``host``.

    Raises:
        WorkspaceError: anything in it is wrong; it names the line, and nothing of the file is used.
    """
    import yaml

    text = decode_text(name, data)
    try:
        # Composed, not constructed: nothing is made of tags, and every part knows its line.
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = name if mark is None else f"{name}, line {mark.line + 1}"
        what = str(getattr(error, "problem", None) or "something else")
        raise WorkspaceError(place, what, "YAML: a list of hosts") from None
    hosts = tuple(_hosts(name, root))
    check_once(name, hosts)
    return hosts


def _hosts(name: str, root: Any) -> Iterator[Host]:
    if root is None:
        return
    if _kind(root) == "mapping":
        table = dict(_members(name, root))
        if list(table) != [_LIST]:
            raise WorkspaceError(
                _place(name, root), f"a table with {', '.join(table) or 'nothing'}", f"one with {_LIST}"
            )
        root = table[_LIST]
    if _kind(root) != "sequence":
        raise WorkspaceError(_place(name, root), f"a {_kind(root)}", "a list of hosts")
    for item in root.value:
        yield read_host(_place(name, item), _cells(name, item), item.start_mark.line + 1)


def _cells(name: str, item: Any) -> Mapping[str, str]:
    if _kind(item) == "scalar":
        return {"host": item.value}
    cells: dict[str, str] = {}
    for column, value in _members(name, item):
        if column not in COLUMNS:
            raise WorkspaceError(_place(name, value), f"{column!r}", f"one of {', '.join(COLUMNS)}")
        parts = value.value if column == "purposes" and _kind(value) == "sequence" else [value]
        if any(_kind(part) != "scalar" for part in parts):
            raise WorkspaceError(f"{_place(name, value)}: {column}", f"a {_kind(value)}", "a text")
        cells[column] = " ".join(part.value for part in parts)
    return cells


def _members(name: str, node: Any) -> Iterator[tuple[str, Any]]:
    if _kind(node) != "mapping":
        raise WorkspaceError(_place(name, node), f"a {_kind(node)}", "a host, or a table with one")
    seen: set[str] = set()
    for key, value in node.value:
        column = str(key.value) if _kind(key) == "scalar" else ""
        if column in seen:
            raise WorkspaceError(_place(name, key), f"{column!r} again", "each field once")
        seen.add(column)
        yield column, value


def _kind(node: Any) -> str:
    return str(node.id)


def _place(name: str, node: Any) -> str:
    return f"{name}, line {node.start_mark.line + 1}"
