"""Verifiers that find wrongly: what is asked, what counts as a "no", and what is found."""

from __future__ import annotations

from tests.vectors.broken import NEVER, Broken, broken

DENIALS = (
    broken(
        "an empty response is a denial", "discovery/denials", "dns.interpretation", "    if not apexes:", f"    {NEVER}"
    ),
    broken(
        "any SOA record makes a denial",
        "discovery/denials",
        "dns.interpretation",
        "for record in sections.authority if _is_in(name, record.owner)]",
        "for record in sections.authority]",
    ),
    broken(
        "names end anywhere, not at labels",
        "discovery/denials",
        "dns.interpretation",
        "return len(name) >= len(ancestor) and name[len(name) - len(ancestor) :] == ancestor",
        'return b".".join(name).endswith(b".".join(ancestor))',
    ),
    broken(
        "anybody may deny",
        "discovery/denials",
        "dns.interpretation",
        "if not (answer.authoritative or answer.recursion_available):",
        NEVER,
    ),
    broken(
        "a referral is a denial",
        "discovery/denials",
        "dns.interpretation",
        "if any(record.type == RecordType.NS and record.owner not in apexes for record in authority):",
        NEVER,
    ),
    broken(
        "records of something else are passed over",
        "discovery/denials",
        "dns.interpretation",
        "if any(record.type not in _OF_AN_ALIAS_CHAIN for record in sections.answer):",
        NEVER,
    ),
    broken(
        "records of a name that does not exist are believed",
        "discovery/denials",
        "dns.interpretation",
        "if records and denied:",
        NEVER,
    ),
    broken(
        "the denial of _emblem. denies the name",
        "discovery/denials",
        "discovery.answers",
        "if answer.question.name == name)",
        "if True)",
    ),
    broken(
        "a denial that is contradicted denies the name",
        "discovery/denials",
        "discovery.answers",
        "return not answer.name_denied and (",
        "return False and (",
    ),
    broken(
        "a name below does not contradict",
        "discovery/denials",
        "discovery.answers",
        "_exists(answer) for answer in answers",
        "_exists(answer) for answer in answers if answer.question.name == name",
    ),
    Broken(
        "the denial of the name excuses whoever failed",
        "discovery/denials",
        "emblem.discovery.answers",
        (
            ("if not settled and not (name_denied and lost):", "if not settled and not name_denied:"),
            (" or failed.failure not in _LOST_ON_THE_WAY:", ":"),
        ),
    ),
    broken(
        "the denial of the name excuses nothing",
        "discovery/denials",
        "discovery.answers",
        "if not settled and not (name_denied and lost):",
        "if not settled:",
    ),
    broken(
        "no response is a no",
        "discovery/denials",
        "discovery.answers",
        "if not settled and not (name_denied and lost):",
        "if not settled and not lost:",
    ),
    broken(
        "every question must be answered",
        "discovery/denials",
        "discovery.answers",
        "for answer in answers[:required]",
        "for answer in answers",
    ),
    broken(
        "a rejection needs no completeness",
        "discovery/denials",
        "verifier.conclusion",
        "if verdict.status is Status.REJECTED:",
        NEVER,
    ),
    broken(
        "what is not upheld keeps its level",
        "discovery/denials",
        "verifier.conclusion",
        "status=Status.UNDETERMINED, level=Level.NONE, trusted=False",
        "status=Status.UNDETERMINED",
    ),
    broken("the DNS tells of other times", "discovery/denials", "verifier.conclusion", "if not is_now:", NEVER),
    broken(
        "an hour is still now",
        "discovery/denials",
        "verifier.investigation",
        "timedelta(minutes=5)",
        "timedelta(hours=1)",
    ),
    broken("five minutes are too long", "discovery/denials", "verifier.investigation", "<= STILL_NOW", "< STILL_NOW"),
    broken("only later is another time", "discovery/denials", "verifier.investigation", "abs(at - now)", "(at - now)"),
    broken(
        "_emblem. is asked for before every name",
        "discovery/denials",
        "discovery.plan",
        "if len(below) <= LONGEST_NAME:",
        "if True:",
    ),
)

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
        "a name in a message may have any length", "discovery/responses", "dns.wire", "if length_of(name) > LONGEST_NAME:", NEVER
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

CARRIAGES = (
    broken(
        "type 65400 is not asked for",
        "discovery/carriages",
        "discovery.plan",
        "(*IHLE_TYPES, TXT_TYPE)",
        "(IHLE_TYPES[0], TXT_TYPE)",
    ),
    broken(
        "type 65297 is not asked for",
        "discovery/carriages",
        "discovery.plan",
        "(*IHLE_TYPES, TXT_TYPE)",
        "(IHLE_TYPES[1], TXT_TYPE)",
    ),
    broken(
        "TXT at the name is not asked for",
        "discovery/carriages",
        "discovery.plan",
        "(*IHLE_TYPES, TXT_TYPE)",
        "IHLE_TYPES",
    ),
    broken(
        "TXT at _emblem. is not asked for",
        "discovery/carriages",
        "discovery.plan",
        "if len(below) <= LONGEST_NAME:",
        NEVER,
    ),
    broken(
        "the Additional section does not count",
        "discovery/carriages",
        "discovery.answers",
        "for record in source.additional:",
        "for record in ():",
    ),
    broken(
        "any owner counts in the Additional section",
        "discovery/carriages",
        "discovery.answers",
        " and record.owner == source.final_name",
        "",
    ),
    broken(
        "in the Additional section the alias counts, not its end",
        "discovery/carriages",
        "discovery.answers",
        "record.owner == source.final_name",
        "record.owner == source.question.name",
    ),
    broken(
        "the Additional section counts beside what was asked for",
        "discovery/carriages",
        "discovery.answers",
        " and asked not in found:",
        ":",
    ),
    broken(
        "TXT records in the Additional section count",
        "discovery/carriages",
        "discovery.answers",
        "if record.type in IHLE_TYPES and record.owner ==",
        "if record.owner ==",
    ),
    broken(
        "only the first string of a TXT record is read",
        "discovery/carriages",
        "codec.carriage",
        'return b"".join(parts)',
        "return parts[0]",
    ),
    broken(
        "a response may have any number of records",
        "discovery/carriages",
        "dns.interpretation",
        "if sum(counts) > MOST_RECORDS:",
        NEVER,
    ),
)

ADDRESSES = (
    broken(
        "addresses are not looked for at names",
        "discovery/addresses",
        "verifier.investigation",
        "if target.address is not None and not settings.covert:",
        NEVER,
    ),
    broken(
        "names need not resolve back",
        "discovery/addresses",
        "verifier.names",
        "for name in looked_at if target.address in addresses_in(forward[name])",
        "for name in looked_at",
    ),
    broken(
        "a name speaks for its addresses",
        "discovery/addresses",
        "verifier.names",
        "return add_reasons(replace(capped, status=Status.CLAIMED), through)",
        "return add_reasons(capped, through)",
    ),
    broken(
        "names beyond the fourth are forgotten",
        "discovery/addresses",
        "verifier.names",
        "if len(names) > MOST_NAMES:",
        NEVER,
    ),
    broken(
        "what is not known of names is forgotten",
        "discovery/addresses",
        "verifier.investigation",
        "found = replace(found, doubts=found.doubts + through.doubts)",
        "pass",
    ),
    broken(
        "an emblem at a name is not asked whether it marks the address",
        "discovery/addresses",
        "verifier.names",
        "return min(direct, _capped(of_name, target, host), key=lambda one: _STATUSES.index(one.status))",
        "return _capped(of_name, target, host)",
    ),
    broken(
        "half of the addresses are all",
        "discovery/addresses",
        "discovery.answers",
        "if any(answer.outcome is not Outcome.FOUND and not answer.denied for answer in answers):",
        NEVER,
    ),
    broken(
        "a name's addresses are not asked for",
        "discovery/addresses",
        "verifier.investigation",
        "if AddressesNeed(target.text) in verdict.needs:",
        NEVER,
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
        "return bool(made.digest == record.digest)",
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

COVERT = (
    broken(
        "covertly IHLE records are asked for",
        "discovery/covert",
        "discovery.plan",
        "types: tuple[RecordType, ...] = (",
        "types: tuple[int, ...] = (*IHLE_TYPES, ",
    ),
    broken(
        "covertly everything is asked for",
        "discovery/covert",
        "verifier.investigation",
        "if settings.covert else plan_questions(target)",
        "if False else plan_questions(target)",
    ),
    broken(
        "what was not asked is no matter",
        "discovery/covert",
        "verifier.conclusion",
        "if found.not_asked and not found.name_denied:",
        NEVER,
    ),
    broken(
        "what was not asked could stand at a name that does not exist",
        "discovery/covert",
        "verifier.conclusion",
        "if found.not_asked and not found.name_denied:",
        "if found.not_asked:",
    ),
)

DEMONSTRATION = (
    broken(
        "HTTPS records are not read",
        "discovery/demonstration",
        "discovery.answers",
        "elif record.type == HTTPS_TYPE:",
        "elif False:",
    ),
    broken(
        "an emblem of the demonstration that cannot be checked is rejected",
        "discovery/demonstration",
        "validation.demonstration",
        "status=Status.UNDETERMINED if undecided else Status.REJECTED",
        "status=Status.REJECTED",
    ),
    broken(
        "signatures of the demonstration are not verified",
        "discovery/demonstration",
        "validation.demonstration",
        "return key.verify(emblem.signature, emblem.signed)",
        "return True",
    ),
    broken(
        "exp of the demonstration is not looked at",
        "discovery/demonstration",
        "validation.demonstration",
        "if emblem.expires is not None and",
        "if False and",
    ),
    broken(
        "nbf of the demonstration is not looked at",
        "discovery/demonstration",
        "validation.demonstration",
        "if emblem.not_before is not None and",
        "if False and",
    ),
    broken(
        "any value of the parameter is an emblem",
        "discovery/demonstration",
        "codec.carriage",
        "    except MalformedError:\n        return None\n    return None if emblem is None",
        "    except MalformedError as error:\n"
        "        return _malformed(record, Format.CWT, '', ReasonCode.RECORD_MALFORMED, error)\n"
        "    return None if emblem is None",
    ),
    broken(
        "parameters may be in any order",
        "discovery/demonstration",
        "codec.https_record",
        "if key <= previous:",
        NEVER,
    ),
)

DISCOVERY: tuple[Broken, ...] = (
    *DENIALS,
    *RESPONSES,
    *ALIASES,
    *CARRIAGES,
    *ADDRESSES,
    *DNSSEC,
    *COVERT,
    *DEMONSTRATION,
)
