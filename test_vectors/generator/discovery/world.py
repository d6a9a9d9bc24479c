"""What a replaying resolver knows in a vector, and the file of such vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from test_vectors.generator.discovery.messages import (
    AAAA,
    HTTPS,
    IHLE,
    IHLE_EARLIER,
    PTR,
    TXT,
    ZONE,
    A,
    Question,
    nodata,
)
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import AT, TARGET, Document, Given, Topic, bare

TIMEOUT, UNREACHABLE, CUT_SHORT = ({"failure": failure} for failure in ("timeout", "unreachable", "cut-short"))
"""No response, and how it failed to come."""

Response = bytes | dict[str, str]
World = dict[Question, Response | Sequence[Response]]
"""What comes back to each question: one response, or one after another."""
Reply = Callable[[Question, str], bytes]

TRUSTED = (bare(EMBLEM),)
FOUND = (IHLE, IHLE_EARLIER, TXT)
"""The types that are asked for at a name."""


def questions(name: str = TARGET) -> tuple[Question, ...]:
    """The questions of every carriage at a name."""
    return (*(Question(name, number) for number in FOUND), Question(f"_emblem.{name}", TXT))


def denying(name: str = TARGET, zone: str = ZONE, reply: Reply = nodata, *, more: Sequence[int] = (HTTPS,)) -> World:
    """Every carriage at a name denied, and further types."""
    asked = (*questions(name), *(Question(name, number) for number in more))
    return {question: reply(question, zone) for question in asked}


def denying_reverse(name: str, zone: str, reply: Reply = nodata) -> World:
    """Every carriage at a reverse name denied, and the names that it leads to."""
    return denying(name, zone, reply, more=(PTR,))


def denying_covertly(name: str = TARGET, zone: str = ZONE, reply: Reply = nodata) -> World:
    """What is asked covertly, denied."""
    return {Question(name, number): reply(Question(name, number), zone) for number in (A, AAAA, HTTPS, TXT)}


def unmarked(*reasons: str, **more: object) -> Document:
    """It is established that there is nothing."""
    expected = reasons or ("discovery-denied",)
    return {"status": "unmarked", "level": "none", "trusted": False} | more | {"reasons": list(expected)}


@dataclass
class DiscoveryTopic(Topic):
    """One file of vectors of discovery."""

    def ask(
        self,
        slug: str,
        title: str,
        world: Mapping[Question, Response | Sequence[Response]],
        expect: Document,
        *,
        section: str = "Discovery",
        target: str = TARGET,
        at: str = AT,
        now: str = AT,
        trust: Sequence[Given] = TRUSTED,
        covert: bool = False,
        anchors: Sequence[str] = (),
        require_dnssec: bool = False,
    ) -> None:
        """Add a vector."""
        vector: Document = {
            "id": f"{self.format}-{self.name}-{slug}",
            "title": title,
            "format": self.format,
            "section": f"profile: {section}",
            "dns": [_entry(question, responses) for question, responses in world.items()],
            "target": target,
            "at": at,
            "now": now,
            "trust": [trusted.document for trusted in trust],
        }
        if covert:
            vector["covert"] = True
        if anchors:
            vector["anchors"] = list(anchors)
        if require_dnssec:
            vector["require_dnssec"] = True
        self.vectors.append(vector | {"expect": expect})


def _entry(question: Question, responses: Response | Sequence[Response]) -> Document:
    listed = [responses] if isinstance(responses, bytes | dict) else responses
    return {
        "question": {"name": question.name, "type": question.type},
        "responses": [one.hex() if isinstance(one, bytes) else one for one in listed],
    }
