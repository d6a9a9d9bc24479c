"""How `emblem key list` shows keys: those of a folder, and those of a workspace with what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from emblem.issuance.workspace.folder import Workspace
from emblem.issuance.workspace.settings import NamedKey
from emblem.keys.listing import ListedKey, PrivateHalf
from emblem.model.time import date_text, numeric_date
from emblem_cli.key_forms import key_forms
from emblem_cli.output import print_json, print_table


def listed_members(key: ListedKey) -> dict[str, Any]:
    """A key of a folder as JSON."""
    members: dict[str, Any] = {"name": key.name, "private_key": key.private.value, "problem": key.problem}
    return members | (key_forms(key.public) if key.public is not None else {})


def public_cells(key: ListedKey) -> tuple[str, str]:
    """The public half of a key in two cells of a table: its algorithm and its identifier."""
    if key.public is None:
        return "", key.problem or "in the private key: 'emblem key show' asks for its passphrase"
    return key.public.writing_algorithm.name, key.public.cose_thumbprint


def list_with_roles(workspace: Workspace, keys: Sequence[ListedKey], at: datetime, *, as_json: bool) -> None:
    """Print the keys of a workspace in the order of ``emblem.toml``, then those in its folder that it does not name."""
    found = {key.name: key for key in keys}
    named = [(one, _placed(found.pop(one.name, _missing(workspace, one)), one)) for one in workspace.settings.keys]
    rows: list[tuple[NamedKey | None, ListedKey]] = [*named, *((None, key) for key in found.values())]
    if as_json:
        for one, key in rows:
            print_json(listed_members(key) | _role_members(one))
    elif rows:
        header = ("name", "role", "private key", "algorithm", "key identifier")
        print_table(header, [(key.name, _role(one, at), key.private.value, *public_cells(key)) for one, key in rows])
    else:
        click.echo(f"no keys in {workspace.keys}")


def _placed(key: ListedKey, named: NamedKey) -> ListedKey:
    return replace(key, private=PrivateHalf.HARDWARE) if named.in_token else key


def _missing(workspace: Workspace, named: NamedKey) -> ListedKey:
    return ListedKey(named.name, PrivateHalf.ELSEWHERE, None, f"no {workspace.public_file(named)}")


def _role(named: NamedKey | None, at: datetime) -> str:
    if named is None:
        return "not in emblem.toml"
    return named.role.value if named.signs_at(at) else f"{named.role.value}, retired"


def _role_members(named: NamedKey | None) -> dict[str, Any]:
    if named is None:
        return {"role": None, "location": None, "retired": None}
    retired = None if named.retired is None else date_text(numeric_date(named.retired))
    return {"role": named.role.value, "location": named.location, "retired": retired}
