"""``specs/profile.md`` agrees with the code in its numbers and with the vectors in its sections."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emblem.codec import carriage
from emblem.dns import interpretation
from emblem.dns.dnssec import policy
from emblem.keys.algorithms import ALGORITHMS
from emblem.model import limits, names
from emblem.model.purpose import PURPOSES
from emblem.model.verdict import DnssecState
from emblem.verifier import investigation
from emblem.verifier import names as verifier_names
from test_vectors.vectors import cases

SPECS = Path(__file__).parents[2] / "specs"
DOCUMENT = (SPECS / "profile.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL))
PLAIN = {title: " ".join(text.split()) for title, text in SECTIONS.items()}
"""The sections, their lines joined."""
CONSTANTS = {name: value for name, value in vars(limits).items() if isinstance(value, int)}
REFERRED_TO = sorted({case.vector["section"] for case in cases()})


def test_the_limits_are_those_of_the_code() -> None:
    documented = dict(re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", SECTIONS["Limits"], re.MULTILINE))
    expected = CONSTANTS | {"LONGEST_NAME": names.LONGEST_NAME}
    assert documented == {name: str(value) for name, value in expected.items()}


@pytest.mark.parametrize("section", REFERRED_TO)
def test_a_section_that_vectors_refer_to_is_there(section: str) -> None:
    document, _, title = section.partition(": ")
    text = (SPECS / f"{document}.md").read_text(encoding="utf-8")
    assert title in re.findall(r"^###? (.+)$", text, re.MULTILINE)


def test_the_algorithms_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| [\w-]+ \| (-\d+(?:, -\d+)*) \| ([\w-]+) \|$", SECTIONS["Keys"], re.MULTILINE)
    documented = {(int(number), kind) for numbers, kind in rows for number in numbers.split(", ")}
    assert documented == {(algorithm.cose, algorithm.kind.label) for algorithm in ALGORITHMS}


def test_the_record_types_are_those_of_the_code() -> None:
    types = re.search(r"type (\d+), or (\d+);", PLAIN["Records and sets"])
    assert types is not None
    assert tuple(map(int, types.groups())) == carriage.IHLE_TYPES


@pytest.mark.parametrize(("name", "purpose"), PURPOSES.items(), ids=PURPOSES)
def test_a_purpose_has_the_bit_of_the_code(name: str, purpose: int) -> None:
    assert f"{int(purpose)} `{name}`" in PLAIN["Claims"]


def test_now_is_as_long_as_in_the_code() -> None:
    assert investigation.STILL_NOW.total_seconds() == 5 * 60
    assert "within five minutes of now" in PLAIN["Discovery"]


@pytest.mark.parametrize(
    ("number", "section", "text"),
    [
        (interpretation.MOST_ALIASES, "Discovery", "more than eight aliases"),
        (interpretation.MOST_RECORDS, "Discovery", "More than 2048 records"),
        (verifier_names.MOST_NAMES, "Names of addresses", "The first four"),
        (policy.MOST_ITERATIONS, "DNSSEC", "more than 150 iterations"),
        (policy.MOST_SIGNATURE_CHECKS, "DNSSEC", "16 signature checks a response"),
        (policy.MOST_KEYS_OF_ONE_TAG, "DNSSEC", "4 keys of one tag"),
        (policy.MOST_QUESTIONS, "DNSSEC", "64 questions for one answer"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_bound_of_look_ups_is_that_of_the_code(number: int, section: str, text: str) -> None:
    (written,) = re.findall(r"\d+|eight|four", text)
    assert {"eight": "8", "four": "4"}.get(written, written) == str(number)
    assert text in PLAIN[section]


def test_the_algorithms_of_dnssec_are_those_of_the_code() -> None:
    supported = re.search(r"the algorithms ([\d, and]+), and the digests ([\d, and]+);", PLAIN["DNSSEC"])
    assert supported is not None
    algorithms, digests = (set(map(int, re.findall(r"\d+", numbers))) for numbers in supported.groups())
    assert algorithms == policy.DEFAULT_POLICY.algorithms
    assert digests == policy.DEFAULT_POLICY.digests


@pytest.mark.parametrize("state", DnssecState)
def test_every_state_of_dnssec_is_explained(state: DnssecState) -> None:
    assert f"| `{state}` |" in SECTIONS["DNSSEC"]


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.md")), ids=lambda path: path.name)
def test_what_a_document_links_to_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)[)#]", text):
        assert (path.parent / target).resolve().exists(), target
    for file, anchor in re.findall(r"\]\(([a-z.]*)#([a-z0-9-]+)\)", text):
        linked = (path.parent / file).read_text(encoding="utf-8") if file else text
        titles = re.findall(r"^#+ (.+)$", linked, re.MULTILINE)
        assert anchor in {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_reason_that_the_profile_names_exists() -> None:
    explained = set(re.findall(r"^\| `([a-z-]+)`", (SPECS / "reasons.md").read_text(encoding="utf-8"), re.MULTILINE))
    first_words = {code.partition("-")[0] for code in explained}
    named = {code for code in re.findall(r"`([a-z]+(?:-[a-z]+)+)`", DOCUMENT) if code.partition("-")[0] in first_words}
    assert named - explained == {"not-checked"} & named
