"""Verifiers that judge wrongly: tokens, what is set aside, and chains."""

from __future__ import annotations

from tests.vectors.broken import NEVER, Broken, broken

TOKENS = (
    broken(
        "message authentication codes are unknown algorithms",
        "cwt/algorithms",
        "validation.screening",
        "if algorithm is None and is_forbidden(token.algorithm):",
        NEVER,
    ),
    broken(
        "alg is not compared with the key's",
        "cwt/algorithms",
        "keys.public",
        "return algorithm.cose == self.algorithm.cose if self.algorithm is not None else",
        "return",
    ),
    broken(
        "signatures are not verified",
        "cwt/algorithms",
        "validation.screening",
        "if self._verify(key, token):",
        "if True:",
    ),
    broken(
        "a large s is refused",
        "cwt/algorithms",
        "keys.public",
        "r, s = int.from_bytes",
        "s = int.from_bytes(signature[size:], 'big')\n"
        "            if s * 2 > self.loaded.curve.group_order: return False\n"
        "            r, s = int.from_bytes",
    ),
    broken(
        "a small s is refused",
        "cwt/algorithms",
        "keys.public",
        "r, s = int.from_bytes",
        "s = int.from_bytes(signature[size:], 'big')\n"
        "            if s * 2 < self.loaded.curve.group_order: return False\n"
        "            r, s = int.from_bytes",
    ),
    broken(
        "signatures may be in ASN.1",
        "cwt/algorithms",
        "keys.public",
        "if len(signature) != 2 * size:",
        "if signature[:1] == b'0' and len(signature) != 2 * size:\n"
        "                self.loaded.verify(signature, message, ec.ECDSA(HASHES[kind]))\n"
        "                return True\n"
        "            if len(signature) != 2 * size:",
    ),
    broken(
        "external data are the context",
        "cwt/structure",
        "codec.cose",
        'b"\\x84\\x6aSignature1"',
        'b"\\x84\\x69Signature"',
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
            ("token.signed in chosen", "data in chosen"),
            ("chosen[token.signed]", "chosen[data]"),
        ),
    ),
    broken(
        "copies are put aside before they are verified",
        "cwt/copies",
        "validation.screening",
        "            index = len(entries)\n",
        "            index = len(entries)\n            if token.signed in seen:\n                continue\n"
        "            seen.add(token.signed)\n",
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
        "if not isinstance(result, Fault) and result[1] is not _NO_MATCH:",
        "if not screened.set_aside and not isinstance(result, Fault) and result[1] is not _NO_MATCH:",
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
    broken("of several parents the first counts", "cwt/additions", "validation.chain", "if len(parents) > 1:", NEVER),
    broken(
        "a circle is a chain",
        "cwt/additions",
        "validation.chain",
        "return Fault(ReasonCode.CHAIN_LOOP, message, current.index)",
        "break",
    ),
    broken(
        "endorsements that lead nowhere pass", "cwt/chains", "validation.chain", "if link.index not in chain:", NEVER
    ),
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
        "cwt/additions",
        "validation.chain",
        "claims.subject, claims.may_endorse",
        "claims.subject",
    ),
    broken(
        "robust is draft",
        "cwt/chains",
        "validation.procedure",
        "if question.profile is _ROBUST and emblems:",
        NEVER,
    ),
    broken(
        "where no chain holds, the fault of the shortest is told",
        "cwt/trust",
        "validation.procedure",
        "if best is None or rank > best_rank:",
        "if best is None or rank >= best_rank:",
    ),
    broken(
        "where no chain holds, a link that allows too little is not told",
        "cwt/chains",
        "validation.procedure",
        "if isinstance(best, Fault) and len(usable) < len(own):",
        NEVER,
    ),
    broken(
        "draft is robust",
        "cwt/chains",
        "validation.procedure",
        "if question.profile is _ROBUST and emblems:",
        "if emblems:",
    ),
)
