"""The names of a certificate bind a key to an organization literally, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.model.organization import Organization
from emblem.traceability.commitment import Binding, CertificateNames
from tests.traceability.builders import BINDING, KEY_IDENTIFIER, KEY_NAME, NAMES, RELIEF

OTHER_IDENTIFIER = KEY_IDENTIFIER[::-1]


def missing(*names: str) -> list[str]:
    return [str(name) for name in CertificateNames(names).missing(BINDING)]


@pytest.mark.parametrize(
    "names",
    [
        (KEY_NAME, "relief.example"),
        (KEY_NAME, "adem-configuration.relief.example"),
        ("relief.example", "www.relief.example", KEY_NAME),
        (KEY_NAME, "relief.example", "*.relief.example"),
    ],
    ids=["of the field", "of the drafts", "other order", "with a wildcard"],
)
def test_a_key_is_bound_by_its_name_and_either_name_of_the_organization(names: tuple[str, ...]) -> None:
    assert missing(*names) == []
    assert CertificateNames(names).bindings == (BINDING,)


@pytest.mark.parametrize(
    ("names", "lacks"),
    [
        ((), ["key", "organization"]),
        ((KEY_NAME,), ["organization"]),
        (("relief.example", "adem-configuration.relief.example"), ["key"]),
        ((KEY_NAME, "www.relief.example"), ["organization"]),
        ((KEY_NAME, "relief.example."), ["organization"]),
        ((KEY_NAME.replace("adem-configuration", "adem"), "relief.example"), ["key"]),
        ((f"x.{KEY_NAME}", "relief.example"), ["key"]),
        ((f"{KEY_NAME}.", "relief.example"), ["key"]),
    ],
)
def test_a_binding_needs_both_names(names: tuple[str, ...], lacks: list[str]) -> None:
    expected = {
        "key": f"no name {KEY_NAME}",
        "organization": "no name adem-configuration.relief.example or relief.example",
    }

    assert missing(*names) == [expected[what] for what in lacks]
    assert CertificateNames(names).bindings == ()


@pytest.mark.parametrize("which", [0, 1], ids=["name of the key", "name of the organization"])
def test_a_binding_fails_if_any_one_character_of_a_name_differs(which: int) -> None:
    for position, character in enumerate(NAMES[which]):
        changed = "2" if character != "2" else "3"
        names = list(NAMES)
        names[which] = NAMES[which][:position] + changed + NAMES[which][position + 1 :]

        assert len(missing(*names)) == 1


@pytest.mark.parametrize(
    ("names", "reasons"),
    [
        (
            ("*.adem-configuration.relief.example", "relief.example"),
            [f"no name {KEY_NAME}; *.adem-configuration.relief.example is there, but a wildcard does not count"],
        ),
        (
            (KEY_NAME, "*.example"),
            [
                "no name adem-configuration.relief.example or relief.example; *.example is there, but a wildcard does "
                "not count"
            ],
        ),
        (
            (KEY_NAME, "*.relief.example"),
            [
                "no name adem-configuration.relief.example or relief.example; *.relief.example is there, but a "
                "wildcard does not count"
            ],
        ),
        (
            (KEY_NAME, "Relief.example"),
            [
                "no name adem-configuration.relief.example or relief.example; Relief.example is there, but it must be "
                "written in lower case"
            ],
        ),
        (
            (KEY_NAME.upper(), "relief.example"),
            [f"no name {KEY_NAME}; {KEY_NAME.upper()} is there, but it must be written in lower case"],
        ),
    ],
    ids=["wildcard for the key", "for the organization", "for the draft's name", "case", "case of the key"],
)
def test_a_name_that_nearly_counts_is_named_in_the_reason(names: tuple[str, ...], reasons: list[str]) -> None:
    assert missing(*names) == reasons
    assert CertificateNames(names).bindings == ()


def test_a_certificate_can_bind_several_keys_to_several_organizations() -> None:
    other = Binding(OTHER_IDENTIFIER, Organization.parse("https://www.relief.example"))
    names = CertificateNames(("www.relief.example", other.key_name, *NAMES, KEY_NAME))

    assert names.bindings == names.candidates == (other, BINDING)


def test_what_somebody_meant_to_bind_is_a_candidate_though_it_does_not_hold() -> None:
    names = CertificateNames((KEY_NAME.upper(), "relief.example"))

    assert (names.candidates, names.bindings) == ((BINDING,), ())


@pytest.mark.parametrize(
    "name",
    [
        KEY_NAME[1:],
        f"a{KEY_NAME}",
        KEY_NAME.replace("a", "1", 1),
        f"{KEY_IDENTIFIER}.adem-configuration.example",
        f"{KEY_IDENTIFIER}.adem-configuration.",
        f"{KEY_IDENTIFIER}.adem-configuration",
        KEY_IDENTIFIER,
        "*.adem-configuration.relief.example",
        "",
        ".",
    ],
)
def test_other_names_stand_for_no_key(name: str) -> None:
    assert CertificateNames((name, "relief.example", "example")).candidates == ()


def test_a_thousand_names_are_no_burden() -> None:
    hosts = [f"host{number}.relief.example" for number in range(500)]
    bindings = tuple(Binding(KEY_IDENTIFIER, Organization(host)) for host in hosts)

    assert CertificateNames((*(binding.key_name for binding in bindings), *hosts)).bindings == bindings


def test_a_binding_is_named_by_the_key_and_the_organization() -> None:
    assert str(BINDING) == f"{KEY_IDENTIFIER} to {RELIEF}"


@given(st.lists(st.text(max_size=80)))
def test_random_names_bind_nothing(names: list[str]) -> None:
    assert CertificateNames(tuple(names)).bindings == ()
