"""What is a "no": proper denials, and what only looks like one."""

from __future__ import annotations

from dataclasses import replace

from test_vectors.generator.cwt.tokens import EMBLEM_CLAIMS, EXPIRES, emblem, sign
from test_vectors.generator.discovery.messages import (
    AT_NAME,
    BELOW,
    CHAOS,
    EARLIER,
    NS,
    NXDOMAIN,
    QUESTION,
    SERVICE,
    ZONE,
    Record,
    found,
    ihle,
    message,
    nodata,
    nxdomain,
    service,
    soa,
    text,
    wire_name,
)
from test_vectors.generator.discovery.world import (
    CUT_SHORT,
    TIMEOUT,
    UNREACHABLE,
    DiscoveryTopic,
    World,
    denying,
    questions,
    unmarked,
)
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import NOW, TARGET, Document, protected, rejected, undetermined

INCOMPLETE = undetermined("discovery-incomplete")
NOT_NOW = undetermined("discovery-not-now")
NAME_DENIED = unmarked("discovery-name-denied")
EXPIRED = sign(EMBLEM, EMBLEM_CLAIMS | {EXPIRES: NOW - 60})


def topic() -> DiscoveryTopic:
    """The vectors of this file."""
    vectors = DiscoveryTopic("discovery", "denials", "When there is no emblem, and when that is not known.")
    proper(vectors)
    improper(vectors)
    excused(vectors)
    contradictory(vectors)
    rejections(vectors)
    times(vectors)
    return vectors


def one(vectors: DiscoveryTopic, slug: str, title: str, response: bytes, expect: Document) -> None:
    """Everything denied but for one question, which is answered like this."""
    vectors.ask(slug, title, denying() | {QUESTION: response}, expect)


def proper(vectors: DiscoveryTopic) -> None:
    """Denials as they should be."""
    vectors.ask(
        "nodata", "The name has none of the types", denying(), unmarked(absent_reasons=["discovery-name-denied"])
    )
    vectors.ask("nxdomain", "The name does not exist", denying(reply=nxdomain), NAME_DENIED)
    vectors.ask(
        "below-nxdomain",
        "There is nothing below the name: _emblem. does not exist",
        denying() | {BELOW: nxdomain(BELOW)},
        unmarked(absent_reasons=["discovery-name-denied"]),
    )
    vectors.ask(
        "authoritative",
        "From an authority that offers no recursion",
        {
            question: message(question, authority=[soa()], authoritative=True, recursion_available=False)
            for question in denying()
        },
        unmarked(),
    )
    one(
        vectors,
        "soa-parent",
        "The SOA of a zone further above",
        nodata(QUESTION, "example"),
        unmarked(),
    )
    one(vectors, "soa-root", "The SOA of the root", nodata(QUESTION, "."), unmarked())
    one(vectors, "soa-itself", "The SOA of a zone that begins at the name", nodata(QUESTION, TARGET), unmarked())
    one(
        vectors,
        "soa-capitals",
        "Capitals in the owner of the SOA",
        message(QUESTION, authority=[replace(soa(), owner="Relief.EXAMPLE")]),
        unmarked(),
    )
    one(
        vectors,
        "apex-servers",
        "The SOA beside the NS records of the same zone",
        message(QUESTION, authority=[Record(ZONE, NS, wire_name(f"ns.{ZONE}")), soa()]),
        unmarked(),
    )
    vectors.ask(
        "text-of-others",
        "TXT records of others",
        denying() | {AT_NAME: found(AT_NAME, text(TARGET, "v=spf1 -all"), text(TARGET, "site-verification=1"))},
        unmarked(),
    )
    vectors.ask(
        "service-of-others",
        "An HTTPS record without an emblem",
        denying() | {SERVICE: found(SERVICE, service(TARGET, (1, b"\x02h2")))},
        unmarked(),
    )
    vectors.ask(
        "service-fails",
        "The question for the HTTPS record fails, which is not one of those that must be answered",
        denying() | {SERVICE: message(SERVICE, code=2)},
        unmarked(),
    )
    vectors.ask(
        "service-lost",
        "The question for the HTTPS record gets no response",
        denying() | {SERVICE: TIMEOUT},
        unmarked(),
    )
    long = ".".join(["h" * 63, "i" * 63, "j" * 63, "k" * 46, ZONE])
    vectors.ask(
        "name-253",
        "A name of 253 characters, before which _emblem. does not fit",
        {question: reply for question, reply in denying(long).items() if not question.name.startswith("_emblem.")},
        unmarked(),
        target=long,
    )


def improper(vectors: DiscoveryTopic) -> None:
    """Responses without records that deny nothing."""
    server = Record("clinic.relief.example", NS, wire_name("ns.provider.example"))
    for slug, title, response in (
        ("no-soa", "An empty response without SOA", message(QUESTION)),
        (
            "no-soa-authoritative",
            "An empty response without SOA, from an authority",
            message(QUESTION, authoritative=True, recursion_available=False),
        ),
        ("nxdomain-no-soa", "NXDOMAIN without SOA", message(QUESTION, code=NXDOMAIN)),
        ("referral", "A referral to other servers", message(QUESTION, authority=[server])),
        (
            "referral-soa",
            "A referral to other servers beside an SOA of the zone above",
            message(QUESTION, authority=[server, soa()]),
        ),
        ("soa-elsewhere", "The SOA of a zone that the name is not in", nodata(QUESTION, "other.example")),
        ("soa-below", "The SOA of a zone below the name", nodata(QUESTION, f"zone.{TARGET}")),
        ("soa-suffix", "The SOA of a name that is only the end of a label", nodata(QUESTION, "ief.example")),
        (
            "soa-in-answer",
            "The SOA in the answer section",
            message(QUESTION, answer=[soa()]),
        ),
        ("soa-in-additional", "The SOA in the additional section", message(QUESTION, additional=[soa()])),
        (
            "soa-class",
            "The SOA in another class",
            message(QUESTION, authority=[replace(soa(), record_class=CHAOS)]),
        ),
        (
            "lame",
            "A server that neither is an authority nor offers recursion",
            message(QUESTION, authority=[soa()], recursion_available=False),
        ),
        (
            "lame-nxdomain",
            "NXDOMAIN from such a server",
            message(QUESTION, code=NXDOMAIN, authority=[soa()], recursion_available=False),
        ),
        (
            "other-type",
            "Records of another type in the answer section",
            message(QUESTION, answer=[text(TARGET, "hello")], authority=[soa()]),
        ),
        (
            "other-owner",
            "Records of another name in the answer section",
            message(QUESTION, answer=[ihle("other.relief.example", EMBLEM.record)], authority=[soa()]),
        ),
    ):
        one(vectors, slug, title, response, INCOMPLETE)
    vectors.ask(
        "below-no-soa",
        "An empty response without SOA for _emblem. and the name",
        denying() | {BELOW: message(BELOW)},
        INCOMPLETE,
    )


def excused(vectors: DiscoveryTopic) -> None:
    """Questions without a response, where the name is denied and where it is not."""
    for slug, title, failure in (
        ("timeout", "No response", TIMEOUT),
        ("unreachable", "The query cannot be delivered", UNREACHABLE),
        ("cut-short", "The connection ends before the response", CUT_SHORT),
    ):
        for question, place in zip(questions(), ("ihle", "ihle-earlier", "text", "below"), strict=True):
            if failure is TIMEOUT or question is questions()[0]:
                vectors.ask(
                    f"{slug}-{place}",
                    f"{title} to one question: {question.name} {question.type}",
                    denying() | {question: failure},
                    INCOMPLETE,
                )
        vectors.ask(
            f"{slug}-excused",
            f"{title} to three questions, and the name does not exist",
            denying(reply=nxdomain) | dict.fromkeys(questions()[1:], failure),
            NAME_DENIED,
        )
    vectors.ask(
        "excused-by-service",
        "Only the question for the HTTPS record is answered: the name does not exist",
        {**dict.fromkeys(questions(), TIMEOUT), SERVICE: nxdomain(SERVICE)},
        NAME_DENIED,
    )
    vectors.ask(
        "not-excused-by-below",
        "That _emblem. and the name does not exist excuses nothing at the name",
        denying() | {BELOW: nxdomain(BELOW), AT_NAME: TIMEOUT},
        INCOMPLETE,
    )
    vectors.ask(
        "not-excused-by-below-alone",
        "That _emblem. and the name does not exist, and no response to anything else",
        {**dict.fromkeys(denying(), TIMEOUT), BELOW: nxdomain(BELOW)},
        INCOMPLETE,
    )
    vectors.ask(
        "not-excused-error",
        "The name does not exist, and one question was answered with SERVFAIL",
        denying(reply=nxdomain) | {AT_NAME: message(AT_NAME, code=2)},
        INCOMPLETE,
    )
    vectors.ask(
        "not-excused-improper",
        "The name does not exist, and one question got an empty response without SOA",
        denying(reply=nxdomain) | {AT_NAME: message(AT_NAME)},
        INCOMPLETE,
    )
    vectors.ask("nothing", "No response to anything", dict.fromkeys(denying(), TIMEOUT), INCOMPLETE)
    vectors.ask("refused", "Every question is refused", {}, INCOMPLETE)


def contradictory(vectors: DiscoveryTopic) -> None:
    """Answers that contradict each other: the denial of the name then denies its own question only."""
    vectors.ask(
        "contradiction-type",
        "The name does not exist, and has no records of another type: each type is denied, the name is not",
        denying() | {QUESTION: nxdomain(QUESTION)},
        unmarked(absent_reasons=["discovery-name-denied"]),
    )
    vectors.ask(
        "contradiction-lost",
        "The name does not exist, and has no records of another type; one question got no response",
        denying() | {QUESTION: nxdomain(QUESTION), AT_NAME: TIMEOUT},
        INCOMPLETE,
    )
    vectors.ask(
        "contradiction-below",
        "The name does not exist, and a name below it does; one question got no response",
        denying(reply=nxdomain) | {BELOW: nodata(BELOW), AT_NAME: TIMEOUT},
        INCOMPLETE,
    )
    vectors.ask(
        "contradiction-records",
        "The name does not exist, and has TXT records of others; one question got no response",
        denying(reply=nxdomain) | {AT_NAME: found(AT_NAME, text(TARGET, "hello")), EARLIER: TIMEOUT},
        INCOMPLETE,
    )
    vectors.ask(
        "contradiction-emblem",
        "The name does not exist, and an emblem stands there",
        denying(reply=nxdomain) | {EARLIER: found(EARLIER, *marked())},
        protected("signed", absent_reasons=["discovery-incomplete"]),
    )
    one(
        vectors,
        "nxdomain-with-records",
        "Records of a name that the same response says does not exist",
        message(
            QUESTION, code=NXDOMAIN, answer=[ihle(TARGET, EMBLEM.record), ihle(TARGET, emblem())], authority=[soa()]
        ),
        INCOMPLETE,
    )


def rejections(vectors: DiscoveryTopic) -> None:
    """To reject needs the same completeness; to find does not."""
    expired: World = denying() | {
        EARLIER: found(EARLIER, ihle(TARGET, EMBLEM.record, 65400), ihle(TARGET, EXPIRED, 65400))
    }
    good: World = denying() | {EARLIER: found(EARLIER, *marked())}
    vectors.ask("rejected", "An expired emblem, and all else denied", expired, rejected("token-expired"))
    vectors.ask(
        "rejected-incomplete",
        "An expired emblem, and one question without a response",
        expired | {QUESTION: TIMEOUT},
        undetermined("token-expired", "discovery-incomplete"),
    )
    other = denying() | {EARLIER: found(EARLIER, *marked(assets=["other.relief.example"]))}
    vectors.ask(
        "rejected-other-asset-incomplete",
        "An emblem of another asset, and one question without a response",
        other | {QUESTION: TIMEOUT},
        undetermined("asset-mismatch", "discovery-incomplete"),
    )
    vectors.ask(
        "rejected-garbage",
        "A record of an IHLE type that is nothing",
        denying() | {QUESTION: found(QUESTION, ihle(TARGET, b"\x00"))},
        rejected("record-malformed", "emblem-missing"),
    )
    vectors.ask(
        "found-incomplete",
        "A valid emblem, and one question without a response",
        good | {QUESTION: TIMEOUT},
        protected("signed", "discovery-incomplete"),
    )
    vectors.ask(
        "found-alone",
        "A valid emblem, and every other question is refused",
        {EARLIER: good[EARLIER]},
        protected("signed", "discovery-incomplete"),
    )


def times(vectors: DiscoveryTopic) -> None:
    """The DNS tells how things are now."""
    for slug, title, at, is_now in (
        ("five-minutes", "Five minutes after", "2027-03-01T12:05:00Z", True),
        ("five-minutes-before", "Five minutes before", "2027-03-01T11:55:00Z", True),
        ("later", "A second more than five minutes after", "2027-03-01T12:05:01Z", False),
        ("earlier", "A second more than five minutes before", "2027-03-01T11:54:59Z", False),
        ("year", "A year after", "2028-03-01T12:00:00Z", False),
    ):
        vectors.ask(
            f"time-{slug}",
            f"{title} now: nothing there",
            denying(),
            unmarked() if is_now else NOT_NOW,
            at=at,
        )
    vectors.ask(
        "time-zone", "The same time, written in another zone", denying(), unmarked(), at="2027-03-01T17:00:00+05:00"
    )
    vectors.ask(
        "time-nxdomain",
        "A day after now: the name does not exist",
        denying(reply=nxdomain),
        NOT_NOW,
        at="2027-03-02T12:00:00Z",
    )
    vectors.ask(
        "time-rejected",
        "A year after now: the emblem has expired",
        denying() | {QUESTION: found(QUESTION, *marked(number=65297))},
        undetermined("token-expired", "discovery-not-now"),
        at="2028-03-01T12:00:00Z",
    )
    vectors.ask(
        "time-found",
        "A day after now: the emblem holds",
        denying() | {QUESTION: found(QUESTION, *marked(number=65297))},
        protected("signed", absent_reasons=["discovery-not-now"]),
        at="2027-03-02T12:00:00Z",
    )
    vectors.ask(
        "time-now-counts",
        "Asked about now, and the emblem will hold only then",
        denying() | {QUESTION: found(QUESTION, *marked(number=65297))},
        rejected("token-not-yet-valid"),
        at="2027-01-01T12:00:00Z",
        now="2027-01-01T12:00:00Z",
    )


def marked(number: int = 65400, assets: list[str] | None = None) -> list[Record]:
    """The records of an emblem of the target."""
    token = emblem() if assets is None else emblem(assets=assets)
    return [ihle(TARGET, EMBLEM.record, number), ihle(TARGET, token, number)]
