"""Verifiers that believe evidence bundles too much, or read what is none."""

from __future__ import annotations

from tests.vectors.broken import NEVER, Broken, broken

_FORM, _JUDGING = "evidence/form", "evidence/judging"


def _misread(rule: str, old: str, new: str = NEVER) -> Broken:
    return broken(rule, _FORM, "codec.evidence", old, new)


def _misjudged(rule: str, module: str, old: str, new: str = NEVER) -> Broken:
    return broken(rule, _JUDGING, module, old, new)


def _misstamped(rule: str, module: str, old: str, new: str = NEVER) -> Broken:
    return broken(rule, "evidence/stamps", module, old, new)


EVIDENCE = (
    _misstamped("a stamp of other evidence counts", "traceability.stamps", "    if flaw:", "    if False:"),
    _misstamped(
        "a stamp of the evidence without its schema counts",
        "codec.evidence",
        "return cbor.encode([SCHEMA, content])",
        "return content",
    ),
    _misstamped(
        "a stamp by anybody counts",
        "traceability.stamps",
        "    return _trusted(_read(stamp), message, authorities, found.time)",
        "    return replace(found, state=StampState.TRUSTED)",
    ),
    _misstamped(
        "a stamp counts before its time has come", "traceability.stamps", "if found.time > now + LATEST_AHEAD:"
    ),
    _misstamped(
        "the clocks of authorities may not differ",
        "traceability.stamps",
        "LATEST_AHEAD = timedelta(minutes=5)",
        "LATEST_AHEAD = timedelta()",
    ),
    _misstamped(
        "a stamp changes nothing",
        "verifier.bundles",
        "        return Time(at or stamp.time, stamp.time, None)\n",
        "",
    ),
    _misstamped(
        "the signatures of the DNS are judged as of when it is asked about, whatever the stamp says",
        "verifier.bundles",
        "return Time(at or stamp.time, stamp.time, None)",
        "return Time(at or stamp.time, at or stamp.time, None)",
    ),
    _misread("the digest of a bundle is not compared", "if digest != sha256(stamped).digest():"),
    _misread("evidence may be encoded in any way", "if cbor.encode_in_order(evidence) != content:"),
    _misread(
        "members may be in any order",
        "if members.keys() == set(expected):\n        raise _another_encoding()",
        "if members.keys() == set(expected):\n        return",
    ),
    _misread(
        "members of a bundle that nobody knows are passed over",
        "if list(members) == expected:",
        "if set(expected) <= members.keys():",
    ),
    _misread("a question may be there twice", "if len(set(keys)) != len(keys):"),
    _misread("a response may say nothing", "if not messages and not failure:"),
    _misread("a message may be empty", "if not message:"),
    _misread("any transport is one", "if not isinstance(item, str) or item not in TRANSPORTS:"),
    _misread("an empty list of failed tries is one", "        if not failed:", "        if False:"),
    broken(
        "a failure that nobody knows is one that we know",
        _FORM,
        "discovery.kept",
        "if code not in _KEPT_FAILURES:",
        'code = code if code in _KEPT_FAILURES else "timeout"\n    if False:',
    ),
    _misjudged("a bundle can be a no", "verifier.bundles", "if verdict.status is Status.UNMARKED:"),
    _misjudged(
        "what is not in a bundle is denied",
        "discovery.kept",
        'return failed_answer(question, Failure.NOT_AT_HAND, "it is not in the evidence bundle", server="nobody")',
        "return Answer(question, Outcome.NODATA, final_name=question.name)",
    ),
    _misjudged(
        "a bundle is judged as of when it says that it was captured",
        "verifier.bundles",
        "    moment = at or now\n",
        "    moment = at or datetime_of(evidence.captured)\n",
    ),
    _misjudged(
        "signatures that have ended are called forged",
        "verifier.authenticity",
        "if found.state is State.BOGUS and then is not None",
        "if False",
    ),
    _misjudged(
        "signatures that never held are said to have ended",
        "verifier.authenticity",
        "found if earlier.state is State.BOGUS else",
        "found if False else",
    ),
    _misjudged(
        "the maker's trust anchors count",
        "verifier.bundles",
        "    evidence = bundle.evidence\n",
        "    evidence = bundle.evidence\n    if evidence.anchors and anchors is not None:\n"
        "        from emblem.dns.dnssec import parse_anchors\n\n"
        '        anchors = parse_anchors("\\n".join(evidence.anchors))\n',
    ),
    _misjudged(
        "other trust anchors are not told",
        "verifier.bundles",
        "if frozenset(evidence.anchors) == frozenset(anchor_lines(anchors)):",
        "if True:",
    ),
    _misjudged(
        "a date in the future is not told",
        "verifier.bundles",
        "if datetime_of(evidence.captured) > latest + LATEST_AHEAD:",
    ),
    _misjudged(
        "clocks may not differ",
        "verifier.bundles",
        "LATEST_AHEAD = timedelta(minutes=5)",
        "LATEST_AHEAD = timedelta()",
    ),
    _misjudged("another target is not told", "verifier.bundles", "    if about == asked:", "    if True:"),
    _misjudged(
        "a covert capture is judged as an open one", "verifier.bundles", "covert=evidence.covert,", "covert=False,"
    ),
    _misjudged(
        "a message outweighs the failure beside it",
        "discovery.kept",
        "elif known.failure is None and failure is not None:",
        "elif False:",
    ),
    _misjudged(
        "failed tries are forgotten",
        "discovery.kept",
        "failed_tries=tuple(map(_failed_try, kept.failed_tries))) if kept.failed_tries else known",
        "failed_tries=()) if kept.failed_tries else known",
    ),
    _misjudged(
        "only the first resolver counts",
        "discovery.kept",
        "return agree([_replay(question, one) for one in kept.responses])",
        "return _replay(question, kept.responses[0])",
    ),
    _misjudged(
        "only the first message counts",
        "discovery.kept",
        "    for message in kept.messages:",
        "    for message in kept.messages[:1]:",
    ),
)
