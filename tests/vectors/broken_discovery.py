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
        "if not source.may_deny:",
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

DISCOVERY: tuple[Broken, ...] = (*DENIALS, *CARRIAGES, *ADDRESSES, *COVERT, *DEMONSTRATION)
