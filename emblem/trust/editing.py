"""Changes to the text of a trust store that leave every other line, comment and blank in it as it was."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path as FilePath

from emblem.errors import TrustError
from emblem.keys.files import replace_file
from emblem.model.organization import Organization
from emblem.trust.document import Authority, Document, KeyEntry, Refusal, is_store, read_document
from emblem.trust.fields import Source
from emblem.trust.listing import is_refused
from emblem.trust.places import Path
from emblem.trust.store import TrustStore, read_trust_file
from emblem.trust.writing import write_authority, write_refusal

NEW_STORE = """\
# Whom this verifier trusts. 'emblem trust' keeps it, and so may you: docs/trust.md says how.

[policy]
"""
"""What a new store begins with."""

_REST_OF_LINE = re.compile(r"[ \t]*+(?:#[^\n]*+)?(?:\n|\r\n|\Z)")
_BLANK_LINES = re.compile(r"(?:[ \t]*+\r?\n)*")
_COMMA = re.compile(r"[ \t]*+,[ \t]*+")
_LATER_COMMA = re.compile(r"[ \t\r\n]*+(?:#[^\n]*+[ \t\r\n]*+)*,")
_EMPTY_STORE = "[policy]\n"
_MODE = 0o644


def add_authority(document: Document, authority: Authority) -> Document:
    """The store with a further authority at its end.

    Raises:
        TrustError: one of its keys is there already for that organization, or is refused, or its name is another's; or
            the store is written in such a way that nothing can be appended.
    """
    for entry in authority.keys:
        if is_refused(entry, document):
            found = f"a refusal of key {entry.key.cose_thumbprint}"
            raise TrustError(document.source.name, found, "that it is taken back first")
    expected = replace(document, authorities=(*document.authorities, authority))
    return _checked(_append(document, write_authority(authority)), expected)


def add_refusals(document: Document, refusals: Iterable[Refusal]) -> Document:
    """The store with further refusals at its end; errors as in :func:`add_authority`."""
    refusals = tuple(refusals)
    expected = replace(document, refusals=(*document.refusals, *refusals))
    return _checked(_append(document, "\n".join(map(write_refusal, refusals))), expected)


def remove_keys(
    document: Document, chosen: Callable[[Authority, KeyEntry], bool], organization: Organization | None = None
) -> Document:
    """The store without the keys that are chosen; an authority without keys goes as a whole, with its comments.

    Args:
        document: the store.
        chosen: which keys go.
        organization: whose certificates go, too; None: no certificates.

    Raises:
        TrustError: the store is written in such a way that they cannot be cut out.
    """
    paths: list[Path] = []
    kept: list[Authority] = []
    for authority in document.authorities:
        if authority.certificates and authority.organization != organization:
            if any(chosen(authority, entry) for entry in authority.keys):
                raise _cannot_change(document.source)
            kept.append(authority)
            continue
        keys = tuple(entry for entry in authority.keys if not chosen(authority, entry))
        if keys:
            kept.append(replace(authority, keys=keys))
            paths += [entry.path for entry in authority.keys if entry not in keys]
        else:
            paths.append(authority.path)
    return _checked(_cut(document, paths), replace(document, authorities=tuple(kept)))


def remove_refusals(document: Document, chosen: Callable[[Refusal], bool]) -> Document:
    """The store without the refusals that are chosen; errors as in :func:`remove_keys`."""
    gone = [refusal.path for refusal in document.refusals if chosen(refusal)]
    kept = tuple(refusal for refusal in document.refusals if not chosen(refusal))
    return _checked(_cut(document, gone), replace(document, refusals=kept))


def read_store(path: FilePath) -> Document:
    """Read a store in order to change it.

    Raises:
        TrustError: it cannot be read, is no store, or has anything wrong in it.
    """
    expected = "a trust store in TOML; 'emblem trust add' makes one"
    if not path.exists():
        raise TrustError(str(path), "no such file", expected)
    data = read_trust_file(path)
    if not is_store(data):
        raise TrustError(str(path), "something else", expected)
    return read_document(str(path), data)


def write_store(path: FilePath, document: Document) -> None:
    """Put a store in the place of the one that is there, wholly or not at all; links are followed.

    Raises:
        TrustError: a withdrawal list that it names would not be believed any more.
        OSError: it cannot be written; then what was there is there still.
    """
    TrustStore.of_document(document, path.parent)
    path = path.resolve()
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else _MODE
    replace_file(path, document.source.text.encode(), mode)


def _append(document: Document, block: str) -> Document:
    text = document.source.text
    separator = "" if text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    changed = Source(document.source.name, text + separator + block)
    _check_syntax(changed)
    return read_document(changed.name, changed.text.encode())


def _cut(document: Document, paths: Iterable[Path]) -> Document:
    text = document.source.text
    # From the end, so that what stands before keeps its place.
    for start, end in sorted((span for path in paths for span in _spans(document.source, path)), reverse=True):
        text = text[:start] + text[end:]
    if not is_store(text.encode()):
        text += _EMPTY_STORE
    changed = Source(document.source.name, text)
    _check_syntax(changed)
    return read_document(changed.name, changed.text.encode())


def _check_syntax(changed: Source) -> None:
    try:
        changed.parse()
    except TrustError as error:
        raise _cannot_change(changed) from error


def _checked(changed: Document, expected: Document) -> Document:
    """The changed store, if it says what it should: TOML can be written in more ways than are understood here."""
    if changed != expected:
        raise _cannot_change(changed.source)
    return changed


def _cannot_change(source: Source) -> TrustError:
    return TrustError(
        source.name, "a layout that only you can change", "tables with headers of their own, [[authority]]"
    )


def _spans(source: Source, path: Path) -> list[tuple[int, int]]:
    """What must be cut out of the text to remove a table or an element."""
    place = source.places[path]
    if source.text.startswith("[[", place.start):
        return [_block(source, path)]
    return _element(source.text, place.start, place.end)


def _block(source: Source, path: Path) -> tuple[int, int]:
    """A table with its header: the comments right above it, all that is in it, and the blank lines after it."""
    text, places = source.text, source.places
    header = places[path].start
    end = max(place.end for other, place in places.items() if other[: len(path)] == path)
    before = max((place.end for place in places.values() if place.end <= header), default=0)
    start = _with_comments_above(text, _line_start(text, header), before)
    return start, _match(_BLANK_LINES, text, _match(_REST_OF_LINE, text, end))


def _with_comments_above(text: str, start: int, before: int) -> int:
    """Where the comment lines begin that stand right above a line, and after what is written before."""
    while start > before:
        above = _line_start(text, start - 1)
        if above < before or not text[above:start].lstrip().startswith("#"):
            break
        start = above
    return start


def _element(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """An element of an array with its comma, and with its line where nothing else stands in it."""
    comma = _COMMA.match(text, end)
    later = None if comma else _LATER_COMMA.match(text, end)
    end = comma.end() if comma else end
    beginning, rest = _line_start(text, start), _REST_OF_LINE.match(text, end)
    if rest and not text[beginning:start].strip():
        start, end = beginning, rest.end()
    return [(start, end), *([(later.end() - 1, later.end())] if later else [])]


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _match(pattern: re.Pattern[str], text: str, offset: int) -> int:
    match = pattern.match(text, offset)
    return match.end() if match else offset
