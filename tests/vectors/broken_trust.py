"""Verifiers that take trust, authorities, sets or limits wrongly."""

from __future__ import annotations

from tests.vectors.broken import NEVER, broken

_COUNTING = "trusted.organization in (None, issuer)"

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
        "trusted = self._backing.binds(identifier, self._issuer)",
        "trusted = self._backing.counts(identifier, self._issuer)",
    ),
    broken(
        "a key is bound to everybody",
        "cwt/trust",
        "validation.trust",
        "trusted.organization == organization and",
        "trusted.organization is not None and",
    ),
    broken("a bound key counts like a bare one", "cwt/trust", "validation.trust", f"{_COUNTING} and", ""),
    broken(
        "a bound key of an emblem without issuer counts",
        "cwt/chains",
        "validation.trust",
        _COUNTING,
        f"(issuer is None or {_COUNTING})",
    ),
    broken(
        "a bare authority counts",
        "cwt/trust",
        "validation.levels",
        "bound = self._backing.binds(link.token.key_identifier,",
        "bound = self._backing.counts(link.token.key_identifier,",
    ),
    broken(
        "an authority may endorse any key",
        "cwt/authorities",
        "validation.levels",
        "link.claims.key != self._top.token.key_identifier or ",
        "",
    ),
    broken(
        "an authority may endorse any organization",
        "cwt/authorities",
        "validation.levels",
        " or link.claims.subject != self._issuer",
        "",
    ),
    broken(
        "an authority's end is not looked at",
        "cwt/authorities",
        "validation.levels",
        "if excess is None and link.claims.may_endorse:",
        "if excess is None:",
    ),
    broken(
        "an authority's purposes are not looked at",
        "cwt/authorities",
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
        "trusted = trusted or bool(bound)",
        "pass",
    ),
    broken(
        "trusted keys on the path do not count",
        "cwt/trust",
        "validation.levels",
        "trusted = backs(backing, emblem) or (bool(chain) and any(backs(backing, link) for link in chain))",
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

_SCOPED = " and trusted.scope.includes(self.occasion)"
SCOPES = (
    broken(
        "a bare key has no scope",
        "cwt/scopes",
        "validation.trust",
        f"{_COUNTING}{_SCOPED}",
        f"(trusted.organization is None or trusted.organization == issuer{_SCOPED})",
    ),
    broken(
        "a key bound to the issuer has no scope",
        "cwt/scopes",
        "validation.trust",
        f"{_COUNTING}{_SCOPED}",
        f"(trusted.organization == issuer or trusted.organization is None{_SCOPED})",
    ),
    broken(
        "a bound key has no scope", "cwt/scopes", "validation.trust", f"== organization{_SCOPED}", "== organization"
    ),
    broken("a scope has no purposes", "cwt/scopes", "validation.trust", "self.purposes is None or", "True or"),
    broken(
        "one purpose in scope is enough",
        "cwt/scopes",
        "validation.trust",
        "not occasion.purposes & ~self.purposes",
        "bool(occasion.purposes & self.purposes)",
    ),
    broken("a scope has no names", "cwt/scopes", "validation.trust", "self.suffixes is None or", "True or"),
    broken(
        "no names are all names", "cwt/scopes", "validation.trust", "self.suffixes is None or", "not self.suffixes or"
    ),
    broken(
        "a suffix ends within a label",
        "cwt/scopes",
        "validation.trust",
        'name.endswith(f".{suffix}")',
        "name.endswith(suffix)",
    ),
    broken(
        "a suffix is not itself in scope",
        "cwt/scopes",
        "validation.trust",
        'name = f".{self.target.name}"',
        "name = self.target.name",
    ),
    broken("a scope has no start", "cwt/scopes", "validation.trust", "self.not_before is None or", "True or"),
    broken(
        "a scope starts a second late",
        "cwt/scopes",
        "validation.trust",
        "self.not_before <= occasion.now",
        "self.not_before < occasion.now",
    ),
    broken("a scope has no end", "cwt/scopes", "validation.trust", "self.expires is None or", "True or"),
    broken(
        "a scope ends a second late",
        "cwt/scopes",
        "validation.trust",
        "occasion.now < self.expires",
        "occasion.now <= self.expires",
    ),
    broken(
        "a scope that kept an authority from vouching is not told",
        "cwt/scopes",
        "validation.levels",
        "self._note_scope(link)",
        "pass",
    ),
    broken(
        "a scope that made a set invalid is not told",
        "cwt/scopes",
        "validation.levels",
        "state._replace(remarks=tuple(self._reasons))",
        "state",
    ),
)

SETS = (
    broken(
        "sets of different types are one",
        "cwt/sets",
        "validation.sets",
        "record.owner, record.type_number,",
        "record.owner, None,",
    ),
    broken(
        "sets of different owners are one",
        "cwt/sets",
        "validation.sets",
        "key = record.carriage, record.owner,",
        'key = record.carriage, "",',
    ),
    broken(
        "sets of different names are one",
        "cwt/sets",
        "validation.sets",
        'for member in members if member.set_name in ("", name)',
        "for member in members",
    ),
    broken(
        "records without a set name stand alone",
        "cwt/sets",
        "validation.sets",
        'member.set_name in ("", name)',
        "member.set_name == name",
    ),
    broken(
        "keys of a set with a name serve only it",
        "cwt/sets",
        "validation.sets",
        "if item.keys and item.format is form:",
        "if item.format is form and not item.set_name:",
    ),
    broken(
        "keys of one type do not serve the other",
        "cwt/sets",
        "validation.sets",
        "if item.keys and item.format is form:",
        "if item.format is form and item.record.type_number != 65400:",
    ),
    broken(
        "keys at _emblem. serve nothing else",
        "cwt/sets",
        "validation.sets",
        "if item.keys and item.format is form:",
        "if item.format is form and not item.record.owner.startswith('_emblem.'):",
    ),
    broken(
        "the first set is the verdict",
        "cwt/sets",
        "validation.validate",
        "best = min(sets, key=_merit) if len(sets) > 1 else sets[0]",
        "best = sets[0]",
    ),
    broken(
        "nothing is a no", "cwt/carriage", "validation.validate", "status=Status.UNDETERMINED", "status=Status.REJECTED"
    ),
    broken(
        "records of any owner count", "cwt/carriage", "discovery.given", "elif record.owner in owners:", "elif True:"
    ),
    broken("CNAME lines are not followed", "cwt/carriage", "discovery.given", "for _ in aliases:", "for _ in ():"),
    broken(
        "records at _emblem. do not count", "cwt/carriage", "discovery.given", ', f"{TEXT_LABEL}.{target.name}"}', "}"
    ),
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
        "    if len(data) > LARGEST_RECORD:\n        return DecodedRecord(record, _CWT",
        "    if False:\n        return DecodedRecord(record, _CWT",
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
        "validation.sets",
        'RecordSet(*key, "", tuple(members))',
        'RecordSet(*key, "", tuple(members[:64]))',
    ),
    broken(
        "a target may have any number of records",
        "cwt/limits",
        "validation.validate",
        "if records > MOST_RECORDS:",
        NEVER,
    ),
    broken(
        "a target may have any number of sets",
        "cwt/limits",
        "validation.validate",
        "if sets > MOST_SETS:",
        NEVER,
    ),
)
