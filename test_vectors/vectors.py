"""Reads the vectors, and tells whether a verdict is what a vector expects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROFILES = ("draft", "robust")
FORMATS = ("cwt", "jws", "discovery", "evidence", "commitments")
DISCOVERY = "discovery"
"""The format whose vectors have DNS messages in the place of records."""
_EQUAL = ("status", "level", "trusted", "commitment", "sign", "issuer", "dnssec")
_EQUAL_AS_SETS = ("purposes", "endorsed_by", "assets")
_ASKED = (
    *("id", "format", "records", "dns", "target", "at", "now", "addresses", "trust", "accept"),
    *("covert", "anchors", "require_dnssec", "bundle", "stamp_authorities", "commitments"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One vector in one profile: what a verifier is asked, and what it must answer."""

    file: str
    vector: Mapping[str, Any]
    profile: str

    @property
    def name(self) -> str:
        """The vector's identifier and the profile."""
        return f"{self.vector['id']} ({self.profile})"

    @property
    def request(self) -> dict[str, Any]:
        """The vector without what it expects and without its title."""
        return {name: self.vector[name] for name in _ASKED if name in self.vector} | {"profile": self.profile}

    @property
    def fits_a_command(self) -> bool:
        """Whether the arguments of ``emblem verify`` say all: not messages, logs, scopes, authorities, the present."""
        unsaid = ("dns", "require_dnssec", "stamp_authorities", "commitments")
        if any(name in self.vector for name in unsaid) or ("bundle" in self.vector and "at" not in self.vector):
            return False
        return not any("scope" in trusted or "certificate" in trusted for trusted in self.vector["trust"])

    def differences(self, verdict: Mapping[str, Any]) -> list[str]:
        """What a verdict has that was not expected, and the other way round, one line each."""
        return differences(self.vector["expect"], verdict)


def files() -> list[Path]:
    """The files of vectors, in a fixed order."""
    return sorted(path for form in FORMATS for path in HERE.glob(f"{form}/*.json"))


def cases() -> Iterator[Case]:
    """Every vector in its profile; one without a profile in both, which must agree."""
    for path in files():
        for vector in json.loads(path.read_text(encoding="utf-8"))["vectors"]:
            for profile in PROFILES:
                if vector.get("profile", profile) == profile:
                    yield Case(f"{path.parent.name}/{path.name}", vector, profile)


def differences(expect: Mapping[str, Any], verdict: Mapping[str, Any]) -> list[str]:
    """Compare a verdict with an expectation.

    Members that are not expected are not compared. Lists are compared without order. ``reasons`` are the least that
    must be there, ``absent_reasons`` what must not; ``unasked`` are questions that discovery must not have asked.
    """
    found = [
        f"{name}: expected {_show(expect[name])}, found {_show(verdict.get(name))}"
        for name in _EQUAL
        if name in expect and expect[name] != verdict.get(name)
    ]
    found += [
        f"{name}: expected {_show(expect[name])}, found {_show(verdict.get(name))}"
        for name in _EQUAL_AS_SETS
        if name in expect and sorted(expect[name]) != sorted(verdict.get(name) or ())
    ]
    codes = [reason["code"] for reason in verdict.get("reasons") or ()]
    missing = [code for code in expect.get("reasons", ()) if code not in codes]
    unwanted = [code for code in expect.get("absent_reasons", ()) if code in codes]
    if missing:
        found.append(f"reasons: expected {', '.join(missing)}, found {', '.join(codes) or 'none'}")
    if unwanted:
        found.append(f"reasons: not expected {', '.join(unwanted)}")
    queries = {f"{query['name']} {query['type']}" for query in (verdict.get("discovery") or {}).get("queries", ())}
    if "proofs" in expect and sorted(expect["proofs"]) != (proofs := sorted(_proofs(verdict))):
        found.append(f"proofs: expected {', '.join(expect['proofs'])}, found {', '.join(proofs) or 'none'}")
    if asked := sorted(queries.intersection(expect.get("unasked", ()))):
        found.append(f"questions: not expected {', '.join(asked)}")
    return found


def _proofs(verdict: Mapping[str, Any]) -> list[str]:
    """What logs have shown of the issuer's root key: the proofs of the entry that decided."""
    chains = [entry for one in verdict.get("sets") or () for entry in one.get("chain") or ()]
    evidence = [entry["evidence"] for entry in chains if entry.get("evidence")]
    return list(evidence[0][0]["proofs"]) if evidence else []


def _show(value: object) -> str:
    return json.dumps(value)
