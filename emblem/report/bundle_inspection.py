"""What an evidence bundle holds, in readable form. Nothing is judged, and nothing in it is believed."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from emblem.codec.evidence import Bundle, Evidence, KeptQuestion, KeptResource
from emblem.discovery.answers import gather, type_name
from emblem.discovery.kept import kept_answer
from emblem.dns.message import Answer
from emblem.errors import InputError
from emblem.model.time import date_text
from emblem.report.inspection import Inspected, inspect_records
from emblem.traceability.stamps import StampState, read_stamp


def inspect_bundle(bundle: Bundle) -> Iterator[Inspected]:
    """Look at a bundle: what it says of itself, each answer and resource in it, and the records of ours among them."""
    evidence = bundle.evidence
    yield _about(bundle)
    answers: list[Answer] = []
    for kept in evidence.questions:
        try:
            answer = kept_answer(kept)
        except InputError as error:
            yield _unusable(kept, error)
            continue
        answers.append(answer)
        yield _inspect_answer(kept, answer)
    yield from map(_inspect_resource, evidence.resources)
    yield from inspect_records(gather(evidence.target, answers).records)


def _about(bundle: Bundle) -> Inspected:
    evidence = bundle.evidence
    digest = sha256(bundle.stamped).hexdigest()
    stamp = read_stamp(bundle.stamp, bundle.stamped)
    stamped = {
        StampState.NONE: "no",
        StampState.INVALID: f"yes, but it does not count: {stamp.detail}",
    }.get(stamp.state, f"yes, at {stamp.time_text}, if whoever made the stamp is believed")
    words = {
        "target": evidence.target,
        "captured": f"{date_text(evidence.captured)}, says whoever made it",
        "time stamp": stamped,
        "made by": evidence.software,
        "holds": f"{len(evidence.questions)} answers of the DNS, {len(evidence.resources)} resources",
        "asked": "only what ordinary software asks too" if evidence.covert else "openly",
        "trust anchors": f"{len(evidence.anchors)} of its maker; yours count",
        "SHA-256": digest,
    }
    return Inspected(
        "evidence bundle", words, {"kind": "evidence", **_about_members(evidence, digest, stamp.time_text)}
    )


def _about_members(evidence: Evidence, digest: str, stamp: str) -> dict[str, Any]:
    return {
        "target": evidence.target,
        "captured": date_text(evidence.captured),
        "stamp": stamp or None,
        "software": evidence.software,
        "questions": len(evidence.questions),
        "resources": len(evidence.resources),
        "covert": evidence.covert,
        "anchors": list(evidence.anchors),
        "sha256": digest,
    }


def _inspect_answer(kept: KeptQuestion, answer: Answer) -> Inspected:
    question = f"{kept.name} {type_name(kept.type)}"
    size = sum(len(message) for one in kept.responses for message in one.messages)
    said = answer.outcome.value if answer.failure is None else f"not known: {answer.failure.value}"
    count = len(answer.records)
    words = {
        "question": question,
        "asked": ", ".join(f"{one.server} ({one.transport})" for one in kept.responses),
        "said": f"{said}, {count} record{'' if count == 1 else 's'}" if count else said,
        "size": f"{size} bytes",
    }
    if answer.aliases:
        words["leads to"] = answer.final_name
    members = {
        "kind": "answer",
        "name": kept.name,
        "type": kept.type,
        "servers": [one.server for one in kept.responses],
        "outcome": answer.outcome.value,
        "failure": answer.failure.value if answer.failure else None,
        "records": count,
        "bytes": size,
    }
    messages = "\n".join(message.hex() for one in kept.responses for message in one.messages)
    return Inspected("answer", words, members, raw=messages)


def _unusable(kept: KeptQuestion, error: InputError) -> Inspected:
    words = {"question": f"{kept.name} {type_name(kept.type)}", "problem": str(error)}
    return Inspected("malformed", words, {"kind": "malformed", "name": kept.name, "type": kept.type})


def _inspect_resource(kept: KeptResource) -> Inspected:
    came = f"not known: {kept.failure}" if kept.failure else f"status {kept.status}, {len(kept.body)} bytes"
    words = {"address": kept.address, "came": came}
    members = {
        "kind": "resource",
        "address": kept.address,
        "status": kept.status,
        "failure": kept.failure or None,
        "bytes": len(kept.body),
    }
    return Inspected("resource", words, members)
