"""Which questions find an emblem."""

from __future__ import annotations

from emblem.discovery.plan import address_questions, plan_covert_questions, plan_questions
from emblem.dns import Question
from emblem.model.target import Target


def asked(target: str) -> set[tuple[str, int]]:
    return {(question.name, question.type) for question in plan_questions(Target.parse(target)).required}


def test_a_name_is_asked_for_every_carriage() -> None:
    assert asked("hospital.example") == {
        ("hospital.example", 65297),
        ("hospital.example", 65400),
        ("hospital.example", 16),
        ("_emblem.hospital.example", 16),
    }


def test_an_address_is_asked_for_at_its_reverse_name() -> None:
    name = "1.2.0.192.in-addr.arpa"

    assert asked("192.0.2.1") == {(name, 65297), (name, 65400), (name, 16), ("_emblem." + name, 16), (name, 12)}


def test_at_a_host_name_the_https_record_is_looked_at_too_but_not_required() -> None:
    assert plan_questions(Target.parse("hospital.example")).further == (Question("hospital.example", 65),)
    assert plan_questions(Target.parse("192.0.2.1")).further == ()


def test_covertly_only_what_ordinary_software_asks_is_asked() -> None:
    plan = plan_covert_questions(Target.parse("hospital.example"))

    assert {(question.name, question.type) for question in plan.required} == {
        ("hospital.example", 1),
        ("hospital.example", 28),
        ("hospital.example", 65),
        ("hospital.example", 16),
    }
    assert plan.not_asked == ("hospital.example IHLE", "_emblem.hospital.example TXT")


def test_covertly_an_address_is_asked_for_as_mail_software_asks() -> None:
    plan = plan_covert_questions(Target.parse("192.0.2.1"))
    name = "1.2.0.192.in-addr.arpa"

    assert {(question.name, question.type) for question in plan.required} == {(name, 12), (name, 16)}
    assert plan.not_asked == (f"{name} IHLE", f"_emblem.{name} TXT")


def test_a_name_that_leaves_no_room_for_the_label_has_no_such_carriage() -> None:
    longest = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61])
    fits = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 53])

    assert asked(longest) == {(longest, 65297), (longest, 65400), (longest, 16)}
    assert len(asked(fits)) == 4


def test_addresses_are_asked_for_in_both_families() -> None:
    assert address_questions("a.example") == (Question("a.example", 1), Question("a.example", 28))
