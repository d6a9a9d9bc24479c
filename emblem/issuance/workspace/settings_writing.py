"""``emblem.toml``, written anew, or changed so that every other line in it stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from emblem.errors import WorkspaceError
from emblem.issuance.workspace.settings import Defaults, NamedKey, Settings, ZoneSettings
from emblem.issuance.workspace.settings_file import NO_SIGN, read_settings
from emblem.trust.fields import Source
from emblem.trust.writing import quoted

_HEADING = "# What this organization marks its hosts with. docs/workspace.md explains every field.\n"
_HEADER_LINE = re.compile(r"\[\[[^\n]*\n")
_REST_OF_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60))


def write_settings(settings: Settings) -> str:
    """The text of a new ``emblem.toml``."""
    organization = {
        "identifier": str(settings.organization),
        "name": settings.name,
        "sign": NO_SIGN if settings.sign is None else settings.sign.value,
    }
    blocks = [
        _HEADING,
        _table("[organization]", _texts(organization)),
        _table("[defaults]", _default_lines(settings.defaults)),
        *map(_write_key, settings.keys),
        *map(_write_zone, settings.zones),
    ]
    return "\n".join(blocks)


def add_key(settings: Settings, key: NamedKey) -> Settings:
    """The settings with a further key at the end of the file.

    Raises:
        WorkspaceError: there is one of that name or at that place already, or nothing can be appended to the file.
    """
    return _appended(settings, _write_key(key), replace(settings, keys=(*settings.keys, key)))


def add_zone(settings: Settings, zone: ZoneSettings) -> Settings:
    """The settings with a further zone at the end of the file; errors as in :func:`add_key`."""
    return _appended(settings, _write_zone(zone), replace(settings, zones=(*settings.zones, zone)))


def retire_key(settings: Settings, name: str, at: datetime) -> Settings:
    """The settings with a key that signs nothing from a time on.

    Raises:
        WorkspaceError: there is no such key, or the file is written in such a way that only a person can change it.
    """
    key = settings.key(name)
    source = _source(settings)
    at = at.replace(microsecond=0)
    line = f"retired = {_time(at)}\n"
    place = source.places.get((*key.path, "retired"))
    if place is not None:
        end = _end(_REST_OF_LINE, source.text, place.end)
        text = source.text[: place.name] + line.rstrip("\n") + source.text[place.end : end] + source.text[end:]
    else:
        start = source.places[key.path].start
        header = _HEADER_LINE.match(source.text, start)
        if header is None:
            raise _cannot_change(source)
        text = source.text[: header.end()] + line + source.text[header.end() :]
    keys = tuple(replace(one, retired=at) if one.name == name else one for one in settings.keys)
    return _checked(source, text, replace(settings, keys=keys))


def duration_text(seconds: int) -> str:
    """A length of time in the largest unit that writes it whole: ``30d``, ``36h``."""
    unit, size = next(((unit, size) for unit, size in _UNITS if seconds % size == 0), ("s", 1))
    return f"{seconds // size}{unit}"


def _default_lines(defaults: Defaults) -> Iterator[str]:
    yield f"purposes = {_array(defaults.purposes.slugs)}"
    yield f'valid = "{duration_text(defaults.valid)}"'
    yield f'renew-before = "{duration_text(defaults.renew_before)}"'
    yield f'ttl = "{duration_text(defaults.ttl)}"'
    yield f'carriage = "{defaults.carriage.value}"'


def _write_key(key: NamedKey) -> str:
    texts = {"name": key.name, "role": key.role.value, "location": key.location, "public": key.public}
    retired = () if key.retired is None else (f"retired = {_time(key.retired)}",)
    return _table("[[key]]", (*_texts(texts), *retired))


def _write_zone(zone: ZoneSettings) -> str:
    texts = {
        "name": zone.name,
        "method": zone.method.value,
        "server": zone.server,
        "tsig-file": zone.tsig_file,
        "file": zone.file,
        "carriage": None if zone.carriage is None else zone.carriage.value,
        "ttl": None if zone.ttl is None else duration_text(zone.ttl),
        "set": zone.set_name or None,
    }
    servers = (f"check-servers = {_array(zone.check_servers)}",) if zone.check_servers else ()
    return _table("[[zone]]", (*_texts(texts), *servers))


def _table(header: str, lines: Iterable[str]) -> str:
    return "\n".join((header, *lines, ""))


def _texts(texts: dict[str, str | None]) -> Iterator[str]:
    return (f"{name} = {quoted(text)}" for name, text in texts.items() if text is not None)


def _array(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def _time(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _source(settings: Settings) -> Source:
    return settings.source or Source("emblem.toml", write_settings(settings), WorkspaceError)


def _appended(settings: Settings, block: str, expected: Settings) -> Settings:
    source = _source(settings)
    separator = "\n" if source.text.endswith("\n") else "\n\n"
    return _checked(source, source.text + separator + block, expected)


def _checked(source: Source, text: str, expected: Settings) -> Settings:
    """The changed settings, if they say what they should: TOML can be written in more ways than are understood here."""
    changed = read_settings(source.name, text.encode())
    if changed != expected:
        raise _cannot_change(source)
    return changed


def _cannot_change(source: Source) -> WorkspaceError:
    return WorkspaceError(source.name, "a layout that only you can change", "tables with headers of their own, [[key]]")


def _end(pattern: re.Pattern[str], text: str, offset: int) -> int:
    match = pattern.match(text, offset)
    return match.end() if match else offset
