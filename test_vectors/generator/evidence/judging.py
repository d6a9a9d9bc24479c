"""What a bundle proves, to whom, and when."""

from __future__ import annotations

from dataclasses import replace

from test_vectors.generator.cwt.tokens import emblem
from test_vectors.generator.discovery.denials import EXPIRED
from test_vectors.generator.discovery.messages import (
    AT_NAME,
    QUESTION,
    ZONE,
    Question,
    alias,
    found,
    ihle,
    message,
    native_text,
    nodata,
    nxdomain,
)
from test_vectors.generator.discovery.signed import ANCHORS, RECORDS, RELIEF, STRANGE, signed_world
from test_vectors.generator.discovery.signing import DNSKEY
from test_vectors.generator.discovery.world import (
    TIMEOUT,
    UNREACHABLE,
    World,
    denying,
    denying_covertly,
)
from test_vectors.generator.evidence.bundle import (
    SERVER,
    EvidenceTopic,
    bundle,
    question,
    questions,
    response,
)
from test_vectors.generator.keys import EMBLEM, key
from test_vectors.generator.vector import DAY, NOW, TARGET, Document, bare, claimed, protected, rejected, undetermined

MARKED: World = denying() | {QUESTION: found(QUESTION, *RECORDS)}
SIGNED: World = signed_world() | {QUESTION: RELIEF.found(QUESTION, *RECORDS)}
DENIED: World = signed_world()
ABSENT = undetermined("evidence-absence", "evidence-time-unconfirmed")
LATER, MUCH_LATER = "2027-03-05T12:00:00Z", "2037-03-01T12:00:00Z"
"""After the signatures of the zone, and after the emblem too."""


def topic() -> EvidenceTopic:
    """The vectors of this file."""
    vectors = EvidenceTopic("evidence", "judging", "What a bundle proves, to whom, and when.")
    presence(vectors)
    absence(vectors)
    time(vectors)
    incomplete(vectors)
    resolvers(vectors)
    return vectors


def good(*reasons: str, **more: object) -> Document:
    """Protected, with these reasons."""
    return protected("signed", "evidence-time-unconfirmed", *reasons, **more)


def presence(vectors: EvidenceTopic) -> None:
    """An emblem stands in a bundle, for whoever trusts its key."""
    vectors.judge("found", "An emblem, in a zone that is not signed", bundle(MARKED), good())
    vectors.judge(
        "found-secure",
        "An emblem in a signed zone, with its chain of trust",
        bundle(SIGNED),
        good(dnssec="secure", absent_reasons=["evidence-out-of-time"]),
        anchors=ANCHORS,
    )
    vectors.judge(
        "nobody", "Who trusts nobody is told of nobody", bundle(SIGNED), claimed("signed"), trust=(), anchors=ANCHORS
    )
    stranger = (bare(key("stranger")),)
    vectors.judge("stranger", "Who trusts somebody else", bundle(MARKED), claimed("signed"), trust=stranger)
    vectors.judge(
        "own-anchors",
        "The anchors in the bundle are its maker's: they are not believed",
        bundle(signed_world(STRANGE) | {QUESTION: STRANGE.found(QUESTION, *RECORDS)}, anchors=[STRANGE.anchor()]),
        good("evidence-anchors-differ", "dnssec-bogus", dnssec="bogus"),
        anchors=ANCHORS,
    )
    vectors.judge(
        "same-anchors",
        "The anchors in the bundle are the verifier's",
        bundle(SIGNED, anchors=list(ANCHORS)),
        good(dnssec="secure", absent_reasons=["evidence-anchors-differ"]),
        anchors=ANCHORS,
    )
    vectors.judge(
        "forged-record",
        "A record put beside those that the zone signed",
        bundle(SIGNED | {QUESTION: forged()}),
        good("dnssec-bogus", dnssec="bogus"),
        anchors=ANCHORS,
    )
    covert = denying_covertly() | {
        AT_NAME: found(AT_NAME, native_text(TARGET, EMBLEM.record), native_text(TARGET, emblem()))
    }
    vectors.judge("covert", "Captured covertly", bundle(covert, covert=True), good())


def forged() -> bytes:
    added = ihle(TARGET, EMBLEM.record + b"\x00")
    return message(QUESTION, answer=[*RELIEF.signed(*RECORDS), added])


def absence(vectors: EvidenceTopic) -> None:
    """A bundle is never a "no"."""
    secure = undetermined(
        "evidence-absence", "discovery-denied", "denial-authentic", dnssec="secure", absent_reasons=["dnssec-bogus"]
    )
    vectors.judge("denied", "Everything denied, and nothing signed", bundle(denying()), ABSENT)
    vectors.judge("denied-secure", "Everything denied by a signed zone", bundle(DENIED), secure, anchors=ANCHORS)
    vectors.judge(
        "denied-name",
        "The name denied",
        bundle(denying(reply=nxdomain)),
        undetermined("evidence-absence", "discovery-name-denied"),
    )
    vectors.judge(
        "denied-later",
        "Everything denied by a signed zone, whose signatures have ended",
        bundle(DENIED),
        undetermined("evidence-absence", "evidence-out-of-time", dnssec="indeterminate"),
        now=LATER,
        anchors=ANCHORS,
    )
    vectors.judge(
        "denied-forged",
        "Everything denied, with the signatures of somebody else",
        bundle(signed_world(STRANGE)),
        undetermined("dnssec-bogus", dnssec="bogus"),
        anchors=ANCHORS,
    )
    vectors.judge(
        "denied-covertly",
        "What is asked covertly denied",
        bundle(denying_covertly(), covert=True),
        undetermined("carriage-not-asked"),
    )


def time(vectors: EvidenceTopic) -> None:
    """A bundle has no clock."""
    ended = {"dnssec": "indeterminate"}
    vectors.judge(
        "later",
        "Judged after the zone's signatures, and before the emblem's end",
        bundle(SIGNED),
        good("evidence-out-of-time", **ended),
        now=LATER,
        anchors=ANCHORS,
        section="DNSSEC at a later time",
    )
    vectors.judge(
        "later-required",
        "The same by a verifier that requires DNSSEC",
        bundle(SIGNED),
        claimed("signed", "evidence-out-of-time", **ended)
        | {"trusted": True, "reasons": ["policy-dnssec", "evidence-out-of-time"]},
        now=LATER,
        anchors=ANCHORS,
        require_dnssec=True,
        section="DNSSEC at a later time",
    )
    vectors.judge(
        "later-asked",
        "The same, asked as of the time at which it was captured",
        bundle(SIGNED),
        good(dnssec="secure", absent_reasons=["evidence-out-of-time"]),
        at="2027-03-01T12:00:00Z",
        now=MUCH_LATER,
        anchors=ANCHORS,
        section="Time",
    )
    vectors.judge(
        "much-later",
        "Judged after the emblem's end",
        bundle(SIGNED),
        rejected("token-expired", "emblem-missing", "evidence-out-of-time", **ended),
        now=MUCH_LATER,
        anchors=ANCHORS,
        section="Time",
    )
    early = replace(RELIEF, period=(NOW - 9 * DAY, NOW - 8 * DAY))
    vectors.judge(
        "never-valid",
        "Signatures that did not hold when the bundle was captured either",
        bundle(signed_world(early) | {QUESTION: early.found(QUESTION, *RECORDS)}),
        good("dnssec-bogus", dnssec="bogus", absent_reasons=["evidence-out-of-time"]),
        anchors=ANCHORS,
        section="DNSSEC at a later time",
    )
    vectors.judge(
        "never-valid-backdated",
        "The same in a bundle that says that it is older: nothing is known, and nothing is gained",
        bundle(signed_world(early) | {QUESTION: early.found(QUESTION, *RECORDS)}, captured=NOW - 8 * DAY - 60),
        good("evidence-out-of-time", dnssec="indeterminate"),
        anchors=ANCHORS,
        section="DNSSEC at a later time",
    )
    vectors.judge(
        "future",
        "Captured six minutes from now",
        bundle(MARKED, captured=NOW + 360),
        good("evidence-in-future"),
        section="Time",
    )
    vectors.judge(
        "ahead",
        "Captured five minutes from now: clocks differ",
        bundle(MARKED, captured=NOW + 300),
        good(absent_reasons=["evidence-in-future"]),
        section="Time",
    )
    vectors.judge(
        "stamp-nonsense",
        "A time stamp that is none",
        bundle(MARKED, stamp=b"0\x03\x02\x01\x00"),
        good("evidence-stamp-invalid"),
        section="Time",
    )


def incomplete(vectors: EvidenceTopic) -> None:
    """What is not in a bundle is not known."""
    unknown = undetermined("discovery-incomplete")
    for slug, left_out in (("ihle", QUESTION), ("text", AT_NAME)):
        rest = {asked: came for asked, came in denying().items() if asked != left_out}
        vectors.judge(f"left-out-{slug}", "A question is left out, the others are denied", bundle(rest), unknown)
    vectors.judge("empty", "No question at all", bundle({}), unknown)
    rest = {asked: came for asked, came in MARKED.items() if asked != AT_NAME}
    vectors.judge("partial", "An emblem, and a question left out", bundle(rest), good("discovery-incomplete"))
    keyless = {asked: came for asked, came in SIGNED.items() if asked != Question(ZONE, DNSKEY)}
    vectors.judge(
        "keys-left-out", "The zone's keys are left out", bundle(keyless), good(dnssec="indeterminate"), anchors=ANCHORS
    )
    vectors.judge("lost", "A question that was not answered", bundle(denying() | {QUESTION: TIMEOUT}), unknown)
    outweighed = questions({asked: came for asked, came in MARKED.items() if asked != QUESTION})
    failing = question(QUESTION, response(found(QUESTION, *RECORDS), UNREACHABLE))
    vectors.judge("outweighed", "A message beside a failure", bundle({}, questions=[*outweighed, failing]), unknown)
    vectors.judge(
        "other-target",
        "Asked about another host",
        bundle(MARKED),
        undetermined("evidence-other-target", "discovery-incomplete"),
        target="elsewhere.example",
    )
    vectors.judge("same-target", "Asked about the host that it is of", bundle(MARKED), good(), target=TARGET)
    vectors.judge(
        "other-answer",
        "A message that answers another question",
        bundle(denying() | {QUESTION: nodata(Question("elsewhere.example", QUESTION.type), "elsewhere.example")}),
        unknown,
    )
    expired = found(QUESTION, ihle(TARGET, EMBLEM.record), ihle(TARGET, EXPIRED))
    vectors.judge(
        "expired", "An emblem that has ended", bundle(denying() | {QUESTION: expired}), rejected("token-expired")
    )


def resolvers(vectors: EvidenceTopic) -> None:
    """Several messages, tries and resolvers."""
    leading = message(QUESTION, answer=[alias(TARGET, "alias.relief.example")])
    end = Question("alias.relief.example", QUESTION.type)
    records = [replace(record, owner=end.name) for record in RECORDS]
    vectors.judge(
        "alias",
        "An alias, and in a second message what is at its end",
        bundle(denying() | {QUESTION: [leading, found(end, *records)]}),
        good(),
    )
    vectors.judge(
        "alias-only",
        "An alias, and nothing of its end",
        bundle(MARKED | {QUESTION: leading}),
        undetermined("discovery-incomplete"),
    )
    others = questions({asked: came for asked, came in MARKED.items() if asked != QUESTION})
    emblem_found, denied = response(found(QUESTION, *RECORDS)), response(nodata(QUESTION), server="192.0.2.54:53")
    vectors.judge(
        "agreeing",
        "Two resolvers that say the same",
        bundle({}, questions=[*others, question(QUESTION, emblem_found, response(found(QUESTION, *RECORDS)))]),
        good(absent_reasons=["discovery-incomplete"]),
    )
    vectors.judge(
        "disagreeing",
        "Two resolvers, of which one denies",
        bundle({}, questions=[*others, question(QUESTION, emblem_found, denied)]),
        good("discovery-incomplete"),
    )
    tried = response(nodata(QUESTION), failed=[["192.0.2.55:53", "udp", "servfail"]])
    denied_others = questions({asked: came for asked, came in denying().items() if asked != QUESTION})
    vectors.judge(
        "failed-try",
        "Denied, after another resolver had said SERVFAIL",
        bundle({}, questions=[*denied_others, question(QUESTION, tried)]),
        undetermined("discovery-incomplete"),
    )
    lost = response(nodata(QUESTION), failed=[[SERVER, "udp", "timeout"]])
    vectors.judge(
        "lost-try",
        "Denied, after a packet had been lost",
        bundle({}, questions=[*denied_others, question(QUESTION, lost)]),
        ABSENT,
    )
