"""What a vector is, and how a file of them is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from test_vectors.generator.keys import AnyKey

AT = "2027-03-01T12:00:00Z"
"""When vectors are judged unless they say otherwise."""
NOW = int(datetime(2027, 3, 1, 12, tzinfo=UTC).timestamp())
DAY = 86400
NBF, EXP = NOW - DAY, NOW + 6 * DAY
"""The period of a token unless its vector says otherwise."""

TARGET = "clinic.relief.example"
ORG = "https://relief.example"
"""The issuer of the emblems."""
AUTH = "https://ministry.example"
AUTH_2 = "https://federation.example"
"""Authorities that endorse it."""
OTHER_ORG = "https://elsewhere.example"
"""An organization that has nothing to do with it."""

Document = dict[str, object]


class Given(Protocol):
    """Something that the verifier is given out of band."""

    @property
    def document(self) -> Document:
        """As the vector writes it."""
        ...


@dataclass(frozen=True, slots=True)
class Trusted:
    """A key that the verifier is given out of band, bare or bound to an organization, perhaps within a scope."""

    key: AnyKey
    organization: str | None = None
    form: str = "cose"
    scope: Document | None = None

    def within(self, scope: Document) -> Trusted:
        """The same key, given for a scope only."""
        return replace(self, scope=scope)

    @property
    def document(self) -> Document:
        """As the vector writes it."""
        jwk = json.dumps(self.key.jwk, separators=(",", ":"))
        texts = {"cose": self.key.record.hex(), "jwk": jwk, "pem": self.key.pem}
        document: Document = {"key": texts[self.form]}
        document |= {} if self.organization is None else {"organization": self.organization}
        return document if self.scope is None else document | {"scope": self.scope}


def bare(key: AnyKey, form: str = "cose") -> Trusted:
    """Trust in a key that is bound to nobody."""
    return Trusted(key, None, form)


def bound(key: AnyKey, organization: str, form: str = "cose") -> Trusted:
    """Trust in a key as that of an organization."""
    return Trusted(key, organization, form)


def protected(level: str, *reasons: str, **more: object) -> Document:
    """A trusted result of a level."""
    return {"status": "protected", "level": level, "trusted": True} | more | {"reasons": ["trusted-key", *reasons]}


def claimed(level: str, *reasons: str, **more: object) -> Document:
    """A valid result that nobody trusted stands behind."""
    return {"status": "claimed", "level": level, "trusted": False} | more | {"reasons": ["trusted-nobody", *reasons]}


def rejected(*reasons: str, **more: object) -> Document:
    """An invalid result."""
    return {"status": "rejected", "level": "none", "trusted": False} | more | {"reasons": list(reasons)}


def undetermined(*reasons: str, **more: object) -> Document:
    """A result that could not be established."""
    return {"status": "undetermined", "level": "none", "trusted": False} | more | {"reasons": list(reasons)}


def other_asset(level: str, **more: object) -> Document:
    """A valid set that names another asset: the level is what it reached, and trust is not judged by the vector."""
    return {"status": "rejected", "level": level} | more | {"reasons": ["asset-mismatch"]}


@dataclass
class Topic:
    """One file of vectors."""

    format: str
    name: str
    description: str
    vectors: list[Document] = field(default_factory=list)

    def add(
        self,
        slug: str,
        title: str,
        section: str,
        records: Iterable[str],
        expect: Document,
        *,
        target: str = TARGET,
        at: str = AT,
        addresses: Sequence[str] = (),
        trust: Sequence[Given] = (),
        accept: str | None = None,
        profile: str | None = None,
        robust: Document | None = None,
    ) -> None:
        """Add a vector. Without ``profile`` both profiles must agree; ``robust`` makes it a pair."""
        if robust is not None:
            self.both(slug, title, section, list(records), draft=expect, robust=robust, trust=trust)
            return
        vector: Document = {
            "id": f"{self.format}-{self.name}-{slug}",
            "title": title,
            "format": self.format,
            "section": f"profile: {section}",
            "records": list(records),
            "target": target,
            "at": at,
        }
        if addresses:
            vector["addresses"] = list(addresses)
        vector["trust"] = [trusted.document for trusted in trust]
        if accept is not None:
            vector["accept"] = accept
        if profile is not None:
            vector["profile"] = profile
        self.vectors.append(vector | {"expect": expect})

    def both(
        self,
        slug: str,
        title: str,
        section: str,
        records: Sequence[str],
        *,
        draft: Document,
        robust: Document,
        trust: Sequence[Given] = (),
    ) -> None:
        """Add a pair of vectors of the same records, judged in the two profiles."""
        for profile, expect in (("draft", draft), ("robust", robust)):
            self.add(
                f"{slug}-{profile}",
                f"{title} (profile {profile})",
                section,
                records,
                expect,
                trust=trust,
                profile=profile,
            )

    @property
    def path(self) -> str:
        """Where the file stands below the directory of the vectors."""
        return f"{self.format}/{self.name}.json"

    @property
    def text(self) -> str:
        """The file: JSON in ASCII, members in a fixed order."""
        document = {
            "$schema": "../schema.json",
            "format": self.format,
            "topic": self.name,
            "description": self.description,
            "vectors": self.vectors,
        }
        return json.dumps(document, indent=1, ensure_ascii=True) + "\n"
