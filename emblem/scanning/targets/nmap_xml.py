"""Hosts in the XML output of nmap (``nmap -oX``, also masscan's), read as a stream.

XML can make a few bytes into very many. No entity is expanded here: a document that declares one is refused, and so are
an internal subset of its document type, elements that nest too deep, and a tag that does not end.
"""

from __future__ import annotations

from collections import deque
from xml.parsers import expat

from emblem.errors import MalformedError
from emblem.scanning.targets.chunks import Chunks
from emblem.scanning.targets.listed import Texts
from emblem.scanning.targets.problems import Problems

LONGEST_TAG = 1024 * 1024
"""Bytes of a tag, or another piece of XML that has to be read as a whole."""

DEEPEST_ELEMENT = 32
"""Elements within each other."""

_ADDRESS_TYPES = frozenset({"ipv4", "ipv6"})


def nmap_texts(source: str, chunks: Chunks, problems: Problems) -> Texts:
    """The addresses and the names of all hosts that are not said to be down."""
    reader = _NmapReader()
    for chunk in chunks:
        if chunk is None:
            yield None
            continue
        broken = reader.feed(chunk)
        while reader.found:
            yield reader.found.popleft()
        if broken is not None:
            problems.note_rest(source, reader.line, broken)
            return
    if (broken := reader.finish()) is not None:
        problems.note_rest(source, reader.line, broken)


class _NmapReader:
    def __init__(self) -> None:
        self.found: deque[tuple[int, str]] = deque()
        self._in_host = False
        self._depth = 0
        self._fed = 0
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._document_type
        self._parser.EntityDeclHandler = self._entity
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    @property
    def line(self) -> int:
        return self._parser.CurrentLineNumber

    def feed(self, chunk: bytes) -> MalformedError | None:
        """Read on; the error, if it cannot be read further."""
        self._fed += len(chunk)
        broken = self._parse(chunk, final=False)
        if broken is None and self._fed - max(0, self._parser.CurrentByteIndex) > LONGEST_TAG:
            return MalformedError("XML", "a tag that does not end", f"{LONGEST_TAG} bytes at the most")
        return broken

    def finish(self) -> MalformedError | None:
        """Read the end; the error, if the document had not ended."""
        return self._parse(b"", final=True)

    def _parse(self, chunk: bytes, *, final: bool) -> MalformedError | None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            return MalformedError("XML", str(error), "the complete output of nmap -oX")
        except MalformedError as error:
            return error
        return None

    def _document_type(self, name: str, system: str | None, public: str | None, has_internal_subset: bool) -> None:
        del name, system, public
        if has_internal_subset:
            raise MalformedError("XML", "a document type of its own", "none: entities are not expanded")

    def _entity(self, *declared: object) -> None:
        del declared
        raise MalformedError("XML", "the declaration of an entity", "none: entities are not expanded")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST_ELEMENT:
            raise MalformedError("XML", "elements that nest deeper", f"{DEEPEST_ELEMENT} levels at the most")
        if name == "host":
            self._in_host = True
        elif not self._in_host:
            return
        elif name == "status" and attributes.get("state") == "down":
            self._in_host = False
        elif name == "address" and attributes.get("addrtype") in _ADDRESS_TYPES:
            self._found(attributes.get("addr"))
        elif name == "hostname":
            self._found(attributes.get("name"))

    def _found(self, text: str | None) -> None:
        if text:
            self.found.append((self.line, text))

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == "host":
            self._in_host = False
