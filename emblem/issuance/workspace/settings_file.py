"""``emblem.toml``, read: strict, and every error with its line and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, TypeVar

from emblem.dns.servers import ServerAddress
from emblem.errors import InputError, WorkspaceError
from emblem.issuance.publication import Publishing
from emblem.issuance.workspace.settings import (
    PKCS11,
    Defaults,
    Method,
    NamedKey,
    Role,
    Settings,
    ZoneSettings,
)
from emblem.keys.token_uri import TokenUri
from emblem.model.names import normalize_name
from emblem.model.organization import Organization
from emblem.model.purpose import NO_PURPOSE, PURPOSES, USE_OF_SIGN, Purpose
from emblem.model.sign import Sign
from emblem.trust.fields import Fields, Source, parse_duration
from emblem.trust.policy import choose

LARGEST_SETTINGS = 1024 * 1024
"""Bytes of an ``emblem.toml``; a larger one is refused unread."""

NO_SIGN = "none"
"""How it is written that an organization leaves it unsaid which emblem it bears."""

T = TypeVar("T")

_TABLES = ("organization", "defaults", "key", "zone")
_ORGANIZATION = ("identifier", "name", "sign")
_DEFAULTS = ("purposes", "valid", "renew-before", "ttl", "carriage")
_KEY = ("name", "role", "location", "public", "retired")
_ZONE = ("name", "method", "server", "tsig-file", "check-servers", "file", "carriage", "ttl", "set")
_KEY_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LONGEST_TTL = 2**31 - 1
_SIGNS: Mapping[str, Sign | None] = {**{sign.value: sign for sign in Sign}, NO_SIGN: None}
_ROLES = {role.value: role for role in Role}
_METHODS = {method.value: method for method in Method}
_CARRIAGES = {carriage.value: carriage for carriage in Publishing}
_WITH_FILE = (Method.ZONE_FILE, Method.OCTODNS)
_OF_UPDATES = ("server", "tsig-file", "check-servers")


def read_settings(name: str, data: bytes) -> Settings:
    """Read an ``emblem.toml``.

    Args:
        name: the name of the file, for the errors.
        data: what it holds.

    Raises:
        WorkspaceError: anything in it is wrong; it names the line and the column, and nothing of the file is used.
    """
    source = Source.decode(name, data, WorkspaceError)
    top = Fields(source, (), source.parse(), _TABLES)
    organization = _required_table(top, "organization", _ORGANIZATION)
    defaults = top.table("defaults", _DEFAULTS)
    settings = Settings(
        _required(organization, "identifier", Organization.parse),
        _required(organization, "sign", lambda text: choose(text, _SIGNS)),
        organization.text("name"),
        Defaults() if defaults is None else _read_defaults(defaults),
        tuple(map(_read_key, top.tables("key", _KEY))),
        tuple(map(_read_zone, top.tables("zone", _ZONE))),
        source,
    )
    if settings.sign is not None and not settings.defaults.purposes & USE_OF_SIGN:
        found = f"the sign {settings.sign}, though no purpose is protective or indicative"
        raise organization.error("sign", found, f"one of these purposes, or the sign {NO_SIGN}")
    _check_once(source, "name", ((key.path, key.name) for key in settings.keys))
    _check_once(source, "location", ((key.path, key.location) for key in settings.keys if key.location))
    _check_once(source, "name", ((zone.path, zone.name) for zone in settings.zones))
    _check_once(source, "file", ((zone.path, zone.file) for zone in settings.zones if zone.file))
    return settings


def parse_key_name(text: str) -> str:
    """The text, if it can be the name of a key and of its files.

    Raises:
        InputError: it cannot.
    """
    if not _KEY_NAME.fullmatch(text) or text.endswith((".pem", ".pub")):
        expected = "letters, digits, dots, hyphens and underscores, without the ending .pem or .pub"
        raise InputError("key name", repr(text), expected)
    return text


def _read_defaults(table: Fields) -> Defaults:
    usual = Defaults()
    valid = _length(table, "valid", usual.valid)
    renew_before = _length(table, "renew-before", valid // 3)
    if renew_before >= valid:
        raise table.error("renew-before", "a length that is not shorter than an emblem holds", "less than 'valid'")
    return Defaults(
        _read_purposes(table) if "purposes" in table else usual.purposes,
        valid,
        renew_before,
        _read_ttl(table) if "ttl" in table else usual.ttl,
        _choice(table, "carriage", _CARRIAGES) or usual.carriage,
    )


def _read_purposes(table: Fields) -> Purpose:
    purposes = NO_PURPOSE
    for purpose in table.read_each("purposes", lambda text: choose(text, PURPOSES)):
        purposes |= purpose
    return purposes


def _read_key(table: Fields) -> NamedKey:
    name = _required(table, "name", parse_key_name)
    return NamedKey(
        name,
        _required(table, "role", lambda text: choose(text, _ROLES)),
        table.read("location", str, _parse_location) if "location" in table else None,
        table.read("public", str, _parse_path) if "public" in table else f"keys/{name}.pub.pem",
        table.time("retired"),
        table.path,
    )


def _read_zone(table: Fields) -> ZoneSettings:
    method = _choice(table, "method", _METHODS) or Method.UPDATE
    zone = ZoneSettings(
        _required(table, "name", normalize_name),
        method,
        table.read("server", str, _parse_server) if "server" in table else None,
        table.read("tsig-file", str, _parse_path) if "tsig-file" in table else None,
        table.read_each("check-servers", _parse_server) if "check-servers" in table else (),
        table.read("file", str, _parse_path) if "file" in table else None,
        _choice(table, "carriage", _CARRIAGES),
        _read_ttl(table) if "ttl" in table else None,
        table.text("set") or "",
        table.path,
    )
    _check_method(table, zone)
    return zone


def _check_method(table: Fields, zone: ZoneSettings) -> None:
    if zone.method in _WITH_FILE and zone.file is None:
        raise table.error("file", "nothing", f"the file that the method {zone.method} writes")
    if zone.file is not None and zone.method not in _WITH_FILE:
        raise table.error("file", "a file", f"none with the method {zone.method}")
    for name in _OF_UPDATES:
        if name in table and zone.method is not Method.UPDATE:
            raise table.error(name, f"one with the method {zone.method}", f"it only with the method {Method.UPDATE}")
    if zone.method is Method.OCTODNS and zone.carriage is not Publishing.TXT:
        raise table.error("carriage", str(zone.carriage or "nothing"), "txt: octoDNS knows no other records of ours")


def _parse_server(text: str) -> str:
    return str(ServerAddress.parse(text))


def _parse_location(text: str) -> str:
    return str(TokenUri.parse(text)) if text.startswith(PKCS11) else _parse_path(text)


def _parse_path(text: str) -> str:
    path = PurePosixPath(text)
    if not text.strip() or "\0" in text or ".." in path.parts or text.endswith("/"):
        raise InputError("path", repr(text), "the path of a file, relative to the workspace or absolute, without '..'")
    return str(path)


def _read_ttl(table: Fields) -> int:
    ttl = table.read("ttl", str, parse_duration)
    if ttl > _LONGEST_TTL:
        raise table.error("ttl", f"{ttl} seconds", f"{_LONGEST_TTL} at the most")
    return ttl


def _length(table: Fields, name: str, usual: int) -> int:
    if name not in table:
        return usual
    length = table.read(name, str, parse_duration)
    if not length:
        raise table.error(name, "no time at all", "a length of time, such as 30d")
    return length


def _choice(table: Fields, name: str, choices: Mapping[str, T]) -> T | None:
    return table.read(name, str, lambda text: choose(text, choices)) if name in table else None


def _required(table: Fields, name: str, parse: Callable[[Any], T]) -> T:
    if name not in table:
        raise table.error(name, "nothing", "a text; docs/workspace.md says which")
    return table.read(name, str, parse)


def _required_table(top: Fields, name: str, known: tuple[str, ...]) -> Fields:
    table = top.table(name, known)
    if table is None:
        raise top.error(name, "nothing", f"a table [{name}]")
    return table


def _check_once(source: Source, name: str, values: Iterable[tuple[tuple[str | int, ...], Hashable]]) -> None:
    seen: dict[Hashable, tuple[str | int, ...]] = {}
    for path, value in values:
        first = seen.setdefault(value, path)
        if first != path:
            line = source.line((*first, name))
            raise source.error((*path, name), f"{value} a second time (line {line})", "each once")
