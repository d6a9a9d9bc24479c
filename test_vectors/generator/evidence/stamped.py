"""What a time stamp makes of a bundle, and whose counts."""

from __future__ import annotations

from datetime import timedelta

from cryptography.x509.oid import ExtendedKeyUsageOID

from test_vectors.generator.discovery.messages import QUESTION
from test_vectors.generator.discovery.signed import ANCHORS, RECORDS, RELIEF, signed_world
from test_vectors.generator.discovery.world import World
from test_vectors.generator.evidence.bundle import EvidenceTopic, evidence, seal, stamped
from test_vectors.generator.evidence.stamps import STAMPED, StampingAuthority
from test_vectors.generator.vector import NOW, Document, protected, rejected, undetermined

POST = StampingAuthority("stamps of the post office")
SIGNED: World = signed_world() | {QUESTION: RELIEF.found(QUESTION, *RECORDS)}
LATER, MUCH_LATER = "2027-03-05T12:00:00Z", "2037-03-01T12:00:00Z"
"""After the signatures of the zone, and after every end there is."""
COUNTS: Document = protected(
    "signed",
    "evidence-stamped",
    dnssec="secure",
    absent_reasons=["evidence-time-unconfirmed", "evidence-out-of-time"],
)
_UNCONFIRMED = ("evidence-time-unconfirmed", "token-expired")


def topic() -> EvidenceTopic:
    """The vectors of this file."""
    vectors = EvidenceTopic("evidence", "stamps", "What a time stamp makes of a bundle, and whose counts.")
    counting(vectors)
    others(vectors)
    return vectors


def bundle(
    kept: World, authority: StampingAuthority = POST, after: timedelta = timedelta(), **changes: object
) -> bytes:
    """A bundle of what was kept, with a stamp that was made so much after the usual time."""
    content = evidence(kept, **changes)
    return seal(content, authority.stamp(stamped(content), STAMPED + after))


def counting(vectors: EvidenceTopic) -> None:
    """The stamp of an authority that the verifier believes: the bundle is judged as of then."""

    def judge(slug: str, title: str, data: bytes, expect: Document, *, at: str | None = None) -> None:
        vectors.judge(
            slug,
            title,
            data,
            expect,
            section="Time",
            at=at,
            now=MUCH_LATER,
            anchors=ANCHORS,
            stamp_authorities=[POST.root],
        )

    judge("counts", "Ten years later, when everything has ended, the stamper's certificate too", bundle(SIGNED), COUNTS)
    judge("asked", "Asked as of four days after the stamp", bundle(SIGNED), COUNTS, at=LATER)
    judge(
        "asked-too-late",
        "Asked as of ten years after the stamp: the emblem has ended, and what there was then is not known",
        bundle(SIGNED),
        undetermined("token-expired", "discovery-not-now", "evidence-stamped", dnssec="secure"),
        at=MUCH_LATER,
    )
    judge(
        "denied",
        "A denial that the zone signed, and that was there at a time: not even that is a no",
        bundle(signed_world()),
        undetermined("evidence-absence", "denial-authentic", "evidence-stamped", dnssec="secure"),
    )
    judge(
        "too-early",
        "Stamped before the emblem began",
        bundle(SIGNED, after=-timedelta(days=2)),
        undetermined("token-not-yet-valid", "dnssec-bogus", "evidence-stamped", dnssec="bogus"),
    )
    judge(
        "captured-after",
        "Captured six minutes after it was stamped, it says",
        bundle(SIGNED, captured=NOW + 360),
        protected("signed", "evidence-stamped", "evidence-in-future", dnssec="secure"),
    )


def others(vectors: EvidenceTopic) -> None:
    """Stamps that do not count: the bundle is judged as of now."""

    def judge(slug: str, title: str, data: bytes, reason: str, *roots: str) -> None:
        vectors.judge(
            slug,
            title,
            data,
            rejected(reason, *_UNCONFIRMED, absent_reasons=["evidence-stamped"]),
            section="Time",
            now=MUCH_LATER,
            stamp_authorities=roots or [POST.root],
        )

    untrusted, invalid = "evidence-stamp-untrusted", "evidence-stamp-invalid"
    content = evidence(SIGNED)
    judge("stranger", "By somebody else", bundle(SIGNED, StampingAuthority("stranger")), untrusted)
    judge("other-root", "Somebody else is believed", bundle(SIGNED), untrusted, StampingAuthority("stranger").root)
    code = StampingAuthority("code", ExtendedKeyUsageOID.CODE_SIGNING)
    judge("usage", "By a certificate for code", bundle(SIGNED, code), untrusted, code.root)
    loose = StampingAuthority("loose", critical=False)
    judge("usage-loose", "By a certificate whose usage is not critical", bundle(SIGNED, loose), untrusted, loose.root)
    short = StampingAuthority("short", lasts=10)
    judge("ended", "By a certificate that had ended", bundle(SIGNED, short), untrusted, short.root)
    judge("other", "Of other evidence", seal(content, POST.stamp(stamped(evidence({})))), invalid)
    judge("of-content", "Of the evidence without its schema", seal(content, POST.stamp(content)), invalid)
    judge("refusal", "A refusal", seal(content, POST.refusal()), invalid)
    judge("cut", "Cut short", seal(content, POST.stamp(stamped(content))[:-1]), invalid)
    judge("changed-time", "Its time changed", seal(content, changed_time(content)), untrusted)
    vectors.judge(
        "nobody-believed",
        "No authority is believed",
        bundle(SIGNED),
        rejected(untrusted, *_UNCONFIRMED),
        section="Time",
        now=MUCH_LATER,
    )
    vectors.judge(
        "future",
        "Stamped six minutes from now",
        bundle(SIGNED, after=timedelta(minutes=6)),
        protected("signed", invalid, "evidence-time-unconfirmed", absent_reasons=["evidence-stamped"]),
        section="Time",
        stamp_authorities=[POST.root],
    )
    vectors.judge(
        "ahead",
        "Stamped five minutes from now: clocks differ",
        bundle(SIGNED, after=timedelta(minutes=5)),
        protected("signed", "evidence-stamped"),
        section="Time",
        stamp_authorities=[POST.root],
    )


def changed_time(content: bytes) -> bytes:
    """A stamp with another time written into it."""
    return POST.stamp(stamped(content)).replace(b"20270301120000Z", b"20270228120000Z")
