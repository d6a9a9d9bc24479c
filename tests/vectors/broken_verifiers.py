"""Verifiers that are broken on purpose: our own, each with one rule left out or turned round.

Each is an edit of our source. That the vectors catch every one of them shows that they test the rule:
``test_bite.py`` proves it, and ``python -m tests.vectors.mutation`` prints which vectors do.
"""

from __future__ import annotations

from dataclasses import dataclass

NEVER = "if False:"


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken verifier.

    ``rule`` says what it does wrong, ``file`` is the file of vectors that must catch it, and ``edits`` replace
    text of one module, wherever it stands in it.
    """

    rule: str
    file: str
    module: str
    edits: tuple[tuple[str, str], ...]


def broken(rule: str, file: str, module: str, old: str, new: str) -> Broken:
    """A verifier with one edit."""
    return Broken(rule, file, f"emblem.{module}", ((old, new),))


CBOR = (
    broken(
        "repeated map keys pass",
        "cwt/structure",
        "codec.cbor",
        "allow_duplicate_keys=False",
        "allow_duplicate_keys=True",
    ),
    broken("indefinite lengths pass", "cwt/structure", "codec.cbor", "allow_indefinite=False", "allow_indefinite=True"),
    broken("bytes after an item pass", "cwt/structure", "codec.cbor", "if stream.tell() != len(data):", NEVER),
    broken("unknown tags pass", "cwt/structure", "codec.cbor", "if tag.tag not in tags:", NEVER),
    broken(
        "tags that the CBOR library acts on are acted on",
        "cwt/structure",
        "codec.cbor",
        "dict.fromkeys(_ACTED_ON_BY_LIBRARY, _refuse)",
        "{}",
    ),
    broken("any depth passes", "cwt/structure", "codec.cbor", "max_depth=DEEPEST_NESTING", "max_depth=100"),
    broken(
        "a token needs no tag 61",
        "cwt/structure",
        "codec.cwt",
        "    if not isinstance(item, cbor.Tagged) or item.tag != CWT_TAG:",
        "    if isinstance(item, cbor.Tagged) and item.tag == 18:\n        item = cbor.Tagged(CWT_TAG, item)\n"
        "    if not isinstance(item, cbor.Tagged) or item.tag != CWT_TAG:",
    ),
    broken("an unprotected header may say something", "cwt/structure", "codec.cwt", "if signed.unprotected:", NEVER),
)

HEADER = (
    broken(
        "alg may be any value that equals a number",
        "cwt/header",
        "codec.cwt",
        "if type(algorithm) is not int and type(algorithm) is not str:",
        "if algorithm is None:",
    ),
    broken(
        "typ is not looked at", "cwt/header", "codec.cwt", "if _TYPE in header and header[_TYPE] != _MEDIA_TYPE:", NEVER
    ),
    broken("crit is not looked at", "cwt/header", "codec.cwt", "if _CRITICAL in header:", NEVER),
    broken("an empty crit passes", "cwt/header", "codec.cwt", "or not labels:", "or False:"),
    broken(
        "crit may list what is absent",
        "cwt/header",
        "codec.cwt",
        "if not known or label not in header:",
        "if not known:",
    ),
    broken(
        "crit may list what is unknown",
        "cwt/header",
        "codec.cwt",
        "if not known or label not in header:",
        "if label not in header:",
    ),
    broken("an emblem may have a log", "cwt/header", "codec.cwt", 'if "log" in claims or _LOG in header:', NEVER),
)

CLAIMS = (
    broken("any version number is one that is not known", "cwt/claims", "codec.cwt", "<= _HIGHEST_VERSION", "<= 2**70"),
    broken("an unknown version is read like version 1", "cwt/unknown", "codec.cwt", "if version != _VERSION:", NEVER),
    broken(
        "any claim key passes",
        "cwt/claims",
        "codec.cwt",
        "if type(key) is not str and not (type(key) is int and key in _CLAIM_NUMBERS):",
        NEVER,
    ),
    broken(
        "an emblem may have claims of an endorsement",
        "cwt/claims",
        "codec.cwt",
        'marks == endorses or (marks and ("key" in claims or "end" in claims))',
        "marks == endorses",
    ),
    broken("an emblem may have a subject", "cwt/claims", "codec.cwt", "if _SUBJECT in claims:", NEVER),
    broken(
        "log may stand in two places", "cwt/endorsements", "codec.cwt", 'if "log" in claims and _LOG in header:', NEVER
    ),
    broken(
        "a log claim is not read", "cwt/endorsements", "codec.cwt", 'claims if "log" in claims else header', "header"
    ),
    broken(
        "prp may be 0", "cwt/claims", "codec.cwt", "not 1 <= value <= _ALL_PURPOSES", "not 0 <= value <= _ALL_PURPOSES"
    ),
    broken("prp may have unknown bits", "cwt/claims", "codec.cwt", "not 1 <= value <= _ALL_PURPOSES", "value < 1"),
    broken(
        "prp may be true",
        "cwt/claims",
        "codec.cwt",
        "if type(value) is not int or not 1",
        "if not isinstance(value, int) or not 1",
    ),
    broken(
        "an endorsed key may have any length",
        "cwt/endorsements",
        "codec.cwt",
        "    if not isinstance(key, bytes) or len(key) != _DIGEST:",
        "    if not isinstance(key, bytes):",
    ),
    broken("an empty log passes", "cwt/endorsements", "codec.cwt", "or not entries:", "or False:"),
    broken(
        "a log entry may have hash and index",
        "cwt/endorsements",
        "codec.cwt",
        'if set(fields) == {"id", "hash"} and',
        "if",
    ),
    broken(
        "a log's index may be negative",
        "cwt/endorsements",
        "codec.cwt",
        "type(index) is int and index >= 0",
        "type(index) is int",
    ),
    broken("a date may be true", "cwt/claims", "codec.claims", "if isinstance(value, bool) or not", "if not"),
    broken("a date may be infinite", "cwt/claims", "codec.claims", "or not _is_finite(value)", ""),
    broken(
        "a date may be missing",
        "cwt/claims",
        "codec.claims",
        "value = claims.get(key)\n    if isinstance(value, bool)",
        "value = claims.get(key, 0 if 'nbf' in name else 2**40)\n    if isinstance(value, bool)",
    ),
    broken("assets may be empty", "cwt/claims", "codec.claims", "or not value or not all", "or not all"),
    broken(
        "end may be a number",
        "cwt/endorsements",
        "codec.claims",
        "if not isinstance(value, bool):",
        "if value not in (0, 1):",
    ),
    broken(
        "an unknown sign is shown as it is",
        "cwt/sign",
        "validation.findings",
        "if claims.sign_text is not None:",
        NEVER,
    ),
    broken(
        "any purpose may have a sign",
        "cwt/sign",
        "validation.findings",
        "if claims.sign is not None and not claims.purposes & USE_OF_SIGN:",
        NEVER,
    ),
)

NAMES = (
    broken(
        "an organization may have capitals",
        "cwt/organizations",
        "model.organization",
        "not is_host_name(host)",
        "not is_host_name(host.lower())",
    ),
    broken(
        "an organization may have any scheme",
        "cwt/organizations",
        "model.organization",
        "not text.startswith(_SCHEME) or ",
        "",
    ),
    broken(
        "an organization may be a single label",
        "cwt/organizations",
        "model.organization",
        "not is_host_name(host)",
        "not is_host_name(host if '.' in host else host + '.example')",
    ),
    broken(
        "an organization may be an address",
        "cwt/organizations",
        "model.organization",
        "not is_host_name(host)",
        "not is_host_name(host if not host[-1:].isdigit() else host + 'a')",
    ),
    broken(
        "an organization may have a trailing dot",
        "cwt/organizations",
        "model.organization",
        "not is_host_name(host)",
        "not is_host_name(host.removesuffix('.'))",
    ),
    broken(
        "names are compared with case",
        "cwt/names",
        "model.names",
        "text.lower() if text.isascii()",
        "text if text.isascii()",
    ),
    broken("a trailing dot is a part of a name", "cwt/names", "model.names", 'name = name.removesuffix(".")', "pass"),
    broken("U-labels are not converted", "cwt/names", "model.names", "else _to_ascii(text)", "else text"),
    broken(
        "a name may have any length",
        "cwt/organizations",
        "model.names",
        "len(text) <= LONGEST_NAME and _HOST_NAME",
        "_HOST_NAME",
    ),
    broken(
        "what is no name is cut at its first odd character",
        "cwt/names",
        "codec.assets",
        "return NameAsset(text, normalize_name(text))",
        "return NameAsset(text, normalize_name(text.partition('\\0')[0].strip()))",
    ),
    broken(
        "CWT assets may be wildcards",
        "cwt/names",
        "codec.cwt",
        "import read_name_asset",
        "import read_jws_asset as read_name_asset",
    ),
    broken(
        "any emblem names the target",
        "cwt/names",
        "validation.matching",
        "if any(_names(asset, target)",
        "if True or any(_names(asset, target)",
    ),
    broken(
        "a name above the target names it",
        "cwt/names",
        "model.asset",
        "return name == self.name or (self.wildcard and",
        "return name == self.name or (",
    ),
)

KEYS = (
    broken("a private key passes", "cwt/keys", "codec.cose_key", "if _PRIVATE in key:", NEVER),
    broken("a key needs no alg", "cwt/keys", "codec.cose_key", "if not isinstance(written, int | str) or", "if"),
    broken(
        "key_ops is not looked at",
        "cwt/keys",
        "codec.cose_key",
        "    _check_operations(key)\n    algorithm",
        "    algorithm",
    ),
    broken(
        "a compressed point is refused",
        "cwt/keys",
        "codec.cose_key",
        "isinstance(y, bytes | bool)",
        "isinstance(y, bytes)",
    ),
    broken(
        "a compressed point's sign is not looked at",
        "cwt/keys",
        "keys.public",
        'b"\\x03" if y else b"\\x02"',
        'b"\\x02"',
    ),
    broken(
        "a key's alg need not fit its curve",
        "cwt/keys",
        "keys.public",
        "if algorithm is not None and algorithm.curve is not curve:",
        NEVER,
    ),
    broken(
        "a curve may have any key type",
        "cwt/keys",
        "codec.cose_key",
        "if curve is not None and _KEY_TYPES[curve] != key_type:",
        NEVER,
    ),
    broken(
        "the identifier in a record is believed",
        "cwt/header",
        "validation.screening",
        'unknown = token.key_identifier is None\n        for key in self._keyring.get(token.key_identifier or "", ()):',
        "unknown = token.key_identifier is None\n        for key in [key for keys in self._keyring.values() for key in keys]:",
    ),
    broken(
        "given keys are not verification keys", "cwt/keys", "validation.sets", "trust.by_identifier(form).items()", "()"
    ),
    broken(
        "an unknown key is no key",
        "cwt/keys",
        "validation.screening",
        "if not isinstance(key, PublicKey):\n                unknown = True",
        "if not isinstance(key, PublicKey):\n                pass",
    ),
)

TOKENS = (
    broken(
        "message authentication codes are unknown algorithms",
        "cwt/algorithms",
        "validation.screening",
        "if is_forbidden(token.algorithm):",
        NEVER,
    ),
    broken(
        "alg is not compared with the key's",
        "cwt/algorithms",
        "keys.public",
        "return algorithm == self.algorithm if self.algorithm is not None else",
        "return",
    ),
    broken(
        "signatures are not verified",
        "cwt/algorithms",
        "validation.screening",
        "if key.verify(token.signature, token.signed):",
        "if True:",
    ),
    broken(
        "a large s is refused",
        "cwt/algorithms",
        "keys.public",
        's = int.from_bytes(signature[self.curve.size :], "big")',
        's = int.from_bytes(signature[self.curve.size :], "big")\n            if s * 2 > self.loaded.curve.group_order: return False',
    ),
    broken(
        "a small s is refused",
        "cwt/algorithms",
        "keys.public",
        's = int.from_bytes(signature[self.curve.size :], "big")',
        's = int.from_bytes(signature[self.curve.size :], "big")\n            if s * 2 < self.loaded.curve.group_order: return False',
    ),
    broken(
        "signatures may be in ASN.1",
        "cwt/algorithms",
        "keys.public",
        "if len(signature) != 2 * self.curve.size:",
        "if signature[:1] == b'0' and len(signature) != 2 * self.curve.size:\n"
        "                self.loaded.verify(signature, message, ec.ECDSA(HASHES[self.curve]))\n                return True\n"
        "            if len(signature) != 2 * self.curve.size:",
    ),
    broken(
        "external data are the context",
        "cwt/structure",
        "codec.cose",
        '["Signature1", protected, b"", payload]',
        '["Signature", protected, b"", payload]',
    ),
    broken(
        "exp is not looked at", "cwt/times", "validation.screening", "if claims.expires is not None and", "if False and"
    ),
    broken(
        "nbf is not looked at",
        "cwt/times",
        "validation.screening",
        "if claims.not_before is not None and",
        "if False and",
    ),
    broken(
        "exp is the last second",
        "cwt/times",
        "validation.screening",
        "self._now >= claims.expires",
        "self._now > claims.expires",
    ),
    broken(
        "nbf is the second before",
        "cwt/times",
        "validation.screening",
        "self._now < claims.not_before",
        "self._now <= claims.not_before",
    ),
    broken(
        "fractions of now are cut off", "cwt/times", "validation.screening", "self._now = now", "self._now = int(now)"
    ),
    broken("a minute of clock skew is allowed", "cwt/times", "validation.screening", "trust.policy.clock_skew", "60"),
    Broken(
        "two signatures make two tokens",
        "cwt/copies",
        "emblem.validation.screening",
        (
            ("member.token.signed in chosen", "member.record.data in chosen"),
            ("chosen[member.token.signed]", "chosen[member.record.data]"),
        ),
    ),
    broken(
        "copies are put aside before they are verified",
        "cwt/copies",
        "validation.screening",
        "            index = len(entries)\n",
        "            index = len(entries)\n            if member.token.signed in seen:\n                continue\n"
        "            seen.add(member.token.signed)\n",
    ),
)

UNKNOWN = (
    broken(
        "an unknown algorithm is dropped",
        "cwt/unknown",
        "validation.screening",
        "Judgement.SET_ASIDE, ReasonCode.TOKEN_ALGORITHM_UNKNOWN",
        "Judgement.DROPPED, ReasonCode.TOKEN_ALGORITHM_UNKNOWN",
    ),
    broken(
        "an unknown version is dropped",
        "cwt/unknown",
        "validation.screening",
        "Judgement.SET_ASIDE, ReasonCode.TOKEN_VERSION_UNKNOWN",
        "Judgement.DROPPED, ReasonCode.TOKEN_VERSION_UNKNOWN",
    ),
    broken(
        "an unknown algorithm is believed",
        "cwt/unknown",
        "validation.screening",
        "Judgement.SET_ASIDE, ReasonCode.TOKEN_ALGORITHM_UNKNOWN",
        "Judgement.VERIFIED, ReasonCode.TOKEN_ALGORITHM_UNKNOWN",
    ),
    broken(
        "an unknown algorithm by a known key is set aside",
        "cwt/unknown",
        "validation.screening",
        "if isinstance(key, PublicKey) and key.algorithm is not None:",
        NEVER,
    ),
    broken(
        "the signature of an unknown version is not judged",
        "cwt/unknown",
        "validation.screening",
        "if ruling is _VERIFIED or ruling[1] is ReasonCode.TOKEN_KEY_MISSING:",
        "if True:",
    ),
    broken(
        "what was set aside never decides",
        "cwt/unknown",
        "validation.procedure",
        "if _could_be_valid(screened, question):",
        NEVER,
    ),
    broken(
        "what was set aside always decides",
        "cwt/unknown",
        "validation.procedure",
        "if _could_be_valid(screened, question):",
        "if screened.set_aside:",
    ),
    broken(
        "what was set aside decides against a valid set",
        "cwt/unknown",
        "validation.procedure",
        "if not isinstance(result, Fault) and result[1] is not Match.NONE:",
        "if not screened.set_aside and not isinstance(result, Fault) and result[1] is not Match.NONE:",
    ),
    broken(
        "any number is combined", "cwt/unknown", "validation.procedure", "if len(doubtful) > MOST_SET_ASIDE:", NEVER
    ),
)

CHAIN = (
    broken(
        "of several emblems the first counts",
        "cwt/copies",
        "validation.procedure",
        'if len(emblems) > 1:\n        message = f"{len(emblems)} emblems in one set, where',
        'if False:\n        message = f"{len(emblems)} emblems in one set, where',
    ),
    broken("of several parents the first counts", "cwt/chains", "validation.chain", "if len(parents) > 1:", NEVER),
    broken(
        "a circle is a chain",
        "cwt/chains",
        "validation.chain",
        "return Fault(ReasonCode.CHAIN_LOOP, message, parents[0].index)",
        "break",
    ),
    broken("endorsements that lead nowhere pass", "cwt/chains", "validation.chain", "if link not in chain:", NEVER),
    broken(
        "sub is not looked at", "cwt/chains", "validation.chain", " and self.claims.subject == other.claims.issuer", ""
    ),
    broken(
        "end is never looked at",
        "cwt/chains",
        "validation.chain",
        "if not link.claims.may_endorse and link.claims.key != emblem.token.key_identifier:",
        NEVER,
    ),
    broken(
        "end is demanded of every endorsement",
        "cwt/chains",
        "validation.chain",
        "if not link.claims.may_endorse and link.claims.key != emblem.token.key_identifier:",
        "if not link.claims.may_endorse:",
    ),
    broken(
        "purposes are not compared",
        "cwt/chains",
        "validation.constraints",
        "if allowed.purposes is not None and",
        "if False and",
    ),
    broken(
        "purposes need only overlap",
        "cwt/chains",
        "validation.constraints",
        "int(emblem.purposes) & ~int(allowed.purposes):",
        "not int(emblem.purposes) & int(allowed.purposes):",
    ),
    broken(
        "renewals are branches",
        "cwt/renewals",
        "validation.procedure",
        "    links, replaced = merge_renewals(links)\n    remarks",
        "    replaced: list[Link] = []\n    remarks",
    ),
    broken(
        "the oldest endorsement counts",
        "cwt/renewals",
        "validation.chain",
        "older, newer = sorted((present, link), key=age)",
        "newer, older = sorted((present, link), key=age)",
    ),
    broken(
        "the endorsement that holds longest counts",
        "cwt/renewals",
        "validation.chain",
        "return one.claims.not_before, one.claims.expires,",
        "return one.claims.expires, one.claims.not_before,",
    ),
    broken(
        "renewals may change end",
        "cwt/chains",
        "validation.chain",
        "claims.subject, claims.may_endorse",
        "claims.subject",
    ),
    broken(
        "robust is draft",
        "cwt/chains",
        "validation.procedure",
        "if question.profile is Profile.ROBUST and emblems:",
        NEVER,
    ),
    broken(
        "draft is robust",
        "cwt/chains",
        "validation.procedure",
        "if question.profile is Profile.ROBUST and emblems:",
        "if emblems:",
    ),
)

TRUST = (
    broken(
        "an issuer needs no endorsement",
        "cwt/trust",
        "validation.levels",
        "        if root is None:\n",
        "        if root is None:\n            return CommitmentState.NOT_CHECKED\n        if root is None:\n",
    ),
    broken("a root endorsement needs no log", "cwt/trust", "validation.levels", "if root.claims.log is None:", NEVER),
    broken(
        "what was not checked counts as checked",
        "cwt/trust",
        "validation.levels",
        "return CommitmentState.NOT_CHECKED",
        "return CommitmentState.VERIFIED",
    ),
    broken(
        "a bare key repairs a missing commitment",
        "cwt/trust",
        "validation.levels",
        "trusted = self._trust.binds(identifier, self._issuer,",
        "trusted = self._trust.counts(identifier, self._issuer,",
    ),
    broken(
        "a key is bound to everybody",
        "cwt/trust",
        "validation.trust",
        "trusted.organization == organization and",
        "trusted.organization is not None and",
    ),
    broken(
        "a bound key counts like a bare one", "cwt/trust", "validation.trust", "trusted.organization is None and", ""
    ),
    broken(
        "a bound key of an emblem without issuer counts",
        "cwt/chains",
        "validation.trust",
        "return organization is not None and any(\n            trusted.organization == organization and",
        "return any(\n            organization in (None, trusted.organization) and",
    ),
    broken(
        "a bare authority counts",
        "cwt/trust",
        "validation.levels",
        "bound = self._trust.binds(link.token.key_identifier,",
        "bound = self._trust.counts(link.token.key_identifier,",
    ),
    broken(
        "an authority may endorse any key",
        "cwt/trust",
        "validation.levels",
        "link.claims.key != self._top.token.key_identifier or ",
        "",
    ),
    broken(
        "an authority may endorse any organization",
        "cwt/trust",
        "validation.levels",
        " or link.claims.subject != self._issuer",
        "",
    ),
    broken(
        "an authority's end is not looked at",
        "cwt/trust",
        "validation.levels",
        "if excess is None and link.claims.may_endorse:",
        "if excess is None:",
    ),
    broken(
        "an authority's purposes are not looked at",
        "cwt/trust",
        "validation.levels",
        "if excess is None and link.claims.may_endorse:",
        "if link.claims.may_endorse:",
    ),
    broken(
        "every endorser counts once one is trusted",
        "cwt/trust",
        "validation.levels",
        "if link in bound or self._is_committed(link)",
        "",
    ),
    broken(
        "an authority's trust is not the result's",
        "cwt/trust",
        "validation.levels",
        "trusted = trusted or any(link in bound for link in authorities)",
        "pass",
    ),
    broken(
        "trusted keys on the path do not count",
        "cwt/trust",
        "validation.levels",
        "trusted = any(map(evidence.counts(emblem), own))",
        "trusted = False",
    ),
    broken(
        "any accepted level suffices",
        "cwt/trust",
        "validation.policy",
        ">= policy.accept.rank",
        "<= policy.accept.rank",
    ),
)

SETS = (
    broken(
        "sets of different types are one",
        "cwt/carriage",
        "validation.sets",
        "record.owner, record.type_number,",
        "record.owner, None,",
    ),
    broken(
        "sets of different owners are one",
        "cwt/carriage",
        "validation.sets",
        "(record.carriage, record.owner,",
        '(record.carriage, "",',
    ),
    broken(
        "sets of different names are one",
        "cwt/carriage",
        "validation.sets",
        'for member in members if member.set_name in ("", name)',
        "for member in members",
    ),
    broken(
        "records without a set name stand alone",
        "cwt/carriage",
        "validation.sets",
        'member.set_name in ("", name)',
        "member.set_name == name",
    ),
    broken(
        "keys of a set with a name serve only it",
        "cwt/carriage",
        "validation.sets",
        "if item.format is form:",
        "if item.format is form and not item.set_name:",
    ),
    broken(
        "keys of one type do not serve the other",
        "cwt/carriage",
        "validation.sets",
        "if item.format is form:",
        "if item.format is form and item.record.type_number != 65400:",
    ),
    broken(
        "keys at _emblem. serve nothing else",
        "cwt/carriage",
        "validation.sets",
        "if item.format is form:",
        "if item.format is form and not item.record.owner.startswith('_emblem.'):",
    ),
    broken(
        "the first set is the verdict",
        "cwt/carriage",
        "validation.validate",
        "best = min(sets, key=_merit)",
        "best = sets[0]",
    ),
    broken(
        "nothing is a no", "cwt/carriage", "validation.validate", "status=Status.UNDETERMINED", "status=Status.REJECTED"
    ),
    broken(
        "records of any owner count", "cwt/carriage", "discovery.given", "elif record.owner in owners:", "elif True:"
    ),
    broken("CNAME lines are not followed", "cwt/carriage", "discovery.given", "for _ in aliases:", "for _ in ():"),
    broken("records at _emblem. do not count", "cwt/carriage", "discovery.given", ', f"{LABEL}.{target.name}"}', "}"),
    broken(
        "base64url may have loose bits", "cwt/carriage", "codec.base64", "if encode_base64url(data) != text:", NEVER
    ),
    broken(
        "a set name may be anything",
        "cwt/carriage",
        "codec.carriage",
        "if set_name is not None and not _SET_NAME.fullmatch(set_name):",
        NEVER,
    ),
    broken(
        "a record may have any size",
        "cwt/limits",
        "codec.carriage",
        "    if len(data) > LARGEST_RECORD:\n        return DecodedRecord(record, Format.CWT",
        "    if False:\n        return DecodedRecord(record, Format.CWT",
    ),
    broken(
        "a set may have any number of records",
        "cwt/limits",
        "validation.procedure",
        "if len(records.members) > MOST_RECORDS_IN_SET:",
        NEVER,
    ),
    broken(
        "a set over its limit is cut",
        "cwt/limits",
        "validation.validate",
        "group_records(decoded))",
        "(replace(one, members=one.members[:64]) for one in group_records(decoded)))",
    ),
    broken(
        "a target may have any number of records",
        "cwt/limits",
        "validation.validate",
        "if len(decoded) > MOST_RECORDS:",
        NEVER,
    ),
)

JWS = (
    broken(
        "JSON members may be repeated", "jws/structure", "codec.strict_json", "if len(members) != len(pairs):", NEVER
    ),
    broken("JSON may have NaN", "jws/structure", "codec.strict_json", "parse_constant=_refuse_constant,", ""),
    broken(
        "JSON may nest to any depth", "jws/structure", "codec.strict_json", "if _depth(value) > DEEPEST_NESTING:", NEVER
    ),
    broken(
        "JSON may have lone surrogates",
        "jws/structure",
        "codec.strict_json",
        'json.dumps(value, ensure_ascii=False).encode("utf-8")',
        "pass",
    ),
    broken(
        "a JWS may have more than three parts",
        "jws/structure",
        "codec.jws",
        "if len(parts) != 3:",
        "if len(parts) < 3:",
    ),
    broken("crit is not looked at in JWS", "jws/structure", "codec.jws", 'if "crit" in header:', NEVER),
    Broken(
        "cty is not looked at",
        "jws/structure",
        "emblem.codec.jws",
        (
            ("if kind not in (_EMBLEM, _ENDORSEMENT):", NEVER),
            ("if kind == _EMBLEM else", "if kind != _ENDORSEMENT else"),
        ),
    ),
    broken(
        "kid and jwk may disagree", "jws/structure", "codec.jws", "if key_identifier not in (None, computed):", NEVER
    ),
    broken(
        "a kid may be any text",
        "jws/structure",
        "codec.claims",
        "if isinstance(value, str) and len(value) == KEY_IDENTIFIER_LENGTH and _BASE32.issuperset(value):",
        "if isinstance(value, str):",
    ),
    broken("a JWK needs no alg", "jws/keys", "codec.jwk", "if not isinstance(written, str):", NEVER),
    broken("a private JWK passes", "jws/keys", "codec.jwk", "for member in _PRIVATE_MEMBERS:", "for member in ():"),
    broken("a JWK may be for anything", "jws/keys", "codec.jwk", "    _check_use(jwk)\n    algorithm", "    algorithm"),
    broken(
        "an unknown version of JWS is malformed",
        "jws/claims",
        "codec.jws",
        "if not isinstance(version, str):",
        "if version != _VERSION:",
    ),
    broken("assets and bearers may stand together", "jws/claims", "codec.jws", "if len(names) > 1:", NEVER),
    broken(
        "unknown purposes are ignored",
        "jws/claims",
        "codec.jws",
        'raise MalformedError("claim emb.prp", repr(value), "protective or indicative")',
        "continue",
    ),
    broken(
        "an end that is missing is true",
        "jws/chains",
        "codec.jws",
        'if "end" in claims else False',
        'if "end" in claims else True',
    ),
    broken("log digests may have any length", "jws/claims", "codec.jws", "if len(digest) == _DIGEST:", "if True:"),
    broken("a window may be negative", "jws/claims", "codec.jws", "if window is not None and window < 0:", NEVER),
    broken(
        "constraints of channels are read and not stored",
        "jws/constraints",
        "codec.jws",
        "channels=None if channels is None else frozenset(channels),\n        window",
        "channels=None,\n        window",
    ),
    broken(
        "constraints of assets are read and not stored",
        "jws/constraints",
        "codec.jws",
        "if name else None,\n        channels",
        "if False else None,\n        channels",
    ),
    broken("the window is read and not stored", "jws/constraints", "codec.jws", "window=window,", "window=None,"),
    broken(
        "assets need only overlap",
        "jws/constraints",
        "validation.constraints",
        "if allowed.assets is not None:",
        "if allowed.assets is not None and not any(permit.covers(asset) for permit in allowed.assets for asset in emblem.assets):",
    ),
    broken(
        "channels need only overlap",
        "jws/constraints",
        "validation.constraints",
        "not emblem.channels <= allowed.channels",
        "emblem.channels and not emblem.channels & allowed.channels",
    ),
    broken(
        "the last second of a window is beyond it",
        "jws/constraints",
        "validation.constraints",
        "> allowed.window:",
        ">= allowed.window:",
    ),
    broken(
        "an empty constraint allows everything",
        "jws/constraints",
        "validation.constraints",
        "if allowed.purposes is not None and",
        "if allowed.purposes and",
    ),
    broken(
        "an entry that is no asset needs an allowance",
        "jws/constraints",
        "validation.constraints",
        "if not isinstance(asset, UnreadAsset) and not any",
        "if not any",
    ),
    broken(
        "a wildcard matches within a label",
        "jws/assets",
        "model.asset",
        'name.endswith("." + self.name)',
        "name.endswith(self.name)",
    ),
    broken(
        "a star alone is every name",
        "jws/assets",
        "codec.assets",
        "    wildcard = text.startswith(_WILDCARD)",
        '    if text == "*":\n        return NameAsset(text, "example", True)\n    wildcard = text.startswith(_WILDCARD)',
    ),
    broken("an exact address holds a prefix", "jws/constraints", "model.asset", "and self.length <= other.length", ""),
    broken(
        "bits below a prefix's length count",
        "jws/assets",
        "model.asset",
        "return cls(text, _prefix(value, total), total)",
        "return cls(text, value, total)",
    ),
    broken("IPv4 is not IPv4-mapped", "jws/assets", "model.asset", "_MAPPED_IPV4 | int(address)", "int(address)"),
    broken(
        "a length is not compared with the address",
        "jws/assets",
        "codec.assets",
        "if length <= address.max_prefixlen else None",
        "if length <= 128 else None",
    ),
    Broken(
        "an address needs no brackets",
        "jws/assets",
        "emblem.codec.assets",
        (
            ('if text.startswith("[") and text.endswith("]"):', "if _read_network(text, text.strip('[]')):"),
            ("text[1:-1]", "text.strip('[]')"),
        ),
    ),
    broken("one address of a name suffices", "jws/assets", "validation.matching", "marked = all(", "marked = any("),
    broken(
        "addresses behind a name protect", "jws/assets", "validation.findings", "if match is Match.THROUGH_NAME:", NEVER
    ),
    broken(
        "a name against an address is a no",
        "jws/assets",
        "validation.matching",
        "return Match.NEEDS_ADDRESSES if other_kind else Match.NONE",
        "return Match.NONE",
    ),
    broken(
        "an address against a name is a no",
        "jws/assets",
        "validation.matching",
        "if not addresses:\n        return Match.NEEDS_ADDRESSES",
        "if not addresses:\n        return Match.NONE",
    ),
    broken("formats share their sets", "jws/carriage", "validation.sets", "if item.format is form:", "if True:"),
)

BROKEN = (*CBOR, *HEADER, *CLAIMS, *NAMES, *KEYS, *TOKENS, *UNKNOWN, *CHAIN, *TRUST, *SETS, *JWS)
"""Every broken verifier."""
