"""The files of vectors themselves: their schema, their identifiers, and that generating them changes nothing."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from emblem.model.reason import ReasonCode
from test_vectors.generate import differences
from test_vectors.vectors import HERE, files

LEAST = 420
ASKED = (
    *("records", "dns", "target", "at", "now", "addresses", "trust", "accept", "profile"),
    *("covert", "anchors", "require_dnssec", "bundle", "stamp_authorities", "commitments"),
)


@cache
def documents() -> dict[Path, dict[str, Any]]:
    return {path: json.loads(path.read_text(encoding="ascii")) for path in files()}


def all_vectors() -> list[dict[str, Any]]:
    return [vector for document in documents().values() for vector in document["vectors"]]


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_file_follows_the_schema(path: Path) -> None:
    schema = json.loads((HERE / "schema.json").read_text(encoding="ascii"))
    Draft202012Validator.check_schema(schema)

    errors = [error.message for error in Draft202012Validator(schema).iter_errors(documents()[path])]

    assert errors == []


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_file_and_its_vectors_bear_its_place_in_their_names(path: Path) -> None:
    document = documents()[path]

    assert (document["format"], document["topic"]) == (path.parent.name, path.stem)
    for vector in document["vectors"]:
        assert vector["id"].startswith(f"{path.parent.name}-{path.stem}-")
        assert vector["format"] == document["format"]


def test_no_identifier_occurs_twice() -> None:
    counts = Counter(vector["id"] for vector in all_vectors())

    assert [identifier for identifier, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_two_vectors_of_a_file_ask_the_same(path: Path) -> None:
    asked = Counter(json.dumps([vector.get(name) for name in ASKED]) for vector in documents()[path]["vectors"])

    assert [question for question, count in asked.items() if count > 1] == []


@pytest.mark.parametrize("format", ["cwt", "jws"])
def test_both_token_formats_have_enough_vectors_of_every_status(format: str) -> None:
    statuses = Counter(vector["expect"]["status"] for vector in all_vectors() if vector["format"] == format)

    assert statuses.total() >= LEAST
    assert min(statuses[status] for status in ("protected", "claimed", "undetermined", "rejected")) >= 10


def test_there_are_enough_vectors_of_bundles() -> None:
    statuses = Counter(vector["expect"]["status"] for vector in all_vectors() if vector["format"] == "evidence")

    assert statuses.total() >= 60
    assert min(statuses[status] for status in ("protected", "claimed", "undetermined", "rejected", "refused")) >= 2


def test_every_expected_reason_is_a_code_of_ours() -> None:
    codes = {
        code
        for vector in all_vectors()
        for code in (*vector["expect"]["reasons"], *vector["expect"].get("absent_reasons", ()))
    }

    assert codes <= {code.value for code in ReasonCode}


def test_generating_the_vectors_changes_no_byte() -> None:
    assert list(differences()) == []


def test_the_generator_imports_nothing_of_the_library() -> None:
    sources = [*HERE.glob("generator/**/*.py"), HERE / "generate.py"]

    assert {name for path in sources for name in imported_packages(path) if name.startswith("emblem")} == set()


def imported_packages(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module.partition(".")[0]
