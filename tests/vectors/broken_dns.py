"""Verifiers that read DNS messages wrongly: responses, aliases, and the chain of trust."""

from __future__ import annotations

from tests.vectors.broken import NEVER, Broken, broken

RESPONSES = (
    broken(
        "error codes are denials",
        "discovery/responses",
        "dns.interpretation",
        "if code not in (ResponseCode.NOERROR, ResponseCode.NXDOMAIN):",
        NEVER,
    ),
    broken(
        "the upper bits of the code are not read",
        "discovery/responses",
        "dns.interpretation",
        "sections.extended_code << 4 | ",
        "",
    ),
    broken("TC is not looked at", "discovery/responses", "dns.interpretation", "if flags & FLAG_TRUNCATED:", NEVER),
    broken(
        "a truncated response is not asked for again",
        "discovery/responses",
        "dns.exchange",
        "in (Failure.TRUNCATED, Failure.MALFORMED):",
        "in (Failure.MALFORMED,):",
    ),
    broken(
        "a malformed response is not asked for again",
        "discovery/responses",
        "dns.exchange",
        "in (Failure.TRUNCATED, Failure.MALFORMED):",
        "in (Failure.TRUNCATED,):",
    ),
    broken(
        "identifiers are not compared", "discovery/responses", "dns.query", "identifier not in (None, found) or ", ""
    ),
    broken("a query is a response", "discovery/responses", "dns.query", "not flags & FLAG_RESPONSE or ", ""),
    broken("operations are not compared", "discovery/responses", "dns.query", " or flags & _OPCODE:", ":"),
    broken(
        "names in questions are not compared",
        "discovery/responses",
        "dns.query",
        "message[HEADER.size : end - _QUESTION.size].lower() == asked",
        "asked",
    ),
    broken(
        "names in questions are compared with case",
        "discovery/responses",
        "dns.query",
        "end - _QUESTION.size].lower()",
        "end - _QUESTION.size]",
    ),
    broken(
        "types in questions are not compared",
        "discovery/responses",
        "dns.query",
        "and message[end - _QUESTION.size : end] == _QUESTION.pack(question.type, _CLASS_IN)",
        "",
    ),
    broken(
        "any response may lack its question",
        "discovery/responses",
        "dns.query",
        "return flags & 0x000F in _ERRORS_WITHOUT_QUESTION",
        "return True",
    ),
    broken("a message may go on", "discovery/responses", "dns.wire", "if reader.position != len(message):", NEVER),
    broken(
        "a name in a message may have any length",
        "discovery/responses",
        "dns.wire",
        "> LONGEST_NAME:",
        "> 65535:",
    ),
    broken(
        "record data may be longer than its names", "discovery/responses", "dns.wire", "if self.position != end:", NEVER
    ),
    broken(
        "strings may be longer than their record",
        "discovery/responses",
        "dns.wire",
        "return position == len(data) > 0",
        "return True",
    ),
)

ALIASES = (
    broken(
        "aliases are not followed",
        "discovery/aliases",
        "dns.interpretation",
        "while not self.of_type(self._type):",
        "while False:",
    ),
    broken(
        "seven aliases are too many", "discovery/aliases", "dns.interpretation", "MOST_ALIASES = 8", "MOST_ALIASES = 7"
    ),
    broken(
        "nine aliases are followed", "discovery/aliases", "dns.interpretation", "MOST_ALIASES = 8", "MOST_ALIASES = 9"
    ),
    broken(
        "aliases of two responses are counted separately",
        "discovery/aliases",
        "dns.lookup",
        "if len(owners) > MOST_ALIASES:",
        NEVER,
    ),
    broken(
        "DNAME records are not known",
        "discovery/aliases",
        "dns.interpretation",
        "if record.type == RecordType.DNAME and",
        "if False and",
    ),
    broken(
        "of two aliases the first counts",
        "discovery/aliases",
        "dns.interpretation",
        "if len(targets) > 1 or",
        "if",
    ),
    broken(
        "a CNAME alone denies",
        "discovery/aliases",
        "dns.interpretation",
        "    if flaw is None:",
        "    if flaw is None or found.aliases:",
    ),
    broken(
        "an alias of a name that does not exist does not exist",
        "discovery/aliases",
        "dns.message",
        "return self.outcome is Outcome.NXDOMAIN and not self.aliases",
        "return self.outcome is Outcome.NXDOMAIN",
    ),
    broken(
        "a CNAME goes before the records beside it",
        "discovery/aliases",
        "dns.interpretation",
        "while not self.of_type(self._type):",
        "while self.of_type(RecordType.CNAME) or not self.of_type(self._type):",
    ),
)

DNSSEC = (
    broken(
        "bogus is no reason to doubt a no",
        "discovery/dnssec",
        "verifier.authenticity",
        "    if worst.state is State.BOGUS:",
        f"    {NEVER}",
    ),
    broken(
        "a bogus answer hides an emblem",
        "discovery/dnssec",
        "verifier.authenticity",
        "if verdict.status in (Status.PROTECTED, Status.CLAIMED) and not policy.require_dnssec:",
        NEVER,
    ),
    broken(
        "a bogus answer suffices a policy that requires DNSSEC",
        "discovery/dnssec",
        "verifier.authenticity",
        " and not policy.require_dnssec:",
        ":",
    ),
    broken(
        "the best answer counts",
        "discovery/dnssec",
        "verifier.authenticity",
        "worst = min(",
        "worst = max(",
    ),
    broken(
        "all answers count for an emblem",
        "discovery/dnssec",
        "verifier.authenticity",
        "if any((record.owner, record.type) in places for record in answer.records)",
        "if True",
    ),
    broken(
        "answers that were lost count against a no",
        "discovery/dnssec",
        "verifier.investigation",
        "if answer.failure is None and answer.question not in further",
        "if True",
    ),
    broken(
        "signatures must hold at the time asked about",
        "discovery/dnssec",
        "verifier.investigation",
        "now=now, authentication=",
        "now=at, authentication=",
    ),
    broken(
        "the policy does not ask for DNSSEC",
        "discovery/dnssec",
        "verifier.settings",
        "if not (protected and policy.require_dnssec) or verdict.dnssec is DnssecState.SECURE:",
        "if True:",
    ),
    broken(
        "signatures hold for ever",
        "discovery/dnssec",
        "dns.dnssec.signatures",
        "if is_before(signature.expiration, at):",
        NEVER,
    ),
    broken(
        "signatures hold before their time",
        "discovery/dnssec",
        "dns.dnssec.signatures",
        "if is_before(at, signature.inception):",
        NEVER,
    ),
    broken(
        "the last second is over",
        "discovery/dnssec",
        "dns.dnssec.signatures",
        "return 0 < (second",
        "return 0 <= (second",
    ),
    broken(
        "DNSSEC signatures are not verified",
        "discovery/dnssec",
        "dns.dnssec.signatures",
        "if _holds(found, signature, key):",
        "if True:",
    ),
    broken(
        "wildcards need no proof",
        "discovery/dnssec",
        "dns.dnssec.validator",
        "if is_expanded(found, result.signature):",
        NEVER,
    ),
    broken(
        "the response code is not compared with the proof",
        "discovery/dnssec",
        "dns.dnssec.validator",
        "if not _has_code_of(self._response, denial):",
        NEVER,
    ),
    broken(
        "an opt-out span is a proof",
        "discovery/dnssec",
        "dns.dnssec.validator",
        "        if denial.opt_out:",
        f"        {NEVER}",
    ),
    broken(
        "any number of iterations is hashed",
        "discovery/dnssec",
        "dns.dnssec.nsec3",
        "record.iterations > MOST_ITERATIONS",
        "False",
    ),
    broken(
        "150 iterations are too many",
        "discovery/dnssec",
        "dns.dnssec.nsec3",
        "record.iterations > MOST_ITERATIONS",
        "record.iterations >= MOST_ITERATIONS",
    ),
    broken(
        "NSEC needs not cover the wildcard",
        "discovery/dnssec",
        "dns.dnssec.nsec",
        "    covering = _covering(wildcard, zone, records)\n    if covering is None:\n        return None\n",
        "    covering = _covering(wildcard, zone, records) or covering\n",
    ),
    broken(
        "NSEC3 needs no closest encloser",
        "discovery/dnssec",
        "dns.dnssec.nsec3",
        "        if encloser is None:\n            return None\n        wildcard",
        "        if encloser is None:\n"
        "            return Denial(DenialKind.NXDOMAIN, Mechanism.NSEC3) if self._records else None\n"
        "        wildcard",
    ),
    broken(
        "DS records are not compared",
        "discovery/dnssec",
        "dns.dnssec.delegation",
        "return digest is not None and digest(_digested(zone, key)).digest() == record.digest",
        "return True",
    ),
    broken(
        "the keys of a zone are those of its response",
        "discovery/dnssec",
        "dns.dnssec.delegation",
        "if by_digest or key in anchors:",
        "if True:",
    ),
    broken(
        "an unsigned zone needs no proof",
        "discovery/dnssec",
        "dns.dnssec.delegation",
        "unsigned = denial.reason is Reason.TOO_MANY_ITERATIONS",
        "unsigned = True",
    ),
)

DNS: tuple[Broken, ...] = (*RESPONSES, *ALIASES, *DNSSEC)
