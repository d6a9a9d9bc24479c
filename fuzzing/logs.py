"""What logs and authorities send of commitments: read, or refused with the documented error."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from emblem.errors import MalformedError
from emblem.model.evidence import Revocation
from emblem.traceability.chain import dns_names
from emblem.traceability.log_answers import decode_consistency, decode_entry, decode_inclusion
from emblem.traceability.log_key import LogKey
from emblem.traceability.logged import LoggedEntry, recover_certificate
from emblem.traceability.revocation import judge_revocation, load_list, revocation_resources
from emblem.traceability.seen import decode_seen
from emblem.traceability.static_log import decode_tile_entry
from emblem.traceability.summary import summarize
from emblem.traceability.tree_head import TreeHead, decode_checkpoint, decode_tree_head
from fuzzing.target import Target, require
from test_vectors.generator.commitments import pki
from test_vectors.generator.commitments.log import TransparencyLog
from test_vectors.generator.commitments.world import ISSUER, JUDGED, new_log, request

DYNAMIC, STATIC = new_log("oak", static=False), new_log("elm", static=True)
CERTIFICATE = request().final(ISSUER)
_INDEX = 3


def _check_head(read: Callable[[bytes], TreeHead], log: TransparencyLog, data: bytes) -> None:
    head = read(data)
    if head.is_signed_by(LogKey.decode("key", log.spki)):
        require((head.size, head.time) == (log.tree_size, log.time), "what is signed is what the log has signed")


def _check_dynamic_head(data: bytes) -> None:
    _check_head(lambda one: decode_tree_head("tree head", one, DYNAMIC.log_id), DYNAMIC, data)


def _check_static_head(data: bytes) -> None:
    _check_head(lambda one: decode_checkpoint("checkpoint", one, STATIC.log_id, STATIC.address), STATIC, data)


def _check_proofs(data: bytes) -> None:
    with suppress(MalformedError):
        decode_inclusion("proof", data)
    decode_consistency("proof", data)


def _check_entry(data: bytes) -> None:
    _check_logged(decode_entry("entry", data))


def _check_tile(data: bytes) -> None:
    _check_logged(decode_tile_entry("tile", data, _INDEX))


def _check_logged(entry: LoggedEntry) -> None:
    """The certificate of an entry, as far as it has one: everything of it that is looked at."""
    require(len(entry.leaf_hash) == 32, "an entry has a hash")
    recovered = recover_certificate("entry", entry, (*entry.issuers, *map(pki.der, ISSUER.chain)))
    dns_names(recovered.certificate)
    summarize(entry.submitted)
    revocation_resources(recovered.certificate)
    judge_revocation(recovered.certificate, ISSUER.certificate, [ISSUER.revoke(7)], JUDGED)


def _check_list(data: bytes) -> None:
    read = load_list("list", data)
    finding = judge_revocation(CERTIFICATE, ISSUER.certificate, [read], JUDGED)
    require(bool(finding.detail), "whatever it comes to, it is said why")
    if finding.state is Revocation.REVOKED:
        require(read.is_signature_valid(pki.key_of(ISSUER.label).public_key()), "a list that is believed is signed")


def _check_seen(data: bytes) -> None:
    seen = decode_seen("tree heads", data)
    require(decode_seen("tree heads", seen.encode()).heads == seen.heads, "what is kept is read as the same")


CHECKS = (
    _check_dynamic_head,
    _check_static_head,
    _check_proofs,
    _check_entry,
    _check_tile,
    _check_list,
    _check_seen,
)
"""What reads an answer: the first byte of an input chooses."""


def check_log_answer(data: bytes) -> None:
    """Read an answer; what is refused is malformed."""
    if not data:
        return
    with suppress(MalformedError):
        CHECKS[data[0] % len(CHECKS)](data[1:])


TARGETS = (Target("log_answer", check_log_answer),)
"""What logs and authorities send."""
