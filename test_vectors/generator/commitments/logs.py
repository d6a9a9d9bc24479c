"""Logs of both kinds: what they show, and each way in which they can cheat, fail or be out of reach."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from test_vectors.generator.commitments import pki
from test_vectors.generator.commitments.log import Reply, TransparencyLog, tree_hash, vector
from test_vectors.generator.commitments.world import (
    HEAD,
    ISSUER,
    JUDGED,
    LOGGED,
    CommitmentTopic,
    World,
    committed,
    milliseconds,
    new_log,
    place_of,
    request,
    with_entry,
)
from test_vectors.generator.vector import ORG, Document, claimed, rejected

KINDS = (("rfc6962", False), ("static", True))
EARLIER = milliseconds(HEAD - timedelta(days=1))


def verified(*proofs: str, more: tuple[str, ...] = ()) -> Document:
    """The commitment holds."""
    return claimed("organizational", "commitment-verified", *more, commitment="verified", issuer=ORG) | {
        "proofs": list(proofs)
    }


def unknown(*codes: str, proofs: tuple[str, ...] = ()) -> Document:
    """It could not be found out."""
    return claimed("signed", "commitment-undetermined", *codes, commitment="undetermined") | {"proofs": list(proofs)}


def refuted(code: str) -> Document:
    """It does not hold."""
    return rejected("commitment-failed", code)


def topic() -> CommitmentTopic:
    """The vectors of this file."""
    vectors = CommitmentTopic(
        "commitments", "logs", "What logs show of an entry: promised, included, consistent, or not."
    )
    for kind, static in KINDS:
        included(vectors, kind, static)
        consistent(vectors, kind, static)
        promised(vectors, kind, static)
        cheating(vectors, kind, static)
        unreachable(vectors, kind, static)
    several(vectors)
    return vectors


def included(vectors: CommitmentTopic, kind: str, static: bool) -> None:
    """Entries that are there."""
    for slug, title, world in (
        ("pre", "A precertificate entry under the latest tree head", committed(new_log("oak", static=static))),
        ("final", "An entry of the final certificate", committed(new_log("oak", static=static), final=True)),
        ("last", "The last entry of the tree", committed(new_log("oak", static=static), more=0)),
        ("first", "The first and only entry", committed(new_log("oak", static=static, entries=0), more=0)),
    ):
        vectors.check(f"{kind}-included-{slug}", f"{title} ({kind})", world, verified("included"))
    if static:
        world = committed(new_log("oak", static=True, entries=300), more=215)
        vectors.check("static-included-levels", "Tiles of two levels, full and partial", world, verified("included"))
        world = committed(new_log("oak", static=True))
        world.instead["tile/data/"] = Reply(200, b"".join(one.tile_leaf for one in world.logs[0].entries))
        vectors.check("static-included-plain", "A data tile without compression", world, verified("included"))


def consistent(vectors: CommitmentTopic, kind: str, static: bool) -> None:
    """Tree heads seen before."""
    for slug, title, size in (("grown", "The tree has grown since", 7), ("same", "The same tree as before", None)):
        world = committed(new_log("oak", static=static))
        world.seen = [_seen(world.logs[0], size=size, time=EARLIER)]
        vectors.check(f"{kind}-seen-{slug}", f"{title} ({kind})", world, verified("included", "consistent"))
    world = committed(new_log("oak", static=static))
    world.seen = [_seen(world.logs[0])]
    world.logs[0].size, world.logs[0].time = 15, EARLIER
    vectors.check(
        f"{kind}-seen-lagging",
        f"An older tree than the one seen, of an earlier time ({kind})",
        world,
        verified("included", "consistent"),
    )
    world = committed(new_log("oak", static=static))
    world.seen = [_seen(world.logs[0], size=7, time=EARLIER) | {"sha256_root_hash": b64encode(bytes(32)).decode()}]
    vectors.check(
        f"{kind}-seen-unsigned",
        f"What was seen before is not signed by the log: there is nothing to compare with ({kind})",
        world,
        verified("included"),
    )


def promised(vectors: CommitmentTopic, kind: str, static: bool) -> None:
    """Timestamps in a certificate at hand."""
    world = with_certificate(new_log("oak", static=static))
    vectors.check(
        f"{kind}-promised-included", f"Promised and included ({kind})", world, verified("promised", "included")
    )
    world = with_certificate(new_log("oak", static=static))
    world.online, world.lists_at_hand = False, [ISSUER.revoke()]
    vectors.check(
        f"{kind}-promised-alone",
        f"Promised, and nothing may be fetched ({kind})",
        world,
        verified("promised") | {"absent_reasons": ["certificate-revocation-unknown"]},
    )
    world = with_certificate(new_log("oak", static=static))
    world.instead["oak.example"] = "timeout"
    vectors.check(
        f"{kind}-promised-timeout",
        f"Promised, and the log does not answer ({kind})",
        world,
        verified("promised", more=("log-timeout",)),
    )
    world = with_certificate(new_log("oak", static=static), include=False, logged=JUDGED - timedelta(hours=3))
    vectors.check(
        f"{kind}-promised-pending",
        f"Promised three hours ago, and not included yet ({kind})",
        world,
        verified("promised", more=("log-entry-missing",)),
    )
    world = with_certificate(new_log("oak", static=static), include=False)
    vectors.check(
        f"{kind}-promised-broken",
        f"Promised forty days ago, and not included ({kind})",
        world,
        refuted("log-promise-broken"),
    )
    world = with_certificate(new_log("oak", static=static))
    world.online = False
    stranger = new_log("stranger", static=static)
    timestamp = stranger.promise(world.logs[0].entries[-1])
    forged = request().final(ISSUER, vector(2, vector(2, timestamp[:1] + world.logs[0].log_id + timestamp[33:])))
    world.certificates = [pki.pem(forged, ISSUER.certificate)]
    vectors.check(
        f"{kind}-promised-forged",
        f"A timestamp in the name of the log, signed by somebody else ({kind})",
        world,
        unknown("log-promise-invalid", "log-not-asked"),
    )
    world = committed(new_log("oak", static=static))
    world.online = False
    vectors.check(
        f"{kind}-evidence-none",
        f"Nothing at hand, and nothing may be fetched ({kind})",
        world,
        unknown("log-not-asked"),
    )


def cheating(vectors: CommitmentTopic, kind: str, static: bool) -> None:
    """What a log has signed, or must be able to prove, against it."""
    world = committed(new_log("oak", static=static))
    if static:
        world.instead["tile/0/"] = lambda path: _flip(world.logs[0].answer(path))
    else:
        world.instead["get-proof"] = lambda path: _wrong_path(world.logs[0].answer(path))
    vectors.check(f"{kind}-proof-wrong", f"One hash of the proof is wrong ({kind})", world, refuted("log-proof-wrong"))

    world = committed(new_log("oak", static=static))
    shuffled = tree_hash(world.logs[0].hashes[::-1])
    world.seen = [_seen(world.logs[0], root=shuffled, time=EARLIER)]
    vectors.check(
        f"{kind}-split-same", f"Another tree of the same size was seen ({kind})", world, refuted("log-split-view")
    )

    world = committed(new_log("oak", static=static))
    world.seen = [_seen(world.logs[0], size=7, root=tree_hash(world.logs[0].hashes[7:14]), time=EARLIER)]
    vectors.check(
        f"{kind}-split-smaller",
        f"A smaller tree was seen that this one does not continue ({kind})",
        world,
        refuted("log-split-view"),
    )

    world = committed(new_log("oak", static=static))
    world.seen = [_seen(world.logs[0], time=EARLIER)]
    world.logs[0].size = 15
    vectors.check(
        f"{kind}-rolled-back",
        f"A smaller tree than the one seen, of a later time ({kind})",
        world,
        refuted("log-rolled-back"),
    )

    world = committed(new_log("oak", static=static))
    if static:
        with_entry(world.logs[0], 11, extensions=b"\0\0\5" + (12).to_bytes(5))
        title = "The entry says that it stands elsewhere"
    else:
        world.instead["get-entries"] = world.logs[0].answer("ct/v1/get-entries?start=3&end=3")
        title = "The log gives another entry than the one it proves"
    vectors.check(f"{kind}-entry-wrong", f"{title} ({kind})", world, refuted("log-entry-wrong"))


def unreachable(vectors: CommitmentTopic, kind: str, static: bool) -> None:
    """What cannot be found out."""
    head = "checkpoint" if static else "get-sth"
    replies: tuple[tuple[str, str, str | Reply, str], ...] = (
        ("timeout", "No answer in time", "timeout", "log-timeout"),
        ("unreachable", "No connection", "unreachable", "log-unreachable"),
        ("redirect", "A redirect", "redirected", "log-redirected"),
        ("error", "Status 500", Reply(500, b"busy"), "log-unreachable"),
        ("nonsense", "Nonsense", Reply(200, b"<html>"), "log-answer-malformed"),
        ("encoding", "A body in an encoding that is not gzip", Reply(200, b"x", "br"), "log-answer-malformed"),
    )
    for slug, title, instead, code in replies:
        world = committed(new_log("oak", static=static))
        world.instead[head] = instead
        vectors.check(f"{kind}-head-{slug}", f"{title} in the place of the tree head ({kind})", world, unknown(code))
    for part, what in (
        (("tile/data/", "entries"), ("issuer/", "issuer"))
        if static
        else (
            ("get-proof", "proof"),
            ("get-entries", "entry"),
        )
    ):
        world = committed(new_log("oak", static=static))
        world.instead[part] = "timeout"
        proofs = ("included",) if part in ("get-entries", "issuer/") else ()
        expected = unknown("log-timeout")
        if proofs:
            del expected["proofs"]
        vectors.check(
            f"{kind}-{what}-timeout", f"No answer in time in the place of the {what} ({kind})", world, expected
        )

    world = committed(new_log("oak", static=static))
    world.instead[head] = _unsigned(world.logs[0])
    vectors.check(
        f"{kind}-head-unsigned", f"The tree head is not signed by the log ({kind})", world, unknown("log-head-unsigned")
    )

    world = committed(new_log("oak", static=static))
    world.logs[0].time = milliseconds(JUDGED + timedelta(hours=2))
    vectors.check(f"{kind}-head-future", f"A tree head of the future ({kind})", world, unknown("log-answer-malformed"))

    world = committed(new_log("oak", static=static))
    world.unknown = True
    vectors.check(f"{kind}-unknown", f"A log that is not known ({kind})", world, unknown("log-unknown"))

    world = committed(new_log("oak", static=static))
    missing: Document = {"id": world.logs[0].log_id} | ({"index": 99} if static else {"hash": bytes(32)})
    world.places = [missing]
    vectors.check(
        f"{kind}-missing",
        f"The log has no such entry, and is not known to have promised one ({kind})",
        world,
        unknown("log-entry-missing"),
    )

    world = committed(new_log("oak", static=static))
    other = pki.der(request(serial=9).precertificate(ISSUER))
    with_entry(world.logs[0], 11, submitted=other)
    vectors.check(
        f"{kind}-precertificate-other",
        f"The precertificate that comes along is not that of the entry ({kind})",
        world,
        unknown("log-answer-malformed"),
    )


def several(vectors: CommitmentTopic) -> None:
    """Several log entries in one endorsement."""

    def both(change: Callable[[World], None]) -> World:
        first, second = committed(new_log("ash", static=False)), committed(new_log("oak", static=True))
        world = World([*first.logs, *second.logs], [*first.places, *second.places])
        change(world)
        return world

    def cheat(world: World) -> None:
        world.instead["get-proof"] = lambda path: _wrong_path(world.logs[0].answer(path))

    def silence(world: World) -> None:
        world.instead["oak.example"] = "unreachable"

    def cheat_and_silence(world: World) -> None:
        cheat(world)
        silence(world)

    def cheat_twice(world: World) -> None:
        cheat(world)
        world.instead["oak.example/2027/tile/0/"] = lambda path: _flip(world.logs[1].answer(path))

    for slug, title, change, expect in (
        (
            "one-cheats",
            "One log proves wrongly, the other rightly",
            cheat,
            verified("included", more=("log-proof-wrong",)),
        ),
        ("one-silent", "One log is silent, the other proves", silence, verified("included", more=("log-unreachable",))),
        (
            "cheats-silent",
            "One log proves wrongly, the other is silent",
            cheat_and_silence,
            unknown("log-proof-wrong", "log-unreachable"),
        ),
        ("both-cheat", "Both prove wrongly", cheat_twice, refuted("log-proof-wrong")),
    ):
        vectors.check(f"several-{slug}", title, both(change), expect)


def with_certificate(log: TransparencyLog, *, include: bool = True, logged: object = None) -> World:
    """The certificate that commits the root key at hand, with the log's timestamp in it."""
    at = LOGGED if logged is None else JUDGED - timedelta(hours=3)
    _, certificate = log.submit(request(), ISSUER, at)
    place = place_of(log, len(log.entries) - 1)
    if not include:
        log.entries.pop()
    return World([log], [place], certificates=[pki.pem(certificate, ISSUER.certificate)])


def _seen(log: TransparencyLog, **how: object) -> Document:
    """A tree head of a log, as it was seen before."""
    head: Document = json.loads(log.tree_head(**how))  # type: ignore[arg-type]  # its own parameters
    return {"log_id": b64encode(log.log_id).decode()} | head


def _flip(reply: Reply) -> Reply:
    """The same with the first bit turned round."""
    return replace(reply, body=bytes([reply.body[0] ^ 0x80]) + reply.body[1:])


def _wrong_path(reply: Reply) -> Reply:
    members = json.loads(reply.body)
    members["audit_path"][0] = b64encode(bytes(32)).decode()
    return replace(reply, body=json.dumps(members).encode())


def _unsigned(log: TransparencyLog) -> Reply:
    """A tree head with another size than the one that was signed."""
    if log.static:
        return Reply(200, log.checkpoint().replace(b"\n18\n", b"\n19\n"))
    members = json.loads(log.tree_head())
    return Reply(200, json.dumps(members | {"tree_size": 19}).encode())
