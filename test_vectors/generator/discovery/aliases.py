"""Aliases: where they lead, and what is said at their end."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from test_vectors.generator.cwt.tokens import emblem
from test_vectors.generator.discovery.denials import INCOMPLETE
from test_vectors.generator.discovery.messages import (
    AT_NAME,
    BELOW,
    DNAME,
    IHLE,
    NXDOMAIN,
    QUESTION,
    TXT,
    ZONE,
    Question,
    Record,
    alias,
    found,
    ihle,
    message,
    native_text,
    nodata,
    nxdomain,
    soa,
    text,
    wire_name,
)
from test_vectors.generator.discovery.world import TIMEOUT, DiscoveryTopic, World, denying, questions, unmarked
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import TARGET, other_asset, protected

HOST = "host.provider.example"
PROVIDER = "provider.example"
AT_HOST = Question(HOST, IHLE)
GOOD = protected("signed", absent_reasons=["discovery-incomplete"])
TOKENS = (EMBLEM.record, emblem())


def topic() -> DiscoveryTopic:
    """The vectors of this file."""
    vectors = DiscoveryTopic("discovery", "aliases", "CNAME and DNAME records.")
    complete(vectors)
    continued(vectors)
    chains(vectors)
    redirections(vectors)
    wildcards(vectors)
    return vectors


def records(owner: str = HOST) -> list[Record]:
    """The ``IHLE`` records of an emblem of the target."""
    return [ihle(owner, data) for data in TOKENS]


def aliased(question: Question = QUESTION, *answer: Record, code: int = 0, zone: str = PROVIDER) -> bytes:
    """A response with a CNAME from the target, and what is at its end: records, or a denial."""
    authority = [] if answer else [soa(zone)]
    return message(question, code=code, answer=[alias(TARGET, HOST), *answer], authority=authority)


def all_aliased(code: int = 0) -> World:
    """Every question at the target leads to the host, where it is denied."""
    world: World = denying(more=())
    return world | {question: aliased(question, code=code) for question in questions()[:3]}


def complete(vectors: DiscoveryTopic) -> None:
    """One response has the alias and its end."""
    vectors.ask(
        "found", "A CNAME and the records at its end", all_aliased() | {QUESTION: aliased(QUESTION, *records())}, GOOD
    )
    vectors.ask("nodata", "A CNAME to a name that has none of the types", all_aliased(), unmarked())
    vectors.ask(
        "nxdomain",
        "A CNAME to a name that does not exist: the target itself exists",
        all_aliased(NXDOMAIN),
        unmarked(absent_reasons=["discovery-name-denied"]),
    )
    vectors.ask(
        "nxdomain-lost",
        "A CNAME to a name that does not exist excuses no question without a response",
        all_aliased(NXDOMAIN) | {BELOW: TIMEOUT},
        INCOMPLETE,
    )
    other = [ihle(HOST, EMBLEM.record), ihle(HOST, emblem(assets=[HOST]))]
    vectors.ask(
        "not-listed",
        "The emblem at the end names that name, not the one that was asked for",
        all_aliased() | {QUESTION: aliased(QUESTION, *other)},
        other_asset("signed"),
    )
    vectors.ask(
        "text",
        "A CNAME and TXT records at its end",
        all_aliased() | {AT_NAME: aliased(AT_NAME, *(native_text(HOST, data) for data in TOKENS))},
        GOOD,
    )
    below = [alias(BELOW.name, "emblems.provider.example")]
    values = [native_text("emblems.provider.example", data) for data in TOKENS]
    vectors.ask("below", "A CNAME from _emblem. and the name", denying() | {BELOW: found(BELOW, *below, *values)}, GOOD)
    vectors.ask(
        "beside",
        "A CNAME and the records of an emblem at the same name",
        all_aliased() | {QUESTION: message(QUESTION, answer=[alias(TARGET, HOST), *records(TARGET)])},
        GOOD,
    )
    vectors.ask(
        "unordered",
        "The records before the CNAME that leads to them",
        all_aliased() | {QUESTION: message(QUESTION, answer=[*records(), alias(TARGET, HOST)])},
        GOOD,
    )
    vectors.ask(
        "soa-of-target",
        "A denial at the end with the SOA of the target's zone, not of the end's; asked there, it is denied",
        all_aliased() | {QUESTION: aliased(QUESTION, zone=ZONE), AT_HOST: nodata(AT_HOST, PROVIDER)},
        unmarked(),
    )
    vectors.ask(
        "two-targets",
        "Two CNAME records at one name",
        all_aliased()
        | {
            QUESTION: message(
                QUESTION, answer=[alias(TARGET, HOST), alias(TARGET, PROVIDER)], authority=[soa(PROVIDER)]
            )
        },
        INCOMPLETE,
    )
    vectors.ask(
        "another-owner",
        "A CNAME of another name in the answer section",
        denying()
        | {QUESTION: message(QUESTION, answer=[alias("other.relief.example", HOST), *records()], authority=[soa()])},
        INCOMPLETE,
    )


def continued(vectors: DiscoveryTopic) -> None:
    """The response ends with the alias: its end is asked for."""
    only = message(QUESTION, answer=[alias(TARGET, HOST)])
    world = all_aliased() | {QUESTION: only}
    vectors.ask(
        "cut-found", "A CNAME alone; at its end the records", world | {AT_HOST: found(AT_HOST, *records())}, GOOD
    )
    vectors.ask(
        "cut-nodata", "A CNAME alone; at its end it is denied", world | {AT_HOST: nodata(AT_HOST, PROVIDER)}, unmarked()
    )
    vectors.ask(
        "cut-nxdomain",
        "A CNAME alone; its end does not exist",
        world | {AT_HOST: nxdomain(AT_HOST, PROVIDER)},
        unmarked(),
    )
    vectors.ask("cut-lost", "A CNAME alone; its end gives no response", world | {AT_HOST: TIMEOUT}, INCOMPLETE)
    vectors.ask("cut-refused", "A CNAME alone; its end is refused", world, INCOMPLETE)
    vectors.ask(
        "cut-improper",
        "A CNAME alone; its end gives an empty response without SOA",
        world | {AT_HOST: message(AT_HOST)},
        INCOMPLETE,
    )


def chain(length: int) -> tuple[list[Record], str]:
    """CNAMEs in a row from the target, and where they end."""
    names = [TARGET, *(f"hop{number}.provider.example" for number in range(1, length + 1))]
    return [alias(first, second) for first, second in itertools.pairwise(names)], names[-1]


def chains(vectors: DiscoveryTopic) -> None:
    """Several aliases in a row."""
    hops, end = chain(8)
    vectors.ask(
        "eight", "Eight CNAMEs in a row", all_aliased() | {QUESTION: found(QUESTION, *hops, *records(end))}, GOOD
    )
    hops, end = chain(9)
    vectors.ask(
        "nine", "Nine CNAMEs in a row", all_aliased() | {QUESTION: found(QUESTION, *hops, *records(end))}, INCOMPLETE
    )
    vectors.ask(
        "nine-denied",
        "Nine CNAMEs in a row, and a denial at the end",
        all_aliased() | {QUESTION: message(QUESTION, answer=hops, authority=[soa(PROVIDER)])},
        INCOMPLETE,
    )
    parts, end = chain(9)
    middle = Question("hop5.provider.example", IHLE)
    vectors.ask(
        "nine-in-parts",
        "Nine CNAMEs in a row, in two responses",
        all_aliased() | {QUESTION: found(QUESTION, *parts[:5]), middle: found(middle, *parts[5:], *records(end))},
        INCOMPLETE,
    )
    circle = [alias(TARGET, HOST), alias(HOST, TARGET)]
    vectors.ask("loop", "CNAMEs in a circle", all_aliased() | {QUESTION: found(QUESTION, *circle)}, INCOMPLETE)
    vectors.ask(
        "loop-denied",
        "CNAMEs in a circle, with an SOA",
        all_aliased() | {QUESTION: message(QUESTION, answer=circle, authority=[soa("example")])},
        INCOMPLETE,
    )
    vectors.ask(
        "itself",
        "A CNAME to its own name",
        all_aliased() | {QUESTION: found(QUESTION, alias(TARGET, TARGET))},
        INCOMPLETE,
    )
    vectors.ask(
        "loop-in-parts",
        "CNAMEs in a circle, in two responses",
        all_aliased()
        | {
            QUESTION: message(QUESTION, answer=[alias(TARGET, HOST)]),
            AT_HOST: message(AT_HOST, answer=[alias(HOST, TARGET)]),
        },
        INCOMPLETE,
    )


def redirections(vectors: DiscoveryTopic) -> None:
    """DNAME: everything below a name is to be found below another (RFC 6672)."""
    dname = Record(ZONE, DNAME, wire_name("relief.provider.example"))
    end = "clinic.relief.provider.example"
    synthesized = alias(TARGET, end)
    below_end = f"_emblem.{end}"

    def world(*answer: Record) -> World:
        denials: World = {
            question: message(
                question,
                answer=[dname, alias(question.name, end if question.name == TARGET else below_end)],
                authority=[soa(PROVIDER)],
            )
            for question in questions()
        }
        return denials | {QUESTION: message(QUESTION, answer=answer, authority=[soa(PROVIDER)])}

    vectors.ask("dname-denied", "A DNAME above the name, and denied", world(dname, synthesized), unmarked())
    vectors.ask("dname-found", "A DNAME, its CNAME and the records", world(dname, synthesized, *records(end)), GOOD)
    vectors.ask("dname-without-cname", "A DNAME without a CNAME, and the records", world(dname, *records(end)), GOOD)
    vectors.ask(
        "dname-cname-differs",
        "A CNAME that is not the one that the DNAME makes",
        world(dname, alias(TARGET, HOST), *records(HOST)),
        INCOMPLETE,
    )
    vectors.ask(
        "dname-too-long",
        "A DNAME that makes a name of more than 255 octets",
        world(Record(ZONE, DNAME, wire_name(".".join(["d" * 62, "e" * 62, "f" * 62, "g" * 50, "example"])))),
        INCOMPLETE,
    )


def wildcards(vectors: DiscoveryTopic) -> None:
    """Records that a zone makes from a wildcard look like any others."""
    wild: Sequence[Record] = [ihle(TARGET, EMBLEM.record), ihle(TARGET, emblem(assets=["other.relief.example"]))]
    vectors.ask(
        "wildcard-not-listed",
        "Records made from a wildcard, and the emblem names another host",
        denying() | {QUESTION: found(QUESTION, *wild)},
        other_asset("signed"),
    )
    below = Question(f"_emblem.{TARGET}", TXT)
    vectors.ask(
        "wildcard-below",
        "A wildcard TXT record of others answers for _emblem. and the name, too",
        denying()
        | {
            AT_NAME: found(AT_NAME, text(TARGET, "v=spf1 -all")),
            below: found(below, text(below.name, "v=spf1 -all")),
        },
        unmarked(),
    )
