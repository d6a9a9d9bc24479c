"""Asking only what ordinary software asks, too."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import emblem
from test_vectors.generator.discovery.addresses import REVERSE_4, V4, ZONE_4
from test_vectors.generator.discovery.demonstration import carrying, demonstration
from test_vectors.generator.discovery.denials import EXPIRED, INCOMPLETE, marked
from test_vectors.generator.discovery.messages import (
    AAAA,
    AT_NAME,
    PTR,
    SERVICE,
    TXT,
    A,
    Question,
    address,
    found,
    message,
    native_text,
    nodata,
    nxdomain,
    text,
)
from test_vectors.generator.discovery.world import (
    TIMEOUT,
    DiscoveryTopic,
    World,
    denying,
    denying_covertly,
    questions,
    unmarked,
)
from test_vectors.generator.jws import tokens as jws
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import TARGET, Document, protected, undetermined

UNASKED = [f"{TARGET} TYPE65297", f"{TARGET} TYPE65400", f"_emblem.{TARGET} TXT"]
"""What is never asked covertly."""
NOT_ASKED = undetermined("carriage-not-asked", unasked=UNASKED)
GOOD = protected("signed", unasked=UNASKED)


def topic() -> DiscoveryTopic:
    """The vectors of this file."""
    vectors = DiscoveryTopic("discovery", "covert", "Asking only what ordinary software asks, too.")

    def ask(slug: str, title: str, world: World, expect: Document) -> None:
        vectors.ask(slug, title, world, expect, section="Covert", covert=True)

    denied = denying_covertly()
    at_name = found(AT_NAME, native_text(TARGET, EMBLEM.record), native_text(TARGET, emblem()))
    ask(
        "denied",
        "Everything that is asked is denied: there may be an emblem where it was not looked for",
        denied,
        NOT_ASKED,
    )
    ask(
        "ordinary",
        "An ordinary host with addresses and TXT records",
        denied
        | {
            Question(TARGET, A): found(Question(TARGET, A), address(TARGET, "192.0.2.1")),
            AT_NAME: found(AT_NAME, text(TARGET, "v=spf1 -all")),
        },
        NOT_ASKED,
    )
    ask(
        "nxdomain",
        "The name does not exist, and so no records of any type",
        denying_covertly(reply=nxdomain),
        unmarked("discovery-name-denied", unasked=UNASKED),
    )
    ask(
        "nxdomain-contradicted",
        "The name does not exist for one type, and does for another",
        denied | {Question(TARGET, AAAA): nxdomain(Question(TARGET, AAAA))},
        NOT_ASKED,
    )
    ask(
        "nxdomain-lost",
        "The name does not exist; other questions get no response",
        denying_covertly(reply=nxdomain) | {AT_NAME: TIMEOUT, SERVICE: TIMEOUT},
        unmarked("discovery-name-denied"),
    )
    ask("text", "TXT records at the name", denied | {AT_NAME: at_name}, GOOD)
    ask(
        "text-jws",
        "TXT records of the older format at the name",
        denied | {AT_NAME: found(AT_NAME, *(text(TARGET, value) for value in jws.alone(jws.emblem())))},
        GOOD,
    )
    ask(
        "additional",
        "IHLE records in the Additional section of the answer about addresses",
        denied
        | {
            Question(TARGET, A): message(
                Question(TARGET, A), answer=[address(TARGET, "192.0.2.1")], additional=marked(65297)
            )
        },
        GOOD,
    )
    ask(
        "expired",
        "An expired emblem: what was not asked could hold a good one",
        denied | {AT_NAME: found(AT_NAME, native_text(TARGET, EMBLEM.record), native_text(TARGET, EXPIRED))},
        undetermined("token-expired", "carriage-not-asked"),
    )
    ask("lost", "One of the questions gets no response", denied | {AT_NAME: TIMEOUT}, INCOMPLETE)
    ask(
        "lost-service",
        "The question for the HTTPS record gets no response: covertly it is one of those that must be answered",
        denied | {SERVICE: TIMEOUT},
        INCOMPLETE,
    )
    ask(
        "found-incomplete",
        "TXT records at the name; another question gets no response",
        denied | {AT_NAME: at_name, Question(TARGET, AAAA): TIMEOUT},
        protected("signed", "discovery-incomplete"),
    )
    ask(
        "demonstration",
        "The emblem of the demonstration in the HTTPS record",
        denied | {SERVICE: carrying(demonstration())},
        undetermined("demonstration-found", unasked=UNASKED),
    )
    ask(
        "addresses",
        "An emblem of the older format that marks addresses",
        denied
        | {
            AT_NAME: found(
                AT_NAME, *(text(TARGET, value) for value in jws.alone(jws.emblem(assets=["[192.0.2.0/24]"])))
            ),
            Question(TARGET, A): found(Question(TARGET, A), address(TARGET, "192.0.2.1")),
        },
        {
            "status": "claimed",
            "level": "signed",
            "trusted": True,
            "unasked": UNASKED,
            "reasons": ["marked-through-name"],
        },
    )
    by_name(vectors)
    plain = denying() | {question: found(question, *marked(question.type)) for question in questions()[:1]}
    ask(
        "ihle-not-looked-at",
        "IHLE records that nobody asks for",
        {**plain, **denied},
        NOT_ASKED,
    )
    return vectors


def by_name(vectors: DiscoveryTopic) -> None:
    """An address: at its reverse name ordinary software looks for names."""
    at_reverse, names = Question(REVERSE_4, TXT), Question(REVERSE_4, PTR)
    unasked = [f"{REVERSE_4} {kind}" for kind in ("TYPE65297", "TYPE65400", "A", "AAAA", "HTTPS")]
    denied: World = {question: nodata(question, ZONE_4) for question in (at_reverse, names)}
    marked = (native_text(REVERSE_4, data) for data in (EMBLEM.record, emblem(assets=[REVERSE_4])))

    def ask(slug: str, title: str, world: World, expect: Document) -> None:
        vectors.ask(slug, title, world, expect, section="Covert", covert=True, target=V4)

    ask(
        "address-denied",
        "An address without names and TXT records",
        denied,
        undetermined("carriage-not-asked", unasked=unasked),
    )
    ask(
        "address-nxdomain",
        "An address whose reverse name does not exist",
        {question: nxdomain(question, ZONE_4) for question in denied},
        unmarked("discovery-name-denied", unasked=unasked),
    )
    ask(
        "address-text",
        "TXT records at the reverse name",
        denied | {at_reverse: found(at_reverse, *marked)},
        protected("signed", unasked=unasked),
    )
